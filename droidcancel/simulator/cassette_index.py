"""The index of a cassette: `index.json`, checked value by value."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from droidcancel.simulator.cassette import (
    Cassette,
    Event,
    RecordedApp,
    RecordedScreen,
    Step,
)
from droidcancel.simulator.cassette_checked import Checked
from droidcancel.simulator.cassette_files import Fetch, Files
from droidcancel.simulator.cassette_screens import hierarchy, png
from droidcancel.simulator.viewtree import Rect

FORMAT, VERSION, INDEX = "droidcancel-cassette", 1, "index.json"
MOST_SCREENS, MOST_STEPS, MOST_FRAMES = 2000, 10_000, 20_000
MOST_INDEX, MOST_XML, MOST_PICTURE = 16 * 2**20, 4 * 2**20, 16 * 2**20
MOST_SENT, MOST_SECONDS = 16 * 2**30, 86_400.0
MOST_NAMES = 100

_NAME = re.compile(r"(screens|pictures)/[A-Za-z0-9_-]{1,64}\.(xml|png)")
_PACKAGE = re.compile(r"[A-Za-z]\w*(\.\w+)+")
_ACTIVITY = re.compile(r"[\w.$]{1,256}")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_WORD = re.compile(r"[\w.+/*:-]{1,256}")
KINDS = ("tap", "long_press", "swipe", "key", "text", "start", "network", "stop", "swept")


def read(path: Path) -> Cassette:
    """A cassette, checked. Raises CassetteError."""
    files = Files(path)
    with files.opened() as fetch:
        return _Index(files).cassette(fetch)


class _Index:
    """One index being read."""

    def __init__(self, files: Files) -> None:
        self.fail = files.fail

    def cassette(self, fetch: Fetch) -> Cassette:
        try:
            value = json.loads(fetch(INDEX, MOST_INDEX))
        except (ValueError, RecursionError) as error:
            self.fail(f"{INDEX} is no JSON: {error}")
        index = Checked(value, INDEX, self.fail)
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
                self._screen(fetch, Checked(s, f"{INDEX} screens[{n}]", self.fail), windows)
                for n, s in enumerate(screens)
            ),
            steps=tuple(
                self._step(Checked(s, f"{INDEX} steps[{n}]", self.fail), len(screens))
                for n, s in enumerate(steps)
            ),
        )

    def _app(self, app: Checked) -> RecordedApp:
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

    def _step(self, step: Checked, screens: int) -> Step:
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

    def _names(self, step: Checked, what: str) -> tuple[tuple[float, tuple[str, ...]], ...]:
        found = []
        for value in step.list(what, MOST_NAMES):
            if not isinstance(value, list) or len(value) != 2:
                step.fail(f"{step.where}.{what}: expected [seconds, names]")
            at, _ = self._pair(step, [value[0], None])
            named = Checked({what: value[1]}, step.where, self.fail)
            found.append((at, named.words(what, _ACTIVITY)))
        return tuple(found)

    def _pair(self, step: Checked, value: Any) -> tuple[float, int | None]:
        if not isinstance(value, list) or len(value) != 2:
            step.fail(f"{step.where}: expected [seconds, number], got {str(value)[:80]}")
        at, number = value
        good = isinstance(at, int | float) and 0 <= at <= MOST_SECONDS
        whole = number is None or (isinstance(number, int) and 0 <= number <= MOST_SENT)
        if not good or not whole or isinstance(at, bool) or isinstance(number, bool):
            step.fail(f"{step.where}: expected [seconds, number], got {str(value)[:80]}")
        return float(at), number

    def _event(self, event: Checked) -> Event:
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

    def _target(self, event: Checked) -> Rect:
        value = event.list("target", 4)
        if len(value) != 4 or not all(
            isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 20_000 for n in value
        ):
            event.fail(f"{event.where}.target is no [left, top, right, bottom]")
        return Rect(*value)

    def _screen(self, fetch: Fetch, screen: Checked, windows: tuple[str, ...]) -> RecordedScreen:
        name = screen.text("xml", _NAME)
        picture = screen.optional("picture", _NAME)
        return RecordedScreen(
            hierarchy(self.fail, name, fetch(name, MOST_XML), windows),
            None if picture is None else png(self.fail, picture, fetch(picture, MOST_PICTURE)),
            screen.yes("keyboard", False),
        )


def _when(frame: tuple[float, int | None]) -> float:
    return frame[0]
