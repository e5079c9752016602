"""Running a recipe: a short loop around its steps, and the phone put back in every case."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from droidcancel.apps.profile import AppProfile
from droidcancel.apps.schema import ANY_LOCALE
from droidcancel.device import Device
from droidcancel.errors import (
    AppError,
    DeviceError,
    DroidCancelError,
    UsageError,
)
from droidcancel.evidence import Evidence
from droidcancel.journal import Restored
from droidcancel.journal_lock import device_lock
from droidcancel.recipe import steps_delete
from droidcancel.recipe.checks import put_back_in_app
from droidcancel.recipe.fallback import settle_on_method
from droidcancel.recipe.guards import refuse_other_files
from droidcancel.recipe.leftovers import left_behind
from droidcancel.recipe.load import LoadedRecipe
from droidcancel.recipe.model import walk_decided
from droidcancel.recipe.options import OnEvent, RunOptions, silent
from droidcancel.recipe.restore import phone_journal, restore_first
from droidcancel.recipe.result import RunResult, cut_of
from droidcancel.recipe.run import Run
from droidcancel.recipe.stage import set_stage
from droidcancel.recipe.steps import ACTIONS
from droidcancel.recipe.steps_model import PickVideo, ShareVideo, StepEntry
from droidcancel.recipe.stop import StopRun
from droidcancel.recipe.surroundings import environment, phone_state
from droidcancel.recipe.values import Moment
from droidcancel.recipe.verify import NETWORK_KINDS
from droidcancel.verdict import Verdict, judge

#: steps that have their own deadlines inside
UNTIMED = frozenset(
    {"verify", "watch", "when", "repeat", "run_recipe", "cancel"}
    | {"network_guard", "check_published"}
    | set(steps_delete.STEPS)
)
#: all that a dry run does: it reads
READING = frozenset({"launch", "when", "repeat", "run_recipe", "delete_draft", "delete_post"})


def run_recipe(
    loaded: LoadedRecipe,
    device: Device,
    app: AppProfile,
    options: RunOptions | None = None,
    on_event: OnEvent = silent,
) -> RunResult:
    """Run a recipe on one phone, judge what was seen, and put the phone back as it was.

    What goes wrong on the way is the result's `error`, after the phone has been restored; so is an
    interruption (`interrupted`). Raised are only errors from before the first change: a name that
    the app's profile does not have, an app that is not installed, a phone that another run holds, a
    phone on which an earlier run left something that cannot be undone.
    """
    with opened(loaded, device, app, options, on_event) as engine:
        return engine.run()


@contextmanager
def opened(
    loaded: LoadedRecipe,
    device: Device,
    app: AppProfile,
    options: RunOptions | None = None,
    on_event: OnEvent = silent,
) -> Iterator[Engine]:
    """A run that has not begun, on a phone that is held for it. Raises as `run_recipe`."""
    chosen = options or RunOptions()
    loaded.check_complete()
    loaded.check_names(app)
    run_id = chosen.run_id or uuid.uuid4().hex[:12]
    with device_lock(device):
        journal = phone_journal(device.serial, run_id)
        restore_first(journal, device)
        yield Engine(Run(loaded, device, app, chosen, journal, on_event), run_id)


def plan(loaded: LoadedRecipe) -> list[str]:
    """What a recipe would do, one line a step; nothing is touched."""
    return [f"{entry.place}: {describe(entry)}" for entry in walk_decided(loaded.recipe.steps)]


def describe(entry: StepEntry) -> str:
    """A step in a few words."""
    own = own_words(entry)
    if own:
        return own.get("en") or own.get(ANY_LOCALE) or next(iter(own.values()))
    given = entry.args.model_dump(
        exclude_defaults=True, exclude={"steps", "otherwise", "until", "given"}
    )
    words = (_plain(value) for value in given.values())
    return " ".join([entry.kind, *filter(None, words)])


def own_words(entry: StepEntry) -> dict[str, str]:
    """What the recipe says of a step, by language; empty where it says nothing."""
    return {language: said[0] for language, said in entry.label.items() if said}


def _fill(entry: StepEntry) -> dict[str, str]:
    """A step's own arguments as words, by name."""
    given = entry.args.model_dump(exclude_none=True, exclude={"steps", "otherwise", "until"})
    return {name: words for name, value in given.items() if (words := _plain(value))}


def _plain(value: Any) -> str:
    """A step's argument for people; switches and inner variables are left out."""
    if isinstance(value, bool | dict):
        return ""
    return " or ".join(map(str, value)) if isinstance(value, tuple) else str(value)


