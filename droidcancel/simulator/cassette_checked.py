"""Taking values out of JSON one by one, each of the type and size that is wanted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

MOST_TEXT = 10_000

Fail = Callable[[str], NoReturn]


class Checked:
    """A JSON object whose values are taken out one by one, each of the type that is wanted."""

    def __init__(self, value: Any, where: str, fail: Fail) -> None:
        if not isinstance(value, dict):
            fail(f"{where} is no object")
        self._value: dict[str, Any] = value
        self.where = where
        self.fail = fail

    def child(self, name: str) -> Checked:
        return Checked(self._value.get(name), f"{self.where}.{name}", self.fail)

    def text(
        self, name: str, pattern: re.Pattern[str] | None = None, default: str | None = None
    ) -> str:
        value = self._value.get(name, default)
        if not isinstance(value, str) or len(value) > MOST_TEXT:
            self.fail(f"{self.where}.{name} is no text")
        if pattern is not None and not pattern.fullmatch(value):
            self.fail(f"{self.where}.{name} cannot be {value[:80]!r}")
        return value

    def optional(self, name: str, pattern: re.Pattern[str]) -> str | None:
        return None if self._value.get(name) is None else self.text(name, pattern)

    def number(self, name: str, least: int, most: int) -> int:
        value = self._value.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fail(f"{self.where}.{name} is no number from {least} to {most}")
        return value

    def yes(self, name: str, default: bool | None = None) -> bool:
        value = self._value.get(name, default)
        if not isinstance(value, bool):
            self.fail(f"{self.where}.{name} is neither true nor false")
        return value

    def list(self, name: str, most: int) -> list[Any]:
        value = self._value.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            self.fail(f"{self.where}.{name} is no list of at most {most}")
        return value

    def words(self, name: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        found = self.list(name, 200)
        if not all(isinstance(word, str) and pattern.fullmatch(word) for word in found):
            self.fail(f"{self.where}.{name} holds what cannot stand there")
        return tuple(found)
