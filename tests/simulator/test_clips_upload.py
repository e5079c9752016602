"""Clips: a post from the share to the cloud, and everything that can interrupt it."""

from __future__ import annotations

import asyncio

import pytest

from droidcancel.simulator.apps.clips import PACKAGE
from tests.simulator.clips_phone import SLOW, VIDEO_BYTES, User, clips, run

FAST = 4e6


def test_a_post_goes_live_with_its_bytes_caption_and_visibility() -> None:
    async def check() -> None:
        async with clips(upload_bytes_per_s=400_000.0) as user:
            data, row = user.push()
            await user.to_post_page(row, "My day #dcab12")
            await user.tap("visibility")
            await user.tap("visibility_only_me")
            await user.gone("visibility_sheet")
            await user.tap("post")
            await user.see("upload_banner")
            assert user.text("upload_state") == "Posting..."
            await user.progress(20)
            record = await user.live_video(data)
            assert (record.account, record.caption) == ("dana", "My day #dcab12")
            assert (record.visibility, record.size) == ("private", VIDEO_BYTES)
            await user.toast("Video posted!")
            await user.gone("upload_banner")
            await user.tap("tab_profile")
            cell = await user.see("video_cell")
            assert cell.get("content-desc") == "Video, 0 plays"

    run(check())


def test_progress_shows_on_every_tab_and_on_the_profile() -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            await user.post(row)
            for tab in ("friends", "inbox", "profile", "home"):
                await user.tap(f"tab_{tab}")
                await user.see("upload_banner")
                if tab == "profile":
                    assert user.text("pending_progress").endswith("%")

    run(check())


def test_your_story_publishes_at_once() -> None:
    async def check() -> None:
        async with clips(upload_bytes_per_s=FAST) as user:
            data, row = user.push()
            await user.share(row)
            await user.see("editor_video")
            await user.tap("story")
            record = await user.live_video(data)
            assert record.visibility == "public"

    run(check())


def test_cancel_and_discard_leaves_nothing() -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            await user.post(row)
            await user.progress(10)
            await user.tap("upload_cancel")
            await user.see("discard_confirm")
            assert "Discard this post?" in user.texts()
            await user.tap("discard_confirm")
            await user.gone("upload_banner")
            await user.until(lambda: user.records[0].state == "terminated")
            assert user.records[0].received < VIDEO_BYTES
            await user.restart()
            assert not user.has("upload_banner")
            assert user.app.drafts.list() == []

    run(check())


def test_keep_uploading_goes_on() -> None:
    async def check() -> None:
        async with clips(upload_bytes_per_s=200_000.0) as user:
            data, row = user.push()
            await user.post(row)
            await user.tap("upload_cancel")
            await user.tap("keep_uploading")
            await user.live_video(data)

    run(check())


def test_cancel_can_keep_a_draft() -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            await user.post(row, "kept #dc1")
            await user.progress(10)
            await user.tap("upload_cancel")
            await user.tap("save_draft_confirm")
            await user.until(lambda: user.records[0].state == "terminated")
            assert [post.caption for post in user.app.drafts.list()] == ["kept #dc1"]
            await user.tap("tab_profile")
            cell = await user.see("drafts_cell")
            assert cell.get("content-desc") == "Drafts: 1"

    run(check())


def test_network_loss_waits_then_fails_and_retry_goes_on() -> None:
    async def check() -> None:
        async with clips(app={"wait_s": 0.5}) as user:
            data, row = user.push()
            await user.post(row)
            await user.progress(20)
            user.phone.connectivity.set_airplane(True)
            await user.until(lambda: user.text("upload_state") == "Waiting for network...")
            assert not user.has("upload_retry")
            await user.until(lambda: user.text("upload_state") == "Couldn't post video")
            assert not user.has("upload_progress")
            received = user.records[0].received
            user.phone.connectivity.set_airplane(False)
            await user.until(user.phone.connectivity.active_network)
            await asyncio.sleep(0.6)
            assert user.records[0].received == received
            user.phone.network.shape(up=FAST)
            await user.tap("upload_retry")
            await user.live_video(data)
            assert len(user.records) == 1

    run(check())


def test_an_upload_that_waits_goes_on_when_the_network_returns() -> None:
    async def check() -> None:
        async with clips() as user:
            data, row = user.push()
            await user.post(row)
            await user.progress(20)
            user.phone.connectivity.set_airplane(True)
            await user.until(lambda: user.text("upload_state") == "Waiting for network...")
            user.phone.network.shape(up=FAST)
            user.phone.connectivity.set_airplane(False)
            await user.live_video(data)

    run(check())


def test_a_build_that_does_not_resume_fails_after_its_wait() -> None:
    async def check() -> None:
        async with clips(app={"resume_on_reconnect": False, "wait_s": 0.3}) as user:
            _, row = user.push()
            await user.post(row)
            user.phone.connectivity.set_airplane(True)
            await user.until(lambda: user.text("upload_state") == "Waiting for network...")
            user.phone.connectivity.set_airplane(False)
            await user.until(lambda: user.text("upload_state") == "Couldn't post video")
            assert not user.live()

    run(check())


