"""Every recipe that ships, on every Android and in every language, against the cloud's record.

`make test` runs each recipe once, each on another phone; `make test-all` the whole grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from droidcancel.errors import Unsupported
from droidcancel.recipe.load import load_recipe, recipe_names
from droidcancel.recipe.result import RunResult
from tests.recipe.conftest import Lab, MakeLab
from tests.recipe.test_run import start_by_hand
from tests.recipe.test_system_recipes import fill_cache

LEVELS = (28, 30, 33, 34, 36)
LOCALES = ("en-US", "fr-FR", "id-ID")
#: the firewall that cuts one app off
FIREWALL_SINCE = 33
CANCELLED = frozenset({"cancelled", "draft"})

Prepare = Callable[[Lab, Path], None]


def nothing(_lab: Lab, _folder: Path) -> None:
    """Nothing is to be there before."""


def a_full_cache(lab: Lab, _folder: Path) -> None:
    fill_cache(lab)


@dataclass(frozen=True)
class Round:
    """How a recipe is run on a good app, and what is to come of it.

    `states`: what the cloud may know of the videos in the end. `open`: the app was on the screen
    before, so it may stay there.
    """

    recipe: str
    verdicts: frozenset[str] = CANCELLED
    states: tuple[tuple[str, ...], ...] = (("terminated",),)
    values: Mapping[str, Any] = field(default_factory=dict)
    video: bool = True
    moment: str | None = None
    behaviour: Mapping[str, Any] = field(default_factory=dict)
    prepare: Prepare = nothing
    open: bool = False
    since: int = 0

    def run(self, lab: Lab, folder: Path) -> RunResult:
        """One run, with everything that it asks answered by yes."""
        self.prepare(lab, folder)
        video = {"video": str(lab.video)} if self.video else {}
        values = {**video, **self.values}
        return lab.run(self.recipe, self.moment, values=values, confirm=lambda _: True)


#: a cut upload that the app still keeps stays at the service as it is: half of a video
KEPT = (("partial",), ("terminated",))
PASSED = frozenset({"passed"})
POSTED: dict[str, Any] = {"verdicts": PASSED, "states": (("live",),)}
NO_UPLOAD: dict[str, Any] = {"verdicts": PASSED, "states": ((),), "video": False}
ROUNDS: Mapping[str, Round] = {
    "cancel_airplane": Round("cancel_airplane"),
    "cancel_app_network": Round("cancel_app_network", since=FIREWALL_SINCE),
    "cancel_clear_cache": Round(
        "cancel_clear_cache",
        moment="stuck 2s",
        behaviour={"stuck_at": 0.4},
        prepare=a_full_cache,
    ),
    "cancel_for_sure": Round("cancel_for_sure"),
    "cancel_force_stop": Round("cancel_force_stop"),
    "cancel_in_app": Round("cancel_in_app"),
    "cancel_network_off": Round("cancel_network_off"),
    "cancel_now": Round("cancel_now", video=False, prepare=start_by_hand, open=True),
    "cancel_swipe_recents": Round("cancel_swipe_recents"),
    "check_app_version": Round("check_app_version", values={"min_version": "3.4"}, **NO_UPLOAD),
    "check_progress": Round("check_progress", **POSTED),
    "clear_cache": Round("clear_cache", prepare=a_full_cache, **NO_UPLOAD),
    "clear_cache in the app": Round(
        "clear_cache", values={"in_app": True}, prepare=a_full_cache, **NO_UPLOAD
    ),
    "confirm_before_upload": Round("confirm_before_upload", **POSTED),
    "data_saver": Round("data_saver", states=((), ("terminated",))),
    "delete_draft": Round("delete_draft", frozenset({"cancelled"})),
    "delete_post": Round("delete_post", frozenset({"deleted"}), (("deleted",),)),
    "network_guard": Round("network_guard", **POSTED),
    "restart_phone": Round("restart_phone"),
    "review_before_post": Round("review_before_post", **POSTED),
    "save_draft": Round("save_draft", frozenset({"draft"}), ((),)),
    "verify_outcome": Round("verify_outcome"),
    "watch_resume": Round("watch_resume", frozenset({"draft"}), KEPT, behaviour={"wait_s": 1.0}),
}
#: run by `make test` in tests/recipe/test_run.py
ELSEWHERE = frozenset(
    {
        "cancel_airplane",
        "cancel_app_network",
        "cancel_force_stop",
        "cancel_in_app",
        "cancel_network_off",
        "cancel_swipe_recents",
    }
)


def cells() -> Iterator[Any]:
    """The grid; of each recipe one cell is run every time, with another phone for the next."""
    for number, name in enumerate(ROUNDS):
        for level_number, level in enumerate(LEVELS):
            for locale_number, locale in enumerate(LOCALES):
                here = (number % len(LEVELS), number % len(LOCALES))
                everyday = (level_number, locale_number) == here and name not in ELSEWHERE
                marks = () if everyday else (pytest.mark.extended,)
                words = f"{name.replace(' ', '-')}-{level}-{locale}"
                yield pytest.param(name, level, locale, id=words, marks=marks)


def test_every_recipe_is_in_the_grid() -> None:
    whole = {name for name in recipe_names() if not load_recipe(name).recipe.fragment}
    assert {round_.recipe for round_ in ROUNDS.values()} == whole
    assert set(ROUNDS) >= ELSEWHERE


@pytest.mark.parametrize(("name", "level", "locale"), list(cells()))
def test_a_recipe(make_lab: MakeLab, tmp_path: Path, name: str, level: int, locale: str) -> None:
    case = ROUNDS[name]
    lab = make_lab(dict(case.behaviour), api=level, locale=locale)
    result = case.run(lab, tmp_path)
    if level < case.since:
        assert_refused(lab, result)
        return
    told = (result.verdict, result.left, lab.states)
    assert result.error is None, result.error.explain()
    assert result.verdict.name in case.verdicts, (told, result.evidence.to_json())
    assert (result.ok, result.exit_code) == (True, 0), (told, result.failed_checks)
    assert tuple(lab.states) in case.states, told
    assert bool(result.left) == (result.verdict.name == "draft"), told
    assert result.restored
    assert case.open or lab.is_as_before()


def assert_refused(lab: Lab, result: RunResult) -> None:
    """The phone has no way to it: said before anything was begun."""
    assert isinstance(result.error, Unsupported), (result.error, result.verdict)
    assert "is not possible here" in result.error.message
    assert (result.exit_code, result.restored) == (3, True)
    assert lab.states == []
    assert lab.is_as_before()
