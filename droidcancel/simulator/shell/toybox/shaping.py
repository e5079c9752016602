"""paste, nl, fold, strings, tac, rev."""

from __future__ import annotations

from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    Held,
    Options,
    all_lines,
    decode,
    encode,
    input_status,
    inputs,
    lines,
    tool,
)


@tool("tac")
async def tac(inv: Invocation, options: Options) -> int:
    async for _, source in inputs(inv, options.words):
        kept = await all_lines(source, Held())
        await inv.stdout.write(b"".join(reversed(kept)))
    return input_status(inv)


@tool("rev")
async def rev(inv: Invocation, options: Options) -> int:
    async for _, source in inputs(inv, options.words):
        async for line in lines(source):
            await inv.out(decode(line.rstrip(b"\n"))[::-1] + "\n")
    return input_status(inv)


@tool("paste", spec="d:s")
async def paste(inv: Invocation, options: Options) -> int:
    mark = decode(encode(options.get("d", "\t")).replace(b"\\n", b"\n").replace(b"\\t", b"\t"))
    columns = []
    held = Held()
    async for _, source in inputs(inv, options.words):
        columns.append([decode(line.rstrip(b"\n")) for line in await all_lines(source, held)])
    if "s" in options:
        for column in columns:
            await inv.out(mark.join(column) + "\n")
        return input_status(inv)
    for row in range(max(map(len, columns), default=0)):
        cells = [column[row] if row < len(column) else "" for column in columns]
        await inv.out(mark.join(cells) + "\n")
    return input_status(inv)


@tool("nl", spec="v:b:w:s:E")
async def nl(inv: Invocation, options: Options) -> int:
    number, every = options.number("v", 1), options.get("b", "t") == "a"
    width, mark = options.number("w", 6), options.get("s", "\t")
    async for _, source in inputs(inv, options.words):
        async for line in lines(source):
            text = decode(line.rstrip(b"\n"))
            if text or every:
                await inv.out(f"{number:>{min(width, 100)}}{mark}{text}\n")
                number += 1
            else:
                await inv.out(" " * (min(width, 100) + len(mark)) + text + "\n")
    return input_status(inv)


@tool("fold", spec="bsw:")
async def fold(inv: Invocation, options: Options) -> int:
    width = max(1, options.number("w", 80))
    async for _, source in inputs(inv, options.words):
        async for line in lines(source):
            text = decode(line.rstrip(b"\n"))
            pieces = [text[at : at + width] for at in range(0, len(text), width)] or [""]
            await inv.out("\n".join(pieces) + "\n")
    return input_status(inv)


@tool("strings", spec="n:")
async def strings(inv: Invocation, options: Options) -> int:
    import re

    least = max(1, options.number("n", 4))
    async for _, source in inputs(inv, options.words):
        data = await source.read_all()
        for match in re.finditer(rb"[\t -~]{%d,}" % least, data):
            await inv.stdout.write(match.group() + b"\n")
    return input_status(inv)
