"""cat, head, tail, wc, tee and other filters of lines."""

from __future__ import annotations

import asyncio
from collections import deque

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.descriptors import BlobFile, Description
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    Held,
    Options,
    UsageError,
    all_lines,
    complain,
    decode,
    encode,
    input_status,
    inputs,
    lines,
    open_output,
    size,
    tool,
)

_FOLLOW_S = 0.1


def _visible(data: bytes) -> bytes:
    """`cat -v`."""
    out = bytearray()
    for byte in data:
        if byte >= 128:
            out += b"M-"
            byte -= 128
        if byte in (9, 10):
            out.append(byte)
        elif byte < 32 or byte == 127:
            out += b"^" + bytes([byte ^ 64])
        else:
            out.append(byte)
    return bytes(out)


@tool("cat", spec="uvtenA")
async def cat(inv: Invocation, options: Options) -> int:
    plain = not any(letter in options for letter in "vten")
    number = 0
    async for _, source in inputs(inv, options.words):
        if plain:
            while data := await source.read():
                await inv.stdout.write(data)
            continue
        async for line in lines(source):
            number += 1
            body = _visible(line) if any(letter in options for letter in "vte") else line
            if "e" in options:
                body = body.replace(b"\n", b"$\n")
            if "t" in options:
                body = body.replace(b"\t", b"^I")
            await inv.stdout.write((b"%6d\t" % number if "n" in options else b"") + body)
    return input_status(inv)


def _old_count(inv: Invocation) -> str:
    """`head -3` is `head -n 3`: the digits, "" when there are none."""
    first = inv.argv[1] if len(inv.argv) > 1 else ""
    return first[1:] if first[:1] == "-" and first[1:].isdigit() else ""


async def _titled(inv: Invocation, name: str, many: bool, first: bool, quiet: bool) -> None:
    if many and not quiet:
        shown = "standard input" if name == "-" else name
        await inv.out(("" if first else "\n") + f"==> {shown} <==\n")


@tool("head", spec="n:c:qv0123456789")
async def head(inv: Invocation, options: Options) -> int:
    digits = _old_count(inv)
    count = int(digits[:9]) if digits else options.number("n", 10)
    first = True
    async for name, source in inputs(inv, options.words):
        await _titled(inv, name, len(options.words) > 1, first, "q" in options)
        first = False
        if "c" in options:
            await _copy_bytes(inv, source, options.number("c", 0))
        elif count < 0:
            kept = await all_lines(source, Held())
            await inv.stdout.write(b"".join(kept[:count]))
        else:
            for _ in range(count):
                line = await source.readline()
                if not line:
                    break
                await inv.stdout.write(line)
    return input_status(inv)


async def _copy_bytes(inv: Invocation, source: Description, left: int) -> None:
    while left > 0 and (data := await source.read(min(left, 65536))):
        await inv.stdout.write(data)
        left -= len(data)


@tool("tail", spec="n:c:fFqs:0123456789")
async def tail(inv: Invocation, options: Options) -> int:
    digits = _old_count(inv)
    text = digits or options.get("c") or options.get("n") or "10"
    count = abs(size(text))
    first = True
    async for name, source in inputs(inv, options.words):
        await _titled(inv, name, len(options.words) > 1, first, "q" in options)
        first = False
        if "c" in options:
            await _tail_bytes(inv, source, count, text.startswith("+"))
        elif text.startswith("+"):
            number = 0
            async for line in lines(source):
                number += 1
                if number >= count:
                    await inv.stdout.write(line)
        else:
            await inv.stdout.write(await _last_lines(source, count))
        if ("f" in options or "F" in options) and isinstance(source, BlobFile):
            await _follow(inv, source)
    return input_status(inv)


