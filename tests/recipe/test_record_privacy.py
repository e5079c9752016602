"""Nobody is shown in a film: its frames are searched for the names that the phone showed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from droidcancel.apps.profile import AppProfile
from droidcancel.device import Bounds
from droidcancel.record.canvas import Canvas
from droidcancel.record.frames import Frame
from droidcancel.record.pace import PACE_S
from droidcancel.record.recording import Recording, Wanted
from droidcancel.record.render import FPS
from tests.recipe.conftest import MakeLab
from tests.recipe.test_record import filmed

av = pytest.importorskip("av")
#: how like two pictures of the same words are (0: the same; an even ground has some 0.55)
SAME = 0.4
#: how far from the look at it the picture of a screen may be, in seconds
NEAR_S = 0.5


@pytest.mark.extended
@pytest.mark.parametrize("name", ["verify_outcome", "delete_post"])
def test_no_frame_of_a_film_shows_the_account(make_lab: MakeLab, tmp_path: Path, name: str) -> None:
    """The profile is opened, read and left, with all that lies between two looks at it."""
    lab = make_lab()
    recording, finish = filmed(lab, name, tmp_path / "out", pace=PACE_S)
    raw = list(recording.frames())
    canvas = Canvas("portrait", raw[0].picture.size)
    names = dict(places_of(recording, "@dana"))
    assert names
    result, made = finish(Wanted(moving=(), hold=False))
    assert result.error is None
    run = range(2 * FPS, made.frames - 3 * FPS)
    for bounds, at in names.items():
        patch, left = words_at(raw, bounds, at, canvas)
        plain = (on_canvas(frame, canvas) for frame in raw)
        assert any(shows(picture, patch, left, canvas) for picture in plain), "it can be found"
        film = distinct(made.files["film"])
        found = [n for n, p in film if n in run and shows(p, patch, left, canvas)]
        assert found == [], f"frames with the name at {bounds}"


def places_of(recording: Recording, said: str) -> Iterator[tuple[Bounds, float]]:
    """Where the looks at the screen saw these words, each place with the last time."""
    profile = AppProfile.load("clips")
    for at, hierarchy in recording.story.looks():
        look = profile.look(hierarchy, "en-US", "")
        yield from ((m.node.bounds, at) for m in look.all("handle") if m.node.text == said)


def words_at(
    raw: Iterable[Frame], bounds: Bounds, at: float, canvas: Canvas
) -> tuple[Image.Image, int]:
    """The words as the film would show them, and how far from the left."""
    (left, top), (right, bottom) = canvas.point(bounds[:2]), canvas.point(bounds[2:])
    box = (round(left), round(top), round(right), round(bottom))
    near = [frame for frame in raw if abs(frame.at - at) < NEAR_S]
    patches = [on_canvas(frame, canvas).crop(box).convert("L") for frame in near]
    return max(patches, key=lambda patch: ImageStat.Stat(patch).stddev[0]), box[0]


def on_canvas(frame: Frame, canvas: Canvas) -> Image.Image:
    return canvas.base(frame.picture)


def shows(picture: Image.Image, patch: Image.Image, left: int, canvas: Canvas) -> bool:
    """Whether the words stand anywhere above or below each other in it."""
    width, height = patch.size
    column = picture.convert("L").crop((left, 0, left + width, picture.height))
    even = Image.new("L", patch.size, round(ImageStat.Stat(patch).mean[0]))
    rough = apart(patch, even)
    for top in range(canvas.place.top, canvas.place.bottom - height):
        if apart(patch, column.crop((0, top, width, top + height))) < SAME * rough:
            return True
    return False


def apart(one: Image.Image, other: Image.Image) -> float:
    return float(ImageStat.Stat(ImageChops.difference(one, other)).mean[0])


def distinct(path: Path) -> Iterator[tuple[int, Image.Image]]:
    """The frames that differ from the one before."""
    last = b""
    with av.open(str(path)) as film:
        for number, frame in enumerate(film.decode(video=0)):
            small = bytes(frame.reformat(width=64, height=128, format="gray").planes[0])
            if small != last:
                yield number, frame.to_image()
            last = small
