"""`droidcancel history`, and that every command which runs something keeps it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from droidcancel.cli import cli
from droidcancel.history.store import History
from droidcancel.history.where import where
from tests.conftest import MakePhone
from tests.history.conftest import a_run, failed, put, resumed


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), prog_name="droidcancel")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("DROIDCANCEL_HISTORY", str(tmp_path / "runs.db"))
    return str(tmp_path / "runs.db")


def fill(database: str, *runs: dict[str, Any]) -> None:
    place = where(database)
    assert place is not None
    with History(place) as history:
        put(history, *runs)


def lines(done: Result) -> list[dict[str, Any]]:
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_latest_runs_are_listed(database: str) -> None:
    bad, good = failed(restored=False), a_run(recipe="clear_cache")
    fill(database, bad, good)
    done = run("history")
    assert done.exit_code == 0, done.output
    header, first, second = done.stdout.splitlines()
    assert header.split()[:2] == ["run", "when"]
    assert good["run_id"] in first
    assert "clear_cache" in first
    assert "150 ms" in first
    assert "unknown (AdbError) NOT RESTORED" in second
    assert [row["run_id"] for row in lines(run("history", "--json"))] == [
        good["run_id"], bad["run_id"],
    ]  # fmt: skip
    assert lines(run("history", "list", "--verdict", "unknown", "--json"))[0]["outcome"] == "error"
    assert "1 more" in run("history", "--limit", "1").stderr
    assert "No run" in run("history", "--recipe", "none").stderr


def test_a_run_is_shown(database: str) -> None:
    one = resumed(left=["a draft"], report="reports/x/index.html")
    fill(database, one)
    done = run("history", "show", one["run_id"])
    assert done.exit_code == 0, done.output
    for said in ("resumed (expected: cancelled or draft)", "a draft", "reports/x", "com.zhiliao"):
        assert said in done.stdout
    assert lines(run("history", "show", one["run_id"], "--json"))[0]["data"]["expected"] == [
        "cancelled", "draft",
    ]  # fmt: skip


def test_flaky_and_cut(database: str) -> None:
    fill(database, a_run(), resumed(), a_run(), a_run(method="force-stop", cut={"apply_ms": 9.5}))
    (steady, flaky) = sorted(
        lines(run("history", "flaky", "--by", "method", "--json")), key=lambda r: r["flips"]
    )
    assert (flaky["method"], flaky["flakiness"], flaky["flips"]) == ("airplane", 1.0, 2)
    assert steady["flakiness"] is None
    assert "100 %" in run("history", "flaky").stdout
    assert "9.5 ms" in run("history", "cut", "--by", "method").stdout
    assert lines(run("history", "cut", "--json"))[0]["apply_ms"]["p95"] == 150.0


def test_a_regression_exits_with_1(database: str) -> None:
    good = [a_run(app_version="1.0") for _ in range(4)]
    fill(database, *good, *(resumed(app_version="2.0") for _ in range(3)))
    done = run("history", "compare", "1.0", "2.0")
    assert done.exit_code == 1, done.output
    assert "regressed: 4 of 4 as expected before, 0 of 3 now; new: resumed" in done.stdout
    assert run("history", "compare", "2.0", "1.0").exit_code == 0
    told = json.loads(run("history", "compare", "1.0", "2.0", "--json").stdout)
    assert (told["regressed"], told["rows"][0]["b"]["verdicts"]) == (True, {"resumed": 3})


def test_what_is_only_suspect_needs_strict(database: str) -> None:
    good = [a_run(app_version="1.0") for _ in range(20)]
    rest = [a_run(app_version="2.0") for _ in range(19)]
    fill(database, *good, *rest, resumed(app_version="2.0"))
    done = run("history", "compare", "1.0", "2.0")
    assert (done.exit_code, "too few runs to tell it from chance" in done.stdout) == (0, True)
    assert run("history", "compare", "1.0", "2.0", "--strict").exit_code == 1


def test_prune_asks_and_deletes(database: str) -> None:
    fill(database, a_run(), a_run(recipe="clear_cache"))
    words = ("history", "prune", "--recipe", "clear_cache")
    assert "1 runs would be deleted" in run(*words, "--dry-run").stdout
    refused = run(*words)
    assert (refused.exit_code, "give --yes" in refused.output) == (2, True)
    assert "1 runs deleted" in run(*words, "--yes").stdout
    assert len(lines(run("history", "--json"))) == 1
    assert "no run fits" in run(*words, "--yes").stdout


WRONG: Sequence[tuple[tuple[str, ...], int, str]] = (
    (("prune",), 2, "say which runs to delete"),
    (("prune", "--all", "--recipe", "x"), 2, "say which runs to delete"),
    (("--since", "soon"), 2, "soon: no time"),
    (("--verdict", "canceled"), 2, "cancelled"),
    (("--outcome", "bad"), 2, "undecided"),
    (("--history", "mysql://x"), 2, "cannot be at mysql://x"),
    (("--history", "off"), 2, "the history is off"),
    (("show", "nothing"), 2, "no run 'nothing'"),
    (("flaky", "--by", "colour"), 2, "version"),
    (("compare", "1", "2"), 2, "no run of version '1'"),
    (("compare", "1", "2", "--app-version", "3"), 2, "A and B are the versions"),
    (("nonesuch",), 2, "No such command"),
)


@pytest.mark.parametrize(("words", "code", "said"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_what_is_wrong_is_said(database: str, words: tuple[str, ...], code: int, said: str) -> None:
    done = run("history", *words)
    assert done.exit_code == code, done.output
    assert said in done.output
    assert "internal error" not in done.output


def test_two_apps_of_one_version_are_not_mixed(database: str) -> None:
    fill(database, a_run(app_version="1"), a_run(app="clips", app_version="2"))
    done = run("history", "compare", "1", "2")
    assert (done.exit_code, "name one with --app" in done.output) == (2, True)


def test_runs_and_matrices_of_commands_are_kept(
    make_phone: MakePhone, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    phone = make_phone(apps=("clips",), api=30)
    video = tmp_path / "cat.mp4"
    video.write_bytes(os.urandom(4000))
    limits = "{quiet_period_s: 1, late_period_s: 1.5, step_timeout_s: 20, network_timeout_s: 20}"
    (tmp_path / "devices.yaml").write_text(
        f"devices:\n  lab: {{kind: emulator, serial: '{phone.serial}', limits: {limits}}}\n"
    )
    on = ("-s", "lab", "--json")
    check = run("run", "check_app_version", "-e", "min_version=1", *on, "--repeat", "2")
    ran = [json.loads(line) for line in check.stdout.splitlines()]
    assert len(ran) == 2, check.output
    assert run("run", "check_app_version", "-e", "min_version=1", "--dry-run").exit_code == 0
    unkept = run("run", "check_app_version", "-e", "min_version=1", *on, "--history", "off")
    assert unkept.exit_code == 0, unkept.output
    paged = run("run", "check_app_version", "-e", "min_version=1", *on, "--report", "r")
    (last,) = lines(paged)
    assert "2 earlier runs of the same" in (tmp_path / "r" / "index.html").read_text()
    ran.append(last)
    words = ("--video", str(video), "--methods", "app-network", "--moments", "20%", "--report", "m")
    told = json.loads(run("matrix", *on, *words).stdout)
    again = run("matrix", *on, *words, "--resume")
    assert json.loads(again.stdout)["id"] == told["id"]

    kept = lines(run("history", "--json"))
    part_of = {row["run_id"]: row["matrix_id"] for row in kept}
    assert part_of == {each["run_id"]: None for each in ran}
    assert {row["app_version"] for row in kept} == {ran[0]["app_version"]}
    assert ran[0]["app_version"] != ""
    place = where(database)
    assert place is not None
    with History(place) as history, history.reading() as connection:
        rows = connection.exec_driver_sql("SELECT matrix_id, exit_code FROM matrices").all()
    assert [tuple(row) for row in rows] == [(told["id"], told["exit_code"])]


def test_a_history_that_does_not_work_changes_no_exit_code(
    make_phone: MakePhone, database: str, tmp_path: Path
) -> None:
    Path(database).write_bytes(b"this is no database" * 100)
    phone = make_phone(apps=("clips",), api=30)
    words = ("run", "check_app_version", "-e", "min_version=1", "-s", phone.serial, "--json")
    done = run(*words)
    assert done.exit_code == 0, done.output
    assert "Warning: history: not recorded yet" in done.stderr
    assert json.loads(done.stdout)["ok"]
    Path(database).unlink()
    assert len(lines(run("history", "--json"))) == 1
