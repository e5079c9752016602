"""Drafts, posts and the cache: what is deleted is gone, and nothing else is."""

from __future__ import annotations

import pytest


def test_save_as_draft_uploads_nothing(run_recipe):
    run_recipe("save_draft")


def test_a_deleted_draft_is_gone_and_no_other(older_draft, run_recipe):
    run_recipe("delete_draft")


def test_a_deleted_post_is_gone_for_others_too(run_recipe, observer):
    run_recipe("delete_post", visibility="everyone", observer=observer)


@pytest.mark.parametrize("in_app", [False, True], ids=["in-settings", "in-the-app"])
def test_clearing_the_cache_takes_nothing_else(older_draft, full_cache, run_recipe, in_app):
    run_recipe("clear_cache", in_app=in_app)
