"""Settings as two vendors build them: other words, other structure (quirks settings-one-ui, -miui).

After what people describe of such phones; nothing of it was read from a source. Ids that nobody
has told are made up, so that nothing may rely on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from droidcancel.simulator.apps.base import Activity
from droidcancel.simulator.apps.system.bars import NAVIGATION_BAR_DP
from droidcancel.simulator.apps.system.settings_app import (
    PAGES,
    AppInfo,
    AppStorage,
    Network,
    SettingsApp,
)
from droidcancel.simulator.apps.system.settings_rows import preference
from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.packages import Package
from droidcancel.simulator.views import (
    Handler,
    View,
    button,
    checkbox,
    column,
    divider,
    frame,
    row,
    switch,
    text,
)

# -- One UI ---------------------------------------------------------------------------------------
ONE_UI_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "network": "Connections",
        "airplane": "Flight mode",
        "storage": "Storage",
        "storage_old": "Storage",
        "app_size": "App",
        "user_data": "Data",
    },
    "en-US": {"airplane": "Airplane mode"},
    "ar": {"airplane": "وضع الطيران"},
    "de": {"airplane": "Offline-Modus"},
    "fr": {"airplane": "Mode Hors-ligne"},
    "hi": {"airplane": "फ़्लाइट मोड"},
    "id": {"airplane": "Mode penerbangan"},
    "it": {"airplane": "Modalità offline"},
    "ko": {"airplane": "비행기 탑승 모드"},
    "pt-BR": {"airplane": "Modo offline"},
    "ru": {"airplane": "Авиарежим"},
    "vi": {"airplane": "Chế độ máy bay"},
}


def two_targets(title: str, summary: str, on_open: Handler | None, knob: View) -> View:
    """A card's row: the words open a page, the switch behind the line switches."""
    words = column(
        text(title, id="android:id/title", size=17),
        *([text(summary, id="android:id/summary", size=13)] if summary else []),
    )
    return row(
        row(words, weight=1, on_click=on_open, padding=(0, 12), id="text_frame"),
        divider(width=1, height=24),
        frame(knob, width="wrap", margin=(12, 0, 0, 0), id="android:id/widget_frame"),
        padding=(24, 2),
        min_height=64,
        id="two_target_frame",
    )


class OneUiConnections(Network):
    """Connections: cards of rows, most with a switch of their own."""

    def rows(self) -> list[View]:
        net = self.phone.connectivity
        ssid = str(net.wifi.ssid) if net.wifi.connected else ""
        to_wifi = partial(self.open, ".Settings$WifiSettingsActivity")
        return [
            column(
                two_targets(
                    self.text("wifi"), ssid, to_wifi, self._knob(net.wifi.enabled, net.set_wifi)
                ),
                two_targets(
                    self.text("bluetooth"), "", None, self._knob(net.bluetooth, net.set_bluetooth)
                ),
                background="surface_container",
                radius=26,
                margin=(10, 6),
            ),
            column(
                two_targets(
                    self.text("airplane"),
                    self.text("airplane_help"),
                    None,
                    self._knob(net.airplane_setting, net.set_airplane),
                ),
                background="surface_container",
                radius=26,
                margin=(10, 6),
            ),
            column(
                self.link("mobile", ".Settings$NetworkDashboardActivity"),
                self.link("data_saver", ".Settings$DataSaverSummaryActivity"),
                background="surface_container",
                radius=26,
                margin=(10, 6),
            ),
        ]

    def _knob(self, on: bool, change: Callable[[bool], object]) -> View:
        return switch(on, self.after(change), id="android:id/switch_widget")


class OneUiStorage(AppStorage):
    """The sizes in a card, the two buttons at the bottom of the page."""

    def about(self, package: Package) -> list[View]:
        code, data, cache = self.phone.packages.sizes(package)
        clear = partial(self.ask, "delete_title", "delete_text", self._clear_data)
        sizes = (("app_size", code), ("user_data", data), ("cache", cache))
        return [
            self.header(package),
            *(preference(self.text(name), self.size(size)) for name, size in sizes),
            row(
                button(
                    self.text("clear_storage_old"),
                    id="clear_data_button",
                    weight=1,
                    lines=2,
                    enabled=not package.system,
                    on_click=clear,
                ),
                button(
                    self.text("clear_cache"),
                    id="clear_cache_button",
                    weight=1,
                    lines=2,
                    enabled=cache > 0,
                    on_click=self._clear_cache if cache else None,
                ),
                padding=(20, 12),
            ),
        ]


# -- MIUI -----------------------------------------------------------------------------------------
MIUI_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "network": "Connection & sharing",
        "storage": "Storage",
        "storage_old": "Storage",
        "app_size": "App",
        "user_data": "Data",
    },
    "zh-CN": {"network": "连接与共享"},
}


