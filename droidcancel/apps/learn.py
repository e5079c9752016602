"""From a node that a person points at, or that likeness proposes, to a new locator for an element.

Pure: a lesson is only made, and tried on the look that it comes from. What is learnt must find that
very node there, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from droidcancel.apps.geometry import ancestors, clickable
from droidcancel.apps.likeness import MOST_WORDS, claims, label_of
from droidcancel.apps.matching import label_matches, normal, short_id
from droidcancel.apps.profile import Look
from droidcancel.apps.schema import Locator
from droidcancel.apps.signs import role_of
from droidcancel.device.hierarchy import Node
from droidcancel.errors import UsageError

MOST_LETTERS = 40
_STEM = re.compile(r"[\d@#:：(|•·]")


@dataclass(frozen=True)
class Lesson:
    """A locator as it is written in a profile, and what it rests on."""

    kind: str
    locator: dict[str, Any]


def may_learn(look: Look, element: str) -> None:
    """UsageError for an element that is not learnt."""
    look.find(element)  # an unknown name is told
    known = look.profile.elements.get(element)
    if known is None:
        raise UsageError(f"{look.profile.title} has no {element}")
    if known.never:
        note = f": {known.note}" if known.note else ""
        raise UsageError(f"{element} must not be tapped{note}", "it is not learnt either")
    if known.package != "app":
        raise UsageError(f"{element} is the phone's own, and the same in every app: not learnt")


def check_owner(look: Look, element: str, node: Node) -> str:
    """Whose node it is already, or "". UsageError where it publishes, destroys or is forbidden."""
    owned = claims(look, element)
    owner = owned.get(id(node)) or owned.get(id(clickable(node))) or ""
    if not owner:
        return ""
    if look.profile.elements[owner].never or look.profile.is_sensitive(owner):
        raise UsageError(f"{label_of(node)!r} is {owner}, so it is not learnt as {element}")
    return owner


def at(look: Look, x: int, y: int) -> Node:
    """The smallest thing of the app at a pixel that says something or takes a tap."""
    here = [
        node
        for node in look.finder.nodes("app")
        if node.bounds.left <= x < node.bounds.right and node.bounds.top <= y < node.bounds.bottom
    ]
    telling = [n for n in here if n.clickable or n.text or n.desc]
    if not telling:
        raise UsageError(f"nothing of the app is at {x},{y} that could be tapped")
    return min(telling, key=lambda n: n.bounds.width * n.bounds.height)


def saying(look: Look, text: str) -> Node:
    """The one thing of the app that says so. UsageError for none, or several."""
    nodes = [n for n in look.finder.nodes("app") if normal(text) in map(normal, (n.text, n.desc))]
    by_target = {id(clickable(n)): n for n in nodes}
    if not by_target:
        raise UsageError(f"nothing of the app says {text!r}", "say it as the screen does, whole")
    if len(by_target) > 1:
        places = "; ".join(
            f"--at {n.bounds.center[0]},{n.bounds.center[1]}" for n in by_target.values()
        )
        raise UsageError(f"{len(by_target)} things say {text!r}", f"say which: {places}")
    return nodes[0]


def lessons(look: Look, element: str, node: Node) -> list[Lesson]:
    """The locators that find this node and no other here, in order of trust.

    By content-desc and by text in the look's language, then by resource-id in the app's version.
    Nobody's names or words are learnt: of a private element only the id. What says that a list is
    empty is learnt by its words alone, and as a whole: an id may stand on any text.
    """
    return [made for draft in _drafts(look, element, node) if (made := _tried(look, node, draft))]


def _drafts(look: Look, element: str, node: Node) -> Iterator[Lesson]:
    typed = node.cls.endswith("EditText")
    target = clickable(node)
    if look.profile.says_empty(element):
        yield from _whole(look, node)
        return
    if not look.profile.elements[element].private:
        key = _language(look.locale)
        for part, said in (("desc", node.desc), ("text", "" if typed else node.text)):
            if stem := _stem(said):
                yield Lesson(part, {part: {key: stem}})
        if not (node.desc or node.text) and (inner := _worded(node)) is not None:
            yield from (x for x in _drafts(look, element, inner) if x.kind != "id")
    name = short_id(node.resource_id) or short_id(target.resource_id)
    if name and look.version:
        yield Lesson("id", {"id": name, "versions": f"=={look.version}"})


def _whole(look: Look, node: Node) -> Iterator[Lesson]:
    """The words as they are, with nothing after them."""
    for part, said in (("desc", normal(node.desc)), ("text", normal(node.text))):
        if said and len(said) <= MOST_WORDS:
            yield Lesson(part, {part: {_language(look.locale): said}, "tail": "none"})


def _worded(node: Node) -> Node | None:
    """The one node inside a button that says something."""
    inside = [n for n in node.descendants() if n.text or n.desc]
    return inside[0] if len(inside) == 1 else None


def _stem(said: str) -> str:
    """A label without a count or a name behind it; empty where nothing is left to go by."""
    text = normal(said)
    stem = _STEM.split(text)[0].rstrip(" ,;-") if _STEM.search(text) else text
    if not stem or len(stem) > MOST_LETTERS or not label_matches(text, stem):
        return ""
    return stem


def _language(locale: str) -> str:
    """``fr`` of ``fr-CA``; the whole of ``zh-Hant-TW``, whose scripts differ."""
    language = locale.replace("_", "-").split("-")[0]
    return locale if language == "zh" else language


def _tried(look: Look, node: Node, draft: Lesson) -> Lesson | None:
    """The lesson, made narrower until it finds this node alone; None where it never does."""
    for more in _narrower(look, node):
        locator = {**draft.locator, **more}
        if _finds_only(look, node, locator):
            return Lesson(draft.kind, locator)
    return None


def _narrower(look: Look, node: Node) -> Iterator[dict[str, Any]]:
    yield {}
    if role_of(node):
        yield {"class": role_of(node)}
    around = {id(n) for n in ancestors(node)}
    for name in look.profile.elements:
        match = look.find(name)
        if match is not None and id(match.node) in around:
            yield {"inside": name}


def _finds_only(look: Look, node: Node, locator: dict[str, Any]) -> bool:
    found = look.finder.by(Locator.model_validate(locator))
    targets = {id(match.target) for match in found}
    return targets == {id(clickable(node))}
