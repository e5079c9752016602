"""Matching: languages, what may follow a label, and how things stand to each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.apps.geometry import above, beside, contains, near
from droidcancel.apps.locales import is_right_to_left, keys_of
from droidcancel.apps.matching import label_matches
from droidcancel.apps.profile import AppProfile
from droidcancel.device.hierarchy import Bounds, Hierarchy
from droidcancel.errors import ConfigError

SCREEN = Bounds(0, 0, 1000, 2000)


@pytest.mark.parametrize(
    ("locale", "wanted"),
    [
        ("en", ("en",)),
        ("en-US", ("en-US", "en")),
        ("en_US.UTF-8", ("en-US", "en")),
        ("pt-BR", ("pt-BR", "pt")),
        ("in_ID", ("id-ID", "id")),
        ("iw-IL", ("he-IL", "he")),
        ("zh-TW", ("zh-Hant-TW", "zh-TW", "zh-Hant", "zh")),
        ("zh_HK", ("zh-Hant-HK", "zh-HK", "zh-Hant", "zh")),
        ("zh-CN", ("zh-Hans-CN", "zh-CN", "zh-Hans", "zh")),
        ("zh", ("zh-Hans", "zh")),
        ("zh-Hant", ("zh-Hant", "zh")),
        ("zh-Hans-SG", ("zh-Hans-SG", "zh-SG", "zh-Hans", "zh")),
        ("zh_TW_#Hant", ("zh-Hant-TW", "zh-TW", "zh-Hant", "zh")),
        ("b+zh+Hant+TW", ("zh-Hant-TW", "zh-TW", "zh-Hant", "zh")),
        ("sr-Latn-RS", ("sr-Latn-RS", "sr-RS", "sr-Latn", "sr")),
        ("es-419", ("es-419", "es")),
        ("ar-EG-u-nu-latn", ("ar-EG", "ar")),
        ("ZH-hant-tw", ("zh-Hant-TW", "zh-TW", "zh-Hant", "zh")),
        ("", ()),
        ("?!", ("?!",)),
    ],
)
def test_keys_of_a_locale(locale: str, wanted: tuple[str, ...]) -> None:
    assert keys_of(locale) == wanted


@given(st.text(max_size=20))
def test_any_text_has_keys(text: str) -> None:
    assert isinstance(keys_of(text), tuple)
    assert is_right_to_left(text) in (True, False)


def test_right_to_left() -> None:
    assert [is_right_to_left(x) for x in ("ar-EG", "iw", "ur-PK", "az-Arab", "en", "ar-Latn")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "any_", "count", "counted", "none"),
    [
        ("Next", 2, 2, 0, 2),
        ("Next (3)", 1, 1, 1, 0),
        ("Next: 3", 1, 1, 1, 0),
        ("Next 3", 1, 1, 1, 0),
        ("Next 3 %", 0, 1, 1, 0),
        ("Next %3", 0, 1, 1, 0),
        ("Next: the end", 1, 0, 0, 0),
        ("Next, 2 new", 1, 0, 0, 0),
        ("Next. 3 shares", 1, 0, 0, 0),
        ("Next.  shares", 1, 0, 0, 0),
        ("Next. Then", 0, 0, 0, 0),
        ("Next...", 0, 0, 0, 0),
        ("Next، ٢", 1, 0, 0, 0),
        ("Next：2", 1, 1, 1, 0),
        ("Nextdoor", 0, 0, 0, 0),
    ],
)
def test_what_may_follow_a_label(text: str, any_: int, count: int, counted: int, none: int) -> None:
    assert label_matches(text, "Next") == any_
    assert label_matches(text, "Next", "count") == count
    assert label_matches(text, "Next", "counted") == counted
    assert label_matches(text, "Next", "none") == none


def test_boxes_stand_to_each_other() -> None:
    left, right = Bounds(0, 100, 400, 200), Bounds(500, 120, 900, 220)
    assert beside(left, right)
    assert not beside(left, Bounds(0, 100, 400, 200))
    assert not beside(left, Bounds(500, 180, 900, 280))
    assert near(left, right, SCREEN)
    assert not near(left, Bounds(501, 100, 900, 200), SCREEN)
    assert not near(left, Bounds(10, 110, 20, 120), SCREEN)  # one in the other
    assert above(left, Bounds(0, 210, 400, 300), SCREEN)
    assert not above(left, Bounds(0, 230, 400, 300), SCREEN)
    assert not above(left, Bounds(400, 210, 900, 300), SCREEN)
    assert contains(Bounds(0, 0, 9, 9), Bounds(0, 1, 9, 8))
    assert not contains(Bounds(0, 0, 9, 9), Bounds(0, 1, 10, 8))


PROFILE = """
name: probe
title: Probe
packages: [x.y]
locales: [en]
home: any
elements:
{elements}
screens:
  any: {screen}
