"""The Settings app: the pages that people change the phone's connectivity and apps with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from droidcancel.simulator.apps.base import Activity, App
from droidcancel.simulator.apps.intents import (
    ACTION_MAIN,
    CATEGORY_DEFAULT,
    CATEGORY_LAUNCHER,
    FLAG_ACTIVITY_NEW_TASK,
    Component,
    Intent,
    IntentFilter,
)
from droidcancel.simulator.apps.system.app_icons import app_icon
from droidcancel.simulator.apps.system.locales import app_labels
from droidcancel.simulator.apps.system.settings_device import (
    DEVICE_ACTIONS,
    DEVICE_PAGES,
    location_on,
    used_text,
)
from droidcancel.simulator.apps.system.settings_device_strings import DEVICE_STRINGS
from droidcancel.simulator.apps.system.settings_page import Page
from droidcancel.simulator.apps.system.settings_rows import (
    action_buttons,
    confirm,
    preference,
    toggle,
)
from droidcancel.simulator.apps.system.settings_strings import STRINGS
from droidcancel.simulator.packages import Package
from droidcancel.simulator.views import Handler, View, column, text


class Main(Page):
    def rows(self) -> list[View]:
        network = self.text("network_summary")
        battery = f"{self.phone.battery.level} %"
        storage = used_text(self)
        location = self.text("on" if location_on(self.phone) else "off")
        model = self.phone.options.model
        return [
            self.link("network", ".Settings$NetworkDashboardActivity", network),
            self.link("connected", ".Settings$ConnectedDeviceDashboardActivity", "Bluetooth"),
            self.link("apps", ".Settings$ManageApplicationsActivity", self.text("apps_summary")),
            self.link("battery", ".Settings$PowerUsageSummaryActivity", battery),
            self.link("storage_old", ".Settings$StorageDashboardActivity", storage),
            self.link("sound", ".Settings$SoundSettingsActivity", self.text("sound_about")),
            self.link("display", ".Settings$DisplaySettingsActivity", self.text("display_about")),
            self.link("accessibility", ".Settings$AccessibilitySettingsActivity"),
            self.link("security", ".Settings$SecuritySettingsActivity"),
            self.link("location", ".Settings$LocationSettingsActivity", location),
            self.link("system", ".Settings$SystemDashboardActivity", self.text("system_about")),
            self.link("about", ".Settings$MyDeviceInfoActivity", model),
        ]


class Network(Page):
    title = "network"

    def on_create(self) -> None:
        super().on_create()
        self._forget = self.phone.connectivity.on_change(self.invalidate)

    def on_destroy(self) -> None:
        self._forget()

    def rows(self) -> list[View]:
        net = self.phone.connectivity
        connected = self.text("wifi_summary", ssid=net.wifi.ssid) if net.wifi.connected else ""
        summary = connected or self.text("on" if net.wifi.enabled else "off")
        saver = self.text("on" if self.phone.netpolicy.restrict_background else "off")
        return [
            self.link("wifi", ".Settings$WifiSettingsActivity", summary),
            toggle(self.text("mobile"), net.data_enabled, self.after(net.set_data)),
            toggle(self.text("airplane"), net.airplane_setting, self.after(net.set_airplane)),
            self.link("data_saver", ".Settings$DataSaverSummaryActivity", saver),
        ]


class WifiPage(Network):
    title = "wifi"

    def rows(self) -> list[View]:
        net = self.phone.connectivity
        rows = [toggle(self.text("wifi"), net.wifi.enabled, self.after(net.set_wifi))]
        if net.wifi.connected:
            rows.append(preference(str(net.wifi.ssid), self.text("on")))
        return rows


class DataSaver(Page):
    title = "data_saver"

    def rows(self) -> list[View]:
        policy = self.phone.netpolicy
        return [
            toggle(self.text("use_data_saver"), policy.restrict_background, self._change),
            text(self.text("data_saver_info"), padding=(24, 12), color="on_surface_variant"),
        ]

    def _change(self, on: bool) -> None:
        self.phone.netpolicy.set_restrict_background(on)
        self.invalidate()


class Apps(Page):
    title = "apps_all"

    def rows(self) -> list[View]:
        shown = [p for p in self.phone.packages if p.launcher or not p.system]
        return [
            preference(
                package.label,
                self.size(sum(self.phone.packages.sizes(package))),
                on_click=partial(self.start, details_intent(package.name)),
            )
            for package in shown
        ]


class About(Page):
    title = "about"

    def rows(self) -> list[View]:
        options = self.phone.options
        return [
            preference(self.text("model"), options.model),
            preference(self.text("android_version"), options.release),
        ]


def details_intent(package: str) -> Intent:
    return Intent(action="android.settings.APPLICATION_DETAILS_SETTINGS", data=f"package:{package}")


class AppPage(Page):
    """A page about one package, named by the intent's data."""

    title = "app_info"

    def on_create(self) -> None:
        super().on_create()
        name = (self.intent.data or "").partition(":")[2] or str(
            self.intent.extras.get("package", "")
        )
        self.subject = self.phone.packages.get(name)
        if self.subject is None:
            self.finish()

    def rows(self) -> list[View]:
        return self.about(self.subject) if self.subject is not None else []

    def about(self, package: Package) -> list[View]:
        raise NotImplementedError(f"{type(self).__name__} says nothing about {package.name}")

    def header(self, package: Package) -> View:
        return column(
            app_icon(package.name),
            text(package.label, size=20, id="entity_header_title", margin=(0, 8, 0, 0)),
            gravity="center_horizontal",
            padding=(0, 16),
            id="entity_header",
        )

    def ask(self, title: str, body: str, action: Handler) -> None:
        def yes() -> None:
            self.dismiss(dialog)
            action()
            self.invalidate()

        dialog = self.show_dialog(
            lambda: confirm(
                self.text(title),
                self.text(body),
                self.text("ok"),
                self.text("cancel"),
                yes,
                lambda: self.dismiss(dialog),
            )
        )


