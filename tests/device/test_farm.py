"""Phones that a farm lends: commands of devices.yaml, run word by word."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from droidcancel.cli import cli
from droidcancel.device.config import DeviceEntry, parse_devices
from droidcancel.device.connect import list_devices
from droidcancel.device.farm import leased
from droidcancel.errors import ConfigError, DeviceError
from droidcancel.simulator import PhoneOptions, Simulator


@pytest.fixture
def lent(adb_server: int) -> Iterator[Simulator]:
    """A phone that no adb server has been told of."""
    with Simulator(PhoneOptions(apps=("clips",)), emulator_port=False) as phone:
        yield phone


def devices(connect: list[str], release: list[str] | None = None) -> str:
    given = {"kind": "tcp", "connect": connect} | ({"release": release} if release else {})
    return "devices:\n  farm: " + json.dumps(given) + "\n"


def entry_of(*words: str) -> DeviceEntry:
    return parse_devices(devices(list(words))).devices["farm"]


def listed() -> list[str]:
    return [device.serial for device in list_devices()]


def test_a_phone_is_lent_and_given_back(lent: Simulator, tmp_path: Path) -> None:
    note = tmp_path / "note"
    said = f"print('a phone for you\\n127.0.0.1:{lent.port}')"
    write = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"
    path = tmp_path / "devices.yaml"
    path.write_text(devices([sys.executable, "-c", said],
                            [sys.executable, "-c", write, str(note), "<{address}>"]))  # fmt: skip
    words = ["run", "check_app_version", "-e", "min_version=1", "-e", "store=false", "--json",
             "-s", "farm", "--devices", str(path)]  # fmt: skip
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["device"]["serial"] == f"127.0.0.1:{lent.port}"
    assert note.read_text() == f"<127.0.0.1:{lent.port}>"
    assert f"127.0.0.1:{lent.port}" not in listed()


def test_a_phone_is_given_back_after_an_error(lent: Simulator, tmp_path: Path) -> None:
    entry = parse_devices(
        devices(["echo", f"127.0.0.1:{lent.port}"], ["touch", str(tmp_path / "back")])
    ).devices["farm"]
    serial = f"127.0.0.1:{lent.port}"

    def use() -> None:
        with leased(entry, "farm") as address:
            assert address == serial
            assert serial in listed()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use()
    assert (tmp_path / "back").exists()
    assert serial not in listed()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("/no/such/farm",), "connect: /no/such/farm cannot be run"),
        (("false",), "connect: false ended with 1: it said nothing"),
        (("sh", "-c", "echo no phone free >&2; exit 3"), "ended with 3: no phone free"),
        (("echo",), "printed '', and no address"),
        (("echo", "host:5555 --help"), "and no address"),
        (("echo", "-x:5555"), "and no address"),
        (("echo", "host:0"), "and no address"),
        (("echo", "host:70000"), "and no address"),
        (("echo", "$(id):5555"), "and no address"),
    ],
)
def test_what_lends_no_phone_is_told(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(DeviceError) as refused, leased(entry_of(*words), "farm"):
        pass
    assert f"devices.yaml: farm: connect: {words[0]}" in refused.value.message or (
        "devices.yaml: farm: connect: the command printed" in refused.value.message
    )
    assert said in refused.value.message


def test_no_word_goes_through_a_shell(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with (
        pytest.raises(DeviceError, match="no address"),
        leased(entry_of("echo", f"; touch {mark}", "&&", f"$(touch {mark})"), "farm"),
    ):
        pass
    assert not mark.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("devices:\n  f: {kind: tcp, connect: []}\n", "connect"),
        ("devices:\n  f: {kind: tcp, connect: ['']}\n", "connect"),
        ("devices:\n  f: {kind: tcp, connect: 'h:1', release: [x]}\n", "a list of words"),
        ("devices:\n  f: {kind: tcp, connect: [x], serial: s}\n", "no `serial`"),
        ("devices:\n  f: {kind: tcp, connect: [x], release: x}\n", "release"),
    ],
)
def test_what_devices_yaml_may_not_say(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_devices(text)
    assert said in refused.value.explain()
    assert "devices.yaml:2:" in refused.value.message
