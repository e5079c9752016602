"""What can be done on this phone: its state, each cancel method, and the ways of each thing.

By itself it only reads. With a journal to keep them, it also makes the changes that can be taken
back (`doctor_probes`). A phone that hangs, prints nonsense or lies is a finding, and ends nothing:
each look has a time limit, and after several that gave no answer the rest is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from droidcancel.device.device import Device
from droidcancel.device.doctor_looks import LOOKS, Patient
from droidcancel.device.doctor_probes import (
    PROBES,
    SWITCHED_BY_WAYS,
    Keeper,
    NotNow,
    Probe,
    Trial,
)
from droidcancel.device.doctor_topics import LOOK_S, SILENCES, examine
from droidcancel.device.types import PackageInfo, ThingFinding, WayFinding
from droidcancel.device.ways import THINGS
from droidcancel.errors import AdbError, DroidCancelError, ParseError, RestoreError

__all__ = ["Diagnosis", "Doctor", "examine"]

Tell = Callable[[str], None]
#: what a phone refuses for want of something of its own (a SIM), not of its build
OF_THE_PHONE = frozenset({"wifi", "data"})


@dataclass
class Diagnosis:
    """The ways of every thing. ``left``: what a probe could not put back, and how to mend it."""

    things: list[ThingFinding]
    probed: bool = False
    left: list[str] = field(default_factory=list)


class Doctor:
    """One examination of the ways.

    ``keeper``: the journal, without which nothing is tried. ``probes``: trials of things that take
    more than this package knows. ``tell`` hears what is being done.
    """

    def __init__(
        self,
        device: Device,
        package: str | None = None,
        *,
        keeper: Keeper | None = None,
        probes: Mapping[str, Probe] | None = None,
        tell: Tell = lambda _: None,
    ) -> None:
        self._device = device
        self._keeper = keeper
        self._probes = {**PROBES, **(probes or {})}
        self._tell = tell
        self._silences = 0
        self._patient = Patient(device, self._app(package))
        self._left: list[str] = []

    def _app(self, package: str | None) -> PackageInfo | None:
        with self._limited():
            try:
                return self._device.packages.info(package) if package else None
            except DroidCancelError:
                return None  # that it cannot be read is a finding of `examine`

    @contextmanager
    def _limited(self) -> Iterator[None]:
        with self._device.shell.limited(LOOK_S):
            yield

    def diagnose(self, only: frozenset[str] | None = None) -> Diagnosis:
        """Look at every way of every thing (or of the things in ``only``); then try, if it may."""
        wanted = [thing for thing in THINGS if only is None or thing in only]
        things = {thing: self._looked(thing) for thing in wanted}
        if self._keeper is not None:
            for thing in filter(things.__contains__, self._probes):
                if not self._left:
                    things[thing] = self._tried(things[thing], self._keeper)
        probed = self._keeper is not None
        return Diagnosis([things[thing] for thing in wanted], probed, self._left)

    def _looked(self, thing: str) -> ThingFinding:
        self._tell(f"looking at {thing}")
        return ThingFinding(thing, tuple(self._look(way.name) for way in THINGS[thing]))

    def _look(self, way: str) -> WayFinding:
        if self._silences >= SILENCES:
            return WayFinding(way, "refused", "not asked: the phone gives no answers", sure=False)
        try:
            with self._limited():
                found = LOOKS[way](self._patient)
        except AdbError as error:
            self._silences += 1
            return WayFinding(way, "refused", f"no answer: {error}", sure=False)
        except DroidCancelError as error:
            self._silences = 0
            return WayFinding(way, "refused", str(error), sure=not isinstance(error, ParseError))
        self._silences = 0
        return found

    def _tried(self, found: ThingFinding, keeper: Keeper) -> ThingFinding:
        """Try its ways in order, until one works."""
        ways = list(found.ways)
        for place, way in enumerate(ways):
            if way.status != "not tried":
                continue
            self._tell(f"trying {found.thing}: {way.way}")
            ways[place] = self._try(found.thing, way, keeper)
            if ways[place].status == "works" or self._left:
                break
        return ThingFinding(found.thing, tuple(ways))

    def _try(self, thing: str, way: WayFinding, keeper: Keeper) -> WayFinding:
        trial = Trial(self._device, self._patient.app, keeper)
        try:
            return WayFinding(way.way, "works", self._probes[thing](trial, way.way))
        except NotNow as reason:
            return WayFinding(way.way, "not tried", str(reason), sure=False)
        except RestoreError as error:
            self._left += error.left or (error.explain(),)
            return WayFinding(way.way, "refused", str(error), sure=False)
        except DroidCancelError as error:
            self._left += [
                f"{record.what}: droidcancel restore" for record in keeper.open_records()
            ]
            if isinstance(error, AdbError):
                return WayFinding(way.way, "refused", f"no answer: {error}", sure=False)
            if thing in SWITCHED_BY_WAYS:
                self._device.network.ways.refuse(way.way, f"it has no effect: {error}")
            told = f"when it was tried: {error.message}" + (f"; {error.hint}" if error.hint else "")
            return WayFinding(way.way, "refused", told, sure=thing not in OF_THE_PHONE)
