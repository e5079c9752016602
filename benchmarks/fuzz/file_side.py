"""Files that others wrote: recipes, profiles, devices.yaml, cassettes, journals; and reports."""

from __future__ import annotations

import json
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as some
from lxml import html as lxml_html

from benchmarks.fuzz.grammar import JSON, TEXT, as_json, damaged, encoded, lines
from benchmarks.fuzz.phone_side import CLIPS, SCREEN
from benchmarks.fuzz.target import ROOT, Target
from droidcancel.apps.document import Document
from droidcancel.apps.profile import AppProfile
from droidcancel.device.config import parse_devices
from droidcancel.device.hierarchy import Hierarchy
from droidcancel.device.yaml_positions import MAX_CHARACTERS
from droidcancel.errors import UsageError
from droidcancel.journal_file import RecordFile
from droidcancel.recipe import values
from droidcancel.recipe.engine import plan
from droidcancel.recipe.load import load_recipe, recipes_dir
from droidcancel.report import html, junit
from droidcancel.simulator.cassette import CassetteError
from droidcancel.simulator.cassette_files import Files
from droidcancel.simulator.cassette_index import INDEX, _Index, read
from droidcancel.simulator.cassette_screens import hierarchy as recorded

SHELF = "/dev/shm" if Path("/dev/shm").is_dir() else None
LONGEST_ERROR = 20_000


@cache
def _folder() -> Path:
    os.environ["DROIDCANCEL_CONFIG_DIR"] = made = tempfile.mkdtemp(prefix="fuzz-", dir=SHELF)
    return Path(made)


def _told(error: Exception) -> None:
    assert len(str(error)) < LONGEST_ERROR, "an error of that length is none that is read"


# -- YAML ------------------------------------------------------------------------------------------
def recipe(data: bytes) -> None:
    """A recipe, or one error; what it would do is told."""
    file = _folder() / "fuzzed.yaml"
    file.write_bytes(data)
    try:
        loaded = load_recipe(file)
        loaded.check_names(CLIPS)
        assert sum(map(len, plan(loaded))) < 40 * MAX_CHARACTERS
    except UsageError as error:
        _told(error)


def profile(data: bytes) -> None:
    """A profile, or one error; one that is none the less good reads a screen."""
    try:
        made = AppProfile._checked(Document.parse(data.decode("utf-8", "replace"), "p.yaml"))
    except UsageError as error:
        _told(error)
        return
    look = made.look(Hierarchy.parse(SCREEN, 0.0), made.locales[0], "1.0")
    _ = (look.screen, look.upload)


def devices(data: bytes) -> None:
    """Devices, or one error."""
    try:
        found = parse_devices(data.decode("utf-8", "replace"), "devices.yaml")
        found.entry()
        found.for_serial("x")
    except UsageError as error:
        _told(error)


_YAML_WORDS = (
    b"&a ", b"*a", b"<<: *a", b"!!python/object:os.system ", b"!!binary ", b"!x ", b"---\n", b"? ",
    b"- ", b": ", b"[", b"]", b"{", b"}", b"|\n", b">-\n", b"%YAML 1.1\n", b"${x}", b"$$", b"~",
    b"\xef\xbb\xbf", b"\t", b"0o17", b"1_000", b".inf", b"2001-01-01",
)  # fmt: skip
# short ones, as YAML with positions is slow to read: some 20 ms a kilobyte
_YAML_BYTES = 1200
_SMALL = b"""name: small
title: {en: A recipe}
vars: {video: , caption: x, times: 3}
method: airplane
moment: {at: 40%}
expect: [cancelled, draft]
steps:
  - share_video: "${video}"
  - caption: "${caption} ${token}"
  - repeat: {times: 2, steps: [{press: back}, {when: {screen: feed, steps: [post]}}]}
  - wait_for_moment
  - cancel
  - verify
"""
_RECIPES = (
    _SMALL,
    # with one that runs another, which is read anew each time
    *(
        text
        for path in sorted(recipes_dir().glob("*.yaml"))
        if len(text := path.read_bytes()) < 900
        and (b"run_recipe" not in text or path.name == "cancel_airplane.yaml")
    ),
)
_PROFILES = (
    b"""name: small
title: Small
packages: [org.droidcancel.clips]
locales: [en]
home: feed
elements:
  post: {find: [{text: {en: [Post], "*": x}}, {id: post}], on: feed}
  share: {find: [{pattern: '(\\d+%)+', inside: post, versions: '>=1.0, <2'}], confidence: {en: D}}
screens: {feed: {all: post}}
ways: {feed: {feed: post}}
upload: {percent: share, shown_on: feed, jobs: ['.*Upload.*']}
places: {profile: {screen: feed, cell: post, caption: share}}
""",
)
_DEVICES = ((ROOT / "devices.yaml").read_bytes(),)

