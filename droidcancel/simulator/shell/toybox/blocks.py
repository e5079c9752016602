"""truncate, mktemp, sync, dd, split."""

from __future__ import annotations

import asyncio

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.descriptors import BlobFile, Description
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    Options,
    UsageError,
    each,
    open_input,
    open_output,
    size,
    tool,
)


@tool("truncate", spec="s:c", long={"size": "s"}, least=1)
async def truncate(inv: Invocation, options: Options) -> int:
    text = options.get("s")
    if not text:
        raise UsageError("Needs -s")
    sign = text[0] if text[0] in "+-" else ""
    count = size(text.lstrip("+-"))

    async def cut(name: str) -> None:
        if not inv.files.exists(name) and "c" in options:
            return
        blob = inv.files.blob(name, append=True)
        new = {"+": blob.size + count, "-": max(0, blob.size - count)}.get(sign, count)
        blob.truncate(new)
        inv.phone.fs.utime(inv.path(name))

    return await each(inv, options.words, cut)


@tool("mktemp", spec="dp:qtu")
async def mktemp(inv: Invocation, options: Options) -> int:
    folder = options.get("p") or inv.env.get("TMPDIR") or "/data/local/tmp"
    template = options.words[0] if options.words else "tmp.XXXXXXXXXX"
    if not template.endswith("XX"):
        raise UsageError("need XX+")
    source = inv.phone.options.random(f"mktemp{inv.pid}")
    stem = template.rstrip("X")
    while True:
        tail = "".join(
            source.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
            for _ in range(len(template) - len(stem))
        )
        name = stem + tail if "/" in template else f"{folder.rstrip('/')}/{stem}{tail}"
        if not inv.phone.fs.exists(inv.path(name)):
            break
    try:
        if "u" not in options:
            if "d" in options:
                inv.files.mkdir(name, 0o700)
            else:
                inv.files.blob(name, mode=0o600)
    except FsError as error:
        await inv.err(f"mktemp: Failed to create {'directory' if 'd' in options else 'file'} "
                      f"{stem}{'X' * len(tail)}: {error.strerror}\n")  # fmt: skip
        return 1
    await inv.out(name + "\n")
    return 0


@tool("sync", "fsync", spec="df")
async def sync(inv: Invocation, options: Options) -> int:
    return 0


@tool("dd", permute=False)
async def dd(inv: Invocation, options: Options) -> int:
    given = dict(word.partition("=")[::2] for word in options.words)
    unknown = set(given) - {"if", "of", "bs", "ibs", "obs", "count", "skip", "seek", "conv",
                            "status", "iflag", "oflag"}  # fmt: skip
    if unknown or any("=" not in word for word in options.words):
        raise UsageError(
            f"unknown argument '{sorted(unknown)[0] if unknown else options.words[0]}'"
        )
    block = max(1, min(size(given.get("ibs") or given.get("bs", "512")), 16 << 20))
    count = size(given["count"]) if "count" in given else -1
    source = open_input(inv, given["if"]) if "if" in given else inv.stdin.dup()
    try:
        target, close = _dd_output(inv, given, block)
        try:
            done = await _dd_copy(source, target, block, count, size(given.get("skip", "0")))
        finally:
            if close:
                target.close()
    finally:
        source.close()
    if given.get("status") != "none":
        records = f"{done // block}+{int(done % block > 0)}"
        await inv.err(
            f"{records} records in\n{records} records out\n{done} bytes copied, 0.001 s\n"
        )
    return 0


def _dd_output(inv: Invocation, given: dict[str, str], block: int) -> tuple[Description, bool]:
    if "of" not in given:
        return inv.stdout, False
    keep = "notrunc" in given.get("conv", "") or "seek" in given
    writer = open_output(inv, given["of"], "rw" if keep else "w")
    if "seek" in given and isinstance(writer, BlobFile):
        writer.position = size(given["seek"]) * block
    return writer, True


async def _dd_copy(
    source: Description, target: Description, block: int, count: int, skip: int
) -> int:
    done, blocks = 0, 0
    for _ in range(skip):
        if not await _block(source, block):
            break
    while count < 0 or blocks < count:
        data = await _block(source, block)
        if not data:
            break
        await target.write(data)
        done += len(data)
        blocks += 1
        if blocks % 16 == 0:
            await asyncio.sleep(0)
    return done


async def _block(source: Description, size: int) -> bytes:
    parts, left = [], size
    while left > 0:
        data = await source.read(left)
        if not data:
            break
        parts.append(data)
        left -= len(data)
    return b"".join(parts)


@tool("split", spec="a:b:l:")
async def split(inv: Invocation, options: Options) -> int:
    name = options.words[0] if options.words else "-"
    prefix = options.words[1] if len(options.words) > 1 else "x"
    width, piece, count = options.number("a", 2), 0, options.number("b", 0)
    source = open_input(inv, name)
    try:
        while True:
            data = await (_block(source, count) if count else _some_lines(source, options))
            if not data:
                return 0
            letters, rest = "", piece
            for _ in range(width):
                rest, digit = divmod(rest, 26)
                letters = chr(97 + digit) + letters
            inv.files.write(prefix + letters, data)
            piece += 1
    finally:
        source.close()


async def _some_lines(source: Description, options: Options) -> bytes:
    parts = []
    for _ in range(options.number("l", 1000)):
        line = await source.readline()
        if not line:
            break
        parts.append(line)
    return b"".join(parts)
