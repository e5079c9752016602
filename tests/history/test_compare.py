"""Two builds side by side: what regressed, what is chance, and what cannot be told."""

from __future__ import annotations

import random
from typing import Any

import pytest

from droidcancel.history.compare import compare
from droidcancel.history.stats import fisher_more, holm, mann_whitney_more, percentile

KEY = ("cancel_airplane", "airplane", "at 40%")


def runs(ok: int = 0, differs: int = 0, undecided: int = 0, error: int = 0,
         verdict: str = "cancelled", ms: float | None = None) -> list[dict[str, Any]]:  # fmt: skip
    made = []
    for outcome, count, name in (
        ("ok", ok, verdict), ("differs", differs, "resumed"),
        ("undecided", undecided, "unknown"), ("error", error, "unknown"),
    ):  # fmt: skip
        sample = {"outcome": outcome, "verdict": name, "apply_ms": ms, "detect_ms": None}
        made += [sample] * count
    return made


@pytest.mark.parametrize(
    ("a", "b", "change"),
    [
        (runs(10), runs(10), "same"),
        (runs(1), runs(differs=1), "regressed"),
        (runs(20), runs(14, 6), "regressed"),
        (runs(20), runs(19, 1), "suspect"),
        (runs(10, 10), runs(9, 11), "suspect"),
        (runs(10, 10), runs(20), "better"),
        (runs(5), runs(5, verdict="draft"), "changed"),
        (runs(5), runs(0, 0, 2, 3), "same"),
        (runs(0, 0, 5), runs(0, 5), "same"),
        (runs(3), [], "only-a"),
        ([], runs(3), "only-b"),
    ],
)
def test_changes(a: list[dict[str, Any]], b: list[dict[str, Any]], change: str) -> None:
    (row,) = compare({KEY: a} if a else {}, {KEY: b} if b else {})
    assert row.change == change
    assert bool(row.why) or change == "same"


def test_runs_without_a_verdict_are_told() -> None:
    (row,) = compare({KEY: runs(5)}, {KEY: runs(0, 0, 2, 3)})
    assert row.why == ["5 runs with B came to no verdict"]


def test_many_rows_make_one_of_them_look_bad_by_chance() -> None:
    one = {KEY: (runs(20), runs(15, 5))}
    many = {("r", "m", str(n)): (runs(20), runs(20)) for n in range(40)} | one
    alone = compare({k: a for k, (a, _) in one.items()}, {k: b for k, (_, b) in one.items()})
    among = compare({k: a for k, (a, _) in many.items()}, {k: b for k, (_, b) in many.items()})
    assert alone[0].change == "regressed"
    assert {row.key: row.change for row in among}[KEY] == "suspect"


def test_a_slower_cut() -> None:
    draw = random.Random(5)
    old = [r for _ in range(20) for r in runs(1, ms=100 + draw.random() * 20)]
    new = [r for _ in range(20) for r in runs(1, ms=150 + draw.random() * 20)]
    (row,) = compare({KEY: old}, {KEY: new})
    assert row.change == "slower"
    assert "and took" in row.why[0]
    assert compare({KEY: new}, {KEY: old})[0].change == "same"
    assert compare({KEY: old[:5]}, {KEY: new[:5]})[0].change == "same"
    a_little = [{**r, "apply_ms": r["apply_ms"] + 5} for r in old]
    assert compare({KEY: old}, {KEY: a_little})[0].change == "same"


def test_the_worst_comes_first() -> None:
    rows = compare(
        {("a",): runs(5), ("b",): runs(5), ("c",): runs(5)},
        {("a",): runs(5), ("b",): runs(0, 5), ("c",): runs(4, 1)},
    )
    assert [row.key[0] for row in rows] == ["b", "c", "a"]
    assert rows[0].to_json(["recipe"])["recipe"] == "b"


# -- the statistics, against tables and by hand


def test_fisher() -> None:
    # R. A. Fisher's lady tasting tea: 3 of 4 right has a chance of 17/70
    assert fisher_more(1, 4, 3, 4) == pytest.approx(17 / 70)
    assert fisher_more(0, 4, 4, 4) == pytest.approx(1 / 70)
    assert fisher_more(0, 1, 1, 1) == pytest.approx(0.5)
    assert fisher_more(3, 5, 0, 5) == pytest.approx(1.0)
    assert fisher_more(0, 0, 2, 2) == pytest.approx(1.0)


def test_mann_whitney() -> None:
    a, b = [1.0, 2, 3, 4, 5, 6, 7, 8], [9.0, 10, 11, 12, 13, 14, 15, 16]
    # U = 64, mean 32, spread sqrt(8 * 8 * 17 / 12) = 9.522; z = 31.5 / 9.522
    assert mann_whitney_more(a, b) == pytest.approx(0.000470, rel=0.01)
    assert mann_whitney_more(b, a) > 0.999
    assert mann_whitney_more([3.0] * 9, [3.0] * 9) == 1.0
    assert mann_whitney_more(a, a) == pytest.approx(0.5, abs=0.05)


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


def test_percentiles_are_values_that_were_seen() -> None:
    assert percentile([], 50) is None
    assert [percentile([1, 2, 3, 4], p) for p in (1, 50, 95, 100)] == [1, 2, 4, 4]
