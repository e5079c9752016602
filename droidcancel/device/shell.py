"""The phone's shell over streams that stay open.

Each adb connection costs several round trips and, on the phone, a process; a lasting shell
costs one write and one read a command. `ShellChannel.run` takes a free shell of its small pool
(or opens one), so it can be called from any thread; a shell whose command hangs is abandoned.

A word of a command is quoted for the phone's shell, each on its own; text that the phone's
shell must interpret is given as `Script`, and only so. The shell reads its commands from its
own standard input, so every command gets ``</dev/null``: else it would eat the next command.
"""

from __future__ import annotations

import re
import shlex
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from droidcancel.device.shell_line import Line
from droidcancel.device.shell_stream import Armed, RunningCommand
from droidcancel.device.shell_v2 import new_marker
from droidcancel.device.types import Output
from droidcancel.errors import AdbError, ShellTimeout

DEFAULT_TIMEOUT_S: Final = 15.0
MAX_OUTPUT: Final = 64 * 2**20
IDLE_SHELLS: Final = 3
#: Android 6 and 7 print it on standard error before anything that starts Java
_NOISE: Final = re.compile(r"^WARNING: linker.*\n", re.M)


class Script(str):
    """Shell text that the phone's shell is meant to interpret. Quote what you put into it."""

    __slots__ = ()


Command = Sequence[str] | Script
Opener = Callable[[], Line]


def quoted(argv: Sequence[str]) -> str:
    """Join words so that the phone's shell takes each as one word and interprets none."""
    if isinstance(argv, str):
        raise TypeError("a command is a list of words, or a Script")
    return " ".join(shlex.quote(word) for word in argv)


def spell(command: Command) -> str:
    """The text of a command for the phone's shell."""
    return str(command) if isinstance(command, Script) else quoted(command)


def isolated(command: Command) -> str:
    """The command in a subshell: `cd`, `exit` and broken syntax stay inside.

    A subshell of one simple command costs mksh no further process. A script goes through
    ``eval``, since a syntax error in the text itself would take the whole shell with it.
    """
    if isinstance(command, Script):
        return f"( eval {shlex.quote(str(command))} )"
    return f"( {quoted(command)} )"


