"""The screen: all visible windows laid out, read as XML and drawn as a picture.

Layout, picture and XML are kept until a window changes (`WindowManager.version`).
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from droidcancel.simulator import draw_shapes, hierarchy
from droidcancel.simulator.decor import DIALOGS, covers_all, decorate
from droidcancel.simulator.draw import Painter
from droidcancel.simulator.draw_palette import resolve
from droidcancel.simulator.layout import LayoutEngine
from droidcancel.simulator.options import RIGHT_TO_LEFT
from droidcancel.simulator.viewtree import Draw, Rect, View

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.services_state import Toast
    from droidcancel.simulator.windows import Window

DIALOG_DIM = 0.6  # backgroundDimAmount of Theme.Material dialogs
TOUCH_DOT_DP = 14
HUNG_POLL_S = 0.05
MAX_READERS = 16
ROWS = 64
MIRRORED = ("com.android.settings", "com.android.systemui")
NIGHT_YES = "2"  # UiModeManager.MODE_NIGHT_YES in settings secure ui_night_mode


def hung(window: Window) -> bool:
    """Whether its app's main thread, which answers for its views, is blocked."""
    return bool(getattr(window.owner, "hung", False))


@dataclass(frozen=True)
class Shown:
    """A window on the screen: its tree (decor included) and the room that it was given."""

    window: Window
    root: View
    frame: Rect


@dataclass(frozen=True)
class Scene:
    """What a picture is drawn from; immutable but for views that nothing changes any more."""

    windows: tuple[Shown, ...]
    size: tuple[int, int]
    density: int
    night: bool
    on: bool
    pointer: tuple[int, int] | None = None


@dataclass
class Automation:
    """The one UiAutomation that may be connected; `owner` is who is."""

    owner: object | None = None
    last_toast: str | None = None


