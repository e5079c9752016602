"""What toybox commands share: options, errors, input files, names, times."""

from __future__ import annotations

import asyncio
import datetime
import errno
import os
import time
import zoneinfo
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.processes import user_name
from droidcancel.simulator.shell.descriptors import Description
from droidcancel.simulator.shell.redirect import open_file
from droidcancel.simulator.shell.registry import Invocation, command

MAX_INPUT = 64 << 20
OBJECT_BYTES = 48  # what a line takes beyond its bytes
TURN_S = 0.01  # how long a command computes before it lets others run


class UsageError(Exception):
    """Wrong options; the text follows the command's name."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.text, self.status = text, status


@dataclass
class Options:
    """The options given, and the words that are left."""

    words: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)

    def __contains__(self, letter: str) -> bool:
        return letter in self.values

    def get(self, letter: str, default: str = "") -> str:
        """The last value given to an option."""
        return self.values[letter][-1] if letter in self.values else default

    def number(self, letter: str, default: int) -> int:
        """The value as a number with toybox' suffixes; UsageError when it is none."""
        return size(self.get(letter)) if letter in self.values else default

    def add(self, letter: str, value: str = "") -> None:
        """Note one option."""
        self.values.setdefault(letter, []).append(value)


_SUFFIX = {"c": 1, "b": 512, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def size(text: str) -> int:
    """`12`, `4k`, `1M`; UsageError for anything else."""
    unit = _SUFFIX.get(text[-1:].lower(), 0)
    digits = text[:-1] if unit else text
    if not digits.lstrip("+-").isdigit():
        raise UsageError(f"bad number '{text}'")
    return int(digits[:18]) * (unit or 1)


def _names(spec: str) -> dict[str, bool]:
    """Letters of a spec, each with whether it takes a value (a `:` after it)."""
    letters: dict[str, bool] = {}
    for index, char in enumerate(spec):
        if char != ":":
            letters[char] = spec[index + 1 : index + 2] == ":"
    return letters


def parse(
    argv: list[str], spec: str, long: dict[str, str] | None = None, permute: bool = True
) -> Options:
    """Options by a getopt-like spec; `long` maps long names to letters."""
    letters, options = _names(spec), Options()
    words = argv[1:]
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word == "--":
            options.words += words[index:]
            break
        if word[:1] != "-" or word == "-":
            options.words.append(word)
            if not permute:
                options.words += words[index:]
                break
        elif word.startswith("--"):
            index += _long_option(options, word[2:], words[index:], letters, long or {})
        else:
            index += _short_options(options, word[1:], words[index:], letters)
    return options


def _long_option(
    options: Options,
    word: str,
    rest: list[str],
    letters: dict[str, bool],
    long: dict[str, str],
) -> int:
    name, equals, value = word.partition("=")
    letter = long.get(name)
    if letter is None:
        raise UsageError(f"Unknown option '{name}'")
    if letters.get(letter) and not equals:
        if not rest:
            raise UsageError(f"Missing argument to '--{name}'")
        options.add(letter, rest[0])
        return 1
    options.add(letter, value)
    return 0


def _short_options(options: Options, word: str, rest: list[str], letters: dict[str, bool]) -> int:
    for position, letter in enumerate(word):
        if letter not in letters:
            raise UsageError(f"Unknown option '{letter}'")
        if not letters[letter]:
            options.add(letter)
            continue
        value = word[position + 1 :]
        if value:
            options.add(letter, value)
            return 0
        if not rest:
            raise UsageError(f"Missing argument to '{letter}'")
        options.add(letter, rest[0])
        return 1
    return 0


Tool = Callable[[Invocation, Options], Awaitable[int]]


def tool(
    *names: str,
    spec: str = "",
    long: dict[str, str] | None = None,
    least: int = 0,
    permute: bool = True,
    since: int = 21,
    until: int | None = None,
    cost: str | None = None,
) -> Callable[[Tool], Tool]:
    """Register a toybox command: its options are parsed, its errors printed as toybox does."""

    def register(function: Tool) -> Tool:
        async def run(inv: Invocation) -> int:
            try:
                options = parse(inv.argv, spec, long, permute)
                if len(options.words) < least:
                    plural = "s" if least > 1 else ""
                    raise UsageError(f"Need {least} argument{plural}")
                return await function(inv, options)
            except UsageError as error:
                hint = f' (see "{inv.name} --help")' if inv.api >= 29 else ""
                await inv.err(f"{inv.name}: {error.text}{hint}\n")
                return error.status
            except FsError as error:
                await complain(inv, error.filename or "", error)
                return 1
            except BrokenPipeError:
                raise
            except OSError as error:
                await inv.err(f"{inv.name}: {os.strerror(error.errno or 5)}\n")
                return 1

        command(*names, since=since, until=until, cost=cost)(run)
        return function

    return register


async def complain(inv: Invocation, name: str, error: OSError) -> int:
    """Print `command: name: reason`; 1."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    await inv.err(f"{inv.name}: {name}: {reason}\n")
    return 1


async def each(
    inv: Invocation, names: Iterable[str], action: Callable[[str], Awaitable[object]]
) -> int:
    """Do something to every name, going on after an error; 1 when there was one."""
    status = 0
    for name in names:
        try:
            await action(name)
        except BrokenPipeError:
            raise
        except OSError as error:
            status = await complain(inv, name, error)
    return status


def open_input(inv: Invocation, name: str) -> Description:
    """A file to read, stdin for `-`; FsError."""
    if name == "-":
        return inv.stdin.dup()
    return open_file(inv.files, name, "r", inv.child.fds)


def open_output(inv: Invocation, name: str, mode: str = "w") -> Description:
    """A file to write; FsError."""
    return open_file(inv.files, name, mode, inv.child.fds)


async def inputs(inv: Invocation, names: list[str]) -> AsyncIterator[tuple[str, Description]]:
    """Every file named (stdin when none), opened; those that cannot be are complained of.

    `inv.child.status` becomes 1 after a complaint: see `input_status`.
    """
    for name in names or ["-"]:
        try:
            opened = open_input(inv, name)
        except OSError as error:
            inv.child.status = await complain(inv, name, error)
            continue
        try:
            yield name, opened
        finally:
            opened.close()


def input_status(inv: Invocation) -> int:
    """1 when one of the `inputs` could not be opened."""
    return inv.child.status


async def lines(source: Description) -> AsyncIterator[bytes]:
    """The lines of a file with their ends; lets others run now and then."""
    ran = time.perf_counter()
    while line := await source.readline():
        yield line
        if time.perf_counter() - ran > TURN_S:
            await asyncio.sleep(0)
            ran = time.perf_counter()


class Held:
    """What one command keeps in memory; OSError(ENOMEM) when that is too much."""

    def __init__(self, limit: int = MAX_INPUT) -> None:
        self.room = limit

    def take(self, line: bytes) -> None:
        self.room -= len(line) + OBJECT_BYTES
        if self.room < 0:
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    def give(self, line: bytes) -> None:
        self.room += len(line) + OBJECT_BYTES


async def all_lines(source: Description, held: Held) -> list[bytes]:
    """Every line of a file; OSError(ENOMEM) when they are too many."""
    kept: list[bytes] = []
    async for line in lines(source):
        held.take(line)
        kept.append(line)
    return kept


async def slurp(source: Description) -> bytes:
    """Everything from a file; OSError(ENOMEM) beyond 64 MiB."""
    return await source.read_all(MAX_INPUT)


def decode(data: bytes) -> str:
    """Bytes as text that encodes back to them."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The opposite of `decode`."""
    return text.encode("utf-8", "surrogateescape")


_GROUPS = {
    1003: "graphics", 1004: "input", 1005: "audio", 1007: "log", 1011: "adb", 1013: "media",
    1021: "gps", 1023: "media_rw", 1028: "sdcard_r", 1036: "logd", 1078: "ext_data_rw",
    1079: "ext_obb_rw", 2001: "cache", 2002: "diag", 3001: "net_bt_admin", 3002: "net_bt",
    3003: "inet", 3006: "net_bw_stats", 3009: "readproc", 3011: "uhid", 3012: "readtracefs",
    9998: "misc",
}  # fmt: skip


def owner(number: int) -> str:
    """The name of a uid or gid, as `ls -l` has it."""
    return _GROUPS.get(number) or user_name(number)


def zone(inv: Invocation) -> datetime.tzinfo:
    """The phone's time zone (persist.sys.timezone), UTC when unknown."""
    name = inv.env.get("TZ") or inv.phone.props.get("persist.sys.timezone") or "UTC"
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return datetime.timezone.utc


def local(inv: Invocation, seconds: float) -> datetime.datetime:
    """A time stamp in the phone's time zone; clamped to the years 1 to 9999."""
    seconds = max(-62135500800.0, min(seconds, 253402200000.0))
    return datetime.datetime.fromtimestamp(seconds, zone(inv))


def human(count: int) -> str:
    """Bytes as toybox prints them with -h: 1.2K, 34M."""
    value = float(count)
    for unit in ("", "K", "M", "G", "T"):
        if value < 1000 or unit == "T":
            break
        value /= 1024
    if not unit:
        return str(count)
    return f"{value:.1f}{unit}" if value < 10 else f"{value:.0f}{unit}"
