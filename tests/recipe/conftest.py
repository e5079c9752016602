"""A virtual phone with Clips, a small video, and a recipe run on them through real adb."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from droidcancel.apps.profile import AppProfile
from droidcancel.device import Device, Limits, connect
from droidcancel.recipe.engine import run_recipe
from droidcancel.recipe.load import load_recipe
from droidcancel.recipe.options import Event, RunOptions
from droidcancel.recipe.result import RunResult
from droidcancel.recipe.values import Moment
from droidcancel.secret import Secret
from droidcancel.simulator.apps import PACKAGES
from tests.conftest import MakePhone

if TYPE_CHECKING:
    from droidcancel.simulator import Simulator

#: files whose tests each drive a whole phone through a recipe, many over several Androids and apps
WIDE = {
    "test_forms.py",
    "test_capture.py",
    "test_crashes.py",
    "test_delete.py",
    "test_faults.py",
    "test_for_sure.py",
    "test_guard_recipes.py",
    "test_system_recipes.py",
}
#: what of these is run every time, by the beginning of its name, beside each recipe (test_grid.py)
#: and each kind of bug (test_seeded.py)
EVERYDAY = (
    "test_every_form_of_phone[foldable-closed",
    "test_the_screen_goes_off_by_itself[on-battery",
    "test_a_capture_of_save_draft_is_replayed",
    "test_names_are_blanked",
    "test_what_the_run_typed_is_not_blanked",
    "test_a_written_cassette_is_read",
    "test_a_cassette_that_lies",
    "test_an_upload_is_kept_as_a_draft_and_deleted[30",
    "test_verify_outcome",
    "test_confirm_before_upload[36",
    "test_clear_cache[28",
    "test_clear_cache[33",
    "test_what_a_cleared_cache_takes[cache-logs-out",
    "test_restart_phone[options1",
    "test_it_stays_cancelled_whatever_the_app_does[behaviour1",
    "test_a_failed_upload_is_cancelled",
    "test_the_link_drops_and_comes_back[moment",
    "test_restoring_twice_does_nothing_more",
    "test_the_adb_server_is_killed_while_restoring[9",
    "test_a_phone_or_an_app_that_goes_down_before_the_moment[90%-AppError",
    "test_an_upload_that_fails_before_its_moment",
)

CLIPS = "org.droidcancel.clips"
SIZE = 1_500_000
#: some 4 s of upload
RATE = 380_000.0
LIMITS = Limits(
    quiet_period_s=1.5,
    late_period_s=4.0,
    watch_resume_s=2.5,
    noise_bytes=65_536,
    step_timeout_s=20,
    upload_timeout_s=40,
    network_timeout_s=20,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The wider rounds are marked, so that `make test` stays within minutes."""
    for item in items:
        if item.path.name in WIDE and not item.name.startswith(EVERYDAY):
            item.add_marker(pytest.mark.extended)


@dataclass
class Lab:
    """One phone with an app, and what happened in its last run.

    `app`: the app as the phone's options name it.
    """

    simulator: Simulator
    device: Device
    video: Path
    report: Path
    events: list[Event] = field(default_factory=list)
    older: int = 0

    def post_before(self, caption: str = "an older one", visibility: str = "public") -> None:
        """A video that the account posted long ago, so that its grid shows something to read."""

        def post() -> None:
            store = self.simulator.cloud.store
            store.sign_in("dana")
            record = store.create("dana", 8, caption, visibility, "")
            record.take(b"x" * 8)
            store.commit(record)

        self.simulator.call(post)
        self.older += 1

    app: str = "clips"

    def run(
        self,
        recipe: str | Path,
        moment: str | None = None,
        *,
        on_event: Callable[[Event], None] | None = None,
        values: dict[str, Any] | None = None,
        limits: Limits = LIMITS,
        profile: AppProfile | None = None,
        pin: str | None = None,
        **options: Any,
    ) -> RunResult:
        """Run a recipe on it."""
        self.events.clear()

        def heard(event: Event) -> None:
            self.events.append(event)
            if on_event is not None:
                on_event(event)

        given = {"video": str(self.video)} if values is None else values
        chosen = RunOptions(
            limits=limits,
            moment=None if moment is None else Moment.model_validate(moment),
            report=self.report,
            pin=None if pin is None else Secret(pin),
            **options,
        )
        loaded = load_recipe(recipe, given)
        own = "clips" if self.app == "clips" else "tiktok"
        return run_recipe(loaded, self.device, profile or AppProfile.load(own), chosen, heard)

    @property
    def package(self) -> str:
        """The app's package."""
        return PACKAGES[self.app]

    @property
    def states(self) -> list[str]:
        """What the upload service knows of each video, the ground truth."""
        return [record.state for record in self.simulator.cloud.records[self.older :]]

    def is_as_before(self) -> bool:
        """Whether the phone has its network, no pushed video, and no app left running."""
        state = self.device.network.state()
        listed = self.device.shell.text(["ls", "/sdcard/Movies"])
        firewalled = self.device.api_level >= 33 and self.device.app_network.chain_enabled()
        return (
            state.online
            and not state.airplane
            and not firewalled
            and "dc-" not in listed
            and not self.device.packages.running(self.package)
        )


MakeLab = Callable[..., Lab]


@pytest.fixture
def make_lab(
    make_phone: MakePhone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeLab]:
    """Boots a phone with an app: `make_lab({"wait_s": 1}, app_build="service", app="tiktok")`."""
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    video = tmp_path / "cat.mp4"
    video.write_bytes(os.urandom(SIZE))
    with ExitStack() as stack:

        def make(
            behaviour: dict[str, Any] | None = None, *, app: str = "clips", **options: Any
        ) -> Lab:
            options = {"apps": (app,), "upload_bytes_per_s": RATE, **options}
            phone = make_phone(app_options={PACKAGES[app]: behaviour or {}}, **options)
            device = stack.enter_context(connect(phone.serial))
            return Lab(phone, device, video, tmp_path / "report", app=app)

        yield make
