"""Airplane mode, Wi-Fi and mobile data of virtual phones, the phone's own state as the truth."""

from __future__ import annotations

import time

import pytest

from droidcancel.device import Device, Script, connect
from droidcancel.errors import NotEffective
from droidcancel.journal import Journal
from droidcancel.simulator import PhoneOptions, Simulator
from tests.conftest import wait_until
from tests.device.conftest import Boot

APM_ON = "apm_enhancement_enabled"


def online(sim: Simulator) -> bool:
    return sim.call(lambda: sim.phone.connectivity.active_network() is not None)


def setting(sim: Simulator, namespace: str, key: str) -> str | None:
    return sim.call(lambda: sim.phone.settings.get(namespace, key))


def test_the_state_of_a_phone_at_rest(device: Device) -> None:
    state = device.network.state()
    assert (state.airplane, state.wifi_enabled, state.data_enabled) == (False, True, True)
    assert state.online
    assert state.active == device.network.default_network()


def test_every_switch_is_found(device: Device) -> None:
    for what in ("airplane", "wifi", "data", "network-off"):
        assert device.network.can(what).ok, what  # type: ignore[arg-type]
    way = device.network.can("wifi").way
    assert way == ("cmd wifi set-wifi-enabled" if device.api_level >= 30 else "svc wifi")


def test_airplane_mode_there_and_back(device: Device, sim: Simulator) -> None:
    change = device.network.set_airplane(True)
    device.network.wait_offline(20)
    assert not online(sim)
    assert sim.call(lambda: sim.phone.connectivity.airplane)
    assert change.way == "cmd connectivity airplane-mode"
    device.network.put_back(change.before)  # type: ignore[arg-type]
    device.network.wait_online(20)
    state = device.network.state()
    assert (state.airplane, state.wifi_enabled) == (False, True)
    assert online(sim)


def test_an_armed_airplane_command_takes_one_newline(device: Device, sim: Simulator) -> None:
    before = device.network.state()
    with device.shell.arm(device.network.command("airplane", True)) as armed:
        assert online(sim)
        started = armed.fire()
        output = armed.result()
    assert output.rc == 0
    device.network.follow_airplane(True, before, started)
    device.network.wait_offline(20)
    assert not online(sim)


def test_the_network_is_cut_and_comes_back(device: Device, sim: Simulator) -> None:
    change = device.network.cut(20)
    assert not online(sim)
    assert not sim.call(lambda: sim.phone.connectivity.airplane)
    device.network.put_back(change.before)  # type: ignore[arg-type]
    device.network.wait_online(20)
    state = device.network.state()
    assert (state.wifi_enabled, state.data_enabled) == (True, True)


def test_wifi_off_alone_leaves_the_mobile_network(device: Device) -> None:
    device.network.set_wifi(False)
    device.network.wait_online(20)
    with pytest.raises(NotEffective, match="still has a default network"):
        device.network.wait_offline(0.5)
    device.network.set_data(False)
    device.network.wait_offline(20)


def test_wifi_is_not_switched_on_in_airplane_mode(device34: Device) -> None:
    device34.network.set_airplane(True)
    with pytest.raises(NotEffective, match="airplane mode"):
        device34.network.set_wifi(True)


def stay_on_in_airplane(device: Device) -> None:
    """As a person does: Wi-Fi on while airplane mode is on, then airplane mode off again."""
    device.settings.put("global", APM_ON, "1")
    device.shell.run(["cmd", "connectivity", "airplane-mode", "enable"])
    device.network.wait_offline(20)
    device.shell.run(["cmd", "wifi", "set-wifi-enabled", "enabled"])
    device.network.wait_online(20)
    device.shell.run(["cmd", "connectivity", "airplane-mode", "disable"])
    device.network.wait_online(20)


def test_wifi_that_would_survive_airplane_mode_goes_as_well(
    device34: Device, sim34: Simulator
) -> None:
    stay_on_in_airplane(device34)
    change = device34.network.set_airplane(True)
    device34.network.wait_offline(20)
    assert not online(sim34)
    assert any("Wi-Fi would have stayed on" in note for note in change.notes)


