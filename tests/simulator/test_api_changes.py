"""What commands change on each Android from 7.0 to 17, and how they tell.

The number at the start of a docstring is the section of the collected Android facts.
"""

from __future__ import annotations

import re

import pytest

from tests.simulator.android_phone import PKG, Lab, asynchronous, lab, until

LEVELS = range(24, 38)
VIDEOS = "content://media/external/video/media"


async def setting(it: Lab, key: str, namespace: str = "global") -> str:
    return (await it.out(f"settings get {namespace} {key}")).strip()


async def said(it: Lab, command: str) -> tuple[str, str, int]:
    done = await it.sh(command)
    return done.stdout, done.stderr, done.status


def online(it: Lab) -> bool:
    return it.phone.connectivity.active_network() is not None


@pytest.mark.parametrize("api", LEVELS)
def test_airplane_mode(api: int) -> None:
    """1.2, 1.3: silent, idempotent, asynchronous; the setting alone only looks switched."""

    @asynchronous
    async def body() -> None:
        async with lab(api=api) as it:
            await it.out("settings put global airplane_mode_on 1")
            assert online(it)
            if api < 28:
                return
            assert await said(it, "cmd connectivity airplane-mode") == ("enabled\n", "", 0)
            await it.out("settings put global airplane_mode_on 0")
            for word, setting_, up in (("enable", "1", False), ("disable", "0", True)) * 2:
                assert await said(it, f"cmd connectivity airplane-mode {word}") == ("", "", 0)
                assert await said(it, f"cmd connectivity airplane-mode {word}") == ("", "", 0)
                assert await setting(it, "airplane_mode_on") == setting_
                await until(lambda up=up: online(it) is up)  # type: ignore[misc]

    body()


@pytest.mark.parametrize("api", range(28, 38))
def test_wifi_in_airplane_mode(api: int) -> None:
    """1.4: 3 is off by airplane mode, 2 is on in it; from 13 on the choice is remembered."""

    @asynchronous
    async def body() -> None:
        wifi = "cmd wifi set-wifi-enabled enabled" if api >= 30 else "svc wifi enable"
        net = "cmd connectivity airplane-mode"
        async with lab(api=api) as it:

            async def reaches(value: str) -> None:
                while await setting(it, "wifi_on") != value:
                    pass

            await it.out(f"{net} enable")
            await reaches("3")
            assert await said(it, wifi) == ("", "", 0)
            await reaches("2")
            remembered = await setting(it, "wifi_apm_state", "secure")
            assert remembered == ("1" if 33 <= api <= 36 else "null")
            await it.out(f"{net} disable")
            await reaches("1")
            await it.out(f"{net} enable")
            await reaches("2" if api >= 33 else "3")

    body()


@pytest.mark.parametrize("api", LEVELS)
def test_wifi_and_data_switches(api: int) -> None:
    """2: `svc` up to 16, `cmd` from 11 on; both silent. Either network keeps the phone online."""

    @asynchronous
    async def body() -> None:
        ways = [("svc wifi {}able", "svc data {}able")] if api <= 36 else []
        if api >= 30:
            ways.append(("cmd wifi set-wifi-enabled {}abled", "cmd phone data {}able"))
        async with lab(api=api) as it:
            for wifi, data in ways:
                assert await said(it, wifi.format("dis")) == ("", "", 0)
                assert await setting(it, "wifi_on") == "0"
                assert online(it)
                assert await said(it, data.format("dis")) == ("", "", 0)
                assert await setting(it, "mobile_data1") == "0"
                await until(lambda: not online(it))
                assert await said(it, data.format("en")) == ("", "", 0)
                assert await said(it, wifi.format("en")) == ("", "", 0)
                await until(lambda: len(it.phone.connectivity.networks()) == 2)
            await it.out("settings put global mobile_data 0; settings put global mobile_data1 0")
            assert it.phone.connectivity.data_enabled  # the setting alone does nothing

    body()


@pytest.mark.parametrize("api", range(33, 38))
def test_one_apps_network(api: int) -> None:
    """5.2: the words, and the order of the two commands."""

    @asynchronous
    async def body() -> None:
        net = "cmd connectivity"
        async with lab(api=api) as it:
            uid = it.phone.packages.get(PKG).uid  # type: ignore[union-attr]
            denied = await said(it, f"{net} set-package-networking-enabled false {PKG}")
            assert denied == (f"Disabled networking for {PKG}, appId {uid}\n", "", 0)
            assert await it.out(f"{net} get-package-networking-enabled {PKG}") == f"{PKG}:deny\n"
            assert not it.phone.netpolicy.denied(uid)
            assert await said(it, f"{net} set-chain3-enabled true") == ("", "", 0)
            assert await it.out(f"{net} get-chain3-enabled") == "chain:enabled\n"
            assert it.phone.netpolicy.denied(uid)
            await it.phone.reboot()
            assert await it.out(f"{net} get-chain3-enabled") == "chain:disabled\n"

    body()