class Screen:
    """The phone's only display. `rotation` is Surface.ROTATION_*: quarter turns, 0 to 3."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self.rotation = 0
        self.size_override: tuple[int, int] | None = None
        self.density_override: int | None = None
        self.folded = False
        self.automation = Automation()
        self._laid_out: tuple[object, list[Shown]] | None = None
        self._drawn: tuple[object, Image.Image] | None = None
        self._written: tuple[object, str] | None = None
        # Who sends a picture holds it for as long as its receiver takes.
        self.readers = asyncio.Semaphore(MAX_READERS)
        phone.settings.on_change(self._setting_changed)
        phone.toasts.on_show(self._toast_shown)

    def _setting_changed(self, namespace: str, key: str, value: str | None) -> None:
        """A rotation set by hand counts while turning by itself is off."""
        if namespace == "system" and key in ("user_rotation", "accelerometer_rotation"):
            stays = self._phone.settings.get("system", "accelerometer_rotation") == "0"
            rotation = self._phone.settings.get("system", "user_rotation") or "0"
            self.set_rotation(int(rotation) if stays and rotation.isdigit() else 0)

    def _toast_shown(self, toast: Toast) -> None:
        if self.automation.owner is not None:
            self.automation.last_toast = toast.text

    # -- size ------------------------------------------------------------------------------
    @property
    def natural_size(self) -> tuple[int, int]:
        """Width and height in px as the phone is held upright (`wm size`)."""
        return self.size_override or self.physical_size

    @property
    def physical_size(self) -> tuple[int, int]:
        """Width and height in px of the panel in use: a foldable has one inside, one outside."""
        options = self._phone.options
        if self.folded:
            return options.folded_width, options.folded_height
        return options.width, options.height

    def fold(self, folded: bool) -> None:
        """Close or open a foldable: apps go on, on the other panel."""
        if self._phone.options.folds and folded != self.folded:
            self.folded = folded
            self._phone.windows.invalidate_all()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px, as turned."""
        width, height = self.natural_size
        return (height, width) if self.rotation % 2 else (width, height)

    @property
    def width(self) -> int:
        return self.size[0]

    @property
    def height(self) -> int:
        return self.size[1]

    @property
    def density(self) -> int:
        return self.density_override or self._phone.options.density

    @property
    def night(self) -> bool:
        mode = self._phone.settings.get("secure", "ui_night_mode")
        return self._phone.options.night if mode is None else mode == NIGHT_YES

    def freeze_rotation(self, rotation: int | None = None) -> None:
        """Keep the screen as it is, or turned to `rotation` (`wm user-rotation lock`)."""
        settings = self._phone.settings
        settings.put(
            "system", "user_rotation", str(self.rotation if rotation is None else rotation)
        )
        settings.put("system", "accelerometer_rotation", "0")

    def unfreeze_rotation(self) -> None:
        """Turn with the phone again, which is held upright."""
        self._phone.settings.put("system", "accelerometer_rotation", "1")

    def set_rotation(self, rotation: int) -> None:
        """Turn the screen; every window is built anew."""
        if rotation != self.rotation:
            self.rotation = rotation % 4
            self._phone.windows.invalidate_all()

    def resize(self, size: tuple[int, int] | None, density: int | None) -> None:
        """Set the overrides of `wm size` and `wm density`; None takes one away."""
        self.size_override, self.density_override = size, density
        self._phone.windows.invalidate_all()

    # -- layout ----------------------------------------------------------------------------
    def layout(self) -> list[Shown]:
        """The visible windows, bottom to top, laid out."""
        self._phone.ime.sync()
        key = (self._phone.windows.version, self.size, self.density)
        if self._laid_out is None or self._laid_out[0] != key:
            shown = decorate(self._phone.windows.visible(), self.size, LayoutEngine(self.density))
            for window, root, frame in shown:
                if self.mirrored(window):
                    root.mirror(frame.left + frame.right)
            # Building a tree may itself ask for another: what was built last counts.
            key = (self._phone.windows.version, self.size, self.density)
            self._laid_out = (key, [Shown(*parts) for parts in shown])
        return self._laid_out[1]

    def mirrored(self, window: Window) -> bool:
        """The system's own windows begin at the right where people read from there."""
        return window.package in MIRRORED and self._phone.language() in RIGHT_TO_LEFT

    def active(self) -> Shown | None:
        """The window that accessibility calls active: the focused one."""
        focused = self._phone.windows.focused
        return next((shown for shown in self.layout() if shown.window is focused), None)

    def view_at(self, window: Window) -> View | None:
        """The laid-out tree of a window, if it is on the screen."""
        return next((shown.root for shown in self.layout() if shown.window is window), None)

    @property
    def restless(self) -> bool:
        """Whether a playing video keeps the screen from ever being idle."""
        return any(
            view.playing and not view.clip.empty
            for shown in self.layout()
            for view in shown.root.shown()
        )

    async def answered(self, seconds: float) -> None:
        """Wait for apps whose main thread is blocked, for as long as accessibility does."""
        until = self._phone.clock.uptime() + seconds
        while any(hung(w) for w in self._phone.windows.visible()):
            if self._phone.clock.uptime() >= until:
                return
            await asyncio.sleep(HUNG_POLL_S)

    # -- XML -------------------------------------------------------------------------------
    def nodes(self, *, active_only: bool = False, compressed: bool = False) -> list[hierarchy.Node]:
        """The windows' nodes as uiautomator gets them: the active one, then from the top down."""
        shown = self.accessible()
        return [
            hierarchy.node_tree(each.root, each.window.package, compressed)
            for each in (shown[:1] if active_only else shown)
        ]

    def accessible(self) -> list[Shown]:
        """The windows that accessibility reports, the active one first; toasts are none."""
        active = self.active()
        seen: list[Shown] = []
        for shown in reversed(self.layout()):
            silent = shown.window.kind in ("toast", "wallpaper") or hung(shown.window)
            if not silent and not shown.root.clip.empty:
                seen.append(shown)
            if shown.window.covers:
                break
        return sorted(seen, key=lambda shown: shown is not active)

    def windows_xml(
        self, compressed: bool = False, max_depth: int = 50, active_only: bool = False
    ) -> str:
        """The hierarchy as uiautomator2's server prints it."""
        active = self.active()  # laid out, so that the version is that of what is read
        place = (self._phone.windows.version, self.size, self.density, self.rotation)
        key = (*place, active and active.window, compressed, max_depth, active_only)
        if self._written is None or self._written[0] != key:
            roots = self.nodes(active_only=active_only, compressed=compressed)
            text = hierarchy.u2_xml(
                roots, api=self._phone.options.api, rotation=self.rotation, max_depth=max_depth
            )
            self._written = (key, text)
        return self._written[1]

    # -- pictures ----------------------------------------------------------------------------
    def scene(self) -> Scene:
        """All that a picture needs, so that it may be drawn off the loop."""
        on = self._phone.power.screen_on
        shown = tuple(self.layout())
        pointer = self._phone.input.pointer
        return Scene(shown, self.size, self.density, self.night, on, pointer)

    def _key(self) -> object:
        on = self._phone.power.screen_on
        return self._phone.windows.version, self.size, self.density, self.night, on

    def capture(self) -> Image.Image:
        """The picture on the screen, RGB; not to be drawn on."""
        scene, key = self.scene(), self._key()
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, compose(scene))
        return self._drawn[1]

    async def capture_async(self) -> Image.Image:
        """As `capture`, drawn in a thread."""
        scene, key = self.scene(), self._key()
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, await asyncio.to_thread(compose, scene))
        return self._drawn[1]

    def thumbnail(self, window: Window) -> Draw:
        """A picture of one window as it last was, for recents; a secure one is black."""

        def draw(width: int, height: int) -> Image.Image:
            bars = [w for w in self._phone.windows.visible() if w.kind in ("status", "navigation")]
            parts = decorate([window, *bars], self.size, LayoutEngine(self.density))
            scene = Scene((Shown(*parts[0]),), self.size, self.density, self.night, True)
            return compose(scene).resize((width, height))

        return draw

    async def png(self) -> bytes:
        """The picture as `screencap -p` gives it."""
        picture = await self.capture_async()
        return await asyncio.to_thread(encode, picture, "PNG")


