"""What droidcancel does not do: not on this phone, not more than so much, not as somebody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from benchmarks.random_phone import differences, snapshot
from droidcancel.cli import COMMANDS, cli
from droidcancel.recipe.load import recipe_names
from droidcancel.simulator import Simulator
from tests.conftest import MakePhone, wait_until
from tests.recipe.conftest import LIMITS, MakeLab, make_lab

__all__ = ["make_lab"]
SHORT = "{quiet_period_s: 0.5, late_period_s: 0.5, watch_resume_s: 0.5, step_timeout_s: 15}"
#: commands that change a phone, with the words that they need; they refuse a protected one
CHANGE = {
    "run": ("cancel_airplane",),
    "cancel": (),
    "matrix": ("--methods", "airplane", "--moments", "posting"),
    "simulator": ("capture", "cancel_airplane"),
    "doctor": ("--probe",),
    "record": ("cancel_airplane", "-o", "recorded"),
}
#: commands that change no phone of devices.yaml, and why
HARMLESS = {
    "demo": "on a virtual phone of its own",
    "devices": "reads",
    "recipes": "reads files",
    "report": "reads files",
    "validate": "reads files",
    "schema": "writes a schema",
    "history": "reads what was kept",
    "mcp": "goes through what the other commands do, see test_mcp.py",
    "fleet": "goes through what the other commands do, on each worker",
    "ui": "reads the screen; learns into a file of this machine",
    "restore": "puts back what was changed, and that alone",
    "emulator": "starts and ends emulators",
}


@pytest.fixture
def phone(make_phone: MakePhone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    monkeypatch.setenv("DROIDCANCEL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return make_phone(api=34, apps=("clips",), serial="REALSERIAL1")


def devices(serial: str, more: str = "") -> str:
    return f"devices:\n  it: {{kind: usb, serial: '{serial}', app: clips, limits: {SHORT}{more}}}\n"


@pytest.fixture
def call(phone: Simulator, tmp_path: Path) -> Callable[..., Result]:
    def go(text: str, name: str, *words: str, serial: str = "it") -> Result:
        file = tmp_path / "devices.yaml"
        file.write_text(text)
        # a group of commands takes its options behind the command's own name
        options = ["-s", serial, "--devices", str(file)]
        more = ["-o", "out"] if "capture" in words else []
        return CliRunner().invoke(cli, [name, *words, *options, *more])

    return go


def programs(phone: Simulator) -> list[tuple[str, ...]]:
    return phone.call(lambda: list(phone.phone.audit.programs))


def changing(phone: Simulator) -> list[tuple[str, ...]]:
    return phone.call(lambda: phone.phone.audit.changing)


# -- protected -----------------------------------------------------------------------------------
def test_each_command_is_known_to_change_phones_or_not() -> None:
    assert set(COMMANDS) <= set(CHANGE) | set(HARMLESS)


def test_no_command_changes_a_protected_phone(
    phone: Simulator, call: Callable[..., Result]
) -> None:
    before = phone.call(lambda: snapshot(phone.phone))
    for name, words in CHANGE.items():
        done = call(devices(phone.serial, ", protected: true"), name, *words)
        assert done.exit_code == 2, done.output
        assert "is marked protected in devices.yaml" in done.output
    # the same phone by another of its serials
    done = call(devices("REALSERIAL1", ", protected: true"), "cancel", serial=phone.serial)
    assert "is marked protected in devices.yaml" in done.output
    assert changing(phone) == []
    # the shells of the last command end a moment after it
    wait_until(lambda: not differences(before, phone.call(lambda: snapshot(phone.phone))))
    done = call(devices(phone.serial, ", protected: true"), "restore")
    assert done.exit_code == 0, done.output


# -- dry runs ------------------------------------------------------------------------------------
def test_a_dry_run_of_any_recipe_sends_the_phone_nothing(
    phone: Simulator, call: Callable[..., Result]
) -> None:
    before = programs(phone)
    for name in recipe_names():
        done = call(devices(phone.serial), "run", name, "--dry-run")
        assert done.exit_code == 0, done.output
        assert "expected:" in done.output
    assert programs(phone) == before


@pytest.mark.slow
def test_a_dry_run_of_a_delete_looks_and_changes_nothing(
    phone: Simulator, call: Callable[..., Result]
) -> None:
    def post() -> None:
        store = phone.cloud.store
        store.sign_in("dana")
        record = store.create("dana", 8, "an older one", "public", "")
        record.take(b"x" * 8)
        store.commit(record)

    phone.call(post)
    before = phone.call(lambda: snapshot(phone.phone))
    done = call(
        devices(phone.serial), "run", "delete_post", "-e", "caption=an older one", "--dry-run"
    )
    assert "would delete the video 'an older one'" in done.output, done.output
    assert changing(phone) == []
    assert [record.state for record in phone.cloud.records] == ["live"]
    wait_until(lambda: not differences(before, phone.call(lambda: snapshot(phone.phone))))


# -- limits --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("more", "words", "said"),
    [
        ("", ("--repeat", "11"), "max_posts (10)"),
        ("", ("--max-posts", "0"), "max_posts (0)"),
        ("", ("--max-posts", "5", "--repeat", "6"), "max_posts (5)"),
        ("", ("--max-posts", "99", "--repeat", "11"), "max_posts (10)"),
    ],
)
def test_a_command_that_would_post_too_often_posts_nothing(
    more: str, words: tuple[str, ...], said: str, phone: Simulator, call: Callable[..., Result]
) -> None:
    done = call(devices(phone.serial, more), "run", "cancel_airplane", *words)
    assert done.exit_code == 2
    assert said in done.output
    assert changing(phone) == []


ONE_MORE = """name: more
title: x
app: clips
vars: {video: , caption: x}
expect: [published]
steps:
  - launch
  - share_video: "${video}"
  - caption: "${caption}"
  - repeat: {times: 3, steps: [STEP]}
