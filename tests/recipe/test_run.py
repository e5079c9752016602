"""Recipes on a virtual phone, through real adb: the verdict against what the cloud knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from droidcancel.errors import AppError, LockedError, Unsupported, UsageError
from droidcancel.journal_lock import phone_lock
from droidcancel.recipe.options import Event
from droidcancel.recipe.result import RunResult
from tests.conftest import wait_until
from tests.recipe.conftest import CLIPS, SIZE, Lab, MakeLab

_MORE = ("force_stop", "in_app", "swipe_recents")
KEYS = {
    "run_id", "recipe", "app", "device", "method", "moment", "token", "verdict", "expected", "ok",
    "reason", "cut", "evidence", "restored", "duration_s", "report",
}  # fmt: skip


def assert_cancelled(result: RunResult) -> None:
    assert result.error is None, result.error
    assert result.verdict.name == "cancelled", (result.verdict, result.evidence.to_json())
    assert (result.ok, result.restored, result.exit_code) == (True, True, 0)


@pytest.mark.parametrize(
    "method",
    ["airplane", "network_off", "app_network", "in_app", "force_stop", "swipe_recents"],
)
def test_each_method_cancels_and_the_cloud_agrees(make_lab: MakeLab, method: str) -> None:
    lab = make_lab()
    result = lab.run(f"cancel_{method}")
    assert_cancelled(result)
    assert lab.states == ["terminated"]
    assert lab.is_as_before()
    cut = result.cut
    assert cut.progress_percent is not None
    assert 40 <= cut.progress_percent < 75
    assert cut.bytes_sent is not None
    assert 0.3 * SIZE < cut.bytes_sent < 0.9 * SIZE
    assert cut.apply_ms is not None


def test_the_json_has_what_is_promised(make_lab: MakeLab) -> None:
    lab = make_lab(locale="fr-FR")
    result = lab.run("cancel_force_stop", "after 1s")
    assert_cancelled(result)
    told = result.to_json()
    assert set(told) >= KEYS
    assert told["device"] == {
        "serial": lab.device.serial,
        "kind": "simulator",
        "model": "Simulated Phone",
        "api_level": 34,
    }
    assert (told["moment"], told["method"]) == ("after 1s", "force-stop")
    assert told["token"].startswith("#dc")
    trips = told["round_trips"]
    assert trips["files"] == 1
    assert min(trips.values()) > 0
    assert trips["total"] == sum(n for name, n in trips.items() if name != "total")
    kinds = {row["kind"] for row in told["evidence"]}
    assert kinds >= {"mark", "network", "traffic", "upload", "processes", "method", "search"}
    files = [row[k] for row in told["evidence"] for k in ("screenshot", "hierarchy") if row.get(k)]
    assert sorted(files) == sorted(path.name for path in lab.report.iterdir())
    assert {event.kind for event in lab.events} >= {"step", "progress", "moment", "cancel"}


def test_a_report_tells_the_phone_before_and_after_and_what_was_touched(make_lab: MakeLab) -> None:
    lab = make_lab()
    told = lab.run("cancel_airplane").to_json()
    before, after = told["phone_state"]["before"], told["phone_state"]["after"]
    assert before == after
    known = ("airplane mode", "Wi-Fi", "online", "Data Saver")
    assert [before[name] for name in known] == [False, True, True, False]
    assert before["screen timeout"].isdigit()
    assert told["environment"]["app"]["version"] == "3.4.1"
    assert told["environment"]["phone"]["android"] == "14"
    post = next(r for r in told["evidence"] if r.get("element") == "post_button")
    dump = etree.parse(lab.report / post["hierarchy"])
    found = next(f for f in dump.iter("found") if f.get("element") == "post_button")
    node = list(dump.iter("node"))[int(found.get("nodes").split()[0])]
    left, top, right, bottom = post["bounds"]
    assert node.get("bounds") == f"[{left},{top}][{right},{bottom}]"
    posted = next(r["at"] for r in told["evidence"] if r.get("name") == "posted")
    assert 0 <= post["at"] - posted < 1


def test_a_run_without_a_report_asks_the_phone_nothing_for_one(make_lab: MakeLab) -> None:
    lab = make_lab()
    lab.report = None  # type: ignore[assignment]
    told = lab.run("cancel_force_stop", "after 1s").to_json()
    assert told["verdict"] == "cancelled"
    assert told["environment"] is None
    assert told["phone_state"] == {"before": None, "after": None}
    assert not [r for r in told["evidence"] if r.get("hierarchy") or r.get("screenshot")]


def test_an_app_that_keeps_a_draft(make_lab: MakeLab) -> None:
    lab = make_lab({"after_kill": "draft"})
    result = lab.run("cancel_force_stop")
    assert (result.verdict.name, result.exit_code) == ("draft", 0)
    assert "live" not in lab.states
    assert result.left


def test_an_app_that_goes_on_by_itself_is_called(make_lab: MakeLab) -> None:
    lab = make_lab({"resume_at_start": True})
    result = lab.run("cancel_force_stop")
    assert result.verdict.name in ("resumed", "published"), result.verdict
    assert result.exit_code == 1
    assert lab.is_as_before()


def test_a_cancel_that_only_hides_is_called(make_lab: MakeLab) -> None:
    lab = make_lab({"cancel_hides_only": True})
    result = lab.run("cancel_in_app")
    assert result.verdict.name == "resumed", result.verdict
    assert result.exit_code == 1


def test_an_upload_that_ended_before_is_invalid(make_lab: MakeLab) -> None:
    lab = make_lab(upload_bytes_per_s=8e6)
    result = lab.run("cancel_airplane", "after 6s")
    assert result.verdict.name == "invalid", result.verdict
    assert lab.states == ["live"]
    assert lab.is_as_before()


# -- bad input


def test_an_upload_that_never_starts(make_lab: MakeLab, tmp_path: Path) -> None:
    recipe = tmp_path / "silent.yaml"
    recipe.write_text(
        "name: silent\ntitle: Silent\nmethod: force-stop\nmoment: posting\nexpect: cancelled\n"
        "settings: {upload_starts: 1s}\nsteps: [launch, wait_for_moment]\n"
    )
    result = make_lab().run(recipe, "40%", values={})
    assert isinstance(result.error, AppError)
    assert "silent.yaml:7:17: wait_for_moment: the upload never started" in result.error.message
    assert result.exit_code == 3


def test_an_app_that_is_not_there(make_lab: MakeLab) -> None:
    lab = make_lab(apps=())
    with pytest.raises(AppError, match=f"Clips is not installed .*{CLIPS}"):
        lab.run("cancel_airplane")


def test_an_app_that_is_logged_out(make_lab: MakeLab) -> None:
    lab = make_lab({"logged_in": False})
    result = lab.run("cancel_airplane")
    assert isinstance(result.error, AppError)
    assert "Clips is not logged in" in result.error.message
    assert (result.exit_code, result.restored) == (3, True)
    assert lab.is_as_before()


def test_a_full_phone(make_lab: MakeLab) -> None:
    lab = make_lab(free_bytes=SIZE // 2)
    result = lab.run("cancel_airplane")
    assert result.error is not None
    assert "does not fit on the phone" in result.error.message
    assert result.exit_code == 3
    assert lab.is_as_before()


def test_a_missing_video(make_lab: MakeLab) -> None:
    lab = make_lab()
    result = lab.run("cancel_airplane", values={"video": "/nowhere/cat.mp4"})
    assert isinstance(result.error, UsageError)
    assert "no such video" in result.error.message
    assert result.exit_code == 2
    with pytest.raises(UsageError, match="no value for video"):
        lab.run("cancel_airplane", values={})


def test_a_method_that_this_phone_has_not(make_lab: MakeLab) -> None:
    lab = make_lab(api=30)
    result = lab.run("cancel_app_network")
    assert isinstance(result.error, Unsupported)
    assert "app-network is not possible here" in result.error.message
    assert lab.states == []


def test_one_run_a_phone(make_lab: MakeLab) -> None:
    lab = make_lab()
    with phone_lock(lab.device.serial), pytest.raises(LockedError):
        lab.run("cancel_airplane")


def test_an_interruption_restores_the_phone(make_lab: MakeLab) -> None:
    lab = make_lab()

    def interrupt(event: Event) -> None:
        if event.kind == "settled":
            raise KeyboardInterrupt

    result = lab.run("cancel_airplane", on_event=interrupt)
    assert (result.interrupted, result.restored, result.exit_code) == (True, True, 130)
    assert "not looked after" in result.left[0]
    assert lab.is_as_before()
    assert "live" not in lab.states


PATIENT = """\
name: patient
title: Patient
vars: {video: }
method: force-stop
moment: {at: 20%}
expect: cancelled
steps:
  - run_recipe: {recipe: upload_video, vars: {video: "${video}"}}
  - wait_for_moment
  - cancel
  - relaunch
  - run_recipe: discard_upload
  - verify: {quiet: 4s}