async def _last_lines(source: Description, count: int) -> bytes:
    """The last lines of a file; OSError(ENOMEM) when they are too large to keep."""
    kept: deque[bytes] = deque()
    held = Held()
    async for line in lines(source):
        held.take(line)
        kept.append(line)
        if len(kept) > count:
            held.give(kept.popleft())
    return b"".join(kept)


async def _tail_bytes(inv: Invocation, source: Description, count: int, skip: bool) -> None:
    data = await source.read_all()
    await inv.stdout.write(data[max(0, count - 1) :] if skip else data[-count:] if count else b"")


async def _follow(inv: Invocation, source: BlobFile) -> None:
    """What is added to a file, for ever."""
    while True:
        while data := await source.read():
            await inv.stdout.write(data)
        if source.blob.size < source.position:
            source.position = 0
        await asyncio.sleep(_FOLLOW_S)


@tool("wc", spec="mcwlL")
async def wc(inv: Invocation, options: Options) -> int:
    wanted = [letter for letter in "lwmc" if letter in options] or list("lwc")
    totals = dict.fromkeys("lwmc", 0)

    async def report(counts: dict[str, int], name: str) -> None:
        alone = len(wanted) == 1 and len(options.words) <= 1
        text = " ".join(f"{counts[letter]:>{0 if alone else 7}}" for letter in wanted)
        await inv.out(text + (f" {name}" if name != "-" else "") + "\n")

    async for name, source in inputs(inv, options.words):
        counts = dict.fromkeys("lwmc", 0)
        inside = False
        while data := await source.read():
            counts["c"] += len(data)
            counts["l"] += data.count(b"\n")
            counts["m"] += sum(1 for byte in data if byte & 0xC0 != 0x80) if "m" in options else 0
            words = len(data.split())
            counts["w"] += words - (inside and not data[:1].isspace() and words > 0)
            inside = not data[-1:].isspace()
        for letter in totals:
            totals[letter] += counts[letter]
        await report(counts, name)
    if len(options.words) > 1:
        await report(totals, "total")
    return input_status(inv)


@tool("tee", spec="ia")
async def tee(inv: Invocation, options: Options) -> int:
    outputs, status = [inv.stdout.dup()], 0
    for name in options.words:
        try:
            outputs.append(open_output(inv, name, "a" if "a" in options else "w"))
        except FsError as error:
            status = await complain(inv, name, error)
    try:
        while data := await inv.stdin.read():
            for output in outputs:
                await output.write(data)
    finally:
        for output in outputs:
            output.close()
    return status


@tool("uniq", spec="f:s:w:zicdu")
async def uniq(inv: Invocation, options: Options) -> int:
    fields, chars, width = options.number("f", 0), options.number("s", 0), options.number("w", 0)

    def key(line: bytes) -> bytes:
        text = line.rstrip(b"\n")
        for _ in range(fields):
            text = text.lstrip()
            text = text[len(text.split(None, 1)[0]) :] if text else text
        text = text[chars:]
        text = text[:width] if width else text
        return text.lower() if "i" in options else text

    async def show(line: bytes, count: int) -> None:
        if ("d" in options and count < 2) or ("u" in options and count > 1):
            return
        head = b"%7d " % count if "c" in options else b""
        await inv.stdout.write(head + line.rstrip(b"\n") + b"\n")

    previous, count = None, 0
    async for _, source in inputs(inv, options.words[:1]):
        async for line in lines(source):
            if previous is not None and key(line) == key(previous):
                count += 1
                continue
            if previous is not None:
                await show(previous, count)
            previous, count = line, 1
    if previous is not None:
        await show(previous, count)
    return input_status(inv)


def _ranges(text: str) -> list[tuple[int, int]]:
    found = []
    for piece in text.split(","):
        low, dash, high = piece.partition("-")
        if not (low or high) or not (low + high).isdigit():
            raise UsageError(f"bad range '{piece}'")
        start = int(low or 1)
        end = int(high) if high else (1 << 30 if dash else start)
        if start < 1 or end < start:
            raise UsageError(f"bad range '{piece}'")
        found.append((start, end))
    return sorted(found)


