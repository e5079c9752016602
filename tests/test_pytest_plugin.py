"""The fixtures of droidcancel/pytest_plugin, used in test runs of their own."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from droidcancel import pytest_plugin as plugin
from droidcancel.pytest_plugin import marks, options

pytest_plugins = ["pytester"]
GUIDE = (Path(__file__).parents[1] / "docs" / "pytest.md").read_text(encoding="utf-8")
#: emulators and phones that take an emulator's port do not race each other for it
pytestmark = pytest.mark.usefixtures("emulator_ports")

OPTIONS = """
import pytest
from droidcancel.simulator import PhoneOptions

@pytest.fixture
def simulator_options():
    return PhoneOptions(apps=(), api=30, model="Bench")
"""

PLAIN = """
import os, re, socket
import pytest

def test_a_booted_phone(simulator):
    assert simulator.phone.booted.is_set()
    assert simulator.phone.props["sys.boot_completed"] == "1"
    assert simulator.options.api == 34

def test_a_serial_that_a_server_takes(simulator):
    assert re.fullmatch(r"emulator-55[5-8]\\d|127\\.0\\.0\\.1:\\d+", simulator.serial)

def test_no_server_was_started(simulator):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(os.environ["ANDROID_ADB_SERVER_PORT"])))
"""

OVERRIDDEN = """
import pytest
from droidcancel.simulator import PhoneOptions

@pytest.fixture
def simulator_options():
    return PhoneOptions(apps=(), api=30, model="Bench")

def test_by_the_module(simulator):
    assert (simulator.options.api, simulator.options.model) == (30, "Bench")

class TestFrench:
    @pytest.fixture(params=[28, 36])
    def simulator_options(self, request):
        return PhoneOptions(apps=(), locale="fr-FR", api=request.param)

    def test_by_the_class(self, simulator, request):
        assert simulator.phone.props["ro.product.locale"] == "fr-FR"
        assert simulator.options.api in (28, 36)

class TestWrong:
    @pytest.fixture
    def simulator_options(self):
        return PhoneOptions(apps=("none",))

    def test_that_cannot_be(self, simulator): ...
"""

ENDS = """
import socket
import pytest

ports = []

def test_that_fails(simulator):
    ports.append(simulator.port)
    socket.create_connection(("127.0.0.1", simulator.port), timeout=5).close()
    assert False, "on purpose"

def test_that_its_phone_is_gone():
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", ports[0]), timeout=5)
"""

SERVED = """
import adbutils, pytest

seen = []

@pytest.mark.parametrize("turn", range(3))
def test_it(simulator, turn):
    device = adbutils.adb.device(serial=simulator.serial)
    assert device.shell("getprop ro.product.model") == "Bench"
    assert device.shell("ls /data/local/tmp") == ""
    device.shell("touch /data/local/tmp/mark")
    seen.append(simulator.phone.boot_id)
    assert len(set(seen)) == turn + 1
"""

UNUSED = """
import sys

def test_it():
    assert "droidcancel.pytest_plugin" in sys.modules
    heavy = ("droidcancel.simulator", "droidcancel.recipe", "droidcancel.device", "pydantic",
             "adbutils", "uiautomator2", "lxml", "PIL", "click", "ruamel")
    assert not [name for name in sys.modules if name.startswith(heavy)]
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the runs keep what they compiled, for the next one."""
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture
def lab(
    pytester: pytest.Pytester, compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """A directory of tests whose runs take warnings for errors, as ours do; no server runs."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(compiled))
    pytester.makeini("[pytest]\naddopts = -p no:cacheprovider\nfilterwarnings = error\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(free.getsockname()[1]))
    return pytester


def test_phones_without_a_server(lab: pytest.Pytester) -> None:
    """Plain use, overridden options, and the end of a phone whatever became of its test."""
    lab.makepyfile(test_plain=PLAIN, test_overridden=OVERRIDDEN, test_ends=ENDS)
    result = lab.runpytest_subprocess("-v", timeout=90)
    result.assert_outcomes(passed=7, failed=1, errors=1)
    result.stdout.fnmatch_lines_random(
        [
            "*test_plain.py::test_a_booted_phone PASSED*",
            "*test_plain.py::test_no_server_was_started PASSED*",
            "*test_overridden.py::TestFrench::test_by_the_class?28? PASSED*",
            "*test_overridden.py::TestFrench::test_by_the_class?36? PASSED*",
            "*test_ends.py::test_that_its_phone_is_gone PASSED*",
            "*ValueError: no app 'none'*",
            "*AssertionError: on purpose*",
        ]
    )


def test_a_running_server_knows_the_phone_at_once(
    lab: pytest.Pytester, adb_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client needs no waiting; each test has a phone of its own."""
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(adb_server))
    lab.makeconftest(OPTIONS)
    lab.makepyfile(SERVED)
    lab.runpytest_subprocess("-q", timeout=90).assert_outcomes(passed=3)


def test_who_does_not_use_it_does_not_pay_for_it(lab: pytest.Pytester) -> None:
    lab.makepyfile(UNUSED)
    lab.runpytest_subprocess("-q", timeout=60).assert_outcomes(passed=1)


def test_the_fixtures_are_explained(lab: pytest.Pytester) -> None:
    result = lab.runpytest_inprocess("--fixtures")
    result.stdout.fnmatch_lines(
        [
            "phone -- *pytest_plugin*",
            "*leased by a lock file*",
        ]
    )
    listed = str(result.stdout)
    ours = [name for name in plugin.__all__ if name != "BadVerdict"]
    for name in ours:
        assert re.search(rf"^{name}( \[session scope\])? -- .*pytest_plugin", listed, re.MULTILINE)
        assert f"`{name}`" in GUIDE, f"{name} is not in docs/pytest.md"
    assert (
        "no docstring available" not in listed.partition("from droidcancel")[2].partition("---")[0]
    )


def test_every_option_is_in_the_guide() -> None:
    for option in options.OPTIONS:
        assert f"--droid-{option.name}" in GUIDE, option.name
    for key in marks.KEYS:
        assert f"`{key}" in GUIDE, key
