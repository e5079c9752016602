"""droidcancel's command line, killed with SIGKILL at one point of its work.

    python -m benchmarks.kill_child --at 17 --points FILE -- run cancel_airplane -s SERIAL ...

A point is just before or just after a write to the journal, a command to the phone's shell, a call
to its screen server, or a push. They are counted from 1; without --at nothing is killed. Each is
written to FILE as it is passed, one word a line, so that the caller knows what there was.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any


class Points:
    """Counts the points of all threads, and dies at the one asked for."""

    def __init__(self, at: int | None, log: Path) -> None:
        self._at = at
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._count = 0
        self._lock = threading.Lock()

    def passed(self, name: str) -> None:
        with self._lock:
            self._count += 1
            os.write(self._log, f"{name}\n".encode())
            if self._count == self._at:
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


def main(arguments: list[str]) -> None:
    """Patch what touches the phone and the journal; then the command line as it is."""
    own, rest = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    options = dict(zip(own[::2], own[1::2], strict=True))
    at = int(options["--at"]) if "--at" in options else None
    points = Points(at, Path(options["--points"]))

    from droidcancel.device.device import Device
    from droidcancel.device.shell import ShellChannel
    from droidcancel.device.shell_stream import Armed
    from droidcancel.device.ui import Ui
    from droidcancel.journal_file import RecordFile

    points.around(RecordFile, "append", "journal")
    points.around(ShellChannel, "run", "shell")
    points.around(ShellChannel, "arm", "arm")
    points.around(Armed, "fire", "fire")
    points.around(Ui, "_call", "ui")
    points.around(Device, "push", "push")

    from droidcancel.cli import main as command_line

    sys.argv = ["droidcancel", *rest]
    command_line()


if __name__ == "__main__":
    main(sys.argv[1:])
