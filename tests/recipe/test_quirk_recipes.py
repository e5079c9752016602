"""Whole recipes on builds that differ: whatever the phone does, no upload that is live is called
cancelled, and the phone is put back."""

from __future__ import annotations

import pytest

from droidcancel.evidence import Checked
from droidcancel.recipe.options import Event
from droidcancel.recipe.result import RunResult
from tests.recipe.conftest import CLIPS, Lab, MakeLab

NEVER_LIVE = ("cancelled", "draft", "deleted")


def told_truly(lab: Lab, result: RunResult) -> None:
    """The verdict agrees with the upload service, and the phone is as it was."""
    live = "live" in lab.states
    assert not (live and result.verdict.name in NEVER_LIVE), (result.verdict, lab.states)
    assert result.restored, result.left
    assert lab.is_as_before()


@pytest.mark.parametrize(
    ("api", "locale"),
    [
        (26, "en-US"),
        pytest.param(24, "fr-FR", marks=pytest.mark.extended),
        pytest.param(27, "ar-EG", marks=pytest.mark.extended),
    ],
)
def test_airplane_mode_by_the_settings_page(make_lab: MakeLab, api: int, locale: str) -> None:
    lab = make_lab(api=api, locale=locale)
    result = lab.run("cancel_airplane")
    assert result.verdict.name in ("cancelled", "draft"), (result.verdict, result.error)
    assert "the Settings page of airplane mode" in str(result.evidence.method)
    told_truly(lab, result)


def test_an_interruption_is_undone_on_the_settings_page_too(make_lab: MakeLab) -> None:
    lab = make_lab(api=26)

    def interrupt(event: Event) -> None:
        if event.kind == "settled":
            raise KeyboardInterrupt

    result = lab.run("cancel_airplane", on_event=interrupt)
    assert (result.interrupted, result.restored, result.exit_code) == (True, True, 130)
    told_truly(lab, result)


@pytest.mark.extended
@pytest.mark.parametrize("quirk", ["settings-one-ui", "settings-miui", "dual-sim", "no-sim"])
def test_airplane_mode_by_hand_on_other_builds(make_lab: MakeLab, quirk: str) -> None:
    lab = make_lab(api=27, quirks=(quirk,))
    result = lab.run("cancel_airplane")
    assert result.verdict.name in ("cancelled", "draft"), (result.verdict, result.error)
    told_truly(lab, result)


@pytest.mark.extended
def test_a_refused_airplane_command_is_tapped_instead(make_lab: MakeLab) -> None:
    lab = make_lab(api=33, quirks=("airplane-cmd-refused",), upload_bytes_per_s=150_000.0)
    result = lab.run("cancel_airplane")
    assert "the Settings page of airplane mode" in str(result.evidence.method)
    assert result.verdict.name in ("cancelled", "draft"), (result.verdict, result.error)
    told_truly(lab, result)


@pytest.mark.extended
def test_a_data_switch_that_lies_is_no_cut(make_lab: MakeLab) -> None:
    """Wi-Fi goes, the upload goes over to the mobile network: the cancel was never applied."""
    lab = make_lab(api=28, quirks=("svc-data-lies",))
    result = lab.run("cancel_network_off")
    assert result.verdict.name not in NEVER_LIVE, result.verdict
    assert "still has a default network" in str(result.evidence.method) + str(result.error)
    told_truly(lab, result)


@pytest.mark.extended
@pytest.mark.parametrize("api", [29, 34])
def test_wifi_that_comes_back_in_airplane_mode(make_lab: MakeLab, api: int) -> None:
    lab = make_lab(api=api, quirks=("wifi-returns",))
    result = lab.run("cancel_airplane")
    assert result.verdict.name in ("resumed", "published"), result.verdict
    assert "the network came back by itself" in result.verdict.reason
    told_truly(lab, result)


@pytest.mark.extended
@pytest.mark.parametrize("api", [29, 34])
def test_wifi_that_stays_on_in_airplane_mode_is_cut_as_well(make_lab: MakeLab, api: int) -> None:
    lab = make_lab(api=api, quirks=("wifi-stays",), upload_bytes_per_s=150_000.0)
    result = lab.run("cancel_airplane")
    assert "Wi-Fi would have stayed on in airplane mode" in str(result.evidence.method)
    assert result.verdict.name in ("cancelled", "draft"), (result.verdict, result.error)
    told_truly(lab, result)


@pytest.mark.parametrize("build", [pytest.param("good", marks=pytest.mark.extended), "service"])
def test_a_swipe_that_force_stops(make_lab: MakeLab, build: str) -> None:
    lab = make_lab(api=33, quirks=("swipe-force-stops",), app_build=build)
    result = lab.run("cancel_swipe_recents")
    assert "no process is left" in str(result.evidence.method)
    told_truly(lab, result)


@pytest.mark.extended
def test_settings_that_the_shell_may_not_write(make_lab: MakeLab) -> None:
    lab = make_lab(api=33, vendor="xiaomi")
    result = lab.run("cancel_airplane")
    assert result.verdict.name in ("cancelled", "draft"), (result.verdict, result.error)
    told_truly(lab, result)


def test_no_chain_on_an_android_13_of_the_factory(make_lab: MakeLab) -> None:
    lab = make_lab(api=33, quirks=("modules-not-updated",))
    result = lab.run("cancel_app_network")
    assert result.verdict.name not in NEVER_LIVE
    assert result.error is not None
    assert "app-network" in str(result.error) or "firewall" in str(result.error)


def fill_cache(lab: Lab, size: int = 4_500_000) -> None:
    package = lab.simulator.phone.packages.get(CLIPS)
    assert package is not None
    path = f"{package.data_dir}/cache/frames.bin"
    lab.simulator.call(lambda: lab.simulator.phone.fs.write(path, bytes(size), uid=package.uid))


def test_clear_cache_on_the_page_of_one_ui(make_lab: MakeLab) -> None:
    lab = make_lab(api=33, vendor="samsung")
    fill_cache(lab)
    result = lab.run("clear_cache", values={})
    assert (result.verdict.name, result.error) == ("passed", None)
    assert all(check.ok is not False for check in result.evidence.of(Checked))


def test_a_sheet_with_clear_all_data_is_not_opened(make_lab: MakeLab) -> None:
    """MIUI has one button, Clear data: it is never tapped, and the user is told what to do."""
    lab = make_lab(api=33, vendor="xiaomi")
    fill_cache(lab)
    result = lab.run("clear_cache", values={})
    assert result.verdict.name != "passed"
    assert "Clear cache" in str(result.error)
    package = lab.simulator.phone.packages.get(CLIPS)
    assert package is not None
    assert lab.simulator.call(lambda: lab.simulator.phone.packages.sizes(package)[2]) >= 4_500_000
