"""A screen as a report keeps it: redacted, with what the profile finds on it.

The file is the dump that uiautomator prints. Beside its nodes, the root has one `found` for each
locator that finds something: of which `element`, the `locator`'s number from 1, what it `asks`, and
the `nodes`, best first, by their number in the order of the document from 0. `used`: no locator
before it finds anything, so that a step goes by this one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from lxml import etree

from droidcancel.apps.explain import tried_on
from droidcancel.apps.profile import Look
from droidcancel.apps.redact import redacted
from droidcancel.device.hierarchy import Bounds


@dataclass(frozen=True)
class Sight:
    """The file's text, and the places on a picture to blur."""

    xml: bytes
    hidden: tuple[Bounds, ...]


def sight_of(
    look: Look, ours: Callable[[str], bool] | None = None, shown: Collection[str] = ()
) -> Sight:
    """What to keep of a look; `ours` and `shown` as for :func:`redacted`."""
    kept = redacted(look, ours, shown)
    root = kept.hierarchy.root
    left, top, right, bottom = look.frame
    root.set("frame", f"[{left},{top}][{right},{bottom}]")
    root.set("screen", look.screen or "")
    number = {id(node): str(n) for n, node in enumerate(look.hierarchy.nodes())}
    for element in look.profile.elements:
        used = True
        for tried in tried_on(look, element):
            if tried.found:
                found = etree.SubElement(root, "found")
                found.set("element", element)
                found.set("locator", str(tried.number))
                found.set("asks", tried.asks)
                found.set("nodes", " ".join(number[id(match.node)] for match in tried.found))
                found.set("used", "true" if used else "false")
                used = False
    return Sight(etree.tostring(root, encoding="utf-8", xml_declaration=True), kept.hidden)
