"""Regular expressions that somebody else wrote: small when compiled, and matched within a time.

Python's `re` holds the whole process for as long as an expression backtracks, which a few
characters of pattern make for ever; `regex` gives up after a time that it is told.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

import regex

MAX_SOURCE = 4096  # characters of an expression
MAX_SIZE = 100_000  # characters that its repetitions, written out, come to
MATCH_S = 0.25
T = TypeVar("T")

_PIECE = regex.compile(
    r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\{(\d+)?(,)?(\d+)?\}[+?]?|[()]|.", regex.S
)


class BadPattern(ValueError):
    """An expression that does not compile, or is too large; `position` is where, if known."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class SlowMatch(OSError):
    """A match that took too long: ENOMEM, as regexec(3) says that an expression is too much."""

    def __init__(self) -> None:
        super().__init__(errno.ENOMEM, os.strerror(errno.ENOMEM))


def _size(source: str) -> int:
    """About how many characters the expression has with its `{n}` written out."""
    totals, last = [0], 0
    for piece in _PIECE.finditer(source):
        text = piece.group()
        if text == "(":
            totals[-1] += last
            totals.append(0)
            last = 0
        elif text == ")" and len(totals) > 1:
            last += totals.pop()
        elif text[0] == "{" and len(text) > 2 and text != "{,}":
            counts = [int(count[:9]) for count in (piece.group(1), piece.group(3)) if count]
            last *= max(1, *counts)
        else:
            totals[-1] += last
            last = 1
        if last > MAX_SIZE:
            return last
    return sum(totals) + last


class Match(Protocol):
    """What is used of a match."""

    @property
    def re(self) -> Any: ...

    def group(self, group: int = 0, /) -> str: ...

    def span(self, group: int = 0, /) -> tuple[int, int]: ...


class Pattern:
    """A compiled expression with the methods of `re.Pattern`, each of which may raise SlowMatch."""

    def __init__(self, source: str, flags: int = 0) -> None:
        """Raises BadPattern. `flags` are those of `regex`, which are those of `re`."""
        if len(source) > MAX_SOURCE or _size(source) > MAX_SIZE:
            raise BadPattern("regular expression is too large")
        try:
            self._compiled = regex.compile(source, flags)
        except regex.error as error:
            raise BadPattern(error.msg, error.pos) from None
        except (RecursionError, OverflowError, MemoryError):
            raise BadPattern("regular expression is too large") from None

    @property
    def groups(self) -> int:
        return int(self._compiled.groups)

    def search(self, text: str, pos: int = 0) -> Match | None:
        found: Match | None = _in_time(lambda: self._compiled.search(text, pos, timeout=MATCH_S))
        return found

    def match(self, text: str, pos: int = 0) -> Match | None:
        found: Match | None = _in_time(lambda: self._compiled.match(text, pos, timeout=MATCH_S))
        return found

    def fullmatch(self, text: str) -> Match | None:
        found: Match | None = _in_time(lambda: self._compiled.fullmatch(text, timeout=MATCH_S))
        return found

    def finditer(self, text: str) -> Iterator[Match]:
        """The matches one after the other; the time is for all of them."""
        found = self._compiled.finditer(text, timeout=MATCH_S)
        while (match := _in_time(lambda: next(found, None))) is not None:
            yield match

    def sub(self, by: str | Callable[[Match], str], text: str, count: int = 0) -> str:
        return str(_in_time(lambda: self._compiled.sub(by, text, count=count, timeout=MATCH_S)))


def _in_time(work: Callable[[], T]) -> T:
    try:
        return work()
    except (TimeoutError, MemoryError):
        raise SlowMatch from None
