"""What ends a pause of the watch, and how long a look is as good as a new one."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from droidcancel.apps.profile import AppProfile
from droidcancel.device import Device, connect
from droidcancel.recipe.engine import opened
from droidcancel.recipe.load import load_recipe
from droidcancel.recipe.navigate import open_app
from droidcancel.recipe.wakes import IDLE_EVENTS, Wakes
from droidcancel.simulator.services_state import Notification
from tests.conftest import MakePhone, wait_until
from tests.recipe.conftest import MakeLab

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
        app: Any = phone.call(lambda: phone.phone.app_processes.get(CLIPS))
        for until_event, source in ((True, "screen-events"), (False, None)):
            change = threading.Timer(0.3, lambda: phone.call(app.refresh))
            change.start()
            wakes.pause(0.8, until_event=until_event)
            assert wakes.source == source
            change.join()
        wakes.rest(0.0)
        assert wakes.source is None


def test_a_look_is_as_good_as_a_new_one_until_something_is_done(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("droidcancel.recipe.run.RECENT_S", 5.0)
    lab = make_lab()
    loaded = load_recipe("cancel_force_stop", {"video": str(lab.video)})
    with opened(loaded, lab.device, AppProfile.load("clips")) as engine:
        run = engine.context
        look = open_app(run)
        assert run.recent_look() is look
        assert run.device.packages.running(run.package)
        assert run.recent_look() is look, "what only reads changes nothing"
        for act in (
            lambda: run.device.ui.press("home"),
            lambda: run.device.shell.run(["input", "keyevent", "4"]),
            lambda: run.device.packages.force_stop(run.package),
            lambda: run.start_app(),
        ):
            before = run.recent_look()
            act()
            assert run.recent_look() is not before
        last = run.recent_look()
        monkeypatch.setattr("droidcancel.recipe.run.RECENT_S", 0.0)
        assert run.recent_look() is not last, "too old"
