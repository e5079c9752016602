"""What a host makes of jobs whose process was killed; and what chooses phones, without any."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from droidcancel.errors import LockedError, UsageError
from droidcancel.fleet.agent import resolve
from droidcancel.fleet.board import Board
from droidcancel.fleet.facts import PhoneFacts, chosen, parse_on
from droidcancel.fleet.jobs import Job, files_of, is_destructive, lost_run
from droidcancel.fleet.ledger import Ledger, sweep
from droidcancel.journal_file import journal_path
from droidcancel.recipe.load import load_recipe, recipe_names

PIXEL = PhoneFacts("lab/P1", "lab", "h1", "pixel", "P1", "usb", "Pixel 8", 34, "en-US")
GALAXY = PhoneFacts("den/G1", "den", "h2", "galaxy", "G1", "tcp", "Galaxy S21", 31, "de-DE")
JOB = Job(run_id="r1", fleet="f1", number=1, recipe="cancel_airplane")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path))
    return tmp_path


def begun(job: Job = JOB, at: float | None = None) -> None:
    entry = {"state": "begun", "phone": PIXEL.to_json(), "at": at or time.time()}
    Ledger(job.fleet).write(job.key, entry)


# -- after a kill


def test_a_job_that_nobody_began_may_be_run_elsewhere_and_never_here() -> None:
    assert resolve(JOB.to_json()) == {"state": "withdrawn"}
    assert Ledger("f1").read(JOB.key) == {"state": "withdrawn"}
    assert resolve(JOB.to_json()) == {"state": "withdrawn"}
    assert Ledger("f1").read(replace(JOB, attempt=2).key) is None


def test_a_job_that_never_reached_its_first_change_may_be_run_again() -> None:
    begun()
    assert resolve(JOB.to_json())["state"] == "withdrawn"
    begun(at=time.time() + 10)
    journal_path("P1").write_text('{"v": 1, "id": "a", "run": "another"}\n')
    assert resolve(JOB.to_json())["state"] == "withdrawn"


@pytest.mark.parametrize("line", ['{"v": 1, "id": "a", "run": "r1"}', '{"v": 1, "done": "b"}'])
@pytest.mark.usefixtures("adb_server")
def test_a_job_that_may_have_changed_something_is_lost(line: str) -> None:
    begun(at=time.time() - 5)
    journal_path("P1").write_text(line + "\n")
    answer = resolve(JOB.to_json())
    assert answer["state"] == "lost"
    run = answer["run"]
    assert (run["run_id"], run["verdict"], run["error"]["type"]) == ("r1", "unknown", "JobLost")
    assert run["restored"] is False
    assert resolve(JOB.to_json()) == answer


def test_a_journal_that_names_the_run_counts_whatever_the_clock_says() -> None:
    begun(at=time.time() + 1000)
    journal_path("P1").write_text('{"v": 1, "id": "a", "run": "r1"}\n')
    assert resolve(JOB.to_json())["state"] == "lost"


def test_a_job_without_harm_may_be_run_again() -> None:
    harmless = replace(JOB, destructive=False)
    begun(harmless)
    journal_path("P1").write_text('{"v": 1, "id": "a", "run": "r1"}\n')
    assert resolve(harmless.to_json())["state"] == "withdrawn"


def test_an_entry_that_was_torn_was_begun() -> None:
    (Ledger("f1").folder / "r1.1.json").write_text('{"sta')
    assert resolve(JOB.to_json())["state"] == "lost"


def test_what_is_finished_stays_finished() -> None:
    finished = {"state": "finished", "run": {"run_id": "r1"}}
    Ledger("f1").write(JOB.key, finished)
    assert resolve(JOB.to_json()) == finished


HOLDER = """
import sys, time
from droidcancel.fleet.ledger import Ledger, sweep
with Ledger("f1").hold("r1.1"):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_job_is_held_by_one_process_and_let_go_by_a_kill() -> None:
    child = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == "held\n"
        assert resolve(JOB.to_json())["state"] == "running"
        with pytest.raises(LockedError), Ledger("f1").hold("r1.1"):
            pass
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert resolve(JOB.to_json())["state"] == "withdrawn"


