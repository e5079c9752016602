"""The socket below an adb connection: bytes both ways, with bounds on what waits."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast

UNREAD_BYTES = 1 << 20  # reading pauses above this
UNSENT_BYTES = 1 << 20  # `drain` waits above this


class Link(asyncio.Protocol):
    """One accepted socket. `on_made` is told when it is open, `on_lost` when it is not."""

    def __init__(self, on_made: Callable[[Link], None], on_lost: Callable[[Link], None]) -> None:
        self._on_made = on_made
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._chunks: deque[bytes] = deque()
        self._unread = 0
        self._ended = False
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._held: list[bytes] | None = None

    # -- what asyncio calls ----------------------------------------------------------------
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=UNSENT_BYTES)
        self._on_made(self)

    def data_received(self, data: bytes) -> None:
        self._chunks.append(data)
        self._unread += len(data)
        if self._unread > UNREAD_BYTES and self._transport is not None:
            self._transport.pause_reading()
        self._arrived.set()

    def eof_received(self) -> bool:
        self._end()
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self._end()
        self._on_lost(self)

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        if self._held is None:
            self._room.set()

    def _end(self) -> None:
        self._ended = True
        self._arrived.set()
        self._room.set()

    # -- what the connection calls ---------------------------------------------------------
    async def read(self) -> bytes:
        """Some bytes, b"" once the host has gone."""
        while not self._chunks or self._held is not None:
            if self._ended:
                return b""
            self._arrived.clear()
            await self._arrived.wait()
        data = self._chunks.popleft()
        self._unread -= len(data)
        if not self._chunks and self._transport is not None and not self._ended:
            self._transport.resume_reading()
        return data

    @property
    def writable(self) -> bool:
        return self._transport is not None and not (self._ended or self._transport.is_closing())

    def write(self, head: bytes, data: bytes | memoryview = b"") -> None:
        """Queue bytes; they are lost when the host has gone."""
        if self._transport is None or not self.writable:
            return
        if self._held is not None:
            self._held.append(head + bytes(data))
            return
        if len(data) < 65536:
            self._transport.write(head + bytes(data))
        else:
            self._transport.write(head)
            self._transport.write(data)

    async def drain(self) -> None:
        """Wait until there is room for more, or nobody to send it to."""
        while self.writable and not self._room.is_set():
            await self._room.wait()

    def hold(self) -> None:
        """Let nothing through, either way, as a bus that hangs, until `release`."""
        if self._held is None:
            self._held = []
            self._room.clear()

    def release(self) -> None:
        """Let everything through again that was held."""
        held, self._held = self._held, None
        if held is None:
            return
        self._room.set()
        if self.writable and self._transport is not None:
            self._transport.writelines(held)
        self._arrived.set()

    def close(self) -> None:
        """Close once what is queued has been sent."""
        self._end()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close now, as when a cable is pulled."""
        self._end()
        if self._transport is not None:
            self._transport.abort()