"""


@pytest.mark.parametrize(
    "step", ["post", pytest.param("{tap: post_button}", marks=pytest.mark.extended)]
)
def test_a_recipe_that_posts_once_too_often_is_stopped_before_it(
    step: str, make_lab: MakeLab, tmp_path: Path
) -> None:
    file = tmp_path / "more.yaml"
    file.write_text(ONE_MORE.replace("STEP", step))
    lab = make_lab(api=34)
    none = LIMITS.model_copy(update={"max_posts": 0})
    result = lab.run(file, limits=none)
    assert result.exit_code == 2
    assert "max_posts (0)" in result.error.message
    assert lab.states == []
    assert lab.is_as_before()


def test_a_recipe_takes_no_file_but_a_video_to_a_phone(
    phone: Simulator, call: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("SECRET")
    (tmp_path / "link.mp4").symlink_to(tmp_path / "key")
    for name in ("key", "link.mp4"):
        file = tmp_path / "take.yaml"
        file.write_text(ACCOUNT.replace("${video}", str(tmp_path / name)))
        done = call(devices(phone.serial), "run", str(file), "-e", "caption=x")
        assert done.exit_code == 2, done.output
        assert "is no video by its name" in done.output
    assert phone.call(lambda: phone.phone.audit.matching("mkdir")) == []


# -- the account ---------------------------------------------------------------------------------
ACCOUNT = """name: up
title: x
app: clips
vars: {video: , caption: x}
expect: [passed, unknown, invalid]
steps: [launch, {share_video: "${video}", optional: true, retry: 2}]
"""


@pytest.mark.parametrize(
    ("account", "refused"),
    [
        ("@Dana", False),
        pytest.param("dana", False, marks=pytest.mark.extended),
        ("somebody.else", True),
    ],
)
def test_nothing_is_done_as_another_account_than_the_one_named(
    account: str, refused: bool, make_lab: MakeLab, tmp_path: Path
) -> None:
    file = tmp_path / "up.yaml"
    file.write_text(ACCOUNT)
    lab = make_lab(api=34)
    result: Any = lab.run(file, account=account)
    if refused:
        assert result.exit_code == 2
        assert "not 'somebody.else'; nothing was posted or deleted" in result.error.message
        pushed = lab.simulator.call(lambda: lab.simulator.phone.audit.matching("mkdir"))
        assert pushed == []
    else:
        assert result.error is None
    assert lab.is_as_before()
