"""Runs that are recorded: the film is decoded, and compared with what was done."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from droidcancel.apps.profile import AppProfile
from droidcancel.recipe.engine import run_recipe
from droidcancel.recipe.load import load_recipe
from droidcancel.recipe.options import Event, RunOptions, silent
from droidcancel.recipe.result import RunResult
from droidcancel.recipe.values import Moment
from droidcancel.record.canvas import Canvas
from droidcancel.record.cues import SHORTEST_READ_S
from droidcancel.record.recording import Made, Recording, Wanted
from tests.recipe.conftest import LIMITS, Lab, MakeLab
from tests.recipe.test_grid import ROUNDS
from tests.record.test_voice import loudness, speaker

av = pytest.importorskip("av")
#: what a tap's ring is drawn with, and how far a decoded pixel may be from it
RING, NEAR = (255, 64, 92), 70


Finish = Callable[[Wanted], tuple[RunResult, Made]]


def filmed(
    lab: Lab, name: str, out: Path, on_event: Any = silent, pace: float = 0.0
) -> tuple[Recording, Finish]:
    """One run on it, filmed; and what makes the files of it."""
    how = ROUNDS[name]
    how.prepare(lab, out.parent)
    values = {**({"video": str(lab.video)} if how.video else {}), **how.values}
    loaded = load_recipe(how.recipe, values)
    profile = AppProfile.load("clips")
    moment = None if how.moment is None else Moment.model_validate(how.moment)
    chosen = RunOptions(limits=LIMITS, moment=moment, clean_status_bar=True, confirm=lambda _: True)
    recording = Recording(lab.device, profile, None, out, pace=pace)
    recording.begin()
    hear = recording.heard(on_event, loaded.recipe)
    result = run_recipe(loaded, lab.device, profile, chosen, hear)
    recording.close()
    return recording, lambda wanted: (result, recording.make(loaded.recipe, result, wanted))


def record(
    lab: Lab, name: str, out: Path, wanted: Wanted, on_event: Any = silent
) -> tuple[RunResult, Made]:
    """One run on it, filmed."""
    _, finish = filmed(lab, name, out, on_event)
    return finish(wanted)


class Decoded:
    """A film's frames: how many, those that were wanted by number, and how bright each is."""

    def __init__(self, path: Path, wanted: set[int]) -> None:
        self.count = 0
        self.brightest = 255
        self.pictures: dict[int, Image.Image] = {}
        with av.open(str(path)) as film:
            for frame in film.decode(video=0):
                if self.count in wanted:
                    self.pictures[self.count] = frame.to_image()
                small = bytes(frame.reformat(width=32, height=64, format="gray").planes[0])
                self.brightest = min(self.brightest, max(small))
                self.count += 1


def is_ring(pixel: Any) -> bool:
    return all(abs(a - b) <= NEAR for a, b in zip(pixel[:3], RING, strict=True))


def assert_film(out: Path, made: Made, screen: tuple[int, int]) -> None:
    """Length, brightness, captions, and the ring of each tap where it can be told."""
    facts = json.loads((out / "recording.json").read_text())
    fps = facts["fps"]
    taps = [t for t in facts["touches"] if t["kind"] == "tap"]
    at = [round(tap["at_s"] * fps) for tap in taps]
    told = [cue for cue in facts["captions"] if cue["kind"] in ("step", "turn")]
    turns = [round(cue["from_s"] * fps) for cue in told]
    film = Decoded(made.files["film"], {n + d for n in (*at, *turns) for d in range(-2, 4)})
    wanted = facts["wall_s"] - facts["trimmed_s"] + facts["held_s"]
    wanted += facts["opening_s"] + facts["ending_s"]
    assert film.count == made.frames == facts["frames"]
    assert film.count / fps == pytest.approx(wanted, rel=0.02)
    assert film.brightest > 60, "a black frame"
    canvas = Canvas("portrait", screen)
    seen = [ring_of(film, n, canvas.point(t["start"])) for n, t in zip(at, taps, strict=True)]
    assert False not in seen, list(zip(seen, taps, strict=True))
    assert seen.count(True) >= len(seen) / 3, "most places are not red before"
    assert_captions(facts, film, canvas, turns)


def assert_captions(facts: Any, film: Decoded, canvas: Canvas, turns: list[int]) -> None:
    """Each can be read, has its own time, and is in the picture from then on."""
    told = [cue for cue in facts["captions"] if cue["kind"] in ("step", "turn")]
    assert told
    assert all(a["to_s"] <= b["from_s"] + 1e-3 for a, b in pairwise(facts["captions"]))
    if facts["held_s"]:
        assert all(cue["to_s"] - cue["from_s"] >= SHORTEST_READ_S - 0.1 for cue in told)
    for frame in turns:
        before, after = (film.pictures[frame + d].crop(canvas.strip) for d in (-2, 3))
        assert ImageStat.Stat(ImageChops.difference(before, after).convert("L")).mean[0] > 1


def times_in(text: str) -> list[tuple[float, str]]:
    """When each caption of a WebVTT file begins, and what it says."""
    found = re.findall(r"(\d+):(\d+):([\d.]+) --> .*\n(.*)", text)
    return [(int(h) * 3600 + int(m) * 60 + float(s), said) for h, m, s, said in found]


def ring_of(film: Decoded, frame: int, at: tuple[float, float]) -> bool | None:
    """Whether a tap's dot is there within 2 frames of the tap, and 10 px of where it was.

    None where something as red stands there already.
    """
    x, y = round(at[0]), round(at[1])
    spots = [(x + dx, y + dy) for dx in (-4, 0, 4) for dy in (-4, 0, 4)]

    def shows(number: int) -> bool:
        return any(is_ring(film.pictures[number].getpixel(spot)) for spot in spots)

    return None if shows(frame - 2) else any(shows(frame + late) for late in range(3))


