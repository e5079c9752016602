"""Shell services: `shell:`, `shell,v2,...:`, `exec:`, `abb:` and `abb_exec:`.

Source: packages/modules/adb, daemon/shell_service.cpp and shell_protocol.h.
"""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from droidcancel.simulator.streams import PipeEnd, pipe

if TYPE_CHECKING:
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.adbd import Connection
    from droidcancel.simulator.services import Service

STDIN, STDOUT, STDERR, EXIT, CLOSE_STDIN, WINDOW_SIZE = range(6)
PACKET = struct.Struct("<BI")
CHUNK = 64 * 1024
SIGHUP = 1


def shell_v1(connection: Connection, command: str) -> Service:
    """`shell:CMD`: one merged stream, and no exit status. Without a command, a terminal."""
    return _raw(connection, command or None, tty=not command)


def exec_raw(connection: Connection, command: str) -> Service:
    """`exec:CMD`: as `shell:` without a terminal."""
    return _raw(connection, command or None, tty=False)


def shell_with_options(connection: Connection, rest: str) -> Service | None:
    """`shell,OPTIONS:CMD`; options are v2, pty, raw and TERM=NAME."""
    options, colon, command = rest.partition(":")
    if not colon:
        return None
    words = options.split(",")
    tty = "pty" in words or ("raw" not in words and not command)
    if "v2" not in words:
        return _raw(connection, command or None, tty=tty)
    return _ShellV2(connection, command or None, tty=tty).serve


def abb(connection: Connection, arguments: str) -> Service:
    """`abb:service\\0arg...`: `cmd` without a process of its own, in the shell protocol."""
    return _ShellV2(connection, _cmd_line(arguments), tty=False).serve


def abb_exec(connection: Connection, arguments: str) -> Service:
    return _raw(connection, _cmd_line(arguments), tty=False)


def _cmd_line(arguments: str) -> str:
    return "cmd " + " ".join(shlex.quote(word) for word in arguments.split("\0"))


def _raw(connection: Connection, command: str | None, *, tty: bool) -> Service:
    async def serve(stream: AdbStream) -> None:
        stream.accept()
        mine, theirs = pipe()
        process = connection.phone.shell.start(
            command, stdin=theirs, stdout=theirs, stderr=theirs, tty=tty
        )
        feeding = asyncio.ensure_future(_feed(stream, mine, lambda: process.kill(SIGHUP)))
        showing = asyncio.ensure_future(_show(mine, stream))
        try:
            await process.wait()
            theirs.close_write()
            await showing
        finally:
            process.kill(SIGHUP)
            await _end(feeding, showing)
            mine.close()

    return serve


async def _feed(stream: AdbStream, stdin: PipeEnd, on_end: Callable[[], None]) -> None:
    """Host to stdin. A host that goes hangs the terminal up."""
    with contextlib.suppress(BrokenPipeError):
        while data := await stream.read(CHUNK):
            await stdin.write(data)
    stdin.close_write()
    on_end()


async def _show(output: PipeEnd, stream: AdbStream) -> None:
    while data := await output.read(CHUNK):
        await stream.write(data)


async def _end(*tasks: asyncio.Future[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _ShellV2:
    """The shell protocol: stdin, stdout, stderr and the exit status as packets of one stream."""

    def __init__(self, connection: Connection, command: str | None, *, tty: bool) -> None:
        self._phone = connection.phone
        self._command = command
        self._tty = tty

    async def serve(self, stream: AdbStream) -> None:
        stream.accept()
        stdin_mine, stdin_theirs = pipe()
        out_mine, out_theirs = pipe()
        err_mine, err_theirs = (out_mine, out_theirs) if self._tty else pipe()
        process = self._phone.shell.start(
            self._command, stdin=stdin_theirs, stdout=out_theirs, stderr=err_theirs, tty=self._tty
        )
        feeding = asyncio.ensure_future(
            self._feed(stream, stdin_mine, lambda: process.kill(SIGHUP))
        )
        showing = [asyncio.ensure_future(self._show(out_mine, stream, STDOUT))]
        if not self._tty:
            showing.append(asyncio.ensure_future(self._show(err_mine, stream, STDERR)))
        try:
            status = await process.wait()
            out_theirs.close_write()
            err_theirs.close_write()
            await asyncio.gather(*showing)
            await stream.write(PACKET.pack(EXIT, 1) + bytes([status & 0xFF]))
        finally:
            process.kill(SIGHUP)
            await _end(feeding, *showing)
            for end in (stdin_mine, out_mine, err_mine):
                end.close()

    @staticmethod
    async def _show(output: PipeEnd, stream: AdbStream, kind: int) -> None:
        while data := await output.read(CHUNK):
            await stream.write(PACKET.pack(kind, len(data)) + data)

    @staticmethod
    async def _feed(stream: AdbStream, stdin: PipeEnd, on_end: Callable[[], None]) -> None:
        """Host to stdin; what is no shell packet ends the session as a hang-up does."""
        with contextlib.suppress(BrokenPipeError, asyncio.IncompleteReadError):
            while True:
                kind, length = PACKET.unpack(await _exactly(stream, PACKET.size))
                remaining = length
                while remaining:
                    data = await stream.read(min(remaining, CHUNK))
                    if not data:
                        raise asyncio.IncompleteReadError(b"", remaining)
                    remaining -= len(data)
                    if kind == STDIN:
                        with contextlib.suppress(BrokenPipeError):
                            await stdin.write(data)
                if kind == CLOSE_STDIN:
                    stdin.close_write()
        stdin.close_write()
        on_end()


async def _exactly(stream: AdbStream, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = await stream.read(size - len(data))
        if not part:
            raise asyncio.IncompleteReadError(data, size)
        data += part
    return data
