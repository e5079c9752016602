"""What is to be run: one job is one recipe, once, on one phone."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from droidcancel.history.rows import LOST
from droidcancel.recipe.load import LoadedRecipe, recipes_dir
from droidcancel.recipe.model import Value, walk_decided

#: steps that change nothing that outlives the run: a recipe of only these may be run again
HARMLESS = frozenset(
    {"check_version", "launch", "relaunch", "stop_app", "screenshot", "wait_for", "press", "swipe"}
    | {"run_recipe", "when", "repeat", "observe", "look_for", "scroll_until"}
)
DELETING = frozenset({"delete_draft", "delete_post"})


@dataclass(frozen=True)
class Job:
    """One job. `run_id`: of its run, the same whoever runs it and however often it is sent.

    `attempt`: from 1; one more each time that it is sent anew, since it was never begun before.

    `files`: the recipe and those beside it that it runs, by name; empty for one that ships with
    droidcancel. `phone`: the id of the only phone that may run it, None for any. `destructive`:
    whether having it half done and then again is worse than not knowing.
    """

    run_id: str
    fleet: str
    number: int
    recipe: str
    files: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    app: str | None = None
    method: str | None = None
    moment: str | None = None
    package: str | None = None
    phone: str | None = None
    destructive: bool = True
    posts: int = 0
    deletes: int = 0
    yes: bool = False
    attempt: int = 1

    @property
    def key(self) -> str:
        """Its name in the ledger of a host."""
        return f"{self.run_id}.{self.attempt}"

    def to_json(self) -> dict[str, Any]:
        """One JSON object."""
        return {**asdict(self), "files": dict(self.files), "values": dict(self.values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Job:
        """From `to_json`. Raises TypeError."""
        return cls(**data)


def new_run_id() -> str:
    """As a run by itself gets one."""
    return uuid.uuid4().hex[:12]


def is_destructive(loaded: LoadedRecipe) -> bool:
    """Whether a recipe posts, cancels, deletes or switches anything."""
    return any(entry.kind not in HARMLESS for entry in walk_decided(loaded.recipe.steps))


def deletes(loaded: LoadedRecipe) -> int:
    """How many items a run of it deletes."""
    return sum(entry.kind in DELETING for entry in walk_decided(loaded.recipe.steps))


def files_of(loaded: LoadedRecipe) -> dict[str, str]:
    """The text of a recipe of one's own, and of those in its folder, for hosts without them."""
    path = Path(loaded.document.file)
    if path.resolve().parent == recipes_dir().resolve():
        return {}
    beside = [each for each in path.parent.glob("*.y*ml") if each != path]
    used = {Path(part.document.file).name for part in _parts(loaded)}
    named = [path, *(each for each in beside if each.name in used)]
    return {each.name: each.read_text(encoding="utf-8") for each in named}


def _parts(loaded: LoadedRecipe) -> list[LoadedRecipe]:
    found = []
    for part in loaded.fragments:
        found += [part, *_parts(part)]
    return found


def broken_run(
    job: Job, phone: Mapping[str, Any], error: Mapping[str, Any], *, restored: bool = True
) -> dict[str, Any]:
    """The JSON of a run that came to nothing: an error of the infrastructure, and no verdict."""
    return {
        "run_id": job.run_id, "recipe": job.recipe, "app": job.app or "", "package": "",
        "app_version": "", "device": {
            "serial": phone.get("serial", ""), "kind": phone.get("kind", ""),
            "model": phone.get("model", ""), "api_level": phone.get("api"),
        },
        "method": job.method, "moment": job.moment, "token": None, "verdict": "unknown",
        "expected": [], "ok": False, "reason": error["message"], "missing": ["the run itself"],
        "cut": {}, "drift": [], "evidence": [], "restored": restored, "undone": [], "left": [],
        "dry_run": False, "would": [], "started_at": round(time.time(), 3), "duration_s": 0.0,
        "report": None, "error": dict(error), "interrupted": False,
    }  # fmt: skip


def lost_run(
    job: Job, phone: Mapping[str, Any], why: str, *, restored: bool = False
) -> dict[str, Any]:
    """The JSON of a job of which nobody knows how far it came."""
    error = {
        "type": LOST,
        "message": f"the run was begun, and {why}; it may have posted or deleted, so it is not "
        "run again",
        "hint": "look at the account by hand, or with the recipe verify_outcome",
        "exit_code": 3,
    }
    return broken_run(job, phone, error, restored=restored)
