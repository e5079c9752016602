"""Shell patterns: `*`, `?`, `[...]`.

A pattern is text in which quoted characters stand behind a backslash. Whole matches use regular
expressions that cannot backtrack far; prefixes and suffixes are found by stepping all
possible states at once, so that no pattern takes more than (length x pattern) steps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from droidcancel.simulator.bounded_regex import BadPattern, Pattern, SlowMatch
from droidcancel.simulator.shell.variables import ShellError

_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": " \\t", "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~",
    "punct": "!-/:-@\\[-`{-~", "space": "\\s", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
MAX_STEPS = 500_000
CALL_STEPS = 8  # what beginning at another place costs, in steps
MAX_PRODUCT = 4_000_000  # pattern times text, up to which `re` cannot take long
_SPECIAL = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Star:
    """Any number of any characters."""


@dataclass(frozen=True)
class One:
    """One character that the expression matches."""

    source: str
    regex: re.Pattern[str]


def quote(text: str) -> str:
    """Text with every character that means something in a pattern made plain."""
    return re.sub(r"([*?\[\]\\!^-])", r"\\\1", text)


def unquote(pattern: str) -> str:
    """The text that a pattern without wildcards stands for."""
    return re.sub(r"\\(.)", r"\1", pattern, flags=re.S)


def has_wildcard(pattern: str) -> bool:
    """Whether anything in it is a wildcard."""
    return bool(_SPECIAL.search(re.sub(r"\\.", "", pattern, flags=re.S)))


def _bracket(pattern: str, start: int) -> tuple[str, int] | None:
    """The regular expression of `[...]` at `start`, and where it ends; None when unclosed."""
    pos = start + 1
    negate = pattern[pos : pos + 1] in ("!", "^")
    pos += negate
    body = ""
    first = True
    while pos < len(pattern):
        char = pattern[pos]
        if char == "]" and not first:
            return (f"[{'^' if negate else ''}{body}]" if body else "(?!)"), pos + 1
        first = False
        name = re.compile(r"\[:(\w+):\]").match(pattern, pos)
        if name and name.group(1) in _CLASSES:
            body += _CLASSES[name.group(1)]
            pos = name.end()
            continue
        if char == "\\" and pos + 1 < len(pattern):
            pos += 1
            body += re.escape(pattern[pos])
        else:
            body += "-" if char == "-" else re.escape(char)
        pos += 1
    return None


def _compiled(source: str) -> One:
    try:
        return One(source, re.compile(source, re.S))
    except re.error:
        return One("(?!)", re.compile("(?!)"))


@lru_cache(maxsize=512)
def tokens(pattern: str) -> tuple[Star | One, ...]:
    """The pattern in steps; runs of stars count once."""
    found: list[Star | One] = []
    pos = 0
    while pos < len(pattern):
        char = pattern[pos]
        bracket = _bracket(pattern, pos) if char == "[" else None
        if bracket:
            found.append(_compiled(bracket[0]))
            pos = bracket[1]
            continue
        if char == "*":
            if not found or not isinstance(found[-1], Star):
                found.append(Star())
        elif char == "?":
            found.append(_compiled("."))
        else:
            if char == "\\" and pos + 1 < len(pattern):
                pos += 1
                char = pattern[pos]
            found.append(_compiled(re.escape(char)))
        pos += 1
    return tuple(found)


@lru_cache(maxsize=512)
def _whole(pattern: str) -> str:
    """The regular expression of a pattern."""
    pieces = [""]
    for token in tokens(pattern):
        if isinstance(token, Star):
            pieces.append("")
        else:
            pieces[-1] += token.source
    if len(pieces) == 1:
        return pieces[0] + r"\Z"
    source = pieces[0]
    for number, piece in enumerate(pieces[1:-1]):
        source += f"(?=(?P<g{number}>.*?{piece}))(?P=g{number})"
    return f"{source}.*{pieces[-1]}\\Z"


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits. Raises ShellError when that takes too long to find out."""
    if not has_wildcard(pattern):
        return unquote(pattern) == text
    if len(pattern) * len(text) <= MAX_PRODUCT:
        return re.compile(_whole(pattern), re.S).match(text) is not None
    try:
        return Pattern(_whole(pattern), re.S).match(text) is not None
    except (BadPattern, SlowMatch):
        raise ShellError("out of memory") from None


