"""When a recording holds a run back, and when never."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.device.acts import Acts
from droidcancel.record.pace import (
    FAST,
    QUIET_S,
    RESTLESS_S,
    STILL_S,
    UNSEEN_S,
    Known,
    Pace,
    Window,
)

MOMENTS = st.floats(0.0, 100.0)


def test_a_touch_waits_for_the_picture_of_the_one_before() -> None:
    """It has come when a picture newer than the change is there, and none follows it."""
    assert Known(10.0, 9.9).go_at(0.8) == 10.0 + UNSEEN_S
    assert Known(10.0, 10.1).shown_at() == pytest.approx(10.1 + QUIET_S)
    assert Known(10.0, 10.1).go_at(0.8) == pytest.approx(10.1 + 0.8)
    assert Known(10.0, 10.1).go_at(0.1) == pytest.approx(10.1 + QUIET_S)


def test_a_source_that_tells_of_no_pictures_is_given_the_pace_alone() -> None:
    assert Known(10.0, None).go_at(0.8) == pytest.approx(10.8)


def test_pictures_that_are_taken_one_after_the_other_are_waited_for() -> None:
    """One that was begun just after the touch may show half of what it led to."""
    assert Known(10.0, 10.1, on_change=False).go_at(0.8) == pytest.approx(10.0 + STILL_S)
    assert Known(10.0, 10.5, on_change=False).shown_at() == 10.5


@given(MOMENTS, st.one_of(st.none(), MOMENTS), st.booleans(), st.floats(0.0, 10.0))
def test_no_wait_is_without_an_end(
    changed: float, came: float | None, on_change: bool, pace: float
) -> None:
    """Also where the screen never rests: so long after it changed, the run goes on."""
    if not on_change and came is not None:
        came = min(came, changed + STILL_S)  # what is taken later is not waited for
    go_at = Known(changed, came, on_change).go_at(pace)
    assert go_at >= changed + min(pace, RESTLESS_S) - 1e-9
    assert go_at <= changed + max(STILL_S, RESTLESS_S) + pace + 1e-9


def test_from_post_until_the_cut_is_read_back_nothing_is_held() -> None:
    """Whatever step stands in between."""
    window = Window()
    told = [("step", "caption"), ("step", "post"), ("progress", None), ("step", "check_progress"),
            ("step", "wait_for_moment"), ("moment", None), ("step", "cancel"), ("cancel", None),
            ("settled", None), ("step", "relaunch")]  # fmt: skip
    near = [window.hear(kind, step) for kind, step in told]
    assert near == [False, True, True, True, True, True, True, False, False, False]


@pytest.mark.parametrize("end", ["missed", "restored", "verdict"])
def test_a_cut_that_does_not_come_is_not_near_for_ever(end: str) -> None:
    window = Window()
    assert window.hear("step", "post")
    assert not window.hear(end, None)


def test_a_recipe_that_cuts_nothing_is_hurried_for_its_post_alone() -> None:
    window = Window(cut_due=False)
    assert window.hear("step", "post")
    assert window.hear("progress", None)
    assert not window.hear("step", "check_published")


class Filmed:
    """A film to which pictures come."""

    on_change = True

    def __init__(self, came: float | None = None) -> None:
        self.came = came
        self._condition = threading.Condition()

    def comes(self) -> None:
        with self._condition:
            self.came = time.monotonic()
            self._condition.notify_all()

    def wait_for_picture(self, seconds: float) -> None:
        with self._condition:
            self._condition.wait(seconds)


class Phone:
    """What a pace uses of a device: its acts, and that it can be looked at."""

    def __init__(self) -> None:
        self.acts = Acts()
        self.ui = self
        self.looked = 0

    def dump(self) -> None:
        self.looked += 1


def paced(film: Filmed, window: Window, seconds: float = 0.3) -> tuple[Any, Pace]:
    phone: Any = Phone()
    return phone, Pace(phone, film, window, seconds).begin()


def seconds_of(phone: Any, kind: Any) -> float:
    began = time.monotonic()
    phone.acts.tell(kind, x=1, y=2)
    return time.monotonic() - began


def test_what_is_done_is_held_and_what_is_read_is_not() -> None:
    """The time is counted as nobody's; an act is told with the time at which it is done."""
    film = Filmed()
    phone, pace = paced(film, Window())
    heard: list[Any] = []
    phone.acts.listen(heard.append)
    assert seconds_of(phone, "tap") < 0.1, "nothing was done before it"
    assert seconds_of(phone, "pids") < 0.1
    began = time.monotonic()
    assert seconds_of(phone, "tap") >= 0.25
    assert heard[-1].at - began >= 0.25
    assert phone.acts.held_s >= 0.25
    assert phone.looked == 2
    pace.close()
    assert seconds_of(phone, "tap") < 0.1


def test_a_picture_that_comes_late_is_waited_for() -> None:
    film = Filmed(time.monotonic())
    phone, _ = paced(film, Window(), seconds=0.01)
    phone.acts.tell("tap", x=1, y=2)
    threading.Timer(0.3, film.comes).start()
    assert 0.3 + QUIET_S - 0.1 <= seconds_of(phone, "tap") < UNSEEN_S


@pytest.mark.parametrize("step", sorted(FAST))
def test_near_a_cut_a_touch_is_not_held_nor_the_phone_asked(step: str) -> None:
    window = Window()
    phone, pace = paced(Filmed(), window, seconds=5.0)
    phone.acts.tell("tap", x=1, y=2)
    window.hear("step", step)
    asked = phone.looked
    assert seconds_of(phone, "tap") < 0.1
    pace.before_event("step", "cancel")
    assert (phone.looked, pace.held_s < 0.1) == (asked, True)


def test_a_pace_of_nothing_holds_nothing() -> None:
    phone, pace = paced(Filmed(), Window(), seconds=0.0)
    phone.acts.tell("tap", x=1, y=2)
    assert seconds_of(phone, "tap") < 0.1
    assert (phone.looked, pace.held_s) == (0, 0.0)
