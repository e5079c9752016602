"""One run on a phone of its own in which something goes wrong, and what became of both."""

from __future__ import annotations

import random
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks import fault_points
from benchmarks.fault_judge import Tried
from benchmarks.fault_kinds import KINDS, AdbServer, Struck, TouchedError
from benchmarks.fault_points import Counter, Point
from benchmarks.random_phone import (
    OLD,
    kept,
    last_differences,
    post_old_videos,
    reboot,
    snapshot,
    start_app,
)
from droidcancel.apps.profile import AppProfile
from droidcancel.device import Limits, connect, poll
from droidcancel.device.connect import connect_address, list_devices
from droidcancel.errors import DroidCancelError
from droidcancel.evidence import Mark
from droidcancel.recipe.engine import UNTIMED, run_recipe
from droidcancel.recipe.load import LoadedRecipe, load_recipe
from droidcancel.recipe.model import walk_decided
from droidcancel.recipe.options import Event, RunOptions
from droidcancel.recipe.result import RunResult
from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.apps.clips.behaviour import PACKAGE

#: recipes that are run by themselves: their variables, and options of the app
RECIPES: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "cancel_airplane": ({}, {}),
    "cancel_network_off": ({}, {}),
    "cancel_app_network": ({}, {}),
    "cancel_in_app": ({}, {}),
    "cancel_force_stop": ({}, {}),
    "cancel_swipe_recents": ({}, {}),
    "cancel_for_sure": ({}, {}),
    "cancel_clear_cache": ({}, {"stuck_at": 0.4}),
    "delete_draft": ({}, {}),
    "delete_post": ({}, {}),
    "save_draft": ({}, {}),
    "clear_cache": ({}, {}),
    "restart_phone": ({}, {}),
    "network_guard": ({}, {}),
    "confirm_before_upload": ({}, {}),
    "review_before_post": ({}, {}),
    "verify_outcome": ({}, {}),
    "watch_resume": ({}, {}),
    "data_saver": ({"whose": "android"}, {}),
    "check_progress": ({}, {}),
    "check_app_version": ({"min_version": "1.0"}, {}),
}
PUBLISHES = frozenset(
    {"network_guard", "confirm_before_upload", "review_before_post", "check_progress"}
)
SIZE, RATE = 1_000_000, 250_000.0
#: late_period_s and noise_bytes as the phone and its service need them; else a short patience
LIMITS = Limits(
    quiet_period_s=1.0,
    late_period_s=2.0,
    watch_resume_s=1.0,
    noise_bytes=65_536,
    step_timeout_s=20,
    upload_timeout_s=40,
    network_timeout_s=20,
)
#: what a step takes at most that has its own deadlines inside, what putting back does, and a fault
UNTIMED_S, RESTORE_S, FAULT_S = 90.0, 60.0, 40.0
SETTLE_S = 2.5
BACK_S = 10.0
REJOIN_S = 30.0


@dataclass(frozen=True)
class Try:
    """One thing to try; with no fault, a calm run that tells which points there are."""

    recipe: str
    fault: str | None = None
    point: Point | None = None

    @property
    def key(self) -> str:
        """What it is, for going on with a file of results."""
        return f"{self.recipe}/{self.fault}/{self.point}"


@dataclass
class Bench:
    """What is around a try. `received`: noted when the cancel stands."""

    attempt: Try
    tried: Tried
    phone: Simulator
    server: AdbServer
    counter: Counter
    struck: Struck = field(init=False)

    def __post_init__(self) -> None:
        self.struck = Struck(self.phone, self.server)

    def strike(self) -> None:
        """The point has come."""
        assert self.attempt.fault is not None  # a calm run has no point
        KINDS[self.attempt.fault](self.struck)


def try_one(attempt: Try, server: AdbServer, video: Path) -> Tried:
    """Boot, run, let things go wrong, judge. `video` is a file that is there."""
    recipe = attempt.recipe
    tried = Tried(recipe, attempt.fault, str(attempt.point or ""), publishes=recipe in PUBLISHES)
    options = PhoneOptions(
        upload_bytes_per_s=RATE,
        app_options={PACKAGE: RECIPES[recipe][1]},
        seed=attempt.point.number if attempt.point else 0,
    )
    with Simulator(options, emulator_port=False) as phone:
        bench = Bench(attempt, tried, phone, server, Counter(attempt.point))
        bench.counter.strike = bench.strike
        try:
            _try_on(bench, video)
        except Exception:
            tried.crash = traceback.format_exc(limit=-6)
        finally:
            phone.withdraw(server.port)
    tried.struck = bench.counter.struck and not bench.struck.missed
    tried.passed = bench.counter.passed if attempt.fault is None else {}
    return tried


