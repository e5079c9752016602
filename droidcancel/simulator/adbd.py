"""adbd: the phone's side of adb, over TCP on the loopback address."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from droidcancel.simulator import wire
from droidcancel.simulator.adb_stream import AdbStream
from droidcancel.simulator.auth import KeyRing, new_token
from droidcancel.simulator.services import open_service
from droidcancel.simulator.streams import Listener
from droidcancel.simulator.wire import Banner, Packet, Parser, WireError

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

LOOPBACK = ("127.0.0.1", "::1")
MAX_STREAMS = 1024
MAX_AUTH_ATTEMPTS = 64
READ_BYTES = 1 << 20

# Feature -> the API level that brought it to adbd (packages/modules/adb, transport.cpp).
FEATURES = {
    "shell_v2": 24,
    "cmd": 24,
    "stat_v2": 26,
    "ls_v2": 30,
    "fixed_push_mkdir": 30,
    "fixed_push_symlink_timestamp": 30,
    "apex": 29,
    "abb": 30,
    "abb_exec": 30,
    "remount_shell": 30,
    "sendrecv_v2": 31,
    "track_app": 31,
}

PacketHook = Callable[["Connection", Packet], Awaitable[None]]


def features(api: int) -> frozenset[str]:
    """What adbd of this API level says it can do."""
    return frozenset(name for name, since in FEATURES.items() if api >= since)


class Connection:
    """One host (an adb server, or a client that speaks to the phone itself)."""

    def __init__(
        self, adbd: Adbd, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.adbd = adbd
        self.phone = adbd.phone
        self.state = "new"
        self.host = Banner("host", "", {}, frozenset())
        self.max_payload = wire.MAX_PAYLOAD_V1
        self._reader = reader
        self._writer = writer
        self._parser = Parser()
        self._streams: dict[int, AdbStream] = {}
        self._next_id = 1
        self._token = new_token()
        self._attempts = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.reversed: dict[str, tuple[Listener, str]] = {}

    async def run(self) -> None:
        """Serve the host until it goes, or sends what is no adb."""
        try:
            while data := await self._reader.read(READ_BYTES):
                self._parser.receive(data)
                while isinstance(packet := self._parser.next_packet(), Packet):
                    await self._handle(packet)
        except WireError as error:
            self.phone.log.write("E", "adbd", f"connection closed: {error}")
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Drop the host, and everything it had open."""
        self.state = "closed"
        for stream in list(self._streams.values()):
            stream.abort()
        self._streams.clear()
        for task in list(self._tasks):
            task.cancel()
        for listener, _ in self.reversed.values():
            listener.close()
        self.reversed.clear()
        with contextlib.suppress(OSError, RuntimeError):
            self._writer.close()
        self.adbd.forget(self)

    # -- sending ---------------------------------------------------------------------------
    def send(self, command: bytes, arg0: int, arg1: int, data: bytes = b"") -> None:
        """Queue a packet; `drain` waits until there is room for more."""
        if self.state == "closed" or self._writer.is_closing():
            return
        self._writer.write(wire.encode(Packet(command, arg0, arg1, data), self._parser.version))

    async def drain(self) -> None:
        with contextlib.suppress(OSError):
            await self._writer.drain()

    # -- packets ---------------------------------------------------------------------------
    async def _handle(self, packet: Packet) -> None:
        for hook in list(self.adbd.hooks):
            await hook(self, packet)
        if packet.command not in wire.LEGAL.get(self.state, frozenset()):
            raise WireError(f"{packet.command.decode()} while {self.state}")
        match packet.command:
            case b"CNXN":
                self._connect(packet)
            case b"AUTH":
                self._authenticate(packet)
            case b"OPEN":
                self._open(packet)
            case b"OKAY":
                self._okay(packet)
            case b"WRTE":
                self._write(packet)
            case b"CLSE":
                self._close_stream(packet)
            case b"STLS":
                raise WireError("STLS: this phone speaks no TLS")
        await self.drain()

    def _connect(self, packet: Packet) -> None:
        self._parser.version = min(packet.arg0, wire.VERSION)
        self.max_payload = max(1, min(packet.arg1, wire.MAX_PAYLOAD))
        self.host = Banner.parse(packet.data)
        for stream in list(self._streams.values()):
            stream.abort()
        self._streams.clear()
        if self.adbd.wants_auth:
            self.state = "auth"
            self.send(b"AUTH", wire.AUTH_TOKEN, 0, self._token)
        else:
            self.welcome()

    def welcome(self) -> None:
        """The host is trusted: say who the phone is."""
        self.state = "online"
        self.send(b"CNXN", wire.VERSION, wire.MAX_PAYLOAD, self.adbd.banner().encode())

    def _authenticate(self, packet: Packet) -> None:
        if self.state != "auth":
            return
        self._attempts += 1
        if self._attempts > MAX_AUTH_ATTEMPTS:
            raise WireError("too many signatures")
        keys = self.adbd.keys
        if packet.arg0 == wire.AUTH_SIGNATURE:
            if keys.knows(self._token, packet.data):
                self.welcome()
            else:
                self._token = new_token()
                self.send(b"AUTH", wire.AUTH_TOKEN, 0, self._token)
        elif packet.arg0 == wire.AUTH_RSAPUBLICKEY and keys.offer(packet.data):
            self.welcome()

    # -- streams ---------------------------------------------------------------------------
    def _open(self, packet: Packet) -> None:
        name = packet.data.rstrip(b"\0").decode("utf-8", "surrogateescape")
        if packet.arg0 == 0 or len(self._streams) >= MAX_STREAMS:
            self.send(b"CLSE", 0, packet.arg0)
            return
        stream = self._new_stream(packet.arg0)
        service = open_service(self, name)
        if service is None:
            self._drop(stream)
            self.send(b"CLSE", 0, packet.arg0)
            return
        self._spawn(self._serve(stream, service))

    async def _serve(
        self, stream: AdbStream, service: Callable[[AdbStream], Awaitable[None]]
    ) -> None:
        try:
            await service(stream)
        except (BrokenPipeError, ConnectionError):
            pass
        finally:
            stream.close()

    def _spawn(self, coro: Awaitable[None]) -> None:
        task = asyncio.ensure_future(coro)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _new_stream(self, remote: int) -> AdbStream:
        stream = AdbStream(self, self._next_id, remote)
        self._streams[self._next_id] = stream
        self._next_id += 1
        return stream

    async def open_to_host(self, name: str) -> AdbStream:
        """Open a stream to the host (`adb reverse`). Raises ConnectionRefusedError."""
        stream = self._new_stream(0)
        self.send(b"OPEN", stream.local, 0, name.encode() + b"\0")
        await self.drain()
        if not await stream.wait_ready():
            self._drop(stream)
            raise ConnectionRefusedError(f"the host refused {name}")
        return stream

    def _okay(self, packet: Packet) -> None:
        stream = self._streams.get(packet.arg1)
        if stream is not None and stream.remote in (0, packet.arg0):
            stream.remote = packet.arg0
            stream.acknowledged()

    def _write(self, packet: Packet) -> None:
        stream = self._streams.get(packet.arg1)
        if stream is None or stream.remote != packet.arg0:
            self.send(b"CLSE", packet.arg1, packet.arg0)
        else:
            stream.received(packet.data)

    def _close_stream(self, packet: Packet) -> None:
        stream = self._streams.get(packet.arg1)
        if stream is not None and stream.remote in (0, packet.arg0):
            stream.abort()
            self._drop(stream)

    def _drop(self, stream: AdbStream) -> None:
        self._streams.pop(stream.local, None)

    def finished(self, stream: AdbStream) -> None:
        """The phone closed its end of a stream."""
        if self._streams.pop(stream.local, None) is not None:
            self.send(b"CLSE", stream.local, stream.remote)


