"""What is told of a run: its steps, what was touched, and its turns, each with its time.

It is heard from the run's events and from the acts on the phone, so it is exact in time and place.
Nothing is done to the phone for it. Times are monotonic seconds of this host.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from lxml import etree

from droidcancel.apps.profile import AppProfile
from droidcancel.device import Bounds, Device, Hierarchy, Node
from droidcancel.device.acts import Act
from droidcancel.record.blank import Place, private_places
from droidcancel.record.hiding import Done, Hiding, Seen, hiding

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


#: acts after which a screen may be another
_CHANGING = frozenset({"tap", "long_press", "swipe", "key", "start"})
#: a window that covers less of the screen lies over another
FULL_PART = 0.6


def _axis(act: Act) -> str:
    """Along which axis a swipe goes; "" for all else."""
    if act.kind != "swipe":
        return ""
    data = act.data
    return "x" if abs(data["x2"] - data["x1"]) > abs(data["y2"] - data["y1"]) else "y"


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
        #: when the reading of a screen began, and what it showed, packed
        self._looks: list[tuple[float, bytes]] = []
        self._screen: Hierarchy | None = None
        self._done: list[Done] = []
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
                self._screen = act.data["hierarchy"]
                self._looks.append((act.at, _packed(self._screen)))
                return
            if act.kind in _CHANGING:
                self._done.append(Done(act.at, _axis(act)))
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
        if self._screen is None or time.monotonic() - self._looks[-1][0] > FRESH_S:
            return []
        return self._screen.nodes()

    def _met(self, x: int, y: int) -> Bounds | None:
        """The smallest element there that takes a touch, else the smallest."""
        under = [node for node in self._nodes() if node.bounds.holds(x, y)]
        best = [node for node in under if node.clickable] or under
        return min((node.bounds for node in best), key=lambda bounds: bounds.area, default=None)

    def _focused(self) -> Bounds | None:
        return next((node.bounds for node in self._nodes() if node.focused), None)

    def looks(self) -> Iterator[tuple[float, Hierarchy]]:
        """Each look at the screen: when its reading began, and what it showed."""
        for at, packed in list(self._looks):
            yield at, Hierarchy.parse(zlib.decompress(packed))

    # -- who must not be seen

    def hiding(self, *, by_picture: bool = False) -> Hiding:
        """Where people's names, words and faces stood, and when; what the run typed is no secret.

        `by_picture`: of a film that has a picture of each change.
        Read after the run: it costs time that a run must not lose.
        """
        with self._lock:
            looks, done = list(self._looks), list(self._done)
        known: dict[bytes, tuple[Hierarchy, tuple[Place, ...]]] = {}
        for packed in {packed for _, packed in looks}:
            known[packed] = self._private(packed)
        shown = [hierarchy for hierarchy, _ in known.values()]
        screen = _size(shown)
        seen = [
            Seen(at, known[packed][1], _covers(known[packed][0], screen)) for at, packed in looks
        ]
        return hiding(seen, done, screen, self.began, by_picture=by_picture)

    def _private(self, packed: bytes) -> tuple[Hierarchy, tuple[Place, ...]]:
        hierarchy = Hierarchy.parse(zlib.decompress(packed))
        look = self._profile.look(hierarchy, self._locale, self._version)
        return hierarchy, private_places(look, self._typed)


def _packed(hierarchy: Hierarchy) -> bytes:
    """A screen in a few kilobytes: a run of minutes looks thousands of times."""
    return zlib.compress(etree.tostring(hierarchy.root), 1)


def _size(shown: Sequence[Hierarchy]) -> tuple[int, int]:
    """The screen's: what the largest windows reach to."""
    bounds = [node.bounds for each in shown for node in each.nodes() if node.parent is None]
    return max((b.right for b in bounds), default=0), max((b.bottom for b in bounds), default=0)


def _covers(hierarchy: Hierarchy, screen: tuple[int, int]) -> bool:
    """Whether a window of it fills the screen, its bars aside; a dialog's does not."""
    windows = [node.bounds.area for node in hierarchy.nodes() if node.parent is None]
    return max(windows, default=0) >= FULL_PART * screen[0] * screen[1]
