"""The report pages in a real browser: what they show, how they are used, and for whom."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from benchmarks.report_page import BEGAN, a_matrix
from droidcancel.apps.profile import AppProfile
from droidcancel.apps.sight import sight_of
from droidcancel.device.hierarchy import Hierarchy
from droidcancel.report import html as report
from droidcancel.report import matrix as matrix_report
from tests.test_report import a_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: `apt-get install chromium` (`.ci/run` does)"
)
#: the phone's screen in the pictures, and one element more than the tree needs to be folded
SCREEN = """<hierarchy rotation="0">
<node index="0" class="android.widget.FrameLayout" package="org.droidcancel.clips" text=""
 resource-id="" content-desc="" bounds="[0,0][540,1200]" enabled="true" visible-to-user="true">
 <node index="0" class="android.widget.LinearLayout" package="org.droidcancel.clips" text=""
  resource-id="org.droidcancel.clips:id/post_root" content-desc="" bounds="[0,0][540,1200]"
  enabled="true" visible-to-user="true">
  <node index="0" class="android.widget.EditText" package="org.droidcancel.clips"
   text="a caption #dcabc123" resource-id="org.droidcancel.clips:id/caption" content-desc=""
   bounds="[20,100][400,300]" enabled="true" clickable="true" visible-to-user="true"/>
  <node index="1" class="android.widget.Button" package="org.droidcancel.clips" text="Post"
   resource-id="org.droidcancel.clips:id/post_button" content-desc="" bounds="[280,1060][520,1124]"
   enabled="true" clickable="true" visible-to-user="true"/>
 </node></node></hierarchy>"""
AXE = "() => axe.run({resultTypes: ['violations']}).then(told => told.violations)"
#: runs of the history, a week before all others
PAST = [
    {"at": BEGAN - (7 + day) * 86_400, "sense": sense, "cut_ms": 80.0 + day}
    for day, sense in enumerate(["good"] * 9 + ["bad", "open"])
]
WORDS = "a caption <b>&amp;</b> #dcabc123"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"]
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield opened
        opened.close()


class Tab:
    """A page, and all that it complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda told: self.complaints.append(f"{told.type}: {told.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:")):
            self.complaints.append(f"asked the network for {request.url}")

    def open(self, path: Path, width: int = 1280, height: int = 900) -> Page:
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.goto(path.as_uri())
        return self.page

    def violations(self) -> list[str]:
        """What axe finds."""
        found = self.page.evaluate(AXE)
        return [
            f"{each['id']}: {node['html'][:150]} {node.get('failureSummary', '')}"
            for each in found
            for node in each["nodes"]
        ]

    def fits(self) -> bool:
        """Whether nothing has to be scrolled sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    page = browser.new_page()
    page.set_default_timeout(20_000)
    tab = Tab(page)
    yield tab
    page.close()
    assert tab.complaints == []


@pytest.fixture(scope="module")
def axe_script() -> str:
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0], "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def run_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that differs in everything that a page can show."""
    folder = tmp_path_factory.mktemp("run")
    profile = AppProfile.load("clips")
    dump = Hierarchy.parse(SCREEN.replace("a caption #dcabc123", WORDS.replace("<", "&lt;")))
    look = profile.look(dump, "en-US", "3.4.1")
    (folder / "before.xml").write_bytes(sight_of(look, lambda text: "#dcabc123" in text).xml)
    Image.new("RGB", (540, 1200), "teal").save(folder / "before.png")
    run = a_run(
        round_trips={"shell": 120, "dump": {"count": 44}},
        limits={"noise_bytes": 262_144},
        undone=[{"what": "airplane mode", "ok": True, "detail": "put back"}],
        phone_state={
            "before": {"Wi-Fi": True, "keyboard": "a/.B"},
            "after": {"Wi-Fi": False, "keyboard": "a/.B"},
        },
        environment={"host": {"python": "3.12"}, "app": {"version": "3.4.1"}},
    )
    start = run["evidence"][0]["at"]
    run["evidence"][1:1] = [
        {"kind": "screen", "at": start + 0.1, "name": "before", "screen": "post",
         "screenshot": "before.png", "hierarchy": "before.xml"},
        {"kind": "touch", "at": start + 0.2, "how": "tap", "element": "post_button",
         "step": "post", "screen": "post", "bounds": [280, 1060, 520, 1124],
         "hierarchy": "before.xml"},
    ]  # fmt: skip
    run["kept"] = [{"name": "video", "path": str(folder / "video.mp4"), "began_at": start - 5}]
    return report.write(run, folder, truth="no video live", history=PAST)


