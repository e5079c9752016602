"""devices.yaml: what is read, and where an error says it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from droidcancel.device.config import (
    SIMULATOR_LIMITS,
    EmulatorEntry,
    Limits,
    PhoneEntry,
    SimulatorEntry,
    embedded,
    load_devices,
    parse_devices,
)
from droidcancel.errors import ConfigError, UsageError

SAMPLE = Path(__file__).parents[2] / "devices.yaml"
LAB = """\
default: pixel
devices:
  pixel:
    kind: usb
    serial: 0123456
    pin_env: PIXEL_PIN
    limits: {quiet_period_s: 60}
  lab:
    kind: tcp
    connect: 192.168.1.20:5555
    protected: true
  emu:
    kind: emulator
    avd: Pixel_8
  sim:
    kind: simulator
    api: 30
    limits:
      step_timeout_s: 7
"""


def test_every_kind_is_read() -> None:
    devices = parse_devices(LAB)
    assert set(devices.devices) == {"pixel", "lab", "emu", "sim"}
    pixel, emulator, simulator = (devices.entry(name) for name in (None, "emu", "sim"))
    assert isinstance(pixel, PhoneEntry)
    assert pixel.limits == Limits(quiet_period_s=60)
    assert isinstance(emulator, EmulatorEntry)
    assert emulator.avd == "Pixel_8"
    assert isinstance(simulator, SimulatorEntry)
    assert simulator.limits == SIMULATOR_LIMITS.model_copy(update={"step_timeout_s": 7.0})


def test_real_phones_get_minutes_and_the_simulator_seconds() -> None:
    entry = embedded().entry()
    assert isinstance(entry, SimulatorEntry)
    assert entry.limits.quiet_period_s <= 5
    assert Limits().quiet_period_s >= 120
    assert Limits().watch_resume_s >= 180


@pytest.mark.parametrize(
    ("text", "place", "key", "message", "hint"),
    [
        ("defualt: x\n", "1:1", "defualt", "unknown key", "did you mean 'default'?"),
        (
            "devices:\n  a:\n    kind: usb\n    serial: x\n    lcoale: en\n",
            "5:5",
            "devices.a.lcoale",
            "unknown key",
            "did you mean 'locale'?",
        ),
        (
            "devices:\n  a:\n    kind: simulator\n    limits:\n      quiet_perod_s: 3\n",
            "5:7",
            "devices.a.limits.quiet_perod_s",
            "unknown key",
            "did you mean 'quiet_period_s'?",
        ),
        (
            "devices:\n  a:\n    kind: simulator\n    api: 99\n",
            "4:5",
            "devices.a.api",
            "less than or equal to 37",
            None,
        ),
        ("devices:\n  a:\n    kind: phone\n", "3:5", "devices.a.kind", "got 'phone'", None),
        (
            "devices:\n  a:\n    kind: emulater\n",
            "3:5",
            "devices.a.kind",
            "expected usb, tcp, emulator, simulator, got 'emulater'",
            "did you mean 'emulator'?",
        ),
        ("devices:\n  a:\n    serial: x\n", "2:3", "devices.a", "`kind` is missing", None),
        ("devices:\n  a:\n    kind: usb\n", "2:3", "devices.a", "needs `serial`", None),
        (
            "devices:\n  a:\n    kind: usb\n    serial: x\n    pin_env: 1234\n",
            "5:5",
            "devices.a.pin_env",
            "not the PIN",
            None,
        ),
        ("default: b\ndevices: {}\n", "1:1", None, "there is no device 'b'", None),
        ("devices: {\n", "2:1", None, "expected", None),
        ("a: 1\na: 2\n", "2:1", None, "duplicate key", None),
    ],
)
def test_an_error_names_its_place(
    text: str, place: str, key: str | None, message: str, hint: str | None
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_devices(text, "lab.yaml")
    assert str(caught.value).startswith(f"lab.yaml:{place}: ")
    assert caught.value.key == key
    assert message in str(caught.value)
    assert caught.value.hint == hint


def test_the_pin_itself_never_shows_in_a_message() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_devices("devices:\n  a:\n    kind: usb\n    serial: x\n    pin_env: 4711\n")
    assert "4711" not in caught.value.explain()


def test_the_pin_comes_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = parse_devices(LAB).entry("pixel")
    assert entry is not None
    monkeypatch.setenv("PIXEL_PIN", "4711")
    pin = entry.pin()
    assert pin is not None
    assert (str(pin), pin.reveal()) == ("•••", "4711")
    monkeypatch.delenv("PIXEL_PIN")
    with pytest.raises(UsageError, match="PIXEL_PIN"):
        entry.pin()


def test_files_are_found_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DROIDCANCEL_DEVICES", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert load_devices().source == "embedded"
    (tmp_path / "config" / "droidcancel").mkdir(parents=True)
    (tmp_path / "config" / "droidcancel" / "devices.yaml").write_text("devices: {}\n")
    assert load_devices().source.endswith("config/droidcancel/devices.yaml")
    (tmp_path / "devices.yaml").write_text("devices: {}\n")
    assert load_devices().source == "devices.yaml"
    (tmp_path / "other.yaml").write_text(LAB)
    monkeypatch.setenv("DROIDCANCEL_DEVICES", str(tmp_path / "other.yaml"))
    assert load_devices().default == "pixel"
    assert load_devices(tmp_path / "devices.yaml").default is None
    with pytest.raises(UsageError, match="no file"):
        load_devices(tmp_path / "missing.yaml")


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        parse_devices(LAB, "lab.yaml").entry("pixle")
    assert "lab.yaml" in str(caught.value)
    assert "pixel" in str(caught.value.hint)


def test_an_entry_is_found_by_its_serial() -> None:
    devices = parse_devices(LAB)
    assert devices.for_serial("192.168.1.20:5555") == devices.entry("lab")
    assert devices.for_serial("nothing") is None


def test_the_sample_at_the_top_is_right() -> None:
    devices = parse_devices(SAMPLE.read_text(), str(SAMPLE))
    kinds = {entry.kind for entry in devices.devices.values()}
    assert kinds == {"usb", "tcp", "emulator", "simulator"}
