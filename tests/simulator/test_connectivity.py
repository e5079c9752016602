"""Radios: airplane mode, Wi-Fi and mobile data, per API level."""

from __future__ import annotations

import pytest

from droidcancel.simulator.phone import Phone
from tests.simulator.net import LEVELS, network_phone, run, until

SURVIVES = tuple(api for api in LEVELS if api >= 33)


def setting(phone: Phone, key: str, namespace: str = "global") -> str | None:
    return phone.settings.get(namespace, key)


def transports(phone: Phone) -> list[str]:
    return [network.transport for network in phone.connectivity.networks()]


async def settle(phone: Phone) -> None:
    await until(lambda: phone.connectivity.settled)


@pytest.mark.parametrize("api", LEVELS)
def test_airplane_mode_is_asynchronous_and_comes_back(api: int) -> None:
    async def body() -> None:
        phone = network_phone(api=api)
        connectivity = phone.connectivity
        assert transports(phone) == ["wifi", "cell"]
        connectivity.set_airplane(True)
        assert setting(phone, "airplane_mode_on") == "1"
        assert (transports(phone), connectivity.airplane) == (["wifi", "cell"], False)
        await settle(phone)
        assert (transports(phone), connectivity.airplane) == ([], True)
        assert (setting(phone, "wifi_on"), setting(phone, "bluetooth_on")) == ("3", "2")
        assert not connectivity.wifi.enabled
        connectivity.set_airplane(False)
        await settle(phone)
        assert transports(phone) == ["wifi", "cell"]
        assert (setting(phone, "wifi_on"), setting(phone, "bluetooth_on")) == ("1", "1")

    run(body())


@pytest.mark.parametrize("api", [23, 28, 36])
def test_the_setting_alone_switches_no_radio_until_a_reboot(api: int) -> None:
    async def body() -> None:
        phone = network_phone(api=api)
        phone.settings.put("global", "airplane_mode_on", "1")
        await settle(phone)
        assert phone.connectivity.airplane_setting
        assert not phone.connectivity.airplane
        assert transports(phone) == ["wifi", "cell"]
        phone.connectivity.start()
        assert phone.connectivity.airplane
        assert transports(phone) == []

    run(body())


def test_the_broadcast_without_the_setting_does_nothing() -> None:
    async def body() -> None:
        phone = network_phone(api=23)
        phone.connectivity.airplane_broadcast()
        await settle(phone)
        assert transports(phone) == ["wifi", "cell"]

    run(body())


def test_a_mode_taken_back_at_once_cuts_nothing() -> None:
    async def body() -> None:
        phone = network_phone()
        before = phone.connectivity.active_network()
        phone.connectivity.set_airplane(True)
        phone.connectivity.set_airplane(False)
        await settle(phone)
        assert phone.connectivity.active_network() is before

    run(body())


@pytest.mark.parametrize("api", SURVIVES)
def test_wifi_once_enabled_in_airplane_mode_survives_the_next(api: int) -> None:
    async def body() -> None:
        phone = network_phone(api=api)
        phone.connectivity.set_airplane(True)
        await settle(phone)
        assert phone.connectivity.set_wifi(True)
        await settle(phone)
        assert setting(phone, "wifi_on") == "2"
        assert setting(phone, "wifi_apm_state", "secure") == (None if api >= 37 else "1")
        assert transports(phone) == ["wifi"]
        phone.connectivity.set_airplane(False)
        await settle(phone)
        assert setting(phone, "wifi_on") == "1"
        kept = phone.connectivity.active_network()
        phone.connectivity.set_airplane(True)
        await settle(phone)
        assert setting(phone, "wifi_on") == "2"
        assert phone.connectivity.active_network() is kept, "Wi-Fi must not even blink"

    run(body())


@pytest.mark.parametrize("api", [28, 32])
def test_before_android_13_airplane_mode_always_takes_wifi_down(api: int) -> None:
    async def body() -> None:
        phone = network_phone(api=api)
        for _ in range(2):
            phone.connectivity.set_airplane(True)
            await settle(phone)
            assert transports(phone) == []
            phone.connectivity.set_wifi(True)
            await settle(phone)
            assert transports(phone) == ["wifi"]
            phone.connectivity.set_airplane(False)
            await settle(phone)

    run(body())


