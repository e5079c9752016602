"""Forms of phones: gestures from the edges, foldables, a screen that goes off by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from droidcancel.simulator import PhoneOptions
from tests.conftest import MakePhone, run_adb, wait_until


def sh(phone: Any, *words: str) -> str:
    out: str = run_adb("-s", phone.serial, "shell", *words).stdout.decode()
    return out.replace("\r\n", "\n").strip()


def focus(phone: Any) -> str:
    return sh(phone, "dumpsys", "window", "|", "grep", "mCurrentFocus")


def swipe(phone: Any, *numbers: int) -> None:
    sh(phone, "input", "swipe", *map(str, numbers))


def in_settings(phone: Any) -> None:
    sh(phone, "am", "start", "-a", "android.settings.SETTINGS")
    wait_until(lambda: "com.android.settings" in focus(phone), what="the Settings app")


def test_gestures_from_the_edges(make_phone: MakePhone) -> None:
    phone = make_phone(api=34, navigation="gesture")
    assert sh(phone, "settings", "get", "secure", "navigation_mode") == "2"
    dump = sh(phone, "uiautomator", "dump", "/dev/tty")
    assert "com.android.systemui:id/back" not in dump
    in_settings(phone)
    swipe(phone, 540, 1500, 540, 900, 200)  # away from the edges: the list scrolls
    swipe(phone, 1000, 1200, 600, 1200, 200)
    assert "com.android.settings" in focus(phone)
    swipe(phone, 5, 1200, 600, 1200, 150)
    wait_until(lambda: "launcher" in focus(phone), what="Back from the left edge")
    in_settings(phone)
    swipe(phone, 1075, 1200, 600, 1200, 150)
    wait_until(lambda: "launcher" in focus(phone), what="Back from the right edge")
    in_settings(phone)
    swipe(phone, 540, 2395, 540, 1200, 150)
    wait_until(lambda: "launcher" in focus(phone).lower(), what="Home from the bottom")
    in_settings(phone)
    swipe(phone, 540, 2395, 540, 1400, 900)
    wait_until(lambda: "recents" in focus(phone).lower(), what="the recents from the bottom")


def test_with_buttons_an_edge_is_the_apps(make_phone: MakePhone) -> None:
    phone = make_phone(api=34)
    assert sh(phone, "settings", "get", "secure", "navigation_mode") == "0"
    in_settings(phone)
    swipe(phone, 5, 1200, 600, 1200, 150)
    assert "com.android.settings" in focus(phone)


def test_a_foldable_is_closed_and_opened(make_phone: MakePhone) -> None:
    phone = make_phone(api=34, width=2208, height=1840, folded_width=1080, folded_height=2092)
    assert sh(phone, "wm", "size") == "Physical size: 2208x1840"
    assert sh(phone, "cmd", "device_state", "print-states-simple") == "0,2"
    assert sh(phone, "cmd", "device_state", "state", "0") == ""
    assert sh(phone, "cmd", "device_state", "print-state") == "0"
    assert sh(phone, "wm", "size") == "Physical size: 1080x2092"
    assert 'bounds="[0,0][1080,2092]"' in sh(phone, "uiautomator", "dump", "/dev/tty")
    assert "Invalid state 7" in sh(phone, "cmd", "device_state", "state", "7", "2>&1")
    sh(phone, "cmd", "device_state", "state", "reset")
    assert "identifier=2, name='OPENED'" in sh(phone, "cmd", "device_state", "state")
    assert sh(phone, "wm", "size") == "Physical size: 2208x1840"
    fixed = make_phone(api=30)
    assert "Can't find service: device_state" in sh(fixed, "cmd", "device_state", "state", "2>&1")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"navigation": "pedals"}, "navigation must be 'buttons' or 'gesture'"),
        ({"navigation": "gesture", "api": 28}, "came with Android 10"),
        ({"folded_width": 1080}, "needs folded_width and folded_height"),
        ({"folded_width": 10, "folded_height": 10}, "needs folded_width and folded_height"),
    ],
)
def test_forms_that_there_are_not(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        PhoneOptions(**options)


def test_the_screen_goes_off_by_itself(make_phone: MakePhone) -> None:
    phone = make_phone(api=34)

    def off() -> bool:
        return "mWakefulness=Asleep" in sh(phone, "dumpsys", "power")

    async def never_off(seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end and phone.phone.power.screen_on:
            await phone.phone.input.tap(500, 1200)
            await asyncio.sleep(0.05)
        return bool(phone.phone.power.screen_on)

    sh(phone, "settings", "put", "system", "screen_off_timeout", "700")
    assert phone.run(never_off(1.5))  # somebody touches it
    wait_until(off, what="the screen to go off")
    sh(phone, "svc", "power", "stayon", "usb")
    assert not off()
    assert phone.run(_stays(phone, 1.2))
    sh(phone, "dumpsys", "battery", "unplug")
    wait_until(off, what="the screen to go off on battery")
    sh(phone, "settings", "put", "system", "screen_off_timeout", "nonsense")
    sh(phone, "input", "keyevent", "224")
    assert phone.run(_stays(phone, 0.3))


async def _stays(phone: Any, seconds: float) -> bool:
    """Whether the screen is still on after as long: nothing here wakes it."""
    await asyncio.sleep(seconds)
    return bool(phone.phone.power.screen_on)
