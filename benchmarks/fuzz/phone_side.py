"""What a phone sends: dumps of the screen, output of its commands, the shell's packets."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as some
from pydantic import ValidationError
from ruamel.yaml import YAML

from benchmarks.fuzz.grammar import JSON, NUMBERS, TEXT, as_json, damaged, encoded, lines
from benchmarks.fuzz.target import ROOT, Target
from droidcancel.apps.matching import Finder
from droidcancel.apps.profile import AppProfile
from droidcancel.apps.schema import Element, Locator
from droidcancel.device import parse
from droidcancel.device.hierarchy import Hierarchy
from droidcancel.device.shell_v2 import Decoder, Framed
from droidcancel.errors import DeviceError, DroidCancelError, ParseError, UiError

PACKAGE = "org.droidcancel.clips"
DATA = ROOT / "tests" / "device" / "data"

# -- dumps ---------------------------------------------------------------------------------------
NODE = (
    '<node index="0" text="Post" resource-id="org.droidcancel.clips:id/post" '
    'class="android.widget.Button" package="org.droidcancel.clips" content-desc="" '
    'checkable="false" checked="false" clickable="true" enabled="true" focused="false" '
    'scrollable="false" long-clickable="false" password="false" selected="false" '
    'visible-to-user="true" bounds="[0,100][1080,200]"'
)
SCREEN = (
    "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n"
    f'<hierarchy rotation="0">{NODE}>{NODE}/></node>{NODE}/></hierarchy>'
)
_XML_WORDS = (
    b"<node ", b"/>", b"</node>", b"<hierarchy", b'text="', b'bounds="[', b"<!DOCTYPE h [",
    b"<!ENTITY a '&#120;'>", b"&a;", b"&#xD800;", b"&#0;", b"<![CDATA[", b"]]>", b"<!--", b"<?x ?>",
    b"\xff\xfe", b"\0", b'xmlns:a="b"', b"encoding='utf-16'",
)  # fmt: skip
CLIPS = AppProfile.load("clips")


def hierarchy(data: bytes) -> None:
    """Read, written and read again; a screen of the app's is told from it."""
    try:
        tree = Hierarchy.parse(data, 0.0)
    except UiError:
        return
    nodes = tree.nodes()
    _ = tree.rotation
    again = Hierarchy.parse(tree.to_xml(), 0.0)
    assert [n.text for n in again.nodes()] == [n.text for n in nodes]
    look = CLIPS.look(tree, "en-US", "1.0")
    _ = (look.screen, look.upload, look.everything)


_ATTRIBUTE = some.tuples(
    some.sampled_from(
        ["text", "bounds", "resource-id", "package", "class", "rotation", "a:b", "x"]
    ),
    TEXT | some.sampled_from(["[0,0][9,9]", "[-1,5][3,2]", PACKAGE, "true"]),
).map(lambda pair: f"{pair[0]}='{pair[1]}'")
_NODES = some.recursive(
    some.lists(_ATTRIBUTE, max_size=5).map(lambda a: f"<node {' '.join(a)}/>"),
    lambda inner: some.one_of(
        some.lists(inner, max_size=4).map(lambda n: f"<node>{''.join(n)}</node>"),
        some.tuples(inner, some.sampled_from([2, 60, 3000])).map(lambda p: p[0] * p[1]),
        inner.map(lambda n: "<node text='x'>" * 150 + n + "</node>" * 150),
    ),
    max_leaves=8,
)
_SCREENS = _NODES.map(lambda n: encoded(f"<hierarchy rotation='0'>{n}</hierarchy>"))

# -- commands ------------------------------------------------------------------------------------
_WITH_NAME = {
    "parse_jobs", "parse_progress", "parse_package_dump", "dumps_package",
    "parse_package_networking",
}  # fmt: skip
_NO_PARSERS = {"MAP_HEADER", "NO_SHELL", "Ping", "Process", "UidBytes", "WifiStatus"}
_MORE: dict[str, Callable[[str], object]] = {
    "parse_granted": lambda text: parse.parse_granted(text, PACKAGE, "android.permission.CAMERA"),
    "parse_rows": lambda text: parse.parse_rows(text, ("_id", "_data", "_size", "duration")),
    "parse_transports": lambda text: parse.parse_transports(text, "100"),
    "parse_up_bandwidth": lambda text: parse.parse_up_bandwidth(text, "100"),
    "parse_ping": lambda text: parse.parse_ping(text, "example.org"),
    "parse_switch": lambda text: parse.parse_switch(text, "a switch"),
    "started": lambda text: parse.started(text, text),
    "pids_of": lambda text: parse.pids_of(parse.parse_ps(text), PACKAGE),
    "mobile_data_enabled": lambda text: parse.mobile_data_enabled(
        parse.parse_settings_list(text)
    ),
}  # fmt: skip


def _parser(name: str) -> Callable[[str], object]:
    if name in _MORE:
        return _MORE[name]
    function: Callable[..., object] = getattr(parse, name)
    if name in _WITH_NAME:
        return lambda text: function(text, PACKAGE)
    return function


#: every parser there is, in the order of their names
PARSERS = {n: _parser(n) for n in sorted(parse.__all__) if n not in _NO_PARSERS}
_NAMES = list(PARSERS)


