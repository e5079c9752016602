"""What accessibility sees of the views, and the XML that the two uiautomators print of it.

`node_tree` turns a laid-out view tree into accessibility nodes, as View and
AccessibilityNodeInfo do. `u2_xml` prints them as uiautomator2's server does (u2.jar,
AccessibilityNodeInfoDumper: every window, indented, more attributes by API level);
`aosp_xml` as `uiautomator dump` does (AOSP cmds/uiautomator: one window, one line).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from droidcancel.simulator.viewtree import Rect, ScrollState, View

RECYCLING = ("RecyclerView", "ListView", "ViewPager", "ViewPager2")  # keep no child off screen
NAF_EXCLUDED = (
    "android.widget.GridView",
    "android.widget.GridLayout",
    "android.widget.ListView",
    "android.widget.TableLayout",
)
PASSWORD_DOT = "•"
DECLARATION = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>"


@dataclass(eq=False)
class Node:
    """An AccessibilityNodeInfo. `bounds` are those on the screen, clipped by all parents."""

    view: View
    index: int
    package: str
    bounds: Rect
    visible: bool
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text that accessibility reads: an empty field's hint, a password's dots."""
        view = self.view
        if view.password and view.text:
            return PASSWORD_DOT * len(view.text)
        return view.text or (view.hint if view.widget == "edit" else "")

    @property
    def range_text(self) -> str:
        """u2.jar prints a progress bar's value (RangeInfo.getCurrent) in place of its text."""
        fraction = self.view.style.progress
        if self.view.widget not in ("progress", "spinner") or fraction is None:
            return self.text
        return f"{float(round(min(max(fraction, 0.0), 1.0) * 100))}"

    @property
    def resource_id(self) -> str:
        view = self.view
        if not view.id or ":" in view.id:
            return view.id
        return f"{self.package}:id/{view.id}"

    @property
    def desc(self) -> str:
        return self.view.desc

    @property
    def scrollable(self) -> bool:
        """A list or a page that fits its place says that it does not scroll."""
        state = self.view.state
        fits = isinstance(state, ScrollState) and state.maximum == 0
        return self.view.scrollable and not fits

    @property
    def cls(self) -> str:
        return self.view.cls

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()


def node_tree(root: View, package: str, compressed: bool = False) -> Node:
    """The nodes of one window. `compressed` leaves out what is not important."""
    node = Node(root, 0, root.package or package, root.clip, not root.clip.empty)
    _add_children(node, root, compressed)
    return node


def _add_children(node: Node, view: View, compressed: bool) -> None:
    recycling = view.cls.rpartition(".")[2] in RECYCLING
    for child in view.children:
        seen = not child.clip.empty
        if not child.visible or child.cls == "android.widget.Space" or (recycling and not seen):
            continue
        if compressed and not child.matters:
            _add_children(node, child, compressed)
            continue
        made = Node(
            child, len(node.children), child.package or node.package, child.clip, seen, node
        )
        node.children.append(made)
        _add_children(made, child, compressed)


# -- XML -------------------------------------------------------------------------------------
# stripInvalidXMLChars: control characters, surrogates and non-characters become dots.
_INVALID = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufddf\ufffe\uffff]"
)
_SPECIAL = re.compile('[&<>"\n\r\t]')
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """`text` as the dumpers print it; a character beyond the BMP is two surrogates in Java."""
    if text.isascii() and text.isprintable():
        return text
    return _INVALID.sub(".", _ASTRAL.sub("..", text))


def attribute(name: str, value: str) -> str:
    """One attribute as KXmlSerializer writes it."""
    if _SPECIAL.search(value) is None:
        return f' {name}="{value}"'
    quote = "'" if '"' in value else '"'
    value = value.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    for character in "\n\r\t":
        value = value.replace(character, f"&#{ord(character)};")
    if quote == "'":
        value = value.replace("'", "&apos;")
    return f" {name}={quote}{value}{quote}"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _says_nothing(node: Node) -> bool:
    """NAF, "not accessibility friendly": clickable, and nothing in it has a name."""
    if any(node.cls.endswith(excluded) for excluded in NAF_EXCLUDED):
        return False
    if not (node.view.clickable and node.view.enabled) or node.desc or node.text:
        return False
    return not any(child.desc or child.text for child in node.walk())


