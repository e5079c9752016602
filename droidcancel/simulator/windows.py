"""The windows on the screen, and who is told of touches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from droidcancel.simulator.views import Rect, View

# Bottom to top, as WindowManagerPolicy.getWindowLayerFromTypeLw orders them.
LAYERS = (
    "wallpaper",
    "app",
    "panel",
    "dialog",
    "ime",
    "toast",
    "overlay",
    "keyguard",
    "status",
    "navigation",
    "system_dialog",
)

# ViewConfiguration.getSendRecurringAccessibilityEventsInterval
EVENT_EVERY_S = 0.1
SYSTEM_UI = "com.android.systemui"


class Owner(Protocol):
    """Whoever runs the handlers of a window's views: an app's process, or the system."""

    def call(self, handler: Callable[[], object]) -> None: ...


@dataclass(frozen=True)
class Gesture:
    """What a finger did: `kind` is tap, long_press or swipe; where it began; which way it went."""

    kind: str
    x: float
    y: float
    direction: str = ""


@dataclass(eq=False)
class Window:
    """One window. `frame` is in px; None is the whole screen. `secure` keeps it off pictures.

    `on_gesture` gets what fingers do in the window, in place of its views.
    `covers`: its touchable region is the whole screen, so that accessibility reports none of
    the windows below (AccessibilityWindowManager.computePartialInteractiveRegionForWindow).
    """

    package: str
    title: str
    build: Callable[[], View]
    owner: Owner
    kind: str = "app"
    activity: str | None = None
    frame: Rect | None = None
    focusable: bool = True
    modal: bool = False
    secure: bool = False
    covers: bool = False
    on_dismiss: Callable[[], None] | None = None
    on_gesture: Callable[[Gesture], object] | None = None
    manager: WindowManager | None = None
    _root: View | None = None

    def root(self) -> View:
        """The view tree, built when needed and kept until `invalidate()`."""
        if self._root is None:
            self._root = self.build()
        return self._root

    def invalidate(self) -> None:
        """Say that what the window shows has changed."""
        self._root = None
        if self.manager is not None:
            self.manager.content_changed(self)


class WindowManager:
    """All windows; `version` grows with each change, so that pictures can be cached."""

    def __init__(self) -> None:
        self._windows: list[Window] = []
        self._events: dict[str, float] = {}
        self.version = 0
        self._changed: asyncio.Event = asyncio.Event()

    def add(self, window: Window) -> Window:
        window.manager = self
        if window not in self._windows:
            self._windows.append(window)
        self.touch()
        return window

    def remove(self, window: Window) -> None:
        if window in self._windows:
            self._windows.remove(window)
            self.touch()

    def clear(self) -> None:
        self._windows.clear()
        self.touch()

    def content_changed(self, window: Window) -> None:
        """What a window shows has changed, which accessibility hears of where it is shown."""
        if window in self._windows:
            self._tell(window.package)
        self.touch()

    def _tell(self, package: str) -> None:
        """TYPE_WINDOW_CONTENT_CHANGED: one at most each EVENT_EVERY_S, the later ones put off
        until then and made one (ViewRootImpl.SendWindowContentChangedAccessibilityEvent)."""
        now, last = time.monotonic(), self._events.get(package, float("-inf"))
        if last <= now:
            self._events[package] = max(now, last + EVENT_EVERY_S)

    def touch(self) -> None:
        """Note a change of what is on the screen."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def invalidate_all(self) -> None:
        """Build every window anew: locale, rotation, night mode or radios changed."""
        for window in self._windows:
            window._root = None
        self._tell(SYSTEM_UI)
        self.touch()

    def visible(self) -> list[Window]:
        """The windows on the screen, bottom to top."""
        order = {kind: layer for layer, kind in enumerate(LAYERS)}
        return sorted(self._windows, key=lambda window: order[window.kind])

    @property
    def focused(self) -> Window | None:
        """The window that gets keys: the topmost focusable one."""
        return next((w for w in reversed(self.visible()) if w.focusable), None)

    async def wait_event(self, package: str | None, timeout: float) -> bool:
        """Wait for a TYPE_WINDOW_CONTENT_CHANGED that is sent from now on, of a package or any.

        False when `timeout` seconds passed first. What changed before is not told of.
        """
        began = time.monotonic()
        deadline = began + timeout
        while True:
            version = self.version
            told = [at for name, at in self._events.items() if package in (None, name)]
            due = [at for at in told if at >= began]
            if due:
                wait = min(due) - time.monotonic()
                await asyncio.sleep(max(0.0, min(wait, deadline - time.monotonic())))
                return min(due) <= deadline
            if not await self.wait_change(version, deadline - time.monotonic()):
                return False

    async def wait_change(self, version: int, timeout: float) -> bool:
        """Wait until `version` is outdated; False when `timeout` seconds passed first."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while self.version == version:
            remaining = deadline - loop.time()
            if remaining <= 0:
                return False
            try:
                await asyncio.wait_for(self._changed.wait(), remaining)
            except asyncio.TimeoutError:
                return False
        return True
