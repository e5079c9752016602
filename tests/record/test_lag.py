"""How late a film's pictures are taken to be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from droidcancel.record.lag import CALM_S, LONGEST_S, lag

TOUCHES = [10.0, 12.0, 14.0, 16.0]


@given(st.lists(st.floats(0.01, LONGEST_S - 0.01), min_size=4, max_size=4))
def test_no_answer_is_shown_before_its_touch(took: list[float]) -> None:
    came = [touch + t for touch, t in zip(TOUCHES, took, strict=True)]
    found = lag(TOUCHES, came)
    assert found is not None
    assert found.answers == 4
    assert all(at - found.seconds > touch for at, touch in zip(came, TOUCHES, strict=True))
    assert found.seconds > min(took) - 0.01


def test_a_picture_that_comes_all_the_time_is_no_answer() -> None:
    came = [9.0 + n * CALM_S / 2 for n in range(100)]
    assert lag(TOUCHES, came) is None


def test_what_comes_much_later_or_after_the_next_touch_is_no_answer() -> None:
    assert lag(TOUCHES, [touch + LONGEST_S + 0.1 for touch in TOUCHES]) is None
    assert lag([10.0, 10.1, 10.2, 10.3], [10.5]) is None


def test_two_answers_tell_nothing() -> None:
    assert lag(TOUCHES[:2], [10.1, 12.1]) is None