def test_a_cancel_is_recorded_whole(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab()
    before = lab.device.demo_mode.allowed()
    out = tmp_path / "out"
    result, made = record(lab, "cancel_airplane", out, Wanted(moving=()))
    assert (result.verdict.name, made.problems) == ("cancelled", [])
    assert result.restored
    assert lab.device.demo_mode.allowed() == before
    assert_film(out, made, lab.device.ui.size())
    assert not (out / ".film").exists()
    facts = json.loads((out / "recording.json").read_text())
    posting = next(t for t in facts["turns"] if t["kind"] == "moment")["at_s"]
    now, before_it = round(posting * facts["fps"]), round((posting - 1.5) * facts["fps"])
    film = Decoded(made.files["film"], {now, before_it}).pictures
    moved = ImageChops.difference(film[now], film[before_it]).getbbox()
    assert moved is not None, "the progress moves in the film"
    for locale in ("en", "fr", "id"):
        captions = made.files[f"vtt {locale}"].read_text(encoding="utf-8")
        page = made.files[f"html {locale}"].read_text(encoding="utf-8")
        text = made.files[f"md {locale}"].read_text(encoding="utf-8")
        pictures = sorted((out / "steps").glob("*.png"))
        assert captions.count("-->") >= 5
        assert page.count("<img") == text.count("![") == len(pictures) >= 8
    assert "Activez le mode avion" in made.files["md fr"].read_text(encoding="utf-8")


def test_a_run_that_breaks_off_has_its_film(make_lab: MakeLab, tmp_path: Path) -> None:
    """Interrupted at the moment to cancel; the captions stand where their steps began."""
    lab = make_lab()
    began: list[float] = []

    def interrupt(event: Event) -> None:
        if event.kind == "step":
            began.append(time.monotonic())
        if event.kind == "moment":
            threading.Timer(0, os.kill, (os.getpid(), signal.SIGINT)).start()

    out = tmp_path / "out"
    result, made = record(lab, "cancel_airplane", out, Wanted(moving=(), hold=False), interrupt)
    assert result.interrupted
    assert_film(out, made, lab.device.ui.size())
    facts = json.loads((out / "recording.json").read_text())
    assert facts["held_s"] == facts["trimmed_s"] == 0
    told = times_in(made.files["vtt fr"].read_text(encoding="utf-8"))[1:-1]
    assert told
    at = [moment - began[0] for moment in began]
    offset = facts["steps"][0]["at_s"]
    for when, _ in told:
        assert min(abs(when - offset - moment) for moment in at) < 0.05


@pytest.mark.extended
def test_where_there_is_no_screenrecord_pictures_are_taken(
    make_lab: MakeLab, tmp_path: Path
) -> None:
    lab = make_lab(quirks=("no-video-encoder",))
    out = tmp_path / "out"
    result, made = record(lab, "clear_cache", out, Wanted(moving=("webp",)))
    assert result.verdict.name == "passed"
    facts = json.loads((out / "recording.json").read_text())
    assert facts["source"] == "screencap"
    assert Decoded(made.files["film"], set()).count == made.frames
    assert made.files["webp"].stat().st_size > 0
    assert any("pictures were taken" in problem for problem in made.problems)


@pytest.mark.extended
@pytest.mark.parametrize("locale", ["en-US", "fr-FR", "id-ID"])
@pytest.mark.parametrize("name", ROUNDS)
def test_every_recipe_is_recorded(
    make_lab: MakeLab, tmp_path: Path, name: str, locale: str
) -> None:
    lab = make_lab(dict(ROUNDS[name].behaviour), locale=locale)
    out = tmp_path / "out"
    wanted = replace(Wanted(), trim_idle=3.0, moving_bytes=1_500_000)
    result, made = record(lab, name, out, wanted)
    assert result.error is None, result.error
    assert made.problems == []
    assert_film(out, made, lab.device.ui.size())
    assert made.files["gif"].stat().st_size <= 1_500_000
    for code in ("en", "fr", "id"):
        for kind in ("vtt", "srt", "md", "html"):
            assert made.files[f"{kind} {code}"].stat().st_size > 0


@pytest.mark.extended
def test_a_recording_is_spoken(make_lab: MakeLab, tmp_path: Path) -> None:
    """A command that fails is told of, and the film is there without it."""
    lab = make_lab()
    recording, finish = filmed(lab, "check_app_version", tmp_path / "out")
    result, made = finish(Wanted(moving=(), voice=speaker(tmp_path), keep_raw=True))
    assert (result.verdict.name, made.problems) == ("passed", [])
    facts = json.loads((recording.out / "recording.json").read_text())
    loud = loudness(made.files["film"])
    for cue in facts["captions"]:
        begins, ends = round(cue["from_s"] * 100), round(cue["to_s"] * 100)
        assert max(loud[begins + 5 : begins + 25]) > 3000, cue
        assert max(loud[ends - 15 : ends - 5], default=0) < 500, cue
    assert_film(recording.out, made, lab.device.ui.size())
    _, silent_one = finish(Wanted(moving=(), voice=speaker(tmp_path, "raise SystemExit(3)")))
    assert [p for p in silent_one.problems if "the film has no voice" in p]
    with av.open(str(silent_one.files["film"])) as film:
        assert not film.streams.audio