class MiuiConnections(Network):
    """Rows whose switch is a CheckBox, deep in a row of their own."""

    def rows(self) -> list[View]:
        net = self.phone.connectivity
        return [
            self._row("airplane", net.airplane_setting, net.set_airplane),
            self._row("mobile", net.data_enabled, net.set_data),
            self.link("wifi", ".Settings$WifiSettingsActivity"),
            self.link("data_saver", ".Settings$DataSaverSummaryActivity"),
        ]

    def _row(self, name: str, on: bool, change: Callable[[bool], object]) -> View:
        put = self.after(change)
        words = column(column(text(self.text(name), id="android:id/title", size=17)), weight=1)
        knob = frame(
            column(checkbox(on, put, id="android:id/checkbox")),
            width="wrap",
            id="android:id/widget_frame",
        )
        return row(row(words, knob, weight=1), padding=(26, 14), on_click=lambda: put(not on))


class MiuiAppInfo(AppInfo):
    """What can be done stands at the bottom, Clear data among it."""

    def about(self, package: Package) -> list[View]:
        size = self.size(sum(self.phone.packages.sizes(package)))
        stop = partial(self.ask, "force_stop_title", "force_stop_text", self._force_stop)
        to_storage = partial(
            self.open, ".Settings$AppStorageSettingsActivity", package=package.name
        )
        return [
            self.header(package),
            preference(self.text("storage"), size, on_click=to_storage),
            row(
                button(self.text("force_stop"), weight=1, on_click=stop, id="action_stop"),
                button(
                    self.text("uninstall"),
                    weight=1,
                    id="action_uninstall",
                    enabled=not package.system,
                    on_click=self._uninstall,
                ),
                padding=(12, 12),
            ),
        ]


class MiuiStorage(AppStorage):
    """One button: Clear data opens a sheet with Clear all data and Clear cache."""

    def about(self, package: Package) -> list[View]:
        code, data, cache = self.phone.packages.sizes(package)
        sizes = (("app_size", code), ("user_data", data), ("cache", cache))
        return [
            self.header(package),
            *(preference(self.text(name), self.size(size)) for name, size in sizes),
            row(
                button(
                    self.text("clear_storage_old"),
                    id="action_clear",
                    weight=1,
                    enabled=not package.system,
                    on_click=self._sheet,
                ),
                padding=(20, 12),
            ),
        ]

    def _sheet(self) -> None:
        ask = partial(self.ask, "delete_title", "delete_text", self._clear_data)
        choices: tuple[tuple[str, Handler], ...] = (
            ("clear_all_data", ask),
            ("clear_cache", self._clear_cache),
            ("cancel", lambda: None),
        )

        def choose(action: Handler) -> None:
            self.dismiss(sheet)
            action()

        sheet = self.show_dialog(
            lambda: frame(
                column(
                    *(
                        preference(self.text(name), on_click=partial(choose, action))
                        for name, action in choices
                    ),
                    background="surface_high",
                    radius=28,
                    align="bottom",
                    padding=(0, 12, 0, NAVIGATION_BAR_DP + 12),
                    id="action_sheet",
                ),
                height="match",
                background="#80000000",
            )
        )


# -- which ----------------------------------------------------------------------------------------
def _words(vendor: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """The texts of AOSP with the vendor's over them; what is in its English goes for all."""
    shared = {"airplane_help": "", "clear_all_data": "Clear all data", "bluetooth": "Bluetooth"}
    stock = SettingsApp.strings
    keys = {*stock, *vendor}
    table: dict[str, Mapping[str, str]] = {}
    for key in keys:
        table[key] = {**stock.get(key, {}), **vendor.get(key, {})}
    table["en"] = {**shared, **table["en"]}
    return table


def _vendors(
    pages: Mapping[str, type[Activity]], words: dict[str, Mapping[str, str]]
) -> type[SettingsApp]:
    class VendorSettings(SettingsApp):
        activities = {**PAGES, **pages}
        strings = words

    return VendorSettings


def settings_app(options: PhoneOptions) -> type[SettingsApp]:
    """The Settings app of a phone of this make."""
    network, info = ".Settings$NetworkDashboardActivity", ".applications.InstalledAppDetails"
    storage = ".Settings$AppStorageSettingsActivity"
    if options.has("settings-one-ui"):
        pages = {network: OneUiConnections, storage: OneUiStorage}
        return _vendors(pages, _words(ONE_UI_WORDS))
    if options.has("settings-miui"):
        pages = {network: MiuiConnections, info: MiuiAppInfo, storage: MiuiStorage}
        return _vendors(pages, _words(MIUI_WORDS))
    return SettingsApp
