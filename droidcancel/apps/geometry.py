"""Where things stand on a screen to each other: pure functions over nodes and boxes.

First what holds or does not, for locators; then how like two places are, from 0 to 1, for likeness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import hypot

from droidcancel.device.hierarchy import Bounds, Node

#: left, top, right, bottom in fractions of the screen
Box = tuple[float, float, float, float]

#: how far apart things of one dialog stand at most, as a share of the screen's longer side
NEAR = 0.05
#: how far apart rows of one list are at most
ADJOINING = 0.01
#: a window that covers less of the screen than this is one of its own over the app's
SMALL_WINDOW = 0.25
#: no screen is so low, as a share of its width
BAR = 0.25
#: how far the widths of equal things may differ, and how much of the width they fill
EVEN = 0.1
FILLED = 0.9
#: what scrolls and covers less of the screen's height than this is a strip or a sheet, no page
PAGE = 0.75
#: how far off, in screens, a place is that has nothing to do with another
FAR = 0.25
#: a gap between two neighbours, in screens, beyond which they are none
GAP = 0.2


def frame(nodes: Sequence[Node]) -> Bounds:
    """The screen: the box around all windows that begin at its corner.

    Apps keep pages mounted beside the screen. A dump without nesting has them at its top too. Where
    only the status bar begins at the corner, over a dialog, the other windows are of the screen.
    """
    every = [n.bounds for n in nodes if n.parent is None and not n.bounds.empty]
    every = every or [n.bounds for n in nodes if not n.bounds.empty] or [Bounds(0, 0, 0, 0)]
    boxes = [b for b in every if b.left <= 0 and b.top <= 0] or every
    right, bottom = max(b.right for b in boxes), max(b.bottom for b in boxes)
    if bottom < BAR * right:
        bottom = max(b.bottom for b in every if b.left < right)
    return Bounds(0, 0, right, bottom)


def within(bounds: Bounds, area: Bounds) -> bool:
    """Whether a box is one, and its centre lies in the area."""
    x, y = bounds.center
    return not bounds.empty and area.left <= x < area.right and area.top <= y < area.bottom


def ancestors(node: Node) -> Iterable[Node]:
    """The nodes around a node, from the inside out."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def clickable(node: Node) -> Node:
    """The node itself if it is clickable, else the nearest clickable around it, else itself."""
    if node.clickable:
        return node
    return next((n for n in ancestors(node) if n.clickable), node)


def innermost(nodes: list[Node], flat: bool) -> list[Node]:
    """Without those around another of them: a button and the words in it are one thing.

    `flat`: the dump has no nesting, so the boxes tell.
    """
    if flat:
        return [n for n in nodes if not any(_is_around(n.bounds, m.bounds) for m in nodes)]
    around = {id(a) for node in nodes for a in ancestors(node)}
    return [node for node in nodes if id(node) not in around]


def _is_around(outer: Bounds, inner: Bounds) -> bool:
    return outer != inner and contains(outer, inner)


def contains(outer: Bounds, inner: Bounds) -> bool:
    """Whether one box lies in another."""
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


def beside(one: Bounds, other: Bounds) -> bool:
    """Whether two boxes stand side by side in one row."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    apart = one.right <= other.left or other.right <= one.left
    return apart and 2 * shared >= min(one.height, other.height)


def near(one: Bounds, other: Bounds, area: Bounds) -> bool:
    """Whether two boxes are close together, but not one in the other."""
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    return 0 <= max(across, down) <= NEAR * max(area.width, area.height)


def above(one: Bounds, other: Bounds, area: Bounds) -> bool:
    """Whether a box is the row directly above another."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    gap = abs(other.top - one.bottom)
    return 2 * shared >= max(one.width, other.width) and gap <= ADJOINING * area.height


def in_own_window(node: Node, area: Bounds) -> bool:
    """Whether a node is part of a small window that lies over the app's."""
    around = [n for n in ancestors(node) if not n.bounds.empty]
    box = around[-1].bounds if around else area
    return box.width * box.height < SMALL_WINDOW * area.width * area.height


