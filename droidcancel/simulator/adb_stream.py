"""One stream inside an adb connection; implements `streams.Stream`."""

from __future__ import annotations

import asyncio
import errno
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.adbd import Connection


class AdbStream:
    """A stream with the protocol's flow control: after each WRTE its sender waits for OKAY.

    `local` is the phone's id of it, `remote` the host's (0 until the host has answered).
    """

    def __init__(self, connection: Connection, local: int, remote: int) -> None:
        self.local = local
        self.remote = remote
        self.connection = connection
        self._incoming: deque[bytes] = deque()
        self._owed = False  # the host's last WRTE has not been acknowledged yet
        self._may_send = asyncio.Event()
        self._has_data = asyncio.Event()
        self._eof = False
        self._closed = False
        self._writing = asyncio.Lock()

    # -- the phone's side --------------------------------------------------------------------
    def accept(self) -> None:
        """Tell the host that its OPEN was taken."""
        self._may_send.set()
        self.connection.send(b"OKAY", self.local, self.remote)

    async def read(self, n: int = 65536) -> bytes:
        while not self._incoming:
            if self._eof or self._closed:
                return b""
            self._has_data.clear()
            await self._has_data.wait()
        first = self._incoming[0]
        if len(first) > n:
            self._incoming[0] = first[n:]
            return first[:n]
        self._incoming.popleft()
        if self._owed and not self._incoming:
            self._owed = False
            self.connection.send(b"OKAY", self.local, self.remote)
            await self.connection.drain()
        return first

    async def write(self, data: bytes) -> None:
        view = memoryview(data)
        async with self._writing:
            while view:
                await self._may_send.wait()
                if self._closed or self._eof:
                    raise BrokenPipeError(errno.EPIPE, "Broken pipe")
                self._may_send.clear()
                size = self.connection.max_payload
                self.connection.send(b"WRTE", self.local, self.remote, bytes(view[:size]))
                view = view[size:]
                await self.connection.drain()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self.connection.finished(self)
            self._wake()

    def close_write(self) -> None:
        """adb knows no half-closed streams: the whole one ends."""
        self.close()

    @property
    def closed(self) -> bool:
        return self._closed or self._eof

    async def wait_ready(self) -> bool:
        """Wait for the host's answer to our OPEN; False when it refused."""
        await self._may_send.wait()
        return not (self._closed or self._eof)

    # -- the host's side -----------------------------------------------------------------------
    def received(self, data: bytes) -> None:
        """A WRTE came. A host that does not wait for its OKAY is cut off."""
        if self._owed:
            self.abort()
            self.connection.send(b"CLSE", self.local, self.remote)
            return
        if data:
            self._owed = True
            self._incoming.append(data)
            self._has_data.set()
        else:
            self.connection.send(b"OKAY", self.local, self.remote)

    def acknowledged(self) -> None:
        self._may_send.set()

    def abort(self) -> None:
        """The host closed the stream, or is gone: what came before may still be read."""
        self._eof = True
        self._wake()

    def _wake(self) -> None:
        self._may_send.set()
        self._has_data.set()
