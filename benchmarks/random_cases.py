"""What one randomized run is made of, drawn from its number alone."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from droidcancel.simulator.apps.clips.behaviour import BUILDS, POPUPS

METHODS = ("airplane", "network-off", "app-network", "in-app", "force-stop", "swipe-recents")
#: other recipes, drawn in place of a method: name -> recipe
OTHERS: Mapping[str, str] = {
    "clear-cache": "cancel_clear_cache",
    "restart": "restart_phone",
    "save-draft": "save_draft",
    "delete-post": "delete_post",
}
#: those that cancel no upload have no moment of their own
WITHOUT_MOMENT = frozenset({"save-draft", "delete-post"})
OTHERS_SHARE = 0.2
APP_NETWORK_SINCE = 33
API_LEVELS = (28, 30, 33, 34, 36)
LOCALES = ("en-US", "fr-FR", "id-ID")
FAULTS = ("adb", "uiautomator", "network", "app")
#: seconds of the run in which a fault may come
FAULT_WITHIN_S = 14.0
#: builds whose screens the profile does not know: they have tests of their own
STRANGE = ("redesigned",)
GOOD = tuple(
    name
    for name, build in BUILDS.items()
    if name not in STRANGE and (name == "good" or build.description[:5] == "good:")
)
BAD = tuple(name for name in BUILDS if name not in (*GOOD, *STRANGE))
MIN_BYTES, MAX_BYTES = 500_000, 1_500_000
MIN_UPLOAD_S, MAX_UPLOAD_S = 1.5, 8.0
#: kinds of moments, and how often each is drawn
MOMENTS: Mapping[str, int] = {
    "percent": 40, "posting": 12, "bytes": 12, "after": 12, "stuck": 8, "failed": 8, "published": 8,
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong: what, and how many seconds after the run's start."""

    name: str
    at_s: float


@dataclass(frozen=True)
class Case:
    """One run. `rate` is in bytes a second, `size` in bytes; `behaviour` changes the build's.

    `moment` is None where the recipe's own serves.
    """

    number: int
    method: str
    moment: str | None
    build: str
    behaviour: Mapping[str, Any]
    profile: str
    api: int
    locale: str
    size: int
    rate: float
    on_network_loss: str
    loss: float
    old_posts: int
    fault: Fault | None = None

    @property
    def recipe(self) -> str:
        return OTHERS.get(self.method, f"cancel_{self.method.replace('-', '_')}")

    @property
    def good(self) -> bool:
        """Whether the app has no defect."""
        return self.build in GOOD

    def __str__(self) -> str:
        words = [f"{self.number}", self.method, self.moment or "-", self.build]
        words += [f"API {self.api}", self.locale, self.profile]
        words += [f"{self.size} bytes in {self.size / self.rate:.1f} s"]
        words += [f"{name}={value!r}" for name, value in self.behaviour.items()]
        if self.on_network_loss != "abort":
            words.append(self.on_network_loss)
        if self.fault is not None:
            words.append(f"fault: {self.fault.name} at {self.fault.at_s} s")
        return ", ".join(words)


def draw(number: int, fault_share: float) -> Case:
    """The case of that number: always the same one."""
    chance = random.Random(f"droidcancel:{number}")
    size = chance.randint(MIN_BYTES, MAX_BYTES)
    seconds = round(chance.uniform(MIN_UPLOAD_S, MAX_UPLOAD_S), 2)
    api = chance.choice(API_LEVELS)
    build = chance.choice(GOOD if chance.random() < 0.5 else BAD)
    kind = chance.choices(tuple(MOMENTS), tuple(MOMENTS.values()))[0]
    moment = _moment(chance, kind, size, seconds)
    case = Case(
        number=number,
        method=chance.choice(
            [m for m in METHODS if m != "app-network" or api >= APP_NETWORK_SINCE]
        ),
        moment=moment,
        build=build,
        behaviour=_behaviour(chance, kind),
        profile="pixel" if chance.random() < 0.15 else "instant",
        api=api,
        locale=chance.choice(LOCALES),
        size=size,
        rate=round(size / seconds, 1),
        on_network_loss="stall" if chance.random() < 0.15 else "abort",
        loss=0.02 if chance.random() < 0.1 else 0.0,
        old_posts=chance.choice((0, 0, 1, 3)),
        fault=_fault(chance, fault_share),
    )
    return _another(case) if chance.random() < OTHERS_SHARE else case


def _another(case: Case) -> Case:
    """The same with another recipe."""
    method = random.Random(f"droidcancel:others:{case.number}").choice(tuple(OTHERS))
    if method not in WITHOUT_MOMENT:
        return replace(case, method=method)
    kept = {k: v for k, v in case.behaviour.items() if k not in ("stuck_at", "fail_at")}
    return replace(case, method=method, moment=None, behaviour=kept)


def _moment(chance: random.Random, kind: str, size: int, seconds: float) -> str:
    if kind == "percent":
        return f"at {chance.randint(10, 97)}%"
    if kind == "bytes":
        return f"at {int(size * chance.uniform(0.05, 0.97))}B"
    if kind == "after":
        return f"after {chance.uniform(0.1, seconds * 1.1):.2f}s"
    return kind


def _behaviour(chance: random.Random, kind: str) -> dict[str, Any]:
    """Options on top of the build's own, none of which makes a good app a bad one."""
    found: dict[str, Any] = {}
    options: Sequence[tuple[float, str, Any]] = (
        (0.2, "wait_s", round(chance.uniform(0.5, 6.0), 1)),
        (0.2, "stall_s", round(chance.uniform(2.0, 6.0), 1)),
        (0.15, "popups", tuple(chance.sample(POPUPS, 2))),
        (0.15, "confirm_leave", False),
        (0.15, "feed_plays", False),
        (0.15, "after_kill", chance.choice(("draft", "lost"))),
        (0.15, "upload_in", "foreground_service"),
        (0.1, "resume_on_reconnect", False),
        (0.1, "handle", "cats.and.dogs"),
    )
    for share, name, value in options:
        if chance.random() < share:
            found[name] = value
    asked = {"stuck": "stuck_at", "failed": "fail_at"}.get(kind)
    if asked is not None and chance.random() < 0.85:
        found[asked] = round(chance.uniform(0.1, 0.9), 2)
    return found


def _fault(chance: random.Random, share: float) -> Fault | None:
    drawn, name = chance.random(), chance.choice(FAULTS)
    at_s = round(chance.uniform(0.5, FAULT_WITHIN_S), 2)
    return Fault(name, at_s) if drawn < share else None
