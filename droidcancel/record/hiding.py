"""Where a film must show nobody, at each of its moments. Pure.

What is private is known from looks at the screen, and between two looks the screen changes: a list
is scrolled, a page slides in, a dialog opens. So what was private at either look is hidden from the
one to the other, and all that lies between two places of the same words; along a swipe, all its
way. A film's picture comes later than what it shows, so a place stays hidden for a while after the
look that no longer has it.

That is so at a moment. A picture that has come is known better, where a source sends one upon each
change: while it is the newest, and stays so for a while, a look at the screen is a look at it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from droidcancel.device import Bounds
from droidcancel.record.blank import Place

#: how much later than the screen its picture may come: the phone encodes it, and the link is slow
LATE_S = 1.0
#: how long a page may take to slide in after a touch
SLIDE_S = 1.0
#: what is wider than this part of the screen is a text, and slides less far than a name may
WIDE, FAR = 0.5, 0.15
#: a picture that is shown for less is one of something that moves: 15 and more of them a second
MOVING_S = 0.07
#: the same, where such a picture may be left out: an encoder that lags sends fewer
LEFT_OUT_S = 0.2
#: a picture that is the newest for so long after a look, and came after the touch that led to it,
#: shows what the look saw; where the screen changed by itself, LATE_S
REST_S = 0.5


@dataclass(frozen=True)
class Seen:
    """A look at the screen. `at`: when it was begun. `whole`: what it saw covers the screen."""

    at: float
    places: tuple[Place, ...]
    whole: bool = True


@dataclass(frozen=True)
class Done:
    """A touch or key. `along`: the axis of a swipe."""

    at: float
    along: str = ""


@dataclass(frozen=True)
class Hidden:
    """From `at` on, these places of the screen show people. `moving`: where it moves, these too."""

    at: float
    boxes: tuple[Bounds, ...]
    moving: tuple[Bounds, ...] = ()


@dataclass(frozen=True)
class _Span:
    start: float
    end: float
    boxes: frozenset[Bounds]
    only_moving: bool = False


class Hiding:
    """What is hidden when. Empty for a run in which nothing private was seen."""

    def __init__(
        self,
        changes: Sequence[Hidden] = (),
        looks: Sequence[Seen] = (),
        done: Sequence[Done] = (),
        *,
        by_picture: bool = False,
    ) -> None:
        """All ascending. `by_picture`: a picture has come upon each change."""
        self._changes = tuple(changes)
        self._at = [change.at for change in changes]
        self._looks, self._done = tuple(looks), [act.at for act in done]
        self._looked = [look.at for look in looks]
        self.by_picture = by_picture

    def number(self, moment: float) -> int:
        """Which of the changes holds then; -1 before the first."""
        return bisect_right(self._at, moment) - 1

    def at(self, moment: float, moves: bool = False) -> tuple[Bounds, ...]:
        """The places then; `moves`: of a picture that is soon followed by another."""
        number = self.number(moment)
        if number < 0:
            return ()
        change = self._changes[number]
        return (*change.boxes, *change.moving) if moves else change.boxes

    def of(self, came: float, until: float, known: float) -> tuple[Bounds, ...] | None:
        """The places on a picture that came then, and was the newest until.

        None for one that must be left out. `known`: until when a change would have been filmed.
        """
        seen = self._seen_on(came, known)
        if seen is not None:
            return seen
        number = self.number(came)
        if number < 0:
            return ()
        change = self._changes[number]
        if change.moving and until - came < LEFT_OUT_S:
            return None
        return change.boxes

    def _seen_on(self, came: float, until: float) -> tuple[Bounds, ...] | None:
        """What the looks at this very picture saw; None where there was none."""
        places: set[Bounds] | None = None
        for number in range(bisect_right(self._looked, came), len(self._looks)):
            look = self._looks[number]
            if look.at + REST_S > until:
                break
            act = bisect_right(self._done, look.at) - 1
            touched = self._done[act] if act >= 0 else float("-inf")
            if touched >= came:
                break
            other = self._other_before(number)
            by_itself = touched < other - SLIDE_S  # else the touch was still being answered
            if other >= came or (by_itself and look.at + LATE_S > until):
                continue
            places = (places or set()) | {place.bounds for place in look.places}
        return None if places is None else tuple(sorted(places))

    def _other_before(self, number: int) -> float:
        """When the last look before began that saw others; when none did, long ago."""
        own = set(self._looks[number].places)
        before = reversed(self._looks[:number])
        return next((look.at for look in before if set(look.places) != own), float("-inf"))


def hiding(
    looks: Iterable[Seen],
    done: Iterable[Done],
    screen: tuple[int, int],
    start: float,
    *,
    by_picture: bool = False,
) -> Hiding:
    """What to hide in a film that begins at `start`. `screen`: its size in px."""
    seen = _with_what_lies_below(looks)
    if not any(look.places for look in seen):
        return Hiding()
    looked = list(seen)
    seen.insert(0, Seen(min(start, seen[0].at), seen[0].places))
    acts = sorted(done, key=lambda act: act.at)
    spans = [span for one, two in pairwise(seen) for span in _between(one, two, acts, screen)]
    spans.append(_Span(seen[-1].at, float("inf"), frozenset(p.bounds for p in seen[-1].places)))
    return Hiding(_changes(spans), looked, acts, by_picture=by_picture)


def _with_what_lies_below(looks: Iterable[Seen]) -> list[Seen]:
    """A look that saw a dialog alone: what was there before still shows around it."""
    found: list[Seen] = []
    for look in sorted(looks, key=lambda look: look.at):
        places = look.places
        if found and not look.whole:
            places = tuple(sorted({*places, *found[-1].places}))
        found.append(Seen(look.at, places, look.whole))
    return found


def _between(
    one: Seen, two: Seen, done: Sequence[Done], screen: tuple[int, int]
) -> Iterable[_Span]:
    """What to hide from one look to the next, and until its picture has come."""
    boxes = {place.bounds for place in (*one.places, *two.places)}
    boxes |= _ways(one, two)
    here = [act for act in done if one.at <= act.at <= two.at]
    for axis in {act.along for act in here if act.along}:
        boxes |= {_stretched(box, axis, screen) for box in tuple(boxes)}
    end = two.at + LATE_S
    yield _Span(one.at, end, frozenset(boxes))
    changed = {place.bounds for place in {*one.places} ^ {*two.places}}
    if not changed:
        return
    slid = frozenset(_slid(box, axis, screen) for box in changed for axis in "xy")
    for act in here:
        yield _Span(act.at, act.at + SLIDE_S, slid, only_moving=True)
    if not here:  # it changed by itself, nobody knows when
        yield _Span(one.at, end, slid, only_moving=True)


def _ways(one: Seen, two: Seen) -> set[Bounds]:
    """From where words stood to where they stand now, all between."""
    before, after = _by_words(one), _by_words(two)
    ways: set[Bounds] = set()
    for said in before.keys() & after.keys():
        here, there = before[said], after[said]
        if len(here) == len(there):
            ways |= {_hull(a, b) for a, b in zip(here, there, strict=True) if a != b}
        elif here != there:  # nobody can tell which is which
            ways.add(reduce(_hull, [*here, *there]))
    return ways


def _by_words(look: Seen) -> dict[str, list[Bounds]]:
    """Where each words stand, from above to below."""
    found: dict[str, list[Bounds]] = {}
    for place in look.places:
        if place.said:
            found.setdefault(place.said, []).append(place.bounds)
    return {said: sorted(b, key=lambda b: (b.top, b.left)) for said, b in found.items()}


def _hull(one: Bounds, two: Bounds) -> Bounds:
    return Bounds(
        min(one.left, two.left), min(one.top, two.top),
        max(one.right, two.right), max(one.bottom, two.bottom),
    )  # fmt: skip


def _stretched(box: Bounds, axis: str, screen: tuple[int, int]) -> Bounds:
    if axis == "y":
        return Bounds(box.left, 0, box.right, screen[1])
    return Bounds(0, box.top, screen[0], box.bottom)


def _slid(box: Bounds, axis: str, screen: tuple[int, int]) -> Bounds:
    """Where something may be while its page slides in."""
    if axis == "y" and box.width > WIDE * screen[0]:
        far = round(FAR * screen[1])
        return Bounds(box.left, max(0, box.top - far), box.right, box.bottom + far)
    return _stretched(box, axis, screen)


def _changes(spans: Sequence[_Span]) -> list[Hidden]:
    """One entry for each time at which something begins or ends to be hidden."""
    found: list[Hidden] = []
    opening = sorted(spans, key=lambda span: span.start)
    live: list[_Span] = []
    number = 0
    for at in sorted({t for span in spans for t in (span.start, span.end) if t != float("inf")}):
        while number < len(opening) and opening[number].start <= at:
            live.append(opening[number])
            number += 1
        live = [span for span in live if span.end > at]
        boxes = {box for span in live if not span.only_moving for box in span.boxes}
        moving = {box for span in live if span.only_moving for box in span.boxes} - boxes
        new = Hidden(at, tuple(sorted(boxes)), tuple(sorted(moving)))
        if not found or (found[-1].boxes, found[-1].moving) != (new.boxes, new.moving):
            found.append(new)
    return found
