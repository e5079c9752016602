"""Open files of a process on the phone: what a file descriptor points at.

As in unix, a description is shared by all descriptors that were duplicated from it and is
closed with the last of them: so a pipe's reader sees the end when its last writer is gone.
"""

from __future__ import annotations

import asyncio
import errno
import os
import random
from collections.abc import Callable, Iterable

from droidcancel.simulator.fs import Blob
from droidcancel.simulator.streams import Stream

PIPE_BYTES = 65536
CHUNK = 65536


class Description:
    """Base of all open files; reads and writes fail unless a subclass allows them."""

    path = ""
    tty = False

    def __init__(self) -> None:
        self.refs = 1
        self._pending = b""

    def dup(self) -> Description:
        """One more descriptor points here."""
        self.refs += 1
        return self

    def close(self) -> None:
        """One descriptor less; the last one closes."""
        self.refs -= 1
        if self.refs == 0:
            self.on_close()

    def on_close(self) -> None:
        """What to do when nothing points here any more."""

    async def fill(self, n: int) -> bytes:
        """Read at most `n` bytes from what is behind; b"" at the end."""
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    async def write(self, data: bytes) -> None:
        """Write all of `data`; BrokenPipeError when nobody can read it any more."""
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    async def read(self, n: int = CHUNK) -> bytes:
        """At most `n` bytes, b"" at the end."""
        if self._pending:
            data, self._pending = self._pending[:n], self._pending[n:]
            return data
        return await self.fill(n)

    async def readline(self, limit: int = 1 << 20, delimiter: bytes = b"\n") -> bytes:
        """One line with its end, the rest at the end of the file; at most about `limit` bytes.

        What follows the line stays for the next reader, as when sh reads byte by byte.
        """
        parts: list[bytes] = []
        size = 0
        while size < limit:
            data = await self.read()
            if not data:
                break
            head, found, rest = data.partition(delimiter)
            parts.append(head + found)
            size += len(head) + 1
            if found:
                self.unread(rest)
                break
        return b"".join(parts)

    def unread(self, data: bytes) -> None:
        """Give bytes back, to be read next."""
        self._pending = data + self._pending

    async def read_all(self, limit: int = 64 << 20) -> bytes:
        """Everything up to the end; OSError(ENOMEM) beyond `limit` bytes."""
        parts: list[bytes] = []
        size = 0
        while data := await self.read():
            size += len(data)
            if size > limit:
                raise OSError(errno.ENOMEM, "Out of memory")
            parts.append(data)
        return b"".join(parts)


class Null(Description):
    """/dev/null."""

    path = "/dev/null"

    async def fill(self, n: int) -> bytes:
        return b""

    async def write(self, data: bytes) -> None:
        return None


