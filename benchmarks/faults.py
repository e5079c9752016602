"""Every kind of trouble at many points of every recipe: is what is said true, the phone as before?

    python -m benchmarks.faults                           all recipes and kinds, some points of each
    python -m benchmarks.faults --recipe save_draft --fault call --points 0     all points of these
    python -m benchmarks.faults --again                   only what was wrong in the file of results

A calm run of each recipe tells which points there are. The results are written as they come, and a
run of this that is broken off goes on where it was. Exits with 1 when a verdict was wrong, a run
hung, or a phone was not as before.
"""

from __future__ import annotations

import json
import multiprocessing as mp
import os
import queue
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from benchmarks.fault_judge import wrongs
from benchmarks.fault_kinds import KINDS, AdbServer
from benchmarks.fault_points import Point, chosen, install
from benchmarks.fault_run import RECIPES, Try, make_video, try_one
from benchmarks.random_truth import _environment

Row = dict[str, Any]


def work(attempts: Any, rows: Any) -> None:
    """A worker process: an adb server of its own, and one phone after the other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    bench = os.getppid()
    with tempfile.TemporaryDirectory(prefix="droidcancel-faults-") as home:
        server = AdbServer(_environment(home))
        os.environ["DROIDCANCEL_CACHE_DIR"] = f"{home}/cache"
        try:
            server.start()
            install()
            video = make_video(Path(home))
            while os.getppid() == bench:  # else the bench was killed
                attempt = attempts.get_nowait()
                row = row_of(attempt, try_one(attempt, server, video))
                rows.put(row)
                if row["problem"].startswith("hangs"):  # its thread would disturb what follows
                    break
        except queue.Empty:
            pass
        except Exception:
            traceback.print_exc()
        finally:
            server.stop()
    rows.close()
    rows.join_thread()
    os._exit(0)


def row_of(attempt: Try, tried: Any) -> Row:
    """One JSON object of a run; what the service knew only where something is wrong."""
    wrong = wrongs(tried)
    row = {
        "key": attempt.key,
        "outcome": tried.outcome,
        "wrong": wrong,
        **asdict(tried),
        "at": None if attempt.point is None else asdict(attempt.point),
    }
    if not wrong:
        row |= {"records": [], "records_at_once": []}
    return row


def collect(attempts: Sequence[Try], workers: int) -> Iterator[Row]:
    """The rows as they come; a worker that ended with work left is replaced."""
    context = mp.get_context("spawn")
    waiting, rows = context.Queue(), context.Queue()
    for attempt in attempts:
        waiting.put(attempt)
    left = len(attempts)
    processes: list[Any] = []
    try:
        while left:
            processes = [p for p in processes if p.is_alive()]
            while len(processes) < min(workers, left):
                processes.append(context.Process(target=work, args=(waiting, rows), daemon=True))
                processes[-1].start()
            try:
                yield rows.get(timeout=2.0)
                left -= 1
            except queue.Empty:
                continue
    finally:
        for process in processes:
            process.terminate()
            process.join(10)


def plan(
    recipes: Sequence[str], faults: Sequence[str], most: int, calm: dict[str, dict[str, list[str]]]
) -> list[Try]:
    """What to try, well mixed: a look at any time shows a bit of everything."""
    tries = [
        Try(recipe, fault, point)
        for recipe in recipes
        for fault in faults
        for point in chosen(f"{recipe}/{fault}", calm[recipe], most)
    ]
    random.Random(5).shuffle(tries)
    return tries


def line_of(count: str, row: Row) -> str:
    """One run in a line, and what is wrong below it."""
    what = f"{row['recipe']} {row['fault'] or 'calm'} {row['point']}"
    missed = "" if row["struck"] or row["fault"] is None else " (did not strike)"
    said = row["error"] or row["reason"]
    lines = [
        f"{count:>10s} {row['outcome']:8s} {row['seconds']:5.1f} s {what}{missed}: "
        f"{row['verdict']} {said[:140]}"
    ]
    return "\n".join([*lines, *(f"           WRONG {wrong}" for wrong in row["wrong"])])


def summary(rows: Sequence[Row]) -> Row:
    """Figures by kind of fault and by recipe, and everything that is wrong."""
    tried = [row for row in rows if row["fault"] is not None]
    struck = [row for row in tried if row["struck"]]
    return {
        "tried": len(tried),
        "struck": len(struck),
        "wrong": sum(bool(row["wrong"]) for row in tried),
        "false_clean": sum(w.startswith("FALSE") for row in tried for w in row["wrong"]),
        "hangs": sum(w.startswith("hangs") for row in tried for w in row["wrong"]),
        "outcomes": dict(Counter(row["outcome"] for row in struck)),
        "by_fault": _table(struck, "fault"),
        "by_recipe": _table(struck, "recipe"),
        "mended_by_the_next_command": sum(row["mended_later"] for row in tried),
        "slowest_s": max((row["seconds"] for row in tried), default=0.0),
        "wrongs": [f"{row['key']}: {w}" for row in rows for w in row["wrong"]],
    }


def _table(rows: Sequence[Row], by: str) -> dict[str, dict[str, int]]:
    names = sorted({row[by] for row in rows})
    return {n: dict(Counter(r["outcome"] for r in rows if r[by] == n)) for n in names}


def read(path: Path) -> dict[str, Row]:
    """The results so far, the last of each try; a line that was torn is left out."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        found[row["key"]] = row
    return found


