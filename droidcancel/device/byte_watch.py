"""A watch of an app's bytes that runs on the phone itself, and cuts there: no host in between.

A loop of the phone's shell reads the counter of the uid (`traffic` knows where it stands) and tells
the host each reading. Once so many bytes have left it runs the command. The counter costs what a
dump costs on that phone, 200 ms on some, so the last reading before the moment is not followed by
another one: from the pace of the last two the loop works out when the moment will be, sleeps until
then, and runs the command, by as much earlier as the command takes to have its effect. The time
stands in /proc/uptime, which the shell reads by itself.

The link's end is the loop's end, since adbd hangs up on it: a host that died cuts nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from droidcancel.device.shell import Command, Script, ShellChannel, isolated
from droidcancel.device.shell_stream import RunningCommand
from droidcancel.device.types import Output
from droidcancel.errors import DeviceError, DroidCancelError

#: hundredths of a second between two readings: what spares the phone, and the most
SHORTEST_CS: Final = 5
LONGEST_CS: Final = 50
#: the longest rest that a costly counter is given where nothing is to be cut
SPARED_CS: Final = 500
#: beyond this many thousands of bytes nothing is worked out ahead: mksh counts in 32 bits
FAR_KB: Final = 1_000_000
#: a reading that does not come for so long never will
SILENT_S: Final = 30.0
#: how long the end of the loop, or of a command that has begun, is waited for
ENDS_S: Final = 5.0
_KEPT: Final = 3


@dataclass(frozen=True)
class Reading:
    """One reading of the counter, `at` (monotonic seconds) it reached the host."""

    at: float
    sent: int


OnReading = Callable[[Reading], None]


def script(
    read: str,
    at_bytes: int | None,
    then: Command | None,
    every_cs: int = SHORTEST_CS,
    lead_cs: int = 0,
) -> Script:
    """Shell text of the loop, for mksh and any POSIX shell.

    ``read``: shell text that prints the counters to be added up, in bytes. ``at_bytes``: since the
    phone's boot; None only tells the readings, for ever, one each ``every_cs`` hundredths of a
    second, or more seldom where a reading costs the phone much. ``then`` None cuts nothing: the
    host is told, and does. ``lead_cs``: hundredths of a second that ``then`` takes until it has
    its effect, by which it is begun earlier. Sums are in thousands of bytes.
    """
    kilobytes = None if at_bytes is None else max(0, at_bytes) // 1000
    at = _sparing(every_cs) if kilobytes is None else _until(kilobytes, lead_cs)
    command = "true" if then is None else isolated(then)
    return Script(
        f"last=-1 t0=0 was=0; while :; do set -- $({read}); sent=0; "
        "for b; do case $b in ????*) sent=$((sent+${b%???}));; esac; done; "
        "read -r up _ </proc/uptime; t=$((${up%.*}%100000*100+1${up#*.}-100)); "
        f'echo "dc-sent $*"; pause={SHORTEST_CS}; '
        f"if [ $# -gt 0 ]; then {at}last=$sent t0=$t was=$pause; fi; {_sleep('pause')}; done; "
        f"echo dc-fire; {command} </dev/null; echo dc-done $?"
    )


def _until(kilobytes: int, lead_cs: int) -> str:
    """Leave the loop at so many thousands of bytes; else say in `pause` when to read again.

    `cost` is what a reading takes and `eta` what is left, both in hundredths of a second. Another
    reading that takes half as long again as the last one must not come too late.
    """
    return (
        f"[ $sent -ge {kilobytes} ] && break; "
        f"d=$((sent-last)) dt=$((t-t0)) left=$(({kilobytes}-sent)); "
        f"if [ $last -ge 0 ] && [ $d -gt 0 ] && [ $dt -gt 0 ] && [ $dt -lt 1000 ] "
        f"&& [ $left -lt {FAR_KB} ]; then eta=$((left*dt/d-{lead_cs})) "
        f"cost=$((dt-was)); if [ $eta -le $((cost+cost/2+{SHORTEST_CS})) ]; then "
        f"[ $eta -gt 0 ] && {_sleep('eta')}; break; fi; "
        f"pause=$(((eta-cost)/2)); [ $pause -lt {SHORTEST_CS} ] && pause={SHORTEST_CS}; "
        f"[ $pause -gt {LONGEST_CS} ] && pause={LONGEST_CS}; fi; "
    )


def _sparing(every_cs: int) -> str:
    """Say in `pause` that two thirds of the time at least the phone is left alone."""
    return (
        f"pause=$(((t-t0-was)*2)); [ $last -lt 0 ] && pause=0; "
        f"[ $pause -gt {SPARED_CS} ] && pause={SPARED_CS}; "
        f"[ $pause -lt {every_cs} ] && pause={every_cs}; "
    )


def _sleep(variable: str) -> str:
    """toybox takes fractions of a second, and mksh has no arithmetic for them."""
    v = variable
    return f"sleep $(({v}/100)).$(({v}/10%10))$(({v}%10))"


class ByteWatch:
    """The loop, running. Readings come in a thread; `fired_at` is monotonic seconds.

    `fired` is set when the phone says that it runs the command; `over` when nothing comes any more,
    fired or not.
    """

    def __init__(
        self, shell: ShellChannel, text: Script, on_reading: OnReading, *, cuts: bool = True
    ) -> None:
        self._shell = shell
        self._running: RunningCommand = shell.stream(text)
        self._on_reading = on_reading
        self._cuts = cuts
        self._closed = False
        self.readings: list[Reading] = []
        self.fired = threading.Event()
        self.over = threading.Event()
        self.fired_at: float | None = None
        self.rc: int | None = None
        self._thread = threading.Thread(target=self._listen, name="droidcancel-bytes", daemon=True)
        self._thread.start()

    @property
    def last(self) -> Reading | None:
        """The latest reading."""
        return self.readings[-1] if self.readings else None

    @property
    def interval(self) -> float | None:
        """Seconds between the last two readings."""
        return next((b.at - a.at for a, b in pairwise(self.readings[-2:])), None)

    @property
    def age(self) -> float | None:
        """Seconds from the last reading until the command ran."""
        before = self.last
        if self.fired_at is None or before is None:
            return None
        return max(0.0, self.fired_at - before.at)

    def wait(self, timeout: float) -> bool:
        """Wait until it has fired or is over, at most ``timeout`` seconds; whether it fired."""
        deadline = time.monotonic() + timeout
        while not self.over.is_set() and (left := deadline - time.monotonic()) > 0:
            if self.fired.wait(min(left, 0.1)):
                break
        return self.fired.is_set()

    def result(self, timeout: float = 15.0) -> Output | None:
        """The command's end; None where the link dropped before it was told."""
        self.over.wait(timeout)
        return None if self.rc is None else Output(b"", bytes(self._running.errors), self.rc, 0.0)

    def close(self) -> None:
        """End the loop: once this returns, it runs nothing any more that it has not begun.

        Hanging up alone would leave it some moments in which it could still cut, and after an undo;
        one that only tells is hung up on.
        """
        self._closed = True
        if not self._cuts:
            self._running.close()
        elif not self.over.is_set() and not self.fired.is_set():
            with suppress(DeviceError):  # the link is gone, and adbd ends what hung on it
                self._shell.run(["kill", "-9", str(self._running.pid)], ENDS_S)
        self.over.wait(ENDS_S)
        self._running.close()
        self._thread.join(timeout=ENDS_S)

    def _listen(self) -> None:
        try:
            for line in self._running.lines(SILENT_S):
                self._take(line, time.monotonic())
                if self.rc is not None:
                    return
        except (OSError, DroidCancelError, ValueError):
            pass  # the link dropped, or the phone hangs: `over` says that nothing comes any more
        finally:
            self.over.set()

    def _take(self, line: str, at: float) -> None:
        word, *rest = line.split() or [""]
        if word == "dc-sent":
            if not rest:  # the app has used no network yet, or a dump that came to nothing
                return
            reading = Reading(at, sum(map(int, rest)))
            self.readings = [*self.readings[-_KEPT:], reading]
            if not self._closed:
                self._on_reading(reading)
        elif word == "dc-fire":
            self.fired_at = at
            self.fired.set()
        elif word == "dc-done" and rest:  # a line may be cut off where the link drops
            self.rc = int(rest[0])
