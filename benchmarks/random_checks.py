"""What must hold of every run: its verdict against what the upload service and the phone know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.random_cases import BAD, Case
from droidcancel.verdict import ON_ITS_WAY

CLEAN = frozenset({"cancelled", "draft", "deleted"})
LIVE = frozenset({"published", "resumed"})
#: bytes that may be on their way when the cancel stands
NOISE_BYTES = 16_384
#: the clocks of cloud and run agree to so many seconds
CLOCK_S = 0.05


@dataclass
class Outcome:
    """One run. `records_at_once`, `records`: the service's, after the run and at the very end.

    `received_at_cut`: bytes that the service had when the cancel stood, or when the upload failed
    by itself before its moment. `changed`: what of the phone was not as before. `kept`: captions
    that the app still kept after the run. `mended_later`: the run could not put the phone back, and
    the next start did.
    """

    case: Case
    seconds: float = 0.0
    verdict: str | None = None
    reason: str = ""
    token: str | None = None
    effective: bool | None = None
    cut_at: float | None = None
    settled_at: float | None = None
    received_at_cut: int | None = None
    restored: bool | None = None
    mended_later: bool = False
    error: str | None = None
    crash: str | None = None
    changed: list[str] = field(default_factory=list)
    kept: dict[str, list[str]] = field(default_factory=dict)
    old_posts_live: int = 0
    records_at_once: list[dict[str, Any]] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)

    # -- what is true
    @property
    def live(self) -> bool:
        """Whether this run's video was live after the run, or went live later."""
        return any(_shown(r) for r in (*self.records_at_once, *self.records))

    @property
    def was_live(self) -> bool:
        return any(_when(r, "live") is not None for r in self.records)

    @property
    def all_sent_at(self) -> float | None:
        """When the service had the whole video."""
        return min(
            (t for r in self.records if (t := _when(r, "complete")) is not None), default=None
        )

    @property
    def ended_before(self) -> bool:
        """Whether the upload had ended when the cancel began, or it never began."""
        done = self.all_sent_at
        if self.cut_at is None or self.effective is False:
            return done is not None or self.was_live
        return bool(done is not None and done <= self.cut_at + CLOCK_S)

    @property
    def failed_before(self) -> bool:
        """Whether the upload had failed by itself: no cancel came, and nothing more was sent."""
        never = self.cut_at is None and self.received_at_cut is not None
        return never and not self.went_on and not self.live

    @property
    def went_on(self) -> bool:
        """Whether the service got more of the video after the cancel stood."""
        if self.received_at_cut is None:
            return False
        received = sum(int(r["received"]) for r in self.records)
        more = received - self.received_at_cut
        return more > NOISE_BYTES or (more > 0 and self.connected_again)

    @property
    def connected_again(self) -> bool:
        """Whether the service lost the app more than once since the cancel: it had come back."""
        since = float("inf") if self.cut_at is None else self.cut_at - CLOCK_S
        cuts = [e for r in self.records for e in r["events"] if e["event"] == "cut"]
        return len([e for e in cuts if e["time"] >= since]) > 1

    def to_json(self) -> dict[str, Any]:
        """One JSON object; the evidence only where something is wrong."""
        wrong = violations(self)
        told = asdict(self)
        if not wrong and self.verdict != "unknown":
            told["evidence"] = []
        return {**told, "live": self.live, "violations": wrong, "case_text": str(self.case)}


def _shown(record: Mapping[str, Any]) -> bool:
    """Whether anybody is shown the video; one that is hidden from its owner is, when public."""
    hidden = record["hidden"] and record["visibility"] != "public"
    return record["state"] == "live" and not hidden


def _when(record: Mapping[str, Any], event: str) -> float | None:
    return next((e["time"] for e in record["events"] if e["event"] == event), None)


Check = Callable[[Outcome], Iterator[str]]


def _ran(o: Outcome) -> Iterator[str]:
    if o.crash is not None:
        yield f"crash: {o.crash}"
    elif o.error is not None and o.case.fault is None and not _must_end(o):
        yield f"error: {o.error}"


def _must_end(o: Outcome) -> bool:
    """Whether the app's defect ends the run, and the error tells it."""
    return _never_comes(o.case) or (_logs_out(o.case) and "not logged in" in (o.error or ""))


def _logs_out(case: Case) -> bool:
    return case.method == "clear-cache" and case.build == "cache-logs-out"


def _never_comes(case: Case) -> bool:
    """Whether the app never shows the moment that the run waits for."""
    waits = case.moment == "published" or case.method == "delete-post"
    return waits and case.build == "false-failure"


def _clean_is_true(o: Outcome) -> Iterator[str]:
    """The worst error: `cancelled` of a video that is live, or goes live."""
    if o.verdict in CLEAN and o.live:
        yield f"FALSE: {o.verdict}, and the video is live"


def _live_is_true(o: Outcome) -> Iterator[str]:
    if o.verdict == "published" and not o.was_live:
        yield "published, and the video was never live"
    # what an app of a kind to do so shows on its way again may be discarded before a byte is sent
    shown = o.case.build in BAD and ON_ITS_WAY in o.reason
    if o.verdict == "resumed" and not (o.was_live or o.went_on or shown):
        yield "resumed, and nothing went on"


def _says_what_became_of_it(o: Outcome) -> Iterator[str]:
    if o.verdict in ("passed", "failed"):
        yield f"{o.verdict}, which says nothing of the upload"


def _invalid_is_true(o: Outcome) -> Iterator[str]:
    if o.verdict != "invalid" or o.error is not None or o.ended_before or o.failed_before:
        return
    if o.effective is False and (o.went_on or o.live):
        return
    yield f"invalid, though the cancel was in time ({o.reason})"


def _kept_is_told(o: Outcome) -> Iterator[str]:
    held = [name for name, captions in o.kept.items() if any(_ours(o, c) for c in captions)]
    if o.verdict == "cancelled" and held:
        yield f"cancelled, and the app keeps the video ({', '.join(held)})"
    if o.verdict == "draft" and not held:
        yield "draft, and the app keeps nothing"


def _ours(o: Outcome, caption: str) -> bool:
    return o.token is not None and o.token in caption


def _restored(o: Outcome) -> Iterator[str]:
    changed = [c for c in o.changed if not _stray(o, c)]
    if changed:
        said = "said to be restored" if o.restored else "and said so"
        yield f"not as before, {said}: {'; '.join(changed)}"
    out_of_reach = o.mended_later and o.case.fault is not None and o.case.fault.name == "adb"
    if o.restored is False and not o.changed and not out_of_reach:
        yield "said to be not restored, and it is"


def _stray(o: Outcome, changed: str) -> bool:
    """Whether a tap on Cancel may have landed on what stood there once the upload had ended.

    There, Clips has the button that copies a video's link; no tool can aim at what is gone.
    """
    return changed.startswith("clipboard: ") and o.was_live


def _others_untouched(o: Outcome) -> Iterator[str]:
    if o.crash is None and o.old_posts_live != o.case.old_posts:
        yield f"{o.case.old_posts - o.old_posts_live} old posts are gone"


CHECKS: tuple[Check, ...] = (
    _ran,
    _clean_is_true,
    _live_is_true,
    _says_what_became_of_it,
    _invalid_is_true,
    _kept_is_told,
    _restored,
    _others_untouched,
)


def violations(outcome: Outcome) -> list[str]:
    """Everything that does not hold."""
    return [wrong for check in CHECKS for wrong in check(outcome)]
