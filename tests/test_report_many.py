"""The page of many runs, and what the report pages are put together from."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree, html
from PIL import Image

from droidcancel.cli import cli
from droidcancel.errors import UsageError
from droidcancel.report import html as report
from droidcancel.report import many
from droidcancel.report.proof import Point, points
from droidcancel.report.rows import Row, collect, row_of
from droidcancel.report.sights import screens
from droidcancel.report.thumbs import thumbs
from droidcancel.report.timeline import number_rows, rows, state_rows
from droidcancel.report.trends import spans
from tests.test_report import a_run

DAY = 86_400.0


def noise(path: Path, size: tuple[int, int] = (400, 800)) -> Path:
    Image.effect_noise(size, 90).convert("RGB").save(path)
    return path


# -- rows


def test_a_row_has_what_the_page_is_filtered_by() -> None:
    run = a_run(
        started_at=5.0, environment={"app": {"version": "3.4.1"}}, ok=False, verdict="published"
    )
    row = row_of(run, "a b/index.html")
    assert (row.recipe, row.method, row.moment) == ("cancel_airplane", "airplane", "40%")
    assert (row.phone, row.app, row.app_version) == ("Phone emulator-5554 API 34", "clips", "3.4.1")
    assert (row.verdict, row.sense, row.expected) == ("published", "bad", ("cancelled", "draft"))
    assert (row.cut_percent, row.cut_ms, row.bytes_after_cut) == (40, 200.0, 1200)
    assert (row.at, row.page) == (5.0, "a%20b/index.html")


@pytest.mark.parametrize(
    ("changes", "sense"),
    [
        ({}, "good"),
        ({"ok": False, "verdict": "resumed"}, "bad"),
        ({"ok": False, "verdict": "unknown"}, "open"),
        ({"ok": False, "error": {"message": "gone"}}, "open"),
        ({"ok": False, "error": {"message": "gone"}, "restored": False}, "bad"),
        ({"ok": False, "interrupted": True}, "open"),
    ],
)
def test_what_says_nothing_of_the_app_is_kept_from_what_speaks_against_it(
    changes: dict[str, Any], sense: str
) -> None:
    run = a_run(**changes)
    assert report.sense(run) == row_of(run).sense == sense
    assert row_of(run).verdict == ("error" if "error" in changes else run["verdict"])


def test_runs_are_found_below_the_folders_once_and_their_pages_are_linked(tmp_path: Path) -> None:
    for number, name in enumerate(("b", "a/deep"), 1):
        folder = tmp_path / "runs" / name
        report.write(a_run(run_id=f"r{number}", started_at=float(number)), folder)
    (tmp_path / "runs" / ".git").mkdir()
    (tmp_path / "runs" / ".git" / "run.json").write_text("{")
    found = collect([tmp_path / "runs", tmp_path / "runs" / "b"], tmp_path / "out")
    assert [(row.id, row.page) for row in found] == [
        ("r1", "../runs/b/index.html"),
        ("r2", "../runs/a/deep/index.html"),
    ]


def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        collect([tmp_path / "no"], tmp_path)
    with pytest.raises(UsageError, match="no run in"):
        collect([tmp_path], tmp_path)
    for text in ("{", "[]", '{"verdict": 1}'):
        (tmp_path / "run.json").write_text(text)
        with pytest.raises(UsageError, match=r"run\.json is no run's data"):
            collect([tmp_path], tmp_path)


def test_the_command_writes_the_page_and_leaves_reports_alone(tmp_path: Path) -> None:
    report.write(a_run(), tmp_path / "one")
    words = ["report", str(tmp_path / "one"), "-o", str(tmp_path / "all"), "--json"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told == {"page": str(tmp_path / "all" / "index.html"), "runs": 1}
    page = html.parse(told["page"]).getroot()
    (link,) = page.xpath("//li//h3/a/@href")
    assert (tmp_path / "all" / link).resolve() == (tmp_path / "one" / "index.html").resolve()
    over = CliRunner().invoke(cli, ["report", str(tmp_path), "-o", str(tmp_path / "one")])
    assert over.exit_code == 2
    assert "holds a report of its own" in over.output


# -- the page


def a_row(**changes: Any) -> Row:
    return row_of({**a_run(started_at=10 * DAY), **changes})


def test_a_cell_tells_each_verdict_and_marks_what_is_not_expected() -> None:
    bad = {"ok": False, "verdict": "published", "run_id": "p"}
    runs = [a_row(run_id="1"), a_row(run_id="2"), a_row(**bad), a_row(run_id="3", moment="80%")]
    page = html.fromstring(many.render(runs))
    heads = [cell.text for cell in page.xpath("//table[@id='heat']/thead//th")]
    assert heads == ["Method", "40%", "80%"]
    several, single = page.xpath("//table[@id='heat']/tbody//td")
    assert [cell.get("class") for cell in (several, single)] == ["mixed", "safe"]
    assert [a.text for a in several.iter("a")] == ["2 cancelled", "1 published"]
    assert [a.get("class") for a in several.iter("a")] == [None, "wrong"]
    assert [a.get("href") for a in several.iter("a")] == ["#run-1", "#run-p"]
    assert "not as expected" in several.text_content()
    assert single.text_content().strip() == "cancelled"


def test_runs_of_one_id_have_anchors_of_their_own() -> None:
    page = html.fromstring(many.render([a_row(), a_row(), a_row(run_id='x" onclick="y')]))
    ids = [str(item.get("id")) for item in page.get_element_by_id("runs")]
    assert len(set(ids)) == 3
    assert ids[2] == "run-x--onclick--y"


def test_the_page_without_runs_says_so() -> None:
    page = html.fromstring(many.render([]))
    assert "No run has ended yet" in page.text_content()
    assert not page.xpath("//*[@id='runs']")


def test_a_trend_needs_more_than_one_day_and_counts_history_too() -> None:
    now = [
        a_row(started_at=10 * DAY + 5),
        a_row(started_at=10 * DAY + 6, ok=False, verdict="resumed"),
    ]
    assert not html.fromstring(many.render(now)).xpath("//*[@id='trend']")
    past = [{"at": 8 * DAY, "sense": "good", "cut_ms": ms} for ms in (100.0, 300.0, 200.0)]
    page = html.fromstring(many.render(now, history=past))
    table = page.xpath("//*[@id='trend']/..//tbody/tr")
    told = [[cell.text_content() for cell in line] for line in table]
    assert told == [
        ["1970-01-09", "3", "3", "0", "0", "200 ms", "300 ms"],
        ["1970-01-11", "2", "1", "1", "0", "200 ms", "200 ms"],
    ]


def test_a_long_history_is_told_in_few_spans_and_loses_no_run() -> None:
    history = [{"at": day * DAY + 1, "sense": "bad" if day % 2 else "good"} for day in range(400)]
    told = spans(history)
    assert 10 < len(told) <= 31
    assert sum(span.total for span in told) == 400
    assert all(bar.height > 0 and bar.y >= 0 for span in told for bar in span.bars)
    assert [span.percent for span in told[1:-1]] == [50] * (len(told) - 2)


# -- pictures


def test_pictures_stay_within_the_budget(tmp_path: Path) -> None:
    paths = [noise(tmp_path / f"{n}.png") for n in range(6)]
    rich, poor = thumbs(paths, 10**9), thumbs(paths, 20_000)
    assert len(rich) == len(paths)
    assert rich[paths[0]].width == 400
    sizes = [len(base64.b64decode(thumb.source.partition(",")[2])) for thumb in poor.values()]
    assert 0 < sum(sizes) <= 20_000
    picture = Image.open(io.BytesIO(base64.b64decode(poor[paths[0]].source.partition(",")[2])))
    assert picture.format == "WEBP"
    assert (picture.width, picture.height) == (poor[paths[0]].width, poor[paths[0]].height)
    assert thumbs(paths, 10) == {}


def test_what_is_no_picture_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG no")
    (tmp_path / "b.txt").write_text("words")
    assert thumbs([tmp_path / "a.png", tmp_path / "b.txt", tmp_path / "c.png"], 10**6) == {}


# -- the run's page


def found(run: dict[str, Any]) -> dict[str, str]:
    return {point.what: point.speaks for point in points(run)}


def test_the_proof_tells_what_holds_what_does_not_and_what_is_not_known() -> None:
    run = a_run(limits={"noise_bytes": 1000})
    at = run["evidence"][-1]["at"]
    run["evidence"] += [
        {"kind": "search", "at": at, "place": "profile", "complete": True, "found": ["#dcabc123"]},
        {"kind": "search", "at": at, "place": "drafts", "complete": False, "found": [],
         "detail": "it did not load"},
        {"kind": "check", "at": at, "name": "question", "ok": False, "detail": "none"},
    ]  # fmt: skip
    assert found(run) == {
        "airplane took effect, read back": "yes",
        "1.2 kB left after the cut": "info",
        "quiet period of 4.0 s: 0 B sent": "yes",
        "found on the profile": "no",
        "not seen among the drafts": "open",
        "question": "no",
        "the phone is as it was": "yes",
    }
    assert Point("open", "not seen among the drafts", "it did not load") in points(run)


def test_bytes_or_an_upload_in_the_quiet_period_speak_against_it() -> None:
    for extra in (
        {"kind": "traffic", "at": 1_700_000_010.9, "tx_bytes": 9_000_000},
        {"kind": "upload", "at": 1_700_000_010.0, "state": "posting", "percent": 50},
    ):
        run = a_run(limits={"noise_bytes": 1000})
        run["evidence"] = sorted([*run["evidence"], extra], key=lambda record: record["at"])
        (quiet,) = [point for point in points(run) if point.what.startswith("quiet period")]
        assert quiet.speaks == "no"


def test_a_search_before_the_cut_proves_nothing() -> None:
    run = a_run()
    early = {"kind": "search", "at": run["evidence"][0]["at"], "place": "profile",
             "complete": True, "found": []}  # fmt: skip
    run["evidence"].insert(0, early)
    assert not [what for what in found(run) if "profile" in what]


def test_a_phone_that_is_not_restored_is_told_with_what_is_left() -> None:
    undone = [{"what": "Wi-Fi", "ok": False, "detail": "switch it on by hand"}]
    assert points(a_run(restored=False, undone=undone))[-1] == Point(
        "no", "the phone is not as it was", "Wi-Fi: switch it on by hand"
    )


def test_what_does_not_change_is_one_row_of_the_timeline() -> None:
    seen = [
        {"kind": "network", "at": float(at), "active": active}
        for at, active in enumerate(("100", "100", None, None, "100"))
    ]
    assert [row.at for row in rows(seen, 0.0)] == [0.0, 2.0, 4.0]


def test_the_state_of_the_phone_is_compared_where_both_were_read() -> None:
    before = {"Wi-Fi": True, "online": None}
    assert state_rows({"before": before, "after": {"Wi-Fi": False, "online": None}}) == [
        ("Wi-Fi", "yes", "no", True),
        ("online", "not told", "not told", False),
    ]
    assert state_rows({"before": before, "after": None})[0] == ("Wi-Fi", "yes", "not told", False)
    assert state_rows({}) == state_rows(None) == []


def test_counters_of_any_form_are_told() -> None:
    assert number_rows(None) == []
    assert number_rows(7) == [("all", "7")]
    assert number_rows({"shell_calls": 3, "dump": {"count": 2, "by_step": {"post": 1}}}) == [
        ("shell calls", "3"),
        ("dump: count", "2"),
        ("dump: by step: post", "1"),
    ]


NODES = """<hierarchy><node class="a.Frame" bounds="[0,0][100,200]"><node class="a.Text" text="{}"
 resource-id="x:id/t" bounds="[10,10][50,30]" clickable="true"/></node>
 <found element="title" locator="2" asks="id 't'" nodes="1 77 x" used="true"/></hierarchy>"""


def test_what_was_touched_is_shown_on_the_picture_of_the_same_screen(tmp_path: Path) -> None:
    for name, words in (("a", "before"), ("b", "after")):
        (tmp_path / f"{name}.xml").write_text(NODES.format(words))
    (tmp_path / "c.xml").write_text('<hierarchy><node class="z" bounds="[0,0][9,9]"/></hierarchy>')
    touch = {"kind": "touch", "how": "tap", "step": "tap", "bounds": [10, 10, 50, 30]}
    evidence = [
        {**touch, "at": 1.0, "element": "title", "hierarchy": "a.xml", "screen": "feed"},
        {"kind": "screen", "at": 2.0, "name": "cut", "screenshot": "b.png", "hierarchy": "b.xml"},
        {**touch, "at": 3.0, "element": "title", "hierarchy": "../a.xml", "screen": "feed"},
        {**touch, "at": 4.0, "element": "gone", "hierarchy": "c.xml", "screen": "other"},
        {**touch, "at": 5.0, "element": "gone", "hierarchy": "run.json", "screen": "other"},
    ]
    shown, alone = screens(evidence, tmp_path, 0.0, {"b.png": 0})
    assert (shown["name"], shown["picture"], shown["size"]) == ("cut", 0, [100, 200])
    assert [(touch["at"], touch["node"]) for touch in shown["touches"]] == [(1.0, 1), (3.0, 1)]
    assert shown["nodes"][1] == {
        "p": 0, "c": "a.Text", "b": [10, 10, 50, 30], "i": "x:id/t", "t": "after",
        "f": ["clickable"],
    }  # fmt: skip
    assert shown["found"][0]["nodes"] == [1]
    assert (alone["name"], alone["picture"], alone["touches"][0]["node"]) == ("other", None, None)


def test_a_dump_that_is_broken_or_not_there_is_no_screen(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<hierarchy><node>")
    (tmp_path / "b.xml").write_text('<!DOCTYPE x [<!ENTITY e "e">]><hierarchy>&e;</hierarchy>')
    evidence = [
        {"kind": "screen", "at": 1.0, "hierarchy": name} for name in ("a.xml", "b.xml", "c.xml")
    ]
    assert screens(evidence, tmp_path, 0.0, {}) == []


def test_both_graphs_stand_in_the_page(tmp_path: Path) -> None:
    page = html.fromstring(report.render(a_run(), tmp_path))
    boxes = [etree.tostring(svg).count(b"cut-line") for svg in page.xpath("//svg[@role='img']")]
    assert boxes == [1, 1]