def test_without_the_enhancement_flag_wifi_goes_down_on_13_too() -> None:
    async def body() -> None:
        phone = network_phone(api=34)
        phone.settings.put("global", "apm_enhancement_enabled", "0")
        phone.settings.put("secure", "wifi_apm_state", "1")
        phone.connectivity.set_airplane(True)
        await settle(phone)
        assert transports(phone) == []

    run(body())


def test_switching_wifi_off_in_airplane_mode_is_remembered() -> None:
    async def body() -> None:
        phone = network_phone(api=34)
        phone.settings.put("secure", "wifi_apm_state", "1")
        phone.connectivity.set_airplane(True)
        await settle(phone)
        assert transports(phone) == ["wifi"]
        phone.connectivity.set_wifi(False)
        await settle(phone)
        assert transports(phone) == []
        assert setting(phone, "wifi_apm_state", "secure") == "0"
        phone.connectivity.set_airplane(False)
        await settle(phone)
        assert setting(phone, "wifi_on") == "0"
        assert transports(phone) == ["cell"], "Wi-Fi was off by the user, and stays off"

    run(body())


def test_airplane_mode_may_forbid_wifi_altogether() -> None:
    async def body() -> None:
        phone = network_phone(api=28)
        phone.settings.put("global", "airplane_mode_toggleable_radios", "bluetooth")
        phone.connectivity.set_airplane(True)
        await settle(phone)
        assert not phone.connectivity.set_wifi(True)
        await settle(phone)
        assert (setting(phone, "wifi_on"), transports(phone)) == ("3", [])

    run(body())


def test_radios_left_out_of_airplane_mode() -> None:
    async def body() -> None:
        phone = network_phone(api=28)
        phone.settings.put("global", "airplane_mode_radios", "cell,bluetooth")
        phone.connectivity.set_airplane(True)
        await settle(phone)
        assert (setting(phone, "wifi_on"), transports(phone)) == ("1", ["wifi"])

    run(body())


def test_failover_from_wifi_to_mobile_data_and_back() -> None:
    async def body() -> None:
        phone = network_phone()
        first = phone.connectivity.active_network()
        assert first is not None
        phone.connectivity.set_wifi(False)
        await until(lambda: transports(phone) == ["cell"])
        phone.connectivity.set_data(False)
        await until(lambda: transports(phone) == [])
        assert (setting(phone, "mobile_data"), setting(phone, "wifi_on")) == ("0", "0")
        phone.connectivity.set_wifi(True)
        await until(lambda: transports(phone) == ["wifi"])
        second = phone.connectivity.active_network()
        assert second is not None
        assert second.net_id > first.net_id, "a network that comes back has a new number"

    run(body())


def test_the_mobile_data_setting_alone_only_looks_off() -> None:
    async def body() -> None:
        phone = network_phone()
        phone.settings.put("global", "mobile_data", "0")
        await settle(phone)
        assert phone.connectivity.data_enabled
        assert transports(phone) == ["wifi", "cell"]

    run(body())


def test_out_of_reach_and_back() -> None:
    async def body() -> None:
        phone = network_phone()
        phone.connectivity.set_range("wifi", False)
        phone.connectivity.set_range("cell", False)
        await until(lambda: transports(phone) == [])
        assert phone.connectivity.wifi.enabled
        phone.connectivity.set_range("cell", True)
        await until(lambda: transports(phone) == ["cell"])

    run(body())


def test_latency_of_the_profile() -> None:
    async def body() -> None:
        phone = network_phone(profile="pixel")
        phone.connectivity.set_airplane(True)
        took = await until(lambda: not transports(phone))
        assert took >= phone.latency.cost("radio_off") * 0.9

    run(body())


def test_listeners_hear_and_are_forgotten() -> None:
    async def body() -> None:
        phone = network_phone()
        seen: list[bool] = []

        def broken() -> None:
            raise RuntimeError("of the app")

        phone.connectivity.on_change(broken)
        forget = phone.connectivity.on_change(
            lambda: seen.append(phone.connectivity.active_network() is None)
        )
        phone.connectivity.set_airplane(True)
        await settle(phone)
        assert seen[-1:] == [True]
        assert any("RuntimeError" in line.message for line in phone.log.lines())
        forget()
        count = len(seen)
        phone.connectivity.set_airplane(False)
        await settle(phone)
        assert len(seen) == count

    run(body())