class ShellChannel:
    """Commands to one phone. ``round_trips`` counts them; ``opened`` counts the shells."""

    def __init__(
        self,
        open_line: Opener,
        *,
        reopen_s: float = 3.0,
        at_close: Callable[[], None] | None = None,
    ) -> None:
        self._open = open_line
        self._at_close = at_close
        self._reopen_s = reopen_s
        self._idle: list[Line] = []
        self._lock = threading.Lock()
        self._closed = False
        self._limits = threading.local()
        self.round_trips = 0
        self.opened = 0
        #: when a command last ended that may have changed something (monotonic seconds)
        self.changed_at = float("-inf")

    def run(
        self,
        command: Command,
        timeout: float = DEFAULT_TIMEOUT_S,
        *,
        repeatable: bool = False,
        max_output: int = MAX_OUTPUT,
    ) -> Output:
        """Run a command to its end.

        ``timeout`` in seconds; ``repeatable`` says that the command only reads, so that it may
        be sent again when the link drops under it. Raises ShellTimeout when it does not end
        (its shell is abandoned), AdbError when the link is gone.
        """
        timeout = self._within_limit(command, timeout)
        try:
            return self._run_once(command, timeout, max_output)
        except ConnectionError as error:
            if not repeatable:
                raise _dropped(command, error) from error
        finally:
            if not repeatable:
                self.changed_at = time.monotonic()
        try:
            return self._run_once(command, timeout, max_output)
        except ConnectionError as error:
            raise _dropped(command, error) from error

    def text(self, command: Command, timeout: float = DEFAULT_TIMEOUT_S) -> str:
        """Standard output of a command that only reads."""
        return self.run(command, timeout, repeatable=True).text

    def batch(
        self, commands: Mapping[str, Command], timeout: float = DEFAULT_TIMEOUT_S
    ) -> dict[str, str]:
        """Run several commands that only read, in one round trip: name to all they printed."""
        mark = new_marker()
        parts = [
            f"echo {mark} {name}; {isolated(c)} </dev/null 2>&1" for name, c in commands.items()
        ]
        text = _NOISE.sub("", self.text(Script("; ".join(parts)), timeout))
        pieces = re.split(rf"{mark} (\S+)\n", text)
        return dict(zip(pieces[1::2], pieces[2::2], strict=True))

    def arm(self, command: Command, timeout: float = DEFAULT_TIMEOUT_S) -> Armed:
        """Make a command wait on the phone; `Armed.fire` starts it with one newline."""
        line = self._new_line()
        self._count(2)  # it is made ready, and later fired
        try:
            return Armed(line, isolated(command), spell(command), timeout)
        except BaseException:
            line.close()
            raise

    def stream(self, command: Command, timeout: float = DEFAULT_TIMEOUT_S) -> RunningCommand:
        """Start a command that runs on; read it as it goes. ``timeout`` is for its start."""
        line = self._new_line()
        self._count(1)
        try:
            return RunningCommand(line, _process(command), spell(command), timeout)
        except BaseException:
            line.close()
            raise

    @contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """No command of this thread runs longer than until ``seconds`` from now.

        The shortest of several limits counts. What is sent after it raises ShellTimeout at once.
        """
        before: float | None = getattr(self._limits, "until", None)
        until = time.monotonic() + seconds
        self._limits.until = until if before is None else min(before, until)
        try:
            yield
        finally:
            self._limits.until = before

    def _within_limit(self, command: Command, timeout: float) -> float:
        until: float | None = getattr(self._limits, "until", None)
        if until is None:
            return timeout
        left = until - time.monotonic()
        if left <= 0:
            raise ShellTimeout(f"no time is left for it: {spell(command)}")
        return min(timeout, left)

    def close(self) -> None:
        """Close the idle shells; the channel is not used afterwards."""
        with self._lock:
            self._closed = True
            lines, self._idle = self._idle, []
        for line in lines:
            line.close()
        if self._at_close is not None:
            self._at_close()

    def drop(self) -> None:
        """Forget the idle shells (the phone rebooted); the next command opens a new one."""
        with self._lock:
            lines, self._idle = self._idle, []
        for line in lines:
            line.close()

    def _run_once(self, command: Command, timeout: float, max_output: int) -> Output:
        line = self._take()
        try:
            output = line.execute(isolated(command), spell(command), timeout, max_output)
        except BaseException:
            line.close()  # what it may still send belongs to nobody
            raise
        finally:
            self._count(1)
        self._give_back(line)
        return output

    def _count(self, trips: int) -> None:
        with self._lock:
            self.round_trips += trips

    def _take(self) -> Line:
        while True:
            with self._lock:
                line = self._idle.pop() if self._idle else None
            if line is None:
                return self._new_line()
            if line.alive():
                return line
            line.close()

    def _give_back(self, line: Line) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < IDLE_SHELLS:
                self._idle.append(line)
                return
        line.close()

    def _new_line(self) -> Line:
        """Open a shell; a phone that just dropped off the bus gets a moment to come back."""
        if self._closed:
            raise AdbError("the shell channel is closed")
        deadline = time.monotonic() + self._reopen_s
        while True:
            try:
                line = self._open()
            except AdbError:
                if not self.opened or time.monotonic() >= deadline:
                    raise
                time.sleep(0.2)  # the adb server has no "wait until it is back or gone"
            else:
                with self._lock:
                    self.opened += 1
                return line


def _process(command: Command) -> str:
    """The command as words that the shell can become with ``exec``."""
    return f"sh -c {shlex.quote(command)}" if isinstance(command, Script) else quoted(command)


def _dropped(command: Command, error: ConnectionError) -> AdbError:
    return AdbError(
        f"the link to the phone dropped while it ran: {spell(command)} ({error})",
        "check the cable, `adb devices`, and whether the phone rebooted",
    )