class Engine:
    """The loop. It never sees a raw dictionary: steps are checked records."""

    def __init__(self, context: Run, run_id: str) -> None:
        self._run = self.context = context
        self._run_id = run_id
        self._started = time.monotonic()
        self._started_at = context.recorder.now()
        self._asked_before = context.device.round_trips
        self._error: DroidCancelError | None = None
        self._interrupted = False
        self._was_running = context.device.packages.running(context.package)
        self._states: dict[str, dict[str, Any] | None] = {"before": None, "after": None}
        self._environment: dict[str, Any] | None = None

    def run(self) -> RunResult:
        """All steps, then the phone put back, then the verdict."""
        try:
            self.begin()
            for entry in self._run.recipe.steps:
                run_step(self._run, entry)
        except BaseException as error:
            self.broke_off(error)
        finally:
            undone = self._restore()
        self._look_back()
        return self._result(undone)

    def end(self) -> RunResult:
        """The phone put back, and the verdict, where the steps were taken by somebody else."""
        undone = self._restore()
        self._look_back()
        return self._result(undone)

    def broke_off(self, error: BaseException) -> None:
        """Take in what ended the steps; anything that is no way for a run to end is raised."""
        if isinstance(error, KeyboardInterrupt):
            self._interrupted = True
            self._run.tell("trouble", "interrupted; the phone is put back as it was")
        elif isinstance(error, StopRun):
            self._run.tell("trouble", f"stopped: {error.reason}")
        elif isinstance(error, DroidCancelError):
            self._error = error
            self._run.tell("trouble", error.message)
        else:
            raise error

    def begin(self) -> None:
        """What can be known to fail is told before anything is touched."""
        run = self._run
        run.changes.append(run.journal.begin_use(run.device, run.package))
        self._states["before"] = self._phone_state()
        steps = walk_decided(run.recipe.steps)
        for entry in steps:
            if isinstance(entry.args, ShareVideo | PickVideo):
                _check_video(run, entry, entry.args.file)
        run.device.unlock(run.options.pin)
        if not run.options.dry_run:
            set_stage(run)
        if any(entry.kind == "cancel" for entry in steps):
            settle_on_method(run)

    def _phone_state(self) -> dict[str, Any] | None:
        """For the report's page; a run without one asks the phone nothing for it."""
        run = self._run
        return None if run.options.report is None else phone_state(run.device, run.info)

    # -- the end

    def _look_back(self) -> None:
        """What the report tells beside the verdict, read when all is over."""
        run = self._run
        try:
            self._states["after"] = self._phone_state()
            if run.options.report is not None:
                self._environment = environment(run.device, run.info, run.locale)
        except KeyboardInterrupt:
            self._interrupted = True

    def _restore(self) -> list[Restored]:
        """Everything back as it was; an interruption here begins it once more."""
        for _ in range(3):
            try:
                return self._put_back()
            except KeyboardInterrupt:
                self._interrupted = True
        return self._put_back()

    def _put_back(self) -> list[Restored]:
        run = self._run
        run.close()
        self._put_back_in_app()
        try:
            if not self._was_running or self._broken_off:
                # an upload that was cut must not go on when the network returns unwatched
                run.device.packages.force_stop(run.package)
            else:
                self._leave_app_open()
        except DroidCancelError as error:
            run.trouble("restore", error)
        undone = run.undo_changes()
        run.device.watchdog.close()
        self._await_network(undone)
        run.tell("restored", "the phone is as it was" if _all_ok(undone) else "not all restored")
        return undone

    def _leave_app_open(self) -> None:
        for change in self._run.changes:
            if change.record.kind == "app":
                change.keep("it ran before too")

    def _put_back_in_app(self) -> None:
        """What was switched in the app itself, put back through the app.

        Where the run was broken off, an upload may be held by it: the journal undoes it then, with
        the app off the network.
        """
        if self._broken_off:
            self._run.afterwards.clear()
        self._run.deadline = time.monotonic() + self._run.options.limits.step_timeout_s
        put_back_in_app(self._run)  # what fails is tried again through the journal
        self._run.afterwards.clear()

    def _await_network(self, undone: list[Restored]) -> None:
        """A phone that was taken offline is left online, as the verdict's way does by itself."""
        run = self._run
        kinds = {change.record.kind for change in run.changes}
        if not kinds & NETWORK_KINDS or not _all_ok(undone):
            return
        try:
            run.device.network.wait_online(run.options.limits.network_timeout_s)
        except DroidCancelError as error:
            run.trouble("restore", error)

    @property
    def _broken_off(self) -> bool:
        return self._error is not None or self._interrupted

    def _verdict(self, evidence: Evidence) -> Verdict:
        """The evidence's; a recipe that cancels nothing proves nothing by half of its checks."""
        verdict = judge(evidence)
        half = self._broken_off and self._run.method_name is None
        if half and verdict.name in ("passed", "invalid"):
            return Verdict("unknown", "the run ended before its checks", ("the rest of the run",))
        return verdict

    def _result(self, undone: list[Restored]) -> RunResult:
        run = self._run
        evidence = run.recorder.freeze()
        verdict = self._verdict(evidence)
        if not run.options.dry_run:  # nothing was done that there could be a verdict of
            run.tell("verdict", f"{verdict.name}: {verdict.reason}", verdict=verdict.name)
        device, options = run.device, run.options
        return RunResult(
            run_id=self._run_id,
            recipe=run.recipe.name,
            app=run.profile.name,
            device={
                "serial": device.serial,
                "kind": device.kind,
                "model": device.model,
                "api_level": device.api_level,
            },
            method=run.method_name,
            moment=_moment_text(run.moment),
            token=run.token,
            verdict=verdict,
            expected=run.recipe.expect,
            cut=cut_of(evidence),
            evidence=evidence,
            undone=tuple(undone),
            restored=_all_ok(undone),
            started_at=self._started_at,
            duration_s=time.monotonic() - self._started,
            round_trips=device.round_trips.since(self._asked_before),
            report=str(options.report) if options.report is not None else None,
            error=self._error,
            interrupted=self._interrupted,
            left=left_behind(verdict.name, evidence, broken_off=self._broken_off),
            dry_run=options.dry_run,
            would=tuple(run.wishes),
            phone_state=self._states,
            environment=self._environment,
            package=run.package,
            app_version=run.info.version_name,
        )


