"""The state of the phone, and what each cancel method could do on it, found by reading only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from droidcancel.device import adb
from droidcancel.device.device import Device
from droidcancel.device.parse import parse_displays
from droidcancel.device.types import Capability, Finding
from droidcancel.errors import AdbError, DroidCancelError, ParseError

Question = Callable[[Device, "str | None"], Capability]
LITTLE_SPACE = 500 * 2**20
LOOK_S = 20.0
SILENCES = 3  # looks in a row that got no answer: the phone does not answer at all


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


def _adb(device: Device, app: str | None) -> Capability:
    host, port = adb.server_address()
    server, other = adb.server_version(adb.client()), adb.path_version()
    words = f"server 1.0.{server} at {host}:{port}"
    if host in adb.LOOPBACK and other is not None and other != server:
        return Capability(
            False,
            why_not=f"{words}, but the adb in PATH is 1.0.{other}: when it is used it kills the "
            "server, and every link with it; use one version",
        )
    return Capability(True, words)


def _lock(device: Device, app: str | None) -> Capability:
    guard = device.activities.keyguard()
    if guard.showing and guard.secure:
        return Capability(
            False,
            why_not="the lock screen shows, wants a PIN: unlock the phone, or name the variable "
            "that holds the PIN as pin_env in devices.yaml",
        )
    if guard.showing:
        return Capability(False, why_not="the lock screen shows: unlock the phone")
    if guard.awake is False:
        return Capability(True, "the screen is off; a run wakes it")
    return Capability(True, "unlocked")


def _user(device: Device, app: str | None) -> Capability:
    state = device.shell.run(
        ["am", "get-started-user-state", str(device.user)], repeatable=True
    ).everything
    if "RUNNING_LOCKED" in state:
        return Capability(
            False, why_not=f"user {device.user} was not unlocked since the start: type the PIN once"
        )
    users = device.packages.users()
    mine = next((user for user in users if user.id == device.user), None)
    if mine is None or "not started" in state:
        known = ", ".join(f"{user.id} ({user.name})" for user in users)
        return Capability(
            False, why_not=f"user {device.user} is not started here; there are: {known}"
        )
    others = [user for user in users if user.id != device.user]
    copies = [u for u in others if app and device.packages.installed_for(app, u.id)]
    words = f"user {mine.id} ({mine.name})" + (", a work profile" if mine.work else "")
    for user in others:
        what = "work profile" if user.work else "user"
        words += f"; {what} {user.id} ({user.name})"
        words += f" has the app too: --user {user.id}" if user in copies else ""
    return Capability(True, words)


def _displays(device: Device, app: str | None) -> Capability:
    text = device.shell.text(["dumpsys", "SurfaceFlinger", "--display-id"])
    try:
        count = len(parse_displays(text))
    except ParseError:
        return Capability(True, "the phone does not list its displays; the first is used")
    if count == 1:
        return Capability(True, "one")
    return Capability(
        True,
        f"{count} built in (a foldable); what is on display 0 is read and touched, so do "
        "not fold or unfold it during a run",
    )


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
    "adb": _adb,
    "link": _link,
    "boot": _ready,
    "lock screen": _lock,
    "user": _user,
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
    "displays": _displays,
}
