"""logcat: the log buffer, printed in its formats and followed."""

from __future__ import annotations

import datetime
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from droidcancel.simulator.bounded_regex import Pattern
from droidcancel.simulator.logs import LogLine
from droidcancel.simulator.processes import user_name
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.clock import parse_time
from droidcancel.simulator.shell.toybox.regex import BadRegex, compile_posix
from droidcancel.simulator.shell.toybox.tool import (
    Options,
    UsageError,
    decode,
    encode,
    lines,
    tool,
    zone,
)

PRIORITIES = "VDIWEFS"
BUFFERS = ("main", "system", "crash", "events", "radio", "kernel")
_DEFAULT = ("main", "system", "crash")
_LONG = {"clear": "c", "dump": "d", "format": "v", "buffer": "b", "pid": "P", "regex": "e",
         "max-count": "m", "uid": "u", "last": "L", "print": "p", "buffer-size": "g",
         "statistics": "S", "silent": "s", "binary": "B"}  # fmt: skip
# logger_entry (liblog): sizes of text and head, pid, tid, seconds, nanoseconds, buffer, uid.
_ENTRY = struct.Struct("<HHiIIIII")


@dataclass
class _Filter:
    """Which lines are wanted: the lowest priority of each tag, and of all others."""

    tags: dict[str, int] = field(default_factory=dict)
    default: int = 0
    buffers: frozenset[str] = frozenset(_DEFAULT)
    pid: int | None = None
    uids: frozenset[int] = frozenset()
    regex: Pattern | None = None

    def wants(self, line: LogLine) -> bool:
        if line.buffer not in self.buffers or (self.pid is not None and line.pid != self.pid):
            return False
        if self.uids and line.uid not in self.uids:
            return False
        if PRIORITIES.index(line.priority) < self.tags.get(line.tag, self.default):
            return False
        return self.regex is None or self.regex.search(line.message) is not None


def _filter(inv: Invocation, options: Options) -> _Filter:
    wanted = _Filter(default=len(PRIORITIES) if "s" in options else 0)
    specs = options.words or inv.env.get("ANDROID_LOG_TAGS", "").split()
    for spec in specs:
        tag, _, level = spec.rpartition(":") if ":" in spec else (spec, "", "V")
        letter = "V" if level == "*" else level[:1].upper()
        if letter not in PRIORITIES or not tag:
            raise UsageError(f"Invalid filter expression '{spec}'")
        if tag == "*":
            wanted.default = PRIORITIES.index(letter)
        else:
            wanted.tags[tag] = PRIORITIES.index(letter)
    names = {name for text in options.values.get("b", ()) for name in text.split(",")}
    if names:
        unknown = names - {*BUFFERS, "all", "default"}
        if unknown:
            raise UsageError(f"unknown buffer {sorted(unknown)[0]}")
        names |= set(BUFFERS) if "all" in names else set(_DEFAULT) if "default" in names else set()
        wanted.buffers = frozenset(names)
    if "P" in options:
        wanted.pid = int(options.get("P")) if options.get("P").isdigit() else -1
    uids = options.get("u").split(",")
    wanted.uids = frozenset(int(uid) for uid in uids if uid.isdigit())
    if "e" in options:
        try:
            wanted.regex = compile_posix(options.get("e"), True)
        except BadRegex as error:
            raise UsageError(f"bad regex '{options.get('e')}': {error}") from None
    return wanted


def _stamp(line: LogLine, here: datetime.tzinfo, words: set[str]) -> str:
    if "epoch" in words:
        return f"{line.time:>16.3f}"
    if "monotonic" in words:
        return f"{line.number / 1000:>10.3f}"
    when = datetime.datetime.fromtimestamp(
        line.time, datetime.timezone.utc if "UTC" in words else here
    )
    digits = f"{when.microsecond:06d}" if "usec" in words else f"{when.microsecond // 1000:03d}"
    text = when.strftime("%Y-%m-%d %H:%M:%S." if "year" in words else "%m-%d %H:%M:%S.") + digits
    return text + (when.strftime(" %z") if "zone" in words or "UTC" in words else "")


_SHAPES: dict[str, Callable[[LogLine, str, str], str]] = {
    "brief": lambda n, t, u: f"{n.priority}/{n.tag:<8}({u}{n.pid:5}): {n.message}",
    "process": lambda n, t, u: f"{n.priority}({u}{n.pid:5}) {n.message}  ({n.tag})",
    "tag": lambda n, t, u: f"{n.priority}/{n.tag:<8}: {n.message}",
    "thread": lambda n, t, u: f"{n.priority}({u}{n.pid:5}:{n.pid:5}) {n.message}",
    "raw": lambda n, t, u: n.message,
    "time": lambda n, t, u: f"{t} {n.priority}/{n.tag:<8}({u}{n.pid:5}): {n.message}",
    "threadtime": lambda n, t, u: (
        f"{t} {u}{n.pid:5} {n.pid:5} {n.priority} {n.tag:<8}: {n.message}"
    ),
    "long": lambda n, t, u: (
        f"[ {t} {u}{n.pid:5}:{n.pid:5} {n.priority}/{n.tag:<8} ]\n{n.message}\n"
    ),
}
_MODIFIERS = frozenset({"year", "zone", "epoch", "monotonic", "usec", "nsec", "uid", "UTC", "color",
                        "printable", "descriptive", "nocolor", "utc"})  # fmt: skip


