"""What is drawn over the phone's screen: rings, trails, key signs, captions, marks, cards."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from droidcancel.record.canvas import Box, Canvas, Crop
from droidcancel.record.story import Touch

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

#: how long a touch stays visible, in seconds; a ring is at its place from the touch on
RING_S, TRAIL_S, KEY_S = 0.6, 0.8, 1.0
RING = (255, 64, 92)
RING_WIDTH = 5
WHITE, GREY = (245, 246, 248), (164, 168, 176)
GOOD, BAD, OPEN = (64, 196, 120), (236, 72, 80), (238, 178, 56)
#: signs of Android's key codes (KeyEvent); other keys are shown by their number
KEYS = {"3": "Home", "4": "Back", "187": "Recents", "26": "Power", "66": "Enter", "224": "Wake"}
VERDICT_COLOURS = {
    "cancelled": GOOD, "draft": GOOD, "deleted": GOOD, "passed": GOOD,
    "resumed": BAD, "published": BAD, "failed": BAD, "invalid": OPEN, "unknown": OPEN,
}  # fmt: skip


@lru_cache(maxsize=16)
def font(size: int, bold: bool = False) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """A font with the letters of many languages: the system's, else the one that Pillow has."""
    from PIL import ImageFont

    for name in _FONTS[bold]:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


_FONTS = {
    False: ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "LiberationSans-Regular.ttf"),
    True: ("DejaVuSans-Bold.ttf", "NotoSans-Bold.ttf", "Arial Bold.ttf"),
}


def draw_touch(
    draw: ImageDraw.ImageDraw, canvas: Canvas, touch: Touch, age: float, crop: Crop | None
) -> bool:
    """Draw a touch that is `age` seconds old; whether there was still something to see."""
    if touch.start is None or age < 0:
        return False
    if touch.kind == "swipe" and touch.end is not None:
        return _trail(draw, canvas, touch.start, touch.end, age, crop)
    if age > RING_S:
        return False
    x, y = canvas.point(touch.start, crop)
    unit = canvas.place.size[0] / 24
    radius = unit * (0.6 + 0.6 * age / RING_S)
    box = (x - radius, y - radius, x + radius, y + radius)
    draw.ellipse(box, outline=RING, width=RING_WIDTH)
    dot = unit * 0.18
    draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=RING)
    return True


def _trail(
    draw: ImageDraw.ImageDraw,
    canvas: Canvas,
    start: tuple[int, int],
    end: tuple[int, int],
    age: float,
    crop: Crop | None,
) -> bool:
    if age > TRAIL_S:
        return False
    (x1, y1), (x2, y2) = canvas.point(start, crop), canvas.point(end, crop)
    part = min(1.0, age / 0.3)
    tip = (x1 + (x2 - x1) * part, y1 + (y2 - y1) * part)
    draw.line((x1, y1, *tip), fill=RING, width=RING_WIDTH + 3)
    radius = canvas.place.size[0] / 40
    draw.ellipse((tip[0] - radius, tip[1] - radius, tip[0] + radius, tip[1] + radius), fill=RING)
    return True


def draw_key(draw: ImageDraw.ImageDraw, canvas: Canvas, code: str) -> None:
    """A key's sign near the bottom of the screen."""
    text = KEYS.get(code, f"key {code}")
    size = max(14, canvas.place.size[0] // 18)
    face = font(size, bold=True)
    width = draw.textlength(text, font=face)
    x = (canvas.place.left + canvas.place.right - width) / 2
    y = canvas.place.bottom - 3 * size
    box = (x - size, y - size / 2, x + width + size, y + 1.7 * size)
    draw.rounded_rectangle(box, size / 2, fill=(30, 32, 38), outline=GREY, width=2)
    draw.text((x, y), text, font=face, fill=WHITE)


def draw_pace(draw: ImageDraw.ImageDraw, canvas: Canvas, speed: float) -> None:
    """The mark of a wait that is played faster; at speed 0, of a picture that stands still."""
    size = max(14, canvas.place.size[0] // 16)
    face = font(size, bold=True)
    text = f"\u00bb {speed:.0f}\u00d7" if speed >= 2 else f"\u00bb {speed:.1f}\u00d7"
    width = draw.textlength(text, font=face) if speed else 0.6 * size
    x, y = canvas.place.right - width - 1.5 * size, canvas.place.top + size
    draw.rounded_rectangle(
        (x - size / 2, y - size / 3, x + width + size / 2, y + 1.4 * size), size / 2, fill=(0, 0, 0)
    )
    if speed:
        draw.text((x, y), text, font=face, fill=OPEN)
        return
    for left in (x, x + 0.4 * size):
        draw.rectangle((left, y + 0.1 * size, left + 0.2 * size, y + size), fill=OPEN)


def draw_caption(
    draw: ImageDraw.ImageDraw, box: Box, text: str, colour: tuple[int, int, int]
) -> None:
    """A caption in a strip: as large as it fits in two lines, else in three."""
    draw.rectangle(box, fill=(16, 17, 20))
    draw.rectangle((box.left, box.top, box.right, box.top + 3), fill=colour)
    width, height = box.size
    for size, most in ((height // 4, 2), (height // 5, 3), (height // 7, 4), (height // 9, 6)):
        face = font(max(10, size))
        lines = wrapped(draw, text, face, width - 2 * size)
        if len(lines) <= most:
            break
    step = round(size * 1.3)
    y = box.top + (height - step * len(lines)) // 2
    for line in lines:
        x = box.left + (width - draw.textlength(line, font=face)) / 2
        draw.text((x, y), line, font=face, fill=WHITE)
        y += step


def wrapped(draw: ImageDraw.ImageDraw, text: str, face: object, width: float) -> list[str]:
    """The words in lines no wider than that; a word that is wider is broken."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font=face) <= width:  # type: ignore[arg-type]
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if draw.textlength(lines[-1] + letter, font=face) > width and lines[-1]:  # type: ignore[arg-type]
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line] or [""]


def card(
    size: tuple[int, int], title: str, below: Sequence[str], colour: tuple[int, int, int]
) -> Image.Image:
    """A title or end card: the title large, the rest under it."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", size, (16, 17, 20))
    draw = ImageDraw.Draw(image)
    large, small = max(20, min(size) // 14), max(14, min(size) // 26)
    edge = size[0] // 12
    title_lines = wrapped(draw, title, font(large, bold=True), size[0] - 2 * edge)
    rest = [line for text in below for line in wrapped(draw, text, font(small), size[0] - 2 * edge)]
    height = len(title_lines) * large * 1.3 + len(rest) * small * 1.5 + large
    y = max(0.0, (size[1] - height) / 2)
    draw.rectangle((edge, y - large * 0.6, edge + size[0] // 8, y - large * 0.45), fill=colour)
    for line in title_lines:
        draw.text((edge, y), line, font=font(large, bold=True), fill=WHITE)
        y += large * 1.3
    y += large * 0.5
    for line in rest:
        draw.text((edge, y), line, font=font(small), fill=GREY)
        y += small * 1.5
    return image


def highlighted(picture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """A picture of the screen with an element marked on it."""
    from PIL import ImageDraw

    made = picture.convert("RGB")
    draw = ImageDraw.Draw(made)
    width = max(4, made.width // 120)
    left, top = max(0, box[0] - width), max(0, box[1] - width)
    right, bottom = min(made.width - 1, box[2] + width), min(made.height - 1, box[3] + width)
    if right > left and bottom > top:
        draw.rounded_rectangle((left, top, right, bottom), 3 * width, outline=RING, width=width)
    return made
