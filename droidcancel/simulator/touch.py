"""Touches: who gets them, and what they come to be (tap, long press, scroll, fling, swipe)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from droidcancel.simulator.viewtree import PagerState, ScrollState, View

if TYPE_CHECKING:
    from droidcancel.simulator.screen import Shown

TOUCH_SLOP_DP = 8  # ViewConfiguration.TOUCH_SLOP
LONG_PRESS_S = 0.5  # ViewConfiguration.DEFAULT_LONG_PRESS_TIMEOUT
MIN_FLING_DP_PER_S = 50  # ViewConfiguration.MINIMUM_FLING_VELOCITY
FLING_SECONDS = 0.35  # assumed: how long a flung list coasts, at its starting speed
SWIPE_PART = 0.12  # a page turns when it was dragged this part of its length, or flung


def chain(view: View, x: float, y: float) -> Iterator[View]:
    """The views under a point, topmost and deepest first."""
    if not view.visible or not view.clip.contains(x, y):
        return
    for child in reversed(view.children):
        yield from chain(child, x, y)
    yield view


def taker(view: View, x: float, y: float) -> View | None:
    """Who takes a touch (ViewGroup.dispatchTouchEvent): what lies below gets what is left.

    Depth first, the topmost child first; a view that acts or scrolls keeps the touch.
    """
    if not view.visible or not view.clip.contains(x, y):
        return None
    for child in reversed(view.children):
        found = taker(child, x, y)
        if found is not None:
            return found
    return view if view.clickable or view.long_clickable or view.scrollable else None


def window_at(shown: list[Shown], x: float, y: float) -> Shown | None:
    """The topmost window that takes touches at a point; modal ones take them all."""
    for candidate in reversed(shown):
        kind = candidate.window.kind
        if kind == "toast":
            continue
        if candidate.root.clip.contains(x, y) or candidate.window.modal:
            return candidate
    return None


@dataclass(eq=False)
class Touch:
    """A finger on the screen, from down to up."""

    shown: Shown
    x: float
    y: float
    started: float
    slop: float
    target: View | None = None
    under: list[View] = field(default_factory=list)
    moved: bool = False
    long_pressed: bool = False
    last: tuple[float, float] = (0.0, 0.0)
    scroller: View | None = None
    horizontal: bool = False

    def move(self, x: float, y: float) -> bool:
        """The finger moves; whether something scrolled."""
        if not self.moved and max(abs(x - self.x), abs(y - self.y)) > self.slop:
            self.moved = True
            self.horizontal = abs(x - self.x) > abs(y - self.y)
            self.scroller = self._find_scroller()
        changed = False
        if self.moved and self.scroller is not None:
            state = self.scroller.state
            if isinstance(state, ScrollState):
                delta = self.last[0] - x if self.horizontal else self.last[1] - y
                changed = state.scroll_by(round(delta))
        self.last = (x, y)
        return changed

    def _find_scroller(self) -> View | None:
        """The innermost view that scrolls or pages along this axis, else one that is swiped."""
        for view in self.under:
            state = view.state
            if (
                isinstance(state, (ScrollState, PagerState))
                and view.scrollable
                and state.horizontal == self.horizontal
            ):
                return view
        return next((view for view in self.under if view.on_swipe is not None), None)

    def direction(self) -> str:
        dx, dy = self.last[0] - self.x, self.last[1] - self.y
        if abs(dx) > abs(dy):
            return "right" if dx > 0 else "left"
        return "down" if dy > 0 else "up"

    def travelled(self) -> float:
        """Px along the direction of the gesture."""
        return abs(self.last[0] - self.x if self.horizontal else self.last[1] - self.y)