class AppInfo(AppPage):
    def about(self, package: Package) -> list[View]:
        running = bool(self.phone.processes.by_package(package.name))
        stop = partial(self.ask, "force_stop_title", "force_stop_text", self._force_stop)
        old = "storage" if self.phone.options.api >= 29 else "storage_old"
        size = self.size(sum(self.phone.packages.sizes(package)))
        can_stop = running or not package.stopped
        return [
            self.header(package),
            action_buttons(
                ("button1", self.text("open"), self._open if package.launcher else None),
                ("button2", self.text("uninstall"), None if package.system else self._uninstall),
                ("button3", self.text("force_stop"), stop if can_stop else None),
            ),
            preference(
                self.text(old),
                self.text("storage_summary", size=size),
                on_click=partial(
                    self.open, ".Settings$AppStorageSettingsActivity", package=package.name
                ),
            ),
            text(self.text("version", version=package.version_name), padding=24),
        ]

    def _force_stop(self) -> None:
        assert self.subject is not None
        self.phone.activities.force_stop(self.subject.name)

    def _uninstall(self) -> None:
        assert self.subject is not None
        self.phone.activities.force_stop(self.subject.name)
        self.phone.packages.uninstall(self.subject.name)
        self.finish()

    def _open(self) -> None:
        assert self.subject is not None
        self.start(
            Intent(
                action=ACTION_MAIN,
                categories=frozenset({CATEGORY_LAUNCHER}),
                component=Component.parse(f"{self.subject.name}/{self.subject.launcher}"),
                flags=FLAG_ACTIVITY_NEW_TASK,
            )
        )


class AppStorage(AppPage):
    title = "storage"

    def about(self, package: Package) -> list[View]:
        code, data, cache = self.phone.packages.sizes(package)
        old = "clear_storage" if self.phone.options.api >= 29 else "clear_storage_old"
        clear = partial(self.ask, "delete_title", "delete_text", self._clear_data)
        sizes = (("app_size", code), ("user_data", data), ("cache", cache))
        return [
            self.header(package),
            action_buttons(
                ("button1", self.text(old), None if package.system else clear),
                ("button2", self.text("clear_cache"), self._clear_cache if cache else None),
            ),
            *(preference(self.text(name), self.size(size)) for name, size in sizes),
            preference(self.text("total"), self.size(code + data + cache)),
        ]

    def _clear_cache(self) -> None:
        assert self.subject is not None
        self.phone.packages.clear_cache(self.subject)
        self.invalidate()

    def _clear_data(self) -> None:
        assert self.subject is not None
        self.phone.activities.force_stop(self.subject.name)
        self.phone.packages.clear_data(self.subject)


PAGES: dict[str, type[Activity]] = {
    **DEVICE_PAGES,
    ".Settings": Main,
    ".Settings$NetworkDashboardActivity": Network,
    ".Settings$WifiSettingsActivity": WifiPage,
    ".Settings$DataSaverSummaryActivity": DataSaver,
    ".Settings$ManageApplicationsActivity": Apps,
    ".Settings$MyDeviceInfoActivity": About,
    ".applications.InstalledAppDetails": AppInfo,
    ".Settings$AppStorageSettingsActivity": AppStorage,
}

# What the public actions of android.provider.Settings open.
ACTIONS = {
    **DEVICE_ACTIONS,
    "android.settings.SETTINGS": ".Settings",
    "android.settings.AIRPLANE_MODE_SETTINGS": ".Settings$NetworkDashboardActivity",
    "android.settings.WIRELESS_SETTINGS": ".Settings$NetworkDashboardActivity",
    "android.settings.WIFI_SETTINGS": ".Settings$WifiSettingsActivity",
    "android.settings.DATA_SAVER_SETTINGS": ".Settings$DataSaverSummaryActivity",
    "android.settings.APPLICATION_SETTINGS": ".Settings$ManageApplicationsActivity",
    "android.settings.DEVICE_INFO_SETTINGS": ".Settings$MyDeviceInfoActivity",
    "android.settings.APPLICATION_DETAILS_SETTINGS": ".applications.InstalledAppDetails",
}


class SettingsApp(App):
    package = "com.android.settings"
    labels = {**app_labels(), "en": "Settings", "fr": "Paramètres", "id": "Setelan"}
    uid = 1000
    system = True
    launcher = ".Settings"
    activities = PAGES
    filters = tuple(
        IntentFilter(
            activity,
            (action,),
            (CATEGORY_DEFAULT,),
            schemes=("package",) if action.endswith("DETAILS_SETTINGS") else (),
        )
        for action, activity in ACTIONS.items()
    )
    strings: ClassVar[dict[str, Mapping[str, str]]] = {
        language: {**texts, **DEVICE_STRINGS.get(language, {})}
        for language, texts in STRINGS.items()
    }
