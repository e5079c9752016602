"""A PIN goes to the phone and nowhere else: no output, file, log or list of processes has it."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as some

from droidcancel.cli import cli
from droidcancel.cli.options import print_json
from droidcancel.cli.terminal import console, say
from droidcancel.device.config import parse_devices
from droidcancel.device.pin_pad import type_pin
from droidcancel.errors import ConfigError, UsageError
from droidcancel.secret import HIDDEN, Secret, redacted, redacted_json
from droidcancel.simulator import Simulator
from droidcancel.simulator.uiautomator import METHODS
from droidcancel.simulator.uiautomator_errors import InvalidParams
from tests.conftest import MakePhone

PIN = "73914628"
RECIPE = """name: look
title: Look
vars: {caption: x}
app: clips
expect: [passed]
steps: [{launch: feed}, {screenshot: seen}]
"""
LIMITS = "{quiet_period_s: 0.5, late_period_s: 0.5, watch_resume_s: 0.5, step_timeout_s: 15}"


@pytest.fixture
def locked(make_phone: MakePhone) -> Simulator:
    """A phone that is locked with the PIN, its screen off."""
    phone = make_phone(api=34, apps=("clips",))

    def lock() -> None:
        phone.phone.power.pin = PIN
        phone.phone.power.sleep()

    phone.call(lock)
    return phone


@pytest.fixture
def run(
    locked: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> Callable[..., Result]:
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("DROIDCANCEL_DEBUG", "1")
    caplog.set_level(logging.DEBUG)
    (tmp_path / "look.yaml").write_text(RECIPE)
    (tmp_path / "devices.yaml").write_text(
        f"devices:\n  it: {{kind: usb, serial: '{locked.serial}', app: clips, pin_env: THE_PIN, "
        f"limits: {LIMITS}}}\n"
    )

    def go(pin: str, *more: str) -> Result:
        monkeypatch.setenv("THE_PIN", pin)
        words = ["run", str(tmp_path / "look.yaml"), "-s", "it", "--report", str(tmp_path / "out")]
        words += ["--devices", str(tmp_path / "devices.yaml"), "--junit", str(tmp_path / "j.xml")]
        done = CliRunner().invoke(cli, [*words, *more])
        monkeypatch.delenv("THE_PIN")
        return done

    return go


def everything(done: Result, phone: Simulator, folder: Path, log: str) -> str:
    """All that was said and written, on this machine and on the phone."""
    parts = [done.output, done.stdout, done.stderr, repr(done.exception), log]
    for path in folder.rglob("*"):
        parts.append(str(path))
        if path.is_file():
            parts.append(path.read_bytes().decode("latin-1"))
    it = phone.phone
    parts += phone.call(lambda: [" ".join(argv) for argv in it.audit.programs])
    parts += phone.call(lambda: [f"{line.tag} {line.message}" for line in it.log.lines()])
    parts += phone.call(lambda: [" ".join(p.args) for p in it.processes if hasattr(p, "args")])
    return "\n".join(parts)


def is_unlocked(phone: Simulator) -> bool:
    return not phone.call(lambda: phone.phone.power.keyguard)


def test_a_run_on_a_locked_phone_says_its_pin_nowhere(
    locked: Simulator, run: Callable[..., Result], tmp_path: Path, caplog: Any
) -> None:
    done = run(PIN)
    assert is_unlocked(locked), done.output
    said = everything(done, locked, tmp_path, caplog.text)
    assert "keyevent" in said  # the phone's list of programs is among it
    assert "run.json" in said
    assert PIN not in said
    assert not any(f"keyevent {7 + int(digit)}\n" in said for digit in PIN)


@pytest.mark.extended
def test_a_wrong_pin_is_said_nowhere_either(
    locked: Simulator, run: Callable[..., Result], tmp_path: Path, caplog: Any
) -> None:
    done = run("82641937", "--json")
    assert not is_unlocked(locked)
    assert "stays locked after the PIN was typed, once" in done.output
    assert "82641937" not in everything(done, locked, tmp_path, caplog.text)


def test_a_screen_server_that_fails_at_a_key_does_not_name_it(
    locked: Simulator, run: Callable[..., Result], tmp_path: Path, caplog: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    async def fail(_service: Any, code: int, _meta: int = 0) -> None:
        raise InvalidParams(f"key {code} of {PIN}")

    monkeypatch.setitem(METHODS, "pressKeyCode", fail)
    done = run(PIN)
    assert "the PIN could not be typed" in done.output
    said = everything(done, locked, tmp_path, caplog.text)
    own = [line for line in said.splitlines() if "uidumper" not in line]  # our lie, on the phone
    assert PIN not in "\n".join(own)


# -- the secret itself ----------------------------------------------------------------------------
def test_a_secret_shows_nowhere() -> None:
    secret = Secret(PIN)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>20}", f"{[secret]}", "%s" % secret]  # noqa: UP031
    assert all(PIN not in text for text in shown)
    assert secret.reveal() == PIN
    for write in (json.dumps, pickle.dumps, copy.copy):
        with pytest.raises(TypeError):
            write(secret)  # type: ignore[operator]


def test_what_is_said_of_a_secret_is_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    secret = Secret(PIN)
    assert redacted(f"typed {PIN}.") == f"typed {HIDDEN}."
    assert redacted(f"at 1{PIN}, {PIN}.5 and x{PIN}") == f"at 1{PIN}, {PIN}.5 and x{PIN}"
    assert redacted_json({"a": [PIN, int(PIN)]}) == {"a": [HIDDEN, int(PIN)]}
    say(f"the phone said '{PIN}'")
    print_json({"reason": f"said {PIN}"})
    console(stderr=True).print(f"the phone said '{PIN}'")
    printed = capsys.readouterr()
    assert PIN not in printed.out + printed.err
    assert secret.reveal() == PIN
    gone = Secret("55512345")
    del gone
    assert redacted("55512345") == "55512345"


@given(some.text())
def test_nothing_is_taken_out_of_a_text_without_a_secret(text: str) -> None:
    secret = Secret("•" * 4 + "1")
    assert redacted(text) == text or secret.reveal() in text


def test_a_short_secret_is_no_reason_to_take_words_apart() -> None:
    secret = Secret("1")
    assert redacted("1 of 1") == "1 of 1"
    assert str(secret) == HIDDEN


# -- keys -----------------------------------------------------------------------------------------
def test_a_pin_is_pressed_key_by_key() -> None:
    pressed: list[tuple[int, int]] = []
    type_pin(Secret("07aZ !"), lambda code, meta: pressed.append((code, meta)))
    assert pressed == [(7, 0), (14, 0), (29, 0), (54, 1), (62, 0), (8, 1), (66, 0)]


@pytest.mark.parametrize("pin", ["12ä4", "12\n4", "1²34", "12\0004"])
def test_a_pin_without_keys_is_refused_before_any_is_pressed(pin: str) -> None:
    pressed: list[int] = []
    with pytest.raises(UsageError) as caught:
        type_pin(Secret(pin), lambda code, _: pressed.append(code))
    assert pressed == []
    assert pin not in caught.value.explain()


# -- where it comes from ---------------------------------------------------------------------------
def entry(more: str) -> Any:
    found = parse_devices(f"devices:\n  a: {{kind: usb, serial: x, {more}}}\n").entry("a")
    assert found is not None
    return found


def test_a_pin_is_asked_for_where_there_is_a_terminal() -> None:
    pin = entry("pin_from: prompt").pin(lambda: PIN)
    assert pin.reveal() == PIN
    with pytest.raises(UsageError, match="no terminal"):
        entry("pin_from: prompt").pin()


def test_a_keyring_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(UsageError, match="needs the package keyring"):
        entry("pin_from: keyring").pin()


READS_PIN = """
from droidcancel.device.config import parse_devices
from droidcancel.errors import UsageError
try:
    devices = parse_devices("devices: {a: {kind: usb, serial: x, pin_from: keyring}}", "d")
    pin = devices.entry("a").pin()
    print(pin, pin.reveal())
