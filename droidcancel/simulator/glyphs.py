"""Characters that the font inside Pillow lacks, put together from those that it has.

It holds ASCII and a few signs. Accented Latin is decomposed (Unicode NFD) and its marks are
drawn over or under the base letter; dashes and spaces are replaced; what remains (emoji, other
scripts) shows as a disc.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from PIL import Image, ImageChops, ImageDraw

OWN = frozenset(
    [chr(code) for code in range(0x20, 0x7F)] + list("©«°±´·»‘’“”…‹›⁄™"),
)
SLASH, STROKE, DISC, EURO = "\u0338", "\u0335", "\ue000", "\ue001"
REPLACED: Mapping[str, str] = {
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "\u00a0": " ", "\u202f": " ",
    "\u2009": " ", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o" + SLASH,
    "Ø": "O" + SLASH, "ł": "l" + STROKE, "Ł": "L" + STROKE, "đ": "d" + STROKE,
    "Đ": "D" + STROKE, "ı": "i", "→": "»", "←": "«", "×": "x", "•": "o" + DISC,
    "€": "C" + EURO, "¡": "!", "¿": "?", "„": "“", "‚": "’", "\t": "    ",
}  # fmt: skip
UNSEEN = frozenset("\u200b\u200c\u200d\u200e\u200f\ufeff\ufe0f\r")
OVERSAMPLE = 4

Shaped = tuple[str, tuple[tuple[int, str], ...]]


@lru_cache(maxsize=4096)
def shape(text: str) -> Shaped:
    """(characters of the font, marks as (index of their base, mark))."""
    if all(character in OWN for character in text):
        return text, ()
    base: list[str] = []
    marks: list[tuple[int, str]] = []
    spread = "".join(REPLACED.get(character, character) for character in text)
    for character in unicodedata.normalize("NFD", spread):
        if character in UNSEEN:
            continue
        if character in PAINTED:
            if base:
                marks.append((len(base) - 1, character))
        elif character in OWN:
            base.append(character)
        elif not unicodedata.combining(character):
            base.append("O")
            marks.append((len(base) - 1, DISC))
    return "".join(base), tuple(marks)


class _Marker:
    """Where a mark goes, in oversampled px: centre `x`, the letter's top and bottom."""

    def __init__(self, size: tuple[int, int], em: int) -> None:
        self.image = Image.new("L", (size[0] * OVERSAMPLE, size[1] * OVERSAMPLE), 0)
        self.pen = ImageDraw.Draw(self.image)
        self.unit = em * OVERSAMPLE / 100
        self.x = self.top = self.bottom = self.half = 0.0

    def line(self, *points: tuple[float, float], width: float = 7) -> None:
        path = [(self.x + x * self.unit, y) for x, y in points]
        self.pen.line(path, fill=255, width=max(1, round(width * self.unit)), joint="curve")

    def above(self, *points: tuple[float, float]) -> None:
        """Points in hundredths of the em over the letter's top."""
        self.line(*[(x, self.top - y * self.unit) for x, y in points])

    def dot(self, x: float, y: float, radius: float) -> None:
        x, y, radius = self.x + x * self.unit, self.top - y * self.unit, radius * self.unit
        self.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def _ring(pen: _Marker) -> None:
    x, y, radius = pen.x, pen.top - 13 * pen.unit, 8.5 * pen.unit
    pen.pen.ellipse(
        (x - radius, y - radius, x + radius, y + radius),
        outline=255,
        width=max(1, round(5 * pen.unit)),
    )


def _diaeresis(pen: _Marker) -> None:
    pen.dot(-11, 12, 5.5)
    pen.dot(11, 12, 5.5)


def _double_acute(pen: _Marker) -> None:
    pen.above((0, 19), (-11, 8))
    pen.above((17, 19), (6, 8))


