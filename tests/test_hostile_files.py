"""Hostile recipes and devices.yaml: one clear error, soon, and nothing is run."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from droidcancel.apps.document import Document
from droidcancel.apps.profile import AppProfile
from droidcancel.device.config import load_devices, parse_devices
from droidcancel.device.hierarchy import Hierarchy
from droidcancel.errors import MAX_MESSAGE, ConfigError, UsageError
from droidcancel.recipe.load import load_recipe

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)
)
HOSTILE = {
    "aliases of aliases": LAUGHS,
    "an alias of itself": "a: &a [1, *a]",
    "a merge of itself": "a: &a\n  <<: *a",
    "deep flow": "a: " + "[" * 400 + "]" * 400,
    "deep block": "\n".join(" " * n + "a:" for n in range(300)),
    "too many": "a: [" + "1," * 25_000 + "]",
    "too long": "a: " + "x" * 300_000,
    "python": 'a: !!python/object/apply:os.system ["touch pwned"]',
    "python new": "a: !!python/object/new:os.system [touch pwned]",
    "a tag": "a: !secret x",
    "binary": 'a: !!binary "!!!"',
    "a number of 5000 digits": "a: " + "9" * 5000,
    "NUL": "a: \0",
    "tabs": "a:\n\tb: 1",
    "the same key twice": "a: 1\na: 2",
    "two documents": "a: 1\n---\nb: 2",
    "no mapping": "[1, 2]",
    "an unknown alias": "a: *nothing",
    "a date that is none": "a: 2001-13-41",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_yaml_is_one_clear_error(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = time.process_time()
    with pytest.raises(ConfigError) as caught:
        Document.parse(text, "bad.yaml")
    assert time.process_time() - before < 10
    assert str(caught.value).startswith("bad.yaml")
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(ConfigError):
        parse_devices(text, "devices.yaml")
    assert list(tmp_path.iterdir()) == []


def test_merged_keys_and_anchors_still_work() -> None:
    document = Document.parse("a: &x {b: 1}\nc:\n  <<: *x\n  d: !!str 2\n", "ok.yaml")
    assert document.data == {"a": {"b": 1}, "c": {"b": 1, "d": "2"}}
    assert document.place(("c", "b"))[0] in (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "name: x\nsteps: 5\n",
        "name: [x]\nsteps: [[]]\n",
        "? [a, b]\n: 1\n",
        "1: 2\n",
        "name: x\nsteps:\n  - tap: {element: !!str 3, times: -1}\n",
        "name: x\nvars: {a: {b: c}}\nsteps: []\n",
        "name: x\nvars: [a]\nsteps: [{tap: '${a}'}]\n",
        "name: \u202ex\nsteps: [{tap: \U0001f4a5}]\n",
        "name: x\nsteps: [{run_recipe: ../../../../etc/passwd}]\n",
        "name: x\nsteps: [{run_recipe: {recipe: self.yaml}}]\n",
        "name: x\nsteps: [{share: {video: '${nothing}'}}]\n",
        "name: x\nsteps: [{share: {video: '${' }}]\n",
    ],
)
def test_hostile_recipes_are_usage_errors(text: str, tmp_path: Path) -> None:
    file = tmp_path / "self.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_recipe(file)
    assert caught.value.exit_code == 2
    assert "self.yaml" in str(caught.value)


def test_variables_do_not_blow_a_recipe_up(tmp_path: Path) -> None:
    file = tmp_path / "big.yaml"
    often = "${x}" * 20_000
    file.write_text(f"name: big\nvars: {{x: {'y' * 50_000}}}\nsteps: [{{type: '{often}'}}]\n")
    with pytest.raises(ConfigError, match="with its variables"):
        load_recipe(file)


def test_recipes_that_run_each_other_do_not_blow_up(tmp_path: Path) -> None:
    for number in range(30):
        below = f"[{{run_recipe: r{number + 1}}}, {{run_recipe: r{number + 1}}}]"
        steps = below if number < 29 else "[{press: back}]"
        text = f"name: r{number}\ntitle: x\nfragment: true\nsteps: {steps}\n"
        (tmp_path / f"r{number}.yaml").write_text(text)
    before = time.process_time()
    with pytest.raises(ConfigError, match="more than 100 recipes"):
        load_recipe(tmp_path / "r0.yaml")
    assert time.process_time() - before < 10


@pytest.mark.parametrize("value", [".inf", "9e300", "9999999h", "99999999999s", "8d"])
def test_no_wait_is_without_an_end(value: str, tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    file.write_text(
        f"name: x\ntitle: x\nfragment: true\nsteps: [{{stop_app: , timeout: {value}}}]\n"
    )
    with pytest.raises(ConfigError, match="expected a duration"):
        load_recipe(file)


def test_many_problems_are_told_in_part(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("name: x\nsteps:\n" + "  - {nothing: 1}\n" * 500)
    with pytest.raises(ConfigError, match="unknown key 'nothing'") as caught:
        load_recipe(file)
    assert len(str(caught.value)) <= MAX_MESSAGE + 1


PROFILE = """name: {name}
title: x
packages: [a.b]
locales: [en]
home: s
elements: {{e: {{find: [{{pattern: '{pattern}'}}]}}}}
screens: {{s: {{all: e}}}}
upload: {{jobs: ['{pattern}']}}
"""


@pytest.mark.parametrize("name", ["../../x", "/x", "a/b", "..", "", "x" * 65, "a\\nb"])
def test_the_name_of_a_profile_leads_nowhere(name: str, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(PROFILE.format(name=json.dumps(name), pattern="x"))
    with pytest.raises(ConfigError, match="name"):
        AppProfile.load(file)


@pytest.mark.parametrize(
    "pattern", ["(", "((a{999}){999}){999}", "(?:x{1,9999}){9999}", "a" * 5000, "(" * 3000]
)
def test_a_pattern_that_grows_without_an_end_is_refused(pattern: str, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(PROFILE.format(name="p", pattern=pattern))
    with pytest.raises(ConfigError, match="pattern"):
        AppProfile.load(file)


def test_a_pattern_that_backtracks_without_an_end_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(PROFILE.format(name="p", pattern="(a|a)+b"))
    profile = AppProfile.load(file)
    said = "a" * 60
    screen = Hierarchy.parse(
        f"<hierarchy><node package='a.b' text='{said}' bounds='[0,0][9,9]'/></hierarchy>"
    )
    before = time.process_time()
    with pytest.raises(ConfigError, match=r"took more than 0\.5 s"):
        _ = profile.look(screen, "en").screen
    assert time.process_time() - before < 5


def test_files_that_are_no_text_are_errors(tmp_path: Path) -> None:
    noise = tmp_path / "noise.yaml"
    noise.write_bytes(os.urandom(4096))
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.truncate(4 << 30)
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (noise, large, folder, pipe, Path("/dev/zero"), tmp_path / "gone.yaml"):
        with pytest.raises(UsageError):
            load_recipe(path)
        with pytest.raises(UsageError):
            load_devices(path)


VALUES = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), some.text()),
    lambda inner: some.one_of(some.lists(inner, max_size=3),
                              some.dictionaries(some.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)  # fmt: skip
KEYS = some.sampled_from(["name", "steps", "vars", "app", "method", "expected", "fragment", "x"])


@settings(max_examples=80, deadline=None)
@given(some.dictionaries(KEYS, VALUES, max_size=5))
def test_any_values_are_a_recipe_or_a_usage_error(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, object]
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(json.dumps(data), encoding="utf-8")
    with contextlib.suppress(UsageError):
        load_recipe(file)


@settings(max_examples=80, deadline=None)
@given(some.dictionaries(some.sampled_from(["devices", "default", "x"]), VALUES, max_size=3))
def test_any_values_are_devices_or_a_usage_error(data: dict[str, object]) -> None:
    with contextlib.suppress(UsageError):
        parse_devices(json.dumps(data), "devices.yaml")
