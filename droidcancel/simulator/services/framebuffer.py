"""`framebuffer:`: the screen's picture as raw pixels (daemon/framebuffer_service.cpp)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.adb_stream import AdbStream
    from droidcancel.simulator.adbd import Connection
    from droidcancel.simulator.services import Service

VERSION = 2
RGBA_BITS = 32


def opener(connection: Connection, rest: str) -> Service:
    async def serve(stream: AdbStream) -> None:
        stream.accept()
        picture = (await connection.phone.screen.capture_async()).convert("RGBA")
        width, height = picture.size
        pixels = picture.tobytes()
        colours = (0, 8, 16, 8, 8, 8, 24, 8)  # offset and length of red, blue, green, alpha
        head = (VERSION, RGBA_BITS, 0, len(pixels), width, height, *colours)
        await stream.write(struct.pack(f"<{len(head)}I", *head) + pixels)

    return serve
