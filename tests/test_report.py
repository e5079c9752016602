"""The report page: what it says, what it must not let in, and the graph's geometry."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from PIL import Image

from droidcancel.report import html as report
from droidcancel.report.chart import HEIGHT, WIDTH, bytes_text, draw


def a_run(**changes: Any) -> dict[str, Any]:
    start = 1_700_000_000.0
    traffic = [
        {"kind": "traffic", "at": start + second * 0.5, "tx_bytes": 1000 + min(second, 8) * 250_000}
        for second in range(24)
    ]
    marks = [("posted", 0.2), ("moment", 3.9), ("restored", 6.0), ("quiet_started", 7.0),
             ("quiet_ended", 11.0)]  # fmt: skip
    evidence: list[dict[str, Any]] = [
        *traffic,
        *({"kind": "mark", "at": start + at, "name": name} for name, at in marks),
        {
            "kind": "method", "at": start + 4.0, "ended_at": start + 4.2, "name": "airplane",
            "effective": True, "detail": "read back", "apply_ms": 200.0,
        },
        {"kind": "screen", "at": start + 4.5, "screen": "feed", "name": "after the cut",
         "screenshot": "cut.png"},
    ]  # fmt: skip
    run = {
        "run_id": "r1", "recipe": "cancel_airplane", "app": "clips",
        "device": {"serial": "emulator-5554", "kind": "emulator", "model": "Phone",
                   "api_level": 34},
        "method": "airplane", "moment": "40%", "token": "#dcabc123", "verdict": "cancelled",
        "expected": ["cancelled", "draft"], "ok": True, "reason": "nothing live",
        "cut": {"asked": 40.0, "actual": 42, "unit": "percent", "source": "screen",
                "fired_by": "host", "poll_ms": 61.2, "progress_percent": 40,
                "bytes_sent": 2_000_000, "bytes_after_cut": 1200, "detect_ms": 30.5,
                "apply_ms": 200.0},
        "evidence": sorted(evidence, key=lambda record: record["at"]), "restored": True,
        "duration_s": 11.5, "report": None,
        "round_trips": {"shell": 40, "rpc": 60, "shells": 3, "files": 1, "total": 104},
    }  # fmt: skip
    return {**run, **changes}


def test_page_says_the_verdict_the_cut_and_the_restored_state(tmp_path: Path) -> None:
    page = html.parse(str(report.write(a_run(), tmp_path))).getroot()
    assert page.findtext(".//p[@class='verdict good']/strong") == "cancelled"
    facts = {dt.text: dt.getnext().text for dt in page.iter("dt")}
    assert facts["Sent before the cut"] == "2 MB"
    assert facts["Progress shown"] == "40 %"
    assert facts["Took to apply"] == "200 ms"
    assert (facts["Asked for"], facts["Where it really stood"]) == ("40 %", "42 %")
    assert (facts["shell"], facts["total"]) == ("40", "104")
    assert (facts["Told by"], facts["Cut by"]) == ("screen", "host")
    assert page.findtext(".//p[@class='when']").split()[:2] == ["4.00", "s"]
    told = {
        b.text: b.getparent().getprevious().get("aria-label") for b in page.iterfind(".//li//b")
    }
    assert told["the phone is as it was"] == "holds"
    assert told["airplane took effect, read back"] == "holds"
    assert json.loads((tmp_path / "run.json").read_text())["token"] == "#dcabc123"


def test_timeline_tells_the_turns_in_words(tmp_path: Path) -> None:
    page = html.fromstring(report.render(a_run(), tmp_path))
    told = [row.text_content() for row in page.findall(".//tbody/tr")]
    assert any("Post was tapped" in line for line in told)
    assert not any("name posted" in line or "quiet_started" in line for line in told)


@pytest.mark.parametrize(
    ("verdict", "ok", "colour"),
    [("resumed", False, "bad"), ("unknown", False, "open"), ("draft", True, "good")],
)
def test_a_verdict_that_differs_is_marked(
    tmp_path: Path, verdict: str, ok: bool, colour: str
) -> None:
    page = html.fromstring(report.render(a_run(verdict=verdict, ok=ok), tmp_path))
    assert page.findtext(f".//p[@class='verdict {colour}']/strong") == verdict


def test_text_of_the_phone_cannot_become_markup(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    run = a_run(reason=evil, token=evil, recipe=evil)
    run["device"]["model"] = evil
    run["evidence"][-1]["detail"] = evil
    page = html.fromstring(report.render(run, tmp_path))
    assert {script.get("type") for script in page.iter("script")} <= {"application/json"}
    assert all(image.get("src", "").startswith("data:") for image in page.iter("img"))


def test_the_policy_allows_the_page_own_style_and_nothing_else(tmp_path: Path) -> None:
    text = report.render(a_run(), tmp_path)
    page = html.fromstring(text)
    policy = page.find(".//meta[@http-equiv]").get("content")
    style = re.search(r"<style>(.*?)</style>", text, re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; script-src 'none'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert page.find("head")[1].get("http-equiv") == "Content-Security-Policy"
    assert not page.xpath("//*[@style]")


def test_screenshots_are_inside_and_only_from_the_report_folder(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    Image.new("RGB", (4, 8), "red").save(folder / "cut.png")
    Image.new("RGB", (4, 8), "red").save(tmp_path / "secret.png")
    run = a_run()
    run["evidence"].append(
        {"kind": "screen", "at": run["evidence"][-1]["at"], "screenshot": "../secret.png"}
    )
    page = html.fromstring(report.render(run, folder))
    sources = [image.get("src") for image in page.iter("img")]
    assert len(sources) == 1
    with Image.open(io.BytesIO(base64.b64decode(sources[0].split(",")[1]))) as shown:
        assert (shown.format, shown.size) == ("WEBP", (4, 8))


def test_graph_stands_inside_its_frame_and_never_falls() -> None:
    run = a_run()
    chart = draw(run["evidence"], run["evidence"][0]["at"])
    assert chart is not None
    points = [tuple(map(float, p.split(","))) for p in re.findall(r"[\d.]+,[\d.]+", chart.path)]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    assert chart.quiet is not None
    assert chart.left < chart.quiet[0] < chart.quiet[1] <= chart.right
    assert [line.label for line in chart.lines if line.kind == "cut"] == ["cut"]


def test_labels_of_near_lines_do_not_overlap() -> None:
    run = a_run()
    chart = draw(run["evidence"], run["evidence"][0]["at"])
    assert chart is not None
    places = [(line.row, line.x) for line in chart.lines]
    for row, x in places:
        assert all(abs(x - other) >= 90 for r, other in places if r == row and other != x)


def test_no_graph_without_traffic() -> None:
    assert draw([{"kind": "mark", "at": 1.0, "name": "posted"}], 0.0) is None


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2_340_000, "2.34 MB")]
)
def test_sizes_for_people(count: int, text: str) -> None:
    assert bytes_text(count) == text
