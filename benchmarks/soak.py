"""A day's worth of runs in one process, and what grows meanwhile.

    python -m benchmarks.soak                      5,000 runs with the profile `instant`
    python -m benchmarks.soak --runs 200 --trace   fewer, and which lines of code hold more memory

Recipes and moments go round. Every so many runs everything stands still, and what droidcancel, the
adb server and the phone hold is counted. At the end a line is fitted to each count after the
warm-up. Exits with 1 when anything grows, when a run was not restored, or when a verdict was clean
of a video that is live.
"""

from __future__ import annotations

import json
import multiprocessing as mp
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TextIO

import click

from benchmarks.random_phone import Snapshot, differences
from benchmarks.random_truth import _environment
from benchmarks.soak_counts import Counts, of_process, trends
from benchmarks.soak_phone import serve
from droidcancel.device import poll
from droidcancel.errors import DroidCancelError
from droidcancel.simulator.host import server_runs

#: recipe and moment of the runs, in turn; None where the recipe's own serves
CASES: tuple[tuple[str, str | None], ...] = (
    ("cancel_airplane", "40%"),
    ("cancel_force_stop", "posting"),
    ("cancel_in_app", "30%"),
    ("cancel_network_off", "60%"),
    ("cancel_app_network", "200KB"),
    ("cancel_swipe_recents", "after 0.3s"),
    ("delete_draft", "50%"),
    ("cancel_airplane", "posting"),
    ("delete_post", None),
    ("cancel_for_sure", "30%"),
    ("cancel_force_stop", "70%"),
    ("save_draft", None),
)
CLEAN = frozenset({"cancelled", "draft", "deleted"})
SIZE, RATE = 400_000, 400_000.0
#: every so many runs of a phone write a report with its pictures, which is then thrown away
REPORT_EVERY = 12
TOP_LINES = 15
#: a shell that the phone was told to close may be slow to go on a busy machine
CLOSED_S = 15.0
FEWEST_SAMPLES = 8
STARTS_S = 20.0


@dataclass
class Soak:
    """The runs so far. Counted by all threads, under `lock`."""

    server: int
    home: Path
    video: Path
    pipe: Connection
    before: dict[str, Snapshot] = field(default_factory=dict)
    verdicts: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    seconds: float = 0.0
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, *words: str) -> Any:
        """A question to the process of the phones."""
        with self.lock:
            self.pipe.send(words)
            return self.pipe.recv()


def some_runs(soak: Soak, serial: str, numbers: Sequence[int]) -> None:
    """Some runs on one phone, over one connection to it."""
    from droidcancel.device import connect

    with connect(serial) as device:
        for number in numbers:
            began = time.monotonic()
            try:
                told = one_run(soak, device, number)
            except DroidCancelError as error:
                told = [f"{type(error).__name__}: {error.message}"]
            with soak.lock:
                soak.done += 1
                soak.seconds += time.monotonic() - began
            _note(soak, [f"run {number}, {case_of(number)}: {line}" for line in told])
    if poll(lambda: True if not _left_open(soak, serial) else None, CLOSED_S) is None:
        left = _left_open(soak, serial)
        _note(soak, [f"after run {numbers[-1]}, on {serial}: {line}" for line in left])


def _note(soak: Soak, troubles: list[str]) -> None:
    with soak.lock:
        soak.troubles += troubles
    for line in troubles:
        click.echo(f"       TROUBLE {line}", err=True)


def _left_open(soak: Soak, serial: str) -> list[str]:
    """What the connection left on the phone when it was closed."""
    return differences(soak.before[serial], soak.ask("settle", serial)["snapshot"])


def case_of(number: int) -> tuple[str, str | None]:
    """Recipe and moment of a run."""
    return CASES[number % len(CASES)]


def one_run(soak: Soak, device: Any, number: int) -> list[str]:
    """One run as `droidcancel run` does it; what was wrong with it.

    A draft that is to be kept is deleted by a run of its own, as it would fill the phone.
    """
    recipe, moment = case_of(number)
    result, wrong = _run(soak, device, number, recipe, moment)
    if recipe == "save_draft" and result.verdict.name == "draft":
        caption = f"{_recipe(recipe, soak.video).recipe.vars['caption']} {result.token}"
        _, more = _run(soak, device, number, "delete_draft", None, caption)
        wrong += more
    return wrong


