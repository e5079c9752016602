"""What a phone can do: the only package that talks to adb and to uiautomator2.

    from droidcancel.device import connect

    with connect("emulator-5554") as device:
        print(device.model, device.network.state())

A change is sent, read back, and proven; where a phone has no safe way to do something, it says
so (`Capability`) and the call raises `Unsupported`. Nothing here asks whether the phone is
virtual.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Their modules have the same names, so they cannot wait for their first use.
from droidcancel.device.connect import choose, connect, connect_address, list_devices
from droidcancel.device.poll import must_poll, poll, until

if TYPE_CHECKING:
    from droidcancel.device.app_network import AppNetwork
    from droidcancel.device.config import (
        DeviceEntry,
        Devices,
        EmulatorEntry,
        Limits,
        PhoneEntry,
        SimulatorEntry,
        load_devices,
    )
    from droidcancel.device.device import Device
    from droidcancel.device.doctor_topics import examine
    from droidcancel.device.hierarchy import Bounds, Hierarchy, Node
    from droidcancel.device.media import unique_name
    from droidcancel.device.network import Network
    from droidcancel.device.packages import Packages
    from droidcancel.device.shell import Script, ShellChannel, quoted
    from droidcancel.device.shell_stream import Armed, RunningCommand
    from droidcancel.device.types import (
        Attached,
        Capability,
        Change,
        Component,
        Finding,
        ForegroundService,
        Job,
        Keyguard,
        Kind,
        MediaItem,
        NetworkState,
        Output,
        PackageInfo,
        Progress,
        RoundTrips,
        Task,
    )
    from droidcancel.device.ui import Ui

#: name -> its module, which is imported when the name is first used: to list the phones takes
#: neither uiautomator2 nor pydantic
_HOME = {
    "AppNetwork": "app_network",
    "DeviceEntry": "config",
    "Devices": "config",
    "EmulatorEntry": "config",
    "Limits": "config",
    "PhoneEntry": "config",
    "SimulatorEntry": "config",
    "load_devices": "config",
    "Device": "device",
    "examine": "doctor_topics",
    "Bounds": "hierarchy",
    "Hierarchy": "hierarchy",
    "Node": "hierarchy",
    "unique_name": "media",
    "Network": "network",
    "Packages": "packages",
    "Script": "shell",
    "ShellChannel": "shell",
    "quoted": "shell",
    "Armed": "shell_stream",
    "RunningCommand": "shell_stream",
    "Attached": "types",
    "Capability": "types",
    "Change": "types",
    "Component": "types",
    "Finding": "types",
    "ForegroundService": "types",
    "Job": "types",
    "Keyguard": "types",
    "Kind": "types",
    "MediaItem": "types",
    "NetworkState": "types",
    "Output": "types",
    "PackageInfo": "types",
    "Progress": "types",
    "RoundTrips": "types",
    "Task": "types",
    "Ui": "ui",
}


def __getattr__(name: str) -> Any:
    """The name, out of its module."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found


__all__ = [
    "AppNetwork",
    "Armed",
    "Attached",
    "Bounds",
    "Capability",
    "Change",
    "Component",
    "Device",
    "DeviceEntry",
    "Devices",
    "EmulatorEntry",
    "Finding",
    "ForegroundService",
    "Hierarchy",
    "Job",
    "Keyguard",
    "Kind",
    "Limits",
    "MediaItem",
    "Network",
    "NetworkState",
    "Node",
    "Output",
    "PackageInfo",
    "Packages",
    "PhoneEntry",
    "Progress",
    "RoundTrips",
    "RunningCommand",
    "Script",
    "ShellChannel",
    "SimulatorEntry",
    "Task",
    "Ui",
    "choose",
    "connect",
    "connect_address",
    "examine",
    "list_devices",
    "load_devices",
    "must_poll",
    "poll",
    "quoted",
    "unique_name",
    "until",
]
