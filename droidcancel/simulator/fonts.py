"""Text: measured and wrapped with the very font that draws it.

The font is the one inside Pillow (Aileron, CC0), so that a picture looks the same everywhere.
Bold is drawn by a second strike, since Pillow ships one weight; glyphs.py adds what it lacks.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from droidcancel.simulator.glyphs import add_marks, shape

ELLIPSIS = "…"
LINE_SPACING = 1.12
#: texts that are remembered: those of some screens. Each run has captions of its own, so more would
#: be kept for nothing, and look like a leak until they are full
REMEMBERED = 4096


@lru_cache(maxsize=64)
def font(size: int) -> Any:
    """The font at `size` px (a PIL FreeTypeFont)."""
    return ImageFont.load_default(max(1, size))


def strike(size: int, bold: bool) -> int:
    """How many px to the right a bold glyph is struck again."""
    return max(1, round(size / 30)) if bold else 0


@lru_cache(maxsize=REMEMBERED)
def text_width(text: str, size: int, bold: bool = False) -> int:
    """The advance of one line in px, rounded up."""
    if not text:
        return 0
    return int(font(size).getlength(shape(text)[0]) + 0.999) + strike(size, bold)


@lru_cache(maxsize=64)
def ascent(size: int) -> int:
    return int(font(size).getmetrics()[0])


@lru_cache(maxsize=64)
def line_height(size: int) -> int:
    """Px from one baseline to the next."""
    up, down = font(size).getmetrics()
    return int((up + down) * LINE_SPACING + 0.5)


def _longest_prefix(text: str, size: int, bold: bool, width: int) -> int:
    """How many characters of `text` fit into `width`, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle], size, bold) <= width:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(text: str, size: int, bold: bool, width: int) -> str:
    """`text` with an ellipsis at its end, made to fit."""
    room = width - text_width(ELLIPSIS, size, bold)
    if room <= 0 or not text:
        return ELLIPSIS
    if text_width(text, size, bold) <= room:
        return text + ELLIPSIS
    return text[: _longest_prefix(text, size, bold, room)].rstrip() + ELLIPSIS


def _break_paragraph(text: str, size: int, bold: bool, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        candidate = f"{line} {word}" if line else word
        if text_width(candidate, size, bold) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        line = word
        while text_width(line, size, bold) > width and len(line) > 1:
            cut = _longest_prefix(line, size, bold, width)
            lines.append(line[:cut])
            line = line[cut:]
    lines.append(line)
    return lines


@lru_cache(maxsize=REMEMBERED // 2)
def wrap(text: str, size: int, bold: bool, width: int, limit: int | None) -> tuple[str, ...]:
    """The lines that `text` takes in `width` px; more than `limit` end in an ellipsis."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_break_paragraph(paragraph, size, bold, max(1, width)))
    if limit is not None and len(lines) > limit:
        rest = " ".join(lines[limit - 1 :])
        lines = [*lines[: limit - 1], _cut(rest, size, bold, width)]
    return tuple(lines)


@lru_cache(maxsize=1024)
def line_mask(text: str, size: int, bold: bool) -> Image.Image:
    """One line of text as an "L" mask, `line_height` high."""
    shaped = shape(text)
    mask = Image.new("L", (text_width(text, size, bold) + 2, line_height(size)), 0)
    up, down = font(size).getmetrics()
    top = (mask.height - up - down) // 2
    pen = ImageDraw.Draw(mask)
    for shift in sorted({0, strike(size, bold)}):
        pen.text((shift, top), shaped[0], font=font(size), fill=255)
    return add_marks(mask, shaped, font(size), size, top)
