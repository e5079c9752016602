"""What the doctor found out of a build, kept for the next time: one file a build fingerprint.

The device layer takes from it which way to begin with, and so saves asking the phone; nothing is
believed for it: each change is read back from the phone, and a way that turns out to have no effect
is forgotten. A way that is not there is asked for again all the same, since updates of a module
(Google Play system updates) bring new ones and leave the fingerprint as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import platformdirs

import droidcancel
from droidcancel.device.types import Status, ThingFinding, WayFinding
from droidcancel.device.ways import NOT_OF_THE_BUILD, THINGS

CACHE_VARIABLE = "DROIDCANCEL_CACHE_DIR"
KEPT_DAYS = 30
_FORM = 1
_STATUSES = frozenset(get_args(Status))


def cache_dir() -> Path:
    """Where findings are kept: ``DROIDCANCEL_CACHE_DIR``, else the user's cache directory."""
    chosen = os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("droidcancel")
    return Path(chosen) / "doctor"


@dataclass
class Known:
    """The findings of one build. ``at``: when they were made, in seconds since 1970."""

    fingerprint: str = ""
    at: float = 0.0
    probed: bool = False
    things: dict[str, ThingFinding] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file; its name is no secret of the phone's, and no fingerprint can leave the
        directory."""
        digest = hashlib.sha256(self.fingerprint.encode("utf-8", "replace")).hexdigest()
        return cache_dir() / f"{digest[:32]}.json"

    @classmethod
    def of(cls, fingerprint: str) -> Known:
        """What is kept of a build; nothing where there is no file, or none that can be read."""
        known = cls(fingerprint)
        try:
            data = json.loads(known.path.read_text(encoding="utf-8"))
            return known._filled(data) if fingerprint else known
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return known

    def _filled(self, data: Mapping[str, Any]) -> Known:
        current = (data["form"], data["fingerprint"], data["droidcancel"]) == (
            _FORM,
            self.fingerprint,
            droidcancel.__version__,
        )
        at = float(data["at"])
        if not current or not 0 <= time.time() - at < KEPT_DAYS * 86400:
            return self
        things = {thing: _read(thing, ways) for thing, ways in data["things"].items()}
        return Known(self.fingerprint, at, data["probed"] is True, things)

    def save(self) -> bool:
        """Write it; False where that cannot be done, which costs only time."""
        if not self.fingerprint:
            return False
        data = {
            "form": _FORM,
            "droidcancel": droidcancel.__version__,
            "fingerprint": self.fingerprint,
            "at": self.at,
            "probed": self.probed,
            "things": {name: _written(found.ways) for name, found in self.things.items()},
        }
        fresh = self.path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(data, ensure_ascii=True, indent=1), encoding="utf-8")
            fresh.replace(self.path)
        except OSError:
            return False
        return True

    def keep(
        self, findings: Sequence[ThingFinding], probed: bool, since: float | None = None
    ) -> None:
        """Take what was found and is sure, and write it; ``since`` keeps an older date."""
        self.at, self.probed = time.time() if since is None else since, probed
        self.things = {
            found.thing: found
            for found in findings
            if found.thing not in NOT_OF_THE_BUILD and all(way.sure for way in found.ways)
        }
        self.save()

    def says(self, thing: str, way: str) -> bool | None:
        """Whether a way can be used; None where the phone has to be asked."""
        found = self.things.get(thing)
        status = next((w.status for w in found.ways if w.way == way), None) if found else None
        return {"works": True, "not tried": True, "refused": False}.get(status or "")

    def forget(self, thing: str) -> None:
        """A way did not do what it was found to do: ask the phone again, now and later."""
        if self.things.pop(thing, None) is not None:
            with contextlib.suppress(OSError):
                self.save()


def _written(ways: Sequence[WayFinding]) -> list[dict[str, str]]:
    return [{"way": way.way, "status": way.status, "why": way.why} for way in ways]


def _read(thing: str, ways: Sequence[Mapping[str, str]]) -> ThingFinding:
    """A thing as it was written. Raises ValueError for one that is not of today's list."""
    found = tuple(WayFinding(w["way"], _status(w["status"]), str(w["why"])) for w in ways)
    if [way.way for way in found] != [way.name for way in THINGS[thing]]:
        raise ValueError(f"other ways for {thing}")
    return ThingFinding(thing, found)


def _status(word: str) -> Status:
    if word not in _STATUSES:
        raise ValueError(word)
    return word  # type: ignore[return-value]  # it is one of the words, as was just seen
