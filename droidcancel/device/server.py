"""The adb server's own protocol, as far as it takes to ask it something and to reach a phone.

A request is four hexadecimal digits that say how long it is, then its words; the answer is OKAY or
FAIL, and what was asked for behind it, with its length in front (adb SERVICES.TXT). adbutils does
the same, with a connection that asks the version before each and a pause of 10 ms at each end; and
to import it takes longer than to list the phones.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass


class Refused(Exception):
    """The server said FAIL; the message is the server's."""


class Connection:
    """One connection to the server, or through it to a phone. `conn` is the socket."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self.conn = socket.create_connection((host, port), timeout=timeout)
        self.conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, service: str) -> None:
        """Ask for a service. Raises Refused, OSError, EOFError, ValueError."""
        words = service.encode()
        self.conn.sendall(f"{len(words):04x}".encode() + words)
        status = self.read(4)
        if status == b"FAIL":
            raise Refused(self.read_block())
        if status != b"OKAY":
            raise ValueError(f"answered {status!r}, expected OKAY or FAIL")

    def read(self, count: int) -> bytes:
        """Exactly so many bytes. Raises EOFError where the server ends before."""
        data = b""
        while len(data) < count:
            piece = self.conn.recv(count - len(data))
            if not piece:
                raise EOFError(f"the server ended after {len(data)} bytes of {count}")
            data += piece
        return data

    def read_block(self) -> str:
        """A text with its length in front."""
        return self.read(int(self.read(4), 16)).decode("utf-8", "replace")

    def close(self) -> None:
        """Close it."""
        self.conn.close()


@dataclass(frozen=True)
class Server:
    """Where an adb server listens. Opened anew for each question, as the protocol wants it."""

    host: str
    port: int

    def open(self, timeout: float) -> Connection:
        """A connection to it."""
        return Connection(self.host, self.port, timeout)

    def ask(self, service: str, timeout: float) -> str:
        """What it answers to a question about itself, or what it lists."""
        connection = self.open(timeout)
        try:
            connection.send(service)
            return connection.read_block()
        finally:
            connection.close()

    def reach(self, serial: str, timeout: float) -> Connection:
        """A connection that the server passes on to a phone: the next service is the phone's.

        ``host:tport:`` answers with eight bytes of transport id; a server before 1.0.41 does not
        know it, and ``host:transport:`` serves.
        """
        connection = self.open(timeout)
        try:
            connection.send(f"host:tport:serial:{serial}")
            connection.read(8)
        except Refused as refusal:
            connection.close()
            if "unknown" not in str(refusal):
                raise
            return self._reach_slowly(serial, timeout)
        except BaseException:
            connection.close()
            raise
        return connection

    def _reach_slowly(self, serial: str, timeout: float) -> Connection:
        connection = self.open(timeout)
        try:
            connection.send(f"host:transport:{serial}")
        except BaseException:
            connection.close()
            raise
        return connection
