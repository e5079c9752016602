"""The Python API: a phone, a recipe, a run. Documented in docs/api.md.

from droidcancel import Recipe, connect, run

with connect() as phone:
    result = run("cancel_airplane", phone, at="40%", report="reports/airplane")
    print(result.verdict.name, result.verdict.reason)
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from droidcancel.closing import Closing
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.cli.phones import OpenPhone
    from droidcancel.cli.runs import Wish
    from droidcancel.device.config import DeviceEntry
    from droidcancel.device.device import Device
    from droidcancel.recipe.load import LoadedRecipe
    from droidcancel.recipe.model import Value
    from droidcancel.recipe.options import OnEvent, Tally
    from droidcancel.recipe.result import RunResult
    from droidcancel.recipe.stepwise import Upload
    from droidcancel.simulator import Simulator

AnyPath = str | PathLike[str]


class Recipe:
    """A checked recipe with its variables put in. `Recipe("cancel_airplane", video="cat.mp4")`.

    A name of `droidcancel recipes list`, or the path of a YAML file. A video that nobody names is a
    sample. Raises UsageError, and ConfigError with file, line and column.
    """

    def __init__(self, source: AnyPath, /, **values: Value | PathLike[str]) -> None:
        plain = {k: str(v) if isinstance(v, PathLike) else v for k, v in values.items()}
        from droidcancel.cli.runs import load

        self.source = str(source)
        #: the checked record
        self.loaded: LoadedRecipe = load(self.source, plain)
        if self.variables.get("video", "") is None and "video" not in plain:
            from droidcancel.sample import sample_video

            plain["video"] = str(sample_video())
        self._given = plain

    @property
    def name(self) -> str:
        return self.loaded.recipe.name

    @property
    def title(self) -> str:
        """In English, or in the first language that it has."""
        from droidcancel.cli.recipes import text_of

        return text_of(self.loaded.recipe.title)

    @property
    def expect(self) -> tuple[str, ...]:
        """The verdicts that it may end in."""
        return self.loaded.recipe.expect

    @property
    def variables(self) -> Mapping[str, Value | None]:
        """What may be set, with the defaults."""
        return self.loaded.recipe.vars

    @property
    def values(self) -> Mapping[str, Value | None]:
        """What its variables are here."""
        return {**self.variables, **self._given}

    @property
    def steps(self) -> list[str]:
        """What it would do, one line a step."""
        from droidcancel.recipe.engine import plan

        return plan(self.loaded)

    @property
    def deletes(self) -> list[str]:
        """What it deletes, one line a delete; empty for a recipe that deletes nothing."""
        from droidcancel.cli.deletes import deletes

        return deletes(self.loaded)

    @staticmethod
    def names() -> list[str]:
        """The recipes that ship with droidcancel."""
        from droidcancel.recipe.load import recipe_names

        return recipe_names()


class Phone(Closing):
    """A phone that is connected. `device`: what it can do; `simulator`: one booted for it.

    `entry`: its entry in devices.yaml, or one with the defaults of its kind. `tally`: what was
    posted and deleted on it, against that entry's `max_posts` and `max_deletes`. A context manager.
    """

    def __init__(self, opened: OpenPhone, stack: ExitStack, tally: Tally | None = None) -> None:
        from droidcancel.recipe.options import Tally

        self.device: Device = opened.device
        self.entry: DeviceEntry = opened.entry
        self.simulator: Simulator | None = opened.simulator
        self.tally = Tally() if tally is None else tally
        self._stack = stack

    @property
    def serial(self) -> str:
        return self.device.serial

    @property
    def kind(self) -> str:
        """usb, tcp, emulator or simulator."""
        return self.device.kind

    @property
    def model(self) -> str:
        return self.device.model

    @property
    def api_level(self) -> int:
        return self.device.api_level

    def close(self) -> None:
        """Let go of it; a simulator that was booted for it ends."""
        self._stack.close()

    def __repr__(self) -> str:
        return f"Phone({self.serial!r}, {self.kind}, {self.model!r}, API {self.api_level})"


def connect(name: str | None = None, *, devices: AnyPath | None = None, boot: bool = True) -> Phone:
    """A phone: by its name in devices.yaml, by its serial, or the only one attached.

    With nothing attached a virtual one is booted, unless `boot` is False. `devices`: the
    devices.yaml to use. Never guesses between two. Raises UsageError, ConfigError, AdbError.
    """
    from droidcancel.cli.phones import choose_entry, open_entry
    from droidcancel.device.config import load_devices

    with ExitStack() as stack:
        wanted = name or os.environ.get("ANDROID_SERIAL")
        file = None if devices is None else Path(devices)
        known = load_devices(file)
        entry = choose_entry(known, wanted, boot)
        return Phone(stack.enter_context(open_entry(entry, known)), stack.pop_all())


def run(
    recipe: Recipe | AnyPath,
    phone: Phone,
    *,
    at: str | None = None,
    method: str | None = None,
    app: str | None = None,
    package: str | None = None,
    report: AnyPath | None = None,
    observer: Phone | None = None,
    confirm: bool | None = None,
    protected: bool = False,
    on_event: OnEvent | None = None,
    **values: Value | PathLike[str],
) -> RunResult:
    """Run a recipe on a phone, judge what was seen, and put the phone back as it was.

    `at` and `method` in place of the recipe's own; `values`: its variables. `report`: a folder for
    the page and the screenshots. `observer`: a second phone, with another account. `confirm`: yes
    or no to what a recipe asks and to its deletes; None where there is nobody to ask. `protected`:
    run on a phone that devices.yaml marks so.
    What goes wrong on the way is the result's `error`; raised is only what hinders the start.
    """
    if isinstance(recipe, Recipe) and values:
        raise UsageError("a Recipe has its variables already", "give them to Recipe(...)")
    wanted = recipe if isinstance(recipe, Recipe) else Recipe(recipe, **values)
    folder = None if report is None else Path(report)
    chosen = Chosen(app, package, method, at, observer, confirm, protected)
    result = execute(wanted, phone, chosen, folder, on_event)
    if folder is None:
        return result
    from droidcancel.cli.runs import as_data

    return replace(result, report=str(as_data(result, folder)["report"]))


@dataclass(frozen=True)
class Chosen:
    """What a caller says about a run, see `run`."""

    app: str | None = None
    package: str | None = None
    method: str | None = None
    at: str | None = None
    observer: Phone | None = None
    confirm: bool | None = None
    protected: bool = False

    def wish(self) -> Wish:
        """As the command line's options. UsageError for a moment that is none."""
        from droidcancel.cli.runs import Wish, parse_moment

        return Wish(
            app=self.app,
            package=self.package,
            method=self.method,
            moment=parse_moment(self.at),
            observer=None if self.observer is None else self.observer.device,
        )


