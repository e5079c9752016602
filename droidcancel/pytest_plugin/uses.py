"""What stands behind the fixtures that run something on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from os import PathLike
from typing import Any

import pytest

from droidcancel.api import Chosen, Phone, Recipe, begun_upload, connect, execute, profile_of
from droidcancel.apps.profile import AppProfile
from droidcancel.cli.options import adb_server_port
from droidcancel.device.config import SimulatorEntry
from droidcancel.device.connect import connect as connect_device
from droidcancel.pytest_plugin import options
from droidcancel.pytest_plugin.artifacts import Artifacts
from droidcancel.pytest_plugin.reports import note_run, record_of, settle
from droidcancel.recipe.installed import installed_build
from droidcancel.recipe.result import Cut, RunResult
from droidcancel.recipe.stepwise import Upload
from droidcancel.simulator import PhoneOptions, Simulator
from droidcancel.verdict import Verdict as Verdict

Cancel = Callable[..., Cut]
OBSERVER = "eve"


@dataclass(frozen=True)
class App:
    """The app under test, as it is installed on a phone."""

    name: str
    package: str
    version: str
    profile: AppProfile
    phone: Phone

    @classmethod
    def on(cls, phone: Phone, name: str | None, package: str | None) -> App:
        """AppError where it is not installed, UsageError where several builds are."""
        profile = profile_of(phone, name)
        info = installed_build(profile, phone.device, package)
        return cls(profile.name, info.name, info.version_name, profile, phone)

    def start(self) -> None:
        """Open it, as its icon does."""
        self.phone.device.packages.start(self.package)

    def stop(self) -> None:
        """Force-stop it."""
        self.phone.device.packages.force_stop(self.package)

    @property
    def running(self) -> bool:
        return self.phone.device.packages.running(self.package)


class RunRecipe:
    """Runs recipes on one phone for a test."""

    def __init__(
        self,
        phone: Phone,
        artifacts: Artifacts,
        request: pytest.FixtureRequest,
        app: str | None,
    ) -> None:
        self._phone = phone
        self._artifacts = artifacts
        self._request = request
        self._app = app

    def __call__(
        self,
        recipe: str | PathLike[str],
        *,
        at: str | None = None,
        method: str | None = None,
        expect: str | tuple[str, ...] = (),
        check: bool = True,
        observer: Phone | None = None,
        confirm: bool | None = None,
        **values: Any,
    ) -> RunResult:
        """Run one. `confirm`: yes or no to what it asks, and to a delete by name; --droid-yes.

        BadVerdict, a skip or an error where it does not end as it should, unless `check` is False:
        then only what hindered the run is raised.
        """
        __tracebackhide__ = True
        config = self._request.config
        yes = bool(options.value(config, "yes"))
        wanted = self._recipe(recipe, values)
        folder = self._artifacts.run_folder(wanted.name)
        chosen = Chosen(
            app=None if wanted.loaded.recipe.app else self._app,
            package=options.value(config, "package"),
            method=method,
            at=at,
            observer=observer,
            confirm=(True if yes else None) if confirm is None else confirm,
            protected=yes,
        )
        pictures = folder if self._artifacts.pictures else None
        result = execute(wanted, self._phone, chosen, pictures, self._artifacts.on_event)
        page = note_run(
            self._request.node, result, folder, keep_page=self._artifacts.wants("report")
        )
        if not check:
            return settle(result, config, (result.verdict.name,)) if result.error else result
        names = (expect,) if isinstance(expect, str) else tuple(expect)
        return settle(result, config, names, report=page)

    def _recipe(self, source: str | PathLike[str], values: dict[str, Any]) -> Recipe:
        """The recipe with --droid-var, then what the test says; else the session's video."""
        from droidcancel.recipe.load import load_recipe

        declared = load_recipe(str(source)).recipe.vars
        given = options.variables(self._request.config)
        chosen = {**{k: v for k, v in given.items() if k in declared}, **values}
        if declared.get("video", "") is None and "video" not in chosen:
            chosen["video"] = self._request.getfixturevalue("upload_file")
        missing = [k for k, default in declared.items() if default is None and k not in chosen]
        if missing:
            pytest.skip(f"no value for {', '.join(missing)}: --droid-var {missing[0]}=...")
        return Recipe(source, **chosen)


