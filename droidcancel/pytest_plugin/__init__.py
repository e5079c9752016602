"""The pytest plugin: phones as fixtures, recipes as tests. Documented in docs/pytest.md.

    def test_airplane_cancels(upload, cancel, verdict):
        cancel("airplane", at="40%")
        verdict.must_be("cancelled", "draft")

What an app does wrong is a failure. A phone, a link or an app that hinders the test is an error;
a cancel that was never applied, and what a phone cannot do, is a skip. Nothing heavy is imported
until a fixture of the plugin is used.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from droidcancel.pytest_plugin import artifacts, options, outputs, recipe_files, reports
from droidcancel.pytest_plugin.fixtures import (
    app,
    cancel,
    droid_output,
    droid_variant,
    observer,
    phone,
    phone_pool,
    run_recipe,
    session_phone,
    simulated_phone,
    simulator,
    simulator_options,
    upload,
    upload_file,
    upload_options,
    verdict,
)
from droidcancel.pytest_plugin.marks import MARKER_HELP, variants
from droidcancel.pytest_plugin.reports import BadVerdict

__all__ = [
    "BadVerdict",
    "app",
    "cancel",
    "droid_output",
    "droid_variant",
    "observer",
    "phone",
    "phone_pool",
    "run_recipe",
    "session_phone",
    "simulated_phone",
    "simulator",
    "simulator_options",
    "upload",
    "upload_file",
    "upload_options",
    "verdict",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER_HELP)
    options.check(config)
    if not hasattr(config, "workerinput"):
        config.stash[outputs.KEY] = outputs.Outputs(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Under pytest-xdist all workers write into the folder of one session."""
    node.workerinput[options.STAMP] = options.stamp(node.config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that names several devices or Android versions is run once on each."""
    if "droid_variant" in metafunc.fixturenames:
        found = variants(metafunc.definition, metafunc.config)
        if found:
            metafunc.parametrize("droid_variant", found, ids=str, indirect=True)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    return recipe_files.collect(file_path, parent)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, None]:
    outcome = yield
    reports.finish(item, call, outcome.get_result())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for written in outputs.OPEN:
        written.take(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    artifacts.close_all()
    written = session.config.stash.get(outputs.KEY, None)
    if written is not None:
        written.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    written = terminalreporter.config.stash.get(outputs.KEY, None)
    if written is not None:
        for line in written.summary():
            terminalreporter.write_line(line)


def pytest_report_header(config: pytest.Config) -> list[str]:
    return options.header(config)
