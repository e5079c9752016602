"""What a profile says of its app: what it lacks, what only a person answers, what Back closes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from droidcancel.apps.profile import AppProfile
from droidcancel.apps.schema import Popup
from droidcancel.errors import AppError
from droidcancel.recipe.engine import run_recipe
from droidcancel.recipe.load import load_recipe
from droidcancel.recipe.options import RunOptions
from droidcancel.recipe.result import RunResult
from tests.recipe.conftest import LIMITS, Lab, MakeLab

HEAD = "name: x\ntitle: X\nexpect: passed\nsettings: {token: false}\nsteps:\n"
REASON = "nobody saw one"


def clips(**changes: Any) -> AppProfile:
    """Clips as an app that says something else of itself."""
    profile = AppProfile.load("clips")
    lacks = changes.get("lacks", {})
    elements = {name: e for name, e in profile.elements.items() if name not in lacks}
    return profile.model_copy(update={"elements": elements, **changes})


def run(lab: Lab, profile: AppProfile, tmp_path: Path, steps: str) -> RunResult:
    path = tmp_path / "x.yaml"
    path.write_text(HEAD + steps)
    options = RunOptions(limits=LIMITS)
    return run_recipe(load_recipe(path), lab.device, profile, options, lab.events.append)


def test_what_the_app_lacks_is_skipped_or_told(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab()
    profile = clips(lacks={"upload_cancel": REASON, "upload_retry": REASON})
    skips = """\
  - launch: feed
  - wait_for: {gone: upload_cancel}
  - tap: upload_cancel
    optional: true
  - when:
      visible: upload_retry
      steps: [{tap: upload_retry}]
  - repeat:
      times: 2
      until: {gone: [upload_cancel, upload_retry]}
      steps: [{tap: upload_cancel}]
"""
    result = run(lab, profile, tmp_path, skips)
    assert result.error is None, result.error
    told = [event.text for event in lab.events if event.kind == "trouble"]
    assert told == [f"tap: Clips has no upload_cancel: {REASON}"]
    wants = run(lab, profile, tmp_path, "  - launch: feed\n  - tap: upload_retry\n")
    assert isinstance(wants.error, AppError)
    assert f"Clips has no upload_retry: {REASON}" in wants.error.message


def test_what_only_a_person_may_answer_stops_the_run(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab()
    profile = clips(stops={"feed": "it shows a captcha"})
    result = run(lab, profile, tmp_path, "  - launch: feed\n")
    assert isinstance(result.error, AppError)
    assert "Clips on" in result.error.message
    assert "it shows a captcha" in result.error.message
    assert result.exit_code == 3


def test_a_popup_without_a_refusal_is_left_by_back(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab()
    popups = {"page": Popup(sign=("settings_root",), dismiss="back")}
    steps = """\
  - launch: profile
  - tap: profile_menu
  - wait_for: {screen: profile, gone: settings_root}
"""
    result = run(lab, clips(popups=popups), tmp_path, steps)
    assert result.error is None, result.error
    assert "popup refused: page" in [event.text for event in lab.events]
