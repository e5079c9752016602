"""Reading a cassette: a capture of an app on a real phone, which the simulator replays.

The format is described in docs/capture.md. A cassette is a stranger's file: every size is bounded,
no name leads out of it, and whatever is wrong is one CassetteError that says what and where.
"""

from __future__ import annotations

import io
import json
import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

from PIL import Image

from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.viewtree import Rect

FORMAT, VERSION, INDEX = "droidcancel-cassette", 1, "index.json"
MOST_SCREENS, MOST_STEPS, MOST_FRAMES = 2000, 10_000, 20_000
MOST_INDEX, MOST_XML, MOST_PICTURE, MOST_ALL = 16 * 2**20, 4 * 2**20, 16 * 2**20, 256 * 2**20
MOST_NODES, MOST_DEPTH, MOST_PIXELS = 20_000, 200, 4096 * 4096
MOST_SENT, MOST_SECONDS = 16 * 2**30, 86_400.0
MOST_TEXT = 10_000
MOST_NAMES = 100

_NAME = re.compile(r"(screens|pictures)/[A-Za-z0-9_-]{1,64}\.(xml|png)")
_PACKAGE = re.compile(r"[A-Za-z]\w*(\.\w+)+")
_ACTIVITY = re.compile(r"[\w.$]{1,256}")
_BOUNDS = re.compile(r"\[(-?\d{1,6}),(-?\d{1,6})\]\[(-?\d{1,6}),(-?\d{1,6})\]")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_WORD = re.compile(r"[\w.+/*:-]{1,256}")
KINDS = ("tap", "long_press", "swipe", "key", "text", "start", "network", "stop", "swept")


class CassetteError(ValueError):
    """A cassette that cannot be replayed: which file, what is wrong in it."""


@dataclass(frozen=True)
class Event:
    """What led on. Which fields are given goes by `kind`, see docs/capture.md."""

    kind: str
    target: Rect | None = None
    direction: str = ""
    code: int = 0
    text: str = ""
    action: str = ""
    scheme: str | None = None
    online: bool = True


