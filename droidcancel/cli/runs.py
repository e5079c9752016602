"""Running recipes for a command: the loop over them, what is printed, and the exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from droidcancel.cli import keeping
from droidcancel.cli.options import err, out, print_json, table
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.cli.phones import OpenPhone
    from droidcancel.device.device import Device
    from droidcancel.recipe.load import LoadedRecipe
    from droidcancel.recipe.model import Value
    from droidcancel.recipe.options import RunOptions
    from droidcancel.recipe.result import Cut, RunResult
    from droidcancel.recipe.values import Moment
    from droidcancel.secret import Secret

# The gravest of several exit codes is the process's; Ctrl-C ends the loop anyway.
GRAVITY = (0, 1, 2, 3, 4, 130)
_PIN, _TALLY = "droidcancel.pin", "droidcancel.tally"


@dataclass(frozen=True)
class Wish:
    """What the options ask of each run."""

    app: str | None = None
    package: str | None = None
    method: str | None = None
    moment: Moment | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    report: Path | None = None
    as_json: bool = False
    dry_run: bool = False
    observer: Device | None = None
    token: bool | None = None
    known_as: str | None = None


def parse_values(pairs: Sequence[str]) -> dict[str, Value]:
    """-e K=V options. Raises UsageError."""
    values: dict[str, Value] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"-e {pair}: expected NAME=VALUE")
        values[name] = value
    return values


def parse_moment(text: str | None) -> Moment | None:
    """--at: 40%, 3MB, "after 2s", posting, stuck, failed, published. Raises UsageError."""
    if text is None:
        return None
    from pydantic import ValidationError

    from droidcancel.recipe.values import MOMENT_WORDS, Moment

    try:
        return Moment.model_validate(text)
    except ValidationError as error:
        raise UsageError(f"--at {text}: not a moment", f"expected: {MOMENT_WORDS}") from error


def load(name: str, values: Mapping[str, Value]) -> LoadedRecipe:
    """A recipe with its variables; a video that nobody named is the sample.

    Raises UsageError, ConfigError.
    """
    from droidcancel.recipe.load import load_recipe

    declared = load_recipe(name).recipe.vars
    chosen = dict(values)
    if "video" in declared:
        if chosen.get("video") is None and declared["video"] is None:
            from droidcancel.sample import sample_video

            chosen["video"] = str(sample_video())
        elif chosen.get("video") is not None and not Path(str(chosen["video"])).is_file():
            raise UsageError(f"there is no video file {chosen['video']}")
        from droidcancel.recipe.guards import refuse_other_files

        refuse_other_files(Path(str(chosen["video"])))
    return load_recipe(name, chosen)


def refuse_fragments(loaded: Sequence[LoadedRecipe]) -> None:
    """UsageError for a recipe that is a part of others."""
    for recipe in loaded:
        if recipe.recipe.fragment:
            raise UsageError(
                f"{recipe.recipe.name} is a part of other recipes, and proves nothing by itself",
                "run one of `droidcancel recipes list`, or a recipe of yours that has `run_recipe: "
                f"{recipe.recipe.name}`",
            )


def check_posts(count: int, phone: OpenPhone) -> None:
    """UsageError where the command would post more than devices.yaml allows on this phone."""
    most = phone.entry.limits.max_posts
    if count > most:
        raise UsageError(
            f"{count} runs would post more than max_posts ({most}) of this phone",
            "raise limits.max_posts in devices.yaml, or lower --repeat",
        )


def profile_for(loaded: LoadedRecipe, phone: OpenPhone, wish: Wish) -> AppProfile:
    """The app: of the option, the recipe, the phone's entry, or the only one embedded."""
    from droidcancel.apps.profile import AppProfile

    return AppProfile.load(wish.app or loaded.recipe.app or phone.entry.app or "clips")


def run_one(loaded: LoadedRecipe, phone: OpenPhone, wish: Wish, folder: Path | None) -> RunResult:
    """One run with its progress shown, and its report written where one is wanted."""
    from droidcancel.cli.confirm import asker
    from droidcancel.cli.progress import LiveProgress
    from droidcancel.recipe.engine import run_recipe

    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    options = options_for(phone, wish, folder)
    profile = profile_for(loaded, phone, wish)
    with LiveProgress() as progress:
        options = replace(options, confirm=asker(progress))
        return run_recipe(loaded, phone.device, profile, options, progress)


def options_for(phone: OpenPhone, wish: Wish, folder: Path | None) -> RunOptions:
    """What the phone's entry and the command's options say about a run."""
    from droidcancel.recipe.options import RunOptions, Tally

    return RunOptions(
        method=wish.method,
        package=wish.package,
        moment=wish.moment,
        limits=phone.entry.limits,
        locale=phone.entry.locale,
        report=folder,
        pin=pin_of(phone),
        dry_run=wish.dry_run,
        observer=wish.observer,
        token=wish.token,
        known_as=wish.known_as,
        account=phone.entry.account,
        tally=_meta().setdefault(_TALLY, Tally()),
    )


def _meta() -> dict[str, Any]:
    """What belongs to the whole command; outside of one, of the call alone."""
    context = click.get_current_context(silent=True)
    return context.meta if context is not None else {}


