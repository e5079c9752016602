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
    as the phone then has one of the emulators' ports. To one that runs any port will do, and
    is better: a server takes a second until it looks at an emulator's port again.
    """
    from droidcancel.simulator import Simulator
    from droidcancel.simulator.host import server_runs

    server = int(os.environ.get("ANDROID_ADB_SERVER_PORT") or 5037)
    alone = not server_runs(server)
    with Simulator(simulator_options, emulator_port=alone, adb_server=server) as phone:
        yield phone
        phone.withdraw(server)
