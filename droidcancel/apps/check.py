"""A profile against a folder of hierarchy dumps: what it finds, misses, and finds wrongly.

The truth, where there is one, is `labels.yaml` in the folder: for each dump its screen, the bounds
of elements that must be found, and elements that must not be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from droidcancel.apps.document import Document, Frozen, Problem, nearest
from droidcancel.apps.dumps import read_dump, told_by
from droidcancel.apps.geometry import clickable
from droidcancel.apps.matching import Match
from droidcancel.apps.profile import AppProfile, Look
from droidcancel.apps.schema import Confidence, Names
from droidcancel.device.hierarchy import Bounds, Hierarchy
from droidcancel.errors import UsageError

LABELS = "labels.yaml"
DEFAULT_LOCALE = "en-US"
_BOUNDS = re.compile(r"\[(-?\d+),(-?\d+)\]\[(-?\d+),(-?\d+)\]")


def _box(text: str) -> Bounds:
    found = _BOUNDS.fullmatch(text.replace(" ", ""))
    if found is None:
        raise ValueError("expected bounds as '[left,top][right,bottom]'")
    return Bounds(*map(int, found.groups()))


class Label(Frozen):
    """What is true of one dump. `found`: bounds of the node, or of the clickable around it."""

    screen: str | None = None
    found: dict[str, str] = Field(default_factory=dict)
    absent: Names = ()
    locale: str | None = None
    version: str | None = None

    @field_validator("found")
    @classmethod
    def _are_bounds(cls, value: dict[str, str]) -> dict[str, str]:
        for text in value.values():
            _box(text)
        return value


@dataclass(frozen=True)
class Found:
    """An element that was found: its node, and what a tap on it goes to."""

    node: Bounds
    target: Bounds
    text: str
    confidence: Confidence


@dataclass(frozen=True)
class FileResult:
    """One dump. `wrong`: elements that were found where they are not, with the reason.

    `unknown`: what its label names, and the profile does not have.
    """

    file: str
    locale: str
    version: str | None
    screen: str | None
    label: Label | None
    found: Mapping[str, Found]
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def screen_is_right(self) -> bool:
        """Whether the screen is the labelled one; True where no screen is labelled."""
        return self.label is None or self.label.screen in (None, self.screen)


@dataclass(frozen=True)
class Report:
    """All dumps of a folder. `labelled`: whether there was a truth to compare with."""

    profile: AppProfile
    files: tuple[FileResult, ...]
    labelled: bool

    @property
    def hits(self) -> int:
        """Labelled elements that were found."""
        return sum(len(f.hits) for f in self.files)

    @property
    def misses(self) -> int:
        """Labelled elements that were not."""
        return sum(len(f.misses) for f in self.files)

    @property
    def wrong(self) -> int:
        """Elements found where they are not."""
        return sum(len(f.wrong) for f in self.files)

    @property
    def share(self) -> float:
        """Hits of all that is labelled, from 0 to 1; 1 where nothing is."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else 1.0

    @property
    def wrong_screens(self) -> list[FileResult]:
        """Dumps whose screen is another than the labelled one."""
        return [f for f in self.files if not f.screen_is_right]

    def passes(self, least: float) -> bool:
        """Whether enough is found, nothing wrongly, and every screen is right."""
        return self.share >= least and not self.wrong and not self.wrong_screens

    def by_element(self) -> dict[str, tuple[int, int, int]]:
        """Hits, misses and false hits of each element that is labelled somewhere, in order."""
        counted: dict[str, list[int]] = {}
        for result in self.files:
            for column, names in enumerate((result.hits, result.misses, result.wrong)):
                for name in names:
                    counted.setdefault(name, [0, 0, 0])[column] += 1
        return {name: (a, b, c) for name, (a, b, c) in sorted(counted.items())}


def check_folder(
    profile: AppProfile, folder: Path, locale: str | None = None, version: str | None = None
) -> Report:
    """Read every dump of a folder with a profile.

    Locale and version of a dump are those of its label, else of its name, as in
    ``musically-43.1.4-en-post.xml``, else those given. UsageError for a folder without dumps, or a
    dump that cannot be read; ConfigError for wrong labels.
    """
    paths = _dumps(folder)
    labels = read_labels(folder, [p.name for p in paths])
    results = (_checked(profile, path, labels.get(path.name), locale, version) for path in paths)
    return Report(profile, tuple(results), bool(labels))


def read_labels(folder: Path, dumps: list[str]) -> dict[str, Label]:
    """The truth of a folder; nothing where there is none. ConfigError where it is wrong."""
    path = folder / LABELS
    if not path.is_file():
        return {}
    document = Document.read(path)
    labels = {str(name): _label(document, str(name)) for name in document.data}
    if problems := list(_unknown_dumps(labels, dumps)):
        raise document.error(problems)
    return labels


