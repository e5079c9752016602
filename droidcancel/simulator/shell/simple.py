"""Simple commands: assignments, functions, builtins, programs."""

from __future__ import annotations

import errno
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from droidcancel.simulator.shell import launch
from droidcancel.simulator.shell.builtins import BUILTINS, SPECIAL
from droidcancel.simulator.shell.control import Exit, Return
from droidcancel.simulator.shell.descriptors import FdTable
from droidcancel.simulator.shell.jobs import signal_text
from droidcancel.simulator.shell.process import Child, Context
from droidcancel.simulator.shell.redirect import RedirectError, apply
from droidcancel.simulator.shell.registry import Command, Entry
from droidcancel.simulator.shell.syntax import Assign, Node, Simple

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner


Action = Callable[[], Awaitable[int]]
Program: TypeAlias = "Entry[Command] | launch.Script"


async def run_simple(runner: Runner, node: Simple, tail: bool) -> int:
    """Run a simple command; its exit status."""
    runner.line, runner.substituted = node.line, 0
    argv = await runner.expander.arguments(node.words) if node.words else []
    if "x" in runner.options:
        await _trace(runner, argv)
    try:
        if not argv:
            return await _nothing(runner, node)
        if argv[0] in ("exec", "command") or argv[0] == "builtin":
            argv, plain = _unwrap(argv)
        else:
            plain = False
        return await _dispatch(runner, node, argv, tail, plain)
    except RedirectError as error:
        await runner.error(str(error))
        if argv and argv[0] in SPECIAL and not runner.interactive:
            raise Exit(1) from None
        return 1


def _unwrap(argv: list[str]) -> tuple[list[str], bool]:
    """`command CMD` and `builtin CMD`: the rest, which skips functions."""
    if argv[0] == "exec" or len(argv) < 2 or argv[1] in ("-v", "-V"):
        return argv, False
    rest = argv[1:]
    while rest and rest[0] in ("-p", "--"):
        rest = rest[1:]
    return (rest, True) if rest else (argv, False)


async def _dispatch(runner: Runner, node: Simple, argv: list[str], tail: bool, plain: bool) -> int:
    name = argv[0]
    if name == "exec":
        return await _exec(runner, node, argv)
    if name in SPECIAL:
        await _assign_all(runner, node.assigns)
        return await _inside(runner, node, lambda: SPECIAL[name](runner, argv))
    body = None if plain else runner.variables.functions.get(name)
    if body is not None:
        return await _with_assigns(runner, node, lambda: _call(runner, body, argv))
    builtin = BUILTINS.get(name)
    if builtin is not None:
        return await _with_assigns(runner, node, lambda: builtin(runner, argv))
    return await _program(runner, node, argv, tail)


async def _nothing(runner: Runner, node: Simple) -> int:
    """Assignments and redirections with no command."""
    await _assign_all(runner, node.assigns)
    status = runner.substituted
    if node.redirects:
        fds = runner.fds.fork()
        try:
            await apply(runner, node.redirects, fds)
        finally:
            fds.close_all()
    return status


async def _assign_all(runner: Runner, assigns: tuple[Assign, ...]) -> None:
    for assign in assigns:
        value = await _assigned(runner, assign)
        if "x" in runner.options:
            await runner.write(2, f"+ {assign.name}={quoted(value) if value else ''}\n")
        runner.variables.set(assign.name, value)


async def _assigned(runner: Runner, assign: Assign) -> str:
    value = await runner.expander.text(assign.value)
    return (runner.variables.get(assign.name) or "") + value if assign.append else value


async def _inside(runner: Runner, node: Simple, action: Action) -> int:
    """Run a builtin with the command's redirections in force."""
    if not node.redirects:
        return await _builtin(runner, action)
    outer = runner.fds
    inner = outer.fork()
    try:
        await apply(runner, node.redirects, inner)
        runner.fds = inner
        return await _builtin(runner, action)
    finally:
        runner.fds = outer
        inner.close_all()


