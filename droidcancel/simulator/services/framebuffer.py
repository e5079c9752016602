"""`framebuffer:`: the screen's picture as raw pixels (daemon/framebuffer_service.cpp)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from droidcancel.simulator.screen import rgba

if TYPE_CHECKING:
    from droidcancel.simulator.adb_connection import Connection
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.services import Service

BITS = 32
SRGB = 1  # what phones give as colour space; clients tell the versions apart by it
COLOUR_SPACE_API = 28  # version 2 of the header: one word more
CHANNELS = (0, 8, 16, 8, 8, 8, 24, 8)  # offset and length, in bits, of red, blue, green, alpha


def opener(connection: Connection, rest: str) -> Service:
    """One picture, RGBA."""
    phone = connection.phone

    async def serve(stream: AdbStream) -> None:
        stream.accept()
        await phone.latency.spend("screencap")
        async with phone.screen.readers:
            picture = await phone.screen.capture_async()
            await stream.write(_header(phone.options.api, *picture.size))
            for rows in rgba(picture):
                await stream.write(rows)

    return serve


def _header(api: int, width: int, height: int) -> bytes:
    start = (2, BITS, SRGB) if api >= COLOUR_SPACE_API else (1, BITS)
    words = (*start, width * height * BITS // 8, width, height, *CHANNELS)
    return struct.pack(f"<{len(words)}I", *words)
