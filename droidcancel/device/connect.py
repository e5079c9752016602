"""Finding the phone and reaching it: never guessing between two."""

from __future__ import annotations

import os
from collections.abc import Sequence

import adbutils

from droidcancel.device import adb
from droidcancel.device.config import DeviceEntry, EmulatorEntry, SimulatorEntry
from droidcancel.device.device import Device, is_ready
from droidcancel.device.identity import is_tcp, kind_of
from droidcancel.device.known import Known
from droidcancel.device.parse import parse_properties
from droidcancel.device.poll import poll
from droidcancel.device.shell import ShellChannel
from droidcancel.device.types import Attached, Listed
from droidcancel.errors import AdbError, DeviceError, UsageError

BOOT_WAIT_S = 120.0
CONNECT_TIMEOUT_S = 15.0
_ALLOW = (
    "unlock the phone and allow USB debugging from this computer; where it asks nothing: Developer "
    "options > Revoke USB debugging authorisations, then plug it in again"
)
ADVICE = {
    "offline": "unplug it and plug it in again, or `adb reconnect offline`; restart the phone",
    "unauthorized": _ALLOW,
    "authorizing": _ALLOW,
    "connecting": "it is being reached: wait a moment, and look again",
    "no permissions": adb.UDEV,
    "recovery": "the phone is in recovery: restart it",
    "rescue": "the phone is in recovery: restart it",
    "sideload": "the phone is in recovery: restart it",
    "bootloader": "the phone is in its bootloader: `fastboot reboot`",
    "host": "the phone is the host of the cable: choose file transfer on it",
    "detached": "another program holds the phone: `adb attach`, or `adb kill-server`",
}


def list_devices(client: adbutils.AdbClient | None = None) -> list[Attached]:
    """Everything attached, each with its kind, and for an unusable one how to mend it."""
    server = client or adb.client()
    return [_attached(server, info) for info in adb.list_phones(server)]


def list_serials() -> list[str]:
    """The serials of all that is attached, whatever its state. Raises AdbError."""
    return [info.serial for info in adb.list_phones(adb.client())]


def _advice(state: str) -> str:
    return ADVICE.get(state, f"the phone is in the state {state!r}: restart it")


def _attached(client: adbutils.AdbClient, info: Listed) -> Attached:
    model = info.tags.get("model", "").replace("_", " ")
    if info.state != "device":
        kind = kind_of(info.serial)
        return Attached(info.serial, info.state, kind, model, _advice(info.state))
    try:
        properties = _properties(client, info.serial)
    except DeviceError as error:
        advice = f"it is listed, and does not answer ({error.message}): restart it"
        return Attached(info.serial, info.state, kind_of(info.serial), model, advice)
    model = properties.get("ro.product.model", model)
    return Attached(info.serial, info.state, kind_of(info.serial, properties), model)


def _properties(client: adbutils.AdbClient, serial: str) -> dict[str, str]:
    channel = _channel(client, serial)
    try:
        return parse_properties(channel.text(["getprop"]))
    finally:
        channel.close()


def _channel(client: adbutils.AdbClient, serial: str) -> ShellChannel:
    v2 = adb.has_shell_v2(client, serial)
    return ShellChannel(lambda: adb.open_line(client, serial, v2))


def choose(serial: str | None = None, client: adbutils.AdbClient | None = None) -> str:
    """The serial to use: the one given, ``ANDROID_SERIAL``, or the only one attached.

    Raises UsageError for an unknown one or when there are several, AdbError when the one is not
    usable; both name what is attached.
    """
    server = client or adb.client()
    infos = adb.list_phones(server)
    wanted = serial or os.environ.get("ANDROID_SERIAL")
    if not infos:
        raise AdbError(
            f"{wanted} is not attached" if wanted else "no device is attached",
            _how_to_attach(wanted),
        )
    found = _pick(wanted, infos)
    if found.state != "device":
        said = f" {found.detail}" if found.detail else ""
        raise AdbError(f"{found.serial} is {found.state}{said}", _advice(found.state))
    return found.serial


def _how_to_attach(wanted: str | None) -> str:
    if wanted and is_tcp(wanted):
        return f"`adb connect {wanted}`, with the phone in this network and paired"
    host, _ = adb.server_address()
    if host not in adb.LOOPBACK:
        return f"attach it to {host}, whose adb server is used (ANDROID_ADB_SERVER_ADDRESS)"
    return "attach a phone with USB debugging, or start one: droidcancel simulator start"


def _pick(wanted: str | None, infos: Sequence[Listed]) -> Listed:
    listed = ", ".join(f"{info.serial} ({info.state})" for info in infos)
    if wanted:
        for info in infos:
            if info.serial == wanted:
                return info
        more = f"; {_how_to_attach(wanted)}" if is_tcp(wanted) else ""
        raise UsageError(f"{wanted} is not attached", f"attached: {listed}{more}")
    if len(infos) > 1:
        raise UsageError(
            f"{len(infos)} devices are attached: {listed}",
            "name one with -s SERIAL or ANDROID_SERIAL",
        )
    return infos[0]


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
    client = adb.client()
    chosen = choose(serial or _serial_of(entry, client), client)
    handle = adb.Handle(client, chosen)
    channel = _channel(client, chosen)
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


def _serial_of(entry: DeviceEntry | None, client: adbutils.AdbClient) -> str | None:
    """The serial that an entry names, having connected to its address where it has one."""
    if entry is None or isinstance(entry, SimulatorEntry):
        return entry.serial if entry else None
    if isinstance(entry, EmulatorEntry) and entry.avd:
        return _serial_of_avd(entry.avd, client)
    if entry.connect:
        connect_address(entry.connect, client)
        return entry.serial or entry.connect
    return entry.serial


def connect_address(address: str, client: adbutils.AdbClient | None = None) -> None:
    """`adb connect`. Raises AdbError with the server's words."""
    server = client or adb.client()
    with adb.adb_errors(f"cannot connect to {address}"):
        said = str(server.connect(address, timeout=CONNECT_TIMEOUT_S))
    if not said.startswith(("connected to", "already connected")):
        raise AdbError(
            f"cannot connect to {address}: {said}",
            "is the phone in this network, wireless debugging on, and this computer paired?",
        )


def _serial_of_avd(avd: str, client: adbutils.AdbClient) -> str:
    names = running_avds(client)
    if avd not in names:
        running = ", ".join(sorted(names)) or "none"
        raise AdbError(
            f"no emulator runs the AVD {avd!r} (running: {running})",
            f"start it first: droidcancel emulator start {avd}",
        )
    return names[avd]


def running_avds(client: adbutils.AdbClient | None = None) -> dict[str, str]:
    """The AVDs that run, by what the phones themselves say, and their serials."""
    server = client or adb.client()
    serials = [info.serial for info in adb.list_phones(server) if info.state == "device"]
    names: dict[str, str] = {}
    for serial in serials:
        try:
            properties = _properties(server, serial)
        except DeviceError:
            continue  # it is on its way down or up
        name = properties.get("ro.boot.qemu.avd_name") or properties.get("ro.kernel.qemu.avd_name")
        if name:
            names[name] = serial
    return names
