"""Finding elements in one hierarchy: pure functions over its nodes.

The rules are those that survive versions of real apps: labels match whole; only nodes inside the
frame; only the app's own package, the phone's dialogs aside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from droidcancel.apps import geometry, patterns
from droidcancel.apps.geometry import ancestors, clickable, frame, within
from droidcancel.apps.locales import is_right_to_left, keys_of
from droidcancel.apps.schema import (
    ANY_LOCALE,
    Element,
    Locator,
    Tail,
    Texts,
    version_of,
    version_range,
)
from droidcancel.device.hierarchy import Bounds, Hierarchy, Node

#: longer texts, in characters, are not kept beyond their use
REMEMBERED = 300
_SAME = str.maketrans({"\u2019": "'", "\u00a0": " ", "\u202f": " ", "\u2026": "..."})
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_COUNT = re.compile(
    r"(?:\s*[:(\uff08\uff1a])?\s*[%\u066a]?\d+(\+|\s?[%\u066a\uff05])?\s*[)\uff09]?"
)
_SEPARATORS = ",:;(\u00b7\u2022|\u060c\u061b\u3001\uff08\uff0c\uff1a"
_AFTER_LABEL = re.compile(rf"\s*[{_SEPARATORS}].*|\s+\d+\+?|\.\s(\s|\d).*", re.DOTALL)
_TAILS: dict[Tail, re.Pattern[str] | None] = {
    "any": _AFTER_LABEL,
    "count": _COUNT,
    "counted": _COUNT,
    "none": None,
}


#: wordings, and which of a node's words must be one of them
Label = tuple[list[str], Callable[[Node], tuple[str, ...]]]


@dataclass(frozen=True)
class Match:
    """An element found. `target` is what takes a tap: the node, or the nearest clickable around.

    `locator`: the number of the locator that found it, from 0; -1 where none did. `likeness`: how
    like it is to what was known, 0 to 1, where it was found by that.
    """

    element: str
    node: Node
    target: Node
    locator: int
    likeness: float | None = None

    @property
    def text(self) -> str:
        """What it says: its text, else its content description."""
        return self.node.text or self.node.desc

    @property
    def center(self) -> tuple[int, int]:
        """Where to tap, in pixels: on the node itself; what takes the tap may be far larger."""
        return self.node.bounds.center


def normal(text: str) -> str:
    """A label for comparing: trimmed, typographic signs made plain, case kept."""
    return _normal(text) if len(text) <= REMEMBERED else _made_plain(text)


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    return _made_plain(text)


def _made_plain(text: str) -> str:
    return _INVISIBLE.sub("", text).translate(_SAME).strip()


def label_matches(given: str, wanted: str, tail: Tail = "any") -> int:
    """2 where the label is the whole text, 1 where only a count or a separator follows, else 0.

    ``Profile, 2 notifications`` is ``Profile``; ``Posted`` is not ``Post``, ``Upload quality`` not
    ``Upload``, and ``Delete 1 draft?`` not ``Delete``. `tail`: what may follow, see Locator.
    """
    text, label = normal(given), normal(wanted)
    if not label or not text.startswith(label):
        return 0
    if text == label:
        return 0 if tail == "counted" else 2
    pattern = _TAILS[tail]
    return 1 if pattern is not None and pattern.fullmatch(text[len(label) :]) else 0


def texts_for(texts: Mapping[str, tuple[str, ...]], locale: str) -> list[str]:
    """The wordings for a locale, best first: its own, its language's, English, any."""
    found: list[str] = []
    for key in (locale, *keys_of(locale), "en", ANY_LOCALE):
        found.extend(t for t in texts.get(key, ()) if t not in found)
    return found


def in_versions(text: str | None, version: str | None) -> bool:
    """Whether a version lies in a range; no range holds for all, no version for none."""
    if text is None:
        return True
    if not version:
        return False
    given = version_of(version)
    return all(_COMPARE[op](given, wanted) for op, wanted in version_range(text))


def _equal(given: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return given[: len(wanted)] == wanted


_COMPARE: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    "==": _equal,
    ">=": lambda given, wanted: given >= wanted,
    "<=": lambda given, wanted: given <= wanted or _equal(given, wanted),
    ">": lambda given, wanted: given > wanted and not _equal(given, wanted),
    "<": lambda given, wanted: given < wanted,
}