except UsageError as error:
    print(error.message)
"""


@pytest.mark.parametrize(
    ("backend", "stored", "said"),
    [
        ("keyrings.alt.file.PlaintextKeyring", "x", f"{HIDDEN} {PIN}"),
        ("keyring.backends.null.Keyring", "", "the keyring has no PIN of x"),
        ("keyring.backends.fail.Keyring", "", "the keyring did not answer: NoKeyringError"),
        ("no.such.Keyring", "", "the keyring did not answer: ModuleNotFoundError"),
    ],
)
def test_a_pin_comes_from_a_true_keyring(
    tmp_path: Path, backend: str, stored: str, said: str
) -> None:
    """Stored by the package's own command; the backend is the one that the environment names."""
    env = {**os.environ, "PYTHON_KEYRING_BACKEND": backend, "HOME": str(tmp_path)}
    env |= {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    if stored:
        store = [sys.executable, "-m", "keyring", "set", "droidcancel", stored]
        subprocess.run(store, input=PIN, text=True, env=env, check=True, capture_output=True)
    told = subprocess.run(
        [sys.executable, "-c", READS_PIN], env=env, check=True, capture_output=True, text=True
    )
    assert told.stdout.strip() == said, told.stderr


@pytest.mark.parametrize("more", ["pin: 73914628", "pin_from: 73914628", "pin_env: 73914628"])
def test_a_pin_in_the_file_is_refused_and_not_repeated(more: str) -> None:
    with pytest.raises(ConfigError) as caught:
        entry(more)
    assert PIN not in caught.value.explain()


def test_two_places_for_a_pin_are_one_too_many() -> None:
    with pytest.raises(ConfigError, match="keep one"):
        entry("pin_env: A, pin_from: prompt")


# -- the terminal ----------------------------------------------------------------------------------
EVIL = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\r\u202egnp"


def test_a_phone_does_not_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say(EVIL)
    say(EVIL, err=True)
    print_json({"caption": EVIL})
    console(force_terminal=True, highlight=False, width=200).print(EVIL, markup=False)
    printed = capsys.readouterr()
    for sign in "\x07\x9b\r\u202e":
        assert sign not in printed.err
    assert "\x1b" not in printed.out + printed.err
    assert json.loads(printed.out.splitlines()[1]) == {"caption": EVIL}
