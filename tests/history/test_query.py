"""What is asked of the history: on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from droidcancel.errors import UsageError
from droidcancel.history import schema
from droidcancel.history.query import (
    Filter,
    columns_of,
    cuts,
    earlier,
    find,
    flakiness,
    matching,
    parse_time,
    prune,
    show,
    versions,
)
from droidcancel.history.rows import row_of
from droidcancel.history.store import History
from tests.history.conftest import START, a_run, failed, put, resumed


def ids(history: History, **wanted: object) -> list[str]:
    return [row["run_id"] for row in find(history, Filter(**wanted))]  # type: ignore[arg-type]


def test_each_filter(history: History) -> None:
    one = a_run(recipe="clear_cache", started_at=START)
    two = resumed(app="clips", package="org.clips", app_version="2.0", started_at=START + 100)
    three = failed(device={"serial": "S2", "model": "Galaxy"}, started_at=START + 200)
    put(history, one, two, three)
    first, second, third = (run["run_id"] for run in (one, two, three))
    assert ids(history) == [third, second, first]
    assert ids(history, recipe="clear_cache") == [first]
    assert ids(history, app="clips") == ids(history, app="org.clips") == [second]
    assert ids(history, version="2.0") == [second]
    assert ids(history, phone="S2") == ids(history, phone="Galaxy") == [third]
    assert ids(history, verdict="resumed") == ids(history, outcome="differs") == [second]
    assert ids(history, outcome="error") == [third]
    assert ids(history, since=START + 100) == [third, second]
    assert ids(history, until=START + 100) == [first]
    assert ids(history, recipe="clear_cache", verdict="resumed") == []
    assert len(find(history, Filter(), limit=2)) == 2
    assert versions(history) == ["43.1.4", "2.0"]
    assert versions(history, "clips") == ["2.0"]


def test_a_filter_is_no_sql(history: History) -> None:
    put(history, a_run())
    assert ids(history, recipe="' OR 1=1 --") == []
    with pytest.raises(UsageError, match="no run"):
        show(history, "%%%%%%")


def test_a_run_is_shown_by_the_beginning_of_its_id(history: History) -> None:
    put(history, a_run(run_id="abcd1"), a_run(run_id="abcd2"), a_run(run_id="abcd"))
    assert show(history, "abcd")["run_id"] == "abcd"
    assert show(history, "abcd2")["run_id"] == "abcd2"
    put(history, a_run(run_id="ffff1"), a_run(run_id="ffff2"), a_run(run_id="eeee1"))
    with pytest.raises(UsageError, match="begins several"):
        show(history, "ffff")
    with pytest.raises(UsageError, match="no run 'eee'"):
        show(history, "eee")
    assert show(history, "eeee")["run_id"] == "eeee1"


def test_flips_are_counted_between_runs_of_the_same_conditions(history: History) -> None:
    flaky = [a_run(), resumed(), failed(), a_run(), a_run()]
    broken = [resumed(moment="at 80%") for _ in range(4)]
    other = [a_run(device={"serial": "S2"}), resumed(device={"serial": "S3"})]
    put(history, *flaky, *broken, *other)
    (row,) = flakiness(history, Filter(), ["recipe", "version"])
    assert (row["runs"], row["ok"], row["differs"], row["error"]) == (11, 4, 6, 1)
    assert (row["pairs"], row["flips"]) == (3 + 3, 2)
    by_moment = flakiness(history, Filter(phone="PIXEL1"), ["moment"])
    assert [(r["moment"], r["flakiness"]) for r in by_moment] == [("at 40%", 2 / 3), ("at 80%", 0)]
    by_phone = flakiness(history, Filter(), ["phone"])
    assert {row["serial"]: row["flakiness"] for row in by_phone} == {
        "PIXEL1": 1 / 3, "S2": None, "S3": None,
    }  # fmt: skip


def test_percentiles_of_the_cut(history: History) -> None:
    for number in range(1, 101):
        put(history, a_run(cut={"apply_ms": float(number), "detect_ms": None}))
    put(history, a_run(method="force-stop", cut={"apply_ms": 7.0}), a_run(cut={"apply_ms": None}))
    slow, quick = cuts(history, Filter(), ["method"])
    assert (slow["method"], slow["runs"]) == ("airplane", 100)
    assert slow["apply_ms"] == {"n": 100, "p50": 50.0, "p95": 95.0}
    assert slow["detect_ms"] == {"n": 0, "p50": None, "p95": None}
    assert quick["apply_ms"] == {"n": 1, "p50": 7.0, "p95": 7.0}


def test_what_cannot_be_grouped_by() -> None:
    with pytest.raises(UsageError, match="'colour'") as refused:
        columns_of(["recipe", "colour"])
    assert "version" in str(refused.value.hint)


def test_pruning_takes_what_is_meant_and_no_more(history: History) -> None:
    row = {"started_at": START, "host": "h", "app": "clips", "exit_code": 0, "data": {}}
    for name in ("m1", "m2"):
        history.put_matrix({**row, "matrix_id": name})
    old, new = a_run(started_at=START - 10), a_run(started_at=START + 10)
    assert history.add([row_of(old, "m1"), row_of(new, "m2")]) == 2
    assert prune(history, Filter(until=START + 1)) == 1
    assert ids(history) == [new["run_id"]]
    with history.reading() as connection:
        left = connection.execute(select(schema.matrices.c.matrix_id)).scalars().all()
    assert left == ["m2"]
    assert matching(history, Filter()) == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30min", 1800), ("12h", 43_200), ("7d", 7 * 86_400), (" 2w ", 14 * 86_400)],
)
def test_times_ago(text: str, seconds: int) -> None:
    assert parse_time(text, START) == START - seconds


def test_times() -> None:
    day = dt.datetime(2026, 5, 1).timestamp()
    assert parse_time("2026-05-01") == day
    assert parse_time("2026-05-01 13:30") == day + 13.5 * 3600
    for text in ("yesterday", "", "5", "99999-01-01"):
        with pytest.raises(UsageError, match="no time"):
            parse_time(text)


def test_earlier_runs_are_told_the_latest_first(history: History) -> None:
    old, one, two = (a_run(started_at=START + day * 86_400) for day in (-9, 1, 2))
    other = a_run(recipe="clear_cache")
    put(history, one, old, two, other)
    found = earlier(history, {"cancel_airplane"}, {"tiktok"}, since=START, limit=9)
    assert [row["run_id"] for row in found] == [two["run_id"], one["run_id"]]
    kept = {name: found[0][name] for name in ("outcome", "restored", "apply_ms", "model")}
    assert kept == {"outcome": "ok", "restored": True, "apply_ms": 150.0, "model": "Pixel 8"}
    only = earlier(history, {"cancel_airplane"}, {"tiktok"}, since=START, limit=1)
    assert [row["run_id"] for row in only] == [two["run_id"]]
