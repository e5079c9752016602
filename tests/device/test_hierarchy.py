"""Screens read from XML: real dumps, and hostile ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.device.airplane_page import find_switch, find_tile
from droidcancel.device.hierarchy import MAX_DEPTH, Bounds, Hierarchy
from droidcancel.errors import UiError

SCREEN = """<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<hierarchy rotation="1">
  <node index="0" text="" class="android.widget.FrameLayout" package="com.x" content-desc=""
        enabled="true" bounds="[0,0][1080,2400]">
    <node text="Post" resource-id="com.x:id/post" class="android.widget.Button" package="com.x"
          clickable="true" bounds="[550,2179][1048,2305]" hint="h" long-clickable="true"/>
    <node text="gone" class="android.view.View" package="com.x" bounds="[10,20][10,20]"
          visible-to-user="false"/>
  </node>
  <node text="27 %" class="android.widget.TextView" package="com.android.systemui" bounds="bad"/>
</hierarchy>"""


def test_nodes_come_in_order_with_their_place_in_the_tree() -> None:
    hierarchy = Hierarchy.parse(SCREEN, taken_at=5.0)
    frame, post, gone, battery = hierarchy.nodes()
    assert (hierarchy.rotation, hierarchy.taken_at) == (1, 5.0)
    assert frame.parent is None
    assert frame.children == (post, gone)
    assert frame.descendants() == [post, gone]
    assert post.parent is frame
    assert (post.text, post.resource_id, post.clickable, post.hint) == (
        "Post",
        "com.x:id/post",
        True,
        "h",
    )
    assert post.long_clickable
    assert post.bounds.center == (799, 2242)
    assert gone.bounds.empty
    assert not gone.visible
    assert battery.bounds == Bounds(0, 0, 0, 0)
    assert Hierarchy.parse(hierarchy.to_xml()).nodes()[1].text == "Post"


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "null",
        "<hierarchy>",
        "<html/>",
        '<!DOCTYPE hierarchy [<!ENTITY a "b">]><hierarchy/>',
        '<!DOCTYPE hierarchy SYSTEM "file:///etc/passwd"><hierarchy/>',
    ],
)
def test_what_is_no_screen_is_refused(xml: str) -> None:
    with pytest.raises(UiError):
        Hierarchy.parse(xml)


def test_a_bottomless_screen_is_refused() -> None:
    for depth in (MAX_DEPTH + 1, 3000):
        with pytest.raises(UiError):
            Hierarchy.parse("<hierarchy>" + "<node>" * depth + "</node>" * depth + "</hierarchy>")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_any_text_of_an_app_is_read(text: str) -> None:
    quoted = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    xml = f'<hierarchy><node text="{quoted}&#0;&#x1F600;" bounds="[0,0][1,1]"/></hierarchy>'
    assert Hierarchy.parse(xml).nodes()[0].text.endswith("\U0001f600")


AIRPLANE = """<hierarchy rotation="0">
  <node class="android.widget.ListView" bounds="[0,0][1080,2160]">
  <node class="android.widget.LinearLayout" bounds="[0,100][1080,300]">
    <node text="{label}" class="android.widget.TextView" bounds="[60,150][500,250]"/>
    <node class="android.widget.Switch" checkable="true" checked="{on}"
          bounds="[900,150][1000,250]"/>
  </node>
  <node class="android.widget.LinearLayout" bounds="[0,300][1080,500]">
    <node text="Wi-Fi" class="android.widget.TextView" bounds="[60,350][500,450]"/>
    <node class="android.widget.Switch" checkable="true" bounds="[900,350][1000,450]"/>
  </node></node></hierarchy>"""


@pytest.mark.parametrize("label", ["Airplane mode", "Aeroplane mode", "Mode Avion", "Mode pesawat"])
def test_the_airplane_switch_is_found_by_its_label(label: str) -> None:
    switch = find_switch(Hierarchy.parse(AIRPLANE.format(label=label, on="true")))
    assert switch is not None
    assert switch.checked
    assert switch.bounds.center == (950, 200)


@pytest.mark.parametrize("label", ["Airplane mode is on", "Wi-Fi", "Private DNS"])
def test_no_other_switch_is_taken_for_it(label: str) -> None:
    assert find_switch(Hierarchy.parse(AIRPLANE.format(label=label, on="false"))) is None


TITLE = """<hierarchy rotation="0"><node bounds="[0,0][1080,2160]">
  <node text="Airplane mode" class="android.widget.TextView" bounds="[60,60][500,160]"/>
  <node class="android.widget.LinearLayout" bounds="[0,300][1080,500]">
    <node text="Wi-Fi" class="android.widget.TextView" bounds="[60,350][500,450]"/>
    <node class="android.widget.Switch" checkable="true" bounds="[900,350][1000,450]"/>
  </node></node></hierarchy>"""


def test_a_title_is_no_label_of_the_only_switch_below_it() -> None:
    assert find_switch(Hierarchy.parse(TITLE)) is None
    assert find_switch(Hierarchy.parse(TITLE.replace("Wi-Fi", "Flight mode"))) is not None


@pytest.mark.parametrize(
    ("locale", "shown", "found"),
    [
        ("tr-TR", "Uçak modu", True),
        ("ru-RU", "Режим полёта", True),
        ("ar-EG", "\u200fوضع الطائرة\u200f", True),
        ("in_ID", "Mode pesawat.", True),
        ("de-DE", "Airplane mode", True),  # an app that does not speak the phone's language
        ("de-DE", "Flugmodus an", False),
    ],
)
def test_a_label_is_compared_as_people_read_it(locale: str, shown: str, found: bool) -> None:
    tree = Hierarchy.parse(AIRPLANE.format(label=shown, on="false"))
    assert (find_switch(tree, locale) is not None) == found


TILE = """<hierarchy rotation="0"><node bounds="[0,0][1080,2160]">
  <node content-desc="{desc}" class="android.widget.Switch" checkable="true" checked="true"
        bounds="[0,300][270,500]"/>
  <node content-desc="Bluetooth" class="android.widget.Switch" checkable="true"
        bounds="[270,300][540,500]"/></node></hierarchy>"""


@pytest.mark.parametrize("desc", ["Airplane mode", "Flight mode, On, Button", "飞行模式，已开启"])
def test_the_airplane_tile_is_found_by_what_is_read_out(desc: str) -> None:
    tile = find_tile(Hierarchy.parse(TILE.format(desc=desc)))
    assert tile is not None
    assert tile.checked


def test_a_tile_that_only_speaks_of_it_is_another() -> None:
    assert find_tile(Hierarchy.parse(TILE.format(desc="No airplane mode"))) is None
