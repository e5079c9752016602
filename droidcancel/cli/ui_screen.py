"""The screen that the `ui` commands look at: a phone's, or a dump's."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from PIL import Image

    from droidcancel.apps.likeness import Remembered
    from droidcancel.apps.profile import AppProfile, Look
    from droidcancel.device.hierarchy import Hierarchy

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_LOCALE = "en-US"


@dataclass(frozen=True)
class SeenScreen:
    """One look. Where there is a phone, `picture` takes a screenshot and `again` looks anew."""

    look: Look
    package: str
    picture: Callable[[], Image.Image] | None = None
    again: Callable[[], Look] | None = None

    def recall(self, element: str) -> Remembered | None:
        """What earlier runs saw of an element."""
        from droidcancel.apps.memory import Memory

        name = self.look.profile.name
        known = element in self.look.profile.elements
        return Memory.of(name).recall(self.package, self.look, element) if known else None


def dump_options(function: F) -> F:
    """--app, --dump, --locale and --app-version."""
    for option in (
        click.option(
            "--app-version", metavar="VERSION",
            help="The app's version; without it, as the phone or the dump's name says.",
        ),
        click.option(
            "--locale", metavar="LOCALE",
            help="The app's language; without it, as the phone or the dump's name says.",
        ),
        click.option(
            "--dump", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.xml",
            help="A saved dump, in place of a phone.",
        ),
        click.option(
            "--app", metavar="PROFILE",
            help="The app profile; without it, that of the app on the screen.",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


@contextlib.contextmanager
def open_screen(
    serial: str | None,
    devices_file: Path | None,
    app: str | None,
    dump: Path | None = None,
    locale: str | None = None,
    version: str | None = None,
) -> Iterator[SeenScreen]:
    """The screen that the options mean, read with its profile."""
    if dump is not None:
        yield _of_dump(dump, app, locale, version)
        return
    from droidcancel.cli.phones import open_phone

    with open_phone(serial, devices_file) as phone:
        device = phone.device
        hierarchy = device.ui.dump()
        profile = _profile(app or phone.entry.app, hierarchy)
        package = _package(profile, hierarchy)
        info = device.packages.info(package)
        told = version or (info.version_name if info is not None else None)
        spoken = locale or phone.entry.locale or device.locale

        def again() -> Look:
            return profile.look(device.ui.dump(), spoken, told)

        look = profile.look(hierarchy, spoken, told)
        yield SeenScreen(look, package, device.ui.screenshot, again)


def _of_dump(dump: Path, app: str | None, locale: str | None, version: str | None) -> SeenScreen:
    from droidcancel.apps.dumps import read_dump, told_by

    hierarchy = read_dump(dump)
    profile = _profile(app, hierarchy)
    told_locale, told_version = told_by(dump.name)
    look = profile.look(hierarchy, locale or told_locale or DEFAULT_LOCALE, version or told_version)
    return SeenScreen(look, _package(profile, hierarchy))


def _profile(app: str | None, hierarchy: Hierarchy) -> AppProfile:
    from droidcancel.apps.dumps import profile_of
    from droidcancel.apps.profile import AppProfile

    return AppProfile.load(app) if app is not None else profile_of(hierarchy)


def _package(profile: AppProfile, hierarchy: Hierarchy) -> str:
    from droidcancel.apps.dumps import shown_package

    return shown_package(profile, hierarchy) or profile.packages[0]
