"""The view tree: what a window shows, before and after layout.

Sizes given by apps are in dp (text in sp), bounds after layout are in px of the screen.
A tree is built anew whenever its window is invalidated; what must outlive a build (typed text,
scroll positions) lives in the state objects that the app keeps and hands in again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from PIL import Image

Size = Literal["match", "wrap"] | float
Orientation = Literal["vertical", "horizontal", "frame", "grid"]
Edges = tuple[float, float, float, float]
EdgesLike = float | tuple[float, float] | tuple[float, float, float, float]
Handler = Callable[[], object]
Draw = Callable[[int, int], "Image.Image"]


@dataclass(frozen=True)
class Rect:
    """A rectangle in px; right and bottom are outside, as android.graphics.Rect has it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        return max(0, self.bottom - self.top)

    @property
    def empty(self) -> bool:
        return self.right <= self.left or self.bottom <= self.top

    @property
    def center(self) -> tuple[int, int]:
        """The middle as Rect.centerX/centerY round it."""
        return (self.left + self.right) >> 1, (self.top + self.bottom) >> 1

    def contains(self, x: float, y: float) -> bool:
        return self.left <= x < self.right and self.top <= y < self.bottom

    def intersect(self, other: Rect) -> Rect:
        """The common part, possibly `empty`."""
        return Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def union(self, other: Rect) -> Rect:
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def moved(self, dx: int, dy: int) -> Rect:
        return Rect(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def inset(self, left: int, top: int, right: int, bottom: int) -> Rect:
        return Rect(self.left + left, self.top + top, self.right - right, self.bottom - bottom)

    def __str__(self) -> str:
        """As uiautomator prints bounds (Rect.toShortString)."""
        return f"[{self.left},{self.top}][{self.right},{self.bottom}]"


NOWHERE = Rect(0, 0, 0, 0)


@dataclass(eq=False)
class TextState:
    """What stands in a text field; kept by the app across builds."""

    text: str = ""
    cursor: int = -1  # -1: at the end
    max_length: int | None = None
    on_change: Callable[[str], object] | None = None
    multiline: bool = False
    focused: bool = False
    on_done: Handler | None = None  # the keyboard's action key (search, send, done)

    @property
    def caret(self) -> int:
        """The cursor's place, 0..len(text)."""
        return len(self.text) if self.cursor < 0 else min(self.cursor, len(self.text))

    def replace(self, text: str, cursor: int = -1) -> bool:
        """Put `text` in (cut to max_length), tell the app; whether anything changed."""
        cut = text if self.max_length is None else text[: self.max_length]
        changed = cut != self.text
        self.text = cut
        self.cursor = cursor if 0 <= cursor < len(cut) else -1
        if changed and self.on_change is not None:
            self.on_change(cut)
        return changed

    def insert(self, text: str) -> bool:
        """Type `text` at the cursor."""
        at = self.caret
        room = len(text) if self.max_length is None else self.max_length - len(self.text)
        typed = text[: max(0, room)]
        return self.replace(self.text[:at] + typed + self.text[at:], at + len(typed))

    def delete(self, before: int = 1, after: int = 0) -> bool:
        """Remove characters around the cursor."""
        at = self.caret
        start = max(0, at - before)
        return self.replace(self.text[:start] + self.text[at + after :], start)


@dataclass(eq=False)
class ScrollState:
    """How far a scrolling container is scrolled (px); `maximum` is set by layout."""

    offset: int = 0
    maximum: int = 0
    horizontal: bool = False
    on_scroll: Callable[[int], object] | None = None

    def scroll_by(self, delta: int) -> bool:
        """Scroll, within bounds; whether it moved."""
        before = self.offset
        self.offset = min(max(0, before + delta), self.maximum)
        if self.offset == before:
            return False
        if self.on_scroll is not None:
            self.on_scroll(self.offset)
        return True


@dataclass(eq=False)
class PagerState:
    """Which page of a pager shows; `count` is set by the pager's build."""

    index: int = 0
    count: int = 1
    horizontal: bool = False
    on_page: Callable[[int], object] | None = None

    def turn(self, delta: int) -> bool:
        """Go to another page; whether there was one."""
        target = self.index + delta
        if not 0 <= target < self.count:
            return False
        self.index = target
        if self.on_page is not None:
            self.on_page(target)
        return True


State = TextState | ScrollState | PagerState


@dataclass
class Layout:
    """How a view takes its place. Lengths in dp."""

    width: Size = "wrap"
    height: Size = "wrap"
    weight: float = 0.0
    margin: Edges = (0, 0, 0, 0)
    padding: Edges = (0, 0, 0, 0)
    gravity: str = ""  # of its content: words of start center end top bottom
    align: str = ""  # of itself in its parent (layout_gravity)
    orientation: Orientation = "vertical"
    columns: int = 1
    gap: float = 0.0  # between children
    min_width: float = 0.0
    min_height: float = 0.0
    max_width: float | None = None
    edge_to_edge: bool = False  # a window's root only: draws behind the system bars


@dataclass
class Style:
    """How a view looks. Colours: names of the palette or #rgb, #rrggbb, #aarrggbb."""

    background: str | None = None
    radius: float = 0.0  # dp
    border: str | None = None
    elevation: float = 0.0  # dp, draws a soft shadow
    color: str | None = None
    size: float = 14.0  # sp
    bold: bool = False
    icon: str | None = None
    icon_size: float = 24.0  # dp
    icon_end: bool = False
    lines: int | None = None  # at most; the rest is an ellipsis
    image: Draw | None = None
    scale: Literal["crop", "fit", "fill"] = "crop"
    round_image: bool = False
    progress: float | None = None  # 0..1; None with widget "progress": indeterminate
    dim: float = 0.0  # blackens its own area, 0..1
    shadow: bool = False  # text over a video


@dataclass(eq=False)
class View:
    """One node. `widget` says how it is drawn and measured, `cls` what uiautomator calls it."""

    cls: str = "android.view.View"
    widget: str = "box"
    id: str = ""
    text: str = ""
    desc: str = ""
    hint: str = ""
    package: str = ""
    clickable: bool = False
    long_clickable: bool = False
    checkable: bool = False
    checked: bool = False
    enabled: bool = True
    focusable: bool = False
    focused: bool = False
    scrollable: bool = False
    selected: bool = False
    password: bool = False
    visible: bool = True
    important: bool | None = None  # None: as its content tells
    playing: bool = False
    on_click: Handler | None = None
    on_long_click: Handler | None = None
    on_swipe: Callable[[str], object] | None = None
    children: list[View] = field(default_factory=list)
    layout: Layout = field(default_factory=Layout)
    style: Style = field(default_factory=Style)
    state: State | None = None
    key: str = ""
    data: Any = None  # the app's own
    bounds: Rect = NOWHERE
    place: Rect | None = None  # where it is, in px, for a tree that was laid out elsewhere
    clip: Rect = NOWHERE  # the part of `bounds` that its scrolling ancestors and window let show

    def walk(self) -> Iterator[View]:
        """This view and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def mirror(self, edges: int) -> None:
        """Turn what was laid out from left to right around; `edges` is left + right of the room."""
        for view in self.walk():
            box, clip = view.bounds, view.clip
            view.bounds = Rect(edges - box.right, box.top, edges - box.left, box.bottom)
            view.clip = Rect(edges - clip.right, clip.top, edges - clip.left, clip.bottom)

    def shown(self) -> Iterator[View]:
        """As `walk`, without what is gone."""
        if not self.visible:
            return
        yield self
        for child in self.children:
            yield from child.shown()

    def full_id(self) -> str:
        """The resource-id as uiautomator prints it."""
        if not self.id or ":" in self.id:
            return self.id
        return f"{self.package}:id/{self.id}"

    @property
    def matters(self) -> bool:
        """Whether accessibility holds it for important (View.isImportantForAccessibility)."""
        if self.important is not None:
            return self.important
        speaks = bool(self.text or self.desc) or self.widget not in ("box", "space")
        acts = self.clickable or self.long_clickable or self.focusable or self.scrollable
        return speaks or acts or self.checkable


def edges(value: EdgesLike) -> Edges:
    """One number, (horizontal, vertical) or (left, top, right, bottom)."""
    if isinstance(value, tuple):
        return (*value, *value) if len(value) == 2 else value
    return (value, value, value, value)
