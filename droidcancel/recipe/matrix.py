"""Every method at every moment: the plan, the cells, and their state on disk.

Nothing here talks to a phone. A state is a folder with one JSON file, written anew after each run,
so that an interruption loses no more than the run that it broke off.
"""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from droidcancel.apps.document import nearest
from droidcancel.errors import UsageError
from droidcancel.recipe.load import load_recipe, recipe_names
from droidcancel.recipe.model import walk

STATE = "matrix.json"
FORMAT = 1
#: the row of the safe chain, beside those of the single methods
FOR_SURE = "for-sure"
MOMENTS = ("posting", "20%", "40%", "60%", "80%")

CellStatus = Literal["open", "ok", "differs", "impossible", "error"]
#: exit codes from the least grave
GRAVITY = (0, 1, 2, 3, 4, 130)


def rows() -> dict[str, str]:
    """What can be a row -> the recipe that is run for it: `cancel_...`, else one of that method."""
    found: dict[str, str] = {}
    for name in sorted(recipe_names(), key=lambda n: (not n.startswith("cancel_"), n)):
        recipe = load_recipe(name).recipe
        kinds = {entry.kind for entry in walk(recipe.steps)}
        if not {"post", "wait_for_moment", "cancel"} <= kinds or recipe.method is None:
            continue
        own = name.removeprefix("cancel_").replace("_", "-")
        if own == FOR_SURE or (own == recipe.method or not name.startswith("cancel_")):
            found.setdefault(FOR_SURE if own == FOR_SURE else recipe.method, name)
    return found


def chosen_rows(wanted: Sequence[str] | None) -> dict[str, str]:
    """The rows that were asked for, all without; UsageError for one that there is not."""
    known = rows()
    for name in wanted or ():
        if name not in known:
            hint = f"there are {', '.join(known)}"
            raise UsageError(f"no cancel method {name!r} to try{nearest(name, known)}", hint)
    return {name: known[name] for name in (wanted or known)}


@dataclass(frozen=True)
class Plan:
    """What is to be run. `on`: what must be the same to go on with: the app, the phone, the video.

    `recipes`: the rows, by method. `moments`: the columns, as people write them.
    """

    recipes: Mapping[str, str]
    moments: tuple[str, ...]
    repeat: int
    on: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As the state keeps it."""
        return {
            "format": FORMAT,
            "recipes": dict(self.recipes),
            "moments": list(self.moments),
            "repeat": self.repeat,
            "on": dict(self.on),
        }


@dataclass
class Cell:
    """One method at one moment. `runs`: the finished ones, without their evidence.

    `why_not`: where the phone or the app has no way to the method.
    """

    method: str
    moment: str
    repeat: int
    runs: list[dict[str, Any]] = field(default_factory=list)
    why_not: str | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is left to be run of it."""
        return self.why_not is not None or len(self.finished) >= self.repeat

    @property
    def finished(self) -> list[dict[str, Any]]:
        """The runs that came to a verdict; others are run again when it is gone on with."""
        return [run for run in self.runs if run["error"] is None]

    @property
    def verdicts(self) -> dict[str, int]:
        """How often each verdict was given, the most frequent first."""
        return dict(Counter(run["verdict"] for run in self.finished).most_common())

    @property
    def exit_code(self) -> int:
        """The gravest of its runs."""
        return max((run["exit_code"] for run in self.runs), key=GRAVITY.index, default=0)

    @property
    def status(self) -> CellStatus:
        """How it stands."""
        if self.why_not is not None:
            return "impossible"
        if self.exit_code >= 2:
            return "error"
        if not self.done:
            return "open"
        return "ok" if self.exit_code == 0 else "differs"

    @property
    def text(self) -> str:
        """In a few words, for a table."""
        if self.why_not is not None:
            return "not possible"
        said = [f"{n} {name}" if self.repeat > 1 else name for name, n in self.verdicts.items()]
        if self.status == "error":
            said.append("error")
        return ", ".join(said)

    @property
    def reason(self) -> str:
        """Why, of the gravest run."""
        if self.why_not is not None:
            return self.why_not
        worst = max(self.runs, key=lambda run: GRAVITY.index(run["exit_code"]), default=None)
        return "" if worst is None else str(worst["error"] or worst["reason"])

    @property
    def folder(self) -> str:
        """The name of its folder, the same on every file system."""
        moment = self.moment.replace("%", "pc")
        return f"{self.method}/{re.sub(r'[^A-Za-z0-9.]+', '-', moment).strip('-')}"

    def to_json(self) -> dict[str, Any]:
        """One JSON object."""
        return {
            "method": self.method,
            "moment": self.moment,
            "status": self.status,
            "verdicts": self.verdicts,
            "reason": self.reason,
            "why_not": self.why_not,
            "exit_code": self.exit_code,
            "runs": self.runs,
        }


