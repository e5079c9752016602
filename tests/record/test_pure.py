"""What recordings are computed with: times, captions, places, articles, sizes."""

from __future__ import annotations

import io
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from droidcancel.apps.profile import AppProfile
from droidcancel.cancel import METHODS
from droidcancel.csp import hash_source
from droidcancel.device import Bounds
from droidcancel.errors import UsageError
from droidcancel.recipe.engine import own_words
from droidcancel.recipe.load import load_recipe
from droidcancel.recipe.model import walk
from droidcancel.record import article, cues, moving
from droidcancel.record.canvas import SIZES, Canvas, zoomed
from droidcancel.record.frames import Segment, frames
from droidcancel.record.hiding import Hidden, Hiding
from droidcancel.record.render import Look, Painter, Script, Shown, encode
from droidcancel.record.story import Step, Touch, Turn
from droidcancel.record.timeline import AFTER_S, BEFORE_S, held, trimmed, whole
from droidcancel.record.words import Teller, languages
from droidcancel.verdict import VERDICTS

CLIPS = AppProfile.load("clips")
RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.yaml"))


def step(at: float, kind: str, *touches: Touch, **fill: str) -> Step:
    return Step(at, kind, {}, fill, list(touches))


# -- time
@given(
    st.lists(st.floats(0, 500), max_size=20),
    st.floats(0.2, 10),
    st.lists(st.floats(0, 500), min_size=2, max_size=8),
)
def test_a_trimmed_run_is_in_order_and_no_wait_is_longer(
    lively: list[float], longest: float, moments: list[float]
) -> None:
    line = trimmed(0.0, 500.0, lively, longest)
    assert line.length + line.trimmed == pytest.approx(500.0)
    assert all(s.length <= longest + 1e-9 for s in line.stretches if s.speed > 1)
    shown = [line.shown_at(moment) for moment in sorted(moments)]
    assert shown == sorted(shown)
    for moment in moments:
        assert line.moment_at(line.shown_at(moment)) == pytest.approx(moment, abs=1e-6)


def test_what_happens_is_shown_at_its_own_pace() -> None:
    line = trimmed(0.0, 100.0, [50.0], 2.0)
    before, after = line.shown_at(50.0 - BEFORE_S), line.shown_at(50.0 + AFTER_S)
    assert after - before == pytest.approx(BEFORE_S + AFTER_S)
    assert line.length == pytest.approx(2.0 + BEFORE_S + AFTER_S + 2.0)
    assert line.speed_at(1.0) == pytest.approx((50.0 - BEFORE_S) / 2.0)


def test_what_is_too_short_to_be_read_is_held_before_its_touch() -> None:
    steps = [step(1.0, "launch"), step(1.2, "post", Touch(1.3, "tap", (5, 5))), step(9.0, "cancel")]
    told = cues.told(steps, [], Teller("en", CLIPS, "airplane"))
    line = held(whole(0.0, 10.0), cues.tellings(told, [1.3], 10.0, lambda t: 3.0))
    assert (line.held, line.trimmed) == (pytest.approx(2.8 + 2.0), 0.0)
    assert line.length == pytest.approx(14.8)
    found = cues.cues(told, line)
    assert [cue.start for cue in found] == [pytest.approx(t) for t in (1.0, 4.0, 11.8)]
    assert all(cue.end - cue.start >= 3.0 - 1e-6 for cue in found[:-1])
    still = [s for s in line.stretches if s.speed == 0]
    assert 1.0 < still[0].start < 1.2 < 9.0 - 0.1 < 10.0
    assert line.speed_at(2.5) == 0.0
    assert line.shown_at(1.3) == pytest.approx(line.shown_at(1.2) + 0.1), "its tap is not held off"


@given(
    st.lists(st.floats(0.1, 59.9), min_size=1, max_size=9, unique=True),
    st.lists(st.floats(0, 60), max_size=9),
    st.floats(0.1, 5),
    st.floats(0.2, 10),
)
def test_all_that_is_told_can_be_read(
    at: list[float], touches: list[float], needs: float, longest: float
) -> None:
    told = [cues.Told(moment, str(n), "step") for n, moment in enumerate(sorted(at))]
    plain = trimmed(0.0, 60.0, touches, longest)
    line = held(plain, cues.tellings(told, touches, 60.0, lambda t: needs))
    assert line.length == pytest.approx(plain.length + line.held)
    assert line.trimmed == pytest.approx(plain.trimmed)
    starts = [line.shown_at(one.at) for one in told]
    assert all(b - a >= needs - 0.06 for a, b in pairwise([*starts, line.length]) if b > a)
    moments = [line.moment_at(n * line.length / 50) for n in range(51)]
    assert moments == sorted(moments)


