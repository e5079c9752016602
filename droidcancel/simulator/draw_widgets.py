"""How each widget shows itself; one function a widget, in `WIDGETS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from droidcancel.simulator import draw_shapes, fonts
from droidcancel.simulator.layout import MARKS, icon_gap
from droidcancel.simulator.viewtree import Rect, TextState, View

if TYPE_CHECKING:
    from droidcancel.simulator.draw import Painter

PASSWORD_DOT = "•"
SPINNER_DEGREES = 250  # of one that does not know how far it is


def _text(painter: Painter, view: View) -> None:
    area = painter.inner(view)
    color = painter.color(view.style.color or "on_surface", view)
    if view.style.icon is None:
        painter.text(view, view.text, area, color, view.layout.gravity)
        return
    sign = painter.px(view.style.icon_size)
    if not view.text:
        painter.icon(view, view.style.icon, area, color, sign)
        return
    _icon_and_text(painter, view, area, sign)


def _icon_and_text(painter: Painter, view: View, area: Rect, sign: int) -> None:
    """A sign before (or after) the text, both together placed by the gravity."""
    assert view.style.icon is not None
    color = painter.color(view.style.color or "on_surface", view)
    gap = icon_gap(painter.engine)
    size = painter.engine.text_size(view.style)
    room = max(1, area.width - sign - gap)
    lines = fonts.wrap(view.text, size, view.style.bold, room, view.style.lines)
    width = min(room, max(fonts.text_width(line, size, view.style.bold) for line in lines))
    spare = area.width - sign - gap - width
    words = view.layout.gravity.split()
    start = area.left + (spare // 2 if "center" in words else 0)
    before = not view.style.icon_end
    at = start if before else start + width + gap
    left = start + sign + gap if before else start
    painter.icon(view, view.style.icon, Rect(at, area.top, at + sign, area.bottom), color, sign)
    text_area = Rect(left, area.top, left + room, area.bottom)
    painter.text(view, view.text, text_area, color, "center_vertical")


def _icon(painter: Painter, view: View) -> None:
    if view.style.icon is None:
        return
    color = painter.color(view.style.color or "on_surface_variant", view)
    size = painter.px(view.style.icon_size)
    painter.icon(view, view.style.icon, painter.inner(view), color, size)


def _edit(painter: Painter, view: View) -> None:
    area = painter.inner(view)
    if view.style.background is None and view.style.border is None:
        _underline(painter, view)
    shown = PASSWORD_DOT * len(view.text) if view.password else view.text
    color = view.style.color or "on_surface"
    size = painter.engine.text_size(view.style)
    if not shown:
        painter.text(view, view.hint, area, painter.color("hint", view), view.layout.gravity)
    else:
        if view.style.lines == 1:
            shown = _tail(shown, size, view.style.bold, area.width)
        painter.text(view, shown, area, painter.color(color, view), view.layout.gravity)
    if view.focused and isinstance(view.state, TextState):
        _caret(painter, view, area, shown, view.state)


def _underline(painter: Painter, view: View) -> None:
    thick = painter.px(2 if view.focused else 1)
    bounds = view.bounds
    line = Rect(bounds.left, bounds.bottom - thick, bounds.right, bounds.bottom)
    painter.fill(view, line, painter.color("primary" if view.focused else "outline", view))


def _tail(text: str, size: int, bold: bool, width: int) -> str:
    """The end of a line that is longer than its field."""
    while len(text) > 1 and fonts.text_width(text, size, bold) > width:
        text = text[1:]
    return text


def _caret(painter: Painter, view: View, area: Rect, shown: str, state: TextState) -> None:
    size = painter.engine.text_size(view.style)
    height = fonts.line_height(size)
    before = shown[: state.caret] if len(shown) == len(state.text) else shown
    lines = fonts.wrap(before, size, view.style.bold, max(1, area.width), None)
    all_lines = fonts.wrap(shown, size, view.style.bold, max(1, area.width), view.style.lines)
    block = height * max(1, len(all_lines))
    centred = "center_vertical" in view.layout.gravity.split()
    top = area.top + (max(0, area.height - block) // 2 if centred else 0)
    top += height * (len(lines) - 1)
    left = area.left + fonts.text_width(lines[-1], size, view.style.bold)
    bar = Rect(left, top + height // 10, left + painter.px(2), top + height - height // 10)
    painter.fill(view, bar, painter.color("primary"))


def _mark_area(painter: Painter, view: View) -> Rect:
    """Where the switch, box or dot is; a switch stands at the end, the others at the start."""
    area = painter.inner(view)
    width, height = (painter.px(side) for side in MARKS[view.widget])
    top = area.top + (area.height - height) // 2
    left = area.right - width if view.widget == "switch" else area.left
    return Rect(left, top, left + width, top + height)


def _toggle_text(painter: Painter, view: View, mark: Rect) -> None:
    if not view.text:
        return
    area, gap = painter.inner(view), painter.px(12)
    room = (
        Rect(area.left, area.top, mark.left - gap, area.bottom)
        if view.widget == "switch"
        else Rect(mark.right + gap, area.top, area.right, area.bottom)
    )
    color = painter.color(view.style.color or "on_surface", view)
    painter.text(view, view.text, room, color, "center_vertical")


def _switch(painter: Painter, view: View) -> None:
    mark = _mark_area(painter, view)
    track = painter.color("primary" if view.checked else "track", view)
    painter.fill(view, mark, track, mark.height // 2)
    if not view.checked:
        border = draw_shapes.ring(mark.width, mark.height, mark.height // 2, painter.px(2))
        painter.stamp(view, border, (mark.left, mark.top), painter.color("outline", view))
    radius = mark.height * 3 // 8 if view.checked else mark.height // 4
    middle = mark.right - mark.height // 2 if view.checked else mark.left + mark.height // 2
    center = (mark.top + mark.bottom) // 2
    thumb = Rect(middle - radius, center - radius, middle + radius, center + radius)
    painter.fill(
        view, thumb, painter.color("on_primary" if view.checked else "outline", view), radius
    )
    _toggle_text(painter, view, mark)


def _checkbox(painter: Painter, view: View) -> None:
    mark = _mark_area(painter, view)
    side = mark.width * 3 // 4
    inset = (mark.width - side) // 2
    box = Rect(
        mark.left + inset, mark.top + inset, mark.left + inset + side, mark.top + inset + side
    )
    radius = painter.px(3)
    if view.checked:
        painter.fill(view, box, painter.color("primary", view), radius)
        painter.icon(view, "check", box, painter.color("on_primary", view), side)
    else:
        ring = draw_shapes.ring(side, side, radius, painter.px(2))
        painter.stamp(view, ring, (box.left, box.top), painter.color("outline", view))
    _toggle_text(painter, view, mark)


def _radio(painter: Painter, view: View) -> None:
    mark = _mark_area(painter, view)
    side = mark.width * 5 // 6
    left, top = mark.left + (mark.width - side) // 2, mark.top + (mark.height - side) // 2
    color = painter.color("primary" if view.checked else "outline", view)
    ring = draw_shapes.ring(side, side, side // 2, painter.px(2))
    painter.stamp(view, ring, (left, top), color)
    if view.checked:
        dot = side // 2
        at = (left + (side - dot) // 2, top + (side - dot) // 2)
        painter.stamp(view, draw_shapes.rounded(dot, dot, dot // 2), at, color)
    _toggle_text(painter, view, mark)


def _progress(painter: Painter, view: View) -> None:
    area = painter.inner(view)
    radius = area.height // 2
    painter.fill(view, area, painter.color("track", view), radius)
    fraction = view.style.progress
    start, end = (0.3, 0.7) if fraction is None else (0.0, min(max(fraction, 0.0), 1.0))
    done = Rect(
        area.left + round(area.width * start),
        area.top,
        area.left + round(area.width * end),
        area.bottom,
    )
    if not done.empty:
        painter.fill(view, done, painter.color(view.style.color or "primary", view), radius)


def _spinner(painter: Painter, view: View) -> None:
    area = painter.inner(view)
    size = min(area.width, area.height)
    if size <= 0:
        return
    thick = max(2, size // 11)
    fraction = view.style.progress
    degrees = SPINNER_DEGREES if fraction is None else round(360 * min(max(fraction, 0.0), 1.0))
    at = (area.left + (area.width - size) // 2, area.top + (area.height - size) // 2)
    if fraction is not None:
        track = draw_shapes.arc(size, thick, 0, 360)
        painter.stamp(view, track, at, painter.color("track", view))
    color = painter.color(view.style.color or "primary", view)
    painter.stamp(view, draw_shapes.arc(size, thick, 0, degrees), at, color)


def _image(painter: Painter, view: View) -> None:
    area = painter.inner(view)
    if area.empty:
        return
    if view.style.image is not None:
        picture = fitted(view.style.image(area.width, area.height), area, view.style.scale)
        half = min(area.width, area.height) // 2
        radius = half if view.style.round_image else painter.px(view.style.radius)
        painter.picture(view, picture, area, radius)
    elif view.style.icon is None and view.style.background is None:
        painter.fill(view, area, painter.color("surface_high"), painter.px(view.style.radius))
    if view.style.icon is not None:
        color = painter.color(view.style.color or "white", view)
        painter.icon(view, view.style.icon, area, color, painter.px(view.style.icon_size))


def fitted(picture: Image.Image, area: Rect, scale: str) -> Image.Image:
    """`picture` brought to the size of `area`: cropped, letter-boxed or stretched."""
    size = (area.width, area.height)
    if picture.size == size:
        return picture
    if scale == "crop":
        return ImageOps.fit(picture, size)
    if scale == "fit":
        return ImageOps.pad(picture, size)
    return picture.resize(size)


WIDGETS: Mapping[str, Callable[[Painter, View], None]] = {
    "text": _text,
    "icon": _icon,
    "edit": _edit,
    "switch": _switch,
    "checkbox": _checkbox,
    "radio": _radio,
    "progress": _progress,
    "spinner": _spinner,
    "image": _image,
}