async def _builtin(runner: Runner, action: Action) -> int:
    try:
        return await action()
    except BrokenPipeError:
        raise
    except OSError as error:
        await runner.error(os.strerror(error.errno or errno.EIO))
        return 1


async def _with_assigns(runner: Runner, node: Simple, action: Action) -> int:
    """Assignments before a builtin or function hold while it runs."""
    if not node.assigns:
        return await _inside(runner, node, action)
    before = [(a.name, runner.variables.get(a.name)) for a in node.assigns]
    await _assign_all(runner, node.assigns)
    try:
        return await _inside(runner, node, action)
    finally:
        for name, value in before:
            if value is None:
                runner.variables.unset(name)
            else:
                runner.variables.set(name, value)


async def _call(runner: Runner, body: Node, argv: list[str]) -> int:
    """Call a function."""
    outer = runner.variables.positional
    runner.variables.positional = argv[1:]
    runner.variables.push_scope()
    loops, runner.loops = runner.loops, 0
    try:
        return await runner.run(body)
    except Return as leave:
        return leave.status
    finally:
        runner.loops = loops
        runner.variables.pop_scope()
        runner.variables.positional = outer


async def _program(runner: Runner, node: Simple, argv: list[str], tail: bool) -> int:
    extra = {assign.name: await _assigned(runner, assign) for assign in node.assigns}
    context = runner.child_context(extra)
    program = launch.find(runner.phone, argv[0], context)
    fds = runner.fds.fork()
    try:
        await apply(runner, node.redirects, fds)
        problem = _unfit(program, argv)
        if problem is not None:
            await _complain(runner, problem, fds)
    except BaseException:
        fds.close_all()
        raise
    if problem is not None or isinstance(program, launch.Missing):
        fds.close_all()
        return problem.status if problem else 127
    if tail and runner.may_become:
        return await _become(runner.child, program, argv, context, fds)
    child = launch.start(runner.child, program, argv, context, fds)
    status = await child.wait()
    if child.killed not in (None, 2, 13):
        await runner.write(2, f"{signal_text(child.killed or 0)} \n")
    return status


def _unfit(program: Program | launch.Missing, argv: list[str]) -> launch.Missing | None:
    if isinstance(program, launch.Missing):
        return program
    if sum(map(len, argv)) > launch.MAX_ARGUMENTS:
        return launch.Missing(f"{argv[0]}: Argument list too long", 126)
    return None


async def _complain(runner: Runner, missing: launch.Missing, fds: FdTable) -> None:
    outer, runner.fds = runner.fds, fds
    try:
        await runner.error(missing.text)
    finally:
        runner.fds = outer


async def _become(
    child: Child, program: Program, argv: list[str], context: Context, fds: FdTable
) -> int:
    """Run a program in this very process."""
    child.on_signal = None
    child.fds.close_all()
    child.fds.update(fds)
    return await launch.execute(child, program, argv, context)


async def _exec(runner: Runner, node: Simple, argv: list[str]) -> int:
    words = [word for word in argv[1:2] if word != "--"] + argv[2:]
    await _assign_all(runner, node.assigns)
    if not words:
        await apply(runner, node.redirects, runner.fds)
        return 0
    context = runner.child_context()
    program = launch.find(runner.phone, words[0], context)
    if isinstance(program, launch.Missing):
        await runner.error(program.text)
        if runner.interactive:
            return program.status
        raise Exit(program.status)
    fds = runner.fds.fork()
    await apply(runner, node.redirects, fds)
    raise Exit(await _become(runner.child, program, words, context, fds), traps=False)


async def _trace(runner: Runner, argv: list[str]) -> None:
    if argv:
        await runner.write(2, f"+ {' '.join(map(quoted, argv))}\n")


def quoted(text: str) -> str:
    """A word as the shell would need it written."""
    if text and all(char.isalnum() or char in "_-./:=,@%+" for char in text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"
