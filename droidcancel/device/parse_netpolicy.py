"""Reading Data Saver and what counts as metered. Pure."""

from __future__ import annotations

import re

from droidcancel.device.reads import first_line, reads
from droidcancel.errors import ParseError

METERED_WORDS = ("true", "false", "none")
_STATUS = re.compile(r"^Restrict background status: (?P<word>enabled|disabled)\s*$", re.MULTILINE)
# a name is 32 bytes at most, each of which may be shown as an escape
_SSID = re.compile(r'\bSSID: "?(?P<ssid>.{0,160}?)"?, BSSID: (?P<bssid>[^,\s]+)')
_IFACES = re.compile(r"Metered ifaces: *[\[{](?P<names>[^\]}]*)[\]}]")
_NO_SSID = ("", "<unknown ssid>", "<none>", "null")


@reads
def parse_restrict_background(text: str) -> bool:
    """`cmd netpolicy get restrict-background` (NetworkPolicyManagerShellCommand)."""
    found = _STATUS.search(text)
    if not found:
        raise ParseError("the state of Data Saver", first_line(text))
    return found["word"] == "enabled"


@reads
def parse_wifi_networks(text: str) -> dict[str, str]:
    """`cmd netpolicy list wifi-networks`: ``SSID;true|false|none`` a line, ``;`` in an SSID too."""
    networks: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        ssid, found, word = line.rpartition(";")
        if not found or word not in METERED_WORDS:
            raise ParseError("the list of metered Wi-Fi networks", line)
        networks[ssid] = word
    return networks


@reads
def parse_connected_ssid(text: str) -> str | None:
    """The SSID of a WifiInfo (`dumpsys wifi`, ``mWifiInfo SSID: "x", BSSID: ...``).

    None when Wi-Fi is not connected, or when nothing is said since it is off.
    """
    if not text.strip():
        return None
    found = _SSID.search(text)
    if not found:
        raise ParseError("the Wi-Fi network of dumpsys wifi", first_line(text))
    lost = found["bssid"] in ("<none>", "null") or found["ssid"] in _NO_SSID
    return None if lost else found["ssid"]


@reads
def parse_metered_ifaces(text: str) -> tuple[str, ...] | None:
    """``Metered ifaces: {wlan0}`` of `dumpsys netpolicy`; None where it does not say."""
    found = _IFACES.search(text)
    return None if found is None else tuple(re.findall(r"[\w.-]+", found["names"]))