"""


def profile_of(tmp_path: Path, elements: str, more: str = "", screen: str = "") -> AppProfile:
    path = tmp_path / "probe.yaml"
    screen = screen or f"{{all: [{elements.strip().split(':')[0]}]}}"
    path.write_text(PROFILE.format(elements=elements, screen=screen) + more, encoding="utf-8")
    return AppProfile.load(path)


def node(bounds: str, text: str = "", inside: str = "", **more: str) -> str:
    given = {"package": "x.y", "text": text, "bounds": bounds, "class": "android.view.View"} | more
    pairs = " ".join(f'{k.replace("_", "-")}="{v}"' for k, v in given.items())
    return f"<node {pairs}>{inside}</node>"


def screen(*windows: str) -> Hierarchy:
    return Hierarchy.parse(f"<hierarchy>{''.join(windows)}</hierarchy>", 0.0)


def test_a_button_and_the_words_in_it_are_one_thing(tmp_path: Path) -> None:
    profile = profile_of(tmp_path, "  go: {find: [{label: Go}]}\n")
    inner = node("[10,10][20,20]", "Go")
    outer = node("[0,0][100,100]", inside=inner, content_desc="Go", clickable="true")
    look = profile.look(screen(node("[0,0][1000,2000]", inside=outer)), "en")
    found = look.all("go")
    assert [m.node.bounds for m in found] == [Bounds(10, 10, 20, 20)]
    assert found[0].target.bounds == Bounds(0, 0, 100, 100)


def test_only_a_small_window_is_one_of_its_own(tmp_path: Path) -> None:
    profile = profile_of(tmp_path, r"  n: {find: [{pattern: '\d+%', own_window: true}]}" + "\n")
    app = node("[0,0][1000,2000]", inside=node("[10,10][60,60]", "42%"))
    assert profile.find(screen(app), "n", "en") is None
    badge = node("[10,200][110,300]", inside=node("[20,210][100,290]", "42%"))
    assert profile.find(screen(app, badge), "n", "en") is not None
    assert profile.find(screen(app, node("[0,0][1000,900]", inside=badge)), "n", "en") is None
    flat = screen(node("[0,0][1000,2000]"), node("[20,210][100,290]", "42%"))
    assert profile.find(flat, "n", "en") is None


@pytest.mark.parametrize(("locale", "wanted"), [("en", 0), ("ar-EG", 800)])
def test_a_place_in_a_row_of_equals(tmp_path: Path, locale: str, wanted: int) -> None:
    profile = profile_of(tmp_path, "  a: {find: [{slot: [1, 5], clickable: true}]}\n")
    shown = screen(node("[0,0][1000,2000]", inside=tabs(chosen=3)))
    match = profile.find(shown, "a", locale)
    assert match is not None
    assert match.node.bounds.left == wanted
    four = screen(node("[0,0][1000,2000]", inside=tabs(of=4, chosen=3)))
    assert profile.find(four, "a", locale) is None


def tabs(of: int = 5, chosen: int | None = None, top: int = 1900) -> str:
    """Equal things in a row, that one chosen."""
    return "".join(
        node(
            f"[{200 * place},{top}][{200 * place + 200},{top + 100}]",
            clickable="true",
            selected=str(place == chosen).lower(),
        )
        for place in range(of)
    )


def test_a_row_of_deeds_is_no_row_of_tabs(tmp_path: Path) -> None:
    """As at the bottom of a share sheet: five, as wide as each other, from edge to edge."""
    elements = """
  a: {find: [{slot: [1, 5], clickable: true}]}
  b: {find: [{slot: [5, 5], clickable: true, selected: true}]}
  c: {find: [{slot: [5, 5], clickable: true, selected: false}]}
"""
    profile = profile_of(tmp_path, elements)

    def found(name: str, rows: str, **around: str) -> bool:
        strip = node("[0,1900][1000,2000]", inside=rows, **around)
        page = node("[0,0][1000,2000]", inside=strip, scrollable="true")
        return profile.find(screen(page), name, "en") is not None

    assert found("a", tabs(chosen=0))
    assert not found("a", tabs())  # none is chosen
    assert not found("a", tabs(chosen=0), scrollable="true")  # can be moved aside
    assert [found(name, tabs(chosen=4)) for name in ("b", "c")] == [True, False]
    assert [found(name, tabs(chosen=0)) for name in ("b", "c")] == [False, True]


def test_a_screen_is_known_by_so_many_of_its_signs(tmp_path: Path) -> None:
    elements = "".join(f"  {n}: {{find: [{{text: {n.upper()}}}]}}\n" for n in "abc")
    known = "{any: [a, b, c], least: 2}"
    profile = profile_of(tmp_path, elements, screen=known)

    def shows(*texts: str) -> bool:
        rows = "".join(node(f"[0,{y}][90,{y + 9}]", t) for y, t in enumerate(texts))
        return profile.screen(screen(node("[0,0][1000,2000]", inside=rows)), "en") == "any"

    assert [shows("A"), shows("A", "B"), shows("C", "B"), shows("A", "A")] == [
        False, True, True, False,
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="`least` is 4, and `any` has 3 elements"):
        profile_of(tmp_path, elements, screen=known.replace("2", "4"))


def test_with_unless_and_outside(tmp_path: Path) -> None:
    elements = """
  a: {find: [{text: A, with: [b], unless: [c]}]}
  b: {find: [{text: B}]}
  c: {find: [{text: C}]}
  d: {find: [{text: D, outside: [e]}]}
  e: {find: [{id: e}]}
