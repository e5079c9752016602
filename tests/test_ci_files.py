"""The workflows, the action and the examples for users: valid by their schemas, and true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from droidcancel.cli import cli
from droidcancel.pytest_plugin.options import BY_NAME
from droidcancel.recipe.load import recipe_names

ROOT = Path(__file__).parents[1]
WORKFLOWS = [*ROOT.glob(".github/workflows/*.yml"), *ROOT.glob("examples/github/*.yml")]
TEXTS = [*WORKFLOWS, ROOT / "action.yml", ROOT / "docs" / "ci.md"]


@pytest.mark.parametrize(
    ("schema", "files"),
    [("github-workflows", WORKFLOWS), ("github-actions", [ROOT / "action.yml"])],
)
def test_they_are_valid(schema: str, files: list[Path]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def options_of(command: str) -> set[str]:
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    return {name for parameter in found.params for name in parameter.opts}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_option_in_them_is_one(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    known = options_of("run") | options_of("matrix")
    for line in text.splitlines():
        if "droidcancel run" in line or line.strip().startswith(("--report", "--at", "--github")):
            assert set(re.findall(r"(?<!\S)--[a-z-]+", line)) <= known, line
        for name in re.findall(r"--droid-([a-z-]+)", line):
            assert name in BY_NAME, line


def test_the_recipes_in_them_ship() -> None:
    ship = recipe_names()
    for path in (*WORKFLOWS, ROOT / "action.yml"):
        for name in re.findall(r"\b(?:cancel|delete|watch)_[a-z_]+\b", path.read_text()):
            assert name in ship, (path, name)


def test_nothing_of_the_inputs_is_shell() -> None:
    """What a caller gives reaches the scripts by the environment, never as their text."""
    action = YAML(typ="safe").load((ROOT / "action.yml").read_text())
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), step["name"]
