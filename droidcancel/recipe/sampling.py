"""Reading something of the phone now and then, beside the steps of a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from droidcancel.errors import DroidCancelError


class Sampler(threading.Thread):
    """Reads every `every` seconds, or more seldom where a reading costs the phone much.

    Started at once. Ends when it is stopped, or when a reading gives None: the phone does not tell.
    """

    def __init__(self, name: str, read: Callable[[], object], every: float) -> None:
        super().__init__(name=f"droidcancel-{name}", daemon=True)
        self._read = read
        self._every = every
        self._stop_now = threading.Event()
        self.start()

    def run(self) -> None:
        """Until stopped, or the phone no longer tells."""
        while True:
            started = time.monotonic()
            try:
                if self._read() is None:
                    return
            except DroidCancelError:
                pass  # the link dropped; the next reading may come through
            cost = time.monotonic() - started
            if self._stop_now.wait(max(self._every, 2 * cost)):
                return

    def stop(self) -> None:
        """Stop, and wait for a reading under way."""
        self._stop_now.set()
        self.join(timeout=20.0)