def _try_on(bench: Bench, video: Path) -> None:
    phone, tried = bench.phone, bench.tried
    post_old_videos(phone, 1)
    connect_address(phone.serial)
    before = phone.call(lambda: snapshot(phone.phone))
    began = time.monotonic()
    fault_points.count(bench.counter)
    loaded = _recipe(tried.recipe, video)
    thread = threading.Thread(target=_run, args=(bench, loaded), daemon=True)
    thread.start()
    thread.join(budget(loaded))
    tried.seconds = round(time.monotonic() - began, 1)
    if thread.is_alive():
        tried.problem = f"hangs:\n{_stack(thread)}"
        return
    fault_points.count(Counter())
    try:
        bench.struck.end()
    except TouchedError as error:
        tried.problem = str(error)
    if tried.restored is not True:
        _next_command(bench)
    tried.changed = _changed(phone, before)
    tried.kept = phone.call(lambda: kept(phone.phone))
    tried.records_at_once = _records(phone)
    _live_on(bench)


def _run(bench: Bench, loaded: LoadedRecipe) -> None:
    """As `droidcancel run` does it."""
    tried = bench.tried

    def heard(event: Event) -> None:
        if event.kind == "step":
            bench.counter.note("step", str(event.data.get("step")))
        if event.kind in ("cancel", "missed"):
            tried.received_at_cut = sum(r["received"] for r in _records(bench.phone))

    options = RunOptions(limits=LIMITS, confirm=lambda question: True)
    try:
        with connect(bench.phone.serial) as device:
            _note(tried, run_recipe(loaded, device, _profile(), options, heard))
    except DroidCancelError as error:
        tried.error = f"{type(error).__name__}: {error.message}"
        tried.exit_code = error.exit_code
    except Exception:
        tried.crash = traceback.format_exc(limit=-6)


def _note(tried: Tried, result: RunResult) -> None:
    tried.verdict, tried.reason = result.verdict.name, result.verdict.reason
    tried.exit_code, tried.restored, tried.token = result.exit_code, result.restored, result.token
    method = result.evidence.method
    if method is not None:
        tried.effective, tried.cut_at = method.effective, method.at
    settled = [m.at for m in result.evidence.of(Mark) if m.name == "settled"]
    tried.cut_at = settled[-1] if settled else tried.cut_at
    if result.error is not None:
        tried.error = f"{type(result.error).__name__}: {result.error.message}"
    if result.exit_code == 4:
        left = "; ".join(r.detail for r in result.undone if not r.ok)
        tried.error = tried.error or f"RestoreError: {left}"


def budget(loaded: LoadedRecipe) -> float:
    """Seconds after which a run hangs: its steps' own deadlines, one after the other."""
    seconds = RESTORE_S + FAULT_S
    for entry in walk_decided(loaded.recipe.steps):
        once = entry.timeout or loaded.recipe.settings.step_timeout or LIMITS.step_timeout_s
        if entry.kind == "wait_for_moment":
            once = loaded.recipe.settings.moment_timeout or LIMITS.upload_timeout_s
        elif entry.kind in UNTIMED:
            once = UNTIMED_S
        seconds += once * (entry.retry + 1)
    return seconds


def _stack(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)
    return "".join(traceback.format_stack(frame, limit=8)) if frame else "it ended meanwhile"


@lru_cache
def _profile() -> AppProfile:
    return AppProfile.load("clips")


@lru_cache
def _recipe(name: str, video: Path) -> LoadedRecipe:
    values = dict(RECIPES[name][0])
    if "video" in load_recipe(name).recipe.vars:
        values["video"] = str(video)
    return load_recipe(name, values)


# -- afterwards ------------------------------------------------------------------------------------


def _next_command(bench: Bench) -> None:
    """`droidcancel restore`, once the phone is there again."""
    from click.testing import CliRunner

    from droidcancel.cli.restore import command

    phone, tried = bench.phone, bench.tried
    if not _rejoin(bench):
        tried.problem = "the phone did not come back"
    done = CliRunner().invoke(command, ["-s", phone.serial])
    if done.exit_code != 0:
        tried.problem = f"restore: exit {done.exit_code}: {done.output[-300:]} {done.exception}"
    tried.mended_later = done.exit_code == 0


def _rejoin(bench: Bench) -> bool:
    """Plug the phone in again; whether the adb server has it."""
    phone, port = bench.phone, bench.server.port

    def there() -> bool | None:
        phone.withdraw(port)
        phone.announce(port)
        listed = {each.serial: each.state for each in list_devices()}
        return True if listed.get(phone.serial) == "device" else None

    return poll(there, REJOIN_S) is not None


def _changed(phone: Simulator, before: Mapping[str, Any]) -> list[str]:
    """What is not as before; radios may be on their way, and shells on theirs."""
    return last_differences(before, lambda: phone.call(lambda: snapshot(phone.phone)), BACK_S)


def _records(phone: Simulator, *, old: bool = False) -> list[dict[str, Any]]:
    known = phone.call(phone.cloud.truth)
    return [record for record in known if record["caption"].startswith(OLD) == old]


def _live_on(bench: Bench) -> None:
    """What the user does next: opens the app; where the phone was to be restarted, once more."""
    phone, tried = bench.phone, bench.tried
    if tried.recipe == "restart_phone":
        reboot(phone)
    start_app(phone)
    threading.Event().wait(SETTLE_S)
    tried.records = _records(phone)
    tried.old_post_live = any(r["state"] == "live" for r in _records(phone, old=True))


def make_video(folder: Path) -> Path:
    """The video of all runs."""
    video = folder / "cat.mp4"
    video.write_bytes(random.Random(1).randbytes(SIZE))
    return video
