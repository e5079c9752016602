"""Where in its capture a recorded app is, and where what happens leads it.

A capture is a tape of steps: an event, and the screens that followed by themselves. The player
stands at one of them. An event that is the next one leads on; one that was recorded elsewhere from
the same screen, in the same life of the app, leads there; anything else leaves the screen, and is
noted as not in the capture.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator

from droidcancel.simulator.cassette import Cassette, Event, Step
from droidcancel.simulator.viewtree import Rect
from droidcancel.simulator.windows import Gesture

#: what divides the lives of an app: no touch leads across one of these
TURNS = ("start", "stop", "network", "swept")
MOST_MISSED = 1000
#: by these a button is the same one
MARKS = ("class", "resource-id", "text", "content-desc")


class Player:
    """`missed`: what was done and is not in the capture, in words, the latest last."""

    def __init__(self, cassette: Cassette) -> None:
        self.cassette = cassette
        self.missed: list[str] = []
        self.at = -1
        self.screen: int | None = None
        self.on_screen: Callable[[], object] = lambda: None
        self.on_names: Callable[[str, tuple[str, ...]], object] = lambda _what, _names: None
        self.on_step: Callable[[Step], object] = lambda _step: None
        self.on_miss: Callable[[str], object] = lambda _words: None
        self._arrived = True
        self._timers: list[asyncio.TimerHandle] = []
        self._words: list[tuple[str, str]] = []
        self._sources = list(_sources(cassette.steps))

    # -- events ----------------------------------------------------------------------------
    def gesture(self, gesture: Gesture) -> bool:
        """A finger; whether it led on. A tap on the field that has the focus does nothing."""

        def same(event: Event) -> bool:
            target = event.target
            return (
                event.kind == gesture.kind
                and target is not None
                and target.contains(gesture.x, gesture.y)
                and event.direction == gesture.direction
            )

        way = f" {gesture.direction}" if gesture.direction else ""
        what = f"{gesture.kind}{way} at ({gesture.x:.0f}, {gesture.y:.0f})"
        idle = gesture.kind == "tap" and self._on_focus(gesture.x, gesture.y)
        return self._act(same, what, noted=not idle)

    def _on_focus(self, x: float, y: float) -> bool:
        """Whether a touch falls on the text field with the focus (uiautomator taps it to type)."""
        if self.screen is None:
            return False
        windows = self.cassette.screens[self.screen].windows
        nodes = (node for window in windows for node in window.walk())
        return any(
            node.flag("focused") and node.bounds.contains(x, y)
            for node in nodes
            if node.get("class").endswith("EditText")
        )

    def key(self, code: int) -> bool:
        """A key; whether it led on."""
        return self._act(lambda e: e.kind == "key" and e.code == code, f"key {code}")

    def typed(self, text: str) -> bool:
        """The focused field's text, whole. What was recorded is read as this from now on."""
        step = self.current
        if step is None or step.event.kind != "text":
            if not text or not self._act(lambda e: e.kind == "text", f"text {text!r}"):
                return False
            step = self.current
        assert step is not None
        self._words = [*self._words, *_pairs(step.event.text, text)]
        return True

    def start(self, action: str, scheme: str | None, online: bool) -> bool:
        """An intent: the next such start of the capture, else the last one before."""
        later = self._starts(range(self.at + 1, len(self.cassette.steps)), action, scheme)
        earlier = self._starts(range(self.at, -1, -1), action, scheme)
        known = [*later, *earlier]
        fitting = [n for n in known if self.cassette.steps[n].event.online == online]
        if not known:
            self._miss(f"start {action}")
            return False
        self._go((fitting or known)[0])
        return True

    def _starts(self, order: Iterable[int], action: str, scheme: str | None) -> list[int]:
        events = ((n, self.cassette.steps[n].event) for n in order)
        return [n for n, e in events if (e.kind, e.action, e.scheme) == ("start", action, scheme)]

    def network(self, online: bool) -> bool:
        """The app's network went or came."""
        return self._turn(lambda e: e.kind == "network" and e.online == online)

    def swept(self) -> bool:
        """The task was swiped away; whether the capture's process lived on."""
        return self._turn(lambda e: e.kind == "swept")

    def stopped(self) -> None:
        """The app's process has ended: nothing comes by itself any more."""
        self._turn(lambda e: e.kind == "stop")
        self._cancel()
        self.screen = None

    # -- finding the way -------------------------------------------------------------------
    @property
    def current(self) -> Step | None:
        return self.cassette.steps[self.at] if self.at >= 0 else None

    def _act(self, same: Callable[[Event], bool], what: str, *, noted: bool = True) -> bool:
        if self._under_way(same):
            return True
        found = next((n for n in self._near() if same(self.cassette.steps[n].event)), None)
        if found is None:
            if noted:
                self._miss(f"{what} on screen {self.screen}")
            return False
        self._go(found)
        return True

    def _under_way(self, same: Callable[[Event], bool]) -> bool:
        """Whether this very event has just led on, and what came of it is yet to show.

        A recipe may tap faster here than the capture answered; the second tap does nothing.
        """
        step = self.current
        return step is not None and bool(step.frames) and not self._arrived and same(step.event)

    def _near(self) -> Iterator[int]:
        """Steps to try: the next, then those from the same screen, then by the same button.

        Later ones come before earlier ones.
        """
        steps = self.cassette.steps
        following = self.at + 1
        if following < len(steps):
            yield following
        if self.screen is None:
            return
        for fits in (self._from_here, self._by_same_button):
            for order in (range(following, len(steps)), range(self.at, -1, -1)):
                for n in order:
                    if steps[n].event.kind in TURNS:
                        break
                    if fits(n):
                        yield n

    def _from_here(self, number: int) -> bool:
        return self._sources[number] == self.screen

    def _by_same_button(self, number: int) -> bool:
        """Whether what was touched then is on this screen too: same place, id and words."""
        source, target = self._sources[number], self.cassette.steps[number].event.target
        if source is None or self.screen is None or target is None:
            return False
        then = self._marks(source, target)
        return bool(then) and then == self._marks(self.screen, target)

    def _marks(self, screen: int, target: Rect) -> list[tuple[str, ...]]:
        """What stands exactly at a place of a screen."""
        nodes = (n for window in self.cassette.screens[screen].windows for n in window.walk())
        return [
            tuple(each.get(name) for each in node.walk() for name in MARKS)
            for node in nodes
            if node.bounds == target
        ]

    def _turn(self, same: Callable[[Event], bool]) -> bool:
        """The next such turn before the app is started anew."""
        steps = self.cassette.steps
        for n in range(self.at + 1, len(steps)):
            if same(steps[n].event):
                self._go(n)
                return True
            if steps[n].event.kind == "start":
                break
        return False

    def _miss(self, what: str) -> None:
        words = f"not in the capture: {what}, after step {self.at}"
        if len(self.missed) < MOST_MISSED:
            self.missed.append(words)
        self.on_miss(words)

    # -- playing ---------------------------------------------------------------------------
    def _go(self, number: int) -> None:
        """Stand at a step; its screens come as they came.

        The first comes at once: it was there by the first look then, and nobody knows since when.
        """
        self._cancel()
        self.at = number
        self._arrived = False
        step = self.cassette.steps[number]
        loop = asyncio.get_running_loop()
        for place, (delay, screen) in enumerate(step.frames):
            self._timers.append(loop.call_later(delay if place else 0.0, self._show, screen))
        for what, told in (("services", step.services), ("jobs", step.jobs)):
            for delay, names in told:
                self._timers.append(loop.call_later(delay, self.on_names, what, names))
        self.on_step(step)

    def _show(self, screen: int | None) -> None:
        self._arrived = True
        if screen != self.screen:
            self.screen = screen
            self.on_screen()

    @property
    def ends_next(self) -> bool:
        """Whether the next turn of the capture is the end of the process."""
        steps = self.cassette.steps[self.at + 1 :]
        kind = next((s.event.kind for s in steps if s.event.kind in TURNS), "stop")
        return kind == "stop"

    def _cancel(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def said(self, text: str) -> str:
        """A recorded text with what was typed in the replay in place of what was recorded."""
        for recorded, typed in self._words:
            if recorded and recorded in text:
                text = text.replace(recorded, typed)
        return text


def _pairs(recorded: str, typed: str) -> list[tuple[str, str]]:
    """What stands for what: the whole text, then each hashtag by its place among them."""
    tags = [[w for w in text.split() if w.startswith("#")] for text in (recorded, typed)]
    pairs = [(recorded, typed)]
    if len(tags[0]) == len(tags[1]):
        pairs += list(zip(*tags, strict=True))
    return [pair for pair in pairs if pair[0] and pair[0] != pair[1]]


def _sources(steps: Iterable[Step]) -> Iterator[int | None]:
    """For each step, the screen that showed when its event came."""
    screen: int | None = None
    for step in steps:
        if step.event.kind == "stop":
            screen = None
        yield screen
        if step.frames:
            screen = step.frames[-1][1]
