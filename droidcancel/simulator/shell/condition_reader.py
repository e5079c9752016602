"""Reading `[[ ... ]]`."""

from __future__ import annotations

import re
from collections.abc import Callable

from droidcancel.simulator.shell.syntax import (
    Condition,
    Lit,
    Node,
    Part,
    Test,
    TestLogic,
    Word,
)
from droidcancel.simulator.shell.tokens import TokenReader

_UNARY = frozenset("-" + letter for letter in "abcdefghknoprstuvwxzGHLNOS")
_BINARY = frozenset({"=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge",
                     "-nt", "-ot", "-ef"})  # fmt: skip


class ConditionReader(TokenReader):
    """A cursor over a script that reads conditions."""

    def condition(self) -> Node:
        expression = self._test_or()
        self.newlines()
        if not re.compile(r"\]\](?=[ \t\n;&|()<>]|\Z)").match(self.text, self.pos):
            if self.pos >= len(self.text):
                raise self.missing("]]", "syntax error: unmatched '[['")
            raise self.unexpected()
        self.pos += 2
        return Condition(expression)

    def _test_or(self) -> TestLogic | Test:
        return self._test_chain("||", lambda: self._test_chain("&&", self._test_not))

    def _test_chain(
        self, operator: str, operand: Callable[[], TestLogic | Test]
    ) -> TestLogic | Test:
        operands = [operand()]
        self.newlines()
        while self.peek(2) == operator:
            self.pos += 2
            operands.append(operand())
            self.newlines()
        return operands[0] if len(operands) == 1 else TestLogic(operator, tuple(operands))

    def _test_not(self) -> TestLogic | Test:
        self.newlines()
        if self.reserved() == "!":
            self.pos += 1
            return TestLogic("!", (self._test_not(),))
        if self.peek() == "(":
            self.pos += 1
            self.enter()
            inner = self._test_or()
            self.leave()
            self.expect(")", "(")
            return inner
        return self._test_leaf()

    def _test_leaf(self) -> Test:
        first = self._test_word()
        self.blank()
        if first.literal in _UNARY:
            operand = self.word()
            if operand is not None and operand.literal != "]]":
                return Test(str(first.literal), (operand,))
            self.pos -= 2 if operand else 0
            return Test("-n", (first,))
        start = self.pos
        operator = self.peek() if self.peek() in ("<", ">") else None
        if operator:
            self.pos += 1
        else:
            word = self.word()
            operator = word.literal if word else None
        if operator not in _BINARY:
            self.pos = start
            return Test("-n", (first,))
        self.blank()
        second = self._regex_word() if operator == "=~" else self._test_word()
        return Test(str(operator), (first, second))

    def _test_word(self) -> Word:
        word = self.word()
        if word is None or word.literal == "]]":
            raise self.unexpected() if word is None else self.fault("syntax error: unexpected ']]'")
        return word

    def _regex_word(self) -> Word:
        """A regular expression: parentheses and bars belong to it."""
        parts: list[Part] = []
        while self.pos < len(self.text) and self.peek() not in " \t\n":
            if self.peek() in "()|":
                parts.append(Lit(self.peek()))
                self.pos += 1
                continue
            word = self.word()
            if word is None:
                raise self.unexpected()
            parts.extend(word.parts)
        return Word(tuple(parts))
