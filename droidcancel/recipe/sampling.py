"""Knowing something of the phone now and then, beside the steps of a run.

The byte counter is read by a loop on the phone, which tells its readings down one stream; what else
is looked at takes a question each time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from droidcancel.device.byte_watch import ByteWatch, Reading
from droidcancel.device.traffic import Traffic
from droidcancel.errors import DroidCancelError, Unsupported

#: how long after the stream broke off it is begun anew
AGAIN_S = 1.0


class Counter(threading.Thread):
    """Has the phone tell an app's bytes every `every` seconds, until it is stopped.

    `note` gets each reading. Started at once; begun anew where the link drops. Ends by itself where
    the phone has no counter.
    """

    def __init__(
        self, traffic: Traffic, uid: int, every: float, note: Callable[[Reading], object]
    ) -> None:
        super().__init__(name="droidcancel-traffic", daemon=True)
        self._traffic, self._uid, self._every, self._note = traffic, uid, every, note
        self._stop_now = threading.Event()
        self._told = threading.Condition()
        self._count = 0
        self._watch: ByteWatch | None = None
        self.start()

    def run(self) -> None:
        """Until stopped, or the phone has no counter."""
        while not self._stop_now.is_set():
            try:
                self._watch = watch = self._traffic.watch(
                    self._uid, None, None, self._take, every_s=self._every
                )
            except Unsupported:
                return
            except DroidCancelError:
                pass  # the link dropped; it may be back soon
            else:
                while not self._stop_now.is_set() and not watch.over.wait(0.2):
                    pass
                watch.close()
            self._stop_now.wait(AGAIN_S)

    def _take(self, reading: Reading) -> None:
        self._note(reading)
        with self._told:
            self._count += 1
            self._told.notify_all()

    def wait(self, timeout: float) -> bool:
        """Wait for the next reading; whether one came in `timeout` seconds."""
        with self._told:
            before = self._count
            return self._told.wait_for(lambda: self._count > before, timeout)

    def stop(self) -> None:
        """Stop, and hang up on the phone."""
        self._stop_now.set()
        if self._watch is not None:
            self._watch.close()
        self.join(timeout=20.0)


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
