"""What each cancel method could do on this phone, found by reading only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from droidcancel.device.types import Capability, Finding
from droidcancel.errors import DroidCancelError

if TYPE_CHECKING:
    from droidcancel.device.device import Device

Question = Callable[["Device", "str | None"], Capability]
LITTLE_SPACE = 500 * 2**20


def examine(device: Device, app: str | None = None) -> list[Finding]:
    """Look at everything that a run needs; ``app`` is a package name.

    A question that fails or does not end is a finding itself, and stops none of the others:
    each has the time limit of the commands that it sends.
    """
    return [_ask(topic, question, device, app) for topic, question in TOPICS.items()]


def _ask(topic: str, question: Question, device: Device, app: str | None) -> Finding:
    try:
        answer = question(device, app)
    except DroidCancelError as error:
        return Finding(topic, False, why=error.explain())
    return Finding(topic, answer.ok, answer.way, answer.why_not)


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
