"""Runs as JUnit XML: a verdict that differs is a failure, what hindered a run is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from droidcancel.report.outcome import name_of, outcome_of
from droidcancel.secret import redacted_json

# What XML 1.0 does not allow, even escaped.
FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: outcome -> the element that JUnit XML has for it
TAGS: Mapping[str, str] = {"failed": "failure", "error": "error", "skipped": "skipped"}


def write(runs: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write the JSON of runs as one test suite."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tree = ElementTree.ElementTree(suite(runs))
    ElementTree.indent(tree)
    tree.write(path, encoding="utf-8", xml_declaration=True)


def suite(runs: Sequence[Mapping[str, Any]]) -> ElementTree.Element:
    """A `testsuite` element; `invalid` and `unknown` say nothing of the app: they are skipped."""
    cases = [_case(redacted_json(run)) for run in runs]
    counts = {
        name + "s": sum(case.find(name) is not None for case in cases)
        for name in ("failure", "error")
    }
    skipped = sum(case.find("skipped") is not None for case in cases)
    seconds = sum(float(run["duration_s"]) for run in runs)
    attributes = {"name": "droidcancel", "tests": str(len(cases)), "time": f"{seconds:.3f}"}
    attributes |= {name: str(count) for name, count in counts.items()}
    element = ElementTree.Element("testsuite", attributes | {"skipped": str(skipped)})
    element.extend(cases)
    return element


def _case(run: Mapping[str, Any]) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        classname=_clean(f"{run['app']}.{run['device']['serial']}"),
        name=_clean(name_of(run)),
        time=f"{run['duration_s']:.3f}",
    )
    outcome = outcome_of(run)
    tag = TAGS.get(outcome.status)
    if tag is not None:
        told = ElementTree.SubElement(case, tag, message=_clean(outcome.message))
        if tag != "skipped":
            told.set("type", _clean(_type(run)))
            told.text = _clean(_detail(run))
    output = ElementTree.SubElement(case, "system-out")
    output.text = _clean(f"verdict: {run['verdict']}\nreason: {run['reason']}\n")
    return case


def _type(run: Mapping[str, Any]) -> str:
    """The class of what went wrong, or the verdict."""
    return str((run.get("error") or {}).get("type") or run["verdict"])


def _detail(run: Mapping[str, Any]) -> str:
    """How to mend it, what is missing, and where the page is."""
    error = run.get("error") or {}
    lines = [error.get("hint"), *(run.get("missing") or ()), run.get("report")]
    return "\n".join(str(line) for line in lines if line)


def _clean(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)