# -- cassettes and journals ------------------------------------------------------------------------
_INDEX: dict[str, Any] = {
    "format": "droidcancel-cassette", "version": 1,
    "made": {"by": "x", "at": "x", "recipe": "r", "verdict": "cancelled"},
    "phone": {"model": "m", "api": 34, "width": 1080, "height": 2400, "density": 420,
              "locale": "en-US"},
    "app": {"package": "org.droidcancel.clips", "label": "Clips", "version_name": "1",
            "version_code": 1, "launcher": ".Main", "share": {"activity": "S", "mime": "video/*"},
            "schemes": ["a"], "permissions": [], "windows": ["org.droidcancel.clips"]},
    "screens": [{"xml": "screens/0.xml", "picture": None, "keyboard": False}],
    "steps": [{"event": {"kind": "start", "action": "a", "online": True}, "frames": [[0.1, 0]],
               "sent": [[0.2, 5]], "services": [[0.1, ["S"]]], "jobs": []},
              {"event": {"kind": "tap", "x": 1, "y": 1, "target": [0, 0, 5, 5]}, "frames": []}],
}  # fmt: skip


def cassette(data: bytes) -> None:
    """The first byte says whether the rest is the index, a screen, or a zip."""
    kind, rest = data[:1], data[1:]
    files = Files(Path("fuzzed"))
    try:
        if kind < b"a":
            path = _folder() / "fuzzed.cassette"
            path.write_bytes(rest)
            read(path)
        elif kind < b"n":
            recorded(files.fail, "s", rest, ("org.droidcancel.clips",))
        else:
            _Index(files).cassette(lambda name, _: rest if name == INDEX else SCREEN.encode())
    except CassetteError as error:
        _told(error)


_RECORD = {
    "v": 1, "id": "1", "serial": "s", "boot_id": "b", "what": "x", "before": "0", "set": "1",
    "undo": {"kind": "setting", "args": {"namespace": "system", "key": "a"}},
}  # fmt: skip


def journal(data: bytes) -> None:
    """Any file has records, or none; those that are open stay so when it is compacted."""
    path = _folder() / "journal"
    path.write_bytes(data)
    file = RecordFile(path)
    before = file.open_records()
    file.compact()
    assert repr(file.open_records()) == repr(before)


# -- reports ---------------------------------------------------------------------------------------
def _run(words: list[str]) -> dict[str, Any]:
    """A run that says these words wherever a phone's, a recipe's or an app's can stand."""
    word = iter(words * 40)
    evidence = [
        {"kind": "traffic", "at": 1.0, "tx_bytes": 5}, {"kind": "traffic", "at": 2.0, "tx_bytes": 9},  # noqa: E501
        {"kind": "mark", "at": 1.5, "name": next(word)},
        {"kind": "toast", "at": 1.6, "text": next(word), "list": [next(word)]},
        {"kind": "screen", "at": 1.7, "name": next(word), "screenshot": next(word)},
    ]  # fmt: skip
    return {
        "run_id": next(word), "recipe": next(word), "app": next(word), "method": next(word),
        "device": {"serial": next(word), "kind": "usb", "model": next(word), "api_level": 34},
        "moment": next(word), "token": next(word), "verdict": next(word), "ok": False,
        "expected": [next(word)], "reason": next(word), "evidence": evidence, "restored": True,
        "cut": {}, "duration_s": 1.0, "drift": [{"text": next(word)}],
    }  # fmt: skip