def test_cancelled_offline_is_told_to_the_cloud_later() -> None:
    async def check() -> None:
        async with clips(app={"wait_s": 0.2}) as user:
            _, row = user.push()
            await user.post(row)
            await user.progress(10)
            user.phone.connectivity.set_airplane(True)
            await user.see("upload_retry")
            await user.tap("upload_cancel")
            await user.tap("discard_confirm")
            await user.gone("upload_banner")
            assert user.records[0].state == "partial"
            await user.restart()
            assert not user.has("upload_banner")
            user.phone.connectivity.set_airplane(False)
            await user.until(lambda: user.records[0].state == "terminated")
            await user.until(lambda: user.app.uploads.cancelled.targets == [])

    run(check())


def test_cancel_of_what_is_live_already_deletes_it() -> None:
    async def check() -> None:
        async with clips() as user:
            user.cloud.behaviour.commit_delay_s = 0.4
            user.cloud.behaviour.commit_beats_cancel = False
            _, row = user.push(size=30_000)
            await user.post(row)
            await user.until(lambda: user.records and user.records[0].state == "committing")
            user.phone.connectivity.set_airplane(True)
            await user.until(user.live)
            await user.tap("upload_cancel")
            await user.tap("discard_confirm")
            user.phone.connectivity.set_airplane(False)
            await user.until(lambda: user.records[0].state == "deleted")

    run(check())


def test_killed_in_the_middle_shows_as_failed_and_retry_completes_it() -> None:
    async def check() -> None:
        async with clips() as user:
            data, row = user.push()
            await user.post(row)
            await user.progress(30)
            await user.restart()
            await user.see("upload_retry")
            assert user.text("upload_state") == "Couldn't post video"
            held = user.records[0].received
            await asyncio.sleep(0.3)
            assert user.records[0].received == held > 0
            user.phone.network.shape(up=FAST)
            await user.tap("upload_retry")
            await user.live_video(data)
            assert len(user.records) == 1

    run(check())


@pytest.mark.parametrize(("after_kill", "drafts"), [("draft", 1), ("lost", 0)])
def test_what_a_kill_leaves(after_kill: str, drafts: int) -> None:
    async def check() -> None:
        async with clips(app={"after_kill": after_kill}) as user:
            _, row = user.push()
            await user.post(row)
            await user.progress(10)
            await user.restart()
            assert len(user.app.drafts.list()) == drafts
            assert not user.has("upload_banner")
            await user.until(lambda: user.records[0].state == "terminated")

    run(check())


def test_swipe_from_recents_ends_it_unless_a_service_runs() -> None:
    async def check(upload_in: str, goes_on: bool) -> None:
        async with clips(app={"upload_in": upload_in}, upload_bytes_per_s=200_000.0) as user:
            _, row = user.push()
            await user.post(row)
            await user.progress(10)
            notes = user.phone.notifications.list()
            assert bool(notes) == goes_on
            task = user.phone.activities.front
            assert task is not None
            user.phone.activities.remove_task(task.id)
            if goes_on:
                await user.until(user.live)
                await user.until(lambda: not user.phone.notifications.list())
            else:
                assert user.phone.processes.by_package(PACKAGE) == []
                await asyncio.sleep(0.3)
                assert not user.live()

    run(check("process", False))
    run(check("foreground_service", True))


def test_a_cleared_cache_takes_the_rest_of_the_upload() -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            await user.post(row)
            await user.progress(10)
            user.phone.activities.force_stop(PACKAGE)
            package = user.phone.packages.get(PACKAGE)
            assert package is not None
            user.phone.packages.clear_cache(package)
            await user.launch()
            await user.see("main_root")
            assert not user.has("upload_banner")
            await user.until(lambda: user.records[0].state == "terminated")
            assert user.app.session.current is not None

    run(check())


def test_data_saver_waits_for_an_unmetered_network() -> None:
    async def check() -> None:
        async with clips(app={"data_saver": True}, upload_bytes_per_s=FAST) as user:
            data, row = user.push()
            user.phone.connectivity.set_wifi(False)
            await user.until(lambda: not user.phone.connectivity.wifi.enabled)
            await user.until(user.phone.connectivity.active_network)
            await user.post(row)
            assert "Wi-Fi" in user.text("upload_state")
            assert not user.records
            user.phone.connectivity.set_wifi(True)
            await user.live_video(data)

    run(check())


def test_stuck_and_failing_builds() -> None:
    async def stuck(user: User) -> None:
        await asyncio.sleep(0.3)
        before = user.text("upload_progress")
        await asyncio.sleep(0.4)
        assert user.text("upload_progress") == before
        assert user.text("upload_state") == "Posting..."

    async def failing(user: User) -> None:
        await user.see("upload_retry")
        await user.tap("upload_retry")
        await user.until(user.live)

    async def check(name: str) -> None:
        async with clips(app={name: 0.3}, upload_bytes_per_s=1e6) as user:
            _, row = user.push()
            await user.post(row)
            await {"stuck_at": stuck, "fail_at": failing}[name](user)

    run(check("stuck_at"))
    run(check("fail_at"))


def test_a_second_post_waits_for_its_turn() -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            await user.post(row)
            await user.to_post_page(row)
            await user.tap("post")
            await user.toast("Another video is being posted")
            assert user.has("post_root")

    run(check())


def test_a_full_phone_is_told() -> None:
    async def check() -> None:
        async with clips() as user:
            _, row = user.push()
            user.phone.fs.reserve(user.phone.fs.free - 1000)
            await user.share(row)
            await user.toast("Not enough storage on this phone")
            await user.gone("editor_root")

    run(check())


def test_slow_enough_to_watch() -> None:
    assert VIDEO_BYTES / SLOW > 2
