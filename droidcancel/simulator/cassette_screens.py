"""The screens of a cassette: hierarchies that are neither too deep nor too wide, and pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any, NoReturn
from xml.etree import ElementTree

from PIL import Image

from droidcancel.simulator.cassette import CassetteError, Node
from droidcancel.simulator.viewtree import Rect

MOST_NODES, MOST_DEPTH, MOST_PIXELS = 20_000, 200, 4096 * 4096
MOST_TEXT = 10_000
_BOUNDS = re.compile(r"\[(-?\d{1,6}),(-?\d{1,6})\]\[(-?\d{1,6}),(-?\d{1,6})\]")

Fail = Callable[[str], NoReturn]


def hierarchy(fail: Fail, name: str, data: bytes, windows: tuple[str, ...]) -> tuple[Node, ...]:
    """The windows of these packages in a document of uiautomator's."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        fail(f"{name} is not in UTF-8")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        fail(f"{name} declares a document type: refused")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)
    parser: Any = ElementTree.XMLPullParser(events=("start", "end"))
    try:
        parser.feed(text)
        parser.close()
    except ElementTree.ParseError as error:
        fail(f"{name} is broken: {error}")
    root = _measured(fail, name, parser)
    if root is None or root.tag != "hierarchy":
        fail(f"{name} is no hierarchy of uiautomator's")
    nodes = [_node(child) for child in root if child.tag == "node"]
    return tuple(node for node in nodes if node.get("package") in windows)


def _measured(fail: Fail, name: str, parser: Any) -> ElementTree.Element | None:
    """The root, its tree neither too deep nor too wide for what walks it later."""
    depth = count = 0
    root: ElementTree.Element | None = None
    for event, element in parser.read_events():
        root = element if root is None else root
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MOST_DEPTH or count > MOST_NODES:
            fail(f"{name} is deeper than {MOST_DEPTH} or has over {MOST_NODES} nodes")
    return root


def png(fail: Fail, name: str, data: bytes) -> bytes:
    """The bytes of a picture that can be drawn."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                fail(f"{name} has over {MOST_PIXELS} pixels")
            picture.verify()
    except CassetteError:
        raise
    except Exception as error:  # Pillow raises what it meets in a broken file
        fail(f"{name} is no PNG: {type(error).__name__}: {error}")
    return data


def _node(element: ElementTree.Element) -> Node:
    found = _BOUNDS.fullmatch(element.get("bounds", ""))
    bounds = Rect(*map(int, found.groups())) if found else Rect(0, 0, 0, 0)
    attributes = {str(k): str(v)[:MOST_TEXT] for k, v in element.attrib.items()}
    children = tuple(_node(child) for child in element if child.tag == "node")
    return Node(attributes, bounds, children)
