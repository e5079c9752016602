"""`droidcancel report`: one page of the runs that folders hold."""

from __future__ import annotations

from pathlib import Path

import click

from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import json_option, print_json


@click.command(name="report")
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    metavar="DIR...",
    type=click.Path(path_type=Path, file_okay=False),
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/runs"),
    show_default=True,
    metavar="DIR",
    help="The folder to write the page into.",
)
@click.option(
    "--title", default="Runs", show_default=True, metavar="TEXT", help="The page's heading."
)
@history_option
@json_option
def command(folders: tuple[Path, ...], output: Path, title: str, as_json: bool) -> None:
    """Write one page of many runs, out of their reports.

    DIR is a folder that --report of a run or a matrix wrote, or one with such folders in it. The
    page has a heat map, filters, the trend, also of earlier runs in the history, and a link to each
    run's own page; their own pages stay where they are.
    """
    from droidcancel.cli.earlier import earlier
    from droidcancel.errors import UsageError
    from droidcancel.report.html import DATA
    from droidcancel.report.many import render, write
    from droidcancel.report.rows import collect

    home = output.resolve()
    if (home / DATA).exists() or (home / "matrix.json").exists():
        raise UsageError(
            f"{output} holds a report of its own, which the page would take the place of",
            "name another folder with --output",
        )
    rows = collect(folders, home)
    page = write(render(rows, title=title, history=earlier(rows)), home)
    if as_json:
        print_json({"page": str(page), "runs": len(rows)})
    else:
        click.echo(page)
        click.echo(
            f"{len(rows)} runs, {sum(r.sense == 'good' for r in rows)} as expected", err=True
        )
