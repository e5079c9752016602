"""Results for other programs: JUnit XML, JSON Lines, Allure, a GitHub summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from droidcancel.report.jsonl import JsonLines

F = TypeVar("F", bound=Callable[..., Any])
_META = "droidcancel.outputs"


def outputs_options(function: F) -> F:
    """--junit, --jsonl, --allure and --github-summary; `opened` knows what they say."""
    file = click.Path(path_type=Path, dir_okay=False)
    options = (
        click.option("--junit", type=file, metavar="FILE", expose_value=False,
                     callback=_remember, help="Write the results as JUnit XML."),
        click.option("--jsonl", type=file, metavar="FILE", expose_value=False,
                     callback=_remember, help="Write each run as a line of JSON, as it ends."),
        click.option("--allure", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
                     expose_value=False, callback=_remember,
                     help="Write the results for Allure into a folder."),
        click.option("--github-summary", is_flag=True, expose_value=False, callback=_remember,
                     help="Write a GitHub job summary, and annotations on stderr."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    context.meta.setdefault(_META, {})[option.name] = value


@dataclass
class Outputs:
    """Takes the JSON of runs as they end. What cannot be written is found out before the first."""

    junit: Path | None = None
    jsonl: Path | None = None
    allure: Path | None = None
    github_summary: bool = False
    runs: list[Mapping[str, Any]] = field(default_factory=list)
    _lines: JsonLines | None = None

    def prepare(self) -> None:
        """Raises UsageError outside of a GitHub job, OSError for a place that cannot be."""
        for path in (self.junit, self.jsonl):
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
        if self.allure is not None:
            self.allure.mkdir(parents=True, exist_ok=True)
        if self.github_summary:
            from droidcancel.report.github import summary_path

            summary_path()

    def take(self, run: Mapping[str, Any]) -> None:
        """A run that has ended."""
        from droidcancel.secret import redacted_json

        run = redacted_json(run)
        self.runs.append(run)
        if self.jsonl is not None and self._lines is None:
            from droidcancel.report.jsonl import JsonLines

            self._lines = JsonLines(self.jsonl)
        if self._lines is not None:
            self._lines.write(run)

    def finish(self) -> None:
        """Write what is written of all runs together."""
        if self._lines is not None:
            self._lines.close()
        if self.junit is not None:
            from droidcancel.report import junit

            junit.write(self.runs, self.junit)
        if self.allure is not None:
            from droidcancel.report import allure

            allure.write(self.runs, self.allure)
        if self.github_summary:
            from droidcancel.report import github

            github.summarize(self.runs)


@contextmanager
def opened(*, dry_run: bool = False) -> Iterator[Outputs]:
    """What the command's options ask for; written also where something ends the runs early."""
    outputs = Outputs(**click.get_current_context().meta.get(_META, {}))
    outputs.prepare()
    try:
        yield outputs
    finally:
        if not dry_run:
            outputs.finish()