def _dumps(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    paths = sorted(folder.glob("*.xml"))
    if not paths:
        raise UsageError(f"{folder} has no dumps (*.xml)", "make some with `droidcancel ui dump`")
    return paths


def _label(document: Document, name: str) -> Label:
    try:
        given = document.data[name]
        if isinstance(given, dict):  # a key without a value says nothing
            given = {key: value for key, value in given.items() if value is not None}
        return Label.model_validate({} if given is None else given)
    except ValidationError as error:
        problems = document.problems(Label, error)
        raise document.error([Problem((name, *p.loc), p.message) for p in problems]) from error


def _unknown_dumps(labels: Mapping[str, Label], dumps: list[str]) -> Iterator[Problem]:
    for name in labels:
        if name not in dumps:
            yield Problem((name,), f"no such dump in the folder{nearest(name, dumps)}")


def _unknown_names(profile: AppProfile, label: Label) -> Iterator[str]:
    """What a label names and the profile does not have, each with the nearest name."""
    known = {**profile.elements, **profile.lacks}
    for name in (*label.found, *label.absent):
        if name not in known:
            yield f"{name}{nearest(name, known)}"
    if label.screen is not None and label.screen not in profile.screens:
        yield f"screen {label.screen}{nearest(label.screen, profile.screens)}"


def _checked(
    profile: AppProfile, path: Path, label: Label | None, locale: str | None, version: str | None
) -> FileResult:
    hierarchy = read_dump(path)
    told_locale, told_version = told_by(path.name)
    chosen = (label.locale if label else None) or told_locale or locale or DEFAULT_LOCALE
    given = (label.version if label else None) or told_version or version
    look = profile.look(hierarchy, chosen, given)
    matches = {name: m for name in profile.elements if (m := look.find(name)) is not None}
    found = {n: _as_found(profile, m, look.locale) for n, m in matches.items()}
    result = FileResult(path.name, look.locale, given, look.screen, label, found)
    return result if label is None else _compared(result, label, look, hierarchy, matches)


def _as_found(profile: AppProfile, match: Match, locale: str) -> Found:
    sure = profile.elements[match.element].confidence_in(locale, match.locator)
    return Found(match.node.bounds, match.target.bounds, match.text, sure)


def _compared(
    result: FileResult, label: Label, look: Look, hierarchy: Hierarchy, matches: dict[str, Match]
) -> FileResult:
    hits: list[str] = []
    misses: list[str] = []
    wrong: dict[str, str] = {}
    for name, text in label.found.items():
        match = matches.get(name)
        if match is not None and _is_at(match, _box(text), hierarchy):
            hits.append(name)
            continue
        misses.append(name)
        if match is not None:
            wrong[name] = f"found at {in_words(match.node.bounds)}, and it is at {text}"
    for name in label.absent:
        if (match := matches.get(name)) is not None:
            wrong[name] = f"found at {in_words(match.node.bounds)}, and it is not there"
    return replace(
        result,
        hits=tuple(hits),
        misses=tuple(misses),
        wrong=wrong,
        unknown=tuple(_unknown_names(look.profile, label)),
    )


def _is_at(match: Match, wanted: Bounds, hierarchy: Hierarchy) -> bool:
    """Whether a match is what the label means: there itself, or the same thing to tap."""
    if wanted in (match.node.bounds, match.target.bounds):
        return True
    meant = (n for n in hierarchy.nodes() if n.bounds == wanted)
    return match.target.clickable and any(clickable(n) is match.target for n in meant)


def in_words(bounds: Bounds) -> str:
    """``[0,0][1080,2400]``, as dumps write it."""
    return "[{},{}][{},{}]".format(*bounds)


def as_data(report: Report, folder: Path, least: float) -> dict[str, Any]:
    """The report as JSON."""
    return {
        "app": report.profile.name,
        "dir": str(folder),
        "labelled": report.labelled,
        "files": [_file_data(result) for result in report.files],
        "elements": {
            name: {"hits": hits, "misses": misses, "false_hits": wrong}
            for name, (hits, misses, wrong) in report.by_element().items()
        },
        "hits": report.hits,
        "misses": report.misses,
        "false_hits": report.wrong,
        "wrong_screens": len(report.wrong_screens),
        "share": round(report.share, 4),
        "min": least,
        "ok": report.passes(least),
    }


def _file_data(result: FileResult) -> dict[str, Any]:
    found = {
        name: {
            "bounds": in_words(f.node),
            "target": in_words(f.target),
            "text": f.text,
            "confidence": f.confidence,
        }
        for name, f in result.found.items()
    }
    return {
        "file": result.file,
        "locale": result.locale,
        "version": result.version,
        "screen": result.screen,
        "expected_screen": result.label.screen if result.label else None,
        "screen_ok": result.screen_is_right,
        "hits": list(result.hits),
        "misses": list(result.misses),
        "false_hits": dict(result.wrong),
        "unknown": list(result.unknown),
        "found": found,
    }


def coverage(profile: AppProfile, locale: str) -> dict[Confidence, int]:
    """How many of a profile's elements are known how surely in a locale."""
    counted: dict[Confidence, int] = {"D": 0, "M": 0, "C": 0, "U": 0}
    for element in profile.elements.values():
        counted[element.confidence_in(locale)] += 1
    return counted