def rgba(picture: Image.Image) -> Iterator[bytes]:
    """The pixels from top to bottom, some rows at a time: a whole picture takes 10 MB."""
    for top in range(0, picture.height, ROWS):
        rows = picture.crop((0, top, picture.width, min(top + ROWS, picture.height)))
        yield rows.convert("RGBA").tobytes()


def encode(picture: Image.Image, form: str, quality: int = 100) -> bytes:
    """`picture` as PNG or JPEG."""
    out = io.BytesIO()
    if form == "PNG":
        picture.convert("RGBA").save(out, "PNG", compress_level=1)
    else:
        picture.save(out, form, quality=quality)
    return out.getvalue()


def compose(scene: Scene) -> Image.Image:
    """Draw a scene: windows from the bottom up, dim under dialogs, secure ones black."""
    canvas = Image.new("RGB", scene.size, (0, 0, 0))
    if not scene.on:
        return canvas
    painter = Painter(canvas, LayoutEngine(scene.density), scene.night)
    surface = resolve("surface", scene.night)[:3]
    for shown in scene.windows:
        if shown.window.kind in ("app", "wallpaper") and not shown.root.clip.empty:
            _ground(canvas, shown, surface)
        if shown.window.kind in DIALOGS and not covers_all(shown.root):
            canvas.paste(Image.blend(canvas, Image.new("RGB", canvas.size), DIALOG_DIM))
        if shown.window.secure:
            area = shown.root.clip
            canvas.paste((0, 0, 0), (area.left, area.top, area.right, area.bottom))
        else:
            painter.paint(shown.root)
    if scene.pointer is not None:
        _dot(canvas, scene.pointer, painter.px(TOUCH_DOT_DP))
    return canvas


def _dot(canvas: Image.Image, at: tuple[int, int], radius: int) -> None:
    """The mark of show_touches."""
    mask = draw_shapes.rounded(2 * radius, 2 * radius, radius)
    place = (at[0] - radius, at[1] - radius)
    everywhere = Rect(0, 0, canvas.width, canvas.height)
    draw_shapes.paint(canvas, mask, place, (120, 120, 120, 150), everywhere)
    ring = draw_shapes.ring(2 * radius, 2 * radius, radius, max(2, radius // 6))
    draw_shapes.paint(canvas, ring, place, (255, 255, 255, 220), everywhere)


def _ground(canvas: Image.Image, shown: Shown, color: tuple[int, ...]) -> None:
    """The window background behind an activity whose root paints none."""
    if shown.root.style.background is None:
        area = shown.root.clip
        canvas.paste(color, (area.left, area.top, area.right, area.bottom))
