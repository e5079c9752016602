"""How runs went over time, in spans of a day or more. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from statistics import median
from typing import Any

DAY_S = 86_400.0
MOST_SPANS = 30
WIDTH, LEFT, BASE = 560.0, 10.0, 140.0
GAP = 0.25
SENSES = ("good", "open", "bad")


@dataclass(frozen=True)
class Bar:
    """A part of a span's bar, in px of a picture that is WIDTH wide."""

    sense: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Span:
    """`counts`: runs by sense. `p50`, `p95`: of what the cancel took to apply, in ms."""

    label: str
    counts: Mapping[str, int]
    p50: float | None
    p95: float | None
    bars: tuple[Bar, ...]
    center: float

    @property
    def total(self) -> int:
        """All runs in it."""
        return sum(self.counts.values())

    @property
    def percent(self) -> int:
        """How many of a hundred ended as expected."""
        return round(100 * self.counts["good"] / self.total) if self.total else 0


def spans(rows: Sequence[Mapping[str, Any]]) -> list[Span]:
    """The spans that have runs, the oldest first; of rows with `at`, `sense` and `cut_ms`.

    Empty where all runs fall into one span, as that is no trend.
    """
    dated = sorted((row for row in rows if row.get("at")), key=lambda row: float(row["at"]))
    if not dated:
        return []
    days = int((float(dated[-1]["at"]) - float(dated[0]["at"])) / DAY_S) + 1
    length = DAY_S * max(1, -(-days // MOST_SPANS))
    groups: dict[int, list[Mapping[str, Any]]] = {}
    for row in dated:
        groups.setdefault(int(float(row["at"]) // length), []).append(row)
    if len(groups) < 2:
        return []
    most = max(map(len, groups.values()))
    step = (WIDTH - LEFT) / len(groups)
    return [
        _span(number, group, length, LEFT + place * step, step, most)
        for place, (number, group) in enumerate(sorted(groups.items()))
    ]


def _span(
    number: int, group: Sequence[Mapping[str, Any]], length: float, x: float, step: float, most: int
) -> Span:
    counts = {sense: sum(row.get("sense") == sense for row in group) for sense in SENSES}
    bars: list[Bar] = []
    y, width = BASE, min(60.0, step * (1 - GAP))
    for sense, count in counts.items():
        height = count / most * (BASE - 18)
        y -= height
        if count:
            left = round(x + (step - width) / 2, 1)
            bars.append(Bar(sense, left, round(y, 1), round(width, 1), round(height, 1)))
    took = sorted(float(row["cut_ms"]) for row in group if row.get("cut_ms") is not None)
    return Span(
        _label(number * length, length),
        counts,
        median(took) if took else None,
        took[min(len(took) - 1, int(len(took) * 0.95))] if took else None,
        tuple(bars),
        round(x + step / 2, 1),
    )


def _label(start: float, length: float) -> str:
    first = datetime.fromtimestamp(start, timezone.utc)
    if length <= DAY_S:
        return f"{first:%Y-%m-%d}"
    last = first + timedelta(seconds=length - 1)
    return f"{first:%Y-%m-%d} to {last:%m-%d}"


def in_words(history: Sequence[Mapping[str, Any]]) -> str:
    """Earlier runs in a sentence, empty without any."""
    if not history:
        return ""
    good = sum(row.get("sense") == "good" for row in history)
    runs = "1 earlier run" if len(history) == 1 else f"{len(history)} earlier runs"
    took = [float(row["cut_ms"]) for row in history if row.get("cut_ms") is not None]
    cut = f"; the cut took {median(took):.0f} ms in the middle" if took else ""
    return f"{runs} of the same recipe, app and phone in the history: {good} as expected{cut}."
