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
from droidcancel.device.config import load_devices, parse_devices
from droidcancel.errors import ConfigError, UsageError
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
