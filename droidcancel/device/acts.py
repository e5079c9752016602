"""What is done to a phone, and what is read back from it, told to whoever listens.

Nobody listens in a plain run. A capture does: it keeps the screens, and what led from one to the
next. A listener is called where the thing is done, by the thread that does it, so it must be quick.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

#: Done: `tap`, `long_press` (x, y), `swipe` (x1, y1, x2, y2), `key` (code), `text` (text),
#: `start` (package, action, activity, data). Read back: `look` (hierarchy), `pids` (package, pids),
#: `online` (online), `blocked` (package, blocked), `sent` (uid, bytes since boot), `services` (of
#: the foreground) and `jobs` (package, names), `tasks` among the recents (package, count).
Kind = Literal[
    "tap", "long_press", "swipe", "key", "text", "start",
    "look", "pids", "online", "blocked", "sent", "services", "jobs", "tasks",
]  # fmt: skip


@dataclass(frozen=True)
class Act:
    """One of them. `at`: monotonic seconds, when it was begun."""

    kind: Kind
    at: float
    data: Mapping[str, Any]


Listener = Callable[[Act], None]


class Acts:
    """Who listens to one phone."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of everything from now on; returns how to stop that."""
        self._listeners.append(listener)

        def forget() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return forget

    def tell(self, kind: Kind, at: float | None = None, **data: Any) -> None:
        """Tell whoever listens. `at`: when it was begun, where that is not now."""
        if not self._listeners:
            return
        act = Act(kind, time.monotonic() if at is None else at, data)
        for listener in list(self._listeners):
            listener(act)
