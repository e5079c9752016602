"""Fingers and keys: what `input`, uiautomator and the emulator's window do to the phone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from droidcancel.simulator.edges import edge_gesture
from droidcancel.simulator.keyboard import Keyboard
from droidcancel.simulator.touch import (
    FLING_SECONDS,
    LONG_PRESS_S,
    MIN_FLING_DP_PER_S,
    SWIPE_PART,
    TOUCH_SLOP_DP,
    Touch,
    chain,
    taker,
    window_at,
)
from droidcancel.simulator.viewtree import PagerState, ScrollState, TextState
from droidcancel.simulator.windows import Gesture

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.windows import Window

SWIPE_STEPS = 10
TAP_TRACE_S = 0.15  # how long the dot of show_touches stays


class Input:
    """Injects events. Coordinates are px of the screen as it is turned."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._touch: Touch | None = None
        self.keyboard = Keyboard(phone)
        self.pointer: tuple[int, int] | None = None  # where show_touches draws its dot

    # -- fingers ---------------------------------------------------------------------------
    def down(self, x: float, y: float) -> bool:
        """ACTION_DOWN; False where nothing takes touches (the screen is off)."""
        self._touch = None
        if not self._phone.power.screen_on:
            return False
        self._phone.screen_timeout.touched()
        self._trace(x, y)
        shown = window_at(self._phone.screen.layout(), x, y)
        if shown is None:
            return False
        touch = Touch(shown, x, y, self._now(), TOUCH_SLOP_DP * self._phone.screen.density / 160)
        touch.last = (x, y)
        touch.under = list(chain(shown.root, x, y))
        touch.target = taker(shown.root, x, y)
        self._touch = touch
        return True

    def move(self, x: float, y: float) -> bool:
        """ACTION_MOVE."""
        touch = self._touch
        if touch is None:
            return False
        self._trace(x, y)
        if touch.move(x, y):
            self._phone.windows.touch()
        return True

    def up(self, x: float, y: float, seconds: float | None = None) -> bool:
        """ACTION_UP. `seconds`: how long the gesture is to have lasted (None: as it did)."""
        touch, self._touch = self._touch, None
        if touch is None:
            return False
        if touch.move(x, y):
            self._phone.windows.touch()
        lasted = self._now() - touch.started if seconds is None else seconds
        if touch.moved and edge_gesture(self._phone, touch, max(lasted, 0.001)):
            pass
        elif touch.moved:
            self._end_swipe(touch, max(lasted, 0.001))
        elif not touch.long_pressed:
            self._press(touch, lasted >= LONG_PRESS_S)
        self._fade()
        return True

    async def tap(self, x: float, y: float) -> bool:
        """A short touch; returns once it was dispatched."""
        return self.down(x, y) and self.up(x, y, seconds=0.05)

    async def long_press(self, x: float, y: float, ms: float = 600) -> bool:
        """Hold for `ms`: from 500 ms on this is a long click, which comes while held."""
        if not self.down(x, y):
            return False
        touch = self._touch
        await self._pass(min(ms / 1000, LONG_PRESS_S))
        if touch is not None and ms / 1000 >= LONG_PRESS_S and self._touch is touch:
            touch.long_pressed = True
            self._press(touch, long=True)
            await self._pass(ms / 1000 - LONG_PRESS_S)
        return self.up(x, y, seconds=ms / 1000)

    async def swipe(
        self, x1: float, y1: float, x2: float, y2: float, duration_s: float = 0.3
    ) -> bool:
        """Move a finger in a straight line; fast ones fling."""
        return await self.path([(x1, y1), (x2, y2)], duration_s)

    async def path(self, points: list[tuple[float, float]], duration_s: float) -> bool:
        """Move a finger along several points, `duration_s` from the first to the last."""
        if not self.down(*points[0]):
            return False
        legs = max(1, len(points) - 1)
        pause = duration_s / (legs * SWIPE_STEPS)
        for (x1, y1), (x2, y2) in pairwise(points):
            for step in range(1, SWIPE_STEPS + 1):
                await self._pass(pause)
                part = step / SWIPE_STEPS
                self.move(x1 + (x2 - x1) * part, y1 + (y2 - y1) * part)
        return self.up(*points[-1], seconds=duration_s)

    async def drag(
        self, x1: float, y1: float, x2: float, y2: float, duration_s: float = 0.5
    ) -> bool:
        """Hold, then move: no fling at its end."""
        if not self.down(x1, y1):
            return False
        await self._pass(LONG_PRESS_S)
        for step in range(1, SWIPE_STEPS + 1):
            part = step / SWIPE_STEPS
            await self._pass(duration_s / SWIPE_STEPS)
            self.move(x1 + (x2 - x1) * part, y1 + (y2 - y1) * part)
        return self.up(x2, y2, seconds=60.0)  # so slow that nothing is flung

    async def _pass(self, seconds: float) -> None:
        """Let the time of a gesture pass; phones of the instant profile do not wait."""
        real = self._phone.options.profile != "instant"
        await asyncio.sleep(max(0.0, seconds) if real else 0)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    def _trace(self, x: float, y: float) -> None:
        if self._phone.settings.get("system", "show_touches") == "1":
            self.pointer = (round(x), round(y))
            self._phone.windows.touch()

    def _fade(self) -> None:
        if self.pointer is not None:
            asyncio.get_running_loop().call_later(TAP_TRACE_S, self._untrace, self.pointer)

    def _untrace(self, pointer: tuple[int, int]) -> None:
        if self.pointer is pointer:
            self.pointer = None
            self._phone.windows.touch()

    def _press(self, touch: Touch, long: bool) -> None:
        window, view = touch.shown.window, touch.target
        if window.on_gesture is not None:
            _tell(window, Gesture("long_press" if long else "tap", touch.x, touch.y))
            return
        if window.modal and not touch.shown.root.clip.contains(touch.x, touch.y):
            if window.kind == "dialog":
                self._phone.activities.back()  # a touch outside cancels a dialog
            return
        if view is None or not view.enabled:
            return
        if long and view.long_clickable:
            _call(window, view.on_long_click)
            return
        if isinstance(view.state, TextState):
            self.keyboard.focus(window, view.state)
        _call(window, view.on_click)

    def _end_swipe(self, touch: Touch, seconds: float) -> None:
        view = touch.scroller
        if touch.shown.window.on_gesture is not None:
            gesture = Gesture("swipe", touch.x, touch.y, touch.direction())
            _tell(touch.shown.window, gesture)
            return
        if view is None:
            return
        speed = touch.travelled() / seconds
        flung = speed >= MIN_FLING_DP_PER_S * self._phone.screen.density / 160
        forward = touch.direction() in ("up", "left")
        state = view.state
        if isinstance(state, ScrollState) and view.scrollable:
            if flung and state.scroll_by(round(speed * FLING_SECONDS) * (1 if forward else -1)):
                self._phone.windows.touch()
            return
        length = view.bounds.width if touch.horizontal else view.bounds.height
        if not (flung and touch.travelled() > touch.slop * 3) and (
            touch.travelled() < length * SWIPE_PART
        ):
            return
        if isinstance(state, PagerState) and view.scrollable:
            pages = state
            if touch.horizontal and self._phone.screen.mirrored(touch.shown.window):
                forward = not forward
            touch.shown.window.owner.call(lambda: pages.turn(1 if forward else -1))
            touch.shown.window.invalidate()
        elif view.on_swipe is not None:
            swiped, direction = view.on_swipe, touch.direction()
            touch.shown.window.owner.call(lambda: swiped(direction))

    # -- keys ------------------------------------------------------------------------------
    async def key(self, code: int, meta: int = 0, long: bool = False) -> bool:
        """A key, down and up (see keyboard.py)."""
        return self.keyboard.press(code, meta)

    async def text(self, text: str) -> bool:
        """Type into the focused field; False when there is none."""
        return self.keyboard.type(text)


def _tell(window: Window, gesture: Gesture) -> None:
    handler = window.on_gesture
    if handler is not None:
        window.owner.call(lambda: handler(gesture))


def _call(window: Window, handler: Callable[[], object] | None) -> None:
    if handler is not None:
        window.owner.call(handler)
