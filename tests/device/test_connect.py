"""Finding a phone: which one, what kind, and what is said when there is none."""

from __future__ import annotations

import pytest

from droidcancel.device import Capability, adb, choose, connect, connect_address, list_devices, poll
from droidcancel.device.config import PhoneEntry
from droidcancel.device.identity import (
    is_tcp,
    kind_of,
    rides_on_wifi,
)
from droidcancel.device.parse import parse_properties
from droidcancel.errors import AdbError, LinkAtRisk, UsageError
from droidcancel.simulator import PhoneOptions
from tests.device.conftest import Boot

QEMU = {"ro.kernel.qemu": "1", "ro.hardware": "ranchu"}


@pytest.mark.parametrize(
    ("serial", "properties", "kind", "wifi"),
    [
        ("emulator-5554", QEMU, "emulator", False),
        ("emulator-5554", {}, "emulator", False),
        ("localhost:5555", QEMU, "emulator", False),
        ("192.168.1.20:5555", {"ro.hardware": "qcom"}, "tcp", True),
        ("[fe80::1]:5555", {"ro.hardware": "qcom"}, "tcp", True),
        ("adb-2A14-aBcDeF._adb-tls-connect._tcp", {"ro.hardware": "qcom"}, "tcp", True),
        ("adb-2A14-aBcDeF._adb-tls-connect._tcp.", {"ro.hardware": "qcom"}, "tcp", True),
        ("2A141FDH200ABC", {"ro.hardware": "qcom"}, "usb", False),
        ("emulator-5556", {"ro.hardware": "droidcancel", "ro.boot.qemu": "1"}, "simulator", False),
    ],
)
def test_the_kind_and_the_link(
    serial: str, properties: dict[str, str], kind: str, wifi: bool
) -> None:
    assert kind_of(serial, properties) == kind
    assert rides_on_wifi(serial, properties) is wifi
    assert is_tcp("2A141FDH200ABC") is False


def test_properties_may_run_over_lines() -> None:
    text = "[a.b]: [1]\n[c]: [two\nthree]\n[d]: []\n[e]: [[x]]\n"
    assert parse_properties(text) == {"a.b": "1", "c": "two\nthree", "d": "", "e": "[x]"}


@pytest.mark.usefixtures("adb_environment")
class TestWithoutPhones:
    """A server that runs, and nothing attached."""

    def test_nothing_is_attached(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert poll(lambda: True if not list_devices() else None, 10)
        with pytest.raises(AdbError, match="no device is attached") as caught:
            choose()
        assert "simulator start" in str(caught.value.hint)
        monkeypatch.setenv("ANDROID_SERIAL", "abc")
        with pytest.raises(AdbError, match="abc is not attached"):
            connect()

    def test_an_address_where_nothing_listens(self) -> None:
        with pytest.raises(AdbError, match=r"cannot connect to 127\.0\.0\.1:1"):
            connect_address("127.0.0.1:1")

    def test_a_server_elsewhere_is_not_started(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANDROID_ADB_SERVER_ADDRESS", "127.0.0.2")
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "1")
        with pytest.raises(AdbError, match=r"no adb server answers at 127\.0\.0\.2:1"):
            list_devices()


def test_the_address_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDROID_ADB_SERVER_HOST", "old")
    monkeypatch.delenv("ANDROID_ADB_SERVER_PORT", raising=False)
    assert adb.server_address() == ("old", 5037)
    monkeypatch.setenv("ANDROID_ADB_SERVER_ADDRESS", "lab")
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "6000")
    assert adb.server_address() == ("lab", 6000)
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "http")
    with pytest.raises(UsageError, match="ANDROID_ADB_SERVER_PORT"):
        adb.server_address()


def test_two_phones_are_never_guessed_between(boot: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    one = boot(PhoneOptions(api=30))
    two = boot(PhoneOptions(api=34), emulator_port=True)
    with pytest.raises(UsageError) as caught:
        choose()
    assert one.serial in str(caught.value)
    assert two.serial in str(caught.value)
    monkeypatch.setenv("ANDROID_SERIAL", two.serial)
    with connect() as device:
        assert (device.serial, device.api_level, device.kind) == (two.serial, 34, "simulator")
    with connect(one.serial) as device:
        assert device.api_level == 30
    with pytest.raises(UsageError, match="nothing is not attached"):
        choose("nothing")
    kinds = {found.serial: found.kind for found in list_devices()}
    assert (kinds[one.serial], kinds[two.serial]) == ("simulator", "simulator")


def test_the_only_phone_needs_no_name(boot: Boot) -> None:
    phone = boot(PhoneOptions(api=30))
    # phones of earlier tests leave the list in their own time
    assert poll(lambda: True if len(list_devices()) == 1 else None, 10)
    assert choose() == phone.serial


def test_a_phone_that_waits_to_be_allowed(boot: Boot) -> None:
    phone = boot(PhoneOptions(api=34, secure=True), state="unauthorized")
    found = next(found for found in list_devices() if found.serial == phone.serial)
    assert (found.state, found.usable) == ("unauthorized", False)
    assert "allow USB debugging" in found.advice
    with pytest.raises(AdbError, match="unauthorized") as caught:
        connect(phone.serial)
    assert "allow USB debugging" in str(caught.value.hint)


def test_a_phone_in_the_network_keeps_its_link(boot: Boot) -> None:
    phone = boot(PhoneOptions(api=34))
    entry = PhoneEntry(kind="tcp", connect=phone.serial)
    with connect(entry=entry) as device:
        assert device.serial == phone.serial
        network = device.network
        network.rides_on_wifi = True  # as the properties of a real phone would have it
        for what in ("airplane", "network-off"):
            refused = network.can(what)  # type: ignore[arg-type]
            assert refused == Capability(False, why_not=refused.why_not)
            assert "would cut droidcancel off" in refused.why_not
        with pytest.raises(LinkAtRisk):
            network.set_airplane(True)
        with pytest.raises(LinkAtRisk):
            network.cut()
        assert not network.state().airplane
