"""Recipes on the phone's own pages, end to end, against the upload service's record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from droidcancel.apps.storage_page import StoragePage
from droidcancel.errors import UiError
from droidcancel.evidence import Checked, Noted
from droidcancel.recipe.result import RunResult
from tests.recipe.conftest import CLIPS, Lab, MakeLab

FILL_CACHE = 3_000_000


def checks(result: RunResult) -> dict[str, bool | None]:
    return {c.name: c.ok for c in result.evidence.of(Checked)}


def notes(result: RunResult, topic: str) -> str:
    return "; ".join(n.text for n in result.evidence.of(Noted) if n.topic == topic)


def fill_cache(lab: Lab) -> None:
    """As an app does that has shown many videos."""
    phone = lab.simulator.phone
    package = phone.packages.get(CLIPS)
    assert package is not None
    lab.simulator.call(
        lambda: phone.fs.write(f"/data/data/{CLIPS}/cache/thumbnails.bin", b"x" * FILL_CACHE)
    )


def ended(result: RunResult) -> tuple[str, int]:
    """The verdict and the exit code; what went wrong is printed for a test that fails."""
    print(result.verdict, result.error, result.undone)
    return result.verdict.name, result.exit_code


CLEAN = {
    "the cache was cleared": True,
    "the account is still logged in": True,
    "the drafts are untouched": True,
}


@pytest.mark.parametrize(
    ("api", "locale", "in_app"),
    [(28, "en-US", False), (30, "fr-FR", False), (34, "id-ID", False), (33, "fr-FR", True)],
)
def test_clear_cache(make_lab: MakeLab, api: int, locale: str, in_app: bool) -> None:
    lab = make_lab(api=api, locale=locale)
    fill_cache(lab)
    result = lab.run("clear_cache", values={"in_app": in_app})
    assert ended(result) == ("passed", 0)
    assert checks(result) == CLEAN


def save_draft(lab: Lab, tmp_path: Path) -> None:
    """A draft of the user's own, made as a person would."""
    recipe = tmp_path / "draft.yaml"
    recipe.write_text(
        "name: draft\ntitle: Draft\nexpect: unknown\nvars: {video: }\nsteps:\n"
        "  - launch: feed\n  - share_video: ${video}\n  - caption: holidays\n"
        "  - tap: drafts_button\n  - wait_for: {screen: profile}\n"
    )
    result = lab.run(recipe)
    assert result.error is None, result.error


@pytest.mark.parametrize("in_app", [False, True])
@pytest.mark.parametrize(
    ("build", "broken"),
    [
        ("good", None),
        ("cache-logs-out", "the account is still logged in"),
        ("cache-loses-drafts", "the drafts are untouched"),
    ],
)
def test_what_a_cleared_cache_takes(
    make_lab: MakeLab, tmp_path: Path, build: str, broken: str | None, in_app: bool
) -> None:
    lab = make_lab(api=36 if in_app else 34, app_build=build)
    save_draft(lab, tmp_path)
    fill_cache(lab)
    result = lab.run("clear_cache", values={"in_app": in_app})
    assert ended(result) == (("passed", 0) if broken is None else ("failed", 1))
    assert checks(result).get(broken or "the drafts are untouched") is (broken is None)
    assert [n for n, ok in checks(result).items() if ok is False] == ([broken] if broken else [])


def test_an_unknown_settings_page_is_not_touched(make_lab: MakeLab) -> None:
    """German is not known yet: the page stays as it is, and so does the app's data."""
    lab = make_lab(api=34, locale="fr-FR")
    fill_cache(lab)
    lab.device.locale = "de-DE"
    page = StoragePage(lab.device, CLIPS)
    page_size = lab.simulator.call(lambda: cache_size(lab))
    with pytest.raises(UiError, match=r"is not recognised.*nothing was touched") as caught:
        page.clear_cache()
    assert "in_app" in str(caught.value.hint)
    assert lab.simulator.call(lambda: cache_size(lab)) == page_size >= FILL_CACHE


def cache_size(lab: Lab) -> int:
    package = lab.simulator.phone.packages.get(CLIPS)
    assert package is not None
    return int(lab.simulator.phone.packages.sizes(package)[2])


def test_a_stuck_upload_and_a_cleared_cache(make_lab: MakeLab) -> None:
    lab = make_lab({"stuck_at": 0.4}, api=34)
    fill_cache(lab)
    result = lab.run("cancel_clear_cache")
    assert ended(result) in (("cancelled", 0), ("draft", 0))
    assert "the cache was cleared: from 4.5 MB" in str(result.evidence.method)
    assert checks(result) == {n: ok for n, ok in CLEAN.items() if n != "the cache was cleared"}
    assert "live" not in lab.states
    assert lab.is_as_before()


