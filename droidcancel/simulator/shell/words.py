"""Reading words: quotes, `$` in all its forms, and here documents."""

from __future__ import annotations

import re
from collections.abc import Callable

from droidcancel.simulator.shell.escapes import ansi_c
from droidcancel.simulator.shell.syntax import (
    ArithSub,
    BadSub,
    CommandSub,
    HereDoc,
    Incomplete,
    Lit,
    Node,
    Param,
    Part,
    SyntaxFault,
    Word,
)

MAX_DEPTH = 60
_PLAIN = re.compile(r"[^ \t\n'\"\\$`;&|()<>]+")
_IN_QUOTES = re.compile(r"[^\"\\$`]+")
_IN_BRACE = re.compile(r"[^}'\"\\$`]+")
_IN_BRACE_QUOTED = re.compile(r"[^}\"\\$`]+")
_IN_ARITH = re.compile(r"[^()\"\\$`']+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PARAM = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]")
_OPERATOR = re.compile(r":[-=+?]|[-=+?]|##?|%%?|//|/#|/%|/|:")
_END = "\0end"


class WordReader:
    """A cursor over a script that reads words. `more` tells that further input may come."""

    def __init__(self, text: str, pos: int = 0, *, line: int = 1, more: bool = False) -> None:
        self.text, self.pos, self.more = text, pos, more
        self.line = line
        self.depth = 0
        self.heredocs: list[HereDoc] = []

    # -- faults -------------------------------------------------------------------------------
    def fault(self, message: str) -> SyntaxFault:
        return SyntaxFault(message, self.line)

    def missing(self, wanted: str, message: str) -> Incomplete:
        """What to raise at the end of the text."""
        return Incomplete(wanted, self.fault(message))

    def enter(self) -> None:
        """One level deeper, for as long as `leave` is not called."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault("syntax error: nesting too deep")

    def leave(self) -> None:
        self.depth -= 1

    def peek(self, count: int = 1) -> str:
        return self.text[self.pos : self.pos + count]

    # -- words --------------------------------------------------------------------------------
    def word(self, split: bool = True) -> Word | None:
        """The word at the cursor, None when there is none."""
        parts: list[Part] = []
        start = self.pos
        self._unquoted(parts, _PLAIN)
        return Word(tuple(parts), split) if self.pos > start else None

    def _unquoted(self, parts: list[Part], plain: re.Pattern[str], stop: str = "") -> None:
        while self.pos < len(self.text):
            match = plain.match(self.text, self.pos)
            if match:
                parts.append(Lit(match.group()))
                self.pos = match.end()
                continue
            reader = _READERS.get(self.text[self.pos])
            if reader is None or self.text[self.pos] in stop:
                return
            reader(self, parts)

    def _escape(self, parts: list[Part]) -> None:
        following = self.text[self.pos + 1 : self.pos + 2]
        self.pos += 2
        if following == "\n":
            self.line += 1
            if self.pos >= len(self.text) and self.more:
                raise self.missing("", "syntax error: unexpected EOF")
            return
        parts.append(Lit(following or "\\", quoted=True))

    def _single(self, parts: list[Part]) -> None:
        end = self.text.find("'", self.pos + 1)
        if end < 0:
            raise self.missing("'", "no closing quote")
        content = self.text[self.pos + 1 : end]
        self.line += content.count("\n")
        parts.append(Lit(content, quoted=True))
        self.pos = end + 1

    def _double(self, parts: list[Part]) -> None:
        self.pos += 1
        before = len(parts)
        self._until_quote(parts)
        if len(parts) == before:
            parts.append(Lit("", quoted=True))

    def _until_quote(self, parts: list[Part]) -> None:
        while True:
            match = _IN_QUOTES.match(self.text, self.pos)
            if match:
                self._quoted_text(parts, match.group())
                continue
            if self.pos >= len(self.text):
                raise self.missing('"', "no closing quote")
            if self.text[self.pos] == '"':
                self.pos += 1
                return
            self._in_quotes(parts, '$`"\\')

    def _quoted_text(self, parts: list[Part], text: str) -> None:
        parts.append(Lit(text, quoted=True))
        self.line += text.count("\n")
        self.pos += len(text)

    def _in_quotes(self, parts: list[Part], escapes: str) -> None:
        """One `$`, backtick or backslash where double quotes are in force."""
        char = self.text[self.pos]
        if char == "$":
            self.dollar(parts, quoted=True)
        elif char == "`":
            self._backtick(parts, quoted=True)
        else:
            following = self.text[self.pos + 1 : self.pos + 2]
            self.pos += 2
            self.line += following == "\n"
            if following != "\n":
                text = following if following and following in escapes else "\\" + following
                parts.append(Lit(text, quoted=True))

    # -- dollar -------------------------------------------------------------------------------
    def _dollar_plain(self, parts: list[Part]) -> None:
        self.dollar(parts, quoted=False)

    def dollar(self, parts: list[Part], quoted: bool) -> None:
        """What begins with `$` at the cursor."""
        if self.peek(3) == "$((" and self._arithmetic(parts, quoted):
            return
        if self.peek(2) == "$(":
            self.pos += 2
            parts.append(CommandSub(self._nested(")"), quoted))
            return
        if self.peek(2) == "${":
            self.pos += 2
            self.enter()
            parts.append(self._brace(quoted))
            self.leave()
            return
        if not quoted and self.peek(2) == "$'":
            self._ansi(parts)
            return
        self.pos += 1
        if not quoted and self.peek() == '"':
            return
        match = _PARAM.match(self.text, self.pos)
        if match is None:
            parts.append(Lit("$", quoted))
            return
        name = match.group()[0] if match.group()[0].isdigit() else match.group()
        self.pos += len(name)
        parts.append(Param(name, quoted=quoted))

    def _ansi(self, parts: list[Part]) -> None:
        end = self.pos + 2
        while end < len(self.text) and self.text[end] != "'":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise self.missing("'", "no closing quote")
        parts.append(Lit(ansi_c(self.text[self.pos + 2 : end]), quoted=True))
        self.pos = end + 1

    def _nested(self, close: str) -> Node | None:
        self.enter()
        node = self.nested_list(close)
        self.leave()
        return node

    def nested_list(self, close: str) -> Node | None:
        """The commands up to `close`; the parser's part."""
        raise self.fault(f"syntax error: unexpected '{close}'")

    def _arithmetic(self, parts: list[Part], quoted: bool) -> bool:
        """Read `$((...))`; False (cursor untouched) when it is `$( (...) )` instead."""
        start, line = self.pos, self.line
        self.pos += 3
        self.enter()
        inside = self.arith_text()
        self.leave()
        if inside is None:
            self.pos, self.line = start, line
            return False
        parts.append(ArithSub(inside, quoted))
        return True

    def arith_text(self) -> Word | None:
        """Up to the `))` that closes; None when the parentheses do not end so."""
        parts: list[Part] = []
        level = 0
        while True:
            match = _IN_ARITH.match(self.text, self.pos)
            if match:
                self._quoted_text(parts, match.group())
                continue
            if self.pos >= len(self.text):
                raise self.missing(")", "syntax error: unmatched '(('")
            char = self.text[self.pos]
            if char in "$`\\":
                self._in_quotes(parts, "$`\\")
                continue
            if char == ")" and level == 0:
                if self.peek(2) == "))":
                    self.pos += 2
                    return Word(tuple(parts))
                return None
            level += (char == "(") - (char == ")")
            if char not in "'\"":
                parts.append(Lit(char, quoted=True))
            self.pos += 1

    def _backtick_plain(self, parts: list[Part]) -> None:
        self._backtick(parts, quoted=False)

    def _backtick(self, parts: list[Part], quoted: bool) -> None:
        end = self.pos + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise self.missing("`", "no closing quote")
        escapes = r"\\([$`\\\"])" if quoted else r"\\([$`\\])"
        body = re.sub(escapes, r"\1", self.text[self.pos + 1 : end])
        self.enter()
        inner = type(self)(body, line=self.line)
        inner.depth = self.depth
        try:
            parts.append(CommandSub(inner.nested_list(""), quoted))
        except Incomplete as error:
            raise error.fault from None
        self.leave()
        self.line += body.count("\n")
        self.pos = end + 1

    # -- ${...} -------------------------------------------------------------------------------
    def _brace(self, quoted: bool) -> Part:
        start = self.pos
        if self.peek() == "#" and (match := _PARAM.match(self.text, self.pos + 1)):
            end = match.end()
            if self.text[end : end + 1] == "}":
                self.pos = end + 1
                return Param(match.group(), "len", quoted=quoted)
        match = _PARAM.match(self.text, self.pos)
        if match is None:
            return self._bad_brace(start, quoted)
        self.pos = match.end()
        if self.peek() == "}":
            self.pos += 1
            return Param(match.group(), quoted=quoted)
        operator = _OPERATOR.match(self.text, self.pos)
        if operator is None:
            return self._bad_brace(start, quoted)
        self.pos = operator.end()
        return self._operand(match.group(), operator.group(), quoted)

    def _bad_brace(self, start: int, quoted: bool) -> Part:
        self._brace_word(quoted)
        return BadSub("${" + self.text[start : self.pos], quoted)

    def _operand(self, name: str, operator: str, quoted: bool) -> Part:
        if operator[0] == "/":
            word = self._brace_word(False, "/")
            extra = self._brace_word(quoted) if self._last == "/" else None
        elif operator == ":":
            word = self._brace_word(quoted, ":")
            extra = self._brace_word(quoted) if self._last == ":" else None
        else:
            word = self._brace_word(quoted and operator[0] not in "#%")
            extra = None
        return Param(name, operator, word, extra, quoted)

    _last = "}"

    def _brace_word(self, quoted: bool, stop: str = "") -> Word:
        """Up to `}` or one of `stop`, which is kept in `_last`."""
        parts: list[Part] = []
        while True:
            if self.pos >= len(self.text):
                raise self.missing("}", "syntax error: unmatched '${'")
            char = self.text[self.pos]
            if char == "}" or (stop and char in stop):
                self._last = char
                self.pos += 1
                return Word(tuple(parts))
            self._brace_part(parts, char, quoted, stop)

    def _brace_part(self, parts: list[Part], char: str, quoted: bool, stop: str) -> None:
        if quoted and char in "$`\\":
            self._in_quotes(parts, '$`"\\}')
        elif char in "$`\\" or (char in "'\"" and not quoted):
            _READERS[char](self, parts)
        elif char == '"':
            self._double(parts)
        else:
            plain = _IN_BRACE_QUOTED if quoted else _IN_BRACE
            match = plain.match(self.text, self.pos)
            text = match.group() if match else char
            for mark in stop:
                text = text.partition(mark)[0]
            parts.append(Lit(text, quoted))
            self.line += text.count("\n")
            self.pos += len(text)

    # -- here documents -----------------------------------------------------------------------
    def read_heredocs(self) -> None:
        """Read the bodies of the documents that the line just ended named."""
        waiting, self.heredocs = self.heredocs, []
        for document in waiting:
            document.body = self._heredoc(document)

    def _heredoc(self, document: HereDoc) -> Word:
        lines: list[str] = []
        while True:
            if self.pos >= len(self.text):
                message = f"here document '{document.delimiter}' unclosed"
                raise self.missing(document.delimiter, message)
            end = self.text.find("\n", self.pos)
            end = len(self.text) if end < 0 else end
            line = self.text[self.pos : end]
            self.pos = min(end + 1, len(self.text))
            self.line += 1
            line = line.lstrip("\t") if document.strip else line
            if line == document.delimiter:
                return self._heredoc_word("".join(lines), document.expand)
            lines.append(line + "\n")

    def _heredoc_word(self, text: str, expand: bool) -> Word:
        if not expand:
            return Word((Lit(text, quoted=True),))
        inner = type(self)(text, line=self.line)
        inner.depth = self.depth
        parts: list[Part] = []
        try:
            while inner.pos < len(text):
                match = re.compile(r"[^\\$`]+").match(text, inner.pos)
                if match:
                    inner._quoted_text(parts, match.group())
                else:
                    inner._in_quotes(parts, "$`\\")
        except Incomplete as error:
            raise error.fault from None
        return Word(tuple(parts))


_READERS: dict[str, Callable[[WordReader, list[Part]], None]] = {
    "\\": WordReader._escape,
    "'": WordReader._single,
    '"': WordReader._double,
    "$": WordReader._dollar_plain,
    "`": WordReader._backtick_plain,
}
