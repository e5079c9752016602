"""The JSON Schemas for editors: up to date, true of every file that ships, and of no wrong one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from droidcancel.cli import cli
from droidcancel.cli.schema import SCHEMAS, text_of
from droidcancel.recipe.load import load_recipe

ROOT = Path(__file__).parents[1]
FILES: Mapping[str, list[Path]] = {
    "recipe": sorted(ROOT.glob("recipes/*.yaml")),
    "devices": [ROOT / "devices.yaml", ROOT / "examples/pytest/devices.yaml"],
    "profile": sorted(ROOT.glob("droidcancel/apps/*.yaml")),
}
RECIPE = "name: x\ntitle: X\nexpect: draft\nvars: {video: }\nmethod: airplane\nmoment: 40%\n"
GOOD_RECIPES = (
    "steps: [post, {wait_for_moment: }, cancel, verify]",
    "steps:\n  - tap: post_button\n    retry: ${times}\n  - visibility: ${who}",
    "steps:\n  - wait_for: {upload: failed, screen: [feed, post]}\n    timeout: 500ms",
    "fallback: [force-stop]\nsteps: [{watch: network+restart}]",
)
WRONG: Mapping[str, tuple[str, ...]] = {
    "recipe": (
        RECIPE + "steps: [pots]",
        RECIPE + "steps: [{tap: {element: a, txet: b}}]",
        RECIPE + "steps: []",
        RECIPE + "stepz: [post]\nsteps: [post]",
        RECIPE.replace("draft", "gone") + "steps: [post]",
        RECIPE.replace("airplane", "magic") + "steps: [post]",
        RECIPE.replace("40%", "noon") + "steps: [post]",
        RECIPE + "steps: [{visibility: nobody}]",
    ),
    "devices": (
        "devices: {a: {kind: usb, seriel: x}}",
        "devices: {a: {kind: phone}}",
        "devices: {a: {kind: simulator, api: 12}}",
        "devices: {a: {kind: usb, serial: x, limits: {quiet_period_s: 0}}}",
    ),
    "profile": ("name: x\ntitle: X\npackages: [a.b]\nlocales: [en]\nelement: {}",),
}


def parsed(text: str) -> Any:
    return json.loads(json.dumps(YAML(typ="safe").load(text)))


@cache
def checker(what: str) -> Any:
    return jsonschema.Draft202012Validator(SCHEMAS[what]())


def problems(what: str, text: str) -> list[str]:
    return [error.message[:200] for error in checker(what).iter_errors(parsed(text))]


@pytest.mark.parametrize("what", list(SCHEMAS))
def test_the_files_are_up_to_date(what: str) -> None:
    """If this fails: droidcancel schema WHAT -o schemas/WHAT.schema.json"""
    assert (ROOT / "schemas" / f"{what}.schema.json").read_text() == text_of(what)
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[what]())


@pytest.mark.parametrize("what", list(SCHEMAS))
def test_what_ships_is_right_by_its_schema(what: str) -> None:
    assert FILES[what]
    for path in FILES[what]:
        assert problems(what, path.read_text()) == [], path


@pytest.mark.parametrize("steps", GOOD_RECIPES)
def test_what_a_recipe_may_say_is_right(steps: str, tmp_path: Path) -> None:
    text = RECIPE.replace("vars: {", "vars: {times: 2, who: friends, ") + steps
    assert problems("recipe", text) == []
    (tmp_path / "x.yaml").write_text(text)
    assert load_recipe(tmp_path / "x.yaml").recipe.name == "x"


@pytest.mark.parametrize(("what", "text"), [(w, t) for w, texts in WRONG.items() for t in texts])
def test_what_is_wrong_is_wrong_by_both(what: str, text: str, tmp_path: Path) -> None:
    """By the schema, and by the check that a run makes."""
    assert problems(what, text)
    (tmp_path / "x.yaml").write_text(text)
    done = validate(tmp_path / "x.yaml")
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output


def validate(*paths: Path) -> Result:
    return CliRunner().invoke(cli, ["validate", *map(str, paths)], prog_name="droidcancel")


def test_validate_names_each_file_and_place(tmp_path: Path) -> None:
    good, bad, other = (tmp_path / f"{name}.yaml" for name in ("good", "bad", "other"))
    good.write_text(RECIPE + "steps: [post]\n")
    bad.write_text(RECIPE + "steps:\n  - pots\n")
    other.write_text("on: push\n")
    done = validate(good, bad, other, FILES["recipe"][0], FILES["devices"][0], FILES["profile"][0])
    assert done.exit_code == 2
    assert f"{good}: good (recipe)" in done.output
    assert re.search(rf"{re.escape(str(bad))}:8:\d+: .*pots", done.output)
    assert f"{other}: is no recipe, no devices.yaml and no app profile" in done.output
    assert done.output.count("Error: ") == 2
    assert validate(good).exit_code == 0


def test_the_pre_commit_hook_is_a_command_that_there_is() -> None:
    (hook,) = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text())
    program, *words = hook["entry"].split()
    assert program == "droidcancel"
    assert CliRunner().invoke(cli, [*words, "--help"]).exit_code == 0
    chosen = re.compile(hook["files"])
    assert chosen.search("recipes/ours.yaml")
    assert chosen.search("lab/devices.yaml")
    assert not chosen.search(".github/workflows/ci.yml")
