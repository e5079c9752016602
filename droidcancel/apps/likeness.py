"""Proposing an element once all of its locators have missed: by what it says, and where it stands.

Pure functions over one look. Each node is compared in four ways, each from 0 to 1:

- words: its label with the wordings that the profile and the memory of earlier runs know;
- role: its class, and whether it takes a tap;
- place: where on the screen it is, against the place remembered, or the profile's `area`;
- neighbours: how it stands to the elements that were found, against what is remembered or the
  profile's `neighbours`.

A way of which nothing is known counts as one half. The best node is proposed when its score
reaches :data:`THRESHOLD` and no other comes near. What publishes or destroys (`sensitive`) also
needs two signs that do not hang on each other: its words, and its place or its neighbours. What
other elements claim is never proposed, nor what is rather one of those than the one looked for.

An element may well be rightly absent. So only those are proposed that the profile says the
recognised screen is never without, and only steps that wait for one ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from droidcancel.apps.geometry import (
    Box,
    ancestors,
    box_of,
    clickable,
    in_area,
    mirrored,
    next_to,
    same_place,
    same_way,
)
from droidcancel.apps.locales import is_right_to_left
from droidcancel.apps.matching import Match
from droidcancel.apps.profile import Look
from droidcancel.apps.signs import role_of, same_role, words_alike
from droidcancel.device.hierarchy import Bounds, Node

THRESHOLD = 0.72
#: how far the next best must stay behind
MARGIN = 0.08
#: what a way counts of which nothing is known
UNKNOWN = 0.5
WEIGHTS: Mapping[str, float] = {"words": 0.5, "role": 0.1, "place": 0.2, "neighbours": 0.2}
#: of what publishes or destroys: so like must its words be, and its place or its neighbours
SURE_WORDS, SURE_SIGN = 0.6, 0.8
#: no button covers more of the screen than this
MOST_OF_SCREEN = 0.35
MOST_WORDS = 80


@dataclass(frozen=True)
class Remembered:
    """How an element was when a locator last found it; boxes in fractions of the screen.

    `around`: from its centre to those of other elements that showed with it.
    """

    box: Box
    role: str
    words: str = ""
    around: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A node that may be the element. `lost` says why it is not proposed; empty for the winner."""

    node: Node
    target: Node
    label: str
    signs: Mapping[str, float | None]
    lost: str = ""

    @property
    def score(self) -> float:
        """0 to 1."""
        given = ((WEIGHTS[name], sign) for name, sign in self.signs.items())
        return round(sum(w * (UNKNOWN if s is None else s) for w, s in given), 3)

    @property
    def sure_signs(self) -> list[str]:
        """The signs that hold by themselves, without the words."""
        return [n for n in ("place", "neighbours") if (self.signs[n] or 0.0) >= SURE_SIGN]

    def in_words(self) -> str:
        """``words 0.67, role 1.00, place unknown, neighbours 0.93``."""
        told = (f"{n} {'unknown' if s is None else f'{s:.2f}'}" for n, s in self.signs.items())
        return ", ".join(told)


@dataclass(frozen=True)
class Proposal:
    """What is most like an element; `chosen` is None where nothing is, and `why_not` says why."""

    element: str
    screen: str | None
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    why_not: str = ""

    def match(self) -> Match | None:
        """The chosen one as a match."""
        best = self.chosen
        if best is None:
            return None
        return Match(self.element, best.node, best.target, -1, best.score)


def may_be_proposed(look: Look, name: str) -> str:
    """Why an element is not looked for by likeness on this screen; empty where it is."""
    profile, element = look.profile, look.profile.elements[name]
    if element.never:
        return f"{name} must not be tapped, so it is not guessed"
    if element.package == "system":
        return "the phone's own dialogs are not guessed"
    screens = profile.stands_on(name)
    if not screens:
        return f"{name} may rightly be absent: the profile names no screen that always has it"
    if look.screen is None:
        return "no known screen shows"
    if look.screen not in screens:
        always = ", ".join(sorted(screens))
        return f"the screen is {look.screen}, which may rightly be without it (always on: {always})"
    return ""


def propose(look: Look, name: str, remembered: Remembered | None = None) -> Proposal:
    """What is most like an element on this look, whether or not a locator finds it."""
    ranked = _ranked(look, name, remembered)
    why_not = may_be_proposed(look, name)
    judged = _judged(look, name, ranked)
    best = next((c for c in judged if not c.lost), None) if not why_not else None
    if not why_not and best is None:
        why_not = "nothing on the screen is like it enough"
    return Proposal(name, look.screen, tuple(judged), best, why_not)


def _ranked(look: Look, name: str, remembered: Remembered | None) -> list[Candidate]:
    traits = _traits(look, name, remembered)
    frame = look.frame
    found = [_compared(node, traits, frame) for node in _tappable(look)]
    found = [c for c in found if c.label or c.signs["words"] is None]
    best: dict[int, Candidate] = {}
    for one in sorted(found, key=lambda c: -c.score):
        best.setdefault(id(one.target), one)  # a button and the label in it are one
    return list(best.values())


@dataclass(frozen=True)
class _Traits:
    """What is known of an element but its locators."""

    wordings: Sequence[str]
    role: str
    area: Box | None
    remembered: Remembered | None
    beside: Sequence[Match]
    around: Mapping[str, Bounds]


