"""Smooth shapes: Pillow draws hard edges, so shapes are drawn large and scaled down.

Everything here gives an "L" mask, cached, through which a colour is then pasted.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from droidcancel.simulator.draw_palette import Rgba

if TYPE_CHECKING:
    from droidcancel.simulator.viewtree import Rect

OVERSAMPLE = 4


@lru_cache(maxsize=64)
def _corner(radius: int) -> Image.Image:
    """The upper left quarter of a disc."""
    big = Image.new("L", (radius * OVERSAMPLE, radius * OVERSAMPLE), 0)
    end = radius * 2 * OVERSAMPLE - 1
    ImageDraw.Draw(big).ellipse((0, 0, end, end), fill=255)
    return big.resize((radius, radius), Image.Resampling.BOX)


@lru_cache(maxsize=256)
def rounded(width: int, height: int, radius: int) -> Image.Image:
    """A filled rectangle with round corners; a radius beyond half its side makes a pill."""
    radius = max(0, min(radius, width // 2, height // 2))
    mask = Image.new("L", (width, height), 255)
    if radius:
        corner = _corner(radius)
        mirrored = corner.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        mask.paste(corner, (0, 0))
        mask.paste(mirrored, (width - radius, 0))
        mask.paste(corner.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (0, height - radius))
        mask.paste(
            mirrored.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (width - radius, height - radius)
        )
    return mask


@lru_cache(maxsize=128)
def ring(width: int, height: int, radius: int, thickness: int) -> Image.Image:
    """The border of a rounded rectangle."""
    mask = rounded(width, height, radius).copy()
    inner = (width - 2 * thickness, height - 2 * thickness)
    if inner[0] > 0 and inner[1] > 0:
        hole = Image.new("L", (width, height), 0)
        hole.paste(rounded(*inner, max(0, radius - thickness)), (thickness, thickness))
        mask = ImageChops.subtract(mask, hole)
    return mask


@lru_cache(maxsize=128)
def arc(size: int, thickness: int, start: int, end: int) -> Image.Image:
    """A part of a circle's line, degrees clockwise from the top, with round ends."""
    big = size * OVERSAMPLE
    line = thickness * OVERSAMPLE
    mask = Image.new("L", (big, big), 0)
    box = (line // 2, line // 2, big - 1 - line // 2, big - 1 - line // 2)
    ImageDraw.Draw(mask).arc(box, start - 90, end - 90, fill=255, width=line)
    return mask.resize((size, size), Image.Resampling.BOX)


@lru_cache(maxsize=32)
def shadow(width: int, height: int, radius: int, blur: int) -> Image.Image:
    """A soft shadow, `blur` px larger on each side."""
    mask = Image.new("L", (width + 4 * blur, height + 4 * blur), 0)
    mask.paste(rounded(width, height, radius), (2 * blur, 2 * blur))
    return mask.filter(ImageFilter.BoxBlur(blur)).point(lambda value: value // 4)


def paint(
    canvas: Image.Image, mask: Image.Image, at: tuple[int, int], color: Rgba, clip: Rect
) -> None:
    """Lay `color` through `mask` on the canvas, within `clip`."""
    left, top = max(at[0], clip.left), max(at[1], clip.top)
    right = min(at[0] + mask.width, clip.right)
    bottom = min(at[1] + mask.height, clip.bottom)
    if left >= right or top >= bottom:
        return
    box = (left - at[0], top - at[1], right - at[0], bottom - at[1])
    part = mask if box == (0, 0, mask.width, mask.height) else mask.crop(box)
    if color[3] < 255:
        alpha = color[3]
        part = part.point(lambda value: value * alpha // 255)
    canvas.paste(color[:3], (left, top, right, bottom), part)


def fill(canvas: Image.Image, area: Rect, color: Rgba, clip: Rect, radius: int = 0) -> None:
    """Fill `area`, with round corners where `radius` (px) says so."""
    visible = area.intersect(clip)
    if visible.empty or color[3] == 0:
        return
    if radius <= 0 and color[3] == 255:
        canvas.paste(color[:3], (visible.left, visible.top, visible.right, visible.bottom))
        return
    mask = rounded(area.width, area.height, radius)
    paint(canvas, mask, (area.left, area.top), color, clip)
