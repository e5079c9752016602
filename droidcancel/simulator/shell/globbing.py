"""File names that fit a pattern."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell import pattern as patterns

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner

MAX_NAMES = 20_000


def _names(runner: Runner, directory: str, piece: str) -> list[str]:
    path = runner.path(directory or ".")
    if not runner.phone.fs.may(runner.uid, path, "r"):
        return []
    try:
        names = runner.phone.fs.listdir(path)
    except FsError:
        return []
    hidden = piece.startswith((".", "\\."))
    dots = [".", ".."] if hidden else []
    return [
        name
        for name in [*dots, *names]
        if name.startswith(".") == hidden and patterns.matches(piece, name)
    ]


async def _all_names(runner: Runner, directories: list[str], piece: str) -> list[str]:
    found: list[str] = []
    for base in directories:
        found += [base + name for name in _names(runner, base, piece)]
        if len(found) > MAX_NAMES:
            return []
        await asyncio.sleep(0)
    return found


async def glob(runner: Runner, pattern: str) -> list[str]:
    """The paths that fit, sorted; [] when none does, or too many do."""
    absolute = pattern.startswith("/")
    pieces = [piece for piece in pattern.split("/") if piece]
    found = ["/" if absolute else ""]
    for index, piece in enumerate(pieces):
        last = index == len(pieces) - 1
        if patterns.has_wildcard(piece):
            found = await _all_names(runner, found, piece)
        else:
            found = [base + patterns.unquote(piece) for base in found]
            found = [p for p in found if runner.phone.fs.exists(runner.path(p), follow=False)]
        if not last or pattern.endswith("/"):
            found = [f"{path}/" for path in found if runner.phone.fs.isdir(runner.path(path))]
    return sorted(found)
