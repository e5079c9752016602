"""Small system services whose whole state fits in a few lines each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from droidcancel.simulator.clock import Clock

TOAST_SECONDS = {"short": 2.0, "long": 3.5}


@dataclass(eq=False)
class Notification:
    """A posted notification; `progress_max` 0 means that it shows no progress."""

    package: str
    id: int
    title: str
    text: str = ""
    channel: str = "default"
    progress: int = 0
    progress_max: int = 0
    indeterminate: bool = False
    ongoing: bool = False
    posted: float = 0.0
    actions: tuple[tuple[str, Callable[[], object]], ...] = ()
    on_click: Callable[[], object] | None = None


class Notifications:
    """The notifications in the shade, by (package, id)."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._posted: dict[tuple[str, int], Notification] = {}

    def post(self, notification: Notification) -> None:
        notification.posted = self._clock.time()
        self._posted[notification.package, notification.id] = notification
        self._changed()

    def cancel(self, package: str, id: int) -> None:
        if self._posted.pop((package, id), None) is not None:
            self._changed()

    def cancel_package(self, package: str) -> None:
        for key in [key for key in self._posted if key[0] == package]:
            del self._posted[key]
        self._changed()

    def list(self) -> list[Notification]:
        return sorted(self._posted.values(), key=lambda n: n.posted, reverse=True)


@dataclass(frozen=True)
class Toast:
    """A toast on the screen until `until`, in seconds since boot."""

    package: str
    text: str
    until: float


class Toasts:
    """One toast at a time, as NotificationManagerService shows them."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._listeners: list[Callable[[Toast], None]] = []
        self.current: Toast | None = None

    def on_show(self, listener: Callable[[Toast], None]) -> None:
        self._listeners.append(listener)

    def show(self, package: str, text: str, duration: float = TOAST_SECONDS["short"]) -> None:
        toast = Toast(package, text, self._clock.uptime() + duration)
        self.current = toast
        self._changed()
        for listener in list(self._listeners):
            listener(toast)
        asyncio.get_running_loop().call_later(duration, self._expire, toast)

    def _expire(self, toast: Toast) -> None:
        if self.current is toast:
            self.current = None
            self._changed()


@dataclass(eq=False)
class Battery:
    """What the battery service reports; `dumpsys battery set` overrides it until `reset`."""

    ac: bool = False
    usb: bool = True
    wireless: bool = False
    level: int = 100
    status: int = 5
    health: int = 2
    present: bool = True
    temperature: int = 250
    voltage: int = 5000
    frozen: bool = False

    def reset(self) -> None:
        """Report what is, again."""
        self.__dict__.update(Battery().__dict__)


@dataclass(eq=False)
class DemoMode:
    """SystemUI's demo mode: the status bar shows what it is told, not what is.

    `shown` maps "clock", "battery", "network" ... to the values last given.
    """

    changed: Callable[[], None]
    active: bool = False
    shown: dict[str, dict[str, str]] = field(default_factory=dict)

    def command(self, name: str, values: dict[str, str]) -> None:
        """Carry out one command of demo_mode.md; any but `exit` enters the mode."""
        if name == "exit":
            self.active = False
            self.shown.clear()
        elif name:
            self.active = True
            self.shown.setdefault(name, {}).update(values)
        self.changed()


@dataclass
class Clipboard:
    """The primary clip, as text."""

    text: str | None = None
    label: str | None = None


@dataclass(eq=False)
class Power:
    """The screen and the keyguard. `pin` is None where the phone has no secure lock."""

    changed: Callable[[], None]
    screen_on: bool = True
    keyguard: bool = False
    pin: str | None = None
    unlocked_once: bool = True
    attempts: int = 0
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def on_unlock(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def wake(self) -> None:
        if not self.screen_on:
            self.screen_on = True
            self.changed()

    def sleep(self) -> None:
        if self.screen_on:
            self.screen_on = False
            self.keyguard = True
            self.changed()

    def toggle(self) -> None:
        if self.screen_on:
            self.sleep()
        else:
            self.wake()

    def dismiss_keyguard(self) -> bool:
        """Leave the keyguard where no secret is asked; says whether it is gone."""
        if self.keyguard and self.pin is None:
            self._unlock()
        return not self.keyguard

    def try_pin(self, pin: str) -> bool:
        if pin != self.pin:
            self.attempts += 1
            return False
        self._unlock()
        return True

    def _unlock(self) -> None:
        self.keyguard = False
        self.attempts = 0
        first = not self.unlocked_once
        self.unlocked_once = True
        self.changed()
        if first:
            for listener in list(self._listeners):
                listener()
