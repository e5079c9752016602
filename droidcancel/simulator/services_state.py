"""Small system services whose whole state fits in a few lines each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from droidcancel.simulator.clock import Clock

TOAST_SECONDS = {"short": 2.0, "long": 3.5}

# LockPatternUtils.FAILED_ATTEMPTS_BEFORE_WIPE_GRACE, and the first wait of LockSettingsService.
MAX_ATTEMPTS = 5
THROTTLE_S = 30.0


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


class NotificationLog(Protocol):
    """Who is told what becomes of notifications."""

    def posted(self, notification: Notification, update: bool) -> None: ...
    def cancelled(self, notification: Notification) -> None: ...
    def cancelled_all(self, package: str) -> None: ...


class Notifications:
    """The notifications in the shade, by (package, id)."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._posted: dict[tuple[str, int], Notification] = {}
        self.log: NotificationLog | None = None

    def post(self, notification: Notification) -> None:
        notification.posted = self._clock.time()
        key = notification.package, notification.id
        update = key in self._posted
        self._posted[key] = notification
        if self.log is not None:
            self.log.posted(notification, update)
        self._changed()

    def cancel(self, package: str, id: int) -> None:
        gone = self._posted.pop((package, id), None)
        if gone is None:
            return
        if self.log is not None:
            self.log.cancelled(gone)
        self._changed()

    def cancel_package(self, package: str) -> None:
        for key in [key for key in self._posted if key[0] == package]:
            del self._posted[key]
        if self.log is not None:
            self.log.cancelled_all(package)
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
    """The screen and the keyguard. `pin` is None where the phone has no secure lock.

    With a PIN, leaving the keyguard takes the bouncer (the PIN pad), which `typed` is typed on.
    After MAX_ATTEMPTS wrong ones in a row it takes none for THROTTLE_S seconds. `swipe_lock`
    tells whether a phone without a PIN locks at all (`locksettings set-disabled`).
    """

    changed: Callable[[], None]
    swipe_lock: Callable[[], bool] = lambda: True
    screen_on: bool = True
    keyguard: bool = False
    pin: str | None = None
    unlocked_once: bool = True
    attempts: int = 0
    bouncer: bool = False
    typed: str = ""
    refused: bool = False
    _throttled_until: float = 0.0
    _unlock_listeners: list[Callable[[], None]] = field(default_factory=list)
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def on_unlock(self, listener: Callable[[], None]) -> None:
        """Call `listener()` when the user's storage is unlocked: once after each boot."""
        self._unlock_listeners.append(listener)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener()` after each change of screen or keyguard."""
        self._listeners.append(listener)

    def _notify(self) -> None:
        for listener in list(self._listeners):
            listener()
        self.changed()

    def start(self, *, encrypted: bool) -> None:
        """The state after a boot: awake, locked where there is a PIN.

        `encrypted`: the user's storage is (file-based encryption), until the PIN is given.
        """
        self.screen_on = True
        self.keyguard = self.pin is not None
        self.unlocked_once = self.pin is None or not encrypted
        self._reset_bouncer()
        self._notify()

    def wake(self) -> None:
        if not self.screen_on:
            self.screen_on = True
            self._notify()

    def sleep(self) -> None:
        if self.screen_on:
            self.screen_on = False
            self.keyguard = self.keyguard or self.pin is not None or self.swipe_lock()
            self._reset_bouncer()
            self._notify()

    def toggle(self) -> None:
        if self.screen_on:
            self.sleep()
        else:
            self.wake()

    def dismiss_keyguard(self) -> bool:
        """Leave the keyguard, or ask for the PIN; says whether it is gone."""
        if self.keyguard and self.pin is None:
            self._unlock()
        elif self.keyguard and not self.bouncer:
            self.bouncer = True
            self._notify()
        return not self.keyguard

    # -- the bouncer -----------------------------------------------------------------------
    @property
    def throttled(self) -> float:
        """Seconds until another PIN may be tried."""
        if not self._throttled_until:
            return 0.0
        return max(0.0, self._throttled_until - time.monotonic())

    def type_pin(self, text: str) -> None:
        """Digits typed or tapped on the bouncer; others are lost, as the field takes digits."""
        self.typed += "".join(character for character in text if character.isdigit())
        self.refused = False
        self._notify()

    def erase_pin(self) -> None:
        self.typed = self.typed[:-1]
        self._notify()

    def enter_pin(self) -> bool:
        """Try what was typed."""
        typed, self.typed = self.typed, ""
        return self.try_pin(typed)

    def hide_bouncer(self) -> bool:
        """Back to the clock; whether the bouncer was there."""
        was = self.bouncer
        if was:
            self._reset_bouncer()
            self._notify()
        return was

    def _reset_bouncer(self) -> None:
        self.bouncer = self.refused = False
        self.typed = ""

    def try_pin(self, pin: str) -> bool:
        """Unlock with the PIN; False when it is wrong or none may be tried now."""
        if pin == self.pin and not self.throttled:
            self._unlock()
            return True
        if not self.throttled:
            self.attempts += 1
            if self.attempts % MAX_ATTEMPTS == 0:
                self._throttled_until = time.monotonic() + THROTTLE_S
        self.refused = True
        self._notify()
        return False

    def _unlock(self) -> None:
        self.keyguard = False
        self.attempts = 0
        self._reset_bouncer()
        first = not self.unlocked_once
        self.unlocked_once = True
        self._notify()
        if first:
            for listener in list(self._unlock_listeners):
                listener()
