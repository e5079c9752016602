"""`droidcancel simulator capture`: a run on a phone, kept so that the simulator replays it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from droidcancel.cli import runs
from droidcancel.cli.keeping import history_option
from droidcancel.cli.one_run import load, phone_for, run_options, values_of
from droidcancel.cli.options import (
    err,
    json_option,
    print_json,
)
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.cli.phones import OpenPhone
    from droidcancel.recipe.load import LoadedRecipe
    from droidcancel.recipe.result import RunResult
    from droidcancel.record.cassette import Index


@click.command(short_help="Run a recipe on a phone, and keep what the app showed.")
@click.argument("recipe", metavar="RECIPE")
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="CASSETTE",
    help="The cassette to write: a file, or a folder where the name has no suffix.",
)
@run_options
@click.option("--yes", is_flag=True, help="Say yes to what a recipe asks; use a protected phone.")
@history_option
@json_option
@click.pass_context
def capture(
    ctx: click.Context, recipe: str, out: Path, serial: str | None, devices_file: Path | None,
    app: str | None, video: Path | None, caption: str | None, at: str | None, method: str | None,
    pairs: tuple[str, ...], yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run a recipe on a phone, and keep screens and what led from one to the next.

    `droidcancel simulator start --replay CASSETTE` boots a virtual phone with the recorded app, on
    which the same recipe runs with no real phone. Names and captions that the app's profile marks
    as private are blanked. Without a phone attached, a virtual one is booted and captured.
    """
    values = values_of(pairs, video, caption)
    wish = runs.Wish(app=app, method=method, moment=runs.parse_moment(at), as_json=as_json)
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise UsageError(f"{out} exists already", "name another with -o")
    loaded = load(recipe, values, yes)
    from droidcancel.record.cassette import write

    with phone_for(loaded, wish, serial, devices_file) as (phone, watched):
        result, index, files, problems = _captured(loaded, phone, watched)
    path = write(index, files, out)
    for problem in problems:
        err().print(f"capture: {problem}", markup=False, soft_wrap=True)
    about = f"{path}: {len(index.screens)} screens, {len(index.steps)} steps"
    err().print(f"captured to {about}", markup=False, soft_wrap=True)
    runs.show_error(result)
    data = {**runs.as_data(result, None), "cassette": str(path)}
    if as_json:
        print_json(data)
    else:
        runs.show_table([(result, data)])
    ctx.exit(runs.exit_code([result]))


def _captured(
    loaded: LoadedRecipe, phone: OpenPhone, wish: runs.Wish
) -> tuple[RunResult, Index, dict[str, bytes], list[str]]:
    """The run, and what was captured of it."""
    from droidcancel.cli.confirm import asker
    from droidcancel.cli.progress import LiveProgress
    from droidcancel.recipe.engine import run_recipe
    from droidcancel.record.capture import Capture

    options: Any = runs.options_for(phone, wish, None)
    profile = runs.profile_for(loaded, phone, wish)
    recorder = Capture(phone.device, profile, phone.entry.locale)
    with closing(recorder.begin()), LiveProgress() as progress:
        options = replace(options, confirm=asker(progress))
        result = run_recipe(loaded, phone.device, profile, options, recorder.heard(progress))
        try:
            return result, *recorder.finish(result), recorder.problems
        except UsageError:
            if result.error is not None:  # why the run did not get to the app
                raise result.error from None
            raise
