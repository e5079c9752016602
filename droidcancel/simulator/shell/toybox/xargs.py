"""xargs."""

from __future__ import annotations

import re

from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.tool import (
    Options,
    decode,
    encode,
    tool,
)


def _arguments(text: str, options: Options) -> list[str]:
    if "0" in options:
        return [word for word in text.split("\0") if word]
    if "I" in options:
        return [line.strip() for line in text.splitlines() if line.strip()]
    return [re.sub(r"""['"\\]""", "", word) if word[:1] in "'\"" else word
            for word in re.findall(r"""'[^']*'|"[^"]*"|[^\s'"]+""", text)]  # fmt: skip


@tool("xargs", spec="0trpxE:n:s:I:P:L:d:", permute=False)
async def xargs(inv: Invocation, options: Options) -> int:
    from droidcancel.simulator.shell.descriptors import Null

    text = decode(await inv.stdin.read_all(16 << 20))
    words = _arguments(text, options)
    command = options.words or ["echo"]
    if not words and ("r" in options or "I" in options):
        return 0
    if "I" in options:
        groups = [[part.replace(options.get("I"), word) for part in command] for word in words]
    else:
        step = options.number("n", 0) or options.number("L", 0) or 5000
        groups = [[*command, *words[at : at + step]] for at in range(0, max(1, len(words)), step)]
    status = 0
    for argv in groups:
        if "t" in options:
            await inv.stderr.write(encode(" ".join(argv)) + b"\n")
        null = Null()
        code = await inv.run(argv, stdin=null)
        null.close()
        if code == 255:
            await inv.err(f"xargs: {argv[0]}: exited with status 255; aborting\n")
            return 124
        status = code if code in (126, 127) else 123 if code else status
    return status
