"""What kind of phone it is: from its serial, and from what its properties say."""

from __future__ import annotations

import re
from collections.abc import Mapping

from droidcancel.device.types import Kind

_EMULATOR_SERIAL = re.compile(r"emulator-\d+")
_TCP_SERIAL = re.compile(r".+:\d+|adb-.+\._adb-tls-connect\._tcp\.?")
_QEMU = ("ro.boot.qemu", "ro.kernel.qemu")
_EMULATOR_HARDWARE = ("ranchu", "goldfish")
SIMULATOR_HARDWARE = "droidcancel"


def is_tcp(serial: str) -> bool:
    """Whether the serial names a network address or wireless debugging."""
    return bool(_TCP_SERIAL.fullmatch(serial))


def is_emulator(properties: Mapping[str, str]) -> bool:
    """Whether the properties say so; the serial alone does not (`adb connect localhost:5555`)."""
    return (
        any(properties.get(key) == "1" for key in _QEMU)
        or properties.get("ro.hardware") in _EMULATOR_HARDWARE
    )


def kind_of(serial: str, properties: Mapping[str, str] | None = None) -> Kind:
    """The kind for lists and reports; without properties, from the serial alone."""
    known = properties or {}
    if known.get("ro.hardware") == SIMULATOR_HARDWARE:
        return "simulator"
    if is_emulator(known) or (not known and _EMULATOR_SERIAL.fullmatch(serial)):
        return "emulator"
    return "tcp" if is_tcp(serial) else "usb"


def rides_on_wifi(serial: str, properties: Mapping[str, str]) -> bool:
    """Whether adb comes over the phone's own network, which a cut would cut as well."""
    return is_tcp(serial) and not is_emulator(properties)
