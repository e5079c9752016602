"""sed: the commands and addresses that scripts use."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.regex import BadRegex, compile_posix
from droidcancel.simulator.shell.toybox.tool import (
    MAX_INPUT,
    Options,
    UsageError,
    complain,
    decode,
    encode,
    open_input,
    slurp,
    tool,
)

MAX_SPACE = 8 << 20
MAX_STEPS = 100_000


@dataclass
class _Address:
    """A line number, `$` (-1), or an expression; `step` for first~step."""

    line: int | None = None
    regex: re.Pattern[str] | None = None
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
class _Command:
    name: str
    first: _Address | None = None
    second: _Address | None = None
    count: int | None = None
    negate: bool = False
    text: str = ""
    regex: re.Pattern[str] | None = None
    flags: str = ""
    table: dict[int, str] = field(default_factory=dict)
    body: list[_Command] = field(default_factory=list)
    active: bool = False
    until: int = 0


class _Parser:
    """Reads a sed script."""

    def __init__(self, text: str, extended: bool) -> None:
        self.text, self.pos, self.extended = text, 0, extended
        self.last: re.Pattern[str] | None = None

    def fault(self) -> UsageError:
        return UsageError(f"bad pattern '{self.text[:40]}'@{self.pos} ({self.peek()})")

    def peek(self) -> str:
        return self.text[self.pos : self.pos + 1]

    def commands(self, nested: bool = False) -> list[_Command]:
        found: list[_Command] = []
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

    def address(self) -> _Address | None:
        char = self.peek()
        if char == "$":
            self.pos += 1
            return _Address(-1)
        match = re.compile(r"(\d{1,9})(?:~(\d{1,9}))?").match(self.text, self.pos)
        if match:
            self.pos = match.end()
            return _Address(int(match.group(1)), step=int(match.group(2) or 0))
        if char == "/" or (char == "\\" and self.text[self.pos + 1 : self.pos + 2]):
            self.pos += 1 + (char == "\\")
            delimiter = self.text[self.pos - 1]
            source = self.delimited(delimiter)
            ignore = self.peek() == "I"
            self.pos += ignore
            return _Address(regex=self.compile(source, ignore))
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

    def compile(self, source: str, ignore: bool = False) -> re.Pattern[str]:
        if not source:
            if self.last is None:
                raise UsageError("no previous regex")
            return self.last
        try:
            self.last = compile_posix(source, self.extended, ignore)
        except BadRegex as error:
            raise UsageError(f"bad regex '{source}': {error}") from None
        return self.last

    def command(self) -> _Command:
        command = _Command("", self.address())
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

    def nothing(self, command: _Command) -> None:
        return None

    def block(self, command: _Command) -> None:
        command.body = self.commands(nested=True)

    def label(self, command: _Command) -> None:
        command.text = self.until(";\n}").strip()

    def insertion(self, command: _Command) -> None:
        text = self.until("\n")
        while text.endswith("\\") and self.peek() == "\n":
            self.pos += 1
            text = text[:-1] + "\n" + self.until("\n")
        text = text.lstrip(" \t")
        text = text[1:].lstrip("\n") if text[:1] in ("\\", "\n") else text
        command.text = re.sub(r"\\(.)", r"\1", text.lstrip("\n"), flags=re.S) + "\n"

    def substitution(self, command: _Command) -> None:
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

    def transliteration(self, command: _Command) -> None:
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
    **dict.fromkeys("pPdDnNgGhHx=l", _Parser.nothing),
    **dict.fromkeys("btT:qQrw", _Parser.label),
    **dict.fromkeys("aic", _Parser.insertion),
    "{": _Parser.block,
    "s": _Parser.substitution,
    "y": _Parser.transliteration,
}


class _Quit(Exception):
    def __init__(self, status: int, show: bool) -> None:
        super().__init__(status)
        self.status, self.show = status, show


class _NextCycle(Exception):
    """Begin again with the next line; `show` prints the space first."""


class _Editor:
    """Runs a script over lines."""

    def __init__(self, script: list[_Command], quiet: bool) -> None:
        self.script, self.quiet = script, quiet
        self.out: list[str] = []
        self.space = self.hold = ""
        self.number = 0
        self.lines: list[str] = []
        self.replaced = False
        self.queue: list[str] = []
        self.restart = False
        self.steps = 0

    def emit(self, text: str) -> None:
        self.out.append(text + "\n")

    @property
    def at_end(self) -> bool:
        return not self.lines

    async def run(self, lines: list[str]) -> int:
        self.lines = lines[::-1]
        while self.lines or self.restart:
            if not self.restart:
                self.space = self.lines.pop()
                self.number += 1
                self.replaced = False
            self.restart = False
            self.steps = 0
            if self.number % 256 == 0:
                await asyncio.sleep(0)
            try:
                self._jump(self.script)
                show = not self.quiet
            except _NextCycle:
                show = False
            except _Quit as leave:
                if leave.show and not self.quiet:
                    self.emit(self.space)
                self._flush()
                return leave.status
            if show:
                self.emit(self.space)
            self._flush()
        return 0

    def _flush(self) -> None:
        self.out += self.queue
        self.queue = []

    def _jump(self, script: list[_Command]) -> None:
        """Run the script, beginning again behind a label for each branch."""
        flat, start = script, 0
        while True:
            label = self._commands(flat[start:])
            if label is None or label == "":
                return
            places = [i for i, c in enumerate(flat) if c.name == ":" and c.text == label]
            if not places:
                raise UsageError(f"no label '{label}'")
            start = places[0] + 1

    def _commands(self, commands: list[_Command]) -> str | None:
        """Run commands; a label to branch to ("" for the end), None when all ran."""
        for command in commands:
            self.steps += 1
            if self.steps > MAX_STEPS or len(self.space) + len(self.hold) > MAX_SPACE:
                raise UsageError("script does not end")
            if not self._selected(command):
                continue
            if command.name == "{":
                label = self._commands(command.body)
            elif command.name in "btT":
                label = self._branch(command)
            else:
                _ACTIONS[command.name](self, command)
                continue
            if label is not None:
                return label
        return None

    def _branch(self, command: _Command) -> str | None:
        if command.name != "b":
            taken = self.replaced == (command.name == "t")
            self.replaced = False if command.name == "t" else self.replaced
            if not taken:
                return None
        return command.text

    def _selected(self, command: _Command) -> bool:
        return self._in_range(command) != command.negate

    def _in_range(self, command: _Command) -> bool:
        if command.first is None:
            return True
        if command.active:
            second = command.second
            if command.count is not None:
                ended = self.number >= command.until
            elif second is not None and second.line is not None and second.line != -1:
                ended = self.number >= second.line
                if self.number > second.line:
                    command.active = False
                    return command.first.hits(self.number, self.at_end, self.space)
            else:
                ended = second is not None and second.hits(self.number, self.at_end, self.space)
            command.active = not ended
            return True
        if not command.first.hits(self.number, self.at_end, self.space):
            return False
        if command.count is not None:
            command.until = self.number + command.count
            command.active = command.count > 0
        elif command.second is not None:
            line = command.second.line
            command.active = line is None or line == -1 or line > self.number
        return True

    # -- the commands -------------------------------------------------------------------------
    def print(self, command: _Command) -> None:
        self.emit(self.space)

    def print_first(self, command: _Command) -> None:
        self.emit(self.space.partition("\n")[0])

    def delete(self, command: _Command) -> None:
        raise _NextCycle

    def delete_first(self, command: _Command) -> None:
        _, found, rest = self.space.partition("\n")
        self.space, self.restart = rest, bool(found)
        raise _NextCycle

    def next(self, command: _Command) -> None:
        if not self.lines:
            raise _Quit(0, True)
        if not self.quiet:
            self.emit(self.space)
        self._flush()
        self.space = self.lines.pop()
        self.number += 1

    def append_next(self, command: _Command) -> None:
        if not self.lines:
            raise _Quit(0, True)
        self.space += "\n" + self.lines.pop()
        self.number += 1

    def get(self, command: _Command) -> None:
        self.space = self.hold

    def get_more(self, command: _Command) -> None:
        self.space += "\n" + self.hold

    def keep(self, command: _Command) -> None:
        self.hold = self.space

    def keep_more(self, command: _Command) -> None:
        self.hold += "\n" + self.space

    def exchange(self, command: _Command) -> None:
        self.space, self.hold = self.hold, self.space

    def line_number(self, command: _Command) -> None:
        self.emit(str(self.number))

    def quit(self, command: _Command) -> None:
        status = int(command.text[:3]) if command.text.isdigit() else 0
        raise _Quit(status, command.name == "q")

    def append(self, command: _Command) -> None:
        self.queue.append(command.text)

    def insert(self, command: _Command) -> None:
        self.out.append(command.text)

    def change(self, command: _Command) -> None:
        if not command.active:
            self.out.append(command.text)
        raise _NextCycle

    def nothing(self, command: _Command) -> None:
        return None

    def transliterate(self, command: _Command) -> None:
        self.space = self.space.translate(command.table)

    def substitute(self, command: _Command) -> None:
        number = int("".join(c for c in command.flags if c.isdigit())[:6] or 0)
        every = "g" in command.flags
        seen = 0

        def replace(match: re.Match[str]) -> str:
            nonlocal seen
            seen += 1
            if seen < (number or 1) or (seen > (number or 1) and not every):
                return match.group()
            self.replaced = True
            return _replacement(command.text, match)

        before = self.replaced
        self.replaced = False
        if command.regex is not None:
            limit = 0 if every or number else 1
            self.space = command.regex.sub(replace, self.space, count=limit)
        if self.replaced and "p" in command.flags:
            self.emit(self.space)
        self.replaced |= before


def _replacement(text: str, match: re.Match[str]) -> str:
    def one(found: re.Match[str]) -> str:
        piece = found.group()
        if piece == "&":
            return match.group()
        char = piece[1]
        if char.isdigit():
            index = int(char)
            return (match.group(index) or "") if index <= (match.re.groups or 0) else ""
        return {"n": "\n", "t": "\t"}.get(char, char)

    return re.sub(r"\\(.)|&", one, text, flags=re.S)


_ACTIONS = {
    "p": _Editor.print, "P": _Editor.print_first, "d": _Editor.delete, "D": _Editor.delete_first,
    "n": _Editor.next, "N": _Editor.append_next, "g": _Editor.get, "G": _Editor.get_more,
    "h": _Editor.keep, "H": _Editor.keep_more, "x": _Editor.exchange, "=": _Editor.line_number,
    "q": _Editor.quit, "Q": _Editor.quit, "a": _Editor.append, "i": _Editor.insert,
    "c": _Editor.change, "s": _Editor.substitute, "y": _Editor.transliterate,
    ":": _Editor.nothing, "r": _Editor.nothing, "w": _Editor.nothing, "l": _Editor.print,
}  # fmt: skip


@tool("sed", spec="nErRsze:f:i", long={"expression": "e", "quiet": "n", "in-place": "i"})
async def sed(inv: Invocation, options: Options) -> int:
    scripts = list(options.values.get("e", ()))
    scripts += [decode(inv.files.read(name)) for name in options.values.get("f", ())]
    if not scripts:
        if not options.words:
            raise UsageError("no SCRIPT")
        scripts = [options.words.pop(0)]
    extended = "E" in options or "r" in options
    text = "\n".join(scripts)
    quiet = "n" in options or text.startswith("#n\n")
    status = 0
    gathered: list[bytes] = []
    for name in options.words or ["-"]:
        try:
            source = open_input(inv, name)
            try:
                data = await slurp(source)
            finally:
                source.close()
        except FsError as error:
            status = await complain(inv, name, error)
            continue
        if "i" in options and name != "-":
            edited, code = await _edit(text, extended, quiet, data)
            inv.files.write(name, edited)
            status = status or code
        else:
            gathered.append(data if data.endswith(b"\n") or not data else data + b"\n")
            if sum(map(len, gathered)) > MAX_INPUT:
                raise UsageError("input too long")
    if "i" not in options:
        edited, code = await _edit(text, extended, quiet, b"".join(gathered))
        await inv.stdout.write(edited)
        status = status or code
    return status


async def _edit(text: str, extended: bool, quiet: bool, data: bytes) -> tuple[bytes, int]:
    script = _Parser(text, extended).commands()
    editor = _Editor(script, quiet)
    lines = decode(data).split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    status = await editor.run(lines)
    return encode("".join(editor.out)), status
