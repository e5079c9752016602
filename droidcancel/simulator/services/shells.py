"""Shell services: `shell:`, `shell,v2,...:`, `exec:`, `abb:` and `abb_exec:`.

Source: packages/modules/adb, daemon/shell_service.cpp, daemon/abb_service.cpp, shell_protocol.h.
Without the shell protocol (v1, exec) all output is one stream and the exit status is lost.
A command gets a terminal only on request, or always before Android 7, where LF becomes CR LF.
"""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from droidcancel.simulator.services.reader import Reader
from droidcancel.simulator.shell.process import CannotFork
from droidcancel.simulator.streams import PipeEnd, pipe

if TYPE_CHECKING:
    from droidcancel.simulator.adb_connection import Connection
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.services import Service
    from droidcancel.simulator.shell import ShellProcess

STDIN, STDOUT, STDERR, EXIT, CLOSE_STDIN, WINDOW_SIZE = range(6)
PACKET = struct.Struct("<BI")
CHUNK = 256 * 1024
INPUT_CHUNK = 64 * 1024  # little is held for a command that does not read
SIGHUP = 1
SHELL_PROTOCOL_API = 24  # also the first to run `shell:COMMAND` without a terminal
ABB_API = 29
NOT_STARTED = 126  # the exit status when there could be no process
# Bytes that came just before the host left are still read: what runs on them has this long, in
# seconds, to end by itself before it is hung up.
LAST_BYTES = 0.5


@dataclass(frozen=True)
class Request:
    """What to run, and how."""

    command: str | None
    tty: bool = False
    env: dict[str, str] = field(default_factory=lambda: {"TERM": "dumb"})


def shell_v1(connection: Connection, command: str) -> Service:
    """`shell:CMD`; without a command, a terminal."""
    old = connection.phone.options.api < SHELL_PROTOCOL_API
    return _raw(connection, Request(command or None, tty=old or not command))


def exec_raw(connection: Connection, command: str) -> Service:
    """`exec:CMD`: never a terminal."""
    return _raw(connection, Request(command or None))


def shell_with_options(connection: Connection, rest: str) -> Service | None:
    """`shell,OPTIONS:CMD`; options are v2, pty, raw and TERM=NAME, unknown ones are ignored."""
    options, colon, command = rest.partition(":")
    if not colon or connection.phone.options.api < SHELL_PROTOCOL_API:
        return None
    words = options.split(",")
    tty = "pty" in words or ("raw" not in words and not command)
    terms = [word[5:] for word in words if word.startswith("TERM=")]
    request = Request(command or None, tty, {"TERM": terms[-1] if terms else "dumb"})
    return _protocol(connection, request) if "v2" in words else _raw(connection, request)


def abb(connection: Connection, arguments: str) -> Service | None:
    """`abb:service\\0arg...`: `cmd` without a process of its own, in the shell protocol."""
    if connection.phone.options.api < ABB_API:
        return None
    return _protocol(connection, _cmd(arguments))


def abb_exec(connection: Connection, arguments: str) -> Service | None:
    """`abb_exec:service\\0arg...`: the same with one stream; modern `adb install` uses it."""
    if connection.phone.options.api < ABB_API:
        return None
    return _raw(connection, _cmd(arguments))


def _cmd(arguments: str) -> Request:
    words = arguments.rstrip("\0").split("\0")
    return Request("cmd " + " ".join(shlex.quote(word) for word in words))


def _raw(connection: Connection, request: Request) -> Service:
    async def serve(stream: AdbStream) -> None:
        stream.accept()
        mine, theirs = pipe()
        session = _Session(connection, request, stream, mine, [(mine, None)])
        await session.run(theirs, theirs, theirs)

    return serve


