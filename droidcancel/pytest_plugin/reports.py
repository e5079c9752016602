"""What a test came to: whose fault it is, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from droidcancel.errors import DroidCancelError, RestoreError, Unsupported
from droidcancel.pytest_plugin import options

if TYPE_CHECKING:
    from droidcancel.pytest_plugin.artifacts import Artifacts
    from droidcancel.recipe.result import RunResult

UNDECIDED = ("invalid", "unknown")


class BadVerdict(AssertionError):
    """The app did what it must not: the verdict is another than expected, or a check failed."""


class Undecided(DroidCancelError):
    """Nothing is proven of the app, and --droid-undecided says that this is an error."""


@dataclass
class TestRecord:
    """What is known of a running test: its runs as JSON, and what it keeps."""

    __test__ = False
    artifacts: Artifacts | None = None
    runs: list[dict[str, Any]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    note_upload: Callable[[], str] | None = None
    bad: bool = False
    worst: str = "passed"
    message: str = ""


RECORD = pytest.StashKey[TestRecord]()


def record_of(item: pytest.Item) -> TestRecord:
    """The record of a test; made when it is first asked for."""
    return item.stash.setdefault(RECORD, TestRecord())


def settle(
    result: RunResult, config: pytest.Config, expect: Sequence[str] = (), *, report: str = ""
) -> RunResult:
    """The result, where it is as expected.

    BadVerdict where the app is at fault; a skip where the cancel was never applied or nothing is
    proven; else the error that hindered the run.
    """
    __tracebackhide__ = True
    if result.interrupted:
        raise KeyboardInterrupt
    if result.error is not None:
        raise result.error
    if not result.restored:
        left = [f"{r.what}: {r.detail}" for r in result.undone if not r.ok]
        raise RestoreError(f"not restored: {'; '.join(left)}", "run `droidcancel restore`", left)
    wanted = tuple(expect) or result.expected
    name = result.verdict.name
    if name in wanted and not result.failed_checks:
        return result
    told = f"{name}, expected {' or '.join(wanted)}: {result.verdict.reason}"
    if name in UNDECIDED and not result.failed_checks:
        if options.value(config, "undecided") == "error":
            raise Undecided(told)
        pytest.skip(told)
    raise BadVerdict(f"{result.recipe}: {told}" + (f"\nreport: {report}" if report else ""))


def finish(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Put a phase's report right, and keep what there is to keep."""
    record = item.stash.get(RECORD, None)
    error = call.excinfo.value if call.excinfo is not None else None
    if record is not None and isinstance(error, DroidCancelError):
        _put_right(item, report, error)
    elif isinstance(error, BadVerdict) and _is_recipe(item):
        report.longrepr = str(error)
    if record is None:
        return
    _remember(record, report)
    if record.artifacts is not None and (call.when == "call" or record.bad):
        record.artifacts.end(bad=record.bad)
    if call.when == "teardown":
        _close(item, record, report)
    if record.told:
        report.sections.append((f"droidcancel {report.when}", "\n".join(record.told)))
        record.told.clear()


def _close(item: pytest.Item, record: TestRecord, report: pytest.TestReport) -> None:
    """The test is over: what is kept of it is told to whoever writes results."""
    from droidcancel.secret import redacted_json

    if record.artifacts is not None:
        record.artifacts.close(bad=record.bad)
        _tell_pages(record)
        kept = record.artifacts.told()
        _attach(record, kept)
        # pytest has taken them from the item already
        report.user_properties += [(f"droid.{each['name']}", each["path"]) for each in kept]
        if record.bad:
            record.told += [f"{each['name']}: {each['path']}" for each in kept]
    report.droid = {  # type: ignore[attr-defined]  # taken along by pytest-xdist
        "runs": redacted_json(record.runs),
        "outcome": record.worst,
        "message": record.message,
    }


def _tell_pages(record: TestRecord) -> None:
    """Where the pages of the test's runs are; one that went with a pass is told to nobody."""
    for run in record.runs:
        if run.get("report") and not Path(run["report"]).is_file():
            run["report"] = None
        if run.get("report"):
            record.told.append(f"report: {run['report']}")


def _attach(record: TestRecord, kept: list[dict[str, Any]]) -> None:
    """Name what was kept in the data of the test's runs, and on their pages."""
    for run in record.runs if kept else ():
        run["kept"] = kept
        if run.get("report") and Path(run["report"]).is_file():
            from droidcancel.report.html import write

            write(run, Path(run["report"]).parent)


def _put_right(item: pytest.Item, report: pytest.TestReport, error: DroidCancelError) -> None:
    """What hindered a test is no failure of the app: an error, or a skip where it cannot be done.

    pytest knows errors only of set-up and tear-down, so it is told as one of the set-up.
    """
    if isinstance(error, Unsupported) and report.when != "teardown":
        path, line, _ = item.location
        report.outcome = "skipped"
        report.longrepr = (str(path), line or 0, f"Skipped: {error.message}")
        return
    if report.when == "call":
        report.when = "setup"
    report.longrepr = f"{type(error).__name__}: {error.explain()}"


def _is_recipe(item: pytest.Item) -> bool:
    return item.path.suffix in (".yaml", ".yml")


def _remember(record: TestRecord, report: pytest.TestReport) -> None:
    """The gravest of the phases: error, failed, skipped, passed."""
    grave = ("passed", "skipped", "failed", "error")
    if report.failed:
        outcome = "failed" if report.when == "call" else "error"
    else:
        outcome = report.outcome
    record.bad = record.bad or report.failed
    if grave.index(outcome) > grave.index(record.worst):
        record.worst = outcome
        record.message = _message(report)


def _message(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash is not None else report.longrepr or "")


def note_run(item: pytest.Item, result: RunResult, folder: Path | None, *, keep_page: bool) -> str:
    """Keep a run's JSON, and its page where one is wanted; the page's path, empty without."""
    record = record_of(item)
    data = result.to_json()
    page = ""
    if folder is not None and keep_page and not result.dry_run:
        from droidcancel.report.html import PAGE, write

        page = data["report"] = str(folder / PAGE)
        write(data, folder)
    record.runs.append(data)
    record.told.append(f"{result.recipe}: {result.verdict.name}: {result.verdict.reason}")
    item.user_properties += [
        ("droid.recipe", result.recipe),
        ("droid.verdict", result.verdict.name),
        ("droid.serial", result.device["serial"]),
    ]
    return page
