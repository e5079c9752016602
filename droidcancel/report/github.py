"""For GitHub Actions: a job summary in Markdown, and an annotation for what is wrong.

The forms are those of docs.github.com, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from droidcancel.errors import UsageError
from droidcancel.report.outcome import Outcome, name_of, outcome_of

VARIABLE = "GITHUB_STEP_SUMMARY"
SIGNS: Mapping[str, str] = {"passed": "✅", "failed": "❌", "error": "⚠️", "skipped": "⏭️"}
LEVELS: Mapping[str, str] = {"failed": "error", "error": "error", "skipped": "notice"}
#: what GitHub takes of one summary is 1 MiB
MOST_ROWS, MOST_TEXT = 1000, 300


def summary_path() -> Path:
    """Where GitHub wants the summary. UsageError outside of a GitHub job."""
    path = os.environ.get(VARIABLE)
    if not path:
        raise UsageError(
            f"--github-summary: {VARIABLE} is not set",
            "give it in a job of GitHub Actions, or name a file in that variable",
        )
    return Path(path)


def summarize(runs: Sequence[Mapping[str, Any]]) -> None:
    """Add the summary to the job's, and print the annotations on stderr."""
    with summary_path().open("a", encoding="utf-8") as file:
        file.write(summary(runs))
    for line in commands(runs):
        print(line, file=sys.stderr)


def summary(runs: Sequence[Mapping[str, Any]]) -> str:
    """The runs as a table in Markdown; those that are wrong come first."""
    judged = [(run, outcome_of(run)) for run in runs]
    counts = Counter[str](outcome.status for _, outcome in judged)
    told = ", ".join(f"{counts[status]} {status}" for status in SIGNS if counts[status])
    lines = [f"### droidcancel: {told or 'no runs'}", ""]
    if judged:
        lines += [
            "| | run | phone | verdict | cut at | why |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
    order = ("failed", "error", "skipped", "passed")
    judged.sort(key=lambda each: order.index(each[1].status))
    lines += [_row(run, outcome) for run, outcome in judged[:MOST_ROWS]]
    if len(judged) > MOST_ROWS:
        lines += ["", f"{len(judged) - MOST_ROWS} more"]
    return "\n".join(lines) + "\n\n"


def _row(run: Mapping[str, Any], outcome: Outcome) -> str:
    device, cut = run.get("device") or {}, run.get("cut") or {}
    percent = cut.get("progress_percent")
    cells = (
        SIGNS[outcome.status],
        str(run.get("test") or name_of(run)),
        f"{device.get('model', '')} (API {device['api_level']})" if device else "",
        str(run.get("verdict") or ""),
        "" if percent is None else f"{percent} %",
        outcome.message or str(run.get("reason") or ""),
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Text of a phone as one cell: no markup, no line of its own."""
    short = text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "…"
    plain = " ".join(short.split())
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&@])", r"\\\1", plain)


def commands(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """A workflow command for each run that is not as it should be."""
    lines = []
    for run in runs:
        outcome = outcome_of(run)
        level = LEVELS.get(outcome.status)
        if level is not None:
            title = f"{outcome.status}: {run.get('test') or name_of(run)}"
            lines.append(f"::{level} title={_property(title)}::{_data(outcome.message)}")
    return lines


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
