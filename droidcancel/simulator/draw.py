"""Draws a laid-out view tree on a picture.

`Painter` walks the tree: shadow, background and border of each view, then what its widget
shows (draw_widgets.py), then its children. Everything is clipped to `View.clip`.
"""

from __future__ import annotations

from PIL import Image

from droidcancel.simulator import draw_shapes, fonts, icons
from droidcancel.simulator.draw_palette import Rgba, resolve
from droidcancel.simulator.draw_widgets import WIDGETS
from droidcancel.simulator.layout import LayoutEngine, gravity_of
from droidcancel.simulator.viewtree import Rect, View

DISABLED = 0.38  # Material's opacity of what is disabled


class Painter:
    """Paints views on `canvas` (RGB) in the colours of day or night."""

    def __init__(self, canvas: Image.Image, engine: LayoutEngine, night: bool = False) -> None:
        self.canvas = canvas
        self.engine = engine
        self.night = night

    def px(self, dp: float) -> int:
        return self.engine.px(dp)

    def color(self, name: str, view: View | None = None) -> Rgba:
        """A colour by name, pale where `view` is disabled."""
        red, green, blue, alpha = resolve(name, self.night)
        if view is not None and not view.enabled:
            alpha = round(alpha * DISABLED)
        return red, green, blue, alpha

    def paint(self, view: View) -> None:
        """Paint `view` and all below it."""
        if not view.visible or view.clip.empty:
            return
        self._ground(view)
        draw = WIDGETS.get(view.widget)
        if draw is not None:
            draw(self, view)
        for child in view.children:
            self.paint(child)
        if view.style.dim:
            self.fill(view, view.bounds, (0, 0, 0, round(255 * view.style.dim)))

    def _ground(self, view: View) -> None:
        style, bounds = view.style, view.bounds
        radius = self.px(style.radius)
        if style.elevation:
            blur = self.px(style.elevation)
            mask = draw_shapes.shadow(bounds.width, bounds.height, radius, blur)
            at = (bounds.left - 2 * blur, bounds.top - 2 * blur + blur // 2)
            around = Rect(*at, at[0] + mask.width, at[1] + mask.height)
            draw_shapes.paint(self.canvas, mask, at, (0, 0, 0, 255), self._open(view, around))
        if style.background is not None:
            self.fill(view, bounds, self.color(style.background, view), radius)
        if style.border is not None:
            mask = draw_shapes.ring(bounds.width, bounds.height, radius, max(1, self.px(1)))
            self.stamp(view, mask, (bounds.left, bounds.top), self.color(style.border, view))

    def _open(self, view: View, around: Rect) -> Rect:
        """A shadow falls outside its view; only the canvas bounds it."""
        if view.clip != view.bounds:
            return view.clip
        return around.intersect(Rect(0, 0, self.canvas.width, self.canvas.height))

    # -- what widgets draw with --------------------------------------------------------------
    def inner(self, view: View) -> Rect:
        """The bounds less the padding."""
        return view.bounds.inset(*self.engine.edges(view.layout.padding))

    def fill(self, view: View, area: Rect, color: Rgba, radius: int = 0) -> None:
        draw_shapes.fill(self.canvas, area, color, view.clip, radius)

    def stamp(self, view: View, mask: Image.Image, at: tuple[int, int], color: Rgba) -> None:
        draw_shapes.paint(self.canvas, mask, at, color, view.clip)

    def icon(self, view: View, name: str, area: Rect, color: Rgba, size: int) -> None:
        """A sign in the middle of `area`."""
        mask = icons.mask(name, size)
        at = (area.left + (area.width - size) // 2, area.top + (area.height - size) // 2)
        if view.style.shadow:
            self.stamp(view, mask, (at[0], at[1] + max(1, size // 20)), (0, 0, 0, 90))
        self.stamp(view, mask, at, color)

    def text(self, view: View, text: str, area: Rect, color: Rgba, gravity: str = "") -> None:
        """Text in `area`, wrapped as it was measured, placed by `gravity`."""
        style = view.style
        size = self.engine.text_size(style)
        lines = fonts.wrap(text, size, style.bold, max(1, area.width), style.lines)
        height = fonts.line_height(size)
        across = gravity_of(gravity, 0) or 0.0
        top = area.top + round(
            (gravity_of(gravity, 1) or 0.0) * max(0, area.height - height * len(lines))
        )
        for line in lines:
            mask = fonts.line_mask(line, size, style.bold)
            left = area.left + round(across * max(0, area.width - mask.width + 2))
            if style.shadow:
                self.stamp(view, mask, (left, top + max(1, size // 18)), (0, 0, 0, 110))
            self.stamp(view, mask, (left, top), color)
            top += height

    def picture(self, view: View, picture: Image.Image, area: Rect, radius: int = 0) -> None:
        """Lay a picture of `area`'s size on the canvas."""
        visible = area.intersect(view.clip)
        if visible.empty:
            return
        box = visible.moved(-area.left, -area.top)
        corners = (box.left, box.top, box.right, box.bottom)
        mask = draw_shapes.rounded(area.width, area.height, radius).crop(corners)
        self.canvas.paste(picture.convert("RGB").crop(corners), (visible.left, visible.top), mask)
