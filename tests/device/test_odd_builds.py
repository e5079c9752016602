"""Builds that differ from stock Android: what droidcancel says of them is true, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from droidcancel.device import Device, connect
from droidcancel.device.doctor import examine
from droidcancel.errors import NotEffective
from droidcancel.secret import Secret
from droidcancel.simulator import PhoneOptions, Simulator
from tests.conftest import wait_until
from tests.device.conftest import Boot

CLIPS = "org.droidcancel.clips"
Reach = Callable[..., tuple[Device, Simulator]]


@pytest.fixture
def reach(boot: Boot) -> Iterator[Reach]:
    """Boots a phone with some quirks and connects to it: `reach("no-sim", api=33)`."""
    opened: list[Device] = []

    def make(*quirks: str, **options: object) -> tuple[Device, Simulator]:
        options = {"apps": (), "quirks": quirks, **options}
        sim = boot(PhoneOptions(**options))  # type: ignore[arg-type]
        opened.append(connect(sim.serial))
        return opened[-1], sim

    yield make
    for device in opened:
        device.close()


def online(sim: Simulator) -> bool:
    return sim.call(lambda: sim.phone.connectivity.active_network() is not None)


def test_a_data_switch_that_lies_is_caught(reach: Reach) -> None:
    device, sim = reach("svc-data-lies", api=28)
    with pytest.raises(NotEffective, match="data did not go off") as caught:
        device.network.set_data(False, 1.0)
    assert "svc data said that it worked" in str(caught.value.hint)
    assert online(sim)


@pytest.mark.extended
def test_a_cut_with_a_data_switch_that_lies_is_none(reach: Reach) -> None:
    device, sim = reach("svc-data-lies", api=28)
    with pytest.raises(NotEffective, match=r"data did not go off .*CELLULAR"):
        device.network.cut()
    assert online(sim)


def test_without_a_sim_wifi_is_all_there_is_to_cut(reach: Reach) -> None:
    device, sim = reach("no-sim", api=33)
    with pytest.raises(NotEffective, match="data did not go off") as caught:
        device.network.set_data(False, 1.0)
    assert "no SIM" in str(caught.value.hint)
    change = device.network.cut()
    assert not online(sim)
    device.network.put_back(change.before)  # type: ignore[arg-type]
    device.network.wait_online(20)
    assert device.network.state().wifi_enabled


@pytest.mark.parametrize("api", [28, 33])
def test_of_two_sims_the_one_for_data_counts(reach: Reach, api: int) -> None:
    device, sim = reach("dual-sim", api=api)
    assert device.network.state().data_enabled
    change = device.network.set_data(False)
    assert device.network.state().data_enabled is False
    assert not sim.call(lambda: sim.phone.connectivity.data_enabled)
    device.network.put_back(change.before)  # type: ignore[arg-type]
    assert sim.call(lambda: sim.phone.connectivity.data_enabled)
    change = device.network.cut()
    assert not online(sim)


@pytest.mark.parametrize("api", [28, 32, 33, 36, 37])
def test_wifi_that_stays_in_airplane_mode_is_cut_and_given_back(reach: Reach, api: int) -> None:
    device, sim = reach("wifi-stays", api=api)
    before = device.network.state()
    change = device.network.set_airplane(True)
    device.network.wait_offline(20)
    assert any("Wi-Fi would have stayed on" in note for note in change.notes)
    assert not online(sim)
    device.network.put_back(before)
    device.network.wait_online(20)
    after = device.network.state()
    assert (after.airplane, after.wifi_enabled, after.data_enabled) == (False, True, True)


def test_wifi_that_comes_back_shows_in_the_state(reach: Reach) -> None:
    device, sim = reach("wifi-returns", api=34)
    device.network.set_airplane(True)
    wait_until(lambda: online(sim))
    state = device.network.state()
    assert (state.airplane, state.wifi_enabled, state.online) == (True, True, True)
    device.network.set_airplane(False)
    device.network.wait_online(20)


def test_a_setting_that_the_shell_may_not_write(reach: Reach) -> None:
    device, _ = reach("settings-put-refused", api=33)
    with pytest.raises(NotEffective, match="WRITE_SECURE_SETTINGS") as caught:
        device.settings.put("system", "show_touches", "1")
    assert "USB debugging (Security settings)" in str(caught.value.hint)


@pytest.mark.parametrize("vendor", ["samsung", "xiaomi", "google"])
def test_the_doctor_looks_at_a_vendors_phone_and_changes_nothing(reach: Reach, vendor: str) -> None:
    device, sim = reach(vendor=vendor, api=33)
    before = sim.call(lambda: sim.phone.settings.list("global"))
    findings = {finding.topic: finding for finding in examine(device)}
    assert findings["airplane"].ok
    assert device.manufacturer.lower() == vendor
    assert sim.call(lambda: sim.phone.settings.list("global")) == before


@pytest.mark.extended
def test_a_lock_screen_with_a_pin(reach: Reach) -> None:
    device, _ = reach("pin-lock", api=33)
    found = next(finding for finding in examine(device) if finding.topic == "lock screen")
    assert (found.ok, "wants a PIN" in found.why) == (False, True)
    with pytest.raises(NotEffective, match="stays locked"):
        device.unlock(timeout=0.5)
    with pytest.raises(NotEffective, match="after the PIN was typed, once"):
        device.unlock(Secret("1111"), timeout=0.5)
    device.unlock(Secret("2580"))
    assert not device.activities.keyguard().showing


def test_a_swipe_that_force_stops_is_seen(reach: Reach) -> None:
    device, _ = reach("swipe-force-stops", api=33, apps=("clips",))
    device.packages.start(CLIPS)
    wait_until(lambda: device.activities.tasks_of(CLIPS))
    (task,) = device.activities.tasks_of(CLIPS)
    device.activities.remove_task(task.task_id)
    info = device.packages.info(CLIPS)
    assert info is not None
    assert (info.stopped, device.packages.pids(CLIPS)) == (True, [])


def test_no_chain_on_an_android_13_of_the_factory(reach: Reach) -> None:
    device, _ = reach("modules-not-updated", api=33)
    can = device.app_network.can()
    assert not can.ok
    assert can.why_not


def test_the_watcher_of_a_phone_without_a_command_switches_no_wifi_on_in_airplane_mode(
    reach: Reach,
) -> None:
    device, sim = reach(api=26)
    before = device.network.state()
    device.watchdog.arm(before, patience_s=1)
    device.network.set_airplane(True)
    device.network.wait_offline(20)
    device.watchdog._stop.set()  # the host is gone
    wait_until(lambda: "droidcancel-" not in device.shell.text(["ls", "/data/local/tmp"]))
    assert sim.call(lambda: sim.phone.settings.get("global", "wifi_on")) == "3"
    device.network.set_airplane(False)
    device.network.wait_online(20)
