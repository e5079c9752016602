"""Asking a person before something is uploaded: in the terminal, or answered ahead with --yes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from droidcancel.cli.progress import LiveProgress


def asker(progress: LiveProgress) -> Callable[[str], bool] | None:
    """Who answers a recipe's question: --yes, the person at the terminal, or nobody (None)."""
    if click.get_current_context().params.get("yes"):
        return lambda _question: True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(question: str) -> bool:
        with progress.paused():
            return click.confirm(question.rstrip("?"), default=False, err=True, prompt_suffix="? ")

    return ask
