"""How good the phone's way up to the network is, by what the phone itself can tell.

Nothing is transferred for it but a few pings: an upload of one's own would cost the user's data.
Each figure says where it comes from, since none of them is the truth: Android's bandwidth is an
estimate, the Wi-Fi's link speed is that of the air alone, and a ping says nothing of width.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from droidcancel.device.parse_network import first_line, parse_default_network
from droidcancel.device.shell import Script, ShellChannel
from droidcancel.errors import ParseError

PING_COUNT = 5
PING_INTERVAL_S = 0.2
PING_TIMEOUT_S = 20.0
_UP = re.compile(r"LinkUpBandwidth>=(?P<kbps>\d+)Kbps")
_GATEWAY = re.compile(r"0\.0\.0\.0/0 -> (?P<address>[\d.]+)")
_RSSI = re.compile(r"\bRSSI: (?P<dbm>-?\d+)")
_SPEED = re.compile(r"\bTx Link speed: (?P<tx>-?\d+)Mbps|\bLink speed: (?P<any>-?\d+)Mbps")
_LOSS = re.compile(r"(?P<sent>\d+) packets transmitted, (?P<got>\d+)(?: packets)? received")
_TIME = re.compile(r"\btime=(?P<ms>[\d.]+) ms")


@dataclass(frozen=True)
class Ping:
    """A few pings: how many were answered, and how long the answers took, in milliseconds."""

    host: str
    sent: int
    received: int
    times_ms: tuple[float, ...] = ()

    @property
    def loss(self) -> float:
        """The share that was not answered, 0 to 1."""
        return 1.0 - self.received / self.sent if self.sent else 1.0

    @property
    def jitter_ms(self) -> float | None:
        """Between the quickest and the slowest answer."""
        return max(self.times_ms) - min(self.times_ms) if self.times_ms else None


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


def parse_up_bandwidth(text: str, network: str) -> tuple[int | None, str | None]:
    """Of `dumpsys connectivity`, for one network: its bandwidth up in kbit/s, and its gateway."""
    line = next((one for one in text.splitlines() if _is_agent(one, network)), "")
    up, gateway = _UP.search(line), _GATEWAY.search(line)
    return (int(up["kbps"]) if up else None), (gateway["address"] if gateway else None)


def _is_agent(line: str, network: str) -> bool:
    return "NetworkAgentInfo" in line and f"network{{{network}}}" in line


def parse_wifi_info(text: str) -> tuple[int | None, int | None]:
    """Of a WifiInfo: RSSI in dBm and link speed up in Mbit/s; None while it is not connected."""
    rssi, speeds = _RSSI.search(text), list(_SPEED.finditer(text))
    best = next((s["tx"] for s in speeds if s["tx"]), None)
    plain = next((s["any"] for s in speeds if s["any"]), None)
    speed = int(best or plain or -1)
    dbm = int(rssi["dbm"]) if rssi else -127
    return (dbm if dbm > -127 else None), (speed if speed > 0 else None)


def parse_ping(text: str, host: str) -> Ping:
    """The statistics of `ping`; those without an answer count as lost."""
    found = _LOSS.search(text)
    if not found:
        raise ParseError("the statistics of ping", first_line(text))
    times = tuple(float(t["ms"]) for t in _TIME.finditer(text))
    return Ping(host, int(found["sent"]), int(found["got"]), times)


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