class AskVerdict:
    """What became of an upload; finishes it as the method's recipe does when first asked."""

    def __init__(self, upload: Upload, request: pytest.FixtureRequest) -> None:
        self._upload = upload
        self._request = request

    @property
    def result(self) -> RunResult:
        """The whole run; raised is what hindered it."""
        return self._upload.verdict()

    def _settled(self, names: tuple[str, ...]) -> Verdict:
        __tracebackhide__ = True
        result = self.result
        note = record_of(self._request.node).note_upload
        page = "" if note is None else note()
        return settle(result, self._request.config, names, report=page).verdict

    def __call__(self) -> Verdict:
        """Whatever it is. A skip where nothing is proven; raised is what hindered the run."""
        __tracebackhide__ = True
        return self._settled(("cancelled", "draft", "deleted", "resumed", "published"))

    def must_be(self, *names: str) -> Verdict:
        """One of these, else the test fails with the reason; those of the recipe without."""
        __tracebackhide__ = True
        return self._settled(names)


@contextmanager
def started_upload(
    phone: Phone,
    artifacts: Artifacts,
    given: dict[str, Any],
    request: pytest.FixtureRequest,
    app: str | None,
) -> Iterator[Upload]:
    """An upload for a test; its run is kept when it ends."""
    config = request.config
    values = {k: str(v) for k, v in given.items() if v is not None}
    if "video" not in values:
        values["video"] = str(request.getfixturevalue("upload_file"))
    folder = artifacts.run_folder("upload")
    chosen = Chosen(
        app=app,
        package=options.value(config, "package"),
        protected=bool(options.value(config, "yes")),
    )
    record = record_of(request.node)

    @cache
    def note() -> str:
        keep = artifacts.wants("report")
        return note_run(request.node, upload.end(), folder, keep_page=keep)

    pictures = folder if artifacts.pictures else None
    with begun_upload(phone, values, chosen, pictures, artifacts.on_event) as upload:
        record.note_upload = note
        try:
            yield upload
        finally:
            note()


# -- virtual phones


@contextmanager
def booted(made: PhoneOptions, cloud: Any = None) -> Iterator[Phone]:
    """A virtual phone, connected."""
    from droidcancel.cli.phones import OpenPhone
    from droidcancel.device.connect import list_devices

    list_devices()  # starts the adb server where none runs
    server = adb_server_port()
    with ExitStack() as stack:
        simulator = Simulator(made, cloud=cloud, emulator_port=False, adb_server=server)
        stack.enter_context(simulator)
        stack.callback(simulator.withdraw, server)
        device = connect_device(simulator.serial)
        stack.callback(device.close)
        entry = SimulatorEntry(kind="simulator", api=made.api, app=next(iter(made.apps), None))
        yield Phone(OpenPhone(device, entry, simulator), ExitStack())


@contextmanager
def observing(phone: Phone, config: pytest.Config) -> Iterator[Phone]:
    """A second phone, with another account."""
    name = options.value(config, "observer") or phone.entry.observer
    if name is not None:
        devices = options.path(config, "devices")
        with connect(name, devices=devices, boot=False) as second:
            yield second
        return
    if phone.simulator is None:
        pytest.skip(
            f"{phone.serial} has no observer: --droid-observer, or `observer` in devices.yaml"
        )
    from droidcancel.simulator.apps import PACKAGES

    first = phone.simulator.options
    others = {PACKAGES[app]: {"account": OBSERVER} for app in first.apps}
    made = replace(first, app_options=others, serial="")
    with booted(made, phone.simulator.cloud) as second:
        yield second
