"""The packets of adb's transport, with no sockets: bytes in, records out.

A packet is six little-endian 32-bit words (command, arg0, arg1, length, checksum, magic) and
`length` bytes of data. Source: packages/modules/adb, protocol.txt and adb.h (struct amessage).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

VERSION_CHECKSUM = 0x01000000  # peers of this version check the sum of the data
VERSION = 0x01000001  # A_VERSION: the sum is not looked at
MAX_PAYLOAD_V1 = 4096
MAX_PAYLOAD_V2 = 256 * 1024
MAX_PAYLOAD = 1024 * 1024

HEADER = struct.Struct("<4s5I")

COMMANDS = (b"CNXN", b"AUTH", b"OPEN", b"OKAY", b"WRTE", b"CLSE", b"SYNC", b"STLS")
MAGICS: Mapping[bytes, int] = {
    command: int.from_bytes(command, "little") ^ 0xFFFFFFFF for command in COMMANDS
}

AUTH_TOKEN = 1
AUTH_SIGNATURE = 2
AUTH_RSAPUBLICKEY = 3

# What a host may send, by where the connection stands. Anything else ends it.
LEGAL: Mapping[str, frozenset[bytes]] = {
    "new": frozenset({b"CNXN", b"STLS", b"SYNC"}),
    "auth": frozenset({b"CNXN", b"AUTH", b"STLS", b"SYNC"}),
    "online": frozenset({b"CNXN", b"OPEN", b"OKAY", b"WRTE", b"CLSE", b"SYNC", b"AUTH"}),
}


class WireError(Exception):
    """Bytes that are no adb packet, or one that has no place here: the connection ends."""


@dataclass(frozen=True)
class Packet:
    """One packet. For streams arg0 is the sender's id of the stream, arg1 the receiver's."""

    command: bytes
    arg0: int
    arg1: int
    data: bytes = b""


class NeedData:
    """Not a whole packet yet."""

    def __repr__(self) -> str:
        return "NEED_DATA"


NEED_DATA = NeedData()


def checksum(data: bytes | memoryview) -> int:
    """The sum of the bytes, as old peers check it."""
    return sum(data) & 0xFFFFFFFF


def header(
    command: bytes, arg0: int, arg1: int, data: bytes | memoryview = b"", version: int = VERSION
) -> bytes:
    """The 24 bytes that go before `data`."""
    total = checksum(data) if version < VERSION else 0
    return HEADER.pack(command, arg0, arg1, len(data), total, MAGICS[command])


def encode(packet: Packet, version: int = VERSION) -> bytes:
    """The bytes of a packet."""
    return header(packet.command, packet.arg0, packet.arg1, packet.data, version) + packet.data


class Parser:
    """Takes bytes as they come and gives whole packets.

    Holds what it was given and no more: at most one unfinished packet once `next_packet` has
    said NEED_DATA. After a WireError it is of no further use.
    """

    def __init__(self, max_payload: int = MAX_PAYLOAD) -> None:
        self._buffer = bytearray()
        self._max_payload = max_payload
        self.version = VERSION

    def receive(self, data: bytes) -> None:
        """Take bytes from the peer."""
        self._buffer += data

    def next_packet(self) -> Packet | NeedData:
        """The next packet or NEED_DATA. Raises WireError."""
        if len(self._buffer) < HEADER.size:
            return NEED_DATA
        command, arg0, arg1, length, total, magic = HEADER.unpack_from(self._buffer)
        if MAGICS.get(command) != magic:
            raise WireError(f"not an adb packet: {command!r}, magic {magic:08x}")
        if length > self._max_payload:
            raise WireError(f"{command.decode()}: {length} bytes are more than a packet may have")
        end = HEADER.size + length
        if len(self._buffer) < end:
            return NEED_DATA
        with memoryview(self._buffer) as view:
            data = bytes(view[HEADER.size : end])
        del self._buffer[:end]
        # CNXN comes before the version is agreed on, so its sum is not looked at.
        if self.version < VERSION and command != b"CNXN" and total != checksum(data):
            raise WireError(f"{command.decode()}: wrong checksum")
        return Packet(command, arg0, arg1, data)


@dataclass(frozen=True)
class Banner:
    """What a peer says of itself in CNXN: "device::ro.product.name=x;features=a,b"."""

    kind: str
    serial: str
    properties: Mapping[str, str]
    features: frozenset[str]

    def encode(self) -> bytes:
        pairs = [f"{name}={_safe(value)}" for name, value in self.properties.items()]
        if self.features:
            pairs.append(f"features={','.join(sorted(self.features))}")
        return f"{self.kind}:{self.serial}:{';'.join(pairs)}".encode()

    @classmethod
    def parse(cls, data: bytes) -> Banner:
        """Read a banner; what cannot be read is left out."""
        text = data.rstrip(b"\0").decode("utf-8", "replace")
        kind, _, rest = text.partition(":")
        serial, _, pairs = rest.partition(":")
        properties = dict(_pairs(pairs.split(";")))
        features = frozenset(filter(None, properties.pop("features", "").split(",")))
        return cls(kind, serial, properties, features)


def _safe(value: str) -> str:
    """A property's value without what would end it early."""
    return value.replace(";", " ")


def _pairs(items: Iterable[str]) -> Iterator[tuple[str, str]]:
    for item in items:
        name, equals, value = item.partition("=")
        if equals:
            yield name, value
