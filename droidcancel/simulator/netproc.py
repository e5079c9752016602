"""The kernel's network tables under /proc/net."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.simulator.netstats import Counter

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

# Kernels before eBPF: Android 9 and older.
QTAGUID_UNTIL = 28
_QTAGUID_HEADER = (
    "idx iface acct_tag_hex uid_tag_int cnt_set rx_bytes rx_packets tx_bytes tx_packets "
    "rx_tcp_bytes rx_tcp_packets rx_udp_bytes rx_udp_packets rx_other_bytes rx_other_packets "
    "tx_tcp_bytes tx_tcp_packets tx_udp_bytes tx_udp_packets tx_other_bytes tx_other_packets"
)
_DEV_HEADER = (
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop "
    "fifo colls carrier compressed\n"
)
INTERFACES = ("lo", "rmnet0", "wlan0")


def install(phone: Phone) -> None:
    """Add the tables to the phone's file system, once."""
    if phone.fs.exists("/proc/net/dev"):
        return
    phone.fs.add_generated("/proc/net/dev", lambda: device_table(phone))
    if phone.options.api <= QTAGUID_UNTIL and not phone.options.has("counters-hidden"):
        phone.fs.add_generated("/proc/net/xt_qtaguid/stats", lambda: qtaguid(phone))


def device_table(phone: Phone) -> bytes:
    """/proc/net/dev."""
    rows = [
        f"{name:>6}: {c.rx_bytes:7} {c.rx_packets:7}    0    0    0     0          0         0 "
        f"{c.tx_bytes:8} {c.tx_packets:7}    0    0    0     0       0          0\n"
        for name in INTERFACES
        for c in (phone.netstats.by_interface.get(name, Counter()),)
    ]
    return (_DEV_HEADER + "".join(rows)).encode()


def qtaguid(phone: Phone) -> bytes:
    """/proc/net/xt_qtaguid/stats; all traffic here is TCP."""
    rows = [
        f"{number} {interface} 0x0 {uid} {int(kind == 'FOREGROUND')} "
        f"{c.rx_bytes} {c.rx_packets} {c.tx_bytes} {c.tx_packets} "
        f"{c.rx_bytes} {c.rx_packets} 0 0 0 0 {c.tx_bytes} {c.tx_packets} 0 0 0 0"
        for number, ((interface, uid, kind), c) in enumerate(
            phone.netstats.by_uid_interface.items(), 2
        )
    ]
    return ("\n".join((_QTAGUID_HEADER, *rows)) + "\n").encode()
