"""The apps' uploader against the real cloud, through the phone's real link."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from typing import Any

import pytest

from droidcancel.simulator.cloud import Cloud, CloudBehaviour
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.upload import Upload, UploadPolicy
from tests.simulator.net import LEVELS, POLICY, UID, new_upload, online, run, until, video

ONE_TRY = UploadPolicy(retries=0, backoff_s=0.01, stalled_after_s=0.1, poll_s=0.01)


def sha256(size: int) -> str:
    return hashlib.sha256(video(size).read()).hexdigest()


def watched(upload: Upload) -> list[str]:
    """The states that the upload goes through."""
    seen: list[str] = []

    def note() -> None:
        if seen[-1:] != [upload.state]:
            seen.append(upload.state)

    upload.on_change(note)
    return seen


async def offline(phone: Phone) -> None:
    phone.connectivity.set_airplane(True)
    await until(lambda: phone.connectivity.active_network() is None)


def back_online(phone: Phone) -> None:
    phone.connectivity.set_airplane(False)


def test_a_video_arrives_whole_and_is_live() -> None:
    async def body() -> None:
        async with online(CloudBehaviour(commit_delay_s=0.03)) as (phone, cloud):
            upload = new_upload(phone, cloud, 300_001, visibility="private")
            seen = watched(upload)
            assert await upload.run() == "done"
            assert seen == ["creating", "uploading", "committing", "done"]
            assert upload.progress == 1.0
            (record,) = cloud.records
            assert (record.id, record.state) == (upload.video_id, "live")
            assert record.sha256 == sha256(300_001)
            assert (record.caption, record.visibility) == ("cats #dcABC123", "private")
            overhead = phone.netstats.tx(UID) / 300_001
            assert 1.02 < overhead < 1.08
            assert not phone.network.sockets

    run(body())


@pytest.mark.parametrize("api", LEVELS)
def test_bytes_stop_within_one_portion_of_the_cut(api: int) -> None:
    async def body() -> None:
        async with online(api=api, upload_bytes_per_s=3e6) as (phone, cloud):
            upload = new_upload(phone, cloud, 3_000_000)
            running = asyncio.ensure_future(upload.run())
            await until(lambda: upload.progress >= 0.1)
            await offline(phone)
            at_the_cut, counted = upload.sent, phone.netstats.tx(UID)
            await until(lambda: upload.state == "stalled")
            (record,) = cloud.records
            await until(lambda: record.events[-1].event == "cut")
            portion = phone.network.shaper.up.quantum()
            assert upload.sent - at_the_cut <= portion
            assert at_the_cut - portion <= record.received <= at_the_cut + portion
            assert phone.netstats.tx(UID) == counted
            back_online(phone)
            await until(lambda: upload.sent > at_the_cut)
            phone.network.shape(up=5e7)
            assert await running == "done"
            assert record.sha256 == sha256(3_000_000)

    run(body())


def test_progress_is_smooth() -> None:
    async def body() -> None:
        async with online(upload_bytes_per_s=1e6) as (phone, cloud):
            upload = new_upload(phone, cloud, 500_000)
            percents: list[int] = []
            upload.on_change(lambda: percents.append(int(upload.progress * 100)))
            await upload.run()
            steps = [b - a for a, b in itertools.pairwise(percents)]
            assert max(steps) <= 4
            assert len(set(percents)) > 40

    run(body())


def test_an_upload_never_counts_what_has_not_passed() -> None:
    async def body() -> None:
        async with online(upload_bytes_per_s=500_000) as (phone, cloud):
            upload = new_upload(phone, cloud, 250_000)
            running = asyncio.ensure_future(upload.run())
            start = asyncio.get_running_loop().time()
            while not running.done():
                await asyncio.sleep(0.005)
                elapsed = asyncio.get_running_loop().time() - start
                assert upload.sent <= 500_000 * (elapsed + 0.02) + 5_000
                if cloud.records:
                    assert cloud.records[0].received <= upload.sent + 5_000
            assert running.result() == "done"

    run(body())


@pytest.mark.parametrize("breaks", [1, 3])
def test_it_resumes_where_the_service_is(breaks: int) -> None:
    async def body() -> None:
        async with online(upload_bytes_per_s=2e6) as (phone, cloud):
            upload = new_upload(phone, cloud, 1_000_000)
            running = asyncio.ensure_future(upload.run())
            for number in range(breaks):
                await until(lambda n=number: upload.progress > 0.1 + 0.2 * n)
                phone.network.reset()
                await until(lambda n=number: cuts(cloud) > n)
            assert await running == "done"
            assert cuts(cloud) == breaks
            assert cloud.records[0].sha256 == sha256(1_000_000)
            assert len(cloud.records) == 1

    run(body())


def cuts(cloud: Cloud) -> int:
    return sum(event.event == "cut" for record in cloud.records for event in record.events)


def test_without_resume_on_reconnect_it_waits_for_its_backoff() -> None:
    async def body() -> None:
        async with online() as (phone, cloud):
            policy = UploadPolicy(backoff_s=60, resume_on_reconnect=False)
            upload = new_upload(phone, cloud, 500_000, policy)
            running = asyncio.ensure_future(upload.run())
            await until(lambda: upload.sent > 0)
            await offline(phone)
            back_online(phone)
            await until(lambda: phone.connectivity.active_network() is not None)
            await until(lambda: phone.connectivity.settled)
            assert upload.state == "stalled"
            assert not phone.network.sockets
            await upload.cancel()
            assert await running == "cancelled"

    run(body())


def test_it_gives_up_after_its_retries_and_may_be_run_again() -> None:
    async def body() -> None:
        async with online() as (phone, cloud):
            upload = new_upload(phone, cloud, 200_000, ONE_TRY)
            running = asyncio.ensure_future(upload.run())
            await until(lambda: upload.sent > 0)
            await offline(phone)
            assert await running == "failed"
            assert upload.error
            assert not upload.active
            back_online(phone)
            await until(lambda: phone.connectivity.active_network() is not None)
            assert await upload.run() == "done"
            assert cloud.records[0].sha256 == sha256(200_000)

    run(body())


def test_offline_from_the_start() -> None:
    async def body() -> None:
        async with online() as (phone, cloud):
            await offline(phone)
            upload = new_upload(phone, cloud, 10_000)
            running = asyncio.ensure_future(upload.run())
            await until(lambda: upload.state == "stalled")
            assert cloud.records == []
            back_online(phone)
            assert await running == "done"

    run(body())


def test_a_halted_link_shows_as_stalled_and_times_out() -> None:
    async def body() -> None:
        async with online() as (phone, cloud):
            policy = UploadPolicy(retries=0, io_timeout_s=0.3, stalled_after_s=0.1)
            upload = new_upload(phone, cloud, 500_000, policy)
            running = asyncio.ensure_future(upload.run())
            await until(lambda: upload.sent > 50_000)
            phone.network.shape(up=0)
            await until(lambda: upload.state == "stalled")
            phone.network.shape(up=1e6)
            await until(lambda: upload.state == "uploading")
            phone.network.shape(up=0)
            assert await running == "failed"
            assert upload.error is not None
            assert "timeout" in upload.error

    run(body())


# -- cancelling ------------------------------------------------------------------------------
def test_cancel_online_leaves_nothing_at_the_service() -> None:
    async def body() -> None:
        async with online() as (phone, cloud):
            upload = new_upload(phone, cloud, 2_000_000)
            running = asyncio.ensure_future(upload.run())
            await until(lambda: upload.progress > 0.05)
            assert await upload.cancel()
            assert await running == "cancelled"
            assert cloud.records[0].state == "terminated"
            assert await upload.cancel()
            assert await upload.run() == "cancelled"
            assert not phone.network.sockets

    run(body())


def test_cancel_offline_is_confirmed_later() -> None:
    async def body() -> None:
        async with online() as (phone, cloud):
            upload = new_upload(phone, cloud, 2_000_000)
            running = asyncio.ensure_future(upload.run())
            await until(lambda: upload.progress > 0.05)
            await offline(phone)
            assert not await upload.cancel()
            assert await running == "cancelled"
            assert upload.unconfirmed_cancel
            assert cloud.records[0].state == "partial"
            saved = json.loads(json.dumps(upload.to_dict()))
            back_online(phone)
            await until(lambda: phone.connectivity.active_network() is not None)
            again = Upload.restore(phone, UID, video(2_000_000), cloud.token("alice"), saved)
            assert again.state == "cancelled"
            assert await again.confirm_cancel()
            assert cloud.records[0].state == "terminated"

    run(body())


def test_cancel_before_anything_was_made() -> None:
    async def body() -> None:
        async with online() as (phone, cloud):
            upload = new_upload(phone, cloud, 1000)
            assert await upload.cancel()
            assert await upload.run() == "cancelled"
            assert cloud.records == []

    run(body())


@pytest.mark.parametrize("defect", [False, True])
def test_cancel_while_the_service_commits(defect: bool) -> None:
    async def body() -> None:
        behaviour = CloudBehaviour(commit_delay_s=0.15, commit_beats_cancel=defect)
        async with online(behaviour) as (phone, cloud):
            upload = new_upload(phone, cloud, 10_000)
            running = asyncio.ensure_future(upload.run())
            await until(lambda: upload.video_id is not None)
            assert upload.state == "committing"
            assert await upload.cancel()
            assert await running == "cancelled"
            if defect:
                await until(lambda: cloud.records[0].state == "live")
            else:
                assert cloud.records[0].state == "terminated"

    run(body())


def test_a_commit_goes_on_without_the_phone() -> None:
    async def body() -> None:
        async with online(CloudBehaviour(commit_delay_s=0.1)) as (phone, cloud):
            upload = new_upload(phone, cloud, 10_000)
            running = asyncio.ensure_future(upload.run())
            await until(lambda: upload.video_id is not None)
            await offline(phone)
            assert not await upload.cancel()
            await running
            await until(lambda: cloud.records[0].state == "live")
            back_online(phone)
            await until(lambda: phone.connectivity.active_network() is not None)
            assert not await upload.confirm_cancel(), "too late: the video is live"
            assert upload.state == "done"

    run(body())


# -- restarts and trouble ----------------------------------------------------------------------
def test_it_goes_on_after_the_app_was_killed() -> None:
    async def body() -> None:
        async with online(upload_bytes_per_s=2e6) as (phone, cloud):
            process = phone.processes.start("app", uid=UID)
            upload = new_upload(phone, cloud, 600_000)
            process.spawn(upload.run())
            await until(lambda: upload.progress > 0.2)
            saved: dict[str, Any] = json.loads(json.dumps(upload.to_dict()))
            phone.processes.end(process)
            await until(lambda: cuts(cloud) == 1)
            assert not phone.network.sockets
            received = cloud.records[0].received
            again = Upload.restore(phone, UID, video(600_000), cloud.token("alice"), saved, POLICY)
            assert again.state == "queued"
            assert await again.run() == "done"
            assert len(cloud.records) == 1
            assert cloud.records[0].sha256 == sha256(600_000)
            assert received > 0

    run(body())


def test_an_upload_that_the_service_forgot_begins_anew() -> None:
    async def body() -> None:
        async with online() as (phone, cloud):
            upload = new_upload(phone, cloud, 50_000)
            upload.url = "/uploads/0123456789abcdef01234567"
            upload.sent = 20_000
            assert await upload.run() == "done"
            assert cloud.records[0].sha256 == sha256(50_000)

    run(body())


def test_a_session_that_ran_out_fails_at_once() -> None:
    async def body() -> None:
        async with online() as (phone, cloud):
            upload = new_upload(phone, cloud, 50_000)
            cloud.store.sign_out("alice")
            assert await upload.run() == "failed"
            assert upload.error is not None
            assert "401" in upload.error

    run(body())


@pytest.mark.parametrize("api", [33, 34, 36])
def test_the_apps_own_network_is_cut(api: int) -> None:
    async def body() -> None:
        async with online(api=api, upload_bytes_per_s=2e6) as (phone, cloud):
            upload = new_upload(phone, cloud, 1_000_000)
            running = asyncio.ensure_future(upload.run())
            await until(lambda: upload.progress > 0.1)
            phone.netpolicy.set_package_networking(UID, enabled=False)
            phone.netpolicy.set_chain3(True)
            counted = phone.netstats.tx(UID)
            await until(lambda: upload.state == "stalled")
            assert phone.netstats.tx(UID) == counted
            phone.netpolicy.set_chain3(False)
            assert await running == "done"
            assert cloud.records[0].sha256 == sha256(1_000_000)

    run(body())


def test_only_the_upload() -> None:
    async def body() -> None:
        async with online() as (phone, cloud):
            policy = UploadPolicy(commit=False)
            upload = new_upload(phone, cloud, 1000, policy)
            assert await upload.run() == "done"
            assert cloud.records[0].state == "partial"

    run(body())


def test_two_phones_share_a_cloud() -> None:
    async def body() -> None:
        async with online() as (one, cloud):
            two = Phone(one.options, cloud)
            two.connectivity.start()
            uploads = [new_upload(phone, cloud, 40_000) for phone in (one, two)]
            assert await asyncio.gather(*(u.run() for u in uploads)) == ["done", "done"]
            assert len({record.id for record in cloud.records}) == 2
            assert one.netstats.tx(UID) > 40_000 < two.netstats.tx(UID)

    run(body())
