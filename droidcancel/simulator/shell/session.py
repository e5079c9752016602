"""Ways to run a shell: a command, a script, lines from stdin, a terminal."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable
from typing import TypeVar

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.control import Exit, Leave
from droidcancel.simulator.shell.parser import Parser
from droidcancel.simulator.shell.process import CannotFork, Child, Context
from droidcancel.simulator.shell.runner import Runner
from droidcancel.simulator.shell.syntax import Incomplete, Node, SyntaxFault
from droidcancel.simulator.shell.variables import ShellError

MAX_COMMAND = 1 << 20
T = TypeVar("T")


async def run_command(
    child: Child, command: str, context: Context, *, name: str = "/system/bin/sh",
    positional: list[str] | None = None, options: set[str] | None = None,
) -> int:  # fmt: skip
    """`sh -c command`."""
    runner = _runner(child, context, name, positional, options)
    return await runner.main(lambda: runner.run_text(command, tail=True))


def _runner(
    child: Child,
    context: Context,
    name: str,
    positional: list[str] | None,
    options: set[str] | None,
) -> Runner:
    runner = Runner(child, context, name=name)
    runner.variables.positional = list(positional or ())
    runner.variables.set("PWD", runner.cwd, exported=True)
    runner.options |= options or set()
    return runner


async def run_script(
    child: Child,
    path: str,
    positional: list[str],
    context: Context,
    options: set[str] | None = None,
) -> int:
    """`sh path ...`; the script is read whole when it starts."""
    runner = _runner(child, context, path, positional, options)
    try:
        text = runner.files.read(path).decode("utf-8", "surrogateescape")
    except FsError as error:
        runner.name = "/system/bin/sh"
        missing = isinstance(error, FsError) and error.errno == 2
        await runner.error(f"{path}: {error.strerror}" if not missing else
                           f"can't open {path}: No such file or directory")  # fmt: skip
        return 127 if missing else 126
    runner.source = path
    return await runner.main(lambda: runner.run_text(text))


async def run_stdin(
    child: Child,
    context: Context,
    *,
    interactive: bool = False,
    positional: list[str] | None = None,
    options: set[str] | None = None,
) -> int:
    """Commands line by line from stdin, each run as soon as it is whole."""
    runner = _runner(child, context, "/system/bin/sh", positional, options)
    runner.interactive = interactive
    runner.source = "" if interactive else "<stdin>"
    return await runner.main(lambda: _Lines(runner).run())


class _Lines:
    """Reads stdin and runs it."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.buffer, self.wanted = "", ""
        self.line = self.first = 1

    async def run(self) -> int:
        runner = self.runner
        while True:
            await self._prompt()
            line = await self._read()
            if line is None:
                self.buffer, self.wanted = "", ""
                continue
            if not line:
                return await self._end()
            if not self.buffer:
                self.first = self.line
            self.line += 1
            self.buffer += line
            if len(self.buffer) > MAX_COMMAND:
                raise ShellError("out of memory")
            if self.wanted not in line:
                continue
            parsed = await self._parse()
            if parsed is None:
                continue
            self.buffer, self.wanted = "", ""
            if parsed:
                await self._run(parsed[0])
                await runner.tick()

    async def _read(self) -> str | None:
        """A line, "" at the end, None when a signal interrupted."""
        runner = self.runner
        source = runner.fds.get(0)
        if source is None:
            return ""
        if not runner.interactive and not any(runner.traps):
            data: bytes | None = await source.readline()
        else:
            data = await self._interruptible(source.readline())
        return None if data is None else data.decode("utf-8", "surrogateescape")

    async def _interruptible(self, work: Awaitable[bytes]) -> bytes | None:
        runner = self.runner
        if not runner.interactive:
            return await runner.interruptible(work)
        return await until_interrupted(runner, work)

    async def _parse(self) -> list[Node] | None:
        """The command when it is whole ([] for an empty line), None when more must come."""
        runner = self.runner
        parser = Parser(self.buffer, line=self.first, more=True)
        try:
            node = parser.line_node()
        except Incomplete as early:
            self.wanted = early.wanted
            return None
        except SyntaxFault as fault:
            runner.line = fault.line
            await runner.error(fault.message)
            runner.status = 1
            if not runner.interactive:
                raise Exit(1) from None
            return []
        return [] if node is None else [node]

    async def _run(self, node: Node) -> None:
        runner = self.runner
        if not runner.interactive:
            await runner.run(node)
            return
        runner.depth = runner.loops = runner.unguarded = 0
        try:
            status = await until_interrupted(runner, runner.run(node))
            if status is None:
                runner.status = 130
                await runner.out("\n")
        except ShellError as error:
            await runner.error(error.message)
            runner.status = error.status
        except CannotFork:
            await runner.error("can't fork - try again")
            runner.status = 1
        except Exit:
            raise
        except Leave:
            runner.status = 0

    async def _end(self) -> int:
        runner = self.runner
        if self.buffer:
            try:
                node = Parser(self.buffer, line=self.first).line_node()
            except (Incomplete, SyntaxFault) as error:
                fault = error.fault if isinstance(error, Incomplete) else error
                runner.line = fault.line
                await runner.error(fault.message)
                return 1
            if node is not None:
                await self._run(node)
        if runner.interactive:
            await runner.out("\n")
        return runner.status

    async def _prompt(self) -> None:
        runner = self.runner
        if not runner.interactive:
            return
        if self.buffer:
            await runner.write(2, runner.variables.get("PS2") or "> ")
            return
        for job in [job for job in runner.jobs.jobs if not job.child.running]:
            await runner.write(2, f"[{job.number}] + {job.state:<20} {job.text} \n")
            runner.jobs.jobs.remove(job)
        await runner.write(2, prompt(runner))


def prompt(runner: Runner) -> str:
    """PS1 as Android's mkshrc has it; PS1 set by the user wins."""
    own = runner.variables.get("PS1")
    if own is not None:
        return own.replace("\\w", runner.cwd).replace("\\$", "#" if runner.uid == 0 else "$")
    failed = f"{runner.status}|" if runner.status else ""
    host = runner.variables.get("HOSTNAME") or "localhost"
    user = "" if runner.phone.options.api >= 24 else f"{runner.variables.get('USER')}@"
    return f"{failed}{user}{host}:{runner.cwd} {'#' if runner.uid == 0 else '$'} "


async def until_interrupted(runner: Runner, work: Awaitable[T]) -> T | None:
    """Await `work`; None when Ctrl-C came first."""
    task = asyncio.ensure_future(work)
    outer = runner.child.on_signal
    interrupted = False

    def on_signal(number: int) -> bool:
        nonlocal interrupted
        if number == signal.SIGINT and number not in runner.traps:
            interrupted = True
            task.cancel()
            return True
        return bool(outer and outer(number))

    runner.child.on_signal = on_signal
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if interrupted and runner.child.killed is None:
            return None
        task.cancel()
        raise
    finally:
        runner.child.on_signal = outer