def test_what_is_old_is_forgotten() -> None:
    begun()
    sweep()
    assert Ledger("f1").read(JOB.key) is not None
    os.utime(Ledger("f1").folder, (1, 1))
    sweep()
    assert Ledger("f1").read(JOB.key) is None


# -- which recipes may be run twice


def test_what_posts_or_cancels_or_deletes_is_destructive() -> None:
    harmless = {name for name in recipe_names() if not is_destructive(load_recipe(name))}
    assert harmless == {"check_app_version"}


def test_a_recipe_of_ones_own_goes_with_those_that_it_runs(tmp_path: Path) -> None:
    head = "title: x\nexpect: passed\nsteps:\n"
    (tmp_path / "mine.yaml").write_text(f"name: mine\n{head}  - run_recipe: part\n")
    (tmp_path / "part.yaml").write_text("name: part\ntitle: x\nfragment: true\nsteps: [launch]\n")
    (tmp_path / "other.yaml").write_text(f"name: other\n{head}  - launch\n")
    assert list(files_of(load_recipe(tmp_path / "mine.yaml"))) == ["mine.yaml", "part.yaml"]
    assert files_of(load_recipe("cancel_airplane")) == {}


# -- the folder of a run


def test_a_run_is_gone_on_with_where_it_stood(tmp_path: Path) -> None:
    jobs = [replace(JOB, run_id=f"r{n}") for n in range(5)]
    board = Board.begin(tmp_path / "x", jobs)
    done, sent, gone, back, _ = board.jobs.values()
    for tracked in (done, sent, gone, back):
        board.sent(tracked, PIXEL)
    board.done(done, "finished", {"run_id": "r0"}, True)
    board.done(gone, "lost", lost_run(gone.job, PIXEL.to_json(), "it is gone"), False)
    board.withdrawn(back)
    with (tmp_path / "x" / "fleet.jsonl").open("a") as file:
        file.write('{"did": "finished", "job": "r4", "ru')  # torn by a crash
    again = Board.resume(tmp_path / "x")
    states = {name: tracked.state for name, tracked in again.jobs.items()}
    assert states == {"r0": "finished", "r1": "doubt", "r2": "doubt", "r3": "waiting",
                      "r4": "waiting"}  # fmt: skip
    assert again.jobs["r1"].phone == PIXEL
    assert again.jobs["r3"].job.attempt == 2
    again.done(again.jobs["r4"], "finished", {"run_id": "r4"}, True)
    assert Board.resume(tmp_path / "x").jobs["r4"].state == "finished"


def test_a_folder_is_not_taken_for_another(tmp_path: Path) -> None:
    Board.begin(tmp_path, [JOB])
    with pytest.raises(UsageError, match="holds a fleet run already"):
        Board.begin(tmp_path, [JOB])
    with pytest.raises(UsageError, match="holds no fleet run"):
        Board.resume(tmp_path / "none")
    (tmp_path / "fleet.jsonl").write_text("{}\n")
    with pytest.raises(UsageError, match="is no fleet run"):
        Board.resume(tmp_path)


# -- which phones


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (None, ["pixel", "galaxy"]), ("", ["pixel", "galaxy"]), ("api>=33", ["pixel"]),
        ("api<33", ["galaxy"]), ("api=34,kind=usb", ["pixel"]), ("kind!=usb", ["galaxy"]),
        ("model=pixel*", ["pixel"]), ("model=Galaxy S21", ["galaxy"]), ("host=den", ["galaxy"]),
        ("name=pixel, api > 30", ["pixel"]), ("locale=de*,api>33", []),
        ("serial=?1", ["pixel", "galaxy"]),
    ],
)  # fmt: skip
def test_on(text: str | None, names: list[str]) -> None:
    assert [phone.name for phone in chosen([PIXEL, GALAXY], parse_on(text))] == names


@pytest.mark.parametrize(
    "text", ["api", "api>=new", "colour=red", "model>Pixel", "api>=33;kind=usb"]
)
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(UsageError, match="--on"):
        parse_on(text)
