"""Traffic counters as the phone prints them: the eBPF maps, and the history.

The map of bytes by uid stands in netd's dump on Android 10 to 12L, in `dumpsys connectivity
trafficcontroller` on 13, in `dumpsys netstats` from 14 on; before them in the kernel's table
/proc/net/xt_qtaguid/stats (`netproc`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from droidcancel.simulator.netstats import UID_BUCKET_S, Counter, HistoryKey
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.shell.android.net_dumps_format import identity
from droidcancel.simulator.shell.registry import Invocation, dump

NETD_MAP = range(29, 33)
CONTROLLER_MAP = range(33, 34)
NETSTATS_MAP_SINCE = 34
INTERFACE_BUCKET_S = 3600
MAPS = (
    "mCookieTagMap",
    "mUidCounterSetMap",
    "mAppUidStatsMap",
    "mStatsMapA",
    "mStatsMapB",
    "mIfaceIndexNameMap",
    "mIfaceStatsMap",
    "mConfigurationMap",
    "mUidOwnerMap",
)
PROGRAMS = (
    "Cgroup ingress program",
    "Cgroup egress program",
    "xt_bpf ingress program",
    "xt_bpf egress program",
    "xt_bpf bandwidth allowlist program",
    "xt_bpf bandwidth denylist program",
)
# What the system itself has used since boot, as any phone has some.
SYSTEM_TRAFFIC = {
    0: Counter(0, 0, 14940, 170),
    1000: Counter(46792, 199, 28380, 241),
    1020: Counter(97099, 351, 57571, 205),
    1073: Counter(11268, 96, 9482, 88),
}


def uid_totals(phone: Phone) -> dict[int, Counter]:
    """Counters by uid since boot."""
    totals = {uid: Counter() for uid in SYSTEM_TRAFFIC}
    for uid, amount in (*SYSTEM_TRAFFIC.items(), *phone.netstats.by_uid.items()):
        totals.setdefault(uid, Counter()).add(amount)
    return totals


def _numbers(counter: Counter) -> str:
    values = (counter.rx_bytes, counter.rx_packets, counter.tx_bytes, counter.tx_packets)
    return " ".join(str(value) for value in values)


def uid_map(phone: Phone, colons: str, margin: str) -> str:
    """The map of bytes by uid, in the order of a hash map."""
    rows = sorted(uid_totals(phone).items(), key=lambda row: row[0] * 2654435761 % 2**32)
    lines = [f"mAppUidStatsMap{colons}", "  uid rxBytes rxPackets txBytes txPackets"]
    lines += [f"  {uid} {_numbers(counter)}" for uid, counter in rows]
    return "".join(f"{margin}{line}\n" for line in lines)


def _stats_map(phone: Phone, name: str, margin: str) -> str:
    """mStatsMapA: what was counted since the last poll."""
    lines = [
        f"{name}:",
        "  ifaceIndex ifaceName tag_hex uid_int cnt_set rxBytes rxPackets txBytes txPackets",
    ]
    if name == "mStatsMapA":
        lines += [
            f"  {INTERFACE_INDEX[interface]} {interface} 0x0 {uid} "
            f"{int(kind == 'FOREGROUND')} {_numbers(counter)}"
            for (interface, uid, kind), counter in phone.netstats.by_uid_interface.items()
        ]
    return "".join(f"{margin}{line}\n" for line in lines)


INTERFACE_INDEX = {"lo": 1, "rmnet0": 4, "wlan0": 12}


def _status(names: Iterable[str], word: str, margin: str) -> str:
    return "".join(f"{margin}{name}{word}: OK\n" for name in names)


def _native_dump(phone: Phone, with_map: bool) -> str:
    """netd's TrafficController::dump, and its copy in the Connectivity module of Android 13."""
    text = (
        "TrafficController\n  BPF module status: BPF_LEVEL_BASIC\n\n  BPF map status:\n"
        + _status(MAPS, " status", "    ")
        + _status(PROGRAMS, " status", "  ")
    )
    if not with_map or phone.options.has("counters-hidden"):
        return text
    sets = "".join(
        f"    {uid} 1\n"
        for (_, uid, kind) in phone.netstats.by_uid_interface
        if kind == "FOREGROUND"
    )
    return "".join(
        (
            text,
            "\n  BPF map content:\n    mCookieTagMap:\n    mUidCounterSetMap:\n",
            sets,
            uid_map(phone, "::", "    "),
            _stats_map(phone, "mStatsMapA", "    "),
            _stats_map(phone, "mStatsMapB", "    "),
        )
    )


