"""Reading records of a known length from a stream."""

from __future__ import annotations

from droidcancel.simulator.streams import Stream


class Reader:
    """Reads exact counts of bytes, without copying what is left again and again.

    `chunk` is how many bytes it asks of the stream at once, and so may hold.
    """

    def __init__(self, stream: Stream, chunk: int = 1 << 20) -> None:
        self._stream = stream
        self._size = chunk
        self._chunk = memoryview(b"")

    async def some(self, limit: int) -> bytes:
        """1 to `limit` bytes. Raises EOFError at the end."""
        if not self._chunk:
            self._chunk = memoryview(await self._stream.read(self._size))
            if not self._chunk:
                raise EOFError
        data = bytes(self._chunk[:limit])
        self._chunk = self._chunk[limit:]
        return data

    async def exactly(self, count: int) -> bytes:
        """The next `count` bytes. Raises EOFError when the stream ends before."""
        if count == 0:
            return b""
        data = await self.some(count)
        if len(data) == count:
            return data
        parts = [data]
        missing = count - len(data)
        while missing:
            parts.append(await self.some(missing))
            missing -= len(parts[-1])
        return b"".join(parts)
