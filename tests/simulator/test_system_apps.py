"""The system's own screens, read and tapped as a person does, in three languages and sizes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from droidcancel.simulator.apps.intents import (
    ACTION_SEND,
    EXTRA_STREAM,
    FLAG_ACTIVITY_NEW_TASK,
    Intent,
)
from droidcancel.simulator.auth import PublicKey
from droidcancel.simulator.services_state import Notification
from tests.simulator.system_phone import NOTES, OTHER, Hand, Other, asynchronous, flaws, hand

SETTINGS = "com.android.settings"
DETAILS = "android.settings.APPLICATION_DETAILS_SETTINGS"
KEY = PublicKey(1, 3, "ana@lab-7", ":".join(["AB"] * 16))

SMALL = {"width": 720, "height": 1280, "density": 320}
USUAL = {"width": 1080, "height": 2400, "density": 420}
LARGE = {"width": 1600, "height": 2560, "density": 320}
MAKES: dict[str, dict[str, Any]] = {
    "28-small-fr": {"api": 28, "locale": "fr-FR", **SMALL},
    "30-usual-en": {"api": 30, "locale": "en-US", **USUAL},
    "33-small-id": {"api": 33, "locale": "id-ID", **SMALL},
    "34-usual-fr": {"api": 34, "locale": "fr-FR", **USUAL},
    "34-small-en": {"api": 34, "locale": "en-US", **SMALL},
    "36-large-id": {"api": 36, "locale": "id-ID", **LARGE},
}
each_make = pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)


# -- every screen can be read ---------------------------------------------------------------------
async def settings_screens(it: Hand) -> AsyncIterator[str]:
    for action in ("SETTINGS", "AIRPLANE_MODE_SETTINGS", "WIFI_SETTINGS", "DATA_SAVER_SETTINGS",
                   "APPLICATION_SETTINGS", "DEVICE_INFO_SETTINGS"):  # fmt: skip
        await it.open(f"android.settings.{action}")
        yield action
    await app_info(it)
    yield "app info"
    await it.tap(id="button3")
    await it.see(id="android:id/alertTitle")
    yield "force stop"
    it.phone.press_back()
    await to_storage(it)
    yield "storage"
    await it.tap(id="button1")
    await it.see(id="android:id/alertTitle")
    yield "clear storage"
    it.phone.press_back()


async def panels(it: Hand) -> AsyncIterator[str]:
    it.phone.system_ui.open_notifications()
    yield "no notifications"
    it.grant("POST_NOTIFICATIONS")
    it.phone.notifications.post(it.upload_note(actions=(("Cancel", lambda: None),)))
    yield "notifications"
    it.phone.system_ui.open_quick_settings()
    yield "quick settings"
    it.phone.system_ui.internet.open()
    yield "internet"
    it.phone.system_ui.close_panels()
    it.phone.power.sleep()
    it.phone.power.wake()
    yield "keyguard"
    it.phone.power.pin = "1234"
    it.phone.power.dismiss_keyguard()
    yield "bouncer"
    it.phone.power.try_pin("1")
    yield "wrong PIN"
    it.phone.power.try_pin("1234")


async def dialogs(it: Hand) -> AsyncIterator[str]:
    await it.launch()
    asking = ask(it, "CAMERA", "READ_MEDIA_VIDEO", "ACCESS_FINE_LOCATION", "POST_NOTIFICATIONS")
    await it.see(id="permission_message")
    while it.top != "Main":
        yield str(it.texts())
        buttons = [node for node in it.nodes() if node.get("resource-id").endswith("_button")]
        deny = buttons[-1].get("text")
        await it.tap(text=deny)
    await asking
    for _ in range(2):
        await it.launch()
        it.notes.crash("boom")
        yield "crash"
        it.phone.press_back()
    question = asyncio.ensure_future(it.phone.system_ui.ask_debugging(KEY))
    await it.see(id="android:id/alertTitle")
    yield "usb debugging"
    it.phone.press_back()
    assert not await question


async def others(it: Hand) -> AsyncIterator[str]:
    yield "home"
    await it.launch()
    it.phone.show_recents()
    await it.see(id="clear_all")
    yield "recents"
    it.phone.activities.force_stop(NOTES)
    it.phone.show_recents()
    yield "no recents"
    await share(it)
    yield "share"
    await it.open("android.intent.action.VIEW", f"market://details?id={NOTES}")
    yield "store page"
    await it.open("android.intent.action.VIEW", "market://details?id=org.example.none")
    yield "not in the store"


@each_make
def test_every_screen_can_be_read_and_reached(make: dict[str, Any]) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(Other, **make) as it:
            for visit in (settings_screens, panels, dialogs, others):
                async for name in visit(it):
                    assert (name, flaws(it.phone)) == (name, [])

    body()


def test_the_flaws_are_seen() -> None:
    """The judge of the test above sees what it is to see."""

    @asynchronous
    async def body() -> None:
        async with hand(**SMALL) as it:
            await it.launch()
            view = it.phone.screen.view_at(it.phone.windows.focused)  # type: ignore[arg-type]
            assert view is not None
            button = next(each for each in view.shown() if each.id == "taps")
            assert flaws(it.phone) == []
            button.text = "Incomprehensibilities of " * 4
            assert any("ends in an ellipsis" in flaw for flaw in flaws(it.phone))
            button.text = "Incomprehensibilities" * 4
            assert any("is broken" in flaw for flaw in flaws(it.phone))

    body()


# -- Settings: radios -----------------------------------------------------------------------------
async def switch(it: Hand, label: str) -> None:
    """Tap the switch of the row with a label."""
    titles = [node.get("text") for node in it.all(id="android:id/title")]
    rows = [node for node in it.all(id="android:id/title") if node.get("text") == label]
    assert rows, f"{label!r} is not among {titles}"
    parent = rows[0].getparent().getparent()
    knob = next(n for n in parent.iter("node") if n.get("class") == "android.widget.Switch")
    await it.tap(bounds=knob.get("bounds"))


def states(it: Hand) -> list[bool]:
    """Which switches of the page are on, top to bottom."""
    switches = it.all(id="android:id/switch_widget")
    return [node.get("checked") == "true" for node in switches]


AIRPLANE = {"en-US": "Airplane mode", "fr-FR": "Mode Avion", "id-ID": "Mode pesawat"}
MOBILE = {"en-US": "Mobile data", "fr-FR": "Données mobiles", "id-ID": "Data seluler"}
SAVER = {
    "en-US": "Use Data Saver",
    "fr-FR": "Utiliser l'économiseur de données",
    "id-ID": "Gunakan Penghemat Data",
}


@each_make
def test_airplane_mode_and_mobile_data_by_their_switches(make: dict[str, Any]) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(**make) as it:
            net = it.phone.connectivity
            await it.open("android.settings.AIRPLANE_MODE_SETTINGS")
            assert states(it) == [True, False]
            await switch(it, AIRPLANE[make["locale"]])
            await it.until(lambda: net.active_network() is None and net.settled)
            assert net.airplane
            assert it.phone.settings.get("global", "airplane_mode_on") == "1"
            assert states(it) == [True, True]
            assert it.has(id="airplane"), "the sign in the status bar"
            await switch(it, AIRPLANE[make["locale"]])
            await it.until(lambda: net.active_network() is not None and net.settled)
            await switch(it, MOBILE[make["locale"]])
            assert not net.data_enabled
            assert it.phone.settings.get("global", "mobile_data") == "0"
            assert states(it) == [False, False]

    body()


@asynchronous
async def test_the_page_follows_what_others_switch() -> None:
    async with hand() as it:
        net = it.phone.connectivity
        await it.open("android.settings.WIRELESS_SETTINGS")
        net.set_airplane(True)
        await it.until(lambda: states(it) == [True, True])
        net.set_airplane(False)
        net.set_wifi(False)
        await it.until(lambda: net.settled)
        assert it.has(id="android:id/summary", text="Off")
        net.set_wifi(True)
        await it.see(text="Connected to AndroidWifi")
        await it.open("android.settings.DATA_SAVER_SETTINGS")
        assert states(it) == [False]
        it.phone.netpolicy.set_restrict_background(True)
        assert states(it) == [True]


@asynchronous
async def test_wifi_by_its_page() -> None:
    async with hand() as it:
        net = it.phone.connectivity
        await it.open("android.settings.SETTINGS")
        await it.tap(text="Network & internet")
        await it.tap(text="Wi-Fi")
        await it.see(id="collapsing_toolbar", text="Wi-Fi")
        assert it.has(text="AndroidWifi")
        await switch(it, "Wi-Fi")
        await it.until(lambda: not net.wifi.enabled)
        assert it.phone.settings.get("global", "wifi_on") == "0"
        assert not it.has(text="AndroidWifi")
        await switch(it, "Wi-Fi")
        await it.see(text="AndroidWifi")
        await it.tap(desc="Navigate up")
        await it.see(id="collapsing_toolbar", text="Network & internet")


@pytest.mark.parametrize("locale", SAVER)
def test_data_saver_by_its_page(locale: str) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(locale=locale) as it:
            await it.open("android.settings.DATA_SAVER_SETTINGS")
            await switch(it, SAVER[locale])
            assert it.phone.netpolicy.restrict_background
            await it.tap(id="android:id/title", text=SAVER[locale])
            assert not it.phone.netpolicy.restrict_background, "the whole row is a switch"

    body()


# -- Settings: apps -------------------------------------------------------------------------------
async def app_info(it: Hand, package: str = NOTES) -> None:
    await it.launch()
    it.phone.go_home()
    it.phone.fs.write(f"/data/data/{NOTES}/cache/thumbs", b"x" * 400_000)
    it.phone.fs.write(f"/data/data/{NOTES}/files/draft", b"x" * 700_000)
    await it.open(DETAILS, f"package:{package}")
    await it.see(id="entity_header_title")


async def to_storage(it: Hand) -> None:
    words = {
        "en": ("Storage & cache", "Storage"),
        "fr": ("Espace de stockage et cache", "Stockage"),
        "id": ("Penyimpanan & cache", "Penyimpanan"),
    }[it.phone.language()]
    await it.tap(text=words[it.phone.options.api < 29])
    await it.see(id="button2")
    await it.until(lambda: len(it.all(id="android:id/title")) == 4)


@each_make
def test_clear_cache_clears_nothing_else(make: dict[str, Any]) -> None:
    """Button 2 clears the cache without asking, button 1 asks and deletes everything."""

    @asynchronous
    async def body() -> None:
        async with hand(**make) as it:
            await app_info(it)
            await to_storage(it)
            assert it.phone.packages.sizes(it.package)[1:] == (700_000, 400_000)
            unit = {"fr-FR": "400\u00a0ko"}.get(make["locale"], "400 kB")
            assert it.has(id="android:id/summary", text=unit)
            labels = {"en-US": "Clear cache", "fr-FR": "Vider le cache", "id-ID": "Hapus cache"}
            button = it.all(id="com.android.settings:id/button2")[0]
            assert button.get("text") == labels[make["locale"]]
            await it.tap(id="com.android.settings:id/button2")
            assert it.phone.packages.sizes(it.package)[1:] == (700_000, 0)
            assert not it.has(id="android:id/alertTitle")
            assert it.all(id="com.android.settings:id/button2")[0].get("enabled") == "false"
            assert it.alive(), "the app goes on"

    body()


@asynchronous
async def test_clear_storage_asks_and_then_deletes_everything() -> None:
    async with hand() as it:
        await app_info(it)
        it.grant("CAMERA")
        await to_storage(it)
        await it.tap(id="com.android.settings:id/button1")
        await it.tap(id="android:id/button2")
        assert it.phone.packages.sizes(it.package)[1:] == (700_000, 400_000), "cancelled"
        await it.tap(id="com.android.settings:id/button1")
        await it.tap(id="android:id/button1")
        await it.until(lambda: it.phone.packages.sizes(it.package)[1:] == (0, 0))
        assert not it.package.has("android.permission.CAMERA")
        assert not it.alive()


@each_make
def test_force_stop_by_app_info(make: dict[str, Any]) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(**make) as it:
            await app_info(it)
            it.notes.start_foreground(it.upload_note())
            button = it.all(id="com.android.settings:id/button3")[0]
            assert button.get("enabled") == "true"
            await it.tap(id="com.android.settings:id/button3")
            await it.tap(id="android:id/button2")
            assert it.alive(), "cancelled"
            await it.tap(id="com.android.settings:id/button3")
            await it.tap(id="android:id/button1")
            await it.until(lambda: not it.alive())
            assert it.package.stopped
            assert it.all(id="com.android.settings:id/button3")[0].get("enabled") == "false"
            assert it.top == "InstalledAppDetails"
            await it.tap(id="com.android.settings:id/button1")
            await it.until(lambda: it.alive() and it.top == "Main")

    body()


@asynchronous
async def test_app_info_by_way_of_all_apps() -> None:
    async with hand() as it:
        await it.open("android.settings.SETTINGS")
        await it.tap(text="Apps")
        await it.tap(text="Notes")
        assert (await it.see(id="entity_header_title")).get("text") == "Notes"
        await it.tap(id="button2")
        await it.until(lambda: it.phone.packages.get(NOTES) is None)
        await it.see(id="collapsing_toolbar", text="All apps")
        assert not it.has(text="Notes")


@asynchronous
async def test_app_info_of_an_app_that_is_not_there() -> None:
    async with hand() as it:
        await it.open("android.settings.SETTINGS")
        await it.open(DETAILS, "package:org.example.none")
        await asyncio.sleep(0.01)
        assert it.top == "Settings"


@asynchronous
async def test_the_system_is_not_cleared_nor_removed() -> None:
    async with hand() as it:
        await it.open(DETAILS, f"package:{SETTINGS}")
        assert (await it.see(id="button2")).get("enabled") == "false"
        await to_storage(it)
        assert it.all(id="button1")[0].get("enabled") == "false"


# -- permissions ----------------------------------------------------------------------------------
def ask(it: Hand, *names: str) -> asyncio.Future[dict[str, bool]]:
    record = it.phone.activities.resumed
    assert record is not None
    assert record.activity is not None
    wanted = [f"android.permission.{name}" for name in names]
    return asyncio.ensure_future(record.activity.request_permissions(*wanted))


def asker(it: Hand) -> str:
    return it.phone.permission_dialog.package


ALLOW, DENY = "permission_allow_button", "permission_deny_button"
FOREGROUND = "permission_allow_foreground_only_button"
ONCE, ALL = "permission_allow_one_time_button", "permission_allow_all_button"
SELECTED = "permission_allow_selected_button"
OFFERS = [
    (28, "en-US", "READ_EXTERNAL_STORAGE", {ALLOW: "ALLOW", DENY: "DENY"}),
    (28, "fr-FR", "CAMERA", {ALLOW: "AUTORISER", DENY: "REFUSER"}),
    (29, "en-US", "CAMERA", {ALLOW: "Allow", DENY: "Deny"}),
    (29, "en-US", "ACCESS_FINE_LOCATION",
     {FOREGROUND: "Allow only while using the app", DENY: "Deny"}),
    (30, "en-US", "CAMERA",
     {FOREGROUND: "While using the app", ONCE: "Only this time", DENY: "Deny"}),
    (33, "en-US", "READ_MEDIA_VIDEO", {ALLOW: "Allow", DENY: "Don’t allow"}),
    (33, "id-ID", "POST_NOTIFICATIONS", {ALLOW: "Izinkan", DENY: "Jangan izinkan"}),
    (34, "en-US", "READ_MEDIA_VIDEO",
     {SELECTED: "Allow limited access", ALL: "Allow all", DENY: "Don’t allow"}),
    (36, "id-ID", "READ_MEDIA_VIDEO",
     {SELECTED: "Izinkan akses terbatas", ALL: "Izinkan semua", DENY: "Jangan izinkan"}),
]  # fmt: skip


@pytest.mark.parametrize(("api", "locale", "name", "offer"), OFFERS)
def test_what_each_android_offers(api: int, locale: str, name: str, offer: dict[str, str]) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(api=api, locale=locale) as it:
            await it.launch()
            for answer in offer:
                it.package.granted.clear()
                asking = ask(it, name)
                await it.see(id="permission_message")
                prefix = f"{asker(it)}:id/"
                buttons = it.all(**{"class": "android.widget.Button"}, package=asker(it))
                shown = {n.get("resource-id").removeprefix(prefix): n.get("text") for n in buttons}
                assert shown == offer
                await it.tap(id=answer)
                granted = answer not in (DENY, SELECTED)
                assert await asking == {f"android.permission.{name}": granted}

    body()


def test_the_media_dialog_is_built_as_a_phone_builds_it() -> None:
    """The nesting of a dump of Android 15 (grant_permissions.xml)."""

    @asynchronous
    async def body() -> None:
        async with hand(api=35, locale="id-ID") as it:
            await it.launch()
            asking = ask(it, "READ_MEDIA_VIDEO", "READ_MEDIA_IMAGES")
            button = await it.see(id="com.android.permissioncontroller:id/" + ALL)
            above = [n.get("resource-id").rpartition("/")[2] for n in button.iterancestors("node")]
            assert above[:2] == ["grant_dialog", "grant_singleton"]
            message = it.all(id="permission_message")[0]
            assert message.getparent().get("resource-id").endswith("content_container")
            assert (
                message.get("text") == "Izinkan Catatan mengakses foto dan video di perangkat ini?"
            )
            await it.tap(id=ALL)
            assert all((await asking).values()), "both of the group"

    body()


@asynchronous
async def test_limited_access_shows_no_media() -> None:
    async with hand(api=34) as it:
        await it.launch()
        asking = ask(it, "READ_MEDIA_VIDEO")
        await it.tap(id=SELECTED)
        await asking
        assert it.package.has("android.permission.READ_MEDIA_VISUAL_USER_SELECTED")
        assert not it.package.has("android.permission.READ_MEDIA_VIDEO")


@asynchronous
async def test_groups_are_asked_one_after_the_other_and_back_denies() -> None:
    async with hand(api=30) as it:
        await it.launch()
        asking = ask(it, "CAMERA", "READ_EXTERNAL_STORAGE")
        await it.tap(id=FOREGROUND)
        await it.see(id=ALLOW)
        it.phone.press_back()
        assert list((await asking).values()) == [True, False]
        assert it.top == "Main"
        again = ask(it, "CAMERA")
        assert list((await again).values()) == [True], "not asked again"


# -- recents --------------------------------------------------------------------------------------
async def recents(it: Hand) -> None:
    await it.launch()
    await it.launch(package=OTHER)
    it.phone.show_recents()
    await it.see(id="task")


@each_make
def test_recents_by_finger(make: dict[str, Any]) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(Other, **make) as it:
            await recents(it)
            assert (await it.see(id="task")).get("content-desc") == "Other"
            await it.swipe("up", id="task")
            await it.until(lambda: not it.alive(OTHER))
            assert not it.phone.packages.get(OTHER).stopped  # type: ignore[union-attr]
            await it.tap(id="task")
            await it.until(lambda: it.top == "Main")
            assert [task.affinity for task in it.phone.activities.recents()] == [NOTES]

    body()


@asynchronous
async def test_swiping_sideways_turns_the_cards() -> None:
    async with hand(Other) as it:
        await recents(it)
        await it.swipe("left", id="task")
        await it.see(id="task", desc="Notes")
        assert it.alive(OTHER)
        await it.swipe("up", id="task")
        await it.until(lambda: not it.alive(NOTES))
        await it.see(id="task", desc="Other")


@asynchronous
async def test_clear_all_and_the_empty_list() -> None:
    async with hand(Other) as it:
        await recents(it)
        it.notes.start_foreground(it.upload_note())
        await it.tap(id="clear_all")
        await it.until(lambda: it.top == "Launcher")
        assert it.phone.activities.recents() == []
        assert (it.alive(NOTES), it.alive(OTHER)) == (True, False), "the service stays"
        it.phone.show_recents()
        await it.see(text="No recent items")
        it.phone.press_back()
        await it.until(lambda: it.top == "Launcher")


@asynchronous
async def test_cards_show_what_the_task_showed() -> None:
    async with hand() as it:
        await it.launch()
        before = it.phone.screen.capture()
        colour = before.getpixel((before.width // 2, before.height * 3 // 4))
        it.phone.show_recents()
        card = await it.see(id="snapshot")
        picture = it.phone.screen.capture()
        left, top, right, bottom = _bounds(card)
        assert picture.getpixel(((left + right) // 2, (top * 1 + bottom * 3) // 4)) == colour
        it.phone.processes.signal(it.notes.process.pid, 9)
        it.phone.system_ui.phone.changed()
        dead = it.phone.screen.capture()
        assert dead.getpixel(((left + right) // 2, (top * 1 + bottom * 3) // 4)) != colour


def _bounds(node: Any) -> tuple[int, int, int, int]:
    numbers = node.get("bounds").replace("][", ",").strip("[]").split(",")
    return tuple(map(int, numbers))  # type: ignore[return-value]


# -- the share sheet ------------------------------------------------------------------------------
async def share(it: Hand, **more: Any) -> None:
    intent = Intent(
        action=ACTION_SEND,
        type="video/mp4",
        data="content://media/external/video/media/1",
        extras={EXTRA_STREAM: "content://media/external/video/media/1"},
        grant_read=True,
        flags=FLAG_ACTIVITY_NEW_TASK,
    )
    await it.phone.activities.start(intent, uid=2000)
    await it.see(id="contentPanel")


@each_make
def test_the_share_sheet_passes_the_video_on(make: dict[str, Any]) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(Other, **make) as it:
            await share(it)
            label = {"id-ID": "Catatan"}.get(make["locale"], "Notes")
            assert [n.get("text") for n in it.all(id="android:id/text1")] == [label, "Other"]
            await it.tap(desc="Other")
            await it.until(lambda: it.top == "Share" or it.top == "Send")
            record = it.phone.activities.resumed
            assert record is not None
            assert record.component.package == OTHER
            assert record.intent.extras[EXTRA_STREAM].endswith("/1")
            uid = it.phone.packages.get(OTHER).uid  # type: ignore[union-attr]
            assert it.phone.media.grants.allows(uid, record.intent.extras[EXTRA_STREAM])
            assert not it.phone.media.grants.allows(it.package.uid, record.intent.data or "")

    body()


@asynchronous
async def test_the_share_sheet_is_left_by_back() -> None:
    async with hand(Other) as it:
        await share(it)
        it.phone.press_back()
        await it.until(lambda: it.top == "Launcher")


# -- crashes and toasts ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("locale", "first", "second"),
    [
        ("en-US", "Notes has stopped", "Notes keeps stopping"),
        ("fr-FR", "L'application Notes a cessé de fonctionner", "Notes plante systématiquement"),
        ("id-ID", "Catatan telah berhenti", "Catatan terus berhenti"),
    ],
)
def test_crashes(locale: str, first: str, second: str) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(locale=locale) as it:
            await it.launch()
            it.notes.crash("boom")
            await it.see(id="android:id/alertTitle", text=first)
            await it.tap(id="android:id/aerr_restart")
            await it.until(lambda: it.top == "Main")
            it.notes.crash("boom")
            await it.see(id="android:id/alertTitle", text=second)
            assert it.all(id="android:id/aerr_close")[0].get("package") == "android"
            await it.tap(id="android:id/aerr_app_info")
            await it.see(id="entity_header_title")

    body()


@asynchronous
async def test_a_toast_takes_no_touch_and_is_read_by_no_dump() -> None:
    async with hand() as it:
        await it.launch()
        before = it.phone.screen.capture()
        it.phone.toasts.show(NOTES, "Video posted!", 5)
        assert it.phone.screen.capture().tobytes() != before.tobytes()
        assert "Video posted!" not in it.texts()
        assert flaws(it.phone) == []
        await it.tap(id="taps")
        await it.see(text="1 taps")


# -- the launcher ---------------------------------------------------------------------------------
@each_make
def test_the_launcher_starts_apps(make: dict[str, Any]) -> None:
    @asynchronous
    async def body() -> None:
        async with hand(Other, **make) as it:
            label = {"id-ID": "Catatan"}.get(make["locale"], "Notes")
            await it.tap(desc=label)
            await it.until(lambda: it.top == "Main")
            await it.tap(id="com.android.systemui:id/home")
            await it.until(lambda: it.top == "Launcher")
            it.phone.press_back()
            assert it.top == "Launcher"

    body()


@asynchronous
async def test_the_launcher_shows_what_is_installed() -> None:
    async with hand(Other) as it:
        assert it.has(desc="Other")
        it.phone.packages.uninstall(OTHER)
        it.phone.go_home()
        await it.start(".Settings", SETTINGS)
        it.phone.go_home()
        assert not it.has(desc="Other")


@asynchronous
async def test_many_apps_stand_on_pages() -> None:
    made = [
        type(
            f"App{n}", (Other,), {"package": f"org.example.app{n:02}", "labels": {"en": f"App {n}"}}
        )
        for n in range(20)
    ]
    async with hand(*made, **SMALL) as it:
        assert flaws(it.phone) == []
        labels = {"App 5", "App 19"}
        assert not it.has(desc="App 19")
        seen = {n.get("content-desc") for n in it.all(id="icon")}
        await it.swipe("left", id="workspace_pages")
        seen |= {n.get("content-desc") for n in it.all(id="icon")}
        assert labels <= seen


@asynchronous
async def test_the_bars_are_clear_over_the_wallpaper_and_black_over_apps() -> None:
    async with hand() as it:
        assert sum(it.phone.screen.capture().getpixel((2, 2))) > 60  # type: ignore[arg-type]
        await it.launch()
        assert it.phone.screen.capture().getpixel((2, 2)) == (0, 0, 0)


# -- the status bar -------------------------------------------------------------------------------
@asynchronous
async def test_the_status_bar_obeys_demo_mode() -> None:
    async with hand() as it:
        demo = it.phone.demo
        it.phone.notifications.post(Notification("com.android.shell", 1, "Hello"))
        demo.command("enter", {})
        demo.command("clock", {"hhmm": "1205"})
        demo.command("battery", {"level": "42"})
        demo.command("network", {"airplane": "show", "wifi": "hide"})
        assert it.has(id="clock", text="12:05")
        assert it.has(text="42 %")
        assert it.has(id="airplane")
        assert not it.has(id="wifi_signal")
        assert it.has(id="mobile_signal"), "as it is"
        demo.command("exit", {})
        assert not it.has(id="airplane")
        assert not it.has(id="clock", text="12:05")


@asynchronous
async def test_the_clock_follows_the_phone() -> None:
    async with hand() as it:
        it.phone.clock.set_time(1_700_000_059.95)
        it.phone.changed()
        assert it.has(id="clock", text="22:14")
        it.phone.settings.put("system", "time_12_24", "12")
        assert it.has(id="clock", text="10:14")
