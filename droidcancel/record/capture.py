"""Capture: a run on a phone kept as screens and what led from one to the next.

It listens to what is done to the phone and to what is read back (`device.acts`), so that a capture
sees what the recipe saw, and nothing is done to the phone for it but a few pictures. While an
upload runs towards its cancel, none is taken: a cancel must not wait for a picture.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import droidcancel
from droidcancel.apps.profile import AppProfile
from droidcancel.device import Device, PackageInfo
from droidcancel.device.acts import Act
from droidcancel.errors import AppError, UsageError
from droidcancel.record import cassette
from droidcancel.record.screens import Screens

if TYPE_CHECKING:
    from droidcancel.recipe.options import Event, OnEvent
    from droidcancel.recipe.result import RunResult

#: keys that the phone takes for itself: home, recents, power, sleep, wake-up, volume
PHONE_KEYS = frozenset({3, 24, 25, 26, 187, 223, 224})


@dataclass
class _Step:
    event: Any
    at: float
    frames: list[tuple[float, int | None]] = field(default_factory=list)
    sent: list[tuple[float, int]] = field(default_factory=list)
    services: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)
    jobs: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)


class Capture:
    """Listens to one phone from `begin` until `finish`. Thread-safe: bytes are counted beside."""

    def __init__(self, device: Device, profile: AppProfile, locale: str | None = None) -> None:
        self.device = device
        self.profile = profile
        self.locale = locale or device.locale
        self.info = _installed(device, profile)
        self.windows = (self.info.name, *profile.system_packages)
        self.screens = Screens(device, profile, self.locale, self.info.version_name, self.windows)
        self.steps: list[_Step] = []
        self._lock = threading.RLock()
        self._typed: list[str] = []
        self._tags: list[str] = []
        self._alive = False
        self._online, self._blocked = True, False
        self._had_network = True
        self._last_sent: tuple[float, int, int] | None = None
        self._known: dict[str, tuple[str, ...]] = {}
        self._tasks: int | None = None
        self._hurry = False
        self._schemes: set[str] = set()
        self._forget: Callable[[], None] | None = None
        self._launcher = self._launcher_of()
        self._density = device.ui.density()

    def _launcher_of(self) -> str:
        found = self.device.packages.launcher(self.info.name)
        activity = found.activity if found is not None else self.profile.launcher
        if activity is None:
            raise AppError(f"{self.info.name} has no icon that starts it")
        return activity

    # -- from begin to finish

    def begin(self) -> Capture:
        """Listen from now on."""
        self._alive = self.device.packages.running(self.info.name)
        self._forget = self.device.acts.listen(self._hear)
        return self

    def close(self) -> None:
        """Listen no more; pictures that were not written are dropped."""
        if self._forget is not None:
            self._forget()
            self._forget = None
        self.screens.close()

    def heard(self, then: OnEvent) -> OnEvent:
        """An `on_event` for the run that tells the capture when pictures would be in the way."""

        def hear(event: Event) -> None:
            if event.kind == "step" and event.data.get("step") == "post":
                self._hurry = True
            elif event.kind in ("cancel", "settled", "search", "restored"):
                self._hurry = False
            then(event)

        return hear

    def finish(self, result: RunResult) -> tuple[cassette.Index, dict[str, bytes]]:
        """What `cassette.write` takes. UsageError where the app was never seen."""
        self.close()
        with self._lock:
            if not self.steps or not self.screens.seen:
                raise UsageError(
                    f"nothing of {self.info.name} was captured: the run did not get to the app",
                    "run the recipe by itself first, and see that it works",
                )
            files, screens = self.screens.finished()
            return self._index(result, screens), files

    def _index(self, result: RunResult, screens: tuple[cassette.Screen, ...]) -> cassette.Index:
        steps = tuple(
            cassette.Step(
                event=step.event,
                frames=tuple(step.frames),
                sent=tuple(step.sent),
                services=tuple(step.services),
                jobs=tuple(step.jobs),
            )
            for step in self.steps
        )
        return cassette.Index(
            made=cassette.Made(
                by=f"droidcancel {droidcancel.__version__}",
                at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
                recipe=result.recipe,
                method=result.method,
                moment=result.moment,
                verdict=result.verdict.name,
                reason=result.verdict.reason,
            ),
            phone=self._phone(),
            app=self._app(),
            screens=screens,
            steps=steps,
        )

    def _phone(self) -> cassette.Phone:
        width, height = self.screens.size
        return cassette.Phone(
            model=self.device.model,
            api=self.device.api_level,
            width=width,
            height=height,
            density=self._density,
            locale=self.locale,
        )

    def _app(self) -> cassette.App:
        share, info = self.profile.share, self.info
        activity = (share.activity if share is not None else None) or f"{info.name}.ShareActivity"
        return cassette.App(
            package=info.name,
            label=self.profile.title,
            version_name=info.version_name,
            version_code=info.version_code,
            launcher=self._launcher,
            share=None if share is None else cassette.Share(activity=activity, mime=share.mime),
            schemes=tuple(sorted(self._schemes)),
            permissions=self.profile.permissions,
            windows=self.windows,
        )

    # -- hearing

    def _hear(self, act: Act) -> None:
        with self._lock:
            _HEARD[act.kind](self, act.at, act.data)

    def _add(self, event: Any, at: float) -> None:
        if len(self.steps) >= cassette.MOST_STEPS:
            self._full("steps", cassette.MOST_STEPS)
            return
        self.steps.append(_Step(event, at))

    def _full(self, what: str, most: int) -> None:
        self.screens.full(what, most)

    @property
    def problems(self) -> list[str]:
        """What could not be kept, in words."""
        return self.screens.problems

    def _start(self, at: float, data: Mapping[str, Any]) -> None:
        if data["package"] != self.info.name:
            return
        scheme = (data.get("data") or "").partition(":")[0] or None
        if scheme is not None:
            self._schemes.add(scheme)
        self._alive = True
        online = self._network
        self._had_network = online
        self._add(cassette.Start(action=data["action"], scheme=scheme, online=online), at)

    def _pids(self, at: float, data: Mapping[str, Any]) -> None:
        if data["package"] != self.info.name:
            return
        if self._alive and not data["pids"] and not self._just_started(at):
            self._alive = False
            self._add(cassette.Stop(), at)
        elif data["pids"] and self._tasks == 0:
            self._add(cassette.Swept(), at)
        self._tasks = None if self._tasks == 0 else self._tasks
        self._alive = self._alive or bool(data["pids"])

    def _count_tasks(self, at: float, data: Mapping[str, Any]) -> None:
        """A task that is gone is told of once it is known whether the process went with it."""
        if data["package"] == self.info.name and (data["count"] or self._tasks):
            self._tasks = data["count"]

    def _just_started(self, at: float) -> bool:
        """A process takes a moment to be there after a start; until then it has not ended."""
        last = self.steps[-1] if self.steps else None
        return last is not None and isinstance(last.event, cassette.Start) and not last.frames

    def _note_online(self, at: float, data: Mapping[str, Any]) -> None:
        self._online = data["online"]
        self._note_network(at)

    def _note_blocked(self, at: float, data: Mapping[str, Any]) -> None:
        if data["package"] == self.info.name:
            self._blocked = data["blocked"]
            self._note_network(at)

    @property
    def _network(self) -> bool:
        return self._online and not self._blocked

    def _note_network(self, at: float) -> None:
        if self._alive and self.steps and self._network != self._had_network:
            self._had_network = self._network
            self._add(cassette.Network(online=self._network), at)

    def _touch(self, kind: Any, at: float, data: Mapping[str, Any]) -> None:
        target = self.screens.target(data["x"], data["y"])
        if target is not None:
            self._add(cassette.Touch(kind=kind, x=data["x"], y=data["y"], target=target), at)

    def _tap(self, at: float, data: Mapping[str, Any]) -> None:
        self._touch("tap", at, data)

    def _long_press(self, at: float, data: Mapping[str, Any]) -> None:
        self._touch("long_press", at, data)

    def _swipe(self, at: float, data: Mapping[str, Any]) -> None:
        dx, dy = data["x2"] - data["x1"], data["y2"] - data["y1"]
        across = ("right" if dx > 0 else "left") if abs(dx) > abs(dy) else None
        direction = across or ("down" if dy > 0 else "up")
        target = self.screens.target(data["x1"], data["y1"], lambda node: node.scrollable)
        if target is not None:
            self._add(cassette.Swipe(direction=direction, target=target), at)  # type: ignore[arg-type]

    def _key(self, at: float, data: Mapping[str, Any]) -> None:
        if data["code"] not in PHONE_KEYS and self.screens.shows_app():
            self._add(cassette.Key(code=data["code"]), at)

    def _text(self, at: float, data: Mapping[str, Any]) -> None:
        if self.screens.shows_app():
            self._typed.append(data["text"])
            self._tags += [word for word in data["text"].split() if word.startswith("#")]
            self._add(cassette.Text(text=data["text"]), at)

    def _sent(self, at: float, data: Mapping[str, Any]) -> None:
        """Bytes sent between two readings go out from the first of them on, in the replay."""
        if data["uid"] != self.info.uid:
            return
        here = len(self.steps) - 1
        last, self._last_sent = self._last_sent, (at, data["bytes"], here)
        if last is None or here < 0 or data["bytes"] <= last[1]:
            return
        self._spread(last[0], at, data["bytes"] - last[1], max(0, last[2]), here)

    def _spread(self, since: float, until: float, more: int, first: int, last: int) -> None:
        """Bytes of some seconds go to the steps of these, evenly; none beyond a cut."""
        for number in range(first + 1, last + 1):
            if isinstance(self.steps[number].event, cassette.Stop | cassette.Network):
                last = number - 1
                break
        left = more
        for number in range(first, last + 1):
            step = self.steps[number]
            ends = until if number == last else self.steps[number + 1].at
            begins = max(since, step.at)
            share = max(0.0, ends - begins) / max(0.001, until - since)
            part = left if number == last else min(left, int(more * share))
            left -= part
            if part and len(step.sent) < cassette.MOST_FRAMES:
                step.sent.append((round(begins - step.at, 3), part))

    def _services(self, at: float, data: Mapping[str, Any]) -> None:
        self._names("services", at, data)

    def _jobs(self, at: float, data: Mapping[str, Any]) -> None:
        self._names("jobs", at, data)

    def _names(self, what: str, at: float, data: Mapping[str, Any]) -> None:
        """Names that were read, where they are others than before."""
        if data["package"] != self.info.name or not self.steps:
            return
        if self._known.get(what, ()) != data["names"]:
            self._known[what] = data["names"]
            step = self.steps[-1]
            getattr(step, what).append((round(max(0.0, at - step.at), 3), data["names"]))

    def _looked(self, at: float, data: Mapping[str, Any]) -> None:
        self.screens.look_at(data["hierarchy"])
        if not self.steps:
            return
        step = self.steps[-1]
        known = (*self._typed, *self._tags)
        number = self.screens.number(known, picture=not self._hurry)
        if step.frames and step.frames[-1][1] == number:
            return
        if len(step.frames) >= cassette.MOST_FRAMES:
            self._full("changes of a screen", cassette.MOST_FRAMES)
            return
        step.frames.append((round(max(0.0, at - step.at), 3), number))


_HEARD: dict[str, Callable[[Capture, float, Mapping[str, Any]], None]] = {
    "tap": Capture._tap,
    "long_press": Capture._long_press,
    "swipe": Capture._swipe,
    "key": Capture._key,
    "text": Capture._text,
    "start": Capture._start,
    "look": Capture._looked,
    "pids": Capture._pids,
    "online": Capture._note_online,
    "blocked": Capture._note_blocked,
    "sent": Capture._sent,
    "services": Capture._services,
    "tasks": Capture._count_tasks,
    "jobs": Capture._jobs,
}


def _installed(device: Device, profile: AppProfile) -> PackageInfo:
    for package in profile.packages:
        info = device.packages.info(package)
        if info is not None:
            return info
    raise AppError(
        f"{profile.title} is not installed on {device.serial} ({' or '.join(profile.packages)})",
        "install it and log in, or name another app with --app",
    )
