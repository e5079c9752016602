"""One lasting shell on the phone: a socket to the adb server with a shell behind it."""

from __future__ import annotations

import select
import socket
import time
from typing import Protocol

from droidcancel.device.shell_v2 import Decoder, Framed, PacketKind, encode, new_marker
from droidcancel.device.types import Output
from droidcancel.errors import DeviceError, ShellTimeout


class Transport(Protocol):
    """What is needed of a connection to the phone."""

    @property
    def conn(self) -> socket.socket: ...
    def close(self) -> None: ...


class Line:
    """Sends text to the shell and yields what it prints, as (is_error, bytes).

    With ``v2`` the shell protocol keeps the two streams apart; without, it is one raw stream
    and standard error comes mixed into standard output. Not safe for several threads.
    """

    def __init__(self, transport: Transport, v2: bool) -> None:
        self._transport = transport
        self._socket = transport.conn
        self.v2 = v2
        if self._socket.family in (socket.AF_INET, socket.AF_INET6):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._decoder = Decoder()
        self._exited = False

    def send(self, text: str, timeout: float) -> None:
        """Write to the shell's standard input. Raises ConnectionError, TimeoutError."""
        data = text.encode("utf-8", "surrogateescape")
        self._socket.settimeout(max(timeout, 0.001))
        try:
            self._socket.sendall(encode(PacketKind.STDIN, data) if self.v2 else data)
        except TimeoutError:
            raise
        except OSError as error:
            raise ConnectionError(str(error)) from error

    def receive(self, deadline: float) -> list[tuple[bool, bytes]]:
        """Wait for output until ``deadline`` (monotonic seconds).

        Raises TimeoutError past it, ConnectionError when the shell or the link ended.
        """
        if self._exited:
            raise ConnectionError("the phone's shell exited")
        self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
        _answer_at_once(self._socket)
        try:
            data = self._socket.recv(262144)
        except TimeoutError:
            raise
        except OSError as error:
            raise ConnectionError(str(error)) from error
        if not data:
            raise ConnectionError("the stream ended")
        if not self.v2:
            return [(False, data)]
        return self._unpack(data)

    def _unpack(self, data: bytes) -> list[tuple[bool, bytes]]:
        pieces: list[tuple[bool, bytes]] = []
        for packet in self._decoder.feed(data):
            if packet.kind == PacketKind.EXIT:
                self._exited = True
            elif packet.kind in (PacketKind.STDOUT, PacketKind.STDERR):
                pieces.append((packet.kind == PacketKind.STDERR, packet.data))
        if self._exited and not pieces:
            raise ConnectionError("the phone's shell exited")
        return pieces

    def alive(self) -> bool:
        """Whether an idle shell still stands: nothing may have come from it unasked."""
        readable, _, _ = select.select([self._socket], [], [], 0)
        return not readable

    def execute(self, body: str, shown: str, timeout: float, max_output: int) -> Output:
        """Run one framed command. ``shown`` names it in errors."""
        marker = new_marker()
        started = time.monotonic()
        deadline = started + timeout
        try:
            self.send(framed(body, marker, self.v2), timeout)
            out, err = self.collect(marker, deadline, max_output)
        except TimeoutError as error:
            raise ShellTimeout(
                f"the phone did not finish within {timeout:g} s: {shown}",
                "the command hangs on this phone, or the phone is very busy; its shell was left",
            ) from error
        return Output(bytes(out.data), bytes(err.data), out.rc or 0, time.monotonic() - started)

    def collect(self, marker: str, deadline: float, max_output: int) -> tuple[Framed, Framed]:
        """Read until the marker has come on both streams."""
        out = Framed(marker.encode())
        err = Framed(marker.encode(), rc=None if self.v2 else 0)
        while out.rc is None or err.rc is None:
            for is_error, data in self.receive(deadline):
                (err if is_error else out).feed(data)
            if len(out.data) + len(err.data) > max_output:
                raise DeviceError(f"the phone printed more than {max_output} bytes")
        return out, err

    def close(self) -> None:
        """Close the stream at once; adbd then hangs up on what still runs in it."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
        self._transport.close()


def _answer_at_once(connection: socket.socket) -> None:
    """Acknowledge each segment without the usual 40 ms of delay.

    adb's server sends the two markers as two small writes and leaves Nagle's algorithm on, so the
    second waits for the acknowledgement of the first. Linux forgets the option as it goes.
    """
    option = getattr(socket, "TCP_QUICKACK", None)
    if option is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, option, 1)


def framed(body: str, marker: str, v2: bool) -> str:
    """A command with the marker behind it on both streams (one stream without ``v2``)."""
    if not v2:
        return f"{body} </dev/null 2>&1; echo {marker} $?\n"
    return f"{body} </dev/null; echo {marker} $?; echo {marker} 0 >&2\n"
