"""Runs as Allure results: a JSON file a run beside its attachments, for `allure generate`.

The form is that of Allure 2, github.com/allure-framework/allure2, allure-model.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from droidcancel.report.outcome import Outcome, name_of, outcome_of

#: Allure calls `broken` what is no fault of the thing under test
STATUS: Mapping[str, str] = {
    "passed": "passed", "failed": "failed", "error": "broken", "skipped": "skipped",
}  # fmt: skip
TYPES: Mapping[str, str] = {
    ".png": "image/png", ".html": "text/html", ".json": "application/json",
    ".xml": "application/xml", ".txt": "text/plain", ".mp4": "video/mp4",
}  # fmt: skip


def write(runs: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write each run; what the folder holds already is left, as Allure wants it."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(run, folder) for run in runs]


def _write(run: Mapping[str, Any], folder: Path) -> Path:
    outcome = outcome_of(run)
    started = float(run.get("started_at") or 0)
    stop = started + float(run.get("duration_s") or 0)
    name = str(run.get("test") or name_of(run))
    device = run.get("device") or {}
    full = f"{run.get('app', '')}.{name}"
    result = {
        "uuid": str(uuid.uuid4()),
        "historyId": _digest(f"{full}@{device.get('model', '')}/{device.get('api_level', '')}"),
        "testCaseId": _digest(full),
        "fullName": full,
        "name": name,
        "status": STATUS[outcome.status],
        "statusDetails": _details(run, outcome),
        "stage": "finished",
        "start": round(started * 1000),
        "stop": round(stop * 1000),
        "labels": _labels(run, device),
        "parameters": _parameters(run, device),
        "steps": _steps(run),
        "attachments": _attachments(run, folder),
    }
    path = folder / f"{result['uuid']}-result.json"
    path.write_text(json.dumps(result, ensure_ascii=True), encoding="utf-8")
    return path


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _details(run: Mapping[str, Any], outcome: Outcome) -> dict[str, str]:
    message = outcome.message or f"{run.get('verdict')}: {run.get('reason')}"
    missing = "\n".join(run.get("missing") or ())
    hint = str((run.get("error") or {}).get("hint") or "")
    return {"message": message, "trace": "\n".join(part for part in (hint, missing) if part)}


def _labels(run: Mapping[str, Any], device: Mapping[str, Any]) -> list[dict[str, str]]:
    labels = {
        "framework": "droidcancel",
        "language": "yaml",
        "suite": run.get("app") or "",
        "feature": run["recipe"],
        "story": run.get("method") or "",
        "host": device.get("serial") or "",
    }
    return [{"name": name, "value": str(value)} for name, value in labels.items() if value]


def _parameters(run: Mapping[str, Any], device: Mapping[str, Any]) -> list[dict[str, str]]:
    given = {
        "method": run.get("method"),
        "moment": run.get("moment"),
        "phone": device.get("model"),
        "api": device.get("api_level"),
    }
    return [{"name": k, "value": str(v)} for k, v in given.items() if v is not None]


def _steps(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The turns of a run, and its checks."""
    steps = []
    for record in run.get("evidence") or ():
        at = round(float(record["at"]) * 1000)
        if record["kind"] == "mark":
            steps.append(_step(str(record["name"]), at, "passed"))
        elif record["kind"] == "method":
            status = "passed" if record.get("effective") else "broken"
            steps.append(_step(f"{record['name']}: {record.get('detail', '')}", at, status))
        elif record["kind"] == "check":
            status = {True: "passed", False: "failed"}.get(record.get("ok"), "skipped")
            steps.append(_step(f"{record['name']}: {record.get('detail', '')}", at, status))
    return steps


def _step(name: str, at: int, status: str) -> dict[str, Any]:
    return {"name": name, "status": status, "stage": "finished", "start": at, "stop": at}


def _attachments(run: Mapping[str, Any], folder: Path) -> list[dict[str, str]]:
    """The run's page, data and screenshots, and what the test kept, copied beside the result."""
    found = []
    for path in (
        *_beside(run.get("report")),
        *(Path(each["path"]) for each in run.get("kept", ())),
    ):
        media = TYPES.get(path.suffix)
        if media is None or not path.is_file():
            continue
        source = f"{uuid.uuid4()}-attachment{path.suffix}"
        shutil.copyfile(path, folder / source)
        found.append({"name": path.name, "source": source, "type": media})
    return found


def _beside(page: str | None) -> list[Path]:
    """The files in the folder of a run's page."""
    folder = Path(page).parent if page else None
    return sorted(folder.iterdir()) if folder is not None and folder.is_dir() else []
