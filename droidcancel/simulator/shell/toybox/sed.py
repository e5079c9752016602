"""sed: the commands and addresses that scripts use."""

from __future__ import annotations

import asyncio
import re

from droidcancel.simulator.bounded_regex import Match
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.shell.registry import Invocation
from droidcancel.simulator.shell.toybox.sed_script import Command, ScriptReader
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

MAX_SPACE = 2 << 20
MAX_STEPS = 100_000


class _Quit(Exception):
    def __init__(self, status: int, show: bool) -> None:
        super().__init__(status)
        self.status, self.show = status, show


class _NextCycle(Exception):
    """Begin again with the next line; `show` prints the space first."""


class _Editor:
    """Runs a script over lines."""

    def __init__(self, script: list[Command], quiet: bool) -> None:
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

    def _jump(self, script: list[Command]) -> None:
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

    def _commands(self, commands: list[Command]) -> str | None:
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

    def _branch(self, command: Command) -> str | None:
        if command.name != "b":
            taken = self.replaced == (command.name == "t")
            self.replaced = False if command.name == "t" else self.replaced
            if not taken:
                return None
        return command.text

    def _selected(self, command: Command) -> bool:
        return self._in_range(command) != command.negate

    def _in_range(self, command: Command) -> bool:
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
    def print(self, command: Command) -> None:
        self.emit(self.space)

    def print_first(self, command: Command) -> None:
        self.emit(self.space.partition("\n")[0])

    def delete(self, command: Command) -> None:
        raise _NextCycle

    def delete_first(self, command: Command) -> None:
        _, found, rest = self.space.partition("\n")
        self.space, self.restart = rest, bool(found)
        raise _NextCycle

    def next(self, command: Command) -> None:
        if not self.lines:
            raise _Quit(0, True)
        if not self.quiet:
            self.emit(self.space)
        self._flush()
        self.space = self.lines.pop()
        self.number += 1

    def append_next(self, command: Command) -> None:
        if not self.lines:
            raise _Quit(0, True)
        self.space += "\n" + self.lines.pop()
        self.number += 1

    def get(self, command: Command) -> None:
        self.space = self.hold

    def get_more(self, command: Command) -> None:
        self.space += "\n" + self.hold

    def keep(self, command: Command) -> None:
        self.hold = self.space

    def keep_more(self, command: Command) -> None:
        self.hold += "\n" + self.space

    def exchange(self, command: Command) -> None:
        self.space, self.hold = self.hold, self.space

    def line_number(self, command: Command) -> None:
        self.emit(str(self.number))

    def quit(self, command: Command) -> None:
        status = int(command.text[:3]) if command.text.isdigit() else 0
        raise _Quit(status, command.name == "q")

    def append(self, command: Command) -> None:
        self.queue.append(command.text)

    def insert(self, command: Command) -> None:
        self.out.append(command.text)

    def change(self, command: Command) -> None:
        if not command.active:
            self.out.append(command.text)
        raise _NextCycle

    def nothing(self, command: Command) -> None:
        return None

    def transliterate(self, command: Command) -> None:
        self.space = self.space.translate(command.table)

    def substitute(self, command: Command) -> None:
        number = int("".join(c for c in command.flags if c.isdigit())[:6] or 0)
        every = "g" in command.flags
        seen = 0

        def replace(match: Match) -> str:
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


def _replacement(text: str, match: Match) -> str:
    def one(found: re.Match[str]) -> str:
        piece = found.group()
        if piece == "&":
            return match.group()
        char = piece[1]
        if char.isdigit():
            index = int(char)
            return (match.group(index) or "") if index <= match.re.groups else ""
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
    script = ScriptReader(text, extended).commands()
    editor = _Editor(script, quiet)
    lines = decode(data).split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    status = await editor.run(lines)
    return encode("".join(editor.out)), status
