"""Sockets that take only so much from a phone: what lies behind them may answer without an end."""

from __future__ import annotations

import errno
import socket
import time
from contextlib import suppress
from typing import Any

from droidcancel.errors import DeviceError

#: an answer of the screen server: a dump, or a picture in base64
MAX_ANSWER = 64 * 2**20
#: how long one may take in all, in seconds; each read has a time of its own
ANSWER_S = 120.0


class BoundedSocket(socket.socket):
    """Takes over a socket. Reading more than ``most`` bytes, or longer, is an OSError.

    uiautomator2 reads an answer of any length, and waits for each piece of it anew.
    """

    def __init__(
        self, taken: socket.socket, most: int = MAX_ANSWER, seconds: float = ANSWER_S
    ) -> None:
        timeout = taken.gettimeout()
        super().__init__(taken.family, taken.type, taken.proto, fileno=taken.detach())
        self.settimeout(timeout)
        self._bounds = most, seconds
        self.renew()

    def renew(self) -> None:
        """Another answer is to come: the bounds count anew."""
        self._left, seconds = self._bounds
        self._until = time.monotonic() + seconds

    def __del__(self) -> None:
        """Closed with its user: uiautomator2 leaves the connection of a failed call open."""
        with suppress(OSError):
            socket.socket.close(self)

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As a socket's, within the bounds."""
        self._in_time()
        data = super().recv(size, flags)
        self._count(len(data))
        return data

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """As a socket's, within the bounds."""
        self._in_time()
        count = super().recv_into(buffer, nbytes, flags)
        self._count(count)
        return count

    def _in_time(self) -> None:
        if time.monotonic() > self._until:
            raise TimeoutError(errno.ETIMEDOUT, "the phone's answer came too slowly")

    def _count(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise OSError(errno.EMSGSIZE, "the phone's answer is too long")


def too_long(what: str, most: int) -> DeviceError:
    """The error of a phone that says more than can be meant."""
    return DeviceError(f"{what} is more than {most} bytes", "is that a phone, and a healthy one?")
