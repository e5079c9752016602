"""Pictures and dumps, written to files beside the run: a cancel must not wait for a PNG."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path


class Pictures:
    """Makes files one after the other, in a thread of its own; none while it is held."""

    def __init__(self) -> None:
        self._writer: ThreadPoolExecutor | None = None
        self._pending: list[tuple[Path, Future[None]]] = []
        self._free = threading.Lock()
        self._held = False

    def keep(self, path: Path, make: Callable[[Path], object]) -> None:
        """Have `make` write `path`, which exists from now on, so that no other takes its name."""
        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="droidcancel-pictures")
        path.touch()
        self._pending.append((path, self._writer.submit(self._make, path, make)))

    def hold(self) -> None:
        """Make nothing until `release`; what is being made is waited for."""
        if not self._held:
            self._free.acquire()
            self._held = True

    def release(self) -> None:
        """Go on after `hold`; harmless without."""
        if self._held:
            self._held = False
            self._free.release()

    def close(self) -> list[str]:
        """Wait until all are written; what could not be, in words. It may be used again."""
        self.release()
        pending, self._pending = self._pending, []
        problems = []
        for path, written in pending:
            error = written.exception()
            if error is not None:
                path.unlink(missing_ok=True)
                problems.append(f"{path.name} could not be written: {error}")
        if self._writer is not None:
            self._writer.shutdown()
            self._writer = None
        return problems

    def _make(self, path: Path, make: Callable[[Path], object]) -> None:
        with self._free:
            make(path)
