"""One try of `kill_points`: a phone is booted, a run on it killed, the next command given.

Then the phone is compared with what it was before.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import kill_child
from benchmarks.random_phone import last_differences, snapshot
from droidcancel.device import poll
from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.apps.clips.behaviour import PACKAGE

SIZE = 900_000
RUN_S = 180.0
BACK_S = 20.0


#: each command is a process of its own, forked off one that has its modules loaded already
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "benchmarks.kill_child",
        "droidcancel.cli.progress",
        "droidcancel.cli.restore",
        "droidcancel.cli.run",
        "droidcancel.device",
        "droidcancel.recipe.engine",
    ]
)


class HangError(Exception):
    """A command did not end in its time."""


@dataclass(frozen=True)
class Setup:
    """What a recipe is run with: more words of the command line, and how the app behaves.

    `rate`: of the phone's way up, in bytes a second.
    """

    words: tuple[str, ...] = ()
    behaviour: Mapping[str, Any] = field(default_factory=dict)
    rate: float = 450_000.0


#: every recipe that is run by itself; the fragments run inside of these
RECIPES: Mapping[str, Setup] = {
    "cancel_airplane": Setup(),
    "cancel_app_network": Setup(),
    "cancel_clear_cache": Setup(("--at", "stuck 2s"), {"stuck_at": 0.4}),
    "cancel_for_sure": Setup(),
    "cancel_force_stop": Setup(),
    "cancel_in_app": Setup(),
    "cancel_network_off": Setup(),
    "cancel_now": Setup(),
    "cancel_swipe_recents": Setup(),
    "check_app_version": Setup(("-e", "min_version=3.4")),
    "check_progress": Setup(),
    "clear_cache": Setup(),
    "confirm_before_upload": Setup(),
    "data_saver": Setup(("-e", "whose=both")),
    "delete_draft": Setup(),
    "delete_post": Setup(),
    "network_guard": Setup(rate=200_000.0),
    "restart_phone": Setup(),
    "review_before_post": Setup(),
    "save_draft": Setup(),
    "verify_outcome": Setup(),
    "watch_resume": Setup(behaviour={"wait_s": 1.0}),
}


@dataclass(frozen=True)
class Kill:
    """One try: the recipe, and the point as kill_child has it (empty: not killed).

    `again`: the point of the restoring at which that is killed too, before a second one.
    """

    recipe: str
    at: str = ""
    again: str = ""


@dataclass
class Outcome:
    """What came of a try. `changed` and `problem` are empty where all is as it was.

    `killed`: the run was; `killed_again`: the restoring was. `live`: videos that were live in the
    end, which a kill leaves as they are.
    """

    kill: Kill
    killed: bool = False
    killed_again: bool = False
    changed: list[str] = field(default_factory=list)
    problem: str = ""
    points: list[str] = field(default_factory=list)
    live: int = 0

    @property
    def restored(self) -> bool:
        return not self.changed and not self.problem


def try_one(kill: Kill, server: int, folder: Path, api: int) -> Outcome:
    """Boot, kill, restore, compare."""
    outcome = Outcome(kill)
    setup = RECIPES[kill.recipe]
    options = PhoneOptions(
        api=api,
        upload_bytes_per_s=setup.rate,
        seed=sum(kill.at.encode()),
        app_options={PACKAGE: dict(setup.behaviour)},
    )
    with (
        tempfile.TemporaryDirectory(dir=folder) as home,
        Simulator(options, emulator_port=False, adb_server=server) as phone,
    ):
        try:
            _Try(phone, outcome, Path(home)).go()
        except HangError as error:
            outcome.problem = f"hangs: {error}"
        finally:
            phone.withdraw(server)
    return outcome


class _Try:
    def __init__(self, phone: Simulator, outcome: Outcome, home: Path) -> None:
        self._phone = phone
        self._outcome = outcome
        self._home = home
        self._variables = {"DROIDCANCEL_STATE_DIR": f"{home}/state"}

    def go(self) -> None:
        kill, outcome = self._outcome.kill, self._outcome
        _adb_wait(self._phone.serial)
        before = self._at_rest()
        code, said = self._droidcancel("run", kill.at, *self._words(kill.recipe))
        outcome.killed = code == -signal.SIGKILL
        outcome.points = (self._home / "run").read_text().split()
        if outcome.killed:
            self._restore(kill.again)
        elif code not in (0, 1):
            outcome.problem = f"exit {code}: {said[-600:]}"
        outcome.changed = _changed(self._phone, before)
        records = self._phone.cloud.records
        outcome.live = sum(record.state == "live" for record in records)

    def _at_rest(self) -> dict[str, Any]:
        """The phone's state in a moment in which nobody has a shell on it."""

        def look() -> dict[str, Any] | None:
            state = whole_state(self._phone)
            return state if state["shells"] == ["adbd"] else None

        state = poll(look, BACK_S)
        if state is None:
            raise HangError("somebody keeps a shell on the phone")
        return state

    def _words(self, recipe: str) -> list[str]:
        video, devices = self._home / "cat.mp4", self._home / "devices.yaml"
        video.write_bytes(random.Random(1).randbytes(SIZE))
        devices.write_text(_devices(self._phone.serial))
        words = ["run", recipe, "-s", "it", "--devices", str(devices), "--app", "clips", "--yes"]
        words += ["--video", str(video)] if _takes_a_video(recipe) else []
        return [*words, *RECIPES[recipe].words]

    def _restore(self, again: str) -> None:
        """The next command on that phone; killed too where it is to be, and then once more."""
        words = ("restore", "-s", self._phone.serial)
        if again:
            code, _ = self._droidcancel("restore-killed", again, *words)
            self._outcome.killed_again = code == -signal.SIGKILL
        code, said = self._droidcancel("restore", "", *words)
        if code:
            self._outcome.problem = f"restore: exit {code}: {said[-600:]}"
        elif again:
            code, said = self._droidcancel("restore-twice", "", *words)
            if code or "nothing to restore" not in said:
                self._outcome.problem = f"the second restore is not idle: {said[-600:]}"

    def _droidcancel(self, name: str, at: str, *words: str) -> tuple[int, str]:
        """The exit code (-9: killed) and all that was said. HangError."""
        points, said = self._home / name, self._home / f"{name}.txt"
        arguments = ["--points", str(points), *(["--at", at] if at else []), "--", *words]
        child = _FORKS.Process(
            target=kill_child.forked, args=(arguments, self._variables, str(said)), daemon=True
        )
        child.start()
        child.join(RUN_S)
        if child.exitcode is None:
            child.kill()
            raise HangError(f"{' '.join(words)} did not end in {RUN_S:g} s")
        return child.exitcode, said.read_text(errors="replace")


