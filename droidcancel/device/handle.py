"""adbutils' device, with connections to the phone that open without a detour, and that are kept."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import adbutils

from droidcancel.device import adb
from droidcancel.device.bounded import BoundedSocket, too_long
from droidcancel.device.kept import Kept
from droidcancel.device.server import Refused
from droidcancel.device.way import Way
from droidcancel.errors import AdbError

SHELL_TIMEOUT_S = 60.0
MAX_SHELL_OUTPUT = 2**20  # what uiautomator2 asks a shell for: a checksum, a word
MAX_SERVER_OUTPUT = 4 * 2**20


class _Client(adbutils.AdbClient):  # type: ignore[misc]  # adbutils carries no types
    """adbutils' client, which asks its server's version before each connection: here once."""

    _version: int | None = None

    def server_version(self) -> int:
        """The version of the adb server, as 41."""
        if self._version is None:
            self._version = int(super().server_version())
        return self._version


class Handle(adbutils.AdbDevice):  # type: ignore[misc]  # adbutils carries no types
    """adbutils' device, whose connections to the phone's own ports open without a detour.

    uiautomator2 opens one for each call, and adbutils asks the server's version before each; here
    one that is idle is used again. `connections` counts what was asked for.
    """

    def __init__(self, way: Way) -> None:
        client = _Client(host=way.server.host, port=way.server.port)
        super().__init__(client, serial=way.serial)
        self._way = way
        self._kept: dict[str, list[Kept]] = {}
        self._lock = threading.Lock()
        self.connections = 0

    def open_transport(
        self, command: str | None = None, timeout: float | None = None
    ) -> adbutils.AdbConnection:
        """As adbutils'; a link that says nothing any more is not waited on for its ten minutes."""
        with _as_adbutils():
            self._way.renew()
        return super().open_transport(command, timeout or adb.SILENT_S)

    def create_connection(self, network: adbutils.Network, address: int | str) -> socket.socket:
        """A socket to ``tcp:PORT`` or ``localabstract:NAME`` of the phone."""
        self.connections += 1
        kind = "localabstract" if network == adbutils.Network.UNIX else network.value
        service = f"{kind}:{address}"
        if network != adbutils.Network.TCP:
            return self._open(service)
        return self._take(service) or Kept(self._open(service), self._keeper(service))

    def close_kept(self) -> None:
        """Close what is idle."""
        with self._lock:
            kept, self._kept = self._kept, {}
        for each in (one for ones in kept.values() for one in ones):
            each.end()

    def _keeper(self, service: str) -> Callable[[Kept], None]:
        def keep(connection: Kept) -> None:
            with self._lock:
                self._kept.setdefault(service, []).append(connection)

        return keep

    def _take(self, service: str) -> Kept | None:
        """One that is idle, and not for so long that the server may be giving it up."""
        while True:
            with self._lock:
                idle = self._kept.get(service)
                found = idle.pop() if idle else None
            if found is None:
                return None
            if found.usable():
                found.renew()
                return found
            found.end()

    def _open(self, service: str) -> socket.socket:
        with _as_adbutils():
            connection = self._way.reach()
            try:
                connection.send(service)
            except BaseException:
                connection.close()
                raise
        return BoundedSocket(connection.conn)

    def shell(
        self,
        cmdargs: str | list[str] | tuple[str, ...],
        stream: bool = False,
        timeout: float | None = SHELL_TIMEOUT_S,
        encoding: str | None = "utf-8",
        rstrip: bool = True,
    ) -> adbutils.AdbConnection | str | bytes:
        """As adbutils', for what uiautomator2 runs: no output is taken without an end."""
        connection = super().shell(cmdargs, stream=True)
        if stream:
            connection.conn.settimeout(None)  # it may be silent for as long as it likes
            return _Bounded(connection, MAX_SERVER_OUTPUT)
        try:
            connection.conn.settimeout(timeout)
            data = _until_close(connection, MAX_SHELL_OUTPUT)
        finally:
            connection.close()
        if encoding is None:
            return data
        text = data.decode(encoding, "replace")
        return text.rstrip() if rstrip else text


@contextmanager
def _as_adbutils() -> Iterator[None]:
    """What goes wrong on the way, as the error that uiautomator2 knows."""
    try:
        yield
    except (Refused, AdbError) as refusal:
        raise adbutils.AdbError(str(refusal)) from refusal


def _until_close(connection: adbutils.AdbConnection, most: int) -> bytes:
    data = bytearray()
    while chunk := connection.conn.recv(65536):
        data += chunk
        if len(data) > most:
            raise too_long("the output of the phone's shell", most)
    return bytes(data)


class _Bounded:
    """A connection whose socket, `conn`, gives at most so many bytes, and drops what follows.

    uiautomator2 keeps all that its server on the phone prints for as long as that runs.
    """

    def __init__(self, connection: adbutils.AdbConnection, most: int) -> None:
        self._connection = connection
        self._left = most

    @property
    def conn(self) -> _Bounded:
        return self

    def recv(self, size: int) -> bytes:
        """What comes next; empty at the end."""
        while data := bytes(self._connection.conn.recv(max(size, 1))):
            kept = data[: self._left]
            self._left -= len(kept)
            if kept:
                return kept
        return b""

    def close(self) -> None:
        self._connection.close()
