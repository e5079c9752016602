"""One radio of the phone: something asked for that takes its time to become true."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Radio:
    """A link that follows what is wanted of it after a delay.

    `on_change` is called each time `up` has become what was wanted. A wish that is taken
    back before its time leaves no trace.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._timer: asyncio.TimerHandle | None = None
        self.up = False
        self.wanted = False

    def want(self, up: bool, delay_s: float) -> None:
        """Ask the radio to be up or down in `delay_s` seconds."""
        if up == self.wanted:
            return
        self.wanted = up
        self._stop_timer()
        if up != self.up:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(delay_s, self._arrive)

    def force(self, up: bool) -> None:
        """Be up or down at once; `on_change` is not called."""
        self._stop_timer()
        self.up = self.wanted = up

    @property
    def settled(self) -> bool:
        return self.up == self.wanted

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arrive(self) -> None:
        self._timer = None
        self.up = self.wanted
        self._on_change()
