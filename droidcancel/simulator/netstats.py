"""Traffic counters by uid and interface, and their history.

Counts are of IP-level bytes, as the kernel's hooks see them: a payload travels in segments
of 1400 bytes with 40 bytes of headers each, and is acknowledged by a bare header for every
other segment. What a firewall drops is never counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from droidcancel.simulator.processes import PROCESS_STATE_BOUND_FOREGROUND_SERVICE

if TYPE_CHECKING:
    from droidcancel.simulator.connectivity import NetworkInfo
    from droidcancel.simulator.packages import Package
    from droidcancel.simulator.phone import Phone

SEGMENT_BYTES = 1400
HEADER_BYTES = 40
UID_BUCKET_S = 7200
MAX_BUCKETS = 512


@dataclass
class Counter:
    """Bytes and packets, received and sent."""

    rx_bytes: int = 0
    rx_packets: int = 0
    tx_bytes: int = 0
    tx_packets: int = 0

    def add(self, other: Counter) -> None:
        self.rx_bytes += other.rx_bytes
        self.rx_packets += other.rx_packets
        self.tx_bytes += other.tx_bytes
        self.tx_packets += other.tx_packets


@dataclass(frozen=True)
class HistoryKey:
    """What one history belongs to; `kind` is "DEFAULT" or "FOREGROUND"."""

    transport: str
    ssid: str | None
    metered: bool
    uid: int
    kind: str


def sent(payload: int, again: int = 0) -> Counter:
    """What sending `payload` bytes adds, the acknowledgements that come back included.

    `again` segments were lost on the way and sent once more: the phone counts them twice.
    """
    segments = -(-payload // SEGMENT_BYTES)
    acks, count = -(-segments // 2), segments + again
    bytes_sent = payload + again * SEGMENT_BYTES + HEADER_BYTES * count
    return Counter(HEADER_BYTES * acks, acks, bytes_sent, count)


def received(payload: int) -> Counter:
    """What receiving `payload` bytes adds, the acknowledgements sent included."""
    up = sent(payload)
    return Counter(up.tx_bytes, up.tx_packets, up.rx_bytes, up.rx_packets)


class NetStats:
    """Cumulative counters since boot (`rx`, `tx`) and the history that a poll brings up to date."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self.by_uid: dict[int, Counter] = {}
        self.by_interface: dict[str, Counter] = {}
        self.by_uid_interface: dict[tuple[str, int, str], Counter] = {}
        self.history: dict[HistoryKey, dict[int, Counter]] = {}
        self._fresh: dict[HistoryKey, Counter] = {}
        phone.packages.on_change(self._package_changed)

    def _package_changed(self, event: str, package: Package) -> None:
        if event == "removed":
            self.forget(package.uid)

    def reset(self) -> None:
        """A reboot: the counters begin anew, the history on disk stays."""
        self.poll()
        self.by_uid.clear()
        self.by_interface.clear()
        self.by_uid_interface.clear()

    def add(self, uid: int, network: NetworkInfo, amount: Counter) -> None:
        """Count traffic of `uid` on `network`."""
        kind = self._kind(uid)
        self.by_uid.setdefault(uid, Counter()).add(amount)
        self.by_interface.setdefault(network.interface, Counter()).add(amount)
        self.by_uid_interface.setdefault((network.interface, uid, kind), Counter()).add(amount)
        metered = self._phone.connectivity.metered(network)
        key = HistoryKey(network.transport, network.ssid, metered, uid, kind)
        self._fresh.setdefault(key, Counter()).add(amount)

    def _kind(self, uid: int) -> str:
        importance = self._phone.processes.importance(uid)
        return "FOREGROUND" if importance <= PROCESS_STATE_BOUND_FOREGROUND_SERVICE else "DEFAULT"

    def tx(self, uid: int) -> int:
        """Bytes that `uid` sent since boot."""
        return self.by_uid.get(uid, Counter()).tx_bytes

    def rx(self, uid: int) -> int:
        """Bytes that `uid` received since boot."""
        return self.by_uid.get(uid, Counter()).rx_bytes

    @property
    def pending_bytes(self) -> int:
        """Bytes that the history does not hold yet."""
        return sum(counter.rx_bytes + counter.tx_bytes for counter in self._fresh.values())

    def poll(self) -> None:
        """Bring the history up to date, as NetworkStatsService does each half hour."""
        now = self._phone.clock.time()
        start = int(now) // UID_BUCKET_S * UID_BUCKET_S
        fresh, self._fresh = self._fresh, {}
        for key, amount in fresh.items():
            buckets = self.history.setdefault(key, {})
            buckets.setdefault(start, Counter()).add(amount)
            while len(buckets) > MAX_BUCKETS:
                del buckets[min(buckets)]

    def forget(self, uid: int) -> None:
        """The app was uninstalled: its rows go."""
        self.by_uid.pop(uid, None)
        for row in [row for row in self.by_uid_interface if row[1] == uid]:
            del self.by_uid_interface[row]
        self.history = {key: value for key, value in self.history.items() if key.uid != uid}
        self._fresh = {key: value for key, value in self._fresh.items() if key.uid != uid}
