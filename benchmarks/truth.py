"""Does the verdict agree with what the upload service knows? Many runs, several phones at once.

    python -m benchmarks.truth                     6 methods x 3 moments x 2 profiles x 20 runs
    python -m benchmarks.truth --runs 1 --profile instant --moment 40%

Each cell is `droidcancel run RECIPE --repeat N --json` against a virtual phone in a process of its
own. The service's record is read after the runs, and once more at the very end, so that a video
that goes live later is seen too. Exits with 1 when any verdict disagrees.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import click

from droidcancel.sample import sample_video
from droidcancel.simulator import PhoneOptions
from droidcancel.simulator.registry import RunningSimulator, launch, stop, truth

METHODS = ("airplane", "network-off", "app-network", "in-app", "force-stop", "swipe-recents")
MOMENTS = ("posting", "40%", "4MB")
PROFILES = ("instant", "pixel")
RUN_TIMEOUT_S = 240.0
SETTLE_S = 5.0


@dataclass(frozen=True)
class Cell:
    """One method at one moment on one latency profile, and how often to run it."""

    profile: str
    method: str
    moment: str
    runs: int

    @property
    def recipe(self) -> str:
        return f"cancel_{self.method.replace('-', '_')}"


@dataclass
class Outcome:
    """What a run said, and what the service knew. `agrees` is worked out from both."""

    cell: Cell
    phone: str
    seconds: float = 0.0
    verdict: str | None = None
    token: str | None = None
    reason: str = ""
    restored: bool | None = None
    stderr: str = ""
    states: list[str] = field(default_factory=list)

    @property
    def live(self) -> bool:
        return "live" in self.states

    @property
    def agrees(self) -> bool:
        if self.live:
            return self.verdict in ("published", "resumed")
        return self.verdict in ("cancelled", "draft")

    @property
    def falsely_cancelled(self) -> bool:
        """The worst error there is."""
        return self.live and self.verdict in ("cancelled", "draft", "deleted")


class Bench:
    """Phones of one profile, and the runs that wait for them."""

    def __init__(self, profile: str, phones: int, rate: float, api: int) -> None:
        self.profile = profile
        options = PhoneOptions(profile=profile, upload_bytes_per_s=rate, api=api)
        self.phones = [launch(options, emulator_port=False)[0] for _ in range(phones)]

    def close(self) -> None:
        stop([phone.name for phone in self.phones])


def run_cell(cell: Cell, phone: RunningSimulator, video: Path) -> list[Outcome]:
    """All runs of a cell, as a user would start them."""
    command = [sys.executable, "-m", "droidcancel", "run", cell.recipe, "-s", phone.serial]
    command += ["--app", "clips", "--video", str(video), "--at", cell.moment]
    command += ["--repeat", str(cell.runs), "--json"]
    subprocess.run(
        [adb_path(), "connect", phone.serial], check=False, capture_output=True, timeout=20
    )
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT_S * cell.runs,
            check=False,
        )
        lines, stderr = done.stdout.splitlines(), done.stderr[-2000:]
    except subprocess.TimeoutExpired:
        lines, stderr = [], "timed out"
    outcomes = [outcome_of(json.loads(line), cell, phone) for line in lines]
    missing = cell.runs - len(outcomes)
    return outcomes + [Outcome(cell, phone.name, stderr=stderr) for _ in range(missing)]


def outcome_of(run: Mapping[str, Any], cell: Cell, phone: RunningSimulator) -> Outcome:
    return Outcome(
        cell,
        phone.name,
        seconds=run["duration_s"],
        verdict=run["verdict"],
        token=run["token"],
        reason=run["reason"],
        restored=run["restored"],
        states=states(phone.name, run["token"]),
    )


def adb_path() -> str:
    import adbutils

    return str(adbutils.adb_path())


def states(phone: str, token: str | None) -> list[str]:
    """The states of the service's records that carry the token."""
    records = truth(phone) or []
    return [r["state"] for r in records if token and token in (r["caption"] or "")]


def work(
    phone: RunningSimulator, cells: queue.SimpleQueue[Cell], video: Path, done: list[Outcome],
    log: Path,
) -> None:  # fmt: skip
    while True:
        try:
            cell = cells.get_nowait()
        except queue.Empty:
            return
        outcomes = run_cell(cell, phone, video)
        done.extend(outcomes)
        with log.open("a", encoding="utf-8") as out:
            for outcome in outcomes:
                out.write(json.dumps({**asdict(outcome), "agrees": outcome.agrees}) + "\n")
        good = sum(outcome.agrees for outcome in outcomes)
        click.echo(
            f"{len(done):4d} {cell.profile:8s} {cell.method:14s} {cell.moment:8s} "
            f"{good} of {cell.runs} agree",
            err=True,
        )


def summary(outcomes: Sequence[Outcome]) -> Mapping[str, Any]:
    cells: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        cell = outcome.cell
        key = f"{cell.profile} {cell.method} {cell.moment}"
        said = f"{outcome.verdict}" + ("" if outcome.agrees else " (disagrees)")
        cells.setdefault(key, Counter())[said] += 1
    return {
        "runs": len(outcomes),
        "agree": sum(o.agrees for o in outcomes),
        "falsely_cancelled": sum(o.falsely_cancelled for o in outcomes),
        "not_restored": sum(o.restored is not True for o in outcomes),
        "seconds_median": sorted(o.seconds for o in outcomes)[len(outcomes) // 2],
        "cells": {key: dict(counter) for key, counter in sorted(cells.items())},
    }


@click.command()
@click.option("--runs", default=20, show_default=True, help="Runs of each cell.")
@click.option("--phones", default=6, show_default=True, help="Phones at once.")
@click.option("--profile", "profiles", multiple=True, default=PROFILES, show_default=True)
@click.option("--method", "methods", multiple=True, default=METHODS, show_default=True)
@click.option("--moment", "moments", multiple=True, default=MOMENTS, show_default=True)
@click.option("--rate", default=1.0e6, show_default=True, help="Bytes a second up.")
@click.option("--api", default=34, show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports/truth.jsonl"), show_default=True
)
def main(
    runs: int, phones: int, profiles: tuple[str, ...], methods: tuple[str, ...],
    moments: tuple[str, ...], rate: float, api: int, out: Path,
) -> None:  # fmt: skip
    """Compare verdicts with the ground truth."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    video = sample_video()
    subprocess.run([adb_path(), "start-server"], check=True, capture_output=True)
    outcomes: list[Outcome] = []
    for profile in profiles:
        bench = Bench(profile, phones, rate, api)
        try:
            cells: queue.SimpleQueue[Cell] = queue.SimpleQueue()
            for method, moment in product(methods, moments):
                cells.put(Cell(profile, method, moment, runs))
            done: list[Outcome] = []
            threads = [
                threading.Thread(target=work, args=(phone, cells, video, done, out))
                for phone in bench.phones
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            time.sleep(SETTLE_S)  # what goes live late has had its time
            for outcome in done:
                outcome.states = states(outcome.phone, outcome.token)
            outcomes += done
        finally:
            bench.close()
    result = summary(outcomes)
    click.echo(json.dumps(result, indent=2))
    sys.exit(0 if result["agree"] == result["runs"] and not result["not_restored"] else 1)


if __name__ == "__main__":
    os.environ.setdefault("NO_COLOR", "1")
    main()
