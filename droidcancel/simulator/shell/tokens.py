"""Reading the tokens between words: blanks, line ends, operators, reserved words."""

from __future__ import annotations

import re

from droidcancel.simulator.shell.syntax import (
    Incomplete,
    SyntaxFault,
)
from droidcancel.simulator.shell.words import WordReader

_BLANK = re.compile(r"(?:[ \t\r]|\\\n)+")
_RESERVED = re.compile(
    r"(?:if|then|elif|else|fi|for|while|until|do|done|case|esac|function|time|select|\{|\}|!|\[\[)"
    r"(?=[ \t\r\n;&|()<>]|\Z)"
)
REDIRECT = re.compile(r"([0-9]?)(&>>|&>|<<<|<<-|<<|<>|<&|>>|>&|>\||<|>)")
_OPERATORS = ("&&", "||", ";;", ";&", "|&", ";", "&", "|", "(", ")", "\n")


class TokenReader(WordReader):
    """A cursor over a script that reads tokens."""

    # -- tokens -------------------------------------------------------------------------------
    def blank(self) -> None:
        """Skip blanks, joined lines and a comment."""
        match = _BLANK.match(self.text, self.pos)
        if match:
            self.line += match.group().count("\n")
            self.pos = match.end()
            if self.more and self.pos >= len(self.text) and match.group().endswith("\\\n"):
                raise self.missing("", "syntax error: unexpected EOF")
        if self.peek() == "#":
            end = self.text.find("\n", self.pos)
            self.pos = len(self.text) if end < 0 else end

    def newlines(self) -> None:
        """Skip blanks and line ends, reading here documents on the way."""
        self.blank()
        while self.peek() == "\n":
            self.end_line()
            self.blank()

    def end_line(self) -> None:
        self.pos += 1
        self.line += 1
        if self.heredocs:
            self.read_heredocs()

    def operator(self) -> str:
        """The operator at the cursor, "" when there is none."""
        for operator in _OPERATORS:
            if self.text.startswith(operator, self.pos):
                return operator
        return ""

    def reserved(self) -> str:
        """The reserved word at the cursor, "" when there is none."""
        match = _RESERVED.match(self.text, self.pos)
        return match.group() if match else ""

    def unexpected(self) -> SyntaxFault | Incomplete:
        """The fault of whatever stands at the cursor."""
        if self.pos >= len(self.text):
            return self.missing("", "syntax error: unexpected EOF")
        token = self.operator() or self.reserved()
        if token == "\n":
            token = "newline"
        if not token:
            redirect = REDIRECT.match(self.text, self.pos)
            word = re.compile(r"[^ \t\n;&|()<>]+").match(self.text, self.pos)
            token = redirect.group() if redirect else word.group()[:32] if word else self.peek()
        return self.fault(f"syntax error: unexpected '{token}'")

    def expect(self, closer: str, opener: str) -> None:
        """Step over a reserved word or operator that must come here."""
        self.newlines()
        found = self.reserved() or self.operator()
        if found == closer or (closer == ")" and self.peek() == ")"):
            self.pos += len(closer)
            return
        if self.pos >= len(self.text):
            raise self.missing(closer, f"syntax error: unmatched '{opener}'")
        raise self.unexpected()