def _closure(states: set[int], steps: tuple[Star | One, ...]) -> set[int]:
    for state in sorted(states):
        while state < len(steps) and isinstance(steps[state], Star):
            state += 1
            states.add(state)
    return states


@dataclass
class _Work:
    """How many steps may still be taken, so that nobody waits for long; ShellError after."""

    left: int = MAX_STEPS

    def take(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise ShellError("out of memory")


def _ends(
    steps: tuple[Star | One, ...], text: str, shortest: bool, work: _Work, start: int = 0
) -> int | None:
    """Length of the shortest or longest text from `start` on that fits, None when none does."""
    work.take(CALL_STEPS)
    states = _closure({0}, steps)
    best = 0 if len(steps) in states else None
    for index in range(len(text) - start):
        if best is not None and shortest:
            break
        work.take(len(states))
        char = text[start + index]
        following: set[int] = set()
        for state in states:
            if state < len(steps):
                step = steps[state]
                if isinstance(step, Star):
                    following.add(state)
                elif step.regex.match(char):
                    following.add(state + 1)
        states = _closure(following, steps)
        if not states:
            break
        if len(steps) in states:
            best = index + 1
        if states == {len(steps) - 1, len(steps)} and isinstance(steps[-1], Star) and not shortest:
            return len(text) - start
    return best


def _simple_cut(pattern: str, text: str, longest: bool, suffix: bool) -> str | None:
    """The common `*x`, `x*` and plain patterns, without stepping; None for all others."""
    bare = pattern[1:] if suffix and pattern.endswith("*") else pattern
    plain = not has_wildcard(bare)
    if plain and bare == pattern:
        word = unquote(pattern)
        return text.removesuffix(word) if suffix else text.removeprefix(word)
    if suffix and pattern.endswith("*") and not has_wildcard(pattern[:-1]):
        word = unquote(pattern[:-1])
        head, found, _ = text.partition(word) if longest else text.rpartition(word)
        return head if found else text
    if not suffix and pattern.startswith("*") and not has_wildcard(pattern[1:]):
        word = unquote(pattern[1:])
        _, found, rest = text.rpartition(word) if longest else text.partition(word)
        return rest if found else text
    return None


def cut(pattern: str, text: str, *, longest: bool, suffix: bool) -> str:
    """The text without what the pattern matches at its beginning, or at its end (`suffix`)."""
    if pattern.strip("*") == "":
        return "" if longest and pattern else text
    simple = _simple_cut(pattern, text, longest, suffix)
    if simple is not None:
        return simple
    steps = tokens(pattern)
    if suffix:
        length = _ends(steps[::-1], text[::-1], not longest, _Work())
        return text if length is None else text[: len(text) - length]
    length = _ends(steps, text, not longest, _Work())
    return text if length is None else text[length:]


def replace(pattern: str, text: str, by: str, *, every: bool, anchor: str = "") -> str:
    """The text with the first (or every) longest match replaced; `anchor` is "#" or "%"."""
    if not pattern:
        return text
    if anchor:
        rest = cut(pattern, text, longest=True, suffix=anchor == "%")
        if rest == text and not matches(pattern, ""):
            return text
        return by + rest if anchor == "#" else rest + by
    if not has_wildcard(pattern):
        return text.replace(unquote(pattern), by, -1 if every else 1)
    steps = tokens(pattern)
    if not any(isinstance(step, Star) for step in steps):
        return _replace_fixed(steps, text, by, 0 if every else 1)
    result: list[str] = []
    work = _Work()
    pos = 0
    while pos < len(text):
        length = _ends(steps, text, False, work, pos)
        if not length:
            result.append(text[pos])
            pos += 1
            continue
        result.append(by)
        pos += length
        if not every:
            break
    return "".join(result) + text[pos:]


def _replace_fixed(steps: tuple[Star | One, ...], text: str, by: str, count: int) -> str:
    """As `replace`, for a pattern that always has the same length."""
    source = "".join(step.source for step in steps if isinstance(step, One))
    try:
        return Pattern(source, re.S).sub(by.replace("\\", r"\\"), text, count)
    except (BadPattern, SlowMatch):
        raise ShellError("out of memory") from None
