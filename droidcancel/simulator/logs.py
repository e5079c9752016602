"""The log buffer behind `logcat`."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from droidcancel.simulator.clock import Clock

CAPACITY = 20_000
QUIET_S = 1.0  # a phone is never silent for long; readers look up only when a line comes


@dataclass(frozen=True)
class LogLine:
    """One log entry; `time` is wall time in seconds, `priority` one of V D I W E F."""

    number: int
    time: float
    pid: int
    uid: int
    priority: str
    tag: str
    message: str
    buffer: str = "main"


class LogBuffer:
    """A ring of log lines that any number of readers follow."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: deque[LogLine] = deque(maxlen=CAPACITY)
        self._next = 0
        self._changed = asyncio.Event()
        self.chatter: Callable[[], None] = lambda: None  # called when followers hear nothing

    def write(
        self,
        priority: str,
        tag: str,
        message: str,
        *,
        pid: int = 1,
        uid: int = 1000,
        buffer: str = "main",
    ) -> None:
        for text in message.splitlines() or [""]:
            line = LogLine(
                self._next, self._clock.time(), pid, uid, priority, tag, text[:4000], buffer
            )
            self._next += 1
            self._lines.append(line)
        self._changed.set()

    def lines(self) -> list[LogLine]:
        return list(self._lines)

    def clear(self) -> None:
        self._lines.clear()

    async def follow(self, after: int = -1) -> AsyncIterator[LogLine]:
        """Yield the lines numbered above `after`, and then each new one as it is written."""
        while True:
            self._changed.clear()
            for line in list(self._lines):
                if line.number > after:
                    after = line.number
                    yield line
            try:
                await asyncio.wait_for(self._changed.wait(), QUIET_S)
            except asyncio.TimeoutError:
                self.chatter()
