"""Runs as plain rows for a page of many: of run.json files, of a matrix, of a history. Pure but
for `collect`, which reads the files.

A row is what :class:`Row` says; a list of mappings with those keys is a history as well.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from droidcancel.errors import UsageError
from droidcancel.report.html import DATA, PAGE, sense

MATRIX = "matrix.json"
#: folders below the ones that are named are looked into so deep
DEEPEST = 6
MOST_BYTES = 100_000_000
#: of a run's pictures, the one to show of it: the first whose name begins so, else the last
SHOWN_FIRST = "cut"


@dataclass(frozen=True)
class Row:
    """One run. `at`: seconds since 1970, 0 where not known; `sense`: good, bad or open.

    `page`: where its own page is, relative to the page of many, empty without one. `picture`: a
    file, where there is one. `cut_ms`: what the cancel took to apply.
    """

    id: str
    recipe: str
    app: str
    app_version: str
    method: str
    moment: str
    phone: str
    verdict: str
    sense: str
    expected: tuple[str, ...]
    reason: str
    at: float
    seconds: float
    cut_percent: int | None
    cut_ms: float | None
    bytes_after_cut: int | None
    page: str = ""
    picture: Path | None = None


def row_of(run: Mapping[str, Any], page: str = "", folder: Path | None = None) -> Row:
    """A row of a run's JSON, or of what a matrix or a history keeps of it."""
    cut: Mapping[str, Any] = run.get("cut") or {}
    error = run.get("error")
    reason = error.get("message") if isinstance(error, Mapping) else error
    expected = run.get("expected") or ()
    return Row(
        id=str(run.get("run_id") or ""),
        recipe=_text(run.get("recipe")),
        app=_text(run.get("app")),
        app_version=_text(run.get("app_version") or _deep(run, "environment", "app", "version")),
        method=_text(run.get("method")),
        moment=_text(run.get("moment")),
        phone=_phone(run),
        verdict="error" if error else str(run.get("verdict", "unknown")),
        sense=sense({"restored": True, **run}),
        expected=(expected,) if isinstance(expected, str) else tuple(map(str, expected)),
        reason=str(reason or run.get("reason") or ""),
        at=float(run.get("started_at") or 0.0),
        seconds=float(run.get("duration_s") or 0.0),
        cut_percent=cut.get("progress_percent"),
        cut_ms=cut.get("apply_ms"),
        bytes_after_cut=cut.get("bytes_after_cut"),
        page=quote(page, errors="replace").lstrip("/"),  # never another host's
        picture=None if folder is None else _picture(run, folder),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _deep(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _phone(run: Mapping[str, Any]) -> str:
    device: Mapping[str, Any] = run.get("device") or {}
    if not device:
        return _text(run.get("phone"))
    level = f"API {device['api_level']}" if device.get("api_level") else ""
    return " ".join(filter(None, (_text(device.get("model")), _text(device.get("serial")), level)))


def _picture(run: Mapping[str, Any], folder: Path) -> Path | None:
    named = [r for r in run.get("evidence", ()) if r.get("kind") == "screen"]
    files = [(str(r.get("name", "")), str(r["screenshot"])) for r in named if r.get("screenshot")]
    first = [file for name, file in files if name.startswith(SHOWN_FIRST)]
    last = [file for _, file in files][-1:]
    return next((folder / Path(file).name for file in (*first, *last)), None)


# -- of files


def collect(folders: Sequence[Path], home: Path) -> list[Row]:
    """The runs below these folders, the oldest first; their pages relative to `home`.

    UsageError for a folder that is not there, and where none holds a run.
    """
    rows: list[Row] = []
    for file in dict.fromkeys(file for folder in folders for file in _files(folder)):
        run = _read(file)
        page = file.with_name(PAGE)
        link = Path(os.path.relpath(page, home)).as_posix() if page.is_file() else ""
        rows.append(row_of(run, link, file.parent))
    if not rows:
        named = ", ".join(map(str, folders))
        raise UsageError(f"no run in {named}", f"a run's report is a folder with {DATA} in it")
    return sorted(rows, key=lambda row: row.at)


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", "name the folders that --report wrote")
    for here, inner, files in os.walk(folder):
        depth = len(Path(here).relative_to(folder).parts)
        inner[:] = sorted(n for n in inner if not n.startswith(".")) if depth < DEEPEST else []
        if DATA in files:
            yield (Path(here) / DATA).resolve()


def _read(file: Path) -> Mapping[str, Any]:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UsageError(f"{file} is too large for the data of a run")
        run = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} is no run's data: {error}") from error
    if not isinstance(run, dict) or "verdict" not in run or "recipe" not in run:
        hint = "expected what `droidcancel run --json` prints"
        raise UsageError(f"{file} is no run's data", hint)
    return run


# -- of a matrix


def rows_of_matrix(matrix: Mapping[str, Any], folder: Path | None = None) -> list[Row]:
    """The runs of a matrix's JSON; of those whose data is in `folder`, with what it does not keep.

    `recipe` is the row's name there, so that for-sure and airplane are told apart.
    """
    return list(_rows_of_cells(matrix, folder))


def _rows_of_cells(matrix: Mapping[str, Any], folder: Path | None) -> Iterable[Row]:
    on: Mapping[str, Any] = matrix.get("on") or {}
    for cell in matrix["cells"]:
        for run in cell["runs"]:
            page = str(run.get("page") or "")
            kept = None if folder is None or not page else (folder / page).parent / DATA
            whole = _read(kept) if kept is not None and kept.is_file() else {}
            merged = {
                "device": {k: on.get(k) for k in ("model", "api_level")},
                "app": on.get("app"),
                **whole,
                **{key: value for key, value in run.items() if value is not None},
                "recipe": matrix["recipes"].get(cell["method"], cell["method"]),
                "method": cell["method"],
                "moment": cell["moment"],
            }
            yield row_of(merged, page, kept.parent if kept is not None else None)
