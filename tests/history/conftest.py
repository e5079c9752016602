"""A database of each kind, empty, and runs to put into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from droidcancel.history.rows import row_of
from droidcancel.history.store import History
from droidcancel.history.where import Where, where
from tests.history import postgres

#: tests of several processes are run on one database every time, on both in the wider rounds
TWICE = ("test_several_processes", "test_a_run_outlives_a_kill")
_NUMBERS = count(1)
START = 1_760_000_000.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.name.startswith(TWICE) and "[postgresql" in item.name:
            item.add_marker(pytest.mark.extended)


def a_run(**changes: Any) -> dict[str, Any]:
    """A run's JSON as `RunResult.to_json` makes it; `cut` and `device` may be given in part."""
    number = next(_NUMBERS)
    cut = {"progress_percent": 41, "bytes_sent": 700_000, "bytes_after_cut": 1024,
           "detect_ms": 12.0, "apply_ms": 150.0}  # fmt: skip
    device = {"serial": "PIXEL1", "kind": "usb", "model": "Pixel 8", "api_level": 34}
    run: dict[str, Any] = {
        "run_id": f"{number:012x}", "recipe": "cancel_airplane", "app": "tiktok",
        "package": "com.zhiliaoapp.musically", "app_version": "43.1.4", "method": "airplane",
        "moment": "at 40%", "token": "#dcabc123", "verdict": "cancelled",
        "expected": ["cancelled", "draft"], "ok": True, "reason": "nothing is live", "missing": [],
        "drift": [], "evidence": [{"kind": "mark", "at": 1.0, "name": "posted"}], "restored": True,
        "undone": [], "left": [], "dry_run": False, "would": [], "started_at": START + number,
        "duration_s": 21.5, "report": None, "error": None, "interrupted": False,
    }  # fmt: skip
    run |= changes
    run["cut"] = {**cut, **changes.get("cut", {})}
    run["device"] = {**device, **changes.get("device", {})}
    return run


def failed(message: str = "the phone is gone", **changes: Any) -> dict[str, Any]:
    """A run that the phone hindered."""
    error = {"type": "AdbError", "message": message, "hint": None, "exit_code": 3}
    return a_run(verdict="unknown", ok=False, error=error, **changes)


def resumed(**changes: Any) -> dict[str, Any]:
    """A run of an app that went on with the upload."""
    return a_run(verdict="resumed", ok=False, **changes)


def put(history: History, *runs: dict[str, Any]) -> None:
    assert history.add([row_of(run) for run in runs]) == len(runs)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process; skips where there can be none."""
    reason = postgres.why_not()
    if reason is not None:
        pytest.skip(reason)
    with postgres.running() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, as --history takes it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    server: str = request.getfixturevalue("postgres_url")
    import psycopg

    name = f"t{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def place(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Where:
    """The same, as the library takes it; what waits for it is in a folder of this test."""
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    found = where(url)
    assert found is not None
    return found


@pytest.fixture
def history(place: Where) -> Iterator[History]:
    with History(place) as opened:
        yield opened
