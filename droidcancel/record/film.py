"""Filming a phone: screenrecord's bare H.264 stream, kept on the host as it comes.

A phone sends a frame only when its screen changes, and the stream has no times; a frame's time is
that at which its first bytes came in. Nothing is decoded while the run goes on. A film that the
phone ends by itself (its limit, a dropped link, a reboot) is taken up again in a further segment;
where the phone has a limit, the next segment begins before the last one ends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from droidcancel.device import Device, RunningCommand
from droidcancel.device.parse_device import parse_record_limit
from droidcancel.errors import DeviceError, DroidCancelError
from droidcancel.record.frames import Frame, Segment, frames

#: a segment is followed by the next so many seconds before the phone's own limit
OVERLAP_S = 6.0
BIT_RATE = 8_000_000
#: a film that cannot be taken up again is tried so often, and then no more
RETRY_S, MOST_RETRIES = 1.0, 120
#: how long a phone may take to hand over the end of its stream
END_S = 5.0


class Film:
    """Films until it is closed. `problems`: what went wrong with it, in words."""

    source: Literal["screenrecord"] = "screenrecord"
    on_change = True

    def __init__(self, device: Device, folder: Path, bit_rate: int = BIT_RATE) -> None:
        """`folder`: for the segments' files; it is there. Raises DeviceError, ParseError."""
        self._device = device
        self._folder = folder
        self._bit_rate = bit_rate
        said = device.shell.run(["screenrecord", "--help"], 10.0).everything
        self._limit = parse_record_limit(said)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._picture = threading.Condition()
        self._open: list[tuple[RunningCommand, threading.Thread]] = []
        self._keeper: threading.Thread | None = None
        self._retries = 0
        self.segments: list[Segment] = []
        self.problems: list[str] = []

    def start(self, timeout: float = 10.0) -> Film:
        """Begin, and wait for the first frame. DeviceError where the phone gives none."""
        self._next()
        first = self.segments[0]
        deadline = time.monotonic() + timeout
        while not first.chunks:
            if first.ended is not None or time.monotonic() > deadline:
                said = bytes(self._open[0][0].errors).decode("utf-8", "replace").strip()
                self.close()
                raise DeviceError(f"the phone gives no film: {said or 'no frame came'}")
            self._stop.wait(0.02)
        self._keeper = threading.Thread(target=self._keep_on, name="droidcancel-film", daemon=True)
        self._keeper.start()
        return self

    def _next(self) -> None:
        """Begin a segment."""
        limit = "0" if self._limit is None else str(self._limit)
        rate = str(self._bit_rate)
        words = ["screenrecord", "--bit-rate", rate, "--time-limit", limit]
        command = self._device.shell.stream([*words, "--output-format=h264", "-"])
        segment = Segment(self._folder / f"{len(self.segments):03d}.h264", time.monotonic())
        reader = threading.Thread(
            target=self._read, args=(command, segment), name="droidcancel-film-read", daemon=True
        )
        with self._lock:
            self.segments.append(segment)
            self._open.append((command, reader))
        reader.start()

    def _read(self, command: RunningCommand, segment: Segment) -> None:
        """Take in a segment's bytes to their end."""
        offset = 0
        try:
            with segment.path.open("wb") as file:
                while data := self._some(command):
                    with self._picture:
                        segment.chunks.append((time.monotonic(), offset))
                        self._picture.notify_all()
                    file.write(data)
                    offset += len(data)
        except (DroidCancelError, OSError) as error:
            self.problems.append(f"the film broke off: {error}")
        finally:
            segment.ended = time.monotonic()
            command.close()

    def _some(self, command: RunningCommand) -> bytes:
        """The next bytes, however long the screen stands still; b"" at the end."""
        ends: float | None = None
        while True:
            try:
                return command.read(0.5)
            except TimeoutError:
                now = time.monotonic()
                if self._stop.is_set():
                    ends = ends or now + END_S
                if ends is not None and now > ends:
                    return b""

    def _keep_on(self) -> None:
        """Follow up each segment before its limit, and after it has ended by itself."""
        while not self._stop.wait(0.2):
            last = self.segments[-1]
            due = self._limit is not None and self._limit - OVERLAP_S
            if last.ended is not None:
                self._take_up()
            elif due and time.monotonic() - last.began > due:
                self._attempt(self._next)

    def _take_up(self) -> None:
        """A film that has ended is begun anew, once the phone takes it."""
        if self._retries >= MOST_RETRIES:
            self._stop.wait(RETRY_S)
            return
        self._retries += 1
        if not self._attempt(self._next):
            self._stop.wait(RETRY_S)

    def _attempt(self, begin: Callable[[], None]) -> bool:
        try:
            begin()
        except DroidCancelError as error:
            if error.message not in self.problems:
                self.problems.append(error.message)
            return False
        return True

    @property
    def came(self) -> float | None:
        """When the newest picture came."""
        return max((s.chunks[-1][0] for s in self.segments if s.chunks), default=None)

    def wait_for_picture(self, seconds: float) -> None:
        """Until one comes, at most so long."""
        with self._picture:
            self._picture.wait(seconds)

    def hurry(self, on: bool) -> None:
        """A stream that runs already asks nothing more of the phone."""

    def frames(self) -> Iterator[Frame]:
        """All pictures in the order of time."""
        return frames(self.segments)

    def close(self) -> None:
        """End the film as the phone wants it ended, and wait for its last bytes."""
        self._stop.set()
        if self._keeper is not None:
            self._keeper.join(timeout=30.0)
        with self._lock:
            running, self._open = self._open, []
        for command, reader in running:
            if reader.is_alive():
                self._attempt(lambda pid=command.pid: self._interrupt(pid))  # type: ignore[misc]
        for command, reader in running:
            reader.join(timeout=2 * END_S)
            command.close()

    def _interrupt(self, pid: int) -> None:
        self._device.shell.run(["kill", "-2", str(pid)], 5.0)
