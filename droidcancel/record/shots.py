"""Pictures of a capture: blanked, made small, and compressed beside the run."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from droidcancel.device import Bounds

if TYPE_CHECKING:
    from PIL import Image

#: px across; a replay stretches it
WIDTH = 540
COLOURS = 128
MOST_BYTES = 64 * 2**20
GREY = (128, 128, 128)


class Shots:
    """`done`: the pictures that are ready, by number; PNG, at most `MOST_BYTES` in all.

    `dropped`: how many were left out beyond that.
    """

    def __init__(self) -> None:
        self.done: dict[int, bytes] = {}
        self.dropped = 0
        self._bytes = 0
        self._lock = threading.Lock()
        self._maker: ThreadPoolExecutor | None = None
        self._pending: list[Future[None]] = []

    def keep(self, number: int, picture: Image.Image, blank: Iterable[Bounds]) -> None:
        """Have a picture made ready, in a thread of its own."""
        if self._maker is None:
            self._maker = ThreadPoolExecutor(1, thread_name_prefix="droidcancel-capture")
        self._pending.append(self._maker.submit(self._make, number, picture, list(blank)))

    def _make(self, number: int, picture: Image.Image, blank: list[Bounds]) -> None:
        for box in blank:
            left, top = max(0, box.left), max(0, box.top)
            right, bottom = min(picture.width, box.right), min(picture.height, box.bottom)
            if right > left and bottom > top:
                picture.paste(GREY, (left, top, right, bottom))
        if picture.width > WIDTH:
            picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)))
        out = io.BytesIO()
        picture.quantize(COLOURS).save(out, "PNG", optimize=True)
        with self._lock:
            if self._bytes + out.tell() > MOST_BYTES:
                self.dropped += 1
                return
            self._bytes += out.tell()
            self.done[number] = out.getvalue()

    def close(self) -> None:
        """Wait until all are ready. Raises what went wrong in making one."""
        if self._maker is None:
            return
        self._maker.shutdown()
        self._maker = None
        pending, self._pending = self._pending, []
        for made in pending:
            made.result()
