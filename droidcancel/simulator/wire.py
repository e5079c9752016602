"""The packets of adb's transport, with no sockets: bytes in, records out.

A packet is six little-endian 32-bit words (command, arg0, arg1, length, checksum, magic) and
`length` bytes of data. Source: packages/modules/adb, protocol.txt and adb.h (struct amessage).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

VERSION_CHECKSUM = 0x01000000  # peers of this version check the sum of the data
VERSION = 0x01000001  # A_VERSION: the sum is not looked at
MAX_PAYLOAD_V1 = 4096
MAX_PAYLOAD = 1024 * 1024

HEADER = struct.Struct("<4s5I")

COMMANDS = (b"CNXN", b"AUTH", b"OPEN", b"OKAY", b"WRTE", b"CLSE", b"SYNC", b"STLS")

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


class _NeedData:
    """Not a whole packet yet."""

    def __repr__(self) -> str:
        return "NEED_DATA"


NEED_DATA = _NeedData()


def checksum(data: bytes) -> int:
    """The sum of the bytes, as old peers check it."""
    return sum(data) & 0xFFFFFFFF


def encode(packet: Packet, version: int = VERSION) -> bytes:
    """The bytes of a packet."""
    total = checksum(packet.data) if version < VERSION else 0
    magic = int.from_bytes(packet.command, "little") ^ 0xFFFFFFFF
    head = HEADER.pack(packet.command, packet.arg0, packet.arg1, len(packet.data), total, magic)
    return head + packet.data


class Parser:
    """Takes bytes as they come and gives whole packets; holds at most one packet and a read."""

    def __init__(self, max_payload: int = MAX_PAYLOAD) -> None:
        self._buffer = bytearray()
        self._max_payload = max_payload
        self.version = VERSION

    def receive(self, data: bytes) -> None:
        self._buffer += data

    def next_packet(self) -> Packet | _NeedData:
        """The next packet or NEED_DATA. Raises WireError."""
        if len(self._buffer) < HEADER.size:
            return NEED_DATA
        command, arg0, arg1, length, total, magic = HEADER.unpack_from(self._buffer)
        if command not in COMMANDS:
            raise WireError(f"no adb command: {bytes(command)!r}")
        if magic != int.from_bytes(command, "little") ^ 0xFFFFFFFF:
            raise WireError(f"{command.decode()}: wrong magic {magic:08x}")
        if length > self._max_payload:
            raise WireError(f"{command.decode()}: {length} bytes are more than a packet may have")
        end = HEADER.size + length
        if len(self._buffer) < end:
            return NEED_DATA
        data = bytes(memoryview(self._buffer)[HEADER.size : end])
        del self._buffer[:end]
        # CNXN comes before the version is known, so old hosts send its sum and it is not checked.
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
        pairs = [f"{name}={value}" for name, value in self.properties.items()]
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


def _pairs(items: Iterable[str]) -> Iterable[tuple[str, str]]:
    for item in items:
        name, equals, value = item.partition("=")
        if equals:
            yield name, value
