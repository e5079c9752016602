"""The wallpaper: a soft gradient, drawn for the size that it is wanted in."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageColor

from droidcancel.simulator.views import View, image

# Colours of the corners and the middles between them, left to right, top to bottom.
COLOURS = (
    ("#1b2a57", "#3b3f86", "#6b4a94"),
    ("#27508a", "#5a6fb4", "#b2719f"),
    ("#123a4e", "#2f6f86", "#d99a86"),
)


@lru_cache(maxsize=2)
def draw(width: int, height: int) -> Image.Image:
    """The gradient in px."""
    small = Image.new("RGB", (len(COLOURS[0]), len(COLOURS)))
    small.putdata([ImageColor.getrgb(name) for line in COLOURS for name in line])
    return small.resize((max(1, width), max(1, height)), Image.Resampling.BICUBIC)


def wallpaper() -> View:
    """The wallpaper over the whole of a frame; accessibility does not see it."""
    return image(draw, width="match", height="match", important=False)
