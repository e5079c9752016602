"""Films of several of screenrecord's streams: joined without a gap, and whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import ImageChops, ImageStat

from droidcancel.apps.profile import AppProfile
from droidcancel.recipe.engine import run_recipe
from droidcancel.recipe.load import load_recipe
from droidcancel.recipe.options import RunOptions
from droidcancel.recipe.values import Moment
from droidcancel.record.film import Film
from droidcancel.record.frames import Frame, Segment, frames
from droidcancel.record.recording import Recording, Wanted
from tests.recipe.conftest import LIMITS, SIZE, MakeLab
from tests.recipe.test_record import assert_film

pytest.importorskip("av")
FIVE_MINUTES_S = 300.0
#: the upload's bar moves by 1 % in so long, and a film must show it
PERCENT_S = 3.4
UNTIL = 92
#: how much later the picture of a change may come in one stream than in the other, in seconds
LATE_S = 0.5


@pytest.mark.extended
@pytest.mark.timeout(900)
def test_five_minutes_are_recorded_whole(make_lab: MakeLab, tmp_path: Path) -> None:
    """On an Android whose screenrecord ends after three: the upload is seen to move all the way."""
    lab = make_lab(api=30, upload_bytes_per_s=SIZE / 100 / PERCENT_S)
    out = tmp_path / "out"
    loaded = load_recipe("cancel_airplane", {"video": str(lab.video)})
    options = RunOptions(
        limits=LIMITS.model_copy(update={"upload_timeout_s": 500.0}),
        moment=Moment.model_validate(f"{UNTIL}%"),
        clean_status_bar=True,
    )
    profile = AppProfile.load("clips")
    recording = Recording(lab.device, profile, None, out).begin()
    result = run_recipe(loaded, lab.device, profile, options, recording.heard(lambda _: None))
    recording.close()
    assert isinstance(recording.film, Film)
    segments = recording.film.segments
    assert_joined(segments)
    steps = steps_of_progress(list(frames(segments)))
    made = recording.make(loaded.recipe, result, Wanted(keep_raw=True))
    assert (result.verdict.name, made.problems) == ("cancelled", [])
    facts = json.loads((out / "recording.json").read_text())
    assert facts["wall_s"] > FIVE_MINUTES_S
    assert_film(out, made, lab.device.ui.size())
    assert len(steps) >= UNTIL * 0.8
    assert max(b - a for a, b in pairwise(steps)) < 3 * PERCENT_S, "no part is missing"


def assert_joined(segments: Sequence[Segment]) -> None:
    """There are several, and where two show the same time they show the same."""
    assert len(segments) >= 2
    for earlier, later in pairwise(segments):
        old, new = list(frames([earlier])), list(frames([later]))
        assert old[0].at < new[0].at < old[-1].at + LATE_S
        assert earlier.ended is not None
        assert new[0].at < earlier.ended, "it took over before the other ended"
        both = [frame for frame in new if frame.at < earlier.ended - LATE_S]
        for frame in both:
            near = [f for f in old if abs(f.at - frame.at) <= LATE_S]
            before = [f for f in old if f.at <= frame.at][-1:]
            assert min(difference(frame, f) for f in (*near, *before)) < 3.0, frame.at
    joined = [frame.at for frame in frames(segments)]
    assert joined == sorted(joined)


def difference(one: Frame, other: Frame) -> float:
    """The mean difference of two pictures, 0 to 255."""
    small = [f.picture.resize((270, 600)).convert("L") for f in (one, other)]
    return float(ImageStat.Stat(ImageChops.difference(*small)).mean[0])


def steps_of_progress(found: Sequence[Frame]) -> list[float]:
    """When the bar of the upload, in the lower part of the screen, changed."""
    moved, last = [], None
    for frame in found:
        width, height = frame.picture.size
        bar = frame.picture.crop((0, height * 3 // 4, width, height)).resize((270, 150))
        if last is not None and ImageStat.Stat(ImageChops.difference(bar, last)).sum[0] > 100:
            moved.append(frame.at)
        last = bar
    return moved
