"""droidcancel killed at every point of every recipe, and what the next command makes of the phone.

    python -m benchmarks.kill_points                      all recipes, a spread of points of each
    python -m benchmarks.kill_points --recipe save_draft --points 0      every point of one
    python -m benchmarks.kill_points --summary            what --out holds, without running more

For each recipe one whole run tells which points there are (see kill_child). Then, for each point
that is tried, a phone is booted, the run killed there, `droidcancel restore` run, and the phone's
state compared with the one before. In some tries the restoring is killed too, and run twice more:
the last time it must find nothing to do. What stands in the file of --out already is not tried
again. Exits with 1 where anything is not as it was.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click

from benchmarks.kill_try import RECIPES, Kill, Outcome, try_one
from benchmarks.random_truth import _adb, _environment

#: a restoring has about so many points; one that has fewer is not killed
RESTORE_POINTS = 30


def chosen(recipe: str, points: Sequence[str], most: int, twice: int) -> list[Kill]:
    """Every write to the journal, and a spread of the rest; all for `most` 0.

    `twice`: so many tries in which the restoring is killed too.
    """
    draws, count = random.Random(recipe), Counter[str]()
    places = []
    for name in points:
        count[name] += 1
        places.append(f"{name}:{count[name]}")
    journal = [place for place in places if place.startswith("journal")]
    rest = [place for place in places if not place.startswith("journal")]
    later = places[places.index(journal[0]) :] if journal else places
    if most and len(rest) > most:
        rest = draws.sample(rest, most)
    kills = [Kill(recipe, place) for place in (*journal, *rest)]
    for _ in range(twice):
        again = f"any:{draws.randint(1, RESTORE_POINTS)}"
        kills.append(Kill(recipe, draws.choice(later), again))
    return kills


@click.command()
@click.option("--recipe", "recipes", multiple=True, type=click.Choice(sorted(RECIPES)))
@click.option("--points", "most", default=24, show_default=True, help="Of each, 0 for all.")
@click.option("--twice", default=4, show_default=True, help="Tries of each with two kills.")
@click.option("--phones", default=3, show_default=True, help="Phones at once.")
@click.option("--api", default=34, show_default=True, help="The phone's Android, as API level.")
@click.option("--summary", "only_sum_up", is_flag=True, help="Sum up what --out holds.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports/kill_points.jsonl"),
    show_default=True,
)  # fmt: skip
def main(
    recipes: tuple[str, ...], most: int, twice: int, phones: int, api: int, only_sum_up: bool,
    out: Path,
) -> None:  # fmt: skip
    """Kill droidcancel everywhere, and compare the phone with what it was."""
    began = time.monotonic()
    if not only_sum_up:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="droidcancel-kill-") as home:
            server = _environment(home)
            if problem := _adb("start-server"):
                raise click.ClickException(f"the adb server did not start: {problem}")
            try:
                bench = _Bench(server, Path(home), out, phones, api)
                bench.run(recipes or tuple(RECIPES), most, twice)
            finally:
                _adb("kill-server")
    result = summary(_rows(out), time.monotonic() - began)
    click.echo(json.dumps(result, indent=2))
    sys.exit(1 if result["not_restored"] or not result["killed"] else 0)


def _rows(out: Path) -> list[dict[str, Any]]:
    """What was tried so far; the last line may be torn."""
    rows = []
    for line in out.read_text(encoding="utf-8").splitlines() if out.exists() else ():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows


class _Bench:
    def __init__(self, server: int, home: Path, out: Path, phones: int, api: int) -> None:
        self._server = server
        self._home = home
        self._out = out
        self._phones = phones
        self._api = api

    def run(self, names: Sequence[str], most: int, twice: int) -> None:
        """The whole runs, then the kills; without what is in the file."""
        rows = [row for row in _rows(self._out) if row["api"] == self._api]
        points = {r["kill"]["recipe"]: r["points"] for r in rows if not r["kill"]["at"]}
        wholes = [Kill(name) for name in names if name not in points]
        pool = ThreadPoolExecutor(self._phones)
        try:
            for outcome in pool.map(self._try, wholes):
                self._tell(outcome, "whole")
                points[outcome.kill.recipe] = outcome.points
            done = {_key(row["kill"]) for row in rows}
            kills = [k for name in names for k in chosen(name, points[name], most, twice)]
            kills = [kill for kill in kills if _key(vars(kill)) not in done]
            random.Random(len(names)).shuffle(kills)  # a part of them is of every recipe
            for number, outcome in enumerate(pool.map(self._try, kills), 1):
                self._tell(outcome, f"{number} of {len(kills)}")
        finally:
            pool.shutdown(cancel_futures=True)  # after Ctrl-C only what was begun is ended

    def _try(self, kill: Kill) -> Outcome:
        return try_one(kill, self._server, self._home, self._api)

    def _tell(self, outcome: Outcome, count: str) -> None:
        kill = outcome.kill
        row = {**vars(outcome), "kill": vars(kill), "api": self._api}
        if kill.at:
            del row["points"]
        with self._out.open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")
        sign = "ok  " if outcome.restored else "LEFT"
        click.echo(f"{count:>12s} {sign} {_in_words(outcome)}", err=True)


def _key(kill: dict[str, Any]) -> tuple[Any, ...]:
    return kill["recipe"], kill["at"], kill["again"]


def _in_words(outcome: Outcome) -> str:
    kill = outcome.kill
    where = f"at {kill.at}" if kill.at else "not to be killed"
    again = ", its restoring too" if outcome.killed_again else ""
    end = f"killed{again}" if outcome.killed else "ended"
    told = "; ".join([*outcome.changed, *filter(None, [outcome.problem])])
    return f"{kill.recipe} {where}: {end} {told}".rstrip()


def summary(rows: Sequence[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """Figures by recipe, and everything that was left."""
    killed = [row for row in rows if row["killed"]]
    left = [row for row in rows if row["changed"] or row["problem"]]
    restored = [row for row in killed if row not in left]
    tried = Counter(row["kill"]["recipe"] for row in killed)
    good = Counter(row["kill"]["recipe"] for row in restored)
    return {
        "killed": len(killed),
        "restored": len(restored),
        "killed_while_restoring": sum(row["killed_again"] for row in killed),
        "ended_before_the_point": sum(
            not row["killed"] and row["kill"]["at"] != "" for row in rows
        ),
        "by_recipe": {name: f"{good[name]} of {tried[name]}" for name in sorted(tried)},
        "by_point": dict(Counter(row["kill"]["at"].partition(":")[0] for row in killed)),
        "left_live": sum(row["live"] for row in killed),
        "not_restored": [
            {**row["kill"], "changed": row["changed"], "problem": row["problem"]} for row in left
        ],
        "seconds": round(seconds, 1),
    }


if __name__ == "__main__":
    main()
