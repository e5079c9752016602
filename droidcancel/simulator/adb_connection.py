"""One host connected to adbd: authorisation, then streams (adb.cpp, handle_packet)."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from droidcancel.simulator import wire
from droidcancel.simulator.adb_link import Link
from droidcancel.simulator.adb_stream import AdbStream
from droidcancel.simulator.auth import new_token
from droidcancel.simulator.services import Service, open_service
from droidcancel.simulator.wire import Banner, Packet, Parser, WireError

if TYPE_CHECKING:
    from droidcancel.simulator.adbd import Adbd
    from droidcancel.simulator.services.reverse import Forward

MAX_STREAMS = 1024
PACKETS_A_TURN = 16  # a flood of small packets lets others run
MAX_AUTH_ATTEMPTS = 64
MAX_UNREAD = 64 << 20  # bytes that hosts may leave with services that do not read them
LOG_TAG = "adbd"


class Connection:
    """One host: an adb server, or a client that speaks to the phone itself."""

    def __init__(self, adbd: Adbd, link: Link, number: int) -> None:
        self.adbd = adbd
        self.phone = adbd.phone
        self.number = number
        self.state = "new"
        self.host = Banner("host", "", {}, frozenset())
        self.max_payload = wire.MAX_PAYLOAD_V1
        self.unread = 0
        self.forwards: dict[str, Forward] = {}
        self._link = link
        self._parser = Parser()
        self._streams: dict[int, AdbStream] = {}
        self._next_id = 1
        self._token = new_token()
        self._attempts = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._handlers: Mapping[bytes, Callable[[Packet], None]] = {
            b"CNXN": self._connect,
            b"AUTH": self._authenticate,
            b"OPEN": self._open,
            b"OKAY": self._okay,
            b"WRTE": self._write,
            b"CLSE": self._close_stream,
            b"STLS": self._start_tls,
            b"SYNC": lambda packet: None,
        }

    # -- life ------------------------------------------------------------------------------
    async def run(self) -> None:
        """Serve the host until it goes, or sends what is no adb."""
        try:
            handled = 0
            while data := await self._link.read():
                self._parser.receive(data)
                while isinstance(packet := self._parser.next_packet(), Packet):
                    await self._handle(packet)
                    if self.state == "closed":
                        return
                    handled += 1
                    if handled % PACKETS_A_TURN == 0:
                        await asyncio.sleep(0)
        except WireError as error:
            self.phone.log.write("E", LOG_TAG, f"connection closed: {error}")
        finally:
            self.close()

    def close(self) -> None:
        """Let the host go, and end everything it had open; what was said to it still arrives."""
        if self.state == "closed":
            return
        self.state = "closed"
        for stream in list(self._streams.values()):
            stream.abort()
        self._streams.clear()
        for forward in self.forwards.values():
            forward.listener.close()
        self.forwards.clear()
        current = asyncio.current_task()
        for task in list(self._tasks):
            if task is not current:
                task.cancel()
        self._link.close()
        self.adbd.forget(self)

    def drop(self) -> None:
        """Cut the host off as a pulled cable does."""
        self._link.abort()
        self.close()

    def spawn(self, coro: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run work that ends with the connection."""
        task = asyncio.get_running_loop().create_task(coro)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # -- sending ---------------------------------------------------------------------------
    def send(self, command: bytes, arg0: int, arg1: int, data: bytes | memoryview = b"") -> None:
        """Queue a packet; `drain` waits until there is room for more."""
        self._link.write(wire.header(command, arg0, arg1, data, self._parser.version), data)

    async def drain(self) -> None:
        """Wait until the host has taken most of what was sent to it."""
        await self._link.drain()

    # -- packets ---------------------------------------------------------------------------
    async def _handle(self, packet: Packet) -> None:
        for hook in list(self.adbd.hooks):
            if await hook(self, packet) is False or self.state == "closed":
                return
        if packet.command not in wire.LEGAL[self.state]:
            raise WireError(f"{packet.command.decode()} while {self.state}")
        self._handlers[packet.command](packet)
        if self.unread > MAX_UNREAD:
            raise WireError("too much that no service reads")
        await self.drain()

    def _connect(self, packet: Packet) -> None:
        for stream in list(self._streams.values()):
            stream.abort()
        self._streams.clear()
        self._parser.version = min(packet.arg0, self.adbd.version)
        self.max_payload = max(1, min(packet.arg1, self.adbd.max_payload))
        self.host = Banner.parse(packet.data)
        if self.adbd.wants_auth:
            self.state = "auth"
            self._challenge()
        else:
            self._welcome()

    def _welcome(self) -> None:
        """The host is trusted: say who the phone is."""
        self.state = "online"
        self.send(b"CNXN", self.adbd.version, self.adbd.max_payload, self.adbd.banner().encode())

    def _start_tls(self, packet: Packet) -> None:
        raise WireError("STLS: this phone speaks no TLS")

    # -- authorisation ---------------------------------------------------------------------
    def _challenge(self) -> None:
        self._token = new_token()
        self.send(b"AUTH", wire.AUTH_TOKEN, 0, self._token)

    def _authenticate(self, packet: Packet) -> None:
        if self.state != "auth":
            return
        self._attempts += 1
        if self._attempts > MAX_AUTH_ATTEMPTS:
            raise WireError("too many keys")
        if packet.arg0 == wire.AUTH_SIGNATURE:
            if self.adbd.keys.knows(self._token, packet.data):
                self._welcome()
            else:
                self._challenge()
        elif packet.arg0 == wire.AUTH_RSAPUBLICKEY:
            self.spawn(self._consider(packet.data))

    async def _consider(self, key: bytes) -> None:
        """Until the user allows the key, the host sees the phone as unauthorized."""
        if await self.adbd.keys.offer(key) and self.state == "auth":
            self._welcome()

    # -- streams ---------------------------------------------------------------------------
    def _open(self, packet: Packet) -> None:
        name = packet.data.rstrip(b"\0").decode("utf-8", "surrogateescape")
        service = None
        if packet.arg0 and len(self._streams) < MAX_STREAMS:
            service = open_service(self, name)
        if service is None:
            self.send(b"CLSE", 0, packet.arg0)
            return
        self.spawn(self._serve(self._new_stream(packet.arg0), service))

    async def _serve(self, stream: AdbStream, service: Service) -> None:
        try:
            await service(stream)
        except ConnectionError:  # the host or the peer on the phone went first
            pass
        except Exception as error:
            text = "".join(traceback.format_exception(error))
            self.phone.log.write("F", LOG_TAG, text)
        finally:
            stream.close()

    def _new_stream(self, remote: int) -> AdbStream:
        stream = AdbStream(self, self._next_id, remote)
        self._streams[self._next_id] = stream
        self._next_id = self._next_id % 0x7FFFFFFF + 1
        return stream

    async def open_to_host(self, name: str) -> AdbStream:
        """Open a stream to the host (`adb reverse`). Raises ConnectionRefusedError."""
        if self.state != "online":
            raise ConnectionRefusedError("no host")
        stream = self._new_stream(0)
        self.send(b"OPEN", stream.local, 0, name.encode() + b"\0")
        if not await stream.wait_accepted():
            stream.close()
            raise ConnectionRefusedError(f"the host refused {name}")
        return stream

    def _known(self, packet: Packet) -> AdbStream | None:
        stream = self._streams.get(packet.arg1)
        if stream is None or stream.remote not in (0, packet.arg0):
            return None
        return stream

    def _okay(self, packet: Packet) -> None:
        stream = self._known(packet)
        if stream is not None and packet.arg0:
            stream.remote = packet.arg0
            stream.acknowledged()

    def _write(self, packet: Packet) -> None:
        stream = self._known(packet)
        if stream is None or not stream.remote:
            return  # as adbd: a stream that the host has not accepted yet has no peer
        if not stream.received(packet.data):
            raise WireError("WRTE before the OKAY of the one before")

    def _close_stream(self, packet: Packet) -> None:
        """The host's id may be 0: old hosts close so, and adbd takes it (adb.cpp, A_CLSE)."""
        stream = self._streams.get(packet.arg1)
        if stream is not None and (packet.arg0 == 0 or stream.remote in (0, packet.arg0)):
            stream.abort()
            self.finished(stream)

    def finished(self, stream: AdbStream) -> None:
        """A stream is over: forget it, and say so to the host if it was still open."""
        if self._streams.pop(stream.local, None) is None:
            return
        self.send(b"CLSE", stream.local if stream.accepted else 0, stream.remote)
