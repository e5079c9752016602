"""Waiting for a condition of the phone: never a fixed sleep, always a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from droidcancel.errors import NotEffective

T = TypeVar("T")

FIRST_PAUSE_S = 0.02
LONGEST_PAUSE_S = 0.5
GROWTH = 1.6


def poll(check: Callable[[], T | None], timeout: float) -> T | None:
    """Call ``check`` until it returns something other than None, or ``timeout`` seconds pass.

    The pause grows from 20 ms to half a second. The last look comes after the deadline, so a
    slow phone gets at least two.
    """
    deadline = time.monotonic() + timeout
    pause = FIRST_PAUSE_S
    while True:
        late = time.monotonic() >= deadline
        found = check()
        if found is not None or late:
            return found
        time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
        pause = min(pause * GROWTH, LONGEST_PAUSE_S)


def must_poll(
    check: Callable[[], T | None], timeout: float, what: str, hint: str | None = None
) -> T:
    """As `poll`, raising NotEffective when the condition does not come true in time."""
    found = poll(check, timeout)
    if found is None:
        raise NotEffective(f"{what} within {timeout:g} s", hint)
    return found


def until(condition: Callable[[], bool]) -> Callable[[], bool | None]:
    """A check for `poll` out of a yes-or-no question."""
    return lambda: True if condition() else None
