"""The language of sed: from a script to its commands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from droidcancel.simulator.bounded_regex import Pattern
from droidcancel.simulator.shell.toybox.regex import BadRegex, compile_posix
from droidcancel.simulator.shell.toybox.tool import (
    UsageError,
)


@dataclass
class Address:
    """A line number, `$` (-1), or an expression; `step` for first~step."""

    line: int | None = None
    regex: Pattern | None = None
    step: int = 0

    def hits(self, number: int, last: bool, text: str) -> bool:
        if self.regex is not None:
            return self.regex.search(text) is not None
        if self.line == -1:
            return last
        if self.step:
            return number >= (self.line or 0) and (number - (self.line or 0)) % self.step == 0
        return number == self.line


@dataclass
class Command:
    name: str
    first: Address | None = None
    second: Address | None = None
    count: int | None = None
    negate: bool = False
    text: str = ""
    regex: Pattern | None = None
    flags: str = ""
    table: dict[int, str] = field(default_factory=dict)
    body: list[Command] = field(default_factory=list)
    active: bool = False
    until: int = 0


class ScriptReader:
    """Reads a sed script."""

    def __init__(self, text: str, extended: bool) -> None:
        self.text, self.pos, self.extended = text, 0, extended
        self.last: Pattern | None = None

    def fault(self) -> UsageError:
        return UsageError(f"bad pattern '{self.text[:40]}'@{self.pos} ({self.peek()})")

    def peek(self) -> str:
        return self.text[self.pos : self.pos + 1]

    def commands(self, nested: bool = False) -> list[Command]:
        found: list[Command] = []
        while True:
            while self.peek() and self.peek() in "; \t\n":
                self.pos += 1
            if not self.peek():
                if nested:
                    raise self.fault()
                return found
            if self.peek() == "}" and nested:
                self.pos += 1
                return found
            if self.peek() == "#":
                self.until("\n")
                continue
            found.append(self.command())

    def until(self, stop: str) -> str:
        end = len(self.text)
        for char in stop:
            at = self.text.find(char, self.pos)
            end = at if 0 <= at < end else end
        piece, self.pos = self.text[self.pos : end], end
        return piece

    def address(self) -> Address | None:
        char = self.peek()
        if char == "$":
            self.pos += 1
            return Address(-1)
        match = re.compile(r"(\d{1,9})(?:~(\d{1,9}))?").match(self.text, self.pos)
        if match:
            self.pos = match.end()
            return Address(int(match.group(1)), step=int(match.group(2) or 0))
        if char == "/" or (char == "\\" and self.text[self.pos + 1 : self.pos + 2]):
            self.pos += 1 + (char == "\\")
            delimiter = self.text[self.pos - 1]
            source = self.delimited(delimiter)
            ignore = self.peek() == "I"
            self.pos += ignore
            return Address(regex=self.compile(source, ignore))
        return None

    def delimited(self, delimiter: str, keep: bool = False) -> str:
        """Up to an unescaped delimiter, which is stepped over."""
        out: list[str] = []
        bracket = False
        while True:
            char = self.peek()
            if not char:
                raise self.fault()
            self.pos += 1
            if char == "\\" and self.peek():
                following = self.peek()
                self.pos += 1
                if following == delimiter and not keep:
                    out.append(following)
                else:
                    out.append("\\" + following)
                continue
            if char == "[" and not keep:
                bracket = True
            elif char == "]" and out and out[-1] not in ("[", "[^"):
                bracket = False
            if char == delimiter and not bracket:
                return "".join(out)
            out.append(char)

    def compile(self, source: str, ignore: bool = False) -> Pattern:
        if not source:
            if self.last is None:
                raise UsageError("no previous regex")
            return self.last
        try:
            self.last = compile_posix(source, self.extended, ignore)
        except BadRegex as error:
            raise UsageError(f"bad regex '{source}': {error}") from None
        return self.last

    def command(self) -> Command:
        command = Command("", self.address())
        if command.first is not None and self.peek() == ",":
            self.pos += 1
            if self.peek() == "+":
                self.pos += 1
                command.count = int(self.until(" abcdefghijklmnopqrstuvwxyz{!;\n") or 0)
            else:
                command.second = self.address()
                if command.second is None:
                    raise self.fault()
        while self.peek() and self.peek() in " !\t":
            command.negate |= self.peek() == "!"
            self.pos += 1
        command.name = self.peek()
        self.pos += 1
        reader = _READERS.get(command.name)
        if reader is None:
            self.pos -= 1
            raise self.fault()
        reader(self, command)
        return command

    def nothing(self, command: Command) -> None:
        return None

    def block(self, command: Command) -> None:
        command.body = self.commands(nested=True)

    def label(self, command: Command) -> None:
        command.text = self.until(";\n}").strip()

    def insertion(self, command: Command) -> None:
        text = self.until("\n")
        while text.endswith("\\") and self.peek() == "\n":
            self.pos += 1
            text = text[:-1] + "\n" + self.until("\n")
        text = text.lstrip(" \t")
        text = text[1:].lstrip("\n") if text[:1] in ("\\", "\n") else text
        command.text = re.sub(r"\\(.)", r"\1", text.lstrip("\n"), flags=re.S) + "\n"

    def substitution(self, command: Command) -> None:
        delimiter = self.peek()
        if not delimiter or delimiter in "\\\n":
            raise self.fault()
        self.pos += 1
        source = self.delimited(delimiter)
        command.text = self.delimited(delimiter, keep=True)
        match = re.compile(r"[gpIi0-9]*").match(self.text, self.pos)
        command.flags = match.group() if match else ""
        self.pos += len(command.flags)
        command.regex = self.compile(source, "i" in command.flags.lower())

    def transliteration(self, command: Command) -> None:
        delimiter = self.peek()
        self.pos += 1
        one, two = (
            re.sub(r"\\(.)", lambda m: "\n" if m.group(1) == "n" else m.group(1), piece)
            for piece in (self.delimited(delimiter), self.delimited(delimiter))
        )
        if len(one) != len(two):
            raise UsageError("y strings different len")
        command.table = {ord(a): b for a, b in zip(one, two, strict=True)}


_READERS = {
    **dict.fromkeys("pPdDnNgGhHx=l", ScriptReader.nothing),
    **dict.fromkeys("btT:qQrw", ScriptReader.label),
    **dict.fromkeys("aic", ScriptReader.insertion),
    "{": ScriptReader.block,
    "s": ScriptReader.substitution,
    "y": ScriptReader.transliteration,
}
