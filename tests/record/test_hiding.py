"""Where a film shows nobody: between the looks at a screen, too."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.apps.profile import AppProfile
from droidcancel.device import Bounds, Hierarchy
from droidcancel.record.blank import Place, private_places
from droidcancel.record.hiding import LATE_S, REST_S, SLIDE_S, Done, Hiding, Seen, hiding

SCREEN = (1080, 2400)
NAME = Bounds(400, 300, 700, 350)
MOVED = Bounds(400, 1300, 700, 1350)


def place(bounds: Bounds, said: str = "@anna") -> Place:
    return Place(bounds, said)


def covered(found: Iterable[Bounds], bounds: Bounds) -> bool:
    """Whether one of the places hides all of it."""
    return any(
        box.left <= bounds.left
        and box.top <= bounds.top
        and box.right >= bounds.right
        and box.bottom >= bounds.bottom
        for box in found
    )


def made(looks: Iterable[Seen], done: Iterable[Done] = ()) -> Hiding:
    return hiding(looks, done, SCREEN, 0.0)


def test_a_name_is_hidden_from_the_look_before_it_until_after_the_look_without_it() -> None:
    """The screen still shows it after the look, and the film's picture comes later."""
    found = made([Seen(1.0, ()), Seen(2.0, (place(NAME),)), Seen(5.0, ()), Seen(9.0, ())])
    assert found.at(0.5) == ()
    for moment in (1.1, 2.0, 3.0, 4.9, 5.0 + LATE_S - 0.01):
        assert covered(found.at(moment), NAME), moment
    assert found.at(5.0 + LATE_S + 0.01) == ()


def test_what_the_first_and_the_last_look_show_is_hidden_to_the_ends() -> None:
    found = made([Seen(3.0, (place(NAME),)), Seen(4.0, (place(MOVED),))])
    assert covered(found.at(0.0), NAME)
    assert covered(found.at(1e6), MOVED)
    assert not covered(found.at(1e6), NAME)


def test_a_run_without_names_hides_nothing() -> None:
    assert made([Seen(1.0, ()), Seen(2.0, ())]).at(1.5, moves=True) == ()


@given(st.floats(0.0, 1.0), st.booleans())
def test_a_name_that_moves_is_hidden_all_the_way(part: float, moves: bool) -> None:
    found = made([Seen(1.0, (place(NAME),)), Seen(2.0, (place(MOVED),))])
    top = round(NAME.top + part * (MOVED.top - NAME.top))
    where = Bounds(NAME.left, top, NAME.right, top + NAME.height)
    assert covered(found.at(1.0 + part, moves), where)


def test_a_name_that_stands_in_two_places_hides_nothing_between_them() -> None:
    places = (place(NAME), place(MOVED))
    found = made([Seen(1.0, places), Seen(2.0, places)])
    assert set(found.at(1.5)) == {NAME, MOVED}


@given(st.integers(0, SCREEN[1] - 50), st.floats(1.0, 2.0 + LATE_S - 0.01))
def test_a_name_that_is_scrolled_in_or_out_is_hidden_on_its_way(top: int, moment: float) -> None:
    """Where it was between the looks is not known: along the swipe it is nowhere seen."""
    for looks in ([(place(NAME),), ()], [(), (place(NAME),)]):
        found = made([Seen(n, places) for n, places in enumerate(looks, 1)], [Done(1.2, "y")])
        where = Bounds(NAME.left, top, NAME.right, top + NAME.height)
        assert covered(found.at(moment), where)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_page_that_slides_in_is_hidden_while_it_moves(axis: int) -> None:
    """And not for longer: a still picture is hidden only where the looks say."""
    found = made([Seen(1.0, ()), Seen(9.0, (place(NAME),))], [Done(2.0)])
    by = (300, 0) if axis == 0 else (0, 900)
    where = Bounds(NAME.left + by[0], NAME.top + by[1], NAME.right + by[0], NAME.bottom + by[1])
    assert covered(found.at(2.1, moves=True), where)
    assert not covered(found.at(2.1, moves=False), where)
    assert not covered(found.at(2.0 + SLIDE_S + 0.1, moves=True), where)
    assert covered(found.at(2.1), NAME)


def filmed(looks: Iterable[Seen], done: Iterable[Done] = ()) -> Hiding:
    return hiding(looks, done, SCREEN, 0.0, by_picture=True)


def test_a_picture_that_was_looked_at_hides_what_the_look_saw_and_no_more() -> None:
    """The names of the next screen are not on it, however late that comes."""
    looks = [Seen(1.0, ()), Seen(2.0, (place(NAME),)), Seen(5.0, (place(MOVED),))]
    found = filmed(looks, [Done(1.5), Done(4.0)])
    assert found.of(0.5, 1.7, 1.7) == ()
    assert found.of(1.7, 4.2, 4.2) == (NAME,)
    assert found.of(4.2, 1e6, 1e6) == (MOVED,)


def test_a_picture_that_came_before_its_touch_or_was_soon_followed_is_not_taken_for_it() -> None:
    """It may still show what was there before."""
    looks = [Seen(1.0, (place(NAME),)), Seen(2.0, ())]
    for came, until in ((1.4, 9.0), (1.6, 2.0 + REST_S - 0.01)):
        hidden = filmed(looks, [Done(1.5)]).of(came, until, until)
        assert hidden is not None
        assert covered(hidden, NAME), (came, until)
    assert filmed(looks, [Done(1.5)]).of(1.6, 9.0, 9.0) == ()


