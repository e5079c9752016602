"""Every recipe on the TikTok skin, in five languages and in builds with other resource-ids.

The upload service's record is the truth that each verdict is held against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from droidcancel.apps.profile import AppProfile, profile_path
from droidcancel.evidence import Drift
from droidcancel.recipe.load import load_recipe, recipe_names
from droidcancel.recipe.options import Event
from droidcancel.recipe.result import RunResult
from tests.recipe.conftest import LIMITS, Lab, MakeLab
from tests.recipe.test_run import start_by_hand

pytestmark = pytest.mark.skipif(
    "tiktok" not in AppProfile.names(), reason="droidcancel has no profile of TikTok yet"
)

LOCALES = ("en-US", "fr-FR", "id-ID", "es-ES", "vi-VN")
BUILDS = (("tiktok", "43.1.4"), ("tiktok", "47.0.3"), ("trill", "45.8.2"))
#: a drifted element is looked for by likeness soon
SHORT = LIMITS.model_copy(update={"patience_s": 0.8})
#: what is run every time; the rest is the wider round
EVERYDAY = {
    ("cancel_for_sure", "trill", "45.8.2", "id-ID"),
    ("confirm_before_upload", "tiktok", "43.1.4", "vi-VN"),
}


@dataclass(frozen=True)
class Case:
    """What must come of a recipe: one of the verdicts, and exactly these states at the service.

    `states` None: nothing may be live. `left_running`: the app ran before, and may run after.
    """

    verdicts: tuple[str, ...]
    states: tuple[str, ...] | None = None
    behaviour: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    left_running: bool = False


CUT = Case(("cancelled", "draft"))
PASSED = Case(("passed",), ())
POSTED = Case(("passed",), ("live",))
CASES: Mapping[str, Case] = {
    "cancel_airplane": CUT,
    "cancel_app_network": CUT,
    "cancel_clear_cache": Case(("cancelled", "draft"), behaviour={"stuck_at": 0.4}),
    "cancel_for_sure": Case(("cancelled",)),
    "cancel_force_stop": CUT,
    "cancel_network_off": CUT,
    "cancel_now": Case(("cancelled", "draft"), left_running=True),
    "cancel_swipe_recents": CUT,
    "check_app_version": Case(("passed",), (), values={"min_version": "43.1"}),
    "check_progress": POSTED,
    "clear_cache": Case(("passed",), (), values={"in_app": True}),
    "confirm_before_upload": POSTED,
    "data_saver": Case(("cancelled", "draft"), ()),
    "delete_draft": Case(("cancelled",)),
    "delete_post": Case(("deleted",), ("deleted",)),
    "network_guard": POSTED,
    "restart_phone": CUT,
    "review_before_post": POSTED,
    "save_draft": Case(("draft",), ()),
    "verify_outcome": CUT,
    # the skin goes on when the network returns, as is to be expected of the app
    "watch_resume": Case(("resumed",), None),
}


def worlds() -> Iterator[Any]:
    """Each recipe with each build and language."""
    for recipe in CASES:
        for app, version in BUILDS:
            for locale in LOCALES:
                chosen = (recipe, app, version, locale)
                marks = () if chosen in EVERYDAY else (pytest.mark.extended,)
                yield pytest.param(*chosen, marks=marks)


def test_every_recipe_is_here() -> None:
    shipped = {name for name in recipe_names() if not load_recipe(name).recipe.fragment}
    assert shipped == {*CASES, "cancel_in_app"}


def run(lab: Lab, tmp_path: Path, recipe: str, case: Case) -> RunResult:
    """Run it; where a recipe is for what somebody did by hand, that is done first."""
    lab.post_before()
    if recipe == "cancel_now":
        start_by_hand(lab, tmp_path)
        return lab.run(recipe, values={})
    wants_video = "video" in (load_recipe(recipe).document.data.get("vars") or {})
    video = {"video": str(lab.video)} if wants_video else {}
    return lab.run(recipe, values={**video, **case.values}, confirm=lambda _: True)


def assert_true(result: RunResult, lab: Lab, case: Case) -> None:
    """Whether the verdict is one that the recipe must come to, and the service agrees."""
    assert result.error is None, result.error.explain()
    assert result.verdict.name in case.verdicts, (result.verdict, result.evidence.to_json())
    assert result.restored
    if case.states is not None:
        assert tuple(lab.states) == case.states
    elif result.verdict.name != "resumed":
        assert "live" not in lab.states
    assert lab.is_as_before() or case.left_running


@pytest.mark.parametrize(("recipe", "app", "version", "locale"), list(worlds()))
def test_recipe(
    make_lab: MakeLab, tmp_path: Path, recipe: str, app: str, version: str, locale: str
) -> None:
    case = CASES[recipe]
    lab = make_lab(dict(case.behaviour), app=app, app_version=version, locale=locale)
    assert_true(run(lab, tmp_path, recipe, case), lab, case)


def test_the_app_shows_no_cancel(make_lab: MakeLab) -> None:
    lab = make_lab(app="tiktok")
    result = lab.run("cancel_in_app")
    assert result.exit_code == 3
    assert result.error is not None
    assert "TikTok shows no Cancel while it uploads" in result.error.message
    assert lab.states == []
    assert lab.is_as_before()


# -- who may see it, and what lies where


@pytest.mark.extended
@pytest.mark.parametrize("who", ["everyone", "friends"])
def test_other_visibilities(make_lab: MakeLab, who: str) -> None:
    lab = make_lab(app="tiktok", app_version="43.1.4", locale="fr-FR")
    values = {"video": str(lab.video), "visibility": who}
    result = lab.run("review_before_post", values=values)
    assert_true(result, lab, POSTED)
    assert lab.simulator.cloud.records[0].visibility == {"everyone": "public"}.get(who, who)


@pytest.mark.extended
@pytest.mark.parametrize("popups", [["login_info", "notifications", "survey", "update"]])
def test_popups_are_refused(make_lab: MakeLab, popups: list[str]) -> None:
    lab = make_lab({"popups": popups}, app="tiktok", locale="id-ID")
    result = lab.run("cancel_for_sure")
    assert_true(result, lab, CASES["cancel_for_sure"])


# -- builds that do not do what they should


@pytest.mark.extended
@pytest.mark.parametrize(
    ("build", "recipe", "verdicts"),
    [
        ("resumes-at-start", "cancel_force_stop", {"resumed", "published"}),
        ("job-upload", "cancel_swipe_recents", {"resumed", "published"}),
        ("late-commit", "cancel_force_stop", {"published", "resumed"}),
        ("draft-uploads", "save_draft", {"published", "resumed"}),
    ],
)
def test_a_seeded_build_is_called(
    make_lab: MakeLab, build: str, recipe: str, verdicts: set[str]
) -> None:
    lab = make_lab(app="tiktok", app_version="43.1.4", app_build=build)
    lab.post_before()
    moment = "stuck 1s" if build == "late-commit" else None
    result = lab.run(recipe, moment)
    if "live" in lab.states:
        assert result.verdict.name in verdicts, result.verdict
    assert not result.ok


@pytest.mark.extended
@pytest.mark.parametrize("build", ["wrong-draft", "draft-returns", "delete-unasked"])
def test_bad_deletes_of_drafts_are_called(make_lab: MakeLab, build: str) -> None:
    lab = make_lab(app="tiktok", app_build=build)
    lab.post_before()
    kept = lab.run("save_draft", values={"video": str(lab.video), "caption": "an older draft"})
    assert kept.verdict.name == "draft"
    result = lab.run("delete_draft")
    assert not result.ok, (result.verdict, result.checks)
    assert "live" not in lab.states


# -- an update that changed words and ids


@pytest.mark.extended
@pytest.mark.parametrize(
    ("app", "version", "locale"), [("tiktok", "43.1.4", "en-US"), ("trill", "45.8.2", "id-ID")]
)
def test_a_reworded_post_is_found_by_likeness(
    make_lab: MakeLab, app: str, version: str, locale: str
) -> None:
    """Post, Drafts, Next and the tab of the profile say something else: the screens are known."""
    lab = make_lab(app=app, app_version=version, locale=locale, app_build="redesigned")
    lab.post_before()
    result = lab.run("cancel_force_stop", limits=SHORT)
    assert_true(result, lab, CUT)
    drift = {record.element: record for record in result.evidence.of(Drift)}
    assert {"next_button", "post_button"} <= set(drift)
    assert drift["post_button"].screen == "post"
    assert drift["post_button"].second == "place"


# -- an account without posts


@pytest.mark.extended
def test_an_account_without_posts_says_so(make_lab: MakeLab) -> None:
    lab = make_lab(app="tiktok", app_version="43.1.4", locale="vi-VN")
    assert_true(lab.run("cancel_for_sure"), lab, CASES["cancel_for_sure"])


@pytest.mark.extended
def test_an_empty_page_in_words_that_nobody_knows_proves_nothing(make_lab: MakeLab) -> None:
    lab = make_lab({"empty_words": "Start something"}, app="tiktok")
    result = lab.run("cancel_for_sure")
    assert result.error is None, result.error.explain()
    assert result.verdict.name == "unknown", result.verdict
    assert "no videos are found on public_page, private_page" in result.verdict.reason
    assert "post one there by hand, once" in result.verdict.reason


@pytest.mark.extended
def test_a_page_with_only_drafts_proves_nothing(make_lab: MakeLab) -> None:
    """Drafts are on the phone: they show whether or not the posts have come."""
    lab = make_lab(app="tiktok")
    kept = lab.run("save_draft", values={"video": str(lab.video), "caption": "an older draft"})
    assert kept.error is None, kept.error.explain()
    assert kept.verdict.name in ("unknown", "draft"), kept.verdict
    result = lab.run("cancel_force_stop")
    assert result.error is None, result.error.explain()
    assert result.verdict.name == "unknown", result.verdict
    assert "no videos are found on public_page, and nothing says" in result.verdict.reason


@pytest.mark.extended
def test_one_page_says_nothing_of_another(make_lab: MakeLab, tmp_path: Path) -> None:
    """The video is live behind the lock, where cells are not known; the first page is read."""
    text = profile_path("tiktok").read_text()
    start = text.index("  video_cell:\n")
    end = text.index("  no_videos:\n")
    cells = text[start:end].replace("with: [profile_root]", "with: [profile_root, public_shows]")
    cells = cells.replace("inside: video_grid", "inside: video_grid, with: [public_shows]")
    shows = "  public_shows: {find: [{desc: Posts, selected: true}]}\n"
    path = tmp_path / "tiktok.yaml"
    path.write_text(text[:start] + shows + cells + text[end:])
    lab = make_lab(app="tiktok")
    lab.post_before()

    def goes_live(event: Event) -> None:
        if event.kind == "quiet":
            token = next(r.caption for r in lab.simulator.cloud.records if "#dc" in r.caption)
            lab.post_before(token, "private")

    result = lab.run("cancel_force_stop", on_event=goes_live, profile=AppProfile.load(path))
    assert result.error is None, result.error.explain()
    assert result.verdict.name == "unknown", result.verdict
    assert "no videos are found on private_page" in result.verdict.reason