@pytest.fixture(scope="module")
def matrix_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matrix")
    matrix = a_matrix(folder, 4, size=(120, 267))
    matrix["cells"][3] |= {"runs": [], "why_not": "this Android has no way to it"}
    matrix_report.write(matrix, folder, history=PAST)
    (folder / "matrix.json").write_text(json.dumps(matrix))
    return folder


def test_a_run_can_be_read_by_everybody(tab: Tab, run_page: Path, axe_script: str) -> None:
    for scheme, width in (("light", 1280), ("dark", 1280), ("dark", 360), ("light", 360)):
        tab.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page = tab.open(run_page, width)
        page.locator("#viewer").scroll_into_view_if_needed()
        page.locator(".tree li").first.wait_for()
        page.evaluate(axe_script)
        assert tab.violations() == []
        assert tab.fits()
    words = str(page.locator("main").text_content())
    for told in (
        "cancelled", "as expected", "4.00 s", "quiet period of 4.0 s", "no video live",
        "Post was tapped", "tapped post_button on post", "≠ differs", "shell", "120",
        "dump: count", "python", "3.12", "11 earlier runs", "Film of the test, from just before",
    ):  # fmt: skip
        assert told in words


def test_an_element_is_picked_on_the_picture_and_told_with_its_locators(
    tab: Tab, run_page: Path
) -> None:
    page = tab.open(run_page)
    page.locator("#viewer").scroll_into_view_if_needed()
    picked = page.locator(".tree [aria-selected=true]")
    assert "Button #post_button “Post”" in picked.inner_text()
    assert "● used 1" in picked.inner_text()
    assert "post_button locator 2 (text 'Post'" in page.locator(".locators").inner_text()
    assert "a step goes by this one" in page.locator(".locators").inner_text()
    assert page.locator(".canvas .touched").get_attribute("x") == "280"
    box = page.locator(".canvas").bounding_box()
    assert box is not None
    drawn = box["height"] / 1200
    left = box["x"] + (box["width"] - 540 * drawn) / 2
    page.mouse.click(left + 100 * drawn, box["y"] + 200 * drawn)
    assert WORDS.replace("&amp;", "&") in picked.inner_text()
    details = page.locator(".details").inner_text()
    assert "[20,100][400,300]" in details
    assert "caption_field" in details
    assert page.locator(".details b", has_text="&").count() == 0
    page.locator(".touches button").click()
    assert "#post_button" in picked.inner_text()


def test_the_tree_goes_by_the_keys(tab: Tab, run_page: Path) -> None:
    page = tab.open(run_page)
    page.locator("#viewer").scroll_into_view_if_needed()
    rows = page.locator(".tree [role=treeitem]")
    rows.first.wait_for()
    assert page.locator(".tree [tabindex='0']").count() == 1
    page.locator(".tree [tabindex='0']").focus()
    ring = "getComputedStyle(document.activeElement).outlineStyle"
    focused = "document.activeElement.innerText"
    page.keyboard.press("Home")
    assert page.evaluate(focused) == "FrameLayout"
    assert page.evaluate(ring) == "solid"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "#caption" in page.evaluate(focused)
    page.keyboard.press("ArrowLeft")
    assert "#post_root" in page.evaluate(focused)
    page.keyboard.press("ArrowLeft")
    assert [row.is_visible() for row in rows.all()] == [True, True, False, False]
    assert rows.nth(1).get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert "#post_button" in page.evaluate(focused)
    assert page.locator(".tree [tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") != "treeitem"


