"""Before, while and after a video is posted."""

from __future__ import annotations

import pytest


def test_only_those_see_it_who_are_meant_to(run_recipe, observer):
    run_recipe("review_before_post", visibility="only_me", observer=observer)


def test_the_progress_shown_is_true(run_recipe):
    run_recipe("check_progress")


@pytest.mark.droid(kind="simulator", app_options={"fail_at": 0.5})
def test_retry_leaves_one_copy(run_recipe):
    """Needs an upload that fails by itself, which a virtual phone has."""
    run_recipe("check_progress")


def test_data_saver_holds_the_upload_back(run_recipe):
    run_recipe("data_saver")
