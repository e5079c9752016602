"""The phones of a session: each leased by a lock file, kept for a while, and put back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from droidcancel.errors import LockedError, UsageError
from droidcancel.pytest_plugin import options
from droidcancel.pytest_plugin.marks import Wanted

if TYPE_CHECKING:
    from droidcancel.api import Phone
    from droidcancel.device.config import DeviceEntry, Devices, SimulatorEntry
    from droidcancel.device.types import NetworkState
    from droidcancel.recipe.options import Tally

ALL = "all"


@dataclass
class Leased:
    """A phone that this process holds.

    `entry`: as devices.yaml has it; `made_for`: the make of a virtual phone for a test, by which it
    serves the next one too.
    """

    name: str
    phone: Phone
    entry: DeviceEntry
    made_for: DeviceEntry


class PhonePool:
    """The phones that `--droid-device` names; at most one is held at a time."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._held: Leased | None = None
        self._module: str = ""
        #: what the session has posted and deleted on each phone, however often it was leased
        self._tallies: dict[str, Tally] = {}

    # -- what tests ask for

    def lease(self, wanted: Wanted, module: str = "") -> Leased:
        """A phone that fits, held by this process: the one that is held already, if it does.

        Skips the test where no phone fits. Raises LockedError where all that fit are in use for too
        long, and what `droidcancel.connect` raises.
        """
        scope = options.value(self._config, "scope")
        if scope == "test" or (scope == "module" and module != self._module):
            self.release()
        self._module = module
        held = self._held
        if held is not None and self._serves(held, wanted):
            return held
        self.release()
        self._held = self._wait_for(wanted)
        return self._held

    def release(self) -> None:
        """Let go of the phone that is held."""
        held, self._held = self._held, None
        if held is not None:
            held.phone.close()

    def end_test(self) -> None:
        """Let go of a phone that is held for one test only."""
        if options.value(self._config, "scope") == "test":
            self.release()

    # -- finding one

    def _serves(self, held: Leased, wanted: Wanted) -> bool:
        if wanted.device is not None and wanted.device not in (held.name, held.phone.serial):
            return False
        if held.phone.simulator is not None:
            return _fitted(held.entry, wanted) == held.made_for
        return _why_not(held.phone, wanted) is None

    def _wait_for(self, wanted: Wanted) -> Leased:
        from droidcancel.device import poll

        busy: list[LockedError] = []

        def free() -> Leased | None:
            busy.clear()
            unfit = []
            for name in self._candidates(wanted):
                try:
                    return self._open(name, wanted)
                except LockedError as error:
                    busy.append(error)
                except _Unfit as error:
                    unfit.append(str(error))
            if not busy:
                pytest.skip("no phone fits: " + "; ".join(unfit or ["none is named"]))
            return None

        found = poll(free, options.seconds(self._config))
        if found is None:
            raise busy[0]
        return found

    def _candidates(self, wanted: Wanted) -> Iterator[str]:
        """Names of phones, the empty one for whichever is meant without."""
        if wanted.device is not None:
            yield wanted.device
            return
        for name in options.names(self._config, "device") or [""]:
            if name != ALL:
                yield name
                continue
            from droidcancel.device.connect import list_devices

            yield from (device.serial for device in list_devices() if device.usable)

    def _open(self, name: str, wanted: Wanted) -> Leased:
        """One phone, leased. LockedError where somebody else has it, _Unfit where it is another."""
        from droidcancel.api import Phone
        from droidcancel.cli.phones import open_entry
        from droidcancel.journal_lock import phone_lease
        from droidcancel.recipe.options import Tally

        base = self._entry_of(name)
        entry = _fitted(base, wanted)
        if entry is None:
            raise _Unfit(f"{name or 'the virtual phone'} is not what the test wants")
        with ExitStack() as stack:
            known = entry.serial or entry.address
            if known is not None:
                stack.enter_context(phone_lease(known))
            opened = stack.enter_context(open_entry(entry, self.devices))
            serial = opened.device.serial
            if serial != known:
                stack.enter_context(phone_lease(serial))
            phone = Phone(opened, stack)
            why_not = _why_not(phone, wanted)
            if why_not is not None:
                raise _Unfit(why_not)
            tally = self._tallies.setdefault(serial, Tally()) if opened.simulator is None else None
            phone = Phone(opened, stack.pop_all(), tally)
        return Leased(name, phone, base, entry)

    def _entry_of(self, name: str) -> DeviceEntry:
        """The phone of that name; without one, the default of devices.yaml or the one attached.

        Virtual phones that are attached are not meant without a name: other workers have them.
        """
        from droidcancel.cli.phones import choose_entry
        from droidcancel.device.config import SimulatorEntry, embedded
        from droidcancel.device.connect import list_devices

        name = name or os.environ.get("ANDROID_SERIAL", "")
        default = self.devices.entry()
        if name:
            return choose_entry(self.devices, name, True)
        if default is not None and not isinstance(default, SimulatorEntry):
            return default
        attached = [d.serial for d in list_devices() if d.usable and d.kind != "simulator"]
        if len(attached) > 1:
            raise UsageError(
                f"{len(attached)} phones are attached: {', '.join(attached)}",
                "name those that tests may use with --droid-device, or all of them with `all`",
            )
        if attached:
            return choose_entry(self.devices, attached[0], True)
        entry = default or embedded().entry()
        assert entry is not None  # the embedded one has a default
        return entry

    @property
    def devices(self) -> Devices:
        """devices.yaml."""
        from droidcancel.device.config import load_devices

        return load_devices(options.path(self._config, "devices"))