def _elements(page: str) -> list[str]:
    root = lxml_html.fromstring(page.encode("utf-8", "replace"))
    return [f"{e.tag} {sorted(e.keys())}" for e in root.iter() if isinstance(e.tag, str)]


@cache
def _plain_elements() -> list[str]:
    return _elements(html.render(_run(["x"]), Path("/nonexistent"), truth="x"))


def report(data: bytes) -> None:
    """Words from anywhere make no element and no attribute of the page; they arrive in its data."""
    words = data.decode("utf-8", "surrogateescape").split("\n")
    run = _run([word or "x" for word in words])
    assert _elements(html.render(run, Path("/nonexistent"), truth="x")) == _plain_elements()
    folder = _folder() / "report"
    html.write(run, folder)
    assert json.loads((folder / html.DATA).read_bytes()) == json.loads(json.dumps(run))
    junit.write([run], folder / "junit.xml")


# -- options ---------------------------------------------------------------------------------------
def options(data: bytes) -> None:
    """A moment, a duration or a size, or a ValueError, as the command line and recipes take it."""
    text = data.decode("utf-8", "replace")
    for read_value in (values.parse_moment, values.seconds, values.size):
        try:
            read_value(text)
        except ValueError:
            continue


_HTML = (
    b"</script>", b"<script>", b"</style>", b"<!--", b"-->", b"]]>", b"<img src=x onerror=1>", b"\"'",  # noqa: E501
    b"&lt;", b"\xe2\x80\xa8", b"\0", b"\xff", b"\xed\xa0\x80", b"javascript:", b"</pre>", b"{{", b"{%",  # noqa: E501
)  # fmt: skip

TARGETS = (
    Target("recipe", recipe, _RECIPES, _YAML_WORDS, damaged(_RECIPES) | lines(_RECIPES)
           | some.dictionaries(
               some.sampled_from(["name", "steps", "vars", "method", "moment", "expect", "title"]),
               JSON).map(as_json), usual=_YAML_BYTES),
    Target("profile", profile, _PROFILES, _YAML_WORDS, damaged(_PROFILES) | lines(_PROFILES),
           usual=_YAML_BYTES),
    Target("devices", devices, _DEVICES, _YAML_WORDS, damaged(_DEVICES) | lines(_DEVICES)),
    Target("cassette", cassette,
           (b"z" + as_json(_INDEX), b"b" + SCREEN.encode()), (b'"kind":', b"null", b"[[", b"1e999"),
           damaged([b"z" + as_json(_INDEX), b"b" + SCREEN.encode()])
           | some.dictionaries(some.sampled_from(sorted(_INDEX)), JSON).map(
               lambda more: b"z" + as_json({**_INDEX, **more}))),
    Target("journal", journal, (as_json(_RECORD) + b"\n" + as_json({"done": "1"}),),
           (b"\n", b'"done":', b'"undo":', b"[" * 3000, b"1e999"),
           some.lists(damaged([as_json(_RECORD)]) | JSON.map(as_json), max_size=5).map(b"\n".join)),
    Target("report", report, (b"a\nb", *_HTML), _HTML,
           some.lists(TEXT.map(encoded) | some.sampled_from(_HTML), max_size=8).map(b"\n".join)),
    Target("options", options, (b"40%", b"at 3MB", b"after 2s", b"stuck: 30s", b"posting"),
           (b"e999", b"9" * 400, b"%", b"MiB", b"ms", "٣".encode(), "²".encode()),
           damaged([b"40%", b"at 3MB", b"after 2s"]) | TEXT.map(encoded)),
)  # fmt: skip
