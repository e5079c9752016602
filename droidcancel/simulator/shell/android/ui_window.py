"""`wm`: the screen's size, density and rotation, and the keyguard (WindowManagerShellCommand)."""

from __future__ import annotations

import re

from droidcancel.simulator.shell.android.java import (
    Args,
    Failure,
    Service,
    front_end,
    illegal_argument,
)
from droidcancel.simulator.shell.registry import Invocation, command, service_command


def usage(invocation: Invocation) -> str:
    return (
        "Window manager (window) commands:\n"
        "  help\n"
        "      Print this help text.\n"
        "  size [reset|WxH|WdpxHdp] [-d DISPLAY_ID]\n"
        "    Return or override display size.\n"
        "    width and height in pixels unless suffixed with 'dp'.\n"
        "  density [reset|DENSITY] [-d DISPLAY_ID] [-u UNIQUE_ID]\n"
        "    Return or override display density.\n"
        "  dismiss-keyguard\n"
        "    Dismiss the keyguard, prompting user for auth if necessary.\n"
        "  user-rotation [-d DISPLAY_ID] [free|lock] [rotation]\n"
        "    Print or set user rotation mode and user rotation.\n"
    )


WM = Service("window", usage)


@command("wm", until=23, cost="jvm")
async def wm_jvm(invocation: Invocation) -> int:
    return await front_end(WM, invocation, invocation.argv[1:])


@command("wm", since=24, cost="cmd")
async def wm(invocation: Invocation) -> int:
    return await WM.run(invocation, invocation.argv[1:])


@service_command("window", since=24)
async def cmd_window(invocation: Invocation) -> int:
    return await WM.run(invocation, invocation.argv)


def _without_display(args: Args) -> list[str]:
    words = args.rest()
    if "-d" in words:
        at = words.index("-d")
        del words[at : at + 2]
    return words


@WM.sub("size")
async def _size(invocation: Invocation, args: Args) -> int:
    words, screen = _without_display(args), invocation.phone.screen
    if not words:
        width, height = screen.physical_size
        await invocation.out(f"Physical size: {width}x{height}\n")
        if screen.size_override is not None:
            width, height = screen.size_override
            await invocation.out(f"Override size: {width}x{height}\n")
        return 0
    screen.resize(_parse_size(words[0], screen.density), screen.density_override)
    return 0


def _parse_size(word: str, density: int) -> tuple[int, int] | None:
    if word == "reset":
        return None
    found = re.fullmatch(r"(\d+)(dp)?x(\d+)(dp)?", word)
    if found is None:
        raise Failure("Error: bad size " + word + "\n", 255)
    width, height = (
        round(int(found[number]) * density / 160) if found[number + 1] else int(found[number])
        for number in (1, 3)
    )
    if not (100 <= width <= 8192 and 100 <= height <= 8192):
        raise Failure("Error: bad size " + word + "\n", 255)
    return width, height


@WM.sub("density")
async def _density(invocation: Invocation, args: Args) -> int:
    words, screen = _without_display(args), invocation.phone.screen
    if not words:
        await invocation.out(f"Physical density: {invocation.phone.options.density}\n")
        if screen.density_override is not None:
            await invocation.out(f"Override density: {screen.density_override}\n")
        return 0
    if words[0] == "reset":
        screen.resize(screen.size_override, None)
        return 0
    if not words[0].isdigit():
        raise Failure(f"Error: bad number {words[0]}\n", 255)
    if int(words[0]) < 72:
        raise Failure("Error: density must be >= 72\n", 255)
    screen.resize(screen.size_override, min(int(words[0]), 1000))
    return 0


@WM.sub("dismiss-keyguard", since=26)
async def _dismiss_keyguard(invocation: Invocation, args: Args) -> int:
    invocation.phone.power.dismiss_keyguard()
    return 0


@WM.sub("user-rotation", since=30)
@WM.sub("set-user-rotation", since=29, until=30)
async def _user_rotation(invocation: Invocation, args: Args) -> int:
    words, screen = _without_display(args), invocation.phone.screen
    if not words:
        locked = invocation.phone.settings.get("system", "accelerometer_rotation") == "0"
        await invocation.out(f"lock {screen.rotation}\n" if locked else "free\n")
        return 0
    if words[0] == "free":
        screen.unfreeze_rotation()
        return 0
    if words[0] != "lock":
        raise Failure(f"Error: argument needs to be either -d, free or lock. But got {words[0]}\n")
    if len(words) > 1 and words[1] not in ("0", "1", "2", "3"):
        raise illegal_argument(f"Bad argument: {words[1]}")
    screen.freeze_rotation(int(words[1]) if len(words) > 1 else None)
    return 0
