"""`test`, `[ ]` and `[[ ]]`."""

from __future__ import annotations

import re
import stat as st
from collections.abc import Callable
from typing import TYPE_CHECKING

from droidcancel.simulator.bounded_regex import BadPattern, Pattern, SlowMatch
from droidcancel.simulator.fs import FsError, Stat
from droidcancel.simulator.shell import pattern as patterns
from droidcancel.simulator.shell.arith import ArithError, evaluate
from droidcancel.simulator.shell.syntax import Test, TestLogic
from droidcancel.simulator.shell.variables import ShellError

if TYPE_CHECKING:
    from droidcancel.simulator.shell.runner import Runner


class TestError(Exception):
    """An expression that says nothing; the text is mksh's."""

    __test__ = False


def _stat(runner: Runner, name: str, follow: bool = True) -> Stat | None:
    try:
        return runner.files.stat(name, follow)
    except FsError:
        return None


def _kind(mode: int) -> Callable[[Runner, str], bool]:
    def check(runner: Runner, name: str) -> bool:
        found = _stat(runner, name, follow=mode != st.S_IFLNK)
        return found is not None and st.S_IFMT(found.mode) == mode

    return check


def _access(letter: str) -> Callable[[Runner, str], bool]:
    def check(runner: Runner, name: str) -> bool:
        exists = bool(name) and _stat(runner, name) is not None
        return exists and runner.phone.fs.may(runner.uid, runner.path(name), letter)

    return check


def _terminal(runner: Runner, name: str) -> bool:
    number = int(name) if name.isdigit() else -1
    return number in runner.fds and runner.fds[number].tty


def _bit(mask: int) -> Callable[[Runner, str], bool]:
    def check(runner: Runner, name: str) -> bool:
        found = _stat(runner, name)
        return found is not None and bool(found.mode & mask)

    return check


_UNARY: dict[str, Callable[[Runner, str], bool]] = {
    "-n": lambda runner, word: word != "",
    "-z": lambda runner, word: word == "",
    "-e": lambda runner, name: _stat(runner, name) is not None,
    "-a": lambda runner, name: _stat(runner, name) is not None,
    "-s": lambda runner, name: (found := _stat(runner, name)) is not None and found.size > 0,
    "-f": _kind(st.S_IFREG),
    "-d": _kind(st.S_IFDIR),
    "-h": _kind(st.S_IFLNK),
    "-L": _kind(st.S_IFLNK),
    "-b": _kind(st.S_IFBLK),
    "-c": _kind(st.S_IFCHR),
    "-p": _kind(st.S_IFIFO),
    "-S": _kind(st.S_IFSOCK),
    "-r": _access("r"),
    "-w": _access("w"),
    "-x": _access("x"),
    "-u": _bit(st.S_ISUID),
    "-g": _bit(st.S_ISGID),
    "-k": _bit(st.S_ISVTX),
    "-t": _terminal,
    "-o": lambda runner, name: name in runner.options,
    "-O": lambda r, name: (found := _stat(r, name)) is not None and found.uid == r.uid,
    "-G": lambda r, name: (found := _stat(r, name)) is not None and found.gid == r.uid,
}


def _times(runner: Runner, left: str, right: str) -> tuple[float, float]:
    one, two = _stat(runner, left), _stat(runner, right)
    return (one.mtime if one else -1.0), (two.mtime if two else -1.0)


def _newer(runner: Runner, left: str, right: str) -> bool:
    one, two = _times(runner, left, right)
    return one > two


def _older(runner: Runner, left: str, right: str) -> bool:
    one, two = _times(runner, left, right)
    return one < two


def _same(runner: Runner, left: str, right: str) -> bool:
    one, two = _stat(runner, left), _stat(runner, right)
    return one is not None and two is not None and one.ino == two.ino


def _integer(runner: Runner, text: str) -> int:
    if re.fullmatch(r"\s*[-+]?[0-9]{1,15}\s*", text):
        return int(text)
    try:
        return evaluate(text, runner.variables)
    except ArithError as error:
        raise TestError(str(error)) from None


def _numeric(compare: Callable[[int, int], bool]) -> Callable[[Runner, str, str], bool]:
    def check(runner: Runner, left: str, right: str) -> bool:
        return compare(_integer(runner, left), _integer(runner, right))

    return check


