"""Reading what the phone prints of its network. Pure; raises ParseError, never guesses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from droidcancel.device.reads import first_line, reads
from droidcancel.errors import ParseError

NO_SHELL = "No shell command implementation."
WIFI_ON_SETTING = {"0": False, "1": True, "2": True, "3": False}  # 2 on in airplane, 3 off by it
_LINKER_NOISE = "WARNING: linker"  # Android 6 and 7 print it before anything that starts Java
_SETTING_LINE = re.compile(r"^(?P<key>[\w.]+)=(?P<value>.*)$")
_DEFAULT_NETWORK = re.compile(r"^[ \t]*Active default network:\s*(?P<id>\S+)", re.MULTILINE)
_AGENT = re.compile(r"NetworkAgentInfo\s*\{", re.IGNORECASE)
_AGENT_NETWORK = re.compile(r"\bnetwork\{(?P<id>\d+)\}", re.IGNORECASE)
_TRANSPORTS = re.compile(r"Transports:\s*(?P<names>[A-Z_|]+)")
_SSID = re.compile(r"^Wifi is connected to (?P<ssid>.*)$")
_NO_WIFI = "Wifi is not connected"
DATA_SUBSCRIPTION = "multi_sim_data_call"  # Settings.Global: the subscription that has data


@dataclass(frozen=True)
class WifiStatus:
    """Wi-Fi as `cmd wifi status` or `dumpsys wifi` tells it; connected None where untold."""

    enabled: bool
    connected: bool | None
    ssid: str | None = None


@reads
def parse_airplane(text: str) -> bool:
    """`cmd connectivity airplane-mode`: ``enabled`` or ``disabled`` (CONN ConnectivityService)."""
    word = text.strip()
    if word not in ("enabled", "disabled"):
        raise ParseError("the airplane mode", first_line(text))
    return word == "enabled"


@reads
def parse_switch(text: str, what: str) -> bool:
    """A setting that is 0 or 1."""
    value = text.strip()
    if value not in ("0", "1"):
        raise ParseError(what, first_line(text))
    return value == "1"


@reads
def parse_settings_list(text: str) -> dict[str, str]:
    """`settings list NAMESPACE`, or lines of it: key=value; a value may run over lines.

    Raises ParseError for text that begins with something else.
    """
    values: dict[str, str] = {}
    key = ""
    for line in text.splitlines():
        found = _SETTING_LINE.match(line)
        if found:
            key = found["key"]
            values[key] = found["value"]
        elif key:
            values[key] += "\n" + line
        elif line.strip() and not line.startswith(_LINKER_NOISE):
            raise ParseError("the list of settings", line)
    return values


@reads
def parse_wifi_on(value: str) -> bool:
    """`settings get global wifi_on`: 3 is off because of airplane, 2 is on in spite of it."""
    try:
        return WIFI_ON_SETTING[value.strip()]
    except KeyError:
        raise ParseError("the Wi-Fi setting wifi_on", first_line(value)) from None


@reads
def parse_wifi_status(text: str) -> WifiStatus:
    """`cmd wifi status` (WIFI WifiShellCommand, API 30+): the first line, then the primary's.

    A phone with two Wi-Fi networks at a time prints the primary one first.
    """
    head = first_line(text)
    if head not in ("Wifi is enabled", "Wifi is disabled"):
        raise ParseError("the Wi-Fi status", head)
    if head == "Wifi is disabled":
        return WifiStatus(False, False)
    for line in text.splitlines():
        ssid = _SSID.match(line)
        if ssid:
            name = ssid["ssid"].rstrip().removeprefix('"').removesuffix('"')
            return WifiStatus(True, True, name)
        if line.startswith(_NO_WIFI):
            return WifiStatus(True, False)
    return WifiStatus(True, None)


@reads
def parse_wifi_dump(text: str) -> WifiStatus:
    """The line ``Wi-Fi is enabled|disabled`` of `dumpsys wifi` (all versions, WifiServiceImpl)."""
    for line in text.splitlines():
        word = line.strip().removeprefix("Wi-Fi is ")
        if line.strip().startswith("Wi-Fi is ") and word in ("enabled", "disabled"):
            return WifiStatus(word == "enabled", None if word == "enabled" else False)
    raise ParseError("the Wi-Fi state of dumpsys wifi", first_line(text))


@reads
def parse_default_network(text: str) -> str | None:
    """`dumpsys connectivity`: ``Active default network: 101`` or ``none`` (doDump)."""
    found = _DEFAULT_NETWORK.search(text)
    if not found:
        raise ParseError("the default network of dumpsys connectivity", first_line(text))
    return None if found["id"] in ("none", "null") else found["id"]


@reads
def parse_transports(text: str, network: str) -> str | None:
    """What the network rides on (``WIFI``, ``CELLULAR``, ``ETHERNET``), or None where untold."""
    for line in text.splitlines():
        head = _AGENT.search(line)
        agent = _AGENT_NETWORK.search(line, head.end()) if head else None
        if agent and agent["id"] == network:
            found = _TRANSPORTS.search(line)
            return found["names"] if found else None
    return None


def mobile_data_enabled(settings: dict[str, str]) -> bool | None:
    """From the global settings: the live keys of a phone with two SIMs win over the plain one.

    mobile_data<N> are the keys of the subscriptions, and that of the subscription which has data
    decides. Where the phone does not say which (some number them by slot), data counts as on when
    any of them is on.
    """
    chosen = _switch_of(settings, f"mobile_data{settings.get(DATA_SUBSCRIPTION, '?')}")
    if chosen:
        return chosen == ["1"]
    numbered = [v for k, v in settings.items() if re.fullmatch(r"mobile_data\d+", k)]
    values: Iterable[str] = numbered or [v for k, v in settings.items() if k == "mobile_data"]
    known = [value for value in values if value in ("0", "1")]
    return "1" in known if known else None


def _switch_of(settings: dict[str, str], key: str) -> list[str]:
    """The value of a switch, in a list; nothing where it is missing or no switch."""
    return [value for name, value in settings.items() if name == key and value in ("0", "1")]


@reads
def parse_chain(text: str) -> bool:
    """`cmd connectivity get-chain3-enabled`: ``chain:enabled`` or ``chain:disabled``."""
    word = text.strip()
    if word not in ("chain:enabled", "chain:disabled"):
        raise ParseError("the firewall chain", first_line(text))
    return word == "chain:enabled"


@reads
def parse_package_networking(text: str, package: str) -> bool:
    """`cmd connectivity get-package-networking-enabled PKG`: whether it is allowed."""
    word = text.strip()
    if word not in (f"{package}:allow", f"{package}:deny"):
        raise ParseError(f"the network rule of {package}", first_line(text))
    return word.endswith(":allow")
