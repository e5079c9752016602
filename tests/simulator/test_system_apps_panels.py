"""Shade, quick settings, lock screen, the question about debugging, and the store."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from droidcancel.simulator import keys
from droidcancel.simulator.auth import PublicKey
from droidcancel.simulator.services_state import MAX_ATTEMPTS, Notification
from tests.simulator.system_phone import NOTES, OTHER, Hand, Other, asynchronous, hand, middle

PANEL = "com.android.systemui:id/notification_panel"
STACK = "com.android.systemui:id/notification_stack_scroller"
QUICK = "com.android.systemui:id/quick_settings_panel"


async def key(it: Hand, name: str) -> None:
    await it.phone.input.key(keys.KEYCODES[name])
    await asyncio.sleep(0)


# -- the shade ------------------------------------------------------------------------------------
@asynchronous
async def test_a_pull_from_the_top_opens_the_shade_and_a_second_quick_settings() -> None:
    async with hand() as it:
        await it.launch()
        await it.pull_down()
        await it.see(id=STACK)
        assert not it.has(id="name"), "the app below is not read"
        assert it.has(id="com.android.systemui:id/back"), "the navigation bar is"
        await it.pull_down()
        await it.see(id=QUICK)
        await it.swipe("up", id=PANEL)
        await it.until(lambda: not it.has(id=PANEL))
        assert it.has(id="name")


@asynchronous
async def test_back_home_and_sleep_put_the_shade_away() -> None:
    async with hand() as it:
        await it.launch()
        for name, top in (("BACK", "Main"), ("HOME", "Launcher"), ("SLEEP", "Launcher")):
            await key(it, "NOTIFICATION")
            await it.see(id=PANEL)
            await key(it, name)
            await it.until(lambda: not it.has(id=PANEL))
            assert it.top == top
        await key(it, "NOTIFICATION")
        assert not it.has(id=PANEL), "the screen is off"


@asynchronous
async def test_no_touch_goes_through_the_shade() -> None:
    async with hand() as it:
        await it.launch()
        spot = middle(it.all(id="taps")[0])
        it.phone.system_ui.open_notifications()
        await it.phone.input.tap(*spot)
        it.phone.system_ui.close_panels()
        assert it.has(text="0 taps")


@asynchronous
async def test_notifications_with_progress_and_buttons() -> None:
    async with hand(api=30) as it:
        await it.launch()
        pressed: list[str] = []
        cancel = ("Cancel", lambda: pressed.append("cancel"))
        it.notes.start_foreground(it.upload_note(actions=(cancel,)))
        it.phone.system_ui.open_notifications()
        assert it.has(id="android:id/app_name_text", text="Notes")
        assert it.has(id="android:id/title", text="Uploading")
        assert it.has(id="android:id/text", text="45%")
        bar = it.all(id="android:id/progress")[0]
        assert bar.get("class") == "android.widget.ProgressBar"
        it.phone.notifications.post(it.upload_note(actions=(cancel,), text="80%"))
        assert it.has(id="android:id/text", text="80%"), "it follows"
        await it.tap(id="android:id/action0", text="Cancel")
        await it.until(lambda: pressed == ["cancel"])


@asynchronous
async def test_a_tap_on_a_notification_opens_what_its_app_wants() -> None:
    async with hand(api=30) as it:
        await it.launch()
        it.phone.go_home()
        opened: list[str] = []
        it.phone.notifications.post(
            Notification(NOTES, 1, "Liked", on_click=lambda: opened.append("liked"))
        )
        it.phone.notifications.post(it.upload_note())
        it.phone.system_ui.open_notifications()
        await it.tap(text="Liked")
        await it.until(lambda: opened == ["liked"])
        assert not it.has(id=PANEL)
        assert [n.id for n in it.phone.notifications.list()] == [7]
        it.phone.system_ui.open_notifications()
        await it.tap(text="Uploading")
        await it.until(lambda: it.top == "Main")
        assert len(it.phone.notifications.list()) == 1, "an ongoing one stays"


@asynchronous
async def test_a_notification_of_a_dead_app_starts_it() -> None:
    async with hand(api=30) as it:
        await it.launch()
        opened: list[str] = []
        it.phone.notifications.post(
            Notification(NOTES, 1, "Liked", on_click=lambda: opened.append("liked"))
        )
        it.phone.go_home()
        it.phone.processes.signal(it.notes.process.pid, 9)
        it.phone.system_ui.open_notifications()
        await it.tap(text="Liked")
        await it.until(lambda: it.alive() and it.top == "Main")
        assert opened == []


@pytest.mark.parametrize(("api", "goes"), [(30, False), (33, True)])
def test_which_notifications_are_swiped_away(api: int, goes: bool) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(api=api) as it:
            it.grant("POST_NOTIFICATIONS")
            it.phone.notifications.post(it.upload_note())
            it.phone.notifications.post(Notification(NOTES, 8, "Plain"))
            it.phone.system_ui.open_notifications()
            await it.swipe("right", text="Plain")
            assert [n.id for n in it.phone.notifications.list()] == [7]
            await it.swipe("left", text="Uploading")
            assert bool(it.phone.notifications.list()) != goes

    body()


@asynchronous
async def test_clear_all_keeps_what_goes_on() -> None:
    async with hand(api=30) as it:
        for number in range(12):
            it.phone.notifications.post(Notification(NOTES, number, f"Note {number}"))
        it.phone.notifications.post(it.upload_note())
        it.phone.system_ui.open_notifications()
        await it.see(text="Uploading")
        button = {"id": "com.android.systemui:id/dismiss_text"}
        for _ in range(9):
            if it.has(**button):
                break
            await it.swipe("up", id=STACK)
        await it.tap(**button)
        assert [n.id for n in it.phone.notifications.list()] == [7]
        assert it.has(id=PANEL)
        it.phone.notifications.cancel(NOTES, 7)
        assert it.has(text="No notifications")


@asynchronous
async def test_since_android_13_apps_need_leave_to_notify() -> None:
    async with hand(Other, api=33) as it:
        it.phone.notifications.post(it.upload_note())
        it.phone.notifications.post(Notification("com.android.shell", 1, "From the shell"))
        it.phone.system_ui.open_notifications()
        assert it.has(text="From the shell")
        assert not it.has(text="Uploading")
        it.grant("POST_NOTIFICATIONS")
        it.phone.changed()
        assert it.has(text="Uploading")


# -- quick settings -------------------------------------------------------------------------------
AIRPLANE = {"en-US": "Airplane mode", "fr-FR": "Mode Avion", "id-ID": "Mode pesawat"}


@pytest.mark.parametrize("api", [28, 30, 31, 36])
@pytest.mark.parametrize("locale", AIRPLANE)
def test_the_airplane_tile(api: int, locale: str) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(api=api, locale=locale) as it:
            net = it.phone.connectivity
            it.phone.system_ui.open_quick_settings()
            tile = await it.see(desc=AIRPLANE[locale])
            assert (tile.get("class"), tile.get("checked")) == ("android.widget.Switch", "false")
            await it.tap(desc=AIRPLANE[locale])
            await it.until(lambda: net.active_network() is None)
            assert it.all(desc=AIRPLANE[locale])[0].get("checked") == "true"
            await it.tap(desc=AIRPLANE[locale])
            await it.until(lambda: net.active_network() is not None)

    body()


@asynchronous
async def test_the_internet_tile_opens_a_panel() -> None:
    async with hand(api=34) as it:
        net = it.phone.connectivity
        it.phone.system_ui.open_quick_settings()
        await it.tap(desc="Internet,AndroidWifi")
        assert it.has(id="wifi_title", text="AndroidWifi")
        await it.tap(id="com.android.systemui:id/wifi_toggle")
        await it.until(lambda: not net.wifi.enabled and net.settled)
        assert not it.has(id="wifi_title")
        await it.tap(id="com.android.systemui:id/mobile_toggle")
        await it.until(lambda: net.active_network() is None)
        await it.tap(id="com.android.systemui:id/done_button")
        assert it.has(desc="Internet,Networks unavailable")
        net.set_data(True)
        await it.see(desc="Internet,Android")
        await it.tap(desc="Internet,Android")
        await key(it, "BACK")
        assert not it.has(id="internet_dialog_title")
        assert it.has(id=QUICK), "Back closes the panel alone"


@asynchronous
async def test_older_androids_have_a_tile_for_each_radio() -> None:
    async with hand(api=30) as it:
        net = it.phone.connectivity
        it.phone.system_ui.open_quick_settings()
        assert not it.has(desc="Internet")
        await it.tap(desc="Wi-Fi")
        await it.until(lambda: not net.wifi.enabled)
        await it.tap(desc="Mobile data")
        await it.until(lambda: net.active_network() is None)
        assert it.phone.settings.get("global", "mobile_data") == "0"


@asynchronous
async def test_the_other_tiles() -> None:
    async with hand() as it:
        it.phone.system_ui.open_quick_settings()
        await it.tap(desc="Data Saver")
        assert it.phone.netpolicy.restrict_background
        await it.tap(desc="Bluetooth")
        assert it.phone.settings.get("global", "bluetooth_on") == "0"
        await it.tap(desc="Dark theme")
        assert it.phone.screen.night
        await it.tap(desc="Flashlight")
        assert it.all(desc="Flashlight")[0].get("checked") == "true"
        await it.tap(id="com.android.systemui:id/settings_button_container")
        await it.until(lambda: it.top == "Settings")
        assert not it.has(id=PANEL)


# -- the lock screen ------------------------------------------------------------------------------
async def lock(it: Hand, pin: str | None = None) -> None:
    it.phone.power.pin = pin
    await key(it, "SLEEP")
    await key(it, "WAKEUP")
    await it.see(id="com.android.systemui:id/keyguard_status_area")


@asynchronous
async def test_a_swipe_leaves_the_lock_screen() -> None:
    async with hand(api=30) as it:
        await it.launch()
        it.phone.notifications.post(it.upload_note())
        await lock(it)
        assert it.has(text="Uploading")
        assert not it.has(id="name"), "what is locked is not read"
        assert not it.has(id="com.android.systemui:id/home")
        for name in ("HOME", "APP_SWITCH", "BACK"):
            await key(it, name)
            await asyncio.sleep(0.01)
            assert it.phone.power.keyguard, name
        await it.swipe("down", id="keyguard_status_area")
        assert it.phone.power.keyguard
        await it.swipe("up", id="keyguard_status_area")
        assert not it.phone.power.keyguard
        assert it.phone.windows.focused is not None


@asynchronous
async def test_nothing_below_the_lock_screen_is_touched() -> None:
    async with hand() as it:
        await it.launch()
        spot = it.all(id="taps")[0]
        await lock(it)
        await it.phone.input.tap(*middle(spot))
        it.phone.power.dismiss_keyguard()
        assert it.has(text="0 taps")


@pytest.mark.parametrize(
    ("locale", "asks", "wrong"),
    [
        ("en-US", "Enter your PIN", "Wrong PIN. Try again."),
        ("fr-FR", "Saisissez votre code", "Code incorrect. Réessayez."),
        ("id-ID", "Masukkan PIN", "PIN salah. Coba lagi."),
    ],
)
def test_the_pin_by_finger(locale: str, asks: str, wrong: str) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(locale=locale) as it:
            await it.launch()
            await lock(it, "4711")
            await it.swipe("up", id="keyguard_status_area")
            await it.see(id="keyguard_message_area", text=asks)
            for digit in "479":
                await it.tap(id=f"com.android.systemui:id/key{digit}")
            await it.tap(id="com.android.systemui:id/delete_button")
            assert it.phone.power.typed == "47"
            entry = it.all(id="com.android.systemui:id/pinEntry")[0]
            assert (entry.get("text"), entry.get("password")) == ("••", "true")
            await it.tap(id="com.android.systemui:id/key_enter")
            await it.see(id="keyguard_message_area", text=wrong)
            for digit in "4711":
                await it.tap(id=f"com.android.systemui:id/key{digit}")
            await it.tap(id="com.android.systemui:id/key_enter")
            assert not it.phone.power.keyguard
            assert it.has(id="name")

    body()


@asynchronous
async def test_back_leaves_the_pin_pad_for_the_clock() -> None:
    async with hand() as it:
        await lock(it, "4711")
        await key(it, "MENU")
        await it.see(id="keyguard_pin_view")
        await it.phone.input.text("47")
        await key(it, "BACK")
        await it.see(id="keyguard_status_area")
        assert it.phone.power.typed == ""
        await key(it, "1")
        assert it.phone.power.typed == "", "the clock takes no digits"


@asynchronous
async def test_too_many_wrong_pins_make_one_wait() -> None:
    async with hand() as it:
        await lock(it, "4711")
        await key(it, "MENU")
        for _ in range(MAX_ATTEMPTS):
            await it.phone.input.text("0000")
            await key(it, "ENTER")
        message = it.all(id="keyguard_message_area")[0].get("text")
        assert message in ("Try again in 30 seconds.", "Try again in 29 seconds.")
        await it.phone.input.text("4711")
        await key(it, "ENTER")
        assert it.phone.power.keyguard


@asynchronous
async def test_a_phone_with_a_pin_boots_into_its_lock_screen() -> None:
    async with hand() as it:
        it.phone.power.pin = "4711"
        await it.phone.reboot()
        await it.see(id="keyguard_status_area")
        assert len([w for w in it.phone.windows.visible() if w.kind == "keyguard"]) == 1
        assert not it.phone.power.dismiss_keyguard()
        await it.phone.input.text("4711")
        await key(it, "ENTER")
        assert it.top == "Launcher"
        await it.phone.reboot()
        it.phone.power.pin = None
        await it.phone.reboot()
        assert not it.phone.power.keyguard


@asynchronous
async def test_the_shade_over_the_lock_screen() -> None:
    async with hand(api=30) as it:
        await it.launch()
        it.phone.notifications.post(it.upload_note())
        await lock(it)
        await it.pull_down()
        assert not it.has(id="keyguard_status_area")
        await it.see(id=STACK)
        await key(it, "BACK")
        await it.see(id="keyguard_status_area")


# -- debugging ------------------------------------------------------------------------------------
KEY = PublicKey(1, 3, "ana@lab-7", ":".join(["AB"] * 16))


@asynchronous
async def test_allow_usb_debugging() -> None:
    async with hand() as it:
        ui = it.phone.system_ui
        for answer, allowed in (("android:id/button1", True), ("android:id/button2", False)):
            asked = asyncio.ensure_future(ui.ask_debugging(KEY))
            await it.see(text="Allow USB debugging?")
            assert KEY.fingerprint in it.all(id="android:id/message")[0].get("text")
            await it.tap(id="android:id/alwaysUse")
            assert it.all(id="android:id/alwaysUse")[0].get("checked") == "true"
            await it.tap(id=answer)
            assert await asked is allowed
            assert not it.has(text="Allow USB debugging?")


@asynchronous
async def test_a_newer_question_replaces_the_one_before() -> None:
    async with hand() as it:
        ui = it.phone.system_ui
        first = asyncio.ensure_future(ui.ask_debugging(KEY))
        await it.see(text="Allow USB debugging?")
        second = asyncio.ensure_future(ui.ask_debugging(replace(KEY, fingerprint="CD:EF")))
        assert await first is False
        await it.until(lambda: "CD:EF" in it.all(id="android:id/message")[0].get("text"))
        second.cancel()
        await it.until(lambda: not it.has(text="Allow USB debugging?"))


# -- the store ------------------------------------------------------------------------------------
STORE = {"com.android.vending": {"updates": {NOTES: "2.0"}}}


@pytest.mark.parametrize(
    ("locale", "update", "opens", "version"),
    [
        ("en-US", "Update", "Open", "Version 2.0"),
        ("fr-FR", "Mettre à jour", "Ouvrir", "Version 2.0"),
        ("id-ID", "Update", "Buka", "Versi 2.0"),
    ],
)
def test_an_update_from_the_store(locale: str, update: str, opens: str, version: str) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(locale=locale, app_options=STORE) as it:
            await it.launch()
            it.notes.prefs.set("kept", 1)
            before = it.package.version_code
            await it.open("android.intent.action.VIEW", f"market://details?id={NOTES}")
            await it.tap(text=update)
            await it.see(text=version)
            assert (it.package.version_name, it.package.version_code) == ("2.0", before + 1)
            assert not it.alive(), "the old code is gone"
            assert not it.package.stopped
            await it.tap(text=opens)
            await it.until(lambda: it.alive() and it.top == "Main")
            assert it.notes.prefs.get("kept") == 1

    body()


@asynchronous
async def test_the_store_offline_and_its_list() -> None:
    async with hand(Other, app_options=STORE) as it:
        it.phone.connectivity.set_airplane(True)
        await it.until(lambda: it.phone.connectivity.active_network() is None)
        await it.launch(".AssetBrowserActivity", "com.android.vending")
        assert it.has(text="Version 2.0 is available")
        await it.tap(text="Notes")
        await it.tap(text="Update")
        await it.until(lambda: it.phone.toasts.current is not None)
        assert it.phone.toasts.current.text == "You’re offline"  # type: ignore[union-attr]
        await it.tap(text="Uninstall")
        await it.see(text="Item not found.")
        await it.tap(desc="Navigate up")
        await it.until(lambda: it.top == "AssetBrowserActivity")
        assert not it.has(text="Notes")
        assert it.has(text="Other")
        assert it.phone.packages.get(OTHER) is not None
