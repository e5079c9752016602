"""md5sum and sha*sum, base64, xxd, od, cmp, diff, cksum."""

from __future__ import annotations

import asyncio
import base64 as b64
import difflib
import hashlib
import re
import zlib

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.descriptors import Description
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    MAX_INPUT,
    Options,
    UsageError,
    complain,
    decode,
    input_status,
    inputs,
    lines,
    local,
    open_input,
    open_output,
    slurp,
    tool,
)

_ALGORITHMS = {"md5sum": "md5", "sha1sum": "sha1", "sha224sum": "sha224", "sha256sum": "sha256",
               "sha384sum": "sha384", "sha512sum": "sha512"}  # fmt: skip


async def _digest(inv: Invocation, source: Description) -> str:
    hasher = hashlib.new(_ALGORITHMS[inv.name], usedforsecurity=False)
    while data := await source.read(1 << 18):
        hasher.update(data)
        await asyncio.sleep(0)
    return hasher.hexdigest()


@tool(*_ALGORITHMS, spec="bcs")
async def sums(inv: Invocation, options: Options) -> int:
    if "c" in options:
        return await _verify(inv, options)
    async for name, source in inputs(inv, options.words):
        text = await _digest(inv, source)
        await inv.out(text + ("\n" if "b" in options else f"  {name}\n"))
    return input_status(inv)


async def _verify(inv: Invocation, options: Options) -> int:
    bad = 0
    async for _, listing in inputs(inv, options.words):
        async for line in lines(listing):
            match = re.match(r"([0-9a-fA-F]+)[ *]+(.+)", decode(line))
            if match is None:
                continue
            wanted, name = match.group(1).lower(), match.group(2)
            source = open_input(inv, name)
            try:
                good = await _digest(inv, source) == wanted
            finally:
                source.close()
            bad += not good
            if "s" not in options:
                await inv.out(f"{name}: {'OK' if good else 'FAILED'}\n")
    if bad:
        await inv.err(f"{inv.name}: WARNING: {bad} computed checksum did NOT match\n")
    return int(bad > 0)


@tool("cksum", "crc32", spec="HIPLN")
async def cksum(inv: Invocation, options: Options) -> int:
    async for name, source in inputs(inv, options.words):
        crc = size = 0
        while data := await source.read():
            crc, size = zlib.crc32(data, crc), size + len(data)
        shown = "" if name == "-" else f" {name}"
        await inv.out(f"{crc:08x}\n" if inv.name == "crc32" else f"{crc} {size}{shown}\n")
    return input_status(inv)


@tool("base64", spec="diw:")
async def base64(inv: Invocation, options: Options) -> int:
    width = options.number("w", 76)
    async for _, source in inputs(inv, options.words):
        data = await slurp(source)
        if "d" in options:
            kept = re.sub(rb"[^A-Za-z0-9+/=]", b"", data)
            kept += b"=" * (-len(kept) % 4)
            try:
                await inv.stdout.write(b64.b64decode(kept))
            except ValueError:
                await inv.err("base64: bad input\n")
                return 1
            continue
        text = b64.b64encode(data).decode()
        if width:
            text = "".join(text[at : at + width] + "\n" for at in range(0, len(text), width))
        await inv.out(text)
    return input_status(inv)


@tool("xxd", spec="g:c:l:o:s:pirue")
async def xxd(inv: Invocation, options: Options) -> int:
    name = options.words[0] if options.words else "-"
    source = open_input(inv, name)
    target = open_output(inv, options.words[1]) if len(options.words) > 1 else inv.stdout.dup()
    try:
        data = await slurp(source)
        await target.write(_unhex(data, "p" in options) if "r" in options else
                           _hex(data, options).encode())  # fmt: skip
    finally:
        source.close()
        target.close()
    return 0


