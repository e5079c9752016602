"""What all tests share: an adb server of their own, and phones that it knows.

The environment is set before any adb library is imported, as these read it once.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no finding: only what a test asserts is.
# CI draws the same examples each time; whoever runs the tests by hand looks at new ones.
settings.register_profile(
    "any machine",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")

if TYPE_CHECKING:
    from droidcancel.simulator import Simulator


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


_HOME = tempfile.TemporaryDirectory(prefix="droidcancel-tests-")
SERVER_PORT = _free_port()
# The server of the tests must not find other people's emulators, nor ask the network for phones.
os.environ.update(
    ANDROID_ADB_SERVER_PORT=str(SERVER_PORT),
    ADB_EMU="0",
    ADB_LOCAL_TRANSPORT_MAX_PORT="5553",  # what an adb knows that does not know ADB_EMU
    ADB_MDNS_OPENSCREEN="0",
    ADB_MDNS_AUTO_CONNECT="",
    DROIDCANCEL_STATE_DIR=f"{_HOME.name}/state",
    DROIDCANCEL_RUNTIME_DIR=f"{_HOME.name}/run",
    DROIDCANCEL_CONFIG_DIR=f"{_HOME.name}/config",
    DROIDCANCEL_CACHE_DIR=f"{_HOME.name}/cache",
    COLUMNS="160",
    NO_COLOR="1",
)
for _name in ("ANDROID_SERIAL", "ANDROID_ADB_SERVER_ADDRESS", "DROIDCANCEL_DEVICES"):
    os.environ.pop(_name, None)

MakePhone = Callable[..., "Simulator"]


def wheel_adb() -> str:
    """The adb binary inside adbutils' wheel."""
    import adbutils

    return str(Path(adbutils.__file__).parent / "binaries" / "adb")


def run_adb(*words: str, adb: str | None = None, timeout: float = 60, **more: Any) -> Any:
    """Run an adb command to its end; a CompletedProcess with bytes."""
    command = [adb or wheel_adb(), *words]
    return subprocess.run(command, capture_output=True, timeout=timeout, check=False, **more)


@pytest.fixture(scope="session")
def adb_server() -> Iterator[int]:
    """The port of an adb server that belongs to this test process alone."""
    started = run_adb("start-server")
    assert started.returncode == 0, started.stderr
    yield SERVER_PORT
    run_adb("kill-server")


@contextmanager
def emulator_ports_held() -> Iterator[None]:
    """While it lasts no other process of the tests takes an emulator's port."""
    with (Path(tempfile.gettempdir()) / "droidcancel-tests-emulator-ports.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def emulator_ports() -> Iterator[None]:
    """For tests that take an emulator's port: one at a time, over all processes of the tests.

    An emulator is told its port before it takes it.
    """
    with emulator_ports_held():
        yield


def wait_listed(serial: str, timeout: float = 20.0) -> None:
    """Wait until the server has the phone as a device."""
    done = run_adb("-s", serial, "wait-for-device", timeout=timeout)
    assert done.returncode == 0, done.stderr


def harmless(phones: Iterable[Simulator]) -> None:
    """Assert that no phone was sent `pm clear`: it wipes an app's account and drafts, or hangs."""
    for phone in phones:
        assert list(phone.phone.audit.harmful) == []


@pytest.fixture
def make_phone(adb_server: int) -> Iterator[MakePhone]:
    """Boots phones: `make_phone(api=30, profile="pixel")`; they end with the test.

    A test that had one clear an app's data fails: droidcancel never does.
    """
    from droidcancel.simulator import PhoneOptions, Simulator

    phones: list[Simulator] = []

    def make(*, cloud: Any = None, **options: Any) -> Simulator:
        options.setdefault("apps", ())
        phone = Simulator(
            PhoneOptions(**options), cloud=cloud, emulator_port=False, adb_server=adb_server
        ).start()
        phones.append(phone)
        wait_listed(phone.serial)
        return phone

    yield make
    try:
        harmless(phones)
    finally:
        for phone in phones:
            phone.withdraw(adb_server)
            phone.stop()


def wait_until(condition: Callable[[], Any], timeout: float = 20.0, what: str = "") -> Any:
    """Poll until `condition()` is true, and return it; fails after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            pytest.fail(f"waited {timeout} s for {what or condition}")
        time.sleep(0.005)


DEVICES = """
default: simulator
devices:
  simulator: {kind: simulator, app: clips, upload_bytes_per_s: 200000}
"""


@pytest.fixture
def lab(
    pytester: pytest.Pytester, adb_server: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> pytest.Pytester:
    """A directory of tests with a devices.yaml and a small video; warnings are errors."""
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(adb_server))
    video = pytester.path / "cat.mp4"
    video.write_bytes(os.urandom(400_000))
    (pytester.path / "devices.yaml").write_text(DEVICES)
    pytester.makeini(
        "[pytest]\naddopts = -p no:cacheprovider -p no:hypothesispytest\nfilterwarnings = error\n"
        "droid_devices = devices.yaml\ndroid_device = simulator\ndroid_output = out\n"
    )
    return pytester
