"""Finding nodes: UiSelector and BySelector of androidx.test.uiautomator.

A client's selector is a dictionary of criteria, a bit mask that says which of them count, and
a chain of child and sibling selectors. u2.jar makes two things of it. A `UiSelector` walks
the active window (QueryController): contains and starts-with ignore case, `instance` counts
matches, children and siblings backtrack. A `BySelector` walks all windows and is used where
there is neither a chain nor an instance or index: there, contains and starts-with heed case,
the innermost match comes first, and one thing may be asked for once only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from droidcancel.simulator.bounded_regex import BadPattern, Pattern
from droidcancel.simulator.hierarchy import Node
from droidcancel.simulator.uiautomator_errors import RemoteError, illegal_state

# Bits of Selector.mask (com.wetest.uia2.stub.Selector).
MASKS: Mapping[str, int] = {
    "text": 0x01,
    "textContains": 0x02,
    "textMatches": 0x04,
    "textStartsWith": 0x08,
    "className": 0x10,
    "classNameMatches": 0x20,
    "description": 0x40,
    "descriptionContains": 0x80,
    "descriptionMatches": 0x0100,
    "descriptionStartsWith": 0x0200,
    "checkable": 0x0400,
    "checked": 0x0800,
    "clickable": 0x1000,
    "longClickable": 0x2000,
    "scrollable": 0x4000,
    "enabled": 0x8000,
    "focusable": 0x010000,
    "focused": 0x020000,
    "selected": 0x040000,
    "packageName": 0x080000,
    "packageNameMatches": 0x100000,
    "resourceId": 0x200000,
    "resourceIdMatches": 0x400000,
    "index": 0x800000,
    "instance": 0x01000000,
}
COUNTING = MASKS["index"] | MASKS["instance"]

_TEXTS: Mapping[str, Callable[[Node], str]] = {
    "text": lambda node: node.text,
    "className": lambda node: node.cls,
    "description": lambda node: node.desc,
    "packageName": lambda node: node.package,
    "resourceId": lambda node: node.resource_id,
}
_FLAGS: Mapping[str, Callable[[Node], bool]] = {
    "checkable": lambda node: node.view.checkable,
    "checked": lambda node: node.view.checked,
    "clickable": lambda node: node.view.clickable,
    "longClickable": lambda node: node.view.long_clickable,
    "scrollable": lambda node: node.scrollable,
    "enabled": lambda node: node.view.enabled,
    "focusable": lambda node: node.view.focusable,
    "focused": lambda node: node.view.focused,
    "selected": lambda node: node.view.selected,
}


# What Selector.toBySelector asks of By, in its order; a second word for one thing is an error.
# (The jar tells `checked` as a second `checkable` where both are given.)
_BY_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Checkable", ("checkable", "checked")),
    ("Class", ("className", "classNameMatches")),
    (
        "Description",
        ("description", "descriptionContains", "descriptionMatches", "descriptionStartsWith"),
    ),
    ("Package", ("packageName", "packageNameMatches")),
    ("Resource name", ("resourceId", "resourceIdMatches")),
    ("Text", ("text", "textContains", "textStartsWith", "textMatches")),
)


def _pattern(text: str, flags: int) -> Pattern:
    try:
        return Pattern(text, flags)
    except BadPattern as error:
        message = f"{error} near index {error.position}\n{text}"
        raise RemoteError("java.util.regex.PatternSyntaxException", message) from None


def _equal(actual: str, wanted: str, exact_case: bool) -> bool:
    return actual == wanted


def _contains(actual: str, wanted: str, exact_case: bool) -> bool:
    return wanted in actual if exact_case else wanted.lower() in actual.lower()


def _starts(actual: str, wanted: str, exact_case: bool) -> bool:
    if exact_case:
        return actual.startswith(wanted)
    return actual.lower().startswith(wanted.lower())


def _matches(actual: str, wanted: str, exact_case: bool) -> bool:
    # UiSelector compiles with DOTALL, By takes the pattern as it is.
    return _pattern(wanted, 0 if exact_case else re.DOTALL).fullmatch(actual) is not None


_ENDINGS: Mapping[str, Callable[[str, str, bool], bool]] = {
    "Contains": _contains,
    "StartsWith": _starts,
    "Matches": _matches,
    "": _equal,
}


def _split(name: str) -> tuple[str, Callable[[str, str, bool], bool]]:
    for ending, compare in _ENDINGS.items():
        stem = name.removesuffix(ending) if ending else name
        if stem != name or not ending:
            return stem, compare
    raise KeyError(name)


@dataclass(frozen=True)
class Criteria:
    """What one node must be like; `fields` are (name, value) as the mask lets them count."""

    fields: tuple[tuple[str, Any], ...]
    index: int | None = None
    instance: int = 0

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Criteria:
        mask = int(raw.get("mask", 0))
        counted = {name: raw.get(name) for name, bit in MASKS.items() if mask & bit}
        index, instance = counted.pop("index", None), counted.pop("instance", 0)
        return cls(
            tuple(counted.items()),
            None if index is None else int(index),
            int(instance or 0),
        )

    def fits(self, node: Node, index: int, exact_case: bool = False) -> bool:
        """Whether `node`, the `index`th child of its parent, is like this (instance aside)."""
        if self.index is not None and index != self.index:
            return False
        return all(_field_fits(node, name, value, exact_case) for name, value in self.fields)


def _field_fits(node: Node, name: str, value: Any, exact_case: bool) -> bool:
    flag = _FLAGS.get(name)
    if flag is not None:
        return flag(node) == bool(value)
    stem, compare = _split(name)
    actual = _TEXTS[stem](node)
    if stem == "resourceId" and not actual:
        return False  # getViewIdResourceName() is null
    if exact_case and name == "className" and str(value).startswith("."):
        value = f"android.widget{value}"  # By.clazz(".Button")
    return compare(actual, "" if value is None else str(value), exact_case)


@dataclass(frozen=True)
class Selector:
    """A whole selector: its own criteria, then children and siblings in turn."""

    steps: tuple[tuple[str, Criteria], ...]
    mask: int = 0
    deep_mask: int = 0  # that of the last child or sibling

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Selector:
        """From a client's dictionary (uiautomator2's `Selector`)."""
        steps: list[tuple[str, Criteria]] = [("", Criteria.parse(raw))]
        mask = deep_mask = int(raw.get("mask", 0))
        kinds = raw.get("childOrSibling") or []
        for kind, sub in zip(kinds, raw.get("childOrSiblingSelector") or [], strict=False):
            inner = cls.parse(sub)
            steps.append((str(kind).lower(), inner.steps[0][1]))
            steps.extend(inner.steps[1:])
            deep_mask = inner.mask
        return cls(tuple(steps), mask, deep_mask)

    @property
    def by(self) -> bool:
        """Whether most methods look it up as a BySelector first (Selector.toUiObject2).

        Raises RemoteError for criteria that a BySelector does not take together.
        """
        if self.mask & COUNTING or not self.mask:
            return False
        self.check_by()
        return len(self.steps) == 1

    def check_by(self) -> None:
        """As Selector.toBySelector. Raises RemoteError(IllegalStateException)."""
        given = {name for name, _ in self.steps[0][1].fields}
        for label, names in _BY_GROUPS:
            if len(given.intersection(names)) > 1:
                raise illegal_state(f"{label} selector is already defined")

    def with_instance(self, instance: int) -> Selector:
        """As Selector.toUiSelector(int) sets the instance of its deepest part."""
        kind, last = self.steps[-1]
        deepest = Criteria(last.fields, last.index, instance)
        return replace(self, steps=(*self.steps[:-1], (kind, deepest)))

    def with_outer_instance(self, instance: int) -> Selector:
        """As UiSelector.instance(int) sets that of its first part, whatever follows it."""
        head = self.steps[0][1]
        first = Criteria(head.fields, head.index, instance)
        return replace(self, steps=(("", first), *self.steps[1:]))

    def describe(self) -> str:
        """As UiSelector.toString() puts it, for error messages."""
        text = ""
        for kind, criteria in reversed(self.steps):
            text = _describe(criteria, kind, text)
        return text


_LABELS: Mapping[str, str] = {
    "text": "TEXT",
    "textContains": "CONTAINS_TEXT",
    "textMatches": "TEXT_REGEX",
    "textStartsWith": "START_TEXT",
    "className": "CLASS",
    "classNameMatches": "CLASS_REGEX",
    "description": "DESCRIPTION",
    "descriptionContains": "CONTAINS_DESCRIPTION",
    "descriptionMatches": "DESCRIPTION_REGEX",
    "descriptionStartsWith": "START_DESCRIPTION",
    "checkable": "CHECKABLE",
    "checked": "CHECKED",
    "clickable": "CLICKABLE",
    "longClickable": "LONG_CLICKABLE",
    "scrollable": "SCROLLABLE",
    "enabled": "ENABLED",
    "focusable": "FOCUSABLE",
    "focused": "FOCUSED",
    "selected": "SELECTED",
    "packageName": "PACKAGE_NAME",
    "packageNameMatches": "PACKAGE_NAME_REGEX",
    "resourceId": "RESOURCE_ID",
    "resourceIdMatches": "RESOURCE_ID_REGEX",
}


def _describe(criteria: Criteria, kind: str, inner: str) -> str:
    parts = []
    for name, value in criteria.fields:
        shown = ("true" if value else "false") if isinstance(value, bool) else value
        parts.append(f"{_LABELS[name]}={shown}")
    if criteria.index is not None:
        parts.append(f"INDEX={criteria.index}")
    if criteria.instance:
        parts.append(f"INSTANCE={criteria.instance}")
    if inner:
        parts.append(inner)
    text = f"UiSelector[{', '.join(parts)}]"
    return text if not kind else f"{'CHILD' if kind == 'child' else 'PARENT'}={text}"


# -- UiSelector ------------------------------------------------------------------------------
@dataclass
class _Step:
    """One part of a selector in use, with the matches seen so far for its instance.

    The count starts anew each time the part before it matched: UiSelector.getChildSelector
    hands out a copy.
    """

    selector: Selector
    number: int = 0
    seen: int = 0

    def matches(self, node: Node, index: int) -> bool:
        criteria = self.selector.steps[self.number][1]
        if not criteria.fits(node, index):
            return False
        matched = criteria.instance == self.seen
        if criteria.instance > self.seen:
            self.seen += 1
        return matched

    def find(self, node: Node, index: int) -> Node | None:
        """QueryController.findNodeRegularRecursive."""
        step = self
        if self.matches(node, index):
            if self.number == len(self.selector.steps) - 1:
                return node
            step = _Step(self.selector, self.number + 1)
            if self.selector.steps[step.number][0] == "sibling":
                if node.parent is None:
                    return None
                node = node.parent
        for child in node.children:
            if child.visible:
                found = step.find(child, child.index)
                if found is not None:
                    return found
        return None


def find_ui(selector: Selector, root: Node) -> Node | None:
    """The node that a UiSelector finds in the tree of one window."""
    return _Step(selector).find(root, 0)


def find_below(selector: Selector, node: Node) -> Node | None:
    """The first match among a node's descendants (UiObject.getChild)."""
    for child in node.children:
        found = find_ui(selector, child) if child.visible else None
        if found is not None:
            return found
    return None


