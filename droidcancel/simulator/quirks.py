"""What real builds do otherwise than stock Android: quirks that a phone may be given by name.

Each is what people met on phones of some vendor, or measured on a build. A vendor is a make of
phone and its set of quirks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Quirk -> what the phone does.
QUIRKS: Mapping[str, str] = {
    "airplane-broadcast-refused": "nobody but the system may send the airplane broadcast, whatever "
    "the API level, not even root",
    "airplane-cmd-refused": "`cmd connectivity airplane-mode` reads, but throws SecurityException "
    "when it is to switch",
    "svc-data-lies": "`svc data` says nothing, ends with 0, and does nothing",
    "no-sim": "no SIM: `cmd phone data` is silent, ends with 0, and does nothing",
    "dual-sim": "two SIMs: the live keys are mobile_data1 and mobile_data2, mobile_data is stale, "
    "and commands switch the SIM for data alone",
    "wifi-returns": "Wi-Fi comes back by itself soon after airplane mode took it",
    "wifi-stays": "the user once kept Wi-Fi on in airplane mode, so it stays on, wifi_on 2",
    "settings-put-refused": "`settings put` is refused to the shell, as MIUI does without USB "
    "debugging (Security settings)",
    "settings-one-ui": "Settings with the words and the structure of Samsung's One UI",
    "settings-miui": "Settings with the words and the structure of MIUI: Clear data opens a sheet",
    "pin-lock": "a lock screen with the PIN 2580",
    "swipe-force-stops": "a swipe in recents force-stops the app",
    "airplane-tile-later": "quick settings with the tile for airplane mode on the second page",
    "no-airplane-tile": "quick settings without a tile for airplane mode",
    "no-video-encoder": "screenrecord finds no H.264 encoder, as on images without one",
    "counters-hidden": "no byte counters by app for the shell: neither a map in a dump nor the "
    "kernel's old table",
    "modules-not-updated": "an Android 13 whose Connectivity and Wi-Fi modules are those of the "
    "factory: no chain 3, no Wi-Fi kept in airplane mode",
}
PIN = "2580"


@dataclass(frozen=True)
class Vendor:
    """A make of phone: what its properties say, and how its builds differ."""

    manufacturer: str
    model: str
    device: str
    quirks: tuple[str, ...]


VENDORS: Mapping[str, Vendor] = {
    "google": Vendor("Google", "Pixel 7", "panther", ()),
    "samsung": Vendor("samsung", "SM-A235F", "a23", ("settings-one-ui",)),
    "xiaomi": Vendor(
        "Xiaomi",
        "Redmi Note 9 Pro",
        "joyeuse",
        ("settings-miui", "settings-put-refused", "swipe-force-stops"),
    ),
}