def _cedilla(pen: _Marker) -> None:
    low = pen.bottom
    unit = pen.unit
    pen.line((0, low), (0, low + 6 * unit), (6, low + 12 * unit), (0, low + 18 * unit),
             (-7, low + 17 * unit), width=6)  # fmt: skip


def _ogonek(pen: _Marker) -> None:
    low = pen.bottom
    pen.line((10, low), (5, low + 9 * pen.unit), (14, low + 15 * pen.unit), width=6)


def _slash(pen: _Marker) -> None:
    pen.line((-24, pen.bottom + 3 * pen.unit), (24, pen.top - 3 * pen.unit), width=6)


def _stroke(pen: _Marker) -> None:
    middle = pen.top + (pen.bottom - pen.top) * 0.45
    pen.line((-14, middle + 6 * pen.unit), (14, middle - 6 * pen.unit), width=6)


def _disc(pen: _Marker) -> None:
    middle, radius = (pen.top + pen.bottom) / 2, pen.half
    pen.pen.ellipse((pen.x - radius, middle - radius, pen.x + radius, middle + radius), fill=255)


def _euro(pen: _Marker) -> None:
    middle = (pen.top + pen.bottom) / 2
    for shift in (-7, 7):
        y = middle + shift * pen.unit
        pen.line((-40, y), (12, y), width=6)


PAINTED: Mapping[str, Callable[[_Marker], None]] = {
    "\u0300": lambda pen: pen.above((-12, 19), (6, 8)),  # grave
    "\u0301": lambda pen: pen.above((12, 19), (-6, 8)),  # acute
    "\u0302": lambda pen: pen.above((-14, 8), (0, 19), (14, 8)),  # circumflex
    "\u0303": lambda pen: pen.above((-15, 9), (-7, 15), (6, 9), (15, 15)),  # tilde
    "\u0304": lambda pen: pen.above((-14, 12), (14, 12)),  # macron
    "\u0306": lambda pen: pen.above((-14, 19), (-7, 10), (7, 10), (14, 19)),  # breve
    "\u0307": lambda pen: pen.dot(0, 12, 6),
    "\u0308": _diaeresis,
    "\u030a": _ring,
    "\u030b": _double_acute,
    "\u030c": lambda pen: pen.above((-14, 19), (0, 8), (14, 19)),  # caron
    "\u0326": _cedilla,
    "\u0327": _cedilla,
    "\u0328": _ogonek,
    SLASH: _slash,
    STROKE: _stroke,
    DISC: _disc,
    EURO: _euro,
}
REPLACING = frozenset({DISC})  # these are drawn instead of their base


def _erase(mask: Image.Image, box: tuple[float, float, float, float]) -> None:
    mask.paste(0, (round(box[0]), round(box[1]), round(box[2]), round(box[3])))


def add_marks(mask: Image.Image, shaped: Shaped, font: Any, em: int, top: int) -> Image.Image:
    """`mask`, on which the base characters stand at `top`, with the marks drawn in."""
    base, marks = shaped
    if not marks:
        return mask
    pen = _Marker(mask.size, em)
    x_height = font.getbbox("x")[1]
    for index, mark in marks:
        start, end = font.getlength(base[:index]), font.getlength(base[: index + 1])
        box = font.getbbox(base[index])
        letter_top = box[1]
        if mark in REPLACING:
            _erase(mask, (start, 0, end, mask.height))
        elif base[index] in "ij" and ord(mark) < 0x0316:  # a mark above takes the dot's place
            _erase(mask, (start, 0, end, top + x_height - em // 25))
            letter_top = x_height
        pen.x = (start + (box[0] + box[2]) / 2) * OVERSAMPLE
        pen.top, pen.bottom = (top + letter_top) * OVERSAMPLE, (top + box[3]) * OVERSAMPLE
        pen.half = (end - start) * 0.42 * OVERSAMPLE
        PAINTED[mark](pen)
    small = pen.image.resize(mask.size, Image.Resampling.BOX)
    return ImageChops.lighter(mask, small)
