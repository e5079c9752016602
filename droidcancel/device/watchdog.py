"""A watcher on the phone itself that gives its network back when the host is gone.

A detached shell on the phone looks at a file that the host keeps writing; once it has not changed
for some time (cable out, host crashed), the shell switches everything back and ends. So a phone
is never left in airplane mode by a host that died.
"""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from droidcancel.device.shell import Script, ShellChannel, quoted, spell
from droidcancel.device.types import NetworkState
from droidcancel.errors import AdbError, DeviceError, NotEffective, Unsupported

if TYPE_CHECKING:
    from droidcancel.device.network import Network

FOLDER = "/data/local/tmp"
PATIENCE_S = 60
LOOK_EVERY_S = 2
# Wi-Fi that is switched on in airplane mode would stay on in every later one. Its service takes
# some time to hear that the mode is over, and gives back by itself what it took (3: off by it)
_WIFI_RETURNS_S = 10
_LET_WIFI_RETURN = (
    f"n=0; while [ $n -lt {_WIFI_RETURNS_S} ] && "
    '[ "$(settings get global wifi_on)" = 3 ]; do sleep 1; n=$((n+1)); done'
)
_WIFI_IS_OFF = (
    '[ "$(settings get global airplane_mode_on)" != 1 ] && '
    '[ "$(settings get global wifi_on)" != 1 ]'
)


class Watchdog:
    """The watcher of one phone; at most one runs."""

    def __init__(self, shell: ShellChannel, network: Network) -> None:
        self._shell = shell
        self._network = network
        self._file = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def armed(self) -> bool:
        """Whether a watcher stands on the phone."""
        return bool(self._file)

    def arm(self, before: NetworkState, patience_s: int = PATIENCE_S) -> None:
        """Start the watcher, which would bring the network back to ``before``.

        ``patience_s`` seconds without a sign of the host make it act. Raises NotEffective when
        it does not come up.
        """
        if self.armed:
            return
        name = f"{FOLDER}/droidcancel-{secrets.token_hex(6)}"
        body = _script(name, self._steps(before), patience_s)
        stands = f"n=0; until [ -e {name}.pid ] || [ $n -ge 20 ]; do n=$((n+1)); sleep 0.1; done"
        self._shell.run(Script(f"echo 0 > {name}; {_detach(body)}"))
        if self._shell.run(Script(f"{stands}; ls {name}.pid"), repeatable=True).rc:
            raise NotEffective("the watcher on the phone did not start")
        self._file = name
        self._stop.clear()
        interval = max(1.0, patience_s / 6)
        self._thread = threading.Thread(
            target=self._beat, args=(name, interval), name="droidcancel-watchdog", daemon=True
        )
        self._thread.start()

    def disarm(self) -> None:
        """End the watcher; it does nothing any more."""
        name, self._file = self._file, ""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5.0)
            self._thread = None
        if name:
            self._shell.run(Script(f"kill $(cat {name}.pid) 2>/dev/null; rm -f {name} {name}.pid"))

    def sweep(self) -> None:
        """End watchers that a host which died has left: they would act in a later run's cut.

        The pid of each stands in its file; after a restart of the phone it may be another
        process's, so only one whose command line names the file is ended.
        """
        self._shell.run(
            Script(
                f"for f in {FOLDER}/droidcancel-*.pid; do [ -e $f ] || continue; "
                "p=$(cat $f); grep -q ${f%.pid} /proc/$p/cmdline 2>/dev/null && kill $p; "
                "rm -f $f ${f%.pid}; done"
            )
        )

    def close(self) -> None:
        """As `disarm`, for a phone that may be gone: then the watcher does its work."""
        try:
            self.disarm()
        except DeviceError:
            self._file = ""

    def _beat(self, name: str, interval: float) -> None:
        beat = 0
        while not self._stop.wait(interval):
            beat += 1
            try:
                self._shell.run(Script(f"echo {beat} > {name}"), 10.0)
            except AdbError:
                continue  # the phone may come back; if not, the watcher acts

    def _steps(self, before: NetworkState) -> list[str]:
        """Airplane first, Wi-Fi last; only what was on before is switched on again."""
        steps: list[str] = []
        if not before.airplane:
            with suppress(Unsupported):  # where it is tapped by hand, nobody taps it then
                steps.append(spell(self._network.command("airplane", False)))
        if before.data_enabled and self._network.can_data().ok:
            steps.append(spell(self._network.command("data", True)))
        if before.wifi_enabled and not before.airplane and self._network.can_wifi().ok:
            steps.append(_LET_WIFI_RETURN)
            steps.append(f"{_WIFI_IS_OFF} && {spell(self._network.command('wifi', True))}")
        return steps


def _script(name: str, steps: list[str], patience_s: int) -> str:
    """What runs on the phone. It counts its own rounds: the phone's clock may be set meanwhile."""
    restore = "; ".join(steps) or "true"
    return (
        f"echo $$ > {name}.pid; last=; idle=0; "
        f"while [ -e {name} ]; do beat=$(cat {name} 2>/dev/null); "
        f'if [ "$beat" = "$last" ]; then idle=$((idle+{LOOK_EVERY_S})); '
        "else last=$beat; idle=0; fi; "
        f"if [ $idle -gt {patience_s} ]; then {restore}; rm -f {name} {name}.pid; exit; fi; "
        f"sleep {LOOK_EVERY_S}; done; rm -f {name}.pid"
    )


def _detach(body: str) -> str:
    """Out of adb's process group, so that the end of the link does not end it."""
    run = quoted(["sh", "-c", body])
    return (
        f"if command -v setsid >/dev/null; then setsid {run} </dev/null >/dev/null 2>&1 & "
        f"else nohup {run} </dev/null >/dev/null 2>&1 & fi"
    )
