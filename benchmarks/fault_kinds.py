"""What can go wrong with a phone in the middle of a run, as its user or its cable does it.

Each strikes at once and returns what ends it, which is called when the run is over: what ends by
itself has done so by then.
"""

from __future__ import annotations

import random
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import adbutils

from benchmarks.random_phone import kill_uiautomator
from droidcancel.device import poll
from droidcancel.simulator import Simulator
from droidcancel.simulator.apps.clips.behaviour import PACKAGE
from droidcancel.simulator.host import server_runs
from droidcancel.simulator.storage import fill

STARTS_S = 20.0
UNPLUGGED_S = 0.5
LONG_UNPLUGGED_S = 8.0
#: longer than a command to the phone's shell may take
STALLED_S = 18.0
HICCUP_S = 3.0
HUNG_S = 8.0
RINGS_S = 12.0
CALLER = "+1 555 010 9999"
DAY_S = 86_400.0
NOISE = random.Random(7).randbytes(96)


class AdbServer:
    """An adb server of this process's own, which can be restarted; phones are told to it anew."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns once it answers."""
        words = [str(adbutils.adb_path()), "-P", str(self.port)]
        null = subprocess.DEVNULL
        self._process = subprocess.Popen([*words, "nodaemon", "server"], stdout=null, stderr=null)
        if poll(lambda: server_runs(self.port) or None, STARTS_S) is None:
            raise RuntimeError(f"no adb server answers at port {self.port}")

    def stop(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(10)


@dataclass
class Struck:
    """A phone with something wrong; `end` waits for what ends by itself, and ends the rest."""

    phone: Simulator
    server: AdbServer
    missed: bool = False
    _threads: list[threading.Thread] = field(default_factory=list)
    _undo: list[Callable[[], object]] = field(default_factory=list)

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something in so many seconds, or when the run is over."""
        over = threading.Event()
        self._undo.append(over.set)

        def wait() -> None:
            over.wait(seconds)
            action()

        thread = threading.Thread(target=wait, daemon=True)
        self._threads.append(thread)
        thread.start()

    def at_end(self, action: Callable[[], object]) -> None:
        """Do something when the run is over."""
        self._undo.append(action)

    def end(self) -> None:
        """The run is over."""
        for undo in self._undo:
            undo()
        for thread in self._threads:
            thread.join(60)

    def on_phone(self, action: Callable[[], object]) -> Callable[[], object]:
        """The action, to be done where the phone's state may be changed."""
        return lambda: self.phone.call(action)


def _unplug(struck: Struck, seconds: float) -> None:
    phone, port = struck.phone, struck.server.port
    phone.call(phone.adbd.drop_connections)
    phone.withdraw(port)
    struck.later(seconds, lambda: phone.announce(port))


def drop(struck: Struck) -> None:
    """The cable falls out and is put in again."""
    _unplug(struck, UNPLUGGED_S)


def unplugged(struck: Struck) -> None:
    """The cable is out for longer."""
    _unplug(struck, LONG_UNPLUGGED_S)


def stall(struck: Struck) -> None:
    """The hub hangs: nothing comes through, and nothing is told."""
    adbd = struck.phone.adbd
    struck.phone.call(partial(adbd.set_stalled, True))
    struck.later(STALLED_S, struck.on_phone(partial(adbd.set_stalled, False)))


def hiccup(struck: Struck) -> None:
    """The same for a moment, in which no command runs out of its time."""
    adbd = struck.phone.adbd
    struck.phone.call(partial(adbd.set_stalled, True))
    struck.later(HICCUP_S, struck.on_phone(partial(adbd.set_stalled, False)))


def silence(struck: Struck) -> None:
    """The hub hangs for good, until somebody pulls the cable after the run."""
    adbd = struck.phone.adbd
    struck.phone.call(partial(adbd.set_stalled, True))
    struck.at_end(struck.on_phone(partial(adbd.set_stalled, False)))
    struck.at_end(struck.on_phone(adbd.drop_connections))


def garbage(struck: Struck) -> None:
    """A bad cable: bytes that are no adb, so that the server gives the link up; then a good one."""
    phone, port = struck.phone, struck.server.port
    phone.call(partial(phone.adbd.garble, NOISE))

    def again() -> None:
        phone.withdraw(port)
        phone.announce(port)

    struck.later(UNPLUGGED_S, again)


def uiautomator(struck: Struck) -> None:
    """The phone kills the screen server."""
    kill_uiautomator(struck.phone, struck.server.port)


def anr(struck: Struck) -> None:
    """The app hangs, and the system asks what to do about it."""

    def hang() -> bool:
        app = struck.phone.phone.app_processes.get(PACKAGE)
        if app is None:
            return False
        app.hang(HUNG_S)
        struck.phone.phone.system_ui.anr.show_hung(app)
        return True

    struck.missed = not struck.phone.call(hang)


def crash(struck: Struck) -> None:
    """The app dies of an exception, and the system says so."""

    def die() -> bool:
        app = struck.phone.phone.app_processes.get(PACKAGE)
        if app is not None:
            app.crash("java.lang.OutOfMemoryError: Failed to allocate a 49766416 byte allocation")
        return app is not None

    struck.missed = not struck.phone.call(die)


def permission(struck: Struck) -> None:
    """The app asks for something that it was not given."""
    phone = struck.phone.phone

    def ask() -> bool:
        record = phone.activities.resumed
        activity = None if record is None else record.activity
        if activity is None or activity.app.package != PACKAGE:
            return False
        activity.spawn(activity.request_permissions("android.permission.READ_CONTACTS"))
        return True

    struck.missed = not struck.phone.call(ask)


def call(struck: Struck) -> None:
    """Somebody calls, and gives up."""
    phone = struck.phone.phone
    screen = phone.system_ui.call
    before = len(screen.touched)
    struck.phone.call(lambda: phone.spawn(screen.ring(CALLER, RINGS_S)))

    def end() -> None:
        struck.phone.call(screen.hang_up)
        touched = screen.touched[before:]
        if touched:
            raise TouchedError(f"the call was {' and '.join(touched)}")

    struck.at_end(end)


class TouchedError(Exception):
    """A run did something with a call that came in."""


def screen_off(struck: Struck) -> None:
    """Somebody presses the power key: the screen is off and locked."""
    struck.phone.call(struck.phone.phone.power.sleep)
    struck.at_end(struck.on_phone(struck.phone.phone.power.wake))
    struck.at_end(struck.on_phone(struck.phone.phone.power.dismiss_keyguard))


def storage(struck: Struck) -> None:
    """No byte is free, until the user makes room after the run."""
    give_back = struck.phone.call(partial(fill, struck.phone.phone))
    struck.at_end(struck.on_phone(give_back))


def _set_clock(struck: Struck, seconds: float) -> None:
    clock = struck.phone.phone.clock
    struck.phone.call(lambda: clock.set_time(clock.time() + seconds))
    struck.at_end(struck.on_phone(lambda: clock.set_time(clock.time() - seconds)))


def clock(struck: Struck) -> None:
    """The phone's clock is set a day ahead, as a network's time may do."""
    _set_clock(struck, DAY_S)


def clock_back(struck: Struck) -> None:
    """The phone's clock is set back by some hours, as in another time zone."""
    _set_clock(struck, -DAY_S / 4)


def adb_server(struck: Struck) -> None:
    """Another tool restarts the adb server."""
    struck.server.stop()
    struck.server.start()
    struck.phone.announce(struck.server.port)


KINDS: Mapping[str, Callable[[Struck], None]] = {
    "drop": drop,
    "unplugged": unplugged,
    "stall": stall,
    "hiccup": hiccup,
    "silence": silence,
    "garbage": garbage,
    "uiautomator": uiautomator,
    "anr": anr,
    "crash": crash,
    "permission": permission,
    "call": call,
    "screen-off": screen_off,
    "storage": storage,
    "clock": clock,
    "clock-back": clock_back,
    "adb-server": adb_server,
}
