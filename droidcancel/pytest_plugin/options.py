"""The plugin's options. Each `--droid-x-y` is also the ini key `droid_x_y`."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

STAMP = "droid_stamp"
STAMP_KEY = pytest.StashKey[str]()
KEEP = ("on", "off", "retain-on-failure")
OFF, ON, RETAIN = "off", "on", "retain-on-failure"


@dataclass(frozen=True)
class Option:
    """An option and its ini key. `many`: may be given several times; `flag`: takes no value."""

    name: str
    help: str
    default: Any = None
    choices: tuple[str, ...] = ()
    metavar: str | None = None
    many: bool = False
    flag: bool = False

    @property
    def key(self) -> str:
        return f"droid_{self.name.replace('-', '_')}"


OPTIONS = (
    Option(
        "device",
        "A phone that tests may use: a name in devices.yaml, a serial, or `all` that are attached; "
        "may be given several times, or with commas. Each worker of pytest-xdist takes one.",
        metavar="NAME",
        many=True,
    ),
    Option("each-device", "Run each test on every phone of --droid-device.", flag=True),
    Option("devices", "The devices.yaml to use.", metavar="FILE"),
    Option(
        "scope",
        "How long a phone is kept: for the whole session (default), a module, or one test.",
        "session",
        ("session", "module", "test"),
    ),
    Option(
        "lease-timeout",
        "How many seconds to wait for a phone that others are using (default 600).",
        "600",
        metavar="SECONDS",
    ),
    Option("app", "The app profile, where a test or a recipe names none.", metavar="PROFILE"),
    Option("package", "Which build of the app, where several are installed.", metavar="PACKAGE"),
    Option("observer", "A second phone, logged in to another account.", metavar="NAME"),
    Option("app-build", "The build of the app on virtual phones.", metavar="BUILD"),
    Option("upload", "The video that tests upload; without it a sample.", metavar="FILE"),
    Option("var", "A variable of recipes, as NAME=VALUE.", metavar="NAME=VALUE", many=True),
    Option(
        "yes",
        "Say yes to what recipes ask and to deletes by name; use protected phones.",
        flag=True,
    ),
    Option(
        "undecided",
        "What a verdict `invalid` or `unknown` is: a skip (default) or an error.",
        "skip",
        ("skip", "error"),
    ),
    Option("recipes", "Which YAML files are recipes (glob patterns).", metavar="GLOB", many=True),
    Option(
        "output",
        "Where reports are kept, in a folder a session (default reports/pytest).",
        "reports/pytest",
        metavar="DIR",
    ),
    Option("report", "The report page of each run.", RETAIN, KEEP),
    Option("screenshots", "Screenshots: of the runs, and at the end of a test.", RETAIN, KEEP),
    Option("hierarchy", "The screen's hierarchy at the end of a test, as XML.", RETAIN, KEEP),
    Option("logcat", "What the phone logged during a test.", RETAIN, KEEP),
    Option("video", "A film of the phone's screen during the test, as MP4.", OFF, KEEP),
    Option("jsonl", "Write each run as a line of JSON.", metavar="FILE"),
    Option("allure", "Write each run as an Allure result into DIR.", metavar="DIR"),
    Option(
        "github-summary",
        "Write a GitHub job summary, and annotations for what is wrong.",
        flag=True,
    ),
)
BY_NAME = {option.name: option for option in OPTIONS}


def add(parser: pytest.Parser) -> None:
    """Make the options and the ini keys known."""
    group = parser.getgroup("droidcancel", "phones, uploads and recipes (droidcancel)")
    for option in OPTIONS:
        words: dict[str, Any] = {"dest": option.key, "default": None, "help": option.help}
        if option.flag:
            words["action"] = "store_true"
        else:
            words["action"] = "append" if option.many else "store"
            words["metavar"] = option.metavar
        if option.choices:
            words |= {"choices": option.choices, "metavar": "|".join(option.choices)}
        group.addoption(f"--droid-{option.name}", **words)
        kind = "bool" if option.flag else "linelist" if option.many else "string"
        parser.addini(option.key, option.help, type=kind, default=None)  # type: ignore[arg-type]


def value(config: pytest.Config, name: str) -> Any:
    """What the option says, else the ini key, else the default."""
    option = BY_NAME[name]
    given = config.getoption(option.key, None)
    if given:
        return given
    return config.getini(option.key) or option.default or ([] if option.many else None)


def names(config: pytest.Config, name: str) -> list[str]:
    """An option that takes several: those in one value with commas apart too."""
    return [part.strip() for text in value(config, name) for part in text.split(",") if part]


def path(config: pytest.Config, name: str) -> Path | None:
    """A file or folder; of an ini key from the ini file's folder."""
    option = BY_NAME[name]
    given = config.getoption(option.key, None)
    if given:
        return Path(config.invocation_params.dir, given)
    said = config.getini(option.key) or option.default
    return config.rootpath / said if said else None


def variables(config: pytest.Config) -> dict[str, str]:
    """--droid-var."""
    return dict(pair.split("=", 1) for pair in value(config, "var"))


def check(config: pytest.Config) -> None:
    """pytest.UsageError for a value that cannot be meant, before any test is run."""
    for option in OPTIONS:
        said = value(config, option.name)
        if option.choices and said not in option.choices:
            wanted = ", ".join(option.choices)
            raise pytest.UsageError(f"{option.key} = {said}: expected one of {wanted}")
    for pair in value(config, "var"):
        if not re.match(r"[A-Za-z_]\w*=", pair):
            raise pytest.UsageError(f"--droid-var {pair}: expected NAME=VALUE")
    try:
        seconds(config)
    except ValueError:
        said = value(config, "lease-timeout")
        raise pytest.UsageError(f"--droid-lease-timeout {said}: expected seconds") from None
    if value(config, "video") != OFF and find_spec("av") is None:
        raise pytest.UsageError(
            "--droid-video needs PyAV, which is not installed: "
            "python -m pip install 'droidcancel[video]'"
        )
    for name in ("devices", "upload"):
        file = path(config, name)
        if file is not None and not file.is_file():
            raise pytest.UsageError(f"--droid-{name}: there is no file {file}")


def seconds(config: pytest.Config) -> float:
    """--droid-lease-timeout."""
    return float(value(config, "lease-timeout"))


def stamp(config: pytest.Config) -> str:
    """The name of this session's folder, the same in every worker."""
    given: str | None = getattr(config, "workerinput", {}).get(STAMP)
    if given is not None:
        return given
    if STAMP_KEY not in config.stash:
        config.stash[STAMP_KEY] = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    return config.stash[STAMP_KEY]


def session_folder(config: pytest.Config) -> Path:
    """Where this session keeps what it makes; nothing that was there before is touched."""
    root = path(config, "output")
    assert root is not None  # it has a default
    return root / stamp(config)


def header(config: pytest.Config) -> list[str]:
    """What is worth saying above the tests: nothing where nothing was asked for."""
    chosen = names(config, "device")
    return [f"droidcancel: {', '.join(chosen)}"] if chosen else []
