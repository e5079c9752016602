"""What ends a pause between two looks at the screen: an event of the phone, or the time.

Accessibility tells when the app's screen changes; where it does not, or changes without an end
because a video plays, the system's log of events tells of the app's notifications and services.
Either is only a reason to look: what is seen proves the moment.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from droidcancel.closing import Closing
from droidcancel.device.app_events import AppEvents
from droidcancel.errors import DeviceError

if TYPE_CHECKING:
    from droidcancel.evidence import Source
    from droidcancel.recipe.run import Run

#: so many events of the screen in a row after which nothing new was seen: they tell nothing
IDLE_EVENTS = 6


class Wakes(Closing):
    """The pauses of one watch. `source`: what ended the last of them, None for the time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._idle = 0
        self._screen_tells = True
        self._log: AppEvents | None = None
        self._log_tells = True
        self._logged = threading.Event()
        self.source: Source | None = None

    def looked(self, news: bool) -> None:
        """A look was taken; whether it showed anything new."""
        self._idle = 0 if news or self.source != "screen-events" else self._idle + 1
        if self._idle >= IDLE_EVENTS:
            self._screen_tells = False

    def pause(self, seconds: float, *, until_event: bool) -> None:
        """Wait so long, or until an event, where one is waited for."""
        self.source = None
        if seconds <= 0:
            return
        ends = time.monotonic() + seconds
        if until_event and self._screen_tells:
            self._wait_for_screen(seconds)
        elif until_event and self._listen():
            if self._logged.wait(seconds):
                self.source = "screen-log"
            self._logged.clear()
        if self.source is None:
            threading.Event().wait(max(0.0, ends - time.monotonic()))

    def rest(self, seconds: float) -> None:
        """Wait before the same is looked at once more: what made it look stays the source."""
        threading.Event().wait(seconds)

    def _wait_for_screen(self, seconds: float) -> None:
        try:
            told = self._run.device.ui.wait_for_change(self._run.package, seconds)
        except DeviceError:
            return  # the link dropped; the look that follows says so
        self._screen_tells = told is not None
        if told:
            self.source = "screen-events"

    def _listen(self) -> bool:
        """Whether the log is listened to; from the first time on that it is wanted."""
        if self._log is None and self._log_tells:
            run = self._run
            try:
                self._log = AppEvents(
                    run.device.shell, run.package, run.info.uid, lambda _: self._logged.set()
                )
            except DeviceError:
                self._log_tells = False
        return self._log is not None and not self._log.over.is_set()

    def close(self) -> None:
        """Listen no more."""
        if self._log is not None:
            self._log.close()
