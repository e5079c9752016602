"""What goes wrong on the way: the link drops, the app ends, the upload ends under the finger."""

from __future__ import annotations

import signal
import threading
from functools import partial
from itertools import count
from typing import Any

import pytest
import uiautomator2

from droidcancel.device.activities import Activities
from droidcancel.errors import AppError, DeviceError, DroidCancelError
from droidcancel.recipe.options import Event
from droidcancel.recipe.run import Run
from droidcancel.simulator.apps.intents import ACTION_MAIN, Component, Intent
from droidcancel.simulator.processes import Process
from tests.conftest import SERVER_PORT, wait_until
from tests.recipe.conftest import CLIPS, LIMITS, Lab, MakeLab


def pull_the_cable(lab: Lab) -> None:
    lab.simulator.call(lab.simulator.adbd.drop_connections)
    lab.simulator.withdraw(SERVER_PORT)
    lab.simulator.announce(SERVER_PORT)


@pytest.mark.parametrize("kind", ["moment", "quiet"])
def test_the_link_drops_and_comes_back(make_lab: MakeLab, kind: str) -> None:
    lab = make_lab()

    def heard(event: Event) -> None:
        if event.kind == kind:
            pull_the_cable(lab)

    result = lab.run("cancel_airplane", "30%", on_event=heard)
    assert result.error is None, result.error
    assert (result.verdict.name, result.restored) == ("cancelled", True), result.verdict
    assert lab.states == ["terminated"]
    assert lab.is_as_before()


# uiautomator2 leaves the socket of a call that broke off to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_link_drops_while_the_caption_is_typed(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed may be typed again: the field tells what came through."""
    lab, given, plugged_in = make_lab(), uiautomator2.UiObject.set_text, threading.Event()
    simulator = lab.simulator

    def typed(field: Any, *args: Any, **more: Any) -> Any:
        if not plugged_in.is_set():
            plugged_in.set()
            simulator.call(simulator.adbd.drop_connections)
            simulator.withdraw(SERVER_PORT)
            threading.Timer(0.5, lambda: simulator.announce(SERVER_PORT)).start()
        return given(field, *args, **more)

    monkeypatch.setattr(uiautomator2.UiObject, "set_text", typed)
    result = lab.run("save_draft")
    assert plugged_in.is_set()
    assert result.error is None, result.error
    assert (result.verdict.name, result.restored) == ("draft", True), result.verdict


