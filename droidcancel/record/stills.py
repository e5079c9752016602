"""Filming a phone that has no screenrecord: pictures by screencap, one after the other.

A picture costs the phone a good part of a second. None is taken from the tap on Post until the
cancel is read back: the recording must not delay the cut.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from droidcancel.device import Device
from droidcancel.errors import DeviceError, DroidCancelError
from droidcancel.record.frames import Frame

if TYPE_CHECKING:
    from PIL import Image

EVERY_S = 0.5
TIMEOUT_S = 15.0
MOST_FAILURES = 20


class Stills:
    """Takes pictures until it is closed. `problems`: what went wrong with it, in words."""

    source: Literal["screencap"] = "screencap"
    on_change = False

    def __init__(self, device: Device, folder: Path) -> None:
        """`folder`: for the pictures' files; it is there."""
        self._device = device
        self._folder = folder
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._hurry = threading.Event()
        self._picture = threading.Condition()
        self._failures = 0
        self.taken: list[tuple[float, Path]] = []
        self.problems = [
            "the phone gives no film: pictures were taken, with none during the upload"
        ]

    def start(self) -> Stills:
        """Begin with the first picture. Raises DeviceError where the phone gives none."""
        self._take()
        self._thread = threading.Thread(target=self._go_on, name="droidcancel-stills", daemon=True)
        self._thread.start()
        return self

    @property
    def came(self) -> float | None:
        """When the newest picture was taken."""
        return self.taken[-1][0] if self.taken else None

    def wait_for_picture(self, seconds: float) -> None:
        """Until one is taken, at most so long."""
        with self._picture:
            self._picture.wait(seconds)

    def hurry(self, on: bool) -> None:
        """While on, nothing is asked of the phone."""
        if on:
            self._hurry.set()
        else:
            self._hurry.clear()

    def _go_on(self) -> None:
        while not self._stop.wait(EVERY_S) and self._failures < MOST_FAILURES:
            if self._hurry.is_set():
                continue
            try:
                self._take()
                self._failures = 0
            except DroidCancelError as error:
                self._failures += 1
                if error.message not in self.problems:
                    self.problems.append(error.message)

    def _take(self) -> None:
        at = time.monotonic()
        data = self._device.shell.run(["screencap", "-p"], TIMEOUT_S, repeatable=True).stdout
        if not data.startswith(b"\x89PNG"):
            raise DeviceError("screencap gave no picture")
        path = self._folder / f"{len(self.taken):05d}.png"
        path.write_bytes(data)
        with self._picture:
            self.taken.append((at, path))
            self._picture.notify_all()

    def close(self) -> None:
        """Take no more, and wait for one that is being taken."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=TIMEOUT_S + 5)

    def frames(self) -> Iterator[Frame]:
        """All pictures in the order of time."""
        for at, path in self.taken:
            yield Frame(at, partial(_read, path))


def _read(path: Path) -> Image.Image:
    from PIL import Image

    return Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
