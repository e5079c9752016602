"""From words to arguments: parameters, substitutions, splitting, file names."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from droidcancel.simulator.shell import pattern as patterns
from droidcancel.simulator.shell.arith import ArithError, evaluate
from droidcancel.simulator.shell.globbing import glob
from droidcancel.simulator.shell.syntax import (
    ArithSub,
    BadSub,
    CommandSub,
    Lit,
    Param,
    Part,
    Word,
)
from droidcancel.simulator.shell.variables import MAX_VALUE, ShellError

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner

MAX_FIELDS = 100_000
_DEFAULT_IFS = " \t\n"


@dataclass
class _Field:
    """One field being put together: pieces of text, each quoted or not."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)

    def add(self, text: str, quoted: bool) -> None:
        self.pieces.append((text, quoted))

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)

    @property
    def pattern(self) -> str:
        return "".join(
            patterns.quote(text) if quoted else text.replace("\\", "\\\\")
            for text, quoted in self.pieces
        )

    @property
    def globs(self) -> bool:
        return any(not quoted and ("*" in text or "?" in text or "[" in text)
                   for text, quoted in self.pieces)  # fmt: skip


class Expander:
    """Expands words for one shell."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    # -- whole words --------------------------------------------------------------------------
    async def arguments(self, words: tuple[Word, ...]) -> list[str]:
        """Every word expanded, split and globbed."""
        found: list[str] = []
        for word in words:
            literal = word.literal
            if literal is not None and not any(mark in literal for mark in "*?[~{"):
                found.append(literal)
                continue
            found.extend(await self._word(word))
            if len(found) > MAX_FIELDS:
                raise ShellError("out of memory")
        return found

    async def _word(self, word: Word) -> list[str]:
        found: list[str] = []
        for alternative in _braces(word) if word.split else [word]:
            if not word.split:
                found.append(await self.text(alternative))
                continue
            for item in await self._fields(alternative):
                if item.globs and "f" not in self._runner.options:
                    names = await glob(self._runner, item.pattern)
                    found.extend(names or [item.text])
                else:
                    found.append(item.text)
        return found

    async def text(self, word: Word) -> str:
        """One text, neither split nor globbed: assignments, redirections, case subjects."""
        if not word.parts:
            return ""
        literal = word.literal
        if literal is not None and "~" not in literal:
            return literal
        return "".join([text async for text, _ in self._pieces(word)])

    async def pattern(self, word: Word) -> str:
        """A pattern in which what was quoted is plain."""
        item = _Field()
        async for text, quoted in self._pieces(word):
            item.add(text, quoted)
        return item.pattern

    async def regex(self, word: Word) -> str:
        """A regular expression in which what was quoted is plain."""
        pieces = [(text, quoted) async for text, quoted in self._pieces(word)]
        return "".join(re.escape(text) if quoted else text for text, quoted in pieces)

    async def _pieces(self, word: Word) -> AsyncIterator[tuple[str, bool]]:
        for part in self._tilde(word):
            if isinstance(part, Lit):
                yield part.text, part.quoted
            elif isinstance(part, Param) and part.name in ("@", "*") and part.op == "":
                separator = (self._ifs() + " ")[0] if part.name == "*" and self._ifs() else " "
                yield separator.join(self._runner.variables.positional), part.quoted
            else:
                yield await self._value(part), part.quoted

    def _tilde(self, word: Word) -> tuple[Part, ...]:
        first = word.parts[0] if word.parts else None
        if not isinstance(first, Lit) or first.quoted or not first.text.startswith("~"):
            return word.parts
        name, slash, rest = first.text.partition("/")
        if len(word.parts) > 1 and not slash:
            return word.parts
        homes = {
            "~": self._runner.variables.get("HOME"),
            "~+": self._runner.cwd,
            "~-": self._runner.variables.get("OLDPWD"),
        }
        home = homes.get(name)
        if home is None:
            return word.parts
        return (Lit(home, quoted=True), Lit(slash + rest), *word.parts[1:])

    # -- fields -------------------------------------------------------------------------------
    def _ifs(self) -> str:
        value = self._runner.variables.get("IFS")
        return _DEFAULT_IFS if value is None else value

    async def _fields(self, word: Word) -> list[_Field]:
        fields: list[_Field] = []
        current: _Field | None = None
        for part in self._tilde(word):
            if isinstance(part, Lit):
                current = current or _Field()
                current.add(part.text, part.quoted)
                continue
            if isinstance(part, Param) and part.name in ("@", "*") and part.op == "":
                current = self._positional(part, fields, current)
                continue
            value = await self._value(part)
            if part.quoted:
                current = current or _Field()
                current.add(value, True)
            else:
                current = self._split(value, fields, current)
            if len(fields) > MAX_FIELDS:
                raise ShellError("out of memory")
        if current is not None:
            fields.append(current)
        return fields

    def _positional(
        self, part: Param, fields: list[_Field], current: _Field | None
    ) -> _Field | None:
        values = self._runner.variables.positional
        if part.quoted and part.name == "*":
            current = current or _Field()
            current.add((self._ifs() or "")[:1].join(values), True)
            return current
        for index, value in enumerate(values):
            if index and current is not None:
                fields.append(current)
                current = None
            if part.quoted:
                current = current or _Field()
                current.add(value, True)
            else:
                current = self._split(value, fields, current)
        if part.quoted and not values and current is not None and current.text == "":
            return None
        return current

    def _split(self, value: str, fields: list[_Field], current: _Field | None) -> _Field | None:
        """Split by IFS; what may still grow is returned, the rest goes to `fields`."""
        ifs = self._ifs()
        if not ifs:
            if value:
                current = current or _Field()
                current.add(value, False)
            return current
        blanks = "".join(char for char in ifs if char in _DEFAULT_IFS)
        if len(blanks) == len(ifs):
            return self._split_blanks(value, ifs, fields, current)
        return self._split_marks(value, ifs, blanks, fields, current)

    @staticmethod
    def _split_blanks(
        value: str, ifs: str, fields: list[_Field], current: _Field | None
    ) -> _Field | None:
        for blank in ifs[1:]:
            value = value.replace(blank, ifs[0])
        pieces = value.split(ifs[0])
        if len(pieces) - pieces.count("") > MAX_FIELDS:
            raise ShellError("out of memory")
        for index, piece in enumerate(pieces):
            if index and current is not None:
                fields.append(current)
                current = None
            if piece:
                current = current or _Field()
                current.add(piece, False)
        return current

    @staticmethod
    def _split_marks(
        value: str, ifs: str, blanks: str, fields: list[_Field], current: _Field | None
    ) -> _Field | None:
        for piece, ended in split_marks(value, ifs, blanks):
            if piece or current is None:
                current = current or _Field()
                current.add(piece, False)
            if ended:
                fields.append(current)
                current = None
        return current

    # -- parts --------------------------------------------------------------------------------
    async def _value(self, part: Part) -> str:
        if isinstance(part, Param):
            return await self._param(part)
        if isinstance(part, CommandSub):
            return "" if part.body is None else await self._runner.substitute(part.body)
        if isinstance(part, ArithSub):
            return str(await self.arithmetic(part.text))
        if isinstance(part, BadSub):
            raise ShellError(f"{part.text}: bad substitution")
        return part.text

    async def arithmetic(self, word: Word) -> int:
        """The value of an arithmetic text; ShellError where it has none."""
        try:
            return evaluate(await self.text(word), self._runner.variables)
        except ArithError as error:
            raise ShellError(str(error)) from None

    def _plain(self, name: str) -> str | None:
        runner = self._runner
        if name.isdigit():
            number = int(name[:9])
            if number == 0:
                return runner.name
            values = runner.variables.positional
            return values[number - 1] if number <= len(values) else None
        if name in ("@", "*"):
            return " ".join(runner.variables.positional) if runner.variables.positional else None
        special = runner.special(name)
        return special if special is not None else runner.variables.get(name)

    async def _param(self, part: Param) -> str:
        value = self._plain(part.name)
        if part.op == "":
            return self._required(part.name, value)
        if part.op == "len":
            if part.name in ("@", "*"):
                return str(len(self._runner.variables.positional))
            return str(len(self._required(part.name, value)))
        if part.op.lstrip(":") in ("-", "=", "+", "?") and part.op != ":":
            return await self._default(part, value)
        text = self._required(part.name, value)
        if part.op[0] in "#%":
            pattern = await self.pattern(part.word or Word(()))
            longest, suffix = len(part.op) == 2, part.op[0] == "%"
            return patterns.cut(pattern, text, longest=longest, suffix=suffix)
        if part.op[0] == "/":
            return await self._replaced(part, text)
        return await self._slice(part, text)

    def _required(self, name: str, value: str | None) -> str:
        if value is None and "u" in self._runner.options and name not in ("@", "*"):
            raise ShellError(f"{name}: parameter not set")
        return value or ""

    async def _default(self, part: Param, value: str | None) -> str:
        missing = value is None or (part.op[0] == ":" and value == "")
        kind, word = part.op[-1], part.word or Word(())
        if kind == "+":
            return "" if missing else await self.text(word)
        if not missing:
            return value or ""
        text = await self.text(word)
        if kind == "=":
            if not part.name.isidentifier():
                raise ShellError(f"{part.name}: bad substitution")
            self._runner.variables.set(part.name, text)
        if kind == "?":
            raise ShellError(f"{part.name}: {text or 'parameter null or not set'}")
        return text

    async def _replaced(self, part: Param, text: str) -> str:
        pattern = await self.pattern(part.word or Word(()))
        by = await self.text(part.extra) if part.extra else ""
        if len(text) * (len(by) + 1) > MAX_VALUE * 16:
            raise ShellError("out of memory")
        anchor = part.op[1] if part.op in ("/#", "/%") else ""
        return patterns.replace(pattern, text, by, every=part.op == "//", anchor=anchor)

    async def _slice(self, part: Param, text: str) -> str:
        start = await self.arithmetic(part.word or Word(()))
        start = max(0, len(text) + start) if start < 0 else start
        if part.extra is None:
            return text[start:]
        length = await self.arithmetic(part.extra)
        return text[start : start + length] if length >= 0 else text[start:length]


def split_marks(value: str, ifs: str, blanks: str) -> list[tuple[str, bool]]:
    """Split by POSIX rules; each piece with whether a separator ended it."""
    found: list[tuple[str, bool]] = []
    pos = 0
    while pos < len(value) and value[pos] in blanks:
        pos += 1
    start = pos
    while pos < len(value):
        if value[pos] not in ifs:
            pos += 1
            continue
        end = pos
        while pos < len(value) and value[pos] in blanks:
            pos += 1
        if pos < len(value) and value[pos] in ifs:
            pos += 1
            while pos < len(value) and value[pos] in blanks:
                pos += 1
        found.append((value[start:end], True))
        start = pos
    if start < len(value):
        found.append((value[start:], False))
    return found


def _braces(word: Word) -> list[Word]:
    """`{a,b}` alternatives of a word whose braces and commas are unquoted."""
    for index, part in enumerate(word.parts):
        if not isinstance(part, Lit) or part.quoted or "{" not in part.text:
            continue
        alternatives = _alternatives(part.text)
        if alternatives is None:
            continue
        found: list[Word] = []
        for text in alternatives:
            parts = (*word.parts[:index], Lit(text), *word.parts[index + 1 :])
            found.extend(_braces(Word(parts)) if len(found) < 1000 else [])
        return found
    return [word]


def _alternatives(text: str) -> list[str] | None:
    start = text.find("{")
    level, cuts = 0, [start]
    for pos in range(start, len(text)):
        if text[pos] == "{":
            level += 1
        elif text[pos] == "," and level == 1:
            cuts.append(pos)
        elif text[pos] == "}":
            level -= 1
            if level == 0:
                cuts.append(pos)
                break
    if level or len(cuts) < 3:
        return None
    head, tail = text[:start], text[cuts[-1] + 1 :]
    ends = pairwise(cuts)
    return [head + text[a + 1 : b] + tail for a, b in ends]
