"""Clips: drafts, edits that were left, deleting posts, and the builds that get them wrong."""

from __future__ import annotations

from typing import Any

import pytest

from droidcancel.simulator.apps.clips import PACKAGE
from tests.simulator.clips_phone import User, clips, run

FAST = 4e6


async def drafts(user: User, *captions: str) -> None:
    """Save drafts; the newest comes first in the folder."""
    for at, caption in enumerate(captions):
        _, row = user.push(f"clip{at}.mp4", 20_000 + at)
        await user.save_draft(row, caption)


def captions(user: User) -> list[str]:
    return [node.get("text") for node in user.all("draft_caption")]


async def open_folder(user: User) -> None:
    await user.tap("tab_profile")
    await user.tap("drafts_cell")
    await user.see("drafts_root")


def test_a_draft_keeps_caption_visibility_and_bytes_and_can_be_posted() -> None:
    async def check() -> None:
        async with clips(upload_bytes_per_s=FAST) as user:
            data, row = user.push()
            await user.to_post_page(row, "later #dc7")
            await user.tap("visibility")
            await user.tap("visibility_only_me")
            await user.tap("save_draft")
            await user.see("profile_root")
            assert user.text("drafts_label") == "Drafts: 1"
            assert not user.records
            user.phone.media.delete(row.id)  # the draft has its own copy
            await user.restart()
            await open_folder(user)
            assert captions(user) == ["later #dc7"]
            await user.tap("draft_cell")
            await user.see("post_root")
            assert user.text("caption") == "later #dc7"
            assert "Only you can view this post" in user.texts()
            await user.tap("post")
            record = await user.live_video(data)
            assert (record.caption, record.visibility) == ("later #dc7", "private")
            await user.until(lambda: user.app.drafts.list() == [])

    run(check())


def test_a_draft_that_is_posted_and_cancelled_stays_a_draft() -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            await user.save_draft(row, "kept")
            await open_folder(user)
            await user.tap("draft_cell")
            await user.tap("post")
            await user.progress(10)
            await user.tap("upload_cancel")
            await user.tap("discard_confirm")
            await user.until(lambda: user.records[0].state == "terminated")
            assert [post.caption for post in user.app.drafts.list()] == ["kept"]

    run(check())


def test_only_the_ticked_drafts_are_deleted() -> None:
    async def check() -> None:
        async with clips() as user:
            await drafts(user, "one", "two", "three")
            await open_folder(user)
            assert captions(user) == ["three", "two", "one"]
            assert not user.has("drafts_bar")
            await user.tap("drafts_select")
            assert user.all("drafts_delete")[0].get("enabled") == "false"
            await user.tap("draft_check", at=1)
            assert [node.get("checked") for node in user.all("draft_check")] == [
                "false",
                "true",
                "false",
            ]
            await user.tap("drafts_delete")
            assert "Delete 1 draft?" in user.texts()
            await user.tap("confirm_keep")
            assert len(captions(user)) == 3
            await user.tap("drafts_delete")
            await user.tap("confirm_delete")
            await user.until(lambda: captions(user) == ["three", "one"])
            await user.restart()
            await open_folder(user)
            assert captions(user) == ["three", "one"]

    run(check())


def test_a_long_press_begins_to_select_and_select_all_takes_all() -> None:
    async def check() -> None:
        async with clips() as user:
            await drafts(user, "one", "two")
            await open_folder(user)
            await user.hold("draft_cell")
            await user.see("drafts_bar")
            assert user.all("draft_check")[0].get("checked") == "true"
            await user.tap("drafts_select_all")
            await user.tap("drafts_delete")
            assert "Delete 2 drafts?" in user.texts()
            await user.tap("confirm_delete")
            await user.see("profile_root")
            assert not user.has("drafts_cell")

    run(check())


@pytest.mark.parametrize(("answer", "kept"), [("discard", []), ("leave_save_draft", ["kept"])])
def test_leaving_the_editor_asks(answer: str, kept: list[str]) -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            await user.launch()
            await user.to_post_page(row, "kept")
            await user.tap("back")
            await user.see("editor_video")
            user.phone.activities.back()
            await user.tap(answer)
            await user.see("main_root")
            assert [post.caption for post in user.app.drafts.list()] == kept
            assert user.app.editing.list() == []

    run(check())


@pytest.mark.parametrize("answer", ["continue_edit", "continue_save_draft"])
def test_an_edit_that_a_kill_cut_off_is_offered_again(answer: str) -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            await user.to_post_page(row, "half done")
            user.phone.activities.force_stop(PACKAGE)
            await user.launch()
            await user.see("continue_edit")
            assert "Continue editing this post?" in user.texts()
            await user.tap(answer)
            if answer == "continue_edit":
                await user.tap("editor_next")
                await user.see("post_root")
                assert user.text("caption") == "half done"
            else:
                await user.until(lambda: len(user.app.drafts.list()) == 1)
                assert user.app.editing.list() == []

    run(check())


