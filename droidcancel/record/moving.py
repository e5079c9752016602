"""GIF and animated WebP: the film in small, under a size that is asked for."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from droidcancel.errors import UsageError
from droidcancel.record.render import Shown

if TYPE_CHECKING:
    from PIL import Image

Kind = Literal["gif", "webp"]
#: frames a second that are drawn; the smaller tries below leave some out
FPS = 10


@dataclass(frozen=True)
class Try:
    """One way to make it smaller: px across, frames a second, colours or quality."""

    width: int
    fps: float
    colours: int
    quality: int


TRIES = (
    Try(360, 10, 128, 80),
    Try(320, 8, 96, 70),
    Try(280, 6, 64, 60),
    Try(240, 4, 48, 50),
    Try(200, 3, 32, 40),
    Try(160, 2, 24, 30),
    Try(120, 1, 16, 20),
)


@dataclass(frozen=True)
class Still:
    """A picture that stands for `seconds`, compressed."""

    data: bytes
    seconds: float


def stills(shown: Iterable[Shown], fps: float) -> list[Still]:
    """The drawn frames in small, compressed at once: a long film would not fit into memory."""
    kept = []
    for drawn in shown:
        out = io.BytesIO()
        _narrow(drawn.picture, TRIES[0].width).save(out, "WEBP", quality=92, method=0)
        kept.append(Still(out.getvalue(), drawn.count / fps))
    return kept


def write(kept: Sequence[Still], path: Path, most_bytes: int, kind: Kind) -> int:
    """Write the largest that is not larger than `most_bytes`. Returns its bytes.

    UsageError where even the smallest is larger; then nothing is written.
    """
    if not kept:
        raise UsageError("there is nothing to show: the phone gave no picture")
    size = 0
    for attempt in TRIES:
        data = _made(kept, attempt, kind)
        size = len(data)
        if size <= most_bytes:
            path.write_bytes(data)
            return size
    raise UsageError(
        f"{path.name} cannot be made smaller than {size} bytes, and {most_bytes} are allowed",
        "allow more with --gif-size, or shorten the waits with --trim-idle",
    )


def _made(kept: Sequence[Still], attempt: Try, kind: Kind) -> bytes:
    pictures, durations = [], []
    for picture, seconds in _thinned(kept, 1 / attempt.fps):
        pictures.append(_narrow(picture, attempt.width))
        durations.append(max(20, round(seconds * 1000)))
    out = io.BytesIO()
    first, *rest = pictures if kind == "webp" else _one_palette(pictures, attempt.colours)
    options = {"quality": attempt.quality, "method": 3} if kind == "webp" else {"optimize": False}
    first.save(
        out, kind.upper(), save_all=True, append_images=rest, duration=durations, loop=0, **options
    )
    return out.getvalue()


def _thinned(kept: Sequence[Still], shortest: float) -> list[tuple[Image.Image, float]]:
    """Pictures that stand for at least so long; those between are left out, their time is not."""
    from PIL import Image

    found: list[tuple[Image.Image, float]] = []
    owed = 0.0
    for still in kept:
        owed += still.seconds
        if owed + 1e-6 >= shortest or still is kept[-1]:
            found.append((Image.open(io.BytesIO(still.data)).convert("RGB"), owed))
            owed = 0.0
    return found


def _one_palette(pictures: Sequence[Image.Image], colours: int) -> list[Image.Image]:
    """All with the colours of a mosaic of some of them: a palette a frame would flicker."""
    from PIL import Image

    some = pictures[:: max(1, len(pictures) // 12)]
    width, height = some[0].size
    mosaic = Image.new("RGB", (width, height * len(some)))
    for number, picture in enumerate(some):
        mosaic.paste(picture, (0, number * height))
    palette = mosaic.quantize(colours, Image.Quantize.MEDIANCUT)
    return [p.quantize(palette=palette, dither=Image.Dither.NONE) for p in pictures]


def _narrow(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    return picture.resize((width, round(picture.height * width / picture.width)))
