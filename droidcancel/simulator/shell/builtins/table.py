"""The shell's own commands, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner

Builtin = Callable[["Runner", list[str]], Awaitable[int]]

BUILTINS: dict[str, Builtin] = {}
SPECIAL: dict[str, Builtin] = {}


def builtin(*names: str, special: bool = False) -> Callable[[Builtin], Builtin]:
    """Register a builtin; a `special` one comes before functions and keeps its assignments."""

    def register(function: Builtin) -> Builtin:
        for name in names:
            (SPECIAL if special else BUILTINS)[name] = function
        return function

    return register


async def usage(runner: Runner, text: str) -> int:
    """Report wrong use of a builtin."""
    await runner.error(text)
    return 1
