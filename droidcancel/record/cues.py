"""Captions with their times: what is told when, and the files that players read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from droidcancel.record.story import Step, Turn
from droidcancel.record.timeline import Telling, Timeline
from droidcancel.record.words import Teller

CueKind = Literal["title", "step", "turn", "end"]
#: a caption that would be shown for less is not: only in a film that is not held
SHORTEST_S = 0.3
#: a caption that is shown for less cannot be read
SHORTEST_READ_S = 1.4
LETTERS_A_SECOND = 16
#: the picture stands still so long before a touch
BEFORE_STOP_S = 0.02


@dataclass(frozen=True)
class Cue:
    """One caption: seconds of the film, and its words."""

    start: float
    end: float
    text: str
    kind: CueKind = "step"


@dataclass(frozen=True)
class Told:
    """What is told from a moment of the run on, until the next."""

    at: float
    text: str
    kind: CueKind


def told(steps: Iterable[Step], turns: Iterable[Turn], teller: Teller) -> list[Told]:
    """All that is told of a run, in order. Words that repeat are told once."""
    found: list[Told] = []
    for this in sorted([*_steps(steps, teller), *_turns(turns, teller)], key=lambda t: t.at):
        if not found or (found[-1].kind, found[-1].text) != (this.kind, this.text):
            found.append(this)
    return found


def reading_s(text: str) -> float:
    """Seconds in which most people have read a caption: some 16 letters a second."""
    return max(SHORTEST_READ_S, 0.4 + len(text) / LETTERS_A_SECOND)


def tellings(
    of: Sequence[Told], touches: Iterable[float], end: float, needs: Callable[[Told], float]
) -> list[Telling]:
    """How long each is to be read, and where the film may stand still for it.

    That is before the first touch of it, so that a viewer knows what comes; else at its end.
    `needs`: seconds for each.
    """
    moments = sorted(touches)
    found = []
    for number, this in enumerate(of):
        until = of[number + 1].at if number + 1 < len(of) else end
        if until <= this.at:
            continue
        stop = next((moment for moment in moments if this.at < moment < until), until)
        at = max(stop - BEFORE_STOP_S, (this.at + stop) / 2)
        found.append(Telling(this.at, until, at, needs(this)))
    return found


def cues(
    of: Sequence[Told],
    timeline: Timeline,
    *,
    title: str = "",
    opening: float = 0.0,
    verdict: str = "",
    ending: float = 0.0,
) -> list[Cue]:
    """All captions of a film that begins with `opening` seconds of title card.

    Each lasts until the next.
    """
    found: list[Cue] = [Cue(0.0, opening, title, "title")] if opening and title else []
    end = opening + timeline.length
    for number, this in enumerate(of):
        start = opening + timeline.shown_at(this.at)
        until = opening + timeline.shown_at(of[number + 1].at) if number + 1 < len(of) else end
        if until - start >= SHORTEST_S:
            found.append(Cue(start, until, this.text, this.kind))
    if ending:
        found.append(Cue(end, end + ending, verdict, "end"))
    return found


def _steps(steps: Iterable[Step], teller: Teller) -> list[Told]:
    said = ((step.at, teller.step(step)) for step in steps)
    return [Told(at, text, "step") for at, text in said if text]


def _turns(turns: Iterable[Turn], teller: Teller) -> list[Told]:
    said = ((turn.at, teller.turn(turn.kind)) for turn in turns)
    return [Told(at, text, "turn") for at, text in said if text]


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
