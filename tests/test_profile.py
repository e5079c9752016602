"""App profiles: reading real screens, the rules of matching, and what a wrong profile says."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from ruamel.yaml import YAML

from droidcancel.apps.document import Document
from droidcancel.apps.geometry import clickable
from droidcancel.apps.matching import in_versions, label_matches
from droidcancel.apps.profile import AppProfile, UploadView, profile_path
from droidcancel.device.hierarchy import Hierarchy
from droidcancel.errors import ConfigError, UsageError

HERE = Path(__file__).parent
DUMPS = Path(
    os.environ.get("DROIDCANCEL_TIKTOK_DUMPS", HERE.parent.parent / "shared" / "tiktok_dumps")
)
CLIPS = "org.droidcancel.clips"


def screen_of(*nodes: str, package: str = CLIPS) -> Hierarchy:
    """Hand-made XML: each node as ``id|text|desc|bounds``, in one window of 1080 x 2400."""
    rows = []
    for node in nodes:
        name, text, desc, bounds, other = f"{node}||||".split("|")[:5]
        attributes = {
            "resource-id": f"{package}:id/{name}" if name else "",
            "text": text,
            "content-desc": desc,
            "bounds": bounds or "[100,100][300,200]",
            "package": other or package,
            "class": "android.widget.TextView",
            "clickable": "true",
        }
        pairs = " ".join(f"{k}='{v}'" for k, v in attributes.items())
        rows.append(f"<node {pairs}/>")
    top = f"<node package='{package}' bounds='[0,0][1080,2400]' class='android.widget.FrameLayout'>"
    return Hierarchy.parse(f"<hierarchy rotation='0'>{top}{''.join(rows)}</node></hierarchy>", 0.0)


@pytest.fixture(scope="module")
def clips() -> AppProfile:
    return AppProfile.load("clips")


@pytest.fixture(scope="module")
def tiktok() -> AppProfile:
    return AppProfile.load("tiktok")


# -- real screens
def labels() -> dict[str, dict[str, object]]:
    path = DUMPS / "labels.yaml"
    return dict(YAML(typ="safe").load(path.read_text())) if path.is_file() else {}


def locale_of(name: str) -> str:
    return {"fr": "fr-FR", "id": "id-ID"}.get(
        next((part for part in name.split("-") if part in ("fr", "id")), ""), "en-US"
    )


@pytest.mark.skipif(not labels(), reason="the hierarchies of real phones are not at hand")
@pytest.mark.parametrize("name", labels())
def test_real_screens(tiktok: AppProfile, name: str) -> None:
    wanted = labels()[name]
    look = tiktok.look(Hierarchy.parse((DUMPS / name).read_bytes()), locale_of(name), "43.1.4")
    assert look.screen == wanted["screen"]
    found = wanted.get("found", {})
    assert isinstance(found, dict)
    for element, bounds in found.items():
        match = look.find(element)
        assert match is not None, element
        places = ["[{},{}][{},{}]".format(*node.bounds) for node in (match.node, match.target)]
        assert bounds in places, (element, places)
    absent = wanted.get("absent", [])
    assert isinstance(absent, list)
    for element in absent:
        assert look.find(element) is None, element


def scaled(bounds: str, factor: float) -> str:
    numbers = (round(int(n) * factor) for n in re.findall(r"-?\d+", bounds))
    return "[{},{}][{},{}]".format(*numbers)


def changed(xml: bytes, how: str, factor: float) -> bytes:
    """A hierarchy as another build, another phone or another tool would print it."""
    root = etree.fromstring(xml)
    nodes = list(root.iter("node"))
    for number, node in enumerate(nodes):
        node.set("bounds", scaled(node.get("bounds", ""), factor))
        package, _, name = node.get("resource-id", "").rpartition("/")
        if how == "other ids" and len(name) <= 4:
            node.set("resource-id", f"{package}/z{number}" if name else "")
        if how in ("flat", "no classes"):
            node.set("class", "")
    if how == "flat":
        for node in nodes:
            node.getparent().remove(node)
        root.extend(nodes)
    if how == "wrapped":
        for node in nodes:
            wrap(node)
    if how == "windows":
        width = max(b.right for n in Hierarchy.parse(xml).nodes() if (b := n.bounds))
        root.insert(0, window("com.android.systemui", f"[0,0][{width},100]", "27 %", "Post"))
        keys = f"[0,900][{width},1400]"
        root.append(window("com.google.android.inputmethod.latin", keys, "Post", "Next"))
    return etree.tostring(root)


def wrap(node: Any) -> None:
    """Put a group around a view that takes no taps and says nothing, as compose does."""
    above, place = node.getparent(), node.getparent().index(node)
    around = etree.Element("node", {"class": "android.view.View", "clickable": "false"})
    around.set("package", node.get("package", ""))
    around.set("bounds", node.get("bounds", ""))
    above.insert(place, around)
    around.append(node)


def window(package: str, bounds: str, *texts: str) -> Any:
    """A window of the phone's own, with buttons that say what the app's say."""
    root = etree.Element("node", {"package": package, "bounds": bounds})
    for text in texts:
        etree.SubElement(root, "node", dict(root.attrib), text=text, clickable="true")
    return root


@pytest.mark.skipif(not labels(), reason="the hierarchies of real phones are not at hand")
@pytest.mark.parametrize(
    ("how", "factor"),
    [
        ("other ids", 1),
        ("no classes", 1),
        ("flat", 1),
        ("smaller", 0.5),
        ("larger", 1.5),
        ("wrapped", 1),
        ("windows", 1),
    ],
)
@pytest.mark.parametrize("name", labels())
def test_real_screens_of_another_build_phone_or_tool(
    tiktok: AppProfile, name: str, how: str, factor: float
) -> None:
    wanted: Any = labels()[name]
    dump = Hierarchy.parse(changed((DUMPS / name).read_bytes(), how, factor))
    look = tiktok.look(dump, locale_of(name), "43.1.4")
    assert look.screen == wanted["screen"]
    for element, bounds in wanted.get("found", {}).items():
        match = look.find(element)
        assert match is not None, element
        places = ["[{},{}][{},{}]".format(*n.bounds) for n in (match.node, match.target)]
        assert scaled(bounds, factor) in places, (element, places)
    if how in ("wrapped", "windows"):  # the others may leave too little to tell all apart
        assert [e for e in wanted.get("absent", []) if look.find(e) is not None] == []


def translated(xml: bytes, profile: AppProfile, old: str, new: str) -> bytes:
    """A hierarchy as the app set to another language would have it, in the profile's words."""
    words: dict[str, str] = {}
    for element in profile.elements.values():
        for locator in element.find:
            for texts in filter(None, (locator.label, locator.text, locator.desc)):
                for word in texts.get(old, ()):
                    words.setdefault(word, texts[new][0])
    root = etree.fromstring(xml)
    for node in root.iter("node"):
        for name in ("text", "content-desc"):
            if node.get("package", "") in profile.packages and node.get(name):
                node.set(name, words.get(node.get(name).strip(), node.get(name)))
    return etree.tostring(root)


