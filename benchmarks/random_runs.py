"""One randomized run: a phone of its own, the recipe, and what the service knows afterwards."""

from __future__ import annotations

import random
import threading
import time
import traceback
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.random_cases import Case
from benchmarks.random_checks import Outcome
from benchmarks.random_phone import (
    FAULTS,
    OLD,
    kept,
    last_differences,
    options_of,
    post_old_videos,
    reboot,
    snapshot,
    start_app,
)
from droidcancel.apps.profile import AppProfile
from droidcancel.device import Limits, connect
from droidcancel.device.connect import connect_address
from droidcancel.errors import DroidCancelError
from droidcancel.evidence import Mark
from droidcancel.journal import Journal
from droidcancel.recipe.engine import run_recipe
from droidcancel.recipe.load import LoadedRecipe, load_recipe
from droidcancel.recipe.options import Event, RunOptions
from droidcancel.recipe.result import RunResult
from droidcancel.recipe.values import Moment
from droidcancel.simulator import Simulator

#: late_period_s is above what the build with a late commit takes
LIMITS = Limits(
    quiet_period_s=1.5,
    late_period_s=5.0,
    noise_bytes=65_536,
    step_timeout_s=30,
    upload_timeout_s=60,
    network_timeout_s=30,
)
STUCK_AFTER_S = 4.0
BACK_S = 8.0
#: the app is open again for so long before the service is asked for the last time
SETTLE_S = 4.0
AFTER_BOOT = "resumes-after-boot"
LISTED_S = 20.0


def run_case(case: Case, server: int, video: Path) -> Outcome:
    """Do one run on a phone of its own.

    `server` is the port of the adb server; `video` a file that is written anew, for this run alone.
    """
    outcome, began = Outcome(case), time.monotonic()
    with Simulator(options_of(case), emulator_port=False) as simulator:
        try:
            _run_on(simulator, server, video, outcome)
        except Exception:
            outcome.crash = traceback.format_exc(limit=-6)
        finally:
            simulator.withdraw(server)
    outcome.seconds = round(time.monotonic() - began, 2)
    return outcome


def _run_on(simulator: Simulator, server: int, video: Path, outcome: Outcome) -> None:
    case = outcome.case
    post_old_videos(simulator, case.old_posts)
    connect_address(simulator.serial)
    before = simulator.call(lambda: snapshot(simulator.phone))
    video.write_bytes(random.Random(case.number).randbytes(case.size))
    try:
        _recipe(simulator, server, outcome, video)
    except DroidCancelError as error:
        outcome.error = f"{type(error).__name__}: {error.message}"
    if outcome.restored is False:
        _next_start(simulator, server, outcome)
    outcome.changed = _changed(simulator, before)
    outcome.kept = simulator.call(lambda: kept(simulator.phone))
    outcome.records_at_once = _records(simulator)
    _live_on(simulator, outcome)


def _next_start(simulator: Simulator, server: int, outcome: Outcome) -> None:
    """A phone that was out of reach at the end is put back by the next command."""
    simulator.withdraw(server)
    connect_address(simulator.serial)
    with connect(simulator.serial) as device:
        outcome.mended_later = all(r.ok for r in Journal.of(simulator.serial).restore(device))


def _live_on(simulator: Simulator, outcome: Outcome) -> None:
    """What the user does next: opens the app, and where an app may go on at a boot, restarts."""
    if outcome.case.build == AFTER_BOOT:
        reboot(simulator)
    start_app(simulator)
    threading.Event().wait(SETTLE_S)
    outcome.records = _records(simulator)
    outcome.old_posts_live = sum(r["state"] == "live" for r in _records(simulator, old=True))


def _records(simulator: Simulator, *, old: bool = False) -> list[dict[str, Any]]:
    """What the service knows of the run's own videos, or of those from before."""
    known = simulator.call(simulator.cloud.truth)
    return [record for record in known if record["caption"].startswith(OLD) == old]


def _changed(simulator: Simulator, before: dict[str, Any]) -> list[str]:
    """What is not as before; radios may still be on their way."""
    return last_differences(
        before, lambda: simulator.call(lambda: snapshot(simulator.phone)), BACK_S
    )


def _recipe(simulator: Simulator, server: int, outcome: Outcome, video: Path) -> None:
    case = outcome.case
    moment = None if case.moment is None else Moment.model_validate(case.moment)
    options = RunOptions(limits=LIMITS, moment=moment, confirm=lambda question: True)
    fault = _Fault(simulator, server, case)

    def heard(event: Event) -> None:
        if event.kind in ("cancel", "missed"):
            outcome.received_at_cut = sum(r["received"] for r in _records(simulator))

    with connect(simulator.serial) as device, fault:
        result = run_recipe(_recipe_of(case.recipe, video), device, _profile(), options, heard)
    _note(outcome, result)


@lru_cache
def _profile() -> AppProfile:
    return AppProfile.load("clips")


@lru_cache
def _recipe_of(name: str, video: Path) -> LoadedRecipe:
    """The recipe, in which an upload counts as stuck sooner."""
    loaded = load_recipe(name, {"video": str(video)})
    settings = loaded.recipe.settings.model_copy(update={"stuck_after": STUCK_AFTER_S})
    return replace(loaded, recipe=loaded.recipe.model_copy(update={"settings": settings}))


def _note(outcome: Outcome, result: RunResult) -> None:
    outcome.verdict, outcome.reason = result.verdict.name, result.verdict.reason
    outcome.token, outcome.restored = result.token, result.restored
    method = result.evidence.method
    if method is not None:
        outcome.effective, outcome.cut_at = method.effective, method.at
    settled = [m.at for m in result.evidence.of(Mark) if m.name == "settled"]
    outcome.settled_at = settled[-1] if settled else None
    if result.error is not None:
        outcome.error = f"{type(result.error).__name__}: {result.error.message}"
    outcome.evidence = result.evidence.to_json()


class _Fault:
    """What goes wrong meanwhile, in a thread of its own; ended before the phone is compared."""

    def __init__(self, simulator: Simulator, server: int, case: Case) -> None:
        self._simulator, self._server, self._fault = simulator, server, case.fault
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._strike, daemon=True)

    def __enter__(self) -> None:
        if self._fault is not None:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._fault is not None:
            self._thread.join()

    def _strike(self) -> None:
        assert self._fault is not None  # the thread runs only with one
        if not self._over.wait(self._fault.at_s):
            FAULTS[self._fault.name](self._simulator, self._server)
