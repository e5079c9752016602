"""How a recording slows a run down, so that its film can be followed.

Before each touch, and before each step, the run is held until the film shows what the touch before
it has led to, and that has stood for a readable moment. From just before the tap on Post until the
cut is read back nothing is held, and nothing is asked of the phone: a recording never delays a cut.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from droidcancel.device import Device
from droidcancel.device.acts import DONE, Act
from droidcancel.errors import DroidCancelError

if TYPE_CHECKING:
    from droidcancel.device import Hierarchy

#: how long a screen stands before it is touched, in seconds
PACE_S = 0.8
#: no picture for so long: what changed is on the film, where pictures come upon a change
QUIET_S = 0.25
#: a change of which no picture comes for so long is none that can be seen
UNSEEN_S = 1.0
#: a screen that never rests is not waited for longer, the pace aside
RESTLESS_S = 1.5
#: nor is a picture of a source that takes them one after the other
STILL_S = 3.0

#: steps that must never be held, whatever came before them
FAST = frozenset({"post", "wait_for_moment", "cancel"})
#: the run has read back that it is cut, or will not be cut any more
OVER = frozenset({"cancel", "missed", "restored", "verdict"})


class Window:
    """Whether a cut is near: from the step that posts until the cut is read back.

    `cut_due`: whether the recipe cuts at all; where not, it is only the steps that post.
    """

    def __init__(self, cut_due: bool = True) -> None:
        self.cut_due = cut_due
        self.near = False

    def hear(self, kind: str, step: str | None) -> bool:
        """Take in an event of the run; whether a cut is near from now on."""
        if kind == "step" and step in FAST:
            self.near = True
        elif kind in OVER or (kind == "step" and not self.cut_due):
            self.near = False
        return self.near


@dataclass(frozen=True)
class Known:
    """What is known of screen and film (monotonic seconds).

    `changed`: since when the screen is another one. `came`: when the newest picture of the film
    came; None where the source does not tell. `on_change`: whether pictures come only then.
    """

    changed: float
    came: float | None
    on_change: bool = True

    def shown_at(self) -> float:
        """When the film shows the screen as it is, should no picture come any more."""
        if self.came is None:
            return self.changed
        if not self.on_change:
            settled = self.changed + QUIET_S
            return self.came if self.came > settled else self.changed + STILL_S
        if self.came <= self.changed:
            return self.changed + UNSEEN_S
        return min(self.came + QUIET_S, self.changed + RESTLESS_S)

    def go_at(self, pace: float) -> float:
        """When the next touch may come, so that what is there has stood for `pace` seconds."""
        seen = self.came is not None and self.came > self.changed
        since = min(self.came, self.changed + RESTLESS_S) if seen and self.came else self.changed
        return max(self.shown_at(), since + pace)


class Watched(Protocol):
    """A source of pictures, as far as it tells of them while it films."""

    @property
    def on_change(self) -> bool:
        """Whether pictures come only when the screen changes."""

    @property
    def came(self) -> float | None:
        """When the newest picture came; None where that is not known."""

    def wait_for_picture(self, seconds: float) -> None:
        """Until one comes, at most so long."""


class Pace:
    """Holds a run back, from `begin` until `close`. `seconds`: how long a screen stands; 0: never.

    `held_s`: for how long it held the run, in all.
    """

    def __init__(
        self, device: Device, film: Watched, window: Window, seconds: float = PACE_S
    ) -> None:
        self._device, self._film, self._seconds = device, film, seconds
        self._window = window
        self._changed = float("-inf")
        self._looked: tuple[float, Hierarchy] | None = None
        self._forgets: list[Callable[[], None]] = []
        self._looking = threading.local()
        self.held_s = 0.0

    def begin(self) -> Pace:
        """Hold from now on what is done to the phone."""
        acts = self._device.acts
        self._forgets = [acts.listen(self._hear), acts.pace(self._before_act)]
        return self

    def close(self) -> None:
        """Hold nothing any more."""
        while self._forgets:
            self._forgets.pop()()

    def before_event(self, kind: str, step: str | None) -> None:
        """Hold the run before a step that may be held.

        The step that posts is held before it begins: nothing is armed then.
        """
        if kind == "step" and not self._window.near and step not in FAST - {"post"}:
            self._device.acts.hold()

    # -- inside

    def _hear(self, act: Act) -> None:
        if act.kind in DONE:
            self._changed = act.at
        elif act.kind == "look":
            before, hierarchy = self._looked, act.data["hierarchy"]
            self._looked = (act.at, hierarchy)
            # near a cut no time is lost with comparing
            if before and (self._window.near or not _same(before[1], hierarchy)):
                self._changed = max(self._changed, before[0])

    def _before_act(self) -> None:
        if self._seconds <= 0 or self._window.near or not self._forgets:
            return
        if getattr(self._looking, "now", False):
            return
        began = time.monotonic()
        self._until_shown(0.0)
        if self._looked is None or self._looked[0] < self._known().shown_at():
            self._look()
        self._until_shown(self._seconds)
        self.held_s += time.monotonic() - began

    def _known(self) -> Known:
        return Known(self._changed, self._film.came, self._film.on_change)

    def _until_shown(self, pace: float) -> None:
        while (left := self._known().go_at(pace) - time.monotonic()) > 0:
            self._film.wait_for_picture(left)

    def _look(self) -> None:
        """What stands there now is known for sure: what of it is private, and where the touch is.

        A phone that does not answer is not this film's to tell of.
        """
        self._looking.now = True
        try:
            with suppress(DroidCancelError):
                self._device.ui.dump()
        finally:
            self._looking.now = False


def _same(one: Hierarchy, other: Hierarchy) -> bool:
    from lxml import etree

    return bool(etree.tostring(one.root) == etree.tostring(other.root))
