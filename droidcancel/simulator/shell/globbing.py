"""File names that fit a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell import pattern as patterns

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner

MAX_NAMES = 50_000


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


def glob(runner: Runner, pattern: str) -> list[str]:
    """The paths that fit, sorted; [] when none does."""
    absolute = pattern.startswith("/")
    pieces = [piece for piece in pattern.split("/") if piece]
    found = ["/" if absolute else ""]
    for index, piece in enumerate(pieces):
        last = index == len(pieces) - 1
        if patterns.has_wildcard(piece):
            found = [base + name for base in found for name in _names(runner, base, piece)]
        else:
            found = [base + patterns.unquote(piece) for base in found]
            found = [p for p in found if runner.phone.fs.exists(runner.path(p), follow=False)]
        if not last or pattern.endswith("/"):
            found = [f"{path}/" for path in found if runner.phone.fs.isdir(runner.path(path))]
        if len(found) > MAX_NAMES:
            return []
    return sorted(found)
