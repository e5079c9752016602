"""Whether what a run said of itself, with something going wrong in it, is true; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

CLEAN = frozenset({"cancelled", "draft", "deleted"})
CLOCK_S = 0.05


@dataclass
class Tried:
    """One run. `records_at_once`, `records`: the service's after the run, and after a while.

    `received_at_cut`: the bytes that the service had when the cancel stood. `changed`: what of the
    phone was not as before, in the end; `mended_later`: the next command put it back. `problem`:
    what the harness itself saw go wrong.
    """

    recipe: str
    fault: str | None
    point: str = ""
    struck: bool = False
    seconds: float = 0.0
    verdict: str | None = None
    reason: str = ""
    exit_code: int | None = None
    error: str | None = None
    effective: bool | None = None
    cut_at: float | None = None
    received_at_cut: int | None = None
    restored: bool | None = None
    mended_later: bool = False
    publishes: bool = False
    token: str | None = None
    crash: str = ""
    problem: str = ""
    changed: list[str] = field(default_factory=list)
    kept: dict[str, list[str]] = field(default_factory=dict)
    old_post_live: bool = True
    records_at_once: list[dict[str, Any]] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    passed: dict[str, list[str]] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        """Whether the video was live after the run, or went live later."""
        return any(
            r["state"] == "live" and not r["hidden"] for r in (*self.records_at_once, *self.records)
        )

    @property
    def was_live(self) -> bool:
        return any(_when(r, "live") is not None for r in self.records)

    @property
    def went_on(self) -> bool:
        """Whether the service got more of the video after the cancel stood."""
        if self.received_at_cut is None:
            return False
        return sum(int(r["received"]) for r in self.records) > self.received_at_cut

    @property
    def ended_before(self) -> bool:
        """Whether the service had the whole video before the cancel."""
        if self.cut_at is None:
            return True
        ends = [t for r in self.records if (t := _when(r, "complete")) is not None]
        return any(end <= self.cut_at + CLOCK_S for end in ends)

    @property
    def keeps(self) -> bool:
        """Whether the app still keeps this run's video."""
        mine = (c for captions in self.kept.values() for c in captions)
        return self.token is not None and any(self.token in caption for caption in mine)

    @property
    def outcome(self) -> str:
        """In a word: right, unknown, exit 3, exit 4, or wrong."""
        if wrongs(self):
            return "wrong"
        if self.exit_code in (3, 4):
            return f"exit {self.exit_code}"
        return "unknown" if self.verdict == "unknown" else "right"


def _when(record: Mapping[str, Any], event: str) -> float | None:
    return next((e["time"] for e in record["events"] if e["event"] == event), None)


def _ended(t: Tried) -> Iterator[str]:
    if t.crash:
        yield f"crash: {t.crash}"
    if t.problem:
        yield t.problem
    if t.error is not None and t.exit_code not in (3, 4):
        yield f"exit {t.exit_code}, expected 3: {t.error}"
    if t.error is not None and not t.error.partition(":")[2].strip():
        yield f"an error that says nothing: {t.error}"
    if t.fault is None and (t.error is not None or t.verdict == "unknown"):
        yield f"nothing went wrong, and it says {t.error or t.reason}"


def _clean_is_true(t: Tried) -> Iterator[str]:
    if t.verdict in CLEAN and t.live:
        yield f"FALSE: {t.verdict}, and the video is live"
    if t.verdict == "cancelled" and t.keeps:
        yield f"cancelled, and the app keeps the video: {t.kept}"
    if t.verdict == "draft" and not t.keeps:
        yield "draft, and the app keeps nothing"
    if t.verdict == "deleted" and not t.was_live:
        yield "deleted, and the video was never live"


def _live_is_true(t: Tried) -> Iterator[str]:
    if t.verdict == "published" and not t.was_live:
        yield "published, and the video was never live"
    if t.verdict == "resumed" and not (t.was_live or t.went_on):
        yield "resumed, and nothing went on"
    if t.verdict == "passed" and t.publishes and not t.live:
        yield "passed, and the video is not live"


def _invalid_is_true(t: Tried) -> Iterator[str]:
    if t.verdict != "invalid" or t.error is not None or t.effective is False:
        return
    if not t.ended_before:
        yield f"invalid, though the cancel was in time ({t.reason})"


def _restored(t: Tried) -> Iterator[str]:
    if t.changed:
        said = "said to be restored" if t.restored else "also after `droidcancel restore`"
        yield f"not as before, {said}: {'; '.join(t.changed)}"
    if not t.old_post_live:
        yield "an older post is gone"


CHECKS: tuple[Callable[[Tried], Iterator[str]], ...] = (
    _ended,
    _clean_is_true,
    _live_is_true,
    _invalid_is_true,
    _restored,
)


def wrongs(tried: Tried) -> list[str]:
    """Everything that does not hold."""
    return [wrong for check in CHECKS for wrong in check(tried)]
