"""droidcancel's command line, killed with SIGKILL at one point of its work.

    python -m benchmarks.kill_child --at shell-before:17 --points FILE -- run cancel_airplane ...

A point is just before or just after a write to the journal, a command to the phone's shell, a call
to its screen server, or a push. Within a write to the journal there is one more, `journal-torn`,
at which half of the line is on the disk. Each name is counted for itself, from 1, and all of them
as ``any``; without --at nothing is killed. Each is written to FILE as it is passed, one word a
line, so that the caller knows what there was.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any


class Points:
    """Counts the points of all threads, and dies at the one asked for."""

    def __init__(self, at: str, log: Path) -> None:
        self._at = at
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._count: Counter[str] = Counter()
        self._lock = threading.Lock()

    def passed(self, name: str, last_words: Callable[[], Any] = lambda: None) -> None:
        """Count a point; at the one asked for say the last words, and die."""
        with self._lock:
            self._count.update((name, "any"))
            os.write(self._log, f"{name}\n".encode())
            if self._at in (f"{name}:{self._count[name]}", f"any:{self._count['any']}"):
                last_words()
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: type[Any], method: str, name: str) -> None:
        """Make a point before and after each call of a method."""
        given: Callable[..., Any] = getattr(owner, method)

        @wraps(given)
        def counted(*args: Any, **more: Any) -> Any:
            self.passed(f"{name}-before")
            result = given(*args, **more)
            self.passed(f"{name}-after")
            return result

        setattr(owner, method, counted)

    def inside_of_writes(self, owner: type[Any]) -> None:
        """Make a point in the middle of each write of a journal's line."""
        given: Callable[..., int] = owner.__dict__["_write"].__func__

        def torn(descriptor: int, line: bytes) -> None:
            self.passed("journal-torn", lambda: os.write(descriptor, line[: len(line) // 2]))
            given(descriptor, line)

        owner._write = staticmethod(torn)


def main(arguments: list[str]) -> None:
    """Patch what touches the phone and the journal; then the command line as it is."""
    own, rest = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    options = dict(zip(own[::2], own[1::2], strict=True))
    points = Points(options.get("--at", ""), Path(options["--points"]))

    from droidcancel.device.device import Device
    from droidcancel.device.shell import ShellChannel
    from droidcancel.device.shell_stream import Armed
    from droidcancel.device.ui import Ui
    from droidcancel.journal_file import RecordFile

    points.around(RecordFile, "append", "journal")
    points.inside_of_writes(RecordFile)
    points.around(ShellChannel, "run", "shell")
    points.around(ShellChannel, "arm", "arm")
    points.around(Armed, "fire", "fire")
    points.around(Ui, "_call", "ui")
    points.around(Device, "push", "push")

    from droidcancel.cli import main as command_line

    sys.argv = ["droidcancel", *rest]
    command_line()


def forked(arguments: list[str], variables: dict[str, str], said: str) -> None:
    """As `main`, in a process that was forked: its environment, and where its output goes."""
    os.environ.update(variables)
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    main(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
