"""A cassette: a capture of an app on a real phone, which the simulator replays.

The format is described in docs/capture.md. A cassette is a stranger's file: every size is bounded,
no name leads out of it, and whatever is wrong is one CassetteError that says what and where.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.viewtree import Rect


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
        from droidcancel.simulator.cassette_index import read

        return read(Path(path))

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
