"""Why an element is found on a screen, or is not: in records, as JSON, and in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from droidcancel.apps.likeness import Candidate, Proposal, Remembered, propose
from droidcancel.apps.matching import Match, in_versions, texts_for
from droidcancel.apps.profile import Look
from droidcancel.apps.schema import Locator, Screen
from droidcancel.errors import UsageError

MOST_MISSES = 5


@dataclass(frozen=True)
class Sign:
    """One element that a screen is known by. `holds`: as its part of the screen's signs asks.

    `part`: all, any, none, or ``at least 2`` where so many of several must show.
    """

    part: str
    element: str
    holds: bool


@dataclass(frozen=True)
class Tried:
    """One locator: what it asks, what it found, best first; `note` where it was not even tried."""

    number: int
    asks: str
    found: tuple[Match, ...]
    learned: bool
    note: str = ""


@dataclass(frozen=True)
class Explanation:
    """All that decides on one element on one look."""

    element: str
    screen: str | None
    signs: tuple[Sign, ...]
    almost: tuple[tuple[str, tuple[Sign, ...]], ...]
    tried: tuple[Tried, ...]
    match: Match | None
    proposal: Proposal
    sensitive: bool

    def near_misses(self) -> list[Candidate]:
        """What came next, best first."""
        chosen = self.proposal.chosen if self.match is None else None
        others = [c for c in self.proposal.candidates if c is not chosen]
        if self.match is not None:
            others = [c for c in others if c.target is not self.match.target]
        return others[:MOST_MISSES]


def explain(look: Look, element: str, remembered: Remembered | None = None) -> Explanation:
    """Explain an element. UsageError for one that the profile does not have."""
    match, profile = look.find(element), look.profile
    if element not in profile.elements:
        raise UsageError(f"{profile.title} has no {element}")
    screen = look.screen
    shown = () if screen is None else tuple(_signs(look, profile.screens[screen]))
    return Explanation(
        element,
        screen,
        shown,
        tuple(_almost(look)) if screen is None else (),
        tuple(tried_on(look, element)),
        match,
        propose(look, element, remembered),
        profile.is_sensitive(element),
    )


def _signs(look: Look, screen: Screen) -> Iterator[Sign]:
    for part in ("all", "any", "none"):
        for name in getattr(screen, part):
            there = look.find(name) is not None
            some = part == "any" and screen.least > 1
            called = f"at least {screen.least}" if some else part
            yield Sign(called, name, there if part != "none" else not there)


def _almost(look: Look) -> Iterator[tuple[str, tuple[Sign, ...]]]:
    """The screens of which something shows, where none is known."""
    for name, screen in look.profile.screens.items():
        signs = tuple(_signs(look, screen))
        if any(sign.holds and sign.part != "none" for sign in signs):
            yield name, signs


def tried_on(look: Look, element: str) -> Iterator[Tried]:
    """What each locator of an element asks and finds, in their order."""
    known = look.profile.elements[element]
    found = look.finder.by_locator(element)
    for number, locator in enumerate(known.locators, start=1):
        note = ""
        if not in_versions(locator.versions, look.version):
            note = f"is for versions {locator.versions}, the app is {look.version or 'not known'}"
        learned = number <= len(known.learned)
        yield Tried(number, _asks(locator, look.locale), tuple(found[number - 1]), learned, note)


def _asks(locator: Locator, locale: str) -> str:
    """What a locator asks; of its wordings those for the locale."""
    asked = locator.model_dump(exclude_defaults=True, by_alias=True)
    words = (f"{key} {_value(_worded(value, locale))}" for key, value in asked.items())
    return ", ".join(words)


def _worded(value: Any, locale: str) -> Any:
    if not isinstance(value, dict):
        return value
    return tuple(texts_for(value, locale)) or f"no wording for {locale}"


def _value(value: Any) -> str:
    if isinstance(value, tuple) and not all(isinstance(inner, str) for inner in value):
        return "[" + ", ".join(f"{inner:g}" for inner in value) + "]"
    if isinstance(value, tuple):
        return " or ".join(map(_value, value))
    return repr(value) if isinstance(value, str) else str(value)


# -- for people


def lines(told: Explanation) -> Iterator[str]:
    """The explanation, line by line."""
    yield from _screen_lines(told)
    yield ""
    yield f"{told.element}{' (it publishes or destroys something)' if told.sensitive else ''}"
    for tried in told.tried:
        yield f"  locator {tried.number}{' (learnt)' if tried.learned else ''}: {tried.asks}"
        yield f"    {tried.note or _found(tried.found)}"
    yield ""
    yield from _choice_lines(told)
    misses = told.near_misses()
    if misses:
        yield "near misses:"
    for number, one in enumerate(told.proposal.candidates, start=1):
        if one in misses:
            lost = one.lost or "it is not looked for by likeness here"
            yield f"  [{number}] {one.score:.2f} {_called(one)}: {lost}"
            yield f"      {one.in_words()}"


def _screen_lines(told: Explanation) -> Iterator[str]:
    if told.screen is None:
        yield "screen: none known"
        for name, signs in told.almost:
            yield f"  {name}: {_sign_words(signs)}"
        return
    yield f"screen: {told.screen} ({_sign_words(told.signs)})"


def _sign_words(signs: tuple[Sign, ...]) -> str:
    parts = dict.fromkeys(sign.part for sign in signs)
    return "; ".join(f"{part} of: {_part_words(part, signs)}" for part in parts)


def _part_words(part: str, signs: tuple[Sign, ...]) -> str:
    shows = (s.holds if part != "none" else not s.holds for s in signs if s.part == part)
    names = (s.element for s in signs if s.part == part)
    told = zip(names, shows, strict=True)
    return ", ".join(f"{name} {'shows' if there else 'is missing'}" for name, there in told)


def _found(matches: tuple[Match, ...]) -> str:
    if not matches:
        return "found nothing"
    more = f", and {len(matches) - 1} more" if len(matches) > 1 else ""
    return f"found {_shown(matches[0])}{more}"


def _shown(match: Match) -> str:
    what = repr(match.text) if match.text else match.node.cls.rpartition(".")[2] or "a node"
    return f"{what} at {list(match.node.bounds)}"


def _called(one: Candidate) -> str:
    what = repr(one.label) if one.label else one.node.cls.rpartition(".")[2] or "a node"
    return f"{what} at {list(one.node.bounds)}"


def _choice_lines(told: Explanation) -> Iterator[str]:
    if told.match is not None:
        yield f"chosen: {_shown(told.match)}, by locator {told.match.locator + 1}"
        return
    best = told.proposal.chosen
    if best is None:
        yield f"not found; by likeness neither: {told.proposal.why_not}"
        return
    second = f"; second sign: {' and '.join(best.sure_signs)}" if told.sensitive else ""
    yield f"not found; by likeness: {_called(best)} at {best.score:.2f} ({best.in_words()}){second}"
    yield "  a step that waits for it would use it, and report drift; teach it with `ui learn`"


# -- as JSON


def as_data(told: Explanation) -> dict[str, Any]:
    """The explanation as JSON."""
    return {
        "element": told.element,
        "sensitive": told.sensitive,
        "screen": told.screen,
        "signs": [vars(sign) for sign in told.signs],
        "almost": {name: [vars(sign) for sign in signs] for name, signs in told.almost},
        "locators": [
            {
                "number": tried.number,
                "asks": tried.asks,
                "learned": tried.learned,
                "note": tried.note,
                "found": [_match_data(match) for match in tried.found],
            }
            for tried in told.tried
        ],
        "match": None if told.match is None else _match_data(told.match),
        "likeness": {
            "chosen": None if told.proposal.chosen is None else _data(told.proposal.chosen),
            "why_not": told.proposal.why_not,
            "candidates": [_data(one) for one in told.proposal.candidates],
        },
    }


def _match_data(match: Match) -> dict[str, Any]:
    return {
        "text": match.text,
        "bounds": list(match.node.bounds),
        "locator": match.locator + 1,
        "id": match.node.resource_id,
    }


def _data(one: Candidate) -> dict[str, Any]:
    return {
        "label": one.label,
        "bounds": list(one.node.bounds),
        "score": one.score,
        "signs": dict(one.signs),
        "lost": one.lost,
    }
