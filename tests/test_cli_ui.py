"""`droidcancel ui` on a virtual phone whose app has drifted, through real adb and uiautomator2."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from droidcancel.apps.overlay import overlay_path
from droidcancel.apps.profile import AppProfile
from droidcancel.cli import cli
from droidcancel.device import Device, connect
from droidcancel.evidence import Drift
from tests.conftest import MakePhone, wait_until
from tests.recipe.conftest import CLIPS, LIMITS, MakeLab, make_lab

__all__ = ["make_lab"]  # the fixture of the recipes' tests

pytestmark = pytest.mark.slow
QUICK = LIMITS.model_copy(update={"patience_s": 0.5})


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DROIDCANCEL_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    return overlay_path("clips")


@pytest.fixture
def phone(make_phone: MakePhone) -> Iterator[Device]:
    """A phone on the feed of a redesigned Clips."""
    made = make_phone(apps=("clips",), app_build="redesigned", locale="fr-FR")
    with connect(made.serial) as device:
        device.packages.start(CLIPS, f"{CLIPS}.MainActivity")
        profile = AppProfile.load("clips")
        wait_until(lambda: profile.screen(device.ui.dump(), "fr-FR") == "feed", what="the feed")
        yield device


def run(device: Device, *words: str) -> Result:
    return CliRunner().invoke(cli, ["ui", *words, "-s", device.serial], prog_name="droidcancel")


def test_a_drifted_element_is_explained_learnt_and_found(phone: Device, config: Path) -> None:
    told = run(phone, "explain", "profile_tab")
    assert told.exit_code == 0, told.output
    assert "Clips 4.0.0, fr-FR" in told.output
    assert "screen: feed" in told.output
    assert "by likeness: 'Mon profil'" in told.output
    taught = run(phone, "learn", "profile_tab", "--yes", "--json")
    assert taught.exit_code == 0, taught.output
    learnt = json.loads(taught.stdout)
    assert learnt["locator"] == {"desc": {"fr": "Mon profil"}}
    assert learnt["overlay"] == str(config)
    again = json.loads(run(phone, "explain", "profile_tab", "--json").stdout)
    assert (again["match"]["text"], again["match"]["locator"]) == ("Mon profil", 1)
    assert again["locators"][0]["learned"]


def test_a_dump_has_no_people_and_is_read_again(phone: Device, tmp_path: Path) -> None:
    folder = tmp_path / "dumps"
    done = run(phone, "dump", "-o", str(folder))
    assert done.exit_code == 0, done.output
    path = folder / "org.droidcancel.clips-4.0.0-fr-FR-feed.xml"
    assert done.stdout.splitlines() == [str(path), str(path.with_suffix(".png"))]
    raw = run(phone, "dump", "-o", str(folder), "--raw", "--json")
    assert "Warning: --raw keeps account names" in raw.stderr
    sharp = Path(json.loads(raw.stdout)["xml"])
    assert sharp.name == "org.droidcancel.clips-4.0.0-fr-FR-feed-2.xml"
    assert "@nordlicht" in sharp.read_text()
    assert "nordlicht" not in path.read_text()
    assert 'package="com.android.systemui"' in path.read_text()  # every window
    with (
        Image.open(path.with_suffix(".png")) as safe,
        Image.open(sharp.with_suffix(".png")) as full,
    ):
        assert safe.size == full.size
    told = run(phone, "explain", "profile_tab", "--dump", str(path))
    assert "Clips 4.0.0, fr-FR" in told.output
    assert "'Mon profil'" in told.output


TO_PROFILE = """
name: to_profile
title: Look at the profile
expect: unknown
steps:
  - launch: profile
"""


def test_what_is_learnt_drifts_no_more(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab(app_build="redesigned")
    recipe = tmp_path / "to_profile.yaml"
    recipe.write_text(TO_PROFILE)
    before = lab.run(recipe, limits=QUICK, values={})
    assert before.error is None
    assert [record.element for record in before.evidence.of(Drift)] == ["profile_tab"]
    lab.device.packages.start(CLIPS, f"{CLIPS}.MainActivity")
    profile = AppProfile.load("clips")
    wait_until(lambda: profile.screen(lab.device.ui.dump(), "en-US") == "feed", what="the feed")
    taught = run(lab.device, "learn", "profile_tab", "--yes")
    assert taught.exit_code == 0, taught.output
    after = lab.run(recipe, limits=QUICK, values={})
    assert after.error is None
    assert after.evidence.of(Drift) == []