def whole_state(phone: Simulator) -> dict[str, Any]:
    """What must be after a run as it was before it."""

    def look() -> dict[str, Any]:
        fs, package = phone.phone.fs, phone.phone.packages.get(PACKAGE)
        folder = f"/data/data/{PACKAGE}/shared_prefs"
        kept = fs.isdir(folder) and "app.json" in fs.listdir(folder)
        granted = package.granted if package is not None else {}
        prefs = fs.read(f"{folder}/app.json") if kept else b""
        return {
            **snapshot(phone.phone),
            "app's Data Saver": b'"data_saver": true' in prefs,
            "permissions": sorted(name for name, held in granted.items() if held),
        }

    return phone.call(look)


def _devices(serial: str) -> str:
    """A short patience: nothing hangs on the proof here."""
    limits = "quiet_period_s: 0.5, late_period_s: 0.5, watch_resume_s: 0.5, noise_bytes: 65536"
    return (
        f"devices:\n  it: {{kind: emulator, serial: '{serial}', app: clips, "
        f"limits: {{{limits}, step_timeout_s: 40}}}}\n"
    )


def _takes_a_video(recipe: str) -> bool:
    from droidcancel.recipe.load import load_recipe

    return "video" in load_recipe(recipe).recipe.vars


def _adb_wait(serial: str) -> None:
    import adbutils

    command = [str(adbutils.adb_path()), "-s", serial, "wait-for-device"]
    subprocess.run(command, timeout=30, check=True, capture_output=True)


def _changed(phone: Simulator, before: dict[str, Any]) -> list[str]:
    """What is not as before, for long; radios may be on their way.

    One look decides: other tries' commands list the phones of the same adb server, and each has a
    shell on this one for a moment.
    """
    return last_differences(before, lambda: whole_state(phone), BACK_S)