def _protocol(connection: Connection, request: Request) -> Service:
    async def serve(stream: AdbStream) -> None:
        stream.accept()
        (stdin, stdin_theirs), (out, out_theirs) = pipe(), pipe()
        outputs: list[tuple[PipeEnd, int | None]] = [(out, STDOUT)]
        err_theirs = out_theirs
        if not request.tty:
            err, err_theirs = pipe()
            outputs.append((err, STDERR))
        session = _Session(connection, request, stream, stdin, outputs)
        await session.run(stdin_theirs, out_theirs, err_theirs)

    return serve


class _Session:
    """One running command between a stream and the phone's shell.

    `outputs` are what the command writes to, each with the id of its packets, None for plain
    bytes.
    """

    def __init__(
        self,
        connection: Connection,
        request: Request,
        stream: AdbStream,
        stdin: PipeEnd,
        outputs: list[tuple[PipeEnd, int | None]],
    ) -> None:
        self._connection = connection
        self._request = request
        self._stream = stream
        self._stdin = stdin
        self._outputs = outputs
        self._packets = outputs[0][1] is not None
        self._fed = False

    async def run(self, stdin: PipeEnd, stdout: PipeEnd, stderr: PipeEnd) -> None:
        """Run the command with the far ends of the pipes, to its end or the host's."""
        try:
            process = self._connection.phone.shell.start(
                self._request.command,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                tty=self._request.tty,
                uid=self._connection.adbd.uid,
                env=self._request.env,
            )
        except CannotFork:
            await self._refuse("fork failed: Try again")
            return
        feeding = asyncio.ensure_future(self._feed())
        ending = asyncio.ensure_future(self._finish(process, {stdout, stderr}))
        try:
            await asyncio.wait({feeding, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not ending.done() and self._fed and not self._request.tty:
                await asyncio.wait({ending}, timeout=LAST_BYTES)
            if ending.done():
                ending.result()
        finally:
            process.kill(SIGHUP)
            for task in (feeding, ending):
                task.cancel()
            await asyncio.gather(feeding, ending, return_exceptions=True)
            for end in {self._stdin, *(output for output, _ in self._outputs)}:
                end.close()

    async def _refuse(self, why: str) -> None:
        """Say that there is no command (ReportError)."""
        text = f"error: {why}\n".encode()
        if self._packets:
            text = PACKET.pack(STDERR, len(text)) + text
            text += PACKET.pack(EXIT, 1) + bytes([NOT_STARTED])
        await self._stream.write(text)

    async def _finish(self, process: ShellProcess, theirs: set[PipeEnd]) -> None:
        """Show what the command writes until it has ended, then its status."""
        showing = [asyncio.ensure_future(self._show(*output)) for output in self._outputs]
        try:
            status = await process.wait()
            for end in theirs:
                end.close_write()
            await asyncio.gather(*showing)
        finally:
            for task in showing:
                task.cancel()
        if self._packets:
            await self._stream.write(PACKET.pack(EXIT, 1) + bytes([status & 0xFF]))

    async def _show(self, output: PipeEnd, kind: int | None) -> None:
        while data := await output.read(CHUNK):
            head = b"" if kind is None else PACKET.pack(kind, len(data))
            await self._stream.write(head + data)

    async def _feed(self) -> None:
        """Host to stdin, until the host goes. A command may end without reading it all."""
        reader = Reader(self._stream, INPUT_CHUNK)
        with contextlib.suppress(EOFError):
            if self._packets:
                await self._feed_packets(reader)
            else:
                while True:
                    await self._give(await reader.some(INPUT_CHUNK))
        self._stdin.close_write()

    async def _feed_packets(self, reader: Reader) -> None:
        while True:
            kind, left = PACKET.unpack(await reader.exactly(PACKET.size))
            while left:
                data = await reader.some(min(left, INPUT_CHUNK))
                left -= len(data)
                if kind == STDIN:
                    await self._give(data)
            if kind == CLOSE_STDIN and not self._request.tty:
                self._stdin.close_write()

    async def _give(self, data: bytes) -> None:
        self._fed = True
        with contextlib.suppress(BrokenPipeError):
            await self._stdin.write(data)
