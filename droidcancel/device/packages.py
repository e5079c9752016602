"""Installed apps: what they are, whether they run, stopping and starting them.

Nothing here clears an app's data or cache: `pm clear` is never sent (ANDROID: `pm clear
--cache-only` wipes all data up to Android 12 and hangs from 13 on).
"""

from __future__ import annotations

import time

from droidcancel.device.acts import Acts
from droidcancel.device.parse import (
    dumps_package,
    first_line,
    parse_foreground_services,
    parse_granted,
    parse_package_dump,
    parse_package_names,
    parse_package_uids,
    parse_ps,
    parse_resolved_activity,
    parse_users,
    pids_of,
    started,
)
from droidcancel.device.poll import must_poll, until
from droidcancel.device.shell import Command, ShellChannel
from droidcancel.device.types import Change, Component, ForegroundService, PackageInfo, User
from droidcancel.device.ways import FORCE_STOP
from droidcancel.errors import AppError, DeviceError, ParseError

_MAIN = ("-a", "android.intent.action.MAIN", "-c", "android.intent.category.LAUNCHER")
_PS = ("ps", "-A")
STOP_TIMEOUT_S = 10.0
START_TIMEOUT_S = 20.0


class Packages:
    """The apps of one phone, as one user has them."""

    def __init__(self, shell: ShellChannel, user: int = 0) -> None:
        self._shell = shell
        self.user = user
        self.acts = Acts()

    def info(self, package: str) -> PackageInfo | None:
        """The package as installed for the user, None when it is not installed."""
        text = self._shell.text(["dumpsys", "package", package])
        info = parse_package_dump(text, package, self.user)
        if info is None and not dumps_package(text, package) and package in self._names():
            raise ParseError(f"the dump of {package}", first_line(text))
        return info

    def _names(self) -> set[str]:
        command = ["pm", "list", "packages", "--user", str(self.user)]
        return parse_package_names(self._shell.text(command))

    def require(self, package: str) -> PackageInfo:
        """As `info`; raises AppError when the app is not installed."""
        info = self.info(package)
        if info is None:
            raise self._missing(package)
        return info

    def _missing(self, package: str) -> AppError:
        """Not installed; or only for other users, as a work profile or a dual app is."""
        others = [
            user
            for user in self._users()
            if user != self.user and self.installed_for(package, user)
        ]
        if not others:
            return AppError(f"{package} is not installed on this phone", "install it first")
        named = " or ".join(f"--user {user}" for user in others)
        return AppError(
            f"{package} is not installed for user {self.user}, but for {_listed(others)}",
            f"give {named} (a work profile or a second copy of the app), or install it",
        )

    def _users(self) -> list[int]:
        """The other users."""
        try:
            return [user.id for user in self.users() if user.id != self.user]
        except ParseError:
            return []

    def installed_for(self, package: str, user: int) -> bool:
        """Whether another user of the phone has the package."""
        text = self._shell.text(["dumpsys", "package", package])
        return parse_package_dump(text, package, user) is not None

    def users(self) -> list[User]:
        """The users of the phone: its owner, work profiles, second copies, guests."""
        return parse_users(self._shell.text(["pm", "list", "users"]))

    def installed(self) -> dict[str, int]:
        """Every package that is installed for the user, with its uid."""
        command = ["pm", "list", "packages", "-U", "--user", str(self.user)]
        return parse_package_uids(self._shell.text(command), self.user)

    def pids(self, package: str) -> list[int]:
        """The processes of a package: named as it, or as it with a ``:suffix``."""
        return self._pids_in(self._shell.text(_PS), package)

    def _pids_in(self, text: str, package: str) -> list[int]:
        """As `pids`, of what `ps -A` printed."""
        try:
            processes = parse_ps(text)
        except ParseError:
            processes = parse_ps(self._shell.text(["ps"]))  # before Android 8 ps knew no -A
        if len(processes) < 2:
            processes = parse_ps(self._shell.text(["ps"]))
        found = pids_of(processes, package, self.user)
        self.acts.tell("pids", package=package, pids=tuple(found))
        return found

    def running(self, package: str) -> bool:
        """Whether the package has a process."""
        return bool(self.pids(package))

    def stop_command(self, package: str) -> Command:
        """What force-stops the package, for arming; another user's copy of it runs on."""
        return ["am", "force-stop", "--user", str(self.user), package]

    def force_stop(self, package: str, timeout: float = STOP_TIMEOUT_S) -> Change:
        """Force-stop, proven by no process and the flag ``stopped``.

        Raises NotEffective when the phone protects the package, AppError when there is none:
        `am force-stop` is silent in every case.
        """
        begun = time.monotonic()
        texts = self._shell.batch(
            {
                "before": _PS,
                "stop": self.stop_command(package),
                "package": ["dumpsys", "package", package],
                "after": _PS,
            },
            timeout,
        )
        self._shell.changed_at = time.monotonic()
        before = self._pids_in(texts["before"], package)
        info = parse_package_dump(texts["package"], package, self.user)
        if info is not None and info.stopped and not self._pids_in(texts["after"], package):
            seconds = time.monotonic() - begun
            return Change("force-stop", tuple(before), (), FORCE_STOP, seconds)
        return self.follow_stop(package, before, begun, timeout)

    def follow_stop(
        self, package: str, before: list[int], begun: float, timeout: float = STOP_TIMEOUT_S
    ) -> Change:
        """Read the stop back after its command was sent at ``begun`` (monotonic)."""
        must_poll(
            until(lambda: self.require(package).stopped and not self.pids(package)),
            timeout,
            f"{package} was not force-stopped",
            "the phone protects it (device owner), or something started it again at once",
        )
        seconds = time.monotonic() - begun
        return Change("force-stop", tuple(before), (), FORCE_STOP, seconds)

    def stopped(self, package: str) -> bool:
        """Whether nothing of it runs or will by itself: no process, and the flag ``stopped``.

        So is one that is not installed (any more).
        """
        info = self.info(package)
        return info is None or (info.stopped and not self.pids(package))

    def launcher(self, package: str) -> Component | None:
        """The activity that the app's icon starts, None when it has none."""
        text = self._shell.text(
            ["cmd", "package", "resolve-activity", "--brief", *self._other_user(), *_MAIN, package]
        )
        found = parse_resolved_activity(text)
        return found if found and found.package == package else None

    def start(
        self, package: str, activity: str | None = None, timeout: float = START_TIMEOUT_S
    ) -> Component:
        """Start the app as its icon does, and wait until it has a process."""
        component = Component(package, activity) if activity else self.launcher(package)
        if component is None:
            self.require(package)
            raise AppError(f"{package} has no activity to start")
        self.acts.tell("start", package=package, action=_MAIN[1], activity=component.activity)
        output = self._shell.run(
            ["am", "start", *self._other_user(), *_MAIN, "-n", str(component)], timeout
        )
        if not started(output.text, output.errors):
            raise AppError(f"{component} did not start: {_why(output.everything)}")
        must_poll(until(lambda: self.running(package)), timeout, f"{package} has no process")
        return component

    def foreground_services(self, package: str) -> list[ForegroundService]:
        """Services of the package that run in the foreground: they outlive a swipe."""
        return self._services_in(self._shell.text(_services(package)), package)

    def processes(self, package: str) -> tuple[list[int], list[ForegroundService]]:
        """Its processes and its services in the foreground, in one round trip."""
        texts = self._shell.batch({"pids": _PS, "services": _services(package)})
        pids = self._pids_in(texts["pids"], package)
        return pids, self._services_in(texts["services"], package) if pids else []

    def _services_in(self, text: str, package: str) -> list[ForegroundService]:
        found = parse_foreground_services(text)
        mine = [service for service in found if service.user in (None, self.user)]
        names = tuple(service.component.activity for service in mine)
        self.acts.tell("services", package=package, names=names)
        return mine

    def granted(self, package: str, permission: str) -> bool:
        """Whether a permission is granted to the package for the user."""
        text = self._shell.text(["dumpsys", "package", package])
        return parse_granted(text, package, permission, self.user)

    def grant(self, package: str, permission: str) -> None:
        """Grant a runtime permission and read it back. Raises DeviceError."""
        self._permission("grant", package, permission, True)

    def revoke(self, package: str, permission: str) -> None:
        """Take a runtime permission back; Android kills the app for it."""
        self._permission("revoke", package, permission, False)

    def _permission(self, verb: str, package: str, permission: str, wanted: bool) -> None:
        output = self._shell.run(["pm", verb, *self._other_user(), package, permission])
        if self.granted(package, permission) != wanted:
            raise DeviceError(
                f"could not {verb} {permission} of {package}: {_why(output.everything)}"
            )

    def _other_user(self) -> list[str]:
        """The words that name the user; none for the first, whom the commands mean anyway."""
        return ["--user", str(self.user)] if self.user else []


def _services(package: str) -> list[str]:
    return ["dumpsys", "activity", "services", package]


def _listed(users: list[int]) -> str:
    return ("user " if len(users) == 1 else "users ") + ", ".join(map(str, users))


def _why(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    telling = [line for line in lines if "Error" in line or "Exception" in line]
    return telling[0] if telling else first_line(text)