@click.command()
@click.option("--recipe", "recipes", multiple=True, type=click.Choice(sorted(RECIPES)))
@click.option("--fault", "faults", multiple=True, type=click.Choice(sorted(KINDS)))
@click.option("--points", "most", default=4, show_default=True, help="Of each pair, 0 for all.")
@click.option("--workers", default=3, show_default=True, help="Processes, each with a phone.")
@click.option("--again", is_flag=True, help="Only what was wrong before.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports/faults.jsonl"),
    show_default=True,
)  # fmt: skip
def main(
    recipes: tuple[str, ...], faults: tuple[str, ...], most: int, workers: int, again: bool,
    out: Path,
) -> None:  # fmt: skip
    """Let things go wrong everywhere, and judge."""
    out.parent.mkdir(parents=True, exist_ok=True)
    done = read(out)
    names, began = recipes or tuple(RECIPES), time.monotonic()
    with out.open("a", encoding="utf-8") as log:
        calm = [Try(name) for name in names if not _calm(done, name)]
        _do(calm, workers, done, log)
        passed = {name: done[Try(name).key]["passed"] for name in names}
        tries = plan(names, faults or tuple(KINDS), most, passed)
        wanted = (
            [_try_of(row) for row in done.values() if row["wrong"] and row["fault"]]
            if again
            else [attempt for attempt in tries if attempt.key not in done]
        )
        _do(wanted, workers, done, log)
    result = summary(list(done.values()))
    result["minutes"] = round((time.monotonic() - began) / 60, 1)
    click.echo(json.dumps(result, indent=2))
    sys.exit(1 if result["wrongs"] or not result["struck"] else 0)


def _calm(done: dict[str, Row], name: str) -> bool:
    """Whether the points of a recipe are known."""
    row = done.get(Try(name).key)
    return row is not None and bool(row["passed"]["step"])


def _try_of(row: Row) -> Try:
    return Try(row["recipe"], row["fault"], Point(**row["at"]))


def _do(attempts: Sequence[Try], workers: int, done: dict[str, Row], log: Any) -> None:
    for number, row in enumerate(collect(attempts, workers), 1):
        done[row["key"]] = row
        log.write(json.dumps(row) + "\n")
        log.flush()
        click.echo(line_of(f"{number}/{len(attempts)}", row), err=True)


if __name__ == "__main__":
    main()