class Matrix:
    """The cells of a plan, kept in a folder. `started_at`: seconds since 1970."""

    def __init__(self, plan: Plan, folder: Path, cells: Sequence[Cell] | None = None) -> None:
        self.plan = plan
        self.folder = folder
        self.id = uuid.uuid4().hex[:12]
        self.started_at = time.time()
        fresh = [Cell(row, moment, plan.repeat) for row in plan.recipes for moment in plan.moments]
        self.cells = list(cells) if cells is not None else fresh

    @classmethod
    def open(cls, plan: Plan, folder: Path, *, resume: bool) -> Matrix:
        """A new matrix, or the one that the folder holds.

        UsageError where the folder holds one and `resume` was not asked for, or another plan's.
        """
        path = folder / STATE
        if not path.is_file():
            return cls(plan, folder)
        kept = _read(path)
        if not resume:
            raise UsageError(
                f"{folder} holds a matrix already",
                "give --resume to go on with it, or another folder with --report",
            )
        other = [key for key, value in plan.to_json().items() if kept.get(key) != value]
        if other:
            raise UsageError(
                f"{folder} holds another matrix: {', '.join(other)} differ",
                "give the same options as before, or another folder with --report",
            )
        matrix = cls(plan, folder, [_cell(each, plan.repeat) for each in kept["cells"]])
        matrix.id = str(kept.get("id", matrix.id))
        matrix.started_at = float(kept.get("started_at", matrix.started_at))
        return matrix

    def left(self) -> Iterator[tuple[Cell, int]]:
        """What is to be run, cell by cell, with the number of the run."""
        for cell in self.cells:
            cell.runs = cell.finished
            while not cell.done:
                had = len(cell.runs)
                yield cell, had + 1
                if cell.why_not is None and len(cell.finished) == had:
                    break  # it came to no verdict; --resume tries again

    def refuse(self, method: str, why_not: str) -> None:
        """No cell of this method can be run on this phone."""
        for cell in self.cells:
            if cell.method == method and not cell.finished:
                cell.why_not = why_not

    def save(self) -> None:
        """Write the state, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / STATE
        part = path.with_name(f".{STATE}.{os.getpid()}")
        part.write_text(json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
        part.replace(path)

    @property
    def exit_code(self) -> int:
        """The gravest of the cells."""
        return max((cell.exit_code for cell in self.cells), key=GRAVITY.index, default=0)

    def to_json(self) -> dict[str, Any]:
        """One JSON object."""
        cells = [cell.to_json() for cell in self.cells]
        mine = {"id": self.id, "started_at": round(self.started_at, 3)}
        return {**self.plan.to_json(), **mine, "exit_code": self.exit_code, "cells": cells}


def _read(path: Path) -> dict[str, Any]:
    try:
        kept = json.loads(path.read_text("utf-8"))
    except ValueError:
        kept = None
    if not isinstance(kept, dict) or kept.get("format") != FORMAT or "cells" not in kept:
        raise UsageError(f"{path} is no state of a matrix", "name another folder with --report")
    return kept


def _cell(kept: Mapping[str, Any], repeat: int) -> Cell:
    return Cell(kept["method"], kept["moment"], repeat, list(kept["runs"]), kept["why_not"])
