"""What the history costs: keeping a run, and asking about many.

    python -m benchmarks.history                                  SQLite, 100,000 runs
    python -m benchmarks.history --url postgresql://user@host/db  an empty database of a server

Prints JSON: milliseconds of the median of several tries, unless the name says otherwise.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

TRIES = 5
START = 1_750_000_000.0
RECIPES = ("cancel_airplane", "cancel_force_stop", "cancel_in_app", "cancel_for_sure")
MOMENTS = ("posting", "at 20%", "at 40%", "at 60%", "at 80%")
CHUNK = 5000


def a_run(number: int, draw: random.Random) -> dict[str, Any]:
    """The JSON of a run such as a lab of 40 phones makes."""
    phone = draw.randrange(40)
    recipe = draw.choice(RECIPES)
    verdict = draw.choices(("cancelled", "draft", "resumed", "unknown"), (80, 12, 5, 3))[0]
    return {
        "run_id": f"{number:012x}", "recipe": recipe, "app": "tiktok",
        "package": "com.zhiliaoapp.musically", "app_version": f"43.{draw.randrange(12)}.0",
        "device": {"serial": f"PHONE{phone:03d}", "kind": "usb", "model": f"Model {phone % 9}",
                   "api_level": 28 + phone % 9},
        "method": recipe.removeprefix("cancel_").replace("_", "-"), "moment": draw.choice(MOMENTS),
        "token": "#dcabc123", "verdict": verdict, "expected": ["cancelled", "draft"],
        "ok": verdict in ("cancelled", "draft"), "reason": "no bytes left the app " * 4,
        "missing": [], "drift": [], "restored": True, "left": [], "dry_run": False, "would": [],
        "undone": [{"what": "airplane mode", "ok": True, "detail": "put back", "id": "0" * 16}] * 3,
        "started_at": START + 60.0 * number, "duration_s": 21.5, "report": None, "error": None,
        "interrupted": False,
        "evidence": [{"kind": "traffic", "at": 1.0 * n, "tx_bytes": n} for n in range(400)],
        "cut": {"progress_percent": 41, "bytes_sent": 700_000, "bytes_after_cut": 900,
                "detect_ms": draw.expovariate(1 / 15), "apply_ms": draw.gauss(160, 40)},
    }  # fmt: skip


def median_ms(what: Callable[[], Any], tries: int = TRIES) -> float:
    """How long a call takes."""
    taken = []
    for _ in range(tries):
        began = time.perf_counter()
        what()
        taken.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(taken), 2)


def chunks(count: int) -> Iterator[list[dict[str, Any]]]:
    """So many rows, some at once."""
    from droidcancel.history.rows import row_of

    draw = random.Random(7)
    for first in range(0, count, CHUNK):
        yield [row_of(a_run(n, draw)) for n in range(first, min(first + CHUNK, count))]


def measure(url: str, count: int) -> dict[str, Any]:
    """All figures of one database."""
    from droidcancel.history.compare import compare
    from droidcancel.history.query import Filter, cuts, find, flakiness, prune, samples, show
    from droidcancel.history.recorder import Recorder
    from droidcancel.history.store import History
    from droidcancel.history.where import where

    place = where(url)
    assert place is not None
    began = time.perf_counter()
    history = History(place)
    figures: dict[str, Any] = {"make_tables": round((time.perf_counter() - began) * 1000, 1)}
    with history:
        seconds = 0.0
        for rows in chunks(count):
            began = time.perf_counter()
            history.add(rows)
            seconds += time.perf_counter() - began
        figures["insert_runs_per_s"] = round(count / seconds)
        figures["add_one"] = _add_one(history, count)
        groups = ["recipe", "method", "moment"]
        versions = [Filter(version=f"43.{n}.0") for n in (10, 11)]
        figures |= {
            "list_20": median_ms(lambda: find(history, Filter(), 20)),
            "list_20_of_a_phone": median_ms(lambda: find(history, Filter(phone="PHONE007"), 20)),
            "show": median_ms(lambda: show(history, f"{count // 2:012x}")),
            "flaky": median_ms(
                lambda: flakiness(history, Filter(), ["recipe", "phone", "version"])
            ),
            "cut": median_ms(lambda: cuts(history, Filter(), ["method", "phone"])),
            "compare": median_ms(lambda: compare(*(samples(history, v, groups) for v in versions))),
        }
        if place.file is not None:
            figures["bytes_a_run"] = place.file.stat().st_size // count
        began = time.perf_counter()
        gone = prune(history, Filter(until=START + 30.0 * count))
        figures["prune_half_s"] = round(time.perf_counter() - began, 2)
        assert gone == -(-count // 2), gone
    recorder = Recorder(place, lambda said: sys.exit(said))
    draw = random.Random(9)
    runs = iter([a_run(10**9 + n, draw) for n in range(TRIES)])
    figures["what_a_run_waits_for"] = median_ms(lambda: recorder.keep(next(runs)))
    recorder.close()
    return figures


def _add_one(history: Any, count: int) -> float:
    from droidcancel.history.rows import row_of

    draw = random.Random(8)
    rows = iter([row_of(a_run(2 * 10**9 + n, draw)) for n in range(50)])
    return median_ms(lambda: history.add([next(rows)]), 50)


def command_ms(*words: str) -> float:
    """A command of droidcancel as a person waits for it."""
    command = [sys.executable, "-m", "droidcancel", *words]
    return median_ms(lambda: subprocess.run(command, check=True, capture_output=True))


@click.command()
@click.option("--runs", default=100_000, show_default=True)
@click.option("--url", help="A database without runs, in place of a new SQLite file.")
def main(runs: int, url: str | None) -> None:
    """Measure the history."""
    with tempfile.TemporaryDirectory(prefix="droidcancel-history-") as home:
        os.environ["DROIDCANCEL_STATE_DIR"] = home
        where = url or str(Path(home) / "history.db")
        figures = measure(where, runs)
        figures["command_history"] = command_ms("history", "--history", where)
        figures["command_help"] = command_ms("--help")
    click.echo(json.dumps({"runs": runs, "on": "sqlite" if url is None else "server", **figures}))


if __name__ == "__main__":
    main()
