"""The error tree: every class is drawn, has its exit code, and says where a file is wrong."""

from __future__ import annotations

import inspect

import pytest

from droidcancel import errors
from droidcancel.errors import ConfigError, DroidCancelError, ParseError, RestoreError

CLASSES = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, DroidCancelError)
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_class_stands_in_the_drawing_with_its_exit_code(cls: type[DroidCancelError]) -> None:
    drawn = [line for line in (errors.__doc__ or "").splitlines() if f"{cls.__name__} " in line]
    assert len(drawn) == 1
    words = drawn[0].replace("exit code", "").split()
    assert str(cls.exit_code) in words[words.index(cls.__name__) : words.index(cls.__name__) + 2]


def test_the_drawing_nests_as_the_classes_do() -> None:
    depths = {}
    for line in (errors.__doc__ or "").splitlines():
        for cls in CLASSES:
            if f"{cls.__name__} " in line:
                depths[cls] = (line.index(cls.__name__) - 4) // 4
    for cls in CLASSES:
        assert depths[cls] == len(cls.__mro__) - len(DroidCancelError.__mro__), cls


def test_the_hint_follows_the_message() -> None:
    error = DroidCancelError("no phone", "attach one")
    assert str(error) == "no phone"
    assert error.explain() == "no phone\nattach one"
    assert DroidCancelError("no phone").explain() == "no phone"


def test_a_config_error_names_its_place() -> None:
    error = ConfigError("unknown key", file="devices.yaml", line=3, column=5, key="devices.a.kid")
    assert str(error) == "devices.yaml:3:5: devices.a.kid: unknown key"
    assert (error.file, error.line, error.column, error.key) == (
        "devices.yaml",
        3,
        5,
        "devices.a.kid",
    )
    assert str(ConfigError("is empty", file="x.yaml")) == "x.yaml: is empty"


def test_a_parse_error_shows_the_line_but_not_a_book() -> None:
    error = ParseError("the airplane mode", "x" * 1000)
    assert "the airplane mode" in str(error)
    assert len(str(error)) < 300


def test_a_restore_error_lists_what_is_left() -> None:
    assert RestoreError("two are left", left=["wifi", "data"]).left == ("wifi", "data")
