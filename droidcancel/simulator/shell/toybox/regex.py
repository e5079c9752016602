"""POSIX regular expressions, basic and extended, as Python's."""

from __future__ import annotations

import re
from functools import lru_cache

from droidcancel.simulator.bounded_regex import BadPattern, Pattern

_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": " \\t", "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~",
    "punct": "!-/:-@\\[-`{-~", "space": "\\s", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_ESCAPES = {"w": r"\w", "W": r"\W", "s": r"\s", "S": r"\S", "b": r"\b", "B": r"\B",
            "<": r"\b(?=\w)", ">": r"\b(?<=\w)", "n": r"\n", "t": r"\t"}  # fmt: skip


class BadRegex(Exception):
    """An expression that regcomp(3) refuses; the text is its reason."""


def _bracket(text: str, pos: int) -> tuple[str, int]:
    """The bracket expression at `pos`, and where it ends."""
    end = pos + 1
    negate = text[end : end + 1] == "^"
    end += negate
    body, first = "", True
    while end < len(text) and (text[end] != "]" or first):
        first = False
        match = re.compile(r"\[([:.=])(\w+|.)\1\]").match(text, end)
        if match:
            kind, name = match.groups()
            if kind == ":" and name not in _CLASSES:
                raise BadRegex("Invalid character class name")
            body += _CLASSES[name] if kind == ":" else re.escape(name)
            end = match.end()
            continue
        body += text[end] if text[end] == "-" else re.escape(text[end])
        end += 1
    if end >= len(text):
        raise BadRegex("Unmatched [, [^, [:, [., or [=")
    return f"[{'^' if negate else ''}{body}]", end + 1


class _Translator:
    def __init__(self, text: str, extended: bool) -> None:
        self.text, self.extended = text, extended
        self.out: list[str] = []
        self.groups = 0
        self.open = 0

    def run(self) -> str:
        pos = 0
        while pos < len(self.text):
            char = self.text[pos]
            if char == "[":
                source, pos = _bracket(self.text, pos)
                self.out.append(source)
            elif char == "\\":
                if pos + 1 >= len(self.text):
                    raise BadRegex("Trailing backslash")
                pos = self.escape(pos + 1)
            else:
                pos = self.plain(pos)
        if self.open:
            raise BadRegex("Unmatched ( or \\(")
        return "".join(self.out)

    def operator(self, char: str, pos: int) -> int:
        """One of ( ) { | + ? in its special meaning."""
        if char == "(":
            self.groups += 1
            self.open += 1
            self.out.append("(")
        elif char == ")":
            if not self.open:
                raise BadRegex("Unmatched ( or \\(")
            self.open -= 1
            self.out.append(")")
        elif char == "{":
            return self.interval(pos)
        else:
            self.out.append(char)
        return pos + 1

    def interval(self, pos: int) -> int:
        close = "}" if self.extended else "\\}"
        match = re.compile(r"\{(\d{0,4})(,?)(\d{0,4})" + re.escape(close)).match(self.text, pos)
        if match is None:
            if self.extended:
                self.out.append(r"\{")
                return pos + 1
            raise BadRegex("Unmatched \\{")
        low, comma, high = match.groups()
        if max(int(low or 0), int(high or 0)) > 255 or (high and int(low or 0) > int(high)):
            raise BadRegex("Invalid content of \\{\\}")
        self.out.append("{" + (low or "0") + comma + high + "}")
        return match.end()

    def escape(self, pos: int) -> int:
        char = self.text[pos]
        if char in "(){|+?" and not self.extended:
            return self.operator(char, pos)
        if char.isdigit() and char != "0":
            if int(char) > self.groups:
                raise BadRegex("Invalid back reference")
            self.out.append(f"(?:\\{char})")
        else:
            self.out.append(_ESCAPES.get(char) or re.escape(char))
        return pos + 1

    def at_start(self) -> bool:
        return not self.out or self.out[-1] in ("(", "|")

    def plain(self, pos: int) -> int:
        char = self.text[pos]
        if char in "(){|+?" and self.extended:
            if char in "+?{" and self.at_start():
                raise BadRegex("Invalid preceding regular expression")
            if char == ")" and not self.open:
                self.out.append(r"\)")
                return pos + 1
            return self.operator(char, pos)
        if char == "*":
            if self.at_start() or self.out[-1] == "^":
                self.out.append(r"\*")
            else:
                self.out.append("*")
        elif char == "^":
            special = self.extended or self.at_start()
            self.out.append("^" if special else r"\^")
        elif char == "$":
            rest = self.text[pos + 1 :]
            special = self.extended or not rest or rest.startswith(("\\)", "\\|"))
            self.out.append(r"(?!.|\n)" if special else r"\$")
        elif char == ".":
            self.out.append(".")
        else:
            self.out.append(re.escape(char))
        return pos + 1


def _collapse(source: str) -> str:
    """Repetition of a repetition, which POSIX allows and Python does not."""
    return re.sub(
        r"(?<!\\)([*+?])[*+?]+", lambda m: "*" if "*" in m.group() else m.group(1), source
    )


def literal(text: str, ignore_case: bool = False) -> Pattern:
    """An expression that is that very text; BadRegex when it is too long."""
    try:
        return Pattern(re.escape(text), re.I if ignore_case else 0)
    except BadPattern:
        raise BadRegex("Regular expression too big") from None


@lru_cache(maxsize=256)
def compile_posix(text: str, extended: bool, ignore_case: bool = False) -> Pattern:
    """A POSIX expression, compiled; BadRegex."""
    flags = re.S | (re.I if ignore_case else 0)
    source = _collapse(_Translator(text, extended).run())
    try:
        return Pattern(source, flags)
    except BadPattern:
        raise BadRegex("Invalid regular expression") from None
