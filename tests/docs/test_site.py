"""The site: it builds without a warning, says what the code says, and can be read by everybody."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import click
import pytest
from lxml import html

from droidcancel.cli import cli
from droidcancel.pytest_plugin.options import OPTIONS
from droidcancel.recipe.steps_model import KINDS
from droidcancel.verdict import VERDICTS
from tests.docs.fences import PAGES, ROOT
from tests.test_cli import all_commands

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
#: bytes of a picture, as docs/make_images.py keeps to
MOST = {".gif": 1_500_000, ".png": 300_000, ".svg": 60_000}
#: pages with something of their own each
LOOKED_AT = ("index", "tutorials/command-line", "reference/commands", "reference/python", "android")
AXE = "() => axe.run('article', {resultTypes: ['violations']}).then(told => told.violations)"


@pytest.fixture(scope="module")
def generated() -> ModuleType:
    spec = spec_from_file_location("generated", ROOT / "docs" / "generated.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_says_all_that_there_is(generated: ModuleType) -> None:
    text = {name: part() for name, part in generated.PARTS.items()}
    for path, command in all_commands(cli):
        assert f"# droidcancel {' '.join(path)}\n" in text["commands"]
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert parameter.opts[-1] in text["commands"], path
    for kind in KINDS:
        assert f"### {kind}\n" in text["recipe-steps"]
    for option in OPTIONS:
        assert f"--droid-{option.name}" in text["pytest-options"]
    for name in VERDICTS:
        assert f"`{name}`" in text["verdicts"]
    for code in ("0", "1", "2", "3", "4", "130"):
        assert f"| `{code}` |" in text["exit-codes"]
    assert "`RestoreError` | `4` | `DroidCancelError`" in text["errors"]
    assert "`upload`" in text["pytest-fixtures"]
    assert "`quiet_period_s`" in text["device-keys"]
    assert "`places`" in text["profile-keys"]


def test_every_mark_is_filled(generated: ModuleType) -> None:
    used = {
        name
        for page in PAGES
        for name in generated.MARK.findall((ROOT / page).read_text(encoding="utf-8"))
    }
    assert used == set(generated.PARTS)


def test_pictures_are_there_and_small() -> None:
    """Each has words for those who do not see it, and asks the network for nothing."""
    shown: set[Path] = set()
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for words, name in re.findall(r"!\[(.*?)\]\(([^)]+)\)", text):
            assert len(words) > 15, f"{page}: {name}"
            shown.add(((ROOT / page).parent / name).resolve())
    there = set((ROOT / "docs" / "images").iterdir())
    assert shown <= there
    for path in there:
        assert path.stat().st_size <= MOST[path.suffix], path
    terminal = (ROOT / "docs" / "images" / "terminal.svg").read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\s\"<]+", terminal) == ["http://www.w3.org/2000/svg"]
    assert "droidcancel demo" in terminal.replace("&#160;", " ")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, made as `make site` does."""
    pytest.importorskip("sphinx")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-q", "-b", "html"]
    command += ["-d", str(folder / "read"), str(ROOT / "docs"), str(folder / "html")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.mark.extended
@pytest.mark.timeout(400)
def test_links_lead_somewhere_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = {path: html.parse(str(path)).getroot() for path in site.rglob("*.html")}
    assert len(pages) > 40
    for path, page in pages.items():
        assert not page.xpath(
            "//script[starts-with(@src, 'http')]|//img[starts-with(@src, 'http')]"
        )
        assert not page.xpath("//link[starts-with(@href, 'http') and @rel != 'canonical']")
        for link in page.xpath("//a/@href"):
            parts = urlsplit(str(link))
            if parts.scheme or (not parts.path and not parts.fragment):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), f"{path.name}: {link}"
            if parts.fragment and target in pages:
                ids = pages[target].xpath("//*[@id=$id]", id=unquote(parts.fragment))
                assert ids, f"{path.name}: {link}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: `make browser`")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"]
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield opened
        opened.close()


@pytest.mark.extended
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages_can_be_read(site: Path, browser: Browser, scheme: Any, width: int) -> None:
    """Nothing is asked of the network, nothing sticks out, and axe finds nothing in the text."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    axe = Path(spec.submodule_search_locations[0], "axe.min.js").read_text("utf-8")
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in LOOKED_AT:
        page.goto((site / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        page.evaluate(axe)
        found = page.evaluate(AXE)
        told = [f"{each['id']}: {n['html'][:200]}" for each in found for n in each["nodes"]]
        assert told == [], name
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()


@pytest.mark.extended
@pytest.mark.timeout(400)
def test_words_are_found(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "search.html").as_uri() + "?q=watch_resume")
    page.wait_for_selector("#search-results li", timeout=20_000)
    assert "Your first cancel" in page.inner_text("#search-results")
    page.close()