def test_a_screen_that_changed_by_itself_needs_a_longer_rest() -> None:
    looks = [Seen(1.0, (place(NAME),)), Seen(2.0, ())]
    found = filmed(looks).of(1.5, 2.0 + LATE_S - 0.01, 2.0 + LATE_S - 0.01)
    assert found is not None
    assert covered(found, NAME)
    assert filmed(looks).of(1.5, 9.0, 9.0) == ()


def test_a_look_that_was_quicker_than_the_answer_to_a_touch_changes_nothing() -> None:
    looks = [Seen(1.0, (place(NAME),)), Seen(1.6, (place(NAME),)), Seen(2.0, ())]
    assert filmed(looks, [Done(1.5)]).of(1.7, 2.0 + REST_S, 2.0 + REST_S) == ()


def test_a_stream_that_broke_off_tells_nothing_of_a_look_after_it() -> None:
    looks = [Seen(1.0, (place(NAME),)), Seen(2.0, ())]
    found = filmed(looks, [Done(1.5)]).of(1.6, 9.0, 1.8)
    assert found is not None
    assert covered(found, NAME)


def test_a_picture_of_what_slides_in_is_left_out_until_it_rests() -> None:
    found = filmed([Seen(1.0, ()), Seen(9.0, (place(NAME),))], [Done(2.0)])
    assert found.of(2.1, 2.15, 2.15) is None
    hidden = found.of(2.3, 20.0, 20.0)
    assert hidden is not None
    assert covered(hidden, NAME)


def test_what_lies_below_a_dialog_stays_hidden() -> None:
    looks = [Seen(1.0, (place(NAME),)), Seen(2.0, (), whole=False), Seen(8.0, ())]
    assert covered(made(looks).at(4.0), NAME)
    assert not covered(made(looks).at(8.0 + LATE_S + 0.01), NAME)


SCREEN_XML = """<hierarchy rotation="0"><node package="org.droidcancel.clips"
 class="android.widget.FrameLayout" bounds="[0,0][1080,2400]">
 <node package="org.droidcancel.clips" class="android.widget.LinearLayout"
  bounds="[0,200][1080,360]">
  <node package="org.droidcancel.clips" class="android.widget.ImageView"
   bounds="[20,210][150,340]"/>
  <node package="org.droidcancel.clips" class="android.widget.LinearLayout"
   bounds="[200,200][1080,360]">
   <node package="org.droidcancel.clips" class="android.widget.TextView" text="@anna_92"
    bounds="[200,210][500,260]"/>
   <node package="org.droidcancel.clips" class="android.widget.TextView" text="12 friends"
    bounds="[200,280][500,330]"/>
  </node></node>
 <node package="org.droidcancel.clips" class="android.widget.ImageView"
  content-desc="anna_92 profile" bounds="[900,1500][1040,1640]"/>
 <node package="org.droidcancel.clips" class="android.widget.ImageView" content-desc="Like"
  bounds="[900,1700][1040,1840]"/>
 <node package="org.droidcancel.clips" class="android.widget.TextView" text="mine, by @anna_92"
  bounds="[20,1900][800,1960]"/>
</node></hierarchy>"""


def test_names_and_the_faces_beside_them_are_private() -> None:
    """And nothing else; what the run typed itself is no secret."""
    look = AppProfile.load("clips").look(Hierarchy.parse(SCREEN_XML), "en-US", "3.4.0")
    found = {bounds for bounds, _ in private_places(look, ["mine, by"])}
    assert found == {
        Bounds(20, 210, 150, 340),
        Bounds(200, 210, 500, 260),
        Bounds(900, 1500, 1040, 1640),
    }


OTHER_XML = """<hierarchy rotation="0"><node package="org.droidcancel.clips"
 class="android.widget.FrameLayout" bounds="[0,0][1080,2400]">
 <node package="org.droidcancel.clips" class="android.widget.EditText" text="Describe it"
  resource-id="org.droidcancel.clips:id/et_caption" hint="Describe it"
  bounds="[20,200][800,400]"/></node>
<node package="com.android.inputmethod" class="android.widget.FrameLayout"
 bounds="[0,1600][1080,2400]">
 <node package="com.android.inputmethod" class="android.widget.TextView" text="q"
  bounds="[0,1700][100,1800]"/>
 <node package="com.android.inputmethod" class="android.widget.TextView" text="Clips"
  bounds="[400,1600][600,1700]"/>
 <node package="com.android.inputmethod" class="android.widget.TextView" text="Anna"
  bounds="[700,1600][900,1700]"/></node></hierarchy>"""


def test_of_other_windows_all_is_hidden_but_what_is_nobody_s() -> None:
    """A keyboard's letters, the app's own name, and the hint of an empty field stay."""
    look = AppProfile.load("clips").look(Hierarchy.parse(OTHER_XML), "en-US", "3.4.0")
    assert [bounds for bounds, _ in private_places(look, [])] == [Bounds(700, 1600, 900, 1700)]