async def post_and_open(user: User, caption: str) -> None:
    _, row = user.push()
    await user.post(row, caption)
    await user.until(user.live)
    await user.tap("tab_profile")
    await user.tap("video_cell")
    await user.until(lambda: user.has("desc") and user.text("desc") == caption)


async def delete_opened(user: User, opener: str = "share_video") -> None:
    """Open the sheet, scroll its actions sideways to Delete, tap it."""
    await user.tap(opener)
    row = await user.see("action_row")
    x, y = user.middle(row)
    while not user.has("action_delete") or not _wide(user.all("action_delete")[0]):
        await user.phone.input.swipe(x + 150, y, x - 250, y, 0.2)
    await user.tap("action_delete")


def _wide(node: Any) -> bool:
    """Whether more than a sliver of it shows."""
    numbers = node.get("bounds").replace("][", ",").strip("[]").split(",")
    return int(numbers[2]) - int(numbers[0]) > 60


@pytest.mark.parametrize("opener", ["share_video", "more"])
def test_delete_of_a_post_asks_and_deletes(opener: str) -> None:
    async def check() -> None:
        async with clips(upload_bytes_per_s=FAST) as user:
            await post_and_open(user, "wrong one #dc2")
            await delete_opened(user, opener)
            await user.see("confirm_cancel")
            assert "Delete this video?" in user.texts()
            await user.tap("confirm_cancel")
            assert user.live()
            await delete_opened(user, opener)
            await user.tap("confirm_delete")
            await user.see("profile_root")
            await user.until(lambda: user.records[0].state == "deleted")
            assert not user.has("video_cell")

    run(check())


def test_delete_offline_deletes_nothing() -> None:
    async def check() -> None:
        async with clips(upload_bytes_per_s=FAST) as user:
            await post_and_open(user, "stays")
            user.phone.connectivity.set_airplane(True)
            await user.until(lambda: user.phone.connectivity.active_network() is None)
            await delete_opened(user)
            await user.tap("confirm_delete")
            await user.toast("No internet connection")
            assert user.live()

    run(check())


# -- builds with a defect --------------------------------------------------------------------
def test_build_wrong_draft() -> None:
    async def check() -> None:
        async with clips(app_build="wrong-draft") as user:
            await drafts(user, "one", "two")
            await open_folder(user)
            await user.hold("draft_cell")
            await user.tap("drafts_delete")
            await user.tap("confirm_delete")
            await user.until(lambda: captions(user) == ["two"])

    run(check())


def test_build_draft_returns() -> None:
    async def check() -> None:
        async with clips(app_build="draft-returns") as user:
            await drafts(user, "one")
            await open_folder(user)
            await user.hold("draft_cell")
            await user.tap("drafts_delete")
            await user.tap("confirm_delete")
            await user.see("profile_root")
            assert not user.has("drafts_cell")
            await user.restart()
            await open_folder(user)
            assert captions(user) == ["one"]

    run(check())


def test_build_draft_uploads() -> None:
    async def check() -> None:
        async with clips(app_build="draft-uploads", upload_bytes_per_s=FAST) as user:
            await drafts(user, "secret")
            await user.until(user.live)
            assert not user.has("upload_banner")
            assert [post.caption for post in user.app.drafts.list()] == ["secret"]

    run(check())


def test_builds_whose_cache_holds_too_much() -> None:
    async def check(build: str, logged_in: bool, left: int) -> None:
        async with clips(app_build=build) as user:
            await drafts(user, "one")
            package = user.phone.packages.get(PACKAGE)
            assert package is not None
            user.phone.activities.force_stop(PACKAGE)
            user.phone.packages.clear_cache(package)
            await user.launch()
            await user.see("main_root" if logged_in else "login_root")
            assert len(user.app.drafts.list()) == left

    run(check("good", True, 1))
    run(check("cache-logs-out", False, 1))
    run(check("cache-loses-drafts", True, 0))


def test_build_delete_unasked() -> None:
    async def check() -> None:
        async with clips(app_build="delete-unasked", upload_bytes_per_s=FAST) as user:
            await post_and_open(user, "gone at once")
            await delete_opened(user)
            await user.until(lambda: user.records[0].state == "deleted")

    run(check())


def test_build_delete_hides() -> None:
    async def check() -> None:
        async with clips(app_build="delete-hides", upload_bytes_per_s=FAST) as user:
            await post_and_open(user, "still there")
            await delete_opened(user)
            await user.tap("confirm_delete")
            await user.see("profile_root")
            assert not user.has("video_cell")
            async with clips(cloud=user.cloud, app={"account": "erin"}) as other:
                await other.launch()
                await other.open_link("clips://user/dana")
                await other.see("video_cell")

    run(check())
