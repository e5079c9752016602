"""What is done to a phone, and what is read back from it, told to whoever listens.

Nobody listens in a plain run. A capture does: it keeps the screens, and what led from one to the
next. A listener is called where the thing is done, by the thread that does it, so it must be quick.
A recording also holds back for a moment what is about to be done, so that its film can be followed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

#: Done: `tap`, `long_press` (x, y), `swipe` (x1, y1, x2, y2), `key` (code), `text` (text),
#: `start` (package, action, activity, data). Read back: `look` (hierarchy), `pids` (package, pids),
#: `online` (online), `blocked` (package, blocked), `sent` (uid, bytes since boot), `services` (of
#: the foreground) and `jobs` (package, names), `tasks` among the recents (package, count).
Kind = Literal[
    "tap", "long_press", "swipe", "key", "text", "start",
    "look", "pids", "online", "blocked", "sent", "services", "jobs", "tasks",
]  # fmt: skip

#: what is done to a phone; all else is read back from it
DONE: Final = frozenset({"tap", "long_press", "swipe", "key", "text", "start"})


@dataclass(frozen=True)
class Act:
    """One of them. `at`: monotonic seconds, when it was begun."""

    kind: Kind
    at: float
    data: Mapping[str, Any]


Listener = Callable[[Act], None]
Pacer = Callable[[], None]


class Acts:
    """Who listens to one phone, and who may hold back what is done to it.

    `held_s`: seconds for which that was held back so far. They are not the run's: see `Run.left`.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._pacers: list[Pacer] = []
        self.held_s = 0.0

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of everything from now on; returns how to stop that."""
        self._listeners.append(listener)

        def forget() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return forget

    def pace(self, pacer: Pacer) -> Callable[[], None]:
        """Call it before anything is done to the phone from now on; returns how to stop that.

        It may wait, for a moment, and it must not wait where a cancel is near.
        """
        self._pacers.append(pacer)

        def forget() -> None:
            if pacer in self._pacers:
                self._pacers.remove(pacer)

        return forget

    def hold(self) -> None:
        """Let who paces wait, and count the time."""
        if not self._pacers:
            return
        began = time.monotonic()
        try:
            for pacer in list(self._pacers):
                pacer()
        finally:
            self.held_s += time.monotonic() - began

    def tell(self, kind: Kind, at: float | None = None, **data: Any) -> None:
        """Tell whoever listens. `at`: when it was begun, where that is not now.

        What is about to be done is held back first, where somebody paces.
        """
        if kind in DONE:
            self.hold()
        if not self._listeners:
            return
        act = Act(kind, time.monotonic() if at is None else at, data)
        for listener in list(self._listeners):
            listener(act)
