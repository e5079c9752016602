"""`droidcancel history flaky`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from droidcancel.cli.history_options import by_option, filter_options, groups_of, opened
from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import json_option, out, print_json, table

if TYPE_CHECKING:
    from droidcancel.history.query import Filter


@click.command(name="flaky")
@filter_options
@by_option("recipe,phone,version")
@history_option
@json_option
def command(wanted: Filter, by: str, as_json: bool) -> None:
    """Say which recipes, phones and app versions are not steady.

    A flip is two runs in a row under the same conditions (recipe, method, moment, phone, build of
    the app), of which one ended as expected and the other did not. Flakiness is the share of flips
    among such pairs: what always fails is not flaky. Runs without a verdict are counted apart.
    """
    from droidcancel.history.query import columns_of, flakiness

    names = [column.name for column in columns_of(groups_of(by))]
    with opened() as history:
        rows = flakiness(history, wanted, groups_of(by))
    if as_json:
        for row in rows:
            print_json(row)
        return
    headers = (*names, "runs", "ok", "differs", "undecided", "error", "flips", "flakiness")
    shown = table(*headers, folds=names)
    for row in rows:
        share = row["flakiness"]
        counted = (row[name] for name in headers[len(names) : -1])
        told = "" if share is None else f"{100 * share:.0f} %"
        shown.add_row(*(str(row[name]) for name in names), *map(str, counted), told)
    out().print(shown)
