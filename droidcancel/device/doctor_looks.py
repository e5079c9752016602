"""How the doctor looks at each way by reading alone: nothing on the phone is changed.

A look answers ``not tried`` for a way that is there as far as reading tells, ``works`` where the
reading is the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from droidcancel.device import ways
from droidcancel.device.device import Device
from droidcancel.device.network_ways import (
    SHELL_MAY_BROADCAST_UNTIL,
    denied,
    knows_phone_data,
    knows_svc,
    not_there,
)
from droidcancel.device.parse import (
    first_line,
    parse_airplane,
    parse_chain,
    parse_record_limit,
    parse_resolved_activity,
    parse_restrict_background,
    parse_stacks,
    parse_wifi_status,
)
from droidcancel.device.shell import Command, Script
from droidcancel.device.traffic import READ_TIMEOUT_S, SOURCES, Source
from droidcancel.device.types import Output, PackageInfo, WayFinding
from droidcancel.errors import ParseError

SETTINGS_ACTION = "android.settings.SETTINGS"
_AIRPLANE_ACTION = "android.settings.AIRPLANE_MODE_SETTINGS"
_DETAILS_ACTION = "android.settings.APPLICATION_DETAILS_SETTINGS"
_SEND = ("-a", "android.intent.action.SEND", "-t", "video/mp4")
_EXAMPLE_URI = "content://media/external/video/media/1"
RESOLVES_SINCE = 24  # `cmd package resolve-activity`


@dataclass(frozen=True)
class Patient:
    """The phone, and the app that is to be cancelled in, where one is installed."""

    device: Device
    app: PackageInfo | None = None

    def ask(self, command: Command, timeout: float = 15.0) -> Output:
        """A command that only reads."""
        return self.device.shell.run(command, timeout, repeatable=True)


Look = Callable[[Patient], WayFinding]


def _untried(way: str, why: str) -> WayFinding:
    return WayFinding(way, "not tried", why)


def _read(way: str, text: str, parse: Callable[[str], object], there: str = "") -> WayFinding:
    """There, if the answer can be read; else what the answer says."""
    try:
        answer = parse(text)
    except ParseError:
        return _no(way, text)
    return _untried(way, there or f"it answers: {_on_off(answer)}")


def _on_off(answer: object) -> str:
    return {True: "on", False: "off"}[answer] if isinstance(answer, bool) else str(answer)


def _no(way: str, text: str) -> WayFinding:
    """What an answer that is none means."""
    line = first_line(text)
    if denied(text):
        said = next((one.strip() for one in text.splitlines() if denied(one)), line)
        return WayFinding(way, "refused", _short(said))
    if not line:
        return WayFinding(way, "not there", "it answers nothing")
    known = "this phone has no such command" if not_there(text) else "its answer fits nothing known"
    return WayFinding(way, "not there", f"{known}: {_short(line)}")


def _short(line: str) -> str:
    return line if len(line) <= 160 else line[:160] + "…"


# -- network


def _airplane_cmd(patient: Patient) -> WayFinding:
    text = patient.ask(["cmd", "connectivity", "airplane-mode"]).everything
    return _read(ways.AIRPLANE_CMD, text, parse_airplane)


def _airplane_root(patient: Patient) -> WayFinding:
    way, device = ways.AIRPLANE_ROOT, patient.device
    prefix = device.network.ways.root_prefix
    if prefix is not None:
        return _untried(way, "su answers" if prefix else "adb's shell is root")
    if device.api_level <= SHELL_MAY_BROADCAST_UNTIL:
        return _untried(way, "up to Android 6 the shell may send the broadcast itself")
    more = "; `adb root` makes it one on images without Google Play" * (device.kind == "emulator")
    return WayFinding(
        way,
        "not there",
        f"the shell is not root, and from Android 7 on the broadcast is the system's own{more}",
    )


def _airplane_page(patient: Patient) -> WayFinding:
    return _page(patient, ways.AIRPLANE_PAGE, ["-a", _AIRPLANE_ACTION])


def _airplane_tile(patient: Patient) -> WayFinding:
    text = patient.ask(["cmd", "statusbar", "help"]).everything
    if "expand-settings" in text:
        return _untried(ways.AIRPLANE_TILE, "Quick Settings open by command; the tile by its label")
    return _no(ways.AIRPLANE_TILE, text)


def _page(patient: Patient, way: str, intent: list[str]) -> WayFinding:
    """A page of the Settings app: whether there is one that takes the intent."""
    if patient.device.api_level < RESOLVES_SINCE:
        return _untried(way, "this Android does not tell without opening it")
    words = ["cmd", "package", "resolve-activity", "--brief", *intent]
    text = patient.ask(words).everything
    try:
        page = parse_resolved_activity(text)
    except ParseError:
        return _no(way, text)
    if page is None:
        return WayFinding(way, "not there", "no page of the Settings takes the intent")
    return _untried(way, f"opens {page}; it is used as a person would, by its labels")


def _wifi_cmd(patient: Patient) -> WayFinding:
    text = patient.ask(["cmd", "wifi", "status"]).everything
    return _read(ways.WIFI_CMD, text, lambda said: parse_wifi_status(said).enabled)


def _svc(way: str, what: str) -> Look:
    def look(patient: Patient) -> WayFinding:
        text = patient.ask(["svc", what]).everything
        if knows_svc(text, what):
            return _untried(way, "it explains itself; it is silent also where it is refused")
        if "vailable commands" in text:
            return WayFinding(way, "not there", f"`svc` knows no {what}")
        return _no(way, text)

    return look


def _data_cmd(patient: Patient) -> WayFinding:
    text = patient.ask(["cmd", "phone", "help"]).everything
    if knows_phone_data(text):
        return _untried(ways.DATA_CMD, "its help names it; it is silent also without a SIM")
    return _no(ways.DATA_CMD, text)


def _chain(patient: Patient) -> WayFinding:
    text = patient.ask(["cmd", "connectivity", "help"]).everything
    if "set-chain3-enabled" not in text:
        return WayFinding(ways.CHAIN, "not there", "the help of `cmd connectivity` has no chain 3")
    able = patient.device.app_network.can(patient.app.uid if patient.app else None)
    if not able.ok:
        return WayFinding(ways.CHAIN, "refused", able.why_not, sure=False)
    answer = patient.ask(["cmd", "connectivity", "get-chain3-enabled"]).everything
    return _read(ways.CHAIN, answer, parse_chain)


def _saver(patient: Patient) -> WayFinding:
    text = patient.ask(["cmd", "netpolicy", "get", "restrict-background"]).everything
    return _read(ways.SAVER_CMD, text, parse_restrict_background)


# -- apps


def _force_stop(patient: Patient) -> WayFinding:
    text = patient.ask(["am", "help"]).everything
    if "force-stop" in text:
        return _untried(ways.FORCE_STOP, "its help names it; trying it would stop an app")
    return _no(ways.FORCE_STOP, text)


def _recents(patient: Patient) -> WayFinding:
    text = patient.ask(["am", "stack", "list"]).everything
    return _read(ways.STACK_REMOVE, text, lambda said: f"{len(parse_stacks(said))} task(s)")


def _cache_page(patient: Patient) -> WayFinding:
    package = patient.app.name if patient.app else "android"
    return _page(patient, ways.CACHE_PAGE, ["-a", _DETAILS_ACTION, "-d", f"package:{package}"])


def _scan_call(patient: Patient) -> WayFinding:
    if patient.device.api_level < 30:
        why = "before Android 11 the provider takes no path from the command"
        return WayFinding(ways.SCAN_CALL, "not there", why)
    return _provider(patient, ways.SCAN_CALL)


def _scan_broadcast(patient: Patient) -> WayFinding:
    found = _provider(patient, ways.SCAN_BROADCAST)
    if patient.device.api_level < 30 or not found.usable:
        return found
    return _untried(ways.SCAN_BROADCAST, "from Android 11 on only where the call names no row")


def _provider(patient: Patient, way: str) -> WayFinding:
    words = ["content", "query", "--uri", "content://media/external/video/media"]
    text = patient.ask([*words, "--projection", "_id", "--where", "_id=-1"], 30.0).everything
    if text.strip() == "No result found.":
        return _untried(way, "the media library answers")
    return _no(way, text)


def _share(way: str, data: tuple[str, ...]) -> Look:
    def look(patient: Patient) -> WayFinding:
        if patient.app is None:
            return _untried(way, "no app was asked for")
        if patient.device.api_level < RESOLVES_SINCE:
            return _untried(way, "this Android does not tell without doing it")
        words = ["cmd", "package", "query-activities", "--brief", *_SEND, *data]
        text = patient.ask([*words, "-p", patient.app.name]).everything
        if f"{patient.app.name}/" in text:
            return _untried(way, f"{patient.app.name} takes it; trying it would open the app")
        if "No activit" in text:
            why = f"{patient.app.name} takes no shared video in this form"
            return WayFinding(way, "not there", why)
        return _no(way, text)

    return look


# -- what is seen


def _traffic(source: Source) -> Look:
    def look(patient: Patient) -> WayFinding:
        output = patient.ask(source.command, READ_TIMEOUT_S)
        try:
            rows = source.parse(output.text)
        except ParseError:
            return _no(source.name, output.everything)
        took = f"{output.seconds * 1000:.0f} ms a reading"
        return WayFinding(source.name, "works", f"{len(rows)} uids, {took}")

    return look


def _screenrecord(patient: Patient) -> WayFinding:
    text = patient.ask(["screenrecord", "--help"]).everything
    try:
        limit = parse_record_limit(text)
    except ParseError:
        return _no(ways.SCREENRECORD, text)
    most = "without a limit of time" if limit is None else f"up to {limit} s in one film"
    return _untried(ways.SCREENRECORD, most)


def _setting(way: str, namespace: str, key: str) -> Look:
    def look(patient: Patient) -> WayFinding:
        output = patient.ask(["settings", "get", namespace, key])
        text = output.text.strip()
        if len(text.splitlines()) != 1 or output.errors.strip() or denied(text):
            return _no(way, output.everything)
        return _untried(way, f"{namespace} {key} is {_short(text)}")

    return look


def _demo(patient: Patient) -> WayFinding:
    found = _setting(ways.DEMO_MODE, "global", "sysui_demo_allowed")(patient)
    text = patient.ask(Script("pm path com.android.systemui")).everything
    if found.usable and "package:" not in text:
        return WayFinding(ways.DEMO_MODE, "not there", "this phone has no System UI of AOSP's")
    return found


def _never(way: ways.Way) -> Look:
    return lambda patient: WayFinding(way.name, "refused", way.never)


LOOKS: Mapping[str, Look] = {
    ways.AIRPLANE_CMD: _airplane_cmd,
    ways.AIRPLANE_ROOT: _airplane_root,
    ways.AIRPLANE_PAGE: _airplane_page,
    ways.AIRPLANE_TILE: _airplane_tile,
    ways.WIFI_CMD: _wifi_cmd,
    ways.WIFI_SVC: _svc(ways.WIFI_SVC, "wifi"),
    ways.DATA_CMD: _data_cmd,
    ways.DATA_SVC: _svc(ways.DATA_SVC, "data"),
    ways.CHAIN: _chain,
    ways.SAVER_CMD: _saver,
    ways.FORCE_STOP: _force_stop,
    ways.STACK_REMOVE: _recents,
    ways.CACHE_PAGE: _cache_page,
    ways.SCAN_CALL: _scan_call,
    ways.SCAN_BROADCAST: _scan_broadcast,
    ways.SHARE_DATA: _share(ways.SHARE_DATA, ("-d", _EXAMPLE_URI)),
    ways.SHARE_EXTRA: _share(ways.SHARE_EXTRA, ()),
    ways.SCREENRECORD: _screenrecord,
    ways.SHOW_TOUCHES: _setting(ways.SHOW_TOUCHES, "system", "show_touches"),
    ways.DEMO_MODE: _demo,
    **{source.name: _traffic(source) for source in SOURCES},
    **{w.name: _never(w) for listed in ways.THINGS.values() for w in listed if w.never},
}
