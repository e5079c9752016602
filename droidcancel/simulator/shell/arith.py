"""Shell arithmetic: 32-bit in mksh, with C's operators.

mksh computes with 32-bit signed integers on every phone (mksh(1), "Arithmetic expressions").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

_TOKEN = re.compile(
    r"\s*(0[xX][0-9A-Fa-f]+|[0-9]+#[0-9A-Za-z]+|[0-9]+|[A-Za-z_][A-Za-z0-9_]*"
    r"|<<=|>>=|\+\+|--|&&|\|\||<<|>>|<=|>=|==|!=|[-+*/%&^|]=|[-+*/%&^|<>!~?:=(),])"
)
_ASSIGNING = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "<<=", ">>="})
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", "<=", ">", ">="),
    ("<<", ">>"), ("+", "-"), ("*", "/", "%"),
)  # fmt: skip
MAX_NESTING = 40


class ArithError(Exception):
    """An expression that cannot be computed; the text is mksh's."""


class Names(Protocol):
    """Where variables come from."""

    def arith_get(self, name: str) -> str: ...

    def arith_set(self, name: str, value: str) -> None: ...


def wrap(value: int) -> int:
    """To 32 bits, signed."""
    return (value + 2**31) % 2**32 - 2**31


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise ZeroDivisionError
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


_BINARY: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "%": lambda a, b: a - b * _divide(a, b),
    "<<": lambda a, b: a << (b & 31),
    ">>": lambda a, b: a >> (b & 31),
    "&": lambda a, b: a & b,
    "^": lambda a, b: a ^ b,
    "|": lambda a, b: a | b,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    "<=": lambda a, b: int(a <= b),
    ">": lambda a, b: int(a > b),
    ">=": lambda a, b: int(a >= b),
}


def _tokens(text: str) -> list[str]:
    found, pos = [], 0
    text = text.rstrip()
    while pos < len(text):
        match = _TOKEN.match(text, pos)
        if match is None:
            raise ArithError(f"{text}: unexpected '{text[pos:].strip()[:1]}'")
        found.append(match.group(1))
        pos = match.end()
    return found


def _number(token: str) -> int:
    if "#" in token:
        base, _, digits = token.partition("#")
        try:
            return int(digits, int(base))
        except ValueError:
            raise ArithError(f"{token}: bad number") from None
    try:
        return int(token, 16 if token[:2] in ("0x", "0X") else 10)
    except ValueError:
        raise ArithError(f"{token}: bad number") from None


class _Evaluator:
    """One pass over the tokens; `live` is off in the branch that does not count."""

    def __init__(self, text: str, names: Names, depth: int) -> None:
        self.text, self.names, self.depth = text, names, depth
        self.tokens, self.pos = _tokens(text), 0
        self.nesting = 0

    def peek(self) -> str:
        return self.tokens[self.pos] if self.pos < len(self.tokens) else ""

    def accept(self, token: str) -> bool:
        if self.peek() != token:
            return False
        self.pos += 1
        return True

    def fault(self) -> ArithError:
        found = self.peek()
        if not found:
            return ArithError(f"{self.text}: unexpected end of expression")
        return ArithError(f"{self.text}: unexpected '{found}'")

    def run(self) -> int:
        if not self.tokens:
            return 0
        value = self.comma(True)
        if self.pos < len(self.tokens):
            raise self.fault()
        return value

    def comma(self, live: bool) -> int:
        value = self.assignment(live)
        while self.accept(","):
            value = self.assignment(live)
        return value

    def assignment(self, live: bool) -> int:
        following = self.tokens[self.pos + 1 : self.pos + 2]
        if not (following and following[0] in _ASSIGNING and self.is_name(self.peek())):
            return self.ternary(live)
        name, operator = self.peek(), following[0]
        self.pos += 2
        value = self.assignment(live)
        if operator != "=":
            value = self.apply(operator[:-1], self.value_of(name, live), value, live)
        return self.store(name, value, live)

    def ternary(self, live: bool) -> int:
        condition = self.binary(0, live)
        if not self.accept("?"):
            return condition
        yes = self.comma(live and condition != 0)
        if not self.accept(":"):
            raise self.fault()
        no = self.assignment(live and condition == 0)
        return yes if condition else no

    def binary(self, level: int, live: bool) -> int:
        if level == len(_LEVELS):
            return self.unary(live)
        left = self.binary(level + 1, live)
        while self.peek() in _LEVELS[level]:
            operator = self.tokens[self.pos]
            self.pos += 1
            if operator in ("||", "&&"):
                needed = live and (left == 0) == (operator == "||")
                right = self.binary(level + 1, needed)
                left = int(bool(left or right) if operator == "||" else bool(left and right))
            else:
                left = self.apply(operator, left, self.binary(level + 1, live), live)
        return left

    def apply(self, operator: str, left: int, right: int, live: bool) -> int:
        try:
            return wrap(_BINARY[operator](left, right)) if live else 0
        except ZeroDivisionError:
            raise ArithError(f"{self.text}: zero divisor") from None

    def unary(self, live: bool) -> int:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise ArithError(f"{self.text[:32]}: expression recursion level exceeded")
        try:
            return self._unary(live)
        finally:
            self.nesting -= 1

    def _unary(self, live: bool) -> int:
        token = self.peek()
        if token in ("++", "--"):
            self.pos += 1
            name = self.peek()
            if not self.is_name(name):
                raise self.fault()
            self.pos += 1
            step = 1 if token == "++" else -1
            return self.store(name, wrap(self.value_of(name, live) + step), live)
        if token in ("-", "+", "!", "~"):
            self.pos += 1
            value = self.unary(live)
            return {"-": wrap(-value), "+": value, "!": int(not value), "~": ~value}[token]
        return self.primary(live)

    def primary(self, live: bool) -> int:
        token = self.peek()
        self.pos += 1
        if token == "(":
            value = self.comma(live)
            if not self.accept(")"):
                raise self.fault()
            return value
        if self.is_name(token):
            value = self.value_of(token, live)
            if self.peek() in ("++", "--"):
                step = 1 if self.peek() == "++" else -1
                self.pos += 1
                self.store(token, wrap(value + step), live)
            return value
        if token[:1].isdigit():
            return wrap(_number(token))
        self.pos -= 1
        raise self.fault()

    @staticmethod
    def is_name(token: str) -> bool:
        return bool(token) and (token[0].isalpha() or token[0] == "_")

    def value_of(self, name: str, live: bool) -> int:
        text = self.names.arith_get(name).strip() if live else ""
        if not text:
            return 0
        if re.fullmatch(r"-?[0-9]+", text):
            return wrap(int(text[:40]))
        if self.depth >= 8:
            raise ArithError(f"{name}: expression recurses on parameter '{name}'")
        return _Evaluator(text, self.names, self.depth + 1).run()

    def store(self, name: str, value: int, live: bool) -> int:
        if live:
            self.names.arith_set(name, str(value))
        return value


def evaluate(text: str, names: Names) -> int:
    """The value of an expression, 0 for an empty one; ArithError with mksh's text."""
    return _Evaluator(text, names, 0).run()
