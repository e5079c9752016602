"""The way to the phone goes, in the middle of a run and of its restoring: server, cable, host."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result

from droidcancel.cli import cli
from droidcancel.device import connect
from droidcancel.device.shell import ShellChannel
from droidcancel.errors import AdbError
from droidcancel.journal import Journal
from droidcancel.recipe.options import Event
from tests.conftest import SERVER_PORT, run_adb, wait_listed, wait_until
from tests.recipe.conftest import CLIPS, Lab, MakeLab

# adbutils leaves the socket of a connect that failed to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def kill_server() -> None:
    """As `adb kill-server`, or another program's adb of another version: every link is gone."""
    assert run_adb("kill-server").returncode == 0


def plug_in(lab: Lab) -> None:
    """The server finds the phone, as it finds one on a cable by itself."""
    run_adb("start-server")
    lab.simulator.withdraw(SERVER_PORT)
    lab.simulator.announce(SERVER_PORT)
    wait_listed(lab.simulator.serial)


def unplug(lab: Lab) -> None:
    lab.simulator.withdraw(SERVER_PORT)
    lab.simulator.call(lab.simulator.adbd.drop_connections)


def leave_changed(lab: Lab) -> None:
    """As a run that was killed when it had cut the phone's network and one app's."""
    device = lab.device
    journal = Journal.of(device.serial, "killed")
    journal.begin(device, "airplane")
    device.network.set_airplane(True)
    journal.begin(device, "app_network", args={"package": CLIPS})
    device.app_network.set(CLIPS, False)
    device.close()


def restore(lab: Lab) -> Result:
    return CliRunner().invoke(cli, ["restore", "-s", lab.simulator.serial])


def is_back(lab: Lab) -> bool:
    """Looked at on the phone itself: nothing of droidcancel's is asked."""

    def look() -> bool:
        phone = lab.simulator.phone
        cut = phone.connectivity.airplane or phone.netpolicy.chain3_enabled
        return not cut and not phone.netpolicy.denied_app_ids

    return bool(lab.simulator.call(look))