class Finder:
    """One hierarchy, read for one set of packages, locale and version."""

    def __init__(
        self,
        hierarchy: Hierarchy,
        elements: Mapping[str, Element],
        packages: Mapping[str, Iterable[str]],
        locale: str,
        version: str | None,
    ) -> None:
        self._elements = elements
        self._locale = locale
        self._version = version
        nodes = hierarchy.nodes()
        self.frame = frame(nodes)
        self._is_flat = not any(n.children for n in nodes)
        inside = [n for n in nodes if n.visible and within(n.bounds, self.frame)]
        self._nodes = {
            kind: [n for n in inside if n.package in set(names)] for kind, names in packages.items()
        }
        self._by_id = {kind: _by_short_id(nodes) for kind, nodes in self._nodes.items()}
        self._found: dict[str, list[Match]] = {}
        self._forbidden: set[int] | None = None
        self._mirrored = is_right_to_left(locale)

    def all(self, name: str) -> list[Match]:
        """Every match of the first locator that finds anything, best first."""
        if name not in self._found:
            self._found[name] = self._search(name, self._elements[name])
        return self._found[name]

    def first(self, name: str) -> Match | None:
        """The match to use, None where there is none."""
        found = self.all(name)
        return found[0] if found else None

    @property
    def is_empty(self) -> bool:
        """Whether neither the app nor a dialog of the system shows anything."""
        return not any(self._nodes.get(kind) for kind in ("app", "system"))

    @property
    def everything(self) -> set[tuple[str, Bounds]]:
        """Each text or description with its place."""
        nodes = (node for found in self._nodes.values() for node in found)
        return {(node.text or node.desc, node.bounds) for node in nodes}

    @property
    def touchable(self) -> set[tuple[str, Bounds]]:
        """Each clickable thing's words with its place."""
        nodes = (node for found in self._nodes.values() for node in found)
        return {(node.text or node.desc, node.bounds) for node in nodes if node.clickable}

    def labelled(self, text: str) -> Match | None:
        """The first node, of any of the packages, whose text or description is this."""
        nodes = (node for found in self._nodes.values() for node in found)
        found = (n for n in nodes if any(label_matches(g, text) for g in (n.text, n.desc) if g))
        node = next((n for n in found if id(n) not in self._never()), None)
        return Match(text, node, clickable(node), -1) if node is not None else None

    def by_locator(self, name: str) -> list[list[Match]]:
        """What each locator of an element finds, in their order."""
        element = self._elements[name]
        return [self._try(name, element, i) for i in range(len(element.locators))]

    def by(self, locator: Locator) -> list[Match]:
        """What a locator of the app's would find, whatever element it may be for."""
        return self._try("", Element(find=(locator,)), 0)

    def nodes(self, kind: str) -> Sequence[Node]:
        """The visible nodes of the app's packages (``app``) or the phone's own (``system``)."""
        return self._nodes[kind]

    def wordings(self, name: str) -> list[str]:
        """All that an element's locators know it to say, in this locale."""
        known: list[str] = []
        for locator in self._elements[name].locators:
            for texts, _ in self._labels(locator):
                known.extend(text for text in texts if text not in known)
        return known

    def _search(self, name: str, element: Element) -> list[Match]:
        tries = (self._try(name, element, i) for i in range(len(element.locators)))
        return next((found for found in tries if found), [])

    def _try(self, name: str, element: Element, index: int) -> list[Match]:
        locator = element.locators[index]
        if not in_versions(locator.versions, self._version) or not self._applies(locator):
            return []
        labels = self._labels(locator)
        nodes = self._candidates(element.package, locator)
        asked = locator if locator.slot is None else locator.model_copy(update={"selected": None})
        scored = [(self._score(n, asked, labels), n) for n in nodes]
        best = max((s for s, _ in scored), default=0)
        nodes = [n for s, n in scored if s == best and s > 0]
        nodes = geometry.innermost(nodes, self._is_flat) if labels else nodes
        if locator.slot is not None:
            nodes = geometry.slot(nodes, *locator.slot, self.frame, self._mirrored)
            wanted = locator.selected
            nodes = [n for n in nodes if wanted is None or geometry.chosen(n) == wanted]
        if not element.never:
            nodes = [n for n in nodes if id(n) not in self._never()]
        return [Match(name, n, clickable(n), index) for n in picked(nodes, locator.pick)]

    def _applies(self, locator: Locator) -> bool:
        """Whether the screen around allows for this locator at all."""
        return all(self.all(name) for name in locator.with_) and not any(
            self.all(name) for name in locator.unless
        )

    def _never(self) -> set[int]:
        """The nodes that must not be tapped, by identity."""
        if self._forbidden is None:
            self._forbidden = set()  # what these are known by is found without them
            names = [name for name, element in self._elements.items() if element.never]
            matches = [m for name in names for m in self.all(name)]
            self._forbidden = {id(node) for m in matches for node in (m.node, m.target)}
            self._found = {name: self._found[name] for name in names}
        return self._forbidden

    def _candidates(self, kind: str, locator: Locator) -> list[Node]:
        """The nodes that a locator may hold for, in the order of the screen."""
        if locator.id is None:
            return self._nodes[kind]
        known = self._by_id[kind]
        found = [pair for wanted in set(locator.id) for pair in known.get(wanted, ())]
        return [node for _, node in sorted(found, key=lambda pair: pair[0])]

    def _labels(self, locator: Locator) -> list[Label]:
        """What a locator asks of a node's words, in this locale."""
        asked: tuple[tuple[Texts | None, Callable[[Node], tuple[str, ...]]], ...] = (
            (locator.desc, lambda node: (node.desc,)),
            (locator.text, lambda node: (node.text,)),
            (locator.label, lambda node: (node.text, node.desc)),
        )
        wanted = ((texts, given) for texts, given in asked if texts is not None)
        return [(texts_for(texts, self._locale), given) for texts, given in wanted]

    def _score(self, node: Node, locator: Locator, labels: Sequence[Label]) -> int:
        """0 where the locator does not hold, 2 for whole labels, 1 for labels with a count."""
        scores = [2]
        for texts, given in labels:
            words = [word for word in given(node) if word]
            hits = (label_matches(g, w, locator.tail) for g in words for w in texts)
            scores.append(max(hits, default=0))
        if not all(scores) or not all(check(node, locator, self.frame) for check in _CHECKS):
            return 0
        return min(scores) if self._stands(node, locator) else 0

    def _stands(self, node: Node, locator: Locator) -> bool:
        """Whether a node stands to other elements as a locator asks."""
        return (
            (locator.inside is None or self._is_inside(node, locator.inside))
            and not any(self._is_inside(node, name, itself=True) for name in locator.outside)
            and not any(self._lies_on(node, name) for name in locator.without)
            and (locator.beside is None or self._is_at(node, locator.beside, _is_beside))
            and (locator.near is None or self._is_at(node, locator.near, geometry.near))
            and (locator.above is None or self._is_above(node, locator.above))
        )

    def _is_inside(self, node: Node, name: str, itself: bool = False) -> bool:
        """Whether an element is around a node; told by the boxes where a dump has no nesting."""
        found = [m.node for m in self.all(name)]
        if self._is_flat:
            return any(geometry.contains(around.bounds, node.bounds) for around in found)
        around = {id(other) for other in found}
        above = (node, *ancestors(node)) if itself else ancestors(node)
        return any(id(parent) in around for parent in above)

    def _lies_on(self, node: Node, name: str) -> bool:
        return any(geometry.contains(node.bounds, m.node.bounds) for m in self.all(name))

    def _is_at(
        self, node: Node, name: str, holds: Callable[[Bounds, Bounds, Bounds], bool]
    ) -> bool:
        """Whether a node, or what takes its tap, stands so to an element."""
        tapped = clickable(node).bounds
        return any(
            holds(node.bounds, m.node.bounds, self.frame)
            or holds(tapped, m.target.bounds, self.frame)
            for m in self.all(name)
            if m.node is not node
        )

    def _is_above(self, node: Node, name: str) -> bool:
        rows = (m.target.bounds for m in self.all(name))
        return any(geometry.above(node.bounds, row, self.frame) for row in rows)


