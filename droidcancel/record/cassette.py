"""The cassette: what a capture is written to, see docs/capture.md.

The simulator has a reader of its own: each side checks the format for itself.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from droidcancel.apps.document import Frozen
from droidcancel.errors import ConfigError, UsageError

INDEX = "index.json"
MOST_SCREENS, MOST_STEPS, MOST_FRAMES = 2000, 10_000, 20_000

Seconds = Annotated[float, Field(ge=0, le=86_400)]
Pixel = Annotated[int, Field(ge=0, le=20_000)]
Names = tuple[Seconds, tuple[str, ...]]
Box = tuple[Pixel, Pixel, Pixel, Pixel]


class Touch(Frozen):
    """`target`: what was touched, left, top, right, bottom; a touch inside it leads on."""

    kind: Literal["tap", "long_press"]
    x: int
    y: int
    target: Box


class Swipe(Frozen):
    """A finger's way. `target`: in which it began."""

    kind: Literal["swipe"] = "swipe"
    direction: Literal["up", "down", "left", "right"]
    target: Box


class Key(Frozen):
    """A key, by Android's code."""

    kind: Literal["key"] = "key"
    code: int


class Text(Frozen):
    """What was typed into the focused field: its whole content."""

    kind: Literal["text"] = "text"
    text: str = Field(max_length=10_000)


class Start(Frozen):
    """An intent to the app. `online`: whether it had a network then."""

    kind: Literal["start"] = "start"
    action: str
    scheme: str | None = None
    online: bool = True


class Network(Frozen):
    """The app's network went or came: airplane mode, Wi-Fi, or the firewall for its uid."""

    kind: Literal["network"] = "network"
    online: bool


class Stop(Frozen):
    """The app's processes ended: force-stop, a swipe in the recents, a restart of the phone."""

    kind: Literal["stop"] = "stop"


class Swept(Frozen):
    """The app's task was swiped out of the recents, and its process lived on."""

    kind: Literal["swept"] = "swept"


Event = Annotated[
    Touch | Swipe | Key | Text | Start | Network | Stop | Swept, Field(discriminator="kind")
]


class Step(Frozen):
    """What happened, and what the app did upon it until the next step.

    `frames`: seconds after the event, and the screen's number, None where nothing of the app
    showed. `sent`: seconds after the event, and bytes that the app's uid sent from then on.
    `services`, `jobs`: seconds after the event, and the classes that ran in the foreground or
    were scheduled, each time that it was looked at and was another than before.
    """

    event: Event
    frames: tuple[tuple[Seconds, int | None], ...] = Field(default=(), max_length=MOST_FRAMES)
    sent: tuple[tuple[Seconds, int], ...] = Field(default=(), max_length=MOST_FRAMES)
    services: tuple[Names, ...] = Field(default=(), max_length=MOST_FRAMES)
    jobs: tuple[Names, ...] = Field(default=(), max_length=MOST_FRAMES)


class Screen(Frozen):
    """Files of one screen. `keyboard`: whether an on-screen keyboard lay over it."""

    xml: str
    picture: str | None = None
    keyboard: bool = False


class Phone(Frozen):
    """The phone of the capture; the size is that of the screen as it was held, in pixels."""

    model: str
    api: int
    width: Pixel
    height: Pixel
    density: int
    locale: str


class Share(Frozen):
    """How a video is shared with the app."""

    activity: str
    mime: str


class App(Frozen):
    """The app of the capture. `windows`: packages whose windows are part of its screens."""

    package: str
    label: str
    version_name: str
    version_code: int
    launcher: str
    share: Share | None = None
    schemes: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    windows: tuple[str, ...]


class Made(Frozen):
    """Where a cassette comes from."""

    by: str
    at: str
    recipe: str
    method: str | None = None
    moment: str | None = None
    verdict: str = ""
    reason: str = ""


class Index(Frozen):
    """`index.json`."""

    format: Literal["droidcancel-cassette"] = "droidcancel-cassette"
    version: Literal[1] = 1
    made: Made
    phone: Phone
    app: App
    screens: tuple[Screen, ...] = Field(max_length=MOST_SCREENS)
    steps: tuple[Step, ...] = Field(max_length=MOST_STEPS)


def write(index: Index, files: Mapping[str, bytes], out: Path) -> Path:
    """Write a cassette: a zip, or a folder where `out` has no suffix.

    Nothing that is there already is written over. Raises UsageError, OSError.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise UsageError(f"{out} exists already", "name another file with -o")
    entries = {INDEX: index.model_dump_json(indent=1).encode(), **files}
    if out.suffix:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = out.with_name(f".{out.name}.partial")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in entries.items():
                archive.writestr(name, data)
        partial.replace(out)
        return out
    for name, data in entries.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return out


def read_index(path: Path) -> Index:
    """The index of a cassette, checked. Raises ConfigError."""
    try:
        if path.is_dir():
            text = (path / INDEX).read_bytes()
        else:
            with zipfile.ZipFile(path) as archive:
                text = archive.read(INDEX)
        return Index.model_validate_json(text)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ConfigError(f"is no cassette: {error}", file=path) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise ConfigError(first["msg"], file=f"{path}!{INDEX}", key=key) from error
