"""A socket that an app on the phone has opened."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from typing import TYPE_CHECKING

from droidcancel.simulator.connectivity import NetworkInfo
from droidcancel.simulator.netstats import Counter, received, sent
from droidcancel.simulator.shaper import Bucket
from droidcancel.simulator.tcp import TcpStream

if TYPE_CHECKING:
    from droidcancel.simulator.network import Network


def aborted() -> ConnectionAbortedError:
    """What Android's apps get from a socket that was destroyed under them."""
    return ConnectionAbortedError(errno.ECONNABORTED, "Software caused connection abort")


class NetSocket:
    """A `Stream` to the cloud through the phone's link.

    `write` returns when the bytes have passed the shaper and lie with the peer, never
    before; `sent_bytes` grows with each portion that did. Once the network below is gone,
    reads and writes raise ConnectionAbortedError, or wait where the phone only stalls.
    """

    def __init__(
        self,
        network: Network,
        link: NetworkInfo,
        uid: int,
        tcp: TcpStream,
        forget: Callable[[NetSocket], None],
    ) -> None:
        self._network = network
        self._tcp = tcp
        self._forget = forget
        self._asked = True  # the next read waits for a round trip
        self._error: OSError | None = None
        self.link = link
        self.uid = uid
        self.sent_bytes = 0
        self.received_bytes = 0

    @property
    def closed(self) -> bool:
        return self._error is not None or self._tcp.closed

    async def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            portion = bytes(view[: self._network.shaper.up.quantum()])
            await self._send(portion)
            view = view[len(portion) :]
        self._asked = True

    async def _send(self, portion: bytes) -> None:
        await self._passable(self._network.shaper.up)
        again = await self._network.shaper.send(len(portion))
        await self._passable(self._network.shaper.up)
        try:
            await self._tcp.write(portion)
        except ConnectionError as error:
            raise (self._error or BrokenPipeError(errno.EPIPE, "Broken pipe")) from error
        self._check()
        self.sent_bytes += len(portion)
        self._count(sent(len(portion), again))

    async def read(self, n: int = 65536) -> bytes:
        self._check()
        try:
            data = await self._tcp.read(min(n, self._network.shaper.down.quantum()))
        except ConnectionError as error:
            raise (self._error or ConnectionResetError(errno.ECONNRESET, "reset")) from error
        await self._passable(self._network.shaper.down)
        if self._asked:
            self._asked = False
            await self._network.shaper.travel(trips=2)
        await self._network.shaper.receive(len(data))
        await self._passable(self._network.shaper.down)
        self.received_bytes += len(data)
        self._count(received(len(data)))
        return data

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    async def _passable(self, direction: Bucket) -> None:
        """Wait while packets are dropped. Raises once the socket is destroyed."""
        self._check()
        while direction.rate <= 0 or not self._network.passes(self.uid, self.link):
            await self._network.changed()
            self._check()

    def _count(self, amount: Counter) -> None:
        self._network.count(self.uid, self.link, amount)

    def destroy(self, error: OSError | None = None) -> None:
        """Android's SOCK_DESTROY: whoever uses the socket gets ConnectionAbortedError.

        An app may give its own `error`, to leave a read or write that waits.
        """
        if self._error is None:
            self._error = error or aborted()
            self._network.wake()
            self._tcp.abort()
            self._forget(self)

    def close(self) -> None:
        """Close; a peer in the middle of a message sees the connection cut."""
        self._tcp.close()
        self._forget(self)

    def abort(self) -> None:
        """Close at once; what is not with the peer yet never gets there."""
        self._tcp.abort()
        self._forget(self)

    def close_write(self) -> None:
        self._tcp.close_write()


async def open_tcp(port: int) -> TcpStream:
    """Connect to a server of ours on the loopback interface, with small buffers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=65536)
    return TcpStream(reader, writer, limit=0)
