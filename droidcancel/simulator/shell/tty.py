"""The line discipline of a terminal: echo, erasing, Ctrl-C, Ctrl-D, line ends."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from droidcancel.simulator.shell.descriptors import Description
from droidcancel.simulator.streams import Stream

MAX_LINE = 4096
_SIGNALS = {0x03: signal.SIGINT, 0x1C: signal.SIGQUIT, 0x1A: signal.SIGTSTP}
_ERASE, _KILL, _WORD, _END, _RETURN, _NEWLINE = {0x08, 0x7F}, 0x15, 0x17, 0x04, 0x0D, 0x0A


class Tty(Description):
    """Both directions of a pseudo terminal over a session's stream."""

    path = "/dev/pts/0"
    tty = True

    def __init__(self, stdin: Stream, stdout: Stream, on_signal: Callable[[int], None]) -> None:
        super().__init__()
        self._stdin, self._stdout, self._on_signal = stdin, stdout, on_signal
        self._lines: list[bytes] = []
        self._ended = False
        self._ready = asyncio.Event()
        self._line = bytearray()
        self.released = asyncio.Event()

    def on_close(self) -> None:
        self.released.set()

    async def pump(self) -> None:
        """Take in what is typed until the stream ends; run as a task."""
        while data := await self._take():
            for byte in data:
                await self._typed(byte)
        self._ended = True
        self._ready.set()

    async def _take(self) -> bytes:
        try:
            return await self._stdin.read(4096)
        except (ConnectionError, BrokenPipeError):
            return b""

    async def _typed(self, byte: int) -> None:
        if byte in _SIGNALS:
            self._line.clear()
            await self._echo(b"^" + bytes([byte + 0x40]))
            self._on_signal(int(_SIGNALS[byte]))
        elif byte in (_RETURN, _NEWLINE):
            await self._echo(b"\r\n")
            self._push(bytes(self._line) + b"\n")
        elif byte == _END:
            self._push(bytes(self._line))
        elif byte in _ERASE:
            await self._erase(1)
        elif byte == _KILL:
            await self._erase(len(self._line))
        elif byte == _WORD:
            kept = self._line.rstrip(b" ").rpartition(b" ")[0]
            await self._erase(len(self._line) - len(kept) - bool(kept))
        elif len(self._line) < MAX_LINE:
            self._line.append(byte)
            await self._echo(bytes([byte]) if byte >= 0x20 or byte == 9 else b"^@")

    async def _erase(self, count: int) -> None:
        count = min(count, len(self._line))
        if count:
            del self._line[len(self._line) - count :]
            await self._echo(b"\b \b" * count)

    async def _echo(self, data: bytes) -> None:
        try:
            await self._stdout.write(data)
        except (BrokenPipeError, ConnectionError):
            return

    def _push(self, data: bytes) -> None:
        self._line.clear()
        if len(self._lines) < 1024:
            self._lines.append(data)
        self._ready.set()

    async def fill(self, n: int) -> bytes:
        while not self._lines:
            if self._ended:
                return b""
            self._ready.clear()
            await self._ready.wait()
        data = self._lines.pop(0)
        if len(data) > n:
            self._lines.insert(0, data[n:])
        return data[:n]

    async def write(self, data: bytes) -> None:
        try:
            await self._stdout.write(data.replace(b"\n", b"\r\n"))
        except ConnectionError:
            raise BrokenPipeError from None
