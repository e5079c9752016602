"""The way to one phone through the adb server, which may be another server by now.

A server that is started anew finds the phones on its cables and its emulators by itself. What it
was told of with `adb connect` it does not know any more: it is told again, once a new one is seen.
A phone that the *same* server has lost is left alone: it was disconnected, or is gone.
"""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress

from droidcancel.device import adb
from droidcancel.device.server import Connection, Refused, Server
from droidcancel.errors import AdbError

#: how long the server may take to connect to a phone that it knew before
AGAIN_S = 8.0
_CONNECTED = ("connected to", "already connected")
#: an address, as `adb connect` takes it; wireless debugging (`adb-…._tcp`) is found by the server
_ADDRESS = re.compile(r"(?!adb-).+:\d{1,5}")


class Sentry(socket.socket):
    """A connection to the server that asks nothing, and ends with it."""

    def __init__(self, server: Server) -> None:
        plain = socket.create_connection((server.host, server.port), adb.SERVER_TIMEOUT_S)
        super().__init__(plain.family, plain.type, plain.proto, fileno=plain.detach())

    def stands(self) -> bool:
        """Whether the server is the one that it was."""
        self.setblocking(False)  # select has no room for a process with many connections
        try:
            self.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def __del__(self) -> None:
        with suppress(OSError):
            socket.socket.close(self)


class Way:
    """Opens connections to one phone; safe for several threads."""

    def __init__(self, server: Server, serial: str) -> None:
        self.server = server
        self.serial = serial
        self._lock = threading.Lock()
        self._sentry: Sentry | None = None
        self._known = True

    def reach(self) -> Connection:
        """A connection that the server passes on to the phone.

        A server that ended is started again, as `adb` itself does, and told of the phone where it
        needs to be. Raises AdbError, Refused, OSError, EOFError, ValueError.
        """
        self.renew()
        try:
            return self._reach()
        except ConnectionError:  # it ended just now
            self.renew()
            return self._reach()

    def renew(self) -> None:
        """Have a server that was started anew know the phone. Raises AdbError, OSError."""
        with self._lock:
            if self._sentry is not None and not self._sentry.stands():
                self._close()
                self._known = not _ADDRESS.fullmatch(self.serial)
            if self._sentry is None:
                self._sentry = self._post_sentry()
            if not self._known:
                self._known = self._connected()

    def close(self) -> None:
        """Watch over the server no more."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._sentry is not None:
            self._sentry.close()
            self._sentry = None

    def _post_sentry(self) -> Sentry:
        try:
            return Sentry(self.server)
        except ConnectionRefusedError:
            adb.start(self.server.host, self.server.port)
            return Sentry(self.server)

    def _reach(self) -> Connection:
        return self.server.reach(self.serial, adb.TRANSPORT_TIMEOUT_S)

    def _connected(self) -> bool:
        """`adb connect`; where it fails it is tried again next time, and reaching tells why."""
        try:
            said = self.server.ask(f"host:connect:{self.serial}", AGAIN_S)
        except (Refused, AdbError, OSError, EOFError, ValueError):
            return False
        return said.startswith(_CONNECTED)
