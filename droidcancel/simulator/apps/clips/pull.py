"""Pull to refresh: a scroll position that notices a pull at its upper end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from droidcancel.simulator.views import ScrollState

PULL_PX = 160
GESTURE_S = 0.6  # pulls that are further apart belong to two gestures


@dataclass(eq=False)
class PullState(ScrollState):
    """Calls `on_pull()` once for each gesture that pulls on beyond the top."""

    on_pull: Callable[[], object] | None = None
    _pulled: int = 0
    _last: float = 0.0
    _told: bool = False

    def scroll_by(self, delta: int) -> bool:
        moved = super().scroll_by(delta)
        if not moved and delta < 0 and self.offset == 0:
            self._pull(-delta)
        return moved

    def _pull(self, amount: int) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._last > GESTURE_S:
            self._pulled, self._told = 0, False
        self._last = now
        self._pulled += amount
        if self._pulled >= PULL_PX and not self._told and self.on_pull is not None:
            self._told = True
            self.on_pull()
