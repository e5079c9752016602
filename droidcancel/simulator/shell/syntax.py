"""What a script means, as immutable records: words, redirections, commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


class SyntaxFault(Exception):
    """A script that no further input can mend; the message is mksh's."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


class Incomplete(Exception):
    """The script ends too early: `wanted` is the text that must come before it can be whole."""

    def __init__(self, wanted: str, fault: SyntaxFault) -> None:
        super().__init__(wanted)
        self.wanted, self.fault = wanted, fault


# -- words ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Lit:
    """Text as it is; `quoted` text neither splits nor globs."""

    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Param:
    """`$name` or `${name OP word}`; op "" for the plain value, "len" for ${#name}."""

    name: str
    op: str = ""
    word: Word | None = None
    extra: Word | None = None
    quoted: bool = False


@dataclass(frozen=True)
class CommandSub:
    """`$(body)` or backticks; `body` None is the empty one."""

    body: Node | None
    quoted: bool = False


@dataclass(frozen=True)
class ArithSub:
    """`$((text))`, its text expanded before it is computed."""

    text: Word
    quoted: bool = False


@dataclass(frozen=True)
class BadSub:
    """`${...}` that means nothing: an error when it is expanded."""

    text: str
    quoted: bool = False


Part: TypeAlias = "Lit | Param | CommandSub | ArithSub | BadSub"


@dataclass(frozen=True)
class Word:
    """One word before expansion. `split` is off for assignments given to export and the like."""

    parts: tuple[Part, ...]
    split: bool = True

    @property
    def literal(self) -> str | None:
        """The text of a word with nothing to expand and no quotes, else None."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Lit) and not self.parts[0].quoted:
            return self.parts[0].text
        return None


@dataclass(frozen=True)
class Assign:
    """`name=value` or `name+=value` before a command."""

    name: str
    value: Word
    append: bool = False


@dataclass
class HereDoc:
    """The body of a here document, read after the line that names it."""

    delimiter: str
    strip: bool
    expand: bool
    body: Word = Word(())


@dataclass(frozen=True)
class Redirect:
    """`fd OP target`; the target of << is its HereDoc."""

    fd: int
    op: str
    target: Word | HereDoc


# -- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Simple:
    assigns: tuple[Assign, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    line: int = 1


@dataclass(frozen=True)
class Pipeline:
    commands: tuple[Node, ...]
    negate: bool = False
    timed: bool = False


@dataclass(frozen=True)
class AndOr:
    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Sequence:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Background:
    body: Node
    text: str = ""


@dataclass(frozen=True)
class Subshell:
    body: Node


@dataclass(frozen=True)
class If:
    clauses: tuple[tuple[Node, Node], ...]
    otherwise: Node | None


@dataclass(frozen=True)
class While:
    condition: Node
    body: Node
    until: bool = False


@dataclass(frozen=True)
class For:
    name: str
    words: tuple[Word, ...] | None
    body: Node


@dataclass(frozen=True)
class CaseItem:
    patterns: tuple[Word, ...]
    body: Node | None
    falls: bool = False


@dataclass(frozen=True)
class Case:
    subject: Word
    items: tuple[CaseItem, ...]


@dataclass(frozen=True)
class Function:
    name: str
    body: Node


@dataclass(frozen=True)
class ArithCommand:
    text: Word


@dataclass(frozen=True)
class Test:
    """One leaf of [[ ]]: a unary or binary operator over words."""

    op: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class TestLogic:
    """`!`, `&&` or `||` over tests."""

    op: str
    operands: tuple[TestLogic | Test, ...]


@dataclass(frozen=True)
class Condition:
    """`[[ expression ]]`."""

    expression: TestLogic | Test


@dataclass(frozen=True)
class Redirected:
    """A compound command with redirections."""

    body: Node
    redirects: tuple[Redirect, ...]


Node: TypeAlias = (
    "Simple | Pipeline | AndOr | Sequence | Background | Subshell | If | While | For | Case"
    " | Function | ArithCommand | Condition | Redirected"
)
