"""What is attached, and which of it is meant; `droidcancel devices` imports it, and no more."""

from __future__ import annotations

import os
from collections.abc import Sequence

from droidcancel.device import adb
from droidcancel.device.identity import is_tcp, kind_of
from droidcancel.device.parse_device import parse_properties
from droidcancel.device.server import Server
from droidcancel.device.shell import ShellChannel
from droidcancel.device.types import Attached, Listed
from droidcancel.device.way import Way
from droidcancel.errors import AdbError, DeviceError, UsageError

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


def list_devices(server: Server | None = None) -> list[Attached]:
    """Everything attached, each with its kind, and for an unusable one how to mend it."""
    server = server or adb.client()
    return [_attached(server, info) for info in adb.list_phones(server)]


def list_serials() -> list[str]:
    """The serials of all that is attached, whatever its state. Raises AdbError."""
    return [info.serial for info in adb.list_phones(adb.client())]


def _advice(state: str) -> str:
    return ADVICE.get(state, f"the phone is in the state {state!r}: restart it")


def _attached(server: Server, info: Listed) -> Attached:
    model = info.tags.get("model", "").replace("_", " ")
    if info.state != "device":
        kind = kind_of(info.serial)
        return Attached(info.serial, info.state, kind, model, _advice(info.state))
    try:
        properties = properties_of(server, info.serial)
    except DeviceError as error:
        advice = f"it is listed, and does not answer ({error.message}): restart it"
        return Attached(info.serial, info.state, kind_of(info.serial), model, advice)
    model = properties.get("ro.product.model", model)
    return Attached(info.serial, info.state, kind_of(info.serial, properties), model)


def properties_of(server: Server, serial: str) -> dict[str, str]:
    """All of a phone's properties."""
    channel = channel_to(server, serial)
    try:
        return parse_properties(channel.text(["getprop"]))
    finally:
        channel.close()


def channel_to(server: Server, serial: str, way: Way | None = None) -> ShellChannel:
    """A lasting shell on a phone; `way` is closed with it."""
    v2 = adb.has_shell_v2(server, serial)
    way = way or Way(server, serial)
    return ShellChannel(lambda: adb.open_line(way, v2), at_close=way.close)


def choose(serial: str | None = None, server: Server | None = None) -> str:
    """The serial to use: the one given, ``ANDROID_SERIAL``, or the only one attached.

    Raises UsageError for an unknown one or when there are several, AdbError when the one is not
    usable; both name what is attached.
    """
    server = server or adb.client()
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