@tool("cut", spec="b:c:C:d:f:F:O:snD", long={"output-delimiter": "O", "complement": "n"})
async def cut(inv: Invocation, options: Options) -> int:
    kind = next((letter for letter in "bcCfF" if letter in options), "")
    if not kind:
        raise UsageError("Need one of bcCfF")
    ranges = _ranges(options.get(kind))
    delimiter = options.get("d", "\t" if kind == "f" else "")
    joiner = options.get("O") or delimiter or " "

    def chosen(items: list[str]) -> list[str]:
        picked: list[str] = []
        end = 0
        for low, high in ranges:
            picked += items[max(end, low - 1) : high]
            end = max(end, high)
        return picked

    async for _, source in inputs(inv, options.words):
        async for line in lines(source):
            text = decode(line.rstrip(b"\n"))
            if kind in "fF":
                items = text.split(delimiter) if kind == "f" else text.split(delimiter or None)
                if len(items) == 1:
                    if "s" not in options:
                        await inv.out(text + "\n")
                    continue
                await inv.out(joiner.join(chosen(items)) + "\n")
            elif kind == "b":
                data = line.rstrip(b"\n")
                picked = b"".join(data[low - 1 : high] for low, high in ranges)
                await inv.stdout.write(picked + b"\n")
            else:
                await inv.out("".join(chosen(list(text))) + "\n")
    return input_status(inv)


_SETS = {
    "alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z",
    "space": " \\t\\n\\r\\f\\v", "blank": " \\t", "xdigit": "0-9A-Fa-f",
    "punct": "!-/:-@[-`{-~", "cntrl": "\\0-\\037\\177", "print": " -~",
}  # fmt: skip
_TR_ESCAPES = {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11, "a": 7, "b": 8, "\\": 92}


def _tr_set(text: str) -> list[int]:
    """The bytes that a set of tr names."""
    for name, members in _SETS.items():
        text = text.replace(f"[:{name}:]", members)
    data, pos = encode(text), 0
    codes: list[int] = []
    marks: list[int] = []
    while pos < len(data):
        code = data[pos]
        pos += 1
        if code == 92 and pos < len(data):
            digits = bytes(b for b in data[pos : pos + 3] if 48 <= b <= 55)
            if digits and data[pos : pos + len(digits)] == digits:
                code, pos = int(digits, 8) & 255, pos + len(digits)
            else:
                code, pos = _TR_ESCAPES.get(chr(data[pos]), data[pos]), pos + 1
        elif code == 45 and codes and pos < len(data):
            marks.append(len(codes))
            continue
        codes.append(code)
        if marks and marks[-1] == len(codes) - 1:
            low, high = codes[-2], codes.pop()
            if high < low:
                raise UsageError("bad range")
            codes[-1:] = list(range(low, high + 1))
            marks.pop()
    return codes


@tool("tr", spec="+cdstC", least=1)
async def tr(inv: Invocation, options: Options) -> int:
    first = _tr_set(options.words[0])
    second = _tr_set(options.words[1]) if len(options.words) > 1 else []
    if "c" in options or "C" in options:
        first = [code for code in range(256) if code not in set(first)]
    if not second and "d" not in options and "s" not in options:
        raise UsageError("Needs 2 arguments")
    table = bytearray(range(256))
    if "d" not in options and second:
        for index, code in enumerate(first):
            table[code] = second[min(index, len(second) - 1)]
    drop = bytes(first) if "d" in options else b""
    squeeze = set(second or first) if "s" in options else set()
    last = -1
    while data := await inv.stdin.read():
        data = data.translate(bytes(table), drop)
        if squeeze:
            kept = bytearray()
            for byte in data:
                if byte != last or byte not in squeeze:
                    kept.append(byte)
                last = byte
            data = bytes(kept)
        await inv.stdout.write(data)
    return 0
