"""Explaining, learning, overlays and dumps without people in them: the parts that need no phone."""

from __future__ import annotations

import os
import string
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image
from ruamel.yaml import YAML

from droidcancel.apps import learn
from droidcancel.apps.dumps import free_path, name_for, told_by
from droidcancel.apps.explain import as_data, explain, lines
from droidcancel.apps.overlay import overlay_path, with_learned, write
from droidcancel.apps.profile import AppProfile, Look
from droidcancel.apps.redact import blurred, masked, redacted
from droidcancel.apps.sight import sight_of
from droidcancel.cli import cli
from droidcancel.device.hierarchy import Bounds, Hierarchy
from droidcancel.errors import ConfigError, UsageError
from tests.test_likeness import CLIPS_PROFILE, DRAFTS, PAGE, POST, View, changed, page, seen
from tests.tiktok_screens import Maker
from tests.tiktok_screens import View as TikTokView

HERE = Path(__file__).parent
DUMPS = Path(
    os.environ.get("DROIDCANCEL_TIKTOK_DUMPS", HERE.parent.parent / "shared" / "tiktok_dumps")
)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration directory of this test's own; the path of the overlay of Clips in it."""
    monkeypatch.setenv("DROIDCANCEL_CONFIG_DIR", str(tmp_path / "config"))
    return overlay_path("clips")


def look(*views: View, root: str = "post_root") -> Look:
    return seen(CLIPS_PROFILE, *views, root=root)


RENAMED = changed(
    post=View("qrb", "Button", POST.box, "Post video"),
    save_draft=View("pwo", "Button", DRAFTS.box, "My drafts"),
)


# -- explain
def test_explain_tells_screen_locators_choice_and_near_misses() -> None:
    told = explain(look(*RENAMED), "post_button")
    text = "\n".join(lines(told))
    assert "screen: post (all of: post_root shows)" in text
    assert "locator 1: id 'post'" in text
    assert "locator 2: text 'Post', inside 'post_root', pick 'right'" in text
    assert "Publier" not in text  # of the wordings, those of the locale
    assert "by likeness: 'Post video'" in text
    assert "second sign: place" in text
    assert "'My drafts'" in text.partition("near misses")[2]
    data = as_data(told)
    assert data["likeness"]["chosen"]["label"] == "Post video"
    assert [tried["found"] for tried in data["locators"]] == [[], []]


def test_explain_of_what_is_found_names_the_locator_and_what_lost() -> None:
    told = explain(look(*PAGE), "post_button")
    text = "\n".join(lines(told))
    assert "chosen: 'Post' at [553, 2150, 1043, 2280], by locator 1" in text
    assert "it is drafts_button" in text
    assert as_data(told)["match"]["locator"] == 1


def test_explain_of_a_screen_that_is_not_known_names_what_shows_of_others() -> None:
    told = explain(look(View("tab_home", "Button", (0, 2200, 200, 2400)), root="x"), "post_button")
    text = "\n".join(lines(told))
    assert "screen: none known" in text
    assert "feed: all of: home_tab shows, feed_root is missing" in text
    assert "no known screen shows" in text


def test_explain_says_which_locators_are_for_other_versions(tmp_path: Path) -> None:
    over = tmp_path / "over.yaml"
    over.write_text("elements: {post_button: {learned: [{id: zz, versions: '>=9'}]}}")
    profile = AppProfile.load("clips", over)
    told = explain(profile.look(page(*PAGE), "en-US", "3.4.1"), "post_button")
    text = "\n".join(lines(told))
    assert "locator 1 (learnt): id 'zz', versions '>=9'" in text
    assert "is for versions >=9, the app is 3.4.1" in text
    assert told.match is not None


# -- learn
def kinds(here: Look, element: str, text: str) -> dict[str, dict[str, object]]:
    made = learn.lessons(here, element, learn.saying(here, text))
    return {lesson.kind: lesson.locator for lesson in made}


def test_lessons_stand_in_the_order_of_trust_and_name_locale_and_version() -> None:
    here = look(*RENAMED, View("m1", "ImageButton", (900, 80, 1060, 210), desc="Save as"))
    assert kinds(here, "post_button", "Post video") == {
        "text": {"text": {"en": "Post video"}},
        "id": {"id": "qrb", "versions": "==3.4.1"},
    }
    made = learn.lessons(here, "drafts_button", learn.saying(here, "Save as"))
    assert [lesson.kind for lesson in made] == ["desc", "id"]


