"""What is told of a run: its steps, what was touched, and its turns, each with its time.

It is heard from the run's events and from the acts on the phone, so it is exact in time and place.
Nothing is done to the phone for it. Times are monotonic seconds of this host.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from droidcancel.apps.profile import AppProfile
from droidcancel.device import Bounds, Device, Hierarchy, Node
from droidcancel.device.acts import Act
from droidcancel.record.blank import private_places

if TYPE_CHECKING:
    from droidcancel.recipe.options import Event, OnEvent

#: turns of the run that a viewer is told of
TURNS = frozenset({"moment", "cancel", "settled", "restored", "quiet", "verdict"})
#: a screen that was read longer ago says nothing of what a touch met
FRESH_S = 30.0


@dataclass(frozen=True)
class Touch:
    """One touch or key. Points are px of the phone's screen; `box` is the element that was met."""

    at: float
    kind: Literal["tap", "long_press", "swipe", "key", "text"]
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None
    text: str = ""
    box: Bounds | None = None


@dataclass
class Step:
    """A step of the recipe that a viewer is told of. `words`: by locale, from the recipe.

    `fill`: what the words of its kind need (`{element}`, `{text}`...).
    """

    at: float
    kind: str
    words: Mapping[str, str]
    fill: Mapping[str, str]
    touches: list[Touch] = field(default_factory=list)


@dataclass(frozen=True)
class Turn:
    """A turn of the run, with the event's own words."""

    at: float
    kind: str
    text: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Hidden:
    """From `at` on, these places of the screen show people's names or words."""

    at: float
    boxes: tuple[Bounds, ...]


class Story:
    """Listens to one run, from `begin` until `close`. Thread-safe."""

    def __init__(
        self, device: Device, profile: AppProfile, locale: str | None = None, version: str = ""
    ) -> None:
        """`version`: of the app, as its profile's locators go by it."""
        self._device = device
        self._profile = profile
        self._locale = locale or device.locale
        self._lock = threading.RLock()
        self._forget: Callable[[], None] | None = None
        #: when the reading of a screen began, and what it showed
        self._looks: list[tuple[float, Hierarchy]] = []
        self._typed: list[str] = []
        self._percent = -100
        self._version = version
        self.began = time.monotonic()
        self.ended: float | None = None
        self.steps: list[Step] = []
        self.turns: list[Turn] = []
        #: when something was done or shown that a viewer must see at its own pace
        self.lively: list[float] = []

    def begin(self) -> Story:
        """Listen from now on."""
        self._forget = self._device.acts.listen(self._hear)
        self.began = time.monotonic()
        return self

    def close(self) -> None:
        """Listen no more."""
        if self._forget is not None:
            self._forget()
            self._forget = None
        if self.ended is None:
            self.ended = time.monotonic()

    # -- hearing

    def heard(self, then: OnEvent) -> OnEvent:
        """An `on_event` for the run, which hears it first."""

        def hear(event: Event) -> None:
            self._note(event)
            then(event)

        return hear

    def _note(self, event: Event) -> None:
        at = time.monotonic()
        with self._lock:
            if event.kind == "step":
                words, fill = event.data.get("words") or {}, event.data.get("fill") or {}
                self.steps.append(Step(at, str(event.data.get("step")), words, fill))
                self.lively.append(at)
            elif event.kind in TURNS:
                self.turns.append(Turn(at, event.kind, event.text, event.data))
                self.lively.append(at)
            elif event.kind == "progress":
                self._note_progress(at, event.data.get("percent"))

    def _note_progress(self, at: float, percent: int | None) -> None:
        """Progress keeps the viewer's eyes on the screen; each few percent of it, not each look."""
        if percent is None or abs(percent - self._percent) >= 5:
            self._percent = percent if percent is not None else self._percent
            self.lively.append(at)

    def _hear(self, act: Act) -> None:
        with self._lock:
            if act.kind == "look":
                self._looks.append((act.at, act.data["hierarchy"]))
                return
            touch = self._touch(act)
            if touch is None:
                return
            self.lively.append(touch.at)
            if self.steps:
                self.steps[-1].touches.append(touch)

    def _touch(self, act: Act) -> Touch | None:
        data = act.data
        if act.kind in ("tap", "long_press"):
            at = (data["x"], data["y"])
            return Touch(act.at, act.kind, at, box=self._met(*at))
        if act.kind == "swipe":
            start, end = (data["x1"], data["y1"]), (data["x2"], data["y2"])
            return Touch(act.at, "swipe", start, end)
        if act.kind == "key":
            return Touch(act.at, "key", text=str(data["code"]))
        if act.kind == "text":
            self._typed.append(data["text"])
            return Touch(act.at, "text", text=data["text"], box=self._focused())
        return None

    # -- what is on the screen

    def _nodes(self) -> list[Node]:
        if not self._looks or time.monotonic() - self._looks[-1][0] > FRESH_S:
            return []
        return self._looks[-1][1].nodes()

    def _met(self, x: int, y: int) -> Bounds | None:
        """The smallest element there that takes a touch, else the smallest."""
        under = [node for node in self._nodes() if node.bounds.holds(x, y)]
        best = [node for node in under if node.clickable] or under
        return min((node.bounds for node in best), key=lambda bounds: bounds.area, default=None)

    def _focused(self) -> Bounds | None:
        return next((node.bounds for node in self._nodes() if node.focused), None)

    # -- who must not be seen

    def hidden(self) -> list[Hidden]:
        """Where people's names and words stood, from when on; what the run typed is no secret.

        A place is hidden from the look before on, since a screen is read after it has changed.
        Read after the run: it costs time that a run must not lose.
        """
        found: list[Hidden] = []
        before = self.began
        for at, hierarchy in self._looks:
            look = self._profile.look(hierarchy, self._locale, self._version)
            boxes = private_places(look, self._typed)
            if not found or found[-1].boxes != boxes:
                found.append(Hidden(before, boxes))
            before = at
        return found
