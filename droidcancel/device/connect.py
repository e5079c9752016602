"""Finding the phone and reaching it: never guessing between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from droidcancel.device import adb
from droidcancel.device.attached import channel_to, choose, list_devices, properties_of
from droidcancel.device.parse_device import parse_properties
from droidcancel.device.poll import poll
from droidcancel.device.server import Server
from droidcancel.errors import AdbError, DeviceError, UsageError

if TYPE_CHECKING:
    from droidcancel.device.config import DeviceEntry
    from droidcancel.device.device import Device

# The package imports this for its name, so what is heavy is imported where it is used.
__all__ = ["choose", "connect", "connect_address", "list_devices", "running_avds"]

BOOT_WAIT_S = 120.0
CONNECT_TIMEOUT_S = 15.0


def connect(
    serial: str | None = None,
    entry: DeviceEntry | None = None,
    *,
    user: int | None = None,
    boot_wait_s: float = BOOT_WAIT_S,
) -> Device:
    """Reach a phone: by serial, by its entry in devices.yaml, or the only one attached.

    ``user``: whose apps are meant, where the phone has several users, a work profile or second
    copies of apps; else the entry's, else the one whose screen it is. Waits up to ``boot_wait_s``
    seconds for a phone that is still booting. Raises UsageError, AdbError, DeviceError.
    """
    from droidcancel.device.device import Device, is_ready
    from droidcancel.device.handle import Handle
    from droidcancel.device.known import Known
    from droidcancel.device.way import Way

    client = adb.client()
    chosen = choose(serial or _serial_of(entry, client), client)
    way = Way(client, chosen)
    handle = Handle(way)
    channel = channel_to(client, chosen, way)
    try:
        if poll(lambda: True if is_ready(channel) else None, boot_wait_s) is None:
            raise DeviceError(f"{chosen} has not finished booting", "wait, or restart it")
        properties = parse_properties(channel.text(["getprop"]))
        wanted = user if user is not None else entry.user if entry is not None else None
        known = Known.of(properties.get("ro.build.fingerprint", ""))
        return Device(handle, channel, properties, user=wanted, known=known)
    except BaseException:
        channel.close()
        raise


def _serial_of(entry: DeviceEntry | None, client: Server) -> str | None:
    """The serial that an entry names, having connected to its address where it has one."""
    from droidcancel.device.config import EmulatorEntry, SimulatorEntry

    if entry is None or isinstance(entry, SimulatorEntry):
        return entry.serial if entry else None
    if isinstance(entry, EmulatorEntry) and entry.avd:
        return _serial_of_avd(entry.avd, client)
    if isinstance(entry.connect, tuple):
        raise UsageError("a phone of a farm has to be leased first", "see droidcancel.device.farm")
    if entry.connect:
        connect_address(entry.connect, client)
        return entry.serial or entry.connect
    return entry.serial


def connect_address(address: str, client: Server | None = None) -> None:
    """`adb connect`. Raises AdbError with the server's words."""
    server = client or adb.client()
    said = adb.connect_to(server, address, CONNECT_TIMEOUT_S)
    if not said.startswith(("connected to", "already connected")):
        raise AdbError(
            f"cannot connect to {address}: {said}",
            "is the phone in this network, wireless debugging on, and this computer paired?",
        )


def _serial_of_avd(avd: str, client: Server) -> str:
    names = running_avds(client)
    if avd not in names:
        running = ", ".join(sorted(names)) or "none"
        raise AdbError(
            f"no emulator runs the AVD {avd!r} (running: {running})",
            f"start it first: droidcancel emulator start {avd}",
        )
    return names[avd]


def running_avds(client: Server | None = None) -> dict[str, str]:
    """The AVDs that run, by what the phones themselves say, and their serials."""
    server = client or adb.client()
    serials = [info.serial for info in adb.list_phones(server) if info.state == "device"]
    names: dict[str, str] = {}
    for serial in serials:
        try:
            properties = properties_of(server, serial)
        except DeviceError:
            continue  # it is on its way down or up
        name = properties.get("ro.boot.qemu.avd_name") or properties.get("ro.kernel.qemu.avd_name")
        if name:
            names[name] = serial
    return names