def test_a_task_that_is_just_ending_is_in_no_stack(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, given, read = make_lab(api=28), Activities._stacks, count()
    monkeypatch.setattr(Activities, "_stacks", lambda me: given(me) if next(read) > 1 else {})
    result = lab.run("cancel_swipe_recents", "20%")
    assert result.error is None, result.error
    assert result.verdict.name == "cancelled"
    assert next(read) > 2  # the first two answers knew no stack


def test_an_app_that_is_back_at_once_is_stopped_again(make_lab: MakeLab) -> None:
    """As where Post starts a screen that is not there yet when the stop comes."""
    lab = make_lab()
    phone, due = lab.simulator.phone, threading.Event()
    back = Intent(ACTION_MAIN, Component.parse(f"{CLIPS}/.MainActivity"))

    def bring_back(process: Process) -> None:
        if process.package == CLIPS and due.is_set():
            due.clear()
            phone.spawn(phone.activities.start(back, uid=1000))

    def heard(event: Event) -> None:
        if event.kind == "moment":
            due.set()

    phone.processes.on_exit(bring_back)
    result = lab.run("cancel_force_stop", "20%", on_event=heard)
    method = result.evidence.method
    assert method is not None
    assert method.effective, method.detail
    assert "stopped again" in method.detail
    assert (result.verdict.name, lab.states) == ("cancelled", ["terminated"])


def test_a_network_that_flaps_during_the_last_looks(make_lab: MakeLab) -> None:
    lab = make_lab()
    connectivity, flaps = lab.simulator.phone.connectivity, threading.Event()

    def reach(there: bool) -> None:
        for transport in ("wifi", "cell"):
            lab.simulator.call(partial(connectivity.set_range, transport, there))

    def heard(event: Event) -> None:
        if event.kind == "quiet":
            flaps.set()
        elif event.kind == "trouble" and flaps.is_set():
            reach(True)
        elif event.data.get("place") == "profile":
            reach(False)

    result = lab.run("cancel_in_app", "30%", on_event=heard)
    assert flaps.is_set()
    assert any(event.kind == "trouble" for event in lab.events)
    assert result.verdict.name == "cancelled", result.verdict


# uiautomator2 leaves the socket of a server that ended to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_phone_kills_the_screen_server_while_it_starts(make_lab: MakeLab) -> None:
    lab = make_lab()
    processes, killed = lab.simulator.phone.processes, threading.Event()

    def kill() -> bool:
        servers = [p for p in processes if "com.wetest.uia2.Main" in p.args]
        return any(processes.signal(p.pid, signal.SIGKILL) for p in servers)

    def lie_in_wait() -> None:
        wait_until(lambda: lab.simulator.call(kill))
        killed.set()

    threading.Thread(target=lie_in_wait, daemon=True).start()
    assert lab.device.ui.dump().nodes()
    assert killed.wait(5)


def test_an_upload_that_ends_while_it_is_discarded(make_lab: MakeLab) -> None:
    """An app that goes on at its start may be done when its Cancel is to be tapped."""
    lab = make_lab({"resume_at_start": True})
    network, cloud = lab.simulator.phone.network, lab.simulator.cloud

    def heard(event: Event) -> None:
        if event.data.get("step") == "tap":
            lab.simulator.call(lambda: network.shape(up=1e8))
            wait_until(lambda: cloud.records[0].state == "live")

    result = lab.run("cancel_force_stop", "20%", on_event=heard)
    assert result.error is None, result.error
    assert result.verdict.name == "resumed", result.verdict
    assert lab.states == ["live"]


def test_a_start_of_the_app_that_is_lost(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("droidcancel.recipe.navigate.START_S", 0.5)
    given, lost = Run.start_app, [True]

    def start(run: Run) -> None:
        if not lost:
            given(run)
        lost.clear()

    monkeypatch.setattr(Run, "start_app", start)
    result = make_lab().run("cancel_force_stop", "posting")
    assert result.error is None, result.error
    assert result.verdict.name == "cancelled"


# uiautomator2 leaves the socket of a server that ended to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("moment", "error", "told"),
    [
        ("90%", DeviceError, "the phone restarted"),
        ("90%", AppError, "Clips ended"),
        ("1.4MB", AppError, "Clips ended"),
    ],
)
def test_a_phone_or_an_app_that_goes_down_before_the_moment(
    make_lab: MakeLab, moment: str, error: type[DroidCancelError], told: str
) -> None:
    """It is said within seconds, not when the time for the upload is over."""
    lab, struck = make_lab(), threading.Event()
    simulator = lab.simulator

    def kill() -> None:
        for process in simulator.phone.processes.by_package(CLIPS):
            simulator.phone.processes.signal(process.pid, signal.SIGKILL)

    def heard(event: Event) -> None:
        if event.kind != "progress" or "upload: posting" not in event.text or struck.is_set():
            return
        struck.set()
        if error is DeviceError:
            simulator.run(simulator.phone.reboot())
        else:
            simulator.call(kill)

    result = lab.run("cancel_airplane", moment, on_event=heard)
    assert isinstance(result.error, error), result.error
    assert told in result.error.message
    assert (result.verdict.name, result.exit_code) == ("invalid", 3)
    assert result.duration_s < LIMITS.upload_timeout_s / 2
    assert "verify_outcome -e caption='#dc" in result.left[0]
    assert "live" not in lab.states
    assert lab.is_as_before()