def _binary(line: LogLine) -> bytes:
    """An entry as `logcat -B` writes it: what other programs parse."""
    tag, message = encode(line.tag), encode(line.message)
    text = bytes([PRIORITIES.index(line.priority) + 2]) + tag + b"\0" + message + b"\0"
    seconds, part = divmod(line.time, 1)
    head = (line.pid, line.pid, int(seconds), int(part * 1e9), BUFFERS.index(line.buffer), line.uid)
    return _ENTRY.pack(len(text), _ENTRY.size, *head) + text


class _Printer:
    """Prints lines in a format, with a heading where a buffer begins."""

    def __init__(self, inv: Invocation, options: Options) -> None:
        self.inv = inv
        self.binary = "B" in options
        words = {word for text in options.values.get("v", ()) for word in text.split(",")}
        shape = "threadtime" if inv.api >= 24 else "brief"
        for word in words:
            if word in _SHAPES:
                shape = word
            elif word not in _MODIFIERS and "/" not in word:
                raise UsageError(f"Invalid parameter '{word}' to -v")
        self.words, self.shape, self.zone = words, _SHAPES[shape], zone(inv)
        self.started: set[str] = set()
        self.left = options.number("m", 1 << 62)

    def text(self, line: LogLine) -> str:
        head = ""
        if line.buffer not in self.started:
            self.started.add(line.buffer)
            head = f"--------- beginning of {line.buffer}\n"
        user = f"{user_name(line.uid):<10} " if "uid" in self.words else ""
        return head + self.shape(line, _stamp(line, self.zone, self.words), user) + "\n"

    async def show(self, lines: list[LogLine]) -> bool:
        """Print; False when no more are wanted."""
        chosen = lines[: self.left]
        self.left -= len(chosen)
        for at in range(0, len(chosen), 256):
            part = chosen[at : at + 256]
            if self.binary:
                await self.inv.stdout.write(b"".join(map(_binary, part)))
            else:
                await self.inv.stdout.write(encode("".join(map(self.text, part))))
        return self.left > 0


def _tail(inv: Invocation, text: str, lines: list[LogLine]) -> list[LogLine]:
    """-t and -T: the last N lines, or those since a time."""
    if text.isdigit():
        return lines[-int(text[:9]) :] if int(text[:9]) else []
    now = datetime.datetime.fromtimestamp(inv.phone.clock.time(), zone(inv))
    forms = ("%Y-%m-%d %H:%M:%S.%f", "%m-%d %H:%M:%S.%f", "%m-%d %H:%M:%S")
    since: float | None = None
    if re.fullmatch(r"\d+\.\d+", text):
        since = float(text)
    for form in forms:
        if since is None:
            given = text if form.startswith("%Y") else f"{now.year}-{text}"
            since = parse_time(inv, given, form if form.startswith("%Y") else f"%Y-{form}")
    if since is None:
        raise UsageError(f'-t "{text}" not in time format')
    return [line for line in lines if line.time >= since]


@tool("logcat", spec="Bcdv:b:P:e:m:t:T:sgG:LSpf:r:n:u:DK", long=_LONG)
async def logcat(inv: Invocation, options: Options) -> int:
    buffer = inv.phone.log
    if "c" in options:
        buffer.clear()
        return 0
    if "g" in options:
        for name in _DEFAULT:
            await inv.out(f"{name}: ring buffer is 256 KiB (120 KiB consumed), max entry is "
                          "5120 B, max payload is 4068 B\n")  # fmt: skip
        return 0
    if "G" in options or "p" in options:
        return 0
    wanted, printer = _filter(inv, options), _Printer(inv, options)
    stored = buffer.lines()
    shown = [line for line in stored if wanted.wants(line)]
    tail = options.get("t") or options.get("T")
    shown = _tail(inv, tail, shown) if tail else shown
    if not await printer.show(shown) or any(letter in options for letter in "dtLS"):
        return 0
    async for line in buffer.follow(stored[-1].number if stored else -1):
        if wanted.wants(line) and not await printer.show([line]):
            break
    return 0


@tool("log", spec="p:t:")
async def log(inv: Invocation, options: Options) -> int:
    """Toybox's `log`: write the words, or each line of the standard input, to the log."""
    priority = options.get("p")[:1].upper() if "p" in options else "I"
    if priority not in PRIORITIES:
        raise UsageError(f"bad -p '{options.get('p')}'")
    if options.words:
        messages = [" ".join(options.words)]
    else:
        messages = [decode(line).rstrip("\n") async for line in lines(inv.stdin)]
    for message in messages:
        tag = options.get("t") or "log"
        inv.phone.log.write(priority, tag, message, pid=inv.pid, uid=inv.uid)
    return 0