@pytest.mark.parametrize("api", LEVELS)
def test_data_saver(api: int) -> None:
    """5.1: the policies of a uid, Data Saver, and a metered Wi-Fi, whose -1 is a success."""

    @asynchronous
    async def body() -> None:
        async with lab(api=api) as it:
            assert await said(it, "cmd netpolicy set restrict-background true") == ("", "", 0)
            assert "Restrict background: true\n" in await it.out("dumpsys netpolicy")
            assert await said(it, "cmd netpolicy set restrict-background off") == ("", "", 0)
            assert "disabled" in await it.out("cmd netpolicy get restrict-background")
            metered = await said(it, "cmd netpolicy set metered-network AndroidWifi true")
            assert metered == ("", "", 0 if api < 28 else 255)
            assert await it.out("cmd netpolicy list wifi-networks") == "AndroidWifi;true\n"
            assert "wlan0" in await it.out("dumpsys netpolicy | grep '^Metered i'")
            await it.out("cmd netpolicy add restrict-background-blacklist 10123")
            listed = await it.out("cmd netpolicy list restrict-background-blacklist")
            assert listed == "Restrict background blacklisted UIDs: 10123 \n"
            await it.out("cmd netpolicy add restrict-background-whitelist 10123")
            listed = await it.out("cmd netpolicy list restrict-background-blacklist")
            assert listed == "Restrict background blacklisted UIDs: none\n\n"  # overwritten

    body()


@pytest.mark.parametrize("api", LEVELS)
def test_a_video_becomes_known(api: int) -> None:
    """7: scan_file from 11 on; up to 16 the broadcast too, which tells nothing."""

    @asynchronous
    async def body() -> None:
        query = f"content query --uri {VIDEOS} --projection _display_name:_size"
        async with lab(api=api) as it:
            it.video("/sdcard/Movies/one.mp4")
            if api >= 30:
                path = "/storage/emulated/0/Movies/one.mp4"
                scan = f"content call --uri content://media --method scan_file --arg {path}"
                found = await it.out(scan)
                assert re.fullmatch(
                    r"Result: Bundle\[\{android.intent.extra.STREAM="
                    r"content://media/external_primary/video/media/\d+\}\]\n", found)  # fmt: skip
                assert "_display_name=one.mp4, _size=" in await it.out(query)
            it.video("/sdcard/Movies/two.mp4")
            sent = await it.out(
                "am broadcast -a android.intent.action.MEDIA_SCANNER_SCAN_FILE "
                "-d file:///sdcard/Movies/two.mp4"
            )
            assert sent.endswith("Broadcast completed: result=0\n")
            if api < 37:
                while "two.mp4" not in await it.out(query):
                    pass

    body()


@pytest.mark.parametrize("api", LEVELS)
def test_force_stop_and_swipe(api: int) -> None:
    """3: a force-stop sets the mark and is silent; a removed task does not, by its stack's or its
    own number."""

    @asynchronous
    async def body() -> None:
        async with lab(api=api) as it:
            await it.start()
            assert await said(it, f"am force-stop {PKG}") == ("", "", 0)
            assert "stopped=true" in await it.out(f"dumpsys package {PKG}")
            assert (await said(it, f"pidof {PKG}"))[2] == 1
            await it.start()
            assert "stopped=false" in await it.out(f"dumpsys package {PKG}")
            if api < 29:
                return  # all full-screen tasks share a stack
            text = await it.out("am stack list")
            task = re.search(rf"taskId=(\d+): {PKG}", text)
            stack = re.search(rf"id=(\d+)(?:(?!\n\S).)*?{PKG}", text, re.DOTALL)
            assert task is not None
            assert stack is not None
            number = (task if api >= 31 else stack)[1]
            assert await said(it, f"am stack remove {number}") == ("", "", 0)
            assert PKG not in await it.out("am stack list")
            assert "stopped=false" in await it.out(f"dumpsys package {PKG}")

    body()


@pytest.mark.parametrize("api", LEVELS)
def test_suspended_and_granted(api: int) -> None:
    """5.3, 11."""

    @asynchronous
    async def body() -> None:
        async with lab(api=api) as it:
            suspended = await it.out(f"pm suspend {PKG}")
            assert suspended == f"Package {PKG} new suspended state: true\n"
            await it.out(f"pm unsuspend {PKG}")
            assert await said(it, f"cmd appops set {PKG} RUN_ANY_IN_BACKGROUND ignore") == (
                "",
                "",
                0,
            )
            if api >= 33:
                await it.out(f"cmd locale set-app-locales {PKG} --user current --locales pt-BR")
                assert "[pt-BR]" in await it.out(f"cmd locale get-app-locales {PKG} --user current")

    body()


@pytest.mark.parametrize("api", LEVELS)
def test_a_reboot(api: int) -> None:
    """8: another boot id; with a PIN the user's storage is closed until it is given."""

    @asynchronous
    async def body() -> None:
        async with lab(api=api, quirks=("pin-lock",)) as it:
            before = await it.out("cat /proc/sys/kernel/random/boot_id")
            await it.phone.reboot()
            assert await it.out("cat /proc/sys/kernel/random/boot_id") != before
            assert await it.out("am get-started-user-state 0") == "RUNNING_LOCKED\n"
            assert await it.out("getprop sys.user.0.ce_available") == "false\n"
            assert re.search(r"^ +showing=true$", await it.out("dumpsys window policy"), re.M)
            await it.sh("input keyevent 82; input swipe 500 1900 500 400 200")
            await it.sh("input text 2580; input keyevent 66")
            await until(lambda: it.phone.power.unlocked_once)
            assert await it.out("am get-started-user-state 0") == "RUNNING_UNLOCKED\n"

    body()
