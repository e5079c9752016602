"""Jobs on phones of a fleet on loopback, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from droidcancel.cli import cli
from tests.conftest import MakePhone
from tests.fleet.conftest import Fleet

CHECK = ("check_app_version", "-e", "min_version=1", "-e", "store=false")


@pytest.mark.slow
def test_each_job_is_run_once_and_a_phone_that_fails_is_put_aside(
    fleet: Fleet, make_phone: MakePhone, devices: Path
) -> None:
    good = [make_phone(apps=("clips",), api=api) for api in (30, 34)]
    bare = make_phone()  # without the app: each job on it fails
    fleet.scheduler()
    worker = fleet.worker("lab", devices, *(phone.serial for phone in (*good, bare)))
    run = fleet.run(*CHECK, "--shard", "--repeat", "6")
    told = fleet.results(run, 0)
    assert len({each["run_id"] for each in told}) == len(told) == 6
    assert {each["verdict"] for each in told} == {"passed"}
    assert {each["device"]["serial"] for each in told} == {phone.serial for phone in good}
    assert f"put aside: lab/{bare.serial}: 3 failures in a row" in "".join(run.said)
    kept = fleet.kept()
    assert sorted(row["run_id"] for row in kept) == sorted(each["run_id"] for each in told)
    assert {row["host"] for row in kept} == {"lab"}
    each = fleet.results(fleet.run(*CHECK, "--on", "api>=31", report="each"), 3)
    ended = {(one["device"]["serial"], (one["error"] or {}).get("type")) for one in each}
    assert ended == {(good[1].serial, None), (bare.serial, "AppError")}
    assert len(each) == 2
    assert worker.stop() == 0


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["fleet", *words], prog_name="droidcancel")


NOBODY = ("--scheduler", "127.0.0.1:9")
WRONG: Sequence[tuple[tuple[str, ...], int, str]] = (
    (("run", *NOBODY), 2, "say which recipes to run"),
    (("run", "cancel_airplan", *NOBODY), 2, "no recipe 'cancel_airplan'"),
    (("run", *CHECK, "--on", "colour=red", *NOBODY), 2, "nothing is known by that name"),
    (("run", *CHECK, "--method", "magic", *NOBODY), 2, "no cancel method 'magic'"),
    (("run", *CHECK, "--at", "noon", *NOBODY), 2, "--at noon: not a moment"),
    (("run", "check_app_version", *NOBODY), 2, "no value for min_version"),
    (("run", "upload_video", *NOBODY), 2, "a part of other recipes"),
    (("run", "delete_draft", "-e", "caption=x", *NOBODY), 2, "give --yes"),
    (("run", "--resume", *NOBODY), 2, "holds no fleet run"),
    (("run", *CHECK, "--resume", *NOBODY), 2, "leave out the recipes"),
    (("scheduler", "--host", "0.0.0.0"), 2, "could run what they like"),
    (("worker", "--scheduler", "lab.example:8786"), 2, "could run what they like"),
    (("scheduler", "--tls-ca-file", __file__), 2, "TLS needs all of"),
    (("worker", "-s", "nobody", *NOBODY), 3, "nobody"),
)


@pytest.mark.parametrize(("words", "code", "said"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_what_is_wrong_is_said(
    adb_server: int, words: tuple[str, ...], code: int, said: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert done.exit_code == code, done.output
    assert said in done.output
    assert "internal error" not in done.output


def test_a_folder_stands_for_its_recipes(
    adb_server: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "none").mkdir()
    done = run("run", "none", *NOBODY)
    assert (done.exit_code, "holds no recipe" in done.output) == (2, True)
    (tmp_path / "none" / "x.yaml").write_text("name: x\n")
    done = run("run", "none", *NOBODY)
    assert (done.exit_code, "x.yaml:1:1" in done.output) == (2, True)
    assert json.dumps(done.output).count("Traceback") == 0
