"""The command line: its table, its help, its messages and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from droidcancel.apps.profile import profile_path
from droidcancel.cli import COMMANDS, cli
from droidcancel.recipe.load import recipe_names
from droidcancel.simulator import PhoneOptions, Simulator
from tests.conftest import MakePhone, run_adb, wait_listed

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), prog_name="droidcancel")


def all_commands(
    group: click.Group, path: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found.append(((*path, name), command))
        if isinstance(command, click.Group):
            found += all_commands(command, (*path, name))
    return found


EVERY = all_commands(cli)


@pytest.mark.parametrize(("path", "command"), EVERY, ids=lambda value: str(value))
def test_every_command_has_help(path: tuple[str, ...], command: click.Command) -> None:
    done = run(*path, "--help")
    assert done.exit_code == 0
    assert command.help
    first = command.help.strip().splitlines()[0]
    assert first.endswith((".", ":"))
    if len(path) == 1:
        assert COMMANDS[path[0]][1] == first
        assert f"droidcancel {path[0]}" in README


@pytest.mark.parametrize(("path", "command"), EVERY, ids=lambda value: str(value))
def test_every_option_says_what_it_is(path: tuple[str, ...], command: click.Command) -> None:
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name not in (
            "locale", "model", "repeat", "method", "at", "api", "report", "screen", "output",
        ):  # fmt: skip
            assert parameter.help, f"{path}: {parameter.opts}"


def refused(done: Result, code: int, *said: str) -> None:
    """One clear message, the right exit code, and no traceback."""
    assert done.exit_code == code, done.output
    for part in said:
        assert part in done.output, done.output
    assert "Traceback" not in done.output
    assert "internal error" not in done.output


WRONG: Sequence[tuple[tuple[str, ...], int, tuple[str, ...]]] = (
    (("runn",), 2, ("no such command 'runn'", "Did you mean 'run'?")),
    (("run",), 2, ("Missing argument",)),
    (("run", "cancel_airplan"), 2, ("no recipe 'cancel_airplan'", "cancel_airplane")),
    (("run", "none/such.yaml"), 2, ("there is no recipe file none/such.yaml",)),
    (("run", "cancel_airplane", "--at", "half"), 2, ("--at half: not a moment", "3MB, 'after 2s'")),
    (("run", "cancel_airplane", "--method", "magic"), 2, ("no cancel method 'magic'", "airplane")),
    (("run", "cancel_airplane", "-e", "novalue"), 2, ("expected NAME=VALUE",)),
    (("run", "cancel_airplane", "-e", "vidio=x"), 2, ("no variable 'vidio'", "video")),
    (("run", "cancel_airplane", "--video", "/no/such.mp4"), 2, ("there is no video file",)),
    (("run", "cancel_airplane", "--repeat", "0"), 2, ("0 is not in the range",)),
    (("run", "cancel_airplane", "--devices", "/no/devices.yaml"), 2, ("/no/devices.yaml",)),
    (("cancel", "magic"), 2, ("no cancel method 'magic'",)),
    (("matrix", "--methods", "magic"), 2, ("no cancel method 'magic'", "airplane")),
    (("matrix", "--moments", "noon"), 2, ("--at noon: not a moment",)),
    (("matrix", "--methods", ","), 2, ("the list is empty",)),
    (("matrix", "--video", "/no/such.mp4"), 2, ("there is no video file",)),
    (("demo", "--method", "magic"), 2, ("no cancel method 'magic'",)),
    (("simulator", "start", "--api", "99"), 2, ("99 is not in the range",)),
    (("simulator", "start", "--app-build", "nonesuch"), 2, ("nonesuch",)),
    (("simulator", "start", "--accounts", "dana,no one"), 2, ("'no one' is no name",)),
    (("simulator", "start", "--accounts", "dana", "--count", "2"), 2, ("leave out --count",)),
    (("simulator", "start", "--accounts", "dana,eve", "--port", "5555"), 2, ("one phone",)),
    (("simulator", "start", "--quirk", "odd"), 2, ("no quirk is called odd", "svc-data-lies")),
    (("simulator", "start", "--vendor", "nokia"), 2, ("google, samsung, xiaomi",)),
    (("simulator", "start", "--locale", "xx"), 2, ("en-US", "zh-TW")),
    (
        ("simulator", "start", "--app", "tiktok", "--app-version", "43.1.5"),
        2,
        ("no version '43.1.5' of com.zhiliaoapp.musically", "did you mean '43.1.4'"),
    ),
    (("simulator", "stop"), 2, ("say which simulators to stop",)),
    (("simulator", "stop", "nobody"), 2, ("no simulator nobody runs",)),
    (("recipes", "validate", "/no/such.yaml"), 2, ("there is no recipe file",)),
    (("restore", "-s", "nobody"), 3, ("nobody is not attached",)),
    (("restore",), 3, ("no device is attached", "droidcancel simulator start")),
    (("doctor",), 3, ("no device is attached",)),
    (("cancel",), 3, ("no device is attached",)),
    (("run", "upload_video"), 2, ("upload_video is a part of other recipes",)),
    (("run", "cancel_airplane", "--video", __file__), 2, ("no video by its name", ".mp4")),
    (("run", "cancel_airplane", "--dry-run", "--junit", "/dev/null/x.xml"), 2, ("/dev/null",)),
)  # fmt: skip


@pytest.mark.parametrize(("words", "code", "said"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_what_is_wrong_is_said_once_and_clearly(
    adb_server: int, words: tuple[str, ...], code: int, said: tuple[str, ...], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    refused(run(*words), code, *said)


BAD_RECIPES = {
    "not yaml": ("name: [", (":1:",)),
    "a list": ("- launch\n", ("expected",)),
    "unknown step": (
        "name: x\ntitle: X\nexpect: cancelled\nsteps:\n  - lunch\n", (":5:", "launch"),
    ),
    "unknown key": (
        "name: x\ntitle: X\nexpects: cancelled\nsteps:\n  - launch\n", (":3:", "expect"),
    ),
    "unknown verdict": (
        "name: x\ntitle: X\nexpect: canceled\nsteps:\n  - launch\n", (":3:", "cancelled"),
    ),
    "unknown element": (
        "name: x\ntitle: X\napp: clips\nexpect: cancelled\nsteps:\n  - tap: post_buton\n",
        (":6:", "post_button"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_RECIPES)
def test_a_bad_recipe_is_named_with_its_place(name: str, tmp_path: Path) -> None:
    text, said = BAD_RECIPES[name]
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    refused(run("recipes", "validate", str(path)), 2, "bad.yaml", *said)


def test_recipes_that_ship_are_good_and_listed() -> None:
    listed = json.loads(run("recipes", "list", "--json").output)
    names = [recipe["name"] for recipe in listed]
    assert len(names) >= 6
    for name in names:
        assert run("recipes", "validate", name, "--app", "clips").exit_code == 0
        assert f"name: {name}" in run("recipes", "show", name).output


def test_schema_is_json_schema() -> None:
    schema = json.loads(run("recipes", "schema").output)
    assert "steps" in schema["properties"]


def test_dry_run_needs_no_phone(adb_server: int) -> None:
    done = run("run", "cancel_airplane", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "cancel" in done.output


def test_dry_run_as_json_is_an_object_a_recipe(adb_server: int) -> None:
    words = ("cancel_airplane", "cancel_in_app", "--dry-run", "--json", "--at", "3MB")
    plans = [json.loads(line) for line in run("run", *words).stdout.splitlines()]
    assert [plan["method"] for plan in plans] == ["airplane", "in-app"]
    assert {plan["moment"] for plan in plans} == {"at 3MB"}
    assert all(plan["expected"] and plan["steps"] for plan in plans)


def test_a_dry_run_names_a_method_only_where_an_upload_is_cancelled(adb_server: int) -> None:
    words = ("delete_draft", "delete_post", "clear_cache", "--dry-run", "--json")
    plans = [json.loads(line) for line in run("run", *words).stdout.splitlines()]
    about = [(plan["method"], plan["moment"]) for plan in plans]
    assert about == [("airplane", "at 40%"), (None, "published"), (None, None)]


def test_a_phone_is_not_its_own_observer(make_phone: MakePhone, tmp_path: Path,
                                         monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    phone = make_phone(apps=("clips",))
    words = ("clear_cache", "-s", phone.serial, "--observer", phone.serial)
    refused(run("run", *words), 2, "the phone of the run itself", "another account")


def test_groups_without_a_word_list(adb_server: int) -> None:
    assert run("recipes").output == run("recipes", "list").output
    assert run("simulator").output == run("simulator", "list").output


def test_names_are_whole_on_a_narrow_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "droidcancel", "recipes"],
        env={**os.environ, "COLUMNS": "80"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "…" not in done.stdout
    for recipe in json.loads(run("recipes", "list", "--json").output):
        assert recipe["name"] in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_validate_goes_on_after_a_bad_recipe(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("name: x\n")
    bad = [str(tmp_path / f"{name}.yaml") for name in ("one", "two")]
    done = run("recipes", "validate", bad[0], "cancel_airplane", bad[1])
    refused(done, 2, "one.yaml:1:1", "two.yaml:1:1", "cancel_airplane: good")


def test_devices_says_what_to_do_when_there_is_none(adb_server: int) -> None:
    done = run("devices")
    assert done.exit_code == 0
    assert "droidcancel simulator start" in done.output


def test_two_phones_and_no_choice_is_an_error(make_phone: MakePhone, tmp_path: Path,
                                              monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    one, two = make_phone(), make_phone()
    done = run("run", "cancel_airplane")
    refused(done, 2, one.serial, two.serial, "-s SERIAL")
    listed = json.loads(run("devices", "--json").output)
    assert {device["serial"] for device in listed} == {one.serial, two.serial}
    refused(run("doctor", "-s", "nobody"), 2, "nobody is not attached", one.serial)


def test_app_that_is_not_installed(make_phone: MakePhone, tmp_path: Path,
                                   monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    phone = make_phone()
    done = run("run", "cancel_airplane", "-s", phone.serial, "--app", "clips")
    refused(done, 3, "not installed")


def test_two_builds_of_an_app_and_no_choice_is_an_error(
    make_phone: MakePhone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    phone = make_phone(apps=("clips",))
    both = tmp_path / "both.yaml"
    clips = profile_path("clips").read_text(encoding="utf-8")
    both.write_text(
        clips.replace("[org.droidcancel.clips]", "[org.droidcancel.clips, com.android.settings]")
    )
    words = ("run", "check_app_version", "-s", phone.serial, "--app", str(both), "-e",
             "min_version=1")  # fmt: skip
    refused(run(*words), 2, "installed 2 times", "--package org.droidcancel.clips")
    refused(run(*words, "--package", "org.droidcancel.clip"), 2, "did you mean")
    named = run(*words, "--package", "org.droidcancel.clips", "--dry-run")
    assert named.exit_code == 0, named.output


def test_every_shipped_recipe_is_checked_against_every_profile() -> None:
    done = run("recipes", "validate")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert len(lines) == len(recipe_names(fragments=True))
    assert all(line.endswith(": good (clips, tiktok)") for line in lines)


def test_protected_phone_wants_a_yes(make_phone: MakePhone, tmp_path: Path) -> None:
    phone = make_phone()
    devices = tmp_path / "devices.yaml"
    devices.write_text(
        f"devices:\n  lab:\n    kind: emulator\n    serial: '{phone.serial}'\n    protected: true\n"
    )
    done = run("run", "cancel_airplane", "-s", "lab", "--devices", str(devices))
    refused(done, 2, "protected", "--yes")


def test_doctor_names_each_method(make_phone: MakePhone) -> None:
    phone = make_phone(api=30, apps=("clips",))
    done = run("doctor", "-s", phone.serial, "--json")
    assert done.exit_code == 0, done.output
    findings = {f["topic"]: f for f in json.loads(done.output)["findings"]}
    assert findings["airplane"]["ok"]
    assert findings["in-app"]["ok"]
    assert not findings["app-network"]["ok"]
    assert findings["app-network"]["why"]


def test_restore_with_nothing_to_do(make_phone: MakePhone) -> None:
    phone = make_phone()
    done = run("restore", "-s", phone.serial)
    assert done.exit_code == 0, done.output
    assert "nothing to restore" in done.output


def test_what_a_virtual_phone_can_be_made_to_do_is_listed() -> None:
    known = json.loads(run("simulator", "quirks", "--json").output)
    assert "svc-data-lies" in known["quirks"]
    assert known["vendors"]["xiaomi"]["manufacturer"] == "Xiaomi"
    shown = run("simulator", "quirks")
    assert (shown.exit_code, "svc-data-lies" in shown.output) == (0, True)


@pytest.mark.usefixtures("emulator_ports")
def test_simulators_start_list_and_stop(adb_server: int) -> None:
    odd = ("--vendor", "samsung", "--quirk", "dual-sim", "--quirk", "no-airplane-tile")
    started = run("simulator", "start", "--api", "30", "--count", "2", *odd, "--json")
    assert started.exit_code == 0, started.output
    phones = [json.loads(line) for line in started.output.splitlines()]
    try:
        listed = json.loads(run("simulator", "list", "--json").output)
        assert {p["name"] for p in phones} <= {p["name"] for p in listed}
        assert {p["model"] for p in phones} == {"SM-A235F"}
        for phone in phones:
            run_adb("connect", f"127.0.0.1:{phone['adb_port']}")
            release = run_adb(
                "-s", f"127.0.0.1:{phone['adb_port']}", "shell", "getprop ro.build.version.sdk"
            )
            assert release.stdout.strip() == b"30"
    finally:
        for phone in phones:
            run_adb("disconnect", f"127.0.0.1:{phone['adb_port']}")
        stopped = run("simulator", "stop", *(phone["name"] for phone in phones))
    assert stopped.output.splitlines() == [f"stopped {phone['name']}" for phone in phones]
    assert json.loads(run("simulator", "list", "--json").output) == []


def test_a_taken_port_is_said(adb_server: int) -> None:
    with Simulator(PhoneOptions(apps=()), emulator_port=False) as phone:
        done = run("simulator", "start", "--port", str(phone.port))
    refused(done, 3, "did not start", "in use")


@pytest.mark.usefixtures("emulator_ports")
def test_emulator_ports_give_emulator_serials(adb_server: int) -> None:
    with Simulator(PhoneOptions(apps=()), adb_server=adb_server) as phone:
        if phone.serial.startswith("127."):
            pytest.skip("every emulator port of this machine is taken")
        wait_listed(phone.serial)
        assert phone.serial == f"emulator-{phone.port - 1}"
    run_adb("kill-server")
    run_adb("start-server")
