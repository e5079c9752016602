"""The app's own Data Saver switch: found, flipped, and put back through the app, after a crash too.

To put it back the app must be opened, and an upload that the switch holds would go on: so after a
crash the app has no network meanwhile, and is stopped before it has it again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from droidcancel.apps.matching import Match
from droidcancel.apps.profile import AppProfile
from droidcancel.device import Device, Limits, poll
from droidcancel.errors import UiError, Unsupported
from droidcancel.journal import Journal, OpenChange
from droidcancel.journal_file import JSON, Record
from droidcancel.journal_undo import Args, UndoKind
from droidcancel.recipe.load import load_recipe
from droidcancel.recipe.navigate import go_to, open_app, require, tap
from droidcancel.recipe.options import RunOptions, silent
from droidcancel.recipe.run import Run

KIND = "app_switch"
#: the recipe in whose ways the switch is found
RECIPE = "data_saver"
SWITCHED_S = 8.0
#: where the app's Data Saver has a page of its own, and the switch there
SAVER_PAGE = "data_saver"
SAVER_SWITCH = "data_saver_switch"


def begin_switch(run: Run, before: bool, on: bool) -> OpenChange:
    """Have the journal keep the switch before it is flipped."""
    args: dict[str, JSON] = {"package": run.package, "profile": run.profile.known_by}
    change = run.journal.begin(run.device, KIND, on, args, before)
    run.changes.append(change)
    return change


def open_switch(run: Run) -> Match:
    """The switch: in the list of settings, or on a page of its own."""
    go_to(run, SAVER_PAGE if SAVER_PAGE in run.profile.screens else "settings")
    return require(run, _element(run))


def flip(run: Run, on: bool) -> None:
    """Tap it, and see it follow. The switch shows."""
    switch = _element(run)
    tap(run, switch)

    def stands() -> bool | None:
        match = run.look().find(switch)
        return True if match is not None and match.node.checked == on else None

    if poll(stands, SWITCHED_S) is None:
        raise UiError("the app's Data Saver switch did not follow the tap")


def put_switch_back(run: Run, change: OpenChange) -> None:
    """At the end of the upload, with the app as it is: it has its network."""
    before = bool(change.record.before)
    open_app(run)
    if open_switch(run).node.checked != before:
        flip(run, before)
    go_to(run, run.profile.home)
    change.keep("put back through the app")


def _element(run: Run) -> str:
    return SAVER_SWITCH if SAVER_SWITCH in run.profile.elements else "data_saver"


class AppSwitch:
    """Undoing it from its record alone: whatever run made it, this one or one that was killed."""

    def __init__(self) -> None:
        self._run: Run | None = None

    def kind(self) -> UndoKind:
        """How the journal reads and writes the switch. It is done before the network is back."""
        return UndoKind(
            self._read, self._write, _title, _by_hand, 6, True, per_user=True,
            session=self._session,
        )  # fmt: skip

    def _read(self, device: Device, args: Args) -> JSON:
        return bool(open_switch(self._opened).node.checked)

    def _write(self, device: Device, args: Args, value: JSON) -> None:
        flip(self._opened, bool(value))

    @property
    def _opened(self) -> Run:
        assert self._run is not None  # the journal reads and writes within a session
        self._run.deadline = time.monotonic() + Limits().step_timeout_s
        return self._run

    @contextmanager
    def _session(self, device: Device, args: Args) -> Iterator[None]:
        """The app is open, and has no network; at the end it is stopped, and has it again."""
        profile = AppProfile.load(str(args["profile"]))
        options = RunOptions(package=str(args["package"]))
        journal = Journal.of(device.serial, "restore")
        self._run = run = Run(load_recipe(RECIPE), device, profile, options, journal, silent)
        device.unlock()
        device.packages.force_stop(run.package)
        with _without_network(run):
            try:
                open_app(self._opened)
                go_to(run, run.profile.home)  # the way from wherever a killed run has left it
                yield
            finally:
                device.packages.force_stop(run.package)
                run.close()


@contextmanager
def _without_network(run: Run) -> Iterator[None]:
    """Cut the app off, or the phone, through the journal. Unsupported where that cannot be done."""
    device, network = run.device, run.device.network
    if not network.state().online:
        yield  # as the run that was killed has left it; its record is undone after this one
    elif device.app_network.can(run.info.uid).ok:
        with run.journal.change(device, "app_network", args={"package": run.package}):
            device.app_network.set(run.package, False)
            yield
    elif network.can("airplane").ok:
        with run.journal.change(device, "airplane"):
            network.set_airplane(True)
            network.wait_offline()
            yield
    else:
        raise Unsupported("the app cannot be opened without a network here, so it is not opened")


def _title(args: Args) -> str:
    return f"the Data Saver of the app {args.get('package')}"


def _by_hand(record: Record) -> str:
    word = "on" if record.before else "off"
    return f"in the settings of {record.args.get('package')}: Data Saver {word}"
