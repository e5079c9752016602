"""From the run's time to the film's: long waits are played faster. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

#: what is shown at its own pace around each thing that happens, in seconds
BEFORE_S, AFTER_S = 0.7, 1.3


@dataclass(frozen=True)
class Stretch:
    """A part of the run, from `start` to `end`, that the film plays in `length` seconds."""

    start: float
    end: float
    length: float

    @property
    def speed(self) -> float:
        """How many times faster than it was; 1 where it is shown as it was."""
        return (self.end - self.start) / self.length if self.length > 0 else 1.0


class Timeline:
    """The stretches of a run, in order and without a gap. Times of the film begin at 0."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self.stretches = tuple(s for s in stretches if s.end > s.start)
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
        return sum(s.end - s.start - s.length for s in self.stretches)

    def shown_at(self, moment: float) -> float:
        """When the film shows a moment of the run; its ends stand for what lies outside."""
        if not self.stretches or moment <= self._starts[0]:
            return 0.0
        number = bisect_right(self._starts, moment) - 1
        stretch = self.stretches[number]
        part = min(1.0, (moment - stretch.start) / (stretch.end - stretch.start))
        return self._shown[number] + part * stretch.length

    def moment_at(self, shown: float) -> float:
        """Which moment of the run the film shows then."""
        stretch, part = self._at(shown)
        return stretch.start + part * (stretch.end - stretch.start)

    def speed_at(self, shown: float) -> float:
        """How fast the film plays then."""
        return self._at(shown)[0].speed

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
