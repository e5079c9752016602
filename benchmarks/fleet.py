"""A lab on this computer: many virtual phones, some workers, many jobs; workers are killed in it.

    python -m benchmarks.fleet                                 100 phones, 4 workers, 400 jobs
    python -m benchmarks.fleet --phones 12 --jobs 48 --kill 1

Every other job only looks; the others touch the app, so that a kill loses what was begun of them.
Each job must be recorded exactly once, and lost ones can only be what the killed workers ran.
Prints JSON; exits with 1 where that does not hold.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import click

from benchmarks.random_truth import _adb, _environment
from droidcancel.history.query import Filter, find
from droidcancel.history.recorder import open_history
from droidcancel.history.where import where
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.registry import RunningSimulator, launch, stop

READY_S = 1200.0
END_S = 7200.0
A_LIGHT_RECIPE = """\
name: {name}
title: A light job
app: clips
expect: passed
settings: {{token: false}}
steps:
  - check_version: {{min_version: "1", store: false}}
{more}"""
TOUCHES = "  - launch\n  - tap: profile_tab\n"


def fleet(*words: str, **more: Any) -> subprocess.Popen[str]:
    """A `droidcancel fleet` command as a child."""
    command = [sys.executable, "-m", "droidcancel", "fleet", *words]
    return subprocess.Popen(command, text=True, stdin=subprocess.DEVNULL, **more)


class Lab:
    """The processes of the lab; all of them are ended by their pids."""

    def __init__(self, home: Path, phones: int, workers: int) -> None:
        self.home = home
        self.server = _environment(str(home))
        os.environ["DROIDCANCEL_HISTORY"] = str(home / "runs.db")
        if problem := _adb("start-server"):
            raise RuntimeError(problem)
        self.children: list[subprocess.Popen[str]] = []
        self.phones = self._phones(phones, workers)
        self.scheduler = self._scheduler()
        (home / "devices.yaml").write_text("devices: {}\n")
        self.workers = [self._worker(n, self.phones[n::workers]) for n in range(workers)]

    def _phones(self, count: int, processes: int) -> list[RunningSimulator]:
        options = PhoneOptions(api=34, profile="instant", apps=("clips",))
        each = -(-count // processes)
        made: list[RunningSimulator] = []
        while len(made) < count:
            some = min(each, count - len(made))
            made += launch(options, count=some, emulator_port=False, adb_server=self.server)
        return made

    def _scheduler(self) -> str:
        child = fleet("scheduler", "--port", "0", stdout=subprocess.PIPE)
        self.children.append(child)
        assert child.stdout is not None
        return child.stdout.readline().strip()

    def _worker(self, number: int, phones: list[RunningSimulator]) -> subprocess.Popen[str]:
        words = [word for phone in phones for word in ("-s", phone.serial)]
        log = (self.home / f"worker-{number}.log").open("w")
        known = ("--scheduler", self.scheduler, "--name", f"host{number}")
        child = fleet(
            "worker", *known, "--devices", str(self.home / "devices.yaml"), *words, stderr=log
        )
        self.children.append(child)
        return child

    def offered(self) -> int:
        """How many phones the workers offer by now."""
        words = [sys.executable, "-m", "droidcancel", "fleet", "phones", "--json"]
        done = subprocess.run(
            [*words, "--scheduler", self.scheduler], capture_output=True, text=True, check=True
        )
        return len(done.stdout.splitlines())

    def close(self) -> None:
        """End everything."""
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait()
        stop()
        _adb("kill-server")


def recipes(home: Path) -> list[str]:
    """Two light recipes: one that only looks, and one that touches the app."""
    folder = home / "recipes"
    folder.mkdir()
    for name, more in (("looks", ""), ("touches", TOUCHES)):
        (folder / f"{name}.yaml").write_text(A_LIGHT_RECIPE.format(name=name, more=more))
    return [str(folder)]


def measure(home: Path, phones: int, workers: int, jobs: int, kill: int) -> dict[str, Any]:
    """One run of the lab, and what the history has of it."""
    began = time.monotonic()
    lab = Lab(home, phones, workers)
    try:
        while lab.offered() < phones:
            if time.monotonic() - began > READY_S:
                raise RuntimeError(f"{lab.offered()} of {phones} phones are offered")
            time.sleep(2)
        ready = time.monotonic()
        click.echo(f"{phones} phones are ready after {ready - began:.0f} s", err=True)
        killed, told, code, said = _run(lab, jobs, kill)
        seconds = time.monotonic() - ready
    finally:
        lab.close()
    place = where(str(home / "runs.db"))
    assert place is not None
    with open_history(place) as history:
        kept = find(history, Filter())
    return {
        "phones": phones, "workers": workers, "jobs": jobs, "killed": killed, "exit_code": code,
        "ready_s": round(ready - began, 1), "seconds": round(seconds, 1),
        "jobs_a_minute": round(60 * jobs / seconds, 1),
        "told": len(told), "told_once": len({run["run_id"] for run in told}),
        "recorded": len(kept), "recorded_once": len({row["run_id"] for row in kept}),
        "verdicts": dict(Counter(row["verdict"] for row in kept)),
        "errors": dict(Counter(row["error_type"] for row in kept if row["error_type"])),
        "by_host": dict(Counter(row["host"] for row in kept)),
        "lost_of_other_hosts": sum(
            row["error_type"] == "JobLost" and row["host"] not in killed for row in kept
        ),
        "put_aside": sum(line.startswith("put aside") for line in said),
    }  # fmt: skip


def _run(lab: Lab, jobs: int, kill: int) -> tuple[list[str], list[dict[str, Any]], int, list[str]]:
    """`fleet run`, with workers killed at even distances; who was, what it told, and its end."""
    child = fleet(
        "run", *recipes(lab.home), "--shard", "--repeat", str(jobs // 2), "--scheduler",
        lab.scheduler, "--json", "--report", str(lab.home / "report"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=lab.home,
    )  # fmt: skip
    lab.children.append(child)
    assert child.stdout is not None
    assert child.stderr is not None
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(child.stderr or ()), daemon=True)
    reader.start()
    told: list[dict[str, Any]] = []
    killed: list[str] = []
    for line in child.stdout:
        told.append(json.loads(line))
        if len(told) % 25 == 0:
            click.echo(f"{len(told)} of {jobs}", err=True)
        if len(killed) < kill and len(told) >= jobs * (len(killed) + 1) // (kill + 2):
            number = len(killed)
            lab.workers[number].send_signal(signal.SIGKILL)
            killed.append(f"host{number}")
            click.echo(f"killed host{number} after {len(told)} jobs", err=True)
    code = child.wait(END_S)
    reader.join(10)
    return killed, told, code, said


def fails(figures: dict[str, Any]) -> bool:
    """Whether anything does not hold."""
    jobs = figures["jobs"]
    once = [figures[name] for name in ("told", "told_once", "recorded", "recorded_once")]
    others = set(figures["errors"]) - {"JobLost"}
    return once != [jobs] * 4 or bool(figures["lost_of_other_hosts"] or others)


@click.command()
@click.option("--phones", default=100, show_default=True)
@click.option("--workers", default=4, show_default=True)
@click.option("--jobs", default=400, show_default=True)
@click.option("--kill", default=2, show_default=True, help="Workers that are killed in the middle.")
def main(phones: int, workers: int, jobs: int, kill: int) -> None:
    """Run a lab, kill workers in it, and count."""
    with tempfile.TemporaryDirectory(prefix="droidcancel-fleet-") as home:
        figures = measure(Path(home), phones, workers, jobs, kill)
    click.echo(json.dumps(figures, indent=2))
    sys.exit(1 if fails(figures) else 0)


if __name__ == "__main__":
    main()
