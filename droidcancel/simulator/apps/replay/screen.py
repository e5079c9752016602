"""Recorded hierarchies as views: each where it was, with the picture that was taken of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache

from PIL import Image

from droidcancel.simulator.cassette import Node, RecordedScreen
from droidcancel.simulator.viewtree import Draw, Layout, Rect, Style, TextState, View

Say = Callable[[str], str]
COVERS = 0.8


def stacked(screen: RecordedScreen, size: tuple[int, int]) -> list[Node]:
    """The windows from the bottom up. Accessibility names the active one first, then downwards.

    An active window that fills the screen lies below the others: a badge or a bar of its own.
    """
    windows = list(screen.windows)
    if len(windows) < 2:
        return windows
    active, others = windows[0], windows[1:][::-1]
    fills = active.bounds.width * active.bounds.height >= COVERS * size[0] * size[1]
    return [active, *others] if fills else [*others, active]


def tree(root: Node, screen: RecordedScreen, size: tuple[int, int], say: Say) -> View:
    """The views of one window; the field that has the focus gets its state from the caller."""
    drawn = screen.picture is not None
    made = _view(root, say, drawn)
    made.layout = Layout(width="match", height="match", orientation="frame")
    if screen.picture is not None:
        made.widget = "image"
        made.style = Style(image=_drawing(screen.picture, root.bounds, size), background="surface")
    return made


def _view(node: Node, say: Say, drawn: bool) -> View:
    text = say(node.get("text"))
    plain = bool(text) and not drawn
    return View(
        cls=node.get("class"),
        widget="text" if plain else "box",
        id=node.get("resource-id"),
        text=text,
        desc=say(node.get("content-desc")),
        hint=say(node.get("hint")),
        package=node.get("package"),
        clickable=node.flag("clickable"),
        long_clickable=node.flag("long-clickable"),
        checkable=node.flag("checkable"),
        checked=node.flag("checked"),
        enabled=node.flag("enabled", "true"),
        focusable=node.flag("focusable"),
        focused=node.flag("focused"),
        scrollable=node.flag("scrollable"),
        selected=node.flag("selected"),
        password=node.flag("password"),
        visible=node.flag("visible-to-user", "true"),
        important=True,
        children=[_view(child, say, drawn) for child in node.children],
        style=Style(border="outline_variant" if node.flag("clickable") and not drawn else None),
        place=node.bounds,
    )


def focused_field(root: View) -> View | None:
    """The text field that has the focus."""
    return next((v for v in root.walk() if v.focused and v.cls.endswith("EditText")), None)


def give_state(view: View, state: TextState) -> None:
    """Have a field take what is typed."""
    view.state = state
    view.text = state.text or view.text


def _drawing(picture: bytes, area: Rect, size: tuple[int, int]) -> Draw:
    def draw(width: int, height: int) -> Image.Image:
        whole = _decoded(picture)
        across, down = whole.width / size[0], whole.height / size[1]
        box = (area.left * across, area.top * down, area.right * across, area.bottom * down)
        return whole.resize((max(1, width), max(1, height)), box=box)

    return draw


@lru_cache(maxsize=16)
def _decoded(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture), formats=("PNG",)).convert("RGB")