def test_a_label_with_a_count_is_learnt_without_it() -> None:
    here = look(*changed(save_draft=View("x", "Button", DRAFTS.box, "My drafts: 12")))
    assert kinds(here, "drafts_button", "My drafts: 12")["text"] == {"text": {"en": "My drafts"}}


def test_what_stands_twice_is_made_narrower_or_left() -> None:
    row = View("r", "TextView", (0, 1200, 1080, 1300), "Post video", clickable=True)
    with pytest.raises(UsageError, match="2 things say 'Post video'") as caught:
        kinds(look(*RENAMED, row), "post_button", "Post video")
    assert "--at 798,2215" in str(caught.value.hint)
    here = look(*RENAMED, row)
    lessons = learn.lessons(here, "post_button", learn.at(here, 798, 2215))
    assert lessons[0].locator == {"text": {"en": "Post video"}, "class": "Button"}


def test_nobodys_words_are_learnt() -> None:
    here = look(*PAGE)
    made = learn.lessons(here, "caption_field", learn.saying(here, "a cat #dc12ab34"))
    assert [lesson.kind for lesson in made] == ["id"]


def test_so_many_of_a_screens_signs_are_told() -> None:
    maker = Maker()
    here = AppProfile.load("tiktok").look(maker.hierarchy(maker.post()), "en-US")
    told = next(iter(lines(explain(here, "post_button"))))
    assert told.startswith("screen: post (at least 2 of: post_button shows, post_text shows,")


def test_what_says_that_a_list_is_empty_is_learnt_by_its_whole_words_alone() -> None:
    """By an id, or a part of it, any text might stand for an empty profile."""
    maker = Maker("de-DE")
    said = "Teile ein lustiges Video, das du neulich aufgenommen hast: los"
    words = TikTokView((0.2, 0.6, 0.8, 0.63), said, id="w4m", cls="TextView")
    page = [view for view in maker.profile() if view.cls != "GridView"]
    here = AppProfile.load("tiktok").look(maker.hierarchy([*page, words]), "de-DE", "47.0.3")
    made = learn.lessons(here, "no_videos", learn.saying(here, said))
    assert [lesson.locator for lesson in made] == [{"text": {"de": said}, "tail": "none"}]


def test_what_must_not_be_tapped_is_not_learnt_nor_is_what_publishes_as_something_else() -> None:
    with pytest.raises(UsageError, match="publish_at_once must not be tapped"):
        learn.may_learn(look(*PAGE), "publish_at_once")
    with pytest.raises(UsageError, match="the phone's own"):
        learn.may_learn(look(*PAGE), "permission_deny")
    here = look(*PAGE)
    with pytest.raises(UsageError, match="'Post' is post_button"):
        learn.check_owner(here, "drafts_button", learn.saying(here, "Post"))
    assert learn.check_owner(here, "post_button", learn.saying(here, "Drafts")) == "drafts_button"


# -- the overlay
MINE = """# mine
elements:
  post_button:   # by hand
    learned:
      # what 4.1 has
      - {text: {en: Publish}}   # seen on a Pixel
    note: "two words"
other: [1, 2]
# the end
"""


def test_an_overlay_keeps_its_comments_and_all_else() -> None:
    text = with_learned(MINE, "mine.yaml", "post_button", {"id": "q", "versions": "==4.2"})
    added = '      - {id: "q", versions: "==4.2"}\n'
    assert text.replace(added, "") == MINE
    assert text.index("Publish") < text.index(added)
    text = with_learned(MINE, "mine.yaml", "home_tab", {"desc": {"fr": "L'accueil"}})
    assert YAML(typ="safe").load(text)["elements"]["home_tab"]["learned"] == [
        {"desc": {"fr": "L'accueil"}}
    ]


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(WORDS, st.sampled_from(["", "# note\n", MINE, "elements: {}\n", "elements:\n"]))
def test_any_label_comes_back_from_an_overlay(label: str, before: str) -> None:
    text = with_learned(before, "mine.yaml", "post_button", {"text": {"en": label}})
    learned = YAML(typ="safe").load(text)["elements"]["post_button"]["learned"]
    assert learned[-1] == {"text": {"en": label}}
    assert all(line in text for line in before.splitlines() if line.startswith("#"))


