"""Every parser of the phone's output, over samples of Android 7 to 17 and of several vendors.

tests/device/data/manifest.yaml says of each sample where it comes from, and what is read out of it.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from droidcancel.device import parse
from droidcancel.device.types import Component
from droidcancel.errors import ParseError

DATA = Path(__file__).parent / "data"
SAMPLES: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(DATA / "manifest.yaml")
KEYS = {"file", "parser", "args", "android", "vendor", "kind", "source", "reads", "error"}
KINDS = {"recorded", "source", "constructed"}
PARSERS = {name for name in parse.__all__ if name.startswith("parse_")}
#: what takes its text and no error of it: None where the phone does not tell
NEVER_REFUSE = {
    "parse_metered_ifaces", "parse_properties", "parse_transports", "parse_up_bandwidth",
    "parse_wifi_info",
}  # fmt: skip


def mobile_data_of(text: str) -> bool | None:
    return parse.mobile_data_enabled(parse.parse_settings_list(text))


def parser_of(name: str) -> Any:
    return mobile_data_of if name == "mobile_data_of" else getattr(parse, name)


def plain(value: Any) -> Any:
    """A result as the manifest writes it."""
    if isinstance(value, Component):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def name_of(sample: dict[str, Any]) -> str:
    return f"{sample['parser'].removeprefix('parse_')}:{Path(sample['file']).stem}"


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_a_sample_is_read_or_refused_with_its_line(sample: dict[str, Any]) -> None:
    text = (DATA / sample["file"]).read_text(encoding="utf-8")
    args = [tuple(arg) if isinstance(arg, list) else arg for arg in sample.get("args", [])]
    read = parser_of(sample["parser"])
    if "error" in sample:
        with pytest.raises(ParseError) as caught:
            read(text, *args)
        assert sample["error"] in caught.value.line
        assert repr(caught.value.line[:60])[1:-1] in caught.value.message
    else:
        assert plain(read(text, *args)) == sample["reads"]


def test_the_manifest_is_whole() -> None:
    assert {path.name for path in DATA.iterdir()} == {s["file"] for s in SAMPLES} | {
        "manifest.yaml"
    }
    for sample in SAMPLES:
        assert set(sample) <= KEYS, sample
        assert ("reads" in sample) != ("error" in sample), sample
        assert sample["kind"] in KINDS, sample
        assert sample["source"].strip(), sample
        parser_of(sample["parser"])


def test_every_parser_has_a_sample_that_it_reads_and_one_that_it_refuses() -> None:
    reads = {sample["parser"] for sample in SAMPLES if "reads" in sample}
    refuses = {sample["parser"] for sample in SAMPLES if "error" in sample}
    assert reads >= PARSERS
    assert refuses >= PARSERS - NEVER_REFUSE


def test_every_android_and_the_large_vendors_are_among_them() -> None:
    majors = {sample["android"].partition(".")[0] for sample in SAMPLES}
    assert {str(major) for major in range(7, 18)} <= majors
    assert {"stock", "samsung", "xiaomi", "emulator", "google"} <= {s["vendor"] for s in SAMPLES}
    assert sum(sample["kind"] == "recorded" for sample in SAMPLES) >= 40


@pytest.mark.parametrize("name", sorted(PARSERS))
@pytest.mark.parametrize(
    "text",
    ["", "\n \n", "null", "garbage\n" * 3, "9" * 400, "\ufffd\0\x1b[31m", "a=b\n", "[]{}<>%s\n",
     "Row: 0 _id=\n", "Task{1 #999999999999999999999\n"],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_garbage_is_an_answer_or_a_parse_error(name: str, text: str) -> None:
    """Nothing else is ever raised, whatever the phone prints."""
    args = next((s.get("args", []) for s in SAMPLES if s["parser"] == name), [])
    shown = ""
    try:
        parser_of(name)(text, *[tuple(arg) if isinstance(arg, list) else arg for arg in args])
    except ParseError as error:
        shown = error.message
    assert len(shown) < 400


def test_two_users_copies_of_an_app_are_told_apart() -> None:
    processes = parse.parse_ps((DATA / "ps-8.txt").read_text())
    assert parse.pids_of(processes, "com.example.app") == [9001]
    assert parse.pids_of(processes, "com.example.app", 999) == [9002]
