"""Earlier runs out of the history, for the trend of a page."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from droidcancel.cli import keeping
from droidcancel.errors import HistoryError

if TYPE_CHECKING:
    from droidcancel.history.where import Where
    from droidcancel.report.rows import Row

_FAILED = "droidcancel.history-failed"
#: what is older, or more, says little of how it goes now
DAYS, MOST = 90, 5000
#: a run's outcome in the history -> how a page takes it
SENSES: Mapping[str, str] = {"ok": "good", "differs": "bad", "undecided": "open"}


def earlier(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Runs of the same recipes and apps on phones of the same make, as `many.render` takes them.

    Those of the page itself are left out. Empty without a history; where its database does not
    answer, that is one warning a command.
    """
    context = click.get_current_context(silent=True)
    place = _place() if context is not None and rows else None
    if context is None or place is None or _FAILED in context.meta:
        return []
    try:
        found = _found(place, rows)
    except HistoryError as error:
        context.meta[_FAILED] = True
        keeping.warn(f"history: no trend: {error.message}")
        return []
    on_page = {row.id for row in rows}
    kinds = {(row.recipe, row.app, row.phone) for row in rows}
    return [
        _told(run)
        for run in found
        if run["run_id"] not in on_page and any(_alike(run, *kind) for kind in kinds)
    ]


def _place() -> Where | None:
    """The database, where there is one to ask."""
    from droidcancel.history.recorder import waiting_folder
    from droidcancel.history.where import installed

    place = keeping.chosen()
    if place is None or not installed():
        return None
    empty = place.file is not None and not place.file.exists()
    return None if empty and not waiting_folder(place).exists() else place


def _found(place: Where, rows: Sequence[Row]) -> list[dict[str, Any]]:
    from droidcancel.history import query
    from droidcancel.history.recorder import open_history

    recipes, apps = {row.recipe for row in rows}, {row.app for row in rows}
    since = time.time() - DAYS * 86_400
    with open_history(place) as history:
        return query.earlier(history, recipes, apps, since=since, limit=MOST)


def _alike(run: Mapping[str, Any], recipe: str, app: str, phone: str) -> bool:
    """Whether they can be compared. A virtual phone has another serial each time."""
    level = f"API {run['api_level']}" if run["api_level"] else ""
    # model, serial and level, as `rows` has them; "Pixel 3" begins other models' names too
    named = phone.removesuffix(level).rstrip()
    same = phone.endswith(level) and run["model"] in (named, named.rpartition(" ")[0])
    return same and (run["recipe"], run["app"]) == (recipe, app)


def _told(run: Mapping[str, Any]) -> dict[str, Any]:
    sense = SENSES.get(run["outcome"], "open" if run["restored"] else "bad")
    return {"at": run["started_at"], "sense": sense, "cut_ms": run["apply_ms"]}
