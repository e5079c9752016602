"""Constructors of views, one a widget.

    column(
        text("Upload", size=20, bold=True, id="title"),
        row(button("Cancel", on_click=cancel), spacer(weight=1), button("Post", filled=True)),
        padding=16,
    )

Every constructor takes the properties of `Props` as keywords; lengths are dp, text sizes sp.
`margin` and `padding` take one number, (horizontal, vertical) or (left, top, right, bottom).
`gravity` places what is inside, `align` the view itself in its parent: words of
start, end, top, bottom, center, center_vertical, center_horizontal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from droidcancel.simulator.view_props import Props
from droidcancel.simulator.viewtree import (
    NOWHERE,
    Draw,
    Edges,
    Handler,
    Layout,
    PagerState,
    Rect,
    ScrollState,
    Style,
    TextState,
    View,
    edges,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "NOWHERE",
    "Draw",
    "Edges",
    "Handler",
    "Layout",
    "PagerState",
    "Props",
    "Rect",
    "ScrollState",
    "Style",
    "TextState",
    "View",
    "avatar",
    "button",
    "checkbox",
    "column",
    "divider",
    "edit_text",
    "frame",
    "grid",
    "icon",
    "image",
    "image_button",
    "list_view",
    "pager",
    "progress",
    "radio",
    "row",
    "scroll",
    "spacer",
    "spinner",
    "switch",
    "text",
    "video",
    "view",
]


_LAYOUT = {item.name for item in fields(Layout)}
_STYLE = {item.name for item in fields(Style)}


def view(
    widget: str,
    children: Sequence[View],
    defaults: Mapping[str, Any],
    props: Mapping[str, Any],
) -> View:
    """Any view: `props` over `defaults`, sorted into layout, style and the view itself."""
    values: dict[str, Any] = {**defaults, **props}
    for name in ("margin", "padding"):
        if name in values:
            values[name] = edges(values[name])
    layout = Layout(**{name: values.pop(name) for name in _LAYOUT & values.keys()})
    style = Style(**{name: values.pop(name) for name in _STYLE & values.keys()})
    values.setdefault("clickable", values.get("on_click") is not None)
    values.setdefault("long_clickable", values.get("on_long_click") is not None)
    values.setdefault("focusable", values["clickable"])
    return View(widget=widget, children=list(children), layout=layout, style=style, **values)


def column(*children: View, **props: Unpack[Props]) -> View:
    """Children under one another (LinearLayout, vertical)."""
    return view("box", children, {"cls": "android.widget.LinearLayout", "width": "match"}, props)


def row(*children: View, **props: Unpack[Props]) -> View:
    """Children side by side (LinearLayout, horizontal), centred vertically unless told."""
    defaults = {
        "cls": "android.widget.LinearLayout",
        "orientation": "horizontal",
        "width": "match",
        "gravity": "center_vertical",
    }
    return view("box", children, defaults, props)


def frame(*children: View, **props: Unpack[Props]) -> View:
    """Children over one another, each placed by its own `align` (FrameLayout)."""
    defaults = {"cls": "android.widget.FrameLayout", "orientation": "frame", "width": "match"}
    return view("box", children, defaults, props)


def grid(*children: View, columns: int = 3, **props: Unpack[Props]) -> View:
    """Children in rows of `columns` equal cells."""
    defaults = {
        "cls": "android.widget.GridLayout",
        "orientation": "grid",
        "columns": columns,
        "width": "match",
    }
    return view("box", children, defaults, props)


def text(value: str, **props: Unpack[Props]) -> View:
    """A TextView; wraps, or ends in an ellipsis after `lines` lines."""
    return view("text", (), {"cls": "android.widget.TextView", "text": value}, props)


def button(
    label: str,
    *,
    filled: bool = False,
    outlined: bool = False,
    **props: Unpack[Props],
) -> View:
    """A Button: flat, filled with the primary colour, or outlined."""
    looks: dict[str, Any] = {"color": "primary"}
    if filled:
        looks = {"color": "on_primary", "background": "primary"}
    elif outlined:
        looks = {"color": "primary", "border": "outline"}
    defaults = {
        "cls": "android.widget.Button",
        "text": label,
        "clickable": True,
        "bold": True,
        "gravity": "center",
        "padding": (16, 8),
        "radius": 20,
        "lines": 1,
        "min_height": 40,
        "min_width": 48,
        **looks,
    }
    return view("text", (), defaults, props)


def icon(name: str, **props: Unpack[Props]) -> View:
    """A sign from icons.py in an ImageView, not clickable unless told."""
    defaults = {"cls": "android.widget.ImageView", "icon": name}
    return view("icon", (), defaults, props)


def image_button(**props: Unpack[Props]) -> View:
    """A clickable sign (ImageButton) with 12 dp around it; wants `icon`, `desc`, `on_click`."""
    defaults = {
        "cls": "android.widget.ImageButton",
        "clickable": True,
        "padding": 12,
        "gravity": "center",
    }
    return view("icon", (), defaults, props)


def edit_text(state: TextState, **props: Unpack[Props]) -> View:
    """A text field over `state`. An empty one shows, and reports as its text, the `hint`."""
    defaults: dict[str, Any] = {
        "cls": "android.widget.EditText",
        "clickable": True,
        "long_clickable": True,
        "focusable": True,
        "size": 16,
        "padding": (4, 10),
        "width": "match",
        "min_height": 48,
        "gravity": "top" if state.multiline else "center_vertical",
    }
    if not state.multiline:
        defaults["lines"] = 1
    made = view("edit", (), defaults, props)
    made.state = state
    made.focused = state.focused
    made.text = state.text
    return made


def _toggle(
    widget: str,
    cls: str,
    checked: bool,
    on_change: Callable[[bool], object] | None,
    props: Mapping[str, Any],
    *,
    target: bool | None = None,
) -> View:
    wanted = not checked if target is None else target

    def change() -> object:
        return on_change(wanted) if on_change is not None else None

    defaults = {
        "cls": cls,
        "checkable": True,
        "checked": checked,
        "clickable": True,
        "on_click": change,
        "size": 16,
        "gravity": "center_vertical",
        "min_height": 32,
    }
    return view(widget, (), defaults, props)


def switch(
    checked: bool, on_change: Callable[[bool], object] | None = None, **props: Unpack[Props]
) -> View:
    """A Switch; `on_change` gets the new value."""
    return _toggle("switch", "android.widget.Switch", checked, on_change, props)


def checkbox(
    checked: bool, on_change: Callable[[bool], object] | None = None, **props: Unpack[Props]
) -> View:
    """A CheckBox; its `text` stands to the right."""
    return _toggle("checkbox", "android.widget.CheckBox", checked, on_change, props)


def radio(
    checked: bool, on_change: Callable[[bool], object] | None = None, **props: Unpack[Props]
) -> View:
    """A RadioButton; a tap always selects it."""
    return _toggle("radio", "android.widget.RadioButton", checked, on_change, props, target=True)


def progress(fraction: float | None, **props: Unpack[Props]) -> View:
    """A horizontal ProgressBar, 0..1; None is one that does not know how far it is."""
    defaults = {"cls": "android.widget.ProgressBar", "width": "match", "height": 4}
    made = view("progress", (), defaults, props)
    made.style.progress = fraction
    return made


def spinner(fraction: float | None = None, **props: Unpack[Props]) -> View:
    """A round ProgressBar: an arc of `fraction`, or one that turns."""
    defaults = {"cls": "android.widget.ProgressBar", "width": 40, "height": 40}
    made = view("spinner", (), defaults, props)
    made.style.progress = fraction
    return made


def image(draw: Draw | None = None, **props: Unpack[Props]) -> View:
    """An ImageView; `draw(width, height)` gives the picture in px."""
    made = view("image", (), {"cls": "android.widget.ImageView", "width": 48, "height": 48}, props)
    made.style.image = draw
    return made


def avatar(draw: Draw | None = None, **props: Unpack[Props]) -> View:
    """A round picture."""
    made = image(draw, **props)
    made.style.round_image = True
    return made


def video(playing: bool, draw: Draw | None = None, **props: Unpack[Props]) -> View:
    """A TextureView that plays (and then never lets the screen get idle) or stands still."""
    defaults = {"cls": "android.view.TextureView", "width": "match", "height": "match"}
    made = view("image", (), defaults, props)
    made.style.image = draw
    made.playing = playing
    return made


def scroll(child: View, state: ScrollState, **props: Unpack[Props]) -> View:
    """A ScrollView (HorizontalScrollView when the state says so) of one child."""
    cls = "android.widget.HorizontalScrollView" if state.horizontal else "android.widget.ScrollView"
    defaults = {"cls": cls, "width": "match", "height": "match", "scrollable": True}
    made = view("scroll", (child,), defaults, props)
    made.layout.orientation = "horizontal" if state.horizontal else "vertical"
    made.state = state
    return made


def list_view(*children: View, state: ScrollState, **props: Unpack[Props]) -> View:
    """A RecyclerView: its children in a row or column, those off the screen not reported."""
    defaults = {
        "cls": "androidx.recyclerview.widget.RecyclerView",
        "width": "match",
        "height": "match",
        "scrollable": True,
        "focusable": True,
    }
    made = view("scroll", children, defaults, props)
    made.layout.orientation = "horizontal" if state.horizontal else "vertical"
    made.state = state
    return made


def pager(*pages: View, state: PagerState, **props: Unpack[Props]) -> View:
    """A ViewPager: one page shows; a swipe turns to the next."""
    state.count = max(1, len(pages))
    state.index = min(state.index, state.count - 1)
    defaults = {
        "cls": "androidx.viewpager.widget.ViewPager",
        "orientation": "frame",
        "width": "match",
        "height": "match",
        "scrollable": len(pages) > 1,
    }
    made = view("pager", pages[state.index : state.index + 1], defaults, props)
    made.state = state
    return made


def spacer(**props: Unpack[Props]) -> View:
    """Room, unseen by accessibility (android.widget.Space)."""
    defaults = {"cls": "android.widget.Space", "important": False}
    return view("space", (), defaults, props)


def divider(**props: Unpack[Props]) -> View:
    """A hairline."""
    defaults = {
        "width": "match",
        "height": 1,
        "background": "outline_variant",
        "important": False,
    }
    return view("space", (), defaults, props)
