"""Android's emulator: its command line, its program, its console, and its life with a stand-in."""

from __future__ import annotations

import socket
import socketserver
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from droidcancel.cli import cli
from droidcancel.device import connect
from droidcancel.device.emulator import (
    Console,
    StartOptions,
    avds,
    check_avd,
    find_emulator,
    read_network,
    running,
    set_network,
    start_command,
)
from droidcancel.device.emulator.console import console_port, parse_snapshots
from droidcancel.device.emulator.network import checked_delay, checked_speed, parse_network
from droidcancel.device.emulator.sdk import parse_avds
from droidcancel.errors import AdbError, DeviceError, NotEffective, ParseError, UsageError
from tests.device.emulator_console import ConsoleServer, Handler, State

ROOT = Path(__file__).parents[2]
TOKEN = "Zm9vYmFy0123+/"


# -- the command line


def test_the_command_line() -> None:
    program = Path("/sdk/emulator/emulator")
    assert start_command(program, "Pixel_8", StartOptions(5554)) == [
        "/sdk/emulator/emulator", "-avd", "Pixel_8", "-port", "5554", "-no-boot-anim",
        "-no-window", "-no-audio", "-gpu", "swiftshader_indirect", "-no-snapshot",
    ]  # fmt: skip
    more = StartOptions(
        5556, window=True, snapshot="ready", read_only=True, extra=("-accel", "off")
    )
    assert start_command(program, "Pixel_8", more)[5:] == [
        "-no-boot-anim", "-no-snapshot-save", "-snapshot", "ready", "-read-only", "-accel", "off",
    ]  # fmt: skip
    wiped = start_command(program, "Pixel_8", StartOptions(5554, wipe=True, gpu="host"))
    assert wiped[-4:] == ["-gpu", "host", "-no-snapshot", "-wipe-data"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (StartOptions(5555), "5555 is no port of an emulator's console"),
        (StartOptions(80), "no port"),
        (StartOptions(5554, wipe=True, snapshot="a"), "a wiped AVD has no snapshots"),
        (StartOptions(5554, wipe=True, read_only=True), "read only cannot be wiped"),
    ],
)
def test_command_lines_that_cannot_be_meant(options: StartOptions, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        start_command(Path("emulator"), "A", options)


# -- the program


def program(path: Path, body: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_where_the_program_is_looked_for(tmp_path: Path) -> None:
    on_path = program(tmp_path / "bin" / "emulator")
    root = program(tmp_path / "root" / "emulator" / "emulator")
    home = program(tmp_path / "home" / "emulator" / "emulator")
    studio = program(tmp_path / "me" / "Android" / "Sdk" / "emulator" / "emulator")
    environment = {
        "ANDROID_HOME": str(tmp_path / "home"),
        "ANDROID_SDK_ROOT": str(tmp_path / "root"),
        "PATH": str(tmp_path / "bin"),
        "HOME": str(tmp_path / "me"),
    }
    for name, expected in (
        ("ANDROID_HOME", home), ("ANDROID_SDK_ROOT", root), ("PATH", on_path), ("HOME", studio),
    ):  # fmt: skip
        assert find_emulator(environment) == expected
        del environment[name]
    with pytest.raises(DeviceError, match="not on this machine") as caught:
        find_emulator({**environment, "ANDROID_HOME": str(tmp_path / "empty"), "HOME": "/nowhere"})
    assert f"{tmp_path}/empty/emulator/emulator" in caught.value.message
    assert "(ANDROID_SDK_ROOT not set)" in caught.value.message
    assert "sdkmanager" in (caught.value.hint or "")


def test_a_program_that_may_not_run_is_none(tmp_path: Path) -> None:
    program(tmp_path / "emulator" / "emulator").chmod(0o644)
    with pytest.raises(DeviceError, match="not on this machine"):
        find_emulator({"ANDROID_HOME": str(tmp_path), "HOME": "/nowhere"})


def test_the_avds(tmp_path: Path) -> None:
    text = "INFO    | Storing crashdata in: /tmp/x\nPixel_8\r\n\nTablet.API-33\nWARNING | old\n"
    assert parse_avds(text) == ["Pixel_8", "Tablet.API-33"]
    there = program(tmp_path / "a", "echo Pixel_8; echo Pixel_9")
    assert avds(there) == ["Pixel_8", "Pixel_9"]
    with pytest.raises(UsageError, match="no AVD 'Pixel8': did you mean Pixel_"):
        check_avd(there, "Pixel8")
    with pytest.raises(UsageError, match="no AVD 'x'") as caught:
        check_avd(program(tmp_path / "b", "true"), "x")
    assert "avdmanager create avd" in (caught.value.hint or "")
    with pytest.raises(DeviceError, match="ended with 3: no home"):
        avds(program(tmp_path / "c", "echo no home >&2; exit 3"))
    with pytest.raises(DeviceError, match="-list-avds"):
        avds(tmp_path / "none")


# -- the console


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / ".emulator_console_auth_token"
    path.write_text(TOKEN)
    return path


def test_the_console_wants_its_token(token_file: Path) -> None:
    state = State("Pixel_8", TOKEN)
    with ConsoleServer(state) as server:
        with Console(server.port, token_file) as console:
            assert console.avd_name() == "Pixel_8"
        assert state.asked == [f"auth {TOKEN}", "avd name"]
        token_file.write_text("wrong")
        with pytest.raises(DeviceError, match="refused 'auth': authentication token does not m"):
            Console(server.port, token_file)
        token_file.write_text("")
        with pytest.raises(DeviceError, match="holds no token"):
            Console(server.port, token_file)
        token_file.unlink()
        with pytest.raises(DeviceError, match="cannot be read") as caught:
            Console(server.port, token_file)
        assert "as the user who started it" in (caught.value.hint or "")


def test_what_the_console_is_asked(token_file: Path) -> None:
    state = State("Pixel_8")  # an empty token file switches the question off
    with ConsoleServer(state) as server, Console(server.port, token_file) as console:
        assert console.snapshots() == []
        console.snapshot("save", "before")
        assert console.snapshots() == ["before"]
        console.snapshot("load", "before")
        with pytest.raises(DeviceError, match="snapshot 'other' not found"):
            console.snapshot("load", "other")
        with pytest.raises(DeviceError, match="refused 'dance': unknown command"):
            console.ask("dance")
        for bad in ("a b", "x;kill", "", "../x", "a\nkill"):
            with pytest.raises(UsageError, match="cannot be called"):
                console.snapshot("save", bad)
        with pytest.raises(UsageError, match="one line"):
            console.ask("avd name\nkill")
        assert "kill" not in state.asked
        console.kill()
        assert state.asked[-1] == "kill"


def test_speed_and_delay_are_read_back(token_file: Path) -> None:
    state = State("Pixel_8")
    with ConsoleServer(state) as server, Console(server.port, token_file) as console:
        assert read_network(console).up_bits == 0
        status = set_network(console, "umts", "50:90")
        assert (status.up_bits, status.down_bits) == (384_000, 384_000)
        assert (status.least_ms, status.most_ms) == (50, 90)
        assert set_network(console, "1000:8000").down_bits == 8_000_000
        assert set_network(console, "256", "100").least_ms == 100
        assert set_network(console, "full", "none").to_json() == {
            "up_bits_per_s": 0, "down_bits_per_s": 0, "delay_ms": [0, 0],
        }  # fmt: skip
        asked = len(state.asked)
        for bad in ("3g", "5G", "", "1:2:3", "-1", "umts\nkill"):
            with pytest.raises(UsageError, match="no network speed"):
                set_network(console, bad)
            with pytest.raises(UsageError, match="no network delay"):
                checked_delay(bad)
        assert len(state.asked) == asked  # the emulator would have taken 3g for 3 kbit/s
        assert checked_speed("evdo") == "evdo"
        # an emulator that knows the name no more takes it for a number
        with pytest.raises(NotEffective, match="took network speed edge for"):
            set_network(console, "edge")


def test_what_is_no_console(token_file: Path) -> None:
    class Talks(socketserver.StreamRequestHandler):
        said = b"OK\r\n"

        def handle(self) -> None:
            self.wfile.write(self.said)
            self.rfile.readline()

    class Hangs(Talks):
        said = b"Android Console: hello\r\n"

    class Raves(Talks):
        said = b"x" * (1 << 20) + b"x" * 100

    class Leaves(Handler):
        def answer(self, state: State, line: str) -> None:
            self.connection.shutdown(socket.SHUT_RDWR)

    for handler, said in (
        (Talks, "is no emulator's console"),
        (Hangs, "did not answer its greeting in time"),
        (Raves, "without an end"),
    ):
        server = ConsoleServer(State("x"), handler=handler)
        with server, pytest.raises(DeviceError, match=said):
            Console(server.port, token_file, timeout=0.5)
    with (
        ConsoleServer(State("x"), handler=Leaves) as server,
        Console(server.port, token_file) as console,
        pytest.raises(AdbError, match=r"closed|broke off"),
    ):
        console.avd_name()
    with pytest.raises(AdbError, match="no emulator's console answers at port") as caught:
        Console(server.port, token_file)
    assert "emulator list" in (caught.value.hint or "")


def test_serials_and_tables() -> None:
    assert console_port("emulator-5558") == 5558
    for bad in ("127.0.0.1:5555", "emulator-", "emulator-x", "R58M"):
        with pytest.raises(UsageError, match="is no emulator"):
            console_port(bad)
    table = [
        "List of snapshots present on all disks:",
        "ID        TAG                 VM SIZE                DATE       VM CLOCK",
        "--        default_boot            158M 2026-11-24 20:00:00   00:01:02.345",
        "2         after-login             158 MB 2026-11-24 20:00:00   00:01:02.345",
    ]
    assert parse_snapshots(table) == ["default_boot", "after-login"]
    with pytest.raises(ParseError):
        parse_network(["Current network status:", "  download speed: fast"])


# -- its life, with a stand-in that behaves as the emulator's command line does


@pytest.fixture
def sdk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, adb_server: int, emulator_ports: None
) -> Iterator[Path]:
    """An SDK whose emulator is the stand-in."""
    launcher = tmp_path / "sdk" / "emulator" / "emulator"
    launcher.parent.mkdir(parents=True)
    launcher.write_text(
        f"#!/bin/sh\nexport PYTHONPATH='{ROOT}'\n"
        f"exec '{sys.executable}' -m tests.device.emulator_stand_in \"$@\"\n"
    )
    launcher.chmod(0o755)
    (tmp_path / ".emulator_console_auth_token").write_text(TOKEN)
    monkeypatch.setenv("ANDROID_HOME", str(tmp_path / "sdk"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    before = {each.serial for each in running()}
    yield tmp_path
    for each in running():
        if each.serial not in before:
            with Console.of(each.serial) as console:
                console.kill()


def run(*words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(cli, ["emulator", *words])
    assert done.exit_code == code, (done.output, done.exception)
    assert "Traceback" not in done.output
    return done


def test_the_life_of_an_emulator(sdk: Path) -> None:
    assert run("list").stdout.count("not running") == 2
    serial = run("start", "Pixel_8_API_34", "--speed", "umts").stdout.strip()
    port = console_port(serial)
    words = (sdk / f"words-{port}").read_text().split("\n")
    assert "-no-window" in words
    with connect(serial, boot_wait_s=0.0) as device:  # it was booted when `start` came back
        assert device.kind in ("emulator", "simulator")
    assert f"Pixel_8_API_34  {serial}" in run("list").stdout
    run("start", "Pixel_8_API_34", code=2)
    assert "384 kbit/s" in run("network", serial).stdout
    assert "full speed" in run("network", "Pixel_8_API_34", "--speed", "full").stdout
    run("snapshot", "save", "mine", "-s", serial)
    assert run("snapshot", "list", "-s", serial).stdout.split() == ["ready", "mine"]
    run("snapshot", "load", "none", "-s", serial, code=2)
    run("snapshot", "save", "-s", serial, code=2)
    run("stop", "Nexus", code=2)
    done = run("stop", "Pixel_8_API_34", "--save", "last")
    assert done.stdout == f"stopped {serial} (Pixel_8_API_34)\n"
    assert serial not in {each.serial for each in running()}


def test_an_emulator_that_does_not_start(sdk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("start", "Pixel_8_API_34", "--flag", "-accel", "--flag", "off", code=3)
    assert "the emulator ended with 1: INFO" in done.output
    assert "/dev/kvm" in done.output
    assert "join the group kvm" in done.output
    done = run("start", "Pixel_8_API_34", "--flag", "-never-boots", "--timeout", "1", code=3)
    assert "did not finish booting within" in done.output
    done = run("start", "Pixel_9", code=2)
    assert "no AVD 'Pixel_9'" in done.output
    done = run("start", "Pixel_8_API_34", "--speed", "3g", code=2)
    assert "no network speed '3g'" in done.output
    monkeypatch.setenv("ANDROID_HOME", str(sdk / "empty"))
    monkeypatch.delenv("ANDROID_SDK_ROOT", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert "Android's emulator is not on this machine" in run("list", code=3).output


def test_an_avd_of_devices_yaml_is_started_when_it_is_asked_for(
    sdk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sdk)
    entry = "devices: {tab: {kind: emulator, avd: Tablet.API-33, app: clips}}\n"
    (sdk / "devices.yaml").write_text(entry)
    before = {each.serial for each in running()}
    done: Any = CliRunner().invoke(cli, ["doctor", "-s", "tab"])
    assert "Starting the emulator with Tablet.API-33" in done.stderr
    assert done.exit_code == 0, done.output
    assert {each.serial for each in running()} == before  # what was started for it is ended
