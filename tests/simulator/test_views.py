"""The view tree, its layout, and what accessibility prints of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from droidcancel.simulator import fonts, glyphs, hierarchy
from droidcancel.simulator.glyphs import shape
from droidcancel.simulator.layout import LayoutEngine
from droidcancel.simulator.views import (
    PagerState,
    Rect,
    ScrollState,
    TextState,
    View,
    button,
    column,
    divider,
    edit_text,
    frame,
    grid,
    list_view,
    pager,
    progress,
    row,
    scroll,
    spacer,
    text,
)

SCREEN = Rect(0, 0, 1080, 2000)


def laid_out(root: View, frame: Rect = SCREEN, density: int = 160) -> View:
    LayoutEngine(density).arrange(root, frame)
    return root


def sizes(root: View) -> list[tuple[int, int]]:
    return [(child.bounds.width, child.bounds.height) for child in root.children]


# -- layout ------------------------------------------------------------------------------------
def test_dp_become_px_by_density() -> None:
    for density, expected in ((160, 100), (320, 200), (420, 262), (480, 300)):
        root = laid_out(column(frame(width=100, height=100)), density=density)
        assert sizes(root) == [(expected, expected)]


def test_column_stacks_with_margins_padding_and_gap() -> None:
    root = laid_out(
        column(frame(height=10), frame(height=20, margin=(5, 6, 7, 8)), padding=3, gap=4)
    )
    first, second = (child.bounds for child in root.children)
    assert first == Rect(3, 3, 1077, 13)
    assert second == Rect(8, 23, 1070, 43)
    assert root.bounds.height == 3 + 10 + 4 + 6 + 20 + 8 + 3


def test_weights_share_what_is_left() -> None:
    root = laid_out(row(frame(width=80, height=5), spacer(weight=1), frame(weight=3, height=5)))
    assert [width for width, _ in sizes(root)] == [80, 250, 750]


def test_weighted_column_fills_a_match_height() -> None:
    root = laid_out(column(frame(height=100), frame(weight=1), frame(height=50), height="match"))
    assert [height for _, height in sizes(root)] == [100, 1850, 50]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("", (0, 0)),
        ("center", (490, 990)),
        ("end bottom", (980, 1980)),
        ("center_horizontal bottom", (490, 1980)),
        ("end", (980, 0)),
    ],
)
def test_align_in_a_frame(words: str, place: tuple[int, int]) -> None:
    child = frame(width=100, height=20, align=words)
    laid_out(frame(child, height="match"))
    assert (child.bounds.left, child.bounds.top) == place


def test_gravity_places_children_of_a_row() -> None:
    root = laid_out(row(frame(width=10, height=10), height=100, gravity="end center_vertical"))
    assert root.children[0].bounds == Rect(1070, 45, 1080, 55)


def test_grid_has_equal_cells() -> None:
    root = laid_out(grid(*[frame(height=30) for _ in range(5)], columns=3, gap=6))
    boxes = [child.bounds for child in root.children]
    assert {box.width for box in boxes} == {356}
    assert boxes[3] == Rect(0, 36, 356, 66)


def test_what_is_gone_takes_no_room() -> None:
    root = laid_out(column(frame(height=10, visible=False), frame(height=20)))
    assert root.children[1].bounds.top == 0


def test_wrapping_parent_is_as_wide_as_its_widest_child() -> None:
    label = text("Discard the post?", size=20)
    root = laid_out(column(label, divider(), width="wrap"))
    assert root.bounds.width == label.bounds.width < 400
    assert root.children[1].bounds.width == root.bounds.width


def test_text_wraps_and_ends_in_an_ellipsis() -> None:
    words = "a rather long caption " * 10
    tall = laid_out(column(text(words, width=200))).children[0]
    short = laid_out(column(text(words, width=200, lines=2))).children[0]
    assert short.bounds.height == 2 * fonts.line_height(14) < tall.bounds.height
    lines = fonts.wrap(words, 14, False, 200, 2)
    assert lines[-1].endswith("…")
    assert all(fonts.text_width(line, 14) <= 200 for line in lines)


@given(st.text(alphabet="abcXYZ éü\n#1", max_size=80), st.integers(20, 400))
def test_no_wrapped_line_is_too_wide(value: str, width: int) -> None:
    for line in fonts.wrap(value, 14, False, width, None):
        assert fonts.text_width(line, 14) <= width or len(line) == 1


def test_accented_latin_is_shaped_from_what_the_font_has() -> None:
    base, marks = shape("São Ångström €")
    assert base == "Sao Angstrom C"
    assert len(marks) == 4
    assert fonts.text_width("é", 30) == fonts.text_width("e", 30)


# -- scrolling -----------------------------------------------------------------------------------
def test_scroller_clips_and_bounds_its_offset() -> None:
    state = ScrollState(offset=99_999)
    rows = [frame(height=100) for _ in range(30)]
    root = laid_out(list_view(*rows, state=state))
    assert (state.maximum, state.offset) == (1000, 1000)
    assert rows[-1].bounds.bottom == root.bounds.bottom
    assert rows[0].clip.empty
    state.offset = 50
    laid_out(root)
    assert rows[0].clip == Rect(0, 0, 1080, 50)
    assert rows[0].bounds == Rect(0, -50, 1080, 50)


def test_horizontal_scroller() -> None:
    state = ScrollState(horizontal=True)
    tabs = [frame(width=400, height=40) for _ in range(4)]
    laid_out(list_view(*tabs, state=state, height=40))
    assert state.maximum == 520
    assert tabs[3].clip.empty


def test_scroll_state_stops_at_its_ends() -> None:
    moves: list[int] = []
    state = ScrollState(maximum=100, on_scroll=moves.append)
    assert state.scroll_by(80)
    assert state.scroll_by(80)
    assert not state.scroll_by(1)
    assert moves == [80, 100]


def test_pager_shows_one_page() -> None:
    state = PagerState()
    root = pager(text("one"), text("two"), state=state)
    assert [child.text for child in root.children] == ["one"]
    assert state.turn(1)
    assert not state.turn(1)
    assert [child.text for child in pager(text("one"), text("two"), state=state).children] == [
        "two"
    ]


# -- text fields -----------------------------------------------------------------------------------
def test_text_state_types_deletes_and_keeps_its_limit() -> None:
    seen: list[str] = []
    state = TextState(max_length=5, on_change=seen.append)
    state.insert("abc")
    state.cursor = 1
    state.insert("XYZ")
    assert (state.text, state.caret) == ("aXYbc", 3)
    state.delete(1)
    assert (state.text, state.caret) == ("aXbc", 2)
    state.delete(0, 1)
    assert state.text == "aXc"
    assert seen == ["abc", "aXYbc", "aXbc", "aXc"]


@given(st.lists(st.one_of(st.text(max_size=4), st.integers(-3, 12)), max_size=20))
def test_caret_stays_in_the_text(steps: list[str | int]) -> None:
    state = TextState(max_length=10)
    for step in steps:
        if isinstance(step, str):
            state.insert(step)
        else:
            state.cursor = step
            state.delete(1)
        assert 0 <= state.caret <= len(state.text) <= 10


# -- hierarchy -------------------------------------------------------------------------------------
def nodes(root: View, compressed: bool = False) -> hierarchy.Node:
    laid_out(root)
    return hierarchy.node_tree(root, "org.example", compressed)


def printed(root: View, **how: int) -> etree._Element:
    options = {"api": 34, **how}
    return etree.fromstring(hierarchy.u2_xml([nodes(root)], **options).encode())


U2_ATTRIBUTES = [
    "index", "text", "resource-id", "class", "package", "content-desc", "checkable", "checked",
    "clickable", "enabled", "focusable", "focused", "scrollable", "long-clickable", "password",
    "selected", "visible-to-user", "bounds", "drawing-order", "hint", "display-id",
]  # fmt: skip


def test_u2_attributes_in_their_order() -> None:
    node = printed(column(text("Hi", id="hello")))[0][0]
    assert list(node.attrib) == U2_ATTRIBUTES
    assert node.get("resource-id") == "org.example:id/hello"
    assert (node.get("index"), node.get("drawing-order")) == ("0", "1")


def test_aosp_form_has_fewer_attributes_and_no_line_breaks() -> None:
    xml = hierarchy.aosp_xml(nodes(column(text("Hi"))), rotation=1)
    assert "\n" not in xml
    root = etree.fromstring(xml.encode())
    assert root.get("rotation") == "1"
    shared = [name for name in U2_ATTRIBUTES if name not in
              ("visible-to-user", "drawing-order", "hint", "display-id")]  # fmt: skip
    assert list(root[0][0].attrib) == shared


@pytest.mark.parametrize(
    "value",
    ["<&>", 'say "hi"', "it's", "\"'", "two\nlines\ttab", "é ü", "]]>"],
)
def test_texts_survive_the_xml(value: str) -> None:
    assert printed(column(text(value)))[0][0].get("text") == value


def test_what_xml_cannot_say_becomes_dots() -> None:
    assert printed(column(text("a\x00b\x1fc😀")))[0][0].get("text") == "a.b.c.."


def test_only_what_shows_is_printed() -> None:
    rows = [text(f"row {number}", height=300) for number in range(10)]
    root = printed(list_view(*rows, state=ScrollState()))
    assert len(root[0]) == 7
    assert root[0][6].get("bounds") == "[0,1800][" + root[0][6].get("bounds").split("[")[2]
    inside = printed(column(text("kept"), spacer(height=5), frame(visible=False)))
    assert [child.get("text") for child in inside[0]] == ["kept"]


def test_depth_is_limited() -> None:
    root = printed(column(column(column(text("deep")))), max_depth=2)
    assert len(root.xpath("//node")) == 3


def test_compressed_leaves_layouts_out() -> None:
    tree = nodes(column(column(text("a"), row(text("b")))), compressed=True)
    assert [node.text for node in tree.walk()] == ["", "a", "b"]


def test_naf_marks_what_has_no_name() -> None:
    root = printed(column(frame(on_click=print, height=9), frame(text("named"), on_click=print)))[0]
    assert root[0].get("NAF") == "true"
    assert next(iter(root[0].attrib)) == "NAF"
    assert root[1].get("NAF") is None


def test_fields_tell_hint_text_and_dots() -> None:
    root = printed(
        column(
            edit_text(TextState(), hint="Name"),
            edit_text(TextState("abc"), password=True),
            progress(0.5),
        )
    )[0]
    assert [child.get("text") for child in root] == ["Name", "•••", "50.0"]
    assert root[0].get("hint") == "Name"


def test_an_empty_document_is_what_the_client_retries_on() -> None:
    assert '<hierarchy rotation="0" />' in hierarchy.u2_xml([], api=34)


def test_scroll_view_takes_one_child() -> None:
    state = ScrollState()
    root = laid_out(scroll(column(*[button(str(n)) for n in range(100)]), state))
    assert state.maximum == root.children[0].bounds.height - 2000


def test_texts_of_earlier_runs_are_forgotten() -> None:
    """Each run has a caption of its own: a phone that runs for days does not keep them all."""
    for number in range(900):
        for size in (28, 36, 42):
            fonts.wrap(f"droidcancel test #dc{number:06d}", size, False, 300, 2)
    caches = (fonts.text_width, fonts.wrap, glyphs.shape)
    assert sum(cache.cache_info().currsize for cache in caches) <= 3 * fonts.REMEMBERED
