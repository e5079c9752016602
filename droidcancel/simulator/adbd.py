"""adbd: the phone's side of adb, over TCP on the loopback address."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from droidcancel.simulator import wire
from droidcancel.simulator.adb_connection import Connection
from droidcancel.simulator.adb_link import Link
from droidcancel.simulator.auth import KeyRing
from droidcancel.simulator.wire import Banner, Packet

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

__all__ = ["Adbd", "Connection", "PacketHook", "features"]

LOOPBACK = ("127.0.0.1", "::1")
MAX_CONNECTIONS = 64
BOOT_SHARE = 0.5  # of the time that a boot takes, adbd is up after so much (assumed)

# Feature -> the API level that brought it. Read off the banners of stock emulators of 24, 28,
# 29, 30 and later; compression and delayed_ack are left out: no client needs them.
FEATURES: Mapping[str, int] = {
    "shell_v2": 24,
    "cmd": 24,
    "stat_v2": 26,
    "apex": 29,
    "abb": 29,
    "abb_exec": 29,
    "fixed_push_mkdir": 29,
    "fixed_push_symlink_timestamp": 29,
    "ls_v2": 30,
    "remount_shell": 30,
    "sendrecv_v2": 30,
    "track_app": 31,
    "sendrecv_v2_dry_run_send": 31,
    "devraw": 34,
    "app_info": 35,
}

# Sees every packet from a host before adbd does, and may wait. False: the packet is lost.
PacketHook = Callable[[Connection, Packet], Awaitable[object]]


def features(api: int) -> frozenset[str]:
    """What adbd of this API level says it can do."""
    return frozenset(name for name, since in FEATURES.items() if api >= since)


class Adbd:
    """Listens for hosts; several may be connected at once."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.keys = KeyRing()
        self.hooks: list[PacketHook] = []
        self.connections: list[Connection] = []
        self.root = False
        self._links: set[Link] = set()
        self._server: asyncio.Server | None = None
        self._offline = False
        self._stalled = False
        self._down = False
        self._served = 0
        self.next_change = asyncio.Event()
        phone.on_reboot(self._rebooting)
        phone.on_state_change(self._note_change)
        phone.processes.on_exit(lambda process: self._note_change())

    # -- life ------------------------------------------------------------------------------
    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; returns the port. Raises OSError, and ValueError off the loopback address."""
        if host not in LOOPBACK:
            raise ValueError(f"adbd listens on the loopback address only, not on {host}")
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._link, host, port)
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    async def stop(self) -> None:
        """Listen no more, and let every host go."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        self.drop_connections()
        await server.wait_closed()

    def _link(self) -> Link:
        return Link(self._made, self._links.discard)

    def _made(self, link: Link) -> None:
        if self._down or len(self._links) >= MAX_CONNECTIONS:
            link.abort()
            return
        self._links.add(link)
        if self._stalled:
            link.hold()
        if self._offline:
            return
        self._served += 1
        connection = Connection(self, link, self._served)
        self.connections.append(connection)
        connection.spawn(connection.run())

    def forget(self, connection: Connection) -> None:
        """A connection is over."""
        if connection in self.connections:
            self.connections.remove(connection)

    def _note_change(self) -> None:
        """A process came or went: `next_change` is set, and the one after begins."""
        change, self.next_change = self.next_change, asyncio.Event()
        change.set()

    # -- what it says of itself ------------------------------------------------------------
    @property
    def wants_auth(self) -> bool:
        """Whether hosts must show a key: phones do, emulators of test images do not."""
        return self.phone.options.secure

    @property
    def version(self) -> int:
        """Android 9 was the first to leave the checksum out (A_VERSION_SKIP_CHECKSUM)."""
        return wire.VERSION if self.phone.options.api >= 28 else wire.VERSION_CHECKSUM

    @property
    def max_payload(self) -> int:
        """Bytes in one packet: MAX_PAYLOAD of adb.h over the years."""
        api = self.phone.options.api
        if api < 24:
            return wire.MAX_PAYLOAD_V1
        return wire.MAX_PAYLOAD if api >= 28 else wire.MAX_PAYLOAD_V2

    def banner(self) -> Banner:
        """As get_connection_string in adb.cpp makes it."""
        names = ("ro.product.name", "ro.product.model", "ro.product.device")
        properties = {name: self.phone.props.get(name, "") for name in names}
        return Banner("device", "", properties, features(self.phone.options.api))

    @property
    def uid(self) -> int:
        """Who the services run as."""
        return 0 if self.root else 2000

    # -- faults ----------------------------------------------------------------------------
    def drop_connections(self) -> None:
        """Cut every host off, as a pulled cable does; they may connect again."""
        for connection in list(self.connections):
            connection.drop()
        for link in list(self._links):
            link.abort()

    def set_offline(self, offline: bool) -> None:
        """Fall silent: hosts connect and get no answer, which adb calls "offline".

        Those that are here are cut off, also on the way back, so that they connect anew.
        """
        self._offline = offline
        self.drop_connections()

    def set_stalled(self, stalled: bool) -> None:
        """Hang, as a hub or a driver does: links stay open, and no byte comes through either way.

        What was under way arrives afterwards.
        """
        self._stalled = stalled
        for link in list(self._links):
            if stalled:
                link.hold()
            else:
                link.release()

    def garble(self, noise: bytes) -> None:
        """Send every host bytes that are no adb, as a bad cable does."""
        for link in list(self._links):
            link.write(noise)

    def restart(self, *, root: bool) -> None:
        """Restart as another user (`adb root`, `adb unroot`): every host must connect again.

        They get what was already said to them first.
        """
        self.root = root
        self.phone.props["service.adb.root"] = str(int(root))
        for connection in list(self.connections):
            connection.close()

    async def _rebooting(self, mode: str) -> None:
        self.root = False
        self._down = True
        self.drop_connections()
        self.phone.spawn(self._come_back())

    async def _come_back(self) -> None:
        await self.phone.clock.sleep(BOOT_SHARE * self.phone.latency.cost("boot"))
        self._down = False
