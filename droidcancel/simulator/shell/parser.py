"""The grammar of mksh: from text to the records of `syntax`.

`Parser.line()` reads what stands up to the end of a line, as a shell does that runs its input
line by line, and tells apart a wrong script (`SyntaxFault`) from an unfinished one
(`Incomplete`). Error texts are mksh's (syn.c).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from droidcancel.simulator.shell.condition_reader import ConditionReader
from droidcancel.simulator.shell.syntax import (
    AndOr,
    ArithCommand,
    Assign,
    Background,
    Case,
    CaseItem,
    For,
    Function,
    HereDoc,
    If,
    Lit,
    Node,
    Pipeline,
    Redirect,
    Redirected,
    Sequence,
    Simple,
    Subshell,
    While,
    Word,
)
from droidcancel.simulator.shell.tokens import REDIRECT

_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_ASSIGN = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_FUNCTION = re.compile(r"[ \t]*\([ \t]*\)")
_DECLARING = frozenset({"export", "local", "readonly", "typeset", "declare"})


class Parser(ConditionReader):
    """Reads commands from a text."""

    # -- lists --------------------------------------------------------------------------------
    def line_node(self) -> Node | None:
        """What stands up to the end of the line; None for an empty one."""
        self.blank()
        node = None if self.peek() in ("\n", "") else self.sequence(stop_at_newline=True)
        self.blank()
        if self.pos < len(self.text):
            if self.peek() != "\n":
                raise self.unexpected()
            self.end_line()
        elif self.heredocs:
            self.read_heredocs()
        return node

    def nested_list(self, close: str) -> Node | None:
        """The commands of a substitution, up to `close` ("" for the end of the text)."""
        self.newlines()
        node = None if self._closed(close) else self.sequence()
        self.newlines()
        if not self._closed(close):
            if self.pos >= len(self.text):
                raise self.missing(close, f"syntax error: unmatched '$({close or ''}'")
            raise self.unexpected()
        self.pos += len(close)
        return node

    def _closed(self, close: str) -> bool:
        return self.peek() == close if close else self.pos >= len(self.text)

    def sequence(self, stop_at_newline: bool = False) -> Node:
        """Commands with `;`, `&` and line ends between them."""
        items: list[Node] = []
        while True:
            start = self.pos
            node = self.and_or()
            self.blank()
            operator = self.operator()
            if operator == "&":
                node = Background(node, self.text[start : self.pos].strip())
            items.append(node)
            if operator in ("&", ";"):
                self.pos += 1
            elif operator != "\n":
                break
            if stop_at_newline:
                self.blank()
                if self.peek() == "\n":
                    break
            else:
                self.newlines()
            if self._at_end_of_list():
                break
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _at_end_of_list(self) -> bool:
        if self.pos >= len(self.text) or self.reserved() in _CLOSERS:
            return True
        return self.operator() in (")", ";;", ";&")

    def and_or(self) -> Node:
        """Pipelines with `&&` and `||` between them."""
        first = self.pipeline()
        rest: list[tuple[str, Node]] = []
        self.blank()
        while (operator := self.operator()) in ("&&", "||"):
            self.pos += 2
            self.newlines()
            rest.append((operator, self.pipeline()))
            self.blank()
        return AndOr(first, tuple(rest)) if rest else first

    def pipeline(self) -> Node:
        """Commands with `|` between them."""
        negate = timed = False
        self.blank()
        while (word := self.reserved()) in ("!", "time"):
            self.pos += len(word)
            negate ^= word == "!"
            timed |= word == "time"
            self.blank()
            if timed and self.peek() in ("\n", ";", ""):
                return Pipeline((), negate, timed)
        commands = [self.command()]
        self.blank()
        while self.operator() == "|":
            self.pos += 1
            self.newlines()
            commands.append(self.command())
            self.blank()
        if len(commands) == 1 and not negate and not timed:
            return commands[0]
        return Pipeline(tuple(commands), negate, timed)

    # -- commands -----------------------------------------------------------------------------
    def command(self) -> Node:
        """A simple or compound command with its redirections."""
        self.enter()
        self.blank()
        word = self.reserved()
        if word in _COMPOUND:
            self.pos += len(word)
            node = self._redirected(_COMPOUND[word](self))
        elif word:
            raise self.unexpected()
        elif self.peek() == "(":
            node = self._redirected(self._parenthesis())
        else:
            node = self._simple()
        self.leave()
        return node

    def _redirected(self, node: Node) -> Node:
        redirects: list[Redirect] = []
        self.blank()
        while redirect := self._redirect():
            redirects.extend(redirect)
            self.blank()
        return Redirected(node, tuple(redirects)) if redirects else node

    def _parenthesis(self) -> Node:
        if self.peek(2) == "((":
            start, line = self.pos, self.line
            self.pos += 2
            text = self.arith_text()
            if text is not None:
                return ArithCommand(text)
            self.pos, self.line = start, line
        self.pos += 1
        return Subshell(self._body(")", "("))

    def _body(self, closer: str, opener: str) -> Node:
        """Commands up to and with `closer`."""
        self.newlines()
        if self.pos >= len(self.text):
            raise self.missing(closer, f"syntax error: unmatched '{opener}'")
        node = self.sequence()
        self.expect(closer, opener)
        return node

    def _group(self) -> Node:
        return self._body("}", "{")

    def _if(self) -> Node:
        clauses = [(self._body("then", "if"), self._clause())]
        while (word := self.reserved()) == "elif":
            self.pos += len(word)
            clauses.append((self._body("then", "if"), self._clause()))
        otherwise = None
        if self.reserved() == "else":
            self.pos += 4
            otherwise = self._clause()
        self.expect("fi", "if")
        return If(tuple(clauses), otherwise)

    def _clause(self) -> Node:
        self.newlines()
        if self.pos >= len(self.text):
            raise self.missing("fi", "syntax error: unmatched 'if'")
        node = self.sequence()
        self.newlines()
        return node

    def _while(self) -> Node:
        return While(self._body("do", "while"), self._body("done", "while"))

    def _until(self) -> Node:
        return While(self._body("do", "until"), self._body("done", "until"), until=True)

    def _for(self) -> Node:
        self.blank()
        name = self._name()
        self.newlines()
        words: list[Word] | None = None
        if re.compile(r"in(?=[ \t\n;]|\Z)").match(self.text, self.pos):
            self.pos += 2
            words = self._for_words()
        elif self.operator() == ";":
            self.pos += 1
        self.newlines()
        opener = "}" if self.reserved() == "{" else "done"
        self.expect("do" if opener == "done" else "{", "for")
        body = self._body(opener, "for")
        return For(name, None if words is None else tuple(words), body)

    def _name(self) -> str:
        match = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").match(self.text, self.pos)
        if match is None:
            raise self.unexpected()
        self.pos = match.end()
        return match.group()

    def _for_words(self) -> list[Word]:
        words: list[Word] = []
        self.blank()
        while word := self.word():
            words.append(word)
            self.blank()
        if self.operator() == ";":
            self.pos += 1
        elif self.peek() != "\n":
            if self.pos >= len(self.text):
                raise self.missing("done", "syntax error: unmatched 'for'")
            raise self.unexpected()
        return words

    def _case(self) -> Node:
        self.blank()
        subject = self.word()
        if subject is None:
            raise self.unexpected()
        self.newlines()
        if not re.compile(r"in(?=[ \t\n(;]|\Z)").match(self.text, self.pos):
            if self.pos >= len(self.text):
                raise self.missing("esac", "syntax error: unmatched 'case'")
            raise self.unexpected()
        self.pos += 2
        items: list[CaseItem] = []
        self.newlines()
        while self.reserved() != "esac":
            if self.pos >= len(self.text):
                raise self.missing("esac", "syntax error: unmatched 'case'")
            items.append(self._case_item())
            self.newlines()
        self.pos += 4
        return Case(subject, tuple(items))

    def _case_item(self) -> CaseItem:
        if self.peek() == "(":
            self.pos += 1
        patterns: list[Word] = []
        while True:
            self.blank()
            word = self.word()
            if word is None:
                raise self.unexpected()
            patterns.append(word)
            self.blank()
            if self.operator() != "|":
                break
            self.pos += 1
        if self.peek() != ")":
            raise self.unexpected()
        self.pos += 1
        self.newlines()
        body = None
        if self.operator() not in (";;", ";&") and self.reserved() != "esac":
            if self.pos >= len(self.text):
                raise self.missing("esac", "syntax error: unmatched 'case'")
            body = self.sequence()
            self.newlines()
        end = self.operator()
        if end in (";;", ";&"):
            self.pos += 2
        elif self.reserved() != "esac":
            if self.pos >= len(self.text):
                raise self.missing("esac", "syntax error: unmatched 'case'")
            raise self.unexpected()
        return CaseItem(tuple(patterns), body, end == ";&")

    def _function(self) -> Node:
        self.blank()
        word = self.word()
        if word is None or word.literal is None:
            raise self.unexpected()
        match = _FUNCTION.match(self.text, self.pos)
        self.pos = match.end() if match else self.pos
        return self._function_body(word.literal)

    def _function_body(self, name: str) -> Node:
        self.newlines()
        if self.pos >= len(self.text):
            raise self.missing("", "syntax error: unexpected EOF")
        return Function(name, self.command())

    # -- simple commands ----------------------------------------------------------------------
    def _simple(self) -> Node:
        assigns: list[Assign] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        line = self.line
        while True:
            self.blank()
            redirect = self._redirect()
            if redirect:
                redirects.extend(redirect)
                continue
            assign = _ASSIGN.match(self.text, self.pos)
            if assign and not words:
                self.pos = assign.end()
                value = self.word(split=False) or Word((), split=False)
                assigns.append(Assign(assign.group(1), value, bool(assign.group(2))))
                continue
            declares = bool(assign and words[0].literal in _DECLARING)
            word = self.word(split=not declares)
            if word is None:
                break
            words.append(word)
            if len(words) == 1 and not assigns and not redirects and word.literal:
                match = _FUNCTION.match(self.text, self.pos)
                if match:
                    self.pos = match.end()
                    return self._function_body(word.literal)
        if not (assigns or words or redirects):
            raise self.unexpected()
        return Simple(tuple(assigns), tuple(words), tuple(redirects), line)

    def _redirect(self) -> list[Redirect]:
        """The redirection at the cursor (two for `&>`), none when there is none."""
        match = REDIRECT.match(self.text, self.pos)
        if match is None:
            return []
        digit, op = match.groups()
        self.pos = match.end()
        self.blank()
        target = self.word()
        if target is None:
            raise self.unexpected()
        fd = int(digit) if digit else (0 if op[0] == "<" else 1)
        if op in ("<<", "<<-"):
            return [Redirect(fd, "<<", self._heredoc_of(target, op))]
        if op in ("&>", "&>>"):
            return [
                Redirect(1, op[1:], target),
                Redirect(2, ">&", Word((Lit("1"),))),
            ]
        return [Redirect(fd, op, target)]

    def _heredoc_of(self, target: Word, op: str) -> HereDoc:
        delimiter = "".join(part.text for part in target.parts if isinstance(part, Lit))
        quoted = any(part.quoted for part in target.parts)
        document = HereDoc(delimiter, op == "<<-", not quoted)
        self.heredocs.append(document)
        return document


_COMPOUND: dict[str, Callable[[Parser], Node]] = {
    "{": Parser._group,
    "if": Parser._if,
    "while": Parser._while,
    "until": Parser._until,
    "for": Parser._for,
    "case": Parser._case,
    "function": Parser._function,
    "[[": Parser.condition,
}
