"""Two builds of an app side by side: what became worse from the one to the other. Pure.

A row is one recipe with one method at one moment. What is compared: how often it ends as expected,
which verdicts it ends in, and how long the cut takes. Runs that came to no verdict say nothing of
the app and are only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from droidcancel.history.stats import fisher_more, holm, mann_whitney_more, percentile

Change = Literal["regressed", "suspect", "slower", "changed", "better", "same", "only-a", "only-b"]
#: what makes `history compare` exit with 1; `suspect` only when asked for
REGRESSIONS: frozenset[Change] = frozenset({"regressed", "slower"})
#: how sure a regression must be
CHANCE = 0.05
#: times: so many runs of each build, so much longer, in shares and in milliseconds
FEWEST = 8
SLOWER = 0.20
SLOWER_MS = 20.0

Samples = Mapping[tuple[Any, ...], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Side:
    """The runs of one build. `verdicts`: of those that came to one."""

    runs: int
    ok: int
    differs: int
    undecided: int
    errors: int
    verdicts: Mapping[str, int]
    apply_ms: Mapping[str, float | None]

    @property
    def decided(self) -> int:
        """How many came to a verdict."""
        return self.ok + self.differs

    def to_json(self) -> dict[str, Any]:
        """One JSON object."""
        return {**vars(self), "verdicts": dict(self.verdicts), "apply_ms": dict(self.apply_ms)}


@dataclass
class Row:
    """One condition under both builds, and what is to be said of it."""

    key: tuple[Any, ...]
    a: Side
    b: Side
    change: Change = "same"
    why: list[str] = field(default_factory=list)
    chance: float | None = None

    def to_json(self, names: Sequence[str]) -> dict[str, Any]:
        """One JSON object."""
        return {
            **dict(zip(names, self.key, strict=True)),
            "change": self.change,
            "why": self.why,
            "chance": self.chance,
            "a": self.a.to_json(),
            "b": self.b.to_json(),
        }


def compare(a: Samples, b: Samples) -> list[Row]:
    """All conditions, the worst first."""
    rows = [Row(key, _side(a.get(key, ())), _side(b.get(key, ()))) for key in {*a, *b}]
    _judge_outcomes(rows)
    slow = _slower(rows, a, b)
    for row in rows:
        _say(row, slow.get(row.key))
    order = {change: place for place, change in enumerate(get_args(Change))}
    return sorted(rows, key=lambda row: (order[row.change], tuple(map(str, row.key))))


def _side(samples: Sequence[Mapping[str, Any]]) -> Side:
    outcomes = Counter(sample["outcome"] for sample in samples)
    verdicts = Counter(s["verdict"] for s in samples if s["outcome"] in ("ok", "differs"))
    times = _times(samples)
    return Side(
        runs=len(samples),
        ok=outcomes["ok"],
        differs=outcomes["differs"],
        undecided=outcomes["undecided"],
        errors=outcomes["error"],
        verdicts=dict(verdicts.most_common()),
        apply_ms={"p50": percentile(times, 50), "p95": percentile(times, 95)},
    )


def _times(samples: Sequence[Mapping[str, Any]]) -> list[float]:
    return sorted(s["apply_ms"] for s in samples if s["apply_ms"] is not None)


def _judge_outcomes(rows: Sequence[Row]) -> None:
    """Whether more runs end otherwise than expected: by chance, of so many rows looked at?"""
    worse = [row for row in rows if _share(row.b) > _share(row.a) and row.a.decided]
    both = [row for row in rows if row.a.decided and row.b.decided]
    raw = [fisher_more(r.a.differs, r.a.decided, r.b.differs, r.b.decided) for r in both]
    chances = dict(zip(map(id, both), holm(raw), strict=True))
    for row in worse:
        row.chance = round(chances[id(row)], 6)
        always = row.a.differs == 0 and row.b.ok == 0
        sure = always or row.chance <= CHANCE
        row.change = "regressed" if sure else "suspect"
        told = f"{_part(row.a)} as expected before, {_part(row.b)} now"
        row.why.append(told if sure else f"{told}: too few runs to tell it from chance")
    for row in both:
        if _share(row.b) < _share(row.a):
            row.change = "better"
            row.why.append(f"{_part(row.a)} as expected before, {_part(row.b)} now")


def _share(side: Side) -> float:
    return side.differs / side.decided if side.decided else 0.0


def _part(side: Side) -> str:
    return f"{side.ok} of {side.decided}"


def _slower(rows: Sequence[Row], a: Samples, b: Samples) -> dict[tuple[Any, ...], str]:
    """The rows whose cut takes longer, and how much."""
    timed = [
        (row, before, after)
        for row in rows
        if len(before := _times(a.get(row.key, ()))) >= FEWEST
        and len(after := _times(b.get(row.key, ()))) >= FEWEST
    ]
    chances = holm([mann_whitney_more(before, after) for _, before, after in timed])
    found = {}
    for (row, before, after), chance in zip(timed, chances, strict=True):
        old, new = percentile(before, 50) or 0.0, percentile(after, 50) or 0.0
        if chance <= CHANCE and new - old >= max(SLOWER_MS, SLOWER * old):
            found[row.key] = f"the cut takes {new:.0f} ms, and took {old:.0f} ms (medians)"
    return found


def _say(row: Row, slower: str | None) -> None:
    """What is left to be said of a row whose outcomes are judged."""
    if not row.a.runs or not row.b.runs:
        row.change = "only-a" if row.a.runs else "only-b"
        row.why.append("not run with this build: " + ("B" if row.a.runs else "A"))
        return
    if slower is not None:
        row.why.append(slower)
        if row.change not in ("regressed", "suspect"):
            row.change = "slower"
    fresh = [verdict for verdict in row.b.verdicts if verdict not in row.a.verdicts]
    if fresh and row.a.decided:
        row.why.append(f"new: {', '.join(fresh)}")
        if row.change == "same":
            row.change = "changed"
    if not row.b.decided:
        row.why.append(f"{row.b.runs} runs with B came to no verdict")