@pytest.mark.skipif(not labels(), reason="the hierarchies of real phones are not at hand")
@pytest.mark.parametrize("language", ["de", "es", "ja", "tr", "vi", "zh-Hant"])
@pytest.mark.parametrize("name", labels())
def test_real_screens_in_another_language(tiktok: AppProfile, name: str, language: str) -> None:
    wanted: Any = labels()[name]
    given = locale_of(name)
    xml = translated((DUMPS / name).read_bytes(), tiktok, given[:2], language)
    look = tiktok.look(Hierarchy.parse(xml), language)
    assert look.screen == wanted["screen"]
    for element, bounds in wanted.get("found", {}).items():
        match = look.find(element)
        assert match is not None, element
        meant = (n for n in look.hierarchy.nodes() if "[{},{}][{},{}]".format(*n.bounds) == bounds)
        assert any(match.target in (n, clickable(n)) for n in meant), element
    assert [e for e in wanted.get("absent", []) if look.find(e) is not None] == []
    assert [e for e in wanted.get("absent", []) if look.find(e) is not None] == []


@pytest.mark.skipif(not labels(), reason="the hierarchies of real phones are not at hand")
def test_a_real_upload_shows_its_percentage(tiktok: AppProfile) -> None:
    dump = Hierarchy.parse((DUMPS / "musically-47.0.3-fr-uploading.xml").read_bytes())
    assert tiktok.look(dump, "fr-FR", "47.0.3").upload == UploadView("posting", 99)


