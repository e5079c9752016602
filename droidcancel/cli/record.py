"""`droidcancel record`: a run as what a tutorial is made of."""

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
    from droidcancel.record.recording import Made, Wanted

#: a virtual phone that is booted to be filmed takes its time, as phones do
PROFILE = "pixel"
SHAPES = ("portrait", "wide", "square")
UNITS = {"": 1, "k": 1_000, "kb": 1_000, "m": 1_000_000, "mb": 1_000_000}


@click.command(short_help="Run a recipe with recording: film, GIF, captions, and an article.")
@click.argument("recipe", metavar="RECIPE")
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder to write to; it is made, and must be empty.",
)
@run_options
@click.option(
    "--shape",
    "shapes",
    type=click.Choice(SHAPES),
    multiple=True,
    help="portrait, wide (16:9) or square (1:1); several make several films.",
)
@click.option(
    "--trim-idle",
    type=click.FloatRange(min=0.2),
    metavar="SECONDS",
    help="Play waits that are longer than this faster, so that they last so long.",
)
@click.option(
    "--hold/--no-hold",
    default=True,
    show_default=True,
    help="Stand still where there is too little time to read a caption.",
)
@click.option(
    "--pace",
    type=click.FloatRange(min=0.0, max=10.0),
    default=0.8,
    show_default=True,
    metavar="SECONDS",
    help="Hold the run before each touch until the screen has stood so long; never near the cut.",
)
@click.option("--zoom", is_flag=True, help="Zoom in on what is touched.")
@click.option("--phone-frame", is_flag=True, help="Draw a phone around the screen.")
@click.option(
    "--moving",
    type=click.Choice(("gif", "webp", "both", "none")),
    default="gif",
    show_default=True,
    help="The film in small.",
)
@click.option(
    "--gif-size",
    default="4MB",
    show_default=True,
    metavar="SIZE",
    help="How large that may be, as 800kB or 4MB.",
)
@click.option(
    "--source",
    type=click.Choice(("auto", "screenrecord", "screenshots", "scrcpy")),
    default="auto",
    show_default=True,
    help="Where the pictures come from; auto takes the first that works.",
)
@click.option("--language", metavar="CODE", help="Of the captions in the film; else the phone's.")
@click.option(
    "--voice",
    metavar="COMMAND",
    help="Speaks the captions: a command with {text}, {lang} and {out}, a WAV file that it writes.",
)
@click.option("--keep-raw", is_flag=True, help="Keep the phone's own H.264 stream as well.")
@click.option("--yes", is_flag=True, help="Say yes to what a recipe asks; use a protected phone.")
@history_option
@json_option
@click.pass_context
def command(
    ctx: click.Context, recipe: str, out: Path, serial: str | None, devices_file: Path | None,
    app: str | None, video: Path | None, caption: str | None, at: str | None, method: str | None,
    pairs: tuple[str, ...], shapes: tuple[str, ...], trim_idle: float | None, hold: bool,
    pace: float, zoom: bool, phone_frame: bool, moving: str, gif_size: str, source: Any,
    language: str | None, voice: str | None, keep_raw: bool, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run a recipe with recording: film, GIF, captions, and an article.

    The film shows the phone's screen with rings where it is touched and the step as a caption.
    Captions (WebVTT, SRT) and the step-by-step article are written in each language that the recipe
    has texts for. Names and captions that the app's profile marks as private are blurred. It needs
    the extra `droidcancel[video]`. Without a phone attached, a virtual one is booted and filmed.
    It takes its time as a current phone does (profile pixel), where devices.yaml names no other.
    """
    values = values_of(pairs, video, caption)
    wish = runs.Wish(app=app, method=method, moment=runs.parse_moment(at), as_json=as_json)
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty", "name another folder with -o")
    most = _bytes(gif_size)
    loaded = load(recipe, values, yes)
    from droidcancel.record.frames import need_av
    from droidcancel.record.recording import Wanted
    from droidcancel.record.voice import Voice

    need_av()
    if voice is not None and not hold:
        raise UsageError("--voice with --no-hold: there would be no time to speak", "leave one out")
    speaker = Voice.of(voice) if voice is not None else None
    chosen: Any = tuple(dict.fromkeys(shapes)) or ("portrait",)
    kinds: Any = {"both": ("gif", "webp"), "none": ()}.get(moving, (moving,))
    wanted = Wanted(
        shapes=chosen, trim_idle=trim_idle, hold=hold, zoom=1.0 if zoom else 0.0,
        frame=phone_frame, moving=kinds, moving_bytes=most, locale=language, voice=speaker,
        keep_raw=keep_raw,
    )  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    with phone_for(loaded, wish, serial, devices_file, PROFILE) as (phone, watched):
        result, made = _recorded(loaded, phone, watched, wanted, out, source, pace)
    _tell(result, made, out, as_json)
    ctx.exit(runs.exit_code([result]))


def _recorded(
    loaded: LoadedRecipe, phone: OpenPhone, wish: runs.Wish, wanted: Wanted, out: Path,
    source: Any, pace: float,
) -> tuple[RunResult, Made]:  # fmt: skip
    """The run, and what was made of it; a run that breaks off has its film too."""
    from droidcancel.cli.confirm import asker
    from droidcancel.cli.progress import LiveProgress
    from droidcancel.recipe.engine import run_recipe
    from droidcancel.record.recording import Recording

    options: Any = runs.options_for(phone, wish, None)
    profile = runs.profile_for(loaded, phone, wish)
    recording = Recording(phone.device, profile, phone.entry.locale, out, source, pace)
    try:
        with closing(recording.begin()), LiveProgress() as progress:
            options = replace(options, confirm=asker(progress), clean_status_bar=True)
            heard = recording.heard(progress, loaded.recipe)
            result = run_recipe(loaded, phone.device, profile, options, heard)
    except BaseException:
        recording.discard()
        raise
    with err().status("making the film") as status:
        made = recording.make(
            loaded.recipe, result, wanted, lambda name: status.update(f"making {name}")
        )
    return result, made


def _tell(result: RunResult, made: Made, out: Path, as_json: bool) -> None:
    for problem in made.problems:
        err().print(f"record: {problem}", markup=False, soft_wrap=True)
    runs.show_error(result)
    data = runs.as_data(result, None)
    if as_json:
        files = {name: str(path) for name, path in made.files.items()}
        print_json({**data, "recording": {"files": files, "problems": made.problems}})
        return
    runs.show_table([(result, data)])
    for name, path in made.files.items():
        click.echo(f"{name}: {path}")


def _bytes(text: str) -> int:
    """`800kB`, `4MB` or a plain number of bytes. Raises UsageError."""
    digits = text.strip().lower().rstrip("kmb")
    unit = text.strip().lower()[len(digits) :]
    try:
        count = float(digits)
        size = int(count * UNITS[unit])
    except (ValueError, KeyError, OverflowError) as error:
        raise UsageError(f"--gif-size {text}: not a size", "as 800kB or 4MB") from error
    if size < 1:
        raise UsageError(f"--gif-size {text}: not a size", "as 800kB or 4MB")
    return size
