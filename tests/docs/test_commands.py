"""README and docs, cheaply: each command is one, each program and file in them can be read.

That the commands do what the pages say is tried by `test_pages.py`, in the extended round.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from droidcancel.apps.schema import Element
from droidcancel.cli import cli
from droidcancel.cli.validate import command as validate
from droidcancel.pytest_plugin.options import BY_NAME
from droidcancel.recipe.load import recipe_names
from tests.docs.fences import PAGES, REASONS, ROOT, Command, Fence, commands, fences, inline, words

FENCES = {page: fences(page) for page in PAGES}
COMMANDS = [c for found in FENCES.values() for fence in found for c in commands(fence)]
INLINE = [c for page in PAGES for c in inline(page)]
#: programs that are not ours, which the pages use
OTHERS = {".", "adb", "cat", "droidcancel", "make", "pip", "pytest", "python", "python3", "sed"}
LANGUAGES = {"sh", "console", "python", "yaml", "json", "text", ""}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
TAKES_RECIPES = {"run", "record", "recipes show", "recipes validate", "simulator capture"}


def resolve(said: Sequence[str]) -> None:
    """Find the command, and parse its options and arguments; AssertionError for what there is not.

    What is written in capitals stands for anything.
    """
    group: click.Command = cli
    context = click.Context(cli, info_name="droidcancel")
    rest = list(said)
    path: list[str] = []
    while isinstance(group, click.Group) and rest:
        if rest[0].startswith("-"):
            if path != ["history"]:
                break
            rest.insert(0, "list")  # as the group itself does
        name = rest.pop(0)
        if name.isupper():
            return
        found = group.get_command(context, name)
        assert found is not None, f"there is no command {' '.join([*path, name])}"
        path.append(name)
        context = click.Context(found, info_name=name, parent=context)
        group = found
    if {"-h", "--help", "--version"} & set(rest):
        return
    try:
        values, left, _ = group.make_parser(context).parse_args([w for w in rest if w != "..."])
    except click.UsageError as error:
        raise AssertionError(error.format_message()) from error
    assert not left, f"{' '.join(path)} takes no {left}"
    for parameter in group.params:
        value = values.get(str(parameter.name))
        if value is None or isinstance(value, bool):
            continue
        _takes(parameter, value, context)
    if " ".join(path) in TAKES_RECIPES:
        _recipes(values)


def _takes(parameter: click.Parameter, value: object, context: click.Context) -> None:
    """A value must be of the parameter's kind; a file need not be there."""
    if not isinstance(parameter.type, click.Path) and parameter.nargs == 1:
        for one in value if isinstance(value, list | tuple) else [value]:
            if not str(one).isupper():
                parameter.type.convert(one, parameter, context)


def _recipes(values: dict[str, object]) -> None:
    named = values.get("recipes") or values.get("recipe") or values.get("names") or ()
    for name in named if isinstance(named, list | tuple) else [named]:
        if re.fullmatch(r"[a-z0-9_]+", str(name)):
            assert name in recipe_names(fragments=True), f"no recipe {name} ships"


def check(text: str) -> None:
    """Each simple command of a line."""
    for said in words(text):
        if not said:
            continue
        program, rest = said[0], said[1:]
        assert program in OTHERS, f"{program}: what is that?"
        if program == "droidcancel":
            resolve(rest)
        elif program == "make":
            assert set(rest) <= TARGETS, rest
        elif program == "pytest":
            _pytest(rest)
        elif program.startswith("python") and rest[:1] == ["-m"]:
            _module(rest[1], rest[2:])


def _pytest(rest: Sequence[str]) -> None:
    for word in rest:
        if found := re.match(r"--droid-([\w-]+)", word):
            assert found[1] in BY_NAME, word
        elif word.startswith("tests/"):
            assert (ROOT / word).exists(), word


def _module(name: str, rest: Sequence[str]) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None, name
    if name.startswith("benchmarks"):
        assert spec.origin is not None
        folder = Path(spec.origin).parent if spec.submodule_search_locations else None
        files = folder.glob("*.py") if folder else [Path(spec.origin)]
        text = "".join(file.read_text(encoding="utf-8") for file in files)
        for word in rest:
            assert not word.startswith("--") or f'"{word}"' in text, f"{name} has no {word}"


def test_the_pages_are_read() -> None:
    """Nothing is passed over: no block in a language that is not looked at."""
    assert len(COMMANDS) > 100
    for found in FENCES.values():
        for fence in found:
            known = fence.language in LANGUAGES or fence.language.startswith("{")
            assert known, f"{fence.place}: {fence.language}"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_one(page: str) -> None:
    mine = [c for c in (*COMMANDS, *INLINE) if c.place.split(":")[0] == page]
    for command in mine:
        try:
            check(command.plain)
        except (AssertionError, click.ClickException, ValueError) as error:
            pytest.fail(f"{command.place}: {command.text}\n{error}")


def test_what_is_not_run_has_a_reason() -> None:
    for page, found in FENCES.items():
        for fence in found:
            for begin, why in fence.not_run.items():
                assert why in REASONS, f"{fence.place}: {why}; reasons: {', '.join(REASONS)}"
                meant = [c for c in commands(fence) if c.text.startswith(begin)]
                assert meant, f"{page}: nothing begins with {begin!r}"


@pytest.mark.parametrize(
    "fence", [f for found in FENCES.values() for f in found], ids=lambda fence: fence.place
)
def test_every_program_and_file_can_be_read(fence: Fence, tmp_path: Path) -> None:
    if fence.language == "python":
        compile(fence.text, fence.place, "exec")
    elif fence.language == "json":
        json.loads(fence.text)
    elif fence.language == "yaml":
        document = YAML(typ="safe").load(fence.text)
        whole = fence.part is None and isinstance(document, dict)
        if whole and {"steps", "devices", "packages"} & set(document):
            path = tmp_path / "said.yaml"
            path.write_text(fence.text, encoding="utf-8")
            validate.main([str(path)], standalone_mode=False)
        for element in document.get("elements", {}).values() if isinstance(document, dict) else ():
            Element.model_validate({"find": [{"id": "any"}], **element})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("droidcancel rnu x", "no command rnu"),
        ("droidcancel run cancel_airplane --att 40%", "--att"),
        ("droidcancel run cancel_airplan", "no recipe cancel_airplan ships"),
        ("droidcancel devices more", "takes no"),
        ("droidcancel simulator start --api 99", "99"),
        ("droidcancel simulator strat", "no command simulator strat"),
        ("make tset", "tset"),
        ("python -m benchmarks.faults --ponts 3", "--ponts"),
        ("pytest --droid-devise pixel", "--droid-devise"),
        ("pytest tests/test_jurnal.py", "jurnal"),
        ("drodcancel run", "what is that"),
    ],
)
def test_a_wrong_command_is_found(text: str, said: str) -> None:
    with pytest.raises((AssertionError, click.ClickException)) as caught:
        check(text)
    assert said in str(caught.value) or said in getattr(caught.value, "message", "")


def test_a_command_says_how_it_ends() -> None:
    fence = Fence("x.md", 1, "console", "$ a b   # exit code 2\nout\n$ c | d  # any exit code\n")
    first, second = commands(fence)
    assert (first.plain, first.exit_code, first.shown) == ("a b", 2, ("out",))
    assert second == Command("x.md:1", "c | d  # any exit code", (), None)
    assert list(words("A=1 a 'b c' 2> x | d > y # z")) == [["a", "b c"], ["d"]]