_BINARY: dict[str, Callable[[Runner, str, str], bool]] = {
    "=": lambda runner, left, right: left == right,
    "==": lambda runner, left, right: left == right,
    "!=": lambda runner, left, right: left != right,
    "<": lambda runner, left, right: left < right,
    ">": lambda runner, left, right: left > right,
    "-eq": _numeric(lambda a, b: a == b),
    "-ne": _numeric(lambda a, b: a != b),
    "-lt": _numeric(lambda a, b: a < b),
    "-le": _numeric(lambda a, b: a <= b),
    "-gt": _numeric(lambda a, b: a > b),
    "-ge": _numeric(lambda a, b: a >= b),
    "-nt": _newer,
    "-ot": _older,
    "-ef": _same,
}


class _Words:
    """The words of `test`, read by POSIX' rules (by their number) and -a, -o beyond."""

    def __init__(self, runner: Runner, words: list[str]) -> None:
        self.runner, self.words, self.pos = runner, words, 0
        self.depth = 0

    def peek(self, ahead: int = 0) -> str | None:
        at = self.pos + ahead
        return self.words[at] if at < len(self.words) else None

    def either(self) -> bool:
        value = self.both()
        while self.peek() == "-o":
            self.pos += 1
            value = self.both() or value
        return value

    def both(self) -> bool:
        value = self.inverse()
        while self.peek() == "-a":
            self.pos += 1
            value = self.inverse() and value
        return value

    def inverse(self) -> bool:
        self.depth += 1
        if self.depth > 50:
            raise TestError("expression too deep")
        if self.peek() == "!" and self.peek(1) is not None and self.peek(1) not in _BINARY:
            self.pos += 1
            return not self.inverse()
        return self.primary()

    def primary(self) -> bool:
        word = self.peek()
        if word is None:
            raise TestError("argument expected")
        operator = self.peek(1)
        if operator in _BINARY and self.peek(2) is not None:
            self.pos += 3
            return _BINARY[str(operator)](self.runner, word, self.words[self.pos - 1])
        if word == "(" and ")" in self.words[self.pos + 1 :]:
            self.pos += 1
            value = self.either()
            if self.peek() != ")":
                raise TestError("missing )")
            self.pos += 1
            return value
        if word in _UNARY and operator is not None:
            self.pos += 2
            return _UNARY[word](self.runner, operator)
        self.pos += 1
        return word != ""


def _by_count(runner: Runner, words: list[str]) -> bool | None:
    """POSIX' answer for up to four words; None where it leaves the matter to the grammar."""
    if len(words) <= 1:
        return bool(words and words[0])
    if words[0] == "!" and len(words) <= 4 and not (len(words) == 3 and words[1] in _BINARY):
        inner = _by_count(runner, words[1:])
        return None if inner is None else not inner
    if len(words) == 2 and words[0] in _UNARY:
        return _UNARY[words[0]](runner, words[1])
    if len(words) == 3 and words[1] in _BINARY:
        return _BINARY[words[1]](runner, words[0], words[2])
    return None


def run_test(runner: Runner, words: list[str]) -> bool:
    """The truth of `test WORDS`; TestError when they make no expression."""
    answer = _by_count(runner, words)
    if answer is not None:
        return answer
    reader = _Words(runner, words)
    value = reader.either()
    rest = reader.peek()
    if rest is not None:
        raise TestError(f"{rest}: unexpected operator/operand")
    return value


async def evaluate_condition(runner: Runner, node: TestLogic | Test) -> bool:
    """The truth of `[[ ... ]]`."""
    if isinstance(node, Test):
        return await _leaf(runner, node)
    if node.op == "!":
        return not await evaluate_condition(runner, node.operands[0])
    for operand in node.operands:
        if await evaluate_condition(runner, operand) == (node.op == "||"):
            return node.op == "||"
    return node.op == "&&"


async def _leaf(runner: Runner, node: Test) -> bool:
    first = await runner.expander.text(node.words[0])
    if len(node.words) == 1:
        return _UNARY[node.op](runner, first)
    if node.op in ("=", "==", "!="):
        pattern = await runner.expander.pattern(node.words[1])
        return patterns.matches(pattern, first) == (node.op != "!=")
    if node.op == "=~":
        source = await runner.expander.regex(node.words[1])
        try:
            return Pattern(source).search(first[:100_000]) is not None
        except (BadPattern, SlowMatch):
            raise ShellError(f"{source[:64]}: invalid regular expression", 2) from None
    try:
        return _BINARY[node.op](runner, first, await runner.expander.text(node.words[1]))
    except TestError as error:
        raise ShellError(str(error)) from None
