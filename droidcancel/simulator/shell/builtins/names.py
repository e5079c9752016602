"""type, command -v, whence, hash, alias: what a name means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.shell import launch
from droidcancel.simulator.shell.builtins.table import BUILTINS, SPECIAL, builtin

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner

_KEYWORDS = frozenset(
    [
        "if",
        "then",
        "elif",
        "else",
        "fi",
        "for",
        "while",
        "until",
        "do",
        "done",
        "case",
        "esac",
        "function",
        "time",
        "select",
        "{",
        "}",
        "!",
        "[[",
    ]
)


def _where(runner: Runner, name: str) -> str | None:
    """The path of a program, None when there is none."""
    context = runner.child_context()
    before = dict(runner.phone.unknown_commands)
    program = launch.find(runner.phone, name, context)
    if isinstance(program, launch.Missing):
        runner.phone.unknown_commands.clear()
        runner.phone.unknown_commands.update(before)
        return None
    if "/" in name:
        return name
    return program.path if isinstance(program, launch.Script) else f"/system/bin/{name}"


def _meaning(runner: Runner, name: str) -> tuple[str, str] | None:
    """What `command -v` and `type` say of a name."""
    if name in _KEYWORDS:
        return name, f"{name} is a reserved word"
    if name in SPECIAL or name == "exec":
        return name, f"{name} is a special shell builtin"
    if name in runner.variables.functions:
        return name, f"{name} is a function"
    if name in BUILTINS or name == "command":
        return name, f"{name} is a shell builtin"
    path = _where(runner, name)
    return None if path is None else (path, f"{name} is {path}")


@builtin("type")
async def type_(runner: Runner, argv: list[str]) -> int:
    status = 0
    for name in argv[1:]:
        meaning = _meaning(runner, name)
        await runner.out((meaning[1] if meaning else f"{name} not found") + "\n")
        status |= meaning is None
    return int(status)


@builtin("command", "whence", "builtin")
async def command(runner: Runner, argv: list[str]) -> int:
    verbose = "-V" in argv or ("-v" in argv[1:] and argv[0] == "whence")
    status = 0
    for name in [word for word in argv[1:] if not word.startswith("-")]:
        meaning = _meaning(runner, name)
        if meaning is not None:
            await runner.out(meaning[1 if verbose else 0] + "\n")
        elif verbose:
            await runner.out(f"{name} not found\n")
        status |= meaning is None
    return int(status)


@builtin("hash", "alias", "unalias", "bind", "fc")
async def nothing(runner: Runner, argv: list[str]) -> int:
    return 0
