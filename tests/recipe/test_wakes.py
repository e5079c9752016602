"""What ends a pause of the watch, where the feed plays and where it stands still."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

from droidcancel.device import Device, connect
from droidcancel.recipe.wakes import IDLE_EVENTS, Wakes
from droidcancel.simulator.services_state import Notification
from tests.conftest import MakePhone, wait_until

CLIPS = "org.droidcancel.clips"


def _run(device: Device) -> Any:
    """What the pauses use of a run."""
    device.packages.start(CLIPS)
    wait_until(lambda: any("tab_home" in n.resource_id for n in device.ui.dump().nodes()))
    info = device.packages.require(CLIPS)
    return SimpleNamespace(device=device, package=CLIPS, info=info)


def test_a_screen_that_never_rests_tells_nothing_and_the_log_is_listened_to(
    make_phone: MakePhone,
) -> None:
    phone = make_phone(apps=("clips",))
    with connect(phone.serial) as device, Wakes(_run(device)) as wakes:
        for _ in range(IDLE_EVENTS):
            wakes.pause(0.5, until_event=True)
            assert wakes.source == "screen-events"
            wakes.looked(news=False)
        began = time.monotonic()
        wakes.pause(0.4, until_event=True)
        assert wakes.source is None
        assert time.monotonic() - began >= 0.4
        post = Notification(CLIPS, 7, "Posting")
        threading.Timer(
            0.2, lambda: phone.call(lambda: phone.phone.notifications.post(post))
        ).start()
        wakes.pause(10.0, until_event=True)
        assert wakes.source == "screen-log"
        assert time.monotonic() - began < 5.0


def test_a_change_of_the_screen_ends_a_pause_and_a_foreseen_moment_waits_for_none(
    make_phone: MakePhone,
) -> None:
    phone = make_phone(apps=("clips",), app_options={CLIPS: {"feed_plays": False}})
    with connect(phone.serial) as device, Wakes(_run(device)) as wakes:
        app: Any = phone.call(lambda: phone.phone.activities.app(CLIPS))
        for until_event, source in ((True, "screen-events"), (False, None)):
            change = threading.Timer(0.3, lambda: phone.call(app.refresh))
            change.start()
            wakes.pause(0.8, until_event=until_event)
            assert wakes.source == source
            change.join()
        wakes.rest(0.0)
        assert wakes.source is None
