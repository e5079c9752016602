"""How Android's network services write networks down: the texts that several dumps share."""

from __future__ import annotations

from dataclasses import dataclass

from droidcancel.simulator.connectivity import NetworkInfo
from droidcancel.simulator.phone import Phone

BSSID = "00:13:10:85:fe:01"
SUBSCRIBER = "310260..."
NET_HANDLE_MAGIC = 0xCAFED00D  # android.net.Network: handle = netId << 32 | magic


@dataclass(frozen=True)
class Link:
    """Addresses of one interface; the same on every simulated phone, as on every emulator."""

    address: str
    prefix: int
    gateway: str
    mac: str
    ipv6: str
    mtu: int

    @property
    def subnet(self) -> str:
        return f"{self.address.rpartition('.')[0]}.0/{self.prefix}"


LINKS = {
    "wifi": Link("10.0.2.16", 24, "10.0.2.2", "02:15:b2:00:00:00", "fe80::15:b2ff:fe00:0", 1500),
    "cell": Link("10.0.3.15", 24, "10.0.3.2", "00:00:00:00:00:00", "fe80::1c5d:9cff:fe2e:1", 1440),
}


def wifi_info(phone: Phone) -> str:
    """WifiInfo.toString(); Android 11 knew no IP and security type in it."""
    link, wifi = LINKS["wifi"], phone.connectivity.wifi
    if not wifi.connected:
        return (
            "SSID: <unknown ssid>, BSSID: <none>, MAC: 02:00:00:00:00:00, "
            "Supplicant state: DISCONNECTED, RSSI: -127, Link speed: -1Mbps, "
            "Frequency: -1MHz, Net ID: -1, Metered hint: false, score: 0"
        )
    quote = '"' if phone.options.api >= 30 else ""
    metered = str(phone.netpolicy.metered("wifi", wifi.ssid)).lower()
    newer = f"IP: /{link.address}, Security type: 0, " if phone.options.api >= 31 else ""
    return (
        f"SSID: {quote}{wifi.ssid}{quote}, BSSID: {BSSID}, MAC: {link.mac}, {newer}"
        "Supplicant state: COMPLETED, Wi-Fi standard: legacy, RSSI: -50, Link speed: 1Mbps, "
        "Tx Link speed: 1Mbps, Max Supported Tx Link speed: 11Mbps, Rx Link speed: 2Mbps, "
        f"Max Supported Rx Link speed: 11Mbps, Frequency: 2447MHz, Net ID: 0, "
        f"Metered hint: {metered}, score: 60"
    )


def _capabilities(phone: Phone, network: NetworkInfo) -> str:
    api = phone.options.api
    names = ["INTERNET", "NOT_RESTRICTED", "TRUSTED", "NOT_VPN", "VALIDATED"]
    if not phone.connectivity.metered(network):
        names.insert(0, "NOT_METERED")
    if api >= 28:
        names += ["NOT_ROAMING", "FOREGROUND", "NOT_CONGESTED", "NOT_SUSPENDED"]
    if api >= 31:
        names.append("NOT_VCN_MANAGED")
    return "&".join(names)


def capabilities(phone: Phone, network: NetworkInfo) -> str:
    """NetworkCapabilities.toString()."""
    shape = phone.network.shaper.shape
    up, down = (int(rate * 8 / 1000) for rate in (shape.up, shape.down))
    transport = "WIFI" if network.transport == "wifi" else "CELLULAR"
    extra = f' SignalStrength: -50 SSID: "{network.ssid}"' if network.ssid else ""
    if network.ssid and phone.options.api >= 31:
        extra = f" TransportInfo: <{wifi_info(phone)}>" + extra
    owner = f" OwnerUid: {1000 if network.ssid else 1001}" if phone.options.api >= 30 else ""
    return (
        f"[ Transports: {transport} Capabilities: {_capabilities(phone, network)} "
        f"LinkUpBandwidth>={up}Kbps LinkDnBandwidth>={down}Kbps{extra}{owner}]"
    )


def link_properties(phone: Phone, network: NetworkInfo) -> str:
    """LinkProperties.toString()."""
    link, name = LINKS[network.transport], network.interface
    return (
        f"{{InterfaceName: {name} LinkAddresses: [ {link.ipv6}/64,{link.address}/{link.prefix} ] "
        f"DnsAddresses: [ /10.0.2.3 ] Domains: null MTU: {link.mtu} "
        "TcpBufferSizes: 524288,1048576,2097152,262144,524288,1048576 "
        f"Routes: [ fe80::/64 -> :: {name},{link.subnet} -> 0.0.0.0 {name},"
        f"0.0.0.0/0 -> {link.gateway} {name} ]}}"
    )


def agent(phone: Phone, network: NetworkInfo) -> str:
    """NetworkAgentInfo.toString(), which was rewritten in Android 12."""
    kind = "WIFI" if network.transport == "wifi" else "MOBILE[LTE]"
    handle = network.net_id << 32 | NET_HANDLE_MAGIC
    lp, nc = link_properties(phone, network), capabilities(phone, network)
    if phone.options.api >= 31:
        score = 60 if network.transport == "wifi" else 50
        return (
            f"NetworkAgentInfo{{network{{{network.net_id}}}  handle{{{handle}}}  "
            f"ni{{{kind} CONNECTED extra: }} Score({score} ; KeepConnected : 0 ; "
            "Policies : TRANSPORT_PRIMARY&EVER_VALIDATED_NOT_AVOIDED_WHEN_BAD&IS_VALIDATED)  "
            f"created everValidated lastValidated  lp{{{lp}}}  nc{{{nc}}}  factorySerialNumber=7}}"
        )
    first = kind.partition("[")[0]
    sub = "LTE" if first == "MOBILE" else ""
    return (
        f"NetworkAgentInfo{{ ni{{[type: {first}[{sub}], state: CONNECTED/CONNECTED, "
        "reason: (unspecified), extra: , failover: false, available: true, roaming: false]}  "
        f"network{{{network.net_id}}}  nethandle{{{handle}}}  lp{{{lp}}}  nc{{{nc}}}  "
        "Score{60}  everValidated{true}  lastValidated{true}  created{true} lingering{false} "
        "explicitlySelected{false} acceptUnvalidated{false} }"
    )


def identity(
    phone: Phone, transport: str, ssid: str | None, metered: bool, default: bool = True
) -> str:
    """NetworkIdentity.toString() of the traffic history; three forms by version."""
    api, wifi = phone.options.api, transport == "wifi"
    flags = f"metered={str(metered).lower()}, defaultNetwork={str(default).lower()}"
    if api <= 30:
        where = f'networkId="{ssid}"' if wifi else f"subscriberId={SUBSCRIBER}"
        kind = "WIFI" if wifi else "MOBILE"
        return f"{{type={kind}, subType=COMBINED, {where}, {flags}}}"
    kind = "1" if wifi else "0"
    if api <= 32:
        where = f'networkId="{ssid}"' if wifi else f"subscriberId={SUBSCRIBER}"
        return f"{{type={kind}, subType=COMBINED, {where}, {flags}, oemManaged=OEM_NONE}}"
    where = f'wifiNetworkKey="{ssid}"open' if wifi else f"subscriberId={SUBSCRIBER}"
    subscription = -1 if wifi else 1
    return (
        f"{{type={kind}, ratType=COMBINED, {where}, {flags}, oemManaged=OEM_NONE, "
        f"subId={subscription}}}"
    )