@dataclass(frozen=True)
class Step:
    """`frames`: (seconds, screen or None); `sent`: (seconds, bytes); the others: names."""

    event: Event
    frames: tuple[tuple[float, int | None], ...]
    sent: tuple[tuple[float, int], ...]
    services: tuple[tuple[float, tuple[str, ...]], ...] = ()
    jobs: tuple[tuple[float, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Node:
    """One node of a recorded hierarchy: the attributes of uiautomator's XML."""

    attributes: Mapping[str, str]
    bounds: Rect
    children: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def flag(self, name: str, default: str = "false") -> bool:
        return self.attributes.get(name, default) == "true"


@dataclass(frozen=True)
class RecordedScreen:
    """`windows`: the roots of the app's windows, the active one first; `picture`: a PNG."""

    windows: tuple[Node, ...]
    picture: bytes | None
    keyboard: bool


@dataclass(frozen=True)
class RecordedApp:
    """What the phone's package manager knows of the recorded app."""

    package: str
    label: str
    version_name: str
    version_code: int
    launcher: str
    share_activity: str | None
    share_mime: str
    schemes: tuple[str, ...]
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class Cassette:
    """A capture. Sizes in px; `verdict` is what the recorded run came to."""

    app: RecordedApp
    width: int
    height: int
    density: int
    api: int
    model: str
    locale: str
    recipe: str
    verdict: str
    screens: tuple[RecordedScreen, ...]
    steps: tuple[Step, ...]

    @classmethod
    def load(cls, path: str | Path) -> Cassette:
        """Read a cassette, a zip or a folder. Raises CassetteError."""
        return _Reader(Path(path)).read()

    def fits(self, options: PhoneOptions) -> bool:
        """Whether a phone has the screen that the capture was made on."""
        return (self.width, self.height) == (options.width, options.height)


def phone_for(path: str | Path, options: PhoneOptions | None = None) -> PhoneOptions:
    """The make of a phone like that of a cassette, to replay it on. Raises CassetteError.

    Screen, density, language, model and API level are those of the capture; the rest is as in
    `options`.
    """
    cassette = Cassette.load(path)
    return replace(
        options or PhoneOptions(),
        replay=str(Path(path).absolute()),
        api=cassette.api,
        width=cassette.width,
        height=cassette.height,
        density=cassette.density,
        locale=cassette.locale,
        model=cassette.model,
    )


class _Checked:
    """A JSON object whose values are taken out one by one, each of the type that is wanted."""

    def __init__(self, value: Any, where: str, fail: Callable[[str], NoReturn]) -> None:
        if not isinstance(value, dict):
            fail(f"{where} is no object")
        self._value: dict[str, Any] = value
        self.where = where
        self.fail = fail

    def child(self, name: str) -> _Checked:
        return _Checked(self._value.get(name), f"{self.where}.{name}", self.fail)

    def text(
        self, name: str, pattern: re.Pattern[str] | None = None, default: str | None = None
    ) -> str:
        value = self._value.get(name, default)
        if not isinstance(value, str) or len(value) > MOST_TEXT:
            self.fail(f"{self.where}.{name} is no text")
        if pattern is not None and not pattern.fullmatch(value):
            self.fail(f"{self.where}.{name} cannot be {value[:80]!r}")
        return value

    def optional(self, name: str, pattern: re.Pattern[str]) -> str | None:
        return None if self._value.get(name) is None else self.text(name, pattern)

    def number(self, name: str, least: int, most: int) -> int:
        value = self._value.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fail(f"{self.where}.{name} is no number from {least} to {most}")
        return value

    def yes(self, name: str, default: bool | None = None) -> bool:
        value = self._value.get(name, default)
        if not isinstance(value, bool):
            self.fail(f"{self.where}.{name} is neither true nor false")
        return value

    def list(self, name: str, most: int) -> list[Any]:
        value = self._value.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            self.fail(f"{self.where}.{name} is no list of at most {most}")
        return value

    def words(self, name: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        found = self.list(name, 200)
        if not all(isinstance(word, str) and pattern.fullmatch(word) for word in found):
            self.fail(f"{self.where}.{name} holds what cannot stand there")
        return tuple(found)


class _Reader:
    """One cassette being read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = MOST_ALL

    def fail(self, what: str) -> NoReturn:
        raise CassetteError(f"{self._path}: {what[:500]}")

    def read(self) -> Cassette:
        if self._path.is_dir():
            return self._cassette(self._from_folder)
        if not self._path.is_file():
            self.fail("there is no such cassette; make one with `droidcancel simulator capture`")
        try:
            with zipfile.ZipFile(self._path) as archive:
                return self._cassette(lambda name, most: self._from_zip(archive, name, most))
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
            self.fail(f"is no cassette: {error}")
        except OSError as error:
            self.fail(f"cannot be read: {error.strerror or error}")

    # -- files -----------------------------------------------------------------------------
    def _from_zip(self, archive: zipfile.ZipFile, name: str, most: int) -> bytes:
        try:
            info = archive.getinfo(name)
        except KeyError:
            self.fail(f"{name} is missing")
        if info.flag_bits & 1:
            self.fail(f"{name} is encrypted")
        try:
            # what the directory says of the size may be a lie: no more than `most` is unpacked
            with archive.open(info) as stream:
                return self._bounded(name, stream.read(most + 1), most)
        except (zipfile.BadZipFile, ValueError, EOFError, OSError) as error:
            self.fail(f"{name} is broken: {error}")
        except Exception as error:  # zlib.error and its like, one a compression
            self.fail(f"{name} is broken: {type(error).__name__}: {error}")

    def _from_folder(self, name: str, most: int) -> bytes:
        path = self._path / name
        for part in (path, path.parent):
            if part != self._path and part.is_symlink():
                self.fail(f"{name} is a link")
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                self.fail(f"{name} is no file")
            with path.open("rb") as stream:
                return self._bounded(name, stream.read(most + 1), most)
        except FileNotFoundError:
            self.fail(f"{name} is missing")
        except OSError as error:
            self.fail(f"{name} cannot be read: {error.strerror or error}")

    def _bounded(self, name: str, data: bytes, most: int) -> bytes:
        if len(data) > most:
            self.fail(f"{name} has more than {most} bytes")
        self._left -= len(data)
        if self._left < 0:
            self.fail(f"holds more than {MOST_ALL} bytes")
        return data

    # -- the index -------------------------------------------------------------------------
    def _cassette(self, fetch: Callable[[str, int], bytes]) -> Cassette:
        try:
            value = json.loads(fetch(INDEX, MOST_INDEX))
        except (ValueError, RecursionError) as error:
            self.fail(f"{INDEX} is no JSON: {error}")
        index = _Checked(value, INDEX, self.fail)
        if index.text("format") != FORMAT:
            self.fail(f"{INDEX} is not that of a cassette")
        version = value.get("version")
        if version != VERSION:
            self.fail(f"is of version {version!r}; this droidcancel reads version {VERSION}")
        phone, made = index.child("phone"), index.child("made")
        app = self._app(index.child("app"))
        windows = index.child("app").words("windows", _PACKAGE)
        screens = index.list("screens", MOST_SCREENS)
        steps = index.list("steps", MOST_STEPS)
        if not screens or not steps:
            self.fail("holds no screens, or nothing that leads to them")
        size = Rect(0, 0, phone.number("width", 240, 4096), phone.number("height", 320, 4096))
        return Cassette(
            app=app,
            width=size.right,
            height=size.bottom,
            density=phone.number("density", 120, 640),
            api=phone.number("api", 21, 37),
            model=phone.text("model"),
            locale=phone.text("locale", _LOCALE),
            recipe=made.text("recipe", default=""),
            verdict=made.text("verdict", default=""),
            screens=tuple(
                self._screen(fetch, _Checked(s, f"{INDEX} screens[{n}]", self.fail), windows)
                for n, s in enumerate(screens)
            ),
            steps=tuple(
                self._step(_Checked(s, f"{INDEX} steps[{n}]", self.fail), len(screens))
                for n, s in enumerate(steps)
            ),
        )

    def _app(self, app: _Checked) -> RecordedApp:
        share = app.child("share") if app._value.get("share") is not None else None
        return RecordedApp(
            package=app.text("package", _PACKAGE),
            label=app.text("label"),
            version_name=app.text("version_name"),
            version_code=app.number("version_code", 0, 2**31 - 1),
            launcher=app.text("launcher", _ACTIVITY),
            share_activity=share.text("activity", _ACTIVITY) if share is not None else None,
            share_mime=share.text("mime", _WORD) if share is not None else "",
            schemes=app.words("schemes", _WORD),
            permissions=app.words("permissions", _WORD),
        )

    def _step(self, step: _Checked, screens: int) -> Step:
        frames = [self._pair(step, pair) for pair in step.list("frames", MOST_FRAMES)]
        for _, screen in frames:
            if screen is not None and screen >= screens:
                step.fail(f"{step.where} leads to screen {screen}, of {screens}")
        sent = [self._pair(step, pair) for pair in step.list("sent", MOST_FRAMES)]
        counted = tuple((at, number) for at, number in sent if number is not None)
        if sum(number for _, number in counted) > MOST_SENT:
            step.fail(f"{step.where}.sent is more than {MOST_SENT} bytes")
        return Step(
            self._event(step.child("event")),
            tuple(sorted(frames, key=_when)),
            counted,
            self._names(step, "services"),
            self._names(step, "jobs"),
        )

    def _names(self, step: _Checked, what: str) -> tuple[tuple[float, tuple[str, ...]], ...]:
        found = []
        for value in step.list(what, MOST_NAMES):
            if not isinstance(value, list) or len(value) != 2:
                step.fail(f"{step.where}.{what}: expected [seconds, names]")
            at, _ = self._pair(step, [value[0], None])
            named = _Checked({what: value[1]}, step.where, self.fail)
            found.append((at, named.words(what, _ACTIVITY)))
        return tuple(found)

    def _pair(self, step: _Checked, value: Any) -> tuple[float, int | None]:
        if not isinstance(value, list) or len(value) != 2:
            step.fail(f"{step.where}: expected [seconds, number], got {str(value)[:80]}")
        at, number = value
        good = isinstance(at, int | float) and 0 <= at <= MOST_SECONDS
        whole = number is None or (isinstance(number, int) and 0 <= number <= MOST_SENT)
        if not good or not whole or isinstance(at, bool) or isinstance(number, bool):
            step.fail(f"{step.where}: expected [seconds, number], got {str(value)[:80]}")
        return float(at), number

    def _event(self, event: _Checked) -> Event:
        kind = event.text("kind")
        if kind not in KINDS:
            event.fail(f"{event.where}.kind is {kind[:80]!r}; known: {', '.join(KINDS)}")
        touched = kind in ("tap", "long_press", "swipe")
        directions = re.compile("up|down|left|right")
        return Event(
            kind=kind,
            target=self._target(event) if touched else None,
            direction=event.text("direction", directions) if kind == "swipe" else "",
            code=event.number("code", 0, 1000) if kind == "key" else 0,
            text=event.text("text") if kind == "text" else "",
            action=event.text("action", _WORD) if kind == "start" else "",
            scheme=event.optional("scheme", _WORD) if kind == "start" else None,
            online=event.yes("online", None if kind == "network" else True),
        )

    def _target(self, event: _Checked) -> Rect:
        value = event.list("target", 4)
        if len(value) != 4 or not all(
            isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 20_000 for n in value
        ):
            event.fail(f"{event.where}.target is no [left, top, right, bottom]")
        return Rect(*value)

    # -- screens ---------------------------------------------------------------------------
    def _screen(
        self, fetch: Callable[[str, int], bytes], screen: _Checked, windows: tuple[str, ...]
    ) -> RecordedScreen:
        name = screen.text("xml", _NAME)
        picture = screen.optional("picture", _NAME)
        return RecordedScreen(
            self._hierarchy(name, fetch(name, MOST_XML), windows),
            None if picture is None else self._png(picture, fetch(picture, MOST_PICTURE)),
            screen.yes("keyboard", False),
        )

    def _hierarchy(self, name: str, data: bytes, windows: tuple[str, ...]) -> tuple[Node, ...]:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.fail(f"{name} is not in UTF-8")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            self.fail(f"{name} declares a document type: refused")
        text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)
        parser: Any = ElementTree.XMLPullParser(events=("start", "end"))
        try:
            parser.feed(text)
            parser.close()
        except ElementTree.ParseError as error:
            self.fail(f"{name} is broken: {error}")
        root = self._measured(name, parser)
        if root is None or root.tag != "hierarchy":
            self.fail(f"{name} is no hierarchy of uiautomator's")
        nodes = [_node(child) for child in root if child.tag == "node"]
        return tuple(node for node in nodes if node.get("package") in windows)

    def _measured(self, name: str, parser: Any) -> ElementTree.Element | None:
        """The root, its tree neither too deep nor too wide for what walks it later."""
        depth = count = 0
        root: ElementTree.Element | None = None
        for event, element in parser.read_events():
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            count += event == "start"
            if depth > MOST_DEPTH or count > MOST_NODES:
                self.fail(f"{name} is deeper than {MOST_DEPTH} or has over {MOST_NODES} nodes")
        return root

    def _png(self, name: str, data: bytes) -> bytes:
        try:
            with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    self.fail(f"{name} has over {MOST_PIXELS} pixels")
                picture.verify()
        except CassetteError:
            raise
        except Exception as error:  # Pillow raises what it meets in a broken file
            self.fail(f"{name} is no PNG: {type(error).__name__}: {error}")
        return data


def _when(frame: tuple[float, int | None]) -> float:
    return frame[0]


def _node(element: ElementTree.Element) -> Node:
    found = _BOUNDS.fullmatch(element.get("bounds", ""))
    bounds = Rect(*map(int, found.groups())) if found else Rect(0, 0, 0, 0)
    attributes = {str(k): str(v)[:MOST_TEXT] for k, v in element.attrib.items()}
    children = tuple(_node(child) for child in element if child.tag == "node")
    return Node(attributes, bounds, children)