def slot(nodes: Sequence[Node], place: int, of: int, area: Bounds, mirrored: bool) -> list[Node]:
    """The n-th (from 1) of so many equal things that fill a row of the screen, as tabs do.

    A row of deeds, as at the bottom of a share sheet, may look the same. But it can be moved aside,
    and none of it is chosen, where of tabs one always is.
    """
    rows: dict[tuple[int, int], list[Node]] = {}
    for node in nodes:
        rows.setdefault((node.bounds.top, node.bounds.bottom), []).append(node)
    found = []
    for row in rows.values():
        ordered = sorted(row, key=lambda n: n.bounds.left, reverse=mirrored)
        if len(ordered) == of and _fill([n.bounds for n in row], area) and _are_tabs(row, area):
            found.append(ordered[place - 1])
    return found


def chosen(node: Node) -> bool:
    """Whether a node, or something in it, is marked as the chosen one."""
    return node.selected or any(n.selected for n in node.descendants())


def _are_tabs(row: Sequence[Node], area: Bounds) -> bool:
    return sum(map(chosen, row)) == 1 and not any(_in_strip(node, area) for node in row)


def _in_strip(node: Node, area: Bounds) -> bool:
    """Whether a node is part of something that scrolls, and is no page of the app's."""
    scrolls = (n.bounds for n in ancestors(node) if n.scrollable)
    return any(b.height < PAGE * area.height for b in scrolls)


def _fill(boxes: Sequence[Bounds], area: Bounds) -> bool:
    widths = [b.width for b in boxes]
    even = max(widths) - min(widths) <= EVEN * max(widths)
    return even and FILLED * area.width <= sum(widths) <= area.width * (1 + EVEN)


# -- how like two places are


def box_of(bounds: Bounds, frame: Bounds) -> Box:
    """A box in fractions of the screen."""
    width, height = max(1, frame.width), max(1, frame.height)
    return (
        round((bounds.left - frame.left) / width, 4),
        round((bounds.top - frame.top) / height, 4),
        round((bounds.right - frame.left) / width, 4),
        round((bounds.bottom - frame.top) / height, 4),
    )


def mirrored(box: Box) -> Box:
    """The same place on a screen that runs from right to left."""
    return 1 - box[2], box[1], 1 - box[0], box[3]


def center(box: Box) -> tuple[float, float]:
    """The middle of a box."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def same_place(box: Box, other: Box) -> float:
    """1 at the same centre, 0 a quarter of the screen away and more."""
    (x, y), (u, v) = center(box), center(other)
    return _closeness(hypot(x - u, y - v))


def in_area(box: Box, area: Box) -> float:
    """1 where the centre lies in an area, less beside it."""
    x, y = center(box)
    beyond_x = max(area[0] - x, 0.0, x - area[2])
    beyond_y = max(area[1] - y, 0.0, y - area[3])
    return _closeness(hypot(beyond_x, beyond_y))


def same_way(bounds: Bounds, other: Bounds, away: tuple[float, float], frame: Bounds) -> float:
    """How like the way from one centre to another is to what it once was."""
    (x, y), (u, v) = center(box_of(bounds, frame)), center(box_of(other, frame))
    return _closeness(hypot(u - x - away[0], v - y - away[1]))


def next_to(bounds: Bounds, other: Bounds, frame: Bounds) -> float:
    """1 for two that touch in one row or column, 0 for two that share none or are far apart."""
    a, b = box_of(bounds, frame), box_of(other, frame)
    in_row = _shared(a[1], a[3], b[1], b[3])
    in_column = _shared(a[0], a[2], b[0], b[2])
    apart_x = max(b[0] - a[2], a[0] - b[2])
    apart_y = max(b[1] - a[3], a[1] - b[3])
    if apart_x < 0 and apart_y < 0:
        return 0.0  # one lies over the other
    beside = in_row * _closeness(max(0.0, apart_x), GAP) if apart_x >= 0 else 0.0
    below = in_column * _closeness(max(0.0, apart_y), GAP) if apart_y >= 0 else 0.0
    return max(beside, below)


def _shared(start: float, end: float, other_start: float, other_end: float) -> float:
    """How much of the shorter of two stretches lies within the other."""
    shorter = min(end - start, other_end - other_start)
    common = min(end, other_end) - max(start, other_start)
    return max(0.0, min(1.0, common / shorter)) if shorter > 0 else 0.0


def _closeness(distance: float, far: float = FAR) -> float:
    return round(max(0.0, 1.0 - distance / far), 3)
