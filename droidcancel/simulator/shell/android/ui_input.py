"""`input`: taps, swipes, keys and text (AOSP cmds/input to API 30, InputShellCommand from 31)."""

from __future__ import annotations

from droidcancel.simulator import keys
from droidcancel.simulator.shell.android.java import (
    Args,
    JavaError,
    Service,
    exception_text,
    illegal_argument,
)
from droidcancel.simulator.shell.registry import Invocation, command, service_command

SOURCES = (
    "keyboard", "dpad", "gamepad", "touchscreen", "mouse", "stylus", "trackball", "touchpad",
    "touchnavigation", "joystick", "rotaryencoder",
)  # fmt: skip
FAILED = 255
SCROLL_DP = 64  # ViewConfiguration's vertical scroll factor


def usage(invocation: Invocation) -> str:
    """The help of that API level."""
    display = " [-d DISPLAY_ID]" if invocation.api >= 29 else ""
    lines = [f"Usage: input [<source>]{display} <command> [<arg>...]", "", "The sources are: "]
    lines += [f"      {source}" for source in SOURCES]
    lines += ["", "The commands and default sources are:"]
    lines += ["      text <string> (Default: touchscreen)"]
    lines += [
        "      keyevent [--longpress] <key code number or name> ... (Default: keyboard)",
        "      tap <x> <y> (Default: touchscreen)",
        "      swipe <x1> <y1> <x2> <y2> [duration(ms)] (Default: touchscreen)",
        "      draganddrop <x1> <y1> <x2> <y2> [duration(ms)] (Default: touchscreen)",
        "      press (Default: trackball)",
        "      roll <dx> <dy> (Default: trackball)",
    ]
    if invocation.api >= 29:
        lines += ["      motionevent <DOWN|UP|MOVE|CANCEL> <x> <y> (Default: touchscreen)"]
    if invocation.api >= 31:
        lines += ["      keycombination [-t duration(ms)] <key code 1> <key code 2> ... "
                  "(Default: keyboard)"]  # fmt: skip
    return "\n".join(lines) + "\n"


INPUT = Service("input", usage)


@command("input", until=30, cost="jvm")
async def input_jvm(invocation: Invocation) -> int:
    """The front end with a Java machine of its own: whatever fails, usage and status 0."""
    try:
        return await _run(invocation, invocation.argv[1:])
    except JavaError as error:
        await invocation.err(f"{usage(invocation)}\nError: {error.message}\n")
        return 0


@command("input", since=31, cost="input")
async def input_cmd(invocation: Invocation) -> int:
    return await _service(invocation, invocation.argv[1:])


@service_command("input", since=31, cost="input")
async def cmd_input(invocation: Invocation) -> int:
    return await _service(invocation, invocation.argv)


async def _service(invocation: Invocation, words: list[str]) -> int:
    """InputShellCommand.onCommand: unlike other services it ends with 0 after its help."""
    if not words or words[0] in ("help", "-h"):
        await invocation.out(usage(invocation))
        return 0
    try:
        return await _run(invocation, words)
    except JavaError as error:
        if error.cls == "UnknownCommand":
            await invocation.out(f"Unknown command: {error.message}\n")
            return 0
        await invocation.err(exception_text(invocation.api, words[0], error))
        return FAILED


async def _run(invocation: Invocation, words: list[str]) -> int:
    """Skip the source and the display, then run the sub-command."""
    if words and words[0] in SOURCES:
        words = words[1:]
    if words[:1] == ["-d"]:
        words = words[2:]
    if not words:
        raise illegal_argument('Argument expected after "input"')
    entry = INPUT.table.lookup(words[0], invocation.api)
    if entry is None:
        if invocation.api >= 31:
            raise JavaError("UnknownCommand", words[0])
        raise illegal_argument(f"Error: Unknown command: {words[0]}")
    args = Args(words)
    args.next()
    return await entry.function(invocation, args)


def _number(args: Args) -> float:
    word = args.required()
    try:
        return float(word)
    except ValueError:
        raise illegal_argument(f"Error: Invalid arguments for command: {args.verb}") from None