def test_a_matrix_can_be_read_by_everybody(tab: Tab, matrix_folder: Path, axe_script: str) -> None:
    for scheme, width in (("light", 1280), ("dark", 360)):
        tab.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page = tab.open(matrix_folder / "index.html", width)
        page.locator("#all").scroll_into_view_if_needed()
        page.locator(".shot img").first.wait_for()
        if width == 360:  # what differs has all the colours, and axe takes its time with 200 runs
            page.locator("[name=verdict]").select_option("!")
        page.evaluate(axe_script)
        assert tab.violations() == []
        assert tab.fits()
    assert "With 11 earlier runs" in str(page.locator("section.trend").text_content())
    assert page.locator("#runs > li").count() == 196
    assert page.locator(".shot img").count() < 60
    assert (matrix_folder / "index.html").stat().st_size < 1_500_000
    page.locator("#filters button").click()
    no = page.locator(".heat td.no")
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect(no).to_have_count(1)
    assert no.inner_text() == "not possible"


def test_a_matrix_is_filtered_and_turned(tab: Tab, matrix_folder: Path) -> None:
    page = tab.open(matrix_folder / "index.html")
    shown = page.locator("#runs > li:visible")
    form = page.locator("#filters")
    wrong = page.locator("#runs > li.is-bad").count()
    assert 0 < wrong < 196
    form.locator("[name=verdict]").select_option("!")
    assert shown.count() == wrong
    assert page.locator("#count").inner_text() == f"{wrong} of 196 runs"
    assert page.locator(".heat a.wrong").count() == page.locator(".heat a").count() > 0
    form.locator("[name=method]").select_option("airplane")
    form.locator("[name=text]").fill("published 3.5")
    expected = page.evaluate(
        """() => JSON.parse(document.getElementById("runs-data").textContent).rows.filter(row =>
        row.sense === "bad" && row.method === "airplane" && row.verdict === "published"
        && row.app_version === "3.5.0").length"""
    )
    assert shown.count() == expected
    form.locator("button[type=reset]").click()
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect(page.locator("#count")).to_have_text("196 runs")
    page.locator("#axis-0").select_option("app_version")
    heads = page.locator(".heat tbody th").all_inner_texts()
    assert heads == ["3.4.1", "3.5.0"]
    form.locator("[name=order]").select_option("worst")
    first = page.locator("#runs > li").first
    assert "is-bad" in str(first.get_attribute("class"))
    link = first.locator("h3 a")
    anchor = first.get_attribute("id")
    link.click()
    assert page.title() == "a run"
    page.goto(f"{(matrix_folder / 'index.html').as_uri()}#{anchor}")
    assert page.locator(":target").get_attribute("id") == anchor


def test_printed_it_is_black_on_white_and_whole(tab: Tab, run_page: Path) -> None:
    tab.page.emulate_media(media="print", color_scheme="dark")
    page = tab.open(run_page, 794)
    ink = "getComputedStyle(document.body)"
    assert page.evaluate(f"[{ink}.color, {ink}.backgroundColor]") == [
        "rgb(0, 0, 0)", "rgb(255, 255, 255)"
    ]  # fmt: skip
    assert page.locator("#viewer").is_hidden()
    assert page.locator("#state").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_without_scripts_a_page_says_the_same(browser: Browser, matrix_folder: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto((matrix_folder / "index.html").as_uri())
    assert page.locator("#runs > li:visible").count() == 196
    assert page.locator(".heat td a").count() > 50
    assert page.locator("#filters").is_hidden()
    page.close()