def _run(
    soak: Soak, device: Any, number: int, recipe: str, moment: str | None, caption: str = ""
) -> tuple[Any, list[str]]:
    from droidcancel.recipe.engine import run_recipe
    from droidcancel.recipe.options import RunOptions
    from droidcancel.recipe.values import Moment

    with tempfile.TemporaryDirectory(dir=soak.home) as folder:
        report = Path(folder) if number % REPORT_EVERY == 0 else None
        options = RunOptions(
            limits=_limits(),
            moment=None if moment is None else Moment.model_validate(moment),
            report=report,
        )
        loaded = _named(recipe, soak.video, caption) if caption else _recipe(recipe, soak.video)
        result = run_recipe(loaded, device, _profile(), options)
        if report is not None:
            from droidcancel.report.html import write

            write(result.to_json(), report)
    told = soak.ask("settle", device.serial)
    with soak.lock:
        soak.verdicts[f"{recipe}: {result.verdict.name}"] += 1
    return result, list(_wrong(soak, device, result, told))


def _wrong(soak: Soak, device: Any, result: Any, told: dict[str, Any]) -> Iterator[str]:
    if result.error is not None:
        yield f"{type(result.error).__name__}: {result.error.message}"
    if result.verdict.name in CLEAN and told["states"].get("live"):
        yield f"FALSE: {result.verdict.name}, and the video is live"
    if not result.restored:
        yield f"not restored: {'; '.join(r.detail for r in result.undone if not r.ok)}"
    before = {k: v for k, v in soak.before[device.serial].items() if k != "shells"}
    yield from differences(before, told["snapshot"])  # the shells are those of the connection


def _named(recipe: str, video: Path, caption: str) -> Any:
    """The recipe for an item that the user names."""
    from droidcancel.recipe.load import load_recipe

    return load_recipe(recipe, {"video": str(video), "caption": caption})


@lru_cache
def _limits() -> Any:
    """As a user may set them in devices.yaml: nothing hangs on the proof here."""
    from droidcancel.device import Limits

    return Limits(
        quiet_period_s=0.2,
        late_period_s=0.3,
        watch_resume_s=0.2,
        noise_bytes=65_536,
        step_timeout_s=60,
        upload_timeout_s=90,
        network_timeout_s=60,
        max_posts=1_000_000,
        max_deletes=1_000_000,
    )


@lru_cache
def _profile() -> Any:
    from droidcancel.apps.profile import AppProfile

    return AppProfile.load("clips")


@lru_cache
def _recipe(name: str, video: Path) -> Any:
    from droidcancel.recipe.load import load_recipe

    return load_recipe(name, {"video": str(video)})


# -- counting --------------------------------------------------------------------------------------


def counts(soak: Soak, adb_pid: int) -> Counts:
    """What droidcancel, the adb server, and the phones with their process hold, at rest."""
    from droidcancel.journal_file import state_dir

    found = {f"droidcancel: {name}": n for name, n in of_process(os.getpid()).items()}
    found |= {f"adb server: {name}": n for name, n in of_process(adb_pid).items()}
    state = list(state_dir().iterdir())
    found["state folder: files"] = len(state)
    found["state folder: largest journal, bytes"] = max(
        (file.stat().st_size for file in state if file.suffix == ".jsonl"), default=0
    )
    of_phones: Counts = soak.ask("counts")
    return found | of_phones


# -- all of it -------------------------------------------------------------------------------------


@contextmanager
def adb_server() -> Iterator[tuple[int, int]]:
    """An adb server of its own: its port, and its process id."""
    import adbutils

    with tempfile.TemporaryDirectory(prefix="droidcancel-soak-") as home:
        port = _environment(home)
        os.environ["DROIDCANCEL_CACHE_DIR"] = f"{home}/cache"
        command = [str(adbutils.adb_path()), "-P", str(port), "nodaemon", "server"]
        with (Path(home) / "adb.log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            if poll(lambda: server_runs(port) or None, STARTS_S) is None:
                raise click.ClickException(f"no adb server answers at port {port}")
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(10)


@contextmanager
def phones_of(count: int, server: int) -> Iterator[tuple[Connection, list[str]]]:
    """The process of the phones: the pipe to it, and their serials."""
    context = mp.get_context("spawn")
    pipe, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, count, server, RATE), daemon=True)
    process.start()
    theirs.close()
    try:
        yield pipe, pipe.recv()
    finally:
        pipe.send(None)
        process.join(30)


