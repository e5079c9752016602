"""The timeline of a run, and the tables beside it, out of its JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from droidcancel.report.chart import bytes_text

#: the turns of a run, as a reader of the page would call them
MARKS: Mapping[str, str] = {
    "posted": "Post was tapped",
    "moment": "the moment to cancel had come",
    "missed": "the upload was over before its moment",
    "settled": "the cancel was read back",
    "restored": "the network was as before the run",
    "rebooted": "the phone had restarted",
    "restarted": "the app was started again",
    "quiet_started": "the quiet period began",
    "quiet_ended": "the quiet period ended",
}
CUT_LABELS: Mapping[str, str] = {
    "asked": "Asked for",
    "actual": "Where it really stood",
    "source": "Told by",
    "fired_by": "Cut by",
    "progress_percent": "Progress shown",
    "bytes_sent": "Sent before the cut",
    "bytes_after_cut": "Sent after the cut",
    "detect_ms": "Age of the last look",
    "poll_ms": "Between two looks",
    "apply_ms": "Took to apply",
}
#: what says the same again and again: only a change of it is a row
STEADY = frozenset({"network", "processes", "jobs", "upload"})


@dataclass(frozen=True)
class Row:
    """`at`: seconds into the run. `kind` "cut" is the cancel itself, "turn" another mark."""

    at: float
    kind: str
    text: str


def rows(evidence: Sequence[Mapping[str, Any]], origin: float) -> list[Row]:
    """What happened, in order; traffic is in the graph."""
    told: list[Row] = []
    last: dict[str, str] = {}
    for record in evidence:
        kind = str(record["kind"])
        if kind == "traffic":
            continue
        row = _row(kind, record, float(record["at"]) - origin)
        if kind in STEADY and last.get(kind) == row.text:
            continue
        last[kind] = row.text
        told.append(row)
    return told


def _row(kind: str, record: Mapping[str, Any], at: float) -> Row:
    if kind == "mark":
        name = str(record["name"])
        return Row(at, "turn", MARKS.get(name, name))
    if kind == "touch":
        how = "held" if record.get("how") == "long_press" else "tapped"
        where = f" on {record['screen']}" if record.get("screen") else ""
        return Row(at, kind, f"{how} {record.get('element')}{where} (step {record.get('step')})")
    if kind == "screen":
        shown = record.get("name") or record.get("screen") or "of the screen"
        return Row(at, "picture", str(shown))
    left_out = ("kind", "at", "ended_at")
    rest = {k: v for k, v in record.items() if k not in left_out and v != ""}
    text = ", ".join(
        f"{name.replace('_', ' ')} {value_text(value)}" for name, value in rest.items()
    )
    return Row(at, "cut" if kind == "method" else kind, text)


def cut_facts(cut: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The numbers of the cut, with their units; without what was not seen."""
    told = ((label, _number(key, cut)) for key, label in CUT_LABELS.items())
    return [(label, number) for label, number in told if number is not None]


def _number(key: str, cut: Mapping[str, Any]) -> str | None:
    """One of them; what was asked for, and what came of it, are in the moment's own unit."""
    value = cut.get(key)
    if value is None:
        return None
    if key in ("source", "fired_by"):
        return str(value)
    unit = str(cut.get("unit")) if key in ("asked", "actual") else key
    if "bytes" in unit:
        return bytes_text(value)
    if unit == "seconds":
        return f"{value:g} s"
    return f"{value:g} %" if "percent" in unit else f"{value:.0f} ms"


def value_text(value: Any) -> str:
    """A value for people."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not told" if value is None else str(value)


def state_rows(states: Mapping[str, Any] | None) -> list[tuple[str, str, str, bool]]:
    """The phone before and after: name, the two, and whether they differ."""
    before, after = ((states or {}).get(name) or {} for name in ("before", "after"))
    if not before and not after:
        return []
    names = list(dict.fromkeys([*before, *after]))
    return [
        (
            name,
            value_text(before.get(name)),
            value_text(after.get(name)),
            bool(before and after) and before.get(name) != after.get(name),
        )
        for name in names
    ]


def number_rows(counted: Any) -> list[tuple[str, str]]:
    """Counters of any depth, as name and value."""
    if not isinstance(counted, Mapping):
        return [] if counted is None else [("all", value_text(counted))]
    told: list[tuple[str, str]] = []
    for name, value in counted.items():
        words = str(name).replace("_", " ")
        if isinstance(value, Mapping):
            told += [(f"{words}: {inner}", text) for inner, text in number_rows(value)]
        else:
            told.append((words, value_text(value)))
    return told