def _unhex(data: bytes, plain: bool) -> bytes:
    text = data.decode("ascii", "replace")
    out = bytearray()
    for line in text.splitlines():
        body = line if plain else line.partition(":")[2].partition("  ")[0]
        digits = re.sub(r"[^0-9A-Fa-f]", "", body)
        out += bytes.fromhex(digits[: len(digits) // 2 * 2])
    return bytes(out)


def _hex(data: bytes, options: Options) -> str:
    start = options.number("s", 0)
    data = data[start:]
    data = data[: options.number("l", len(data))]
    width = max(1, min(256, options.number("c", 30 if "p" in options else 16)))
    group = max(1, options.number("g", 2))
    out: list[str] = []
    full = width * 2 + (width - 1) // group
    for at in range(0, len(data), width):
        row = data[at : at + width]
        if "p" in options:
            out.append(row.hex() + "\n")
            continue
        hexed = " ".join(row[i : i + group].hex() for i in range(0, len(row), group))
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        offset = start + at + options.number("o", 0)
        out.append(f"{offset:08x}: {hexed:<{full}}  {shown}\n")
    return "".join(out)


@tool("od", "hexdump", spec="j:vN:wA:bcdosxt:C")
async def od(inv: Invocation, options: Options) -> int:
    kinds = options.values.get("t", [])
    one = "b" in options or "c" in options or "C" in options or any("1" in k for k in kinds)
    one = one or "c" in kinds
    parts = []
    async for _, source in inputs(inv, options.words):
        parts.append(await slurp(source))
    skip = options.number("j", 0)
    data = b"".join(parts)[skip:]
    data = data[: options.number("N", len(data))]
    base = options.get("A", "x" if inv.name == "hexdump" else "o")[:1]
    hexed = "x" in options or "C" in options or any(k.startswith("x") for k in kinds)
    hexed = hexed or inv.name == "hexdump"
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        cells = _cells(row, one, hexed, "c" in options or "c" in kinds)
        await inv.out(_offset(at + skip, base) + " " + " ".join(cells) + "\n")
    await inv.out((_offset(len(data) + skip, base) + "\n") if base != "n" else "")
    return input_status(inv)


def _offset(value: int, base: str) -> str:
    return {"n": "", "x": f"{value:07x}", "d": f"{value:07d}"}.get(base, f"{value:07o}")


def _cells(row: bytes, one: bool, hexed: bool, chars: bool) -> list[str]:
    if chars:
        names = {0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
        return [f"{names.get(b) or (chr(b) if 32 <= b < 127 else f'{b:03o}'):>3}" for b in row]
    if one:
        return [f"{byte:02x}" if hexed else f"{byte:03o}" for byte in row]
    words = [int.from_bytes(row[i : i + 2], "little") for i in range(0, len(row), 2)]
    return [f"{word:04x}" if hexed else f"{word:06o}" for word in words]


@tool("cmp", spec="lsn:", least=2)
async def cmp(inv: Invocation, options: Options) -> int:
    try:
        one, two = [await _whole(inv, name) for name in options.words[:2]]
    except FsError as error:
        await complain(inv, str(error.filename), error)
        return 2
    limit = options.number("n", MAX_INPUT)
    one, two = one[:limit], two[:limit]
    if one == two:
        return 0
    quiet = "s" in options
    at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), None)
    names = options.words
    if at is None:
        short = names[0] if len(one) < len(two) else names[1]
        if not quiet:
            await inv.err(f"cmp: EOF on {short} after byte {min(len(one), len(two))}, line "
                          f"{one[: len(two)].count(10) + 1}\n")  # fmt: skip
        return 1
    if "l" in options:
        for i, (a, b) in enumerate(zip(one, two, strict=False)):
            if a != b:
                await inv.out(f"{i + 1} {a:3o} {b:3o}\n")
    elif not quiet:
        line = one[:at].count(10) + 1
        await inv.out(f"{names[0]} {names[1]} differ: char {at + 1}, line {line}\n")
    return 1


async def _whole(inv: Invocation, name: str) -> bytes:
    source = open_input(inv, name)
    try:
        return await slurp(source)
    finally:
        source.close()


@tool("diff", spec="aBbdiNqrTstwU:ul", least=2, since=26)
async def diff(inv: Invocation, options: Options) -> int:
    one, two = options.words[:2]
    if inv.files.isdir(one) and inv.files.isdir(two):
        return await _diff_folders(inv, options, one, two)
    return await _diff_files(inv, options, one, two)


async def _diff_files(inv: Invocation, options: Options, one: str, two: str) -> int:
    try:
        texts = [decode(await _whole(inv, name)) for name in (one, two)]
    except FsError as error:
        await complain(inv, str(error.filename), error)
        return 2
    if texts[0] == texts[1]:
        if "s" in options:
            await inv.out(f"Files {one} and {two} are identical\n")
        return 0
    if "q" in options:
        await inv.out(f"Files {one} and {two} differ\n")
        return 1
    rows = [text.splitlines() for text in texts]
    if sum(map(len, rows)) > 20_000:
        raise UsageError("input too long", 2)
    stamps = []
    for name in (one, two):
        when = local(inv, inv.files.stat(name).mtime if name != "-" else inv.phone.clock.time())
        stamps.append(when.strftime("%Y-%m-%d %H:%M:%S.%f000 %z"))
    changes = difflib.unified_diff(
        rows[0], rows[1], one, two, stamps[0], stamps[1], n=options.number("U", 3), lineterm=""
    )
    await inv.out("".join(f"{line}\n" for line in changes))
    return 1


async def _diff_folders(inv: Invocation, options: Options, one: str, two: str) -> int:
    left, right = inv.files.listdir(one), inv.files.listdir(two)
    status = 0
    for name in sorted({*left, *right}):
        if name not in left or name not in right:
            await inv.out(f"Only in {one if name in left else two}: {name}\n")
            status = 1
            continue
        paths = f"{one}/{name}", f"{two}/{name}"
        folders = [inv.files.isdir(path) for path in paths]
        if all(folders):
            if "r" in options:
                status |= await _diff_folders(inv, options, *paths)
            else:
                await inv.out(f"Common subdirectories: {paths[0]} and {paths[1]}\n")
        elif not any(folders):
            status |= await _diff_files(inv, options, *paths)
    return status
