"""Layout: from dp and words of gravity to px on the screen.

Measure, then place, as Android's LinearLayout, FrameLayout and GridLayout do for the cases
that apps here use. Axis 0 is horizontal, 1 vertical; sizes are (width, height) in px.
"""

from __future__ import annotations

from collections.abc import Callable

from droidcancel.simulator import fonts
from droidcancel.simulator.viewtree import (
    Edges,
    PagerState,
    Rect,
    ScrollState,
    Size,
    Style,
    View,
)

Pair = tuple[int, int]
UNBOUNDED = 1 << 20
NO_EDGES = (0, 0, 0, 0)

_HORIZONTAL = {"start": 0.0, "center": 0.5, "center_horizontal": 0.5, "end": 1.0}
_VERTICAL = {"top": 0.0, "center": 0.5, "center_vertical": 0.5, "bottom": 1.0}
_WORDS = (_HORIZONTAL, _VERTICAL)


def gravity_of(words: str, axis: int) -> float | None:
    """Where `words` place something along `axis`: 0 at the start to 1 at the end."""
    for word in words.split():
        if word in _WORDS[axis]:
            return _WORDS[axis][word]
    return None


class LayoutEngine:
    """Lays out trees at one density. `scale` is px a dp."""

    def __init__(self, density: int) -> None:
        self.scale = density / 160
        self._px: dict[float, int] = {}
        self._memo: dict[tuple[int, int, int, bool, bool], Pair] = {}

    def px(self, dp: float) -> int:
        """dp as TypedValue.complexToDimensionPixelSize rounds it."""
        known = self._px.get(dp)
        if known is None:
            known = round(dp * self.scale)
            self._px[dp] = known = max(1, known) if dp > 0 else known
        return known

    def edges(self, value: Edges) -> tuple[int, int, int, int]:
        if value == NO_EDGES:
            return NO_EDGES
        px = self.px
        return px(value[0]), px(value[1]), px(value[2]), px(value[3])

    def text_size(self, style: Style) -> int:
        return max(1, round(style.size * self.scale))

    # -- entry -----------------------------------------------------------------------------
    def arrange(self, root: View, frame: Rect, *, default_align: str = "") -> None:
        """Lay `root` out in `frame`, setting `bounds` and `clip` all the way down."""
        if root.place is not None:
            _put_in_place(root, frame)
            return
        self._memo.clear()
        size = self.measure(root, (frame.width, frame.height))
        words = root.layout.align or default_align
        origin = [frame.left, frame.top]
        for axis, room in enumerate((frame.width, frame.height)):
            origin[axis] += round((gravity_of(words, axis) or 0.0) * (room - size[axis]))
        bounds = Rect(origin[0], origin[1], origin[0] + size[0], origin[1] + size[1])
        self._place(root, bounds, frame)
        self._memo.clear()

    # -- measuring -------------------------------------------------------------------------
    def measure(
        self, view: View, room: Pair, *, wrap_x: bool = False, wrap_y: bool = False
    ) -> Pair:
        """The size that `view` takes of `room`; `wrap_*` treat "match" as "wrap"."""
        key = (id(view), room[0], room[1], wrap_x, wrap_y)
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = self._measure(view, room, (wrap_x, wrap_y))
        return known

    def _measure(self, view: View, room: Pair, wrap: tuple[bool, bool]) -> Pair:
        wanted = (view.layout.width, view.layout.height)
        fixed = [self._fixed(wanted[axis], room[axis], wrap[axis]) for axis in (0, 1)]
        pad = self.edges(view.layout.padding)
        padding = (pad[0] + pad[2], pad[1] + pad[3])
        if view.layout.max_width is not None:
            limit = self.px(view.layout.max_width)
            room = (min(room[0], limit), room[1])
            fixed[0] = None if fixed[0] is None else min(fixed[0], limit)
        if fixed[0] is not None and fixed[1] is not None:
            return fixed[0], fixed[1]
        limits = [
            size if size is not None else space for size, space in zip(fixed, room, strict=True)
        ]
        inner = (max(0, limits[0] - padding[0]), max(0, limits[1] - padding[1]))
        content = self._content(view, inner)
        minimum = (self.px(view.layout.min_width), self.px(view.layout.min_height))
        sizes = [
            size if size is not None else min(space, max(wants + pads, least))
            for size, space, wants, pads, least in zip(
                fixed, room, content, padding, minimum, strict=True
            )
        ]
        return sizes[0], sizes[1]

    def _fixed(self, size: Size, room: int, wrap: bool) -> int | None:
        if size == "match":
            return None if wrap or room >= UNBOUNDED else room
        return None if size == "wrap" else self.px(size)

    def _content(self, view: View, room: Pair) -> Pair:
        measure = _CONTENT.get(view.widget)
        if measure is not None:
            return measure(self, view, room)
        if view.layout.orientation == "frame":
            return self._frame_content(view, room)
        if view.layout.orientation == "grid":
            return self._grid_content(view, room)
        return self._linear_content(view, room, 1 if view.layout.orientation == "vertical" else 0)

    def margins(self, view: View) -> tuple[int, int, int, int]:
        return self.edges(view.layout.margin)

    def _with_margins(self, child: View, room: Pair, **how: bool) -> Pair:
        left, top, right, bottom = self.margins(child)
        across, along = left + right, top + bottom
        width, height = self.measure(
            child, (max(0, room[0] - across), max(0, room[1] - along)), **how
        )
        return width + across, height + along

    def _frame_content(self, view: View, room: Pair) -> Pair:
        sizes = [
            self._with_margins(child, room, wrap_x=True, wrap_y=True) for child in _shown(view)
        ]
        return max((s[0] for s in sizes), default=0), max((s[1] for s in sizes), default=0)

    def _linear_content(self, view: View, room: Pair, axis: int) -> Pair:
        total, most, children = 0, 0, _shown(view)
        for child in children:
            left = list(room)
            left[axis] = max(0, room[axis] - total)
            size = self._with_margins(child, (left[0], left[1]), wrap_x=True, wrap_y=True)
            total += size[axis]
            most = max(most, size[1 - axis])
        if axis == 0 and room[0] < UNBOUNDED and any(child.layout.weight for child in children):
            most = self._row_height(view, children, room)
        total += self.px(view.layout.gap) * max(0, len(children) - 1)
        return (total, most) if axis == 0 else (most, total)

    def _row_height(self, view: View, children: list[View], room: Pair) -> int:
        """As high as the children are in the widths that their weights give them."""
        widths = [size[0] for size in self._linear_sizes(view, children, room, 0)]
        return max(
            self._with_margins(child, (width, room[1]), wrap_x=True, wrap_y=True)[1]
            for child, width in zip(children, widths, strict=True)
        )

    def _grid_content(self, view: View, room: Pair) -> Pair:
        rows = self._grid_rows(view, room[0])
        gap = self.px(view.layout.gap)
        return room[0], sum(height for _, height in rows) + gap * max(0, len(rows) - 1)

    def _grid_rows(self, view: View, width: int) -> list[tuple[list[View], int]]:
        columns = max(1, view.layout.columns)
        children = _shown(view)
        cell = self._cell_width(view, width)
        rows = []
        for start in range(0, len(children), columns):
            part = children[start : start + columns]
            heights = [self._with_margins(child, (cell, UNBOUNDED))[1] for child in part]
            rows.append((part, max(heights)))
        return rows

    def _cell_width(self, view: View, width: int) -> int:
        columns = max(1, view.layout.columns)
        return max(1, (width - self.px(view.layout.gap) * (columns - 1)) // columns)

    # -- placing ---------------------------------------------------------------------------
    def _place(self, view: View, bounds: Rect, clip: Rect) -> None:
        view.bounds = bounds
        view.clip = bounds.intersect(clip)
        if not view.children:
            return
        inner = bounds.inset(*self.edges(view.layout.padding))
        if isinstance(view.state, ScrollState):
            self._place_scrolled(view, inner, view.state)
        elif view.layout.orientation == "frame" or isinstance(view.state, PagerState):
            self._place_frame(view, inner)
        elif view.layout.orientation == "grid":
            self._place_grid(view, inner)
        else:
            self._place_linear(view, inner, 1 if view.layout.orientation == "vertical" else 0)

    def _place_frame(self, view: View, inner: Rect) -> None:
        for child in _shown(view):
            left, top, right, bottom = self.margins(child)
            slot = inner.inset(left, top, right, bottom)
            size = self.measure(child, (slot.width, slot.height))
            self._put(view, child, slot, size)

    def _put(self, parent: View, child: View, slot: Rect, size: Pair) -> None:
        """Place `child` in `slot` by its align, else by the parent's gravity."""
        origin = [slot.left, slot.top]
        for axis, room in enumerate((slot.width, slot.height)):
            where = gravity_of(child.layout.align, axis)
            if where is None:
                where = gravity_of(parent.layout.gravity, axis) or 0.0
            origin[axis] += round(where * (room - size[axis]))
        bounds = Rect(origin[0], origin[1], origin[0] + size[0], origin[1] + size[1])
        self._place(child, bounds, parent.clip)

    def _place_linear(self, view: View, inner: Rect, axis: int) -> None:
        children = _shown(view)
        room = (inner.width, inner.height)
        sizes = self._linear_sizes(view, children, room, axis)
        gap = self.px(view.layout.gap)
        used = sum(size[axis] for size in sizes) + gap * max(0, len(children) - 1)
        spare = max(0, room[axis] - used)
        start = (inner.left, inner.top)[axis]
        start += round((gravity_of(view.layout.gravity, axis) or 0.0) * spare)
        self._stack(view, inner, axis, sizes, start)

    def _stack(self, view: View, inner: Rect, axis: int, sizes: list[Pair], start: int) -> None:
        """Put the children one after the other from `start` on; `sizes` have their margins."""
        gap = self.px(view.layout.gap)
        for child, size in zip(_shown(view), sizes, strict=True):
            slot = (
                Rect(start, inner.top, start + size[0], inner.bottom)
                if axis == 0
                else Rect(inner.left, start, inner.right, start + size[1])
            )
            left, top, right, bottom = self.margins(child)
            inside = (size[0] - left - right, size[1] - top - bottom)
            self._put(view, child, slot.inset(left, top, right, bottom), inside)
            start += size[axis] + gap

    def _linear_sizes(self, view: View, children: list[View], room: Pair, axis: int) -> list[Pair]:
        """Sizes with margins: the unweighted first, then the rest shared out by weight."""
        sizes: dict[int, Pair] = {}
        left = room[axis] - self.px(view.layout.gap) * max(0, len(children) - 1)
        for index, child in enumerate(children):
            if not child.layout.weight or room[axis] >= UNBOUNDED:
                sizes[index] = self._with_margins(child, _along(room, axis, max(0, left)))
                left -= sizes[index][axis]
        weights = sum(c.layout.weight for i, c in enumerate(children) if i not in sizes)
        left = max(0, left)
        for index, child in enumerate(children):
            if index not in sizes:
                share = round(left * child.layout.weight / weights)
                left -= share
                weights -= child.layout.weight
                across = self._with_margins(child, _along(room, axis, share))[1 - axis]
                sizes[index] = (share, across) if axis == 0 else (across, share)
        return [sizes[index] for index in range(len(children))]

    def _place_grid(self, view: View, inner: Rect) -> None:
        gap, cell = self.px(view.layout.gap), self._cell_width(view, inner.width)
        top = inner.top
        for row, height in self._grid_rows(view, inner.width):
            for column, child in enumerate(row):
                left = inner.left + column * (cell + gap)
                slot = Rect(left, top, left + cell, top + height).inset(*self.margins(child))
                self._put(view, child, slot, self.measure(child, (slot.width, slot.height)))
            top += height + gap

    def _place_scrolled(self, view: View, inner: Rect, state: ScrollState) -> None:
        axis = 0 if state.horizontal else 1
        viewport = (inner.width, inner.height)
        children = _shown(view)
        sizes = self._linear_sizes(view, children, _along(viewport, axis, UNBOUNDED), axis)
        length = sum(size[axis] for size in sizes)
        length += self.px(view.layout.gap) * max(0, len(children) - 1)
        state.maximum = max(0, length - viewport[axis])
        state.offset = min(max(0, state.offset), state.maximum)
        start = (inner.left, inner.top)[axis] - state.offset
        self._stack(view, inner, axis, sizes, start)


def _shown(view: View) -> list[View]:
    return [child for child in view.children if child.visible]


def _along(room: Pair, axis: int, value: int) -> Pair:
    return (value, room[1]) if axis == 0 else (room[0], value)


# -- what a widget is big by itself ----------------------------------------------------------
def _lines_size(engine: LayoutEngine, view: View, text: str, width: int) -> Pair:
    size = engine.text_size(view.style)
    lines = fonts.wrap(text, size, view.style.bold, width, view.style.lines)
    widest = max(fonts.text_width(line, size, view.style.bold) for line in lines)
    return min(widest, width), fonts.line_height(size) * len(lines)


def icon_gap(engine: LayoutEngine) -> int:
    """Between a sign and the text beside it."""
    return engine.px(8)


def _text_content(engine: LayoutEngine, view: View, room: Pair) -> Pair:
    if view.style.icon is None:
        return _lines_size(engine, view, view.text, room[0])
    sign = engine.px(view.style.icon_size)
    if not view.text:
        return sign, sign
    beside = sign + icon_gap(engine)
    width, height = _lines_size(engine, view, view.text, max(1, room[0] - beside))
    return width + beside, max(height, sign)


def _edit_content(engine: LayoutEngine, view: View, room: Pair) -> Pair:
    return _lines_size(engine, view, view.text or view.hint or " ", room[0])


def _icon_content(engine: LayoutEngine, view: View, room: Pair) -> Pair:
    sign = engine.px(view.style.icon_size)
    return sign, sign


MARKS = {"switch": (52, 32), "checkbox": (24, 24), "radio": (24, 24)}


def _toggle_content(engine: LayoutEngine, view: View, room: Pair) -> Pair:
    mark = (engine.px(MARKS[view.widget][0]), engine.px(MARKS[view.widget][1]))
    if not view.text:
        return mark
    beside = mark[0] + engine.px(12)
    width, height = _lines_size(engine, view, view.text, max(1, room[0] - beside))
    return width + beside, max(height, mark[1])


def _scroll_content(engine: LayoutEngine, view: View, room: Pair) -> Pair:
    horizontal = isinstance(view.state, ScrollState) and view.state.horizontal
    axis = 0 if horizontal else 1
    size = engine._linear_content(view, _along(room, axis, UNBOUNDED), axis)
    return min(size[0], room[0]), min(size[1], room[1])


def _pager_content(engine: LayoutEngine, view: View, room: Pair) -> Pair:
    return engine._frame_content(view, room)


def _nothing(engine: LayoutEngine, view: View, room: Pair) -> Pair:
    return 0, 0


_CONTENT: dict[str, Callable[[LayoutEngine, View, Pair], Pair]] = {
    "text": _text_content,
    "edit": _edit_content,
    "icon": _icon_content,
    "switch": _toggle_content,
    "checkbox": _toggle_content,
    "radio": _toggle_content,
    "progress": _nothing,
    "spinner": _nothing,
    "image": _nothing,
    "space": _nothing,
    "scroll": _scroll_content,
    "pager": _pager_content,
}


def _put_in_place(view: View, room: Rect) -> None:
    """A tree whose places are given: only what is off the screen is not shown."""
    view.bounds = view.place if view.place is not None else view.bounds
    view.clip = view.bounds.intersect(room)
    for child in view.children:
        _put_in_place(child, room)
