"""Services that change adbd or the phone: reboot, root, tcpip, and the lists of debuggable apps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.adbd import Connection
    from droidcancel.simulator.services import Service


def _say(text: str) -> Service:
    async def serve(stream: AdbStream) -> None:
        stream.accept()
        await stream.write(text.encode())

    return serve


def reboot(connection: Connection, mode: str) -> Service:
    async def serve(stream: AdbStream) -> None:
        stream.accept()
        stream.close()
        await connection.drain()
        connection.phone.spawn(connection.phone.reboot(mode))

    return serve


def root(connection: Connection, rest: str) -> Service:
    return _say("adbd cannot run as root in production builds\n")


def unroot(connection: Connection, rest: str) -> Service:
    return _say("adbd not running as root\n")


def remount(connection: Connection, rest: str) -> Service:
    return _say('Not running as root. Try "adb root" first.\n')


def tcpip(connection: Connection, rest: str) -> Service:
    if not rest.isdecimal() or not 0 < int(rest) < 65536:
        return _say("invalid port\n")
    connection.phone.props["service.adb.tcp.port"] = rest
    return _say(f"restarting in TCP mode port: {rest}\n")


def usb(connection: Connection, rest: str) -> Service:
    connection.phone.props["service.adb.tcp.port"] = "0"
    return _say("restarting in USB mode\n")


def _debuggable(connection: Connection) -> list[int]:
    phone = connection.phone
    packages = {package.name for package in phone.packages if package.debuggable}
    return [process.pid for process in phone.processes if process.package in packages]


def jdwp(connection: Connection, rest: str) -> Service | None:
    """`jdwp` lists the pids once; `jdwp:PID` would attach, which nothing here can."""
    if rest:
        return None
    return _say("".join(f"{pid}\n" for pid in _debuggable(connection)))


def track_jdwp(connection: Connection, rest: str) -> Service:
    def text() -> bytes:
        lines = "".join(f"{pid}\n" for pid in _debuggable(connection)).encode()
        return f"{len(lines):04x}".encode() + lines

    return _track(connection, text)


def track_app(connection: Connection, rest: str) -> Service:
    """The debuggable processes as `AppProcesses` of app_processes.proto."""

    def message() -> bytes:
        body = b"".join(_process(connection, pid) for pid in _debuggable(connection))
        return f"{len(body):04x}".encode() + body

    return _track(connection, message)


def _process(connection: Connection, pid: int) -> bytes:
    """Field 1 of AppProcesses: a ProcessEntry (1 pid, 2 debuggable, 3 profileable, 4 arch)."""
    arch = b"x86_64"
    entry = b"\x08" + _varint(pid) + b"\x10\x01\x18\x01" + b"\x22" + _varint(len(arch)) + arch
    return b"\x0a" + _varint(len(entry)) + entry


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _track(connection: Connection, text: Callable[[], bytes]) -> Service:
    """Send the list, and again after each change, until the host goes."""

    async def serve(stream: AdbStream) -> None:
        stream.accept()
        changed = asyncio.Event()
        connection.phone.on_state_change(changed.set)
        gone = asyncio.ensure_future(stream.read())
        last = b""
        try:
            while not gone.done():
                if (now := text()) != last:
                    await stream.write(now)
                    last = now
                changed.clear()
                waiting = asyncio.ensure_future(changed.wait())
                await asyncio.wait({gone, waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
        finally:
            gone.cancel()

    return serve
