"""break, continue, return, exit, eval, `.`, trap and the like."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.builtins.table import builtin, usage
from droidcancel.simulator.shell.control import Break, Continue, Exit, Return
from droidcancel.simulator.shell.process import SIGNALS, signal_number
from droidcancel.simulator.shell.variables import ShellError

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner


@builtin(":", special=True)
@builtin("true")
async def true(runner: Runner, argv: list[str]) -> int:
    return 0


@builtin("false")
async def false(runner: Runner, argv: list[str]) -> int:
    return 1


def _number(argv: list[str], default: int) -> int:
    """A status or count; ShellError when it is not a number."""
    words = [word for word in argv[1:] if word != "--"]
    if not words:
        return default
    text = words[0]
    if not text.lstrip("-").isdigit():
        raise ShellError(f"{argv[0]}: {text}: bad number")
    return int(text[:12])


@builtin("break", special=True)
async def break_(runner: Runner, argv: list[str]) -> int:
    levels = _number(argv, 1)
    if runner.loops:
        raise Break(max(1, levels))
    return 0


@builtin("continue", special=True)
async def continue_(runner: Runner, argv: list[str]) -> int:
    levels = _number(argv, 1)
    if runner.loops:
        raise Continue(max(1, levels))
    return 0


@builtin("return", special=True)
async def return_(runner: Runner, argv: list[str]) -> int:
    raise Return(_number(argv, runner.status) & 0xFF)


@builtin("exit", special=True)
async def exit_(runner: Runner, argv: list[str]) -> int:
    raise Exit(_number(argv, runner.status) & 0xFF)


@builtin("eval", special=True)
async def eval_(runner: Runner, argv: list[str]) -> int:
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    return await runner.run_text(" ".join(words), line=runner.line)


@builtin(".", "source", special=True)
async def dot(runner: Runner, argv: list[str]) -> int:
    if len(argv) < 2:
        return await usage(runner, f"{argv[0]}: missing argument")
    name = argv[1]
    try:
        text = runner.files.read(name).decode("utf-8", "surrogateescape")
    except FsError as error:
        raise ShellError(f"{argv[0]}: {name}: {error.strerror}") from None
    outer = runner.variables.positional, runner.source, runner.line
    if len(argv) > 2:
        runner.variables.positional = argv[2:]
    runner.source = name
    try:
        return await runner.run_text(text)
    except Return as leave:
        return leave.status
    finally:
        positional, runner.source, runner.line = outer
        if len(argv) > 2:
            runner.variables.positional = positional


@builtin("trap", special=True)
async def trap(runner: Runner, argv: list[str]) -> int:
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    if not words or words == ["-p"]:
        return await _list_traps(runner)
    action, names = words[0], words[1:]
    if not names or (_trap_number(action) is not None and action.isdigit()):
        action, names = "-", words
    status = 0
    for name in names:
        number = _trap_number(name)
        if number is None:
            await runner.error(f"trap: bad signal '{name}'")
            status = 1
        else:
            _set_trap(runner, number, action)
    return status


def _trap_number(name: str) -> int | None:
    return 0 if name in ("EXIT", "0") else signal_number(name)


def _set_trap(runner: Runner, number: int, action: str) -> None:
    runner.traps.pop(number, None)
    runner.child.ignored.discard(number)
    if action == "":
        runner.child.ignored.add(number)
    elif action != "-":
        runner.traps[number] = action


async def _list_traps(runner: Runner) -> int:
    from droidcancel.simulator.shell.simple import quoted

    names = {number: name for name, number in SIGNALS.items()} | {0: "EXIT"}
    ignored = dict.fromkeys(runner.child.ignored, "")
    for number, action in sorted((ignored | runner.traps).items()):
        await runner.out(f"trap -- {quoted(action)} {names.get(number, number)}\n")
    return 0


@builtin("suspend")
async def suspend(runner: Runner, argv: list[str]) -> int:
    runner.child.deliver(signal.SIGSTOP)
    return 0