class Full(Null):
    """/dev/full: no room, ever."""

    path = "/dev/full"

    async def fill(self, n: int) -> bytes:
        await asyncio.sleep(0)
        return bytes(min(n, CHUNK))

    async def write(self, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Zero(Null):
    """/dev/zero: endless zero bytes."""

    path = "/dev/zero"

    async def fill(self, n: int) -> bytes:
        await asyncio.sleep(0)
        return bytes(min(n, CHUNK))


class Random(Null):
    """/dev/urandom: endless noise."""

    path = "/dev/urandom"

    def __init__(self, source: random.Random) -> None:
        super().__init__()
        self._source = source

    async def fill(self, n: int) -> bytes:
        await asyncio.sleep(0)
        return self._source.randbytes(min(n, CHUNK))


class Bytes(Null):
    """Given bytes to read: here documents, generated files."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._pending = data


def _nothing() -> None:
    return None


class BlobFile(Description):
    """An open stored file with its own position."""

    def __init__(
        self, blob: Blob, path: str, *, reading: bool, writing: bool, append: bool
    ) -> None:
        super().__init__()
        self.blob, self.path = blob, path
        self.position = 0
        self._reading, self._writing, self._append = reading, writing, append
        self.on_write: Callable[[], None] = _nothing

    async def fill(self, n: int) -> bytes:
        if not self._reading:
            return await super().fill(n)
        data = self.blob.read(self.position, n)
        self.position += len(data)
        if self.position % (CHUNK * 16) < len(data):
            await asyncio.sleep(0)
        return data

    async def write(self, data: bytes) -> None:
        if not self._writing:
            await super().write(data)
        if self._append:
            self.position = self.blob.size
        self.blob.write(self.position, data)
        self.position += len(data)
        self.on_write()


class StreamFile(Description):
    """One direction or both of a session's stream; its writing side ends with the last close."""

    def __init__(self, stream: Stream, *, closes: bool = False) -> None:
        super().__init__()
        self._stream = stream
        self._closes = closes
        self.released = asyncio.Event()

    async def fill(self, n: int) -> bytes:
        try:
            return await self._stream.read(n)
        except (ConnectionError, BrokenPipeError):
            return b""

    async def write(self, data: bytes) -> None:
        try:
            await self._stream.write(data)
        except ConnectionError:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from None

    def on_close(self) -> None:
        self.released.set()
        if self._closes:
            self._stream.close_write()


class _PipeBuffer:
    """What the two ends of a pipe share."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.writer_open = self.reader_open = True
        self.waiting: list[asyncio.Future[None]] = []

    def wake(self) -> None:
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        await future


class PipeReader(Description):
    """The end of a pipe to read from."""

    path = "pipe:[1]"

    def __init__(self, buffer: _PipeBuffer) -> None:
        super().__init__()
        self._buffer = buffer

    async def fill(self, n: int) -> bytes:
        buffer = self._buffer
        while not buffer.data:
            if not buffer.writer_open:
                return b""
            await buffer.wait()
        data = bytes(buffer.data[:n])
        del buffer.data[:n]
        buffer.wake()
        return data

    def on_close(self) -> None:
        self._buffer.reader_open = False
        self._buffer.data.clear()
        self._buffer.wake()


class PipeWriter(Description):
    """The end of a pipe to write to; holds 64 KiB, then waits."""

    path = "pipe:[1]"

    def __init__(self, buffer: _PipeBuffer) -> None:
        super().__init__()
        self._buffer = buffer

    async def write(self, data: bytes) -> None:
        view = memoryview(data)
        buffer = self._buffer
        while True:
            if not buffer.reader_open:
                raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
            if not view:
                return
            room = PIPE_BYTES - len(buffer.data)
            if room <= 0:
                await buffer.wait()
                continue
            buffer.data += view[:room]
            view = view[room:]
            buffer.wake()

    def on_close(self) -> None:
        self._buffer.writer_open = False
        self._buffer.wake()


def make_pipe() -> tuple[PipeReader, PipeWriter]:
    """A pipe(2): what is written to the second is read from the first."""
    buffer = _PipeBuffer()
    return PipeReader(buffer), PipeWriter(buffer)


class Collector(Null):
    """Gathers what is written, up to a limit: command substitution."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.data = bytearray()
        self._limit = limit
        self.closed = asyncio.Event()

    async def write(self, data: bytes) -> None:
        if len(self.data) + len(data) > self._limit:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        self.data += data
        await asyncio.sleep(0)

    def on_close(self) -> None:
        self.closed.set()


class FdTable(dict[int, Description]):
    """The descriptors of one process."""

    def fork(self) -> FdTable:
        """A copy for a child: the same descriptions, each held once more."""
        return FdTable((number, description.dup()) for number, description in self.items())

    def put(self, number: int, description: Description) -> None:
        """Make `number` point to `description` (whose reference is taken over)."""
        old = self.get(number)
        self[number] = description
        if old is not None:
            old.close()

    def drop(self, number: int) -> None:
        """Close one descriptor, if it is open."""
        old = self.pop(number, None)
        if old is not None:
            old.close()

    def close_all(self, numbers: Iterable[int] | None = None) -> None:
        """Close the given descriptors, or all of them."""
        for number in list(self if numbers is None else numbers):
            self.drop(number)
