"""Reading the bytes a uid has sent since boot, from the three dumps and the old kernel table."""

from __future__ import annotations

import re
from dataclasses import dataclass

from droidcancel.device.reads import first_line, reads
from droidcancel.errors import ParseError

MAP_HEADER = "uid rxBytes rxPackets txBytes txPackets"
_ROW = re.compile(r"^\s*(\d+) (\d+) (\d+) (\d+) (\d+)\s*$")
_QTAGUID_HEADER = "idx iface acct_tag_hex uid_tag_int cnt_set rx_bytes rx_packets tx_bytes"
UNTAGGED = "0x0"
#: what goes out again through a real interface, or never leaves the phone
NOT_COUNTED = ("tun", "ppp", "tap", "lo")


@dataclass(frozen=True)
class UidBytes:
    """Cumulative bytes of one uid since boot, at IP level."""

    rx: int
    tx: int


@reads
def parse_uid_map(text: str) -> dict[int, UidBytes]:
    """The map under MAP_HEADER, wherever the dump has it (CONN BpfNetMaps, TrafficController).

    A row may come twice when the kernel restarted the walk ("Entry is deleted while dumping"):
    the last one counts. Raises ParseError when no header stands in the text: a status line
    ``mAppUidStatsMap: OK`` is not the map.
    """
    rows: dict[int, UidBytes] = {}
    inside = found = False
    for line in text.splitlines():
        if line.strip() == MAP_HEADER:
            inside = found = True
        elif inside:
            inside = _take_row(line, rows)
    if not found:
        raise ParseError("the traffic map", first_line(text))
    return rows


def _take_row(line: str, rows: dict[int, UidBytes]) -> bool:
    row = _ROW.match(line)
    if row:
        uid, rx, _, tx, _ = map(int, row.groups())
        rows[uid] = UidBytes(rx, tx)
        return True
    if line.strip()[:1].isdigit():
        raise ParseError("a row of the traffic map", line)  # a row lost would count as no bytes
    return line.strip().startswith("Entry is deleted")


@reads
def parse_qtaguid(text: str) -> dict[int, UidBytes]:
    """/proc/net/xt_qtaguid/stats of kernels before eBPF (Android 9 and older).

    Tagged rows are parts of the untagged ones, so only tag 0x0 counts; both counter sets
    (background 0, foreground 1) and all interfaces are summed, but for tunnels, whose bytes go out
    again through a real interface, and the loopback, whose bytes go nowhere.
    """
    lines = text.splitlines()
    if not lines or not lines[0].startswith(_QTAGUID_HEADER):
        raise ParseError("the xt_qtaguid table", first_line(text))
    totals: dict[int, UidBytes] = {}
    for line in lines[1:]:
        fields = line.split()
        numbers = (fields[3], fields[5], fields[7]) if len(fields) >= 8 else ("",)
        if not all(re.fullmatch(r"\d{1,20}", number) for number in numbers):
            raise ParseError("a row of the xt_qtaguid table", line)
        if fields[2] == UNTAGGED and not fields[1].startswith(NOT_COUNTED):
            uid = int(fields[3])
            old = totals.get(uid, UidBytes(0, 0))
            totals[uid] = UidBytes(old.rx + int(fields[5]), old.tx + int(fields[7]))
    return totals
