"""Whose fault a run's end is: what every machine-readable output says the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["passed", "failed", "error", "skipped"]
#: verdicts that say nothing of the app
UNDECIDED = ("invalid", "unknown")


@dataclass(frozen=True)
class Outcome:
    """`failed`: the app is at fault; `error`: the run was hindered; `skipped`: nothing proven."""

    status: Status
    message: str = ""


def outcome_of(run: Mapping[str, Any]) -> Outcome:
    """The outcome of a run's JSON; one that a test framework gave counts before all."""
    if run.get("outcome"):
        return Outcome(run["outcome"], str(run.get("message") or run["reason"]))
    if run.get("not_possible"):
        return Outcome("skipped", f"not possible here: {run['not_possible']}")
    if run.get("interrupted"):
        return Outcome("error", "interrupted")
    if run.get("error"):
        return Outcome("error", str(run["error"]["message"]))
    if run["restored"] is not True:
        return Outcome("error", "the phone could not be fully restored")
    if run["ok"]:
        return Outcome("passed")
    expected = " or ".join(run["expected"])
    told = f"{run['verdict']}, expected {expected}: {run['reason']}"
    return Outcome("skipped" if run["verdict"] in UNDECIDED else "failed", told)


def name_of(run: Mapping[str, Any]) -> str:
    """What a run is called in a list of results."""
    parts = [str(run[key]) for key in ("method", "moment") if run.get(key)]
    name = str(run["recipe"])
    return f"{name} [{' '.join(parts)}]" if parts else name
