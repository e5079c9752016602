"""Numbers: percentiles, goals, the machine, and the file that each benchmark leaves."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def timed(function: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def machine() -> dict[str, Any]:
    """Where it was measured, and how busy it was."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "cpu": names[0] if names else model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": [round(x, 1) for x in os.getloadavg()],
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


@dataclass
class Goal:
    """What was asked, what came out. `met` None: nothing to compare, told only."""

    number: int
    goal: str
    measured: str
    ratio: str
    met: bool | None
    why: str = ""


@dataclass
class Table:
    """A table of the page."""

    title: str
    head: list[str]
    rows: list[list[str]]
    note: str = ""


@dataclass
class Result:
    """One benchmark's outcome."""

    name: str
    title: str
    command: str
    how: str
    goals: list[Goal] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    machine: dict[str, Any] = field(default_factory=machine)

    def save(self) -> Path:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.name}.json"
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")
        return path


def ms(seconds: float) -> str:
    """Seconds as milliseconds, with as many digits as tell something."""
    value = seconds * 1000
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


def kb(count: float) -> str:
    return f"{count / 1000:.0f}"


def times(ratio: float) -> str:
    return f"{ratio:.1f} x" if ratio < 100 else f"{ratio:.0f} x"
