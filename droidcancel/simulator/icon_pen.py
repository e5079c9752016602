"""The pen that signs are drawn with: primitives on a 24 x 24 grid, drawn large, scaled down."""

from __future__ import annotations

from PIL import Image, ImageDraw

GRID = 24
OVERSAMPLE = 4

Point = tuple[float, float]


class Pen:
    """Draws on the grid; `ink` 255 draws, 0 erases."""

    def __init__(self, px: int) -> None:
        self.image = Image.new("L", (px * OVERSAMPLE, px * OVERSAMPLE), 0)
        self._draw = ImageDraw.Draw(self.image)
        self._unit = px * OVERSAMPLE / GRID

    def _at(self, *values: float) -> list[float]:
        return [value * self._unit for value in values]

    def line(self, *points: Point, width: float = 2, closed: bool = False, ink: int = 255) -> None:
        path = [(x * self._unit, y * self._unit) for x, y in points]
        if closed:
            path = [*path, path[0]]
        self._draw.line(path, fill=ink, width=round(width * self._unit), joint="curve")
        for x, y in points:
            self.disc(x, y, width / 2, ink=ink)

    def disc(self, x: float, y: float, radius: float, ink: int = 255) -> None:
        self._draw.ellipse(self._at(x - radius, y - radius, x + radius, y + radius), fill=ink)

    def circle(self, x: float, y: float, radius: float, width: float = 2) -> None:
        box = self._at(x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse(box, outline=255, width=round(width * self._unit))

    def arc(
        self, x: float, y: float, radius: float, start: float, end: float, width: float = 2
    ) -> None:
        """Degrees clockwise from the right."""
        box = self._at(x - radius, y - radius, x + radius, y + radius)
        self._draw.arc(box, start, end, fill=255, width=round(width * self._unit))

    def wedge(self, x: float, y: float, radius: float, start: float, end: float) -> None:
        box = self._at(x - radius, y - radius, x + radius, y + radius)
        self._draw.pieslice(box, start, end, fill=255)

    def poly(self, *points: Point, ink: int = 255) -> None:
        self._draw.polygon([(x * self._unit, y * self._unit) for x, y in points], fill=ink)

    def box(
        self, x1: float, y1: float, x2: float, y2: float, radius: float = 0, ink: int = 255
    ) -> None:
        self._draw.rounded_rectangle(self._at(x1, y1, x2, y2), radius=radius * self._unit, fill=ink)

    def frame(
        self, x1: float, y1: float, x2: float, y2: float, radius: float = 2, width: float = 2
    ) -> None:
        self._draw.rounded_rectangle(
            self._at(x1, y1, x2, y2),
            radius=radius * self._unit,
            outline=255,
            width=round(width * self._unit),
        )
