"""The trend of a page: what of the history it counts, and that it can do without."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from lxml import html

from droidcancel.cli import cli
from droidcancel.history.store import History
from droidcancel.history.where import where
from droidcancel.report.html import write
from tests.history.conftest import a_run, failed, put, resumed

DAY = 86_400.0


def report(folder: Path, *words: str) -> Result:
    told = ["report", str(folder / "runs"), "-o", str(folder / "page"), *words]
    return CliRunner().invoke(cli, told, prog_name="droidcancel")


def counted(folder: Path) -> list[list[str]]:
    """Runs of each span of the page's trend: all, as expected, not as expected, undecided."""
    page = html.parse(str(folder / "page" / "index.html"))
    lines = page.xpath("//*[@id='trend']/..//tbody/tr")
    return [[cell.text_content() for cell in line.xpath("td")[:4]] for line in lines]


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the report of one run of now."""
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("DROIDCANCEL_HISTORY", str(tmp_path / "runs.db"))
    write(a_run(started_at=time.time(), evidence=[]), tmp_path / "runs" / "one")
    return tmp_path


def fill(folder: Path, *runs: dict[str, Any]) -> None:
    place = where(str(folder / "runs.db"))
    assert place is not None
    with History(place) as history:
        put(history, *runs)


def test_earlier_runs_of_the_same_make_the_trend(lab: Path) -> None:
    """Other recipes, apps, phones and what is long ago do not; a serial may be another."""
    now = time.time()
    before = {"started_at": now - 3 * DAY}
    fill(
        lab, a_run(**before), resumed(**before), failed(**before),
        a_run(**before, device={"serial": "127.0.0.1:4711"}),
        failed(**before, restored=False),
        a_run(**before, recipe="clear_cache"), a_run(**before, app="clips"),
        a_run(**before, device={"model": "Pixel 9"}), a_run(**before, device={"model": "Pixel"}),
        a_run(**before, device={"api_level": 35}),
        a_run(started_at=now - 100 * DAY),
    )  # fmt: skip
    assert report(lab).exit_code == 0
    assert counted(lab) == [["5", "2", "2", "1"], ["1", "1", "0", "0"]]
    page = html.parse(str(lab / "page" / "index.html"))
    assert "With 5 earlier runs" in page.xpath("string(//*[@id='trend']/..)")
    assert report(lab, "--history", "off").exit_code == 0
    assert counted(lab) == []


def test_the_runs_of_the_page_are_counted_once(lab: Path) -> None:
    past = a_run(started_at=time.time() - 3 * DAY, evidence=[])
    write(past, lab / "runs" / "two")
    fill(lab, past)
    assert report(lab).exit_code == 0
    assert counted(lab) == [["1", "1", "0", "0"], ["1", "1", "0", "0"]]


def test_a_history_that_cannot_be_read_is_a_warning(lab: Path) -> None:
    (lab / "runs.db").write_text("no database\n" * 100)
    done = report(lab)
    assert done.exit_code == 0
    assert done.stderr.count("history: no trend") == 1
    assert counted(lab) == []
    (lab / "runs.db").unlink()
    assert report(lab).exit_code == 0
    assert not (lab / "runs.db").exists(), "a page makes no database"


def test_a_run_page_tells_of_earlier_runs(tmp_path: Path) -> None:
    past = [{"at": time.time() - 3 * DAY, "sense": "good", "cut_ms": ms} for ms in (100.0, 300.0)]
    past.append({"at": time.time() - 2 * DAY, "sense": "bad", "cut_ms": None})
    run = a_run(started_at=time.time(), evidence=[])
    page = html.parse(str(write(run, tmp_path, history=past)))
    section = page.xpath("//*[@id='earlier']/..")[0]
    assert "3 earlier runs" in section.text_content()
    assert "2 as expected; the cut took 200 ms in the middle" in section.text_content()
    assert len(section.xpath(".//tbody/tr")) == 3
    assert not html.parse(str(write(run, tmp_path))).xpath("//*[@id='earlier']")
