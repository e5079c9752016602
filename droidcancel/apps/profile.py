"""App profiles: what droidcancel knows of one app, and reading a screen with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field, PrivateAttr

from droidcancel.apps.document import Document, Frozen, Problem, nearest
from droidcancel.apps.matching import Finder, Match, normal
from droidcancel.apps.overlay import read_profile
from droidcancel.apps.schema import (
    SYSTEM_PACKAGES,
    Element,
    Names,
    Place,
    Popup,
    Screen,
    Share,
    Upload,
    UploadState,
)
from droidcancel.apps.spoken import spoken, words_by_locale
from droidcancel.device.hierarchy import Bounds, Hierarchy
from droidcancel.errors import UsageError

HERE = Path(__file__).parent
BACK = "back"
#: what droidcancel's own steps publish and destroy with: sensitive, whatever a profile says
SENSITIVE = frozenset(
    {
        "post_button", "post_now", "upload_retry", "upload_cancel", "discard_confirm",
        "discard_button", "drafts_delete", "action_delete", "confirm_delete",
        "clear_cache_confirm",
    }
)  # fmt: skip
#: ``42%``, ``42 ٪``, and ``%42`` as in Turkish
_PERCENT = re.compile(r"(?<!\d)(\d{1,3})\s?[%\u066a\uff05]|[%\u066a]\s?(\d{1,3})(?!\d)")


class AppProfile(Frozen):
    """One app. `screens` stand in order, the most specific first.

    `ways`: to a screen, from which screen which element leads on (``back``: the back key).

    `home`: the screen to return to; `logged_out`: screens that mean no account; `stops`: screens
    that only a person may answer, and what to tell them; `scrolls`: screens longer than the
    display. `lacks`: elements that recipes may name and this app does not have, each with the
    reason. `places`: where videos are looked for, by name (``profile``, ``drafts``).
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    title: str
    packages: Names = Field(min_length=1)
    launcher: str | None = None
    locales: tuple[str, ...] = Field(min_length=1)
    system_packages: Names = SYSTEM_PACKAGES
    launcher_packages: Names = ()
    elements: dict[str, Element]
    screens: dict[str, Screen]
    popups: dict[str, Popup] = Field(default_factory=dict)
    home: str
    logged_out: Names = ()
    stops: dict[str, str] = Field(default_factory=dict)
    scrolls: Names = ()
    lacks: dict[str, str] = Field(default_factory=dict)
    share: Share | None = None
    upload: Upload = Field(default_factory=Upload)
    ways: dict[str, dict[str, str]] = Field(default_factory=dict)
    places: dict[str, Place] = Field(default_factory=dict)
    permissions: tuple[str, ...] = ()
    _file: str = PrivateAttr("")

    @classmethod
    def load(cls, name: str | Path, overlay: Path | None = None) -> AppProfile:
        """A profile that ships with droidcancel, by name, or a file, by path.

        `overlay`: a file whose keys are laid over it; the user's own overlay is, wherever there is
        one. UsageError for an unknown name, ConfigError with file, line and column for a wrong
        file.
        """
        return cls._checked(read_profile(profile_path(name), overlay))

    @classmethod
    def load_with(cls, name: str | Path, overlay: Document) -> AppProfile:
        """As `load`, with an overlay that is not written yet, in place of the file of its name."""
        return cls._checked(read_profile(profile_path(name), instead=overlay))

    @classmethod
    def _checked(cls, document: Document) -> AppProfile:
        profile = document.check(cls)
        problems = list(profile.problems()) or list(profile.circles())
        if problems:
            raise document.error(problems)
        profile._file = document.file
        return profile

    @property
    def known_by(self) -> str:
        """What `load` finds it by later: its name, or its whole path where it did not ship."""
        ships = Path(self._file) == HERE / f"{self.name}.yaml" or not self._file
        return self.name if ships else str(Path(self._file).resolve())

    @staticmethod
    def names() -> list[str]:
        """The profiles that ship with droidcancel."""
        return sorted(path.stem for path in HERE.glob("*.yaml"))

    def problems(self) -> Iterator[Problem]:
        """Names that point nowhere, and what publishes or destroys and is called harmless."""
        for loc, name, known in self._references():
            if name not in known:
                what = "screen" if known is self.screens else "element"
                yield Problem(loc, f"no such {what}: {name!r}{nearest(name, known)}")
        for name, element in self.elements.items():
            denied = "sensitive" in element.model_fields_set and not element.sensitive
            if denied and self.is_sensitive(name):
                what = f"{name} publishes or destroys something: it is sensitive"
                yield Problem(("elements", name, "sensitive"), what)

    def circles(self) -> Iterator[Problem]:
        """Elements that are known only by each other."""
        asks = {
            n: {r for lo in e.locators for r in lo.relations()} for n, e in self.elements.items()
        }
        settled: set[str] = set()
        while more := {n for n, names in asks.items() if names <= settled} - settled:
            settled |= more
        for name in self.elements:
            if name not in settled:
                others = ", ".join(sorted(asks[name] - settled))
                yield Problem(("elements", name), f"is known by {others}, and that by it")

    def why_not(self, element: str) -> str | None:
        """Why the app has no such element, None where it has, or nothing is known of it."""
        return self.lacks.get(element)

    def _references(self) -> Iterator[tuple[tuple[int | str, ...], str, Iterable[str]]]:
        elements, screens = self.elements, self.screens
        for name, element in elements.items():
            yield from _element_references(name, element, elements, screens)
        for name, screen in screens.items():
            for part in ("all", "any", "none"):
                for sign in getattr(screen, part):
                    yield ("screens", name, part), sign, elements
        for name, popup in self.popups.items():
            for sign in (*popup.sign, popup.dismiss):
                if sign != BACK:
                    yield ("popups", name), sign, elements
        for part in ("percent", "posting", "waiting", "failed", "done", "confirm", "cancel"):
            for sign in getattr(self.upload, part):
                yield ("upload", part), sign, elements
        for part in ("home", "logged_out", "scrolls", "stops"):
            for name in _names(getattr(self, part)):
                yield (part,), name, screens
        for name in self.upload.shown_on:
            yield ("upload", "shown_on"), name, screens
        yield from self._way_references()

    def _way_references(self) -> Iterator[tuple[tuple[int | str, ...], str, Iterable[str]]]:
        for target, way in self.ways.items():
            yield ("ways", target), target, self.screens
            for screen, element in way.items():
                yield ("ways", target, screen), screen, self.screens
                if element != BACK:
                    yield ("ways", target, screen), element, self.elements
        known = {**self.elements, **self.lacks}
        for name, place in self.places.items():
            for part in ("cell", "caption", "count", "entry", "grid"):
                if (element_name := getattr(place, part)) is not None:
                    yield ("places", name, part), element_name, known
            for part in ("busy", "broken", "empty", "pages"):
                for sign in getattr(place, part):
                    yield ("places", name, part), sign, self.elements
            for part in ("screen", "opens"):
                if (screen_name := getattr(place, part)) is not None:
                    yield ("places", name, part), screen_name, self.screens

    def is_sensitive(self, element: str) -> bool:
        """Whether it publishes or destroys something."""
        known = SENSITIVE.union(self.upload.confirm, self.upload.cancel)
        return element in known or self.elements[element].sensitive

    def says_empty(self, element: str) -> bool:
        """Whether it says of a list that it holds nothing, which a verdict rests on."""
        return any(element in place.empty for place in self.places.values())

    def stands_on(self, element: str) -> set[str]:
        """The screens that are never without an element: as it says, and where a way uses it."""
        ways = (way.items() for way in self.ways.values())
        led = {screen for way in ways for screen, lead in way if lead == element}
        return {*self.elements[element].on, *led}

    @cached_property
    def words(self) -> dict[str, frozenset[str]]:
        """Each wording, and the locales that have it."""
        return words_by_locale(self.elements)

    def says_done(self, text: str) -> bool:
        """Whether these are the words, in any language, with which the app says that it posted."""
        done = {name: self.elements[name] for name in self.upload.done}
        return normal(text) in words_by_locale(done)

    def look(self, hierarchy: Hierarchy, locale: str, version: str | None = None) -> Look:
        """A hierarchy read with this profile, in the language that it shows."""
        nodes = (n for n in hierarchy.nodes() if n.package in self.packages)
        return Look(self, hierarchy, spoken(nodes, self.words, locale), version)

    def screen(self, hierarchy: Hierarchy, locale: str, version: str | None = None) -> str | None:
        """The most specific screen that shows, None when none is known."""
        return self.look(hierarchy, locale, version).screen

    def find(
        self, hierarchy: Hierarchy, element: str, locale: str, version: str | None = None
    ) -> Match | None:
        """An element on a screen. UsageError for an element that the profile does not have."""
        return self.look(hierarchy, locale, version).find(element)

    def explain(
        self, hierarchy: Hierarchy, element: str, locale: str, version: str | None = None
    ) -> list[str]:
        """One line a locator of an element: what it asks, and what it found."""
        return self.look(hierarchy, locale, version).explain(element)


