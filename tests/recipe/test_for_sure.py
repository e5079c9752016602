"""The safe chain, what comes back after a cancel, and the moments that may never come."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipe.conftest import Lab, MakeLab
from tests.recipe.test_run import assert_cancelled, start_by_hand


def took(lab: Lab, kind: str) -> list[str]:
    """What was told of one kind."""
    return [event.text for event in lab.events if event.kind == kind]


# -- for sure


@pytest.mark.parametrize(
    "behaviour",
    [
        {},
        {"resume_at_start": True},
        {"upload_in": "foreground_service"},
        {"upload_in": "job", "resume_at_start": True, "job_backoff_s": 1.0},
        {"resume_failed_on_reconnect": True, "wait_s": 1.0},
    ],
)
def test_it_stays_cancelled_whatever_the_app_does(
    make_lab: MakeLab, behaviour: dict[str, object]
) -> None:
    lab = make_lab(behaviour)
    result = lab.run("cancel_for_sure")
    assert_cancelled(result)
    assert result.method == "airplane"
    assert "live" not in lab.states
    assert lab.is_as_before()


def test_the_draft_that_the_app_made_of_it_is_deleted(make_lab: MakeLab) -> None:
    lab = make_lab({"after_kill": "draft"})
    result = lab.run("cancel_for_sure")
    assert_cancelled(result)
    assert any("delete-draft" in text for text in took(lab, "cancel"))
    assert "live" not in lab.states


@pytest.mark.parametrize("method", ["app-network", "force-stop"])
def test_without_airplane_mode(make_lab: MakeLab, method: str) -> None:
    lab = make_lab()
    result = lab.run("cancel_for_sure", method=method)
    assert_cancelled(result)
    assert result.method == method
    assert lab.states == ["terminated"]


def test_where_the_phone_refuses_the_next_way_is_taken(make_lab: MakeLab) -> None:
    lab = make_lab()
    lab.device.network.rides_on_wifi = True
    result = lab.run("cancel_for_sure")
    assert_cancelled(result)
    assert result.method == "app-network"
    assert any("airplane is not possible here" in text for text in took(lab, "trouble"))


def test_a_method_that_was_asked_for_is_not_replaced(make_lab: MakeLab) -> None:
    lab = make_lab()
    lab.device.network.rides_on_wifi = True
    result = lab.run("cancel_for_sure", method="airplane")
    assert result.exit_code == 3
    assert result.error is not None
    assert "airplane is not possible here" in result.error.message


@pytest.mark.parametrize("method", [None, "force-stop"])
def test_by_hand_it_is_cancelled_or_not_known(
    make_lab: MakeLab, tmp_path: Path, method: str | None
) -> None:
    lab = make_lab({"resume_at_start": True})
    start_by_hand(lab, tmp_path)
    result = lab.run("cancel_now", values={}, method=method)
    if method is None:
        assert_cancelled(result)
    else:  # there was no network-less look at the profile, so nothing proves it
        assert result.verdict.name in ("unknown", "resumed"), result.verdict
    assert "live" not in lab.states


def test_by_hand_with_words_of_its_caption(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab({"after_kill": "draft"})
    start_by_hand(lab, tmp_path)
    result = lab.run("cancel_now", values={}, known_as="droidcancel test")
    assert result.verdict.name == "draft", result.verdict
    assert "delete_draft" in result.left[0]


# -- does it come back?


def test_a_good_app_keeps_what_failed(make_lab: MakeLab) -> None:
    lab = make_lab({"wait_s": 1.0})
    result = lab.run("watch_resume")
    assert (result.verdict.name, result.exit_code) == ("draft", 0), result.verdict
    assert "live" not in lab.states


@pytest.mark.parametrize(
    ("build", "after", "where"),
    [
        ("resumes-on-network", "network+restart", "once the network was back"),
        ("resumes-at-start", "restart", "once the app was started again"),
        ("resumes-after-boot", "reboot", "once the phone had been restarted"),
    ],
)
def test_where_it_comes_back_is_said(make_lab: MakeLab, build: str, after: str, where: str) -> None:
    lab = make_lab({"wait_s": 1.0}, app_build=build)
    result = lab.run("watch_resume", values={"video": str(lab.video), "after": after})
    assert result.verdict.name == "resumed", result.verdict
    assert where in result.verdict.reason
    assert result.exit_code == 1
    assert lab.is_as_before()


# -- moments


def test_a_stuck_upload_is_cancelled(make_lab: MakeLab) -> None:
    lab = make_lab({"stuck_at": 0.4})
    result = lab.run("cancel_airplane", "stuck 2s")
    assert_cancelled(result)
    assert result.moment == "stuck 2s"
    assert result.cut.progress_percent is not None
    assert 35 <= result.cut.progress_percent <= 50


def test_a_failed_upload_is_cancelled(make_lab: MakeLab) -> None:
    lab = make_lab({"fail_at": 0.4})
    result = lab.run("cancel_in_app", "failed")
    assert_cancelled(result)


def test_a_published_upload_cannot_be_cancelled(make_lab: MakeLab) -> None:
    lab = make_lab(upload_bytes_per_s=2e6)
    result = lab.run("cancel_force_stop", "published")
    assert result.verdict.name == "invalid", result.verdict
    assert "ended before" in result.verdict.reason
    assert lab.states == ["live"]


def test_an_upload_that_fails_before_its_moment_is_invalid(
    make_lab: MakeLab, tmp_path: Path
) -> None:
    lab = make_lab({"fail_at": 0.3})
    recipe = tmp_path / "impatient.yaml"
    recipe.write_text(
        "name: impatient\ntitle: X\nmethod: force-stop\nmoment: 90%\nexpect: invalid\n"
        "vars: {video: }\nsettings: {stuck_after: 1s}\nsteps:\n"
        "  - run_recipe: {recipe: upload_video, vars: {video: '${video}'}}\n"
        "  - wait_for_moment\n  - cancel\n"
    )
    result = lab.run(recipe)
    assert (result.verdict.name, result.exit_code) == ("invalid", 0), result.verdict
    assert any("the upload failed before the moment" in text for text in took(lab, "missed"))
    assert "failed by itself" in result.verdict.reason
