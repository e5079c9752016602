"""The page of many runs: what differs, a heat map, every run with its link, and the trend.

It says all that without its script, which adds filters, other axes and the pictures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from droidcancel.csp import Inline, data_block
from droidcancel.report import html
from droidcancel.report.rows import Row
from droidcancel.report.thumbs import thumbs
from droidcancel.report.trends import WIDTH, spans

PAGE = html.PAGE
#: bytes of all pictures of a page, before they are written as text
PICTURES_BYTES = 700_000
#: width in px and quality of a picture
STEPS = ((120, 60), (90, 45), (64, 35))
#: verdict -> colour class
VERDICT_CLASS: Mapping[str, str] = {
    "cancelled": "safe",
    "draft": "kept",
    "deleted": "safe",
    "passed": "safe",
    "resumed": "live",
    "published": "live",
    "failed": "live",
    "invalid": "late",
    "unknown": "undecided",
    "error": "error",
}
#: what a heat map can be drawn of, and the filters
AXES: Mapping[str, str] = {
    "method": "Method",
    "moment": "Moment",
    "recipe": "Recipe",
    "phone": "Phone",
    "app_version": "App version",
}
WORST_FIRST = ("bad", "open", "good")


@dataclass(frozen=True)
class Said:
    """One verdict in a cell. `link`: to the run's page where it is one, else to the first of them.

    `wrong`: some of them are not as expected.
    """

    text: str
    link: str
    wrong: bool


@dataclass(frozen=True)
class Cell:
    """A cell of the heat map. `note`: what is said where there is no run."""

    kind: str
    said: tuple[Said, ...]
    note: str = ""
    reason: str = ""


def write(page: str, folder: Path) -> Path:
    """Write a page's text into a folder; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PAGE
    path.write_text(page, encoding="utf-8", errors="replace")
    return path


def render(
    rows: Sequence[Row],
    *,
    title: str = "Runs",
    lead: str = "",
    axes: tuple[str, str] = ("method", "moment"),
    order: tuple[Sequence[str], Sequence[str]] = ((), ()),
    empty: Mapping[tuple[str, str], tuple[str, str]] | None = None,
    notes: Sequence[str] = (),
    history: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The page's text.

    `order`: the heat map's rows and columns, where they are known beforehand; `empty`: of a cell
    without a run, what to say and why. `history`: earlier runs, as mappings with the keys of a Row;
    these and the rows make the trend.
    """
    across, down = (_values(rows, axes[n], order[n]) for n in (1, 0))
    anchors = _anchors(rows)
    pictures = thumbs([r.picture for r in rows if r.picture], PICTURES_BYTES, STEPS)
    data = {
        "rows": [{**_told(row), "anchor": a} for row, a in zip(rows, anchors, strict=True)],
        "pictures": [pictures[r.picture].source if r.picture in pictures else "" for r in rows],
        "axes": dict(AXES),
        "classes": dict(VERDICT_CLASS),
        "order": {axes[0]: list(down), axes[1]: list(across)},
        "empty": [[*place, *said] for place, said in (empty or {}).items()],
    }
    return (
        html.environment()
        .get_template("many.html.j2")
        .render(
            title=title,
            lead=lead,
            rows=rows,
            anchors=anchors,
            whens=[_when(row.at) for row in rows],
            counts=Counter(row.verdict for row in rows).most_common(),
            senses=Counter(row.sense for row in rows),
            sense_words=html.SENSE_WORDS,
            axes=AXES,
            chosen=axes,
            across=across,
            down=down,
            cells=heat(rows, anchors, axes, across, down, empty or {}),
            classes=VERDICT_CLASS,
            meanings=html.MEANINGS,
            choices={name: _values(rows, name, ()) for name in AXES},
            notes=notes,
            trend=spans([*history, *(_told(row) for row in rows)]),
            trend_width=WIDTH,
            trend_of=_trend_of(history),
            data=data_block("runs-data", data),
            inline=Inline(
                styles=(html.asset("base.css") + html.asset("trend.css") + html.asset("many.css"),),
                scripts=(html.asset("many.js"),),
            ),
        )
    )


def _trend_of(history: Sequence[Mapping[str, Any]]) -> str:
    """What beside the page's runs the trend counts."""
    counted = "1 earlier run" if len(history) == 1 else f"{len(history)} earlier runs"
    return f"With {counted} of the same recipes, apps and phones." if history else ""


def heat(
    rows: Sequence[Row],
    anchors: Sequence[str],
    axes: tuple[str, str],
    across: Sequence[str],
    down: Sequence[str],
    empty: Mapping[tuple[str, str], tuple[str, str]],
) -> list[list[Cell]]:
    """The heat map's cells, row by row."""
    groups: dict[tuple[str, str], list[tuple[Row, str]]] = {}
    for row, anchor in zip(rows, anchors, strict=True):
        place = (getattr(row, axes[0]), getattr(row, axes[1]))
        groups.setdefault(place, []).append((row, anchor))
    return [[_cell(groups.get((d, a), []), empty.get((d, a))) for a in across] for d in down]


def _cell(group: Sequence[tuple[Row, str]], empty: tuple[str, str] | None) -> Cell:
    if not group:
        note, reason = empty or ("not run", "")
        return Cell("no", (), note, reason)
    counts = Counter(row.verdict for row, _ in group).most_common()
    kinds = {VERDICT_CLASS.get(verdict, "undecided") for verdict, _ in counts}
    said = []
    for verdict, count in counts:
        mine = [(row, anchor) for row, anchor in group if row.verdict == verdict]
        first, anchor = mine[0]
        text = verdict if len(group) == 1 else f"{count} {verdict}"
        link = first.page if count == 1 and first.page else f"#{anchor}"
        said.append(Said(text, link, any(row.sense == "bad" for row, _ in mine)))
    worst = min((row for row, _ in group), key=lambda row: WORST_FIRST.index(row.sense))
    several = "safe" if worst.sense == "good" else "mixed"
    return Cell(kinds.pop() if len(kinds) == 1 else several, tuple(said), "", worst.reason)


def _anchors(rows: Sequence[Row]) -> list[str]:
    """A name for each run on the page, by its id."""
    names = [f"run-{re.sub(r'[^A-Za-z0-9_-]', '-', row.id)}" for row in rows]
    return [
        name if row.id and names.count(name) == 1 else f"{name}.{number}"
        for number, (name, row) in enumerate(zip(names, rows, strict=True), 1)
    ]


def _values(rows: Sequence[Row], name: str, known: Sequence[str]) -> list[str]:
    """The values of an axis: those known beforehand in their order, then the others."""
    found = sorted({str(getattr(row, name)) for row in rows}, key=_natural)
    return list(dict.fromkeys([*known, *found]))


def _natural(text: str) -> tuple[int, str, float]:
    """20% before 100%, words first."""
    digits = "".join(sign for sign in text if sign.isdigit())
    return (1, "", float(digits)) if digits and text[-1:] == "%" else (0, text, 0.0)


def _told(row: Row) -> dict[str, Any]:
    told = asdict(row)
    del told["picture"]
    return told


def _when(at: float) -> str:
    return f"{datetime.fromtimestamp(at, timezone.utc):%Y-%m-%d %H:%M} UTC" if at else ""
