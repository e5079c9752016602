"""The matrix: its cells, its state on disk, its page, and one on a virtual phone."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree, html

from droidcancel.cancel import METHODS
from droidcancel.cli import cli
from droidcancel.errors import UsageError
from droidcancel.history.rows import row_of
from droidcancel.history.store import History
from droidcancel.history.where import where
from droidcancel.recipe.matrix import Cell, Matrix, Plan, chosen_rows, rows
from droidcancel.report import matrix as report
from tests.conftest import MakePhone
from tests.history.conftest import a_run as an_earlier_run

#: emulators and phones that take an emulator's port do not race each other for it
pytestmark = pytest.mark.usefixtures("emulator_ports")

ON = {"app": "clips", "kind": "simulator", "model": "Phone", "api_level": 34, "video_bytes": 100}


def a_plan(**changes: Any) -> Plan:
    recipes = {"airplane": "cancel_airplane", "in-app": "cancel_in_app"}
    values = {"recipes": recipes, "moments": ("posting", "at 40%"), "repeat": 2, "on": ON}
    return Plan(**{**values, **changes})


def a_run(verdict: str = "cancelled", code: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "run_id": "r1", "verdict": verdict, "reason": "because <b>", "exit_code": code,
        "error": None, "page": "airplane/at-40pc/1/index.html", **changes,
    }  # fmt: skip


def run_some(matrix: Matrix, count: int, **changes: Any) -> None:
    for (cell, _), _number in zip(matrix.left(), range(count), strict=False):
        cell.runs.append(a_run(**changes))
        matrix.save()


# -- rows and cells


def test_every_method_of_an_upload_is_a_row() -> None:
    known = rows()
    assert set(METHODS) - set(known) == set()
    assert known["for-sure"] == "cancel_for_sure"
    assert known["airplane"] == "cancel_airplane"
    assert list(chosen_rows(["in-app", "airplane"])) == ["in-app", "airplane"]
    with pytest.raises(UsageError, match="did you mean 'airplane'"):
        chosen_rows(["aeroplane"])


@pytest.mark.parametrize(
    ("runs", "why_not", "status", "text", "code"),
    [
        ([], None, "open", "", 0),
        ([a_run()], None, "open", "1 cancelled", 0),
        ([a_run(), a_run()], None, "ok", "2 cancelled", 0),
        ([a_run(), a_run("resumed", 1)], None, "differs", "1 cancelled, 1 resumed", 1),
        ([a_run("unknown", 3, error="gone")], None, "error", "error", 3),
        ([a_run("unknown", 4), a_run()], None, "error", "1 unknown, 1 cancelled, error", 4),
        ([], "too old", "impossible", "not possible", 0),
    ],
)
def test_cells(
    runs: list[dict[str, Any]], why_not: str | None, status: str, text: str, code: int
) -> None:
    cell = Cell("airplane", "at 40%", 2, runs, why_not)
    assert (cell.status, cell.text, cell.exit_code) == (status, text, code)
    assert cell.folder == "airplane/at-40pc"


# -- the state


def test_what_is_finished_is_not_run_again(tmp_path: Path) -> None:
    matrix = Matrix.open(a_plan(), tmp_path, resume=False)
    run_some(matrix, 3)
    again = Matrix.open(a_plan(), tmp_path, resume=True)
    left = []
    for cell, _ in again.left():
        left.append((cell.method, cell.moment))
        cell.runs.append(a_run())
    assert left == [
        ("airplane", "at 40%"),
        *[("in-app", "posting")] * 2,
        *[("in-app", "at 40%")] * 2,
    ]
    again.save()
    assert list(Matrix.open(a_plan(), tmp_path, resume=True).left()) == []


def test_what_came_to_no_verdict_is_run_again(tmp_path: Path) -> None:
    matrix = Matrix.open(a_plan(), tmp_path, resume=False)
    run_some(matrix, 4, verdict="unknown", code=3, error="the phone is gone")
    assert matrix.exit_code == 3
    assert [cell.status for cell in matrix.cells] == ["error"] * 4
    again = Matrix.open(a_plan(), tmp_path, resume=True)
    assert next(iter(again.left()))[1] == 1


def test_a_method_that_is_refused_is_refused_at_every_moment(tmp_path: Path) -> None:
    matrix = Matrix.open(a_plan(), tmp_path, resume=True)
    seen = []
    for cell, number in matrix.left():
        seen.append((cell.method, number))
        if cell.method == "airplane":
            matrix.refuse("airplane", "too old")
        else:
            cell.runs.append(a_run())
    assert seen == [("airplane", 1), *[("in-app", 1), ("in-app", 2)] * 2]
    assert matrix.exit_code == 0


def test_another_matrix_is_not_gone_on_with(tmp_path: Path) -> None:
    Matrix.open(a_plan(), tmp_path, resume=False).save()
    with pytest.raises(UsageError, match="holds a matrix already"):
        Matrix.open(a_plan(), tmp_path, resume=False)
    with pytest.raises(UsageError, match="another matrix: moments differ"):
        Matrix.open(a_plan(moments=("posting",)), tmp_path, resume=True)
    for text in ("{", "[]", '{"format": 99, "cells": []}'):
        (tmp_path / "matrix.json").write_text(text)
        with pytest.raises(UsageError, match="no state of a matrix"):
            Matrix.open(a_plan(), tmp_path, resume=True)


# -- the page


def test_the_page_has_a_colour_and_a_link_a_run(tmp_path: Path) -> None:
    matrix = Matrix.open(a_plan(), tmp_path, resume=False)
    run_some(matrix, 4)
    matrix.cells[1].runs[1] = a_run("resumed", 1, page="airplane/at-40pc/2/index.html")
    matrix.refuse("in-app", "the app <i>shows</i> no Cancel")
    text = report.render(matrix.to_json())
    page = html.fromstring(text)
    kinds = [cell.get("class") for cell in page.findall(".//tbody//td")]
    assert kinds == ["safe", "mixed", "no", "no"]
    links = [str(a.get("href")) for a in page.findall(".//td/a")]
    assert links[-1] == "airplane/at-40pc/2/index.html"
    assert len(links) == 3
    (several,) = page.xpath(f"//*[@id='{links[0].removeprefix('#')}']")
    assert several.find(".//h3/a").get("href") == "airplane/at-40pc/1/index.html"
    assert len(page.get_element_by_id("runs")) == 4
    assert "<i>shows" not in text
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert not any(link.startswith(("/", "http")) for link in links)


# -- on a phone


def test_a_matrix_on_a_phone(make_phone: MakePhone, tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    phone = make_phone(apps=("clips",), api=30, upload_bytes_per_s=4e5)
    video = tmp_path / "cat.mp4"
    video.write_bytes(os.urandom(800_000))
    limits = "{quiet_period_s: 1.5, late_period_s: 2, step_timeout_s: 20, network_timeout_s: 20}"
    devices = tmp_path / "devices.yaml"
    devices.write_text(
        f"devices:\n  lab: {{kind: emulator, serial: '{phone.serial}', limits: {limits}}}\n"
    )
    place = where(None)
    assert place is not None
    past = an_earlier_run(
        recipe="cancel_force_stop", app="clips", started_at=time.time() - 3 * 86_400,
        device={"model": phone.phone.props["ro.product.model"], "api_level": 30},
    )  # fmt: skip
    with History(place) as history:
        history.add([row_of(past)])
    words = [
        "matrix", "-s", "lab", "--devices", str(devices), "--video", str(video), "--report", "out",
        "--methods", "app-network,force-stop", "--moments", "20%", "--json",
        "--junit", "junit.xml", "--jsonl", "runs.jsonl",
    ]  # fmt: skip
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout.splitlines()[-1])
    refused, stopped = told["cells"]
    assert refused["status"] == "impossible"
    assert refused["why_not"]
    assert stopped["verdicts"] == {"cancelled": 1}
    listed = CliRunner().invoke(cli, ["history", "--recipe", "cancel_force_stop", "--json"])
    kept = {row["run_id"]: row["matrix_id"] for row in map(json.loads, listed.stdout.splitlines())}
    assert kept[stopped["runs"][0]["run_id"]] == told["id"]
    page = html.parse(str(tmp_path / "out" / "index.html")).getroot()
    assert "With 1 earlier run of" in page.xpath("string(//*[@id='trend']/..)")
    (link,) = page.findall(".//td/a")
    assert (tmp_path / "out" / link.get("href")).is_file()
    assert CliRunner().invoke(cli, words).exit_code == 2
    again = CliRunner().invoke(cli, [*words, "--resume"])
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout.splitlines()[-1]) == told
    assert len(phone.cloud.records) == 1
    suite = etree.parse(str(tmp_path / "junit.xml")).getroot()
    assert [suite.get(each) for each in ("tests", "failures", "errors", "skipped")] == [
        "2", "0", "0", "1",
    ]  # fmt: skip
    assert len((tmp_path / "runs.jsonl").read_text().splitlines()) == 2
