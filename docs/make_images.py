"""The README's pictures, made from a run of the demo: `make docs`.

`screens.png` needs nothing more. `report.png` shows the page in a browser and is made where
Chromium is installed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).parent / "images"
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


def screens(report: Path) -> Path:
    """The screenshots of a run side by side, each with a line of what it shows."""
    run = json.loads((report / "run.json").read_text(encoding="utf-8"))
    shots = [r for r in run["evidence"] if r["kind"] == "screen" and r.get("screenshot")]
    pictures = [Image.open(report / Path(shot["screenshot"]).name) for shot in shots]
    scaled = [p.resize((p.width * HEIGHT // p.height, HEIGHT), Image.LANCZOS) for p in pictures]
    width = sum(p.width for p in scaled) + GAP * (len(scaled) + 1)
    sheet = Image.new("RGB", (width, HEIGHT + 84), "#f6f7f9")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(19)
    x = GAP
    for shot, picture in zip(shots, scaled, strict=True):
        sheet.paste(picture, (x, 20))
        caption = CAPTIONS.get(shot["name"], shot["name"])
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


def main() -> None:
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        command = [sys.executable, "-m", "droidcancel", "demo", "--report", str(report)]
        subprocess.run(command, check=True, cwd=folder)
        print(screens(report))
        browser = shutil.which("chromium") or shutil.which("google-chrome")
        if browser:
            print(page(report, browser))


if __name__ == "__main__":
    main()
