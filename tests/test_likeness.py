"""Likeness: what is proposed when every locator misses, and all that must never be."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.apps.geometry import next_to
from droidcancel.apps.likeness import (
    SURE_WORDS,
    THRESHOLD,
    Proposal,
    Remembered,
    may_be_proposed,
    propose,
)
from droidcancel.apps.memory import Memory
from droidcancel.apps.profile import AppProfile, Look, profile_path
from droidcancel.apps.signs import same_role, words_alike
from droidcancel.device.hierarchy import Bounds, Hierarchy
from droidcancel.errors import ConfigError

CLIPS = "org.droidcancel.clips"
CLIPS_PROFILE = AppProfile.load("clips")
FRAME = Bounds(0, 0, 1080, 2400)


@dataclass(frozen=True)
class View:
    """One node of a page, in pixels of 1080 x 2400."""

    id: str
    cls: str
    box: tuple[int, int, int, int]
    text: str = ""
    desc: str = ""
    clickable: bool = True


#: the post page of Clips, as its simulator lays it out
PAGE = (
    View("back", "ImageButton", (0, 80, 130, 210), desc="Back"),
    View("caption", "EditText", (40, 220, 800, 580), "a cat #dc12ab34"),
    View("hashtags", "Button", (40, 600, 300, 700), desc="# Hashtags"),
    View("visibility", "Button", (0, 760, 1080, 910), desc="Everyone can view this post"),
    View("more_options", "Button", (0, 910, 1080, 1060), desc="More options"),
    View("save_draft", "Button", (37, 2150, 527, 2280), "Drafts"),
    View("post", "Button", (553, 2150, 1043, 2280), "Post"),
)


@pytest.fixture(scope="module")
def clips() -> AppProfile:
    return CLIPS_PROFILE


def page(*views: View, root: str = "post_root") -> Hierarchy:
    """A window with a root layout and these views in it."""
    rows = []
    for view in views:
        left, top, right, bottom = view.box
        pairs = {
            "resource-id": f"{CLIPS}:id/{view.id}" if view.id else "",
            "class": f"android.widget.{view.cls}",
            "text": view.text,
            "content-desc": view.desc,
            "bounds": f"[{left},{top}][{right},{bottom}]",
            "clickable": str(view.clickable).lower(),
            "package": CLIPS,
        }
        rows.append("<node " + " ".join(f'{k}="{v}"' for k, v in pairs.items()) + "/>")
    top = (
        f'<node package="{CLIPS}" bounds="[0,0][1080,2400]" class="android.widget.FrameLayout" '
        f'resource-id="{CLIPS}:id/{root}">'
    )
    return Hierarchy.parse(f"<hierarchy rotation='0'>{top}{''.join(rows)}</node></hierarchy>", 0.0)


def changed(views: tuple[View, ...] = PAGE, **new: View | None) -> tuple[View, ...]:
    """The page with some views, by id, replaced or (None) taken away."""
    swapped = (new.get(view.id, view) for view in views)
    return tuple(view for view in swapped if view is not None)


def seen(clips: AppProfile, *views: View, root: str = "post_root") -> Look:
    return clips.look(page(*views, root=root), "en-US", "3.4.1")


def like(clips: AppProfile, name: str, *views: View, root: str = "post_root") -> Proposal:
    return propose(seen(clips, *views, root=root), name)


POST = PAGE[-1]
DRAFTS = PAGE[-2]


# -- signs
@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Post", "Post", 1, 1),
        ("Post", "POST", 0.8, 0.8),
        ("Post video", "Post", 0.6, 0.7),
        ("Video, post", "Post video", 1, 1),
        ("Next", "Text", 0, 0),
        ("Post", "Photo", 0, 0),
        ("Post", "Posted", 0.8, 0.9),
        ("Brouillons", "Brouillon", 0.9, 1),
        ("Mes brouillons", "Brouillons", 0.6, 0.7),
        ("发布视频", "发布", 0.6, 0.7),
        ("投稿する", "投稿", 0.6, 0.7),
        ("Everyone can see this post", "Everyone can view this post", 0.8, 0.8),
        ("Delete this post", "Post", 0.4, 0.55),
        ("Story Anda", "Posting", 0, 0),
        ("", "Post", 0, 0),
        ("12", "Post", 0, 0),
    ],
)
def test_words(one: str, other: str, least: float, most: float) -> None:
    assert least <= words_alike(one, other) <= most


@given(st.text(max_size=20), st.text(max_size=20))
def test_words_are_alike_both_ways_and_within_bounds(one: str, other: str) -> None:
    assert 0 <= words_alike(one, other) <= 1
    assert words_alike(one, one) == 1


def test_roles() -> None:
    assert same_role("Button", "Button", takes_tap=True) == 1
    assert same_role("TextView", "Button", takes_tap=True) == pytest.approx(0.7)
    assert same_role("EditText", "Button", takes_tap=True) == 0
    assert same_role("CheckBox", "Button", takes_tap=True) == 0
    assert same_role("", "Button", takes_tap=True) is None
    assert same_role("Button", "", takes_tap=False) == pytest.approx(0.2)


def test_next_to_is_in_one_row_or_column_and_not_far() -> None:
    drafts, post = Bounds(*DRAFTS.box), Bounds(*POST.box)
    assert next_to(post, drafts, FRAME) > 0.85
    assert next_to(post, Bounds(37, 300, 527, 430), FRAME) == 0
    assert next_to(post, Bounds(553, 1990, 1043, 2120), FRAME) > 0.9
    assert next_to(post, Bounds(540, 2100, 1080, 2300), FRAME) == 0  # it lies over it


# -- what is found
def test_other_words_and_another_id_are_found(clips: AppProfile) -> None:
    found = like(clips, "post_button", *changed(post=replace(POST, id="qrb", text="Post video")))
    assert found.chosen is not None, found.candidates
    assert found.chosen.label == "Post video"
    assert set(found.chosen.sure_signs) == {"place", "neighbours"}
    match = found.match()
    assert match is not None
    assert (match.center, match.locator) == ((798, 2215), -1)
    assert match.likeness == found.chosen.score >= THRESHOLD


def test_a_button_whose_label_is_a_child_is_one_candidate(clips: AppProfile) -> None:
    left, top, right, bottom = POST.box
    inner = replace(POST, id="", cls="TextView", clickable=False, text="Post now",
                    box=(left + 100, top + 20, right - 100, bottom - 20))  # fmt: skip
    xml = page(*changed(post=None)).to_xml()
    outer = (
        f'<node package="{CLIPS}" class="android.widget.Button" clickable="true" '
        f'resource-id="{CLIPS}:id/xx" bounds="[{left},{top}][{right},{bottom}]">'
        f'<node package="{CLIPS}" class="android.widget.TextView" text="{inner.text}" '
        f'bounds="[{inner.box[0]},{inner.box[1]}][{inner.box[2]},{inner.box[3]}]"/></node>'
    )
    where = xml.rindex("</node>")
    look = clips.look(Hierarchy.parse(xml[:where] + outer + xml[where:], 0.0), "en-US")
    found = propose(look, "post_button")
    assert found.chosen is not None, found.candidates
    assert found.chosen.target.cls.endswith("Button")


def test_what_earlier_runs_saw_tells_a_row_without_known_words(clips: AppProfile) -> None:
    before = seen(clips, *PAGE)
    match = before.find("visibility_row")
    assert match is not None
    memory = Memory()
    memory.note(CLIPS, before, match)
    row = replace(PAGE[3], id="abc", desc="Audience of the post: everyone")
    after = seen(clips, *changed(visibility=row))
    remembered = memory.recall(CLIPS, after, "visibility_row")
    assert remembered is not None
    assert remembered.words == "Everyone can view this post"
    assert set(remembered.around) >= {"caption_field", "drafts_button", "post_button"}
    alone, helped = propose(after, "visibility_row"), propose(after, "visibility_row", remembered)
    assert helped.candidates[0].signs["neighbours"] == pytest.approx(1.0)
    assert helped.candidates[0].score > alone.candidates[0].score


# -- what must not be found
def test_what_is_not_always_there_is_never_conjured_up(clips: AppProfile) -> None:
    """A Cancel stands in a dialog; no upload shows: `upload_cancel` is rightly absent."""
    other = View("x1", "Button", (553, 2150, 1043, 2280), "Cancel")
    found = like(clips, "upload_cancel", *changed(post=other), root="feed_root")
    assert found.chosen is None
    assert "may rightly be absent" in found.why_not


@pytest.mark.parametrize(
    "name",
    ["upload_cancel", "discard_confirm", "popup_refuse", "posted_toast", "confirm_delete",
     "drafts_tile", "video_cell", "permission_allow", "publish_at_once", "upload_banner"],
)  # fmt: skip
def test_conditions_popups_and_lists_are_on_no_screen_for_sure(
    clips: AppProfile, name: str
) -> None:
    for screen in clips.screens:
        look = seen(clips, *PAGE)
        look.__dict__["screen"] = screen  # a cached property: as if this one showed
        why = may_be_proposed(look, name)
        allowed = name == "discard_confirm" and screen == "discard_upload"
        assert why or allowed, (name, screen)


@pytest.mark.parametrize("view", PAGE, ids=lambda view: view.id)
def test_nothing_else_on_the_page_is_taken_for_what_is_gone(clips: AppProfile, view: View) -> None:
    rest = tuple(v for v in PAGE if v is not view)
    for name in clips.elements:
        look = seen(clips, *rest)
        if look.find(name) is None:
            assert propose(look, name).chosen is None, name


def test_on_another_screen_nothing_is_proposed(clips: AppProfile) -> None:
    post = replace(POST, id="qrb", text="Post video")
    found = like(clips, "post_button", *changed(post=post), root="settings_root")
    assert found.chosen is None
    assert "the screen is settings" in found.why_not


def test_post_needs_a_second_sign(clips: AppProfile) -> None:
    lone = changed(post=replace(POST, id="q", text="Post video", box=(40, 1100, 500, 1200)),
                   save_draft=None)  # fmt: skip
    found = like(clips, "post_button", *lone)
    assert found.chosen is None
    bare = clips.elements["post_button"].model_copy(update={"area": None, "neighbours": ()})
    words = bare.find[1].model_copy(update={"text": {"en": ("Video post",)}})
    bare = bare.model_copy(update={"find": (bare.find[0], words)})
    profile = clips.model_copy(update={"elements": {**clips.elements, "post_button": bare}})
    found = like(profile, "post_button", *changed(post=replace(POST, id="q", text="Post video")))
    best = found.candidates[0]
    assert best.label == "Post video"
    assert best.score >= THRESHOLD
    assert "no second sign" in best.lost
    assert found.chosen is None


def test_post_is_not_taken_by_its_place_alone(clips: AppProfile) -> None:
    for words in ("Save", "Delete", "Share", "Publish"):
        found = like(clips, "post_button", *changed(post=replace(POST, id="q", text=words)))
        assert found.chosen is None, words


def test_what_another_element_is_or_rather_is_is_left_alone(clips: AppProfile) -> None:
    gone = changed(save_draft=None)
    found = like(clips, "drafts_button", *gone)
    assert found.chosen is None
    assert any(c.lost == "it is post_button" for c in found.candidates)
    story = View("x9", "Button", (553, 2150, 1043, 2280), "Your Story next")
    found = like(clips, "next_button", story, root="editor_root")
    assert found.chosen is None


def test_two_that_are_as_like_are_none(clips: AppProfile) -> None:
    twin = replace(POST, id="q1", text="Post video", box=(553, 2000, 1043, 2130))
    here = replace(POST, id="q2", text="Post video")
    beside_drafts = like(clips, "post_button", *changed(post=here), twin)
    assert beside_drafts.chosen is not None
    assert beside_drafts.chosen.node.bounds.top == POST.box[1]
    found = like(clips, "post_button", *changed(post=here, save_draft=None), twin)
    assert found.chosen is None
    assert "is as like it" in found.candidates[0].lost


def test_what_is_typed_is_no_label(clips: AppProfile) -> None:
    caption = replace(PAGE[1], text="Post")
    found = like(clips, "post_button", *changed(post=None, caption=caption))
    assert found.chosen is None
    assert all(c.label != "Post" for c in found.candidates)


# -- generated: an update that shuffles ids, moves boxes a little, and changes some wording
EXTRA = {"save_draft": ("Drafts", "My drafts"), "post": ("Post", "Post video", "POST"),
         "visibility": ("Everyone can see this post", "Everyone can view this video")}  # fmt: skip


@st.composite
def updates(draw: st.DrawFn) -> tuple[View, ...]:
    """The post page after an update."""
    ids = draw(st.permutations(["ab", "cd", "ef", "gh", "ij", "kl", "mn"]))
    dy, dx = draw(st.integers(-150, 80)), draw(st.integers(-30, 30))
    views = []
    for view, name in zip(PAGE, ids, strict=True):
        words = draw(st.sampled_from(EXTRA.get(view.id, (view.text or view.desc,))))
        left, top, right, bottom = view.box
        box = (max(0, left + dx), top + dy, min(1080, right + dx), bottom + dy)
        text, desc = (words, "") if view.text else ("", words)
        views.append(replace(view, id=name, text=text, desc=desc, box=box))
    return tuple(draw(st.permutations(views)))


@given(updates())
def test_an_update_of_the_page_is_survived(views: tuple[View, ...]) -> None:
    look = CLIPS_PROFILE.look(page(*views), "en-US", "4.0.0")
    wanted = {"drafts_button": "draft", "post_button": "post", "visibility_row": "everyone"}
    for name, word in wanted.items():
        match = look.find(name) or propose(look, name).match()
        assert match is not None, (name, propose(look, name).candidates)
        assert word in match.text.casefold()
        if name == "post_button":
            assert match.node.bounds.left > 500


@given(updates(), st.sampled_from(["Save", "Delete", "Cancel", "Share", "Your Story", "Discard"]))
def test_an_update_without_post_has_no_post(views: tuple[View, ...], instead: str) -> None:
    there = tuple(
        replace(v, text=instead) if v.box[0] > 500 and v.cls == "Button" else v for v in views
    )
    assert like(CLIPS_PROFILE, "post_button", *there).chosen is None


ANYTHING = st.builds(
    View,
    id=st.sampled_from(["", "ab", "cd"]),
    cls=st.sampled_from(["Button", "TextView", "ImageView", "EditText", "FrameLayout"]),
    box=st.tuples(
        st.integers(-50, 1000), st.integers(-50, 2300), st.integers(1, 1100), st.integers(1, 2400)
    ),
    text=st.sampled_from(
        ["", "Post", "Post it", "Posts", "POST", "Share", "Delete", "投稿", "7 %"]
    ),
    clickable=st.booleans(),
)


@given(st.lists(ANYTHING, max_size=8))
def test_whatever_shows_post_is_only_proposed_on_two_signs(views: list[View]) -> None:
    found = like(CLIPS_PROFILE, "post_button", *views)
    if found.chosen is not None:
        assert (found.chosen.signs["words"] or 0) >= SURE_WORDS
        assert found.chosen.sure_signs
        assert found.chosen.score >= THRESHOLD
        assert not found.chosen.node.cls.endswith("EditText")
    for name in ("upload_cancel", "discard_confirm", "popup_refuse", "confirm_delete"):
        assert like(CLIPS_PROFILE, name, *views).chosen is None


# -- memory
def test_memory_is_kept_and_survives_nonsense(clips: AppProfile, tmp_path: Path) -> None:
    path = tmp_path / "seen" / "clips.json"
    memory = Memory(path)
    look = seen(clips, *PAGE)
    for name in ("post_button", "caption_field"):
        match = look.find(name)
        assert match is not None
        memory.note(CLIPS, look, match)
    memory.save()
    again = Memory(path).recall(CLIPS, look, "post_button")
    assert isinstance(again, Remembered)
    assert again.words == "Post"
    typed = Memory(path).recall(CLIPS, look, "caption_field")
    assert typed is not None
    assert typed.words == ""
    assert "a cat" not in path.read_text()
    data = json.loads(path.read_text())
    data["seen"][f"{CLIPS}/post/post_button"]["box"] = "nowhere"
    path.write_text(json.dumps(data))
    assert Memory(path).recall(CLIPS, look, "post_button") is None
    for text in ("", "[]", "{", '{"v": 1, "seen": 3}', '{"v": 9}'):
        path.write_text(text)
        assert Memory(path).recall(CLIPS, look, "post_button") is None


# -- the schema
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    sensitive: true\n    on: [post]", "    sensitive: false\n    on: [post]",
         "it is sensitive"),
        ("    sensitive: true\n    on: [post]", "    sensitive: true\n    on: [pst]",
         "no such screen: 'pst' (did you mean 'post'?)"),
        ("neighbours: [drafts_button]", "neighbours: [draft_button]", "mean 'drafts_button'"),
        ("    never: true\n    find:\n      - {id: story}",
         "    never: true\n    on: [editor]\n    find:\n      - {id: story}",
         "`never` goes without"),
        ("    package: system\n    find: [{id: permission_allow_button}]",
         "    package: system\n    on: [permission]\n    find: [{id: permission_allow_button}]",
         "not guessed"),
        ("area: [0.5, 0.85, 1, 1]", "area: [0.5, 0.85, 0.4, 1]", "left < right"),
        ("area: [0.5, 0.85, 1, 1]", "area: [0.5, 0.85, 1, 7]", "less than or equal to 1"),
    ],
)  # fmt: skip
def test_a_wrong_hint_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = profile_path("clips").read_text()
    assert old in text
    path = tmp_path / "clips.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        AppProfile.load(path)
    assert said in str(caught.value)
    assert caught.value.line is not None


def test_what_publishes_or_destroys_is_marked(clips: AppProfile) -> None:
    marked = {name for name, element in clips.elements.items() if element.sensitive}
    sensitive = {name for name in clips.elements if clips.is_sensitive(name)}
    assert marked == sensitive
    assert SURE_WORDS > 0.5
