"""A worker, the scheduler and the run itself are killed in the middle: nothing is done twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MakePhone, wait_until
from tests.fleet.conftest import Fleet

if TYPE_CHECKING:
    from droidcancel.simulator import Simulator

pytestmark = [pytest.mark.slow, pytest.mark.extended]
SIZE, RATE = 600_000, 200_000.0
LIMITS = "{quiet_period_s: 1, late_period_s: 1.5, step_timeout_s: 60, network_timeout_s: 60}"
UPLOAD_S = 90.0


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, ...]:
    """A job that uploads for some seconds, and cancels."""
    video = tmp_path / "cat.mp4"
    video.write_bytes(os.urandom(SIZE))
    return ("cancel_network_off", "-e", f"video={video}", "--at", "60%", "--shard")


@pytest.fixture
def phones(make_phone: MakePhone, tmp_path: Path) -> list[Simulator]:
    """Two phones with the app, which devices.yaml knows."""
    made = [make_phone(apps=("clips",), api=34, upload_bytes_per_s=RATE) for _ in range(2)]
    entries = (
        f"  p{n}: {{kind: emulator, serial: '{phone.serial}', limits: {LIMITS}}}"
        for n, phone in enumerate(made)
    )
    (tmp_path / "devices.yaml").write_text("devices:\n" + "\n".join(entries) + "\n")
    return made


def uploading(phone: Simulator) -> bool:
    return any(record.received > 0 for record in phone.cloud.records)


def uploads(phones: Sequence[Simulator]) -> int:
    """How many videos were ever begun, the ground truth."""
    return sum(len(phone.cloud.records) for phone in phones)


def network(phone: Simulator) -> bool:
    """Whether the phone has its network, as the phone itself knows."""
    from droidcancel.device import connect

    with connect(phone.serial) as device:
        state = device.network.state()
        return state.online and state.wifi_enabled is True


def test_a_killed_worker_loses_nothing_and_repeats_nothing(
    fleet: Fleet, phones: list[Simulator], words: tuple[str, ...], tmp_path: Path
) -> None:
    devices = tmp_path / "devices.yaml"
    fleet.scheduler()
    doomed = fleet.worker("lab", devices, phones[0].serial)
    fleet.worker("lab", devices, phones[1].serial)
    run = fleet.run(*words, "--repeat", "4")
    wait_until(lambda: uploading(phones[0]), UPLOAD_S, "an upload on the first phone")
    doomed.kill()
    told = fleet.results(run, 3)
    by_type = Counter((each["error"] or {}).get("type") for each in told)
    assert by_type == {"JobLost": 1, None: 3}
    (lost,) = [each for each in told if each["error"]]
    assert (lost["verdict"], lost["device"]["serial"]) == ("unknown", phones[0].serial)
    assert lost["restored"] is True
    assert network(phones[0])
    assert {each["verdict"] for each in told if not each["error"]} <= {"cancelled", "draft"}
    assert uploads(phones) == 4
    assert len(phones[0].cloud.records) == 1
    assert sorted(r["run_id"] for r in fleet.kept()) == sorted(r["run_id"] for r in told)


def test_a_killed_scheduler_and_a_killed_run(
    fleet: Fleet, phones: list[Simulator], words: tuple[str, ...], tmp_path: Path
) -> None:
    devices = tmp_path / "devices.yaml"
    scheduler = fleet.scheduler()
    fleet.worker("lab", devices, phones[0].serial, phones[1].serial)
    run = fleet.run(*words, "--repeat", "4")
    wait_until(lambda: uploading(phones[0]), UPLOAD_S, "an upload")
    scheduler.kill()
    fleet.scheduler()
    wait_until(lambda: uploads(phones) >= 3, UPLOAD_S, "more jobs after the scheduler came back")
    run.kill()
    before = [line for line in fleet.lines() if line["did"] == "finished"]
    told = fleet.results(fleet.run("--resume"), 0)
    assert len(told) + len(before) == 4
    assert uploads(phones) == 4
    kept = fleet.kept()
    assert len(kept) == len({row["run_id"] for row in kept}) == 4
    assert {row["error"] for row in kept} == {""}


def test_a_host_that_is_gone_is_given_up_and_what_it_knows_counts_when_it_is_back(
    fleet: Fleet, phones: list[Simulator], words: tuple[str, ...], tmp_path: Path
) -> None:
    devices = tmp_path / "devices.yaml"
    fleet.scheduler()
    doomed = fleet.worker("one", devices, phones[0].serial)
    fleet.worker("two", devices, phones[1].serial)
    run = fleet.run(*words, "--repeat", "3", "--lost-after", "3")
    wait_until(lambda: uploading(phones[0]), UPLOAD_S, "an upload on the first phone")
    doomed.kill()
    told = fleet.results(run, 4)
    (lost,) = [each for each in told if each["error"]]
    assert "has been gone for 3 s" in lost["reason"]
    assert len(told) == 3
    fleet.worker("one", devices, phones[0].serial)
    (found,) = fleet.results(fleet.run("--resume"), 3)
    assert found["run_id"] == lost["run_id"]
    assert "the process that ran it was killed" in found["reason"]
    assert uploads(phones) == 3
    assert len(fleet.kept()) == 3
