"""The commands as a user runs them, in processes of their own, against the ground truth."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import html

from droidcancel.cli import cli
from tests.conftest import MakePhone, run_adb, wait_until

#: emulators and phones that take an emulator's port do not race each other for it
pytestmark = pytest.mark.usefixtures("emulator_ports")

pytest.importorskip("av")


def droidcancel(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "droidcancel", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, **more)


def test_demo_cancels_and_the_service_agrees(adb_server: int, tmp_path: Path) -> None:
    done = droidcancel("demo", "--profile", "instant", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    assert run["verdict"] == "cancelled"
    assert run["ok"]
    assert run["restored"] is True
    assert 35 <= run["cut"]["progress_percent"] <= 60
    mine = [record for record in run["cloud"] if run["token"] in record["caption"]]
    assert mine
    assert all(record["state"] != "live" for record in mine)
    assert all(0 < record["received"] < record["size"] for record in mine)
    page = html.parse(str(tmp_path / run["report"])).getroot()
    assert page.findtext(".//p[@class='verdict good']/strong") == "cancelled"
    assert len(page.findall(".//ul[@class='shots']/li")) >= 3


def test_interrupted_by_the_keyboard_the_phone_is_restored(
    make_phone: MakePhone, tmp_path: Path
) -> None:
    phone = make_phone(apps=("clips",), upload_bytes_per_s=4e5)
    with subprocess.Popen(
        [sys.executable, "-m", "droidcancel", "run", "cancel_airplane", "-s", phone.serial,
         "--at", "5%", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
    ) as running:  # fmt: skip
        wait_until(
            lambda: phone.call(lambda: phone.phone.connectivity.airplane),
            timeout=60,
            what="airplane mode",
        )
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    run = json.loads(out)
    assert run["interrupted"]
    assert run["restored"] is True
    assert run["verdict"] not in ("cancelled", "draft", "deleted")
    net = phone.phone.connectivity
    assert not phone.call(lambda: net.airplane_setting)
    assert phone.call(lambda: net.wifi.enabled and net.data_enabled)
    assert not phone.call(lambda: phone.phone.media.videos())
    assert "Traceback" not in err


def test_run_writes_report_and_machine_outputs(
    make_phone: MakePhone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    phone = make_phone(apps=("clips",), upload_bytes_per_s=2e6)
    report, junit = tmp_path / "report", tmp_path / "junit.xml"
    done = droidcancel(
        "run", "cancel_force_stop", "-s", phone.serial, "--report", str(report), "--junit",
        str(junit), "--jsonl", "out/runs.jsonl", "--allure", "allure", "--github-summary",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "cancel_force_stop" in done.stdout
    assert json.loads((report / "run.json").read_text())["method"] == "force-stop"
    suite = html.fromstring(junit.read_bytes())
    assert suite.get("tests") == "1"
    assert suite.get("failures") == suite.get("errors") == "0"
    (line,) = (tmp_path / "out" / "runs.jsonl").read_text().splitlines()
    run = json.loads(line)
    assert run == json.loads((report / "run.json").read_text())
    (result,) = (tmp_path / "allure").glob("*-result.json")
    assert json.loads(result.read_text())["status"] == "passed"
    assert "### droidcancel: 1 passed" in summary.read_text()
    assert "::error" not in done.stderr


def test_the_panic_button_cancels_what_somebody_started(
    make_phone: MakePhone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.simulator.clips_phone import User

    monkeypatch.chdir(tmp_path)
    phone = make_phone(apps=("clips",), upload_bytes_per_s=2e5)
    user = User(phone.phone, phone.cloud)

    async def post() -> None:
        _, row = user.push(size=3_000_000)
        await user.post(row, "by hand")
        await user.until(lambda: any(r.received > 200_000 for r in phone.cloud.records))

    phone.run(post())
    done = CliRunner().invoke(cli, ["cancel", "-s", phone.serial, "--app", "clips", "--json"])
    assert done.exit_code == 0, done.output
    run = json.loads(done.stdout)
    assert run["verdict"] in ("cancelled", "draft")
    assert run["method"] == "airplane"
    assert run["restored"] is True
    assert all(record.state != "live" for record in phone.cloud.records)
    assert run_adb("-s", phone.serial, "shell", "cmd connectivity airplane-mode").stdout == (
        b"disabled\n"
    )
