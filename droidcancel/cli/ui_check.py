"""`droidcancel ui check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from droidcancel.cli.options import json_option, out, print_json, table
from droidcancel.cli.terminal import say

if TYPE_CHECKING:
    from droidcancel.apps.check import FileResult, Report

BELOW = 1


@click.command(name="check")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--app", required=True, metavar="PROFILE", help="The app profile: a name or a file.")
@click.option(
    "--min",
    "least",
    type=click.FloatRange(0, 1),
    default=0.95,
    show_default=True,
    help="What share of the labelled elements must be found.",
)
@click.option("--locale", metavar="TAG", help="The locale of dumps whose name and label say none.")
@click.option(
    "--app-version", metavar="VERSION", help="The version of dumps whose name and label say none."
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    folder: Path,
    app: str,
    least: float,
    locale: str | None,
    app_version: str | None,
    as_json: bool,
) -> None:
    """Check an app profile against a folder of hierarchy dumps.

    DIR holds dumps as uiautomator prints them (*.xml), named as `musically-43.1.4-en-post.xml`.
    The truth is DIR/labels.yaml: for each dump its screen, the bounds of elements that must be
    found, and elements that must be absent. Without it, what is found is listed, and nothing is
    judged.

    Exit codes: 0 good; 1 below --min, a screen not recognised, or anything found that is not there;
    2 a wrong option, dump or label.
    """
    from droidcancel.apps.check import as_data, check_folder
    from droidcancel.apps.profile import AppProfile

    report = check_folder(AppProfile.load(app), folder, locale, app_version)
    if as_json:
        print_json(as_data(report, folder, least))
    elif report.labelled:
        _show(report, least)
    else:
        _show_found(report)
    ctx.exit(0 if report.passes(least) else BELOW)


def _show(report: Report, least: float) -> None:
    """What is right and wrong: a row a dump, a row an element, and the sum."""
    rows = table(
        "dump", "locale", "screen", "hits", "misses", "false hits", folds=("misses", "false hits")
    )
    for result in report.files:
        rows.add_row(
            result.file,
            result.locale,
            _screen(result),
            str(len(result.hits)),
            ", ".join(result.misses),
            "; ".join(f"{name} {why}" for name, why in result.wrong.items()),
        )
    out().print(rows)
    counted = table("element", "hits", "misses", "false hits")
    for name, counts in report.by_element().items():
        counted.add_row(name, *map(str, counts))
    out().print()
    out().print(counted)
    out().print()
    for result in report.files:
        for name in result.unknown:
            say(f"{result.file}: the profile has no {name}", err=True)
    asked = report.hits + report.misses
    unlabelled = sum(f.label is None for f in report.files)
    more = f"; {unlabelled} dumps are not labelled" if unlabelled else ""
    out().print(
        f"{report.hits} of {asked} elements found ({report.share:.1%}, at least {least:.0%} wanted)"
        f", {report.wrong} false hits, {len(report.wrong_screens)} wrong screens in "
        f"{len(report.files)} dumps{more}",
        soft_wrap=True,
    )


def _screen(result: FileResult) -> str:
    shown = result.screen or "none known"
    wanted = result.label.screen if result.label is not None else None
    return shown if result.screen_is_right else f"{shown} (is {wanted})"


def _show_found(report: Report) -> None:
    """What was found in each dump, with how sure the profile is of it."""
    from droidcancel.apps.check import in_words

    for result in report.files:
        version = f", version {result.version}" if result.version else ""
        say(f"{result.file} ({result.locale}{version}): {_screen(result)}")
        for name, found in result.found.items():
            text = f" {found.text!r}" if found.text else ""
            say(f"  {name} {in_words(found.node)}{text} ({found.confidence})")
