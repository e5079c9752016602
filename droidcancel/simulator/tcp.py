"""A loopback TCP connection of the host as a `Stream`."""

from __future__ import annotations

import asyncio
import socket
import struct

BUFFER_BYTES = 64 * 1024
LINGER_RESET = struct.pack("ii", 1, 0)  # on, for 0 s: close() sends RST (socket(7))


class TcpStream:
    """Wraps asyncio's reader and writer; `limit` bytes are buffered for sending at most."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        limit: int = BUFFER_BYTES,
    ) -> None:
        self._reader = reader
        self._writer = writer
        writer.transport.set_write_buffer_limits(high=limit)

    async def read(self, n: int = 65536) -> bytes:
        return await self._reader.read(n)

    async def write(self, data: bytes) -> None:
        if self.closed:
            raise BrokenPipeError("Broken pipe")
        self._writer.write(data)
        await self._writer.drain()

    def close(self) -> None:
        self._writer.close()

    def abort(self) -> None:
        """Close at once with a reset; what was buffered is dropped."""
        connection = self._writer.get_extra_info("socket")
        if connection is not None and connection.fileno() >= 0:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
        self._writer.transport.abort()

    async def finish(self, timeout_s: float) -> None:
        """Close, and wait until what was buffered has left; abort after `timeout_s` seconds."""
        self._writer.close()
        try:
            await asyncio.wait_for(self._writer.wait_closed(), timeout_s)
        except (OSError, asyncio.TimeoutError):
            self.abort()

    def close_write(self) -> None:
        if self._writer.can_write_eof() and not self.closed:
            self._writer.write_eof()

    @property
    def closed(self) -> bool:
        return self._writer.is_closing()