def test_pm_clear_is_never_sent(make_lab: MakeLab) -> None:
    """By the phone's own record of what it ran; `make_lab` asks that of every other run too."""
    lab = make_lab(api=33)
    fill_cache(lab)
    assert ended(lab.run("clear_cache", values={})) == ("passed", 0)
    audit = lab.simulator.phone.audit
    assert audit.matching("am", "start")
    assert list(audit.harmful) == []
    assert not [argv for argv in audit.programs if "clear" in argv]


# -- restart


def lock(lab: Lab, pin: str) -> None:
    """Set a PIN, as in Settings; the phone is unlocked until its restart."""
    assert lab.device.shell.text(["locksettings", "set-pin", pin]) == f"Pin set to '{pin}'\n"


@pytest.mark.parametrize(
    ("options", "pin"),
    [({"api": 30}, None), ({"api": 36, "locale": "fr-FR"}, "2580")],
)
def test_restart_phone(make_lab: MakeLab, options: dict[str, Any], pin: str | None) -> None:
    lab = make_lab(**options)
    if pin is not None:
        lock(lab, pin)
    boot = lab.device.boot_id
    result = lab.run("restart_phone", pin=pin)
    assert ended(result) in (("cancelled", 0), ("draft", 0))
    assert checks(result) == {"the restart dropped the upload": True}
    assert lab.device.boot_id != boot
    assert "live" not in lab.states
    assert lab.is_as_before()


def test_a_restart_that_the_upload_survives(make_lab: MakeLab) -> None:
    lab = make_lab(api=33, app_build="resumes-after-boot", upload_bytes_per_s=150_000)
    result = lab.run("restart_phone", moment="at 20%")
    assert ended(result)[1] == 1
    assert checks(result) == {"the restart dropped the upload": False}
    assert result.verdict.name not in ("cancelled", "draft", "deleted") or "but" in (
        result.verdict.reason
    )


def test_a_wrong_pin_is_typed_once(make_lab: MakeLab) -> None:
    lab = make_lab(api=34)
    lock(lab, "2580")
    result = lab.run("restart_phone", pin="1111")
    assert result.exit_code == 3
    assert "stays locked after the PIN was typed, once" in str(result.error)


# -- Data Saver


@pytest.mark.parametrize(
    ("api", "locale", "whose"),
    [(28, "en-US", "both"), (34, "id-ID", "app"), (36, "fr-FR", "both")],
)
def test_data_saver_holds_the_upload(make_lab: MakeLab, api: int, locale: str, whose: str) -> None:
    lab = make_lab(api=api, locale=locale)
    result = lab.run("data_saver", values={"video": str(lab.video), "whose": whose})
    assert ended(result) in (("cancelled", 0), ("draft", 0))
    assert checks(result) == {"the app's Data Saver holds the upload back": True}
    assert "live" not in lab.states
    assert saver_state(lab) == (False, "none", False)
    assert lab.is_as_before()


def saver_state(lab: Lab) -> tuple[bool, str, bool]:
    """Android's Data Saver, the Wi-Fi's setting, and the app's own switch."""
    ssid = lab.device.data_saver.ssid()
    assert ssid is not None
    prefs = lab.simulator.call(
        lambda: lab.simulator.phone.fs.read(f"/data/data/{CLIPS}/shared_prefs/app.json")
    )
    word = lab.device.data_saver.metered(ssid)
    unset = "none" if word == "false" and lab.device.api_level < 28 else word
    return lab.device.data_saver.enabled(), unset, b'"data_saver": true' in prefs


def test_android_s_data_saver_does_not_stop_the_screen(make_lab: MakeLab) -> None:
    lab = make_lab(api=33)
    result = lab.run("data_saver", values={"video": str(lab.video), "whose": "android"})
    assert ended(result)[0] in ("cancelled", "draft", "invalid", "published")
    assert "does not stop an upload of an app on the screen" in notes(result, "Data Saver")
    assert checks(result) == {}


def test_data_saver_ignored(make_lab: MakeLab) -> None:
    lab = make_lab(api=34, app_build="data-saver-ignored", upload_bytes_per_s=150_000)
    result = lab.run("data_saver")
    assert ended(result)[1] == 1
    assert checks(result)["the app's Data Saver holds the upload back"] is False
    assert saver_state(lab) == (False, "none", False)


# -- the version


@pytest.mark.parametrize(
    ("api", "wanted", "name"), [(30, "3.4", "passed"), (36, "3.10.0", "failed")]
)
def test_check_app_version(make_lab: MakeLab, api: int, wanted: str, name: str) -> None:
    lab = make_lab(api=api)
    result = lab.run("check_app_version", values={"min_version": wanted})
    assert ended(result)[0] == name
    assert result.exit_code == (0 if name == "passed" else 1)
    assert "com.android.vending" in notes(result, "store")
    assert (lab.report / "store.png").is_file()
    package = lab.simulator.phone.packages.get(CLIPS)
    assert package is not None
    assert package.version_name == "3.4.1"
