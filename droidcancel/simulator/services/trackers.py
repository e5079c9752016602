"""`jdwp`, `track-jdwp` and `track-app`: which processes a debugger could attach to.

Source: packages/modules/adb, daemon/jdwp_service.cpp, proto/app_processes.proto. Attaching
itself (`jdwp:PID`) is refused: nothing here runs on a Java machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.adb_connection import Connection
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.processes import Process
    from droidcancel.simulator.services import Service

TRACK_APP_API = 31
ARCHITECTURE = b"x86_64"
VARINT, BYTES = 0, 2  # wire types of protocol buffers


def jdwp(connection: Connection, rest: str) -> Service | None:
    """The list once."""
    if rest:
        return None

    async def serve(stream: AdbStream) -> None:
        stream.accept()
        await stream.write(_pids(connection))

    return serve


def track_jdwp(connection: Connection, rest: str) -> Service | None:
    """The pids as text, again after each change."""
    return None if rest else _track(connection, _pids)


def track_app(connection: Connection, rest: str) -> Service | None:
    """The same as `AppProcesses` messages."""
    if rest or connection.phone.options.api < TRACK_APP_API:
        return None
    return _track(connection, _message)


def _debuggable(connection: Connection) -> list[Process]:
    phone = connection.phone
    packages = {package.name for package in phone.packages if package.debuggable}
    return [process for process in phone.processes if process.package in packages]


def _pids(connection: Connection) -> bytes:
    return "".join(f"{process.pid}\n" for process in _debuggable(connection)).encode()


def _message(connection: Connection) -> bytes:
    """AppProcesses { repeated ProcessEntry process = 1; }"""
    entries = [_entry(process.pid) for process in _debuggable(connection)]
    return b"".join(_tag(1, BYTES) + _varint(len(entry)) + entry for entry in entries)


def _entry(pid: int) -> bytes:
    """ProcessEntry { int64 pid = 1; bool debuggable = 2, profileable = 3; string arch = 4; }"""
    flags = _tag(2, VARINT) + b"\x01" + _tag(3, VARINT) + b"\x01"
    arch = _tag(4, BYTES) + _varint(len(ARCHITECTURE)) + ARCHITECTURE
    return _tag(1, VARINT) + _varint(pid) + flags + arch


def _tag(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _track(connection: Connection, content: Callable[[Connection], bytes]) -> Service:
    """Send the list, and again after each change, until the host goes."""

    async def serve(stream: AdbStream) -> None:
        stream.accept()
        gone = asyncio.ensure_future(stream.read())
        last: bytes | None = None
        try:
            while not gone.done():
                change = connection.adbd.next_change
                now = content(connection)
                if now != last:
                    last = now
                    await stream.write(f"{len(now):04x}".encode() + now)
                changed = asyncio.ensure_future(change.wait())
                await asyncio.wait({gone, changed}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
        finally:
            gone.cancel()

    return serve