class Adbd:
    """Listens for hosts; several may be connected at once."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.keys = KeyRing()
        self.hooks: list[PacketHook] = []
        self.connections: list[Connection] = []
        self._server: asyncio.Server | None = None
        self._offline = False
        phone.on_reboot(self._rebooting)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; returns the port. Raises OSError, and ValueError off the loopback address."""
        if host not in LOOPBACK:
            raise ValueError(f"adbd listens on the loopback address only, not on {host}")
        self._server = await asyncio.start_server(self._accept, host, port, limit=READ_BYTES)
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    async def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self.drop_connections()
        if server is not None:
            await server.wait_closed()

    @property
    def wants_auth(self) -> bool:
        return self.phone.options.secure

    def banner(self) -> Banner:
        """As get_connection_string in adb.cpp makes it."""
        names = ("ro.product.name", "ro.product.model", "ro.product.device")
        properties = {name: self.phone.props.get(name, "") for name in names}
        return Banner("device", "", properties, features(self.phone.options.api))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._offline:
            writer.close()
            return
        connection = Connection(self, reader, writer)
        self.connections.append(connection)
        with contextlib.suppress(asyncio.CancelledError):
            await connection.run()

    def forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)

    def drop_connections(self) -> None:
        """Cut every host off, as a pulled cable does."""
        for connection in list(self.connections):
            connection.close()

    def set_offline(self, offline: bool) -> None:
        """Refuse hosts (and cut those that are here), or take them again."""
        self._offline = offline
        if offline:
            self.drop_connections()

    async def _rebooting(self, mode: str) -> None:
        self.drop_connections()