def _traits(look: Look, name: str, remembered: Remembered | None) -> _Traits:
    element = look.profile.elements[name]
    mirror = is_right_to_left(look.locale)
    wordings = look.finder.wordings(name)
    if remembered is not None and remembered.words:
        wordings = [*wordings, remembered.words]
    classes = (locator.class_ for locator in element.locators)
    role = element.role or next(filter(None, classes), "") or (remembered and remembered.role) or ""
    area = element.area or next((x.area for x in element.locators if x.area), None)
    neighbours = remembered.around if remembered is not None else {}
    return _Traits(
        wordings,
        role,
        mirrored(area) if area is not None and mirror else area,
        remembered,
        [m for n in element.neighbours if (m := look.find(n)) is not None],
        {n: m.node.bounds for n in neighbours if (m := _known(look, n)) is not None},
    )


def _known(look: Look, name: str) -> Match | None:
    """An element that was remembered, if the profile still has it and it shows."""
    return look.find(name) if name in look.profile.elements else None


def _tappable(look: Look) -> Iterable[Node]:
    """The app's nodes that are no whole part of the screen."""
    frame = look.frame
    most = MOST_OF_SCREEN * frame.width * frame.height
    for node in look.finder.nodes("app"):
        if node.bounds.width * node.bounds.height <= most and not node.password:
            yield node


def label_of(node: Node) -> str:
    """What a node says: its own words; of a button with none, those inside it. No typed text."""
    if node.cls.endswith("EditText"):
        return node.hint or node.desc
    own = node.text or node.desc
    if own or not node.clickable:
        return own[:MOST_WORDS]
    inside = (n.text or n.desc for n in node.descendants() if not n.cls.endswith("EditText"))
    return " ".join(filter(None, inside))[:MOST_WORDS]


def _compared(node: Node, traits: _Traits, frame: Bounds) -> Candidate:
    target = clickable(node)
    said = () if node.cls.endswith("EditText") else (node.text, node.desc)
    labels = [label for label in (label_of(node), *said) if label and len(label) <= MOST_WORDS]
    words = None
    if traits.wordings:
        words = max((words_alike(g, w) for g in labels for w in traits.wordings), default=0.0)
    box, role = box_of(node.bounds, frame), role_of(node)
    places = []
    if traits.remembered is not None:
        places.append(same_place(box, traits.remembered.box))
    if traits.area is not None:
        places.append(in_area(box, traits.area))
    signs: dict[str, float | None] = {
        "words": words,
        "role": same_role(role, traits.role, takes_tap=target.clickable and target.enabled),
        "place": max(places, default=None),
        "neighbours": _beside(node, traits, frame),
    }
    return Candidate(node, target, label_of(node), signs)


def _beside(node: Node, traits: _Traits, frame: Bounds) -> float | None:
    """How it stands to its neighbours; None where none of them was found.

    The words of a button may be far from those of the next, and the buttons touch.
    """
    target = clickable(node).bounds
    found = [
        max(
            next_to(node.bounds, other.node.bounds, frame),
            next_to(target, other.target.bounds, frame),
        )
        for other in traits.beside
    ]
    if traits.remembered is not None:
        for name, bounds in traits.around.items():
            found.append(same_way(node.bounds, bounds, traits.remembered.around[name], frame))
    return round(sum(found) / len(found), 3) if found else None


# -- who wins


def _judged(look: Look, name: str, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, best first, each with why it is not the one."""
    claimed = claims(look, name)
    sensitive = look.profile.is_sensitive(name)
    judged: list[Candidate] = []
    open_score: float | None = None
    for one in ranked:
        lost = _lost(look, name, one, claimed, sensitive)
        if not lost and open_score is not None:
            lost = "another is more like it"
        elif not lost:
            open_score = one.score
        judged.append(replace(one, lost=lost))
    return _unless_close(judged)


def _unless_close(judged: list[Candidate]) -> list[Candidate]:
    """Nobody wins where the second is as good."""
    best = next((c for c in judged if not c.lost), None)
    if best is None:
        return judged
    rivals = [
        c
        for c in judged
        if c is not best and c.lost == "another is more like it" and c.score > best.score - MARGIN
    ]
    if not rivals:
        return judged
    other = rivals[0].label or list(rivals[0].node.bounds)
    return [replace(c, lost=f"{other!r} is as like it") if c is best else c for c in judged]


def _lost(
    look: Look, name: str, one: Candidate, claimed: Mapping[int, str], sensitive: bool
) -> str:
    if owner := claimed.get(id(one.node)) or claimed.get(id(one.target)):
        return f"it is {owner}"
    if one.score < THRESHOLD:
        return f"below {THRESHOLD:g}"
    if sensitive:
        if (one.signs["words"] or 0.0) < SURE_WORDS:
            return f"{name} publishes or destroys, and its words are not like enough"
        if not one.sure_signs:
            return f"{name} publishes or destroys, and no second sign (place, neighbours) agrees"
    rival = _rather(look, name, one)
    return f"it is rather {rival}" if rival else ""


def claims(look: Look, name: str) -> dict[int, str]:
    """The nodes that the locators of other elements find, by identity."""
    found: dict[int, str] = {}
    for other in look.profile.elements:
        if other == name:
            continue
        for match in look.all(other):
            found.setdefault(id(match.node), other)
            found.setdefault(id(match.target), other)
    around = {id(n) for m in look.all(name) for n in (m.node, m.target, *ancestors(m.node))}
    return {key: owner for key, owner in found.items() if key not in around}


def _rather(look: Look, name: str, one: Candidate) -> str:
    """Another element that no locator finds, and that a node's words are more like."""
    profile = look.profile
    mine = one.signs["words"] or 0.0
    for other, element in profile.elements.items():
        if other == name or look.find(other) is not None:
            continue
        here = look.screen in profile.stands_on(other)
        if not (here or element.never or profile.is_sensitive(other)):
            continue
        theirs = max((words_alike(one.label, w) for w in look.finder.wordings(other)), default=0.0)
        if theirs >= SURE_WORDS and theirs > mine:
            return other
    return ""