def parsers(data: bytes) -> None:
    """The first byte chooses the parser."""
    if not data:
        return
    name = _NAMES[data[0] % len(_NAMES)]
    try:
        PARSERS[name](data[1:].decode("utf-8", "replace"))
    except ParseError as error:
        _told(error)


def _told(error: ParseError) -> None:
    assert len(error.message) < 2000, "an error of that length is none that is read"


def _samples() -> tuple[bytes, ...]:
    found = []
    for sample in YAML(typ="safe", pure=True).load(DATA / "manifest.yaml"):
        if (name := sample["parser"]) in _NAMES:
            text = Path(DATA / sample["file"]).read_bytes()
            found.append(bytes([_NAMES.index(name)]) + text)
    return tuple(found)


SAMPLES = _samples()
_PARSER_WORDS = (
    *(encoded(n) for n in NUMBERS if n),
    b"u0a123", b"Package [", b"User 0:", b"installed=true", b"JOB #", b"Row: 0 ", b", _data=",
    b"UserInfo{", b"ActivityRecord{", b" u0 ", b"Source: ", b"pkg=", b"NetworkAgentInfo{",
    b"network{100}", b"\nPackages:", b"PID", b"Available", b"time=", b" ms",
)  # fmt: skip


# -- the shell's packets ---------------------------------------------------------------------------
MARKER = b"dc-0123456789abcdef"


def frames(data: bytes) -> None:
    """However the bytes are cut, they give the same packets; a status is one, or an error."""
    whole = _fed(data, max(1, len(data)))
    assert whole == _fed(data, 7)
    framed = Framed(MARKER)
    try:
        for start in range(0, len(data), 5):
            framed.feed(data[start : start + 5])
    except DeviceError:
        return
    assert framed.rc is None or MARKER not in framed.data


def _fed(data: bytes, step: int) -> list[Any] | None:
    decoder, found = Decoder(), []
    try:
        for start in range(0, len(data), step):
            found += decoder.feed(data[start : start + step])
    except DeviceError:
        return None
    return found


_PACKET = some.builds(
    lambda kind, data, lie: struct.pack("<BI", kind, max(0, len(data) + lie)) + data,
    some.integers(0, 7),
    some.binary(max_size=20) | some.just(MARKER + b" 0\n") | some.just(MARKER + b" x\n"),
    some.sampled_from([0, 0, 0, 0, 1, -1, 1 << 27]),
)

# -- locators --------------------------------------------------------------------------------------
_LOCATORS = (
    {"text": "Post"}, {"id": "post", "pick": "last"}, {"pattern": r"(\w+\s?)+"}, {"slot": [1, 5]},
    {"label": {"en": ["Post"], "*": "x"}, "tail": "counted"}, {"class": "Button", "area": [0, 0, 1, 1]},  # noqa: E501
    {"desc": "x", "versions": ">=43.1, <44"}, {"clickable": True, "area": [0, 0, 1, 0.5]},
    {"pattern": "(a+)+$", "own_window": True},
)  # fmt: skip


def locators(data: bytes) -> None:
    """A line of JSON is a locator, what follows is the screen on which it looks."""
    head, _, rest = data.partition(b"\n")
    try:
        locator = Locator.model_validate(json.loads(head))
        element = Element(find=(locator,))
    except (ValidationError, ValueError, RecursionError):
        return
    if locator.relations():
        return  # what they name is checked by the profile
    try:
        tree = Hierarchy.parse(rest or SCREEN, 0.0)
        finder = Finder(tree, {"x": element}, {"app": [PACKAGE]}, "en-US", "43.1")
        _ = (finder.all("x"), finder.everything, finder.wordings("x"))
    except DroidCancelError:
        return


_LOCATOR_GRAMMAR = some.builds(
    lambda base, more, screen: as_json({**base, **more}) + b"\n" + screen,
    some.sampled_from(_LOCATORS),
    some.dictionaries(some.sampled_from(sorted(Locator.model_fields)), JSON | TEXT, max_size=2),
    _SCREENS | some.just(SCREEN.encode()),
)

TARGETS = (
    Target("hierarchy", hierarchy, (SCREEN.encode(), b"<hierarchy/>"), _XML_WORDS,
           _SCREENS | damaged([SCREEN.encode()])),
    Target("parsers", parsers, SAMPLES, _PARSER_WORDS, damaged(SAMPLES) | some.builds(
        lambda number, text: bytes([number]) + text,
        some.integers(0, len(_NAMES) - 1), lines([s[1:] for s in SAMPLES]))),
    Target("frames", frames, (struct.pack("<BI", 1, 5) + b"hello" + MARKER + b" 0\n",),
           (MARKER, b" 0\n", b"\x01\0\0\0\0"), some.lists(_PACKET, max_size=8).map(b"".join)),
    Target("locators", locators,
           tuple(as_json(one) + b"\n" + SCREEN.encode() for one in _LOCATORS),
           tuple(f'"{name}":'.encode() for name in Locator.model_fields) + _XML_WORDS,
           _LOCATOR_GRAMMAR),
)  # fmt: skip
