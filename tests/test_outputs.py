"""JUnit, Allure, GitHub and JSON Lines: what a run's JSON becomes for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from droidcancel.cli import cli
from droidcancel.report import allure, github, junit
from droidcancel.report.jsonl import JsonLines
from droidcancel.report.outcome import outcome_of
from tests.test_report import a_run

GOOD = a_run(started_at=1_700_000_000.0)
BAD = a_run(verdict="resumed", ok=False, reason="it went on\n::error::x | <b>100%</b>")
UNPROVEN = a_run(
    verdict="unknown", ok=False, reason="nothing decides it", missing=["a quiet period"]
)
TOO_LATE = a_run(verdict="invalid", ok=False, reason="it had ended")
HINDERED = a_run(
    verdict="unknown", ok=False,
    error={"type": "AdbError", "message": "the link \x07dropped", "hint": "look", "exit_code": 3},
)  # fmt: skip
LEFT = a_run(ok=True, restored=False)
CUT_SHORT = a_run(ok=False, interrupted=True)
IMPOSSIBLE = a_run(ok=False, verdict="", not_possible="too old")
OF_A_TEST = a_run(ok=False, verdict="resumed", test="test_it.py::test_it", outcome="passed")
EVERY = [GOOD, BAD, UNPROVEN, TOO_LATE, HINDERED, LEFT, CUT_SHORT, IMPOSSIBLE, OF_A_TEST]
STATUSES = [
    "passed", "failed", "skipped", "skipped", "error", "error", "error", "skipped", "passed",
]  # fmt: skip


def test_whose_fault_it_is() -> None:
    assert [outcome_of(run).status for run in EVERY] == STATUSES


def test_junit_keeps_them_apart(tmp_path: Path) -> None:
    junit.write(EVERY, tmp_path / "junit.xml")
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot()
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "9", "failures": "1", "errors": "3", "skipped": "3"}
    tags = [[e.tag for e in case if e.tag != "system-out"] for case in suite]
    assert tags == [[], ["failure"], ["skipped"], ["skipped"], *[["error"]] * 3, ["skipped"], []]
    error = suite[4].find("error")
    assert error is not None
    assert (error.get("type"), error.text) == ("AdbError", "look")
    assert error.get("message") == "the link \ufffddropped"


def test_allure_calls_broken_what_is_not_the_apps_fault(tmp_path: Path) -> None:
    page = tmp_path / "report" / "index.html"
    page.parent.mkdir()
    page.write_text("<p>page</p>")
    (page.parent / "cut.png").write_bytes(b"png")
    runs = [{**EVERY[0], "report": str(page)}, *EVERY[1:]]
    results = [json.loads(path.read_text()) for path in allure.write(runs, tmp_path / "allure")]
    names = {"passed": "passed", "failed": "failed", "error": "broken", "skipped": "skipped"}
    assert [result["status"] for result in results] == [names[status] for status in STATUSES]
    first = results[0]
    assert first["stop"] - first["start"] == 11_500
    assert {each["name"]: each["type"] for each in first["attachments"]} == {
        "index.html": "text/html", "cut.png": "image/png",
    }  # fmt: skip
    assert all((tmp_path / "allure" / each["source"]).is_file() for each in first["attachments"])
    assert {"name": "airplane: read back", "status": "passed"} in [
        {key: step[key] for key in ("name", "status")} for step in first["steps"]
    ]
    assert len({result["uuid"] for result in results}) == len(results)
    assert len({result["historyId"] for result in results[:4]}) == 1


def test_a_github_summary_has_what_is_wrong_first_and_no_markup_of_a_phone() -> None:
    text = github.summary(EVERY)
    assert text.startswith("### droidcancel: 2 passed, 1 failed, 3 error, 3 skipped\n")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    assert [row[2] for row in rows[1:]] == ["❌", *"⚠⚠⚠", *"⏭⏭⏭", *"✅✅"]
    assert "<b>" not in text
    assert all(row.replace("\\|", "").count("|") == 7 for row in rows)


def test_annotations_are_one_line_each() -> None:
    lines = github.commands(EVERY)
    error, notice = "::error", "::notice"
    levels = [line.split(" ")[0] for line in lines]
    assert levels == [error, notice, notice, error, error, error, notice]
    assert lines[0] == (
        "::error title=failed%3A cancel_airplane [airplane 40%25]::resumed, expected cancelled or "
        "draft: it went on%0A::error::x | <b>100%25</b>"
    )


def test_json_lines_are_there_as_soon_as_a_run_ends(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "runs.jsonl"
    odd: dict[str, Any] = {**GOOD, "token": "\udcff\u2028"}
    with JsonLines(path) as lines:
        lines.write(GOOD)
        assert json.loads(path.read_text())["token"] == GOOD["token"]
        lines.write(odd)
    assert len(path.read_text().strip().split("\n")) == 2


def test_no_summary_outside_of_github(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(github.VARIABLE, raising=False)
    done = CliRunner().invoke(cli, ["run", "cancel_airplane", "--github-summary"])
    assert done.exit_code == 2
    assert "GITHUB_STEP_SUMMARY is not set" in done.output