"""
    profile = profile_of(tmp_path, elements)

    def found(name: str, *texts: str) -> bool:
        rows = "".join(node(f"[0,{y}][90,{y + 9}]", t) for y, t in enumerate(texts))
        return profile.find(screen(node("[0,0][1000,2000]", inside=rows)), name, "en") is not None

    assert found("a", "A", "B")
    assert not found("a", "A")
    assert not found("a", "A", "B", "C")
    inner = node("[1,1][9,9]", "D")
    holder = node("[0,0][90,90]", inside=inner, resource_id="x.y:id/e")
    assert profile.find(screen(holder), "d", "en") is None
    assert profile.find(screen(node("[0,0][90,90]", inside=inner)), "d", "en") is not None


def test_what_must_not_be_tapped_may_be_known_by_others(tmp_path: Path) -> None:
    elements = """
  clear: {find: [{text: Clear, beside: cache}]}
  cache: {find: [{text: Cache}]}
  drafts: {find: [{text: Drafts}]}
  never_drafts: {never: true, find: [{text: Clear, beside: drafts}]}
"""
    profile = profile_of(tmp_path, elements)
    rows = "".join(
        node(f"[{x},{y}][{x + 90},{y + 90}]", text)
        for x, y, text in ((0, 0, "Drafts"), (500, 0, "Clear"), (0, 200, "Cache"))
    )
    shown = screen(node("[0,0][1000,2000]", inside=rows))
    assert profile.find(shown, "clear", "en") is None
    assert profile.find(shown, "never_drafts", "en") is not None


def test_elements_known_only_by_each_other_are_an_error(tmp_path: Path) -> None:
    elements = """
  a: {find: [{text: A, beside: b}]}
  b: {find: [{text: B, with: [a]}]}
"""
    with pytest.raises(ConfigError, match="is known by b, and that by it") as caught:
        profile_of(tmp_path, elements)
    assert caught.value.line == 9


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ("a: {find: [{slot: [6, 5]}]}", "first of five"),
        ("a: {find: [{tail: some, text: A}]}", "tail"),
        ("a: {find: [{area: [0, 0, 1, 1]}]}", "expected one of desc, text, label, id"),
        ("a: {find: [{text: A, near: bb}]}", "no such element: 'bb'"),
        ("a: {confidence: {en: X}, find: [{text: A}]}", "confidence"),
    ],
)
def test_wrong_locators_are_told(tmp_path: Path, element: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        profile_of(tmp_path, f"  {element}\n")
    assert said in str(caught.value)
    assert caught.value.line == 8


def test_confidence_by_locale_and_locator(tmp_path: Path) -> None:
    elements = """
  a:
    confidence: {en: D, zh-Hant: M, "*": C}
    find: [{text: A}, {id: a, confidence: {fr: M}}]
"""
    element = profile_of(tmp_path, elements).elements["a"]
    assert [element.confidence_in(x) for x in ("en-GB", "zh-TW", "zh-CN")] == ["D", "M", "C"]
    assert [element.confidence_in(x, 1) for x in ("fr", "en")] == ["M", "U"]


def test_the_screens_own_language_is_taken(tmp_path: Path) -> None:
    elements = """
  a: {find: [{text: {en: Home, id: Beranda, fr: Accueil}}]}
  b: {find: [{text: {en: Create, id: Buat, fr: Créer}}]}
  c: {find: [{text: {en: Profile, id: Profil, fr: Profil}}]}
"""
    profile = profile_of(tmp_path, elements)

    def locale(phone: str, *texts: str) -> str:
        return profile.look(screen(*(node("[0,0][9,9]", t) for t in texts)), phone).locale

    assert locale("en-US", "Beranda", "Buat", "Profil") == "id"
    assert locale("en-US", "Profil", "Buat") == "id"
    assert locale("fr-FR", "Profil", "Buat") == "fr-FR"  # one more word is not enough
    assert locale("ja-JP", "Profil") == "ja-JP"
    assert locale("id-ID", "Beranda", "Buat", "Profil") == "id-ID"
    assert locale("en-US", "something", "else") == "en-US"


def test_what_an_app_lacks(tmp_path: Path) -> None:
    more = "lacks: {cancel: nothing shows one}\n"
    profile = profile_of(tmp_path, "  a: {find: [{text: A}]}\n", more)
    look = profile.look(screen(node("[0,0][9,9]", "A")), "en")
    assert look.find("cancel") is None
    assert not look.has(["cancel"])
    assert look.explain("cancel") == ["cancel: Probe has none: nothing shows one"]
