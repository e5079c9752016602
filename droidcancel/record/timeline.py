"""From the run's time to the film's: long waits play faster, what is told is held. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

#: what is shown at its own pace around each thing that happens, in seconds
BEFORE_S, AFTER_S = 0.7, 1.3
#: less is not worth standing still for
SHORTEST_HOLD_S = 0.05


@dataclass(frozen=True)
class Stretch:
    """A part of the run, from `start` to `end`, that the film plays in `length` seconds.

    Where `start` is `end`, the picture stands still for so long. `marked`: whether a viewer is told
    that it is not played as it was.
    """

    start: float
    end: float
    length: float
    marked: bool = True

    @property
    def speed(self) -> float:
        """How many times faster than it was; 1 where it is shown as it was, 0 where it is held."""
        return (self.end - self.start) / self.length if self.length > 0 else 1.0


@dataclass(frozen=True)
class Telling:
    """What is told from `start` to `until` takes `seconds` to read; held, if need be, at `at`.

    `at` lies between the two, and is neither.
    """

    start: float
    until: float
    at: float
    seconds: float


class Timeline:
    """The stretches of a run, in order and without a gap. Times of the film begin at 0."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self.stretches = tuple(s for s in stretches if s.end > s.start or s.length > 0)
        self._starts = [s.start for s in self.stretches]
        self._shown = [0.0]
        for stretch in self.stretches:
            self._shown.append(self._shown[-1] + stretch.length)

    @property
    def length(self) -> float:
        """Seconds of film."""
        return self._shown[-1]

    @property
    def trimmed(self) -> float:
        """Seconds of the run that the film is shorter by."""
        return sum(s.end - s.start - s.length for s in self.stretches if s.end > s.start)

    @property
    def held(self) -> float:
        """Seconds of film in which the picture stands still to be read."""
        return sum(s.length for s in self.stretches if s.end == s.start)

    def shown_at(self, moment: float) -> float:
        """When the film shows a moment of the run; its ends stand for what lies outside."""
        if not self.stretches or moment <= self._starts[0]:
            return 0.0
        number = bisect_right(self._starts, moment) - 1
        stretch = self.stretches[number]
        lasts = stretch.end - stretch.start
        part = min(1.0, (moment - stretch.start) / lasts) if lasts > 0 else 1.0
        return self._shown[number] + part * stretch.length

    def first_shown(self, moment: float) -> float:
        """As `shown_at`; of a moment at which the picture stands still, when that begins."""
        number = bisect_left(self._starts, moment)
        if number < len(self.stretches) and self._starts[number] == moment:
            return self._shown[number]
        return self.shown_at(moment)

    def moment_at(self, shown: float) -> float:
        """Which moment of the run the film shows then."""
        stretch, part = self._at(shown)
        return stretch.start + part * (stretch.end - stretch.start)

    def speed_at(self, shown: float) -> float:
        """How fast the film plays then; 0 where it stands still, 1 where nothing is told of it."""
        stretch = self._at(shown)[0]
        return stretch.speed if stretch.marked else 1.0

    def _at(self, shown: float) -> tuple[Stretch, float]:
        number = min(max(0, bisect_right(self._shown, shown) - 1), len(self.stretches) - 1)
        stretch = self.stretches[number]
        part = (shown - self._shown[number]) / stretch.length if stretch.length > 0 else 0.0
        return stretch, min(1.0, max(0.0, part))


def whole(start: float, end: float) -> Timeline:
    """The run as long as it was."""
    return Timeline([Stretch(start, end, end - start)])


def trimmed(start: float, end: float, lively: Iterable[float], longest: float) -> Timeline:
    """No wait longer than `longest` seconds: what lies between things that happen plays faster.

    `lively`: when something happened. Around each, the film keeps the run's own pace.
    """
    stretches: list[Stretch] = []
    at = start
    for begins, ends in _kept(start, end, sorted(lively)):
        if begins > at:
            stretches.append(_wait(at, begins, longest))
        stretches.append(Stretch(max(at, begins), ends, ends - max(at, begins)))
        at = ends
    if at < end:
        stretches.append(_wait(at, end, longest))
    return Timeline(stretches)


def held(line: Timeline, tellings: Iterable[Telling]) -> Timeline:
    """The same, standing still where there is too little time to read what is told."""
    still = []
    for one in sorted(tellings, key=lambda one: one.at):
        lacks = one.seconds - (line.shown_at(one.until) - line.shown_at(one.start))
        if lacks > SHORTEST_HOLD_S:
            still.append((one.at, lacks))
    made: list[Stretch] = []
    for stretch in line.stretches:
        made += _cut(stretch, [(at, s) for at, s in still if stretch.start <= at < stretch.end])
    return Timeline(made)


def rung(line: Timeline, touches: Iterable[float], seconds: float) -> Timeline:
    """The same, standing still for a moment at each touch: its ring is on what it met."""
    moments = sorted(set(touches))
    made: list[Stretch] = []
    for stretch in line.stretches:
        here = [(at, seconds) for at in moments if stretch.start <= at < stretch.end]
        made += [
            replace(piece, marked=False) if piece.start == piece.end else piece
            for piece in _cut(stretch, here)
        ]
    return Timeline(made)


def _cut(stretch: Stretch, still: list[tuple[float, float]]) -> Iterable[Stretch]:
    """A stretch with the picture standing still at these moments of it."""
    pace = stretch.length / (stretch.end - stretch.start) if stretch.end > stretch.start else 1.0
    at = stretch.start
    for moment, seconds in still:
        yield Stretch(at, moment, (moment - at) * pace)
        yield Stretch(moment, moment, seconds)
        at = moment
    yield Stretch(at, stretch.end, (stretch.end - at) * pace if still else stretch.length)


def _wait(start: float, end: float, longest: float) -> Stretch:
    return Stretch(start, end, min(end - start, longest))


def _kept(start: float, end: float, lively: list[float]) -> list[tuple[float, float]]:
    """The spans around what happened, those that touch made one."""
    spans: list[tuple[float, float]] = []
    for moment in lively:
        begins, ends = max(start, moment - BEFORE_S), min(end, moment + AFTER_S)
        if begins >= ends:
            continue
        if spans and begins <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(ends, spans[-1][1]))
        else:
            spans.append((begins, ends))
    return spans
