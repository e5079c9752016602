"""droidcancel killed at chosen points, and the phone compared after the next command.

The whole of it, at hundreds of points, is `python -m benchmarks.kill_points`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill_points import chosen
from benchmarks.kill_try import RECIPES, Kill, Outcome, try_one
from droidcancel.recipe.load import load_recipe, recipe_names

#: of each kind of place one: a torn record, just cut, while restoring, in the app's own settings
PLACES = (
    Kill("cancel_airplane", "journal-torn:3"),
    Kill("cancel_airplane", "fire-after:1", "any:28"),
    Kill("save_draft", "push-after:1"),
)
WIDER = (
    Kill("cancel_airplane", "journal-before:3"),
    Kill("cancel_airplane", "journal-torn:5"),
    Kill("cancel_network_off", "fire-after:1", "any:28"),
    Kill("cancel_network_off", "journal-after:4"),
    Kill("cancel_app_network", "fire-after:1", "any:30"),
    Kill("confirm_before_upload", "journal-after:3"),
    Kill("data_saver", "journal-after:5"),
    Kill("data_saver", "ui-after:70", "any:80"),
    Kill("restart_phone", "shell-after:60"),
)


def restored(kill: Kill, server: int, folder: Path) -> Outcome:
    outcome = try_one(kill, server, folder, api=34)
    assert outcome.killed, outcome
    assert outcome.killed_again == bool(kill.again), outcome
    assert outcome.restored, outcome
    return outcome


@pytest.mark.parametrize("kill", PLACES, ids=lambda kill: f"{kill.recipe}-{kill.at}")
def test_killed_and_restored(kill: Kill, adb_server: int, tmp_path: Path) -> None:
    restored(kill, adb_server, tmp_path)


@pytest.mark.extended
@pytest.mark.parametrize("kill", WIDER, ids=lambda kill: f"{kill.recipe}-{kill.at}")
def test_killed_at_other_places(kill: Kill, adb_server: int, tmp_path: Path) -> None:
    restored(kill, adb_server, tmp_path)


def test_every_recipe_is_killed() -> None:
    assert set(RECIPES) == {n for n in recipe_names() if not load_recipe(n).recipe.fragment}


def test_every_write_to_the_journal_is_chosen() -> None:
    points = ["shell-before", "shell-after"] * 40 + ["journal-before", "journal-after"] * 3
    kills = chosen("save_draft", points, most=5, twice=2)
    journal = {kill.at for kill in kills if kill.at.startswith("journal") and not kill.again}
    assert journal == {f"journal-{when}:{n}" for when in ("before", "after") for n in (1, 2, 3)}
    assert len(kills) == 6 + 5 + 2
    assert len(chosen("save_draft", points, most=0, twice=0)) == len(points)
