"""Clips: options, named builds, and the defects of uploading."""

from __future__ import annotations

import asyncio

import pytest

from droidcancel.simulator.apps.clips import (
    BUILDS,
    PACKAGE,
    behaviour_of,
    cloud_behaviour_of,
)
from droidcancel.simulator.apps.clips.redesign import REWORDED, shrunk
from droidcancel.simulator.apps.clips.strings import STRINGS
from droidcancel.simulator.cloud import CloudBehaviour
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.phone import Phone
from tests.simulator.clips_phone import clips, run

FAST = 4e6


def options(build: str = "good", **app: object) -> PhoneOptions:
    return PhoneOptions(app_build=build, app_options={PACKAGE: app})


@pytest.mark.parametrize("name", BUILDS)
def test_every_build_is_well_formed(name: str) -> None:
    behaviour_of(options(name))
    cloud_behaviour_of(options(name))
    assert BUILDS[name].description


def test_the_good_build_changes_nothing() -> None:
    assert not BUILDS["good"].behaviour
    assert cloud_behaviour_of(options()) == CloudBehaviour()


@pytest.mark.parametrize(
    ("build", "app", "words"),
    [
        ("goood", {}, "did you mean 'good'"),
        ("good", {"wait": 3}, "did you mean 'wait_s'"),
        ("good", {"upload_in": "cloud"}, "upload_in must be"),
        ("good", {"popups": ("none",)}, "popups are"),
        ("good", {"stuck_at": 40}, "are 0 to 1"),
    ],
)
def test_what_there_is_not_is_refused(build: str, app: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Phone(options(build, **app))


def test_options_change_a_build() -> None:
    changed = behaviour_of(options("resumes-at-start", wait_s=1.5))
    assert (changed.resume_at_start, changed.wait_s) == (True, 1.5)


def test_a_redesign_renames_what_is_tapped_and_rewords_some_of_it() -> None:
    async def check() -> None:
        async with clips(app_build="redesigned") as user:
            await user.launch()
            await user.see("feed_root")  # layouts keep their names
            nodes = [node for node in user.nodes() if node.get("package") == PACKAGE]
            ids = {node.get("resource-id").rpartition("/")[2] for node in nodes}
            assert not ids & {"tab_home", "tab_profile", "tab_create"}
            assert shrunk("tab_profile", "r4") in ids
            words = {node.get("content-desc") for node in nodes}
            assert {"Home", "Your profile"} <= words
            assert "Profile" not in words

    run(check())


def test_a_build_may_lack_a_button() -> None:
    async def check() -> None:
        async with clips(app={"without": ["tab_create"]}) as user:
            await user.launch()
            await user.see("tab_home")
            ids = {node.get("resource-id").rpartition("/")[2] for node in user.nodes()}
            assert "tab_inbox" in ids
            assert "tab_create" not in ids

    run(check())


def test_another_salt_gives_other_names_and_rewordings_are_of_real_texts() -> None:
    names = {f"view_{number}" for number in range(300)}
    assert len({shrunk(name, "a") for name in names}) > 295
    assert all(shrunk(name, "a") != shrunk(name, "b") for name in names)
    for language, texts in REWORDED.items():
        assert texts.keys() <= STRINGS[language].keys()
        assert all(STRINGS[language][name] != words for name, words in texts.items())


def test_resumes_on_network() -> None:
    async def check() -> None:
        async with clips(app_build="resumes-on-network", app={"wait_s": 0.2}) as user:
            data, row = user.push()
            await user.post(row)
            await user.progress(10)
            user.phone.connectivity.set_airplane(True)
            await user.see("upload_retry")
            user.phone.network.shape(up=FAST)
            user.phone.connectivity.set_airplane(False)
            await user.live_video(data)

    run(check())


def test_resumes_at_start() -> None:
    async def check() -> None:
        async with clips(app_build="resumes-at-start") as user:
            data, row = user.push()
            await user.post(row)
            await user.progress(10)
            user.phone.network.shape(up=FAST)
            await user.restart()
            await user.live_video(data)

    run(check())


@pytest.mark.parametrize(("build", "comes_back"), [("good", False), ("resumes-after-boot", True)])
def test_after_a_reboot(build: str, comes_back: bool) -> None:
    async def check() -> None:
        async with clips(app_build=build) as user:
            data, row = user.push()
            await user.post(row)
            await user.progress(10)
            user.phone.network.shape(up=FAST)
            await user.phone.reboot()
            if comes_back:
                await user.live_video(data)
            else:
                await asyncio.sleep(0.5)
                assert not user.live()

    run(check())


def test_a_job_goes_on_without_the_app() -> None:
    async def check() -> None:
        async with clips(app_build="job-upload", app={"job_backoff_s": 0.3}) as user:
            data, row = user.push()
            await user.post(row)
            await user.progress(10)
            assert [job.id for job in user.phone.jobs.list(PACKAGE)] == [1]
            task = user.phone.activities.front
            assert task is not None
            user.phone.activities.remove_task(task.id)
            user.phone.network.shape(up=FAST)
            assert user.phone.processes.by_package(PACKAGE) == []
            await user.live_video(data)
            await user.until(lambda: not user.phone.jobs.list(PACKAGE))

    run(check())


def test_cancel_hides() -> None:
    async def check() -> None:
        async with clips(app_build="cancel-hides") as user:
            data, row = user.push()
            await user.post(row)
            await user.progress(10)
            await user.tap("upload_cancel")
            await user.tap("discard_confirm")
            await user.gone("upload_banner")
            user.phone.network.shape(up=FAST)
            await user.live_video(data)

    run(check())


def test_wrong_visibility() -> None:
    async def check() -> None:
        async with clips(app_build="wrong-visibility", upload_bytes_per_s=FAST) as user:
            data, row = user.push()
            await user.to_post_page(row)
            await user.tap("visibility")
            await user.tap("visibility_only_me")
            await user.tap("post")
            assert (await user.live_video(data)).visibility == "public"

    run(check())


def test_retry_twice() -> None:
    async def check() -> None:
        async with clips(app_build="retry-twice", app={"wait_s": 0.2}) as user:
            _, row = user.push()
            await user.post(row)
            await user.progress(10)
            user.phone.connectivity.set_airplane(True)
            await user.see("upload_retry")
            user.phone.network.shape(up=FAST)
            user.phone.connectivity.set_airplane(False)
            await user.until(user.phone.connectivity.active_network)
            await user.tap("upload_retry")
            await user.until(lambda: len(user.live()) == 2)

    run(check())


def test_frozen_progress() -> None:
    async def check() -> None:
        async with clips(app_build="frozen-progress", upload_bytes_per_s=200_000.0) as user:
            data, row = user.push()
            await user.post(row)
            await user.progress(12)
            await asyncio.sleep(0.4)
            assert user.text("upload_progress") == "12%"
            assert user.records[0].received > 0.2 * len(data)

    run(check())


def test_false_failure() -> None:
    async def check() -> None:
        async with clips(app_build="false-failure", upload_bytes_per_s=FAST) as user:
            data, row = user.push()
            await user.post(row)
            await user.see("upload_retry")
            await user.live_video(data)

    run(check())


def test_wifi_returns() -> None:
    async def check() -> None:
        app = {"wifi_returns_after_s": 0.1}
        async with clips(app_build="wifi-returns", app=app) as user:
            data, row = user.push()
            await user.post(row)
            user.phone.connectivity.set_airplane(True)
            await user.until(lambda: not user.phone.connectivity.wifi.connected)
            await user.until(lambda: user.phone.connectivity.wifi.connected)
            assert user.phone.connectivity.airplane
            user.phone.network.shape(up=FAST)
            await user.live_video(data)

    run(check())


def test_data_saver_ignored() -> None:
    async def check() -> None:
        async with clips(
            app_build="data-saver-ignored", app={"data_saver": True}, upload_bytes_per_s=FAST
        ) as user:
            data, row = user.push()
            user.phone.connectivity.set_wifi(False)
            await user.until(lambda: not user.phone.connectivity.wifi.enabled)
            await user.post(row)
            await user.live_video(data)

    run(check())


def test_defects_at_the_cloud() -> None:
    async def check() -> None:
        async with clips(app_build="live-on-partial") as user:
            _, row = user.push()
            await user.post(row)
            await user.progress(20)
            user.phone.activities.force_stop(PACKAGE)
            await user.until(user.live)
            assert user.live()[0].received < user.live()[0].size

    run(check())
