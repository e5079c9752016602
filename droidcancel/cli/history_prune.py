"""`droidcancel history prune`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from droidcancel.cli.history_options import filter_options, opened
from droidcancel.cli.keeping import history_option
from droidcancel.cli.terminal import say
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.history.query import Filter


@click.command(name="prune")
@filter_options
@click.option("--all", "every", is_flag=True, help="Delete all of them.")
@click.option("--dry-run", is_flag=True, help="Say how many, and delete nothing.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@history_option
def command(wanted: Filter, every: bool, dry_run: bool, yes: bool) -> None:
    """Delete earlier runs.

    `droidcancel history prune --until 90d` deletes what is older than 90 days. The reports in their
    folders stay.
    """
    from droidcancel.history.query import Filter, matching, prune

    if (wanted == Filter()) is not every:
        raise UsageError(
            "say which runs to delete", "--until 90d for what is older than 90 days, or --all"
        )
    with opened() as history:
        count = matching(history, wanted)
        if dry_run or not count:
            say(f"{count} runs would be deleted" if dry_run else "no run fits")
            return
        _ask(count, history.place.shown, yes)
        say(f"{prune(history, wanted)} runs deleted")


def _ask(count: int, shown: str, yes: bool) -> None:
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"{count} runs would be deleted, and there is no terminal to ask on", "give --yes"
        )
    if not click.confirm(f"Delete {count} runs of {shown}?", err=True):
        raise UsageError("nothing was deleted")
