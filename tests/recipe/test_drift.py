"""An app whose ids and words changed since its profile was written: found by likeness, or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from droidcancel.apps.profile import AppProfile, profile_path
from droidcancel.errors import UiError
from droidcancel.evidence import Drift
from droidcancel.recipe.options import Event
from droidcancel.report.html import render
from tests.recipe.conftest import LIMITS, Lab, MakeLab

SHORT = LIMITS.model_copy(update={"patience_s": 0.8})
BRIEF = LIMITS.model_copy(update={"patience_s": 0.8, "step_timeout_s": 8.0})
DRIFTED = ["profile_tab", "next_button", "visibility_row", "visibility_only_me", "post_button"]


def told(lab: Lab, kind: str) -> list[str]:
    return [event.text for event in lab.events if event.kind == kind]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("recipe", "locale"),
    [
        ("cancel_airplane", "en-US"),
        pytest.param("cancel_airplane", "fr-FR", marks=pytest.mark.extended),
        pytest.param("cancel_in_app", "id-ID", marks=pytest.mark.extended),
        pytest.param("cancel_force_stop", "en-US", marks=pytest.mark.extended),
    ],
)
def test_a_redesigned_app_is_cancelled_and_each_drift_is_told(
    make_lab: MakeLab, recipe: str, locale: str, tmp_path: Path
) -> None:
    lab = make_lab(app_build="redesigned", locale=locale)
    result = lab.run(recipe, limits=SHORT)
    assert result.error is None, result.error
    assert (result.verdict.name, result.exit_code) == ("cancelled", 0), result.verdict
    assert lab.states == ["terminated"]
    assert lab.is_as_before()
    drift = result.evidence.of(Drift)
    assert [record.element for record in drift] == DRIFTED
    assert drift[-1].second == "place"
    assert told(lab, "drift") == [record.in_words() for record in drift]
    data = result.to_json()
    assert [entry["element"] for entry in data["drift"]] == DRIFTED
    assert json.dumps(data["drift"])
    page = render(data, tmp_path)
    assert "post_button found by likeness" in page


@pytest.mark.slow
@pytest.mark.extended
def test_a_run_before_the_update_is_a_second_sign_after_it(
    make_lab: MakeLab, tmp_path: Path
) -> None:
    """Without an `area` in the profile, only where Post was seen before tells it."""
    profile = without_places(tmp_path)
    before = make_lab()
    assert before.run("cancel_airplane", limits=SHORT, profile=profile).verdict.name == "cancelled"
    lab = make_lab(app_build="redesigned")
    result = lab.run("cancel_airplane", limits=SHORT, profile=profile)
    assert result.error is None, result.error
    post = next(r for r in result.evidence.of(Drift) if r.element == "post_button")
    assert "place" in post.second
    assert lab.states == ["terminated"]


def without_places(tmp_path: Path, old: str = "text: {en: Post,", new: str = "") -> AppProfile:
    """The profile of Clips with no `area` and no `neighbours`, and one text changed."""
    lines = profile_path("clips").read_text().replace(old, new or old).splitlines()
    kept = [line for line in lines if not line.startswith(("    area:", "    neighbours:"))]
    path = tmp_path / "clips.yaml"
    path.write_text("\n".join(kept))
    return AppProfile.load(path)


@pytest.mark.slow
def test_post_is_not_tapped_without_a_second_sign(make_lab: MakeLab, tmp_path: Path) -> None:
    """It says just what is looked for; that alone is not enough to publish."""
    lab = make_lab(app_build="redesigned")
    profile = without_places(tmp_path, new="text: {en: Video post,")
    recipe = tmp_path / "post_only.yaml"
    recipe.write_text(POST_ONLY)
    result = lab.run(recipe, limits=BRIEF, profile=profile)
    assert isinstance(result.error, UiError)
    message = result.error.message
    assert "post_button did not show within" in message
    assert "likest is 'Post video' at 0.80" in message
    assert "no second sign (place, neighbours) agrees" in message
    assert "ui learn post_button" in str(result.error.hint)
    assert lab.states == []


#: straight to Post, with nothing else on the way that would need a place
POST_ONLY = """
name: post_only
title: Post
vars: {video: }
expect: published
steps:
  - share_video: ${video}
  - tap: {text: Next step}
  - post
"""


@pytest.mark.slow
def test_a_removed_post_button_is_an_error_that_says_so(make_lab: MakeLab) -> None:
    lab = make_lab({"without": ["post"]})
    result = lab.run("cancel_airplane", limits=BRIEF)
    assert isinstance(result.error, UiError)
    assert "post_button did not show within" in result.error.message
    assert "the screen is post" in result.error.message
    assert "likest is" in result.error.message
    assert not result.evidence.of(Drift)
    assert result.evidence.mark("posted") is None
    assert lab.states == []
    assert lab.is_as_before()


CONDITIONS = """
name: conditions
title: Conditions go by locators alone
expect: unknown
steps:
  - launch: feed
  - wait_for: {visible: profile_tab}
    timeout: 4s
"""


def test_a_condition_is_never_met_by_likeness(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab(app_build="redesigned")
    recipe = tmp_path / "conditions.yaml"
    recipe.write_text(CONDITIONS)
    result = lab.run(recipe, limits=SHORT, values={})
    assert isinstance(result.error, UiError)
    assert "visible profile_tab did not show" in result.error.message
    assert not result.evidence.of(Drift)


def test_a_cancel_that_does_not_show_is_never_guessed(make_lab: MakeLab) -> None:
    """The feed shows no upload: there is no Cancel, and nothing is taken for it."""
    lab = make_lab({"without": ["upload_cancel"]})
    result = lab.run("discard_upload", limits=SHORT, values={})
    assert not result.evidence.of(Drift)


@pytest.mark.parametrize("seen_before", [False, True])
def test_videos_that_are_not_known_any_more_are_no_empty_profile(
    make_lab: MakeLab, tmp_path: Path, seen_before: bool
) -> None:
    """The worst error would be to find none because an update changed how they look."""
    text = profile_path("clips").read_text()
    cell = "      - {id: video_cell}\n"
    other = "      - {desc: {en: Video, fr: Vidéo, id: Video}, inside: video_grid}\n"
    assert cell + other in text
    path = tmp_path / "clips.yaml"
    path.write_text(text.replace(cell + other, "      - {id: some_other_cell}\n"))
    lab = make_lab()
    if seen_before:
        lab.post_before()

    def goes_live(event: Event) -> None:
        if event.kind == "quiet":
            token = next(r.caption for r in lab.simulator.cloud.records if "#dc" in r.caption)
            lab.post_before(token)

    result = lab.run("cancel_force_stop", on_event=goes_live, profile=AppProfile.load(path))
    assert result.error is None, result.error
    assert result.verdict.name == "unknown", result.verdict
    assert "nothing says that there are none" in result.verdict.reason
