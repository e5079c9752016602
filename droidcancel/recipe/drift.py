"""Looking for an element that a step waits for: by its locators, then by likeness.

Likeness is asked only after the locators have missed for a while on a screen that is never without
the element, and only what two looks in a row agree on is taken. Each time it is reported: the app
has drifted from its profile, and somebody should look.
"""

from __future__ import annotations

import time

from droidcancel.apps.likeness import Proposal, may_be_proposed, propose
from droidcancel.apps.matching import Match
from droidcancel.apps.profile import Look
from droidcancel.evidence import Drift
from droidcancel.recipe.run import Run

#: how long the locators must have missed, for an element that has drifted in this run already
AGAIN_S = 0.5


class Seek:
    """Finds one element on look after look; made for one wait of `limit` seconds."""

    def __init__(self, run: Run, element: str, limit: float) -> None:
        self._run = run
        self._element = element
        self._patience = min(run.options.limits.patience_s, limit / 2)
        self._since: float | None = None
        self._before: Match | None = None
        self.last: Proposal | None = None

    def __call__(self, look: Look) -> Match | None:
        """The element on this look, None while it is not there."""
        match = look.find(self._element)
        if match is not None:
            self._run.memory.note(self._run.package, look, match)
            self._since = None
            return match
        if may_be_proposed(look, self._element):
            self._since = self._before = None
            return None
        now = time.monotonic()
        self._since = self._since if self._since is not None else now
        again = (look.screen, self._element) in self._run.drifted
        if now - self._since < (AGAIN_S if again else self._patience):
            return None
        return self._by_likeness(look)

    def _by_likeness(self, look: Look) -> Match | None:
        self.last = proposal = self._propose(look)
        match, self._before = proposal.match(), self._before
        before, self._before = self._before, match
        if match is None or before is None or not _same(before, match):
            return None
        note_drift(self._run, look, proposal)
        return match

    def _propose(self, look: Look) -> Proposal:
        remembered = self._run.memory.recall(self._run.package, look, self._element)
        return propose(look, self._element, remembered)

    def nearest(self) -> str:
        """What came nearest, in words; empty where likeness was not asked."""
        if self.last is None:
            return ""
        best = next(iter(self.last.candidates), None)
        if best is None:
            return "nothing on the screen is like it"
        label = best.label or f"the {best.node.cls.rpartition('.')[2]} at {list(best.node.bounds)}"
        return f"likest is {label!r} at {best.score:.2f}, not taken: {best.lost or 'it moved'}"


def find_again(run: Run, look: Look, element: str) -> Match | None:
    """An element that was found a moment ago: by its locators, or by likeness as before."""
    match = look.find(element)
    if match is None and (look.screen, element) in run.drifted:
        match = propose(look, element, run.memory.recall(run.package, look, element)).match()
    return match


def note_drift(run: Run, look: Look, proposal: Proposal) -> None:
    """Report it, once a run, screen and element."""
    key = (proposal.screen, proposal.element)
    best = proposal.chosen
    if best is None or key in run.drifted:
        return
    run.drifted.add(key)
    element = run.profile.elements[proposal.element]
    record = Drift(
        run.recorder.now(),
        element=proposal.element,
        screen=proposal.screen or "",
        likeness=best.score,
        shown="" if element.private else best.label,
        signs=best.in_words(),
        locators=len(element.locators),
        second=" and ".join(best.sure_signs) if run.profile.is_sensitive(proposal.element) else "",
    )
    run.recorder.add(record)
    run.tell("drift", record.in_words(), element=record.element, likeness=record.likeness)


def _same(one: Match, other: Match) -> bool:
    return (one.node.bounds, one.text) == (other.node.bounds, other.text)