# -- words
def test_every_language_says_the_same_things() -> None:
    english = languages()["en"]
    for code, words in languages().items():
        for part in ("steps", "methods", "verdicts", "visibility", "moments", "turns", "facts"):
            here, there = getattr(words, part), getattr(english, part)
            assert here.keys() == there.keys(), (code, part)
            for name, text in here.items():
                wanted = set(re.findall(r"{\w+}", there[name]))
                assert set(re.findall(r"{\w+}", text)) == wanted, (code, part, name)


def test_every_method_and_verdict_has_words() -> None:
    english = languages()["en"]
    assert {*METHODS} - english.methods.keys() <= {"delete-draft", "delete-post", "look"}
    assert {*VERDICTS} <= english.verdicts.keys()


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_is_told_in_its_languages(path: Path) -> None:
    """In each language that its title has, and in each with other words."""
    recipe = load_recipe(path).recipe
    kinds = [entry.kind for entry in walk(recipe.steps)]
    told = {
        code: [Teller(code, CLIPS, "airplane", "at 40%").step(step(0, kind)) for kind in kinds]
        for code in recipe.title
        if code != "*"
    }
    for texts in told.values():
        assert any(texts)
        assert not any("{" in (text or "") for text in texts)
    assert len({tuple(texts) for texts in told.values()}) == len(told)


@pytest.mark.parametrize("app", ["clips", "tiktok"])
def test_what_is_touched_has_a_name_in_each_language(app: str) -> None:
    """The step's own words or the app's, not what the profile calls it."""
    profile = AppProfile.load(app)
    for path in RECIPES:
        for entry in walk(load_recipe(path).recipe.steps):
            name = getattr(entry.args, "element", None)
            if entry.kind not in ("tap", "long_press", "scroll_until") or name is None:
                continue
            for code in ("en", "fr", "id"):
                this = Step(0, entry.kind, own_words(entry), {"element": name})
                text = Teller(code, profile).step(this)
                assert text is not None
                assert name.replace("_", " ") not in text, (path.name, code)


def test_a_step_says_the_recipe_s_own_words_first() -> None:
    own = Step(0, "tap", {"en": "Tap it twice, {app}", "fr": "Deux fois"}, {"element": "post"})
    assert Teller("en-GB", CLIPS).step(own) == "Tap it twice, Clips"
    assert Teller("fr", CLIPS).step(own) == "Deux fois"
    assert Teller("id", CLIPS).step(own) == "Tap it twice, Clips"


def test_an_element_is_named_as_the_app_names_it() -> None:
    tap = step(0, "tap", element="upload_cancel")
    assert Teller("en", CLIPS).step(tap) == "Tap \u201cCancel\u201d"
    assert Teller("fr-FR", CLIPS).step(tap) == "Touchez \u00ab\u00a0Annuler\u00a0\u00bb"


# -- captions
def some_cues() -> list[cues.Cue]:
    steps = [step(1.0, "launch"), step(2.0, "screenshot"), step(4.0, "post")]
    turns = [Turn(9.0, "verdict", "", {"verdict": "cancelled"})]
    teller = Teller("en", CLIPS)
    line = whole(0.0, 10.0)
    told = cues.told(steps, turns, teller)
    verdict = teller.verdict("cancelled")
    return cues.cues(told, line, title="How to", opening=2.0, verdict=verdict, ending=3.0)


def test_captions_follow_each_other_without_overlap() -> None:
    found = some_cues()
    assert [(cue.start, cue.end) for cue in found] == [(0, 2), (3, 6), (6, 12), (12, 15)]
    assert found[0].text == "How to"
    assert found[-1].text.startswith("The upload is cancelled")


def test_subtitles_are_as_players_read_them() -> None:
    text = cues.vtt([cues.Cue(61.5, 3661.25, "a <b> --> & c\nd")], "en")
    assert text.startswith("WEBVTT\n")
    assert "00:01:01.500 --> 01:01:01.250\na &lt;b&gt; --&gt; &amp; c d" in text
    assert "00:01:01,500 --> 01:01:01,250" in cues.srt([cues.Cue(61.5, 3661.25, "x")])


