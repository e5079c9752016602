"""A screen without people's names and words: for dumps that leave the machine.

Letters become ``x``; numbers and signs stay, so that what a matcher goes by is still there. Removed
are: what the profile marks `private`, what is typed, everything like an ``@handle``, the same names
and captions wherever else they stand, and all that other apps show. In the picture those places are
blurred until nothing can be made out. What the run itself has put there is no secret, and may stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from droidcancel.apps.matching import Match, normal
from droidcancel.apps.profile import Look
from droidcancel.device.hierarchy import Bounds, Hierarchy, Node

if TYPE_CHECKING:
    from PIL import Image

#: attributes that say nothing of people
STRUCTURE = frozenset(
    {
        "index", "resource-id", "class", "package", "bounds", "checkable", "checked", "clickable",
        "enabled", "focusable", "focused", "scrollable", "long-clickable", "password", "selected",
        "visible-to-user", "rotation", "window-id", "display-id", "drawing-order", "NAF",
    }
)  # fmt: skip
_HANDLE = re.compile(r"@[\w.\-]*\w")
SHORTEST_NAME = 3
SHORTEST_WORDS = 6
#: so many spots remain of what is blurred, each way
SPOTS = (6, 2)
#: pixels around a text that belong to it
AROUND = 4


@dataclass(frozen=True)
class Redacted:
    """The hierarchy to keep, and the places on the picture to blur."""

    hierarchy: Hierarchy
    hidden: tuple[Bounds, ...]


def redacted(
    look: Look, ours: Callable[[str], bool] | None = None, shown: Collection[str] = ()
) -> Redacted:
    """A look's hierarchy with people's names and words removed.

    `ours`: tells the words that the run itself has put there. `shown`: packages of other apps whose
    words may stay.
    """
    nodes = look.hierarchy.nodes()
    whole = _private_nodes(look)
    if ours is not None:
        whole -= {id(n) for n in nodes if any(map(ours, (n.text, n.desc)))}
    names, words = _told_of(nodes, whole)
    root = deepcopy(look.hierarchy.root)
    hidden: list[Bounds] = []
    for node, element in zip(nodes, root.iter("node"), strict=True):
        foreign = node.package not in shown and _is_foreign(look, node)
        if _clean(element, foreign or id(node) in whole, names, words):
            hidden.append(node.bounds)
    return Redacted(Hierarchy(root, look.hierarchy.taken_at), tuple(hidden))


def blurred(picture: Image.Image, places: Iterable[Bounds]) -> Image.Image:
    """A picture whose places hold nothing but a few spots of colour."""
    from PIL import Image

    made = picture.convert("RGB")
    for place in places:
        box = (
            max(0, place.left - AROUND),
            max(0, place.top - AROUND),
            min(made.width, place.right + AROUND),
            min(made.height, place.bottom + AROUND),
        )
        if box[0] >= box[2] or box[1] >= box[3]:
            continue
        piece = made.crop(box)
        few = piece.resize(SPOTS, Image.Resampling.BOX)
        made.paste(few.resize(piece.size, Image.Resampling.BILINEAR), box[:2])
    return made


def masked(text: str) -> str:
    """``x`` for each letter."""
    return "".join("x" if sign.isalpha() else sign for sign in text)


def _private_nodes(look: Look) -> set[int]:
    """The nodes, by identity, whose every word is somebody's."""
    private = (name for name, e in look.profile.elements.items() if e.private)
    marked = [m.node for name in private for m in _matches(look, name)]
    found = {id(n) for node in marked for n in (node, *node.descendants())}
    typed = {id(n) for n in look.hierarchy.nodes() if n.cls.endswith("EditText")}
    return found | typed


def _matches(look: Look, name: str) -> Iterator[Match]:
    """All that any locator of an element finds, not only the first that does."""
    for found in look.finder.by_locator(name):
        yield from found


def _told_of(nodes: Iterable[Node], whole: set[int]) -> tuple[set[str], set[str]]:
    """Names of accounts, and longer words of people, as they stand on the screen."""
    names: set[str] = set()
    words: set[str] = set()
    for node in nodes:
        for text in (node.text, node.desc):
            names.update(handle.lstrip("@") for handle in _HANDLE.findall(text))
            if id(node) in whole and len(normal(text)) >= SHORTEST_WORDS and text != node.hint:
                words.add(normal(text))
    return {name for name in names if len(name) >= SHORTEST_NAME}, words


def _is_foreign(look: Look, node: Node) -> bool:
    profile = look.profile
    return node.package not in {*profile.packages, *profile.system_packages, ""}


def _clean(element: etree._Element, wholly: bool, names: set[str], words: set[str]) -> bool:
    """Mask what is somebody's in a node; whether there was anything."""
    changed = False
    hint = str(element.get("hint", ""))
    for key, value in list(element.attrib.items()):
        name, text = str(key), str(value)
        if name in STRUCTURE or not text or (name == "hint" and not wholly):
            continue
        keep = name == "hint" or (hint and text == hint)
        safe = text if keep else masked(text) if wholly else _without(text, names, words)
        if safe != text:
            element.set(name, safe)
            changed = True
    return changed


def _without(text: str, names: set[str], words: set[str]) -> str:
    """A text with handles, names and captions masked in it."""
    safe = _HANDLE.sub(lambda found: masked(found[0]), text)
    for word in sorted(words, key=len, reverse=True):
        safe = safe.replace(word, masked(word))
    for name in sorted(names, key=len, reverse=True):
        safe = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", masked(name), safe)
    return safe
