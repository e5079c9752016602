"""Services that change adbd or the phone: reboot, root, tcpip and their like.

Source: packages/modules/adb, daemon/restart_service.cpp.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.adb_connection import Connection
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.services import Service


def _say(text: str, then: Callable[[], object] | None = None) -> Service:
    """Say something, and do something once the host has it."""

    async def serve(stream: AdbStream) -> None:
        stream.accept()
        await stream.write(text.encode())
        await stream.connection.drain()
        if then is not None:
            then()

    return serve


def reboot(connection: Connection, mode: str) -> Service:
    """`reboot:MODE`; the connection ends with the phone."""
    phone = connection.phone

    async def serve(stream: AdbStream) -> None:
        stream.accept()
        stream.close()
        await connection.drain()
        phone.spawn(phone.reboot(mode))

    return serve


def root(connection: Connection, rest: str) -> Service:
    """`adb root`: on userdebug and eng builds only."""
    adbd = connection.adbd
    if adbd.root:
        return _say("adbd is already running as root\n")
    if not connection.phone.options.debuggable:
        return _say("adbd cannot run as root in production builds\n")
    return _say("restarting adbd as root\n", lambda: adbd.restart(root=True))


def unroot(connection: Connection, rest: str) -> Service:
    """`adb unroot`."""
    adbd = connection.adbd
    if not adbd.root:
        return _say("adbd not running as root\n")
    return _say("restarting adbd as non root\n", lambda: adbd.restart(root=False))


def remount(connection: Connection, rest: str) -> Service:
    """`adb remount` of clients that do not know remount_shell."""
    if not connection.adbd.root:
        return _say('Not running as root. Try "adb root" first.\n')
    return _say("Device must be bootloader unlocked.\n")


def tcpip(connection: Connection, rest: str) -> Service:
    """`adb tcpip PORT`: noted in the property; this adbd is reached by TCP already."""
    if not (rest.isascii() and rest.isdecimal()) or not 0 < int(rest) < 65536:
        return _say(f"invalid port {rest[:20]}\n")
    connection.phone.props["service.adb.tcp.port"] = rest
    return _say(f"restarting in TCP mode port: {rest}\n")


def usb(connection: Connection, rest: str) -> Service:
    """`adb usb`."""
    connection.phone.props["service.adb.tcp.port"] = "0"
    return _say("restarting in USB mode\n")


def reconnect(connection: Connection, rest: str) -> Service:
    """`adb reconnect device`: cut off from this side."""
    return _say("done", connection.drop)
