"""The heat map of a matrix: one HTML page, with links to the runs' own pages beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from droidcancel.report import html
from droidcancel.report.chart import bytes_text
from droidcancel.report.csp import Inline

PAGE = html.PAGE
#: how a cell that came to no single verdict is coloured
_STATUS_CLASS: Mapping[str, str] = {"impossible": "no", "open": "no", "error": "error"}
#: verdict -> colour class
VERDICT_CLASS: Mapping[str, str] = {
    "cancelled": "safe",
    "draft": "kept",
    "deleted": "safe",
    "resumed": "live",
    "published": "live",
    "invalid": "late",
    "unknown": "open",
}


@dataclass(frozen=True)
class Shown:
    """A cell as the page shows it; `links`: a page a run, relative to this one."""

    kind: str
    text: str
    reason: str
    links: tuple[tuple[str, str], ...]


def write(matrix: Mapping[str, Any], folder: Path) -> Path:
    """Write the page into the matrix's folder; `matrix` is its JSON. Returns the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / PAGE
    page.write_text(render(matrix), encoding="utf-8", errors="replace")
    return page


def render(matrix: Mapping[str, Any]) -> str:
    """The page's text."""
    style = "".join(map(html.style_text, ("style.css", "matrix.css")))
    cells: Sequence[Mapping[str, Any]] = matrix["cells"]
    by_place = {(c["method"], c["moment"]): shown(c) for c in cells}
    return (
        html.environment()
        .get_template("matrix.html.j2")
        .render(
            matrix=matrix,
            rows=list(matrix["recipes"]),
            cells=by_place,
            counts=_counts(cells),
            size=bytes_text(matrix["on"]["video_bytes"]),
            refused={c["method"]: c["why_not"] for c in cells if c["why_not"]},
            meanings={name: html.MEANINGS[name] for name in VERDICT_CLASS},
            classes=VERDICT_CLASS,
            inline=Inline(styles=(style,)),
        )
    )


def shown(cell: Mapping[str, Any]) -> Shown:
    """A cell of the JSON, for the page."""
    verdicts: Mapping[str, int] = cell["verdicts"]
    kinds = {VERDICT_CLASS.get(name, "open") for name in verdicts}
    status = _STATUS_CLASS.get(cell["status"])
    kind = status or (kinds.pop() if len(kinds) == 1 else "mixed")
    runs = [run for run in cell["runs"] if run["page"]]
    links = tuple(
        (quote(run["page"], errors="replace"), run["verdict"] if not run["error"] else "error")
        for run in runs
    )
    texts = {"impossible": "not possible", "open": "not run"}
    return Shown(kind, texts.get(cell["status"], ""), cell["reason"], links)


def _counts(cells: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for cell in cells:
        for verdict, number in cell["verdicts"].items():
            found[verdict] = found.get(verdict, 0) + number
    return found
