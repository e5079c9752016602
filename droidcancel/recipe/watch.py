"""Watching an upload until the moment to cancel.

What is watched fits the moment and what the phone can do: the screen for what the app shows, and
for sizes the byte counter, by a loop on the phone itself where it has one (`phone_watch`). Where
the moment can be foreseen the pause between two looks shrinks as it comes near, to none at all;
where it cannot, an event of the phone ends the pause (`wakes`). What told of it goes into the
evidence.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from droidcancel.apps.profile import UploadView
from droidcancel.errors import AppError, DeviceError, UiError
from droidcancel.evidence import TrafficSeen, UploadSeen
from droidcancel.facts import NEARLY_ALL
from droidcancel.recipe.moment_record import seen_by_host, told_by_phone
from droidcancel.recipe.navigate import clear_the_way
from droidcancel.recipe.run import Run
from droidcancel.recipe.values import Moment, MomentKind
from droidcancel.recipe.wakes import Wakes

if TYPE_CHECKING:
    from droidcancel.recipe.phone_watch import PhoneWatch

SHORTEST_S = 0.02
LONGEST_S = 0.5
#: so near to a moment on the screen, one look follows the other: between two nobody knows better
NEAR_S = 0.25
#: an upload that showed nothing new for so long has no pace to go by
STALLED_S = 1.0
#: an event that came while the last look was taken is missed, and so waited for no longer than this
EVENT_S = 0.25
#: how often the screen is looked at while the bytes are watched
GLANCE_S = 1.0
#: how long an app without a process may take to come back, as a job of its own may bring it
AWAY_S = 3.0
#: how long nothing may show of an upload whose bytes have left, before it is taken for over
UNSEEN_S = 2.0
#: bytes that do not count as movement
STILL_BYTES = 4096

Outcome = Literal["moment", "ended", "failed"]


@dataclass
class Watch:
    """What was seen so far. Times are monotonic seconds."""

    posted_at: float
    tx_start: int | None
    stuck_after: float
    video_bytes: int = 0
    state: str | None = None
    percent: int | None = None
    tx: int | None = None
    began: bool = False
    gone: int = 0
    moved_at: float = 0.0
    away_since: float | None = None
    #: since when a screen that would show an upload shows none, and none was seen before
    blank_since: float | None = None
    #: whether it was over before the first look at it
    unseen: bool = False
    previous: tuple[float, float] | None = None
    #: when the last two looks began, and the last two readings came
    looks: tuple[float, ...] = ()
    readings: tuple[float, ...] = ()

    @property
    def sent(self) -> int:
        """Bytes since the tap on Post; by the percentage shown where the phone counts none."""
        if self.tx is None or self.tx_start is None:
            return (self.percent or 0) * self.video_bytes // 100
        return max(0, self.tx - self.tx_start)

    @property
    def ended(self) -> bool:
        """Whether the upload was there, and no longer shows: seen twice, since screens flicker."""
        return self.state == "done" or self.gone >= 2 or self.unseen

    def over_unseen(self, now: float, starts: float, noise: int) -> bool:
        """Whether the upload's bytes have left, though no look ever showed it: it was quick.

        All of the video; or, of an app that makes it smaller first, more than `noise` since Post,
        `starts` seconds ago and more, and none any more.
        """
        blank = self.blank_since
        if self.began or blank is None or now - blank < UNSEEN_S:
            return False
        late = now - self.posted_at > starts and now - self.moved_at >= self.stuck_after
        whole = self.video_bytes > 0 and self.sent >= NEARLY_ALL * self.video_bytes
        return whole or (late and self.sent > noise)

    def still(self, now: float) -> bool:
        """Whether nothing has moved for so long that it will not by itself."""
        return self.began and now - self.moved_at >= self.stuck_after

    def failed(self, now: float) -> bool:
        """Whether the app says that it failed, and does not try again by itself."""
        return self.state == "failed" and self.still(now)

    def saw(self, view: UploadView, now: float) -> None:
        """Take in a look at the screen."""
        moved = view.percent is not None and view.percent != self.percent
        if moved or view.state != self.state:
            self.moved_at = now
        if view.state in ("posting", "waiting", "failed"):
            self.began, self.gone = True, 0
        elif view.state == "none" and self.began:
            self.gone += 1
        if view.state == "none" and not self.began:
            self.blank_since = now if self.blank_since is None else self.blank_since
        else:
            self.blank_since = None
        self.state = view.state or self.state
        self.percent = view.percent if view.percent is not None else self.percent

    def counted(self, tx: int | None, now: float) -> None:
        """Take in a reading of the byte counter."""
        if tx is None:
            return
        if self.tx is None or tx - self.tx > STILL_BYTES:
            self.moved_at = now
        self.tx = tx
        self.readings = (*self.readings[-1:], now)


def is_due(watch: Watch, moment: Moment, now: float) -> bool:
    """Whether the moment has come, by what was seen so far."""
    return _DUE[moment.kind](watch, moment, now)


def _percent_due(watch: Watch, moment: Moment, now: float) -> bool:
    return watch.began and (watch.percent or 0) >= moment.value


def _stuck_due(watch: Watch, moment: Moment, now: float) -> bool:
    return watch.state in ("posting", "waiting") and watch.still(now)


_DUE: dict[MomentKind, Callable[[Watch, Moment, float], bool]] = {
    "posting": lambda watch, moment, now: True,
    "percent": _percent_due,
    "bytes": lambda watch, moment, now: watch.sent >= moment.value,
    "after": lambda watch, moment, now: now - watch.posted_at >= moment.value,
    "stuck": _stuck_due,
    "failed": lambda watch, moment, now: watch.state == "failed",
    "published": lambda watch, moment, now: watch.ended,
}
_COUNTS_BYTES: frozenset[MomentKind] = frozenset({"bytes", "stuck"})


def wait_for_moment(run: Run, moment: Moment) -> Outcome:
    """Watch until the moment, or until the upload ended or failed without it.

    AppError when the upload never starts, UiError when the moment does not come in time.
    """
    posted = run.posted_at if run.posted_at is not None else time.monotonic()
    patience = moment.value if moment.kind == "stuck" and moment.value else None
    watch = Watch(
        posted,
        run.posted_tx,
        run.settings.stuck_after if patience is None else patience,
        run.recorder.video_bytes,
    )
    watch.moved_at = time.monotonic()
    if run.phone_watch is not None and moment.kind == "bytes":
        outcome = _watched_by_phone(run, run.phone_watch, watch, moment)
        if outcome is not None:
            return outcome
    if moment.kind in _COUNTS_BYTES and watch.tx_start is None:
        watch.tx_start = run.sample_traffic()
    with Wakes(run) as wakes:
        return _watched_by_host(run, watch, moment, wakes)


def _watched_by_host(run: Run, watch: Watch, moment: Moment, wakes: Wakes) -> Outcome:
    looked_at = 0.0
    while not is_due(watch, moment, time.monotonic()):
        started = time.monotonic()
        if not _only_counts(moment, watch) or started - looked_at >= GLANCE_S:
            looked_at, before = started, (watch.state, watch.percent)
            _glance(run, watch)
            wakes.looked(before != (watch.state, watch.percent))
        if moment.kind in _COUNTS_BYTES:
            watch.counted(run.sample_traffic(), time.monotonic())
        if watch.ended and not is_due(watch, moment, time.monotonic()):
            return _note_end(run)
        if watch.failed(time.monotonic()) and moment.kind != "failed":
            return "failed"
        _check_time(run, watch, moment)
        if not is_due(watch, moment, time.monotonic()):
            _pause(wakes, watch, moment)
    run.recorder.add(seen_by_host(run, watch, moment, wakes.source))
    if watch.ended:
        _note_end(run)
    return "moment"


def _watched_by_phone(run: Run, phone: PhoneWatch, watch: Watch, moment: Moment) -> Outcome | None:
    """Until the phone says that the moment has come; the screen is glanced at beside it.

    None where the phone tells no more (the link dropped): then the host watches.
    """
    looked_at = float("-inf")
    while not phone.watch.wait(looked_at + GLANCE_S - time.monotonic()):
        if phone.watch.over.is_set():
            run.trouble("watch", "the watch on the phone broke off; the host goes on with it")
            run.start_sampling()
            return None
        looked_at = time.monotonic()
        _glance(run, watch)
        last = phone.watch.last
        watch.counted(last.sent if last is not None else None, time.monotonic())
        ended, failed = watch.ended, watch.failed(time.monotonic())
        if ended or failed:
            phone.watch.close()
            if not phone.has_cut:
                return _note_end(run) if ended else "failed"
        _check_time(run, watch, moment)
    run.recorder.add(told_by_phone(run, phone, watch, moment))
    return "moment"


def _only_counts(moment: Moment, watch: Watch) -> bool:
    return moment.kind == "bytes" and watch.tx is not None


def _glance(run: Run, watch: Watch) -> None:
    began = time.monotonic()
    look = run.look()
    watch.saw(look.upload, time.monotonic())
    watch.looks = (*watch.looks[-1:], began)
    if not watch.began:
        _count_beside(run, watch)
    if look.is_elsewhere:
        _check_there(run, watch)
    else:
        watch.away_since = None
    if clear_the_way(run, look) or watch.began:
        return
    question = next((m for n in run.profile.upload.confirm if (m := look.find(n))), None)
    if question is not None:
        run.tap_match(question)


def _count_beside(run: Run, watch: Watch) -> None:
    """The bytes that are counted in the background tell of an upload that no look showed."""
    last, now = run.recorder.last(TrafficSeen), time.monotonic()
    if last is not None and last.tx_bytes > (watch.tx or 0):
        watch.counted(last.tx_bytes, now)
    starts, noise = run.settings.upload_starts, run.recorder.limits.noise_bytes
    if not watch.unseen and watch.over_unseen(now, starts, noise):
        watch.unseen = True
        told = f"{watch.sent} bytes left since Post, and no look showed the upload: it was quick"
        run.trouble("watch", told)


def _check_there(run: Run, watch: Watch) -> None:
    """Nothing of the app is on the screen: no moment comes of a phone or an app that went down.

    DeviceError for a phone that restarted, AppError for an app whose processes stay away.
    """
    if run.device.read_boot_id() != run.device.boot_id:
        raise DeviceError(
            "the phone restarted while the moment was waited for",
            "an upload may come back after it: see with `droidcancel run verify_outcome`",
        )
    now = time.monotonic()
    if run.sample_processes().pids:
        watch.away_since = None
    elif watch.away_since is None:
        watch.away_since = now
    elif now - watch.away_since >= AWAY_S:
        raise AppError(
            f"{run.profile.title} ended while the moment was waited for",
            "look at `adb logcat` for a crash; its upload may come back when it is opened",
        )


def _note_end(run: Run) -> Outcome:
    run.recorder.add(UploadSeen(run.recorder.now(), "done"))
    run.note_toast()
    return "ended"


def _check_time(run: Run, watch: Watch, moment: Moment) -> None:
    waited = time.monotonic() - watch.posted_at
    never = not watch.began and watch.sent <= run.recorder.limits.noise_bytes
    if never and waited > run.settings.upload_starts and moment.kind != "after":
        if watch.tx is None and moment.kind == "published":
            watch.unseen = True  # whether it is live is looked at next
            return
        seen = f"nothing of it shows in the {waited:.0f} s after Post"
        if watch.tx is None:
            seen += ", or it was over before it was looked at: this phone counts no bytes by app"
        raise AppError(
            f"the upload never started: {seen}",
            "look at the phone: a question may lie over the app, or it waits for a network",
        )
    if run.left() <= 0:
        shown = f"it shows {watch.state or 'nothing'}"
        shown += f" {watch.percent}%" if watch.percent is not None else ""
        raise UiError(f"the moment '{moment}' did not come in time; {shown}")


def seconds_until(watch: Watch, moment: Moment, now: float) -> float | None:
    """Seconds until the moment, as far as its pace tells; None where it does not."""
    if moment.kind == "after":
        return moment.value - (now - watch.posted_at)
    done = {"percent": float(watch.percent or 0), "bytes": float(watch.sent)}.get(moment.kind)
    if done is None:
        return None
    if watch.previous is None:
        watch.previous = (now, done)
        return None
    before, had = watch.previous
    pace = (done - had) / (now - before) if now > before else 0.0
    return (moment.value - done) / pace if pace > 0 else None


def pause_of(watch: Watch, moment: Moment, now: float) -> tuple[float, bool]:
    """Seconds to pause, and whether an event is to end it.

    A share of what is left, so that the last looks come close together. An event of the screen
    helps where nobody can foresee the moment; a counter has none.
    """
    until = seconds_until(watch, moment, now)
    by_screen = moment.kind == "percent" or (moment.kind == "bytes" and watch.tx is None)
    if by_screen and watch.began and now - watch.moved_at >= STALLED_S:
        return EVENT_S, True
    if by_screen and until is not None and until <= NEAR_S:
        return 0.0, False
    if until is not None:
        wait = until if 0 < until <= SHORTEST_S * 2 else until / 4
        return min(LONGEST_S, max(SHORTEST_S, wait)), False
    if moment.kind == "bytes":
        return SHORTEST_S, False
    left = watch.moved_at + watch.stuck_after - now if moment.kind == "stuck" else EVENT_S
    return min(EVENT_S, max(SHORTEST_S, left)), True


def _pause(wakes: Wakes, watch: Watch, moment: Moment) -> None:
    if watch.gone:  # seen once that it shows no more: the second look is the proof
        wakes.rest(SHORTEST_S)
        return
    seconds, until_event = pause_of(watch, moment, time.monotonic())
    wakes.pause(seconds, until_event=until_event)
