"""The emulator's console: lines over a port of the loopback address.

It greets, and where it says `Authentication required` wants the token that stands in
`~/.emulator_console_auth_token` first (an empty file switches that off). Each command is answered
by lines and then `OK` or `KO: reason`; the reason is the answer, whatever was printed before.
"""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path

from droidcancel.closing import Closing
from droidcancel.errors import AdbError, DeviceError, UsageError

LOOPBACK = "127.0.0.1"
TIMEOUT_S = 10.0
MOST_BYTES = 1 << 20
TOKEN_FILE = ".emulator_console_auth_token"
_SERIAL = re.compile(r"emulator-(\d{4,5})")
_WANTS_TOKEN = "Authentication required"
_GREETING = "Android Console"


def console_port(serial: str) -> int:
    """The console's port in an emulator's serial. UsageError for another phone's."""
    found = _SERIAL.fullmatch(serial)
    if found is None:
        raise UsageError(f"{serial} is no emulator", "they are called emulator-5554 and so on")
    return int(found[1])


class Console(Closing):
    """One connection; a context manager. Raises AdbError, DeviceError."""

    def __init__(self, port: int, token_file: Path | None = None, timeout: float = TIMEOUT_S):
        self.port = port
        self._token_file = token_file or Path.home() / TOKEN_FILE
        self._timeout = timeout
        self._buffer = b""
        try:
            self._socket = socket.create_connection((LOOPBACK, port), timeout=timeout)
        except OSError as error:
            raise AdbError(
                f"no emulator's console answers at port {port}: {error}",
                "`droidcancel emulator list` shows those that run",
            ) from error
        try:
            self._greet()
        except BaseException:
            self._socket.close()
            raise

    @classmethod
    def of(cls, serial: str) -> Console:
        """The console of an emulator, by its serial."""
        return cls(console_port(serial))

    def _greet(self) -> None:
        greeting = self._answer("its greeting")
        if not any(_GREETING in line for line in greeting):
            raise DeviceError(f"what answers at port {self.port} is no emulator's console")
        if any(_WANTS_TOKEN in line for line in greeting):
            # the greeting names a file too, but what a port says is not read and sent back to it
            self.ask(f"auth {self._token()}", shown="auth")

    def _token(self) -> str:
        try:
            token = self._token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise DeviceError(
                f"the emulator's console wants its token, and {self._token_file} cannot be read: "
                f"{error}",
                "the emulator writes that file; run droidcancel as the user who started it",
            ) from error
        if not token or re.search(r"\s", token):
            raise DeviceError(f"{self._token_file} holds no token", "remove it, and restart it")
        return token

    def ask(self, command: str, shown: str | None = None) -> list[str]:
        """Send a command; the lines of its answer. DeviceError where it is KO."""
        if "\n" in command or "\r" in command:
            raise UsageError("a console command is one line")
        try:
            self._socket.sendall(command.encode() + b"\r\n")
        except OSError as error:
            raise AdbError(f"the emulator's console is gone: {error}") from error
        return self._answer(repr(shown or command))

    def _answer(self, what: str) -> list[str]:
        """The lines up to OK. DeviceError for KO, silence, or an endless answer."""
        lines: list[str] = []
        deadline = time.monotonic() + self._timeout
        while True:
            line = self._line(what, deadline)
            if line == "OK" or line.startswith("OK:"):
                return lines
            if line == "KO" or line.startswith("KO:"):
                reason = line[3:].strip() or " ".join(lines) or "no reason given"
                raise DeviceError(f"the emulator refused {what}: {reason[:300]}")
            lines.append(line)

    def _line(self, what: str, deadline: float) -> str:
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                raise AdbError(f"the emulator's console did not answer {what} in time")
            if len(self._buffer) > MOST_BYTES:
                raise DeviceError(f"the emulator's console answers {what} without an end")
            self._socket.settimeout(left)
            try:
                got = self._socket.recv(65536)
            except TimeoutError:
                continue
            except OSError as error:
                raise AdbError(f"the emulator's console broke off at {what}: {error}") from error
            if not got:
                raise AdbError(f"the emulator's console closed at {what}")
            self._buffer += got
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode("utf-8", "replace").strip()

    # -- what droidcancel asks

    def avd_name(self) -> str:
        """The AVD that runs."""
        lines = [line for line in self.ask("avd name") if line]
        if not lines:
            raise DeviceError("the emulator does not tell the name of its AVD")
        return lines[0]

    def snapshots(self) -> list[str]:
        """The names of the AVD's snapshots (`avd snapshot list`)."""
        return parse_snapshots(self.ask("avd snapshot list"))

    def snapshot(self, verb: str, name: str) -> None:
        """Save, load or delete a snapshot. It stops the phone for seconds."""
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name):
            raise UsageError(f"a snapshot cannot be called {name!r}", "letters, digits, . _ -")
        self.ask(f"avd snapshot {verb} {name}")

    def kill(self) -> None:
        """End the emulator. It closes the console on the way."""
        try:
            self.ask("kill")
        except AdbError:
            pass  # it was quicker to close than to answer

    def close(self) -> None:
        """Leave; the emulator goes on."""
        self._socket.close()


def parse_snapshots(lines: list[str]) -> list[str]:
    """`avd snapshot list`, QEMU's table: ID, TAG, VM SIZE, DATE, VM CLOCK; the tag is the name."""
    names: list[str] = []
    for line in lines:
        words = line.split()
        if len(words) >= 4 and (words[0] == "--" or words[0].isdigit()):
            names.append(words[1])
    return names
