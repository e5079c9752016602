"""The film's canvas: where the phone's screen lies on it, and what is around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

Shape = Literal["portrait", "wide", "square", "screen"]
#: pixels of the canvas; even, as yuv420p wants it
SIZES: dict[str, tuple[int, int]] = {
    "portrait": (720, 1440),
    "wide": (1280, 720),
    "square": (1080, 1080),
}
#: px across where the phone's screen is all that is shown
SCREEN_WIDTH = 540
#: the strip for captions at the bottom, as a share of the canvas's height
STRIP = 0.12
MARGIN = 0.02
#: the frame drawn around the screen, as shares of the screen's width
RIM, CORNER = 0.03, 0.08
BLUR_WIDTH = 48
DIM = 0.45


class Box(NamedTuple):
    """A rectangle on the canvas in px; right and bottom are outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top


@dataclass(frozen=True)
class Crop:
    """The part of the phone's screen that is shown, in px of the screen."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Canvas:
    """`screen`: px of the phone's screen. `frame`: whether a phone is drawn around it.

    The shape `screen` is the phone's screen alone, with no room for captions.
    """

    shape: Shape
    screen: tuple[int, int]
    frame: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px."""
        return self._bare if self.shape == "screen" else SIZES[self.shape]

    @property
    def _bare(self) -> tuple[int, int]:
        """The screen's own size, no wider than SCREEN_WIDTH; even, as yuv420p wants it."""
        scale = min(1.0, SCREEN_WIDTH / self.screen[0])
        width, height = (max(2, 2 * round(side * scale / 2)) for side in self.screen)
        return width, height

    @cached_property
    def strip(self) -> Box:
        """Where captions stand."""
        width, height = self.size
        return Box(0, height - round(height * STRIP), width, height)

    @cached_property
    def place(self) -> Box:
        """Where the phone's screen lies: as large as it fits above the captions, in the middle."""
        width, height = self.size
        if self.shape == "screen":
            return Box(0, 0, width, height)
        edge = round(self.strip.top * (MARGIN + (RIM if self.frame else 0)))
        room_w, room_h = width - 2 * edge, self.strip.top - 2 * edge
        scale = min(room_w / self.screen[0], room_h / self.screen[1])
        shown_w, shown_h = round(self.screen[0] * scale), round(self.screen[1] * scale)
        left, top = (width - shown_w) // 2, edge + (room_h - shown_h) // 2
        return Box(left, top, left + shown_w, top + shown_h)

    @property
    def whole(self) -> Crop:
        """All of the screen."""
        return Crop(0, 0, *self.screen)

    def point(self, at: tuple[float, float], crop: Crop | None = None) -> tuple[float, float]:
        """Where a point of the phone's screen lies on the canvas."""
        part = crop or self.whole
        width, height = self.place.size
        x = self.place.left + (at[0] - part.left) / part.width * width
        y = self.place.top + (at[1] - part.top) / part.height * height
        return x, y

    def scale(self, crop: Crop | None = None) -> float:
        """Canvas px for one px of the phone's screen."""
        return self.place.size[0] / (crop or self.whole).width

    def base(self, picture: Image.Image, crop: Crop | None = None) -> Image.Image:
        """The canvas with the phone's screen on it: blurred sides, the frame, an empty strip."""
        from PIL import Image, ImageDraw

        canvas = self._surroundings(picture)
        shown = picture
        if crop is not None and crop != self.whole:
            box = (crop.left, crop.top, crop.left + crop.width, crop.top + crop.height)
            shown = picture.resize(self.place.size, Image.Resampling.BILINEAR, box=box)
        else:
            shown = picture.resize(self.place.size, Image.Resampling.BILINEAR)
        if self.frame:
            _draw_phone(ImageDraw.Draw(canvas), self.place)
        canvas.paste(shown, self.place[:2])
        return canvas

    def _surroundings(self, picture: Image.Image) -> Image.Image:
        """The picture itself, blurred and dimmed; a plain ground where it is held upright."""
        from PIL import Image

        if self.shape in ("portrait", "screen"):
            return Image.new("RGB", self.size, (16, 17, 20))
        width, height = self.size
        wanted = picture.width * height / width
        top = (picture.height - wanted) / 2
        box = (0, max(0, top), picture.width, min(picture.height, top + wanted))
        small = picture.resize(
            (BLUR_WIDTH, max(1, BLUR_WIDTH * height // width)), Image.Resampling.BOX, box=box
        )
        dimmed = small.point(lambda value: int(value * DIM))
        return dimmed.resize(self.size, Image.Resampling.BICUBIC)


def zoomed(canvas: Canvas, at: tuple[float, float], strength: float) -> Crop:
    """A part of the screen around a point; `strength` 0 is all of it, 1 half as wide and high."""
    width, height = canvas.screen
    share = 1 - 0.5 * min(1.0, max(0.0, strength))
    part_w, part_h = width * share, height * share
    left = min(max(0.0, at[0] - part_w / 2), width - part_w)
    top = min(max(0.0, at[1] - part_h / 2), height - part_h)
    return Crop(left, top, part_w, part_h)


def _draw_phone(draw: object, place: Box) -> None:
    from PIL import ImageDraw

    assert isinstance(draw, ImageDraw.ImageDraw)
    rim = round(place.size[0] * RIM)
    box = (place.left - rim, place.top - rim, place.right + rim, place.bottom + rim)
    radius = round(place.size[0] * CORNER)
    draw.rounded_rectangle(box, radius, fill=(28, 30, 34), outline=(92, 96, 104), width=2)
