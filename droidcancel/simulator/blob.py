"""Contents of one file on the phone: in memory while small, else in an anonymous temporary file."""

from __future__ import annotations

import errno
import os
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path

SPILL_BYTES = 1 << 20
MEMORY_BYTES = 128 << 20


@dataclass(eq=False)
class Pool:
    """Bytes used by all blobs of one file system, and the room there is.

    ``capacity``, ``used`` and ``memory`` are in bytes; ``memory`` is the part held in RAM.
    """

    capacity: int
    used: int = 0
    memory: int = 0

    def take(self, count: int) -> None:
        """Account for `count` more bytes (negative gives back); OSError(ENOSPC) when full."""
        if count > 0 and self.used + count > self.capacity:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.used += count


def _anonymous_file() -> int:
    """A file descriptor of a file with no name; OSError(ENOSPC) where the host gives none."""
    try:
        descriptor, name = tempfile.mkstemp(prefix="droidcancel-")
        Path(name).unlink()
    except OSError as error:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
    return descriptor


class Blob:
    """Growable bytes, counted against a `Pool`; without one they are not limited."""

    def __init__(self, pool: Pool | None = None) -> None:
        self._pool = pool or Pool(capacity=1 << 62)
        self._memory: bytearray | None = bytearray()
        self._descriptor = -1
        self.size = 0

    def read(self, offset: int = 0, length: int = -1) -> bytes:
        """At most `length` bytes from `offset` on (all when negative); b"" past the end."""
        room = max(0, self.size - offset)
        length = room if length < 0 else min(length, room)
        if self._memory is not None:
            return bytes(memoryview(self._memory)[offset : offset + length])
        return os.pread(self._descriptor, length, offset) if length else b""

    def append(self, data: bytes) -> None:
        """Add `data` at the end; OSError(ENOSPC) leaves the blob as it was."""
        self.write(self.size, data)

    def write(self, offset: int, data: bytes) -> None:
        """Put `data` at `offset`; a gap before it reads as zero bytes."""
        if not data:
            return
        self._resize(max(self.size, offset + len(data)))
        if self._memory is not None:
            self._memory[offset : offset + len(data)] = data
            return
        view = memoryview(data)
        while view:
            done = os.pwrite(self._descriptor, view, offset)
            view, offset = view[done:], offset + done

    def truncate(self, size: int = 0) -> None:
        """Cut to `size` bytes, or grow to it with zero bytes."""
        self._resize(size)

    def release(self) -> None:
        """Give the room back to the pool; the contents stay readable until collected."""
        self._pool.take(-self.size)
        if self._memory is not None:
            self._pool.memory -= self.size
        self._pool = Pool(capacity=1 << 62, used=self.size, memory=self.size)

    def _resize(self, size: int) -> None:
        if size == self.size:
            return
        self._pool.take(size - self.size)
        try:
            self._place(size)
        except OSError:
            self._pool.take(self.size - size)
            raise
        self.size = size

    def _place(self, size: int) -> None:
        grown = size - self.size
        if self._memory is None:
            os.ftruncate(self._descriptor, size)
        elif size > SPILL_BYTES or (grown > 0 and self._pool.memory + grown > MEMORY_BYTES):
            self._spill(size)
        elif grown > 0:
            self._memory.extend(bytes(grown))
            self._pool.memory += grown
        else:
            del self._memory[size:]
            self._pool.memory += grown

    def _spill(self, size: int) -> None:
        descriptor = _anonymous_file()
        weakref.finalize(self, os.close, descriptor)
        memory = self._memory or b""
        os.pwrite(descriptor, memory, 0)
        os.ftruncate(descriptor, size)
        self._pool.memory -= len(memory)
        self._memory, self._descriptor = None, descriptor
