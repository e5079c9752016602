"""The way from the phone's apps to the cloud, through everything that may be in between.

A connection passes the default network (radios, airplane mode), the firewall and Data
Saver for its uid, and the link's bandwidth, delay and loss, all in force at once. The only
hosts that exist are those of the host table, every one on this machine's loopback; any
other name does not resolve, and nothing else is ever dialled.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from droidcancel.simulator.connectivity import NetworkInfo
from droidcancel.simulator.netsocket import NetSocket, open_tcp
from droidcancel.simulator.netstats import HEADER_BYTES, Counter
from droidcancel.simulator.shaper import Shape, Shaper

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone
    from droidcancel.simulator.processes import Process

WEB_PORTS = frozenset({80, 443})
MAX_SOCKETS = 1024
RECHECK_S = 0.1  # a blocked flow looks again this often: a uid's importance changes silently


class Network:
    """The phone's sockets to the outside."""

    def __init__(self, phone: Phone) -> None:
        options = phone.options
        self._phone = phone
        self._sockets: set[NetSocket] = set()
        self._waiting: set[asyncio.Future[None]] = set()
        self.hosts: dict[str, int] = {}
        self.on_loss = options.on_network_loss
        shape = Shape(
            options.upload_bytes_per_s, options.download_bytes_per_s, options.delay_s, options.loss
        )
        self.shaper = Shaper(shape, options.random("network"))
        phone.connectivity.on_change(self._networks_changed)
        phone.netpolicy.on_change(self.wake)
        phone.netpolicy.on_close_sockets(self.close_sockets)
        phone.processes.on_exit(self._process_ended)

    # -- hosts -----------------------------------------------------------------------------
    def add_host(self, name: str, port: int) -> None:
        """Make `name` known: its ports 80 and 443 lead to `port` on 127.0.0.1."""
        self.hosts[name.lower()] = port

    def _port_of(self, host: str) -> int:
        name = host.lower()
        cloud = self._phone.cloud
        if name in self.hosts:
            return self.hosts[name]
        if cloud is not None and name == cloud.host:
            return cloud.port
        raise socket.gaierror(socket.EAI_NONAME, f"Unable to resolve host {host!r}")

    def known(self, host: str) -> bool:
        """Whether the name resolves."""
        try:
            self._port_of(host)
        except socket.gaierror:
            return False
        return True

    # -- the link --------------------------------------------------------------------------
    def shape(
        self,
        up: float | None = None,
        down: float | None = None,
        delay: float | None = None,
        loss: float | None = None,
    ) -> Shape:
        """Change the link, at once and for live connections too; returns what it is now.

        Rates in bytes a second (0 halts), delay one way in seconds, loss as a share.
        """
        self.shaper.change(up, down, delay, loss)
        self.wake()
        return self.shaper.shape

    # -- connections -----------------------------------------------------------------------
    async def connect(self, uid: int, host: str, port: int = 443) -> NetSocket:
        """Connect as `uid` over the default network.

        Raises OSError(ENETUNREACH) offline, PermissionError(EPERM) for a blocked uid,
        socket.gaierror for a host that is not known, ConnectionRefusedError where nothing
        listens, ConnectionAbortedError when the network goes meanwhile.
        """
        link = self._phone.connectivity.active_network()
        if link is None:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        if self._phone.netpolicy.blocked(uid, link):
            raise PermissionError(errno.EPERM, "Operation not permitted")
        if len(self._sockets) >= MAX_SOCKETS:
            raise OSError(errno.EMFILE, "Too many open files")
        target = self._port_of(host)
        await self.shaper.travel(trips=2)
        if port not in WEB_PORTS:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        return await self._open(uid, link, target)

    async def _open(self, uid: int, link: NetworkInfo, target: int) -> NetSocket:
        opened = NetSocket(self, link, uid, await open_tcp(target), self._sockets.discard)
        self._sockets.add(opened)
        if not self._phone.connectivity.alive(link):
            opened.destroy()
            raise ConnectionAbortedError(errno.ECONNABORTED, "Software caused connection abort")
        self.count(uid, link, Counter(HEADER_BYTES, 1, 2 * HEADER_BYTES, 2))
        return opened

    def count(self, uid: int, link: NetworkInfo, amount: Counter) -> None:
        """Count traffic that passed."""
        self._phone.netstats.add(uid, link, amount)

    @property
    def sockets(self) -> frozenset[NetSocket]:
        """The open connections."""
        return frozenset(self._sockets)

    # -- what is in force ------------------------------------------------------------------
    def passes(self, uid: int, link: NetworkInfo) -> bool:
        """Whether packets of `uid` get through on `link` now."""
        connectivity = self._phone.connectivity
        up = connectivity.alive(link)
        if not up and self.on_loss == "stall":
            up = any(net.transport == link.transport for net in connectivity.networks())
        return up and not self._phone.netpolicy.blocked(uid, link)

    async def changed(self) -> None:
        """Wait until what is in force may be different."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait((waiter,), timeout=RECHECK_S)
        finally:
            self._waiting.discard(waiter)

    def wake(self) -> None:
        """Let everything that waits look again."""
        for waiter in list(self._waiting):
            if not waiter.done():
                waiter.set_result(None)

    def _networks_changed(self) -> None:
        if self.on_loss == "abort":
            alive = self._phone.connectivity.alive
            for opened in [each for each in self._sockets if not alive(each.link)]:
                opened.destroy()
        self.wake()

    def close_sockets(self, matches: Callable[[int], bool]) -> int:
        """Destroy the sockets whose uid `matches`; returns how many there were."""
        chosen = [opened for opened in self._sockets if matches(opened.uid)]
        for opened in chosen:
            opened.destroy()
        return len(chosen)

    def _process_ended(self, process: Process) -> None:
        """The kernel closes what a dead process leaves; a uid's other processes keep theirs."""
        if not self._phone.processes.by_uid(process.uid):
            self.close_sockets(lambda uid: uid == process.uid)

    def reset(self) -> None:
        """A reboot: no socket outlives it."""
        self.close_sockets(lambda uid: True)