# -- matching
@pytest.mark.parametrize(
    ("given_", "wanted", "score"),
    [
        ("Post", "Post", 2),
        ("  Post ", "Post", 2),
        ("Posted", "Post", 0),
        ("POST", "Post", 0),
        ("Upload quality", "Upload", 0),
        ("Profile, 2 notifications", "Profile", 1),
        ("Drafts: 2", "Drafts", 1),
        ("Brouillons : 2", "Brouillons", 1),
        ("Inbox 3", "Inbox", 1),
        ("Inbox 99+", "Inbox", 1),
        ("Delete 1 draft?", "Delete", 0),
        ("Delete?", "Delete", 0),
        ("Posting...", "Posting", 0),
        ("Publication…", "Publication...", 2),
        ("Don’t allow", "Don't allow", 2),
        ("Vidéo publiée\u00a0!", "Vidéo publiée !", 2),
        ("\u200eHome\u200f", "Home", 2),
        ("", "Post", 0),
        ("Post", "", 0),
    ],
)
def test_labels(given_: str, wanted: str, score: int) -> None:
    assert label_matches(given_, wanted) == score


@given(st.text(max_size=12), st.text(max_size=12))
def test_a_label_followed_by_a_letter_is_another(label: str, more: str) -> None:
    if label.strip() and more[:1].isalpha() and label == label.strip():
        assert label_matches(label + more, label) in (0, 2)


@pytest.mark.parametrize(
    ("range_", "version", "wanted"),
    [
        (None, None, True),
        (">=43.1, <44", "43.1.4", True),
        (">=43.1, <44", "44.0", False),
        ("43.1", "43.1.4", True),
        ("43.1", "43.10", False),
        ("<=43.1", "43.1.4", True),
        (">43.1", "43.1.4", False),
        (">=43", None, False),
    ],
)
def test_versions(range_: str | None, version: str | None, wanted: bool) -> None:
    assert in_versions(range_, version) is wanted


def test_clips_upload_states_in_each_locale(clips: AppProfile) -> None:
    states = {
        "en-US": ("Posting...", "Waiting for network...", "Couldn&apos;t post video"),
        "fr-FR": ("Publication…", "En attente du réseau…", "Échec de la publication"),
        "id-ID": ("Mengunggah...", "Menunggu jaringan...", "Gagal mengunggah"),
    }
    for locale, texts in states.items():
        for text, state in zip(texts, ("posting", "waiting", "failed"), strict=True):
            dump = screen_of(f"upload_state|{text}", "upload_progress|42%")
            assert clips.look(dump, locale).upload == UploadView(state, 42), (locale, text)


def test_absence_says_something_only_where_an_upload_would_show(clips: AppProfile) -> None:
    tabs = ("tab_home||Home|[0,2300][200,2400]", "feed_root")
    assert clips.look(screen_of(*tabs), "en-US").upload == UploadView("none")
    assert clips.look(screen_of("post_root"), "en-US").upload == UploadView(None)


def test_most_specific_screen_first(clips: AppProfile) -> None:
    stacked = screen_of("record_root", "media_grid", "editor_root", "post_root")
    assert clips.screen(stacked, "en-US") == "post"
    assert clips.screen(screen_of("record_root", "media_grid"), "en-US") == "picker"
    assert clips.screen(screen_of("nothing"), "en-US") is None


def test_only_the_apps_own_nodes_inside_the_frame(clips: AppProfile) -> None:
    other = screen_of("upload_progress|27%|||com.android.systemui")
    assert clips.find(other, "upload_progress", "en-US") is None
    for bounds in ("[0,0][0,0]", "[300,200][100,100]", "[0,2500][100,2600]", "[-300,5][-10,50]"):
        assert clips.find(screen_of(f"post|Post||{bounds}"), "post_button", "en-US") is None, bounds


