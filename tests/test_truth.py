"""The randomized runs of benchmarks/random_truth.py: a dozen of them, and what its checks see."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from benchmarks.random_cases import BAD, GOOD, METHODS, MOMENTS, OTHERS, STRANGE, Case, draw
from benchmarks.random_checks import Outcome, violations
from benchmarks.random_truth import one_run, summary
from droidcancel.simulator.apps.clips.behaviour import BUILDS

#: every method, good apps and bad ones, early and late cuts; what each may end in
RUNS: Mapping[int, frozenset[str]] = {
    7_000_008: frozenset({"cancelled"}),  # in-app at the tap on Post
    7_000_016: frozenset({"cancelled", "resumed", "published", "invalid"}),  # at the last moment
    7_000_022: frozenset({"cancelled", "draft"}),  # failed; an app that keeps drafts
    7_000_044: frozenset({"cancelled"}),  # swipe-recents
    7_000_055: frozenset({"invalid"}),  # after it was published
    7_000_318: frozenset({"cancelled"}),  # app-network
    7_000_403: frozenset({"cancelled"}),  # airplane; resumes-on-network
    7_000_531: frozenset({"cancelled"}),  # network-off; late-commit
    7_000_559: frozenset({"cancelled", "published"}),  # force-stop; live-on-partial
    7_001_021: frozenset({"resumed"}),  # swipe-recents; outlives-swipe
    7_001_258: frozenset({"resumed", "published"}),  # in-app; cancel-hides
    7_002_009: frozenset({"resumed", "published"}),  # force-stop; resumes-at-start
}


@pytest.mark.slow
def test_a_dozen_randomized_runs(adb_server: int, tmp_path: Path) -> None:
    def run(number: int) -> dict[str, Any]:
        folder = tmp_path / str(number)
        folder.mkdir()
        return one_run(number, adb_server, folder / "cat.mp4", 0.0)

    with ThreadPoolExecutor(len(RUNS)) as pool:
        rows = dict(zip(RUNS, pool.map(run, RUNS), strict=True))
    result = summary(list(rows.values()), len(RUNS), 0.0, 1.0)
    assert not result["violations"], result["violations"]
    assert {row["case"]["method"] for row in rows.values()} == set(METHODS)
    for number, allowed in RUNS.items():
        assert rows[number]["verdict"] in allowed, rows[number]["case_text"]


# -- how runs are drawn


def test_a_case_is_drawn_from_its_number_alone() -> None:
    assert draw(42, 0.5) == draw(42, 0.5)
    assert draw(42, 0.5) != draw(43, 0.5)
    faulty, calm = draw(42, 1.0), draw(42, 0.0)
    assert (calm.fault, calm.method, calm.build) == (None, faulty.method, faulty.build)
    assert faulty.fault is not None


def test_everything_is_drawn() -> None:
    cases = [draw(number, 0.2) for number in range(2000)]
    assert {case.build for case in cases} == set(BUILDS) - {*STRANGE} == {*GOOD, *BAD}
    assert {case.method for case in cases} == {*METHODS, *OTHERS}
    assert {(case.moment or "").split(" ")[0] for case in cases} >= {*MOMENTS, "at"} - {
        "percent",
        "bytes",
    }
    assert all(1.4 < case.size / case.rate < 8.1 for case in cases)


# -- what the checks see


def video(state: str, *events: tuple[float, str], received: int = 1_000_000) -> dict[str, Any]:
    told = [{"time": time, "event": event, "received": 0} for time, event in events]
    known = {"visibility": "private", "hidden": False}
    return {"state": state, "received": received, "events": told, **known}


def outcome(verdict: str, record: dict[str, Any], **values: Any) -> Outcome:
    """A run that was cut at 10 s, when 300,000 bytes were there."""
    case = draw(1, 0.0)
    given: dict[str, Any] = {
        "verdict": verdict,
        "restored": True,
        "effective": True,
        "cut_at": 10.0,
        "received_at_cut": 300_000,
        "token": "#dc123456",
        "old_posts_live": case.old_posts,
        "records_at_once": [record],
        "records": [record],
    }
    return Outcome(case, **{**given, **values})


LIVE = video("live", (1.0, "created"), (12.0, "complete"), (12.0, "live"))
GONE = video("terminated", (1.0, "created"), received=300_000)
EARLY = video("live", (1.0, "created"), (9.0, "complete"), (9.0, "live"))
TWICE = video("terminated", (1.0, "created"), (10.0, "cut"), (11.0, "cut"), received=310_000)
HIDDEN = {**EARLY, "hidden": True}
KEPT = {"drafts": ["cat #dc123456"]}


@pytest.mark.parametrize(
    "right",
    [
        outcome("cancelled", GONE),
        outcome("draft", GONE, kept=KEPT),
        outcome("resumed", LIVE),
        outcome("resumed", TWICE),
        outcome("invalid", GONE, cut_at=None, effective=None),
        outcome("published", LIVE),
        outcome("invalid", EARLY),
        outcome("deleted", HIDDEN),
        outcome("unknown", LIVE),
        outcome("invalid", LIVE, cut_at=None, effective=None),
    ],
)
def test_what_holds(right: Outcome) -> None:
    assert violations(right) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (outcome("cancelled", LIVE), "FALSE: cancelled"),
        (outcome("draft", LIVE, kept=KEPT), "FALSE: draft"),
        (outcome("deleted", GONE, records=[LIVE]), "FALSE: deleted"),
        (outcome("deleted", {**HIDDEN, "visibility": "public"}), "FALSE: deleted"),
        (outcome("passed", GONE), "says nothing of the upload"),
        (outcome("published", GONE), "never live"),
        (outcome("resumed", GONE), "nothing went on"),
        (outcome("resumed", {**TWICE, "received": 300_000}), "nothing went on"),
        (outcome("invalid", TWICE, cut_at=None, received_at_cut=None), "in time"),
        (outcome("invalid", GONE), "in time"),
        (outcome("cancelled", GONE, kept=KEPT), "keeps the video (drafts)"),
        (outcome("draft", GONE), "keeps nothing"),
        (outcome("cancelled", GONE, changed=["airplane: on"]), "said to be restored: airplane"),
        (outcome("cancelled", GONE, restored=False), "not restored, and it is"),
        (outcome("cancelled", GONE, old_posts_live=-1), "old posts are gone"),
        (outcome("cancelled", GONE, crash="oops"), "crash: oops"),
        (outcome("invalid", EARLY, error="UiError: no"), "error: UiError"),
    ],
)
def test_what_does_not_hold(wrong: Outcome, told: str) -> None:
    found = violations(wrong)
    assert len(found) == 1
    assert told in found[0]


def test_a_fault_may_end_a_run_with_an_error() -> None:
    case: Case = draw(1, 1.0)
    assert case.fault is not None
    run = outcome("invalid", GONE, error="AdbError: gone", effective=None, cut_at=None)
    run.case, run.old_posts_live = case, case.old_posts
    assert violations(run) == []
