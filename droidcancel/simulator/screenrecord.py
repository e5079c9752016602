"""Recording the screen: H.264 by PyAV, as an MP4 or as a bare stream.

Frames are added only when the screen changed, with the time at which they were seen. PyAV is
imported here alone, when a recording begins; without it a phone "has no encoder".
"""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from PIL import Image

from droidcancel.simulator.blob import Blob

CODECS = ("libopenh264", "libx264", "h264")
TIME_BASE = Fraction(1, 90000)
RATE = 60


class NoEncoder(Exception):
    """There is no H.264 encoder."""


class BlobFile(io.RawIOBase):
    """A phone's file as a seekable Python file."""

    def __init__(self, blob: Blob) -> None:
        super().__init__()
        self._blob = blob
        self._at = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._blob.size}[whence]
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def write(self, data: Any) -> int:
        self._blob.write(self._at, bytes(data))
        self._at += len(data)
        return len(data)

    def read(self, size: int = -1) -> bytes:
        data = self._blob.read(self._at, size)
        self._at += len(data)
        return data


class Recorder:
    """One recording. Its methods block: call them in a thread, one at a time."""

    def __init__(
        self,
        size: tuple[int, int],
        bit_rate: int,
        *,
        file: BlobFile | None = None,
        stream: Callable[[bytes], None] | None = None,
    ) -> None:
        """Record to `file` (MP4) or hand packets to `stream` (Annex B). Raises NoEncoder."""
        try:
            import av
        except ImportError:
            raise NoEncoder from None
        self._frame: Any = av.VideoFrame
        self.size = (size[0] // 2 * 2, size[1] // 2 * 2)
        self._container: Any = None
        self._send = stream
        self._last = -1
        if file is not None:
            self._container = av.open(file, mode="w", format="mp4")
            self._codec = self._container.add_stream(_codec(av), rate=RATE)
        else:
            self._codec = av.CodecContext.create(_codec(av), "w")
            # without it the time base counts as the rate, and the bits of a frame are too few
            self._codec.framerate = RATE
        self._configure(bit_rate)

    def _configure(self, bit_rate: int) -> None:
        codec = self._codec
        codec.width, codec.height = self.size
        codec.pix_fmt = "yuv420p"
        codec.bit_rate = bit_rate
        codec.time_base = TIME_BASE
        codec.options = {"preset": "ultrafast", "tune": "zerolatency"}

    def add(self, picture: Image.Image, seconds: float) -> None:
        """Add a frame seen `seconds` after the start."""
        stamp = max(self._last + 1, round(seconds / TIME_BASE))
        self._last = stamp
        if picture.size != self.size:
            picture = picture.resize(self.size)
        frame = self._frame.from_image(picture)
        frame.pts, frame.time_base = stamp, TIME_BASE
        self._out(self._codec.encode(frame))

    def close(self) -> None:
        """Write what the encoder holds, and the MP4's index."""
        self._out(self._codec.encode(None))
        if self._container is not None:
            self._container.close()

    def _out(self, packets: Any) -> None:
        for packet in packets:
            if self._container is not None:
                self._container.mux(packet)
            elif self._send is not None:
                self._send(bytes(packet))


def _codec(av: Any) -> str:
    for name in CODECS:
        if name in av.codecs_available:
            try:
                av.Codec(name, "w")
            except Exception:  # a decoder of that name only
                continue
            return name
    raise NoEncoder
