"""A video of our own making, for runs that were given none."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from PIL import Image

WIDTH, HEIGHT, FPS = 540, 960, 24
SECONDS = 8
BIT_RATE = 6_000_000
NAME = "droidcancel-sample.mp4"


def sample_video(seconds: float = SECONDS) -> Path:
    """The sample, made once and kept in the user's cache directory (8 s of some 6 MB by default).

    Raises UsageError where PyAV is not installed.
    """
    folder = Path(
        os.environ.get("DROIDCANCEL_CACHE_DIR") or platformdirs.user_cache_path("droidcancel")
    )
    path = folder / (NAME if seconds == SECONDS else NAME.replace(".", f"-{seconds:g}s.", 1))
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{os.getpid()}-{path.name}")
        make_video(part, seconds=seconds)
        part.replace(path)
    return path


def make_video(path: Path, *, seconds: float = SECONDS, bit_rate: int = BIT_RATE) -> Path:
    """Write an H.264 MP4 of about `seconds` x `bit_rate` bits to `path`.

    Raises UsageError where PyAV is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise UsageError(
            "making a sample video needs PyAV, which is not installed",
            "install droidcancel[video], or give a video of your own with --video FILE",
        ) from error
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("h264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = bit_rate
        rate = str(bit_rate)
        stream.options = {
            "preset": "ultrafast",
            "nal-hrd": "cbr",
            "minrate": rate,
            "maxrate": rate,
            "bufsize": rate,
        }
        for picture in _pictures(round(seconds * FPS)):
            frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _pictures(count: int) -> Iterator[Image.Image]:
    """A ball over drifting colours with some grain, so that the encoder has work to do."""
    from PIL import Image, ImageDraw

    chance = random.Random(7)
    grain = [Image.effect_noise((WIDTH, HEIGHT), 42).convert("RGB") for _ in range(6)]
    for number in range(count):
        phase = number / max(1, count)
        colour = tuple(int(128 + 100 * _wave(phase + shift)) for shift in (0.0, 0.33, 0.66))
        picture = Image.new("RGB", (WIDTH, HEIGHT), colour)
        picture = Image.blend(picture, grain[chance.randrange(len(grain))], 0.25)
        draw = ImageDraw.Draw(picture)
        x = int(WIDTH * (0.5 + 0.35 * _wave(phase * 2)))
        y = int(HEIGHT * (0.5 + 0.35 * _wave(phase * 3 + 0.25)))
        draw.ellipse((x - 60, y - 60, x + 60, y + 60), fill="white", outline="black", width=4)
        draw.text((24, 24), f"{number / FPS:05.2f} s", fill="white", font_size=40)
        yield picture


def _wave(turns: float) -> float:
    """A triangle wave, -1 to 1, once a turn."""
    part = turns % 1.0
    return 4 * abs(part - 0.5) - 1