def pin_of(phone: OpenPhone) -> Secret | None:
    """The phone's PIN, asked for at most once a command. Raises UsageError."""
    found = _meta()
    if _PIN not in found:
        at_terminal = sys.stdin.isatty() and sys.stderr.isatty()
        ask = f"PIN of {phone.device.serial}"
        found[_PIN] = phone.entry.pin(
            (lambda: str(click.prompt(ask, hide_input=True, err=True))) if at_terminal else None
        )
    pin: Secret | None = found[_PIN]
    return pin


def as_data(
    result: RunResult, folder: Path | None, truth: str | None = None, matrix: str | None = None
) -> dict[str, Any]:
    """The run's JSON, its report page written and named in it; kept in the history.

    `matrix`: the id of the matrix that it is a part of.
    """
    data = result.to_json()
    if folder is not None and not result.dry_run:
        from droidcancel.cli.earlier import earlier
        from droidcancel.report.html import PAGE, write
        from droidcancel.report.rows import row_of

        data["report"] = str(folder / PAGE)
        # a matrix has one trend, on its own page
        past = [] if matrix is not None else earlier([row_of(data)])
        write(data, folder, truth=truth, history=past)
    if not result.dry_run:
        keeping.keep(data, matrix)
    return data


def run_all(
    recipes: Sequence[LoadedRecipe],
    phone: OpenPhone,
    wish: Wish,
    take: Callable[[Mapping[str, Any]], None] = lambda _run: None,
) -> list[tuple[RunResult, dict[str, Any]]]:
    """Run each in turn, and hand each over as it ends; an interruption ends the loop."""
    refuse_protected(phone)
    done: list[tuple[RunResult, dict[str, Any]]] = []
    for number, loaded in enumerate(recipes, 1):
        folder = wish.report
        if folder is not None and len(recipes) > 1:
            folder = folder / f"{number:03d}-{loaded.recipe.name}"
        if len(recipes) > 1:
            err().print(f"run {number} of {len(recipes)}: {_plain(loaded.recipe.name)}")
        result = run_one(loaded, phone, wish, folder)
        data = as_data(result, folder)
        done.append((result, data))
        take(data)
        if wish.as_json:
            print_json(data)
        show_error(result)
        if result.interrupted:
            break
    return done


def limited(phone: OpenPhone, max_posts: int | None, max_deletes: int | None) -> OpenPhone:
    """The phone with the options' limits, where these are lower than its own."""
    own = phone.entry.limits
    lower = {
        name: min(most, getattr(own, name))
        for name, most in (("max_posts", max_posts), ("max_deletes", max_deletes))
        if most is not None
    }
    entry = phone.entry.model_copy(update={"limits": own.model_copy(update=lower)})
    return replace(phone, entry=entry)


def refuse_protected(phone: OpenPhone, what: str = "to act on it") -> None:
    """UsageError for a phone that is marked protected, without --yes."""
    context = click.get_current_context(silent=True)
    said_yes = context is not None and context.params.get("yes")
    if phone.entry.protected and not said_yes:
        raise UsageError(
            f"{phone.device.serial} is marked protected in devices.yaml",
            f"give --yes {what} all the same",
        )


def show_error(result: RunResult) -> None:
    """What ended a run early, with how to mend it; and what could not be put back."""
    if result.error is not None:
        err().print(f"[bold red]Error:[/] {_plain(result.error.message)}", soft_wrap=True)
        if result.error.hint:
            err().print(_plain(result.error.hint), soft_wrap=True)
    for item in result.undone:
        if not item.ok:
            err().print(f"[bold red]Not restored:[/] {_plain(item.what)}: {_plain(item.detail)}")


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def show_table(runs: Sequence[tuple[RunResult, Mapping[str, Any]]]) -> None:
    """The verdicts, one row a run."""
    from rich.text import Text

    from droidcancel.evidence import Checked, Drift

    headers = ("recipe", "method", "moment", "verdict", "cut at", "restored", "took")
    rows = table(*headers, folds=("method", "moment"))
    for result, _ in runs:
        colour = "green" if result.ok else "red"
        rows.add_row(
            result.recipe,
            result.method or "",
            result.moment or "",
            Text(result.verdict.name, style=f"bold {colour}"),
            _where(result.cut),
            "yes" if result.restored else Text("NO", style="bold red"),
            f"{result.duration_s:.1f} s",
        )
    console = out()
    console.print(rows)
    for result, data in runs:
        console.print(f"{result.recipe}: {result.verdict.reason}", soft_wrap=True, markup=False)
        for check in result.evidence.of(Checked):
            if check.ok is None:
                console.print(f"not proven: {check.detail}", soft_wrap=True, markup=False)
        for drift in result.evidence.of(Drift):
            console.print(drift.in_words(), soft_wrap=True, markup=False)
        for line in result.left:
            console.print(f"left behind: {line}", soft_wrap=True, markup=False)
        if data.get("report"):
            console.print(f"report: {data['report']}", soft_wrap=True, markup=False)


def _where(cut: Cut) -> str:
    """How far the upload was when it was cut: as the app showed it, else by what was sent."""
    from droidcancel.report.chart import bytes_text

    if cut.progress_percent is not None:
        return f"{cut.progress_percent} %"
    return "" if cut.bytes_sent is None else bytes_text(cut.bytes_sent)


def exit_code(results: Sequence[RunResult]) -> int:
    """The gravest of the runs' exit codes."""
    return max((result.exit_code for result in results), key=GRAVITY.index, default=0)