def _check_video(run: Run, entry: StepEntry, file: str) -> None:
    """UsageError for a video that is not there, DeviceError for one that the phone cannot take."""
    path = Path(file).expanduser()
    if not path.is_file():
        raise _placed(UsageError(f"no such video: {path}", "name one with --video"), entry)
    try:
        refuse_other_files(path)
    except UsageError as error:
        raise _placed(error, entry) from None
    size, free = path.stat().st_size, run.device.media.free_bytes()
    # once in the gallery, and once as the app's own copy
    if free < 2 * size:
        problem = DeviceError(
            f"{path.name} ({size} bytes) does not fit on the phone, which has {free} bytes free",
            "free some space on the phone, or name a smaller video",
        )
        raise _placed(problem, entry)


def run_step(run: Run, entry: StepEntry) -> None:
    """One step, within its time, as often as it may be tried."""
    if run.options.dry_run and entry.kind not in READING:
        return
    run.tell(
        "step",
        describe(entry),
        place=entry.place,
        step=entry.kind,
        words=own_words(entry),
        fill=_fill(entry),
    )
    for attempt in range(entry.retry + 1):
        outer, caller = run.deadline, run.step
        run.deadline, run.step = _deadline(run, entry), entry.kind
        try:
            ACTIONS[entry.kind](run, entry.args, run_step)
            return
        except DroidCancelError as error:
            if not _goes_on(run, entry, error, attempt):
                raise _placed(error, entry) from None
        finally:
            run.deadline, run.step = outer, caller
    return


def _goes_on(run: Run, entry: StepEntry, error: DroidCancelError, attempt: int) -> bool:
    """Whether the run goes on after this error of a step."""
    transient = isinstance(error, DeviceError | AppError)
    if transient and attempt < entry.retry:
        run.trouble(entry.kind, f"{error.message}; trying again")
        return True
    if transient and entry.optional:
        run.trouble(entry.kind, error)
        return True
    return False


def _deadline(run: Run, entry: StepEntry) -> float:
    if entry.timeout is not None:
        return time.monotonic() + entry.timeout
    if entry.kind in UNTIMED:
        return float("inf")
    limits, settings = run.options.limits, run.settings
    seconds = settings.step_timeout or limits.step_timeout_s
    if entry.kind == "wait_for_moment":
        seconds = settings.moment_timeout or limits.upload_timeout_s
    return time.monotonic() + seconds


def _placed(error: DroidCancelError, entry: StepEntry) -> DroidCancelError:
    """The error with the place of its step in front, the innermost step's only."""
    if entry.place and not re.match(r"\S+\.ya?ml:\d+:", error.message):
        error.message = f"{entry.place}: {entry.kind}: {error.message}"
    return error


def _all_ok(undone: list[Restored]) -> bool:
    return all(r.ok for r in undone)


def _moment_text(moment: Moment | None) -> str | None:
    return None if moment is None else str(moment)
