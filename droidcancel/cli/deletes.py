"""Recipes that delete: who must say yes, how many there may be, and what a dry run shows."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from droidcancel.cli.terminal import say
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.cli.phones import OpenPhone
    from droidcancel.device.device import Device
    from droidcancel.recipe.load import LoadedRecipe
    from droidcancel.recipe.result import RunResult

#: the steps that take something away from an account
DELETING = frozenset({"delete_draft", "delete_post"})


def deletes(loaded: LoadedRecipe) -> list[str]:
    """What a recipe deletes, one line a delete; empty for a recipe that deletes nothing."""
    from droidcancel.recipe.model import walk_decided
    from droidcancel.recipe.steps_delete_model import Named

    found = []
    for entry in walk_decided(loaded.recipe.steps):
        if entry.kind in DELETING and isinstance(entry.args, Named):
            name = entry.args.caption.strip()
            what = entry.kind.removeprefix("delete_")
            whose = f"the {what} named {name!r}" if name else f"the {what} that it makes itself"
            found.append(f"{loaded.recipe.name} deletes {whose}")
    return found


def names_an_item(loaded: LoadedRecipe) -> bool:
    """Whether what it deletes is there already, so that a dry run can show it."""
    return any(" named " in line for line in deletes(loaded))


def ask(recipes: Sequence[LoadedRecipe], yes: bool) -> None:
    """Have a person agree to the deletes. UsageError where nobody is there and --yes is missing."""
    lines = [line for loaded in recipes for line in deletes(loaded)]
    if not lines or yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"{lines[0]}, and there is no terminal to ask on",
            "look at it with --dry-run, then give --yes",
        )
    for line in dict.fromkeys(lines):
        say(line, err=True)
    if not click.confirm("Go on?", err=True):
        raise UsageError("nothing was deleted")


def check_limit(recipes: Sequence[LoadedRecipe], phone: OpenPhone) -> None:
    """UsageError where the command would delete more than devices.yaml allows on this phone."""
    most = phone.entry.limits.max_deletes
    count = sum(len(deletes(loaded)) for loaded in recipes)
    if count > most:
        raise UsageError(
            f"{count} deletes are more than max_deletes ({most}) of this phone",
            "raise limits.max_deletes in devices.yaml, or lower --repeat",
        )


@contextlib.contextmanager
def observer(
    wanted: str | None, devices_file: Path | None, first: OpenPhone
) -> Iterator[Device | None]:
    """The second phone, None without one. UsageError where it is the first one again."""
    if wanted is None:
        yield None
        return
    from droidcancel.cli.phones import open_phone

    with open_phone(wanted, devices_file, observes=True) as phone:
        if phone.device.serial == first.device.serial:
            raise UsageError(
                f"the observer is {phone.device.serial}, the phone of the run itself",
                "name a second phone, whose app is logged in to another account",
            )
        yield phone.device


def pictures_folder(report: Path | None) -> Path:
    """Where a dry run keeps its pictures."""
    return report or Path(tempfile.mkdtemp(prefix="droidcancel-dry-run-"))


def show(results: Sequence[RunResult], as_json: bool) -> None:
    """What a dry run found: each item, and where its picture is."""
    if as_json:
        return
    for result in results:
        for line in result.would:
            say(f"{result.recipe} would {line}")
        folder = Path(result.report) if result.report is not None else None
        for path in sorted(folder.glob("*.png")) if folder else ():
            say(f"  picture: {path}")
