"""The system's own screens by adb and uiautomator2's own client, as recipes use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import adbutils
import pytest
import uiautomator2

from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.simulator.system_image import package_of
from tests.conftest import wait_listed, wait_until
from tests.simulator.system_phone import NOTES, OTHER, Hand, Notes, Other

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # The client leaves the socket of a refused or killed server to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

MAKES = {
    "30-small-fr": PhoneOptions(
        api=30, locale="fr-FR", width=720, height=1280, density=320, apps=()
    ),
    "34-usual-en": PhoneOptions(api=34, apps=()),
    "36-large-id": PhoneOptions(
        api=36, locale="id-ID", width=1600, height=2560, density=320, apps=()
    ),
}
WORDS = {
    "en-US": ("Airplane mode", "Storage & cache", "Notes"),
    "fr-FR": ("Mode Avion", "Espace de stockage et cache", "Notes"),
    "id-ID": ("Mode pesawat", "Penyimpanan & cache", "Catatan"),
}


@pytest.fixture(scope="module", params=MAKES.values(), ids=MAKES)
def phone(request: pytest.FixtureRequest, adb_server: int) -> Iterator[Simulator]:
    with Simulator(request.param, emulator_port=False, adb_server=adb_server) as simulator:
        wait_listed(simulator.serial)
        yield simulator
        simulator.withdraw(adb_server)


@pytest.fixture(scope="module")
def device(phone: Simulator) -> Iterator[Any]:
    device = uiautomator2.connect(phone.serial)
    device.settings["wait_timeout"] = 5.0
    yield device
    device.stop_uiautomator()


@pytest.fixture
def d(phone: Simulator, device: Any) -> Any:
    """The client, on a phone with both apps fresh, unlocked, online and at its home screen."""

    def reset() -> None:
        it = phone.phone
        it.power.pin = None
        it.power.wake()
        it.power.dismiss_keyguard()
        for app in (Notes, Other):
            it.activities.force_stop(app.package)
            it.packages.uninstall(app.package)
            it.packages.install(package_of(app, it.options.language, it))
        for note in it.notifications.list():
            it.notifications.cancel(note.package, note.id)
        it.connectivity.set_airplane(False)
        it.activities.force_stop("com.android.settings")
        it.go_home()

    phone.call(reset)
    wait_until(lambda: phone.call(lambda: phone.phone.connectivity.active_network()))
    return device


@pytest.fixture
def sh(phone: Simulator) -> Any:
    return adbutils.adb.device(phone.serial).shell


def words(phone: Simulator) -> tuple[str, str, str]:
    return WORDS[phone.options.locale]


def offline(phone: Simulator) -> bool:
    return phone.call(lambda: phone.phone.connectivity.active_network() is None)


def alive(phone: Simulator, package: str = NOTES) -> bool:
    return phone.call(lambda: bool(phone.phone.processes.by_package(package)))


def test_airplane_mode_in_settings(phone: Simulator, d: Any, sh: Any) -> None:
    sh("am start -a android.settings.AIRPLANE_MODE_SETTINGS")
    label = d(resourceId="android:id/title", text=words(phone)[0])
    assert label.wait()
    knob = d(resourceId="android:id/switch_widget", instance=1)
    assert knob.info["checked"] is False
    knob.click()
    wait_until(lambda: offline(phone))
    assert "Active default network: none" in sh("dumpsys connectivity")
    assert knob.info["checked"] is True
    label.click()
    wait_until(lambda: not offline(phone))


def test_airplane_mode_in_quick_settings(phone: Simulator, d: Any) -> None:
    d.open_quick_settings()
    tile = d(description=words(phone)[0], className="android.widget.Switch")
    assert tile.wait()
    tile.click()
    wait_until(lambda: offline(phone))
    assert tile.info["checked"] is True
    tile.click()
    d.press("back")
    assert d(resourceId="com.android.systemui:id/notification_panel").wait_gone()


def test_the_status_bar_service(phone: Simulator, d: Any, sh: Any) -> None:
    panel = d(resourceId="com.android.systemui:id/notification_panel")
    settings = d(resourceId="com.android.systemui:id/quick_settings_panel")
    sh("cmd statusbar expand-notifications")
    assert panel.wait()
    assert not settings.exists
    sh("cmd statusbar expand-settings")
    assert settings.wait()
    sh("cmd statusbar collapse")
    assert panel.wait_gone()


def test_a_posted_notification_is_opened_and_read(phone: Simulator, d: Any, sh: Any) -> None:
    sh("cmd notification post -t Hello tag 'from the shell'")
    d.open_notification()
    assert d(resourceId="android:id/title", text="Hello").wait()
    assert d(resourceId="android:id/text").get_text() == "from the shell"
    d(resourceId="com.android.systemui:id/expandableNotificationRow").swipe("right")
    assert d(text="Hello").wait_gone()
    d.press("home")
    assert d(description=words(phone)[2]).wait()


def test_clear_cache(phone: Simulator, d: Any, sh: Any) -> None:
    def fill() -> None:
        phone.phone.fs.write(f"/data/data/{NOTES}/cache/a", b"x" * 300_000)
        phone.phone.fs.write(f"/data/data/{NOTES}/files/b", b"x" * 200_000)

    phone.call(fill)
    sh(f"am start -a android.settings.APPLICATION_DETAILS_SETTINGS -d package:{NOTES}")
    d(text=words(phone)[1]).click()
    button = d(resourceId="com.android.settings:id/button2")
    assert d(resourceId="com.android.settings:id/button1").wait()
    button.click()
    package = phone.phone.packages.get(NOTES)
    assert package is not None
    wait_until(lambda: phone.call(lambda: phone.phone.packages.sizes(package))[2] == 0)
    assert phone.call(lambda: phone.phone.packages.sizes(package))[1] == 200_000
    assert button.info["enabled"] is False


def test_force_stop(phone: Simulator, d: Any, sh: Any) -> None:
    d.app_start(NOTES, wait=True)
    assert alive(phone)
    sh(f"am start -a android.settings.APPLICATION_DETAILS_SETTINGS -d package:{NOTES}")
    d(resourceId="com.android.settings:id/button3").click()
    assert d(resourceId="android:id/alertTitle").wait()
    d(resourceId="android:id/button1").click()
    wait_until(lambda: not alive(phone))
    assert d(resourceId="com.android.settings:id/button3").info["enabled"] is False


def test_recents_by_swipe(phone: Simulator, d: Any) -> None:
    d.app_start(NOTES, wait=True)
    d.app_start(OTHER, wait=True)
    d.press("recent")
    card = d(resourceId="com.android.launcher3:id/task")
    assert card.wait()
    assert card.info["contentDescription"] == "Other"
    left, top, right, bottom = card.bounds()
    d.swipe((left + right) / 2, (top + bottom) / 2, (left + right) / 2, top / 4, steps=10)
    wait_until(lambda: not alive(phone, OTHER))
    assert alive(phone)
    d(resourceId="com.android.launcher3:id/clear_all").click()
    wait_until(lambda: not alive(phone))


def test_sharing_asks_which_app(phone: Simulator, d: Any, sh: Any) -> None:
    uri = "content://media/external/video/media/7"
    sh(
        f"am start -a android.intent.action.SEND -t video/mp4 -d {uri} "
        f"--eu android.intent.extra.STREAM {uri} --grant-read-uri-permission"
    )
    assert d(resourceId="android:id/text1", text=words(phone)[2]).wait()
    d(description="Other").click()
    assert d(resourceId=f"{OTHER}:id/name", text="Share").wait()


def test_the_pin_by_adb(phone: Simulator, d: Any, sh: Any) -> None:
    sh("locksettings set-pin 4711")
    sh("input keyevent 223")
    sh("input keyevent 224")
    assert "showing=true" in sh("dumpsys window policy")
    assert d(resourceId="com.android.systemui:id/keyguard_status_area").wait()
    sh("wm dismiss-keyguard")
    assert d(resourceId="com.android.systemui:id/pinEntry").wait()
    assert "showing=true" in sh("dumpsys window policy"), "no way without the PIN"
    sh("input text 4711")
    sh("input keyevent 66")
    wait_until(lambda: not phone.call(lambda: phone.phone.power.keyguard))
    sh("locksettings clear --old 4711")


def test_a_swipe_up_unlocks_by_adb(phone: Simulator, d: Any, sh: Any) -> None:
    d.screen_off()
    d.screen_on()
    assert d(resourceId="com.android.systemui:id/keyguard_status_area").wait()
    width, height = d.window_size()
    sh(f"input swipe {width // 2} {height * 3 // 4} {width // 2} {height // 4} 200")
    assert d(description=words(phone)[2]).wait()


def test_a_permission_is_granted_by_tapping(phone: Simulator, d: Any) -> None:
    d.app_start(NOTES, wait=True)

    def ask() -> None:
        record = phone.phone.activities.resumed
        assert record is not None
        assert record.activity is not None
        activity = record.activity
        activity.spawn(activity.request_permissions("android.permission.CAMERA"))

    phone.call(ask)
    prefix = "com.android.permissioncontroller:id/"
    d(resourceId=prefix + "permission_allow_foreground_only_button").click()
    assert d(resourceId=prefix + "permission_message").wait_gone()
    package = phone.phone.packages.get(NOTES)
    assert package is not None
    assert package.has("android.permission.CAMERA")


def test_a_crash_is_told_and_closed(phone: Simulator, d: Any, sh: Any) -> None:
    d.app_start(NOTES, wait=True)
    sh(f"am crash {NOTES}")
    assert d(resourceId="android:id/alertTitle").wait()
    d(resourceId="android:id/aerr_close").click()
    assert d(resourceId="android:id/alertTitle").wait_gone()


def test_the_store_by_its_link(phone: Simulator, d: Any, sh: Any) -> None:
    sh(f"am start -a android.intent.action.VIEW -d 'market://details?id={NOTES}'")
    assert d(resourceId="com.android.vending:id/version").wait()
    assert d.app_current()["package"] == "com.android.vending"
    assert d(resourceId="com.android.vending:id/version").get_text().endswith("1.0")


def test_the_hand_of_the_other_tests_sees_the_same(phone: Simulator, d: Any) -> None:
    """What `Hand` reads off the screen is what the client gets."""
    d.app_start(NOTES, wait=True)
    theirs = [node.attrib["text"] for node in d.xpath("//*[@text!='']").all()]
    ours = phone.call(lambda: Hand(phone.phone).texts())
    assert sorted(theirs) == sorted(ours)


LAST = {
    "en-US": ("System", "About phone"),
    "fr-FR": ("Système", "À propos du téléphone"),
    "id-ID": ("Sistem", "Tentang ponsel"),
}
TALL = 2560  # px; the whole of Settings fits on such a screen


def test_settings_scrolls_to_its_end_where_it_does_not_fit(
    phone: Simulator, d: Any, sh: Any
) -> None:
    sh("am start -S -a android.settings.SETTINGS")
    name, last = LAST[phone.options.locale]
    assert d(resourceId="com.android.settings:id/recycler_view").wait()
    if phone.options.height < TALL:
        assert not d(text=last).exists
        assert d(scrollable=True).scroll.to(text=last)
    assert d(text=last).exists
    d(text=name).click()
    switch = d(resourceId="android:id/switch_widget")
    assert switch.wait()
    before = sh("settings get global auto_time")
    switch.click()
    wait_until(lambda: sh("settings get global auto_time") != before)


@pytest.mark.parametrize(
    ("page", "namespace", "key"),
    [
        ("android.settings.DISPLAY_SETTINGS", "secure", "ui_night_mode"),
        ("android.settings.LOCATION_SOURCE_SETTINGS", "secure", "location_mode"),
        ("android.settings.ACCESSIBILITY_SETTINGS", "global", "window_animation_scale"),
    ],
)
def test_switches_of_settings_are_settings(
    d: Any, sh: Any, page: str, namespace: str, key: str
) -> None:
    sh(f"am start -S -a {page}")
    switch = d(resourceId="android:id/switch_widget")
    assert switch.wait()
    for _ in range(2):
        before, shown = sh(f"settings get {namespace} {key}"), switch.info["checked"]
        switch.click()
        wait_until(lambda: sh(f"settings get {namespace} {key}") != before)  # noqa: B023
        assert switch.info["checked"] is not shown


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("android.intent.action.POWER_USAGE_SUMMARY", "100 %"),
        ("android.settings.BLUETOOTH_SETTINGS", "Bluetooth"),
        ("android.settings.SOUND_SETTINGS", "33 %"),
    ],
)
def test_pages_of_settings_tell_what_is(d: Any, sh: Any, page: str, said: str) -> None:
    sh(f"am start -S -a {page}")
    assert d(text=said, packageName="com.android.settings").wait()
