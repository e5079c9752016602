"""Fixtures for tests that want a virtual phone.

    def test_release(simulator):
        device = adbutils.adb.device(serial=simulator.serial)
        assert device.shell("getprop ro.build.version.release") == "14"

Override `simulator_options` for a phone of another make, or parametrize it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from droidcancel.simulator import PhoneOptions, Simulator


@pytest.fixture
def simulator_options() -> PhoneOptions:
    """The make of the phone that `simulator` is; override it in a module or a class."""
    from droidcancel.simulator import PhoneOptions

    return PhoneOptions()


@pytest.fixture
def simulator(simulator_options: PhoneOptions) -> Iterator[Simulator]:
    """A booted virtual phone that the adb server of ANDROID_ADB_SERVER_PORT knows of.

    An adb server that is not running yet is left alone: it finds the phone when it starts,
    where the phone has one of the emulators' ports.
    """
    from droidcancel.simulator import Simulator

    server = int(os.environ.get("ANDROID_ADB_SERVER_PORT") or 5037)
    with Simulator(simulator_options, adb_server=server) as phone:
        yield phone
        phone.withdraw(server)
