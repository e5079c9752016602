"""The screen goes off by itself, as PowerManagerService has it.

After `screen_off_timeout` ms without a touch or a key, unless the phone is plugged in and told to
stay on (`stay_on_while_plugged_in`, a sum of BatteryManager.BATTERY_PLUGGED_*).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

PLUGGED_AC, PLUGGED_USB, PLUGGED_WIRELESS = 1, 2, 4
USUAL_MS = 1_800_000
LEAST_S = 0.05  # a wrong setting must not keep the phone busy


class ScreenTimeout:
    """Started with the phone; `touched` whenever the user does something."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._timer: asyncio.TimerHandle | None = None
        self._last = 0.0
        phone.settings.on_change(self._setting_changed)
        phone.power.on_change(self.touched)

    def touched(self) -> None:
        """User activity: the time begins anew."""
        try:
            self._last = asyncio.get_running_loop().time()
        except RuntimeError:
            return  # the phone is not switched on yet
        if self._timer is None:
            self._arm()

    def stop(self) -> None:
        """The phone goes down."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def seconds(self) -> float:
        """The timeout that is set."""
        text = self._phone.settings.get("system", "screen_off_timeout") or ""
        return max(LEAST_S, (int(text) if text.isdigit() else USUAL_MS) / 1000)

    @property
    def stays_on(self) -> bool:
        """Whether the phone is plugged in by a way that keeps it on."""
        text = self._phone.settings.get("global", "stay_on_while_plugged_in") or "0"
        battery = self._phone.battery
        plugged = (
            PLUGGED_AC * battery.ac
            | PLUGGED_USB * battery.usb
            | PLUGGED_WIRELESS * battery.wireless
        )
        return bool(plugged & (int(text) if text.isdigit() else 0))

    def _setting_changed(self, namespace: str, key: str, value: str | None) -> None:
        if key in ("screen_off_timeout", "stay_on_while_plugged_in"):
            self.stop()
            self.touched()

    def _arm(self) -> None:
        if not self._phone.power.screen_on:
            return
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(max(self._last + self.seconds, loop.time()), self._due)

    def _due(self) -> None:
        self._timer = None
        idle = asyncio.get_running_loop().time() - self._last
        if self.stays_on or not self._phone.booted.is_set():
            self.touched()
        elif idle >= self.seconds:
            self._phone.power.sleep()
        else:
            self._arm()