@dataclass(frozen=True)
class UploadView:
    """What one look says of an upload; `state` None where this screen would not show it."""

    state: UploadState | None
    percent: int | None = None

    @property
    def shown(self) -> bool:
        """Whether an upload is to be seen."""
        return self.state not in (None, "none")


class Look:
    """One hierarchy read with one profile; each question is answered once."""

    def __init__(
        self, profile: AppProfile, hierarchy: Hierarchy, locale: str, version: str | None
    ) -> None:
        self.profile = profile
        self.hierarchy = hierarchy
        self.locale = locale
        self.version = version
        self.taken_at = hierarchy.taken_at
        self._finder = Finder(
            hierarchy,
            profile.elements,
            {
                "app": profile.packages,
                "system": profile.system_packages,
                "launcher": profile.launcher_packages,
            },
            locale,
            version,
        )

    def find(self, element: str) -> Match | None:
        """The element, None when it is not there. UsageError for one that is not in the profile."""
        return next(iter(self.all(element)), None)

    @property
    def finder(self) -> Finder:
        """The hierarchy as it is read."""
        return self._finder

    def all(self, element: str) -> list[Match]:
        """Every such element, in the order of the screen."""
        self._known(element)
        return self._finder.all(element) if element in self.profile.elements else []

    def has(self, elements: Iterable[str]) -> bool:
        """Whether any of the elements is there."""
        return any(self.find(name) is not None for name in elements)

    @cached_property
    def screen(self) -> str | None:
        """The most specific screen that shows."""
        return next((n for n, s in self.profile.screens.items() if self._shows(s)), None)

    @property
    def frame(self) -> Bounds:
        """The screen, in pixels."""
        return self._finder.frame

    @property
    def everything(self) -> set[tuple[str, Bounds]]:
        """All that the app shows, to tell whether a screen has changed."""
        return self._finder.everything

    @property
    def touchable(self) -> set[tuple[str, Bounds]]:
        """What can be tapped, to tell whether a question has come up."""
        return self._finder.touchable

    @property
    def is_elsewhere(self) -> bool:
        """Whether nothing of the app is on the screen, nor a dialog of the system."""
        return self._finder.is_empty

    def says(self, text: str) -> Match | None:
        """The first node of the app that says so, as text or description."""
        return self._finder.labelled(text)

    @cached_property
    def popup(self) -> tuple[str, Match | None] | None:
        """A popup that lies on top, and what refuses it; None where that is the back key."""
        for name, popup in self.profile.popups.items():
            by_key = popup.dismiss == BACK
            dismiss = None if by_key else self.find(popup.dismiss)
            refused = by_key or dismiss is not None
            if refused and all(self.find(sign) for sign in popup.sign):
                return name, dismiss
        return None

    @cached_property
    def upload(self) -> UploadView:
        """What shows of an upload."""
        signs = self.profile.upload
        percent = self._percent()
        for state in ("failed", "waiting", "posting", "done"):
            if self.has(getattr(signs, state)):
                return UploadView(state, percent)
        if percent is not None:
            return UploadView("posting", percent)
        return UploadView("none" if self.screen in signs.shown_on else None)

    def explain(self, element: str) -> list[str]:
        """One line a locator: what it asks, and what it found."""
        self._known(element)
        if element not in self.profile.elements:
            return [f"{element}: {self.profile.title} has none: {self.profile.lacks[element]}"]
        tried = zip(
            self.profile.elements[element].locators, self._finder.by_locator(element), strict=True
        )
        lines = []
        for number, (locator, found) in enumerate(tried, start=1):
            asked = locator.model_dump(exclude_defaults=True, by_alias=True)
            wanted = ", ".join(f"{key}={value}" for key, value in asked.items())
            what = f"{found[0].text!r} at {list(found[0].node.bounds)}" if found else "nothing"
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            lines.append(f"{element}[{number}] {wanted}: {what}{more}")
        return lines

    def _shows(self, screen: Screen) -> bool:
        return (
            all(self.find(name) for name in screen.all)
            and (not screen.any or self._shown(screen.any) >= screen.least)
            and not self.has(screen.none)
        )

    def _shown(self, elements: Iterable[str]) -> int:
        """How many of the elements are there."""
        return sum(self.find(name) is not None for name in elements)

    def _percent(self) -> int | None:
        for name in self.profile.upload.percent:
            match = self.find(name)
            number = _PERCENT.search(match.text) if match else None
            if number is not None and (value := int(number[1] or number[2])) <= 100:
                return value
        return None

    def _known(self, element: str) -> None:
        if element not in self.profile.elements and element not in self.profile.lacks:
            raise UsageError(
                f"the profile {self.profile.name!r} has no element {element!r}"
                + nearest(element, self.profile.elements)
            )


def _element_references(
    name: str, element: Element, elements: Iterable[str], screens: Iterable[str]
) -> Iterator[tuple[tuple[int | str, ...], str, Iterable[str]]]:
    for part in ("learned", "find"):
        for index, locator in enumerate(getattr(element, part)):
            for other in locator.relations():
                yield ("elements", name, part, index), other, elements
    for screen in element.on:
        yield ("elements", name, "on"), screen, screens
    for neighbour in element.neighbours:
        yield ("elements", name, "neighbours"), neighbour, elements


def profile_path(name: str | Path) -> Path:
    """The file of a profile, by name or path. UsageError when there is none."""
    given = Path(name)
    if given.suffix in (".yaml", ".yml") or given.is_file():
        return given
    known = AppProfile.names()
    if str(name) not in known:
        raise UsageError(
            f"no app profile {str(name)!r}{nearest(name, known)}",
            f"profiles: {', '.join(known)}; or give the path of a YAML file",
        )
    return HERE / f"{name}.yaml"


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
