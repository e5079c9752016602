"""The phone's shell: what adb's shell, exec and the apps' Runtime.exec run.

An mksh in miniature (`runner`, `parser`, `builtins`) over the phone's own files and commands
(`registry`, `toybox`, `android`). Nothing here ever runs on the host.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import signal
from typing import TYPE_CHECKING

from droidcancel.simulator.fs import Node, generated
from droidcancel.simulator.shell import procfs
from droidcancel.simulator.shell.descriptors import Description, FdTable, StreamFile
from droidcancel.simulator.shell.launch import DEFAULT_PATH
from droidcancel.simulator.shell.process import Child, Context, Session
from droidcancel.simulator.shell.registry import COMMANDS, CommandTable, Registry
from droidcancel.simulator.shell.session import run_command, run_stdin
from droidcancel.simulator.shell.tty import Tty
from droidcancel.simulator.streams import Stream

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

__all__ = ["Shell", "ShellProcess"]


def load_commands() -> None:
    """Import every module that registers commands."""
    for package in ("toybox", "android"):
        name = f"{__name__}.{package}"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            continue
        for found in pkgutil.iter_modules(module.__path__):
            importlib.import_module(f"{name}.{found.name}")


class Shell:
    """Starts shells on one phone. `commands` may be added to, for this phone alone."""

    def __init__(self, phone: Phone) -> None:
        load_commands()
        self.phone = phone
        self.live = 0
        self.commands: CommandTable = Registry(parent=COMMANDS)
        self._stubs: dict[str, Node] = {}

    def install(self) -> None:
        """Show every command as a file in /system/bin, and every process in /proc."""
        procfs.install(self.phone)
        self.phone.fs.node("/system/bin").listing = self._binaries

    def _binaries(self) -> dict[str, Node]:
        names = self.commands.names(self.phone.options.api)
        if len(names) != len(self._stubs):
            self._stubs = {name: self._stub(name) for name in names}
        return self._stubs

    def _stub(self, name: str) -> Node:
        node = generated(lambda: b"\x7fELF\x02\x01\x01" + bytes(9) + name.encode(), 0o755, 0, 2000)
        node.mtime = 1230768000.0
        return node

    def environment(self, uid: int) -> dict[str, str]:
        """What adbd gives a shell (init.environ.rc and adbd's shell_service.cpp)."""
        props = self.phone.props
        user = {0: "root", 2000: "shell"}.get(uid, f"u0_a{uid - 10000}")
        return {
            "PATH": DEFAULT_PATH,
            "ANDROID_ROOT": "/system",
            "ANDROID_DATA": "/data",
            "ANDROID_STORAGE": "/storage",
            "ANDROID_ASSETS": "/system/app",
            "EXTERNAL_STORAGE": "/sdcard",
            "HOME": "/" if uid == 2000 else "/data",
            "HOSTNAME": props.get("ro.product.device", "generic"),
            "LOGNAME": user,
            "USER": user,
            "SHELL": "/bin/sh" if self.phone.options.api >= 29 else "/system/bin/sh",
            "TMPDIR": "/data/local/tmp",
        }

    def start(
        self,
        command: str | None,
        *,
        stdin: Stream,
        stdout: Stream,
        stderr: Stream,
        tty: bool = False,
        uid: int = 2000,
        env: dict[str, str] | None = None,
        size: tuple[int, int] = (24, 80),
    ) -> ShellProcess:
        """Run `command`, or what comes from stdin when it is None (with a prompt on a tty).

        `stdout` and `stderr` may be one stream. `size` is the terminal's rows and columns.
        """
        if self.phone.fs.node("/system/bin").listing is None:
            self.install()
        session = Session(tty=tty)
        context = Context(
            {**self.environment(uid), **({"TERM": "xterm-256color"} if tty else {}), **(env or {})},
            "/", uid, 0o22 if uid == 0 else 0, tty, size,
        )  # fmt: skip
        fds = FdTable()
        terminal = None
        if tty:
            terminal = Tty(stdin, stdout, lambda number: session.signal(number, background=False))
            fds.update({0: terminal, 1: terminal.dup(), 2: terminal.dup()})
        else:
            fds.update(_streams(stdin, stdout, stderr))
        watched = list(fds.values())[1:]
        argv = ["/system/bin/sh", *(["-c", command] if command is not None else [])]
        argv = argv if command is not None or not tty else ["/system/bin/sh", "-"]
        child = Child(self.phone, argv, fds, session, uid=uid)
        process = ShellProcess(self.phone, child, session, watched, terminal)
        if command is None:
            child.start(lambda child: run_stdin(child, context, interactive=tty))
        else:
            child.start(lambda child: run_command(child, command, context))
        process.watch()
        return process


def _streams(stdin: Stream, stdout: Stream, stderr: Stream) -> dict[int, Description]:
    """The three descriptors of a session without a terminal."""
    output = StreamFile(stdout)
    return {
        0: StreamFile(stdin),
        1: output,
        2: output.dup() if stderr is stdout else StreamFile(stderr),
    }


class ShellProcess:
    """A started shell with all that it started."""

    def __init__(
        self,
        phone: Phone,
        child: Child,
        session: Session,
        watched: list[Description],
        terminal: Tty | None,
    ) -> None:
        self._phone, self._child, self._session = phone, child, session
        self._watched, self._terminal = watched, terminal
        self._pump: asyncio.Task[None] | None = None
        self._hangup: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The shell's process id."""
        return self._child.pid

    def watch(self) -> None:
        """Begin to take in what is typed, and to hang up what is left when the shell ends."""
        loop = asyncio.get_running_loop()
        if self._terminal is not None:
            self._pump = loop.create_task(self._terminal.pump())
        self._hangup = loop.create_task(self._after())

    async def _after(self) -> None:
        await self._child.done.wait()
        self._session.signal(int(signal.SIGHUP))
        if self._pump is not None:
            self._pump.cancel()

    async def wait(self) -> int:
        """The exit status, once the shell has ended and nobody holds its output any more.

        On a terminal the output ends with the shell, as the kernel hangs the terminal up.
        """
        status = await self._child.wait()
        if self._hangup is not None:
            await asyncio.wait({self._hangup})
        if self._terminal is None:
            for description in self._watched:
                released = getattr(description, "released", None)
                if released is not None:
                    await released.wait()
        return status

    def kill(self, signal_number: int = 1) -> None:
        """Signal the whole group, as when adb's stream closes."""
        self._session.signal(signal_number)
        if self._pump is not None and signal_number in (signal.SIGHUP, signal.SIGKILL):
            self._pump.cancel()
