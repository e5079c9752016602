"""`screencap`: a picture of the screen (AOSP cmds/screencap)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import chain

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.screen import rgba
from droidcancel.simulator.shell.registry import Invocation, command
from droidcancel.simulator.shell.userfiles import UserFiles

RGBA_8888 = 1  # PIXEL_FORMAT_RGBA_8888
SRGB = 1  # the colour space that screencap names from API 26 on

CAP_USAGE = """\
usage: screencap [-hp] [-d display-id] [FILENAME]
   -h: this message
   -p: save the file as a png.
   -d: specify the physical display ID to capture
If FILENAME ends with .png it will be saved as a png.
If FILENAME is not given, the results will be printed to stdout.
"""


@command("screencap", cost="screencap")
async def screencap(invocation: Invocation) -> int:
    words, png, name = invocation.argv[1:], False, None
    while words:
        word = words.pop(0)
        if word == "-d":
            words = words[1:]
        elif word == "-p":
            png = True
        elif word.startswith("-"):
            await invocation.err(CAP_USAGE)
            return 0 if word == "-h" else 1
        else:
            name = word
    png = png or (name or "").endswith(".png")
    screen = invocation.phone.screen
    if name is None and not png:
        async with screen.readers:
            for part in await _raw(invocation):
                await invocation.stdout.write(part)
        return 0
    data = await screen.png() if png else b"".join(await _raw(invocation))
    if name is None:
        await invocation.stdout.write(data)
        return 0
    try:
        UserFiles(invocation.phone.fs, invocation.uid, invocation.cwd).write(name, data)
    except FsError as error:
        await invocation.err(f"Error opening file: {name} ({error.strerror})\n")
        return 1
    return 0


async def _raw(invocation: Invocation) -> Iterator[bytes]:
    """Width, height, format, from API 26 on the colour space; then the pixels."""
    picture = await invocation.phone.screen.capture_async()
    head = [picture.width, picture.height, RGBA_8888]
    if invocation.api >= 26:
        head.append(SRGB)
    return chain((struct.pack(f"<{len(head)}I", *head),), rgba(picture))
