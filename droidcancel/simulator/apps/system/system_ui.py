"""SystemUI: the status bar, the navigation bar, toasts and crash dialogs."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.base import App
from droidcancel.simulator.views import (
    Rect,
    View,
    column,
    icon,
    image_button,
    row,
    spacer,
    text,
)
from droidcancel.simulator.windows import Window

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.services_state import Toast

PACKAGE = "com.android.systemui"
STATUS_BAR_DP = 24
NAVIGATION_BAR_DP = 48

STRINGS = {
    "en": {"back": "Back", "home": "Home", "recent_apps": "Overview",
           "stopped": "{app} keeps stopping", "close": "Close app"},
    "fr": {"back": "Retour", "home": "Accueil", "recent_apps": "Aperçu",
           "stopped": "{app} plante continuellement", "close": "Fermer l'application"},
    "id": {"back": "Kembali", "home": "Layar Utama", "recent_apps": "Ringkasan",
           "stopped": "{app} terus berhenti", "close": "Tutup aplikasi"},
}  # fmt: skip


class SystemUiApp(App):
    """The package of SystemUI; its windows are kept by `SystemUi`."""

    package = PACKAGE
    labels = {"en": "System UI"}
    uid = 10050
    system = True


class SystemUi:
    """The windows around the apps, started with the phone."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self._toast: Window | None = None
        self._crash: Window | None = None

    def start(self) -> None:
        phone = self.phone
        phone.windows.add(self._bar("status", "StatusBar", self._status, self._top_frame()))
        phone.windows.add(
            self._bar("navigation", "NavigationBar0", self._navigation, self._bottom_frame())
        )
        if phone.boot_count == 1:
            phone.toasts.on_show(self._show_toast)
            phone.listen_crashes(self._show_crash)
            phone.settings.on_change(lambda *_: phone.changed())

    def text(self, name: str, **values: object) -> str:
        table = STRINGS.get(self.phone.language(), STRINGS["en"])
        return table[name].format(**values)

    def _bar(self, kind: str, title: str, build: object, frame: Rect) -> Window:
        assert callable(build)
        return Window(
            package=PACKAGE,
            title=title,
            build=build,
            owner=self.phone,
            kind=kind,
            frame=frame,
            focusable=False,
        )

    def _px(self, dp: float) -> int:
        return round(dp * self.phone.options.density / 160)

    def _top_frame(self) -> Rect:
        return Rect(0, 0, self.phone.options.width, self._px(STATUS_BAR_DP))

    def _bottom_frame(self) -> Rect:
        options = self.phone.options
        return Rect(0, options.height - self._px(NAVIGATION_BAR_DP), options.width, options.height)

    # -- bars ------------------------------------------------------------------------------
    def _status(self) -> View:
        clock = time.strftime("%H:%M", time.gmtime(self.phone.clock.time()))
        notes = [icon("upload" if n.progress_max else "inbox", icon_size=16, color="#ffffff")
                 for n in self.phone.notifications.list()[:4]]  # fmt: skip
        return row(
            text(clock, id="clock", size=13, bold=True, color="#ffffff", desc=clock),
            *notes,
            spacer(weight=1),
            *self._signs(),
            icon("battery", icon_size=16, color="#ffffff", id="battery", desc="100%"),
            text("100 %", size=12, color="#ffffff", id="battery_percentage_view"),
            id="status_bar",
            padding=(12, 0),
            gap=4,
            height="match",
            background="#000000",
        )

    def _signs(self) -> list[View]:
        net = self.phone.connectivity
        signs = []
        if net.airplane:
            signs.append(icon("airplane", icon_size=16, color="#ffffff", desc="Airplane mode"))
        if net.wifi.connected:
            signs.append(icon("wifi", icon_size=16, color="#ffffff", id="wifi_signal"))
        if not net.airplane and net.data_enabled:
            signs.append(icon("cell", icon_size=16, color="#ffffff", id="mobile_signal"))
        return signs

    def _navigation(self) -> View:
        keys = {
            "back": self.phone.press_back,
            "home": self.phone.go_home,
            "recent_apps": self.phone.show_recents,
        }
        signs = {"back": "nav_back", "home": "nav_home", "recent_apps": "nav_recents"}
        buttons = [
            image_button(
                icon=signs[name],
                desc=self.text(name),
                id=name,
                color="#ffffff",
                weight=1,
                height="match",
                on_click=partial(self.phone.call, action),
            )
            for name, action in keys.items()
        ]
        return row(*buttons, id="nav_buttons", background="#000000", height="match")

    # -- toasts and crashes ------------------------------------------------------------------
    def _show_toast(self, toast: Toast) -> None:
        if self._toast is not None:
            self.phone.windows.remove(self._toast)
        window = Window(
            package=toast.package,
            title="Toast",
            build=lambda: self._toast_view(toast),
            owner=self.phone,
            kind="toast",
            focusable=False,
        )
        self._toast = self.phone.windows.add(window)
        self.phone.spawn(self._expire(window, toast))

    @staticmethod
    def _toast_view(toast: Toast) -> View:
        return column(
            spacer(weight=1),
            text(
                toast.text,
                id="android:id/message",
                size=14,
                color="#ffffff",
                background="#e6303030",
                radius=24,
                padding=(24, 14),
                align="center_horizontal",
                gravity="center",
            ),
            spacer(height=96),
            height="match",
            gravity="center_horizontal",
        )

    async def _expire(self, window: Window, toast: Toast) -> None:
        await self.phone.clock.sleep(toast.until - self.phone.clock.uptime())
        self.phone.windows.remove(window)

    def _show_crash(self, package: str) -> None:
        if self._crash is not None:
            self.phone.windows.remove(self._crash)
        window = Window(
            package="android",
            title=f"Application Error: {package}",
            build=partial(self._crash_view, package),
            owner=self.phone,
            kind="system_dialog",
            modal=True,
        )
        self._crash = self.phone.windows.add(window)

    def _crash_view(self, package: str) -> View:
        installed = self.phone.packages.get(package)
        app = installed.app if installed else None
        label = app.label(self.phone.language()) if app else package
        return column(
            spacer(weight=1),
            column(
                text(self.text("stopped", app=label), id="android:id/alertTitle", size=20),
                row(
                    icon("close"),
                    text(self.text("close"), size=16, margin=(12, 0)),
                    id="android:id/aerr_close",
                    padding=(0, 14),
                    on_click=self._close_crash,
                ),
                background="surface",
                radius=28,
                padding=24,
                margin=(32, 0),
            ),
            spacer(weight=1),
            height="match",
            background="#80000000",
        )

    def _close_crash(self) -> None:
        if self._crash is not None:
            self.phone.windows.remove(self._crash)
            self._crash = None
