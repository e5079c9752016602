"""Evidence to verdict: one pure function.

The order of proof is the order of :data:`RULES`. What was found decides first (a live video, bytes
that went on); then everything that a clean verdict needs must be there, and what is not there is
named in an `unknown`; only then are `draft`, `deleted` and `cancelled` possible. So a missing look
can never read as a clean one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal, get_args

from droidcancel.evidence import (
    OWN_PLACES,
    Checked,
    Evidence,
    JobsSeen,
    MethodApplied,
    NetworkSeen,
    Place,
    ProcessSeen,
    Search,
    TrafficSeen,
    UploadSeen,
)

#: `passed`, `failed`: what recipes come to that cancel nothing, by their checks
VerdictName = Literal[
    "cancelled",
    "draft",
    "deleted",
    "resumed",
    "published",
    "passed",
    "failed",
    "invalid",
    "unknown",
]
VERDICTS: tuple[VerdictName, ...] = get_args(VerdictName)

#: methods that take away what is live: for these an upload that ended before is no fault
DELETING = frozenset({"delete-post"})

#: methods that take one item away -> where it must have been found before
TAKES_FROM: Mapping[str, Place] = {"delete-post": "profile", "delete-draft": "drafts"}

#: methods that cancel no upload, so that no sight of one is asked for
WITHOUT_UPLOAD = frozenset({*TAKES_FROM, "save-draft", "look"})

#: where a video that is found is live -> in words
SHOWN: Mapping[Place, str] = {
    "profile": "on the profile",
    "feed": "in the feed",
    "others": "for others",
}

#: what is added to a delete that no other account looked at
OTHERS_OPEN = "whether others are still shown it is not proven"

#: methods after which the app has no network until it is given back
CUTTING = frozenset({"airplane", "network-off", "app-network"})

#: turns of the run at which an upload may come back -> in words
TURNS: Mapping[str, str] = {
    "restored": "once the network was back",
    "rebooted": "once the phone had been restarted",
    "restarted": "once the app was started again",
}

#: what is added to a verdict where the app took the upload up again, and nothing of it came through
TAKEN_UP = "started again, the app went on with the upload by itself until it was stopped"

#: share of the video's size from which on the server may hold all of it, headers and rounding aside
NEARLY_ALL = 0.95

#: percent points by which a progress shown must grow to be one that goes on
GROWTH = 5


@dataclass(frozen=True)
class Verdict:
    """What the evidence proves. `missing` names what an `unknown` lacks."""

    name: VerdictName
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What follows from evidence by counting."""

    evidence: Evidence

    @property
    def method(self) -> MethodApplied | None:
        return self.evidence.method

    @property
    def name(self) -> str:
        """The method's name, empty without one."""
        return self.method.name if self.method else ""

    @property
    def noise(self) -> int:
        return self.evidence.limits.noise_bytes

    @cached_property
    def cut(self) -> float:
        """When the cancel began."""
        return self.method.at if self.method else float("inf")

    @cached_property
    def settled(self) -> float:
        """When the cancel was read back: bytes after this are bytes too many."""
        marked = self.evidence.mark("settled")
        ended = self.method.ended_at if self.method else float("inf")
        return max(marked, ended) if marked is not None else ended

    @cached_property
    def before(self) -> UploadSeen | None:
        """The last sight of the upload before the cut."""
        seen = self.evidence.of(UploadSeen, until=self.cut)
        return seen[-1] if seen else None

    @cached_property
    def after(self) -> list[UploadSeen]:
        return self.evidence.of(UploadSeen, since=self.settled)

    @cached_property
    def quiet(self) -> tuple[float, float] | None:
        """Start and end of the quiet period, None when it did not end."""
        start, end = self.evidence.mark("quiet_started"), self.evidence.mark("quiet_ended")
        return (start, end) if start is not None and end is not None and end >= start else None

    def sent(self, since: float, until: float) -> int | None:
        """Bytes sent by the app in a span, None with fewer than two samples in it."""
        samples = self.evidence.of(TrafficSeen, since=since, until=until)
        if len(samples) < 2:
            return None
        # summed step by step: a counter that starts again (a reboot) must not hide what was sent
        return sum(max(0, b.tx_bytes - a.tx_bytes) for a, b in pairwise(samples))

    @cached_property
    def sent_before(self) -> int | None:
        """Bytes sent from the tap on Post until the cancel stood."""
        posted = self.evidence.mark("posted")
        return None if posted is None else self.sent(posted, self.settled)

    @cached_property
    def sent_after(self) -> int | None:
        """Bytes sent after the cancel stood, to the end."""
        return self.sent(self.settled, float("inf"))

    @cached_property
    def sent_in_quiet(self) -> int | None:
        return self.sent(*self.quiet) if self.quiet else None

    @cached_property
    def nearly_all_sent(self) -> bool:
        """Whether the server may have had the whole video before the cancel stood."""
        if self.before and (self.before.percent or 0) >= NEARLY_ALL * 100:
            return True
        sent, size = self.sent_before, self.evidence.video_bytes
        return sent is not None and size > 0 and sent >= NEARLY_ALL * size

    @property
    def quiet_needed(self) -> float:
        limits = self.evidence.limits
        return max(limits.late_s, limits.quiet_s) if self.nearly_all_sent else limits.quiet_s

    @cached_property
    def grew(self) -> bool:
        """Whether the progress shown went up after the cancel stood, rounding aside."""
        shown = [u.percent for u in self.after if u.active and u.percent is not None]
        return bool(shown) and max(shown) - shown[0] >= GROWTH

    @cached_property
    def back_after(self) -> float | None:
        """Seconds until the app was seen with a network again, before the cut one was given back.

        None where it was not, or where nothing was cut.
        """
        if self.method is None or self.method.name not in CUTTING:
            return None
        until = self.first("restored", "rebooted")
        seen = self.evidence.of(NetworkSeen, since=self.settled, until=until)
        back = (n.at for n in seen if n.online and until is not None and n.at < until)
        return next((at - self.settled for at in back), None)

    @property
    def came_back(self) -> bool:
        """Whether the app had a network again before the cut one was given back."""
        return self.back_after is not None

    def first(self, *names: str) -> float | None:
        """When the run first passed one of these marks after the cancel."""
        passed = (at for name in names for at in self.evidence.marks(name))
        return min((at for at in passed if at >= self.settled), default=None)

    @cached_property
    def taken_up(self) -> bool:
        """Whether the app, stopped and started again, showed the upload as one that goes on."""
        started = self.first("restarted")
        shows = started is not None and any(u.active and u.at >= started for u in self.after)
        return shows and self.name not in WITHOUT_UPLOAD

    @cached_property
    def goes_on(self) -> bool:
        """Whether it goes on for sure: an upload's worth of bytes, or progress that grew.

        More than noise is enough where the app itself showed that it had taken the upload up again.
        """
        rest = max(0, self.evidence.video_bytes - (self.sent_before or 0))
        much = (self.sent_after or 0) > max(self.noise, rest // 2)
        again = self.taken_up and self.went_on
        return self.grew or much or self.lives_on or self.began or again

    @cached_property
    def began(self) -> bool:
        """Whether saving a draft began an upload: one shows, however it stands, and bytes left."""
        shown = any(seen.state in ("posting", "waiting", "failed") for seen in self.after)
        return self.name == "save-draft" and shown and (self.sent_after or 0) > self.noise

    @cached_property
    def lives_on(self) -> bool:
        """Whether a foreground service went on sending when nothing of the app was to be seen.

        More than noise is an upload then, however little of it came through before the next step.
        """
        served = [
            p.at
            for p in self.evidence.of(ProcessSeen, since=self.settled, until=self.next_start)
            if p.foreground_services
        ]
        return bool(served) and (self.sent(self.settled, served[-1]) or 0) > self.noise

    @cached_property
    def next_start(self) -> float:
        """When the app was first seen or started again after the cancel stood."""
        marks = [self.evidence.mark(name) for name in ("restored", "restarted")]
        seen = [u.at for u in self.after[:1]]
        return min([*(m for m in marks if m is not None), *seen], default=float("inf"))

    @cached_property
    def went_on_at(self) -> float | None:
        """When it first showed that the upload went on; None where it did not."""
        sent = 0
        for before, after in pairwise(self.evidence.of(TrafficSeen, since=self.settled)):
            sent += max(0, after.tx_bytes - before.tx_bytes)
            if sent > self.noise:
                return after.at
        shown = [u for u in self.after if u.active and u.percent is not None]
        return next((u.at for u in shown if u.percent != shown[0].percent), None)

    @property
    def turn(self) -> str | None:
        """The latest turn of the run before the upload went on, of :data:`TURNS`."""
        if self.went_on_at is None:
            return None
        passed = [
            (at, name)
            for name in TURNS
            for at in self.evidence.marks(name)
            if self.settled <= at <= self.went_on_at
        ]
        return max(passed)[1] if passed else None

    @property
    def went_on(self) -> bool:
        """Whether the upload went on after the cancel stood."""
        return self.grew or (self.sent_after or 0) > self.noise

    def searches(self, place: Place) -> list[Search]:
        """The looks at one place after the cancel."""
        return [s for s in self.evidence.of(Search, since=self.settled) if s.place == place]

    def final_search(self, place: Place) -> Search | None:
        """The last look at a place, if it came after the quiet period."""
        if self.quiet is None:
            return None
        found = [s for s in self.searches(place) if s.at >= self.quiet[1]]
        return found[-1] if found else None

    @cached_property
    def live_at(self) -> Place | None:
        """Where this video was found live after the cancel, None for nowhere.

        A delete is judged by its last look, anything else by all: what was live once may be again.
        """
        for place in SHOWN:
            looks = self.searches(place)
            if self.name in DELETING:
                looks = looks[-1:]
            if any(_is_there(look) for look in looks):
                return place
        return None

    def was_found(self, place: Place) -> bool:
        """Whether this item was found at a place before the cancel."""
        looks = self.evidence.of(Search, until=self.cut)
        return any(look.place == place and look.found for look in looks)

    @cached_property
    def live_before(self) -> bool:
        """Whether this video stood on the profile before the cancel."""
        return self.was_found("profile")

    @cached_property
    def draft_came_back(self) -> bool:
        """Whether the draft was gone after the cancel, and there again later."""
        looks = [s for s in self.searches("drafts") if s.complete]
        gone = [s.at for s in looks if not _is_there(s)]
        return bool(gone) and any(_is_there(s) and s.at > gone[0] for s in looks)


def judge(evidence: Evidence) -> Verdict:
    """What the evidence proves: the first rule that applies, and the check that failed."""
    facts = Facts(evidence)
    verdict = next(verdict for rule in RULES if (verdict := rule(facts)) is not None)
    if facts.taken_up and verdict.name in ("cancelled", "draft", "unknown"):
        verdict = replace(verdict, reason=f"{verdict.reason}; {TAKEN_UP}")
    wrong = next((c for c in evidence.of(Checked) if c.ok is False), None)
    if wrong is None or verdict.name == "failed":
        return verdict
    return replace(verdict, reason=f"{verdict.reason}; but {wrong.name}: {wrong.detail}")


def _is_there(search: Search) -> bool:
    return bool(search.found) or bool(search.new_items and search.new_items > 0)


# -- the rules, in order ------------------------------------------------------------------------
Rule = Callable[[Facts], "Verdict | None"]


def _only_checks(facts: Facts) -> Verdict | None:
    """A recipe that cancels nothing is judged by what it set out to prove, all of it."""
    checks = facts.evidence.of(Checked)
    if facts.method is not None or facts.evidence.cancel_due or not checks:
        return None
    wrong = [c for c in checks if c.ok is False]
    open_ = [c for c in checks if c.ok is None]
    if wrong:
        return Verdict("failed", "; ".join(f"{c.name}: {c.detail}" for c in wrong))
    if open_:
        missing = tuple(f"{c.name}: {c.detail}" for c in open_)
        return Verdict("unknown", f"not proven: {missing[0]}", missing)
    return Verdict("passed", "; ".join(f"{c.name}: {c.detail}" for c in checks))


#: how the upload stood when no cancel was applied -> why there was none
_TOO_SOON: Mapping[str, str] = {
    "done": "the upload ended before its moment came",
    "failed": "the upload failed by itself before its moment came",
}


def _never_applied(facts: Facts) -> Verdict | None:
    if facts.method is None:
        seen = facts.evidence.of(UploadSeen, until=facts.evidence.mark("missed"))
        why = _TOO_SOON.get(seen[-1].state if seen else "none", "the cancel was not applied")
        return Verdict("invalid", why)
    if facts.method.effective is False:
        return Verdict("invalid", f"{facts.method.name} did not take effect: {facts.method.detail}")
    return None


def _ended_before(facts: Facts) -> Verdict | None:
    if facts.name in DELETING:
        return None
    if facts.before and facts.before.state == "done":
        return Verdict("invalid", "the upload had ended before the cancel")
    if facts.live_before:
        return Verdict("invalid", "the video was live before the cancel")
    return None


def _live(facts: Facts) -> Verdict | None:
    if facts.live_at is None:
        return None
    if facts.went_on and facts.name not in WITHOUT_UPLOAD:
        return Verdict("resumed", f"{_going_on(facts)}; it is live")
    if facts.live_at == "others" and facts.name in DELETING:
        return Verdict("published", "it left the own profile, and others are still shown it")
    if facts.name == "save-draft":
        return Verdict("published", f"saving it as a draft published it{_how(facts)}")
    return Verdict("published", f"the video is live {SHOWN[facts.live_at]}")


def _went_on(facts: Facts) -> Verdict | None:
    """Not found live, yet sending: an upload's worth of bytes, or progress that grew."""
    if facts.goes_on or (facts.came_back and facts.went_on):
        return Verdict("resumed", _going_on(facts))
    return None


def _noisy(facts: Facts) -> Verdict | None:
    """More bytes than noise, less than an upload: neither proven."""
    sent = max(facts.sent_after or 0, facts.sent_in_quiet or 0)
    if sent <= facts.noise:
        return None
    return Verdict(
        "unknown",
        f"the app sent {sent} bytes after the cancel, and no upload shows",
        (f"what the {sent} bytes sent after the cancel were",),
    )


def _incomplete(facts: Facts) -> Verdict | None:
    missing = tuple(what for demand in DEMANDS for what in demand(facts))
    if not missing:
        return None
    return Verdict("unknown", f"not proven: {missing[0]}", missing)


def _draft(facts: Facts) -> Verdict | None:
    drafts = facts.final_search("drafts")
    if drafts is not None and _is_there(drafts):
        if facts.draft_came_back:
            return Verdict("draft", "nothing is live; the draft was gone, and came back")
        return Verdict("draft", "nothing is live; the video is kept as a draft")
    if facts.after and facts.after[-1].state == "failed":
        return Verdict("draft", "nothing is live; the app keeps the failed upload, with a retry")
    return None


def _deleted(facts: Facts) -> Verdict | None:
    if not facts.live_before:
        return None
    others = facts.final_search("others")
    looked = others is not None and others.complete
    more = " and for others" if looked else f"; {OTHERS_OPEN}"
    return Verdict("deleted", f"the video was live, and is gone from the profile{more}")


#: what there is to add of a method that cancels no upload
_FIRST: Mapping[str, str] = {
    "delete-draft": "the draft is deleted; ",
    "save-draft": "no draft was kept; ",
    "look": "nothing by that name was found; ",
}


def _cancelled(facts: Facts) -> Verdict:
    clean = "nothing is live, nothing is pending, and nothing was sent in the quiet period"
    return Verdict("cancelled", _FIRST.get(facts.name, "") + clean)


RULES: tuple[Rule, ...] = (
    _only_checks,
    _never_applied,
    _ended_before,
    _live,
    _went_on,
    _noisy,
    _incomplete,
    _deleted,
    _draft,
    _cancelled,
)


def _going_on(facts: Facts) -> str:
    """That an upload goes on, and what brought it back."""
    what = "the upload went on after the cancel"
    if facts.name == "save-draft":
        what = "saving it as a draft began an upload"
    elif facts.came_back:
        what = "the network came back by itself; the upload went on"
    return f"{what}{_how(facts)}"


def _how(facts: Facts) -> str:
    sent = facts.sent_after or 0
    where = f", {TURNS[facts.turn]}" if facts.turn is not None else ""
    if sent > facts.noise:
        return f"{where} ({sent} bytes sent)"
    return f"{where} (its progress grew)" if facts.grew else ""


# -- what draft, deleted and cancelled need -----------------------------------------------------
Demand = Callable[[Facts], Iterator[str]]


def _needs_read_back(facts: Facts) -> Iterator[str]:
    if facts.method is None or facts.method.effective is None:
        yield "a read-back of the cancel"


def _needs_standstill(facts: Facts) -> Iterator[str]:
    # once the network is back or the app started anew, a standstill says nothing of the cancel
    until = facts.first("restored", "rebooted", "restarted")
    if facts.sent(facts.settled, float("inf") if until is None else until) is None:
        yield "the app's bytes after the cancel (two samples before the network came back)"


def _needs_quiet(facts: Facts) -> Iterator[str]:
    if facts.quiet is None:
        yield "a quiet period"
        return
    start, end = facts.quiet
    if end - start < facts.quiet_needed * 0.99:
        yield f"a quiet period of {facts.quiet_needed:g} s (it lasted {end - start:.1f} s)"
    if facts.sent_in_quiet is None:
        yield "the app's bytes in the quiet period"


def _needs_network_back(facts: Facts) -> Iterator[str]:
    if facts.quiet is None:
        return
    start, end = facts.quiet
    first = [n for n in facts.evidence.of(NetworkSeen, until=start) if n.at >= facts.settled]
    last = facts.evidence.of(NetworkSeen, since=end)
    if not (first and first[-1].online):
        yield "the network back before the quiet period"
    if not (last and last[0].online):
        yield "the network still there after the quiet period"


def _needs_restart(facts: Facts) -> Iterator[str]:
    if facts.quiet is None:
        return
    restarted = facts.evidence.mark("restarted")
    if restarted is None or not facts.settled <= restarted <= facts.quiet[0]:
        yield "a start of the app between the cancel and the quiet period"
    alive = [p for p in facts.evidence.of(ProcessSeen, since=facts.quiet[0]) if p.pids]
    if not alive:
        yield "the app running in the quiet period"


def _needs_no_upload_shown(facts: Facts) -> Iterator[str]:
    if facts.quiet is None:
        return
    shown = facts.evidence.of(UploadSeen, since=facts.quiet[0])
    if not shown or shown[-1].at < facts.quiet[1]:
        yield "a look at the app's upload at the end of the quiet period"
    elif shown[-1].active:
        yield f"the end of the upload, which still shows as {shown[-1].state}"


def _needs_no_jobs(facts: Facts) -> Iterator[str]:
    jobs = facts.evidence.of(JobsSeen, since=facts.settled)
    if jobs and jobs[-1].jobs:
        yield f"the end of the pending job {jobs[-1].jobs[0]}"


def _needs_sight(facts: Facts) -> Iterator[str]:
    """Without a token, the baseline may be younger than the upload: it must be seen cut off."""
    if facts.evidence.token is not None or facts.name in WITHOUT_UPLOAD:
        return
    if facts.before is None or not facts.before.active:
        yield "a sight of the upload in progress before the cancel, since the run has no token"
    if not any(seen.state in ("posting", "waiting", "failed") for seen in facts.after):
        yield "a sight of the upload cut off after the cancel, since the run has no token"


def _needs_item(facts: Facts) -> Iterator[str]:
    """What was never there cannot have been taken away."""
    place = TAKES_FROM.get(facts.name)
    if place is not None and not facts.was_found(place):
        yield f"a sight of it on the {place} before the delete"


def _needs_others(facts: Facts) -> Iterator[str]:
    """What others were shown before must be looked for there again."""
    search = facts.final_search("others")
    if facts.was_found("others") and not (search and search.complete):
        yield "a look as the other account after the quiet period, since it was shown it before"


def _needs_search(facts: Facts) -> Iterator[str]:
    for place in OWN_PLACES:
        search = facts.final_search(place)
        if search is None:
            yield f"a look at the {place} after the quiet period"
        elif not search.complete and not _is_there(search):
            yield f"a complete look at the {place} ({search.detail or 'it could not be read'})"
        elif facts.evidence.token is None and search.new_items is None:
            yield f"a count of the {place} before the upload, since the run has no token"


DEMANDS: tuple[Demand, ...] = (
    _needs_read_back,
    _needs_standstill,
    _needs_quiet,
    _needs_network_back,
    _needs_restart,
    _needs_no_upload_shown,
    _needs_no_jobs,
    _needs_sight,
    _needs_item,
    _needs_others,
    _needs_search,
)
