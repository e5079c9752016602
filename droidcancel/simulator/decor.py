"""Where windows go, and what the system wraps around an app's views.

An activity's views sit in DecorView > LinearLayout > android:id/content, inset by the system
bars and the keyboard (adjustResize) unless the root asks for `edge_to_edge`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from droidcancel.simulator.layout import LayoutEngine
from droidcancel.simulator.viewtree import Layout, Orientation, Rect, View

if TYPE_CHECKING:
    from droidcancel.simulator.windows import Window

FRAME = "android.widget.FrameLayout"
CONTENT = "android:id/content"
DIALOGS = ("dialog", "system_dialog")
DIALOG_MARGIN_DP = 24.0
DIALOG_MAX_DP = 400.0
TOAST_BOTTOM_DP = 88.0


def decorate(
    windows: Sequence[Window], size: tuple[int, int], engine: LayoutEngine
) -> list[tuple[Window, View, Rect]]:
    """Lay out `windows` (bottom to top): (window, its root with decor, the room it had)."""
    screen = Rect(0, 0, *size)
    placed: dict[int, tuple[Window, View, Rect]] = {}
    bars = _Insets()
    order = sorted(windows, key=lambda window: _RANK.get(window.kind, 9))
    for window in order:
        root, frame, align = _dressed(window, screen, bars, engine)
        engine.arrange(root, frame, default_align=align)
        placed[id(window)] = (window, root, frame)
        bars.note(window.kind, root.bounds, screen)
    return [placed[id(window)] for window in windows]


_RANK = {"status": 0, "navigation": 1, "ime": 2}  # others are laid out within these


class _Insets:
    """What the bars and the keyboard take of the screen, in px."""

    def __init__(self) -> None:
        self.top = 0
        self.bottom = 0
        self.ime = 0

    def note(self, kind: str, bounds: Rect, screen: Rect) -> None:
        if bounds.height > screen.height * 2 // 3:
            return  # a shade pulled down covers the app and does not push it
        if kind == "status":
            self.top = max(0, bounds.bottom)
        elif kind == "navigation":
            self.bottom = max(0, screen.bottom - bounds.top)
        elif kind == "ime":
            self.ime = max(0, screen.bottom - bounds.top)


def _dressed(
    window: Window, screen: Rect, bars: _Insets, engine: LayoutEngine
) -> tuple[View, Rect, str]:
    """(root, the room for it, where in that room)."""
    root = window.root()
    if root.place is not None:
        return root, screen, ""
    if window.kind == "app":
        return _activity(root, window, bars, engine), window.frame or screen, ""
    if window.kind in DIALOGS and covers_all(root):
        return root, window.frame or screen, ""
    if window.kind in DIALOGS:
        return _dialog(root, window, engine, screen), _between(screen, bars), "center"
    if window.kind == "status":
        height = window.frame.height if window.frame else screen.height
        return root, Rect(0, 0, screen.right, height), "top"
    if window.kind == "navigation":
        height = window.frame.height if window.frame else screen.height
        return root, Rect(0, screen.bottom - height, screen.right, screen.bottom), "bottom"
    if window.frame is not None:
        return root, window.frame, ""
    if window.kind == "ime":
        return root, Rect(0, 0, screen.right, screen.bottom - bars.bottom), "bottom"
    if window.kind == "toast":
        low = max(bars.bottom, bars.ime) + engine.px(TOAST_BOTTOM_DP) // 2
        return root, Rect(0, 0, screen.right, screen.bottom - low), "bottom center"
    return root, screen, ""


def covers_all(root: View) -> bool:
    """Whether a dialog draws its own backdrop over the whole screen."""
    return root.layout.width == "match" and root.layout.height == "match"


def _between(screen: Rect, bars: _Insets) -> Rect:
    return Rect(0, bars.top, screen.right, screen.bottom - max(bars.bottom, bars.ime))


def _activity(root: View, window: Window, bars: _Insets, engine: LayoutEngine) -> View:
    edge = root.layout.edge_to_edge
    scale = engine.scale
    top = 0.0 if edge else bars.top / scale
    bottom = 0.0 if edge else max(bars.bottom, bars.ime) / scale
    content = View(FRAME, id=CONTENT, children=[root], layout=_full("frame"))
    inner = View("android.widget.LinearLayout", children=[content], layout=_full("vertical"))
    inner.layout.padding = (0, top, 0, bottom)
    strips = [] if edge else _strips(bars, scale)
    decor = View(FRAME, children=[inner, *strips], layout=_full("frame"))
    decor.style.background = root.style.background
    decor.package = window.package
    return decor


def _full(orientation: Orientation) -> Layout:
    return Layout(width="match", height="match", orientation=orientation)


def _strips(bars: _Insets, scale: float) -> list[View]:
    """The views that colour the areas behind the bars."""
    made = []
    for name, height, align in (
        ("statusBarBackground", bars.top, "top"),
        ("navigationBarBackground", bars.bottom, "bottom"),
    ):
        if height:
            layout = Layout(width="match", height=height / scale, align=align)
            made.append(View("android.view.View", id=f"android:id/{name}", layout=layout))
    return made


def _dialog(root: View, window: Window, engine: LayoutEngine, screen: Rect) -> View:
    """A dialog's frame: centred and as wide as dialogs are, or a sheet along an edge."""
    words = root.layout.align
    sheet = "bottom" in words or "top" in words
    widest = screen.width / engine.scale - 2 * DIALOG_MARGIN_DP
    width = root.layout.width
    if width == "match":
        width = "match" if sheet else min(widest, DIALOG_MAX_DP)
    if root.style.background is None:
        root.style.background = "surface_high"
        root.style.radius = root.style.radius or 28
    content = View(
        FRAME,
        id=CONTENT,
        children=[root],
        layout=Layout(width="match", height=root.layout.height, orientation="frame"),
    )
    decor = View(
        FRAME,
        children=[content],
        layout=Layout(
            width=width, height=root.layout.height, align=words or "center", orientation="frame"
        ),
    )
    decor.package = window.package
    return decor
