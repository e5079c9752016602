"""A Cancel that comes too late, and an upload that a service goes on with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from droidcancel.apps.matching import Match
from droidcancel.apps.profile import AppProfile
from droidcancel.cancel import METHODS
from droidcancel.evidence import ProcessSeen
from droidcancel.recipe.options import RunOptions
from droidcancel.recipe.stepwise import begin_upload
from tests.conftest import wait_until
from tests.recipe.conftest import LIMITS, MakeLab


@pytest.mark.extended
def test_a_discard_that_comes_after_the_post_is_not_applied(make_lab: MakeLab) -> None:
    """The app asks, and posts while it asks: the tap on Discard meets a question that is over."""
    lab = make_lab()
    values, options = {"video": str(lab.video)}, RunOptions(limits=LIMITS)
    with begin_upload(lab.device, AppProfile.load("clips"), values, options) as upload:
        upload.wait("80%")
        context = upload.run.context

        def slow(match: Match) -> None:
            if match.element == "discard_confirm":
                wait_until(lab.device.ui.last_toast, what="the app to say that it posted")
            context.tap(match)

        applied = METHODS["in-app"].prepare(replace(context, tap=slow)).fire()
    assert applied.effective is False
    assert "said 'Video posted!' when discard_confirm was tapped" in applied.detail


@pytest.mark.extended
def test_a_service_that_ends_before_the_bytes_are_known_to_flow_is_seen(make_lab: MakeLab) -> None:
    """Most of it is sent by the service before anybody can say that it does not stop."""
    lab = make_lab({"upload_in": "foreground_service"})
    result = lab.run("cancel_swipe_recents", "50%")
    assert result.verdict.name in ("resumed", "published")
    settled = result.evidence.mark("settled") or 0.0
    seen = [p for p in result.evidence.of(ProcessSeen) if p.at >= settled]
    assert any(each.foreground_services for each in seen)
