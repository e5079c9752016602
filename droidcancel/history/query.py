"""Questions to the history: which runs, how steady they are, and how long a cut takes."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, case, delete, func, or_, select

from droidcancel.errors import UsageError
from droidcancel.history.rows import OUTCOMES
from droidcancel.history.schema import matrices, runs
from droidcancel.history.stats import percentile
from droidcancel.history.store import History

#: what runs can be put together by, for people -> the columns
GROUPS: Mapping[str, tuple[str, ...]] = {
    "recipe": ("recipe",),
    "method": ("method",),
    "moment": ("moment",),
    "phone": ("serial", "model"),
    "model": ("model",),
    "api": ("api_level",),
    "app": ("app",),
    "version": ("app_version",),
    "host": ("host",),
}
#: runs with all of this in common ought to end alike
CONDITIONS = ("recipe", "method", "moment", "serial", "app", "package", "app_version")
#: the shortest beginning of a run's id that is looked for
SHORTEST = 4
_SPAN = re.compile(r"(\d+)\s*(m|min|h|d|w)")
_SECONDS = {"m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True)
class Filter:
    """Which runs are meant; None for all. `phone`: a serial or a model. `since`, `until`: seconds
    since 1970; `until` itself is left out."""

    recipe: str | None = None
    app: str | None = None
    version: str | None = None
    phone: str | None = None
    verdict: str | None = None
    outcome: str | None = None
    since: float | None = None
    until: float | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        same = {
            "recipe": self.recipe, "app_version": self.version, "verdict": self.verdict,
            "outcome": self.outcome,
        }  # fmt: skip
        found: list[ColumnElement[bool]] = [
            runs.c[name] == value for name, value in same.items() if value is not None
        ]
        if self.app is not None:
            found.append(or_(runs.c.app == self.app, runs.c.package == self.app))
        if self.phone is not None:
            found.append(or_(runs.c.serial == self.phone, runs.c.model == self.phone))
        if self.since is not None:
            found.append(runs.c.started_at >= self.since)
        if self.until is not None:
            found.append(runs.c.started_at < self.until)
        return found


def parse_time(text: str, now: float | None = None) -> float:
    """`30min`, `12h`, `7d`, `2w` ago, or a date or time of this place, as seconds since 1970.

    Raises UsageError.
    """
    span = _SPAN.fullmatch(text.strip())
    if span:
        return (time.time() if now is None else now) - int(span[1]) * _SECONDS[span[2]]
    try:
        return dt.datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"{text}: no time", "expected 30min, 12h, 7d, 2w, 2026-05-01 or '2026-05-01 13:30'"
        ) from None


def find(history: History, wanted: Filter, limit: int | None = None) -> list[dict[str, Any]]:
    """The runs, the latest first, each with all its columns but `data`."""
    columns = [column for column in runs.c if column.name != "data"]
    query = select(*columns).where(*wanted.conditions())
    query = query.order_by(runs.c.started_at.desc(), runs.c.run_id).limit(limit)
    with history.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def earlier(
    history: History,
    recipes: Collection[str],
    apps: Collection[str],
    *,
    since: float,
    limit: int,
) -> list[dict[str, Any]]:
    """What a trend needs of the latest runs of these, the latest first."""
    names = ("run_id", "started_at", "outcome", "restored", "apply_ms", "model", "api_level")
    query = (
        select(*(runs.c[name] for name in (*names, "recipe", "app")))
        .where(runs.c.recipe.in_(recipes), runs.c.app.in_(apps), runs.c.started_at >= since)
        .order_by(runs.c.started_at.desc())
        .limit(limit)
    )
    with history.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def show(history: History, run_id: str) -> dict[str, Any]:
    """One run, by its id or the beginning of it, with `data`. Raises UsageError."""
    query = select(runs).where(runs.c.run_id == run_id)
    with history.reading() as connection:
        found = list(connection.execute(query).mappings())
        if not found and len(run_id) >= SHORTEST:
            begins = runs.c.run_id.startswith(run_id, autoescape=True)
            found = list(connection.execute(select(runs).where(begins).limit(6)).mappings())
    if not found:
        raise UsageError(
            f"the history has no run {run_id!r}",
            f"`droidcancel history` lists them; {SHORTEST} characters of an id do",
        )
    if len(found) > 1:
        ids = ", ".join(str(row["run_id"]) for row in found)
        raise UsageError(f"{run_id} begins several runs: {ids}", "give more of it")
    return dict(found[0])


def versions(history: History, app: str | None = None) -> list[str]:
    """The versions of an app that there are runs of, the latest run first."""
    query = select(runs.c.app_version).where(*Filter(app=app).conditions())
    query = query.group_by(runs.c.app_version).order_by(func.max(runs.c.started_at).desc())
    with history.reading() as connection:
        return [str(version) for version in connection.execute(query).scalars()]


def columns_of(groups: Sequence[str]) -> list[Column[Any]]:
    """The columns that runs are put together by. Raises UsageError."""
    for name in groups:
        if name not in GROUPS:
            raise UsageError(f"nothing to group by is called {name!r}", f"{', '.join(GROUPS)}")
    names = dict.fromkeys(name for group in groups for name in GROUPS[group])
    return [runs.c[name] for name in names]


def flakiness(history: History, wanted: Filter, groups: Sequence[str]) -> list[dict[str, Any]]:
    """How steady runs are, a row a group, the least steady first.

    A flip: two runs in a row under the same conditions (:data:`CONDITIONS`), of which one ended as
    expected and the other did not. `flakiness`: flips among such pairs, None where there is none.
    What came to no verdict, `undecided` and `error`, is counted for itself.
    """
    keys = columns_of(groups)
    decided = runs.c.outcome.in_(("ok", "differs"))
    same = [runs.c[name] for name in CONDITIONS]
    before = func.lag(runs.c.outcome).over(
        partition_by=[*same, decided], order_by=[runs.c.started_at, runs.c.run_id]
    )
    wide = (
        select(*keys, runs.c.outcome, case((decided, before)).label("before"))
        .where(*wanted.conditions())
        .subquery()
    )
    names = [column.name for column in keys]
    counts = [_count(wide.c.outcome == outcome).label(outcome) for outcome in OUTCOMES]
    query = select(
        *(wide.c[name] for name in names),
        func.count().label("runs"),
        *counts,
        _count(wide.c.before.is_not(None)).label("pairs"),
        _count(wide.c.before != wide.c.outcome).label("flips"),
    ).group_by(*(wide.c[name] for name in names))
    with history.reading() as connection:
        rows = [_steady(dict(row)) for row in connection.execute(query).mappings()]
    return sorted(rows, key=lambda row: (-(row["flakiness"] or 0.0), -row["flips"], -row["runs"]))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _steady(row: dict[str, Any]) -> dict[str, Any]:
    counted = {
        name: int(value) for name, value in row.items() if name in (*OUTCOMES, "pairs", "flips")
    }
    share = counted["flips"] / counted["pairs"] if counted["pairs"] else None
    return {**row, **counted, "flakiness": share}


def cuts(history: History, wanted: Filter, groups: Sequence[str]) -> list[dict[str, Any]]:
    """How long the cut takes, a row a group: p50 and p95 of `apply_ms` and `detect_ms`.

    `apply_ms`: from the command until it was read back. `detect_ms`: the age of the sight that was
    acted on. `n`: how many runs have it; percentiles are None where none has.
    """
    keys = columns_of(groups)
    taken = ("apply_ms", "detect_ms", "bytes_after_cut")
    query = select(*keys, *(runs.c[name] for name in taken)).where(
        *wanted.conditions(), runs.c.apply_ms.is_not(None)
    )
    names = [column.name for column in keys]
    found: dict[tuple[Any, ...], list[Any]] = {}
    with history.reading() as connection:
        for row in _streamed(connection, query):
            found.setdefault(tuple(row[: len(names)]), []).append(row[len(names) :])
    rows = []
    for key, values in found.items():
        row = dict(zip(names, key, strict=True)) | {"runs": len(values)}
        for number, name in enumerate(taken):
            have = sorted(value[number] for value in values if value[number] is not None)
            row[name] = {"n": len(have), "p50": percentile(have, 50), "p95": percentile(have, 95)}
        rows.append(row)
    return sorted(rows, key=lambda row: -(row["apply_ms"]["p95"] or 0.0))


def _streamed(connection: Any, query: Select[Any]) -> Iterator[Any]:
    yield from connection.execution_options(yield_per=5000).execute(query)


def samples(
    history: History, wanted: Filter, groups: Sequence[str]
) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """What a comparison needs of each run, by group."""
    keys = columns_of(groups)
    taken = ("outcome", "verdict", "apply_ms", "detect_ms")
    query = select(*keys, *(runs.c[name] for name in taken)).where(*wanted.conditions())
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    with history.reading() as connection:
        for row in _streamed(connection, query):
            values = dict(zip(taken, row[len(keys) :], strict=True))
            found.setdefault(tuple(row[: len(keys)]), []).append(values)
    return found


def matching(history: History, wanted: Filter) -> int:
    """How many runs are meant."""
    query = select(func.count()).select_from(runs).where(*wanted.conditions())
    with history.reading() as connection:
        return int(connection.execute(query).scalar_one())


def prune(history: History, wanted: Filter) -> int:
    """Delete runs, and the matrices that have none left; returns how many runs."""
    with history.writing() as connection:
        gone = connection.execute(delete(runs).where(*wanted.conditions())).rowcount
        used = select(runs.c.matrix_id).where(runs.c.matrix_id.is_not(None))
        orphans = delete(matrices).where(matrices.c.matrix_id.not_in(used))
        if wanted.until is not None:
            orphans = orphans.where(matrices.c.started_at < wanted.until)
        connection.execute(orphans)
    history.vacuum()
    return int(gone)
