"""Android's Data Saver, and whether a Wi-Fi network counts as metered (Android 7 and later).

Data Saver restricts only apps in the background, and only on metered networks: an app on the
screen, or with a foreground service, goes on sending (NetworkPolicyManagerService). Wi-Fi is
unmetered unless somebody says otherwise, so that Data Saver has no effect on it.
"""

from __future__ import annotations

from droidcancel.device.parse import (
    first_line,
    parse_connected_ssid,
    parse_metered_ifaces,
    parse_restrict_background,
    parse_wifi_networks,
)
from droidcancel.device.shell import Script, ShellChannel
from droidcancel.device.types import Capability
from droidcancel.device.ways import SAVER_CMD
from droidcancel.errors import NotEffective, ParseError

#: how `set metered-network` writes what `list wifi-networks` prints
_WRITTEN = {"true": "true", "false": "false", "none": "undefined"}


class DataSaver:
    """Data Saver of one phone."""

    def __init__(self, shell: ShellChannel) -> None:
        self._shell = shell

    def can(self) -> Capability:
        """Whether the shell can switch it here."""
        try:
            self.enabled()
        except ParseError as error:
            return Capability(False, why_not=f"no command for Data Saver here: {error}")
        return Capability(True, SAVER_CMD)

    def enabled(self) -> bool:
        """Whether it is on. Raises ParseError where this Android has none."""
        output = self._shell.run(["cmd", "netpolicy", "get", "restrict-background"])
        return parse_restrict_background(output.everything)

    def set(self, on: bool) -> None:
        """Switch it, and read it back. Raises NotEffective."""
        word = "true" if on else "false"
        output = self._shell.run(["cmd", "netpolicy", "set", "restrict-background", word])
        if self.enabled() != on:
            raise NotEffective(f"Data Saver is not {word}: {first_line(output.everything)}")

    def ssid(self) -> str | None:
        """The Wi-Fi network that the phone is connected to, None without one."""
        return parse_connected_ssid(self._shell.text(Script("dumpsys wifi | grep mWifiInfo")))

    def metered(self, ssid: str) -> str:
        """``true``, ``false`` or ``none`` (left to Android) for a saved network."""
        text = self._shell.text(["cmd", "netpolicy", "list", "wifi-networks"])
        networks = parse_wifi_networks(text)
        if ssid not in networks:
            raise ParseError(f"whether the Wi-Fi {ssid!r} is metered", first_line(text))
        return networks[ssid]

    def set_metered(self, ssid: str, word: str) -> None:
        """Set what `metered` reads, and read it back: the command's exit status says nothing."""
        written = _WRITTEN[word]
        output = self._shell.run(["cmd", "netpolicy", "set", "metered-network", ssid, written])
        if self.metered(ssid) not in (word, "false" if word == "none" else word):
            raise NotEffective(
                f"the Wi-Fi {ssid!r} could not be made metered={written}: "
                f"{first_line(output.everything)}"
            )

    def metered_ifaces(self) -> tuple[str, ...] | None:
        """The interfaces that count as metered; None where the phone does not tell."""
        return parse_metered_ifaces(self._shell.text(["dumpsys", "netpolicy"]))
