"""What proves a verdict, point by point, as the page shows it first. Pure.

Nothing is judged here: each point is a fact of the evidence, and whether it speaks for a cancel
that held (`yes`), against it (`no`), or was not told (`open`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from droidcancel.report.chart import bytes_text

Record = Mapping[str, Any]
PLACES = {
    "profile": "on the profile",
    "drafts": "among the drafts",
    "feed": "in the feed",
    "others": "for another account",
}


@dataclass(frozen=True)
class Point:
    """`speaks`: yes, no, open, or info for what is neither."""

    speaks: str
    what: str
    detail: str


def points(run: Mapping[str, Any]) -> list[Point]:
    """In the order of the proof: the cut, the bytes, the quiet period, the places, the phone."""
    evidence: Sequence[Record] = run.get("evidence", [])
    found = [*_method(evidence), *_bytes(run), *_quiet(run), *_places(evidence)]
    return [*found, *_checks(evidence), _restored(run)]


def _method(evidence: Sequence[Record]) -> list[Point]:
    record = next((r for r in evidence if r["kind"] == "method"), None)
    if record is None:
        return []
    speaks = _speaks(record.get("effective"))
    what = {
        "yes": "took effect, read back",
        "no": "did not take effect",
        "open": "was done; it cannot be read back",
    }[speaks]
    return [Point(speaks, f"{record['name']} {what}", str(record.get("detail", "")))]


def _speaks(holds: Any) -> str:
    return "open" if holds is None else "yes" if holds else "no"


def _bytes(run: Mapping[str, Any]) -> list[Point]:
    cut = run.get("cut") or {}
    sent, after = cut.get("bytes_sent"), cut.get("bytes_after_cut")
    if after is None:
        return []
    what = f"{bytes_text(after)} left after the cut"
    return [Point("info", what, f"{bytes_text(sent)} before it" if sent is not None else "")]


def _quiet(run: Mapping[str, Any]) -> list[Point]:
    evidence: Sequence[Record] = run.get("evidence", [])
    marks = {r["name"]: float(r["at"]) for r in evidence if r["kind"] == "mark"}
    began, ended = marks.get("quiet_started"), marks.get("quiet_ended")
    if began is None:
        return []
    if ended is None or ended < began:
        return [Point("open", "the quiet period did not end", "the watch was broken off")]
    sent = [r["tx_bytes"] for r in evidence if r["kind"] == "traffic" and began <= r["at"] <= ended]
    shown = [
        r for r in evidence
        if r["kind"] == "upload" and began <= r["at"] <= ended
        and r.get("state") in ("posting", "waiting")
    ]  # fmt: skip
    # step by step: a counter that starts again must not hide what was sent
    count = sum(max(0, b - a) for a, b in pairwise(sent)) if len(sent) > 1 else None
    noise = (run.get("limits") or {}).get("noise_bytes")
    counted = "bytes not counted" if count is None else f"{bytes_text(count)} sent"
    detail = "the app showed an upload in it" if shown else "the app showed no upload in it"
    if noise is not None:
        detail += f"; up to {bytes_text(noise)} is what an idle app may send"
    what = f"quiet period of {ended - began:.1f} s: {counted}"
    return [Point(_quietly(count, noise, bool(shown)), what, detail)]


def _quietly(count: int | None, noise: int | None, shown: bool) -> str:
    if shown or (count is not None and noise is not None and count > noise):
        return "no"
    if count is None:
        return "open"
    return "info" if noise is None else "yes"


def _places(evidence: Sequence[Record]) -> list[Point]:
    """The last look at each place, where it was after the cut."""
    cut = next((r["at"] for r in evidence if r["kind"] == "method"), None)
    last = {
        str(r["place"]): r
        for r in evidence
        if r["kind"] == "search" and (cut is None or r["at"] >= cut)
    }
    return [_place(place, record) for place, record in last.items()]


def _place(place: str, record: Record) -> Point:
    where, found = PLACES.get(place, place), record.get("found") or ()
    if found:
        kept = place == "drafts"
        return Point("info" if kept else "no", f"found {where}", ", ".join(map(str, found)))
    if record.get("complete"):
        items = record.get("items")
        read = f"all read, {items} there" if items is not None else "all read"
        return Point("yes", f"not {where}", str(record.get("detail") or read))
    why = str(record.get("detail") or "not all could be read")
    return Point("info" if place == "feed" else "open", f"not seen {where}", why)


def _checks(evidence: Sequence[Record]) -> list[Point]:
    return [
        Point(_speaks(r.get("ok")), str(r["name"]), str(r.get("detail", "")))
        for r in evidence
        if r["kind"] == "check"
    ]


def _restored(run: Mapping[str, Any]) -> Point:
    undone = run.get("undone") or []
    if run.get("restored") is True:
        what = ", ".join(str(item["what"]) for item in undone if item.get("ok"))
        return Point("yes", "the phone is as it was", f"put back: {what}" if what else "")
    left = [f"{i['what']}: {i['detail']}" for i in undone if not i.get("ok")]
    return Point("no", "the phone is not as it was", "; ".join(left))
