"""read, mapfile's kin: input into variables."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from droidcancel.simulator.shell.builtins.table import builtin, usage
from droidcancel.simulator.shell.descriptors import Description

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner


@dataclass
class _Options:
    raw: bool = False
    timeout: float | None = None
    count: int | None = None
    delimiter: str = "\n"
    fd: int = 0
    prompt: str = ""
    names: list[str] = field(default_factory=list)


def _parse(words: list[str]) -> _Options | str:
    """The options, or what is wrong with them."""
    options = _Options()
    index = 0
    while index < len(words) and words[index].startswith("-") and len(words[index]) > 1:
        word = words[index]
        index += 1
        if word == "--":
            break
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in "rsep":
                options.raw |= letter == "r"
                continue
            if letter not in "tnNdu":
                return f"-{letter}: unknown option"
            value = letters or (words[index] if index < len(words) else None)
            index += not letters
            letters = ""
            if value is None:
                return f"-{letter}: requires an argument"
            problem = _set(options, letter, value)
            if problem:
                return problem
    options.names = words[index:]
    return options


def _set(options: _Options, letter: str, value: str) -> str:
    if letter == "d":
        options.delimiter = value[:1] or "\0"
        return ""
    try:
        number = float(value)
    except ValueError:
        return f"-{letter}: {value}: bad number"
    if letter == "t":
        options.timeout = max(0.0, number)
    elif letter == "u":
        options.fd = int(number)
    else:
        options.count = int(number)
    return ""


@builtin("read")
async def read(runner: Runner, argv: list[str]) -> int:
    options = _parse(argv[1:])
    if isinstance(options, str):
        return await usage(runner, f"read: {options}")
    source = runner.fds.get(options.fd)
    if source is None:
        return await usage(runner, f"read: -u: {options.fd}: bad file descriptor")
    names = [name.partition("?")[0] for name in options.names] or ["REPLY"]
    for name in names:
        if not name.isidentifier():
            return await usage(runner, f"read: {name}: is not an identifier")
    if options.names and "?" in options.names[0] and source.tty:
        await runner.write(2, options.names[0].partition("?")[2])
    try:
        line = await _line(runner, source, options)
    except OSError as error:
        return await usage(runner, f"read: {error.strerror}")
    if line is None:
        for name in names:
            runner.variables.set(name, "")
        return 1
    _assign(runner, names, line[0], options.raw)
    return 0 if line[1] else 1


async def _line(runner: Runner, source: Description, options: _Options) -> tuple[str, bool] | None:
    """The text read and whether it was complete; None after the time given."""
    work = _gather(source, options)
    if options.timeout is None:
        return await runner.interruptible(work)
    try:
        return await asyncio.wait_for(runner.interruptible(work), options.timeout)
    except asyncio.TimeoutError:
        return None


async def _gather(source: Description, options: _Options) -> tuple[str, bool]:
    if options.count is not None:
        data = await _exactly(source, options.count)
        return data.decode("utf-8", "surrogateescape"), len(data) >= min(1, options.count)
    delimiter = options.delimiter.encode("utf-8", "surrogateescape")[:1]
    parts: list[bytes] = []
    try:
        while True:
            data = await source.readline(delimiter=delimiter)
            parts.append(data)
            complete = data.endswith(delimiter)
            joined = not options.raw and complete and _continues(data[:-1])
            if not joined:
                break
            parts[-1] = data[:-2]
    except asyncio.CancelledError:
        source.unread(b"".join(parts))
        raise
    text = b"".join(parts).replace(b"\0", b"") if delimiter != b"\0" else b"".join(parts)
    text = text.removesuffix(delimiter) if complete else text
    return text.decode("utf-8", "surrogateescape"), complete


def _continues(data: bytes) -> bool:
    return (len(data) - len(data.rstrip(b"\\"))) % 2 == 1


async def _exactly(source: Description, count: int) -> bytes:
    """Up to `count` bytes, in one go as they come."""
    return await source.read(max(1, min(count, 1 << 20)))


def _assign(runner: Runner, names: list[str], text: str, raw: bool) -> None:
    ifs = runner.variables.get("IFS")
    ifs = " \t\n" if ifs is None else ifs
    values = split_fields(text, len(names), ifs, raw)
    for index, name in enumerate(names):
        runner.variables.set(name, values[index] if index < len(values) else "")


def split_fields(text: str, count: int, ifs: str, raw: bool) -> list[str]:
    """Split a line into at most `count` fields as `read` does; backslashes quote unless raw."""
    chars = _unescaped(text, raw)
    blanks = {char for char in ifs if char in " \t\n"}

    def separates(index: int, only_blank: bool = False) -> bool:
        char, quoted = chars[index]
        return not quoted and char in (blanks if only_blank else ifs)

    pos, end = 0, len(chars)
    while pos < end and separates(pos, True):
        pos += 1
    fields: list[str] = []
    while pos < end and len(fields) < count - 1:
        start = pos
        while pos < end and not separates(pos):
            pos += 1
        fields.append("".join(char for char, _ in chars[start:pos]))
        pos = _skip_separator(pos, end, separates)
    if pos < end:
        stop = end
        while stop > pos and separates(stop - 1, True):
            stop -= 1
        rest = range(pos, stop)
        marks = [i for i in rest if separates(i) and not separates(i, True)]
        if marks == [stop - 1]:
            stop -= 1
        fields.append("".join(char for char, _ in chars[pos:stop]))
    return fields


def _skip_separator(pos: int, end: int, separates: Callable[..., bool]) -> int:
    while pos < end and separates(pos, True):
        pos += 1
    if pos < end and separates(pos):
        pos += 1
        while pos < end and separates(pos, True):
            pos += 1
    return pos


def _unescaped(text: str, raw: bool) -> list[tuple[str, bool]]:
    if raw or "\\" not in text:
        return [(char, False) for char in text]
    found: list[tuple[str, bool]] = []
    escaped = False
    for char in text:
        if escaped:
            found.append((char, True))
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            found.append((char, False))
    return found
