"""Runs as JUnit XML: a verdict that differs is a failure, what hindered a run is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from droidcancel.secret import redacted_json

# What XML 1.0 does not allow, even escaped.
FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
        name=_clean(f"{run['recipe']} [{run['method']} {run['moment']}]"),
        time=f"{run['duration_s']:.3f}",
    )
    outcome = _outcome(run)
    if outcome is not None:
        tag, message = outcome
        ElementTree.SubElement(case, tag, message=_clean(message))
    output = ElementTree.SubElement(case, "system-out")
    output.text = _clean(f"verdict: {run['verdict']}\nreason: {run['reason']}\n")
    return case


def _outcome(run: Mapping[str, Any]) -> tuple[str, str] | None:
    if run.get("interrupted"):
        return "error", "interrupted"
    if run.get("error"):
        return "error", str(run["error"]["message"])
    if run["restored"] is not True:
        return "error", "the phone could not be fully restored"
    if run["ok"]:
        return None
    tag = "skipped" if run["verdict"] in ("invalid", "unknown") else "failure"
    expected = " or ".join(run["expected"])
    return tag, f"{run['verdict']}, expected {expected}: {run['reason']}"


def _clean(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)
