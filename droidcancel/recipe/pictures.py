"""Pictures of the screen, written to files beside the run: a cancel must not wait for a PNG."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


class Pictures:
    """Writes pictures one after the other, in a thread of its own."""

    def __init__(self) -> None:
        self._writer: ThreadPoolExecutor | None = None
        self._pending: list[tuple[Path, Future[None]]] = []

    def keep(self, picture: Image.Image, path: Path) -> None:
        """Have it written to `path`, which exists from now on, so that no other takes its name."""
        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="droidcancel-pictures")
        path.touch()
        self._pending.append((path, self._writer.submit(picture.save, path)))

    def close(self) -> list[str]:
        """Wait until all are written; what could not be, in words. It may be used again."""
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
