"""Regular expressions that a profile brings: small when compiled, and matched within a time.

A profile may come from anybody. Python's `re` holds the process for as long as an expression
backtracks, which a few characters make for ever; `regex` gives up after a time that it is told,
but writes out what is repeated by a number, so that such numbers are bounded here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import regex

from droidcancel.errors import ConfigError

LONGEST = 4000
#: the numbers of all `{n}` of an expression, multiplied
MOST_REPEATS = 100_000
MATCH_S = 0.5
_REPEAT = re.compile(r"\{(\d*),?(\d*)\}")


def check(source: str) -> None:
    """ValueError for what is no expression, or one that would grow beyond all bounds."""
    if len(source) > LONGEST:
        raise ValueError(f"has more than {LONGEST} characters")
    total = 1
    for low, high in _REPEAT.findall(source):
        total *= max(1, *(int(number[:9]) for number in (low, high) if number), 1)
        if total > MOST_REPEATS:
            raise ValueError("repeats too much: lower the numbers in {}")
    try:
        _compiled(source)
    except (regex.error, RecursionError, OverflowError, MemoryError) as error:
        raise ValueError(f"is no regular expression: {error}") from error


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Any:
    return regex.compile(source)


def matches(source: str, text: str) -> bool:
    """Whether an expression that was checked is the whole text. ConfigError: it takes for ever."""
    try:
        return _compiled(source).fullmatch(text, timeout=MATCH_S) is not None
    except (TimeoutError, MemoryError) as error:
        raise ConfigError(
            f"the profile's pattern {source[:200]!r} took more than {MATCH_S:g} s on {text[:60]!r}",
            "write it so that no part of the text can be read in two ways, as (a+)+ can",
        ) from error
