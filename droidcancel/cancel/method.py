"""What every cancel method has, and the form that most of them share: one armed command.

A method is prepared ahead of its moment: it reads what is there, has the journal keep it, and puts
its command on the phone behind a ``read``. Firing it then costs one newline. What it did is read
back from the phone, never taken from a command's silence.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from droidcancel.apps.matching import Match
from droidcancel.apps.profile import AppProfile, Look
from droidcancel.device import Armed, Capability, Device
from droidcancel.device.shell import Command
from droidcancel.errors import AdbError, DeviceError, NotEffective, ShellTimeout

Cuts = Literal["phone", "app", "nothing"]


class Keep(Protocol):
    """Has the journal keep a state before it is changed, by the journal's kind of change."""

    def __call__(self, kind: str, **args: str) -> None: ...


@dataclass(frozen=True)
class CancelContext:
    """What a method may use. `look` dumps the screen anew; `last_look` is the latest dump.

    `unlock` leaves the lock screen after a restart.
    """

    device: Device
    profile: AppProfile
    package: str
    uid: int
    keep: Keep
    look: Callable[[], Look]
    last_look: Callable[[], Look | None]
    tap: Callable[[Match], None]
    unlock: Callable[[], None]


@dataclass(frozen=True)
class Applied:
    """What applying a method did.

    `effective`: read back; None where the phone does not tell. `started_at`, `ended_at`: monotonic
    seconds, from the trigger until the effect was read back; `apply_ms` between the two.
    """

    effective: bool | None
    detail: str
    started_at: float
    ended_at: float
    readback: dict[str, Any] = field(default_factory=dict)

    @property
    def apply_ms(self) -> float:
        """Milliseconds from the trigger until the effect was read back."""
        return (self.ended_at - self.started_at) * 1000


class Prepared(Protocol):
    """A method that stands ready."""

    @property
    def command(self) -> Command | None:
        """What the phone could run by itself; None where no single command does it."""

    @property
    def lead_s(self) -> float:
        """Seconds that the command takes on this phone until it has its effect; 0: not known."""

    def fired(self, at: float) -> Applied:
        """The phone ran the command by itself, `at` (monotonic seconds): read it back."""

    def fire(self) -> Applied:
        """Cancel now, and read it back."""

    def close(self) -> None:
        """Stand down; nothing happens any more."""


class CancelMethod(Protocol):
    """One way to cancel."""

    @property
    def name(self) -> str:
        """As recipes and the command line write it."""

    @property
    def cuts(self) -> Cuts:
        """What has no network afterwards, until it is restored."""

    @property
    def late(self) -> bool:
        """Whether it can only be prepared at its moment, since Post changes what it works on."""

    def probe(self, context: CancelContext) -> Capability:
        """Whether it can be done on this phone with this app, and why not."""

    def prepare(self, context: CancelContext) -> Prepared:
        """Stand ready. The journal knows the state before."""


@dataclass(frozen=True)
class Plan:
    """How one method goes about it on one phone.

    `follow` gets the moment of firing (monotonic) and returns a detail for people, having read the
    effect back; it raises NotEffective where there is none. `command` is None where no single
    command does it: then `act` does. `lead_s`: as `Prepared.lead_s`.
    """

    follow: Callable[[float], str]
    command: Command | None = None
    act: Callable[[], None] | None = None
    lead_s: float = 0.0


@dataclass(frozen=True)
class PlannedMethod:
    """A method made of a probe and a plan."""

    name: str
    probe_with: Callable[[CancelContext], Capability]
    plan: Callable[[CancelContext], Plan]
    cuts: Cuts = "nothing"
    late: bool = False

    def probe(self, context: CancelContext) -> Capability:
        """Whether it can be done on this phone with this app, and why not."""
        return self.probe_with(context)

    def prepare(self, context: CancelContext) -> Prepared:
        """Stand ready: the command waits on the phone."""
        plan = self.plan(context)
        armed = context.device.shell.arm(plan.command) if plan.command is not None else None
        return PreparedPlan(plan, armed, context.device)


@dataclass(frozen=True)
class PreparedPlan:
    """A plan whose command waits on the phone."""

    plan: Plan
    armed: Armed | None
    device: Device

    @property
    def command(self) -> Command | None:
        """The plan's."""
        return self.plan.command

    @property
    def lead_s(self) -> float:
        """The plan's."""
        return self.plan.lead_s

    def fire(self) -> Applied:
        """Run it, and read it back."""
        return self._applied(self._run)

    def fired(self, at: float) -> Applied:
        """The phone ran it by itself: what waits behind the link is not needed any more."""
        self.close()
        return self._applied(lambda _: at)

    def _applied(self, run: Callable[[float], float]) -> Applied:
        """`run` gets the time and gives the moment of the trigger; then the read-back."""
        started = time.monotonic()
        try:
            started = run(started)
            detail = self.plan.follow(started)
        except NotEffective as error:
            return Applied(False, error.message, started, time.monotonic())
        return Applied(True, detail, started, time.monotonic())

    def _run(self, started: float) -> float:
        if self.armed is not None:
            return self._fire(self.armed, started)
        if self.plan.act is not None:
            self.plan.act()
        return started

    def _fire(self, armed: Armed, started: float) -> float:
        """One newline. Where the link dropped meanwhile, the command is given anew.

        It may have run then: each of them does nothing when it is given twice.
        """
        try:
            started = armed.fire()
            armed.result()
        except ShellTimeout:
            raise
        except AdbError:
            assert self.plan.command is not None  # else nothing was armed
            self.device.shell.run(self.plan.command, repeatable=True)
        return started

    def close(self) -> None:
        """Stand down."""
        if self.armed is not None and self.armed.fired_at is None:
            try:
                self.armed.close()
            except DeviceError:
                pass  # the link is gone, and with it what waited behind it
