"""The pictures of a film, decoded one after the other, each with its time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from PIL import Image

#: bytes of a stream that are given to the decoder at once
PIECE = 1 << 16


@dataclass
class Segment:
    """One stream of the phone's encoder: its file, and when which of its bytes came in.

    `chunks`: monotonic seconds and the offset of the first byte that came then, ascending.
    """

    path: Path
    began: float
    chunks: list[tuple[float, int]] = field(default_factory=list)
    ended: float | None = None


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of the phone's screen, from monotonic second `at` on; made when it is used.

    `came`: when it came, where it shows what was there before that. `ends`: when its stream ended;
    what was on the screen after that is not known.
    """

    at: float
    make: Callable[[], Image.Image]
    came: float | None = None
    ends: float = float("inf")

    @cached_property
    def picture(self) -> Image.Image:
        """The picture."""
        return self.make()


def need_av() -> Any:
    """PyAV. UsageError where it is not installed."""
    try:
        import av
    except ImportError as error:
        raise UsageError(
            "recordings need PyAV, which is not installed",
            "python -m pip install 'droidcancel[video]'",
        ) from error
    return av


def frames(segments: Sequence[Segment]) -> Iterator[Frame]:
    """All pictures in the order of time; where segments overlap, the later one's from its start."""
    for number, segment in enumerate(segments):
        if not segment.chunks:
            continue
        later = [s.chunks[0][0] for s in segments[number + 1 :] if s.chunks]
        until = min(later, default=float("inf"))
        for frame in _decoded(segment):
            if frame.at >= until:
                break
            yield frame


def _decoded(segment: Segment) -> Iterator[Frame]:
    """The pictures of one stream. A stream that was cut off ends with its last whole picture.

    The encoder sends no picture ahead of its turn, so that what comes out is in order.
    """
    av = need_av()
    codec = av.CodecContext.create("h264", "r")
    waiting: list[float] = []
    ends = segment.ended if segment.ended is not None else float("inf")
    for at, packet in _packets(av, segment):
        if _has_picture(bytes(packet)):
            waiting.append(at)
        for picture in _decode(av, codec, packet):
            yield Frame(waiting.pop(0), picture.to_image, ends=ends)
    for picture in _decode(av, codec, None):
        if waiting:
            yield Frame(waiting.pop(0), picture.to_image, ends=ends)


def _decode(av: Any, codec: Any, packet: Any) -> list[Any]:
    try:
        return list(codec.decode(packet))
    except av.FFmpegError:  # of the last, torn packet
        return []


def _packets(av: Any, segment: Segment) -> Iterator[tuple[float, Any]]:
    """Each packet with the time at which its first byte came."""
    parser = av.CodecContext.create("h264", "r")
    offsets = [offset for _, offset in segment.chunks]
    start = 0
    for packet in _parsed(parser, segment):
        yield segment.chunks[max(0, bisect_right(offsets, start) - 1)][0], packet
        start += packet.size


def _parsed(parser: Any, segment: Segment) -> Iterator[Any]:
    with segment.path.open("rb") as file:
        while piece := file.read(PIECE):
            yield from parser.parse(piece)
    yield from parser.parse(None)


def _has_picture(data: bytes) -> bool:
    """Whether a packet of Annex B holds a slice (NAL unit types 1 and 5, ITU-T H.264 7.4.1)."""
    at = data.find(b"\x00\x00\x01")
    while 0 <= at < len(data) - 3:
        if data[at + 3] & 0x1F in (1, 5):
            return True
        at = data.find(b"\x00\x00\x01", at + 3)
    return False
