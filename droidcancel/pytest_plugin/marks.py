"""`@pytest.mark.droid(...)`: what a test wants of its phone, and on how many it is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from droidcancel.pytest_plugin import options

MARKER_HELP = (
    "droid(device, api, kind, app, build, app_options): the phone that a test wants. device: a "
    "name or a serial; api: 34, '>=33', '28-30'; kind: usb, tcp, emulator or simulator, or several"
    " of them; app: a profile; build, app_options: of the app on a virtual phone. With lists of "
    "device or api the test is run once on each."
)
KEYS = ("device", "api", "kind", "app", "build", "app_options")
KINDS = ("usb", "tcp", "emulator", "simulator")
_API = re.compile(r"\s*(?:(>=|<=|>|<|==)?\s*(\d+)|(\d+)\s*-\s*(\d+))\s*")


class Api:
    """A condition on the API level: 34, ">=33", "<30", "28-30", and several with commas."""

    def __init__(self, text: str | int) -> None:
        self.text = str(text)
        self._parts = [_API.fullmatch(part) for part in self.text.split(",")]
        if not all(self._parts):
            raise ValueError(f"api={text!r}: expected 34, '>=33', '<30' or '28-30'")

    def allows(self, level: int) -> bool:
        """Whether a level fulfils all parts."""
        return all(_holds(part, level) for part in self._parts if part is not None)

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Api) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


def _holds(part: re.Match[str], level: int) -> bool:
    sign, number, low, high = part.groups()
    if low is not None:
        return int(low) <= level <= int(high)
    limit = int(number)
    return {
        ">=": level >= limit, "<=": level <= limit, ">": level > limit, "<": level < limit,
    }.get(sign or "==", level == limit)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """The phone that a test wants; what is None or empty does not matter."""

    device: str | None = None
    api: Api | None = None
    kinds: tuple[str, ...] = ()
    app: str | None = None
    build: str | None = None
    app_options: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Variant:
    """One of the devices, or of the API levels, that a test names."""

    device: str | None = None
    api: Api | None = None

    def __str__(self) -> str:
        parts = [self.device, None if self.api is None else f"api{self.api}"]
        return "-".join(part for part in parts if part)


def _given(node: pytest.Item) -> dict[str, Any]:
    """The keys of all markers of a test, the nearest counting. pytest.UsageError for others."""
    found: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("droid"))):
        if mark.args:
            raise pytest.UsageError(f"{node.nodeid}: droid{mark.args}: give them as key=value")
        found.update(mark.kwargs)
    for key in found:
        if key not in KEYS:
            raise pytest.UsageError(f"{node.nodeid}: droid({key}=...): it has {', '.join(KEYS)}")
    return found


def variants(node: pytest.Item, config: pytest.Config) -> list[Variant]:
    """What to run a test once on each of; empty for once on any phone."""
    given = _given(node)
    devices = _several(given.get("device"))
    if not devices and options.value(config, "each-device"):
        devices = options.names(config, "device")
    named: list[str | None] = [*devices] or [None]
    levels: list[Api | None] = [_api(node, each) for each in _several(given.get("api"))] or [None]
    return [Variant(d, a) for d in named for a in levels if d or a]


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set | range) else []


def wanted(node: pytest.Item, variant: Variant | None, config: pytest.Config) -> Wanted:
    """What a test wants, of its markers and its variant."""
    given = _given(node)
    device, level, kind = (given.get(key) for key in ("device", "api", "kind"))
    kinds = (kind,) if isinstance(kind, str) else tuple(kind or ())
    if unknown := set(kinds) - set(KINDS):
        raise pytest.UsageError(f"{node.nodeid}: kind={unknown}: expected {', '.join(KINDS)}")
    chosen = variant or Variant()
    return Wanted(
        device=chosen.device or (device if isinstance(device, str) else None),
        api=chosen.api or (None if level is None or _several(level) else _api(node, level)),
        kinds=kinds,
        app=given.get("app"),
        build=given.get("build") or options.value(config, "app-build"),
        app_options=given.get("app_options") or {},
    )


def _api(node: pytest.Item, text: Any) -> Api:
    try:
        return Api(text)
    except ValueError as error:
        raise pytest.UsageError(f"{node.nodeid}: {error}") from None
