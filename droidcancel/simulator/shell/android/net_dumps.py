"""`dumpsys connectivity`."""

from __future__ import annotations

from droidcancel.simulator.netpolicy import FIRST_APP_ID
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.shell.android.net_dumps_format import LINKS, agent
from droidcancel.simulator.shell.android.net_dumps_traffic import controller_dump
from droidcancel.simulator.shell.registry import Invocation, dump

PROVIDERS = (
    "PhoneSwitcherNetworkRequstListener",
    "VcnNetworkProvider",
    "VpnNetworkProvider:0",
    "EthernetNetworkFactory",
    "TelephonyNetworkFactory[0]",
    "WifiNetworkFactory",
    "UntrustedWifiNetworkFactory",
)
NO_CONTROLLER = (
    "dumpsys connectivity trafficcontroller dump not available on pre-T devices, "
    "use dumpsys netd trafficcontroller instead.\n"
)
OEM_DENY = 1 << 7
METERED_DATA_SAVER = 1 << 16
# Which requests the system itself always has: uid and package of who asked.
REQUESTORS = (
    ("REQUEST", 1000, "android"),
    ("LISTEN", 1000, "android"),
    ("TRACK_DEFAULT", 10050, "com.android.systemui"),
    ("LISTEN", 1073, "com.android.networkstack"),
    ("TRACK_DEFAULT", 1001, "com.android.phone"),
)


@dump("connectivity", cost="dumpsys")
async def connectivity(invocation: Invocation, args: list[str]) -> int:
    phone, api = invocation.phone, invocation.api
    if args[:1] == ["trafficcontroller"] and api >= 31:
        await invocation.out(controller_dump(phone) if api >= 33 else NO_CONTROLLER)
        return 0
    parts = {"networks": networks, "requests": requests} if api >= 29 else {}
    if args[:1] == ["--diag"]:
        await invocation.out(diagnostics(phone))
    elif args and args[0] in parts:
        await invocation.out(parts[args[0]](phone))
    else:
        await invocation.out(everything(phone))
    return 0


def everything(phone: Phone) -> str:
    """The whole dump (ConnectivityService.doDump)."""
    active = phone.connectivity.active_network()
    newer = phone.options.api >= 31
    return "".join(
        (
            _providers(phone.options.api),
            f"\nActive default network: {active.net_id if active else 'none'}\n\n",
            "Current network preferences: \n  Default requests:\n\n" if newer else "",
            "Current Networks:\n",
            networks(phone),
            _known_uids(phone) if newer else "",
            "\nNetwork Requests:\n",
            requests(phone),
            "\nmLegacyTypeTracker:\n  Supported types: 0 1 2 3 5 7 9 10 11 12 14 15 17\n"
            "  Current state:\n",
            _legacy_types(phone),
            "\n\nmNetworkRequestInfoLogs (most recent first):\n",
            "\nmNetworkInfoBlockingLogs (most recent first):\n",
            "\nNetTransition WakeLock activity (most recent first):\n"
            "  total acquisitions: 0\n  total releases: 0\n  cumulative duration: 0s\n"
            "  longest duration: 0s\n",
            "\nbandwidth update requests (by uid):\n",
        )
    )


def _providers(api: int) -> str:
    if api < 29:
        return "NetworkFactories for: TelephonyNetworkFactory - 0 WIFI WIFI_UT Ethernet\n"
    lines = [f"  {number}: {name}\n" for number, name in enumerate(PROVIDERS, 1)]
    return "NetworkProviders for:\n" + "".join(lines)


def networks(phone: Phone) -> str:
    """Each network with the requests that it serves; all but one are the default network's."""
    lines = []
    for number, network in enumerate(phone.connectivity.networks()):
        served = _request_lines(phone) if number == 0 else [_always_on(phone)]
        count = f"REQUEST:{len(served)} LISTEN:0 BACKGROUND_REQUEST:0 total:{len(served)}"
        lines.append(f"  {agent(phone, network)}\n")
        if phone.options.api >= 28:
            lines += [f"    Requests: {count}\n", *(f"      {line}\n" for line in served)]
    return "".join(lines)


def _always_on(phone: Phone) -> str:
    """What keeps mobile data up beside Wi-Fi (mobile_data_always_on)."""
    return _request(phone, 9, "BACKGROUND_REQUEST", 1000, "android", "Transports: CELLULAR ")


def requests(phone: Phone) -> str:
    """Every request there is."""
    return "".join(
        f"  uid/pid:{uid}/{_pid(phone, package)} {line}\n"
        for (_, uid, package), line in zip(REQUESTORS, _request_lines(phone), strict=True)
    )


def _pid(phone: Phone, package: str) -> int:
    process = phone.system_process("system_server" if package == "android" else package)
    return process.pid if process is not None else 201


def _request_lines(phone: Phone) -> list[str]:
    return [
        _request(phone, number, kind, uid, package)
        for number, (kind, uid, package) in enumerate(REQUESTORS, 1)
    ]


def _request(
    phone: Phone, number: int, kind: str, uid: int, package: str, transports: str = ""
) -> str:
    """NetworkRequest.toString()."""
    who = f" RequestorUid: {uid} RequestorPkg: {package}" if phone.options.api >= 30 else ""
    wanted = "INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN"
    return f"NetworkRequest [ {kind} id={number}, [ {transports}Capabilities: {wanted}{who}] ]"


def _known_uids(phone: Phone) -> str:
    """Blocked uids, by ConnectivityManager.BLOCKED_REASON_OEM_DENY and _METERED_DATA_SAVER."""
    blocked = []
    network = phone.connectivity.active_network()
    for package in phone.packages:
        if (
            package.uid >= FIRST_APP_ID
            and network
            and phone.netpolicy.blocked(package.uid, network)
        ):
            reason = OEM_DENY if phone.netpolicy.denied(package.uid) else METERED_DATA_SAVER
            blocked.append(f"  UID={package.uid} blockedReasons={reason:x}\n")
    return "\nStatus for known UIDs:\n" + "".join(sorted(set(blocked)))


def _legacy_types(phone: Phone) -> str:
    return "".join(
        f"    {1 if network.transport == 'wifi' else 0} "
        f"[{'WIFI' if network.transport == 'wifi' else 'MOBILE'} () - {network.net_id}]\n"
        for network in phone.connectivity.networks()
    )


def diagnostics(phone: Phone) -> str:
    """`--diag`: NetworkDiagnostics of each network."""
    lines = []
    for network in phone.connectivity.networks():
        link = LINKS[network.transport]
        took = int(phone.network.shaper.shape.delay * 2000)
        lines += [
            f"NetworkDiagnostics:networkId={network.net_id}",
            f"SUCCEEDED  ICMPv4: {link.gateway}",
            f"          latency: {took} ms",
            "SUCCEEDED  DNS UDP to 10.0.2.3 qtype=A",
            f"          latency: {took} ms",
            "",
        ]
    return "\n".join(lines) + "\n"
