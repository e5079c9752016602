"""What can be done on this phone: its state, each cancel method, and the ways of each thing.

By itself it only reads. With a journal to keep them, it also makes the changes that can be taken
back (`doctor_probes`). A phone that hangs, prints nonsense or lies is a finding, and ends nothing:
each look has a time limit, and after several that gave no answer the rest is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from droidcancel.device.device import Device
from droidcancel.device.doctor_looks import LOOKS, Patient
from droidcancel.device.doctor_probes import (
    NO_PROBE,
    PROBES,
    SWITCHED_BY_WAYS,
    Keeper,
    NotNow,
    Trial,
)
from droidcancel.device.types import Capability, Finding, PackageInfo, ThingFinding, WayFinding
from droidcancel.device.ways import THINGS
from droidcancel.errors import AdbError, DroidCancelError, ParseError, RestoreError

Question = Callable[[Device, "str | None"], Capability]
Tell = Callable[[str], None]
LITTLE_SPACE = 500 * 2**20
LOOK_S = 20.0
SILENCES = 3  # looks in a row that got no answer: the phone does not answer at all


@dataclass
class Diagnosis:
    """The ways of every thing. ``left``: what a probe could not put back, and how to mend it."""

    things: list[ThingFinding]
    probed: bool = False
    left: list[str] = field(default_factory=list)


class Doctor:
    """One examination of the ways. ``tell`` hears what is being tried."""

    def __init__(
        self,
        device: Device,
        package: str | None = None,
        *,
        keeper: Keeper | None = None,
        tell: Tell = lambda _: None,
    ) -> None:
        self._device = device
        self._keeper = keeper
        self._tell = tell
        self._silences = 0
        self._patient = Patient(device, self._app(package))
        self._left: list[str] = []

    def _app(self, package: str | None) -> PackageInfo | None:
        with self._limited():
            try:
                return self._device.packages.info(package) if package else None
            except DroidCancelError:
                return None  # that it cannot be read is a finding of `examine`

    @contextmanager
    def _limited(self) -> Iterator[None]:
        with self._device.shell.limited(LOOK_S):
            yield

    def diagnose(self, only: frozenset[str] | None = None) -> Diagnosis:
        """Look at every way of every thing (or of the things in ``only``); then try, if it may."""
        wanted = [thing for thing in THINGS if only is None or thing in only]
        things = {thing: self._looked(thing) for thing in wanted}
        if self._keeper is not None:
            for thing in filter(things.__contains__, PROBES):
                if not self._left:
                    things[thing] = self._tried(things[thing], self._keeper)
        probed = self._keeper is not None
        return Diagnosis([things[thing] for thing in wanted], probed, self._left)

    def _looked(self, thing: str) -> ThingFinding:
        self._tell(f"looking at {thing}")
        return ThingFinding(thing, tuple(self._look(way.name) for way in THINGS[thing]))

    def _look(self, way: str) -> WayFinding:
        if self._silences >= SILENCES:
            return WayFinding(way, "refused", "not asked: the phone gives no answers", sure=False)
        try:
            with self._limited():
                found = LOOKS[way](self._patient)
        except AdbError as error:
            self._silences += 1
            return WayFinding(way, "refused", f"no answer: {error}", sure=False)
        except DroidCancelError as error:
            self._silences = 0
            return WayFinding(way, "refused", str(error), sure=not isinstance(error, ParseError))
        self._silences = 0
        return found

    def _tried(self, found: ThingFinding, keeper: Keeper) -> ThingFinding:
        """Try its ways in order, until one works."""
        ways = list(found.ways)
        for place, way in enumerate(ways):
            if way.status != "not tried":
                continue
            self._tell(f"trying {found.thing}: {way.way}")
            ways[place] = self._try(found.thing, way, keeper)
            if ways[place].status == "works" or self._left:
                break
        return ThingFinding(found.thing, tuple(ways))

    def _try(self, thing: str, way: WayFinding, keeper: Keeper) -> WayFinding:
        trial = Trial(self._device, self._patient.app, keeper)
        try:
            return WayFinding(way.way, "works", PROBES[thing](trial, way.way))
        except NotNow as reason:
            return WayFinding(way.way, "not tried", str(reason), sure=False)
        except RestoreError as error:
            self._left += error.left or (error.explain(),)
            return WayFinding(way.way, "refused", str(error), sure=False)
        except DroidCancelError as error:
            self._left += [
                f"{record.what}: droidcancel restore" for record in keeper.open_records()
            ]
            if isinstance(error, AdbError):
                return WayFinding(way.way, "refused", f"no answer: {error}", sure=False)
            if thing in SWITCHED_BY_WAYS:
                self._device.network.ways.refuse(way.way, f"it has no effect: {error}")
            return WayFinding(way.way, "refused", f"when it was tried: {error}")


def untried_reason(thing: str) -> str:
    """Why a thing has no probe; empty where reading says everything, or where there is one."""
    return NO_PROBE.get(thing, "")


def examine(device: Device, app: str | None = None) -> list[Finding]:
    """Look at everything that a run needs; ``app`` is a package name.

    A question that fails or does not end is a finding itself, and stops none of the others:
    each has the time limit of the commands that it sends.
    """
    findings: list[Finding] = []
    silences = 0
    for topic, question in TOPICS.items():
        if silences >= SILENCES:
            findings.append(Finding(topic, False, why="not asked: the phone gives no answers"))
            continue
        found, answered = _ask(topic, question, device, app)
        silences = 0 if answered else silences + 1
        findings.append(found)
    return findings


def _ask(topic: str, question: Question, device: Device, app: str | None) -> tuple[Finding, bool]:
    try:
        with device.shell.limited(LOOK_S):
            answer = question(device, app)
    except AdbError as error:
        return Finding(topic, False, why=error.explain()), False
    except DroidCancelError as error:
        return Finding(topic, False, why=error.explain()), True
    return Finding(topic, answer.ok, answer.way, answer.why_not), True


def _link(device: Device, app: str | None) -> Capability:
    if device.link_rides_on_wifi:
        return Capability(
            True, "adb over the phone's own network: airplane and network-off are refused"
        )
    return Capability(True, f"{device.kind}, API {device.api_level}, {device.model}")


def _ready(device: Device, app: str | None) -> Capability:
    if device.ready():
        return Capability(True, "booted, services answer")
    return Capability(False, why_not="still booting")


def _lock(device: Device, app: str | None) -> Capability:
    guard = device.activities.keyguard()
    if guard.showing:
        secure = ", wants a PIN" if guard.secure else ""
        return Capability(False, why_not=f"the lock screen shows{secure}: unlock the phone")
    return Capability(True, "unlocked")


def _state(device: Device, app: str | None) -> Capability:
    state = device.network.state()
    words = f"airplane {'on' if state.airplane else 'off'}, Wi-Fi {_on(state.wifi_enabled)}, "
    words += f"mobile data {_on(state.data_enabled)}, default network {state.active or 'none'}"
    if state.airplane or not state.online:
        return Capability(False, why_not=f"{words}: bring the phone online first")
    return Capability(True, words)


def _on(value: bool | None) -> str:
    return {True: "on", False: "off", None: "unknown"}[value]


def _app(device: Device, app: str | None) -> Capability:
    if app is None:
        return Capability(True, "no app asked for")
    info = device.packages.info(app)
    if info is None:
        return Capability(False, why_not=f"{app} is not installed")
    return Capability(True, f"{app} {info.version_name} ({info.version_code}), uid {info.uid}")


def _app_network(device: Device, app: str | None) -> Capability:
    info = device.packages.info(app) if app else None
    return device.app_network.can(info.uid if info else None)


def _force_stop(device: Device, app: str | None) -> Capability:
    if app:
        device.packages.require(app)
    return Capability(True, "am force-stop, proven by processes and the stopped flag")


def _jobs(device: Device, app: str | None) -> Capability:
    if app is None:
        return Capability(True, "dumpsys jobscheduler")
    return Capability(True, f"dumpsys jobscheduler: {len(device.jobs.pending(app))} job(s) now")


def _settings(device: Device, app: str | None) -> Capability:
    """Whether the shell may write settings at all shows only in writing; reading shows less."""
    names = device.settings.all("global")
    if not names:
        return Capability(False, why_not="the global settings read as empty")
    return Capability(True, f"settings: {len(names)} global keys readable")


def _space(device: Device, app: str | None) -> Capability:
    free = device.media.free_bytes()
    words = f"{free / 2**20:.0f} MiB free"
    if free < LITTLE_SPACE:
        return Capability(False, why_not=f"only {words}: uploads may fail for want of space")
    return Capability(True, words)


def _screen(device: Device, app: str | None) -> Capability:
    width, height = device.ui.size()
    front = device.activities.foreground()
    return Capability(True, f"{width}x{height}, in front: {front or 'nothing'}")


def _airplane(device: Device, app: str | None) -> Capability:
    return device.network.can("airplane")


def _network_off(device: Device, app: str | None) -> Capability:
    return device.network.can("network-off")


def _swipe(device: Device, app: str | None) -> Capability:
    return device.activities.can_remove_task()


def _counter(device: Device, app: str | None) -> Capability:
    return device.traffic.can()


TOPICS: Mapping[str, Question] = {
    "link": _link,
    "boot": _ready,
    "lock screen": _lock,
    "network": _state,
    "app": _app,
    "airplane": _airplane,
    "network-off": _network_off,
    "app-network": _app_network,
    "force-stop": _force_stop,
    "swipe-recents": _swipe,
    "byte counter": _counter,
    "jobs": _jobs,
    "settings": _settings,
    "storage": _space,
    "screen": _screen,
}