# -- places
@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("screen", [(1080, 2400), (1600, 2560), (2560, 1600), (480, 800)])
@pytest.mark.parametrize("frame", [False, True])
def test_the_screen_lies_on_the_canvas_undistorted(
    shape: str, screen: tuple[int, int], frame: bool
) -> None:
    canvas = Canvas(shape, screen, frame)  # type: ignore[arg-type]
    place = canvas.place
    assert 0 <= place.left < place.right <= canvas.size[0]
    assert 0 <= place.top < place.bottom <= canvas.strip.top
    width, height = place.size
    assert width / height == pytest.approx(screen[0] / screen[1], rel=0.02)
    assert canvas.point((0, 0)) == pytest.approx(place[:2])
    assert canvas.point(screen) == pytest.approx(place[2:])
    assert canvas.base(Image.new("RGB", screen)).size == canvas.size


@given(st.floats(0, 1080), st.floats(0, 2400), st.floats(0, 1))
def test_a_zoom_stays_on_the_screen_and_keeps_the_point(x: float, y: float, much: float) -> None:
    crop = zoomed(Canvas("portrait", (1080, 2400)), (x, y), much)
    assert 0 <= crop.left <= x + 1e-6
    assert x <= crop.left + crop.width + 1e-6 <= 1080 + 1e-5
    assert 0 <= crop.top <= y + 1e-6
    assert y <= crop.top + crop.height + 1e-6 <= 2400 + 1e-5


# -- articles
def test_a_step_s_picture_is_the_screen_before_its_last_touch() -> None:
    box = Bounds(1, 2, 30, 40)
    inner = Touch(3.5, "tap", (5, 5), box=box)
    steps = [step(1.0, "launch"), step(2.0, "repeat"), step(3.0, "when", inner), step(5.0, "post")]
    chosen = [s for s, _ in article.told(steps, Teller("en", CLIPS))]
    found = article.shots(steps, chosen, 9.0)
    assert [shot.box for shot in found] == [box, None]
    assert found[0].at == pytest.approx(3.5 - article.BEFORE_TOUCH_S)
    assert found[1].at == pytest.approx(9.0 - article.BEFORE_NEXT_S)


def test_what_the_run_looks_at_for_itself_is_no_part_of_a_step() -> None:
    looked = Touch(3.5, "tap", (5, 5), box=Bounds(1, 2, 30, 40))
    steps = [step(1.0, "launch"), step(3.0, "baseline", looked), step(5.0, "post")]
    found = article.shots(steps, [steps[0], steps[2]], 9.0)
    assert (found[0].box, found[0].at) == (None, pytest.approx(3.0 - article.BEFORE_NEXT_S))


def test_nothing_in_an_article_is_taken_for_markup() -> None:
    evil = "<script>alert(1)</script> ![x](y) `z`"
    made = article.Article(
        locale="en", title=evil, description=evil, steps=[evil], pictures=["steps/01.png"],
        verdict="cancelled", verdict_text=evil, reason=evil, facts={evil: evil},
        result_word="Result", step_word="Step", film=None,
    )  # fmt: skip
    page = made.html()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 5
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    assert f"style-src '{hash_source(style[1])}'; script-src 'none'" in page
    assert page.count("unsafe") == 0
    text = made.markdown()
    assert "<script" not in text.replace("\\<", "")
    assert text.count("![") == 1, "the step's own picture"


# -- films
def a_film() -> Script:
    return Script(
        timeline=whole(100.0, 103.0),
        cues=[cues.Cue(0.5, 1.5, "Tap Post")],
        touches=[Touch(101.0, "tap", (540, 1200))],
        hiding=Hiding([Hidden(102.0, (Bounds(0, 0, 1080, 400),))]),
        title="How to",
        subtitle=["x"],
        verdict="cancelled",
        verdict_text="Cancelled",
        reason="why",
    )


def pictures() -> list[tuple[float, Image.Image]]:
    striped = Image.new("RGB", (1080, 2400), (20, 90, 200))
    for y in range(0, 400, 8):
        striped.paste((250, 250, 250), (0, y, 1080, y + 4))
    return [(99.0, striped)]


def drawn(look: Look) -> list[Shown]:
    from droidcancel.record.frames import Frame

    return list(Painter(a_film(), look, (Frame(a, lambda p=p: p) for a, p in pictures())).frames())


PLAIN = Look(opening=0.0, ending=0.0)


def test_a_ring_is_drawn_where_and_when_it_was_tapped() -> None:
    shown = [one.picture for one in drawn(PLAIN) for _ in range(one.count)]
    assert len(shown) == 90
    canvas = Canvas("portrait", (1080, 2400))
    x, y = (round(v) for v in canvas.point((540, 1200)))
    red = [n for n, picture in enumerate(shown) if picture.getpixel((x, y))[0] > 200]  # type: ignore[index]
    assert red[0] == 30, "the frame of the tap"
    assert 30 + 30 * 0.5 <= red[-1] <= 30 + 30 * 0.7


