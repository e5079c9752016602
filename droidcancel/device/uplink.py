"""How good the phone's way up to the network is, by what the phone itself can tell.

Nothing is transferred for it but a few pings: an upload of one's own would cost the user's data.
Each figure says where it comes from, since none of them is the truth: Android's bandwidth is an
estimate, the Wi-Fi's link speed is that of the air alone, and a ping says nothing of width.
"""

from __future__ import annotations

from dataclasses import dataclass

from droidcancel.device.parse import (
    Ping,
    parse_default_network,
    parse_ping,
    parse_up_bandwidth,
    parse_wifi_info,
)
from droidcancel.device.shell import Script, ShellChannel
from droidcancel.errors import ParseError

PING_COUNT = 5
PING_INTERVAL_S = 0.2
PING_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Uplink:
    """What the phone told. None where it did not.

    `online`: whether there is a default network; `up_kbps`: Android's estimate of what the link
    carries up; `rssi_dbm`, `link_mbps`: of the Wi-Fi; `ping`: to the gateway or a named host.
    """

    online: bool
    up_kbps: int | None = None
    rssi_dbm: int | None = None
    link_mbps: int | None = None
    ping: Ping | None = None

    def in_words(self) -> str:
        """Each figure with where it comes from."""
        if not self.online:
            return "the phone has no network"
        parts = []
        if self.up_kbps is not None:
            parts.append(f"up {self.up_kbps} kbit/s (Android's estimate, dumpsys connectivity)")
        if self.rssi_dbm is not None:
            parts.append(f"Wi-Fi {self.rssi_dbm} dBm (dumpsys wifi)")
        if self.link_mbps is not None:
            parts.append(f"Wi-Fi link {self.link_mbps} Mbit/s (dumpsys wifi)")
        if self.ping is not None:
            parts.append(_ping_in_words(self.ping))
        return "; ".join(parts) or "the phone tells nothing of its network"


def _ping_in_words(ping: Ping) -> str:
    lost = f"{ping.sent - ping.received} of {ping.sent} pings to {ping.host} lost"
    if ping.jitter_ms is None:
        return lost
    slowest = max(ping.times_ms)
    return f"{lost}, the slowest {slowest:.0f} ms, {ping.jitter_ms:.0f} ms apart"


class UplinkMeter:
    """Measures the network of one phone."""

    def __init__(self, shell: ShellChannel) -> None:
        self._shell = shell

    def measure(self, host: str | None = None) -> Uplink:
        """Look once. `host`: what to ping; the gateway of the network without one."""
        text = self._shell.text(["dumpsys", "connectivity"])
        network = parse_default_network(text)
        if network is None:
            return Uplink(online=False)
        up, gateway = parse_up_bandwidth(text, network)
        wifi = self._shell.text(Script("dumpsys wifi | grep mWifiInfo"))
        rssi, speed = parse_wifi_info(wifi)
        target = host or gateway
        return Uplink(True, up, rssi, speed, self._ping(target) if target else None)

    def _ping(self, host: str) -> Ping | None:
        words = ["ping", "-c", str(PING_COUNT), "-i", str(PING_INTERVAL_S), "-W", "2", host]
        output = self._shell.run(words, PING_TIMEOUT_S)
        try:
            return parse_ping(output.everything, host)
        except ParseError:
            return None  # no ping on this phone, or it may not be used