"""


def test_the_quiet_period_may_outlast_any_wait(
    make_lab: MakeLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last looks have their own time, however long the app was watched before them."""
    monkeypatch.setattr("droidcancel.recipe.verify.HOME_S", 3.0)
    recipe = tmp_path / "patient.yaml"
    recipe.write_text(PATIENT)
    assert_cancelled(make_lab().run(recipe))


# -- the panic button


def start_by_hand(lab: Lab, tmp_path: Path) -> None:
    """An upload that no recipe waits for."""
    recipe = tmp_path / "start.yaml"
    recipe.write_text(
        "name: start\ntitle: Start\nexpect: unknown\nvars: {video: }\nsteps:\n"
        "  - run_recipe: {recipe: upload_video, vars: {video: '${video}'}}\n"
        "  - wait_for: {upload: posting}\n"
    )
    lab.device.packages.start(lab.package)
    result = lab.run(recipe, token=False)
    assert result.error is None, result.error


@pytest.mark.parametrize("method", ["airplane", "app-network"])
def test_the_panic_button_proves_it_without_a_token(
    make_lab: MakeLab, tmp_path: Path, method: str
) -> None:
    lab = make_lab()
    start_by_hand(lab, tmp_path)
    result = lab.run("cancel_now", values={}, method=method)
    assert_cancelled(result)
    assert result.token is None
    assert lab.states == ["terminated"]


