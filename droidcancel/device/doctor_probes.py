"""What the doctor tries where it may: changes that are taken back, each through the journal.

A probe makes a change by one way, reads it back, and lets the journal undo it. It answers
``works`` or ``refused``, or None with a reason where it must not be tried just now. What has no
harmless trial (a force-stop, a share, a cleared cache) has no probe.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from droidcancel.device import demo_mode, ways
from droidcancel.device.device import Device
from droidcancel.device.doctor_looks import SETTINGS_ACTION
from droidcancel.device.media import unique_name
from droidcancel.device.poll import must_poll, poll, until
from droidcancel.device.types import PackageInfo
from droidcancel.errors import DeviceError, NotEffective

PROBE_S = 45.0
BACK_ONLINE_S = 30.0
FILM_S = 1
#: an MP4 as far as a scanner looks: its type, and nothing in it
_TINY_MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08free"


class Keeper(Protocol):
    """The journal, as far as a probe needs it: it undoes the change, whatever ends the body."""

    def change(
        self, device: Device, kind: str, value: Any = None, args: Mapping[str, Any] | None = None
    ) -> AbstractContextManager[Any]: ...

    def open_records(self) -> Sequence[Any]: ...


class NotNow(Exception):
    """Why a probe must not be made at the moment."""


@dataclass(frozen=True)
class Trial:
    """What a probe works with. ``device`` is reached by adb as ``keeper`` knows it."""

    device: Device
    app: PackageInfo | None
    keeper: Keeper

    @contextlib.contextmanager
    def changing(self, kind: str, value: Any = None, **args: Any) -> Iterator[None]:
        """A change that is undone. The time limit is on the trial, not on its undoing."""
        with (
            self.keeper.change(self.device, kind, value, args),
            self.device.shell.limited(PROBE_S),
        ):
            yield


Probe = Callable[[Trial, str], str]


def _airplane(trial: Trial, way: str) -> str:
    network = trial.device.network
    _keep_the_link(trial.device, "airplane mode")
    if network.state().airplane:
        raise NotNow("airplane mode is on already")
    with _watched(trial.device), trial.changing("airplane"):
        change = network.set_airplane(True, way=way)
        if change.way != way:  # the page had no switch, and the tile was tapped instead
            raise NotEffective(f"{change.way} was used instead")
        gone = network.wait_offline()
    _come_back(trial.device)
    notes = f"; {'; '.join(change.notes)}" if change.notes else ""
    return f"switched and read back in {change.seconds:.1f} s, offline after {gone:.1f} s{notes}"


def _wifi(trial: Trial, way: str) -> str:
    network = trial.device.network
    _keep_the_link(trial.device, "Wi-Fi off")
    state = network.state()
    if state.airplane or not state.wifi_enabled:
        raise NotNow("Wi-Fi is off already")
    with _watched(trial.device), trial.changing("wifi"):
        change = network.set_wifi(False, way=way)
    _come_back(trial.device)
    return f"switched off and read back in {change.seconds:.1f} s"


def _data(trial: Trial, way: str) -> str:
    network = trial.device.network
    if not network.state().data_enabled:
        raise NotNow("mobile data is off, or the phone does not tell")
    with _watched(trial.device), trial.changing("data"):
        change = network.set_data(False, way=way)
    _come_back(trial.device)
    return f"switched off and read back in {change.seconds:.1f} s"


def _keep_the_link(device: Device, what: str) -> None:
    if device.link_rides_on_wifi and not device.network.allow_link_loss:
        raise NotNow(f"adb comes over the phone's own network: {what} would cut it")


@contextlib.contextmanager
def _watched(device: Device) -> Iterator[None]:
    """With the watcher on the phone, which gives the network back should this host die."""
    armed = device.watchdog.armed
    if not armed:
        with contextlib.suppress(DeviceError):
            device.watchdog.arm(device.network.state())
    try:
        yield
    finally:
        if not armed:
            with contextlib.suppress(DeviceError):
                device.watchdog.disarm()


def _come_back(device: Device) -> None:
    """The next probe begins online, if the phone was; not to come back is no finding here."""
    with contextlib.suppress(NotEffective):
        device.network.wait_online(BACK_ONLINE_S)


def _app_network(trial: Trial, way: str) -> str:
    if trial.app is None:
        raise NotNow("no app was asked for")
    firewall, package = trial.device.app_network, trial.app.name
    with trial.changing("app_network", package=package):
        change = firewall.set(package, False)
    notes = f"; {'; '.join(change.notes)}" if change.notes else ""
    return f"{package} was cut off and let back{notes}"


def _saver(trial: Trial, way: str) -> str:
    if trial.device.data_saver.enabled():
        raise NotNow("Data Saver is on already")
    with trial.changing("restrict_background", True):
        trial.device.data_saver.set(True)
    return "switched on and read back"


def _recents(trial: Trial, way: str) -> str:
    """The Settings app is opened and swept away: the journal's undo is the very thing."""
    activities, package = trial.device.activities, "com.android.settings"
    if trial.device.user:
        raise NotNow("it is tried with the Settings of the phone's owner only")
    if activities.tasks_of(package):
        raise NotNow("the Settings are open already, and would be lost from the recents")
    with trial.changing("task", True, package=package):
        activities.view(SETTINGS_ACTION, package=package)
        must_poll(
            until(lambda: bool(activities.tasks_of(package))), 10, "the Settings have no task"
        )
    return "the Settings were opened and swept away"


