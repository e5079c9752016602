"""Byte streams with back-pressure, and the phone's own sockets.

Every place where bytes move inside the simulator (a shell's pipes, an adb stream, a
socket that an app opened) is a `Stream`, so that a reader never cares what is behind it.
"""

from __future__ import annotations

import asyncio
import errno
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

DEFAULT_LIMIT = 256 * 1024


class Stream(Protocol):
    """A two-way byte stream; both ends live on the same event loop."""

    async def read(self, n: int = 65536) -> bytes:
        """Return 1 to `n` bytes, or b"" once the peer has closed its side."""
        ...

    async def write(self, data: bytes) -> None:
        """Send `data`, waiting for room. Raises BrokenPipeError when nobody reads any more."""
        ...

    def close(self) -> None:
        """Close both directions; may be called again."""
        ...

    def close_write(self) -> None:
        """Close the sending direction; the peer reads b""."""
        ...

    @property
    def closed(self) -> bool: ...


class _Channel:
    """One direction of a pipe."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._eof = False
        self._broken = False
        self._readers: deque[asyncio.Future[None]] = deque()
        self._writers: deque[asyncio.Future[None]] = deque()

    @staticmethod
    def _wake(waiters: deque[asyncio.Future[None]]) -> None:
        while waiters:
            waiter = waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)

    @staticmethod
    async def _wait(waiters: deque[asyncio.Future[None]]) -> None:
        waiter = asyncio.get_running_loop().create_future()
        waiters.append(waiter)
        await waiter

    def _take(self, n: int) -> bytes:
        first = self._chunks[0]
        if len(first) > n:
            self._chunks[0] = first[n:]
            self._size -= n
            return first[:n]
        taken = [self._chunks.popleft()]
        total = len(first)
        while self._chunks and total + len(self._chunks[0]) <= n:
            taken.append(self._chunks.popleft())
            total += len(taken[-1])
        self._size -= total
        return taken[0] if len(taken) == 1 else b"".join(taken)

    async def read(self, n: int) -> bytes:
        if n <= 0:
            return b""
        while not self._chunks:
            if self._eof or self._broken:
                return b""
            await self._wait(self._readers)
        data = self._take(n)
        self._wake(self._writers)
        return data

    async def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            while self._size >= self._limit and not (self._broken or self._eof):
                await self._wait(self._writers)
            if self._broken or self._eof:
                raise BrokenPipeError(errno.EPIPE, "Broken pipe")
            room = self._limit - self._size
            part = bytes(view[:room])
            view = view[room:]
            self._chunks.append(part)
            self._size += len(part)
            self._wake(self._readers)
        if self._broken or self._eof:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    def end(self) -> None:
        """The writer is done: what is buffered may still be read."""
        self._eof = True
        self._wake(self._readers)
        self._wake(self._writers)

    def break_(self) -> None:
        """The reader is gone: writers fail, the buffer is dropped."""
        self._broken = True
        self._chunks.clear()
        self._size = 0
        self._wake(self._readers)
        self._wake(self._writers)


class PipeEnd:
    """One end of a `pipe()`; implements `Stream`."""

    def __init__(self, incoming: _Channel, outgoing: _Channel) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._closed = False

    async def read(self, n: int = 65536) -> bytes:
        return await self._incoming.read(n)

    async def write(self, data: bytes) -> None:
        if self._closed:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")
        await self._outgoing.write(data)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._outgoing.end()
            self._incoming.break_()

    def close_write(self) -> None:
        self._outgoing.end()

    @property
    def closed(self) -> bool:
        return self._closed


def pipe(limit: int = DEFAULT_LIMIT) -> tuple[PipeEnd, PipeEnd]:
    """Return two connected ends; each direction buffers at most `limit` bytes."""
    one, two = _Channel(limit), _Channel(limit)
    return PipeEnd(one, two), PipeEnd(two, one)


StreamHandler = Callable[[Stream], Awaitable[None]]


class Listener:
    """A listening socket on the phone; `close()` also ends the connections it accepted."""

    def __init__(self, ports: Ports, address: str, handler: StreamHandler) -> None:
        self.address = address
        self._ports = ports
        self._handler = handler
        self._tasks: set[asyncio.Task[None]] = set()
        self._streams: set[PipeEnd] = set()

    def accept(self, stream: PipeEnd) -> None:
        """Serve one connection in a task of its own."""
        self._streams.add(stream)
        task = asyncio.get_running_loop().create_task(self._serve(stream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, stream: PipeEnd) -> None:
        try:
            with suppress(BrokenPipeError, ConnectionError):
                await self._handler(stream)
        finally:
            stream.close()
            self._streams.discard(stream)

    def close(self) -> None:
        self._ports.release(self)
        for stream in list(self._streams):
            stream.close()
        for task in list(self._tasks):
            if task is not asyncio.current_task():
                task.cancel()


class Ports:
    """The sockets that listen on the phone: "tcp:9008", "localabstract:scrcpy"."""

    def __init__(self) -> None:
        self._listeners: dict[str, Listener] = {}

    def listen(self, address: str, handler: StreamHandler) -> Listener:
        """Listen at `address`. Raises OSError(EADDRINUSE) when something does already."""
        if address in self._listeners:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        listener = Listener(self, address, handler)
        self._listeners[address] = listener
        return listener

    async def connect(self, address: str) -> Stream:
        """Connect to `address` on the phone itself. Raises ConnectionRefusedError."""
        listener = self._listeners.get(address)
        if listener is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        mine, theirs = pipe()
        listener.accept(theirs)
        return mine

    def addresses(self) -> list[str]:
        return sorted(self._listeners)

    def release(self, listener: Listener) -> None:
        if self._listeners.get(listener.address) is listener:
            del self._listeners[listener.address]

    def close(self) -> None:
        """Close every socket, as a reboot does."""
        for listener in list(self._listeners.values()):
            listener.close()