def test_the_users_overlay_is_always_laid_over_and_its_newest_comes_first(config: Path) -> None:
    assert AppProfile.load("clips").elements["post_button"].learned == ()
    text = with_learned("", str(config), "post_button", {"text": {"en": "Publish"}})
    text = with_learned(text, str(config), "post_button", {"text": {"en": "Post video"}})
    write(config, text)
    profile = AppProfile.load("clips")
    first = profile.elements["post_button"].locators[0]
    assert first.text == {"en": ("Post video",)}
    match = profile.look(page(*RENAMED), "en-US", "4.0.0").find("post_button")
    assert match is not None
    assert (match.locator, match.likeness, match.text) == (0, None, "Post video")
    assert len(profile.elements["post_button"].find) == 2


@pytest.mark.parametrize(
    ("text", "line", "key", "said"),
    [
        ("elements:\n  post_button:\n    learned:\n      - {txt: x}\n", 4,
         "elements.post_button.learned.0.txt", "did you mean 'text'"),
        ("elements:\n  new_thing:\n    note: x\n", 2, "elements.new_thing", "'find' is missing"),
        ("elements:\n  post_button:\n    learned:\n      - {id: x, inside: rot}\n", 4,
         "elements.post_button.learned.0", "no such element: 'rot'"),
        ("# x\nscreen: {}\n", 2, "screen", "did you mean 'screens'"),
        ("elements: [", 1, None, ""),
    ],
)  # fmt: skip
def test_a_wrong_overlay_is_named_with_file_line_and_key(
    config: Path, text: str, line: int, key: str | None, said: str
) -> None:
    config.parent.mkdir(parents=True)
    config.write_text(text)
    with pytest.raises(ConfigError) as caught:
        AppProfile.load("clips")
    error = caught.value
    assert (error.file, error.line) == (str(config), line)
    assert (error.key or "").startswith(key or "")
    assert said in str(error)


