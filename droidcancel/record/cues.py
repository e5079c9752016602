"""Captions with their times: what is told when, and the files that players read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from droidcancel.record.story import Step, Turn
from droidcancel.record.timeline import Timeline
from droidcancel.record.words import Teller

CueKind = Literal["title", "step", "turn", "end"]
#: no caption is shown for less, unless the next one presses
SHORTEST_S = 0.3


@dataclass(frozen=True)
class Cue:
    """One caption: seconds of the film, and its words."""

    start: float
    end: float
    text: str
    kind: CueKind = "step"


@dataclass(frozen=True)
class _Told:
    at: float
    text: str
    kind: CueKind


def cues(
    steps: Iterable[Step],
    turns: Iterable[Turn],
    teller: Teller,
    timeline: Timeline,
    *,
    title: str = "",
    opening: float = 0.0,
    ending: float = 0.0,
) -> list[Cue]:
    """All captions of a film that begins with `opening` seconds of title card.

    Each lasts until the next. Words that repeat are one caption.
    """
    told = sorted([*_steps(steps, teller), *_turns(turns, teller)], key=lambda t: t.at)
    found: list[Cue] = [Cue(0.0, opening, title, "title")] if opening and title else []
    end = opening + timeline.length
    for number, this in enumerate(told):
        start = opening + timeline.shown_at(this.at)
        until = opening + timeline.shown_at(told[number + 1].at) if number + 1 < len(told) else end
        last = found[-1] if found else None
        if last is not None and last.kind == this.kind and last.text == this.text:
            found[-1] = Cue(last.start, max(last.end, until), last.text, last.kind)
        elif until - start >= SHORTEST_S or this.kind == "turn":
            found.append(Cue(start, max(until, start + 0.001), this.text, this.kind))
    if ending:
        found.append(Cue(end, end + ending, _verdict(turns, teller), "end"))
    return found


def _steps(steps: Iterable[Step], teller: Teller) -> list[_Told]:
    said = ((step.at, teller.step(step)) for step in steps)
    return [_Told(at, text, "step") for at, text in said if text]


def _turns(turns: Iterable[Turn], teller: Teller) -> list[_Told]:
    said = ((turn.at, teller.turn(turn.kind)) for turn in turns)
    return [_Told(at, text, "turn") for at, text in said if text]


def _verdict(turns: Iterable[Turn], teller: Teller) -> str:
    name = next((str(t.data.get("verdict", "")) for t in turns if t.kind == "verdict"), "unknown")
    return teller.verdict(name)


def vtt(found: Sequence[Cue], locale: str) -> str:
    """A WebVTT file (W3C WebVTT 1)."""
    lines = ["WEBVTT", f"Language: {locale}", ""]
    for number, cue in enumerate(found, 1):
        lines += [str(number), f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}"]
        lines += [_plain(cue.text), ""]
    return "\n".join(lines)


def srt(found: Sequence[Cue]) -> str:
    """A SubRip file."""
    lines = []
    for number, cue in enumerate(found, 1):
        lines += [str(number), f"{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}"]
        lines += [" ".join(cue.text.split()), ""]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text as WebVTT wants it: no markup, and no arrow that would begin a cue."""
    flat = " ".join(text.split())
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str) -> str:
    whole = max(0, round(seconds * 1000))
    minutes, milli = divmod(whole, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{milli // 1000:02d}{point}{milli % 1000:03d}"
