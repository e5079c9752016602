"""What told that the moment had come, as a record of the evidence."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from droidcancel.evidence import MomentSeen, Source
from droidcancel.recipe.values import Moment, MomentKind

if TYPE_CHECKING:
    from droidcancel.recipe.phone_watch import PhoneWatch
    from droidcancel.recipe.run import Run
    from droidcancel.recipe.watch import Watch


def told_by_phone(run: Run, phone: PhoneWatch, watch: Watch, moment: Moment) -> MomentSeen:
    """The moment as the phone told it."""
    told, last = phone.watch, phone.watch.last
    seen = None if last is None or watch.tx_start is None else last.sent - watch.tx_start
    return MomentSeen(
        run.recorder.at(told.fired_at if told.fired_at is not None else time.monotonic()),
        source="phone-bytes",
        fired_by="phone" if phone.cuts else "host",
        unit="bytes",
        asked=moment.value,
        seen=seen,
        detect_ms=_ms(told.age),
        poll_ms=_ms(told.interval),
    )


def seen_by_host(run: Run, watch: Watch, moment: Moment, woke: Source | None = None) -> MomentSeen:
    """The moment as the host saw it. `woke`: the event that made it look, if one did."""
    now = time.monotonic()
    source = _source(watch, moment)
    seen_on = {"host-bytes": watch.readings, "screen": watch.looks, "screen-bytes": watch.looks}
    ticks = seen_on.get(source, ())
    if source == "screen" and woke is not None:
        source = woke
    unit, seen = _MEASURE.get(moment.kind, (None, None))
    return MomentSeen(
        run.recorder.at(now),
        source=source,
        fired_by="host",
        unit=unit,
        asked=moment.value if unit is not None else None,
        seen=seen(watch, now) if seen is not None else None,
        detect_ms=_ms(now - ticks[-1]) if ticks else None,
        poll_ms=_ms(ticks[-1] - ticks[0]) if len(ticks) > 1 else None,
    )


def _source(watch: Watch, moment: Moment) -> Source:
    if moment.kind == "bytes":
        return "host-bytes" if watch.tx is not None else "screen-bytes"
    return {"posting": "post", "after": "clock"}.get(moment.kind, "screen")  # type: ignore[return-value]  # names of Source


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)


_MEASURE: dict[
    MomentKind,
    tuple[Literal["percent", "bytes", "seconds"], Callable[[Watch, float], float | None]],
] = {
    "percent": ("percent", lambda watch, now: watch.percent),
    "bytes": ("bytes", lambda watch, now: watch.sent),
    "after": ("seconds", lambda watch, now: round(now - watch.posted_at, 3)),
}


#: what told of the moment, as people would call it
SOURCES: Mapping[Source, str] = {
    "phone-bytes": "by the phone's own watch of its byte counter",
    "host-bytes": "by the byte counter, read from here",
    "screen": "by the screen",
    "screen-events": "by the screen, looked at when it said that it changed",
    "screen-log": "by the screen, looked at when the phone's log told of the app",
    "screen-bytes": "by the percentage on the screen, as this phone counts no bytes by app",
    "clock": "by the clock",
    "post": "with the tap on Post",
}


def in_words(seen: MomentSeen) -> str:
    """What told of it, and who cut."""
    return SOURCES[seen.source] + (", which cut by itself" if seen.fired_by == "phone" else "")
