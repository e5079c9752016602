"""The moment watcher's counting, the token, and the numbers of a cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droidcancel.apps.profile import UploadView
from droidcancel.evidence import Evidence, Mark, MethodApplied, Record, TrafficSeen, UploadSeen
from droidcancel.recipe.result import cut_of
from droidcancel.recipe.search import shift
from droidcancel.recipe.token import carries, new_token, with_token
from droidcancel.recipe.values import Moment
from droidcancel.recipe.watch import (
    EVENT_S,
    LONGEST_S,
    SHORTEST_S,
    Watch,
    is_due,
    pause_of,
    seconds_until,
)


def watch(*views: UploadView, tx: tuple[int, ...] = ()) -> Watch:
    made = Watch(posted_at=0.0, tx_start=1000, stuck_after=10.0)
    for second, view in enumerate(views, start=1):
        made.saw(view, float(second))
    for second, sent in enumerate(tx, start=1):
        made.counted(sent, float(second))
    return made


POSTING, NONE = UploadView("posting", 30), UploadView("none")


@pytest.mark.parametrize(
    ("moment", "seen", "now", "due"),
    [
        ("posting", watch(), 0.0, True),
        ("30%", watch(POSTING), 1.0, True),
        ("31%", watch(POSTING), 1.0, False),
        ("0%", watch(NONE), 1.0, False),
        ("2KB", watch(tx=(2999,)), 1.0, False),
        ("2KB", watch(tx=(3000,)), 1.0, True),
        ("after 2s", watch(), 1.9, False),
        ("after 2s", watch(), 2.0, True),
        ("stuck", watch(POSTING), 10.9, False),
        ("stuck", watch(POSTING), 11.0, True),
        ("stuck", watch(POSTING, tx=(1000, 9000)), 11.5, False),
        ("stuck", watch(NONE), 99.0, False),
        ("stuck", watch(POSTING, UploadView("failed", 30)), 99.0, False),
        ("failed", watch(POSTING, UploadView("failed", 30)), 2.0, True),
        ("failed", watch(POSTING), 2.0, False),
        ("published", watch(POSTING, NONE), 2.0, False),
        ("published", watch(POSTING, NONE, NONE), 3.0, True),
        ("published", watch(NONE, NONE), 3.0, False),
    ],
)
def test_when_a_moment_has_come(moment: str, seen: Watch, now: float, due: bool) -> None:
    assert is_due(seen, Moment.model_validate(moment), now) is due


def test_an_upload_that_comes_back_has_not_ended() -> None:
    assert not watch(POSTING, NONE, POSTING, NONE).ended
    assert watch(POSTING, NONE, NONE).ended
    assert not watch(POSTING, UploadView(None), UploadView(None)).ended
    assert watch(POSTING, UploadView("done")).ended


@pytest.mark.parametrize(
    ("sent", "looks", "now", "over"),
    [
        (950_000, 3, 3.0, True),
        (940_000, 3, 3.0, False),  # some of it is still to come
        (950_000, 1, 2.0, False),  # a screen may be slow to show it
        (940_000, 3, 29.9, False),
        (200_000, 3, 30.0, True),  # made smaller by the app; none for the time that is `stuck`
        (60_000, 3, 99.0, False),  # noise
    ],
)
def test_an_upload_that_no_look_showed(sent: int, looks: int, now: float, over: bool) -> None:
    seen = watch(*[NONE] * looks)
    seen.video_bytes = 1_000_000
    seen.counted(seen.tx_start + sent if seen.tx_start else 0, 20.0)
    assert seen.over_unseen(now, starts=20.0, noise=65_536) is over
    seen.saw(POSTING, now)
    assert not seen.over_unseen(now, starts=20.0, noise=65_536)


def test_a_failure_counts_once_nothing_moves_any_more() -> None:
    seen = watch(POSTING, UploadView("failed", 30))
    assert not seen.failed(11.9)
    assert seen.failed(12.0)
    assert not watch(POSTING).failed(99.0)


def test_the_pause_follows_the_pace() -> None:
    moment = Moment.model_validate("50%")
    seen = watch(UploadView("posting", 10))
    seconds_until(seen, moment, 1.0)
    seen.saw(UploadView("posting", 20), 2.0)
    assert seconds_until(seen, moment, 2.0) == pytest.approx(3.0)
    assert pause_of(seen, moment, 2.0) == (LONGEST_S, False)
    seen.saw(UploadView("posting", 48), 4.8)
    assert pause_of(seen, moment, 4.8) == (0.0, False), "so near, one look follows the other"
    assert seconds_until(watch(), Moment.model_validate("after 5s"), 2.0) == 3.0


@pytest.mark.parametrize(
    ("moment", "seen", "now", "pause"),
    [
        ("50%", watch(POSTING), 1.0, (EVENT_S, True)),
        ("failed", watch(POSTING), 1.0, (EVENT_S, True)),
        ("published", watch(POSTING), 1.0, (EVENT_S, True)),
        ("stuck", watch(POSTING), 10.9, (pytest.approx(0.1), True)),
        ("2KB", watch(POSTING, tx=(1500,)), 1.0, (SHORTEST_S, False)),
    ],
)
def test_what_cannot_be_foreseen_is_waited_for_by_an_event(
    moment: str, seen: Watch, now: float, pause: tuple[float, bool]
) -> None:
    assert pause_of(seen, Moment.model_validate(moment), now) == pause


def test_a_stalled_upload_has_no_pace() -> None:
    moment = Moment.model_validate("50%")
    seen = watch(UploadView("posting", 10))
    seconds_until(seen, moment, 1.0)
    seen.saw(UploadView("posting", 49), 2.0)
    assert pause_of(seen, moment, 2.5) == (0.0, False)
    assert pause_of(seen, moment, 3.5) == (EVENT_S, True)


@given(st.text(max_size=40))
def test_a_caption_carries_its_token_once(caption: str) -> None:
    token = new_token()
    once = with_token(caption, token)
    assert carries(once, token)
    assert with_token(once, token) == once
    assert carries(once.upper(), token)
    assert with_token(caption, None) == caption


def test_tokens_differ_and_are_hashtags() -> None:
    tokens = {new_token() for _ in range(500)}
    assert len(tokens) == 500
    assert all(t[:3] == "#dc" and len(t) == 9 and t[3:].isalnum() for t in tokens)


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ((), (), 0),
        (("a", "b"), ("a", "b"), 0),
        (("a", "b", "c"), ("x", "a", "b"), 1),
        (("a", "b", "c"), ("x", "y", "a"), 2),
        ((), ("x",), 1),
        (("a",), ("a", "a"), 1),
        (("a", "b"), ("b",), 1),
    ],
)
def test_new_among_the_newest(before: tuple[str, ...], after: tuple[str, ...], new: int) -> None:
    assert shift(before, after) == new


def test_the_numbers_of_a_cut() -> None:
    records: list[Record] = [
        Mark(1.0, "posted"),
        TrafficSeen(1.1, 500),
        UploadSeen(3.0, "posting", 41),
        TrafficSeen(3.05, 4500),
        Mark(3.1, "moment"),
        MethodApplied(3.2, 3.6, "airplane", True, "", 400.0),
        TrafficSeen(4.0, 5000),
        Mark(5.0, "restored"),
        TrafficSeen(6.0, 99_000),
    ]
    cut = cut_of(Evidence(tuple(records)))
    assert (cut.progress_percent, cut.bytes_sent, cut.bytes_after_cut) == (41, 4000, 500)
    assert (cut.detect_ms, cut.apply_ms) == (200.0, 400.0)
    assert cut_of(Evidence()).apply_ms is None
