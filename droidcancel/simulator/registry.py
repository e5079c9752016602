"""Simulators that run in processes of their own: starting, listing and stopping them.

Each such process keeps a small file in the runtime directory that says where its control
port is (loopback only) and the secret that it wants to hear first.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import platformdirs

from droidcancel.simulator.options import PhoneOptions

LOOPBACK = "127.0.0.1"
START_TIMEOUT_S = 120.0
CALL_TIMEOUT_S = 10.0


class SimulatorStartError(Exception):
    """The simulator's process did not get as far as being ready; says what it printed."""


@dataclass(frozen=True)
class RunningSimulator:
    """A simulator that answers. `started` is wall time in seconds."""

    name: str
    serial: str
    adb_port: int
    pid: int
    api: int
    profile: str
    model: str
    locale: str
    app_build: str
    cloud_url: str
    started: float


def runtime_dir() -> Path:
    """Where running simulators note themselves; DROIDCANCEL_RUNTIME_DIR overrides it."""
    given = os.environ.get("DROIDCANCEL_RUNTIME_DIR")
    base = Path(given) if given else platformdirs.user_runtime_path("droidcancel")
    path = base / "simulators"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def launch(
    options: PhoneOptions,
    *,
    count: int = 1,
    accounts: Sequence[str] = (),
    emulator_port: bool | int = True,
    adb_server: int | None = None,
) -> list[RunningSimulator]:
    """Start `count` phones in one new process, and return once all of them are booted.

    With `accounts` there is a phone for each of them, in place of `count`, and all are at one
    upload service, so that each sees what the others have published.

    Raises ValueError for options that ask for what there is not, SimulatorStartError.
    """
    request = {
        "options": asdict(options),
        "count": count,
        "accounts": list(accounts),
        "emulator_port": emulator_port,
        "adb_server": adb_server,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "droidcancel.simulator.daemon"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd="/",
    )
    stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
    if stdin is None or stdout is None or stderr is None:
        raise SimulatorStartError("no pipes to its process")
    with stdin, stdout, stderr, _deadline(process):
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            detail = stderr.read().decode(errors="replace").strip().splitlines()
            process.wait()
            raise SimulatorStartError(detail[-1] if detail else f"exit code {process.returncode}")
    answer = json.loads(line)
    if "error" in answer:
        process.wait()
        if answer.get("usage"):
            raise ValueError(answer["error"])
        raise SimulatorStartError(answer["error"])
    # The process goes on by itself: nothing here waits for it any more.
    process.returncode = 0
    return [RunningSimulator(**entry) for entry in answer["phones"]]


@contextmanager
def _deadline(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a process that does not get as far as being ready."""
    timer = threading.Timer(START_TIMEOUT_S, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def running() -> list[RunningSimulator]:
    """Every simulator that answers; notes of those that are gone are cleared away."""
    found: list[RunningSimulator] = []
    for note in sorted(runtime_dir().glob("*.json")):
        answer = _call(note, {"do": "list"})
        if answer is None:
            note.unlink(missing_ok=True)
        else:
            found.extend(RunningSimulator(**entry) for entry in answer["phones"])
    return found


def stop(names: list[str] | None = None) -> list[str]:
    """Stop simulators by name or serial (None: all); returns the names that were stopped."""
    stopped: list[str] = []
    for note in sorted(runtime_dir().glob("*.json")):
        answer = _call(note, {"do": "stop", "names": names})
        if answer is not None:
            stopped.extend(answer["stopped"])
            if answer["last"]:
                _wait_gone(note)
    return stopped


def truth(name: str) -> list[dict[str, Any]] | None:
    """What the cloud of a running simulator knows (the ground truth); None: no such one."""
    for note in sorted(runtime_dir().glob("*.json")):
        answer = _call(note, {"do": "truth", "name": name})
        if answer is not None and answer.get("records") is not None:
            records: list[dict[str, Any]] = answer["records"]
            return records
    return None


def _wait_gone(note: Path) -> None:
    deadline = time.monotonic() + CALL_TIMEOUT_S
    while note.exists() and time.monotonic() < deadline:
        if _call(note, {"do": "list"}) is None:
            note.unlink(missing_ok=True)


def _call(note: Path, request: Mapping[str, Any]) -> dict[str, Any] | None:
    """Ask the process behind a note; None when it does not answer."""
    try:
        where = json.loads(note.read_text())
        with socket.create_connection((LOOPBACK, where["port"]), timeout=CALL_TIMEOUT_S) as link:
            message = json.dumps({**request, "secret": where["secret"]})
            link.sendall(message.encode() + b"\n")
            with link.makefile("rb") as answer:
                parsed = json.loads(answer.readline())
                return parsed if isinstance(parsed, dict) else None
    except (OSError, ValueError, KeyError):
        return None
