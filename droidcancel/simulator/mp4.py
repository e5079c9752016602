"""Duration and size of a video, read from its MP4 boxes (ISO/IEC 14496-12).

Only box headers and the two small boxes that hold the facts are read, so that a file of any
size costs little; the number of boxes looked at is bounded, since a file may lie.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

BOXES_MAX = 4096
DURATION_MAX_MS = 2**53  # what every reader of the index can hold
_HEADER = 16


class Readable(Protocol):
    """Random access to bytes, as `blob.Blob` gives it."""

    size: int

    def read(self, offset: int = 0, length: int = -1) -> bytes: ...


@dataclass(frozen=True)
class VideoFacts:
    """What a media scanner notes: milliseconds and pixels; 0 where the file has no picture."""

    duration_ms: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int
    end: int


class _Reader:
    def __init__(self, data: Readable) -> None:
        self._data = data
        self._left = BOXES_MAX

    def boxes(self, start: int, end: int) -> Iterator[_Box]:
        """The boxes from `start` to `end`; stops at the first that does not fit."""
        while end - start >= 8 and self._left > 0:
            self._left -= 1
            box = self._box(start, end)
            if box is None:
                return
            yield box
            start = box.end

    def _box(self, start: int, end: int) -> _Box | None:
        header = self._data.read(start, _HEADER)
        if len(header) < 8:
            return None
        size, kind = struct.unpack_from(">I4s", header)
        body = start + 8
        if size == 1:
            if len(header) < _HEADER:
                return None
            (size,) = struct.unpack_from(">Q", header, 8)
            body += 8
        stop = end if size == 0 else start + size
        return _Box(kind, body, stop) if body <= stop <= end else None

    def find(self, kind: bytes, start: int, end: int) -> _Box | None:
        return next((box for box in self.boxes(start, end) if box.kind == kind), None)

    def movie(self) -> VideoFacts | None:
        moov = self.find(b"moov", 0, self._data.size)
        if moov is None:
            return None
        duration, width, height = 0, 0, 0
        for box in self.boxes(moov.start, moov.end):
            if box.kind == b"mvhd":
                duration = self._duration(box)
            elif box.kind == b"trak" and not width:
                width, height = self._picture(box)
        return VideoFacts(duration, width, height)

    def _duration(self, box: _Box) -> int:
        """mvhd: version, times, time scale (units a second), duration (32 or 64 bits)."""
        body = self._data.read(box.start, min(box.end - box.start, 32))
        layout, offset = (">IQ", 20) if body[:1] == b"\x01" else (">II", 12)
        if len(body) < offset + struct.calcsize(layout):
            return 0
        scale, duration = struct.unpack_from(layout, body, offset)
        unknown = duration in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
        if scale == 0 or unknown:
            return 0
        return min(int(duration) * 1000 // int(scale), DURATION_MAX_MS)

    def _picture(self, trak: _Box) -> tuple[int, int]:
        """tkhd ends with width and height, 16.16 fixed point."""
        box = self.find(b"tkhd", trak.start, trak.end)
        if box is None or box.end - box.start < 84:
            return 0, 0
        body = self._data.read(box.end - 8, 8)
        width, height = struct.unpack(">II", body)
        return width >> 16, height >> 16


def read_facts(data: Readable) -> VideoFacts | None:
    """The facts of a movie; None for what is no MP4 with a movie box. Never raises."""
    return _Reader(data).movie()
