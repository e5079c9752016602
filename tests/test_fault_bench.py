"""The trouble of benchmarks/faults.py: how it is spread, how it is judged, and a sample of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import fault_points
from benchmarks.fault_judge import Tried, wrongs
from benchmarks.fault_kinds import KINDS, AdbServer
from benchmarks.fault_points import Counter, Point, chosen
from benchmarks.fault_run import RECIPES, Try, budget, make_video, try_one
from benchmarks.faults import summary
from droidcancel.recipe.load import load_recipe
from tests.conftest import SERVER_PORT


# -- points
def test_points_are_spread_over_the_whole_run() -> None:
    passed = {"step": [f"s{i}" for i in range(20)], "call": ["shell"] * 400}
    points = list(chosen("a", passed, 8))
    assert points == list(chosen("a", passed, 8))
    assert points != list(chosen("b", passed, 8))
    steps = [p.number for p in points if p.kind == "step"]
    calls = [p.number for p in points if p.kind == "call"]
    assert [(number - 1) // 5 for number in steps] == [0, 1, 2, 3]
    assert [(number - 1) // 100 for number in calls] == [0, 1, 2, 3]
    assert len(list(chosen("a", passed, 0))) == 420


def test_a_fault_strikes_once_and_where_it_should() -> None:
    struck: list[int] = []
    counter = Counter(Point("call", 2), lambda: struck.append(len(counter.passed["call"])))
    for kind in ("call", "step", "step", "call", "call"):
        counter.note(kind, "it")
    assert struck == [2]
    assert counter.struck


def test_a_budget_counts_every_step() -> None:
    video = {"video": "x.mp4"}
    short, long = (budget(load_recipe(n, video)) for n in ("review_before_post", "cancel_for_sure"))
    assert 100 < short < long


# -- what is wrong
def video(state: str, *events: str, **more: Any) -> dict[str, Any]:
    told = [{"time": 10.0 + i, "event": event} for i, event in enumerate(events)]
    return {"state": state, "hidden": False, "received": 1000, "events": told, **more}


def tried(**facts: Any) -> Tried:
    given = {
        "recipe": "cancel_airplane", "fault": "drop", "exit_code": 0, "restored": True,
        "token": "#dcabcdef", "effective": True, "cut_at": 11.0, "received_at_cut": 1000,
    }  # fmt: skip
    return Tried(**{**given, **facts})


LIVE = [video("live", "created", "complete", "live")]
GONE = [video("terminated", "created", "terminated")]


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ({"verdict": "cancelled", "records": LIVE}, "FALSE"),
        ({"verdict": "draft", "records": LIVE, "kept": {"drafts": ["x #dcabcdef"]}}, "FALSE"),
        ({"verdict": "cancelled", "kept": {"drafts": ["x #dcabcdef"]}}, "keeps the video"),
        ({"verdict": "draft"}, "keeps nothing"),
        ({"verdict": "deleted", "records": GONE}, "never live"),
        ({"verdict": "published", "records": GONE}, "never live"),
        ({"verdict": "resumed", "records": GONE}, "nothing went on"),
        ({"verdict": "passed", "publishes": True, "records": GONE}, "not live"),
        ({"verdict": "invalid", "reason": "why", "records": GONE}, "in time"),
        ({"verdict": "unknown", "error": "UsageError: no", "exit_code": 2}, "expected 3"),
        ({"verdict": "unknown", "error": "UiError: ", "exit_code": 3}, "says nothing"),
        ({"verdict": "unknown", "changed": ["airplane: on"]}, "not as before"),
        ({"verdict": "unknown", "problem": "hangs: here"}, "hangs"),
        ({"verdict": "unknown", "crash": "Traceback"}, "crash"),
        ({"verdict": "unknown", "old_post_live": False}, "older post"),
        ({"verdict": "unknown", "fault": None, "reason": "why"}, "nothing went wrong"),
    ],
)
def test_what_is_wrong_is_seen(facts: dict[str, Any], part: str) -> None:
    found = wrongs(tried(**facts))
    assert any(part in wrong for wrong in found), found
    assert tried(**facts).outcome == "wrong"


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"verdict": "cancelled", "records": GONE}, "right"),
        ({"verdict": "unknown", "reason": "why", "records": LIVE}, "unknown"),
        ({"verdict": "unknown", "error": "UiError: it", "exit_code": 3}, "exit 3"),
        ({"verdict": "unknown", "error": "RestoreError: it", "exit_code": 4}, "exit 4"),
        ({"verdict": "published", "records": LIVE}, "right"),
        ({"verdict": "invalid", "records": LIVE, "cut_at": 30.0}, "right"),
    ],
)
def test_what_is_right(facts: dict[str, Any], outcome: str) -> None:
    assert tried(**facts).outcome == outcome


# -- a sample of it
@pytest.fixture
def points() -> Iterator[None]:
    """Calls to the phone are points for the time of a test."""
    undo = fault_points.install()
    yield
    undo()


@pytest.mark.extended
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("adb_server", "points")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "adb-server"])
def test_a_sample_of_trouble(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    recipe = sorted(RECIPES)[sum(map(ord, kind)) % len(RECIPES)]
    point = Point("call", 60 + len(kind))
    done = try_one(Try(recipe, kind, point), AdbServer(SERVER_PORT), make_video(tmp_path))
    assert wrongs(done) == []
    row = {"key": "", "wrong": [], "outcome": done.outcome, **vars(done)}
    assert summary([row])["tried"] == 1
    assert os.environ["ANDROID_ADB_SERVER_PORT"] == str(SERVER_PORT)
