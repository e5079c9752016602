"""Android's emulator: found, started without a window, waited for, slowed down, stopped.

The emulator is a program of the Android SDK, which droidcancel does not bring. It is steered by
its console, a port on the loopback address that wants the token of this user first.
"""

from __future__ import annotations

from droidcancel.device.emulator.command import StartOptions, start_command
from droidcancel.device.emulator.console import Console
from droidcancel.device.emulator.life import Running, find_running, running, start, stop
from droidcancel.device.emulator.network import NetworkStatus, read_network, set_network
from droidcancel.device.emulator.sdk import avds, check_avd, find_emulator

__all__ = [
    "Console",
    "NetworkStatus",
    "Running",
    "StartOptions",
    "avds",
    "check_avd",
    "find_emulator",
    "find_running",
    "read_network",
    "running",
    "set_network",
    "start",
    "start_command",
    "stop",
]
