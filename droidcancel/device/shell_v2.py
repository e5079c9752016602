"""The framing of adb's shell protocol version 2, and of commands on a lasting shell: no sockets.

A packet is one byte of kind, four bytes of length (little endian), then that many bytes
(AOSP packages/modules/adb/shell_protocol.h). On a lasting shell the end of a command is told
by a marker that no output can hold: 128 random bits, then the exit status, then a newline, on
standard output, and the same on standard error.
"""

from __future__ import annotations

import re
import secrets
import struct
from dataclasses import dataclass, field
from enum import IntEnum

from droidcancel.errors import DeviceError

HEADER = struct.Struct("<BI")
LARGEST_PACKET = 64 * 2**20  # the protocol has no limit; adbd sends at most MAX_PAYLOAD (1 MiB)
_STATUS = re.compile(rb"-?\d{1,9}")


class PacketKind(IntEnum):
    """The first byte of a packet."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    EXIT = 3
    CLOSE_STDIN = 4
    WINDOW_SIZE = 5


@dataclass(frozen=True)
class Packet:
    """One packet, whole."""

    kind: int
    data: bytes


def encode(kind: PacketKind, data: bytes = b"") -> bytes:
    """The bytes of one packet."""
    return HEADER.pack(kind, len(data)) + data


class Decoder:
    """Bytes in, whole packets out; what is not yet whole waits."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Packet]:
        """Add bytes; return the packets that are now whole. Raises DeviceError on nonsense."""
        self._buffer += data
        packets = []
        while (packet := self._take()) is not None:
            packets.append(packet)
        return packets

    def _take(self) -> Packet | None:
        if len(self._buffer) < HEADER.size:
            return None
        kind, length = HEADER.unpack_from(self._buffer)
        if kind > PacketKind.WINDOW_SIZE or length > LARGEST_PACKET:
            raise DeviceError(
                f"the phone's shell sent a packet of kind {kind} and length {length}",
                "expected the shell,v2 protocol; reconnect the phone",
            )
        end = HEADER.size + length
        if len(self._buffer) < end:
            return None
        data = bytes(self._buffer[HEADER.size : end])
        del self._buffer[:end]
        return Packet(kind, data)


def new_marker() -> str:
    """A word that no output holds."""
    return f"dc-{secrets.token_hex(16)}"


@dataclass
class Framed:
    """One stream of a command: what came before the marker, and the status behind it."""

    marker: bytes
    data: bytearray = field(default_factory=bytearray)
    rc: int | None = None
    _seen: int = 0

    def feed(self, data: bytes) -> None:
        """Add bytes; once the marker's line is whole, ``rc`` is set and ``data`` is cut."""
        if self.rc is not None:
            return
        self.data += data
        start = self.data.find(self.marker, max(0, self._seen - len(self.marker)))
        if start < 0:
            self._seen = len(self.data)
            return
        end = self.data.find(b"\n", start)
        if end < 0:
            self._seen = start
            return
        self.rc = _status(bytes(self.data[start + len(self.marker) : end]))
        del self.data[start:]


def _status(text: bytes) -> int:
    """The exit status behind a marker. Raises DeviceError for what is none."""
    word = text.strip()
    if not word:
        return 0
    if not _STATUS.fullmatch(word):
        raise DeviceError(
            f"the phone's shell answered {word[:40]!r} where an exit status belongs",
            "look at `adb shell echo ok`: its shell does not run commands as it should",
        )
    return int(word)
