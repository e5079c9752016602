"""The phone's screen as a tree of nodes, read once from the XML that uiautomator prints."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from lxml import etree

from droidcancel.errors import UiError

MAX_BYTES = 32 * 2**20  # the largest dumps that were seen have 1 MB
MAX_DEPTH = 200  # real screens stay below 60; what is deeper is a runaway or an attack
MAX_NODES = 200_000
MAX_ATTRIBUTES = 2_000_000  # of all nodes; uiautomator gives each some 20
MAX_TEXT = 2**16  # characters of one attribute; a phone's binder takes no text of 1 MB
_BOUNDS = re.compile(r"\[(-?\d{1,9}),(-?\d{1,9})\]\[(-?\d{1,9}),(-?\d{1,9})\]")
# XML 1.0 has no place for these; apps put them into texts all the same
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL_REFERENCE = re.compile(r"&#(?:x(?P<hex>[0-9a-fA-F]+)|(?P<dec>[0-9]+));")


class Bounds(NamedTuple):
    """A rectangle on the screen, in pixels; right and bottom are outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across; 0 or less for an empty one."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top

    @property
    def empty(self) -> bool:
        """Whether it covers nothing (uiautomator prints such for what is scrolled away)."""
        return self.width <= 0 or self.height <= 0

    @property
    def area(self) -> int:
        """Square pixels."""
        return self.width * self.height

    def holds(self, x: int, y: int) -> bool:
        """Whether a pixel lies in it."""
        return self.left <= x < self.right and self.top <= y < self.bottom

    @property
    def center(self) -> tuple[int, int]:
        """The pixel in the middle."""
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2


@dataclass(eq=False)
class Node:
    """One view. Two nodes are equal only when they are the same one."""

    text: str
    desc: str
    resource_id: str
    cls: str
    package: str
    bounds: Bounds
    clickable: bool
    enabled: bool
    checked: bool
    selected: bool
    focused: bool
    scrollable: bool
    long_clickable: bool
    checkable: bool
    password: bool
    visible: bool
    hint: str
    parent: Node | None = field(default=None, repr=False)
    children: tuple[Node, ...] = field(default=(), repr=False)

    def descendants(self) -> list[Node]:
        """Every node below this one, in document order."""
        found: list[Node] = []
        waiting = list(reversed(self.children))
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting.extend(reversed(node.children))
        return found


@dataclass(frozen=True)
class Hierarchy:
    """One dump. ``taken_at`` is wall time in seconds; ``root`` the ``hierarchy`` element."""

    root: etree._Element
    taken_at: float

    @classmethod
    def parse(cls, xml: str | bytes, taken_at: float | None = None) -> Hierarchy:
        """Read a dump. Raises UiError for one that is broken, too large or too deep."""
        text = xml.decode("utf-8", "replace") if isinstance(xml, bytes) else xml
        if len(text) > MAX_BYTES:
            raise UiError(f"the screen's dump has over {MAX_BYTES} characters, too many to read")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise UiError("the screen's dump declares a document type: refused")
        # counted before there is a tree, each part of which takes many times its text's room
        tags, values = text.count("<"), text.count("=")
        if tags > 2 * MAX_NODES + 2 or values > MAX_ATTRIBUTES:
            raise UiError(f"the screen's dump has {tags} tags and {values} attributes: refused")
        root = _tree(_clean(text))
        if root.tag != "hierarchy":
            raise UiError(f"the screen's dump is a {root.tag!r}, expected a 'hierarchy'")
        _measure(root)
        return cls(root, time.time() if taken_at is None else taken_at)

    def nodes(self) -> list[Node]:
        """Every node in document order; those of a window's root have no parent."""
        return self._nodes

    @property
    def rotation(self) -> int:
        """0 to 3, in steps of 90 degrees."""
        value = str(self.root.get("rotation", "0"))
        return int(value) if value in ("1", "2", "3") else 0

    def to_xml(self) -> str:
        """The dump as text, for the evidence."""
        return etree.tostring(self.root, encoding="unicode", pretty_print=True)

    @cached_property
    def _nodes(self) -> list[Node]:
        made: dict[etree._Element, Node] = {}
        for element in self.root.iter("node"):
            above = element.getparent()
            parent = made.get(above) if above is not None else None
            made[element] = _node(element, parent)
        for element, node in made.items():
            node.children = tuple(made[child] for child in element if child in made)
        return list(made.values())


def _tree(text: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,  # lifts libxml's limit of 10 MB a text; ours stand above
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise UiError(f"the screen's dump is broken: {error}", "look again") from error


def _clean(text: str) -> str:
    """Without the characters that XML forbids; the declared encoding is replaced by ours."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)
    return _ILLEGAL_REFERENCE.sub(_legal, _ILLEGAL.sub("", text))


def _legal(found: re.Match[str]) -> str:
    digits = (found["hex"] or found["dec"])[:8]
    number = int(digits, 16 if found["hex"] else 10)
    if number > 0x10FFFF or _ILLEGAL.match(chr(number)):
        return ""
    return found[0]


def _measure(root: etree._Element) -> None:
    """Refuse a tree that is too deep or too wide."""
    depth = deepest = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        deepest = max(deepest, depth)
        if deepest > MAX_DEPTH or count > MAX_NODES:
            raise UiError(f"the screen's dump is {deepest} deep with {count} nodes: refused")


def _node(element: etree._Element, parent: Node | None) -> Node:
    attributes = {str(key): str(value)[:MAX_TEXT] for key, value in element.attrib.items()}

    def flag(name: str, default: str = "false") -> bool:
        return attributes.get(name, default) == "true"

    return Node(
        text=attributes.get("text", ""),
        desc=attributes.get("content-desc", ""),
        resource_id=attributes.get("resource-id", ""),
        cls=attributes.get("class", ""),
        package=attributes.get("package", ""),
        bounds=_bounds(attributes.get("bounds", "")),
        clickable=flag("clickable"),
        enabled=flag("enabled", "true"),
        checked=flag("checked"),
        selected=flag("selected"),
        focused=flag("focused"),
        scrollable=flag("scrollable"),
        long_clickable=flag("long-clickable"),
        checkable=flag("checkable"),
        password=flag("password"),
        visible=flag("visible-to-user", "true"),
        hint=attributes.get("hint", ""),
        parent=parent,
    )


def _bounds(text: str) -> Bounds:
    found = _BOUNDS.fullmatch(text)
    return Bounds(*map(int, found.groups())) if found else Bounds(0, 0, 0, 0)
