"""Reading how good the way up to the network is: bandwidth, radio, pings. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from droidcancel.device.reads import first_line, reads
from droidcancel.errors import ParseError

_UP = re.compile(r"LinkUpBandwidth>=(?P<kbps>\d+)Kbps")
_GATEWAY = re.compile(r"0\.0\.0\.0/0 -> (?P<address>[\d.]+)")
_RSSI = re.compile(r"\bRSSI: (?P<dbm>-?\d+)")
_SPEED = re.compile(r"\bTx Link speed: (?P<tx>-?\d+)Mbps|\bLink speed: (?P<any>-?\d+)Mbps")
_LOSS = re.compile(
    r"(?<!\d)(?P<sent>\d{1,9}) packets transmitted, (?P<got>\d{1,9})(?: packets)? received"
)
_TIME = re.compile(r"\btime=(?P<ms>\d+(?:\.\d+)?) ms")
NO_SIGNAL_DBM = -127  # WifiInfo.INVALID_RSSI


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


@reads
def parse_up_bandwidth(text: str, network: str) -> tuple[int | None, str | None]:
    """Of `dumpsys connectivity`, for one network: its bandwidth up in kbit/s, and its gateway.

    Each is None where the dump does not tell it.
    """
    line = next((one for one in text.splitlines() if _is_agent(one, network)), "")
    up, gateway = _UP.search(line), _GATEWAY.search(line)
    return (int(up["kbps"]) if up else None), (gateway["address"] if gateway else None)


def _is_agent(line: str, network: str) -> bool:
    return "NetworkAgentInfo" in line and f"network{{{network}}}" in line


@reads
def parse_wifi_info(text: str) -> tuple[int | None, int | None]:
    """Of a WifiInfo: RSSI in dBm and link speed up in Mbit/s; None while it is not connected."""
    rssi, speeds = _RSSI.search(text), list(_SPEED.finditer(text))
    best = next((s["tx"] for s in speeds if s["tx"]), None)
    plain = next((s["any"] for s in speeds if s["any"]), None)
    speed = int(best or plain or -1)
    dbm = int(rssi["dbm"]) if rssi else NO_SIGNAL_DBM
    return (dbm if dbm > NO_SIGNAL_DBM else None), (speed if speed > 0 else None)


@reads
def parse_ping(text: str, host: str) -> Ping:
    """The statistics of `ping`; those without an answer count as lost."""
    found = _LOSS.search(text)
    if not found:
        raise ParseError("the statistics of ping", first_line(text))
    times = tuple(float(t["ms"]) for t in _TIME.finditer(text))
    return Ping(host, int(found["sent"]), int(found["got"]), times)