def execute(
    recipe: Recipe,
    phone: Phone,
    chosen: Chosen,
    pictures: Path | None = None,
    on_event: OnEvent | None = None,
) -> RunResult:
    """Run a recipe without a page; `pictures`: a folder for its screenshots. Raises as `run`."""
    from droidcancel.cli import runs
    from droidcancel.recipe.engine import run_recipe
    from droidcancel.recipe.options import silent

    runs.refuse_fragments([recipe.loaded])
    refuse_unasked(recipe, phone, chosen)
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    options = replace(runs.options_for(_opened(phone), chosen.wish(), pictures), tally=phone.tally)
    if chosen.confirm is not None:
        options = replace(options, confirm=lambda _question: bool(chosen.confirm))
    profile = runs.profile_for(recipe.loaded, _opened(phone), chosen.wish())
    return run_recipe(recipe.loaded, phone.device, profile, options, on_event or silent)


@contextmanager
def start_upload(
    phone: Phone,
    *,
    video: AnyPath | None = None,
    caption: str | None = None,
    visibility: str | None = None,
    app: str | None = None,
    package: str | None = None,
    report: AnyPath | None = None,
    protected: bool = False,
    on_event: OnEvent | None = None,
) -> Iterator[Upload]:
    """Start an upload, to cancel it step by step; the phone is put back at the end.

        with start_upload(phone, caption="cat") as upload:
            upload.cancel("force-stop", at="40%")
            print(upload.verdict().verdict)

    `report`: a folder for the page, which is written at the end, and the screenshots.
    Raises UsageError, DeviceError, AppError.
    """
    given = {"video": video, "caption": caption, "visibility": visibility}
    values = {k: str(v) for k, v in given.items() if v is not None}
    folder = None if report is None else Path(report)
    chosen = Chosen(app, package, protected=protected)
    with begun_upload(phone, values, chosen, folder, on_event) as upload:
        try:
            yield upload
        finally:
            if folder is not None:
                from droidcancel.cli.runs import as_data

                as_data(upload.end(), folder)


@contextmanager
def begun_upload(
    phone: Phone,
    values: Mapping[str, str],
    chosen: Chosen,
    pictures: Path | None = None,
    on_event: OnEvent | None = None,
) -> Iterator[Upload]:
    """Start an upload without a page. Raises as `start_upload`."""
    from droidcancel.cli import runs
    from droidcancel.recipe.options import silent
    from droidcancel.recipe.stepwise import UPLOAD, begin_upload

    wanted = Recipe(UPLOAD, **values)
    refuse_unasked(wanted, phone, chosen)
    options = replace(runs.options_for(_opened(phone), chosen.wish(), pictures), tally=phone.tally)
    profile = runs.profile_for(wanted.loaded, _opened(phone), chosen.wish())
    filled = {k: v for k, v in wanted.values.items() if v is not None}
    with begin_upload(phone.device, profile, filled, options, on_event or silent) as upload:
        yield upload


def profile_of(phone: Phone, app: str | None = None) -> AppProfile:
    """The profile of the app: the one named, the phone's, or the only one embedded."""
    from droidcancel.apps.profile import AppProfile

    return AppProfile.load(app or phone.entry.app or "clips")


def refuse_unasked(recipe: Recipe, phone: Phone, chosen: Chosen) -> None:
    """UsageError for a delete that nobody agreed to, and for a phone that is protected."""
    if phone.entry.protected and not chosen.protected:
        raise UsageError(
            f"{phone.serial} is marked protected in devices.yaml",
            "say protected=True (--droid-yes) to post on it all the same",
        )
    named = [line for line in recipe.deletes if " named " in line]
    if named and not chosen.confirm:
        raise UsageError(f"{named[0]}, and nobody agreed to it", "say confirm=True (--droid-yes)")


def _opened(phone: Phone) -> OpenPhone:
    from droidcancel.cli.phones import OpenPhone

    return OpenPhone(phone.device, phone.entry, phone.simulator)


__all__: Sequence[str] = ("Phone", "Recipe", "connect", "run", "start_upload")
