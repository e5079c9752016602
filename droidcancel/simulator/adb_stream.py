"""One stream inside an adb connection; implements `streams.Stream`."""

from __future__ import annotations

import asyncio
import errno
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.adb_connection import Connection

# A WRTE is acknowledged at once while less than this waits to be read, as adbd does while
# there is room in its socket; else when it has been read.
READ_AHEAD = 256 * 1024


class AdbStream:
    """A stream with the protocol's flow control: after each WRTE its sender waits for OKAY.

    `local` is the phone's id of it, `remote` the host's (0 until the host has answered).
    """

    def __init__(self, connection: Connection, local: int, remote: int) -> None:
        self.local = local
        self.remote = remote
        self.connection = connection
        self._incoming: deque[bytes | memoryview] = deque()
        self._waiting = 0
        self._owed = False  # the host's last WRTE has not been acknowledged yet
        self._accepted = False
        self._unanswered = False  # our last WRTE has not been acknowledged yet
        self._may_send = asyncio.Event()
        self._has_data = asyncio.Event()
        self._eof = False
        self._closed = False
        self._writing = asyncio.Lock()

    # -- the phone's side --------------------------------------------------------------------
    def accept(self) -> None:
        """Tell the host that its OPEN was taken."""
        if not (self._accepted or self.closed):
            self._accepted = True
            self._may_send.set()
            self.connection.send(b"OKAY", self.local, self.remote)

    async def read(self, n: int = 65536) -> bytes:
        while not self._incoming:
            if self.closed:
                return b""
            self._has_data.clear()
            await self._has_data.wait()
        first = self._incoming.popleft()
        if len(first) > n:
            self._incoming.appendleft(memoryview(first)[n:])
        data = bytes(first[:n])
        self._waiting -= len(data)
        self.connection.unread -= len(data)
        if self._owed and self._waiting < READ_AHEAD:
            self._owed = False
            self.connection.send(b"OKAY", self.local, self.remote)
        return data

    async def write(self, data: bytes) -> None:
        view = memoryview(data)
        async with self._writing:
            while view:
                await self._turn()
                if self.closed:
                    raise BrokenPipeError(errno.EPIPE, "Broken pipe")
                self._unanswered = True
                self._may_send.clear()
                size = self.connection.max_payload
                self.connection.send(b"WRTE", self.local, self.remote, view[:size])
                view = view[size:]

    async def _turn(self) -> None:
        """Wait for the OKAY of the last WRTE, and for room in the socket."""
        await self._may_send.wait()
        await self.connection.drain()

    def close(self) -> None:
        """End the stream; the host is told once it has what was written."""
        if self._closed:
            return
        self._closed = True
        if not self._unanswered:
            self.connection.finished(self)
        self._drop_unread()
        self._wake()

    def close_write(self) -> None:
        """adb knows no half-closed streams: the whole one ends."""
        self.close()

    @property
    def closed(self) -> bool:
        return self._closed or self._eof

    @property
    def accepted(self) -> bool:
        return self._accepted

    async def wait_accepted(self) -> bool:
        """Wait for the host's answer to our OPEN; False when it refused."""
        await self._may_send.wait()
        return self._accepted and not self.closed

    # -- the host's side -----------------------------------------------------------------------
    def received(self, data: bytes) -> bool:
        """A WRTE came; False when the host did not wait for the OKAY of the one before."""
        if self._owed or not self._accepted:
            return False
        if not self.closed:
            self._incoming.append(data)
            self._waiting += len(data)
            self.connection.unread += len(data)
            self._has_data.set()
        self._owed = self._waiting >= READ_AHEAD
        if not self._owed:
            self.connection.send(b"OKAY", self.local, self.remote)
        return True

    def acknowledged(self) -> None:
        """An OKAY came: to our OPEN, or to our last WRTE."""
        self._accepted = True
        self._unanswered = False
        self._may_send.set()
        if self._closed:
            self.connection.finished(self)

    def abort(self) -> None:
        """The host closed the stream, or is gone: what came before may still be read."""
        self._eof = True
        self._owed = False
        if self._closed:
            self._drop_unread()
        self._wake()

    def _drop_unread(self) -> None:
        self.connection.unread -= self._waiting
        self._waiting = 0
        self._incoming.clear()

    def _wake(self) -> None:
        self._may_send.set()
        self._has_data.set()
