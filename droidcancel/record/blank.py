"""Names and captions taken out of a screen before it is kept.

What the profile marks as `private` is blanked: each letter becomes an x; numbers and signs stay,
so that `@anna_92` is `@xxxx_92` and a count stays a count. The same words are blanked wherever else
they stand on the screen. What the run itself has typed is no secret, and stays.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from lxml import etree

from droidcancel.apps.profile import Look
from droidcancel.device import Bounds, Hierarchy, Node

_LETTER = re.compile(r"[^\W\d_]")
_HANDLE = re.compile(r"(?<!\w)@\w")
_NAME = re.compile(r"(?<!\w)@([\w.\-]+)")
#: shorter words are not looked for elsewhere: they would be found everywhere
SHORTEST = 3
#: how wide somebody's picture beside the name may be, as shares of the screen's width
FACE_WIDE = (0.05, 0.3)


def blank(text: str) -> str:
    """Each letter an x."""
    return _LETTER.sub("x", text)


def private_words(look: Look, known: Iterable[str]) -> set[str]:
    """What the private elements of a screen say, but for what carries one of `known`."""
    private = [n for n, element in look.profile.elements.items() if element.private]
    said = {
        words
        for name in private
        for match in look.all(name)
        for words in (match.node.text, match.node.desc)
        if words.strip()
    }
    # a name is written with its @ here and without it there
    said |= {words.lstrip("@") for words in said if words.startswith("@")}
    kept = [word for word in known if word]
    return {words for words in said if words and not any(k in words for k in kept)}


def blanked(
    hierarchy: Hierarchy, words: Collection[str], packages: Collection[str]
) -> tuple[etree._Element, list[Bounds]]:
    """A copy of a hierarchy without these words, and where they stood.

    Of windows of other packages (a status bar with its notifications) no text is kept at all.
    """
    root = copy.deepcopy(hierarchy.root)
    places: list[Bounds] = []
    longest_first = sorted(words, key=len, reverse=True)
    for element, node in zip(root.iter("node"), hierarchy.nodes(), strict=True):
        foreign = _window(node).package not in packages
        changed = [_rewritten(element, name, longest_first, foreign) for name in _SAYING]
        if any(changed):
            places.append(node.bounds)
    return root, places


class Place(NamedTuple):
    """Where something private stands on a screen, and what it says ("" for a picture)."""

    bounds: Bounds
    said: str


def private_places(look: Look, known: Iterable[str]) -> tuple[Place, ...]:
    """Where a picture of this screen shows people's names, words or faces, but for what was typed.

    That is: what the profile marks as private, the same words elsewhere, handles (``@anna``) and
    their names, the round or square picture beside one, and all text in windows of other packages,
    but for the app's own name and the letters of a keyboard. What a field hints at is nobody's.
    Signs without text (of the status bar) show nobody.
    """
    nodes = [node for node in look.hierarchy.nodes() if not node.bounds.empty]
    mine = [word for word in known if word]
    words = private_words(look, mine) | _names(nodes, mine)
    windows = {*look.profile.packages, *look.profile.system_packages}
    own = {look.profile.title}
    shown = [node for node in nodes if _shows_people(node, words, mine, windows, own)]
    places = {Place(node.bounds, node.text or node.desc) for node in shown}
    places |= {Place(bounds, "") for bounds in _faces(look, nodes, shown)}
    return tuple(sorted(places))


def _names(nodes: Iterable[Node], known: Collection[str]) -> set[str]:
    """The names of all handles on the screen, as they stand elsewhere without their @."""
    said = (text for node in nodes for text in (node.text, node.desc))
    found = {name.rstrip(".-") for text in said for name in _NAME.findall(text)}
    return {name for name in found if len(name) >= SHORTEST and not any(name in k for k in known)}


def _shows_people(
    node: Node,
    words: Collection[str],
    known: Iterable[str],
    windows: Collection[str],
    own: Collection[str],
) -> bool:
    if node.hint and node.text == node.hint:
        return False  # of a field in which nothing stands
    if _window(node).package not in windows:
        # a single letter is a keyboard's
        return len(node.text) > 1 and bool(_LETTER.search(node.text)) and node.text not in own
    if any(word in node.text for word in known):
        return False
    if _HANDLE.search(node.text):
        return True
    longest = sorted(words, key=len, reverse=True)
    # what is said of a whole group of views is drawn nowhere
    drawn = (node.text, "" if node.children else node.desc)
    return any(said and _without(said, longest) != said for said in drawn)


def _faces(look: Look, nodes: Sequence[Node], shown: Sequence[Node]) -> set[Bounds]:
    """Pictures of people: what the profile marks, and what is as wide as high beside a name.

    A picture that says what it is (`Like`) is a sign; one that says a name is found by that.
    """
    private = [n for n, element in look.profile.elements.items() if element.private]
    marked = {
        match.node.bounds
        for name in private
        for match in look.all(name)
        if not (match.node.text or match.node.desc)
    }
    across = max((node.bounds.right for node in nodes), default=0)
    beside = {id(above) for node in shown if node.text for above in _above(node)}
    return marked | {
        node.bounds
        for node in nodes
        if node.cls.endswith("ImageView")
        and not node.desc
        and node.parent is not None
        and id(node.parent) in beside
        and FACE_WIDE[0] * across <= node.bounds.width <= FACE_WIDE[1] * across
        and 0.8 <= node.bounds.width / node.bounds.height <= 1.25
    }


def _above(node: Node) -> Iterator[Node]:
    """What a name and a picture beside it have in common: a row, or a column in a row."""
    for _ in range(2):
        if node.parent is None:
            return
        node = node.parent
        yield node


_SAYING = ("text", "content-desc", "hint")


def _window(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def _rewritten(element: etree._Element, name: str, words: Iterable[str], everything: bool) -> bool:
    """Blank an attribute; whether it said any of it."""
    said = str(element.get(name, ""))
    if not said:
        return False
    left = blank(said) if everything else _without(said, words)
    if left == said:
        return False
    element.set(name, left)
    return True


def _without(said: str, words: Iterable[str]) -> str:
    for word in words:
        if said == word:
            return blank(said)
        if len(word) >= SHORTEST and word in said:
            said = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", blank(word), said)
    return said


def blank_later(xml: bytes, words: Collection[str]) -> bytes:
    """A kept screen without words that were found to be private only later."""
    root = etree.fromstring(xml)
    longest_first = sorted(words, key=len, reverse=True)
    changed = [
        _rewritten(element, name, longest_first, everything=False)
        for element in root.iter("node")
        for name in _SAYING
    ]
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) if any(changed) else xml
