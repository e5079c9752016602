"""From a run's JSON to its row: pure, and without a database."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import droidcancel

Outcome = Literal["ok", "differs", "undecided", "error"]
OUTCOMES: tuple[Outcome, ...] = ("ok", "differs", "undecided", "error")
#: verdicts that say nothing of the app
UNDECIDED = frozenset({"invalid", "unknown"})
#: what a row has no use for: the report's folder holds it, and it is nine tenths of a run
LEFT_OUT = frozenset({"evidence"})
#: the error of a run of which nobody knows how far it came; what is known later takes its place
LOST = "JobLost"
#: SQLite's and PostgreSQL's largest whole number
MOST = 2**63 - 1


def outcome_of(run: Mapping[str, Any]) -> Outcome:
    """What a run says of the app.

    `ok`: as the recipe expects. `differs`: a verdict that it does not expect. `undecided`: invalid
    or unknown. `error`: it was interrupted, or the phone, adb or the app hindered it.
    """
    if run.get("error") or run.get("interrupted"):
        return "error"
    if run.get("ok"):
        return "ok"
    return "undecided" if run.get("verdict") in UNDECIDED else "differs"


def exit_code_of(run: Mapping[str, Any]) -> int:
    """What a process would end with that ran only this."""
    if run.get("restored") is False:
        return 4
    if run.get("interrupted"):
        return 130
    error = run.get("error")
    if error:
        return int(error.get("exit_code", 1))
    return 0 if run.get("ok") else 1


def row_of(run: Mapping[str, Any], matrix_id: str | None = None) -> dict[str, Any]:
    """The columns of a run, out of its JSON. Raises KeyError, TypeError, ValueError for no run."""
    device, cut, error = run["device"], run.get("cut") or {}, run.get("error") or {}
    row = {
        "run_id": _text(run["run_id"]),
        "matrix_id": matrix_id,
        "started_at": float(run["started_at"]),
        "duration_s": float(run["duration_s"]),
        "host": _text(run.get("host") or host_name()),
        "droidcancel": droidcancel.__version__,
        "recipe": _text(run["recipe"]),
        "app": _text(run["app"]),
        "package": _text(run.get("package") or ""),
        "app_version": _text(run.get("app_version") or ""),
        "serial": _text(device["serial"]),
        "kind": _text(device.get("kind") or ""),
        "model": _text(device.get("model") or ""),
        "api_level": _number(device.get("api_level")),
        "method": _text(run.get("method") or ""),
        "moment": _text(run.get("moment") or ""),
        "token": _text(run.get("token") or ""),
        "verdict": _text(run["verdict"]),
        "outcome": outcome_of(run),
        "exit_code": exit_code_of(run),
        "restored": run.get("restored") is not False,
        "reason": _text(run.get("reason") or ""),
        "error": _text(error.get("message") or ""),
        "error_type": _text(error.get("type") or ""),
        "progress_percent": _number(cut.get("progress_percent")),
        "bytes_sent": _number(cut.get("bytes_sent")),
        "bytes_after_cut": _number(cut.get("bytes_after_cut")),
        "detect_ms": _real(cut.get("detect_ms")),
        "apply_ms": _real(cut.get("apply_ms")),
        "data": clean({name: value for name, value in run.items() if name not in LEFT_OUT}),
    }
    if not row["run_id"]:
        raise ValueError("it has no run_id")
    return row


def matrix_row_of(matrix: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a matrix, out of its JSON. Raises KeyError, TypeError, ValueError."""
    return {
        "matrix_id": _text(matrix["id"]),
        "started_at": float(matrix["started_at"]),
        "host": host_name(),
        "app": _text(matrix["on"]["app"]),
        "exit_code": int(matrix["exit_code"]),
        "data": clean({**matrix, "cells": [_cell(cell) for cell in matrix["cells"]]}),
    }


def _cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell with the names of its runs, which have rows of their own."""
    runs = [run["run_id"] for run in cell["runs"]]
    return {**cell, "runs": runs}


@cache
def host_name() -> str:
    """This computer's name, as others may know it."""
    return _text(socket.gethostname())


def clean(value: Any) -> Any:
    """JSON without what a database refuses: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_text(str(key)): clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean(each) for each in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None  # JSON knows neither infinity nor NaN
    return value


def _text(value: str) -> str:
    return str(value).replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _number(value: Any) -> int | None:
    return None if value is None else max(-MOST, min(MOST, int(value)))


def _real(value: Any) -> float | None:
    found = None if value is None else float(value)
    return found if found is not None and abs(found) < float("inf") else None
