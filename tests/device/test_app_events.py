"""What tells of a change of an app: accessibility events of its screen, and the system's log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from droidcancel.device import Device, connect
from droidcancel.device.app_events import AppEvents, event_of
from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.services_state import Notification
from tests.conftest import wait_until
from tests.device.conftest import Boot

CLIPS = "org.droidcancel.clips"
STILL = {CLIPS: {"feed_plays": False}}


@pytest.mark.parametrize(
    ("line", "event"),
    [
        # of phones: Android 8 (datalogic), 17 (emulator), 8 (StatService)
        (
            "I/notification_enqueue( 1508): [1000,7214,com.example.app,1337,NULL,0,Notification("
            "channel=myChannel shortcut=null contentView=null vibrate=null sound=null "
            "defaults=0x0 flags=0x18 color=0x00000000 vis=PRIVATE),0]",
            "notification_enqueue",
        ),
        (
            "I/am_foreground_service_start(  623): [0,com.example.app/.bg.UploadService,1,"
            "PROC_STATE_PERSISTENT,37,37,0,0,0,1,UNKNOWN,1024]",
            "am_foreground_service_start",
        ),
        ("I/am_create_service( 7361): [0,111484394,.StatService,10094,7769]", "am_create_service"),
        ("I/am_create_service( 7361): [0,10094,.StatService,10095,7769]", None),
        ("I/notification_enqueue( 1508): [1000,7214,com.example.app.two,1,NULL,0,x,0]", None),
        ("I/am_proc_start(  623): [0,1879,10094,com.example.app,service,{x}]", None),
        ("I/notification_enqueue( 1508): [1000]", None),
        ("--------- beginning of events", None),
    ],
)
def test_a_line_of_the_log_is_of_an_app(line: str, event: str | None) -> None:
    assert event_of(line, "com.example.app", 10094) == event


@pytest.mark.parametrize("api", [28, 34])
def test_the_log_tells_of_notifications_and_services_of_an_app(boot: Boot, api: int) -> None:
    sim = boot(PhoneOptions(api=api, app_options=STILL))
    told: list[str] = []
    with connect(sim.serial) as device:
        device.packages.start(CLIPS)
        uid = device.packages.require(CLIPS).uid
        with AppEvents(device.shell, CLIPS, uid, told.append) as events:
            sim.call(lambda: _in_the_background(sim))
            wait_until(lambda: "notification_cancel" in told)
            assert not events.over.is_set()
    began = ["am_create_service", "am_foreground_service_start"]
    ended = ["notification_cancel", "am_foreground_service_stop"]
    expected = [*began, "notification_enqueue", *ended]
    if api < 31:  # nothing in the log tells that a service came to the foreground
        expected = [tag for tag in expected if "foreground" not in tag]
    wait_until(lambda: told == expected, what=str(told))
    assert events.over.is_set()


def _in_the_background(sim: Simulator) -> None:
    app: Any = sim.phone.app_processes.get(CLIPS)
    app.start_foreground(Notification(CLIPS, 7, "Posting", "12%", channel="upload", ongoing=True))
    sim.phone.notifications.post(Notification("com.android.systemui", 1, "Not the app's"))
    app.stop_foreground(7)


def test_the_log_tells_no_text(boot: Boot) -> None:
    sim = boot(PhoneOptions(api=34, app_options=STILL))
    with connect(sim.serial) as device:
        device.packages.start(CLIPS)
        sim.call(lambda: _in_the_background(sim))
        log = device.shell.text(["logcat", "-b", "events", "-d", "-v", "tag"])
        assert "12%" not in log
        assert "am_foreground_service_start: [0,org.droidcancel.clips/" in log
        assert "notification" not in device.shell.text(["logcat", "-d"])


def test_a_change_of_the_screen_is_waited_for(boot: Boot) -> None:
    sim = boot(PhoneOptions(api=34, app_options=STILL))
    with connect(sim.serial) as device:
        _open(device)
        assert device.ui.wait_for_change(CLIPS, 0.3) is False, "nothing changed"
        app: Any = sim.call(lambda: sim.phone.app_processes.get(CLIPS))
        assert _told(device, lambda: sim.call(app.refresh)) is True
        toast = _told(device, lambda: sim.call(lambda: app.toast("Hello")))
        assert toast is False, "a toast is no content of the app's"
        sim.call(app.refresh)  # before the call: the next one hears of it no more
        threading.Event().wait(0.15)
        assert device.ui.wait_for_change(CLIPS, 0.2) is False
        device.ui.press("home")
        wait_until(lambda: device.ui.wait_for_change(CLIPS, 0.0) is False)
        began = time.monotonic()
        assert device.ui.wait_for_change(CLIPS, 5.0) is False, "another app is in front"
        assert time.monotonic() - began < 4.0


def _open(device: Device) -> None:
    device.packages.start(CLIPS)
    wait_until(lambda: any("tab_home" in n.resource_id for n in device.ui.dump().nodes()))


def _told(device: Device, change: Callable[[], object]) -> bool | None:
    """Whether a change that comes while it is waited for is told of."""
    answers: list[bool | None] = []
    waiter = threading.Thread(target=lambda: answers.append(device.ui.wait_for_change(CLIPS, 1.0)))
    waiter.start()
    waiter.join(0.3)  # the call has reached the phone
    assert waiter.is_alive(), answers
    change()
    waiter.join()
    return answers[0]


def test_a_video_that_plays_tells_of_changes_without_an_end(boot: Boot) -> None:
    sim = boot(PhoneOptions(api=34))
    with connect(sim.serial) as device:
        _open(device)
        assert all(device.ui.wait_for_change(CLIPS, 1.0) for _ in range(3))
