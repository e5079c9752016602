"""A scheduler and workers as processes of their own, on loopback; each is ended by its pid."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import wait_until

START_S = 60.0


@dataclass
class Child:
    """A `droidcancel fleet ...` process, and what it has said on stderr so far."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def kill(self) -> None:
        """As a crash does: with no last word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """As Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def has_said(self, words: str) -> bool:
        if self.process.poll() is not None:
            pytest.fail(f"it ended: {''.join(self.said)}")
        return any(words in line for line in self.said)


@dataclass
class Fleet:
    """A lab on loopback. Each host has a state directory of its own, as computers have."""

    home: Path
    port: int
    children: list[Child] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self, *words: str, host: str = "lab") -> Child:
        environment = {**os.environ, "DROIDCANCEL_STATE_DIR": str(self.home / host),
                       "DROIDCANCEL_HISTORY": str(self.home / "runs.db")}  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "droidcancel", "fleet", *words], env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.home,
        )  # fmt: skip
        child = Child(process)
        self.children.append(child)
        reader = threading.Thread(target=self._read, args=(child,), daemon=True)
        reader.start()
        return child

    @staticmethod
    def _read(child: Child) -> None:
        stream = child.process.stderr
        assert stream is not None
        with stream:
            child.said.extend(iter(stream.readline, ""))

    def scheduler(self, *options: str) -> Child:
        child = self.start("scheduler", "--port", str(self.port), *options)
        stream = child.process.stdout
        assert stream is not None
        line = stream.readline()
        assert "://127.0.0.1:" in line, child.said
        self.port = int(line.rpartition(":")[2])
        return child

    def worker(
        self, host: str, devices: Path, *serials: str, options: tuple[str, ...] = ()
    ) -> Child:
        words = [word for serial in serials for word in ("-s", serial)]
        known = ("--scheduler", self.address, "--name", host, "--devices", str(devices))
        child = self.start("worker", *known, *words, *options, host=host)
        wait_until(lambda: child.has_said("phones are offered"), START_S, f"the worker of {host}")
        return child

    def run(self, *words: str, report: str = "report") -> Child:
        """`fleet run`, which goes on by itself; its results are JSON lines."""
        common = ("--scheduler", self.address, "--json", "--report", str(self.home / report))
        return self.start("run", *words, *common)

    def results(self, child: Child, code: int) -> list[dict[str, Any]]:
        """The runs that it told of, once it has ended."""
        stream = child.process.stdout
        assert stream is not None
        told = [json.loads(line) for line in stream.read().splitlines()]
        assert child.process.wait(60) == code, "".join(child.said)
        return told

    def kept(self) -> list[dict[str, Any]]:
        """What the history has."""
        from droidcancel.history.query import Filter, find
        from droidcancel.history.recorder import open_history
        from droidcancel.history.where import where

        place = where(str(self.home / "runs.db"))
        assert place is not None
        with open_history(place) as history:
            return find(history, Filter())

    def lines(self) -> list[dict[str, Any]]:
        """What has happened so far in the run, as its folder tells."""
        path = self.home / "report" / "fleet.jsonl"
        text = path.read_text() if path.exists() else ""
        return [json.loads(line) for line in text.splitlines()[1:]]

    def close(self) -> None:
        for child in reversed(self.children):
            if child.process.poll() is None:
                child.kill()
            for stream in (child.process.stdout,):
                if stream is not None:
                    stream.close()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path, 0)
    yield made
    made.close()


@pytest.fixture
def devices(tmp_path: Path) -> Path:
    """A devices.yaml without a phone in it."""
    path = tmp_path / "devices.yaml"
    path.write_text("devices: {}\n")
    return path