def _scan(trial: Trial, way: str) -> str:
    media, name = trial.device.media, unique_name("probe")
    path = media.path_of(name)
    with tempfile.TemporaryDirectory() as folder, trial.changing("media", path=path):
        local = Path(folder) / name
        local.write_bytes(_TINY_MP4)
        started = time.monotonic()
        media.place(local, path)
        media.scan(path, way)
        if poll(until(lambda: media.find(name) is not None), 15.0) is None:
            raise NotEffective("a file that was pushed did not come into the media library")
        took = time.monotonic() - started
    return f"a file was pushed, found after {took:.1f} s, and deleted"


def _record(trial: Trial, way: str) -> str:
    media, name = trial.device.media, unique_name("probe")
    path = media.path_of(name)
    with trial.changing("media", path=path):
        command = ["screenrecord", "--time-limit", str(FILM_S), path]
        output = trial.device.shell.run(command, PROBE_S)
        size = media.size(path)
        if not size:
            said = (output.everything.splitlines() or ["it says nothing"])[-1]
            raise NotEffective(f"a film of {FILM_S} s left no file: {said}")
    return f"a film of {FILM_S} s was made ({size} bytes) and deleted"


def _show_touches(trial: Trial, way: str) -> str:
    settings = trial.device.settings
    other = "0" if settings.get("system", "show_touches") == "1" else "1"
    with trial.changing("setting", other, namespace="system", key="show_touches"):
        settings.put("system", "show_touches", other)
    return f"set to {other} and read back"


def _demo(trial: Trial, way: str) -> str:
    device = trial.device
    with trial.changing("setting", "1", namespace=demo_mode.ALLOWED[0], key=demo_mode.ALLOWED[1]):
        device.settings.put(*demo_mode.ALLOWED, "1")
        for word in ("enter", "exit"):
            said = device.shell.run(
                ["am", "broadcast", "-a", demo_mode.ACTION, "-e", "command", word]
            )
            if "Broadcast completed" not in said.text:
                raise NotEffective(f"the broadcast was not taken: {said.everything[:160]}")
    return "the setting is read back; the icons themselves only the picture shows"


PROBES: Mapping[str, Probe] = {
    "data saver": _saver,
    "show touches": _show_touches,
    "demo mode": _demo,
    "recording": _record,
    "media scan": _scan,
    "recents": _recents,
    "app network": _app_network,
    "data": _data,
    "wifi": _wifi,
    "airplane": _airplane,
}
#: why a thing is not tried, even where it may be
NO_PROBE: Mapping[str, str] = {
    "kill": "trying it would stop an app",
    "cache-only clear": "trying it would clear an app's cache; the command line reads its page",
    "share": "trying it would open the app with a video",
    "traffic counters": "",
}
SWITCHED_BY_WAYS = frozenset({"airplane", "wifi", "data"})
assert {*PROBES, *NO_PROBE} == set(ways.THINGS)
