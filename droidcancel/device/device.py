"""One phone, ready for use: its facts and its parts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from droidcancel.closing import Closing
from droidcancel.device import adb
from droidcancel.device.activities import Activities
from droidcancel.device.acts import Acts
from droidcancel.device.airplane_page import AirplanePage
from droidcancel.device.app_network import AppNetwork
from droidcancel.device.data_saver import DataSaver
from droidcancel.device.demo_mode import DemoMode
from droidcancel.device.handle import Handle
from droidcancel.device.identity import kind_of, rides_on_wifi
from droidcancel.device.jobs import Jobs
from droidcancel.device.known import Known
from droidcancel.device.media import Media
from droidcancel.device.network import Network
from droidcancel.device.packages import Packages
from droidcancel.device.parse import parse_api_level, parse_current_user
from droidcancel.device.pin_pad import type_pin
from droidcancel.device.poll import poll
from droidcancel.device.settings import Settings, setting_value
from droidcancel.device.shell import ShellChannel
from droidcancel.device.traffic import Traffic
from droidcancel.device.types import Change, Kind, RoundTrips
from droidcancel.device.ui import Ui
from droidcancel.device.uplink import UplinkMeter
from droidcancel.device.watchdog import Watchdog
from droidcancel.errors import AdbError, NotEffective, ParseError
from droidcancel.secret import Secret

BOOT_TIMEOUT_S = 240.0
UNLOCK_TIMEOUT_S = 10.0
DISMISS_S = 3.0
SWIPE_S = 1.0
STORAGE_S = 60.0
_BOOT_ID = ("cat", "/proc/sys/kernel/random/boot_id")
_CURRENT_USER = ("am", "get-current-user")
_LOCALES = ("settings", "get", "system", "system_locales")
CURRENT_USER_SINCE = 24  # before, adb's commands mean the phone's owner anyway
_READY = {
    "completed": ("getprop", "sys.boot_completed"),
    "animation": ("getprop", "init.svc.bootanim"),
    "activity": ("service", "check", "activity"),
    "package": ("service", "check", "package"),
    "connectivity": ("service", "check", "connectivity"),
}


def is_ready(shell: ShellChannel) -> bool:
    """Whether a phone has booted and its services answer."""
    texts = shell.batch(_READY)
    services = (texts[name] for name in ("activity", "package", "connectivity"))
    return (
        texts["completed"].strip() == "1"
        and texts["animation"].strip() in ("stopped", "")
        and all(": found" in text and "not found" not in text for text in services)
    )


def _user(answer: str, api: int) -> int:
    """The user whose screen it is. Raises ParseError, which says how to name one."""
    if api < CURRENT_USER_SINCE:
        return 0
    try:
        return parse_current_user(answer)
    except ParseError as error:
        raise ParseError(
            error.what, error.line, "name the user with --user (0: the owner)"
        ) from None


class Device(Closing):
    """A phone with a way to it. Made by `droidcancel.device.connect.connect`."""

    def __init__(
        self,
        handle: Handle,
        shell: ShellChannel,
        properties: Mapping[str, str],
        *,
        user: int | None = None,
        known: Known | None = None,
    ) -> None:
        self.handle = handle
        self.shell = shell
        self.properties = dict(properties)
        self.serial: str = str(handle.serial)
        self.kind: Kind = kind_of(self.serial, properties)
        self.model = properties.get("ro.product.model", "")
        self.manufacturer = properties.get("ro.product.manufacturer", "")
        self.api_level = parse_api_level(properties.get("ro.build.version.sdk", ""))
        self.release = properties.get("ro.build.version.release", "")
        self.fingerprint = properties.get("ro.build.fingerprint", "")
        self.link_rides_on_wifi = rides_on_wifi(self.serial, properties)
        facts = shell.batch({"boot": _BOOT_ID, "user": _CURRENT_USER, "locales": _LOCALES})
        self.boot_id = facts["boot"].strip()
        self.user = _user(facts["user"], self.api_level) if user is None else user
        self.known = known or Known()
        self.settings = Settings(shell)
        self.demo_mode = DemoMode(shell, self.settings)
        self.network = Network(
            shell, self.api_level, rides_on_wifi=self.link_rides_on_wifi, known=self.known
        )
        self.app_network = AppNetwork(shell, self.api_level, self.known)
        self.data_saver = DataSaver(shell)
        self.uplink = UplinkMeter(shell)
        self.packages = Packages(shell, self.user)
        self.activities = Activities(shell, self.api_level, self.user)
        self.media = Media(shell, self.api_level, self.push, self.user)
        self.traffic = Traffic(shell, self.known)
        self.jobs = Jobs(shell, self.user)
        self.ui = Ui(handle, shell)
        self._files = 0
        self.acts = Acts()
        for part in (
            self.network, self.app_network, self.packages, self.activities, self.traffic, self.jobs,
            self.ui,
        ):  # fmt: skip
            part.acts = self.acts
        page = AirplanePage(self.activities, self.ui, shell, lambda: self.locale)
        self.network.airplane_page = page.set
        self.watchdog = Watchdog(shell, self.network)
        self.locale = self._locale_of(facts["locales"])

    @property
    def round_trips(self) -> RoundTrips:
        """What was asked of the phone since it was reached."""
        shell = self.shell
        return RoundTrips(shell.round_trips, self.handle.connections, shell.opened, self._files)

    def read_boot_id(self) -> str:
        """The id that the kernel draws at each boot."""
        return self.shell.text(_BOOT_ID).strip()

    @cached_property
    def identity(self) -> str:
        """The phone's own id, drawn at its set-up; empty where it tells none.

        A serial may pass to another phone, and a phone may have several. Source: AOSP
        Settings.Secure.ANDROID_ID, of which the shell reads the system's own value.
        """
        return self.settings.get("secure", "android_id") or ""

    def _locale_of(self, printed: str) -> str:
        """The first of the system's languages, as en-US."""
        try:
            chosen = setting_value(printed) or ""
        except ParseError:  # a property tells it too
            chosen = ""
        for value in (
            chosen.split(",")[0],
            self.properties.get("persist.sys.locale", ""),
            self.properties.get("ro.product.locale", ""),
        ):
            if value:
                return value.replace("_", "-")
        return "en-US"

    def push(self, local: Path, remote: str) -> None:
        """Copy a local file to a path on the phone; its size is read back."""
        self._files += 1
        with adb.adb_errors(f"{self.serial}: cannot push {local.name}"):
            self.handle.sync.push(str(local), remote, check=True)

    def pull(self, remote: str, local: Path) -> int:
        """Copy a file of the phone to a local path; returns its size in bytes."""
        self._files += 1
        with adb.adb_errors(f"{self.serial}: cannot pull {remote}"):
            return int(self.handle.sync.pull_file(remote, local))

    def ready(self) -> bool:
        """Whether the phone has booted and its services answer."""
        return is_ready(self.shell)

    def reboot(self, timeout: float = BOOT_TIMEOUT_S) -> Change:
        """Restart the phone and wait until it is up again, known by a new boot id.

        Persisted jobs run again after it: a reboot alone cancels nothing.
        """
        before, started = self.boot_id, time.monotonic()
        with adb.adb_errors(f"{self.serial}: cannot reboot"), self.handle.open_transport() as line:
            line.send_command("reboot:")
            line.check_okay()
        self.ui.forget()
        self.wait_for_boot(before, timeout)
        return Change("reboot", before, self.boot_id, "adb reboot", time.monotonic() - started)

    def wait_for_boot(self, old_boot_id: str, timeout: float = BOOT_TIMEOUT_S) -> None:
        """Wait until another boot than ``old_boot_id`` has come up. Raises NotEffective."""

        def up() -> bool | None:
            self.shell.drop()
            try:
                boot_id = self.read_boot_id()
                if boot_id and boot_id != old_boot_id and self.ready():
                    self.boot_id = boot_id
                    return True
            except AdbError:
                pass  # on its way down or up
            return None

        if poll(up, timeout) is None:
            raise NotEffective(
                f"{self.serial} did not come back within {timeout:g} s",
                "look at the phone: it may wait for a PIN before it starts",
            )

    def unlock(self, pin: Secret | None = None, timeout: float = UNLOCK_TIMEOUT_S) -> None:
        """Wake the phone and leave the lock screen. A PIN is typed once, never guessed.

        After a boot it waits until the user's storage is open too: before that no app of the
        user's runs. Raises NotEffective.
        """
        self.shell.run(["input", "keyevent", "224"])
        keyguard = self.activities.keyguard()
        if not keyguard.showing:
            return
        self.shell.run(["wm", "dismiss-keyguard"])
        # where a PIN is asked for and known, nothing is gained by waiting long for a way without
        patience = SWIPE_S if keyguard.secure and pin else DISMISS_S
        if poll(self._unlocked, patience) is None:
            self._open_lock(keyguard.secure, pin)
        if poll(self._unlocked, timeout) is None:
            raise NotEffective(
                f"{self.serial} stays locked" + (" after the PIN was typed, once" if pin else ""),
                "unlock it by hand; a wrong PIN is not tried again"
                if pin
                else "unlock it by hand, or say with pin_env or pin_from where its PIN is",
            )
        poll(self._storage_open, STORAGE_S)

    def _open_lock(self, secure: bool, pin: Secret | None) -> None:
        """Swipe the lock screen up; where it wants a PIN, type the one that was given."""
        if secure and not pin:
            return
        width, height = self.ui.size()
        up = [width // 2, height * 4 // 5, width // 2, height // 5]
        self.shell.run(["input", "swipe", *map(str, up), "200"])
        if secure and pin and poll(self._unlocked, SWIPE_S) is None:
            type_pin(pin, self.ui.press_unseen)

    def _storage_open(self) -> bool | None:
        """Whether the user's storage is open (`am get-started-user-state`, Android 7 and later)."""
        state = self.shell.run(["am", "get-started-user-state", str(self.user)]).everything
        return None if "RUNNING_LOCKED" in state or "RUNNING_UNLOCKING" in state else True

    def _unlocked(self) -> bool | None:
        return None if self.activities.keyguard().showing else True

    def close(self) -> None:
        """Leave the phone: the screen server ends, the shells close."""
        try:
            self.watchdog.close()
            self.ui.close()
        finally:
            self.shell.close()
            self.handle.close_kept()

    def __repr__(self) -> str:
        return f"Device({self.serial!r}, {self.kind}, {self.model!r}, API {self.api_level})"
