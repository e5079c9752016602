"""Builds with one defect each that undoes a cancel, called by the right recipe.

What a build does wrong is not told to droidcancel; the cloud's record, which no recipe sees, says
whether the verdict is true. The good builds stand beside them, and are never called bad.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from droidcancel.evidence import Checked
from droidcancel.recipe.result import RunResult
from tests.recipe.conftest import SIZE, Lab, MakeLab

#: verdicts that say that nothing is live; false of a video that is, or that goes live later
CLEAN = frozenset({"cancelled", "draft", "deleted"})
BAD = frozenset({"resumed", "published"})


@dataclass(frozen=True)
class Case:
    """A build, the recipe that is to call it, and what is to come of it.

    `said`: a part of the reason. `live`: what the cloud is to know, None for either.
    """

    build: str
    recipe: str
    verdicts: frozenset[str]
    said: str = ""
    moment: str | None = None
    live: bool | None = None
    values: dict[str, str] = field(default_factory=dict)
    behaviour: dict[str, Any] = field(default_factory=dict)
    phone: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.build}-{self.recipe}"


QUICK = {"wait_s": 1.0}
SEEDED = (
    Case("resumes-on-network", "watch_resume", BAD, "once the network was back", behaviour=QUICK),
    Case("resumes-at-start", "cancel_force_stop", BAD),
    Case("outlives-swipe", "cancel_swipe_recents", BAD),
    Case("cancel-hides", "cancel_in_app", BAD, "went on after the cancel"),
    Case("late-commit", "cancel_force_stop", BAD, moment="100%", live=True),
    Case("live-on-partial", "watch_resume", BAD, "live", live=True, behaviour=QUICK),
    Case("wifi-returns", "watch_resume", BAD, "the network came back by itself"),
)
GOOD = (
    Case("good", "watch_resume", CLEAN, live=False, behaviour=QUICK),
    Case("service", "cancel_for_sure", CLEAN, live=False),
    Case("service", "cancel_force_stop", CLEAN, live=False),
    Case("lost-on-kill", "cancel_for_sure", CLEAN, live=False),
    Case("resumes-at-start", "cancel_for_sure", CLEAN, live=False),
    Case("outlives-swipe", "cancel_for_sure", CLEAN, live=False),
)


def run_case(case: Case, make_lab: MakeLab) -> tuple[Lab, RunResult]:
    """One run on a phone with that build."""
    lab = make_lab(case.behaviour, app_build=case.build, **case.phone)
    values = {"video": str(lab.video), **case.values}
    result = lab.run(case.recipe, case.moment, values=values)
    assert result.error is None, result.error
    assert result.restored
    return lab, result


def assert_true(case: Case, lab: Lab, result: RunResult) -> None:
    """The verdict is one of those meant, and not clean where the cloud has the video live."""
    told = (result.verdict, lab.states)
    assert result.verdict.name in case.verdicts, told
    assert case.said in result.verdict.reason, told
    live = "live" in lab.states
    assert not (live and result.verdict.name in CLEAN), told
    assert case.live in (None, live), told


@pytest.mark.parametrize("case", SEEDED, ids=lambda case: case.name)
def test_a_seeded_build_is_called(case: Case, make_lab: MakeLab) -> None:
    lab, result = run_case(case, make_lab)
    assert_true(case, lab, result)
    assert result.exit_code == 1


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_cancel_that_holds_is_not_called_bad(case: Case, make_lab: MakeLab) -> None:
    lab, result = run_case(case, make_lab)
    assert_true(case, lab, result)
    assert result.exit_code == 0


# -- what an app shows of an upload


def checks(result: RunResult) -> dict[str, bool | None]:
    """What came of each check."""
    return {check.name: check.ok for check in result.evidence.of(Checked)}


@pytest.mark.parametrize("behaviour", [{}, {"fail_at": 0.5}], ids=["plain", "fails once"])
def test_a_true_progress_passes(make_lab: MakeLab, behaviour: dict[str, Any]) -> None:
    lab = make_lab(behaviour)
    result = lab.run("check_progress")
    assert (result.verdict.name, result.exit_code) == ("passed", 0), result.verdict
    assert lab.states.count("live") == 1
    assert checks(result)["progress"] is True


@pytest.mark.parametrize(
    ("build", "behaviour", "wrong", "said"),
    [
        ("frozen-progress", {}, "progress", "it stood at 12% while"),
        ("false-failure", {}, "failure", "and the video is live"),
        ("retry-twice", {"fail_at": 0.5}, "copies", "2 copies of the video are live"),
    ],
)
def test_a_progress_that_lies_is_called(
    make_lab: MakeLab, build: str, behaviour: dict[str, Any], wrong: str, said: str
) -> None:
    lab = make_lab(behaviour, app_build=build)
    result = lab.run("check_progress")
    assert (result.verdict.name, result.exit_code) == ("failed", 1), result.verdict
    assert checks(result)[wrong] is False
    assert said in result.verdict.reason
    assert "live" in lab.states


def test_a_failure_that_is_live_is_no_cancel(make_lab: MakeLab) -> None:
    lab = make_lab(app_build="false-failure", upload_bytes_per_s=SIZE / 1.5)
    result = lab.run("watch_resume", "failed")
    assert result.verdict.name in BAD, result.verdict
    assert "live" in lab.states
