"""The status bar and the navigation bar."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.system.system_strings import clock_text
from droidcancel.simulator.views import View, frame, icon, image_button, row, spacer, text

if TYPE_CHECKING:
    from droidcancel.simulator.apps.system.system_ui import SystemUi

STATUS_BAR_DP = 24
NAVIGATION_BAR_DP = 48
GESTURE_BAR_DP = 24  # navigation_bar_frame_height of config with gestural mode
HANDLE_DP = 108
INK = "#ffffff"
SHOWN_NOTIFICATIONS = 4
KEYS = (("back", "nav_back"), ("home", "nav_home"), ("recent_apps", "nav_recents"))


class Bars:
    """What the two bars show; the status bar obeys SystemUI's demo mode."""

    def __init__(self, ui: SystemUi) -> None:
        self._ui = ui
        self._phone = ui.phone

    def status(self) -> View:
        """The status bar; a swipe down on it opens the shade, which has its own in its place."""
        if self._ui.shade.is_open:
            return row(id="status_bar", height=STATUS_BAR_DP)
        return row(
            self.clock(13),
            *self._notifications(),
            spacer(weight=1),
            *self.signs(),
            id="status_bar",
            padding=(12, 0),
            gap=4,
            height=STATUS_BAR_DP,
            background=self._ui.bar_color,
            on_swipe=self._pulled,
        )

    def _pulled(self, direction: str) -> None:
        if direction == "down":
            self._ui.open_notifications()

    def clock(self, size: float, color: str = INK) -> View:
        shown = self._demo("clock").get("hhmm", "")
        half = self._phone.settings.get("system", "time_12_24") == "12"
        time = clock_text(self._phone.clock.time(), half_day=half)
        if len(shown) == 4:
            time = f"{shown[:2]}:{shown[2:]}"
        return text(time, id="clock", size=size, bold=True, color=color, desc=time)

    def _demo(self, name: str) -> dict[str, str]:
        return self._phone.demo.shown.get(name, {})

    def _notifications(self) -> list[View]:
        if self._demo("notifications").get("visible") == "false":
            return []
        shown = self._ui.posted()[:SHOWN_NOTIFICATIONS]
        signs = ["upload" if n.progress_max or n.indeterminate else "bell" for n in shown]
        return [icon(sign, icon_size=15, color=INK) for sign in signs]

    def signs(self, color: str = INK) -> list[View]:
        """The system icons: airplane, Wi-Fi, mobile network, battery."""
        net, demo = self._phone.connectivity, self._demo("network")
        mobile = net.cell.radio.up and net.data_enabled
        shown = {
            "airplane": ("airplane", net.airplane_setting, self._ui.text("airplane_on")),
            "wifi_signal": ("wifi", net.wifi.connected, self._ui.text("wifi_full")),
            "mobile_signal": ("cell", mobile, self._ui.text("mobile_full")),
        }
        signs = []
        for name, (sign, visible, desc) in shown.items():
            told = demo.get(name.partition("_")[0])
            if visible if told is None else told == "show":
                signs.append(icon(sign, icon_size=16, color=color, id=name, desc=desc))
        return [*signs, *self._battery(color)]

    def _battery(self, color: str) -> list[View]:
        level = self._demo("battery").get("level", str(self._phone.battery.level))
        return [
            icon(
                "battery",
                icon_size=16,
                color=color,
                id="battery",
                desc=self._ui.text("battery", level=level),
            ),
            text(f"{level} %", size=12, color=color, id="battery_percentage_view"),
        ]

    def navigation(self) -> View:
        """Back, Home and Overview; on the keyguard only Back, and only on its PIN pad."""
        phone = self._phone
        if phone.options.navigation == "gesture":
            return self._handle()
        actions = {
            "back": phone.press_back,
            "home": phone.go_home,
            "recent_apps": phone.show_recents,
        }
        locked, bouncer = phone.power.keyguard, phone.power.bouncer
        buttons = []
        for name, sign in KEYS:
            gone = locked and not (name == "back" and bouncer)
            buttons.append(
                spacer(weight=1)
                if gone
                else image_button(
                    icon=sign,
                    desc=self._ui.text(name),
                    id=name,
                    color=INK,
                    weight=1,
                    height="match",
                    on_click=partial(phone.call, actions[name]),
                )
            )
        return row(
            *buttons,
            id="nav_buttons",
            background=self._ui.bar_color,
            height=NAVIGATION_BAR_DP,
        )

    def _handle(self) -> View:
        """Gesture navigation: a line to swipe up from; what swipes do is input.py's."""
        line = frame(
            id="home_handle",
            width=HANDLE_DP,
            height=4,
            align="center",
            background=INK,
            radius=2,
        )
        return frame(line, id="nav_buttons", background=self._ui.bar_color, height=GESTURE_BAR_DP)