def find_pattern(selector: Selector, container: Node, instance: int) -> Node | None:
    """The `instance`th match inside a container (UiCollection.getChildByInstance)."""
    for number, node in enumerate(pattern_matches(selector, container)):
        if number == instance:
            return node
    return None


def pattern_matches(selector: Selector, container: Node) -> Iterator[Node]:
    """All matches below (and of) `container`, in document order."""
    for node in visible(container):
        if selector.steps[0][1].fits(node, node.index):
            found = _Step(_without_instance(selector)).find(node, node.index)
            if found is not None:
                yield found


def _without_instance(selector: Selector) -> Selector:
    return selector.with_outer_instance(0)


def visible(root: Node) -> Iterator[Node]:
    """A tree's nodes that show, parents first."""
    yield root
    for child in root.children:
        if child.visible:
            yield from visible(child)


# -- BySelector ------------------------------------------------------------------------------
def find_by(selector: Selector, roots: Sequence[Node]) -> Node | None:
    """The first node in any window that a BySelector finds. Raises RemoteError."""
    selector.check_by()
    if not selector.steps[0][1].fields:
        message = "Attempt to read from field 'java.util.List BySelector.mChildSelectors' on null"
        raise RemoteError("java.lang.NullPointerException", message)
    for root in roots:
        found = _innermost(selector.steps[0][1], root) if root.visible else None
        if found is not None:
            return found
    return None


def _innermost(criteria: Criteria, node: Node) -> Node | None:
    """ByMatcher.findMatches: what is inside a node comes before the node itself."""
    for child in node.children:
        found = _innermost(criteria, child) if child.visible else None
        if found is not None:
            return found
    return node if criteria.fits(node, node.index, exact_case=True) else None
