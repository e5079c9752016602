"""grep, egrep, fgrep."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from droidcancel.simulator.bounded_regex import Match, Pattern
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.descriptors import Description
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.regex import BadRegex, compile_posix, literal
from droidcancel.simulator.shell.toybox.tool import (
    Options,
    UsageError,
    complain,
    decode,
    encode,
    lines,
    open_input,
    tool,
)

_SPEC = "EFHabhinorsvwxzclqLRHe:f:m:A:B:C:S:M:"
_LONG = {
    "color": "z0", "colour": "z0", "include": "M", "exclude": "S", "line-buffered": "z1",
    "ignore-case": "i", "invert-match": "v", "count": "c", "only-matching": "o", "quiet": "q",
    "silent": "q", "recursive": "r", "extended-regexp": "E", "fixed-strings": "F",
    "line-number": "n", "max-count": "m", "regexp": "e", "no-filename": "h",
}  # fmt: skip
MAX_LINE = 1 << 16
MAX_PATTERNS = 1024


@dataclass
class _Search:
    """What to look for, and how to print it."""

    inv: Invocation
    options: Options
    patterns: list[Pattern]
    named: bool
    found: bool = False
    failed: bool = False
    before: int = 0
    after: int = 0
    limit: int = 1 << 62
    recent: deque[tuple[int, bytes]] = field(default_factory=deque)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it matches; the whole line for -v."""
        hits: list[tuple[int, int]] = []
        for pattern in self.patterns:
            for match in pattern.finditer(text):
                if self._accepts(text, match):
                    hits.append(match.span())
                    if "o" not in self.options:
                        return hits
        return sorted(hits)

    def _accepts(self, text: str, match: Match) -> bool:
        if "x" in self.options:
            return match.span() == (0, len(text))
        if "w" not in self.options:
            return True
        start, end = match.span()
        left = start == 0 or not (text[start - 1].isalnum() or text[start - 1] == "_")
        right = end == len(text) or not (text[end].isalnum() or text[end] == "_")
        return left and right and end > start

    async def file(self, name: str, source: Description) -> None:
        count = number = last = 0
        owed = 0
        self.recent.clear()
        async for line in lines(source):
            number += 1
            text = decode(line.rstrip(b"\n")[:MAX_LINE])
            spans = self.spans(text)
            if bool(spans) == ("v" in self.options):
                if owed and not self._silent:
                    owed -= 1
                    last = number
                    await self._print(name, number, line, "-")
                elif self.before:
                    self.recent.append((number, line))
                    if len(self.recent) > self.before:
                        self.recent.popleft()
                continue
            self.found = True
            count += 1
            if "q" in self.options or "l" in self.options or "L" in self.options:
                break
            if not self._silent:
                await self._match(name, number, line, text, spans, last)
                last, owed = number, self.after
            if count >= self.limit:
                break
        await self._sum(name, count)

    @property
    def _silent(self) -> bool:
        return "c" in self.options or "q" in self.options

    async def _match(
        self,
        name: str,
        number: int,
        line: bytes,
        text: str,
        spans: list[tuple[int, int]],
        last: int,
    ) -> None:
        first = self.recent[0][0] if self.recent else number
        if (self.before or self.after) and last and first > last + 1:
            await self.inv.out("--\n")
        for earlier, kept in self.recent:
            await self._print(name, earlier, kept, "-")
        self.recent.clear()
        if "o" in self.options and "v" not in self.options:
            for start, end in spans:
                if end > start:
                    await self._print(name, number, encode(text[start:end]) + b"\n", ":")
        else:
            await self._print(name, number, line, ":")

    async def _print(self, name: str, number: int, line: bytes, mark: str) -> None:
        head = f"{name}{mark}" if self.named else ""
        head += f"{number}{mark}" if "n" in self.options else ""
        await self.inv.stdout.write(encode(head) + line.rstrip(b"\n") + b"\n")

    async def _sum(self, name: str, count: int) -> None:
        if "q" in self.options:
            return
        if "c" in self.options:
            await self.inv.out((f"{name}:" if self.named else "") + f"{count}\n")
        if ("l" in self.options and count) or ("L" in self.options and not count):
            await self.inv.out(name + "\n")


def _patterns(inv: Invocation, options: Options) -> list[Pattern]:
    texts = [text for given in options.values.get("e", ()) for text in given.split("\n")]
    for name in options.values.get("f", ()):
        texts += decode(inv.files.read(name)).splitlines()
    if "e" not in options and "f" not in options:
        if not options.words:
            raise UsageError("no REGEX", 2)
        texts = options.words.pop(0).split("\n")
    if len(texts) > MAX_PATTERNS:
        raise BadRegex("Regular expression too big")
    ignore = "i" in options
    if "F" in options or inv.name == "fgrep":
        return [literal(text, ignore) for text in texts]
    extended = "E" in options or inv.name == "egrep"
    return [compile_posix(text, extended, ignore) for text in texts]


def _files(inv: Invocation, options: Options) -> list[str]:
    recursive = "r" in options or "R" in options
    if not recursive:
        return options.words or ["-"]
    found: list[str] = []
    for name in options.words or ["."]:
        base = inv.path(name).rstrip("/") or "/"
        if not inv.phone.fs.exists(base):
            found.append(name)
            continue
        for path in inv.phone.fs.walk(base):
            shown = name.rstrip("/") + path[len(base) :] if path != base else name
            if not inv.phone.fs.isdir(path) and _included(shown, options):
                found.append(shown)
    return found


def _included(name: str, options: Options) -> bool:
    from droidcancel.simulator.shell.pattern import matches

    base = name.rpartition("/")[2]
    include, exclude = options.values.get("M"), options.values.get("S", ())
    wanted = include is None or any(matches(glob, base) for glob in include)
    return wanted and not any(matches(glob, base) for glob in exclude)


@tool("grep", "egrep", "fgrep", spec=_SPEC, long=_LONG)
async def grep(inv: Invocation, options: Options) -> int:
    try:
        patterns = _patterns(inv, options)
    except BadRegex as error:
        await inv.err(f"grep: bad regex: {error}\n")
        return 2
    names = _files(inv, options)
    recursive = "r" in options or "R" in options
    named = ("H" in options or len(names) > 1 or recursive) and "h" not in options
    around = options.number("C", 0)
    search = _Search(inv, options, patterns, named)
    search.before, search.after = options.number("B", around), options.number("A", around)
    search.limit = options.number("m", 1 << 62)
    for name in names:
        try:
            source = open_input(inv, name)
        except FsError as error:
            search.failed = True
            if "s" not in options:
                await complain(inv, name, error)
            continue
        try:
            await search.file("(standard input)" if name == "-" else name, source)
        finally:
            source.close()
        if "q" in options and search.found:
            return 0
    if search.failed:
        return 2
    return int(not search.found) if "L" not in options else int(search.found)
