"""The points of a run at which something can go wrong: its steps, and every call to the phone.

Steps are counted by themselves: their number says the same place in every run. Calls (to the shell,
the screen server, a push, a write to the journal) come from several threads, so their number is
only about the same place.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any


@dataclass(frozen=True)
class Point:
    """`kind`: step or call; `number` counts from 1; `name` is what was there in a calm run."""

    kind: str
    number: int
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.number} ({self.name})"


@dataclass
class Counter:
    """Counts the points of one run, and calls `strike` at one of them."""

    point: Point | None = None
    strike: Callable[[], None] = lambda: None
    passed: dict[str, list[str]] = field(default_factory=lambda: {"step": [], "call": []})
    struck: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, name: str) -> None:
        """A point was passed."""
        with self._lock:
            self.passed[kind].append(name)
            here = (kind, len(self.passed[kind]))
            due = self.point is not None and here == (self.point.kind, self.point.number)
            self.struck = self.struck or due
        if due:
            self.strike()


_current: list[Counter] = []


def count(counter: Counter) -> None:
    """From here on this counter counts; the one before does no more."""
    _current[:] = [counter]


def install() -> Callable[[], None]:
    """Make every call to a phone, in this process, a point; returns what undoes it."""
    from droidcancel.device.device import Device
    from droidcancel.device.shell import ShellChannel
    from droidcancel.device.shell_stream import Armed
    from droidcancel.device.ui import Ui
    from droidcancel.journal_file import RecordFile

    undo = []
    for owner, method, name in (
        (RecordFile, "append", "journal"),
        (ShellChannel, "run", "shell"),
        (ShellChannel, "arm", "arm"),
        (Armed, "fire", "fire"),
        (Ui, "_call", "ui"),
        (Device, "push", "push"),
    ):
        undo.append(_around(owner, method, name))

    def undo_all() -> None:
        for each in undo:
            each()

    return undo_all


def _around(owner: type[Any], method: str, name: str) -> Callable[[], None]:
    given: Callable[..., Any] = getattr(owner, method)

    @wraps(given)
    def counted(*args: Any, **more: Any) -> Any:
        for counter in _current:
            counter.note("call", name)
        return given(*args, **more)

    setattr(owner, method, counted)
    return lambda: setattr(owner, method, given)


def chosen(seed: str, passed: Mapping[str, Sequence[str]], most: int) -> Iterator[Point]:
    """A spread of so many points: half of them steps, half calls; all for `most` 0."""
    chance = random.Random(seed)
    for kind, share in (("step", (most + 1) // 2), ("call", most // 2)):
        names = passed[kind]
        numbers = list(range(1, len(names) + 1))
        if most and share < len(numbers):
            numbers = sorted(_spread(chance, len(numbers), share))
        for number in numbers:
            yield Point(kind, number, names[number - 1])


def _spread(chance: random.Random, count: int, share: int) -> Iterator[int]:
    """One number out of each of so many equal parts of 1 to `count`."""
    for part in range(share):
        low, high = part * count // share, (part + 1) * count // share
        yield chance.randint(low + 1, max(low + 1, high))