def test_the_panic_button_after_the_end_does_not_say_cancelled(
    make_lab: MakeLab, tmp_path: Path
) -> None:
    lab = make_lab(upload_bytes_per_s=4e6)
    start_by_hand(lab, tmp_path)
    wait_until(lambda: lab.states == ["live"])
    result = lab.run("cancel_now", values={})
    assert result.verdict.name in ("unknown", "invalid"), result.verdict


@pytest.mark.parametrize(
    "method",
    [
        "app_network",
        *(pytest.param(m, marks=pytest.mark.extended) for m in _MORE),
    ],
)
def test_a_moment_in_bytes_is_watched_for_by_the_phone(make_lab: MakeLab, method: str) -> None:
    lab = make_lab()
    result = lab.run(f"cancel_{method}", "600KB")
    assert_cancelled(result)
    cut = result.cut
    assert (cut.asked, cut.unit, cut.source) == (600_000, "bytes", "phone-bytes")
    # a method of taps, and one whose object Post makes, wait for the host
    assert cut.fired_by == ("phone" if method in ("app_network", "force_stop") else "host")
    assert cut.actual is not None
    assert 450_000 < cut.actual < 0.9 * SIZE
    assert cut.detect_ms is not None
    assert cut.poll_ms is not None
    assert lab.is_as_before()


@pytest.mark.extended
@pytest.mark.parametrize("api", [28, 34])
def test_without_a_counter_the_screen_tells_of_the_bytes(make_lab: MakeLab, api: int) -> None:
    lab = make_lab(api=api, quirks=("counters-hidden",))
    result = lab.run("cancel_force_stop", "600KB")
    assert result.error is None, result.error
    assert (result.cut.source, result.cut.fired_by) == ("screen-bytes", "host")
    assert result.cut.progress_percent is not None
    assert result.cut.progress_percent >= 40
    assert "live" not in lab.states


@pytest.mark.extended
def test_what_cannot_be_foreseen_is_told_by_an_event_of_the_screen(make_lab: MakeLab) -> None:
    lab = make_lab({"feed_plays": False})
    result = lab.run("delete_post", "published")
    assert result.error is None, result.error
    assert result.cut.source == "screen-events", result.cut
    assert result.verdict.name == "deleted", result.verdict
