"""`droidcancel history list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from droidcancel.cli.history_options import filter_options, milliseconds, opened, when
from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import json_option, out, print_json, table
from droidcancel.cli.terminal import say

if TYPE_CHECKING:
    from droidcancel.history.query import Filter

STYLES = {"ok": "green", "differs": "bold red", "undecided": "yellow", "error": "yellow"}


@click.command(name="list")
@filter_options
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="How many; 0 for all of them.",
)
@history_option
@json_option
def command(wanted: Filter, limit: int, as_json: bool) -> None:
    """List earlier runs, the latest first.

    With --json, one object a run, one a line.
    """
    from droidcancel.history.query import find, matching

    with opened() as history:
        rows = find(history, wanted, limit or None)
        left = matching(history, wanted) - len(rows)
    if as_json:
        for row in rows:
            print_json(row)
        return
    if not rows:
        say("No run is known that fits.", err=True)
        return
    _show(rows)
    if left > 0:
        say(f"{left} more; --limit 0 lists all", err=True)


def _show(rows: list[dict[str, Any]]) -> None:
    from rich.text import Text

    headers = ("run", "when", "recipe", "method", "moment", "app", "phone", "verdict", "cut in")
    shown = table(*headers, folds=("method", "moment", "app", "phone"))
    for row in rows:
        shown.add_row(
            row["run_id"],
            when(row["started_at"]),
            row["recipe"],
            row["method"],
            row["moment"],
            f"{row['app']} {row['app_version']}".strip(),
            f"{row['model'] or row['serial']}",
            Text(row["verdict"], style=STYLES[row["outcome"]])
            .append("" if row["outcome"] != "error" else f" ({row['error_type'] or 'interrupted'})")
            .append("" if row["restored"] else " NOT RESTORED", style="bold red"),
            milliseconds(row["apply_ms"]),
        )
    out().print(shown)
