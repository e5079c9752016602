"""Evidence to verdict: one pure function.

The order of proof is the order of :data:`RULES`. What was found decides first (a live video, bytes
that went on); then everything that a clean verdict needs must be there, and what is not there is
named in an `unknown`; only then are `draft`, `deleted` and `cancelled` possible. So a missing look
can never read as a clean one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from droidcancel.evidence import (
    OWN_PLACES,
    Checked,
    Evidence,
    JobsSeen,
    NetworkSeen,
    ProcessSeen,
    UploadSeen,
)
from droidcancel.facts import (
    DELETING,
    SHOWN,
    TAKES_FROM,
    TURNS,
    WITHOUT_UPLOAD,
    Facts,
    is_there,
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
#: what is added to a delete that no other account looked at
OTHERS_OPEN = "whether others are still shown it is not proven"

#: what is added to a verdict where the app took the upload up again, and nothing of it came through
TAKEN_UP = "started again, the app went on with the upload by itself until it was stopped"

#: why an upload went on of which too little was sent to tell by the bytes
ON_ITS_WAY = "the app showed it on its way"


@dataclass(frozen=True)
class Verdict:
    """What the evidence proves. `missing` names what an `unknown` lacks."""

    name: VerdictName
    reason: str
    missing: tuple[str, ...] = ()


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
    if drafts is not None and is_there(drafts):
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
    if facts.grew:
        return f"{where} (its progress grew)"
    return f"{where} ({ON_ITS_WAY})" if facts.on_its_way_at is not None else where


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
        elif not search.complete and not is_there(search):
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
