"""Finding a phone: which one, what kind, and what is said when there is none."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from droidcancel.device import (
    Capability,
    adb,
    choose,
    connect,
    connect_address,
    examine,
    list_devices,
    poll,
)
from droidcancel.device.config import PhoneEntry
from droidcancel.device.identity import (
    is_tcp,
    kind_of,
    rides_on_wifi,
)
from droidcancel.device.parse import parse_properties
from droidcancel.errors import AdbError, AppError, LinkAtRisk, UsageError
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


@pytest.mark.usefixtures("emulator_ports")
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


# -- servers that are none, old, stuck, or list what cannot be used


@contextmanager
def listening(answer: Callable[[str], bytes | None]) -> Iterator[int]:
    """Something at a port that answers each request of the adb protocol as it likes.

    None answers nothing and keeps the line open.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        lines: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                lines.append(line)
                threading.Thread(target=speak, args=(line,), daemon=True).start()

        def speak(line: socket.socket) -> None:
            try:
                size = int(line.recv(4) or b"0", 16)
                said = answer(line.recv(size).decode() if size else "")
                if said is not None:
                    line.sendall(said)
                    line.close()
            except (OSError, ValueError):
                line.close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        for line in lines:
            line.close()


def block(text: str) -> bytes:
    data = text.encode()
    return b"OKAY" + f"{len(data):04x}".encode() + data


def as_server(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(port))
    for name in ("ANDROID_SERIAL", "ANDROID_ADB_SERVER_ADDRESS", "ANDROID_ADB_SERVER_HOST"):
        monkeypatch.delenv(name, raising=False)


def listing(text: str) -> Callable[[str], bytes]:
    return lambda asked: block("0029" if asked == "host:version" else text)


@pytest.mark.parametrize(
    ("line", "state", "advice"),
    [
        ("R58M12  unauthorized usb:1-3 transport_id:2", "unauthorized", "allow USB debugging"),
        ("R58M12  offline transport_id:2", "offline", "adb reconnect offline"),
        (
            "R58M12  no permissions (missing udev rules? user is in the plugdev group); "
            "see [http://developer.android.com/tools/device.html] usb:1-4 transport_id:3",
            "no permissions (missing udev rules?",
            "udev rule",
        ),
        ("R58M12  recovery transport_id:2", "recovery", "restart it"),
        ("R58M12  bootloader", "bootloader", "fastboot reboot"),
        ("R58M12  connecting", "connecting", "wait a moment"),
        ("R58M12  strange", "strange", "'strange'"),
    ],
)
def test_a_phone_that_cannot_be_used_says_how_to_mend_it(
    line: str, state: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(listing(line + "\n")) as port:
        as_server(monkeypatch, port)
        (found,) = list_devices()
        assert (found.serial, found.usable) == ("R58M12", False)
        assert advice in found.advice
        with pytest.raises(AdbError) as caught:
            choose()
    assert f"R58M12 is {state}" in caught.value.message
    assert advice in str(caught.value.hint)


def test_two_phones_are_listed_with_their_states(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "one  unauthorized usb:1-1\ntwo  no permissions (x); see [y] usb:1-2\n"
    with listening(listing(text)) as port:
        as_server(monkeypatch, port)
        with pytest.raises(UsageError) as caught:
            choose()
        with pytest.raises(UsageError) as other:
            choose("10.0.0.7:5555")
    assert "one (unauthorized), two (no permissions)" in caught.value.message
    assert "adb connect 10.0.0.7:5555" in str(other.value.hint)


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"OKAY", b"OKAYzzzz", b"FAIL0003no!", b"\xff" * 99],
)
def test_what_is_no_adb_server_is_said_so(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(lambda _: answer) as port:
        as_server(monkeypatch, port)
        with pytest.raises(AdbError, match="does not answer as an adb server") as caught:
            list_devices()
    assert "ANDROID_ADB_SERVER_PORT" in str(caught.value.hint)


def test_a_server_that_is_stuck_is_waited_for_only_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adb, "SERVER_TIMEOUT_S", 0.3)
    with listening(lambda _: None) as port:
        as_server(monkeypatch, port)
        started = time.monotonic()
        with pytest.raises(AdbError, match="does not answer"):
            list_devices()
        assert time.monotonic() - started < 5


def test_a_server_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(lambda _: block("001f")) as port:
        as_server(monkeypatch, port)
        with pytest.raises(AdbError, match=r"is 1\.0\.31, older than") as caught:
            list_devices()
    assert "platform-tools" in str(caught.value.hint)


def test_an_adb_of_another_version_would_kill_the_server(
    boot: Boot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "adb"
    program.write_text("#!/bin/sh\necho 'Android Debug Bridge version 1.0.39'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert adb.path_version() == 39
    phone = boot(PhoneOptions(api=34))
    with connect(phone.serial) as device:
        said = {finding.topic: finding for finding in examine(device)}["adb"]
        assert not said.ok
        assert "the adb in PATH is 1.0.39" in said.why
        program.write_text("#!/bin/sh\necho nonsense\n")
        assert {finding.topic: finding for finding in examine(device)}["adb"].ok


def test_a_server_of_another_host_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(listing("")) as port:
        as_server(monkeypatch, port)
        monkeypatch.setenv("ANDROID_ADB_SERVER_ADDRESS", "127.0.0.1")
        monkeypatch.setattr(adb, "LOOPBACK", ())  # as if it were another machine
        with pytest.raises(AdbError, match="no device is attached") as caught:
            choose()
    assert "whose adb server is used" in str(caught.value.hint)


# -- users


def test_another_user_is_named_by_option_and_entry(boot: Boot) -> None:
    phone = boot(PhoneOptions(api=34))
    with connect(phone.serial) as device:
        assert device.user == 0
    with connect(phone.serial, user=10) as device:
        assert device.user == device.packages.user == device.activities.user == 10
        assert device.media.folder == "/storage/emulated/10/Movies"
        assert device.packages.stop_command("a.b") == ["am", "force-stop", "--user", "10", "a.b"]
        assert device.packages.info("org.droidcancel.clips") is None
        with pytest.raises(AppError, match=r"not installed for user 10, but for user 0") as caught:
            device.packages.require("org.droidcancel.clips")
        assert "--user 0" in str(caught.value.hint)
        said = {finding.topic: finding for finding in examine(device)}["user"]
        assert not said.ok
        assert "user 10 is not started here" in said.why
    entry = PhoneEntry(kind="usb", serial=phone.serial, user=11)
    with connect(entry=entry) as device:
        assert device.user == 11


def test_the_lock_screen_says_how_to_get_past_it(boot: Boot) -> None:
    phone = boot(PhoneOptions(api=33))
    with connect(phone.serial) as device:
        device.shell.run(["locksettings", "set-pin", "1234"])
        device.shell.run(["input", "keyevent", "223"])
        assert poll(lambda: True if not device.activities.keyguard().awake else None, 10)
        said = {finding.topic: finding for finding in examine(device)}["lock screen"]
    assert not said.ok
    assert "pin_env" in said.why
