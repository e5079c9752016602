"""A running process: its task, its row in the process table, its open files, its signals."""

from __future__ import annotations

import asyncio
import signal
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from droidcancel.simulator.processes import Process
from droidcancel.simulator.shell.descriptors import FdTable

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

MAX_CHILDREN = 400
_HARMLESS = frozenset({0, signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH,
                       signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGSTOP})  # fmt: skip
SIGNALS: dict[str, int] = {
    name.name[3:]: int(name)
    for name in signal.Signals
    if name.name.startswith("SIG") and "_" not in name.name and int(name) < 32
}


def signal_number(text: str) -> int | None:
    """`9`, `KILL`, `SIGKILL` or `kill` as a number; None when it is none of them."""
    if text.isdigit():
        return int(text) if int(text) < 65 else None
    return SIGNALS.get(text.upper().removeprefix("SIG"))


class CannotFork(Exception):
    """There are too many processes."""


@dataclass(eq=False)
class Session:
    """The processes that one start of a shell made, and that its end takes down."""

    tty: bool = False
    children: set[Child] = field(default_factory=set)

    def signal(self, number: int, *, background: bool = True) -> None:
        """Send a signal to all, or only to those in the foreground."""
        for child in list(self.children):
            if background or not child.background:
                child.deliver(number)


@dataclass(frozen=True)
class Context:
    """What a process inherits besides its open files."""

    env: dict[str, str]
    cwd: str
    uid: int
    umask: int = 0o22
    tty: bool = False
    size: tuple[int, int] = (24, 80)


class Child:
    """One process of the shell's making.

    `status` is its exit status once `done` is set; `killed` the signal that ended it.
    `on_signal` sees every signal first and returns True for those it took.
    """

    def __init__(
        self,
        phone: Phone,
        argv: list[str],
        fds: FdTable,
        session: Session,
        *,
        uid: int,
        parent: Child | None = None,
        background: bool = False,
    ) -> None:
        self.phone, self.fds, self.session, self.background = phone, fds, session, background
        self.ignored: set[int] = set(parent.ignored) if parent else set()
        self.status = 0
        self.killed: int | None = None
        self.done = asyncio.Event()
        self.on_signal: Callable[[int], bool] | None = None
        self.row = self._start(argv, uid, parent)
        self._task: asyncio.Task[int] | None = None

    def _start(self, argv: list[str], uid: int, parent: Child | None) -> Process:
        if self.phone.shell.live >= MAX_CHILDREN:
            raise CannotFork
        adbd = self.phone.processes.by_name("adbd") if parent is None else []
        ppid = parent.pid if parent else adbd[0].pid if adbd else 1
        name = argv[0].rpartition("/")[2]
        try:
            row = self.phone.processes.start(
                name, uid=uid, ppid=ppid, args=argv, on_signal=self.deliver
            )
        except BlockingIOError:
            raise CannotFork from None
        self.phone.shell.live += 1
        return row

    @property
    def pid(self) -> int:
        return self.row.pid

    @property
    def running(self) -> bool:
        return not self.done.is_set()

    def start(self, body: Callable[[Child], Awaitable[int]]) -> Child:
        """Run `body` as this process."""
        self.session.children.add(self)
        self._task = self.row.spawn(self._main(body), name=f"{self.row.name}:{self.pid}")
        self._task.add_done_callback(self._ended)
        return self

    async def _main(self, body: Callable[[Child], Awaitable[int]]) -> int:
        try:
            return await body(self)
        except BrokenPipeError:
            return 128 + signal.SIGPIPE
        except Exception as error:
            text = "".join(traceback.format_exception(error))
            self.phone.log.write("F", "DEBUG", text, pid=self.pid, uid=self.row.uid)
            self.killed = int(signal.SIGABRT)
            return 128 + signal.SIGABRT

    def _ended(self, task: asyncio.Task[int]) -> None:
        if task.cancelled():
            self.killed = self.killed or int(signal.SIGKILL)
            self.status = 128 + self.killed
        else:
            self.status = task.result()
        self.session.children.discard(self)
        self.phone.shell.live -= 1
        self.fds.close_all()
        self.phone.processes.end(self.row)
        self.done.set()

    def deliver(self, number: int) -> None:
        """A signal arrives."""
        if number in _HARMLESS or number in self.ignored or not self.running:
            return
        if number != signal.SIGKILL and self.on_signal is not None and self.on_signal(number):
            return
        self.killed = number
        if self._task is not None and not self._task.done():
            self._task.cancel()

    def rename(self, argv: list[str]) -> None:
        """Become another program, as exec does."""
        self.row.name, self.row.args = argv[0].rpartition("/")[2], argv

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        await self.done.wait()
        return self.status
