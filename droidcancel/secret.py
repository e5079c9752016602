"""Secrets: a PIN that goes nowhere but to the phone, and what is said without it.

A :class:`Secret` shows dots wherever it is printed, formatted or put into JSON; only `reveal` gives
it. As a second wall, what is printed and written passes through :func:`redacted`, which takes out
every secret that is alive, should a phone or a library have said it.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Mapping
from typing import Any, NoReturn

HIDDEN = "•••"
#: a shorter one stands in too many words; Android takes no PIN of fewer signs
SHORTEST = 4
_alive: weakref.WeakSet[Secret] = weakref.WeakSet()


class Secret:
    """A text that is not shown. Two are equal only when they are the same one."""

    __slots__ = ("__text", "__weakref__")

    def __init__(self, text: str) -> None:
        self.__text = text
        _alive.add(self)

    def reveal(self) -> str:
        """The text, for the one place that needs it."""
        return self.__text

    def __str__(self) -> str:
        return HIDDEN

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(HIDDEN, spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


def redacted(text: str) -> str:
    """The text without the secrets that are alive, where they stand as a word of their own."""
    for secret in list(_alive):
        word = secret.reveal()
        if len(word) >= SHORTEST and word in text:
            text = re.sub(rf"(?<![\w.]){re.escape(word)}(?!\w|\.\w)", HIDDEN, text)
    return text


def redacted_json(value: Any) -> Any:
    """A JSON value whose texts are redacted. Numbers stay: a count may be what a PIN is."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {key: redacted_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted_json(item) for item in value]
    return value
