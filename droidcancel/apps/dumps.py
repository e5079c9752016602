"""Dumps of screens as files: ``PACKAGE-VERSION-LOCALE-SCREEN.xml``, and a picture beside each."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from droidcancel.apps.profile import AppProfile, Look
from droidcancel.device.hierarchy import MAX_BYTES, Hierarchy
from droidcancel.errors import UiError, UsageError

LONGEST_PART = 50
_VERSION = re.compile(r"\d+(?:\.\d+)*")
_SUBTAG = re.compile(r"[A-Z][a-z]{3}|[A-Z]{2}|\d{3}")
#: what may stand for a locale in a dump's name; a screen's name may be two letters long as well
_LANGUAGES = re.compile(
    "ar|bg|bn|cs|da|de|el|en|es|et|fa|fil?|fr|he|hi|hr|hu|id|it|ja|km|ko|lt|lv|ms|nb|nl|pl|pt|ro"
    "|ru|sk|sl|sr|sv|sw|ta|te|th|tr|uk|ur|uz|vi|zh"
)


def name_for(look: Look, package: str) -> str:
    """The name of a dump, without its ending. A part that is not known is left out."""
    version = _VERSION.match(look.version or "")
    parts = (package, version[0] if version else "", look.locale.replace("_", "-"))
    screen = look.screen or "unknown"
    # parts of a phone's answers: no separator leads elsewhere, no length is more than a file's
    plain = (re.sub(r"[^\w.\-]", "", part, flags=re.ASCII)[:LONGEST_PART] for part in parts)
    return "-".join(filter(None, (*plain, re.sub(r"[^\w.\-]", "", screen)[:LONGEST_PART])))


def told_by(name: str) -> tuple[str | None, str | None]:
    """Locale and version that a dump's name tells: ``trill-46.2-pt-BR-post.xml``.

    They stand after the app, in this order; either may be missing.
    """
    parts = name.removesuffix(".xml").split("-")[1:]
    version = parts.pop(0) if parts and _VERSION.fullmatch(parts[0]) else None
    if not parts or not _LANGUAGES.fullmatch(parts[0]):
        return None, version
    subtags = itertools.takewhile(_SUBTAG.fullmatch, parts[1:3])
    return "-".join((parts[0], *subtags)), version


def free_path(folder: Path, stem: str) -> Path:
    """The dump's path; with a number behind it where others of that name are there."""
    for number in range(1, 1000):
        path = folder / (f"{stem}.xml" if number == 1 else f"{stem}-{number}.xml")
        if not path.exists() and not path.with_suffix(".png").exists():
            return path
    raise UsageError(f"{folder} holds too many dumps called {stem}")


def read_dump(path: Path) -> Hierarchy:
    """A dump that was saved. UsageError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return Hierarchy.parse(file.read(4 * MAX_BYTES), 0.0)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UiError as error:
        hint = "expected a dump as uiautomator prints it"
        raise UsageError(f"{path}: {error.message}", hint) from error


def shown_package(profile: AppProfile, hierarchy: Hierarchy) -> str | None:
    """Which of the profile's packages a hierarchy shows."""
    there = {node.package for node in hierarchy.nodes()}
    return next((package for package in profile.packages if package in there), None)


def profile_of(hierarchy: Hierarchy) -> AppProfile:
    """The profile of the app that a hierarchy shows. UsageError where there is none."""
    for name in AppProfile.names():
        profile = AppProfile.load(name)
        if shown_package(profile, hierarchy) is not None:
            return profile
    there = sorted({node.package for node in hierarchy.nodes() if node.package})
    raise UsageError(
        f"no profile is for what the screen shows ({', '.join(there) or 'nothing'})",
        f"name one with --app: {', '.join(AppProfile.names())}, or the path of a YAML file",
    )