def soak_all(
    soak: Soak, serials: Sequence[str], adb_pid: int, runs: int, every: int, log: TextIO
) -> tuple[list[int], list[Counts]]:
    """All runs; the numbers of runs done at each sample, and the samples."""
    at, samples = [0], [counts(soak, adb_pid)]
    began = time.monotonic()
    while soak.done < runs:
        first = soak.done
        numbers = range(first, min(first + every, runs))
        shares = [numbers[i :: len(serials)] for i in range(len(serials))]
        with ThreadPoolExecutor(len(serials)) as pool:
            list(pool.map(partial(some_runs, soak), serials, shares))
        at.append(soak.done)
        samples.append(counts(soak, adb_pid))
        _tell(soak, samples[-1], time.monotonic() - began, log)
    return at, samples


def _tell(soak: Soak, sample: Counts, seconds: float, log: TextIO) -> None:
    log.write(json.dumps({"runs": soak.done, "seconds": round(seconds, 1), **sample}) + "\n")
    log.flush()
    brief = ("memory KiB", "threads", "open files", "sockets")
    ours = " ".join(f"{name} {sample[f'droidcancel: {name}']:.0f}" for name in brief)
    click.echo(
        f"{soak.done:6d} runs, {60 * soak.done / seconds:5.1f} a minute: {ours}; "
        f"files on the phones {sample['phone: files']:.0f}; troubles {len(soak.troubles)}",
        err=True,
    )


@click.command()
@click.option("--runs", default=5000, show_default=True)
@click.option("--phones", default=4, show_default=True, help="Phones of the one simulator.")
@click.option("--every", default=50, show_default=True, help="Runs between two samples.")
@click.option(
    "--judge", "judged", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judge the samples of an earlier soak, or of one that still runs.",
)  # fmt: skip
@click.option("--trace", is_flag=True, help="Tell which lines hold more memory; slower.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports/soak.jsonl"),
    show_default=True, help="The samples.",
)  # fmt: skip
def main(
    runs: int, phones: int, every: int, judged: Path | None, trace: bool, out: Path
) -> None:  # fmt: skip
    """Run and run, and see what grows."""
    if judged is not None:
        sys.exit(1 if _show_trends(*_read(judged)) else 0)
    if runs < FEWEST_SAMPLES * every:
        raise click.UsageError(
            f"{runs} runs with a sample every {every} are too few to tell growth"
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that was started is ended
    out.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with (
        adb_server() as (server, adb_pid),
        phones_of(phones, server) as (pipe, serials),
        tempfile.TemporaryDirectory(prefix="droidcancel-soak-") as home,
        out.open("w", encoding="utf-8") as log,
    ):
        video = Path(home) / "cat.mp4"
        video.write_bytes(random.Random(1).randbytes(SIZE))
        soak = Soak(server, Path(home), video, pipe)
        soak.before = {serial: soak.ask("settle", serial)["snapshot"] for serial in serials}
        held = _snapshot(trace)
        at, samples = soak_all(soak, serials, adb_pid, runs, every, log)
        _tell_lines(held)
    seconds = time.monotonic() - began
    sys.exit(verdict(soak, at, samples, seconds))


def verdict(soak: Soak, at: list[int], samples: list[Counts], seconds: float) -> int:
    """Print the figures and the plain word; returns the exit code."""
    growing = _show_trends(at, samples)
    click.echo(json.dumps(dict(sorted(soak.verdicts.items())), indent=2))
    for line in soak.troubles:
        click.echo(line)
    click.echo(
        f"{soak.done} runs in {seconds / 60:.1f} minutes, {soak.seconds / 3600:.1f} hours of work "
        f"of the phones; troubles: {len(soak.troubles)}"
    )
    click.echo(f"grows: {', '.join(growing)}" if growing else "flat")
    return 1 if growing or soak.troubles else 0


def _show_trends(at: list[int], samples: list[Counts]) -> list[str]:
    """Print how each count went; returns those that grow."""
    found = trends(at, samples)
    for trend in found:
        click.echo(str(trend))
    return [trend.name for trend in found if trend.grows]


def _read(path: Path) -> tuple[list[int], list[Counts]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    at = [int(row.pop("runs")) for row in rows]
    return at, [{k: v for k, v in row.items() if k != "seconds"} for row in rows]


def _snapshot(trace: bool) -> tracemalloc.Snapshot | None:
    if not trace:
        return None
    tracemalloc.start(8)
    return tracemalloc.take_snapshot()


def _tell_lines(before: tracemalloc.Snapshot | None) -> None:
    """Which lines of code hold more than at the start."""
    if before is None:
        return
    now = tracemalloc.take_snapshot()
    tracemalloc.stop()
    for line in now.compare_to(before, "lineno")[:TOP_LINES]:
        click.echo(str(line))


if __name__ == "__main__":
    main()
