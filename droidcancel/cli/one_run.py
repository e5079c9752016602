"""What commands share that run one recipe on one phone and keep something of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from droidcancel.cli import deletes, runs
from droidcancel.cli.options import devices_file_option, serial_option

if TYPE_CHECKING:
    from droidcancel.cli.phones import OpenPhone
    from droidcancel.recipe.load import LoadedRecipe

F = TypeVar("F", bound=Callable[..., Any])


def run_options(function: F) -> F:
    """-s, --devices, --app, --video, --caption, --at, --method and -e."""
    options = (
        serial_option,
        devices_file_option,
        click.option("--app", metavar="PROFILE",
                     help="The app profile, where the recipe names none."),
        click.option("--video", type=click.Path(path_type=Path), metavar="FILE",
                     help="The video."),
        click.option("--caption", metavar="TEXT",
                     help="The caption; the run's hashtag is added to it."),
        click.option("--at", metavar="MOMENT", help="When to cancel, as for `droidcancel run`."),
        click.option("--method", metavar="METHOD",
                     help="How to cancel, in place of the recipe's way."),
        click.option("-e", "pairs", multiple=True, metavar="NAME=VALUE",
                     help="A variable of the recipe."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def values_of(pairs: tuple[str, ...], video: Path | None, caption: str | None) -> dict[str, Any]:
    """The recipe's variables that the options give. Raises UsageError."""
    given = {k: str(v) for k, v in (("video", video), ("caption", caption)) if v is not None}
    return {**runs.parse_values(pairs), **given}


def load(recipe: str, values: Mapping[str, Any], yes: bool) -> LoadedRecipe:
    """The recipe, once what it deletes is agreed to. Raises UsageError, ConfigError."""
    loaded = runs.load(recipe, values)
    runs.refuse_fragments([loaded])
    deletes.ask([loaded], yes)
    return loaded


@contextmanager
def phone_for(
    loaded: LoadedRecipe,
    wish: runs.Wish,
    serial: str | None,
    devices_file: Path | None,
    profile: str | None = None,
) -> Iterator[tuple[OpenPhone, runs.Wish]]:
    """A phone that may be used for it, and the wish with the phone that observes.

    `profile`: of a virtual phone, where one is booted and its entry names none.
    """
    from droidcancel.cli.phones import open_phone

    with open_phone(serial, devices_file, may_boot=True, profile=profile) as phone:
        runs.refuse_protected(phone)
        runs.check_posts(1, phone)
        deletes.check_limit([loaded], phone)
        with deletes.observer(phone.entry.observer, devices_file, phone) as watching:
            yield phone, replace(wish, observer=watching)
