"""The pages of Settings about the phone itself: battery, storage, sound, display and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.apps.base import Activity
from droidcancel.simulator.apps.system.settings_page import Page
from droidcancel.simulator.apps.system.settings_rows import preference, toggle
from droidcancel.simulator.apps.system.tiles import NIGHT_NO, NIGHT_YES
from droidcancel.simulator.views import View

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

BRIGHTEST = 255
LOUDEST = {"volume_music": 15, "volume_ring": 7}  # AudioService.MAX_STREAM_VOLUME
FULL, CHARGING = 5, 2  # BatteryManager.BATTERY_STATUS_*
LOCATION_OFF, LOCATION_ON = "0", "3"
ANIMATIONS = ("window_animation_scale", "transition_animation_scale", "animator_duration_scale")
LANGUAGES = {
    "en-US": "English (United States)",
    "fr-FR": "Français (France)",
    "id-ID": "Indonesia (Indonesia)",
}


def location_on(phone: Phone) -> bool:
    return (phone.settings.get("secure", "location_mode") or LOCATION_OFF) != LOCATION_OFF


def used_text(page: Page) -> str:
    """How much of the phone's storage is taken."""
    fs, total = page.phone.fs, page.phone.options.storage_bytes
    return page.text("storage_used", used=page.size(fs.used), total=page.size(total))


class DevicePage(Page):
    """A page whose switches are settings."""

    def flag(self, title: str, namespace: str, key: str, on: str = "1", off: str = "0") -> View:
        settings = self.phone.settings

        def change(value: bool) -> None:
            settings.put(namespace, key, on if value else off)

        return toggle(self.text(title), settings.get(namespace, key) == on, self.after(change))

    def share(self, title: str, value: float) -> View:
        return preference(self.text(title), f"{round(100 * value)} %")

    def number(self, key: str) -> float:
        text = self.phone.settings.get("system", key) or "0"
        return float(text) if text.replace(".", "", 1).isdigit() else 0.0


class Connected(DevicePage):
    title = "connected"

    def rows(self) -> list[View]:
        net = self.phone.connectivity
        return [toggle("Bluetooth", net.bluetooth, self.after(net.set_bluetooth))]


class BatteryPage(DevicePage):
    title = "battery"

    def rows(self) -> list[View]:
        battery = self.phone.battery
        states = {FULL: "battery_full", CHARGING: "battery_charging"}
        state = self.text(states.get(battery.status, "battery_draining"))
        return [preference(f"{battery.level} %", state)]


class Storage(DevicePage):
    title = "storage_old"

    def rows(self) -> list[View]:
        free = self.size(self.phone.fs.free)
        return [preference(self.text("storage_old"), used_text(self)),
                preference(self.text("storage_free"), free)]  # fmt: skip


class Sound(DevicePage):
    title = "sound"

    def rows(self) -> list[View]:
        return [self.share(key, self.number(key) / most) for key, most in LOUDEST.items()]


class Display(DevicePage):
    title = "display"

    def rows(self) -> list[View]:
        minutes = round(self.number("screen_off_timeout") / 60_000)
        return [
            self.share("brightness_level", self.number("screen_brightness") / BRIGHTEST),
            self.flag("dark_theme", "secure", "ui_night_mode", NIGHT_YES, NIGHT_NO),
            preference(self.text("screen_timeout"), self.text("minutes", count=str(minutes))),
            self.flag("auto_rotate", "system", "accelerometer_rotation"),
        ]


class Accessibility(DevicePage):
    title = "accessibility"

    def rows(self) -> list[View]:
        still = all(self.phone.settings.get("global", key) in ("0", "0.0") for key in ANIMATIONS)

        def change(on: bool) -> None:
            for key in ANIMATIONS:
                self.phone.settings.put("global", key, "0" if on else "1")

        return [toggle(self.text("remove_animations"), still, self.after(change))]


class Security(DevicePage):
    title = "security"

    def rows(self) -> list[View]:
        swipe = self.phone.power.swipe_lock()
        kind = "lock_pin" if self.phone.power.pin is not None else "lock_swipe"
        return [preference(self.text("screen_lock"), self.text(kind if swipe else "lock_none"))]


class Location(DevicePage):
    title = "location"

    def rows(self) -> list[View]:
        return [self.flag("use_location", "secure", "location_mode", LOCATION_ON, LOCATION_OFF)]


class System(DevicePage):
    title = "system"

    def rows(self) -> list[View]:
        locale = self.phone.options.locale
        return [
            preference(self.text("languages"), LANGUAGES.get(locale, locale)),
            self.flag("auto_time", "global", "auto_time"),
        ]


DEVICE_PAGES: dict[str, type[Activity]] = {
    ".Settings$ConnectedDeviceDashboardActivity": Connected,
    ".Settings$PowerUsageSummaryActivity": BatteryPage,
    ".Settings$StorageDashboardActivity": Storage,
    ".Settings$SoundSettingsActivity": Sound,
    ".Settings$DisplaySettingsActivity": Display,
    ".Settings$AccessibilitySettingsActivity": Accessibility,
    ".Settings$SecuritySettingsActivity": Security,
    ".Settings$LocationSettingsActivity": Location,
    ".Settings$SystemDashboardActivity": System,
}

DEVICE_ACTIONS = {
    "android.settings.BLUETOOTH_SETTINGS": ".Settings$ConnectedDeviceDashboardActivity",
    "android.intent.action.POWER_USAGE_SUMMARY": ".Settings$PowerUsageSummaryActivity",
    "android.settings.INTERNAL_STORAGE_SETTINGS": ".Settings$StorageDashboardActivity",
    "android.settings.SOUND_SETTINGS": ".Settings$SoundSettingsActivity",
    "android.settings.DISPLAY_SETTINGS": ".Settings$DisplaySettingsActivity",
    "android.settings.ACCESSIBILITY_SETTINGS": ".Settings$AccessibilitySettingsActivity",
    "android.settings.SECURITY_SETTINGS": ".Settings$SecuritySettingsActivity",
    "android.settings.LOCATION_SOURCE_SETTINGS": ".Settings$LocationSettingsActivity",
    "android.settings.LOCALE_SETTINGS": ".Settings$SystemDashboardActivity",
    "android.settings.DATE_SETTINGS": ".Settings$SystemDashboardActivity",
}
