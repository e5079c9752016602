"""The graph of bytes sent over time, worked out from a run's evidence. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 860.0
#: for a phone's screen, on which the wide one could not be read
NARROW = 400.0
HEIGHT = 300.0
LEFT, RIGHT, BOTTOM = 64.0, 16.0, 34.0
#: px above the graph, and for each row of labels there
TOP, ROW = 14.0, 15.0
#: px that a label may take
LABEL = 95.0

MARK_LABELS = {
    "posted": "Post",
    "moment": "moment",
    "restored": "network back",
    "restarted": "app restarted",
}


@dataclass(frozen=True)
class Line:
    """A vertical line at `x` px with its label, `row` keeping neighbours' labels apart.

    `left`: the label stands on the left of it, as there is no room on its right.
    """

    x: float
    label: str
    kind: str
    row: int = 0
    left: bool = False


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: its place in px, and what it says."""

    at: float
    label: str


@dataclass(frozen=True)
class Chart:
    """All coordinates in px of a `width` x `height` picture; `path` is an SVG path."""

    path: str
    area: str
    lines: Sequence[Line]
    quiet: tuple[float, float] | None
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    summary: str
    width: float
    top: float
    height: float = HEIGHT
    left: float = LEFT
    bottom: float = HEIGHT - BOTTOM

    @property
    def right(self) -> float:
        """Where the graph ends."""
        return self.width - RIGHT


def bytes_text(count: float) -> str:
    """A size for people, in decimal units: 1.5 MB."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if abs(count) >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} B"


def draw(
    evidence: Sequence[Mapping[str, Any]], origin: float, width: float = WIDTH
) -> Chart | None:
    """The graph of a run that began at `origin`; None where no traffic was read."""
    traffic: list[tuple[float, float]] = [
        (r["at"] - origin, r["tx_bytes"]) for r in evidence if r["kind"] == "traffic"
    ]
    if len(traffic) < 2:
        return None
    base = traffic[0][1]
    points = [(at, max(0.0, sent - base)) for at, sent in traffic]
    start = min(0.0, points[0][0])
    end: float = max(points[-1][0], *(r["at"] - origin for r in evidence), start + 0.1)
    peak = max(1.0, *(sent for _, sent in points))

    def x(at: float) -> float:
        return round(LEFT + (at - start) / (end - start) * (width - LEFT - RIGHT), 1)

    marks = {r["name"]: r["at"] - origin for r in evidence if r["kind"] == "mark"}
    lines = _lines(evidence, marks, origin, x, width)
    top = TOP + ROW * max((line.row + 1 for line in lines), default=0)

    def y(sent: float) -> float:
        return round(HEIGHT - BOTTOM - sent / peak * (HEIGHT - top - BOTTOM), 1)

    path = " ".join(
        f"{'M' if index == 0 else 'L'}{x(at)},{y(sent)}" for index, (at, sent) in enumerate(points)
    )
    floor = y(0)
    quiet = None
    if "quiet_started" in marks and "quiet_ended" in marks:
        quiet = (x(marks["quiet_started"]), x(marks["quiet_ended"]))
    return Chart(
        path=path,
        area=f"{path} L{x(points[-1][0])},{floor} L{x(points[0][0])},{floor} Z",
        lines=lines,
        quiet=quiet,
        x_ticks=[Tick(x(at), f"{at:g} s") for at in _steps(start, end, 8 if width > 600 else 4)],
        y_ticks=[Tick(y(sent), bytes_text(sent)) for sent in _steps(0, peak, 4)],
        summary=f"{bytes_text(points[-1][1])} sent by the app in {end - start:.1f} s",
        width=width,
        top=top,
    )


def _lines(
    evidence: Iterable[Mapping[str, Any]],
    marks: Mapping[str, float],
    origin: float,
    x: Callable[[float], float],
    width: float,
) -> list[Line]:
    found = [(marks[name], label, "mark") for name, label in MARK_LABELS.items() if name in marks]
    found += [(r["at"] - origin, "cut", "cut") for r in evidence if r["kind"] == "method"][:1]
    lines: list[Line] = []
    for at, label, kind in sorted(found):
        place = x(at)
        near = [line.row for line in lines if abs(line.x - place) < LABEL]
        row = next(row for row in range(len(near) + 1) if row not in near)
        lines.append(Line(place, label, kind, row, left=place > width - RIGHT - LABEL))
    return lines


def _steps(low: float, high: float, about: int) -> list[float]:
    """Round numbers from `low` to `high`, some `about` of them."""
    span = high - low
    if span <= 0:
        return [low]
    raw = span / about
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next((m * magnitude for m in (1, 2, 5) if m * magnitude >= raw), 10 * magnitude)
    first = math.ceil(low / step)
    return [round(n * step, 10) for n in range(first, math.floor(high / step) + 1)]