def _milliseconds(args: Args, default: float) -> float:
    return _number(args) if args.peek() is not None else default


@INPUT.sub("text")
async def _text(invocation: Invocation, args: Args) -> int:
    """`%s` stands for a space. Characters that no key types are refused by the key map."""
    text = args.required().replace("%s", " ")
    if not text.isascii():
        raise JavaError(
            "java.lang.NullPointerException",
            "Attempt to get length of null array",
        )
    await invocation.phone.input.text(text)
    return 0


@INPUT.sub("keyevent")
async def _keyevent(invocation: Invocation, args: Args) -> int:
    long = False
    first = args.required()
    if first in ("--longpress", "--doubletap", "--async"):
        long = first == "--longpress"
        first = args.required()
    for name in [first, *args.rest()]:
        await invocation.phone.input.key(keys.keycode(name), long=long)
    return 0


@INPUT.sub("keycombination", since=31)
async def _keycombination(invocation: Invocation, args: Args) -> int:
    words = args.rest()
    if words[:1] == ["-t"]:
        words = words[2:]
    codes = [keys.keycode(word) for word in words]
    if len(codes) < 2:
        raise illegal_argument("keycombination requires at least 2 keycodes")
    metas = {113: keys.META_CTRL, 114: keys.META_CTRL, 59: keys.META_SHIFT, 60: keys.META_SHIFT}
    meta = 0
    for code in codes:
        meta |= metas.get(code, 0)
    await invocation.phone.input.key(codes[-1], meta)
    return 0


@INPUT.sub("tap")
async def _tap(invocation: Invocation, args: Args) -> int:
    x, y = _number(args), _number(args)
    await invocation.phone.input.tap(x, y)
    return 0


@INPUT.sub("swipe")
async def _swipe(invocation: Invocation, args: Args) -> int:
    x1, y1, x2, y2 = (_number(args) for _ in range(4))
    ms = _milliseconds(args, 300)
    if (x1, y1) == (x2, y2):  # how shells press long
        await invocation.phone.input.long_press(x1, y1, ms)
    else:
        await invocation.phone.input.swipe(x1, y1, x2, y2, ms / 1000)
    return 0


@INPUT.sub("draganddrop")
async def _draganddrop(invocation: Invocation, args: Args) -> int:
    x1, y1, x2, y2 = (_number(args) for _ in range(4))
    await invocation.phone.input.drag(x1, y1, x2, y2, _milliseconds(args, 300) / 1000)
    return 0


@INPUT.sub("motionevent", since=29)
async def _motionevent(invocation: Invocation, args: Args) -> int:
    action = args.required().upper()
    x, y = (_number(args), _number(args)) if action != "CANCEL" else (0.0, 0.0)
    events = invocation.phone.input
    handler = {"DOWN": events.down, "MOVE": events.move, "UP": events.up}.get(action)
    if handler is not None:
        handler(x, y)
    elif action != "CANCEL":
        raise illegal_argument(f"Unknown action: {action}")
    return 0


@INPUT.sub("scroll", since=33)
async def _scroll(invocation: Invocation, args: Args) -> int:
    """A mouse wheel at a place: `--axis VSCROLL,-1` scrolls down by one notch."""
    x, y = _number(args), _number(args)
    notches = 0.0
    for word in args.rest():
        name, _, value = word.partition(",")
        if name in ("VSCROLL", "SCROLL"):
            notches = float(value)
    distance = notches * SCROLL_DP * invocation.phone.screen.density / 160
    await invocation.phone.input.drag(x, y, x, y + distance, 0.1)
    return 0


@INPUT.sub("press")
async def _press(invocation: Invocation, args: Args) -> int:
    await invocation.phone.input.key(keys.KEYCODES["DPAD_CENTER"])
    return 0


@INPUT.sub("roll")
async def _roll(invocation: Invocation, args: Args) -> int:
    """A trackball moves the focus among fields."""
    _, dy = _number(args), _number(args)
    await invocation.phone.input.key(keys.KEYCODES["DPAD_DOWN" if dy > 0 else "DPAD_UP"])
    return 0
