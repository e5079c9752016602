"""The page of a matrix: its heat map, with links to the runs' own pages beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from droidcancel.report import many
from droidcancel.report.chart import bytes_text
from droidcancel.report.rows import rows_of_matrix

PAGE = many.PAGE
NOT_RUN = {"impossible": "not possible", "open": "not run"}


def write(
    matrix: Mapping[str, Any], folder: Path, *, history: Sequence[Mapping[str, Any]] = ()
) -> Path:
    """Write the page into the matrix's folder; `matrix` is its JSON. Returns the page's path.

    `history`: earlier runs, as :func:`droidcancel.report.many.render` takes them.
    """
    return many.write(render(matrix, folder, history=history), folder)


def render(
    matrix: Mapping[str, Any],
    folder: Path | None = None,
    *,
    history: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The page's text. `folder`: where the runs' own data and pictures are."""
    on, repeat = matrix["on"], matrix["repeat"]
    cells: Sequence[Mapping[str, Any]] = matrix["cells"]
    refused = {cell["method"]: cell["why_not"] for cell in cells if cell["why_not"]}
    size = bytes_text(on["video_bytes"])
    lead = f"{on['app']} on {on['model']} (Android API {on['api_level']}), {size} of video"
    return many.render(
        rows_of_matrix(matrix, folder),
        title="Every method at every moment",
        lead=lead + (f", {repeat} runs a cell" if repeat > 1 else ""),
        order=(list(matrix["recipes"]), list(matrix["moments"])),
        empty={(c["method"], c["moment"]): _empty(c) for c in cells if not c["runs"]},
        notes=[f"{method} is not possible here: {why}." for method, why in refused.items()],
        history=history,
    )


def _empty(cell: Mapping[str, Any]) -> tuple[str, str]:
    """What to say of a cell without a run, and why."""
    status = "impossible" if cell["why_not"] else str(cell["status"])
    return NOT_RUN.get(status, "not run"), str(cell["reason"] or "")
