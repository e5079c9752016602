"""The machine outputs of a session: JSON Lines, Allure results, a GitHub summary."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from droidcancel.pytest_plugin import options


class Outputs:
    """Takes the runs of each finished test, in the process that sees all of them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._jsonl: Any = None
        self._runs: list[dict[str, Any]] = []
        path = options.path(config, "jsonl")
        if path is not None:
            from droidcancel.report.jsonl import JsonLines

            self._jsonl = JsonLines(path)
        OPEN.append(self)

    def take(self, report: pytest.TestReport) -> None:
        """A report that carries runs: the last one of its test."""
        told = getattr(report, "droid", None)
        if told is None:
            return
        facts = {"test": report.nodeid, "outcome": told["outcome"], "message": told["message"]}
        for run in told["runs"]:
            run = {**run, **facts}
            self._runs.append(run)
            if self._jsonl is not None:
                self._jsonl.write(run)

    def close(self) -> None:
        """Write what is written at the end."""
        if self in OPEN:
            OPEN.remove(self)
        with suppress(OSError):  # it is not there, or something was kept
            options.session_folder(self._config).rmdir()
        if self._jsonl is not None:
            self._jsonl.close()
        allure = options.path(self._config, "allure")
        if allure is not None:
            from droidcancel.report.allure import write

            write(self._runs, allure)
        if options.value(self._config, "github-summary"):
            from droidcancel.report import github

            github.summarize(self._runs)

    def summary(self) -> list[str]:
        """What is worth saying at the end."""
        pages = [run["report"] for run in self._runs if run.get("report") and not run["ok"]]
        return [f"droidcancel: reports in {options.session_folder(self._config)}"] if pages else []


OPEN: list[Outputs] = []
KEY = pytest.StashKey[Outputs]()