def _is_beside(one: Bounds, other: Bounds, _area: Bounds) -> bool:
    return geometry.beside(one, other)


def _by_short_id(nodes: Sequence[Node]) -> dict[str, list[tuple[int, Node]]]:
    """Short id -> its nodes, each with its place among all."""
    found: dict[str, list[tuple[int, Node]]] = {}
    for place, node in enumerate(nodes):
        found.setdefault(short_id(node.resource_id), []).append((place, node))
    return found


def _has_pattern(node: Node, locator: Locator, _frame: Bounds) -> bool:
    if locator.pattern is None:
        return True
    said = (normal(text) for text in (node.text, node.desc) if text)
    return any(patterns.matches(locator.pattern, text) for text in said)


def _has_class(node: Node, locator: Locator, _frame: Bounds) -> bool:
    return locator.class_ is None or node.cls.rpartition(".")[2] == locator.class_


def _has_flags(node: Node, locator: Locator, _frame: Bounds) -> bool:
    return all(
        wanted is None or wanted == given
        for wanted, given in (
            (locator.clickable, node.clickable),
            (locator.enabled, node.enabled),
            (locator.selected, node.selected),
        )
    )


def _in_area(node: Node, locator: Locator, area: Bounds) -> bool:
    if locator.area is None:
        return True
    left, top, right, bottom = locator.area
    x, y = node.bounds.center
    return (
        left * area.width <= x - area.left <= right * area.width
        and top * area.height <= y - area.top <= bottom * area.height
    )


def _has_window(node: Node, locator: Locator, area: Bounds) -> bool:
    return not locator.own_window or geometry.in_own_window(node, area)


_CHECKS: tuple[Callable[[Node, Locator, Bounds], bool], ...] = (
    _has_pattern,
    _has_class,
    _has_flags,
    _in_area,
    _has_window,
)

_PICK: dict[str, Callable[[Node], tuple[int, ...]]] = {
    "left": lambda n: (n.bounds.left, n.bounds.top),
    "right": lambda n: (-n.bounds.right, n.bounds.top),
    "top": lambda n: (n.bounds.top, n.bounds.left),
    "bottom": lambda n: (-n.bounds.bottom, n.bounds.left),
}


def picked(nodes: list[Node], pick: str) -> list[Node]:
    """The nodes, the one to use first."""
    if pick in _PICK:
        return sorted(nodes, key=_PICK[pick])
    return nodes[::-1] if pick == "last" else nodes


def short_id(resource_id: str) -> str:
    """``post`` of ``org.droidcancel.clips:id/post``."""
    return resource_id.rpartition("/")[2]
