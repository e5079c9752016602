"""What a process holds, and whether any of it grows with the number of runs; pure but for /proc."""

from __future__ import annotations

import ctypes
import gc
import math
import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Counts = dict[str, float]
#: of the samples, so many are warm-up: caches fill, and Python's heap finds its size
WARM_UP = 0.2
#: fewer samples than this after the warm-up prove nothing
FEWEST = 5
#: a slope must be so many of its own standard errors above 0 to be one
SURE = 3.0
#: what may be gained over the whole soak before it counts: a share of the level, or so much
SHARES = (("bytes", 0.05), ("memory", 0.05), ("objects", 0.02))
LEAST = 0.5
#: what goes up and down like a saw: bounded, so judged by its highest value
BOUNDS = {"state folder: largest journal, bytes": 300_000.0}


def give_back() -> None:
    """Have the C library give back what is free: it keeps an arena for each busy thread.

    What is left then is held by somebody. Nothing where the C library has no `malloc_trim`.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def of_process(pid: int) -> Counts:
    """Memory in KiB, threads, open files and sockets, as Linux's /proc tells."""
    if pid == os.getpid():
        give_back()
    root = Path("/proc") / str(pid)
    status = dict(
        line.split(":", 1) for line in (root / "status").read_text().splitlines() if ":" in line
    )
    links = []
    for name in (root / "fd").iterdir():
        try:
            links.append(str(name.readlink()))
        except OSError:
            continue  # it was closed meanwhile, as the listing's own is
    counts: Counts = {
        "memory KiB": float(status["VmRSS"].split()[0]),
        "threads": float(status["Threads"]),
        "open files": float(len(links)),
        "sockets": float(sum(link.startswith("socket:") for link in links)),
    }
    if pid == os.getpid():
        counts["objects"] = float(len(gc.get_objects()))
    return counts


@dataclass(frozen=True)
class Trend:
    """How a count went: at the first sample after the warm-up, at the last, and by least squares.

    `slope` and `error` are of one run. `gained` is what the slope makes of all runs since the
    warm-up.
    """

    name: str
    first: float
    last: float
    highest: float
    slope: float
    error: float
    gained: float
    grows: bool

    def __str__(self) -> str:
        sign = "GROWS" if self.grows else "flat"
        return (
            f"{self.name:34s} {sign:5s} {self.first:12.1f} -> {self.last:12.1f}"
            f"  (highest {self.highest:.1f}; {self.slope:+.5f} a run, +/- {self.error:.5f})"
        )


def trends(runs: Sequence[int], samples: Sequence[Mapping[str, float]]) -> list[Trend]:
    """The trend of each count; `runs` are the numbers of runs that had been done at each sample.

    Raises ValueError where there are too few samples to tell.
    """
    skip = math.ceil(len(runs) * WARM_UP)
    later = samples[skip:]
    if len(later) < FEWEST:
        raise ValueError(f"{len(samples)} samples are too few to tell growth from noise")
    return [_trend(name, runs[skip:], [s[name] for s in later]) for name in samples[0]]


def _trend(name: str, runs: Sequence[int], values: Sequence[float]) -> Trend:
    slope, error = _slope(runs, values)
    gained = slope * (runs[-1] - runs[0])
    if name in BOUNDS:
        grows = max(values) > BOUNDS[name]
    else:
        grows = _gains(runs, values, _allowed(name, values))
    half = len(runs) // 2
    if grows and _share(name) and len(runs) - half >= FEWEST:
        grows = _gains(runs[half:], values[half:], _allowed(name, values) / 2)
    return Trend(name, values[0], values[-1], max(values), slope, error, gained, grows)


def _slope(runs: Sequence[int], values: Sequence[float]) -> tuple[float, float]:
    """By least squares, of one run; and its standard error."""
    slope, start = statistics.linear_regression(runs, values)
    rest = [v - (start + slope * r) for r, v in zip(runs, values, strict=True)]
    spread = sum((r - statistics.fmean(runs)) ** 2 for r in runs)
    return slope, math.sqrt(sum(e * e for e in rest) / (len(runs) - 2) / spread)


def _gains(runs: Sequence[int], values: Sequence[float], allowed: float) -> bool:
    slope, error = _slope(runs, values)
    return slope * (runs[-1] - runs[0]) > allowed and slope > SURE * error


def _share(name: str) -> float:
    """Of the level, what may be gained: memory grows to the mark of its busiest moments.

    Then it stays (glibc keeps an arena a thread), so it grows only if it also does in the second
    half.
    """
    return next((share for word, share in SHARES if word in name), 0.0)


def _allowed(name: str, values: Sequence[float]) -> float:
    return max(LEAST, _share(name) * statistics.fmean(values))
