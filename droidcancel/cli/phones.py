"""From a command's options to a phone: the one place where a simulator is booted for a run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from droidcancel.cli.options import adb_server_port, chosen_user
from droidcancel.cli.terminal import say
from droidcancel.errors import DeviceError, UsageError

if TYPE_CHECKING:
    from droidcancel.device.config import DeviceEntry, Devices, SimulatorEntry
    from droidcancel.device.device import Device
    from droidcancel.simulator import PhoneOptions, Simulator

ONLINE_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class OpenPhone:
    """A phone in use, its entry, and the simulator where one was booted for it."""

    device: Device
    entry: DeviceEntry
    simulator: Simulator | None = None


@contextlib.contextmanager
def open_phone(
    serial: str | None,
    devices_file: Path | None = None,
    *,
    may_boot: bool = False,
    rate: float | None = None,
    profile: str | None = None,
    observes: bool = False,
) -> Iterator[OpenPhone]:
    """The phone that the options mean, connected; let go of at the end.

    With -s: a name in devices.yaml, else a serial. Without: the default of devices.yaml where
    that is a phone; else the one that is attached (several are an error); else, with nothing
    attached, the simulator where one `may_boot`: a fresh one has nothing to examine, to cancel or
    to restore. `rate`: bytes a second up, of a simulator that is booted here and whose entry says
    nothing of it; `profile`: what its commands cost in time, likewise. --user is not meant of a
    second phone that only `observes`.
    Raises UsageError, ConfigError, AdbError, DeviceError.
    """
    from droidcancel.device.config import SimulatorEntry, load_devices

    devices = load_devices(devices_file)
    entry = choose_entry(devices, serial, may_boot)
    if isinstance(entry, SimulatorEntry) and entry.upload_bytes_per_s is None:
        entry = entry.model_copy(update={"upload_bytes_per_s": rate})
    if isinstance(entry, SimulatorEntry) and profile and "profile" not in entry.model_fields_set:
        entry = entry.model_copy(update={"profile": profile})
    why = "No phone is attached: booting" if serial is None else "Booting"
    user = None if observes else chosen_user()
    with open_entry(entry, devices, user=user, why=why, emulator_port=True) as phone:
        yield phone


@contextlib.contextmanager
def open_entry(
    entry: DeviceEntry, devices: Devices, *, user: int | None = None, why: str = "Booting",
    emulator_port: bool = False,
) -> Iterator[OpenPhone]:  # fmt: skip
    """The phone of an entry, connected; a virtual phone or an emulator is started where needed.

    `devices`: all entries; a phone that one of them protects is protected by any of its serials.
    `emulator_port`: a virtual phone takes one of the emulators' ports, and is called so. Without,
    phones that start and end in quick succession do not get each other's port.
    """
    from droidcancel.device.config import EmulatorEntry, SimulatorEntry
    from droidcancel.device.connect import connect
    from droidcancel.device.farm import is_farmed, leased

    with contextlib.ExitStack() as stack:
        simulator = None
        if isinstance(entry, SimulatorEntry) and entry.serial is None:
            simulator = stack.enter_context(boot(entry, why, emulator_port=emulator_port))
            device = connect(simulator.serial, user=user)
        elif isinstance(entry, EmulatorEntry) and entry.avd is not None:
            device = connect(stack.enter_context(emulator(entry.avd)), user=user)
        elif is_farmed(entry):
            say("Asking the farm for a phone ...", err=True)
            lent = stack.enter_context(leased(entry, devices.name_of(entry)))
            device = connect(lent, user=entry.user if user is None else user)
        else:
            named = None if entry.connect else entry.serial
            device = connect(named, entry, user=user)
        stack.callback(device.close)
        yield OpenPhone(device, _as_protected(devices, device, entry), simulator)


def _as_protected(devices: Devices, device: Device, entry: DeviceEntry) -> DeviceEntry:
    """The entry, protected where one of the same phone is: it may be reached in several ways."""
    own = {device.properties.get(name) for name in ("ro.serialno", "ro.boot.serialno")}
    known = [each for each in devices.devices.values() if each.serial and each.serial in own]
    if any(each.protected for each in known) and not entry.protected:
        return entry.model_copy(update={"protected": True})
    return entry


def choose_entry(devices: Devices, serial: str | None, may_boot: bool) -> DeviceEntry:
    """The entry that is meant; one is made for a phone that devices.yaml does not name."""
    from droidcancel.device.config import SimulatorEntry, embedded
    from droidcancel.device.connect import list_devices

    if serial is not None and serial in devices.devices:
        return devices.devices[serial]
    default = devices.entry()
    if serial is None and default is not None and not isinstance(default, SimulatorEntry):
        return default
    attached = list_devices()
    if serial is None and not attached and may_boot:
        entry = default or embedded().entry()
        assert entry is not None
        return entry
    chosen = _attached(serial, devices)
    kind = next((device.kind for device in attached if device.serial == chosen), "usb")
    known = devices.for_serial(chosen)
    return known if known is not None else _entry_for(chosen, kind)


def _attached(serial: str | None, devices: Devices) -> str:
    """The serial of the attached phone that is meant. Raises UsageError, AdbError."""
    from droidcancel.device.connect import choose

    try:
        return choose(serial)
    except UsageError as error:
        if serial is None or not devices.devices:
            raise
        names = ", ".join(sorted(devices.devices))
        hint = f"{error.hint}; names in {devices.source}: {names}"
        raise UsageError(error.message, hint) from None


def _entry_for(serial: str, kind: str) -> DeviceEntry:
    """An entry with the defaults of its kind."""
    from droidcancel.device.config import KINDS

    return KINDS[kind].model_validate({"kind": kind, "serial": serial})


def phone_options(entry: SimulatorEntry) -> PhoneOptions:
    """The make of the phone that an entry asks for. Raises UsageError."""
    from droidcancel.simulator import PhoneOptions
    from droidcancel.simulator.apps import PACKAGES
    from droidcancel.simulator.cassette import phone_for

    usual = PhoneOptions()
    # a capture brings an app of its own
    named = entry.app if entry.replay is None and entry.app in PACKAGES else None
    own = (named,) if named is not None else usual.apps
    try:
        made = PhoneOptions(
            api=entry.api,
            profile=entry.profile,
            app_build=entry.app_build,
            apps=entry.apps or own,
            app_version=entry.app_version,
            app_options=entry.app_options,
            seed=entry.seed,
            model=entry.model or usual.model,
            locale=entry.locale or usual.locale,
            upload_bytes_per_s=entry.upload_bytes_per_s or usual.upload_bytes_per_s,
        )
        return made if entry.replay is None else phone_for(entry.replay, made)
    except ValueError as error:
        raise UsageError(f"simulator: {error}") from error


@contextlib.contextmanager
def emulator(avd: str) -> Iterator[str]:
    """The serial of the emulator that runs an AVD. One that is started for it is ended after it."""
    from droidcancel.device.connect import running_avds
    from droidcancel.device.emulator import life
    from droidcancel.journal_file import state_dir

    known = running_avds().get(avd)
    if known is not None:
        yield known
        return
    say(f"Starting the emulator with {avd}, which may take minutes ...", err=True)
    say(f"`droidcancel emulator start {avd}` keeps one that goes on.", err=True)
    serial = life.start(avd, life.log_path(state_dir(), avd))
    try:
        yield serial
    finally:
        life.stop(life.Running(serial, avd))


@contextlib.contextmanager
def boot(
    entry: SimulatorEntry, why: str = "Booting", *, emulator_port: bool = True
) -> Iterator[Simulator]:
    """A simulator that the adb server lists as ready, for as long as the context lasts."""
    say(f"{why} a virtual phone (Android API {entry.api}, {entry.profile}) ...", err=True)
    from droidcancel.device.connect import list_devices
    from droidcancel.simulator import Simulator

    list_devices()  # starts the adb server where none runs: it is told of the phone below
    server = adb_server_port()
    try:
        options = phone_options(entry)
        simulator = Simulator(options, emulator_port=emulator_port, adb_server=server).start()
    except (OSError, ValueError) as error:
        raise DeviceError(f"the simulator did not start: {error}") from error
    try:
        _wait_online(simulator)
        yield simulator
    finally:
        simulator.withdraw(server)
        simulator.stop()


def _wait_online(simulator: Simulator) -> None:
    from droidcancel.device.connect import list_devices
    from droidcancel.device.poll import poll

    def online() -> bool | None:
        ready = any(d.serial == simulator.serial and d.usable for d in list_devices())
        if not ready:
            simulator.announce(adb_server_port())
        return True if ready else None

    if poll(online, ONLINE_TIMEOUT_S) is None:
        raise DeviceError(
            f"the adb server does not list {simulator.serial}",
            "is the adb server of ANDROID_ADB_SERVER_PORT on this machine?",
        )