_COMMON: tuple[tuple[str, Callable[[Node], str]], ...] = (
    ("resource-id", lambda node: printable(node.resource_id)),
    ("class", lambda node: printable(node.cls)),
    ("package", lambda node: printable(node.package)),
    ("content-desc", lambda node: printable(node.desc)),
    ("checkable", lambda node: _flag(node.view.checkable)),
    ("checked", lambda node: _flag(node.view.checked)),
    ("clickable", lambda node: _flag(node.view.clickable)),
    ("enabled", lambda node: _flag(node.view.enabled)),
    ("focusable", lambda node: _flag(node.view.focusable)),
    ("focused", lambda node: _flag(node.view.focused)),
    ("scrollable", lambda node: _flag(node.scrollable)),
    ("long-clickable", lambda node: _flag(node.view.long_clickable)),
    ("password", lambda node: _flag(node.view.password)),
    ("selected", lambda node: _flag(node.view.selected)),
)


def _common(node: Node, text: str) -> list[str]:
    parts = [attribute("NAF", "true")] if _says_nothing(node) else []
    parts += [attribute("index", str(node.index)), attribute("text", printable(text))]
    parts += [attribute(name, read(node)) for name, read in _COMMON]
    return parts


def _u2_attributes(node: Node, api: int) -> str:
    parts = _common(node, node.range_text)
    parts += [attribute("visible-to-user", _flag(node.visible))]
    parts += [attribute("bounds", str(node.bounds))]
    if api >= 24:
        order = 0 if node.parent is None else node.index + 1
        parts.append(attribute("drawing-order", str(order)))
    if api >= 26:
        parts.append(attribute("hint", printable(node.view.hint)))
    if api >= 30:
        parts.append(attribute("display-id", "0"))
    return "".join(parts)


def u2_xml(roots: Sequence[Node], *, api: int, rotation: int = 0, max_depth: int = 50) -> str:
    """The document of uiautomator2's server; CRLF lines, as KXmlSerializer indents."""
    lines = [DECLARATION]
    head = f'<hierarchy rotation="{rotation}"'
    if not roots:
        return "\r\n".join([*lines, head + " />"])
    lines.append(head + ">")
    for root in roots:
        _u2_lines(root, api, 1, max_depth, lines)
    lines.append("</hierarchy>")
    return "\r\n".join(lines)


def _u2_lines(node: Node, api: int, level: int, depth: int, lines: list[str]) -> None:
    indent = "  " * level
    inside = [child for child in node.children if child.visible] if depth > 0 else []
    start = f"{indent}<node{_u2_attributes(node, api)}"
    if not inside:
        lines.append(start + " />")
        return
    lines.append(start + ">")
    for child in inside:
        _u2_lines(child, api, level + 1, depth - 1, lines)
    lines.append(f"{indent}</node>")


def aosp_xml(root: Node, rotation: int = 0) -> str:
    """The document of `uiautomator dump`: one window, without line breaks."""
    head = f'{DECLARATION}<hierarchy rotation="{rotation}">'
    return f"{head}{_aosp_node(root)}</hierarchy>"


def _aosp_node(node: Node) -> str:
    attributes = "".join([*_common(node, node.text), attribute("bounds", str(node.bounds))])
    inside = "".join(_aosp_node(child) for child in node.children if child.visible)
    return f"<node{attributes}>{inside}</node>" if inside else f"<node{attributes} />"


@dataclass(frozen=True)
class WindowNodes:
    """A window for `uiautomator dump --windows`."""

    title: str
    kind: str
    layer: int
    active: bool
    bounds: Rect
    root: Node


ACCESSIBILITY_TYPES = {  # AccessibilityWindowInfo.typeToString
    "app": "TYPE_APPLICATION",
    "panel": "TYPE_APPLICATION",
    "dialog": "TYPE_APPLICATION",
    "ime": "TYPE_INPUT_METHOD",
}


def aosp_windows_xml(windows: Sequence[WindowNodes], rotation: int = 0) -> str:
    """The document of `uiautomator dump --windows` (API 30 and later)."""
    parts = [DECLARATION, '<displays><display id="0">']
    for index, window in enumerate(windows):
        kind = ACCESSIBILITY_TYPES.get(window.kind, "TYPE_SYSTEM")
        attributes = [
            ("index", str(index)),
            ("title", printable(window.title)),
            ("bounds", str(window.bounds)),
            ("active", _flag(window.active)),
            ("focused", _flag(window.active)),
            ("accessibility-focused", "false"),
            ("id", str(index + 1)),
            ("layer", str(window.layer)),
            ("type", kind),
        ]
        parts.append("<window" + "".join(attribute(*pair) for pair in attributes) + ">")
        parts.append(f'<hierarchy rotation="{rotation}">{_aosp_node(window.root)}</hierarchy>')
        parts.append("</window>")
    parts.append("</display></displays>")
    return "".join(parts)