def _owner_map(phone: Phone) -> str:
    """Which uids are on which firewall chain (BpfNetMaps.dump)."""
    policy = phone.netpolicy
    rows = "".join(f"    {uid} OEM_DENY_3_MATCH\n" for uid in sorted(policy.denied_app_ids))
    enabled = "OEM_DENY_3_MATCH" if policy.chain3_enabled else "NO_MATCH"
    return (
        "TrafficController\n  sEnabledChains:\n"
        f"    {enabled}\n  sUidOwnerMap:\n{rows}  sUidPermissionMap:\n"
    )


def controller_dump(phone: Phone) -> str:
    """`dumpsys connectivity trafficcontroller`."""
    if phone.options.api in CONTROLLER_MAP:
        return _native_dump(phone, with_map=True)
    return _owner_map(phone)


@dump("netd")
async def netd(invocation: Invocation, args: list[str]) -> int:
    """netd's own dump; the traffic controller moved out of it in Android 13."""
    phone, api = invocation.phone, invocation.api
    if args[:1] == ["trafficcontroller"]:
        text = _native_dump(phone, with_map=api in NETD_MAP) if api < 33 else ""
    else:
        text = "NetworkController\n  Networks:\n" + "".join(
            f"    {network.net_id} PHYSICAL  {network.interface}\n"
            for network in phone.connectivity.networks()
        )
    await invocation.out(text)
    return 0


# -- dumpsys netstats ------------------------------------------------------------------------------
@dump("netstats", cost="dumpsys_netstats")
async def netstats(invocation: Invocation, args: list[str]) -> int:
    """`--poll` refreshes the history and prints nothing else."""
    phone, asked = invocation.phone, set(args)
    if asked & {"--poll", "poll"}:
        phone.netstats.poll()
        await invocation.out("Forced poll\n")
        return 0
    everything = "detail" in asked
    sections: list[Callable[[Phone], str]] = [_interfaces, _interface_history]
    if everything or "--uid" in asked:
        sections.append(_uid_history)
    if everything or "--tag" in asked:
        sections.append(lambda _: "UID tag stats:\n  Pending bytes: 0\n  History since boot:\n")
    if invocation.api >= NETSTATS_MAP_SINCE and not phone.options.has("counters-hidden"):
        sections.append(_map_section)
    await invocation.out("".join(section(phone) for section in sections))
    return 0


def _interfaces(phone: Phone) -> str:
    active, metered = phone.connectivity.active_network(), phone.connectivity.metered
    lines = [
        f"  iface={net.interface} ident=["
        f"{identity(phone, net.transport, net.ssid, metered(net), net is active)}]\n"
        for net in phone.connectivity.networks()
    ]
    return "".join(("Active interfaces:\n", *lines, "Active UID interfaces:\n", *lines))


def _history(key: str, bucket_s: int, buckets: dict[int, Counter]) -> str:
    lines = [f"  {key}\n    NetworkStatsHistory: bucketDuration={bucket_s}\n"]
    lines += [
        f"      st={start} rb={amount.rx_bytes} rp={amount.rx_packets} tb={amount.tx_bytes} "
        f"tp={amount.tx_packets} op=0\n"
        for start, amount in sorted(buckets.items())
    ]
    return "".join(lines)


def _ident(phone: Phone, key: HistoryKey) -> str:
    return f"ident=[{identity(phone, key.transport, key.ssid, key.metered)}]"


def _interface_history(phone: Phone) -> str:
    merged: dict[str, dict[int, Counter]] = {}
    for key, buckets in phone.netstats.history.items():
        name = f"{_ident(phone, key)} uid=-1 set=ALL tag=0x0"
        for start, amount in buckets.items():
            merged.setdefault(name, {}).setdefault(start, Counter()).add(amount)
    body = "".join(_history(name, INTERFACE_BUCKET_S, buckets) for name, buckets in merged.items())
    head = f"  Pending bytes: {phone.netstats.pending_bytes}\n  History since boot:\n"
    return f"Dev stats:\n{head}{body}Xt stats:\n{head}{body}"


def _uid_history(phone: Phone) -> str:
    rows = "".join(
        _history(f"{_ident(phone, key)} uid={key.uid} set={key.kind} tag=0x0", UID_BUCKET_S, kept)
        for key, kept in phone.netstats.history.items()
    )
    pending = phone.netstats.pending_bytes
    return f"UID stats:\n  Pending bytes: {pending}\n  History since boot:\n{rows}"


def _map_section(phone: Phone) -> str:
    """NetworkStatsService.dumpInternal since Android 14: the maps themselves."""
    return "".join(
        (
            "\nBPF map status:\n",
            _status(MAPS[:7], "", "  "),
            "\nBPF map content:\n  mCookieTagMap:\n    cookie=value{tag uid}\n"
            "  mUidCounterSetMap:\n    uid set\n",
            uid_map(phone, ":", "  "),
            _stats_map(phone, "mStatsMapA", "  "),
            _stats_map(phone, "mStatsMapB", "  "),
        )
    )
