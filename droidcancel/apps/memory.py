"""What earlier runs saw of an app's elements, for when an update hides them from their locators.

One JSON file a profile, in the user's state directory or ``DROIDCANCEL_STATE_DIR``: for each
package, screen and element its place, its class, its words by locale, and where its neighbours
stood. Words of elements that show people's names or words, and what is typed, are not kept. It is
only a help: a file that cannot be read or written is done without.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import platformdirs

from droidcancel.apps.geometry import box_of, center
from droidcancel.apps.likeness import MOST_OF_SCREEN, Remembered, label_of
from droidcancel.apps.matching import Match
from droidcancel.apps.profile import Look
from droidcancel.apps.signs import role_of

FOLDER = "seen"
VERSION = 1
MOST_AROUND = 6
MOST_LETTERS = 48
MOST_BYTES = 4 * 2**20


class Memory:
    """The elements of one profile as they were last found. `path` None: for this run only."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._seen: dict[str, dict[str, Any]] = _read(path) if path is not None else {}
        #: what this run found; read from its look only when it is asked for
        self._noted: dict[str, tuple[Look, Match]] = {}

    @classmethod
    def of(cls, profile: str) -> Memory:
        """That of a profile, by name."""
        base = os.environ.get("DROIDCANCEL_STATE_DIR") or platformdirs.user_state_dir("droidcancel")
        return cls(Path(base) / FOLDER / f"{profile}.json")

    def recall(self, package: str, look: Look, element: str) -> Remembered | None:
        """How an element was on this screen; None where it was never found there."""
        key = _key(package, look.screen, element)
        try:
            return _remembered(self._entry(key, self._seen), look.locale)
        except (KeyError, TypeError, ValueError):
            return None

    def note(self, package: str, look: Look, match: Match) -> None:
        """Keep how an element is that a locator has found; once a run and screen."""
        if match.locator >= 0 and look.screen is not None:
            self._noted.setdefault(_key(package, look.screen, match.element), (look, match))

    def _entry(self, key: str, seen: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """What is known by a key: as this run found it, else as earlier ones did. KeyError."""
        if key not in self._noted:
            return seen[key]
        look, match = self._noted[key]
        words = dict(seen.get(key, {}).get("words", {}))
        if label := _words(look, match):
            words[look.locale] = label
        return {
            "box": list(box_of(match.node.bounds, look.frame)),
            "role": role_of(match.node),
            "words": words,
            "around": {name: list(away) for name, away in _around(look, match).items()},
        }

    def save(self) -> None:
        """Write it, whole or not at all, with what other runs have written meanwhile."""
        if self._path is None or not self._noted:
            return
        seen = _read(self._path)
        try:
            seen |= {key: self._entry(key, seen) for key in self._noted}
        except (TypeError, ValueError, AttributeError):
            return  # the file was made by something else
        text = json.dumps({"v": VERSION, "seen": seen}, ensure_ascii=False, indent=1)
        with contextlib.suppress(OSError):
            _replace(self._path, text)


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".seen-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _key(package: str, screen: str | None, element: str) -> str:
    return f"{package}/{screen}/{element}"


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            return {}
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    seen = data.get("seen") if isinstance(data, dict) and data.get("v") == VERSION else None
    if not isinstance(seen, dict):
        return {}
    return {key: entry for key, entry in seen.items() if isinstance(entry, dict)}


def _remembered(entry: dict[str, Any], locale: str) -> Remembered:
    left, top, right, bottom = (float(edge) for edge in entry["box"])
    around = {str(n): (float(x), float(y)) for n, (x, y) in dict(entry["around"]).items()}
    words = str(dict(entry["words"]).get(locale, ""))
    return Remembered((left, top, right, bottom), str(entry["role"]), words, around)


def _words(look: Look, match: Match) -> str:
    """What an element says, if that is its label and nobody's words."""
    label = label_of(match.node)
    if look.profile.elements[match.element].private or len(label) > MOST_LETTERS:
        return ""
    return label


def _around(look: Look, match: Match) -> dict[str, tuple[float, float]]:
    """The way from an element's centre to those of some others, in fractions of the screen."""
    frame, (x, y) = look.frame, center(box_of(match.node.bounds, look.frame))
    found: dict[str, tuple[float, float]] = {}
    most = MOST_OF_SCREEN * frame.width * frame.height
    for name in look.profile.elements:
        other = look.find(name) if name != match.element else None
        if other is None or other.target is match.target:
            continue
        bounds = other.node.bounds
        if bounds.width * bounds.height <= most:
            u, v = center(box_of(bounds, frame))
            found[name] = (round(u - x, 4), round(v - y, 4))
    nearest = sorted(found, key=lambda n: abs(found[n][0]) + abs(found[n][1]))
    return {name: found[name] for name in nearest[:MOST_AROUND]}
