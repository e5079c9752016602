"""What a run keeps of the screens for its report: what is somebody else's is not to be read."""

from __future__ import annotations

from itertools import pairwise

from PIL import Image

from droidcancel.device.hierarchy import Bounds, Hierarchy
from droidcancel.evidence import ScreenSeen, Touched
from tests.recipe.conftest import MakeLab

RECIPE = """
name: pictures
title: Pictures
expect: unknown
steps:
  - launch: feed
  - wait_for: {visible: feed_caption}
  - tap: profile_tab
  - wait_for: {visible: handle}
  - screenshot: profile
"""


def test_names_are_blurred_on_the_picture_and_masked_in_the_dump(make_lab: MakeLab) -> None:
    lab = make_lab()
    recipe = lab.report.parent / "pictures.yaml"
    recipe.write_text(RECIPE)
    result = lab.run(recipe, values={})
    assert result.error is None, result.error
    (seen,) = result.evidence.of(ScreenSeen)
    assert seen.screenshot == "profile.png"
    assert seen.hierarchy == "profile.xml"
    text = (lab.report / "profile.xml").read_text("utf-8")
    kept = Hierarchy.parse(text)
    assert "dana" not in text
    handle = next(n for n in kept.nodes() if n.text.startswith("@x"))
    picture = Image.open(lab.report / "profile.png")
    assert edges(picture, handle.bounds) == 0
    assert edges(picture, Bounds(0, 0, *picture.size)) > 1000  # the rest is sharp
    (touch,) = result.evidence.of(Touched)
    assert (touch.element, touch.step, touch.how) == ("profile_tab", "tap", "tap")
    assert touch.hierarchy == "touch-01-profile_tab.xml"
    assert "feed_caption" in (lab.report / touch.hierarchy).read_text("utf-8")


def edges(picture: Image.Image, place: Bounds) -> int:
    """How often neighbours differ sharply in a place: letters do, what is blurred does not."""
    pixels = picture.convert("L").crop(place).tobytes()
    return sum(abs(a - b) > 60 for a, b in pairwise(pixels))