def test_what_must_not_be_tapped_is_taken_for_nothing_else(clips: AppProfile) -> None:
    dump = screen_of("story|Next", "editor_next|Next||[500,2200][900,2300]")
    match = clips.find(dump, "next_button", "en-US")
    assert match is not None
    assert match.center == (700, 2250)
    assert clips.find(screen_of("story|Next"), "next_button", "en-US") is None


def test_other_ids_fall_back_to_the_label(clips: AppProfile) -> None:
    dump = screen_of("qwx||Accueil", package=CLIPS)
    match = clips.find(dump, "home_tab", "fr-FR")
    assert match is not None
    assert match.locator == 1
    assert clips.find(dump, "home_tab", "id-ID") is None


def test_several_ids_are_found_in_the_order_of_the_screen(clips: AppProfile) -> None:
    first, last = "[0,0][9,9]", "[0,900][9,990]"
    for one, other in (("next", "editor_next"), ("editor_next", "next")):
        found = clips.find(screen_of(f"{one}|||{first}", f"{other}|||{last}"), "next_button", "en")
        assert found is not None  # `pick: last` of two ids
        assert found.node.bounds.top == 900


def test_explain_names_each_locator(clips: AppProfile) -> None:
    first, second = clips.explain(screen_of("x||Home"), "home_tab", "en-US")
    assert "tab_home" in first
    assert first.endswith(": nothing")
    assert "'Home'" not in first
    assert "desc" in second
    assert "[100, 100, 300, 200]" in second


def test_unknown_element_gets_the_nearest_name(clips: AppProfile) -> None:
    with pytest.raises(UsageError, match="did you mean 'post_button'"):
        clips.find(screen_of(), "post_buton", "en-US")


# -- wrong files
def wrong(tmp_path: Path, old: str, new: str) -> ConfigError:
    source = profile_path("clips")
    path = tmp_path / "wrong.yaml"
    changed = source.read_text().replace(old, new, 1)
    assert changed != source.read_text()
    path.write_text(changed)
    with pytest.raises(ConfigError) as caught:
        AppProfile.load(path)
    return caught.value


def test_unknown_key_is_an_error_with_its_place(tmp_path: Path) -> None:
    error = wrong(tmp_path, "launcher: .MainActivity", "launchr: .MainActivity")
    assert error.line == 6
    assert error.column == 1
    assert "did you mean 'launcher'" in str(error)
    assert str(error).startswith(f"{tmp_path / 'wrong.yaml'}:6:1")


def test_a_name_that_points_nowhere(tmp_path: Path) -> None:
    error = wrong(tmp_path, "failed: [upload_failed]", "failed: [upload_faild]")
    assert "did you mean 'upload_failed'" in str(error)
    assert error.key == "upload.failed"
    assert error.line is not None


def test_a_wrong_expression_and_a_missing_sign(tmp_path: Path) -> None:
    assert "no regular expression" in str(wrong(tmp_path, r"'\d{1,3}\s?%'", r"'(\d'"))
    assert "a screen needs a sign" in str(wrong(tmp_path, "{all: [post_root]}", "{}"))


def test_broken_yaml_has_a_place(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("name: x\nelements: {a: [\n")
    with pytest.raises(ConfigError) as caught:
        AppProfile.load(path)
    assert caught.value.line is not None


@given(st.text(max_size=200))
def test_any_text_is_a_document_or_a_config_error(text: str) -> None:
    try:
        document = Document.parse(text)
    except ConfigError:
        return
    assert isinstance(document.data, dict)


def test_overlay_lays_over(tmp_path: Path) -> None:
    over = tmp_path / "mine.yaml"
    over.write_text("elements:\n  home_tab:\n    find: [{id: other}]\n")
    profile = AppProfile.load("clips", over)
    assert profile.elements["home_tab"].find[0].id == ("other",)
    assert profile.elements["home_tab"].confidence == "D"


def test_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="did you mean 'clips'") as caught:
        AppProfile.load("clisp")
    assert "clips" in str(caught.value.hint)
