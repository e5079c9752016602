"""droidcancel killed at every point of every recipe, and what the next command makes of the phone.

    python -m benchmarks.kill_points                      all recipes, a spread of points of each
    python -m benchmarks.kill_points --recipe save_draft --points 0      every point of one

For each recipe one whole run tells which points there are (see kill_child). Then, for each point
that is tried, a phone is booted, the run killed there, `droidcancel restore` run, and the phone's
state compared with the one before. Exits with 1 where anything is not as it was.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from benchmarks.random_phone import differences, snapshot
from benchmarks.random_truth import _adb, _environment
from droidcancel.device import poll
from droidcancel.simulator import PhoneOptions, Simulator

#: recipes that are run by themselves, with what each needs
RECIPES: dict[str, tuple[str, ...]] = {
    "cancel_airplane": (),
    "cancel_network_off": (),
    "cancel_app_network": (),
    "cancel_in_app": (),
    "cancel_force_stop": (),
    "cancel_swipe_recents": (),
    "cancel_for_sure": (),
    "delete_draft": (),
    "delete_post": (),
    "save_draft": (),
    "clear_cache": (),
    "restart_phone": (),
    "network_guard": (),
    "confirm_before_upload": (),
    "review_before_post": (),
    "verify_outcome": (),
    "watch_resume": (),
    "data_saver": ("-e", "whose=android"),
}
SIZE, RATE = 900_000, 450_000.0
RUN_S = 180.0
BACK_S = 20.0


@dataclass(frozen=True)
class Kill:
    """One try: the recipe, the number of the point (None: not killed), and its name."""

    recipe: str
    at: int | None
    name: str = ""


@dataclass
class Outcome:
    """What came of a try. `changed` and `problem` are empty where all is as it was."""

    kill: Kill
    killed: bool = False
    changed: list[str] = field(default_factory=list)
    problem: str = ""
    points: list[str] = field(default_factory=list)

    @property
    def restored(self) -> bool:
        return not self.changed and not self.problem


def try_one(kill: Kill, server: int, folder: Path) -> Outcome:
    """Boot, kill, restore, compare."""
    outcome = Outcome(kill)
    options = PhoneOptions(upload_bytes_per_s=RATE, seed=kill.at or 0)
    with tempfile.TemporaryDirectory(dir=folder) as home:
        state = {**os.environ, "DROIDCANCEL_STATE_DIR": f"{home}/state"}
        with Simulator(options, emulator_port=False, adb_server=server) as phone:
            try:
                _try_on(phone, outcome, Path(home), state)
            finally:
                phone.withdraw(server)
    return outcome


def _try_on(phone: Simulator, outcome: Outcome, home: Path, state: dict[str, str]) -> None:
    video, points = home / "cat.mp4", home / "points"
    video.write_bytes(random.Random(1).randbytes(SIZE))
    devices = home / "devices.yaml"
    devices.write_text(_devices(phone.serial))
    _adb_wait(phone.serial)
    before = phone.call(lambda: snapshot(phone.phone))
    kill = outcome.kill
    command = [sys.executable, "-m", "benchmarks.kill_child", "--points", str(points)]
    command += ["--at", str(kill.at)] if kill.at is not None else []
    command += ["--", "run", kill.recipe, "-s", "it", "--devices", str(devices), "--app", "clips"]
    command += ["--video", str(video)] if _takes_a_video(kill.recipe) else []
    command += ["--yes", *RECIPES[kill.recipe]]
    run = subprocess.run(
        command, env=state, capture_output=True, text=True, timeout=RUN_S, check=False
    )
    outcome.killed = run.returncode == -signal.SIGKILL
    outcome.points = points.read_text().split() if points.exists() else []
    if outcome.killed:
        outcome.problem = _restore(phone.serial, state)
    elif run.returncode not in (0, 1):
        outcome.problem = f"exit {run.returncode}: {run.stderr[-600:]}"
    outcome.changed = _changed(phone, before)


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


def _restore(serial: str, state: dict[str, str]) -> str:
    """The next command on that phone; what it said where it failed."""
    command = [sys.executable, "-m", "droidcancel", "restore", "-s", serial]
    run = subprocess.run(
        command, env=state, capture_output=True, text=True, timeout=RUN_S, check=False
    )
    return "" if run.returncode == 0 else f"restore: exit {run.returncode}: {run.stderr[-600:]}"


def _changed(phone: Simulator, before: dict[str, Any]) -> list[str]:
    """What is not as before; radios may be on their way."""

    def same() -> bool | None:
        now = phone.call(lambda: snapshot(phone.phone))
        return None if differences(before, now) else True

    poll(same, BACK_S)
    return differences(before, phone.call(lambda: snapshot(phone.phone)))


def chosen(recipe: str, points: Sequence[str], most: int) -> Iterator[Kill]:
    """Every write to the journal, and a spread of the rest; all for `most` 0."""
    journal = [n for n, name in enumerate(points, 1) if name.startswith("journal")]
    rest = [n for n in range(1, len(points) + 1) if n not in set(journal)]
    if most and len(rest) > most:
        rest = random.Random(recipe).sample(rest, most)
    for number in sorted([*journal, *rest]):
        yield Kill(recipe, number, points[number - 1])


@click.command()
@click.option("--recipe", "recipes", multiple=True, type=click.Choice(sorted(RECIPES)))
@click.option("--points", "most", default=24, show_default=True, help="Of each, 0 for all.")
@click.option("--phones", default=8, show_default=True, help="Phones at once.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports/kill_points.jsonl"),
    show_default=True,
)  # fmt: skip
def main(recipes: tuple[str, ...], most: int, phones: int, out: Path) -> None:
    """Kill droidcancel everywhere, and compare the phone with what it was."""
    names, began = recipes or tuple(RECIPES), time.monotonic()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="droidcancel-kill-") as home:
        server = _environment(home)
        if problem := _adb("start-server"):
            raise click.ClickException(f"the adb server did not start: {problem}")
        try:
            outcomes = list(_all(names, most, phones, server, Path(home), out))
        finally:
            _adb("kill-server")
    result = summary(outcomes, time.monotonic() - began)
    click.echo(json.dumps(result, indent=2))
    sys.exit(1 if result["not_restored"] or not result["killed"] else 0)


def _all(
    names: Sequence[str], most: int, phones: int, server: int, home: Path, out: Path
) -> Iterator[Outcome]:
    with ThreadPoolExecutor(phones) as pool, out.open("w", encoding="utf-8") as log:
        whole = list(pool.map(lambda name: try_one(Kill(name, None), server, home), names))
        kills = [k for o in whole for k in chosen(o.kill.recipe, o.points, most)]
        results = pool.map(lambda kill: try_one(kill, server, home), kills)
        for number, outcome in enumerate(whole, 1):
            _tell(outcome, f"whole {number}", log)
            yield outcome
        for number, outcome in enumerate(results, 1):
            _tell(outcome, f"{number} of {len(kills)}", log)
            yield outcome


def _tell(outcome: Outcome, count: str, log: Any) -> None:
    kill = outcome.kill
    log.write(json.dumps({**vars(outcome), "kill": vars(kill), "points": None}) + "\n")
    log.flush()
    sign = "ok  " if outcome.restored else "LEFT"
    end = "killed" if outcome.killed else "ended"
    where = f"at {kill.at} ({kill.name})" if kill.at is not None else "not to be killed"
    told = "; ".join([*outcome.changed, *filter(None, [outcome.problem])])
    click.echo(f"{count:>12s} {sign} {kill.recipe} {where}: {end} {told}", err=True)


def summary(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """Figures by recipe, and everything that was left."""
    killed = [o for o in outcomes if o.killed]
    left = [o for o in outcomes if not o.restored]
    return {
        "killed": len(killed),
        "restored": sum(o.restored for o in killed),
        "ended_before_the_point": sum(not o.killed and o.kill.at is not None for o in outcomes),
        "not_restored": [
            {"recipe": o.kill.recipe, "at": o.kill.at, "point": o.kill.name,
             "changed": o.changed, "problem": o.problem}
            for o in left
        ],
        "kills": dict(Counter(o.kill.recipe for o in killed)),
        "seconds": round(seconds, 1),
    }  # fmt: skip


if __name__ == "__main__":
    main()
