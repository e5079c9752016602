"""Options that several commands share, and the consoles that they print to."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from droidcancel.cli.terminal import console
from droidcancel.secret import redacted_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

F = TypeVar("F", bound=Callable[..., Any])
PIPED_WIDTH = 200
#: what json leaves as it is, and a terminal may obey
_C1 = re.compile("[\x7f-\x9f]")
_USER = "droidcancel.user"


def serial_option(function: F) -> F:
    """-s/--serial, with the names that other tools use for it; and --user."""
    function = click.option(
        "--user",
        metavar="N",
        type=click.IntRange(0, 9999),
        envvar="DROIDCANCEL_USER",
        show_envvar=True,
        expose_value=False,
        callback=_remember_user,
        help="Whose apps are meant: a work profile, a second copy of an app. The current user's.",
    )(function)
    return click.option(
        "-s",
        "--serial",
        "--device",
        "--udid",
        "serial",
        metavar="SERIAL",
        envvar="ANDROID_SERIAL",
        show_envvar=True,
        help="Which phone: a serial, or a name from devices.yaml.",
    )(function)


def _remember_user(context: click.Context, option: click.Parameter, value: int | None) -> None:
    context.meta[_USER] = value


def chosen_user() -> int | None:
    """What --user says, None where it is not given."""
    context = click.get_current_context(silent=True)
    return context.meta.get(_USER) if context is not None else None


def devices_file_option(function: F) -> F:
    return click.option(
        "--devices",
        "devices_file",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="DROIDCANCEL_DEVICES",
        help="The devices.yaml to use.",
    )(function)


def package_option(function: F) -> F:
    return click.option(
        "--package",
        metavar="PACKAGE",
        help="Which build of the app, where several are installed.",
    )(function)


def json_option(function: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(function)


@cache
def out() -> Console:
    """Results: stdout. Where no terminal limits the width, nothing is folded or cut off."""
    import sys

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
    return console(highlight=False, width=width)


@cache
def err() -> Console:
    """Progress and logs: stderr."""
    return console(stderr=True, highlight=False)


def table(*headers: str, folds: Container[str] = (), title: str | None = None) -> Table:
    """A table without lines; on a narrow terminal only the columns in `folds` are folded."""
    from rich.table import Table

    made = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for header in headers:
        made.add_column(header, overflow="fold", no_wrap=header not in folds)
    return made


def print_plain(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """A table as `table` makes it, where it is as wide as the terminal at most; else False.

    Without rich, which takes longer to import than the phones take to be listed.
    """
    import shutil
    import sys

    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPED_WIDTH
    if sum(widths) + 2 * (len(widths) - 1) > limit or not all(map(_plain, rows)):
        return False
    for number, line in enumerate(lines):
        cells = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        click.secho("  ".join(cells).rstrip(), bold=not number)
    return True


def _plain(row: Sequence[str]) -> bool:
    """Whether each character is as wide as any other."""
    return all(text.isascii() and text.isprintable() for text in row)


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """One JSON value on a line of its own."""
    text = json.dumps(redacted_json(value), ensure_ascii=False)
    # bytes of an argument that are no UTF-8 come as lone surrogates: escaped, they are JSON
    click.echo(_C1.sub(_escaped, text).encode("utf-8", "backslashreplace").decode())


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def adb_server_port() -> int:
    """The adb server's port, as every adb client finds it."""
    return int(os.environ.get("ANDROID_ADB_SERVER_PORT") or 5037)
