"""The pictures of README and site, made by droidcancel itself on the virtual phone: `make docs`.

`demo.gif` is what `droidcancel record` makes of the demo's recipe, `terminal.svg` what the demo
prints, `screens.png` and `report.png` are of its report. `report.png` shows the page in a browser,
and is made where Chromium is installed. No picture may be larger than :data:`MOST` says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).parent / "images"
#: bytes, by the ending of the name
MOST = {".gif": 1_500_000, ".png": 300_000, ".svg": 60_000}
RECIPE = "cancel_airplane"
DEVICES = """\
default: studio
devices:
  studio: {kind: simulator, app: clips, profile: pixel, upload_bytes_per_s: 1300000}
"""
#: nothing of the user's is read, written, or shown in a picture
OWN = {
    "DROIDCANCEL_STATE_DIR": "state",
    "DROIDCANCEL_CONFIG_DIR": "config",
    "DROIDCANCEL_CACHE_DIR": "cache",
    "DROIDCANCEL_HISTORY": "off",
    "NO_COLOR": "1",
}
HEIGHT = 640
GAP = 28
CAPTIONS = {
    "before-post": "ready to post",
    "cut": "airplane mode at 40 %",
    "discarded": "discarded, still offline",
    "after": "online again: nothing went out",
}
BROWSER = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COLUMNS = 100
#: as rich draws a terminal, with the reader's own fonts: a picture asks the network for nothing
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"
 aria-label="What droidcancel demo prints">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
 font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
_STEP = re.compile(r"^( +\d+\.\d\d s) (.*)$")
_GOOD = re.compile(r"\bcancelled\b")


def screens(report: Path) -> Path:
    """The screenshots of a run side by side, each with a line of what it shows."""
    run = json.loads((report / "run.json").read_text(encoding="utf-8"))
    shots = [r for r in run["evidence"] if r["kind"] == "screen" and r.get("screenshot")]
    shots = [shot for shot in shots if shot["name"] in CAPTIONS]
    pictures = [Image.open(report / Path(shot["screenshot"]).name) for shot in shots]
    scaled = [p.resize((p.width * HEIGHT // p.height, HEIGHT), Image.LANCZOS) for p in pictures]
    width = sum(p.width for p in scaled) + GAP * (len(scaled) + 1)
    sheet = Image.new("RGB", (width, HEIGHT + 84), "#f6f7f9")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(19)
    x = GAP
    for shot, picture in zip(shots, scaled, strict=True):
        sheet.paste(picture, (x, 20))
        caption = CAPTIONS[shot["name"]]
        draw.text((x + picture.width // 2, HEIGHT + 48), caption, "#16202e", font, anchor="mm")
        x += picture.width + GAP
    path = HERE / "screens.png"
    sheet.quantize(200).save(path, optimize=True)
    return path


def page(report: Path, browser: str) -> Path:
    """The top of the report page as a browser shows it."""
    path = HERE / "report.png"
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [browser, *BROWSER, f"--user-data-dir={profile}", "--window-size=1000,1320",
             f"--screenshot={path}", (report / "index.html").as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    Image.open(path).convert("RGB").quantize(128).save(path, optimize=True)
    return path


def terminal(printed: str) -> Path:
    """What the demo printed, as a terminal shows it."""
    import io

    from rich.console import Console
    from rich.text import Text

    console = Console(width=COLUMNS, record=True, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "bold green"), ("droidcancel demo", "bold")))
    for line in printed.splitlines():
        text = Text(line.rstrip())
        if step := _STEP.match(line):
            text.stylize("dim", 0, step.end(1))
        for found in _GOOD.finditer(line):
            text.stylize("bold green", *found.span())
        console.print(text)
    path = HERE / "terminal.svg"
    path.write_text(console.export_svg(title="droidcancel", code_format=SVG, unique_id="demo"))
    return path


def film(folder: Path) -> Path:
    """The GIF of a recorded run."""
    (folder / "devices.yaml").write_text(DEVICES, encoding="utf-8")
    droidcancel(
        folder, "record", RECIPE, "-o", "film", "--trim-idle", "1.5", "--phone-frame",
        "--gif-size", "1400kB", "--language", "en",
    )  # fmt: skip
    return Path(shutil.copyfile(folder / "film" / f"{RECIPE}.gif", HERE / "demo.gif"))


def droidcancel(folder: Path, *words: str) -> str:
    """Run it in a folder; what it printed. What it says goes to the terminal too where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "droidcancel", *words], cwd=folder, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **OWN},
    )  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\ndroidcancel {words[0]} ended with {done.returncode}")
    return done.stdout


def told(path: Path) -> None:
    """Its name and size; the end where it is too large to be part of a page."""
    size = path.stat().st_size
    print(f"{path}: {size / 1000:.0f} kB")
    if size > MOST[path.suffix]:
        sys.exit(f"{path.name} may have {MOST[path.suffix] / 1000:.0f} kB")


def main() -> None:
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        printed = droidcancel(folder, "demo", "--report", "report")
        report = folder / "report"
        told(terminal(printed))
        told(screens(report))
        browser = shutil.which("chromium") or shutil.which("google-chrome")
        if browser:
            told(page(report, browser))
        told(film(folder))


if __name__ == "__main__":
    main()
