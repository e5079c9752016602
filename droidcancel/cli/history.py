"""`droidcancel history`: its commands, each in a module that is imported when it is run."""

from __future__ import annotations

from collections.abc import Mapping

import click

from droidcancel.cli.lazy import LazyGroup

# name -> (module, first line of its help). The module holds a click command called `command`.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "list": ("history_list", "List earlier runs, the latest first."),
    "show": ("history_show", "Show one earlier run."),
    "flaky": ("history_flaky", "Say which recipes, phones and app versions are not steady."),
    "cut": ("history_cut", "Say how long the cut takes: p50 and p95."),
    "compare": ("history_compare", "Compare two builds of an app: what regressed."),
    "prune": ("history_prune", "Delete earlier runs."),
}


class HistoryCommands(LazyGroup):
    """The group; without the name of a command, `list` is meant."""

    table = COMMANDS

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        help_asked = bool(args) and args[0] in ctx.help_option_names
        is_option = not args or args[0].startswith("-")
        if is_option and not help_asked:
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(name="history", cls=HistoryCommands)
def command() -> None:
    """Look at earlier runs: which, how steady, how fast, what regressed.

    Without a command, the latest runs are listed: `droidcancel history --since 7d` is
    `droidcancel history list --since 7d`.
    """