class _Unfit(Exception):
    """A phone that is not what a test wants."""


def _why_not(phone: Phone, wanted: Wanted) -> str | None:
    if wanted.kinds and phone.kind not in wanted.kinds and phone.entry.kind not in wanted.kinds:
        return f"{phone.serial} is of the kind {phone.kind}"
    if wanted.api is not None and not wanted.api.allows(phone.api_level):
        return f"{phone.serial} has API {phone.api_level}, wanted is {wanted.api}"
    return None


def _fitted(entry: DeviceEntry, wanted: Wanted) -> DeviceEntry | None:
    """The entry; of a virtual phone, made to fit. None for one that cannot be what is wanted."""
    from droidcancel.device.config import SimulatorEntry

    if wanted.kinds and entry.kind not in wanted.kinds:
        return None
    if isinstance(entry, SimulatorEntry) and entry.serial is None:
        return _made_for(entry, wanted)
    return None if wanted.app_options else entry


def _made_for(entry: SimulatorEntry, wanted: Wanted) -> SimulatorEntry | None:
    """A virtual phone of the Android, the app and the build that a test wants."""
    from droidcancel.cli.phones import phone_options
    from droidcancel.simulator.apps import PACKAGES

    changes: dict[str, Any] = {}
    if wanted.api is not None and not wanted.api.allows(entry.api):
        fits = [level for level in range(21, 38) if wanted.api.allows(level)]
        if not fits:
            return None
        changes["api"] = fits[0]
    if wanted.app is not None and entry.app is None:
        changes["app"] = wanted.app
    if wanted.build is not None:
        changes["app_build"] = wanted.build
    if wanted.app_options:
        changes["app_options"] = _merged(entry, wanted, PACKAGES)
    made = entry.model_copy(update=changes)
    phone_options(made)  # UsageError for a build or an option that there is not
    return made


def _merged(
    entry: SimulatorEntry, wanted: Wanted, packages: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    package = packages[wanted.app or entry.app or "clips"]
    options_of = {name: dict(given) for name, given in entry.app_options.items()}
    options_of[package] = {**options_of.get(package, {}), **wanted.app_options}
    return options_of


def put_back(phone: Phone, before: NetworkState) -> None:
    """What a test left on the phone, undone: what the journal knows, and the network.

    Raises RestoreError, which makes the test an error.
    """
    from droidcancel.errors import RestoreError
    from droidcancel.journal import Journal

    left = [r for r in Journal.of(phone.serial).restore(phone.device) if not r.ok]
    if left:
        told = "; ".join(f"{r.what}: {r.detail}" for r in left)
        raise RestoreError(
            f"{phone.serial} could not be put back: {told}",
            "mend it by hand, then run `droidcancel restore --forget`",
            [r.detail for r in left],
        )
    if _switches(phone.device.network.state()) != _switches(before):
        phone.device.network.put_back(before)


def _switches(state: NetworkState) -> tuple[bool, bool, bool | None]:
    return state.airplane, state.wifi_enabled, state.data_enabled


def network_of(phone: Phone) -> NetworkState:
    """The phone's connectivity before a test; waits for one that is just coming back."""
    from droidcancel.errors import NotEffective

    state = phone.device.network.state()
    if not state.airplane and (state.wifi_enabled or state.data_enabled) and not state.online:
        try:
            phone.device.network.wait_online(phone.entry.limits.network_timeout_s)
        except NotEffective:
            pass
        state = phone.device.network.state()
    return state
