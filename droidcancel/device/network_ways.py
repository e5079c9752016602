"""Which command switches what on this very phone: found by asking it, not by its API level."""

from __future__ import annotations

from functools import cached_property

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
_REFUSALS = (NO_SHELL, "Can't find service", "inaccessible or not found", "Unknown command")


class Ways:
    """The commands of one phone; each is looked for once.

    `refused` says why the airplane command is of no use, once the phone did not follow it.
    """

    def __init__(self, shell: ShellChannel, api: int) -> None:
        self._shell = shell
        self._api = api
        self.refused = ""

    # -- airplane mode

    def airplane(self) -> Capability:
        """`cmd connectivity airplane-mode` (Android 9 and later), or the broadcast as root."""
        if self.refused:
            return Capability(False, why_not=self.refused)
        if self._airplane_by_cmd:
            return Capability(True, "cmd connectivity airplane-mode")
        if self._root_prefix is not None or self._api <= SHELL_MAY_BROADCAST_UNTIL:
            return Capability(True, "settings and broadcast, as root")
        return Capability(
            False,
            why_not="this Android has no airplane mode command for adb, and the shell may not "
            "send the broadcast without root",
        )

    def airplane_command(self, on: bool) -> Command:
        """What switches it. Writing the setting alone would only look switched."""
        way = self.airplane()
        if not way.ok:
            raise Unsupported(way.why_not, "switch it by hand, or use `force-stop`")
        if self._airplane_by_cmd:
            return ["cmd", "connectivity", "airplane-mode", "enable" if on else "disable"]
        both = _BROADCAST.format(value=int(on), before=int(not on), word=str(on).lower())
        prefix = self._root_prefix or ""
        return Script(f"{prefix}sh -c '{both}'" if prefix else both)

    @cached_property
    def _airplane_by_cmd(self) -> bool:
        try:
            parse_airplane(self._shell.text(["cmd", "connectivity", "airplane-mode"]))
        except ParseError:
            return False
        return True

    @cached_property
    def _root_prefix(self) -> str | None:
        """How to run as root: "" when the shell is root already, None when it cannot be."""
        if self._shell.text(["id", "-u"]).strip() == "0":
            return ""
        asked = self._shell.run(
            Script("command -v su >/dev/null && timeout 3 su 0 id -u"), ROOT_TIMEOUT_S
        )
        return "su 0 " if asked.text.strip() == "0" else None

    # -- Wi-Fi

    def wifi(self) -> Capability:
        """`cmd wifi` (Android 11 and later) or `svc wifi`."""
        if self._wifi_by_cmd:
            return Capability(True, "cmd wifi set-wifi-enabled")
        return self._svc("wifi")

    def wifi_command(self, on: bool) -> Command:
        """What switches Wi-Fi; silent even when it is refused."""
        if self._wifi_by_cmd:
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
        try:
            parse_wifi_status(self._shell.text(["cmd", "wifi", "status"]))
        except ParseError:
            return False
        return True

    # -- mobile data

    def data(self) -> Capability:
        """`cmd phone data` (Android 11 and later) or `svc data`."""
        if self._data_by_cmd:
            return Capability(True, "cmd phone data")
        return self._svc("data")

    def data_command(self, on: bool) -> Command:
        """What switches mobile data; silent even when nothing happens."""
        word = "enable" if on else "disable"
        return ["cmd", "phone", "data", word] if self._data_by_cmd else ["svc", "data", word]

    @cached_property
    def _data_by_cmd(self) -> bool:
        text = self._shell.run(["cmd", "phone", "help"], repeatable=True).everything
        return not _refused(text) and "data" in text

    def _svc(self, what: str) -> Capability:
        text = self._shell.run(["svc", "help"], repeatable=True).everything
        if what in text and not _refused(text):
            return Capability(True, f"svc {what}")
        return Capability(False, why_not=f"no command switches {what} here: {first_line(text)}")


def switch_words(on: bool) -> str:
    """For messages."""
    return "on" if on else "off"


def _refused(text: str) -> bool:
    return any(refusal in text for refusal in _REFUSALS)