def test_an_overlay_is_replaced_whole_keeps_its_mode_and_follows_links(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.yaml", tmp_path / "clips.yaml"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    write(link, "new: é\n")
    assert (real.read_text(encoding="utf-8"), link.is_symlink()) == ("new: é\n", True)
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clips.yaml", "dotfiles.yaml"]
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write(tmp_path / "file" / "clips.yaml", "x")


# -- dumps without people
PEOPLE = (
    View("handle", "TextView", (0, 300, 500, 360), "@dana.k"),
    View("desc", "TextView", (0, 400, 900, 460), "My own cat, 3 days old"),
    View("t", "TextView", (0, 500, 900, 560), "Log in as dana.k, or @bob_2?"),
    View("u", "Button", (0, 600, 900, 660), "Settings and privacy"),
    View("v", "ImageView", (0, 700, 900, 760), desc="Cover: My own cat, 3 days old"),
    View("w", "EditText", (0, 800, 900, 860), "secret caption 7"),
    View("n", "TextView", (0, 900, 900, 960), "12.4K"),
)


def test_names_and_captions_are_removed_and_labels_stay() -> None:
    safe = redacted(look(*PEOPLE, root="video_root"))
    texts = {n.resource_id.rpartition("/")[2]: n.text or n.desc for n in safe.hierarchy.nodes()}
    assert texts == {
        "video_root": "",
        "handle": "@xxxx.x",
        "desc": "xx xxx xxx, 3 xxxx xxx",
        "t": "Log in as xxxx.x, or @xxx_2?",
        "u": "Settings and privacy",
        "v": "Cover: xx xxx xxx, 3 xxxx xxx",
        "w": "xxxxxx xxxxxxx 7",
        "n": "12.4K",
    }
    tops = {bounds.top for bounds in safe.hidden}
    assert tops == {300, 400, 500, 700, 800}


def test_what_the_run_has_put_there_stays() -> None:
    safe = redacted(look(*PEOPLE, root="video_root"), ours=lambda words: "3 days" in words)
    texts = {n.resource_id.rpartition("/")[2]: n.text or n.desc for n in safe.hierarchy.nodes()}
    assert texts["desc"] == "My own cat, 3 days old"
    assert texts["v"] == "Cover: My own cat, 3 days old"
    assert texts["handle"] == "@xxxx.x"
    assert {400, 700}.isdisjoint(bounds.top for bounds in safe.hidden)


def test_a_kept_screen_tells_what_each_locator_finds_on_it() -> None:
    here = look(*PAGE)
    kept = Hierarchy.parse(sight_of(here).xml)
    assert len(kept.nodes()) == len(here.hierarchy.nodes())
    assert kept.root.get("screen") == "post"
    by_element: dict[str, list[tuple[str, str, int]]] = {}
    for found in kept.root.iter("found"):
        first = int(str(found.get("nodes")).split()[0])
        place = (str(found.get("locator")), str(found.get("used")), first)
        by_element.setdefault(str(found.get("element")), []).append(place)
    match = here.find("post_button")
    assert match is not None
    locator, used, first = by_element["post_button"][0]
    assert (locator, used) == (str(match.locator + 1), "true")
    assert kept.nodes()[first].bounds == match.node.bounds
    for places in by_element.values():
        assert [used for _, used, _ in places] == ["true", *["false"] * (len(places) - 1)]


def test_what_other_apps_show_is_removed() -> None:
    xml = page(*PEOPLE[:1], root="video_root").to_xml()
    other = (
        '<node package="com.android.systemui" class="x" text="Mum: call me, 5 min" '
        'content-desc="" bounds="[0,0][900,80]" resource-id="a"/></hierarchy>'
    )
    both = CLIPS_PROFILE.look(Hierarchy.parse(xml.replace("</hierarchy>", other), 0.0), "en-US")
    safe = redacted(both)
    shown = redacted(both, shown=["com.android.systemui"])
    assert shown.hierarchy.nodes()[-1].text == "Mum: call me, 5 min"
    assert safe.hierarchy.nodes()[-1].text == "xxx: xxxx xx, 5 xxx"
    assert Bounds(0, 0, 900, 80) in safe.hidden


@given(st.text(max_size=30))
def test_masked_texts_have_no_letter_but_x_and_keep_the_rest(text: str) -> None:
    safe = masked(text)
    assert len(safe) == len(text)
    assert not [sign for sign in safe if sign.isalpha() and sign != "x"]
    assert all(a == b for a, b in zip(text, safe, strict=True) if not a.isalpha())


@given(st.text(string.ascii_letters + "._", min_size=3, max_size=12))
def test_a_name_is_removed_wherever_it_stands(name: str) -> None:
    name = f"q{name.strip('._')}q"
    views = (
        View("handle", "TextView", (0, 300, 500, 360), f"@{name}"),
        View("a", "TextView", (0, 400, 500, 460), f"Follow {name} now"),
    )
    safe = redacted(look(*views, root="user_root")).hierarchy.to_xml()
    assert name not in safe
    assert "Follow " in safe


def test_a_dump_without_people_is_still_known(tmp_path: Path) -> None:
    safe = redacted(look(*PAGE))
    again = CLIPS_PROFILE.look(safe.hierarchy, "en-US", "3.4.1")
    assert again.screen == "post"
    assert again.find("post_button") is not None


def test_in_the_picture_nothing_can_be_made_out() -> None:
    picture = Image.new("RGB", (200, 100), "white")
    for x in range(0, 200, 4):
        picture.paste("black", (x, 40, x + 2, 60))
    place = Bounds(20, 40, 180, 60)
    made = blurred(picture, [place, Bounds(0, 0, 0, 0), Bounds(500, 500, 600, 600)])
    inside = made.crop((24, 44, 176, 56)).convert("L")
    least, most = inside.getextrema()
    assert isinstance(least, int)
    assert isinstance(most, int)
    assert most - least < 60  # black stripes on white before
    assert made.getpixel((4, 50)) == picture.getpixel((4, 50))
    assert picture.getpixel((100, 50)) == (0, 0, 0)  # the picture given is as it was


def test_names_of_dumps_tell_locale_and_version(tmp_path: Path) -> None:
    assert (
        name_for(look(*PAGE), "org.droidcancel.clips") == "org.droidcancel.clips-3.4.1-en-US-post"
    )
    assert told_by("com.zhiliaoapp.musically-47.0.3-zh-Hant-TW-leave_editor-2.xml") == (
        "zh-Hant-TW",
        "47.0.3",
    )
    assert told_by("trill-id-post.xml") == ("id", None)
    assert told_by("android15-id-media-permission.xml") == ("id", None)
    first = free_path(tmp_path, "a-post")
    first.write_text("")
    assert (first.name, free_path(tmp_path, "a-post").name) == ("a-post.xml", "a-post-2.xml")


# -- the commands, on a dump
def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["ui", *words], prog_name="droidcancel", input=given)


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "org.droidcancel.clips-4.0.0-en-US-post.xml"
    path.write_text(page(*RENAMED).to_xml(), encoding="utf-8")
    return path


