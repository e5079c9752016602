"""Bandwidth, delay and loss of the phone's link."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, replace

from droidcancel.simulator.netstats import SEGMENT_BYTES

QUANTUM_S = 0.01  # bytes pass in portions of this much time, so that counters move smoothly
MIN_QUANTUM = 256
MAX_QUANTUM = 16 * 1024
CATCH_UP_S = 0.02  # how late a portion may come without loss of bandwidth
RETRANSMIT_TIMEOUT_S = 0.2  # Linux' TCP_RTO_MIN


@dataclass(frozen=True)
class Shape:
    """A link: rates in bytes a second (0: nothing passes), one-way delay in seconds.

    `loss` is the share of packets lost: each is sent again, which costs its bytes once more,
    and a packet lost twice in a row stalls the connection for a retransmission timeout.
    """

    up: float
    down: float
    delay: float = 0.0
    loss: float = 0.0

    def __post_init__(self) -> None:
        if self.up < 0 or self.down < 0 or self.delay < 0 or not 0 <= self.loss < 1:
            raise ValueError(f"not a link: {self}")


class Bucket:
    """One direction of the link, shared by all connections in turn; rate 0 halts it."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._free_at = 0.0

    def quantum(self) -> int:
        """Bytes that pass in one portion at the present rate."""
        return max(MIN_QUANTUM, min(MAX_QUANTUM, int(self.rate * QUANTUM_S)))

    async def take(self, count: int) -> None:
        """Wait until `count` bytes have passed; the rate must be above 0."""
        loop = asyncio.get_running_loop()
        idle = loop.time() - self._free_at
        start = self._free_at if idle < CATCH_UP_S else loop.time()
        self._free_at = start + count / self.rate
        # a portion that is late passes at once, but the others get their turn in between
        await asyncio.sleep(max(0.0, self._free_at - loop.time()))

    def restart(self, rate: float) -> None:
        """Go on at another rate; what waits at the old one is let through."""
        self.rate = rate
        self._free_at = 0.0


class Shaper:
    """Both directions of a phone's link under one `Shape`, which may change at any time."""

    def __init__(self, shape: Shape, chance: random.Random) -> None:
        self._chance = chance
        self._shape = shape
        self.up = Bucket(shape.up)
        self.down = Bucket(shape.down)

    @property
    def shape(self) -> Shape:
        return self._shape

    def change(
        self,
        up: float | None = None,
        down: float | None = None,
        delay: float | None = None,
        loss: float | None = None,
    ) -> None:
        """Change what is given, at once. Raises ValueError for what is no link."""
        asked = {"up": up, "down": down, "delay": delay, "loss": loss}
        given = {name: value for name, value in asked.items() if value is not None}
        self._shape = replace(self._shape, **given)
        if up is not None:
            self.up.restart(up)
        if down is not None:
            self.down.restart(down)

    async def send(self, payload: int) -> int:
        """Wait until `payload` bytes are up the link; returns the segments sent again."""
        again = self._lost(-(-payload // SEGMENT_BYTES))
        await self.up.take(payload + again * SEGMENT_BYTES)
        if again and self._lost(again):
            await asyncio.sleep(RETRANSMIT_TIMEOUT_S)
        return again

    async def receive(self, payload: int) -> None:
        """Wait until `payload` bytes are down the link."""
        again = self._lost(-(-payload // SEGMENT_BYTES))
        await self.down.take(payload + again * SEGMENT_BYTES)

    def _lost(self, segments: int) -> int:
        """How many of `segments` are lost on the way."""
        loss = self._shape.loss
        return sum(self._chance.random() < loss for _ in range(segments)) if loss else 0

    async def travel(self, trips: int = 1) -> None:
        """Wait for `trips` one-way delays."""
        if self._shape.delay:
            await asyncio.sleep(self._shape.delay * trips)
