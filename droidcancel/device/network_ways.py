"""Which command switches what on this very phone: found by asking it, not by its API level."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from droidcancel.device import ways
from droidcancel.device.known import Known
from droidcancel.device.parse import (
    NO_SHELL,
    WifiStatus,
    first_line,
    parse_airplane,
    parse_wifi_dump,
    parse_wifi_on,
    parse_wifi_status,
)
from droidcancel.device.shell import Command, Script, ShellChannel
from droidcancel.device.types import Capability
from droidcancel.errors import ParseError, Unsupported

SHELL_MAY_BROADCAST_UNTIL = 23  # Android 7 took the shell off the list for protected broadcasts
ROOT_TIMEOUT_S = 5.0
# The setting alone would only look switched: where the broadcast is refused it goes back at once.
_BROADCAST = (
    "settings put global airplane_mode_on {value} && case $(am broadcast -a "
    "android.intent.action.AIRPLANE_MODE --ez state {word} 2>&1) in *result=*) ;; "
    "*) settings put global airplane_mode_on {before}; echo the broadcast was refused;; esac"
)
_REFUSALS = (
    NO_SHELL,
    "Can't find service",
    "inaccessible or not found",
    "Unknown command",
    "No such file or directory",
)
_DOUBTED = "{} was refused when it was tried (`droidcancel doctor --probe --fresh` tries it anew)"
#: what a command prints that was understood and not allowed
_DENIALS = (
    "SecurityException",
    "Permission Denial",
    "Permission denial",
    "not allowed to",
    "was refused",
)


class Ways:
    """The commands of one phone; each is looked for once.

    ``known`` saves looking, where a doctor has looked before. A way that turned out to be refused
    is passed over from then on (`refuse`).
    """

    def __init__(self, shell: ShellChannel, api: int, known: Known | None = None) -> None:
        self._shell = shell
        self._api = api
        self.known = known or Known()
        self._refused: dict[str, str] = {}
        self._asked: dict[str, str | None] = {}

    def refuse(self, way: str, why: str) -> None:
        """Pass a way over from now on: it was sent, and the phone does not do it."""
        self._refused[way] = why

    def chosen(self, thing: str, only: str | None = None) -> Capability:
        """The first way that is there and not refused; ``only`` asks for that one.

        What the doctor found refused makes room for the ways behind it, those by hand among them;
        where there is no other it is tried all the same, as a phone may have what another of its
        build had not (a SIM).
        """
        listed = [way.name for way in ways.THINGS[thing]]
        named = [name for name in listed if name in _THERE and only in (None, name)]
        doubted = [name for name in named if self.known.says(thing, name) is False]
        by_hand = any(self.known.says(thing, name) for name in listed if name not in _THERE)
        reasons = [_DOUBTED.format(name) for name in doubted]
        tried = [name for name in named if name not in doubted]
        for name in tried if by_hand else [*tried, *doubted]:
            why_not = self._why_not(thing, name)
            if why_not is None:
                return Capability(True, name)
            reasons.append(why_not)
        return Capability(False, why_not=reasons[-1] if reasons else f"no way to {thing} here")

    def _why_not(self, thing: str, way: str) -> str | None:
        if way in self._refused:
            return self._refused[way]
        if self.known.says(thing, way):
            return None
        if way not in self._asked:
            self._asked[way] = _THERE[way](self)
        return self._asked[way]

    # -- airplane mode

    def airplane(self, only: str | None = None) -> Capability:
        """`cmd connectivity airplane-mode` (Android 9 and later), or the broadcast as root."""
        return self.chosen("airplane", only)

    def airplane_command(self, on: bool, only: str | None = None) -> Command:
        """What switches it. Writing the setting alone would only look switched."""
        way = self.airplane(only)
        if not way.ok:
            raise Unsupported(way.why_not, "switch it by hand, or use `force-stop`")
        if way.way == ways.AIRPLANE_CMD:
            return ["cmd", "connectivity", "airplane-mode", "enable" if on else "disable"]
        both = _BROADCAST.format(value=int(on), before=int(not on), word=str(on).lower())
        prefix = self.root_prefix or ""
        return Script(f"{prefix}sh -c '{both}'" if prefix else both)

    def _no_airplane_cmd(self) -> str | None:
        try:
            parse_airplane(self._shell.text(["cmd", "connectivity", "airplane-mode"]))
        except ParseError:
            return "this Android has no airplane mode command for adb"
        return None

    def _no_root(self) -> str | None:
        if self._api <= SHELL_MAY_BROADCAST_UNTIL or self.root_prefix is not None:
            return None
        return (
            "this Android has no airplane mode command for adb, and the shell may not "
            "send the broadcast without root"
        )

    @cached_property
    def root_prefix(self) -> str | None:
        """How to run as root: "" when the shell is root already, None when it cannot be."""
        if self._shell.text(["id", "-u"]).strip() == "0":
            return ""
        asked = self._shell.run(
            Script("command -v su >/dev/null && timeout 3 su 0 id -u"), ROOT_TIMEOUT_S
        )
        return "su 0 " if asked.text.strip() == "0" else None

    # -- Wi-Fi

    def wifi(self, only: str | None = None) -> Capability:
        """`cmd wifi` (Android 11 and later) or `svc wifi`."""
        return self.chosen("wifi", only)

    def wifi_command(self, on: bool, only: str | None = None) -> Command:
        """What switches Wi-Fi; silent even when it is refused."""
        if self.wifi(only).way == ways.WIFI_CMD:
            return ["cmd", "wifi", "set-wifi-enabled", "enabled" if on else "disabled"]
        return ["svc", "wifi", "enable" if on else "disable"]

    def wifi_query(self) -> Command:
        """What tells the state of Wi-Fi."""
        if self._wifi_by_cmd:
            return ["cmd", "wifi", "status"]
        return Script("dumpsys wifi | grep -m 1 '^Wi-Fi is '")

    def read_wifi(self, text: str, wifi_on: str) -> WifiStatus:
        """The answer to `wifi_query`; where it says nothing, the setting ``wifi_on`` decides."""
        try:
            return parse_wifi_status(text) if self._wifi_by_cmd else parse_wifi_dump(text)
        except ParseError:
            if not wifi_on and "Can't find service" in text:
                return WifiStatus(False, False)  # no Wi-Fi in this device at all
            return WifiStatus(parse_wifi_on(wifi_on), None)

    @cached_property
    def _wifi_by_cmd(self) -> bool:
        """Whether `cmd wifi` tells the state: it may tell it and yet not be let switch it."""
        if self.known.says("wifi", ways.WIFI_CMD):
            return True
        try:
            parse_wifi_status(self._shell.text(["cmd", "wifi", "status"]))
        except ParseError:
            return False
        return True

    def _no_wifi_cmd(self) -> str | None:
        return None if self._wifi_by_cmd else "this Android has no `cmd wifi` for adb"

    # -- mobile data

    def data(self, only: str | None = None) -> Capability:
        """`cmd phone data` (Android 11 and later) or `svc data`."""
        return self.chosen("data", only)

    def data_command(self, on: bool, only: str | None = None) -> Command:
        """What switches mobile data; silent even when nothing happens."""
        word, way = "enable" if on else "disable", self.data(only).way
        return ["cmd", "phone", "data", word] if way == ways.DATA_CMD else ["svc", "data", word]

    def _no_data_cmd(self) -> str | None:
        text = self._shell.run(["cmd", "phone", "help"], repeatable=True).everything
        if knows_phone_data(text):
            return None
        return f"this Android has no `cmd phone data` for adb: {first_line(text)}"

    def _no_svc(self, what: str) -> str | None:
        text = self._shell.run(["svc", what], repeatable=True).everything
        return None if knows_svc(text, what) else f"this Android has no `svc {what}`"


_THERE: dict[str, Callable[[Ways], str | None]] = {
    ways.AIRPLANE_CMD: Ways._no_airplane_cmd,
    ways.AIRPLANE_ROOT: Ways._no_root,
    ways.WIFI_CMD: Ways._no_wifi_cmd,
    ways.WIFI_SVC: lambda found: found._no_svc("wifi"),
    ways.DATA_CMD: Ways._no_data_cmd,
    ways.DATA_SVC: lambda found: found._no_svc("data"),
}


def switch_words(on: bool) -> str:
    """For messages."""
    return "on" if on else "off"


def not_there(text: str) -> bool:
    """Whether a command says that the phone knows no such command."""
    return any(refusal in text for refusal in _REFUSALS)


def knows_svc(text: str, what: str) -> bool:
    """Whether `svc WHAT` without a word explains itself; one that is gone lists the others.

    From Android 11 on it is a script whose `help` names neither Wi-Fi nor data (A11 cmds/svc).
    """
    return f"usage: svc {what}" in text


def knows_phone_data(text: str) -> bool:
    """Whether the help of `cmd phone` lists ``data`` (TelephonyShellCommand)."""
    return re.search(r"^[ \t]+data\b", text, re.MULTILINE) is not None and not not_there(text)


def denied(text: str) -> bool:
    """Whether a command says that it was understood, and is not allowed."""
    return any(denial in text for denial in _DENIALS)
