"""Clips driven as a tester drives a phone: adb and uiautomator2's own client."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import adbutils
import pytest
import uiautomator2

from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.apps.clips import PACKAGE
from tests.conftest import wait_listed, wait_until

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # The client leaves the socket of a refused or killed server to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
TAG = "#dcab12cd"
VIDEO = random.Random(7).randbytes(900_000)


@pytest.fixture
def phone(adb_server: int) -> Iterator[Simulator]:
    options = PhoneOptions(
        upload_bytes_per_s=300_000.0, app_options={PACKAGE: {"feed_plays": True}}
    )
    with Simulator(options, emulator_port=False, adb_server=adb_server) as simulator:
        wait_listed(simulator.serial)
        yield simulator
        simulator.withdraw(adb_server)


@pytest.fixture
def d(phone: Simulator) -> Iterator[Any]:
    device = uiautomator2.connect(phone.serial)
    device.settings["wait_timeout"] = 8.0
    yield device
    device.stop_uiautomator()


def by_id(d: Any, name: str) -> Any:
    return d(resourceId=f"{PACKAGE}:id/{name}")


def share(phone: Simulator, tmp_path: Path) -> None:
    """Push a video, have it scanned, share it to the app."""
    device = adbutils.adb.device(phone.serial)
    local = tmp_path / "day.mp4"
    local.write_bytes(VIDEO)
    device.sync.push(local, "/sdcard/Movies/day.mp4")
    device.shell("content call --uri content://media --method scan_volume --arg external_primary")
    row = phone.call(lambda: phone.phone.media.videos()[0])
    out = device.shell(
        f"am start -a android.intent.action.SEND -t video/mp4 -d {row.uri} "
        f"--eu android.intent.extra.STREAM {row.uri} --grant-read-uri-permission -p {PACKAGE}"
    )
    assert "Error" not in out


def post(phone: Simulator, d: Any, tmp_path: Path) -> None:
    share(phone, tmp_path)
    by_id(d, "editor_next").click()
    by_id(d, "caption").set_text(f"A day {TAG}")
    by_id(d, "post").click()
    assert by_id(d, "upload_banner").wait(timeout=8)


def test_a_post_goes_live(phone: Simulator, d: Any, tmp_path: Path) -> None:
    post(phone, d, tmp_path)
    assert d(text="Posting...").exists
    wait_until(lambda: phone.cloud.records and phone.cloud.records[0].state == "live")
    record = phone.cloud.records[0]
    assert record.caption == f"A day {TAG}"
    assert record.sha256 == hashlib.sha256(VIDEO).hexdigest()
    d(description="Profile").click()
    by_id(d, "video_cell").click()
    assert by_id(d, "desc").get_text() == f"A day {TAG}"


def test_an_upload_is_cancelled_in_the_app(phone: Simulator, d: Any, tmp_path: Path) -> None:
    post(phone, d, tmp_path)
    by_id(d, "upload_cancel").click()
    d(text="Discard").click()
    assert by_id(d, "upload_banner").wait_gone(timeout=8)
    wait_until(lambda: phone.cloud.records[0].state == "terminated")
    assert phone.cloud.records[0].received < len(VIDEO)


def test_airplane_mode_by_shell_stops_it(phone: Simulator, d: Any, tmp_path: Path) -> None:
    post(phone, d, tmp_path)
    d.shell("cmd connectivity airplane-mode enable")
    assert d(text="Waiting for network...").wait(timeout=8)
    received = phone.cloud.records[0].received
    d.app_stop(PACKAGE)
    d.shell("cmd connectivity airplane-mode disable")
    d.app_start(PACKAGE)
    assert d(text="Couldn't post video").wait(timeout=8)
    assert phone.cloud.records[0].received == received < len(VIDEO)
