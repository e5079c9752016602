"""What a phone can do: the only package that talks to adb and to uiautomator2.

    from droidcancel.device import connect

    with connect("emulator-5554") as device:
        print(device.model, device.network.state())

A change is sent, read back, and proven; where a phone has no safe way to do something, it says
so (`Capability`) and the call raises `Unsupported`. Nothing here asks whether the phone is
virtual.
"""

from __future__ import annotations

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
from droidcancel.device.connect import choose, connect, connect_address, list_devices
from droidcancel.device.device import Device
from droidcancel.device.doctor_topics import examine
from droidcancel.device.hierarchy import Bounds, Hierarchy, Node
from droidcancel.device.media import unique_name
from droidcancel.device.network import Network
from droidcancel.device.packages import Packages
from droidcancel.device.poll import must_poll, poll, until
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
