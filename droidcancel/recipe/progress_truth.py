"""Is what an app shows of an upload true? Pure questions to the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from droidcancel.evidence import Evidence, TrafficSeen, UploadSeen

#: share of the video that may leave while the progress stands still
STILL_SHARE = 0.3
#: looks at a progress that it takes to speak of it
FEWEST = 3


@dataclass(frozen=True)
class Stand:
    """A percentage that stood still, and the bytes that left meanwhile."""

    percent: int
    sent: int


def stands(evidence: Evidence) -> list[Stand]:
    """Each percentage that was seen twice in a row while posting, with the bytes in between."""
    return [
        Stand(percent, sent)
        for percent, since, until in _spans(evidence)
        if (sent := _sent(evidence, since, until)) is not None
    ]


def _spans(evidence: Evidence) -> Iterator[tuple[int, float, float]]:
    seen = [u for u in evidence.of(UploadSeen) if u.state == "posting" and u.percent is not None]
    for percent, run in groupby(seen, key=lambda u: u.percent):
        looks = list(run)
        if percent is not None and len(looks) > 1:
            yield percent, looks[0].at, looks[-1].at


def _sent(evidence: Evidence, since: float, until: float) -> int | None:
    samples = evidence.of(TrafficSeen, since=since, until=until)
    return samples[-1].tx_bytes - samples[0].tx_bytes if len(samples) > 1 else None


def progress_is_true(evidence: Evidence) -> tuple[bool | None, str]:
    """Whether the progress shown went with the bytes sent, and why; None where it cannot be told.

    A progress may run ahead of the bytes, as where the app converts the video first.
    """
    seen = [u for u in evidence.of(UploadSeen) if u.percent is not None]
    if len(seen) < FEWEST or len(evidence.of(TrafficSeen)) < FEWEST:
        return None, "the upload was over before it could be watched"
    worst = max(stands(evidence), key=lambda s: s.sent, default=Stand(0, 0))
    if worst.sent > max(evidence.limits.noise_bytes, STILL_SHARE * evidence.video_bytes):
        return False, f"it stood at {worst.percent}% while {worst.sent} bytes left"
    return True, "it went with the bytes"
