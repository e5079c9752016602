"""Recordings of runs in which something breaks: the link, a step, the phone, the run itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from droidcancel.recipe.options import Event
from droidcancel.record.recording import Wanted
from tests.conftest import SERVER_PORT, wait_until
from tests.recipe.conftest import MakeLab
from tests.recipe.test_faults import pull_the_cable
from tests.recipe.test_record import Decoded, assert_film, filmed, record

pytest.importorskip("av")
pytestmark = pytest.mark.extended
#: the film goes on after a break within so many seconds
SOON_S = 10.0


def test_a_link_that_drops_and_comes_back_is_filmed_on(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab()
    dropped: list[float] = []

    def heard(event: Event) -> None:
        if event.kind == "moment":
            dropped.append(time.monotonic())
            pull_the_cable(lab)

    recording, finish = filmed(lab, "cancel_airplane", tmp_path / "out", heard)
    pictures = [frame.at for frame in recording.frames()]
    result, made = finish(Wanted(moving=()))
    assert result.verdict.name == "cancelled", result.error
    assert any(at < dropped[0] for at in pictures)
    assert any(dropped[0] < at < dropped[0] + SOON_S for at in pictures)
    assert_film(tmp_path / "out", made, lab.device.ui.size())


def test_a_phone_that_restarts_is_filmed_on(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab()
    restarted: list[float] = []

    def heard(event: Event) -> None:
        if event.kind == "cancel":
            restarted.append(time.monotonic())

    recording, finish = filmed(lab, "restart_phone", tmp_path / "out", heard)
    pictures = [frame.at for frame in recording.frames()]
    result, made = finish(Wanted(moving=()))
    assert result.error is None
    assert any(at < restarted[0] for at in pictures)
    assert any(at > restarted[0] + 0.5 for at in pictures)
    assert_film(tmp_path / "out", made, lab.device.ui.size())


def test_a_phone_that_is_gone_for_good_has_its_film_up_to_there(
    make_lab: MakeLab, tmp_path: Path
) -> None:
    lab = make_lab()
    gone: list[float] = []

    def heard(event: Event) -> None:
        if event.kind == "moment":
            gone.append(time.monotonic())
            lab.simulator.call(lab.simulator.adbd.drop_connections)
            lab.simulator.withdraw(SERVER_PORT)

    out = tmp_path / "out"
    recording, finish = filmed(lab, "cancel_airplane", out, heard)
    pictures = [frame.at for frame in recording.frames()]
    result, made = finish(Wanted(moving=()))
    assert result.error is not None
    assert recording.story.began < pictures[-1] < gone[0] + SOON_S
    facts = json.loads((out / "recording.json").read_text())
    film = Decoded(made.files["film"], set())
    assert film.count == made.frames
    assert film.brightest > 60
    assert facts["wall_s"] > gone[0] - recording.story.began
    assert any("md en" in name for name in made.files)
    assert made.problems, "it is said that the film broke off"


def test_a_step_that_fails_has_its_film_up_to_there(make_lab: MakeLab, tmp_path: Path) -> None:
    """The app is taken from the phone in the middle."""
    lab = make_lab()

    def heard(event: Event) -> None:
        if event.kind == "step" and event.data.get("step") == "caption":
            lab.device.shell.run(["pm", "uninstall", lab.package])

    out = tmp_path / "out"
    result, made = record(lab, "save_draft", out, Wanted(moving=()), heard)
    assert result.error is not None
    assert_film(out, made, lab.device.ui.size())
    assert made.files["md en"].read_text(encoding="utf-8").count("1. ") >= 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_that_is_ended_leaves_its_film(
    make_lab: MakeLab, tmp_path: Path, number: signal.Signals
) -> None:
    lab, out, said = make_lab(), tmp_path / "out", tmp_path / "said"
    command = [
        sys.executable, "-m", "droidcancel", "record", "cancel_airplane", "-s", lab.device.serial,
        "--app", "clips", "--video", str(lab.video), "-o", str(out), "--moving", "none",
    ]  # fmt: skip
    with said.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=os.environ)
        wait_until(
            lambda: "Post" in said.read_text() or "%" in said.read_text(), 60.0, "the upload"
        )
        process.send_signal(number)
        assert process.wait(timeout=90) == 130, said.read_text()
    facts = json.loads((out / "recording.json").read_text())
    assert Decoded(out / "cancel_airplane.mp4", set()).count == facts["frames"] > 150
    assert not (out / ".film").exists()
    assert lab.is_as_before()