@contextmanager
def at_command(number: int, do: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """Have something happen just before the so many-th command to the phone's shell."""
    given, count = ShellChannel.run, iter(range(1, 1_000_000))

    def run(self: ShellChannel, *args: object, **more: object) -> object:
        if next(count) == number:
            do()
        return given(self, *args, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(ShellChannel, "run", run)
        yield


def test_restoring_twice_does_nothing_more(make_lab: MakeLab) -> None:
    lab = make_lab()
    leave_changed(lab)
    first, second = restore(lab), restore(lab)
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "airplane mode: put back" in first.output
    assert "nothing to restore" in second.output
    assert is_back(lab)


@pytest.mark.parametrize("number", [9, 14])
def test_the_adb_server_is_killed_while_restoring(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """droidcancel starts it again, and connects the phone again, which is one in the network."""
    lab = make_lab()
    leave_changed(lab)
    with at_command(number, kill_server, monkeypatch):
        done = restore(lab)
    assert done.exit_code == 0, done.output
    assert is_back(lab)


def test_the_adb_server_is_killed_before_the_phone_is_reached(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it had never been attached: how to attach it is told, and nothing is lost."""
    lab = make_lab()
    leave_changed(lab)
    with at_command(1, kill_server, monkeypatch):
        done = restore(lab)
    assert done.exit_code == 3, done.output
    assert f"`adb connect {lab.simulator.serial}`" in done.output
    plug_in(lab)
    assert restore(lab).exit_code == 0
    assert is_back(lab)


def test_another_server_does_not_know_the_phone_any_more(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started by somebody else's adb: the phone is connected again all the same."""
    lab = make_lab()
    leave_changed(lab)

    def restart() -> None:
        kill_server()
        assert run_adb("start-server").returncode == 0

    with at_command(9, restart, monkeypatch):
        done = restore(lab)
    assert done.exit_code == 0, done.output
    assert is_back(lab)


def test_a_phone_that_was_disconnected_is_not_connected_again(make_lab: MakeLab) -> None:
    """The same server has lost it: somebody took it away."""
    lab = make_lab()
    lab.simulator.withdraw(SERVER_PORT)
    with pytest.raises(AdbError, match="not found"):
        lab.device.shell.text(["true"])
    plug_in(lab)


@pytest.mark.parametrize("number", [1, 9, 14])
def test_the_cable_is_pulled_while_restoring_and_put_in_later(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    lab = make_lab()
    leave_changed(lab)
    with at_command(number, lambda: unplug(lab), monkeypatch):
        done = restore(lab)
    assert done.exit_code in (3, 4), done.output
    assert "internal error" not in done.output
    plug_in(lab)
    assert restore(lab).exit_code == 0
    assert is_back(lab)


@pytest.mark.parametrize("found", ["by the server", "in the network"])
def test_the_adb_server_is_killed_in_the_middle_of_a_run(make_lab: MakeLab, found: str) -> None:
    """It is started again by the next command; what it does not find by itself is told to it."""
    lab = make_lab()

    def heard(event: Event) -> None:
        if event.kind == "settled":
            kill_server()
            if found == "by the server":
                plug_in(lab)

    result = lab.run("cancel_airplane", "30%", on_event=heard)
    assert result.restored, result.undone
    assert result.error is None or result.exit_code == 3, result.error
    assert result.verdict.name in ("cancelled", "invalid", "unknown")
    assert lab.states == ["terminated"] or result.verdict.name != "cancelled"
    assert is_back(lab)


def test_the_cable_is_pulled_for_good(make_lab: MakeLab) -> None:
    """The run ends with 4: the phone is not restored, and how to mend it is told. Later it is."""
    lab = make_lab()

    def heard(event: Event) -> None:
        if event.kind == "settled":
            unplug(lab)

    result = lab.run("cancel_airplane", "30%", on_event=heard)
    assert (result.restored, result.exit_code) == (False, 4)
    assert isinstance(result.error, AdbError), result.error
    (left,) = [item.detail for item in result.undone if item.what == "airplane mode"]
    assert "on the phone: airplane mode off" in left
    assert result.verdict.name in ("invalid", "unknown")
    plug_in(lab)
    assert restore(lab).exit_code == 0
    assert is_back(lab)


def test_the_phone_restarts_before_it_is_restored(make_lab: MakeLab) -> None:
    """Airplane mode outlives a restart; the firewall of an app does not."""
    lab = make_lab()
    leave_changed(lab)
    lab.simulator.run(lab.simulator.phone.reboot())
    wait_until(lambda: connects(lab), 30)
    assert lab.simulator.call(lambda: lab.simulator.phone.connectivity.airplane)
    done = restore(lab)
    assert done.exit_code == 0, done.output
    assert "airplane mode: put back" in done.output
    assert f"the network of {CLIPS}: already as it was" in done.output
    assert is_back(lab)


def connects(lab: Lab) -> bool:
    try:
        connect(lab.simulator.serial).close()
    except AdbError:
        return False
    return True


def test_the_next_run_restores_first(make_lab: MakeLab) -> None:
    lab = make_lab()
    leave_changed(lab)
    with connect(lab.simulator.serial) as device:
        lab.device = device
        result = lab.run("save_draft")
    assert (result.error, result.verdict.name) == (None, "draft")
    assert is_back(lab)


def test_a_phone_that_only_observes_is_restored_first_too(make_lab: MakeLab) -> None:
    lab, other = make_lab(), make_lab({"account": "eve"})
    leave_changed(other)
    with connect(other.simulator.serial) as observer:
        result = lab.run("verify_outcome", "30%", observer=observer)
    assert result.verdict.name == "cancelled", result.verdict
    assert is_back(other)


def watchers(lab: Lab) -> list[str]:
    """What is left on the phone of the watcher there."""
    folder = lab.simulator.phone.fs.listdir("/data/local/tmp")
    return [name for name in folder if name.startswith("droidcancel-")]


#: a host that ends with a phone's network cut; a living one would start adb again, and go on
DIES = """
import os, signal, sys
from droidcancel.device import connect
from droidcancel.journal import Journal

device = connect(sys.argv[1])
Journal.of(device.serial, "killed").begin(device, "airplane")
device.watchdog.arm(device.network.state(), patience_s=2)
device.network.set_airplane(True)
device.network.wait_offline(20)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_phone_mends_itself_when_host_and_adb_are_gone(make_lab: MakeLab) -> None:
    lab = make_lab()
    died = subprocess.run([sys.executable, "-c", DIES, lab.simulator.serial], check=False)
    assert died.returncode == -signal.SIGKILL
    kill_server()
    phone = lab.simulator.phone
    wait_until(lambda: lab.simulator.call(lambda: phone.connectivity.wifi.connected), 40)
    assert "wifi_apm_state" not in lab.simulator.call(lambda: phone.settings.list("secure"))
    wait_until(lambda: lab.simulator.call(lambda: watchers(lab)) == [], 20)
    plug_in(lab)
    done = restore(lab)
    assert done.exit_code == 0, done.output
    assert "airplane mode: already as it was" in done.output


def test_two_at_once_on_one_phone(make_lab: MakeLab) -> None:
    """Whoever comes second is told who was first, and touches nothing."""
    lab, second = make_lab(), []

    def other() -> None:
        second.append(restore(lab))

    def heard(event: Event) -> None:
        if event.kind == "moment":
            thread = threading.Thread(target=other)
            thread.start()
            thread.join(60)

    result = lab.run("cancel_airplane", "30%", on_event=heard)
    assert result.verdict.name == "cancelled", result.verdict
    assert second[0].exit_code == 3
    assert "is in use by another droidcancel (pid" in second[0].output
