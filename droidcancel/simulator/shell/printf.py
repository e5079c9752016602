"""The format language of printf(1)."""

from __future__ import annotations

import re

from droidcancel.simulator.shell import escapes

MAX_WIDTH = 100_000
MAX_OUTPUT = 8 << 20
_SPEC = re.compile(r"%(?:%|([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?(?:hh|h|ll|l|j|z|t|L)*([a-zA-Z]))")


class PrintfError(Exception):
    """A format that cannot be used."""


class _Formatter:
    """One run over the format with the words that are left."""

    def __init__(self, words: list[str], problems: list[str]) -> None:
        self.words, self.problems = words, problems
        self.stopped = self.used = False

    def next(self) -> str:
        self.used = True
        return self.words.pop(0) if self.words else ""

    def number(self, text: str) -> int:
        """An integer as printf reads it: decimal, 0x, 0, or 'c for a character's code."""
        text = text.strip()
        if not text:
            return 0
        if text[0] in "'\"":
            return ord(text[1]) if len(text) > 1 else 0
        match = re.match(r"[-+]?(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9][0-9]{0,30})", text)
        if match is None or match.end() != len(text):
            self.problems.append(f"{text}: not completely converted" if match else
                                 f"{text}: expected numeric value")  # fmt: skip
        if match is None:
            return 0
        digits = match.group(1)
        base = 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" else 10
        value = int(digits, base)
        return -value if text[0] == "-" else value

    def size(self, text: str | None) -> int | None:
        """A width or precision; `*` takes a word."""
        if text is None:
            return None
        value = self.number(self.next()) if text == "*" else int(text[:9] or "0")
        if abs(value) > MAX_WIDTH:
            raise PrintfError("width too large")
        return value

    def spec(self, match: re.Match[str]) -> str:
        """One conversion."""
        if match.group() == "%%":
            return "%"
        flags, width_text, precision_text, kind = match.groups()
        width = self.size(width_text) or 0
        precision = self.size(precision_text)
        if width < 0:
            flags, width = flags + "-", -width
        text = self.convert(kind, flags, precision)
        if "-" in flags:
            return text.ljust(width)
        if "0" in flags and kind not in "scb" and (precision is None or kind in "eEfFgG"):
            sign = text[0] if text[:1] in ("-", "+", " ") else ""
            return sign + text[len(sign) :].rjust(width - len(sign), "0")
        return text.rjust(width)

    def convert(self, kind: str, flags: str, precision: int | None) -> str:
        word = self.next()
        if kind == "s":
            return word if precision is None else word[: max(0, precision)]
        if kind == "c":
            return word[:1]
        if kind == "b":
            text, self.stopped = escapes.echo(word)
            return text
        if kind in "diuoxX":
            return self.integer(kind, flags, precision, self.number(word))
        if kind in "eEfFgGaA":
            return self.floating(kind, flags, precision, word)
        raise PrintfError(f"%{kind}: invalid conversion")

    @staticmethod
    def integer(kind: str, flags: str, precision: int | None, value: int) -> str:
        value = max(-(2**63), min(value, 2**64 - 1))
        if kind in "uoxX" and value < 0:
            value += 2**64
        body = format(abs(value), {"o": "o", "x": "x", "X": "X"}.get(kind, "d"))
        body = body.rjust(precision or 0, "0")
        if "#" in flags and value:
            body = {"o": "0", "x": "0x", "X": "0X"}.get(kind, "") + body
        sign = "-" if value < 0 else "+" if "+" in flags else " " if " " in flags else ""
        return (sign if kind in "di" else "") + body

    def floating(self, kind: str, flags: str, precision: int | None, word: str) -> str:
        try:
            value = float(word or "0")
        except ValueError:
            self.problems.append(f"{word}: expected numeric value")
            value = 0.0
        sign = "+" if "+" in flags else " " if " " in flags else ""
        letter = "e" if kind in "aA" else kind
        digits = 6 if precision is None else min(precision, 500)
        return format(value, f"{sign}.{digits}{letter}")

    def run(self, form: str) -> str:
        """The format once over."""
        out: list[str] = []
        pos = 0
        while pos < len(form) and not self.stopped:
            char = form[pos]
            if char == "%":
                match = _SPEC.match(form, pos)
                if match is None:
                    raise PrintfError(f"{form[pos : pos + 2]}: invalid conversion")
                out.append(self.spec(match))
                pos = match.end()
                continue
            found = escapes.printf_format(form[pos:]) if char == "\\" else None
            if found is not None:
                out.append(found[0])
                pos += found[1]
                continue
            out.append(char)
            pos += 1
        return "".join(out)


def format_all(form: str, words: list[str], problems: list[str]) -> str:
    """The whole output; what was wrong with the words goes to `problems`."""
    formatter = _Formatter(list(words), problems)
    out, size = [], 0
    while True:
        formatter.used = False
        out.append(formatter.run(form))
        size += len(out[-1])
        if not formatter.words or not formatter.used or formatter.stopped:
            break
        if size > MAX_OUTPUT:
            raise PrintfError("output too long")
    text = "".join(out)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