def test_explain_and_learn_on_a_dump(dump: Path, config: Path) -> None:
    told = run("explain", "post_button", "--dump", str(dump))
    assert told.exit_code == 0, told.output
    assert "Clips 4.0.0, en-US" in told.output
    assert "by likeness: 'Post video'" in told.output
    taught = run("learn", "post_button", "--dump", str(dump), "--yes")
    assert taught.exit_code == 0, taught.output
    assert "Post video" in config.read_text()
    again = run("explain", "post_button", "--dump", str(dump))
    assert "chosen: 'Post video'" in again.output
    assert "by locator 1" in again.output
    both = run("learn", "drafts_button", "--dump", str(dump), "--by", "id", "--yes")
    assert both.exit_code == 0, both.output
    assert "pwo" in config.read_text()
    assert "Post video" in config.read_text()


WRONG: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = (
    (("explain", "post_buton"), ("no element 'post_buton'", "did you mean 'post_button'")),
    (("learn", "post_button"), ("there is no terminal to ask on", "--yes")),
    (("learn", "publish_at_once", "--yes"), ("must not be tapped", "publishes")),
    (("learn", "permission_deny", "--yes"), ("the phone's own",)),
    (("learn", "upload_cancel", "--yes"), ("may rightly be absent", "--at")),
    (("learn", "visibility_row", "--yes"), ("is found already, by locator 1",)),
    (("learn", "post_button", "--at", "here", "--yes"), ("expected two whole numbers",)),
    (("learn", "post_button", "--at", "1,1", "--yes"), ("nothing of the app is at 1,1",)),
    (("learn", "post_button", "--text", "Share", "--yes"), ("nothing of the app says 'Share'",)),
    (("learn", "post_button", "--pick", "99", "--yes"), ("candidates",)),
    (("learn", "post_button", "--pick", "1", "--text", "x"), ("give one of them",)),
    (("learn", "post_button", "--by", "desc", "--yes"), ("it is by: text, id",)),
)


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_what_is_wrong_is_said(
    dump: Path, config: Path, words: tuple[str, ...], said: tuple[str, ...]
) -> None:
    done = run(*words, "--dump", str(dump))
    assert done.exit_code == 2, done.output
    for part in said:
        assert part in done.output
    assert "Traceback" not in done.output
    assert not config.exists()


def test_dumps_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    for text, said in (("", "broken"), ("<a/>", "expected a 'hierarchy'")):
        path.write_text(text)
        done = run("explain", "post_button", "--dump", str(path))
        assert done.exit_code == 2
        assert str(path) in done.output
        assert said in done.output
    path.write_text("<hierarchy><node package='com.other' bounds='[0,0][9,9]'/></hierarchy>")
    done = run("explain", "post_button", "--dump", str(path))
    assert "no profile is for what the screen shows (com.other)" in done.output
    assert run("explain", "post_button", "--dump", str(tmp_path / "none.xml")).exit_code == 2


def test_an_overlay_that_finds_another_thing_first_is_not_written(dump: Path, config: Path) -> None:
    config.parent.mkdir(parents=True)
    before = "elements:\n  post_button:\n    learned:\n      - {id: qrb}\n"
    config.write_text(before)
    done = run("learn", "post_button", "--text", "My drafts", "--dump", str(dump), "--yes")
    assert done.exit_code == 0, done.output  # the newest comes first
    config.write_text("elements:\n  post_button:\n    learned: 3\n")
    done = run("learn", "post_button", "--text", "My drafts", "--dump", str(dump), "--yes")
    assert done.exit_code == 2
    assert f"{config}:3" in done.output


@pytest.mark.skipif(not DUMPS.is_dir(), reason="the hierarchies of real phones are not at hand")
@pytest.mark.parametrize("path", sorted(DUMPS.glob("*.xml")), ids=lambda p: p.name)
def test_real_screens_are_explained_and_masked(path: Path) -> None:
    probe = HERE / "recipe" / "data" / "tiktok_probe.yaml"
    profile = AppProfile.load(probe if probe.exists() else "tiktok")
    here = profile.look(
        Hierarchy.parse(path.read_bytes(), 0.0), told_by(path.name)[0] or "en", None
    )
    for element in list(profile.elements)[::5]:
        told = explain(here, element)
        assert list(lines(told))
        allowed = here.screen in profile.stands_on(element)
        assert allowed or told.proposal.chosen is None
    safe = redacted(here)
    assert etree.tostring(safe.hierarchy.root)
    assert len(safe.hierarchy.nodes()) == len(here.hierarchy.nodes())
