"""The phone's clocks, and what its commands cost in time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass


class Clock:
    """Wall time (which may be set wrong) and time since boot, both in seconds."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._boot = time.monotonic()

    def time(self) -> float:
        return time.time() + self._offset

    def set_time(self, wall: float) -> None:
        self._offset = wall - time.time()

    def uptime(self) -> float:
        return time.monotonic() - self._boot

    def restart(self) -> None:
        """A reboot: time since boot begins anew."""
        self._boot = time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


# Seconds that a thing takes. "pixel" is a current flagship, "budget" an entry phone of some
# years ago. Where no measurement is public the figure is marked as assumed.
#   am, input, service calls by native `cmd`: about 50 ms for `cmd input` on new Android.
#   jvm: a front end that starts app_process; `adb shell input tap` took 226 to 400 ms before 12.
#   dumpsys_netstats: about 200 ms measured on Android 16; the others assumed in proportion.
#   screencap: about 350 ms on an accelerated emulator; a flagship assumed at 180 ms.
#   radio_off, wifi_reconnect, cell_reconnect: CTS allows 30 s, 60 s and 120 s; a tool measured
#   20 s for Wi-Fi at the slow end; the values here are assumed for phones at rest.
PROFILES: Mapping[str, Mapping[str, float]] = {
    "instant": {
        "radio_off": 0.02,
        "wifi_reconnect": 0.15,
        "cell_reconnect": 0.25,
        "app_start": 0.01,
        "boot": 0.05,
    },
    "pixel": {
        "default": 0.002,
        "am": 0.035,
        "pm": 0.03,
        "cmd": 0.02,
        "settings": 0.025,
        "input": 0.05,
        "jvm": 0.25,
        "dumpsys": 0.04,
        "dumpsys_netstats": 0.2,
        "screencap": 0.18,
        "hierarchy": 0.06,
        "uiautomator_start": 0.9,
        "uiautomator_dump": 1.2,
        "screenshot": 0.12,
        "app_start": 0.35,
        "activity": 0.12,
        "radio_off": 0.35,
        "wifi_reconnect": 2.0,
        "cell_reconnect": 3.0,
        "install": 0.8,
        "scan": 0.15,
        "boot": 3.0,
    },
    "budget": {
        "default": 0.008,
        "am": 0.12,
        "pm": 0.1,
        "cmd": 0.06,
        "settings": 0.08,
        "input": 0.12,
        "jvm": 0.9,
        "dumpsys": 0.15,
        "dumpsys_netstats": 0.6,
        "screencap": 0.7,
        "hierarchy": 0.25,
        "uiautomator_start": 2.5,
        "uiautomator_dump": 3.0,
        "screenshot": 0.5,
        "app_start": 1.2,
        "activity": 0.4,
        "radio_off": 1.2,
        "wifi_reconnect": 5.0,
        "cell_reconnect": 7.0,
        "install": 3.0,
        "scan": 0.5,
        "boot": 8.0,
    },
}


@dataclass(frozen=True)
class Latency:
    """What things cost on this phone, by latency profile."""

    profile: str = "instant"

    def cost(self, name: str) -> float:
        """Seconds that `name` takes; 0 where the profile has no figure for it."""
        table = PROFILES[self.profile]
        return table.get(name, table.get("default", 0.0))

    async def spend(self, name: str) -> None:
        """Wait for as long as `name` takes."""
        seconds = self.cost(name)
        if seconds > 0:
            await asyncio.sleep(seconds)
