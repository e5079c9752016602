"""7. How cost grows: steps of a recipe, nodes of a screen, cells of a matrix, runs of a history."""

from __future__ import annotations

import contextlib
import math
import random
import tempfile
from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.history import a_run, chunks
from benchmarks.measure import Goal, Result, Table, median, ms, timed

STEPS = (10, 100, 1000)
NODES = (50, 500, 5000)
CELLS = (10, 100, 1000)
RUNS = (10, 1000, 100_000)
#: a growth whose exponent is at most this is linear, as far as clocks tell
LINEAR = 1.1


def run(rounds: int = 5) -> Result:
    """Medians of some rounds at each size, and the exponent between the first and the last."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        history = cache(lambda runs: stack.enter_context(_history(Path(folder), runs)))
        made: dict[str, tuple[tuple[int, ...], Callable[[int], Callable[[], object]]]] = {
            "recipe steps: load and check": (STEPS, lambda n: _recipe(Path(folder), n)),
            "hierarchy nodes: parse and match every element": (NODES, _screen),
            "matrix cells: the page of the heat map": (CELLS, _matrix),
            "history, keeping: one run more": (RUNS, lambda n: _keep(history(n))),
            "history, listing: the last 20": (RUNS, lambda n: _list(history(n))),
            "history, asking: what is flaky, over all runs": (RUNS, lambda n: _flaky(history(n))),
        }
        found = {
            name: {n: median([timed(call) for call in [make(n)] * rounds]) for n in sizes}
            for name, (sizes, make) in made.items()
        }
    rows, goals = [], []
    for name, times in found.items():
        grows = _exponent(times)
        rows.append([name, *(f"{n}: {ms(s)}" for n, s in times.items()), f"{grows:.2f}"])
        goals.append(
            Goal(
                7,
                f"{name.partition(':')[0]}: linear or better",
                f"exponent {grows:.2f}",
                "",
                grows <= LINEAR,
            )
        )
    return Result(
        "growth",
        "How cost grows",
        "python -m benchmarks.bench growth",
        f"Milliseconds, medians of {rounds}. The exponent is that of a power of the size between "
        f"the smallest and the largest; up to {LINEAR:g} counts as linear. The history is a SQLite "
        "file of runs as a lab of 40 phones makes them; `python -m benchmarks.history` tells more.",
        goals,
        [Table("", ["what", "small", "middle", "large", "exponent"], rows)],
        {name: {str(n): s for n, s in times.items()} for name, times in found.items()},
    )


def _exponent(times: dict[int, float]) -> float:
    (small, first), (large, last) = min(times.items()), max(times.items())
    return math.log(last / first) / math.log(large / small)


def _recipe(folder: Path, steps: int) -> Callable[[], object]:
    from droidcancel.recipe.load import load_recipe

    path = folder / f"steps{steps}.yaml"
    head = "name: many\ntitle: Many steps\ndescription: Many steps.\nexpect: [passed]\nsteps:\n"
    path.write_text(head + "  - press: back\n  - wait_for: {screen: feed}\n" * (steps // 2))
    return lambda: load_recipe(path, {})


def _screen(nodes: int) -> Callable[[], object]:
    from droidcancel.apps.profile import AppProfile
    from droidcancel.device import Hierarchy

    profile = AppProfile.load("clips")
    line = (
        '<node index="{0}" text="row {0}" resource-id="org.droidcancel.clips:id/row" '
        'class="android.widget.TextView" package="org.droidcancel.clips" content-desc="" '
        'checkable="false" checked="false" clickable="true" enabled="true" focusable="false" '
        'focused="false" scrollable="false" long-clickable="false" password="false" '
        'selected="false" visible-to-user="true" bounds="[0,{0}][1080,{1}]" />'
    )
    body = "".join(line.format(n, n + 40) for n in range(nodes - 1))
    xml = (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation=\"0\">"
        '<node index="0" text="" resource-id="" class="android.widget.FrameLayout" '
        'package="org.droidcancel.clips" content-desc="" checkable="false" checked="false" '
        'clickable="false" enabled="true" focusable="false" focused="false" scrollable="false" '
        'long-clickable="false" password="false" selected="false" visible-to-user="true" '
        f'bounds="[0,0][1080,2400]">{body}</node></hierarchy>'
    )

    def look() -> object:
        shown = profile.look(Hierarchy.parse(xml, 0.0), "en-US", "1.0")
        return [shown.find(name) for name in profile.elements]

    return look


_ON = {"app": "clips", "kind": "usb", "model": "Phone", "api_level": 34, "video_bytes": 6_000_000}


def _matrix(cells: int) -> Callable[[], object]:
    from droidcancel.recipe.matrix import MOMENTS, Plan
    from droidcancel.report import matrix as report

    recipes = {f"method-{n}": "cancel_airplane" for n in range(cells // len(MOMENTS))}
    plan = Plan(recipes, MOMENTS, 1, _ON)
    filled = [_cell(method, moment) for method in recipes for moment in MOMENTS]
    assert len(filled) == cells
    told = {**plan.to_json(), "cells": filled}
    return lambda: report.render(told)


def _cell(method: str, moment: str) -> dict[str, object]:
    page = f"{method}/{moment}/1/index.html"
    run = {"verdict": "cancelled", "page": page, "error": None}
    return {
        "method": method, "moment": moment, "status": "ok", "verdicts": {"cancelled": 1},
        "runs": [run], "reason": "nothing live", "why_not": None,
    }  # fmt: skip


def _history(folder: Path, runs: int) -> Any:
    """A new history with so many runs."""
    from droidcancel.history.store import History
    from droidcancel.history.where import where

    place = where(str(folder / f"history-{runs}.db"))
    assert place is not None
    history = History(place)
    for rows in chunks(runs):
        history.add(rows)
    return history


def _keep(history: Any) -> Callable[[], object]:
    from droidcancel.history.rows import row_of

    draw, numbers = random.Random(8), count(10**9)
    rows = iter(lambda: row_of(a_run(next(numbers), draw)), None)
    ready = [next(rows) for _ in range(100)]
    return lambda: history.add([ready.pop()])


def _list(history: Any) -> Callable[[], object]:
    from droidcancel.history.query import Filter, find

    return lambda: find(history, Filter(), 20)


def _flaky(history: Any) -> Callable[[], object]:
    from droidcancel.history.query import Filter, flakiness

    return lambda: flakiness(history, Filter(), ["recipe", "phone", "version"])
