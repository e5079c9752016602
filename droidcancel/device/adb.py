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
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from droidcancel.device.parse_device import parse_adb_version, parse_device_list
from droidcancel.device.server import Refused, Server
from droidcancel.device.shell_line import Line
from droidcancel.device.types import Listed
from droidcancel.errors import AdbError, DeviceError, ParseError, UsageError

if TYPE_CHECKING:
    from droidcancel.device.way import Way

DEFAULT_PORT = 5037
START_TIMEOUT_S = 20.0
TRANSPORT_TIMEOUT_S = 15.0
#: what answers nothing for so long has gone silent: uiautomator2's own calls set no time themselves
SILENT_S = 30.0
SERVER_TIMEOUT_S = 10.0
OLDEST_SERVER = 36  # the first with the shell protocol that keeps the streams apart
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ERRORS = (Refused, OSError, EOFError, ValueError)
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


def environment() -> dict[str, str]:
    """For a program of this host that runs an adb of its own: the same server, and a fitting adb.

    An adb of another version would end the server under us. `ADB` is what scrcpy reads.
    """
    import adbutils

    host, port = server_address()
    given = {"ANDROID_ADB_SERVER_ADDRESS": host, "ANDROID_ADB_SERVER_PORT": str(port)}
    return {"ADB": adbutils.adb_path(), **os.environ, **given}


def client() -> Server:
    """The adb server, which is started first when it is not running here.

    Raises AdbError where what listens there is no adb server, or one too old.
    """
    host, port = server_address()
    if not _answers(host, port):
        start(host, port)
    found = Server(host, port)
    version = server_version(found)
    if version < OLDEST_SERVER:
        raise AdbError(
            f"the adb server at {host}:{port} is 1.0.{version}, older than 1.0.{OLDEST_SERVER}",
            "update Android's platform-tools there, then `adb kill-server`",
        )
    return found


def server_version(server: Server) -> int:
    """41 for a server of adb 1.0.41. Raises AdbError where it does not answer as one."""
    where = f"{server.host}:{server.port}"
    try:
        return int(_ask(server, "host:version"), 16)
    except (Refused, OSError, EOFError, ValueError) as error:
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


def list_phones(server: Server) -> list[Listed]:
    """Everything that the server lists. Raises AdbError, ParseError."""
    with adb_errors("cannot list devices"):
        return parse_device_list(_ask(server, "host:devices-l"))


def connect_to(server: Server, address: str, timeout: float) -> str:
    """`adb connect`; the server's words."""
    with adb_errors(f"cannot connect to {address}"):
        return server.ask(f"host:connect:{address}", timeout)


def disconnect_from(server: Server, address: str) -> None:
    """`adb disconnect`. Raises AdbError."""
    with adb_errors(f"cannot disconnect {address}"):
        server.ask(f"host:disconnect:{address}", SERVER_TIMEOUT_S)


def _ask(server: Server, service: str) -> str:
    """What the server itself answers. Raises Refused and what sockets raise."""
    return server.ask(service, SERVER_TIMEOUT_S)


def _short(error: Exception) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= 120 else said[:120] + "…"


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=3.0):
            return True
    except OSError:
        return False


def start(host: str, port: int) -> None:
    """Start a server of this machine. AdbError where it does not start, or is another machine's."""
    where = f"{host}:{port}"
    if host not in LOOPBACK:
        raise AdbError(
            f"no adb server answers at {where}",
            "start one there with `adb -a nodaemon server`, or unset ANDROID_ADB_SERVER_ADDRESS",
        )
    import adbutils  # brings an adb for a machine that has none

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
    """Errors of the server, of adbutils and of the socket, as AdbError."""
    try:
        yield
    except DeviceError:
        raise
    except Exception as error:
        if not isinstance(error, (*_ERRORS, *_errors_of_adbutils())):
            raise
        raise AdbError(f"{what}: {error or type(error).__name__}", _hint(str(error))) from error


def _errors_of_adbutils() -> tuple[type[Exception], ...]:
    """None while nobody has imported it."""
    adbutils = sys.modules.get("adbutils")
    return () if adbutils is None else (adbutils.AdbError,)


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


def has_shell_v2(server: Server, serial: str) -> bool:
    """Whether server and phone speak the shell protocol that keeps the streams apart."""
    with adb_errors(f"{serial}: features"):
        return "shell_v2" in _ask(server, f"host-serial:{serial}:features").split(",")


def open_line(way: Way, v2: bool) -> Line:
    """A shell on the phone that reads its commands from the stream."""
    with adb_errors(f"{way.serial}: no shell"):
        connection = way.reach()
        try:
            connection.send(_RAW_SHELL if v2 else _OLD_SHELL)
        except BaseException:
            connection.close()
            raise
        return Line(connection, v2)
