"""The adb server: found by the environment that adb itself reads, started when it is not there.

``ANDROID_ADB_SERVER_ADDRESS`` (or adbutils' ``ANDROID_ADB_SERVER_HOST``) and
``ANDROID_ADB_SERVER_PORT`` say where it is; a server on another machine is never started.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import adbutils

from droidcancel.device.bounded import BoundedSocket, too_long
from droidcancel.device.parse import parse_adb_version, parse_device_list
from droidcancel.device.shell_line import Line
from droidcancel.device.types import Listed
from droidcancel.errors import AdbError, DeviceError, ParseError, UsageError

DEFAULT_PORT = 5037
START_TIMEOUT_S = 20.0
TRANSPORT_TIMEOUT_S = 15.0
SHELL_TIMEOUT_S = 60.0
MAX_SHELL_OUTPUT = 2**20  # what uiautomator2 asks a shell for: a checksum, a word
MAX_SERVER_OUTPUT = 4 * 2**20
SERVER_TIMEOUT_S = 10.0
OLDEST_SERVER = 36  # the first with the shell protocol that keeps the streams apart
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_RAW_SHELL = "shell,v2,raw:"
_OLD_SHELL = "exec:sh"


def server_address() -> tuple[str, int]:
    """Host and port of the adb server. Raises UsageError for a port that is none."""
    host = os.environ.get("ANDROID_ADB_SERVER_ADDRESS") or os.environ.get(
        "ANDROID_ADB_SERVER_HOST", "127.0.0.1"
    )
    port = os.environ.get("ANDROID_ADB_SERVER_PORT") or str(DEFAULT_PORT)
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise UsageError(f"ANDROID_ADB_SERVER_PORT is {port!r}, expected a port number")
    return host, int(port)


def client() -> adbutils.AdbClient:
    """A client of the adb server, which is started first when it is not running here.

    Raises AdbError where what listens there is no adb server, or one too old.
    """
    host, port = server_address()
    if not _answers(host, port):
        _start(host, port)
    found = adbutils.AdbClient(host=host, port=port)
    version = server_version(found)
    if version < OLDEST_SERVER:
        raise AdbError(
            f"the adb server at {host}:{port} is 1.0.{version}, older than 1.0.{OLDEST_SERVER}",
            "update Android's platform-tools there, then `adb kill-server`",
        )
    return found


def server_version(server: adbutils.AdbClient) -> int:
    """41 for a server of adb 1.0.41. Raises AdbError where it does not answer as one."""
    where = f"{server.host}:{server.port}"
    try:
        return int(_ask(server, "host:version"), 16)
    except (adbutils.AdbError, OSError, EOFError, ValueError) as error:
        raise AdbError(
            f"what listens at {where} does not answer as an adb server ({_short(error)})",
            "is another program using that port, or the server stuck? `adb kill-server`, "
            "or set ANDROID_ADB_SERVER_PORT",
        ) from error


def path_version() -> int | None:
    """The version of the `adb` in PATH, None where there is none or it does not tell.

    An adb of another version than the server's kills the server when it is used, and with it
    every link to a phone.
    """
    found = shutil.which("adb")
    if found is None:
        return None
    try:
        told = subprocess.run(
            [found, "version"], capture_output=True, text=True, timeout=5.0, check=False
        )
        return parse_adb_version(told.stdout)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError, ParseError):
        return None


def list_phones(server: adbutils.AdbClient) -> list[Listed]:
    """Everything that the server lists. Raises AdbError, ParseError."""
    with adb_errors("cannot list devices"):
        return parse_device_list(_ask(server, "host:devices-l"))


def _ask(server: adbutils.AdbClient, service: str) -> str:
    """What the server itself answers. Raises what adbutils and sockets raise."""
    connection = server.make_connection(timeout=SERVER_TIMEOUT_S)
    try:
        connection.send_command(service)
        connection.check_okay()
        return str(connection.read_string_block())
    finally:
        connection.conn.close()  # before adbutils, which sleeps for 10 ms over an open one
        connection.close()


def _short(error: Exception) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= 120 else said[:120] + "…"


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=3.0):
            return True
    except OSError:
        return False


def _start(host: str, port: int) -> None:
    where = f"{host}:{port}"
    if host not in LOOPBACK:
        raise AdbError(
            f"no adb server answers at {where}",
            "start one there with `adb -a nodaemon server`, or unset ANDROID_ADB_SERVER_ADDRESS",
        )
    command = [adbutils.adb_path(), "-P", str(port), "start-server"]
    try:
        ended = subprocess.run(  # its banner must not reach our standard output
            command, capture_output=True, text=True, timeout=START_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AdbError(
            f"the adb server could not be started at {where}: {error}",
            "install Android's platform-tools, or set ADBUTILS_ADB_PATH to an adb",
        ) from error
    if not _answers(host, port):
        said = " ".join((ended.stderr or ended.stdout).split())
        raise AdbError(
            f"the adb server did not start at {where}: {said[:300]}",
            "is another program using that port? see `adb start-server`",
        )


@contextmanager
def adb_errors(what: str) -> Iterator[None]:
    """Errors of adbutils and of the socket, as AdbError."""
    try:
        yield
    except DeviceError:
        raise
    except (adbutils.AdbError, OSError, EOFError, ValueError) as error:
        raise AdbError(f"{what}: {error or type(error).__name__}", _hint(str(error))) from error


UDEV = (
    "this user may not open the phone's USB device: add a udev rule for it (Debian and Ubuntu: "
    "`sudo apt install android-sdk-platform-tools-common`), join the group plugdev, log in "
    "again, then `adb kill-server` and plug it in again"
)


def _hint(text: str) -> str:
    return next(
        (hint for word, hint in _HINTS.items() if word in text),
        "check the cable and `adb devices`",
    )


_HINTS = {
    "unauthorized": "unlock the phone and allow USB debugging from this computer",
    "offline": "unplug the phone and plug it in again, or `adb reconnect offline`",
    "authorizing": "unlock the phone and allow USB debugging from this computer",
    "insufficient permissions": UDEV,
    "not found": "the phone is no longer attached: see `adb devices`",
    "no devices": "attach a phone, or start one with `droidcancel simulator start`",
}


def has_shell_v2(server: adbutils.AdbClient, serial: str) -> bool:
    """Whether server and phone speak the shell protocol that keeps the streams apart."""
    with adb_errors(f"{serial}: features"):
        return "shell_v2" in _ask(server, f"host-serial:{serial}:features").split(",")


def open_line(client: adbutils.AdbClient, serial: str, v2: bool) -> Line:
    """A shell on the phone that reads its commands from the stream."""
    with adb_errors(f"{serial}: no shell"):
        connection = _transport(client, serial)
        try:
            connection.send_command(_RAW_SHELL if v2 else _OLD_SHELL)
            connection.check_okay()
        except BaseException:
            connection.close()
            raise
        return Line(connection, v2)


class Handle(adbutils.AdbDevice):  # type: ignore[misc]  # adbutils carries no types
    """adbutils' device, whose connections to the phone's own ports open without a detour.

    uiautomator2 opens one for each call; adbutils asks the server's version before each.
    `connections` counts them.
    """

    def __init__(self, client: adbutils.AdbClient, serial: str) -> None:
        super().__init__(client, serial=serial)
        self._server = client
        self.connections = 0

    def create_connection(self, network: adbutils.Network, address: int | str) -> socket.socket:
        """A socket to ``tcp:PORT`` or ``localabstract:NAME`` of the phone."""
        connection = _transport(self._server, str(self.serial))
        self.connections += 1
        try:
            kind = "localabstract" if network == adbutils.Network.UNIX else network.value
            connection.send_command(f"{kind}:{address}")
            connection.check_okay()
        except BaseException:
            connection.close()
            raise
        stream = BoundedSocket(connection.conn)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return stream

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


def _transport(client: adbutils.AdbClient, serial: str) -> adbutils.AdbConnection:
    """A connection that the server passes on to the phone, without asking its version first.

    ``host:tport:`` answers with eight bytes of transport id (adb SERVICES.TXT); a server before
    1.0.41 does not know it, and adbutils' own, slower way serves.
    """
    connection = client.make_connection(timeout=TRANSPORT_TIMEOUT_S)
    try:
        connection.send_command(f"host:tport:serial:{serial}")
        connection.check_okay()
        connection.read_exact(8)
    except adbutils.AdbError as error:
        connection.close()
        if "unknown" not in str(error):
            raise
        return client.device(serial).open_transport(timeout=TRANSPORT_TIMEOUT_S)
    except BaseException:
        connection.close()
        raise
    return connection