def test_people_are_blurred_from_when_they_show() -> None:
    shown = [one.picture for one in drawn(PLAIN) for _ in range(one.count)]
    canvas = Canvas("portrait", (1080, 2400))
    x, top = (round(v) for v in canvas.point((300, 20)))
    column = [
        [picture.getpixel((x, y))[0] for y in range(top, top + 60)]  # type: ignore[index]
        for picture in (shown[10], shown[80])
    ]
    assert max(column[0]) - min(column[0]) > 60, "stripes before"
    assert max(column[1]) - min(column[1]) < 40, "none after"


def test_a_film_is_encoded_at_a_constant_rate(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    look = Look(opening=0.5, ending=0.5)
    path = tmp_path / "a.mp4"
    shown = drawn(look)
    count = encode(iter(shown), path, shown[0].picture.size, look.fps, some_cues())
    assert count == 30 * 4
    data = path.read_bytes()
    assert data.find(b"moov") < data.find(b"mdat"), "the index is first"
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert next(c["metadata"]["title"] for c in film.chapters()) == "How to"
        times = [frame.time for frame in film.decode(video=0)]
    assert len(times) == count
    assert all(b - a == pytest.approx(1 / 30, abs=1e-4) for a, b in pairwise(times))


def test_segments_are_joined_where_the_later_begins(tmp_path: Path) -> None:
    """The first overlaps the second, and ends torn."""
    made = []
    for number, (start, colour) in enumerate([(10.0, (200, 0, 0)), (12.0, (0, 200, 0))]):
        made.append(segment(tmp_path / f"{number}.h264", start, colour))
    made[0].path.write_bytes(made[0].path.read_bytes()[:-7])
    found = list(frames(made))
    assert [frame.at for frame in found] == sorted(frame.at for frame in found)
    reds = [f.at for f in found if f.picture.getpixel((5, 5))[0] > 120]  # type: ignore[index]
    greens = [f.at for f in found if f.picture.getpixel((5, 5))[1] > 120]  # type: ignore[index]
    assert max(reds) < 12.0 <= min(greens)
    assert greens == [12.0, 13.0, 14.0, 15.0]


def segment(path: Path, start: float, colour: tuple[int, int, int]) -> Segment:
    """Four frames, a second apart, as screenrecord sends them."""
    av = pytest.importorskip("av")
    codec = av.CodecContext.create("libx264", "w")
    codec.width, codec.height, codec.pix_fmt, codec.framerate = 64, 128, "yuv420p", 60
    codec.time_base = Fraction(1, 60)
    codec.options = {"preset": "ultrafast", "tune": "zerolatency"}
    made, offset = Segment(path, start), 0
    with path.open("wb") as file:
        for number in range(5):
            frame = None
            if number < 4:
                frame = av.VideoFrame.from_image(Image.new("RGB", (64, 128), colour))
                frame.pts = number * 60
            data = b"".join(bytes(packet) for packet in codec.encode(frame))
            if data:
                made.chunks.append((start + number, offset))
                file.write(data)
                offset += len(data)
    return made


# -- the moving picture
def kept(count: int) -> list[moving.Still]:
    out = []
    for number in range(count):
        image = Image.effect_noise((360, 720), 40).convert("RGB")
        image.paste((number * 9 % 255, 80, 120), (0, 0, 360, 300))
        data = io.BytesIO()
        image.save(data, "WEBP", quality=92)
        out.append(moving.Still(data.getvalue(), 0.1))
    return out


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_a_moving_picture_is_no_larger_than_asked_for(tmp_path: Path, kind: moving.Kind) -> None:
    stills = kept(12)
    large, small = tmp_path / f"l.{kind}", tmp_path / f"s.{kind}"
    moving.write(stills, large, 20_000_000, kind)
    size = moving.write(stills, small, large.stat().st_size // 4, kind)
    assert size == small.stat().st_size <= large.stat().st_size // 4
    for path in (large, small):
        with Image.open(path) as image:
            assert image.is_animated  # type: ignore[attr-defined]
            lasts = 0
            for frame in range(image.n_frames):  # type: ignore[attr-defined]
                image.seek(frame)
                image.load()
                lasts += image.info["duration"]
        assert lasts == pytest.approx(1200, rel=0.1)


def test_one_that_cannot_be_so_small_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    with pytest.raises(UsageError, match="cannot be made smaller"):
        moving.write(kept(3), path, 100, "gif")
    assert not path.exists()
