"""Nothing grows with the number of runs: how that is judged, and a small soak."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from benchmarks import soak
from benchmarks.soak_counts import Counts, of_process, trends
from droidcancel.device import connect
from tests.conftest import MakePhone

RUNS = list(range(0, 1050, 50))


def grown(**counts: list[float]) -> dict[str, bool]:
    samples = [
        {name.replace("_", " "): values[i] for name, values in counts.items()}
        for i in range(len(RUNS))
    ]
    return {trend.name: trend.grows for trend in trends(RUNS, samples)}


def test_growth_is_told_from_noise_and_from_a_warm_up() -> None:
    steady = [10.0 + i % 2 for i in range(len(RUNS))]
    warming = [100_000.0 + 40_000 * (1 - 0.3**i) for i in range(len(RUNS))]
    leaking = [10.0 + i for i in range(len(RUNS))]
    leaking_memory = [100_000.0 + 900 * i + (i % 3) * 200 for i in range(len(RUNS))]
    assert grown(open_files=steady, memory_KiB=warming) == {
        "open files": False,
        "memory KiB": False,
    }
    assert grown(open_files=leaking, memory_KiB=leaking_memory) == {
        "open files": True,
        "memory KiB": True,
    }


def test_one_file_in_a_thousand_runs_is_growth() -> None:
    assert grown(files=[5.0 + (run >= 500) for run in RUNS]) == {"files": True}


def test_a_journal_goes_up_and_down() -> None:
    name = "state folder: largest journal, bytes"
    saw = [float(run * 250 % 260_000) for run in RUNS]
    bounded, unbounded = [{name: v} for v in saw], [{name: 400.0 * run} for run in RUNS]
    assert [t.grows for t in trends(RUNS, bounded)] == [False]
    assert [t.grows for t in trends(RUNS, unbounded)] == [True]


def test_too_few_samples_prove_nothing() -> None:
    with pytest.raises(ValueError, match="too few"):
        trends([0, 50], [{"files": 1.0}, {"files": 1.0}])


def test_what_connects_again_and_again_keeps_nothing(make_phone: MakePhone) -> None:
    """uiautomator2 registers each client of a screen server for the exit of the process."""
    phone = make_phone()

    def use() -> None:
        with connect(phone.serial) as device:
            assert device.ui.dump().nodes()

    def held() -> Counts:
        gc.collect()
        return of_process(os.getpid())

    use()
    before = held()
    for _ in range(3):
        use()
    after = held()
    clients = [o for o in gc.get_objects() if type(o).__module__ == "uiautomator2"]
    assert clients == []
    for name in ("open files", "sockets", "threads"):
        assert after[name] <= before[name], name


@pytest.mark.extended
@pytest.mark.timeout(600)
def test_a_small_soak(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Too short for memory; files, threads, sockets and what stays on the phone are flat."""
    out = tmp_path / "soak.jsonl"
    with pytest.raises(SystemExit):
        soak.main.main(["--runs", "36", "--phones", "2", "--every", "4", "--out", str(out)])
    told = capsys.readouterr().out
    assert "troubles: 0" in told
    last = told.splitlines()[-1]
    assert last == "flat" or set(last.removeprefix("grows: ").split(", ")) <= {
        "droidcancel: memory KiB",
        "droidcancel: objects",
        "phone process: memory KiB",
        "phone process: objects",
        "adb server: memory KiB",
    }, told
