"""Commands that are not simply run to their end: armed ones, and long-running ones."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from droidcancel.closing import Closing
from droidcancel.device.shell_line import Line
from droidcancel.device.shell_v2 import new_marker
from droidcancel.device.types import Output
from droidcancel.errors import AdbError, DeviceError, ShellTimeout

ARMED_OUTPUT = 4 * 2**20
LONGEST_LINE = 2**20
_PID = re.compile(rb"\s*(\d{1,10})\s*")


class Armed(Closing):
    """A command that stands ready on the phone, behind ``read``.

    `fire` sends one newline, which is all that lies between the decision and the command. When
    the host dies first, ``read`` meets the end of the stream and the command never runs.
    """

    def __init__(self, line: Line, body: str, shown: str, timeout: float) -> None:
        self._line = line
        self._shown = shown
        self._marker = new_marker()
        self.fired_at: float | None = None
        self._wait_until_armed(body, timeout)

    def _wait_until_armed(self, body: str, timeout: float) -> None:
        ready = new_marker()
        redirect = "</dev/null" if self._line.v2 else "</dev/null 2>&1"
        errors = f"; echo {self._marker} 0 >&2" if self._line.v2 else ""
        ready_errors = f"; echo {ready} 0 >&2" if self._line.v2 else ""
        text = (
            f"echo {ready} 0{ready_errors}; "
            f"if IFS= read -r _; then {body} {redirect}; echo {self._marker} $?{errors}; fi\n"
        )
        try:
            self._line.send(text, timeout)
            self._line.collect(ready, time.monotonic() + timeout, ARMED_OUTPUT)
        except (TimeoutError, ConnectionError) as error:
            raise AdbError(f"the phone could not be armed with: {self._shown} ({error})") from error

    def fire(self) -> float:
        """Start the command. Returns the moment (monotonic seconds) before the newline left."""
        if self.fired_at is not None:
            raise AdbError(f"already fired: {self._shown}")
        self.fired_at = time.monotonic()
        try:
            self._line.send("\n", 5.0)
        except (ConnectionError, TimeoutError) as error:
            raise AdbError(
                f"the link dropped before the phone could be told to run: {self._shown}"
            ) from error
        return self.fired_at

    def result(self, timeout: float = 15.0) -> Output:
        """What the command printed; ``seconds`` count from the firing."""
        if self.fired_at is None:
            raise AdbError(f"not fired: {self._shown}")
        try:
            out, err = self._line.collect(self._marker, time.monotonic() + timeout, ARMED_OUTPUT)
        except TimeoutError as error:
            raise ShellTimeout(f"no end within {timeout:g} s: {self._shown}") from error
        except ConnectionError as error:
            raise AdbError(f"the link dropped under: {self._shown} ({error})") from error
        else:
            seconds = time.monotonic() - self.fired_at
        finally:
            self.close()
        return Output(bytes(out.data), bytes(err.data), out.rc or 0, seconds)

    def close(self) -> None:
        """Disarm: the command never runs if it was not fired."""
        self._line.close()


class RunningCommand(Closing):
    """A command that runs until it ends or is closed. ``pid`` is its process on the phone."""

    def __init__(self, line: Line, text: str, shown: str, timeout: float) -> None:
        self._line = line
        self._shown = shown
        self._buffer = bytearray()
        self.errors = bytearray()
        self._start(text, timeout)

    def _start(self, text: str, timeout: float) -> None:
        marker = new_marker()
        prefix = f"echo {marker} $$; "
        deadline = time.monotonic() + timeout
        try:
            # the shell becomes the command: its pid is the command's, a signal reaches it
            self._line.send(f"{prefix}exec {text} </dev/null\n", timeout)
            self.pid = self._read_pid(marker.encode(), deadline)
        except (TimeoutError, ConnectionError) as error:
            raise AdbError(f"the phone did not start: {self._shown} ({error})") from error

    def _read_pid(self, marker: bytes, deadline: float) -> int:
        while b"\n" not in self._buffer and len(self._buffer) < LONGEST_LINE:
            self._take(self._line.receive(deadline))
        first, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer = bytearray(rest)
        found = _PID.fullmatch(first.removeprefix(marker))
        if found is None or not first.startswith(marker):
            raise DeviceError(
                f"the phone's shell answered {first[:40]!r} where a process id belongs",
                "look at `adb shell echo ok`: its shell does not run commands as it should",
            )
        return int(found[1])

    def _take(self, pieces: list[tuple[bool, bytes]]) -> None:
        for is_error, data in pieces:
            target = self.errors if is_error else self._buffer
            target += data
            if is_error and len(target) > ARMED_OUTPUT:
                del target[:-ARMED_OUTPUT]

    def read(self, timeout: float) -> bytes:
        """The next output; b"" when the command has ended. Raises TimeoutError."""
        deadline = time.monotonic() + timeout
        while not self._buffer:
            try:
                self._take(self._line.receive(deadline))
            except ConnectionError:
                return b""
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def lines(self, timeout: float) -> Iterator[str]:
        """Whole lines as they come; ends with the command. ``timeout`` is for each line.

        DeviceError for one longer than LONGEST_LINE.
        """
        pending = b""
        while data := self.read(timeout):
            *whole, pending = (pending + data).split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in whole)
            if len(pending) > LONGEST_LINE:
                raise DeviceError(f"the phone printed a line of more than {LONGEST_LINE} bytes")
        if pending:
            yield pending.decode("utf-8", "replace")

    def close(self) -> None:
        """Hang up: adbd ends what still runs."""
        self._line.close()
