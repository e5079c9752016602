"""One running shell: its state, and how it leaves, forks and reports."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from droidcancel.simulator.shell.control import Exit, Leave
from droidcancel.simulator.shell.descriptors import Bytes, Collector, FdTable
from droidcancel.simulator.shell.expand import Expander
from droidcancel.simulator.shell.jobs import Jobs
from droidcancel.simulator.shell.parser import Parser
from droidcancel.simulator.shell.process import CannotFork, Child, Context
from droidcancel.simulator.shell.syntax import Incomplete, Node, Redirect, Simple, SyntaxFault
from droidcancel.simulator.shell.userfiles import UserFiles
from droidcancel.simulator.shell.variables import MAX_VALUE, ShellError, Variables

if TYPE_CHECKING:
    pass

MAX_DEPTH = 90
YIELD_EVERY = 16
T = TypeVar("T")


class Runner:
    """The state of one shell process.

    `name` is $0, `source` the script's name in messages ("" for -c and terminals), `options`
    the letters that `set` turned on, `traps` commands by signal number (0 for EXIT).
    """

    def __init__(
        self,
        child: Child,
        context: Context,
        *,
        name: str = "/system/bin/sh",
        variables: Variables | None = None,
    ) -> None:
        self.child, self.phone = child, child.phone
        self.context = context
        self.cwd, self.umask = context.cwd, context.umask
        self.uid: int = context.uid
        self.name, self.source, self.line = name, "", 1
        self.variables = variables or Variables(context.env)
        self.fds = child.fds
        self.options: set[str] = set()
        self.traps: dict[int, str] = {}
        self.pending: list[int] = []
        self.jobs = Jobs()
        self.status = self.substituted = 0
        self.depth = 0
        self.loops = 0
        self.unguarded = 0
        self.shell_pid = child.pid
        self.interactive = False
        self.is_fork = False
        self.expander = Expander(self)
        self._ticks = 0
        self._woken: asyncio.Future[None] | None = None
        child.on_signal = self._on_signal

    # -- surroundings -------------------------------------------------------------------------
    @property
    def files(self) -> UserFiles:
        return UserFiles(self.phone.fs, self.uid, self.cwd, self.umask, self.child.pid)

    def path(self, name: str) -> str:
        """A name as an absolute path of the phone."""
        return name if name.startswith("/") else f"{self.cwd.rstrip('/')}/{name}"

    def child_context(self, extra: dict[str, str] | None = None) -> Context:
        """What programs started here inherit."""
        env = self.variables.environment()
        if extra:
            env.update(extra)
        return Context(env, self.cwd, self.uid, self.umask, self.context.tty, self.context.size)

    def special(self, name: str) -> str | None:
        """$?, $$, $! and the like; None for other names."""
        if name == "?":
            return str(self.status)
        if name == "$":
            return str(self.shell_pid)
        if name == "#":
            return str(len(self.variables.positional))
        if name == "!":
            return str(self.jobs.last_pid) if self.jobs.last_pid else ""
        if name == "-":
            return "".join(sorted(self.options | ({"i"} if self.interactive else set())))
        if name in ("PPID", "PWD", "LINENO"):
            return {"PPID": str(self.child.row.ppid), "LINENO": str(self.line)}.get(name)
        return None

    # -- reporting ----------------------------------------------------------------------------
    def prefix(self, line: int | None = None) -> str:
        """What stands before a message (mksh's error_prefix)."""
        text = "" if self.source == self.name else f"{self.name}: "
        if self.source:
            text += f"{self.source}[{self.line if line is None else line}]: "
        return text

    async def write(self, number: int, text: str) -> None:
        """Write text to a descriptor; a closed one is an OSError."""
        description = self.fds.get(number)
        if description is not None:
            await description.write(text.encode("utf-8", "surrogateescape"))

    async def out(self, text: str) -> None:
        """Write text to stdout."""
        await self.write(1, text)

    async def error(self, text: str, line: int | None = None) -> None:
        """A message on stderr with the shell's prefix."""
        try:
            await self.write(2, f"{self.prefix(line)}{text}\n")
        except OSError:
            return

    # -- running ------------------------------------------------------------------------------
    async def tick(self) -> None:
        """Let others run now and then, and run the traps of signals that came."""
        self._ticks += 1
        if self._ticks % YIELD_EVERY == 0:
            await asyncio.sleep(0)
        if self.pending:
            await self.run_traps()

    async def run(self, node: Node, tail: bool = False) -> int:
        """Run a node; `tail` when nothing comes after it in this process."""
        from droidcancel.simulator.shell.execute import HANDLERS

        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.depth = 0
            raise ShellError("recursion too deep")
        try:
            self.status = await HANDLERS[type(node)](self, node, tail)
        finally:
            self.depth = max(0, self.depth - 1)
        return self.status

    async def run_text(self, text: str, *, line: int = 1, tail: bool = False) -> int:
        """Run a script line by line, as `eval` and `-c` do; ShellError for wrong syntax."""
        parser = Parser(text, line=line)
        ran = False
        while parser.pos < len(text):
            try:
                node = parser.line_node()
            except SyntaxFault as fault:
                self.line = fault.line
                raise ShellError(fault.message) from None
            except Incomplete as early:
                self.line = early.fault.line
                raise ShellError(early.fault.message) from None
            if node is not None:
                ran = True
                last = tail and parser.pos >= len(text)
                await self.run(node, last and self.may_become)
                await self.tick()
        self.status = self.status if ran else 0
        return self.status

    @property
    def may_become(self) -> bool:
        """Whether the last command may take this process over."""
        return 0 not in self.traps and not self.pending and not self.interactive

    async def main(self, body: Callable[[], Awaitable[int]]) -> int:
        """Run a whole shell: what ends it, and its EXIT trap."""
        traps = True
        try:
            status = await self._guarded(body)
        except Exit as leave:
            status, traps = leave.status, leave.traps
        except Leave:
            status = self.status
        except asyncio.CancelledError:
            number = self.child.killed
            if number is None or number == signal.SIGKILL:
                raise
            status = 128 + number
        if traps and 0 in self.traps:
            status = await self._exit_trap(status)
        return status

    async def _guarded(self, body: Callable[[], Awaitable[int]]) -> int:
        try:
            return await body()
        except ShellError as error:
            await self.error(error.message)
            return error.status
        except CannotFork:
            await self.error("can't fork - try again")
            return 1
        except RecursionError:
            await self.error("recursion too deep")
            return 1

    async def _exit_trap(self, status: int) -> int:
        self.status = status
        self.depth = 0
        command = self.traps.pop(0)
        try:
            await self._guarded(lambda: self.run_text(command))
        except Exit as leave:
            return leave.status
        except Leave:
            return status
        return status

    # -- signals ------------------------------------------------------------------------------
    def _on_signal(self, number: int) -> bool:
        if number not in self.traps:
            return self.interactive and number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
        if len(self.pending) < 64:
            self.pending.append(number)
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)
        return True

    async def run_traps(self) -> None:
        """Run the traps of signals that came; $? stays as it was."""
        while self.pending:
            command = self.traps.get(self.pending.pop(0))
            if command:
                status, line = self.status, self.line
                await self.run_text(command)
                self.status, self.line = status, line

    async def interruptible(self, work: Awaitable[T]) -> T | None:
        """Await `work`, but None as soon as a trapped signal comes (its trap is run)."""
        if not any(self.traps):
            return await work
        task: asyncio.Future[T] = asyncio.ensure_future(work)
        self._woken = asyncio.get_running_loop().create_future()
        both: set[asyncio.Future[Any]] = {task, self._woken}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        finally:
            self._woken = None
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
        await self.run_traps()
        return None

    # -- forking ------------------------------------------------------------------------------
    def fork(
        self, node: Node, fds: FdTable, *, background: bool = False, guarded: bool = False
    ) -> Child:
        """Run a node in a child shell; takes `fds` over. Raises CannotFork."""
        try:
            child = Child(
                self.phone,
                self.child.row.args,
                fds,
                self.child.session,
                uid=self.uid,
                parent=self.child,
                background=background or self.child.background,
            )
        except BaseException:
            fds.close_all()
            raise
        runner = Runner(child, self.context, name=self.name, variables=self.variables.fork())
        runner.cwd, runner.umask = self.cwd, self.umask
        runner.source, runner.line, runner.options = self.source, self.line, set(self.options)
        runner.status, runner.shell_pid, runner.is_fork = self.status, self.shell_pid, True
        runner.unguarded = 1 if guarded else self.unguarded
        runner.jobs.last_pid = self.jobs.last_pid
        return child.start(lambda _: runner.main(lambda: runner.run(node, tail=True)))

    async def substitute(self, node: Node) -> str:
        """What a node prints, without the line ends at its end: `$(...)`."""
        direct = await self._read_directly(node)
        if direct is not None:
            return direct
        output = Collector(MAX_VALUE)
        fds = self.fds.fork()
        fds.put(1, output)
        child = self.fork(node, fds)
        self.status = self.substituted = await child.wait()
        await output.closed.wait()
        data = bytes(output.data).replace(b"\0", b"")
        return data.decode("utf-8", "surrogateescape").rstrip("\n")

    async def _read_directly(self, node: Node) -> str | None:
        """`$(<file)`, which starts no process."""
        if not isinstance(node, Simple) or node.words or node.assigns:
            return None
        redirects: tuple[Redirect, ...] = node.redirects
        if len(redirects) != 1 or redirects[0].op != "<":
            return None
        from droidcancel.simulator.shell.redirect import RedirectError, apply

        fds = FdTable({0: Bytes(b"")})
        try:
            await apply(self, redirects, fds)
            data = await fds[0].read_all(MAX_VALUE)
        except RedirectError as error:
            await self.error(str(error))
            data = b""
        finally:
            fds.close_all()
        return data.replace(b"\0", b"").decode("utf-8", "surrogateescape").rstrip("\n")
