"""`tcp:PORT` and `localabstract:NAME`: to the sockets that listen on the phone."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from droidcancel.simulator.streams import Stream

if TYPE_CHECKING:
    from droidcancel.simulator.adb_connection import Connection
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.services import Service

THIS_PHONE = ("", "localhost", "127.0.0.1")
CHUNK = 256 * 1024


def tcp(connection: Connection, rest: str) -> Service | None:
    """`tcp:PORT` or `tcp:PORT:localhost`; another host than the phone itself is refused."""
    port, _, host = rest.partition(":")
    if not (port.isascii() and port.isdecimal()) or host not in THIS_PHONE:
        return None
    return _to(connection, f"tcp:{int(port)}")


def abstract(connection: Connection, name: str) -> Service:
    """`localabstract:NAME`."""
    return _to(connection, f"localabstract:{name}")


def _to(connection: Connection, address: str) -> Service:
    async def serve(stream: AdbStream) -> None:
        peer = await connection.phone.ports.connect(address)
        stream.accept()
        await join(stream, peer)

    return serve


async def join(one: Stream, two: Stream) -> None:
    """Carry bytes both ways until either side has sent its last."""
    ways = [asyncio.ensure_future(_carry(one, two)), asyncio.ensure_future(_carry(two, one))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        one.close()
        two.close()


async def _carry(source: Stream, target: Stream) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(CHUNK):
            await target.write(data)
