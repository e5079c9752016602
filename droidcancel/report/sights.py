"""The screens of a run for the page's viewer: each with its tree, and what steps touched on it.

Read from the dumps that the run left beside its pictures (:mod:`droidcancel.apps.sight`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from droidcancel.device.hierarchy import Hierarchy, Node
from droidcancel.errors import UiError

#: of a node, what the viewer shows beside its class, id, words and place
FLAGS = (
    "clickable", "long_clickable", "scrollable", "checkable", "checked", "selected", "focused",
    "password",
)  # fmt: skip
MOST_NODES = 3000
MOST_BYTES = 5_000_000


@dataclass
class Screen:
    """One screen. `picture`: the number of its picture on the page, None where it has none."""

    name: str
    at: float
    hierarchy: Hierarchy
    picture: int | None = None
    touches: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shape(self) -> tuple[tuple[str, str, object], ...]:
        """What makes two screens the same one: all but their words."""
        return tuple((n.cls, n.resource_id, n.bounds) for n in self.hierarchy.nodes())


def screens(
    evidence: Sequence[Mapping[str, Any]], folder: Path, origin: float, pictures: Mapping[str, int]
) -> list[dict[str, Any]]:
    """What the viewer shows, in order of time; `pictures`: file name -> its number on the page."""
    found: list[Screen] = []
    for record in evidence:
        hierarchy = _read(record.get("hierarchy"), folder)
        if record["kind"] not in ("screen", "touch") or hierarchy is None:
            continue
        at = float(record["at"]) - origin
        name = str(record.get("screen") or "unknown screen")
        screen = Screen(name, at, hierarchy)
        if record["kind"] == "screen":
            screen.name = str(record.get("name") or name)
            screen.picture = pictures.get(str(record.get("screenshot")))
            found.append(screen)
            continue
        shape = screen.shape
        alike = [other for other in found if other.shape == shape]
        if alike:
            screen = alike[-1]
        else:
            found.append(screen)
        screen.touches.append(_touch(record, screen, at))
    _pictured_later(found)
    return [_shown(screen) for screen in found]


def _pictured_later(found: list[Screen]) -> None:
    """What was touched on a screen before its picture was taken is shown on the picture."""
    for screen in [s for s in found if s.picture is None]:
        alike = next((s for s in found if s.picture is not None and s.shape == screen.shape), None)
        if alike is not None:
            alike.touches = [*screen.touches, *alike.touches]
            found.remove(screen)


def _read(name: Any, folder: Path) -> Hierarchy | None:
    """A dump of the report's folder; None for what is none."""
    if not name:
        return None
    path = folder / Path(str(name)).name
    try:
        if path.suffix != ".xml" or path.stat().st_size > MOST_BYTES:
            return None
        return Hierarchy.parse(path.read_bytes())
    except (OSError, ValueError, UiError):
        return None


def _touch(record: Mapping[str, Any], screen: Screen, at: float) -> dict[str, Any]:
    bounds = list(record.get("bounds", ()))
    nodes = screen.hierarchy.nodes()
    at_it = [n for n, node in enumerate(nodes) if list(node.bounds) == bounds]
    named = _node_of(screen.hierarchy, str(record.get("element")), at_it)
    return {
        "at": round(at, 2),
        "how": "held" if record.get("how") == "long_press" else "tapped",
        "element": str(record.get("element", "")),
        "step": str(record.get("step", "")),
        "bounds": bounds,
        "node": named if named is not None else next(reversed(at_it), None),
    }


def _node_of(hierarchy: Hierarchy, element: str, among: Sequence[int]) -> int | None:
    for found in hierarchy.root.iter("found"):
        if found.get("element") == element:
            for number in _numbers(found.get("nodes")):
                if number in among:
                    return number
    return None


def _numbers(text: Any) -> list[int]:
    return [int(word) for word in str(text or "").split() if word.isdecimal()]


def _shown(screen: Screen) -> dict[str, Any]:
    nodes = screen.hierarchy.nodes()[:MOST_NODES]
    number = {id(node): n for n, node in enumerate(nodes)}
    right = max((node.bounds.right for node in nodes), default=0)
    bottom = max((node.bounds.bottom for node in nodes), default=0)
    return {
        "name": screen.name,
        "at": round(screen.at, 2),
        "picture": screen.picture,
        "size": [max(1, right), max(1, bottom)],
        "nodes": [_node(node, number) for node in nodes],
        "found": _found(screen.hierarchy, len(nodes)),
        "touches": screen.touches,
        "rest": max(0, len(screen.hierarchy.nodes()) - MOST_NODES),
    }


def _node(node: Node, number: Mapping[int, int]) -> dict[str, Any]:
    """A node, without what is empty or as with most."""
    told: dict[str, Any] = {
        "p": number[id(node.parent)] if node.parent is not None else -1,
        "c": node.cls,
        "b": list(node.bounds),
    }
    words = {"i": node.resource_id, "t": node.text, "d": node.desc, "h": node.hint}
    told.update((key, words[key]) for key in words if words[key])
    flags = [flag.replace("_", "-") for flag in FLAGS if getattr(node, flag)]
    flags += [] if node.enabled else ["disabled"]
    return {**told, "f": flags} if flags else told


def _found(hierarchy: Hierarchy, known: int) -> list[dict[str, Any]]:
    return [
        {
            "element": str(found.get("element")),
            "locator": str(found.get("locator")),
            "asks": str(found.get("asks")),
            "used": found.get("used") == "true",
            "nodes": [n for n in _numbers(found.get("nodes")) if n < known],
        }
        for found in hierarchy.root.iter("found")
    ]