def test_the_choice_to_keep_wifi_in_airplane_mode_survives_us(
    device34: Device, sim34: Simulator, tmp_path: pytest.TempPathFactory
) -> None:
    stay_on_in_airplane(device34)
    chosen = setting(sim34, "secure", "wifi_apm_state")
    with Journal(tmp_path / "j.jsonl").change(device34, "airplane"):  # type: ignore[operator]
        device34.network.set_airplane(True)
        device34.network.wait_offline(20)
    device34.network.wait_online(20)
    assert setting(sim34, "secure", "wifi_apm_state") == chosen
    assert setting(sim34, "global", "airplane_mode_on") == "0"
    assert device34.network.state().wifi_enabled


def test_a_phone_without_the_command_uses_the_settings_page(boot: Boot) -> None:
    phone = boot(PhoneOptions(api=26))
    with connect(phone.serial) as device:
        assert "Settings page" in device.network.can("airplane").way
        assert "cmd connectivity" not in device.network.can("airplane").way
        device.network.set_airplane(True)
        device.network.wait_offline(20)
        assert not online(phone)
        device.network.set_airplane(False)
        device.network.wait_online(20)
        assert online(phone)


def test_the_watcher_on_the_phone_gives_the_network_back(
    device34: Device, sim34: Simulator
) -> None:
    device, sim = device34, sim34
    before = device.network.state()
    device.watchdog.arm(before, patience_s=2)
    device.network.set_airplane(True)
    device.network.wait_offline(20)
    device.watchdog._stop.set()  # the host is gone
    deadline = time.monotonic() + 20
    while not online(sim) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert online(sim)
    # it is online with mobile data first; the watcher waits for Wi-Fi, and ends
    while "droidcancel-" in device.shell.text(Script("ls /data/local/tmp/")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert sim.call(lambda: sim.phone.connectivity.wifi.enabled)
    assert device.settings.get("secure", "wifi_apm_state") is None


def test_the_watcher_leaves_no_choice_about_wifi_in_airplane_mode(boot: Boot) -> None:
    """Wi-Fi learns of the end of airplane mode after the setting says so."""
    sim = boot(PhoneOptions(api=34, profile="pixel", apps=()))
    with connect(sim.serial) as device:
        before = setting(sim, "secure", "wifi_apm_state")
        device.watchdog.arm(device.network.state(), patience_s=1)
        device.network.set_airplane(True)
        device.network.wait_offline(20)
        device.watchdog._stop.set()  # the host is gone
        wait_until(lambda: "droidcancel-" not in device.shell.text(["ls", "/data/local/tmp"]))
        device.network.wait_online(20)
        assert setting(sim, "global", "wifi_on") == "1"
        assert setting(sim, "secure", "wifi_apm_state") == before


def test_the_watcher_gives_wifi_back_that_was_switched_off(
    device34: Device, sim34: Simulator
) -> None:
    device34.watchdog.arm(device34.network.state(), patience_s=1)
    device34.network.set_wifi(False)
    device34.watchdog._stop.set()  # the host is gone
    wait_until(lambda: setting(sim34, "global", "wifi_on") == "1")


def test_a_watcher_that_is_not_needed_goes_away(device34: Device, sim34: Simulator) -> None:
    device34.watchdog.arm(device34.network.state(), patience_s=3)
    device34.network.set_airplane(True)
    device34.network.wait_offline(20)
    device34.watchdog.disarm()
    time.sleep(4)  # longer than its patience
    assert not online(sim34)
    assert "droidcancel-" not in device34.shell.text(Script("ls /data/local/tmp/; ps -A -o ARGS"))


def test_watchers_that_a_dead_host_left_are_ended(device34: Device, sim34: Simulator) -> None:
    """Else one of them would end a later run's cut."""
    watchdog, other = device34.watchdog, "/data/local/tmp/droidcancel-other"
    watchdog.arm(device34.network.state(), patience_s=60)
    watchdog._stop.set()  # the host is gone
    assert "droidcancel-" in device34.shell.text(Script("ps -A -o ARGS"))
    with device34.shell.stream(["sleep", "1000"]) as stranger:  # its pid was another's before
        device34.shell.run(Script(f"echo {stranger.pid} > {other}.pid"))
        watchdog.sweep()
        assert device34.shell.text(Script("pidof sleep")).split() == [str(stranger.pid)]
    assert "droidcancel-" not in device34.shell.text(Script("ls /data/local/tmp/; ps -A -o ARGS"))
    watchdog._file = ""
