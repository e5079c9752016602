"""The keywords that every constructor in views.py takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypedDict

from droidcancel.simulator.viewtree import EdgesLike, Handler, Size


class Props(TypedDict, total=False):
    """What any view may be told."""

    cls: str
    id: str
    text: str
    desc: str
    hint: str
    package: str
    clickable: bool
    long_clickable: bool
    checkable: bool
    enabled: bool
    focusable: bool
    scrollable: bool
    selected: bool
    password: bool
    visible: bool
    important: bool
    on_click: Handler | None
    on_long_click: Handler | None
    on_swipe: Callable[[str], object] | None
    key: str
    data: object
    width: Size
    height: Size
    weight: float
    margin: EdgesLike
    padding: EdgesLike
    gravity: str
    align: str
    gap: float
    min_width: float
    min_height: float
    max_width: float
    edge_to_edge: bool
    background: str | None
    radius: float
    border: str | None
    elevation: float
    color: str | None
    size: float
    bold: bool
    icon: str | None
    icon_size: float
    icon_end: bool
    lines: int
    scale: Literal["crop", "fit", "fill"]
    dim: float
    shadow: bool
