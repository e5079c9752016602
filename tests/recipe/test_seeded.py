"""Builds with one defect each, and the run of droidcancel that calls it; the good ones beside them.

What a build does wrong is not told to droidcancel; the cloud's record, which no recipe sees, says
whether the verdict is true. Each run that calls a build is also made with every good build, which
it must not call bad.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.random_cases import BAD as BAD_BUILDS
from benchmarks.random_cases import GOOD
from droidcancel.recipe.result import RunResult
from tests.recipe.conftest import SIZE, Lab, MakeLab
from tests.recipe.test_delete import have_drafts, have_posts, observer_of
from tests.recipe.test_system_recipes import fill_cache, save_draft

#: verdicts that say that nothing is live; false of a video that is, or that goes live later
CLEAN = frozenset({"cancelled", "draft", "deleted"})
BAD = frozenset({"resumed", "published"})
SLOW = 150_000.0
FAST = SIZE / 1.5


@dataclass(frozen=True)
class Way:
    """A run that brings a defect to light: the recipe, its moment and values, and the phone.

    `drafts`, `posts`: captions of what the account has before, the first the oldest. `observer`: a
    second phone, with another account. `cached`: the app has a draft and a full cache.
    """

    recipe: str
    moment: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    behaviour: Mapping[str, Any] = field(default_factory=dict)
    phone: Mapping[str, Any] = field(default_factory=dict)
    drafts: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    observer: bool = False
    cached: bool = False

    def run(self, make_lab: MakeLab, folder: Path, build: str) -> tuple[Lab, RunResult]:
        """One run on a phone with that build, which is left as it was."""
        lab = make_lab(dict(self.behaviour), app_build=build, **self.phone)
        have_drafts(lab, *self.drafts)
        have_posts(lab, *self.posts)
        if self.cached:
            save_draft(lab, folder)
            fill_cache(lab)
        observer = observer_of(make_lab, lab).device if self.observer else None
        video = {} if self.recipe == "clear_cache" else {"video": str(lab.video)}
        values = {**video, **self.values}
        result = lab.run(
            self.recipe, self.moment, values=values, observer=observer, confirm=lambda _: True
        )
        assert result.error is None, result.error.explain()
        assert result.restored
        return lab, result


@dataclass(frozen=True)
class Seeded:
    """A build, the way that calls it, the verdicts that are true of it, and words of the reason.

    `check` is the check that fails, empty where the verdict itself says it. `live`: whether the
    cloud has this run's video live in the end, None for either.
    """

    build: str
    way: str
    verdicts: frozenset[str]
    said: str
    check: str = ""
    live: bool | None = None


QUICK = {"wait_s": 1.0}
#: a video of the account's that no run is about
OTHER = "dog"
WAYS: Mapping[str, Way] = {
    "the network returns": Way("watch_resume", behaviour=QUICK),
    "the next start": Way("watch_resume", values={"after": "restart"}),
    # what goes on at the boot waits so long for the network, which is given back after it
    "a reboot": Way("watch_resume", values={"after": "reboot"}, behaviour={"wait_s": 5.0}),
    "restart": Way("restart_phone", "at 20%", phone={"upload_bytes_per_s": SLOW}),
    "force-stop": Way("cancel_force_stop"),
    # all bytes have left, and the service takes its time: at 100% itself nothing is committed yet
    "force-stop at the end": Way("cancel_force_stop", "stuck 1s"),
    "swipe": Way("cancel_swipe_recents"),
    "in-app": Way("cancel_in_app"),
    "airplane": Way("watch_resume", "at 20%", phone={"upload_bytes_per_s": SLOW}),
    "a failed upload": Way("watch_resume", "failed", phone={"upload_bytes_per_s": FAST}),
    "a draft by name": Way("delete_draft", values={"caption": "cat"}, drafts=("holiday", "cat")),
    "a post by name": Way("delete_post", values={"caption": "cat"}, posts=("cat", OTHER)),
    "a post, and another account": Way(
        "delete_post", values={"caption": "cat"}, posts=("cat", OTHER), observer=True
    ),
    "the cache": Way("clear_cache", cached=True),
    "the cache, in the app": Way("clear_cache", values={"in_app": True}, cached=True),
    "who may see it": Way("review_before_post"),
    "who is shown it": Way("review_before_post", observer=True),
    "save as a draft": Way("save_draft", phone={"upload_bytes_per_s": 4e6}),
    "data saver": Way("data_saver", phone={"upload_bytes_per_s": SLOW}),
    "progress": Way("check_progress"),
    "progress of one that fails": Way("check_progress", behaviour={"fail_at": 0.5}),
}
SEEDED: Sequence[Seeded] = (
    Seeded("resumes-on-network", "the network returns", BAD, "once the network was back"),
    Seeded("resumes-at-start", "the next start", BAD, "once the app was started again"),
    Seeded("resumes-at-start", "force-stop", BAD, "once the app was started again"),
    Seeded("resumes-after-boot", "a reboot", BAD, "once the phone had been restarted"),
    Seeded(
        "resumes-after-boot",
        "restart",
        BAD,
        "the restart dropped the upload",
        check="the restart dropped the upload",
    ),
    Seeded("outlives-swipe", "swipe", BAD, "went on after the cancel"),
    Seeded("job-upload", "the next start", BAD, "once the app was started again"),
    Seeded("cancel-hides", "in-app", BAD, "went on after the cancel"),
    Seeded("late-commit", "force-stop at the end", BAD, "live", live=True),
    Seeded("live-on-partial", "the network returns", BAD, "live", live=True),
    Seeded(
        "wrong-draft",
        "a draft by name",
        frozenset({"draft"}),
        "1 other drafts are gone: 'holiday'",
        check="other drafts",
    ),
    Seeded("draft-returns", "a draft by name", frozenset({"draft"}), "was gone, and came back"),
    Seeded(
        "delete-hides",
        "a post, and another account",
        frozenset({"published"}),
        "others are still shown it",
    ),
    Seeded(
        "delete-unasked",
        "a draft by name",
        frozenset({"cancelled"}),
        "deleted and asked nothing",
        check="question before the delete",
    ),
    Seeded(
        "delete-unasked",
        "a post by name",
        frozenset({"deleted"}),
        "deleted and asked nothing",
        check="question before the delete",
    ),
    Seeded(
        "cache-logs-out",
        "the cache",
        frozenset({"failed"}),
        "the account is still logged in",
        check="the account is still logged in",
    ),
    Seeded(
        "cache-logs-out",
        "the cache, in the app",
        frozenset({"failed"}),
        "the account is still logged in",
        check="the account is still logged in",
    ),
    Seeded(
        "cache-loses-drafts",
        "the cache",
        frozenset({"failed"}),
        "the drafts are untouched",
        check="the drafts are untouched",
    ),
    Seeded(
        "cache-loses-drafts",
        "the cache, in the app",
        frozenset({"failed"}),
        "the drafts are untouched",
        check="the drafts are untouched",
    ),
    Seeded(
        "wrong-visibility",
        "who may see it",
        frozenset({"failed"}),
        "wanted only_me, the video has everyone",
        check="only those may see it who are meant to",
        live=True,
    ),
    Seeded(
        "visibility-ignored",
        "who is shown it",
        frozenset({"failed"}),
        "another account is shown",
        check="no other account is shown it",
        live=True,
    ),
    Seeded(
        "draft-uploads",
        "save as a draft",
        BAD,
        "saving it as a draft",
        live=True,
    ),
    Seeded(
        "data-saver-ignored",
        "data saver",
        frozenset({*CLEAN, *BAD}),
        "the app's Data Saver holds the upload back",
        check="the app's Data Saver holds the upload back",
    ),
    Seeded(
        "retry-twice",
        "progress of one that fails",
        frozenset({"failed"}),
        "2 copies of the video are live",
        check="copies",
        live=True,
    ),
    Seeded(
        "frozen-progress",
        "progress",
        frozenset({"failed"}),
        "it stood at 12% while",
        check="progress",
        live=True,
    ),
    Seeded(
        "false-failure",
        "progress",
        frozenset({"failed"}),
        "the app says that it failed, and the video is live",
        check="failure",
        live=True,
    ),
    Seeded("false-failure", "a failed upload", BAD, "live", live=True),
    Seeded(
        "wifi-returns", "airplane", frozenset({*BAD, *CLEAN}), "back by itself", check="the cut"
    ),
)
#: run by `make test`: one of each kind
EVERYDAY = frozenset(
    {
        ("resumes-after-boot", "a reboot"),
        ("outlives-swipe", "swipe"),
        ("cancel-hides", "in-app"),
        ("late-commit", "force-stop at the end"),
        ("wrong-draft", "a draft by name"),
        ("delete-hides", "a post, and another account"),
        ("cache-loses-drafts", "the cache"),
        ("wrong-visibility", "who may see it"),
        ("visibility-ignored", "who is shown it"),
        ("false-failure", "progress"),
        ("wifi-returns", "airplane"),
        ("good", "the network returns"),
        ("service", "swipe"),
        ("draft-on-kill", "force-stop"),
    }
)


def marks(build: str, way: str) -> tuple[pytest.MarkDecorator, ...]:
    return () if (build, way) in EVERYDAY else (pytest.mark.extended,)


def seeded() -> Iterator[Any]:
    for case in SEEDED:
        words = f"{case.build}-{case.way.replace(' ', '_')}"
        yield pytest.param(case, id=words, marks=marks(case.build, case.way))


def good() -> Iterator[Any]:
    """Every way with every good build."""
    for way in WAYS:
        for build in GOOD:
            words = f"{build}-{way.replace(' ', '_')}"
            yield pytest.param(build, way, id=words, marks=marks(build, way))


def test_every_seeded_build_is_in_the_table() -> None:
    assert {case.build for case in SEEDED} == set(BAD_BUILDS)
    assert {case.way for case in SEEDED} == set(WAYS)


@pytest.mark.parametrize("case", list(seeded()))
def test_a_seeded_build_is_called(make_lab: MakeLab, tmp_path: Path, case: Seeded) -> None:
    lab, result = WAYS[case.way].run(make_lab, tmp_path, case.build)
    told = (result.verdict, lab.states)
    failed = [check.name for check in result.failed_checks]
    assert result.exit_code == 1, told
    assert result.verdict.name in case.verdicts, told
    assert case.said in result.verdict.reason, told
    assert not case.check or case.check in failed, (failed, told)
    assert case.live in (None, "live" in own_states(lab)), told
    assert_true(lab, result)


@pytest.mark.parametrize(("build", "way"), list(good()))
def test_a_good_build_is_not_called_bad(
    make_lab: MakeLab, tmp_path: Path, build: str, way: str
) -> None:
    lab, result = WAYS[way].run(make_lab, tmp_path, build)
    told = (result.verdict, lab.states, result.evidence.to_json())
    assert result.failed_checks == [], told
    assert_true(lab, result)
    if way in NEVER_IN_TIME or (build, way) in NOT_CANCELLED:
        return
    assert result.exit_code == 0, told
    assert result.verdict.name in {*CLEAN, "passed"}, told


#: the upload of a good build may end before these; and then it is said to have been too late
NEVER_IN_TIME = frozenset({"force-stop at the end", "a failed upload"})
#: a swipe leaves the upload of a good service alone, and that is what is said
NOT_CANCELLED = frozenset({("service", "swipe")})


def own_states(lab: Lab) -> list[str]:
    """What the cloud knows of the videos that this run has posted or was about."""
    return [r.state for r in lab.simulator.cloud.records if r.caption != OTHER]


def assert_true(lab: Lab, result: RunResult) -> None:
    """Not clean where the cloud has the video live, nor live where it never was.

    Nothing else of the account's was touched.
    """
    live = own_states(lab).count("live")
    told = (result.verdict, lab.states)
    assert not (live and result.verdict.name in CLEAN), told
    assert live or result.verdict.name != "published", told
    assert live <= 1 or result.exit_code == 1, told
    assert {r.state for r in lab.simulator.cloud.records if r.caption == OTHER} <= {"live"}, told
