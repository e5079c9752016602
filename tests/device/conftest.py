"""Virtual phones behind a private adb server, for the toolkit's tests."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import adbutils
import pytest

from droidcancel.device import Device, connect, poll
from droidcancel.simulator import PhoneOptions, Simulator
from tests.conftest import harmless

APIS = (28, 30, 33, 34, 36)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def adb_server() -> Iterator[int]:
    """The port of an adb server of our own, which looks for no emulators by itself."""
    port = _free_port()
    environment = {
        **os.environ,
        "ANDROID_ADB_SERVER_PORT": str(port),
        "ADB_EMU": "0",
        "ADB_LOCAL_TRANSPORT_MAX_PORT": "5553",
        "ADB_MDNS_AUTO_CONNECT": "0",
        "ADB_MDNS_OPENSCREEN": "0",
    }
    command = [adbutils.adb_path(), "-P", str(port), "nodaemon", "server"]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)  # the server gives no sign but its port
    yield port
    server.terminate()
    server.wait(timeout=10)


@pytest.fixture
def adb_environment(adb_server: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """The environment of a client of that server."""
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(adb_server))
    for name in ("ANDROID_SERIAL", "ANDROID_ADB_SERVER_ADDRESS", "ANDROID_ADB_SERVER_HOST"):
        monkeypatch.delenv(name, raising=False)
    return adb_server


class Boot(Protocol):
    """Starts a phone and waits until the server has it in that state."""

    def __call__(
        self, options: PhoneOptions, emulator_port: bool = False, state: str = "device"
    ) -> Simulator: ...


@pytest.fixture
def boot(adb_environment: int) -> Iterator[Boot]:
    """Start phones that end with the test, none of which was told to clear an app's data."""
    phones: list[Simulator] = []
    with ExitStack() as stack:

        def start(
            options: PhoneOptions, emulator_port: bool = False, state: str = "device"
        ) -> Simulator:
            # without an emulator's port: adb looks at those anew only every second
            phone = stack.enter_context(Simulator(options, emulator_port=emulator_port))
            phone.adbd.keys.accept_new = state != "unauthorized"
            phone.announce(adb_environment)
            stack.callback(phone.withdraw, adb_environment)
            _wait_until(adb_environment, phone.serial, state)
            phones.append(phone)
            return phone

        yield start
        harmless(phones)


def _wait_until(server: int, serial: str, state: str) -> None:
    client = adbutils.AdbClient(host="127.0.0.1", port=server)

    def there() -> bool | None:
        states = {info.serial: info.state for info in client.list()}
        return True if states.get(serial) == state else None

    assert poll(there, 20) is not None


@pytest.fixture(params=APIS, ids=[f"api{api}" for api in APIS])
def sim(request: pytest.FixtureRequest, boot: Boot) -> Simulator:
    """A phone of each version that matters."""
    return boot(PhoneOptions(api=request.param))


@pytest.fixture
def sim34(boot: Boot) -> Simulator:
    """A phone with Android 14."""
    return boot(PhoneOptions(api=34))


@pytest.fixture
def device(sim: Simulator) -> Iterator[Device]:
    """That phone, reached."""
    with connect(sim.serial) as found:
        yield found


@pytest.fixture
def device34(sim34: Simulator) -> Iterator[Device]:
    """The Android 14 phone, reached."""
    with connect(sim34.serial) as found:
        yield found
