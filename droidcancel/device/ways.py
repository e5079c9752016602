"""Every way that is known to do a thing to a phone, in the order in which they are preferred.

This is the one list: the modules that act take their ways' names from here, `droidcancel doctor`
looks each of them up, and the table of docs/android.md is checked against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

AIRPLANE_CMD = "cmd connectivity airplane-mode"
AIRPLANE_ROOT = "settings and broadcast, as root"
AIRPLANE_PAGE = "the Settings page of airplane mode"
AIRPLANE_TILE = "the airplane tile of quick settings"
WIFI_CMD = "cmd wifi set-wifi-enabled"
WIFI_SVC = "svc wifi"
DATA_CMD = "cmd phone data"
DATA_SVC = "svc data"
CHAIN = "cmd connectivity set-package-networking-enabled (firewall chain 3)"
SAVER_CMD = "cmd netpolicy set restrict-background"
FORCE_STOP = "am force-stop"
STACK_REMOVE = "am stack remove"
CACHE_PAGE = "Settings > App info > Storage > Clear cache"
CACHE_ONLY = "pm clear --cache-only"
TRIM_CACHES = "pm trim-caches"
SCAN_CALL = "content call scan_file"
SCAN_BROADCAST = "am broadcast MEDIA_SCANNER_SCAN_FILE"
SHARE_DATA = "am start SEND, the URI as data and as extra"
SHARE_EXTRA = "am start SEND, the URI as extra alone"
NETSTATS = "dumpsys netstats"
CONNECTIVITY_CONTROLLER = "dumpsys connectivity trafficcontroller"
NETD_CONTROLLER = "dumpsys netd trafficcontroller"
QTAGUID = "xt_qtaguid"
SCREENRECORD = "screenrecord"
SHOW_TOUCHES = "settings put system show_touches"
DEMO_MODE = "settings and demo broadcast"


@dataclass(frozen=True)
class Way:
    """One way. ``since`` and ``until``: the API levels whose AOSP has it, first and last.

    They are for people: whether *this* phone has it is asked of the phone. ``needs``: what it needs
    that phones do not have by themselves; ``never``: why it is not used though it is there.
    """

    name: str
    since: int = 21
    until: int | None = None
    needs: str = ""
    never: str = ""

    @property
    def levels(self) -> str:
        """``28+``, ``21-29``, ``all``."""
        if self.until is None:
            return "all" if self.since <= 21 else f"{self.since}+"
        return str(self.since) if self.since == self.until else f"{self.since}-{self.until}"


def usual(thing: str, api: int) -> Way | None:
    """The way that AOSP of that API level leads to, on a phone as it is sold."""
    return next(
        (
            way
            for way in THINGS[thing]
            if way.since <= api and (way.until is None or api <= way.until)
            if not way.never and not way.needs
        ),
        None,
    )


THINGS: Mapping[str, tuple[Way, ...]] = {
    "airplane": (
        Way(AIRPLANE_CMD, 28),
        Way(AIRPLANE_ROOT, needs="root"),
        Way(AIRPLANE_PAGE),
        Way(AIRPLANE_TILE, 24),
    ),
    "wifi": (Way(WIFI_CMD, 30), Way(WIFI_SVC, 21, 36)),
    "data": (Way(DATA_CMD, 30), Way(DATA_SVC, 21, 36)),
    "app network": (Way(CHAIN, 33),),
    "data saver": (Way(SAVER_CMD, 24),),
    "kill": (Way(FORCE_STOP),),
    "recents": (Way(STACK_REMOVE, 24),),
    "cache-only clear": (
        Way(CACHE_PAGE),
        Way(
            CACHE_ONLY,
            never="never sent: without root it wipes all data of the app up to Android 12, and "
            "hangs for ever from 13 on",
        ),
        Way(TRIM_CACHES, never="never sent: it takes the caches of every app on the phone"),
    ),
    "media scan": (Way(SCAN_CALL, 30), Way(SCAN_BROADCAST, 21, 29)),
    "share": (Way(SHARE_DATA), Way(SHARE_EXTRA)),
    "traffic counters": (
        Way(NETSTATS, 34),
        Way(CONNECTIVITY_CONTROLLER, 33, 33),
        Way(NETD_CONTROLLER, 29, 32),
        Way(QTAGUID, 21, 28),
    ),
    "recording": (Way(SCREENRECORD),),
    "show touches": (Way(SHOW_TOUCHES),),
    "demo mode": (Way(DEMO_MODE, 23),),
}
#: depend on the app or on a choice of the user's, so nothing of them holds for the build
NOT_OF_THE_BUILD = frozenset({"share"})
