"""`ping`, `ifconfig` and `ip`, as far as scripts use them to see whether the phone is online."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass

from droidcancel.simulator.connectivity import INTERFACES, NetworkInfo
from droidcancel.simulator.netstats import Counter
from droidcancel.simulator.phone import Phone
from droidcancel.simulator.shell.android.net_dumps_format import LINKS, Link
from droidcancel.simulator.shell.registry import Invocation, command

CLOUD_ADDRESS = "203.0.113.10"  # TEST-NET-3 (RFC 5737): what names of the host table resolve to
INDEX = {"lo": 1, "rmnet0": 4, "wlan0": 12}
MAX_PINGS = 3600


# -- ping ------------------------------------------------------------------------------------------
@dataclass
class _Ping:
    host: str = ""
    count: int = MAX_PINGS
    interval: float = 1.0
    wait: float = 10.0
    error: str = ""


def _ping_options(words: list[str]) -> _Ping:
    """-c COUNT, -i SECONDS, -W SECONDS; other options with a value are taken and ignored."""
    asked = _Ping()
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            asked.host = word
        elif word[1:2] in "ciWwstIQ":
            _take(asked, word[1], word[2:] or next(rest, ""))
    if not asked.host:
        asked.error = "ping: usage error: Destination address required\n"
    return asked


def _take(asked: _Ping, name: str, value: str) -> None:
    try:
        if name == "c":
            asked.count = max(1, min(int(value), MAX_PINGS))
        elif name == "i":
            asked.interval = max(0.2, float(value))
        elif name in "Ww":
            asked.wait = min(float(value), 60.0)
    except ValueError:
        asked.error = f"ping: invalid argument: '{value}'\n"


@command("ping")
async def ping(invocation: Invocation) -> int:
    """Answers come from names of the host table, from the gateway and from the phone itself."""
    asked = _ping_options(invocation.argv[1:])
    if asked.error:
        await invocation.err(asked.error)
        return 2
    phone = invocation.phone
    try:
        address = _resolve(phone, asked.host)
    except socket.gaierror:
        await invocation.err(f"ping: unknown host {asked.host}\n")
        return 2
    if not address.startswith("127.") and phone.connectivity.active_network() is None:
        await invocation.err("connect: Network is unreachable\n")
        return 2
    return await _send(invocation, asked, address)


def _resolve(phone: Phone, host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if host == "localhost":
        return "127.0.0.1"
    if phone.connectivity.active_network() is None or not phone.network.known(host):
        raise socket.gaierror(socket.EAI_NONAME, "unknown host")
    return CLOUD_ADDRESS


def _answers(phone: Phone, uid: int, address: str) -> bool:
    if address.startswith("127."):
        return True
    network = phone.connectivity.active_network()
    if network is None or phone.netpolicy.blocked(uid, network):
        return False
    return address in (CLOUD_ADDRESS, LINKS[network.transport].gateway)


async def _send(invocation: Invocation, asked: _Ping, address: str) -> int:
    phone = invocation.phone
    await invocation.out(f"PING {asked.host} ({address}) 56(84) bytes of data.\n")
    received = 0
    for number in range(1, asked.count + 1):
        if _answers(phone, invocation.uid, address):
            delay = phone.network.shaper.shape.delay * 2
            await asyncio.sleep(delay)
            received += 1
            await invocation.out(
                f"64 bytes from {address}: icmp_seq={number} ttl=255 time={delay * 1000:.1f} ms\n"
            )
        else:
            await asyncio.sleep(asked.wait if number == asked.count else 0)
        if number < asked.count:
            await asyncio.sleep(asked.interval)
    lost = 100 * (asked.count - received) // asked.count
    await invocation.out(
        f"\n--- {asked.host} ping statistics ---\n{asked.count} packets transmitted, "
        f"{received} received, {lost}% packet loss, time {int(asked.count * 1000)}ms\n"
    )
    return 0 if received else 1


# -- ifconfig and ip -------------------------------------------------------------------------------
def _interfaces(phone: Phone) -> dict[str, NetworkInfo | None]:
    """Interfaces by name, with the network that runs over each."""
    running = {network.interface: network for network in phone.connectivity.networks()}
    return {name: running.get(name) for name in INDEX}


def _link(name: str) -> Link:
    transport = next(key for key, value in INTERFACES.items() if value == name)
    return LINKS[transport]


def _ifconfig_text(phone: Phone, name: str, network: NetworkInfo | None) -> str:
    counter = phone.netstats.by_interface.get(name, Counter())
    if name == "lo":
        lines = ["Link encap:Local Loopback", "inet addr:127.0.0.1  Mask:255.0.0.0"]
        lines += ["inet6 addr: ::1/128 Scope: Host", "UP LOOPBACK RUNNING  MTU:65536  Metric:1"]
    else:
        link = _link(name)
        lines = [f"Link encap:Ethernet  HWaddr {link.mac}"]
        if network is not None:
            broadcast = link.address.rpartition(".")[0] + ".255"
            lines += [f"inet addr:{link.address}  Bcast:{broadcast}  Mask:255.255.255.0 "]
            lines += [f"inet6 addr: {link.ipv6}/64 Scope: Link"]
        flags = "UP BROADCAST RUNNING MULTICAST" if network else "UP BROADCAST MULTICAST"
        lines += [f"{flags}  MTU:{link.mtu}  Metric:1"]
    lines += [
        f"RX packets:{counter.rx_packets} errors:0 dropped:0 overruns:0 frame:0 ",
        f"TX packets:{counter.tx_packets} errors:0 dropped:0 overruns:0 carrier:0 ",
        "collisions:0 txqueuelen:1000 ",
        f"RX bytes:{counter.rx_bytes} TX bytes:{counter.tx_bytes} ",
    ]
    return f"{name:<10}" + "\n          ".join(lines) + "\n\n"


@command("ifconfig")
async def ifconfig(invocation: Invocation) -> int:
    words = [word for word in invocation.argv[1:] if word != "-a"]
    found = _interfaces(invocation.phone)
    if words and words[0] not in found:
        await invocation.err(f"ifconfig: {words[0]}: No such device\n")
        return 1
    for name in words[:1] or list(found)[::-1]:
        await invocation.out(_ifconfig_text(invocation.phone, name, found[name]))
    return 0


def _ip_link(name: str, network: NetworkInfo | None) -> str:
    if name == "lo":
        return (
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default "
            "qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
        )
    link, up = _link(name), network is not None
    flags = "BROADCAST,MULTICAST,UP,LOWER_UP" if up else "NO-CARRIER,BROADCAST,MULTICAST,UP"
    return (
        f"{INDEX[name]}: {name}: <{flags}> mtu {link.mtu} qdisc mq state {'UP' if up else 'DOWN'} "
        f"group default qlen 1000\n    link/ether {link.mac} brd ff:ff:ff:ff:ff:ff\n"
    )


def _ip_addresses(name: str, network: NetworkInfo | None) -> str:
    if name == "lo":
        return (
            "    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n"
        )
    if network is None:
        return ""
    link = _link(name)
    broadcast = link.address.rpartition(".")[0] + ".255"
    return (
        f"    inet {link.address}/{link.prefix} brd {broadcast} scope global {name}\n"
        "       valid_lft forever preferred_lft forever\n"
        f"    inet6 {link.ipv6}/64 scope link \n       valid_lft forever preferred_lft forever\n"
    )


def _routes(phone: Phone) -> str:
    return "".join(
        f"{link.subnet} dev {network.interface} proto kernel scope link src {link.address} \n"
        for network in phone.connectivity.networks()
        for link in (LINKS[network.transport],)
    )


def _without_options(words: list[str]) -> list[str]:
    """The words that are no options; `-f FAMILY` is the one option with a value."""
    kept, rest = [], iter(words)
    for word in rest:
        if word in ("-f", "-family"):
            next(rest, None)
        elif not word.startswith("-"):
            kept.append(word)
    return kept


@command("ip")
async def ip(invocation: Invocation) -> int:
    """`ip [-4|-f inet] addr|link|route [show] [dev NAME]`."""
    words = _without_options(invocation.argv[1:])
    kind = words[0] if words else ""
    names = [word for word in words[1:] if word not in ("show", "list", "ls", "dev", "get")]
    if kind and "route".startswith(kind):
        await invocation.out(_routes(invocation.phone))
        return 0
    if not kind or not ("address".startswith(kind) or "link".startswith(kind)):
        await invocation.err("Usage: ip [ OPTIONS ] { address | link | route } [ show ]\n")
        return 255
    found = _interfaces(invocation.phone)
    if names and names[0] not in found:
        await invocation.err(f'Device "{names[0]}" does not exist.\n')
        return 1
    for name in names[:1] or found:
        addresses = "" if "link".startswith(kind) else _ip_addresses(name, found[name])
        await invocation.out(_ip_link(name, found[name]) + addresses)
    return 0
