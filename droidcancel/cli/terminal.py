"""The one way to a terminal: without secrets, and without signs that command a terminal.

A phone, an app or a file may say an escape sequence, which would write to the clipboard, hide what
stands before it, or answer as if it had been typed. Such signs are shown as ``\\x1b``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from droidcancel.secret import redacted

if TYPE_CHECKING:
    from rich.console import Console

#: control characters but for tab and line feed, and marks that turn the direction of writing
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def shown(text: str) -> str:
    """The text as it may be shown."""
    return _COMMANDS.sub(lambda found: found[0].encode("unicode_escape").decode(), redacted(text))


def say(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a line; `err`: to stderr."""
    click.echo(shown(str(text)), err=err, nl=nl)


def console(**options: Any) -> Console:
    """A console of rich's that shows as `say` does."""
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class Guarded(Console):
        def render(
            self, renderable: RenderableType, options: ConsoleOptions | None = None
        ) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                if segment.control is not None:  # rich's own
                    yield segment
                else:
                    yield Segment(shown(segment.text), segment.style)

    return Guarded(**options)
