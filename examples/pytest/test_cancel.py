"""What was cancelled stays cancelled, however and whenever it is done."""

from __future__ import annotations

import pytest

#: what a user may be left with after a cancel
GONE = ("cancelled", "draft")


@pytest.mark.parametrize("method", ["airplane", "in-app", "force-stop"])
def test_a_cancelled_upload_stays_cancelled(upload, cancel, verdict, method):
    cancel(method, at="40%")
    verdict.must_be(*GONE)


def test_what_the_app_says_it_cancelled_is_cancelled(upload, cancel, verdict):
    """At the last moment, when all bytes have left. Where it is too late, the test is skipped."""
    cancel("in-app", at="100%")
    verdict.must_be(*GONE)


def test_a_restart_of_the_phone_drops_the_upload(run_recipe):
    run_recipe("restart_phone", at="20%")


def test_a_swipe_from_recents(run_recipe):
    """An upload may outlive the swipe where it shows as a foreground service; else it must end."""
    result = run_recipe("cancel_swipe_recents", check=False)
    seen = result.to_json()["evidence"]
    in_service = any(each.get("foreground_services") for each in seen)
    if result.verdict.name in ("resumed", "published") and in_service:
        pytest.skip("it goes on in a foreground service, which a swipe does not end")
    assert result.ok, result.verdict.reason


@pytest.mark.parametrize(
    ("after", "at"), [("network+restart", "20%"), ("restart", "40%"), ("reboot", "40%")]
)
def test_a_cut_upload_does_not_come_back_by_itself(run_recipe, after, at):
    """Nothing is discarded here: the upload is cut off, and nobody asks for it again."""
    run_recipe("watch_resume", at=at, after=after)
