"""What a run came to, and its JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from droidcancel.device import RoundTrips
from droidcancel.errors import DroidCancelError
from droidcancel.evidence import Checked, Drift, Evidence, MomentSeen, TrafficSeen, UploadSeen
from droidcancel.facts import Facts
from droidcancel.journal import Restored
from droidcancel.verdict import Verdict

INTERRUPTED = 130
NOT_RESTORED = 4


@dataclass(frozen=True)
class Cut:
    """The moment of the cancel in numbers; None where it was not seen.

    `bytes_sent`: from Post until the cancel; `bytes_after_cut`: from the cancel until the network
    came back. `detect_ms`: the age of the observation that the cancel acted on; `poll_ms`: from the
    observation before it. `asked`: the moment's percent, bytes or seconds (`unit`); `actual`: where
    the upload really stood when nothing of it moved any more. `source`: what told of the moment,
    and `fired_by` who gave the command: the phone by itself, or the host.
    """

    asked: float | None = None
    actual: float | None = None
    unit: str | None = None
    source: str | None = None
    fired_by: str | None = None
    poll_ms: float | None = None
    progress_percent: int | None = None
    bytes_sent: int | None = None
    bytes_after_cut: int | None = None
    detect_ms: float | None = None
    apply_ms: float | None = None


@dataclass(frozen=True)
class RunResult:
    """One run. `error` ended it early; `restored` says whether the phone is as it was.

    `phone_state`, `before` the run and `after` it, and `environment` are read where there is a
    report to show them in (:mod:`droidcancel.recipe.surroundings`).
    `app`: its profile; `package`, `app_version`: the build of it that was used.
    """

    run_id: str
    recipe: str
    app: str
    device: dict[str, Any]
    method: str | None
    moment: str | None
    token: str | None
    verdict: Verdict
    expected: tuple[str, ...]
    cut: Cut
    evidence: Evidence
    undone: tuple[Restored, ...]
    restored: bool
    started_at: float
    duration_s: float
    round_trips: RoundTrips = field(default_factory=RoundTrips)
    report: str | None = None
    error: DroidCancelError | None = None
    interrupted: bool = False
    left: tuple[str, ...] = field(default=())
    dry_run: bool = False
    would: tuple[str, ...] = ()
    phone_state: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    environment: dict[str, Any] | None = None
    package: str = ""
    app_version: str = ""

    @property
    def ok(self) -> bool:
        """Whether it ended as the recipe expects."""
        as_expected = self.dry_run or (
            self.verdict.name in self.expected and not self.failed_checks
        )
        return self.error is None and not self.interrupted and as_expected

    @property
    def failed_checks(self) -> list[Checked]:
        """What the recipe set out to prove, and found otherwise."""
        return [check for check in self.evidence.of(Checked) if check.ok is False]

    @property
    def exit_code(self) -> int:
        """Of the process that ran only this: the gravest comes first."""
        if not self.restored:
            return NOT_RESTORED
        if self.interrupted:
            return INTERRUPTED
        if self.error is not None:
            return self.error.exit_code
        return 0 if self.ok else 1

    def to_json(self) -> dict[str, Any]:
        """One JSON object."""
        return {
            "run_id": self.run_id,
            "recipe": self.recipe,
            "app": self.app,
            "package": self.package,
            "app_version": self.app_version,
            "device": self.device,
            "method": self.method,
            "moment": self.moment,
            "token": self.token,
            "verdict": self.verdict.name,
            "expected": list(self.expected),
            "ok": self.ok,
            "reason": self.verdict.reason,
            "missing": list(self.verdict.missing),
            "cut": vars(self.cut),
            "limits": vars(self.evidence.limits),
            "drift": [_drift(record) for record in self.evidence.of(Drift)],
            "evidence": self.evidence.to_json(),
            "restored": self.restored,
            "undone": [vars(r) for r in self.undone],
            "left": list(self.left),
            "dry_run": self.dry_run,
            "would": list(self.would),
            "phone_state": self.phone_state,
            "environment": self.environment,
            "started_at": round(self.started_at, 3),
            "duration_s": round(self.duration_s, 3),
            "round_trips": {**vars(self.round_trips), "total": self.round_trips.total},
            "report": self.report,
            "error": None if self.error is None else _error(self.error),
            "interrupted": self.interrupted,
        }


def _drift(record: Drift) -> dict[str, Any]:
    told = {name: getattr(record, name) for name in ("element", "screen", "likeness", "shown")}
    return {**told, "signs": record.signs, "text": record.in_words()}


def _error(error: DroidCancelError) -> dict[str, Any]:
    return {
        "type": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }


def cut_of(evidence: Evidence) -> Cut:
    """The numbers of the cut, out of the evidence."""
    facts, method = Facts(evidence), evidence.method
    if method is None:
        return Cut()
    before = facts.before
    seen = next(iter(evidence.of(MomentSeen)), None)
    told = {} if seen is None else {n: getattr(seen, n) for n in _TOLD}
    return Cut(
        **told,
        actual=None if seen is None else _actual(facts, seen, method.at),
        progress_percent=before.percent if before else None,
        bytes_sent=_sent(evidence, evidence.mark("posted"), method.at),
        bytes_after_cut=_sent_after(evidence, method.at),
        detect_ms=_detect_ms(evidence, method.at),
        apply_ms=method.apply_ms,
    )


#: what the cut takes over from the moment's record
_TOLD = ("asked", "unit", "source", "fired_by", "poll_ms")


def _actual(facts: Facts, seen: MomentSeen, cut: float) -> float | None:
    """Where the upload stood in the end, in the moment's unit."""
    evidence, posted = facts.evidence, facts.evidence.mark("posted")
    if seen.unit == "bytes":
        until = facts.first("restored", "rebooted") or float("inf")
        return _sent(evidence, posted, until)
    if seen.unit == "percent":
        shown = [u.percent for u in evidence.of(UploadSeen, until=facts.settled)]
        return next((p for p in reversed(shown) if p is not None), None)
    if seen.unit == "seconds" and posted is not None:
        return round(cut - posted, 3)
    return None


def _detect_ms(evidence: Evidence, cut: float) -> float | None:
    """From the observation that showed the moment until the cancel; None where none was needed."""
    seen = next(iter(evidence.of(MomentSeen)), None)
    if seen is not None:
        waited = max(0.0, cut - seen.at) * 1000
        return None if seen.detect_ms is None else round(seen.detect_ms + waited, 1)
    looks = evidence.of(UploadSeen, until=cut)
    if evidence.mark("moment") is None or not looks:
        return None
    return round((cut - looks[-1].at) * 1000, 1)


def _sent(evidence: Evidence, since: float | None, until: float) -> int | None:
    samples = evidence.of(TrafficSeen, since=since, until=until)
    return samples[-1].tx_bytes - samples[0].tx_bytes if since is not None and samples else None


def _sent_after(evidence: Evidence, cut: float) -> int | None:
    before = evidence.of(TrafficSeen, until=cut)
    until = Facts(evidence).first("restored", "rebooted") or float("inf")
    after = evidence.of(TrafficSeen, since=cut, until=until)
    return after[-1].tx_bytes - before[-1].tx_bytes if before and after else None
