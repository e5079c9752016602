"""How long the page of a matrix of 200 runs takes to open: `python -m benchmarks.report_page`.

The runs are made up, with pictures of a phone's shape; the page is the one that `matrix` writes,
and the browser is Chromium.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

METHODS = (
    "airplane", "app-network", "clear-cache", "for-sure", "force-stop", "in-app", "network-off",
    "restart", "swipe-recents", "delete-draft",
)  # fmt: skip
MOMENTS = ("posting", "at 20%", "at 40%", "at 60%", "at 80%")
VERDICTS = ("cancelled",) * 14 + ("draft",) * 3 + ("published", "resumed", "unknown")
BEGAN = 1_790_000_000.0
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-quic")


def a_matrix(
    folder: Path, repeat: int = 4, *, seed: int = 7, size: tuple[int, int] = (540, 1200)
) -> dict[str, Any]:
    """A matrix of 50 cells in a folder, each run with its data and a picture beside it.

    `size`: of the pictures, in px.
    """
    chance = random.Random(seed)
    cells = []
    for method in METHODS:
        for moment in MOMENTS:
            runs = [
                _a_run(folder, method, moment, number, chance, size)
                for number in range(1, repeat + 1)
            ]
            verdicts: dict[str, int] = {}
            for run in runs:
                verdicts[run["verdict"]] = verdicts.get(run["verdict"], 0) + 1
            cells.append(
                {
                    "method": method, "moment": moment, "status": "ok", "verdicts": verdicts,
                    "reason": runs[0]["reason"], "why_not": None, "exit_code": 0, "runs": runs,
                }
            )  # fmt: skip
    return {
        "format": 1, "recipes": {m: f"cancel_{m.replace('-', '_')}" for m in METHODS},
        "moments": list(MOMENTS), "repeat": repeat, "exit_code": 1, "cells": cells,
        "on": {
            "app": "clips", "kind": "usb", "model": "Pixel 8", "api_level": 34,
            "video_bytes": 6_300_000,
        },
    }  # fmt: skip


def _a_run(
    folder: Path,
    method: str,
    moment: str,
    number: int,
    chance: random.Random,
    size: tuple[int, int],
) -> dict[str, Any]:
    verdict = chance.choice(VERDICTS)
    page = f"{method}/{moment.replace(' ', '-').replace('%', 'pc')}/{number}/index.html"
    here = (folder / page).parent
    here.mkdir(parents=True, exist_ok=True)
    _picture(here / "cut.png", chance, size)
    run = {
        "run_id": f"{chance.getrandbits(48):012x}", "method": method, "verdict": verdict,
        "reason": f"the app's bytes stopped, and the profile and the drafts say {verdict}",
        "ok": verdict in ("cancelled", "draft"), "token": "#dcabc123", "restored": True,
        "left": [], "duration_s": round(chance.uniform(20, 60), 2), "exit_code": 0, "error": None,
        "page": page,
        "cut": {
            "progress_percent": chance.randrange(100), "apply_ms": chance.uniform(20, 400),
            "bytes_sent": chance.randrange(6_000_000), "bytes_after_cut": chance.randrange(200_000),
            "detect_ms": chance.uniform(10, 90),
        },
    }  # fmt: skip
    whole = {
        **run, "recipe": f"cancel_{method}", "app": "clips", "moment": moment,
        "expected": ["cancelled", "draft"], "app_version": chance.choice(("3.4.1", "3.5.0")),
        "device": {
            "serial": "39021FDJH000ZZ", "kind": "usb", "model": "Pixel 8", "api_level": 34,
        },
        "started_at": BEGAN + chance.randrange(5 * 86_400),
        "evidence": [{"kind": "screen", "at": BEGAN, "name": "cut", "screenshot": "cut.png"}],
    }  # fmt: skip
    (here / "run.json").write_text(json.dumps(whole), encoding="utf-8")
    (here / "index.html").write_text("<!doctype html><title>a run</title>", encoding="utf-8")
    return run


def _picture(path: Path, chance: random.Random, size: tuple[int, int]) -> None:
    """As many edges and colours as a feed has."""
    picture = Image.new("RGB", size, (chance.randrange(256), 90, 120))
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        draw.rectangle((x, y, x + chance.randrange(200), y + chance.randrange(120)), colour)
        draw.text((x, y), "some words of a video", "white")
    picture.save(path, compress_level=1)


def opened(page: Path, rounds: int) -> list[dict[str, float]]:
    """What Chromium says of each opening, in ms from the start of the navigation."""
    from playwright.sync_api import sync_playwright

    script = """() => {
        const [told] = performance.getEntriesByType("navigation");
        const paint = performance.getEntriesByName("first-contentful-paint")[0];
        return {interactive: told.domInteractive, loaded: told.loadEventEnd,
                painted: paint ? paint.startTime : NaN,
                elements: document.querySelectorAll("*").length};
    }"""
    told = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(CHROMIUM)
        )
        for _ in range(rounds):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(page.as_uri(), wait_until="load")
            tab.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
            tab.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
            told.append(tab.evaluate(script))
            tab.close()
        browser.close()
    return told


def main() -> None:
    """Make the page, open it, and print the numbers."""
    from droidcancel.report import matrix

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--repeat", type=int, default=4, help="runs a cell, of 50 cells")
    options.add_argument("--history", type=int, default=5000, help="earlier runs for the trend")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        past = [
            {"at": BEGAN - 600 * number, "sense": "bad" if number % 20 == 0 else "good",
             "cut_ms": 80.0}
            for number in range(1, given.history + 1)
        ]  # fmt: skip
        page = matrix.write(a_matrix(folder, given.repeat), folder, history=past)
        told = opened(page, given.rounds)
        print(f"{50 * given.repeat} runs, {page.stat().st_size / 1e6:.2f} MB")
        print(f"{told[0]['elements']:.0f} elements")
        for name in ("interactive", "painted", "loaded"):
            values = [each[name] for each in told]
            middle = statistics.median(values)
            print(f"{name}: {middle:.0f} ms in the middle, {max(values):.0f} ms at most")


if __name__ == "__main__":
    main()
