"""What all parsers share: output that makes no sense is told as such, whatever a phone prints."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from droidcancel.errors import ParseError

P = ParamSpec("P")
T = TypeVar("T")


def first_line(text: str) -> str:
    """The first line that is not blank, for messages."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def reads(parser: Callable[P, T]) -> Callable[P, T]:
    """A parser, whose first argument is the text.

    What fits its patterns and still is no number (Python takes none of more than 4300 digits), or
    none that a float can hold, is a ParseError as all else.
    """

    @wraps(parser)
    def read(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return parser(*args, **kwargs)
        except (ValueError, OverflowError) as error:
            what = parser.__name__.removeprefix("parse_").replace("_", " ")
            raise ParseError(f"the {what}", first_line(str(args[0]))) from error

    return read
