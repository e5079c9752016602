"""Pictures for views: made from a seed, so that a screen looks the same in every run.

Each function gives a `Draw`: (width, height) in px -> PIL picture, cached.
"""

from __future__ import annotations

import colorsys
import random
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from droidcancel.simulator import fonts, icons
from droidcancel.simulator.draw_palette import resolve
from droidcancel.simulator.glyphs import shape
from droidcancel.simulator.viewtree import Draw

Rgb = tuple[int, int, int]


def _hue(hue: float, saturation: float, value: float) -> Rgb:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _gradient(width: int, height: int, top: Rgb, bottom: Rgb) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((width, height))
    return Image.composite(
        Image.new("RGB", (width, height), bottom), Image.new("RGB", (width, height), top), ramp
    )


@lru_cache(maxsize=64)
def _scene(seed: str, step: int, width: int, height: int) -> Image.Image:
    """A landscape with a sun; `step` moves the sun and the waves, as a video's frames do."""
    chance = random.Random(seed)
    hue = chance.random()
    picture = _gradient(width, height, _hue(hue, 0.55, 0.95), _hue(hue + 0.12, 0.35, 0.98))
    pen = ImageDraw.Draw(picture)
    sun = width * (0.18 + 0.64 * ((chance.random() + step * 0.02) % 1.0))
    radius = min(width, height) * 0.14
    middle = height * (0.2 + 0.2 * chance.random())
    pen.ellipse(
        (sun - radius, middle - radius, sun + radius, middle + radius), fill=(255, 244, 214)
    )
    for layer in range(3):
        base = height * (0.52 + 0.15 * layer)
        swing = height * (0.06 + 0.05 * chance.random())
        points = [(0.0, float(height))]
        phase = chance.random() * 10 + step * 0.3
        for part in range(9):
            tilt = ((part * 37 + int(phase * 10)) % 17) / 17 - 0.5
            points.append((width * part / 8, base + swing * tilt))
        points.append((float(width), float(height)))
        pen.polygon(points, fill=_hue(hue + 0.25 + 0.07 * layer, 0.55, 0.75 - 0.18 * layer))
    return picture.filter(ImageFilter.GaussianBlur(max(0.6, width / 400)))


def scene(seed: object, step: int = 0) -> Draw:
    """A video's frame, or its thumbnail."""
    return lambda width, height: _scene(str(seed), step, max(1, width), max(1, height))


@lru_cache(maxsize=128)
def _face(name: str, width: int, height: int) -> Image.Image:
    hue = random.Random(name).random()
    picture = _gradient(width, height, _hue(hue, 0.5, 0.85), _hue(hue + 0.1, 0.65, 0.6))
    size = max(1, int(height * 0.46))
    letter = shape((name.strip("@ ") or "?")[0].upper())[0][:1]
    left = (width - fonts.text_width(letter, size)) / 2
    ImageDraw.Draw(picture).text(
        (left, (height - size * 1.22) / 2), letter, font=fonts.font(size), fill=(255, 255, 255)
    )
    return picture


def face(name: str) -> Draw:
    """A person's picture: the first letter on a colour of their own."""
    return lambda width, height: _face(name, max(1, width), max(1, height))


@lru_cache(maxsize=128)
def _tile(icon: str, color: str, ink: str, width: int, height: int) -> Image.Image:
    base = resolve(color, night=False)[:3]
    light = (min(255, base[0] + 34), min(255, base[1] + 34), min(255, base[2] + 34))
    picture = _gradient(width, height, light, base)
    size = int(min(width, height) * 0.56)
    at = ((width - size) // 2, (height - size) // 2)
    picture.paste(resolve(ink, night=False)[:3], at, icons.mask(icon, size))
    return picture


def tile(icon: str, color: str, ink: str = "white") -> Draw:
    """An app's launcher icon: a sign on a colour."""
    return lambda width, height: _tile(icon, color, ink, max(1, width), max(1, height))


@lru_cache(maxsize=8)
def _wallpaper(seed: str, night: bool, width: int, height: int) -> Image.Image:
    hue = random.Random(seed).random() * 0.2 + 0.55
    value = 0.32 if night else 0.82
    picture = _gradient(width, height, _hue(hue, 0.45, value), _hue(hue + 0.16, 0.38, value * 0.8))
    pen = ImageDraw.Draw(picture)
    for ring, lightness in ((0.95, 1.08), (0.72, 1.16), (0.48, 1.26)):
        radius = width * ring
        color = _hue(hue + 0.1 * ring, 0.4, min(1.0, value * lightness))
        pen.ellipse((width - radius, height - radius, width + radius, height + radius), fill=color)
    return picture.filter(ImageFilter.GaussianBlur(max(1, width / 90)))


def wallpaper(seed: object = "home", night: bool = False) -> Draw:
    return lambda width, height: _wallpaper(str(seed), night, max(1, width), max(1, height))
