"""`droidcancel history cut`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from droidcancel.cli.history_options import (
    by_option,
    filter_options,
    groups_of,
    milliseconds,
    opened,
)
from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import json_option, out, print_json, table

if TYPE_CHECKING:
    from droidcancel.history.query import Filter


@click.command(name="cut")
@filter_options
@by_option("method,phone")
@history_option
@json_option
def command(wanted: Filter, by: str, as_json: bool) -> None:
    """Say how long the cut takes: p50 and p95.

    `apply` is from the command until it was read back from the phone, `detect` how old the sight
    was that the cancel acted on, `after` what the app still sent.
    """
    from droidcancel.history.query import columns_of, cuts
    from droidcancel.report.chart import bytes_text

    names = [column.name for column in columns_of(groups_of(by))]
    with opened() as history:
        rows = cuts(history, wanted, groups_of(by))
    if as_json:
        for row in rows:
            print_json(row)
        return
    headers = ("runs", "apply p50", "apply p95", "detect p50", "detect p95", "after p95")
    shown = table(*names, *headers, folds=names)
    for row in rows:
        times = [row[name][p] for name in ("apply_ms", "detect_ms") for p in ("p50", "p95")]
        after = row["bytes_after_cut"]["p95"]
        shown.add_row(
            *(str(row[name]) for name in names),
            str(row["runs"]),
            *map(milliseconds, times),
            "" if after is None else bytes_text(int(after)),
        )
    out().print(shown)
