"""The fixtures, from the session's phones down to one upload. Each can be overridden."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from droidcancel.pytest_plugin import marks, options
from droidcancel.pytest_plugin.artifacts import Artifacts, artifacts_of
from droidcancel.pytest_plugin.reports import record_of

if TYPE_CHECKING:
    from droidcancel.api import Phone
    from droidcancel.pytest_plugin.phones import PhonePool
    from droidcancel.pytest_plugin.uses import App, AskVerdict, Cancel, RunRecipe
    from droidcancel.recipe.stepwise import Upload
    from droidcancel.simulator import PhoneOptions, Simulator


# -- virtual phones


@pytest.fixture
def simulator_options() -> PhoneOptions:
    """The make of the phone that `simulator` is; override it in a module or a class."""
    from droidcancel.simulator import PhoneOptions

    return PhoneOptions()


@pytest.fixture
def simulator(simulator_options: PhoneOptions) -> Iterator[Simulator]:
    """A booted virtual phone that the adb server of ANDROID_ADB_SERVER_PORT knows of.

    An adb server that is not running yet is left alone: it finds the phone when it starts,
    as the phone then has one of the emulators' ports. To one that runs any port will do, and
    is better: a server takes a second until it looks at an emulator's port again.
    """
    from droidcancel.simulator import Simulator
    from droidcancel.simulator.host import server_runs

    server = int(os.environ.get("ANDROID_ADB_SERVER_PORT") or 5037)
    alone = not server_runs(server)
    with Simulator(simulator_options, emulator_port=alone, adb_server=server) as phone:
        yield phone
        phone.withdraw(server)


@pytest.fixture
def simulated_phone(
    simulator_options: PhoneOptions, request: pytest.FixtureRequest
) -> Iterator[Phone]:
    """A fresh virtual phone of `simulator_options`, connected; it ends with the test.

    To have all fixtures use it: override `phone` with one that returns it.
    """
    from droidcancel.pytest_plugin.uses import booted

    record = record_of(request.node)
    with booted(simulator_options) as phone:
        kept = record.artifacts or artifacts_of(request.node, phone, _app_name(request))
        yield phone
        kept.end(bad=record.bad)


# -- phones


@pytest.fixture(scope="session")
def phone_pool(pytestconfig: pytest.Config) -> Iterator[PhonePool]:
    """The phones of --droid-device; this process holds at most one at a time."""
    from droidcancel.pytest_plugin.phones import PhonePool

    pool = PhonePool(pytestconfig)
    yield pool
    pool.release()


@pytest.fixture(scope="session")
def session_phone(phone_pool: PhonePool) -> Phone:
    """A phone for what is done once a session; `phone` is the same one where it fits the test."""
    return phone_pool.lease(marks.Wanted()).phone


@pytest.fixture
def droid_variant(request: pytest.FixtureRequest) -> Any:
    """Which of several devices or Android versions this run of the test is for; None for any."""
    return getattr(request, "param", None)


@pytest.fixture
def phone(
    phone_pool: PhonePool, droid_variant: Any, request: pytest.FixtureRequest
) -> Iterator[Phone]:
    """A phone that fits the test's markers, leased by a lock file, and put back after the test."""
    from droidcancel.pytest_plugin import phones

    record_of(request.node)  # from here on, what hinders the test is no failure of the app
    wanted = marks.wanted(request.node, droid_variant, request.config)
    leased = phone_pool.lease(wanted, request.node.nodeid.partition("::")[0])
    found = leased.phone
    before = phones.network_of(found)
    kept = artifacts_of(request.node, found, _app_name(request))
    yield found
    try:
        kept.end(bad=record_of(request.node).bad)
        phones.put_back(found, before)
    finally:
        phone_pool.end_test()


@pytest.fixture
def observer(phone: Phone, request: pytest.FixtureRequest) -> Iterator[Phone]:
    """A second phone with another account: --droid-observer, or that of the phone's entry.

    Of a virtual phone without one, another virtual phone at the same service. Else a skip.
    """
    from droidcancel.pytest_plugin.uses import observing

    with observing(phone, request.config) as second:
        yield second


# -- what tests do with them


@pytest.fixture
def app(phone: Phone, request: pytest.FixtureRequest) -> App:
    """The app under test, as it is installed on the phone: name, package, version, profile."""
    from droidcancel.pytest_plugin.uses import App

    return App.on(phone, _app_name(request), options.value(request.config, "package"))


def _app_name(request: pytest.FixtureRequest) -> str | None:
    wanted = marks.wanted(request.node, None, request.config)
    name: str | None = wanted.app or options.value(request.config, "app")
    return name


@pytest.fixture(scope="session")
def upload_file(pytestconfig: pytest.Config) -> Path:
    """The video that tests upload: --droid-upload, or a sample."""
    given = options.path(pytestconfig, "upload")
    if given is not None:
        return given
    from droidcancel.sample import sample_video

    return sample_video()


@pytest.fixture
def droid_output(phone: Phone, request: pytest.FixtureRequest) -> Iterator[Artifacts]:
    """What is kept of the test, and the folder for it."""
    kept = artifacts_of(request.node, phone, _app_name(request))
    yield kept
    kept.end(bad=record_of(request.node).bad)


@pytest.fixture
def run_recipe(phone: Phone, droid_output: Artifacts, request: pytest.FixtureRequest) -> RunRecipe:
    """Runs a recipe on the phone: `run_recipe("cancel_airplane", at="40%", caption="cat")`.

    A verdict that the recipe does not expect fails the test; `expect=(...)` names others, and with
    `check=False` the result is the test's to judge.
    """
    from droidcancel.pytest_plugin.uses import RunRecipe

    return RunRecipe(phone, droid_output, request, _app_name(request))


@pytest.fixture
def upload_options() -> dict[str, Any]:
    """What `upload` posts: `video`, `caption`, `visibility`; override it in a module or a class."""
    return {}


@pytest.fixture
def upload(
    phone: Phone,
    droid_output: Artifacts,
    upload_options: dict[str, Any],
    request: pytest.FixtureRequest,
) -> Iterator[Upload]:
    """An upload that was just started; `upload.token` is the hashtag by which it is known."""
    from droidcancel.pytest_plugin.uses import started_upload

    with ExitStack() as stack:
        yield stack.enter_context(
            started_upload(phone, droid_output, upload_options, request,
                           _app_name(request))
        )  # fmt: skip


@pytest.fixture
def cancel(upload: Upload) -> Cancel:
    """Cancels the upload: `cancel("airplane", at="40%")`; returns the numbers of the cut."""
    return upload.cancel


@pytest.fixture
def verdict(upload: Upload, droid_output: Artifacts, request: pytest.FixtureRequest) -> AskVerdict:
    """What became of the upload: `verdict.must_be("cancelled", "draft")`, or `verdict().name`."""
    from droidcancel.pytest_plugin.uses import AskVerdict

    return AskVerdict(upload, request)
