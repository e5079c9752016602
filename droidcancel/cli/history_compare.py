"""`droidcancel history compare`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from droidcancel.cli.history_options import filter_options, groups_of, milliseconds, opened
from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import json_option, out, print_json, table
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.history.compare import Row, Side
    from droidcancel.history.query import Filter
    from droidcancel.history.store import History

REGRESSED = 1
STYLES = {"regressed": "bold red", "slower": "bold red", "suspect": "yellow", "better": "green"}


@click.command(name="compare")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@filter_options
@click.option(
    "--by",
    metavar="LIST",
    default="recipe,method,moment",
    show_default=True,
    help="What is compared with its like: add model or phone where the two builds ran on others.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for what is only suspect, too.")
@history_option
@json_option
@click.pass_context
def command(
    ctx: click.Context, a: str, b: str, wanted: Filter, by: str, strict: bool, as_json: bool
) -> None:
    """Compare two builds of an app: what regressed.

    A and B are versions of the app, as `droidcancel history` lists them: the old one and the new
    one. Exits with 1 when something regressed: runs end as expected less often than chance explains
    (or always did, and never do now), or the cut takes longer.
    """
    from droidcancel.history.compare import REGRESSIONS, compare
    from droidcancel.history.query import columns_of, samples

    if wanted.version is not None:
        raise UsageError("--app-version is not for a comparison", "A and B are the versions")
    groups = groups_of(by)
    names = [column.name for column in columns_of(groups)]
    with opened() as history:
        _one_app(history, wanted, a, b)
        sides = [samples(history, replace(wanted, version=version), groups) for version in (a, b)]
    rows = compare(*sides)
    bad = REGRESSIONS | ({"suspect"} if strict else set())
    regressed = any(row.change in bad for row in rows)
    if as_json:
        told = [row.to_json(names) for row in rows]
        print_json({"a": a, "b": b, "regressed": regressed, "rows": told})
    else:
        _show(a, b, rows, names)
    ctx.exit(REGRESSED if regressed else 0)


def _one_app(history: History, wanted: Filter, a: str, b: str) -> None:
    """UsageError where there is no run of a version, or where runs of several apps would mix."""
    from droidcancel.history.query import samples, versions

    known = versions(history, wanted.app)
    for version in (a, b):
        if version not in known:
            listed = ", ".join(v or "(not told)" for v in known[:10]) or "none"
            raise UsageError(
                f"the history has no run of version {version!r}",
                f"versions, latest first: {listed}",
            )
    found = [samples(history, replace(wanted, version=version), ["app"]) for version in (a, b)]
    apps = sorted({str(key[0]) for side in found for key in side})
    if len(apps) > 1:
        raise UsageError(
            f"these versions are of several apps: {', '.join(apps)}", "name one with --app"
        )


def _show(a: str, b: str, rows: list[Row], names: list[str]) -> None:
    from rich.text import Text

    shown = table(*names, f"A: {a}", f"B: {b}", "cut A", "cut B", "change", folds=names)
    for row in rows:
        shown.add_row(
            *(str(part) for part in row.key),
            _side(row.a),
            _side(row.b),
            milliseconds(row.a.apply_ms["p50"]),
            milliseconds(row.b.apply_ms["p50"]),
            Text(row.change, style=STYLES.get(row.change, "")),
        )
    out().print(shown)
    for row in rows:
        if row.why:
            name = " ".join(str(part) for part in row.key if part)
            line = f"{name}: {row.change}: {'; '.join(row.why)}"
            out().print(line, markup=False, soft_wrap=True)


def _side(side: Side) -> str:
    said = ", ".join(f"{count} {verdict}" for verdict, count in side.verdicts.items())
    more = side.undecided + side.errors
    return ", ".join(filter(None, (said, f"{more} without a verdict" if more else "")))
