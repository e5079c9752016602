"""What was seen of one run: small frozen records, each with its time.

Times are seconds on one clock, that of :class:`Recorder`: wall time at the start of the run plus
the monotonic time since, so that records keep their order when the host's clock is set. Sizes
are bytes. Nothing here talks to a phone; the recipe's steps fill a :class:`Recorder`, and
:func:`droidcancel.verdict.judge` reads the :class:`Evidence` that it freezes into.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal, TypeVar

from droidcancel.apps.schema import UploadState

Place = Literal["profile", "drafts", "feed", "others"]
#: what a proof must look at; `feed` and `others` (what another account is shown) may be added
OWN_PLACES: tuple[Place, ...] = ("profile", "drafts")

MARKS = (
    "posted",  # Post was tapped
    "moment",  # the moment to cancel was seen
    "missed",  # the upload ended or failed before its moment: nothing is cancelled
    "settled",  # the cancel was read back: from here on no byte of the upload may leave
    "restored",  # the network is as it was before the run
    "rebooted",  # the phone was restarted after the cancel
    "restarted",  # the app was started again
    "quiet_started",
    "quiet_ended",
)


@dataclass(frozen=True)
class Record:
    """One thing seen, at one time."""

    kind: ClassVar[str] = "record"
    at: float


@dataclass(frozen=True)
class Mark(Record):
    """A turn of the run, one of :data:`MARKS`."""

    kind: ClassVar[str] = "mark"
    name: str


@dataclass(frozen=True)
class NetworkSeen(Record):
    """The phone's connectivity; `active` is the default network, None when there is none.

    `app_blocked`: the firewall denies the app (None: not known or not looked at).
    """

    kind: ClassVar[str] = "network"
    active: str | None
    airplane: bool | None = None
    wifi: bool | None = None
    data: bool | None = None
    app_blocked: bool | None = None

    @property
    def online(self) -> bool:
        """Whether the app has a way to its server."""
        return self.active is not None and not self.app_blocked


@dataclass(frozen=True)
class TrafficSeen(Record):
    """Bytes sent by the app's uid since the phone's boot."""

    kind: ClassVar[str] = "traffic"
    tx_bytes: int


@dataclass(frozen=True)
class UploadSeen(Record):
    """What the app shows of its upload.

    `none`: nothing shown; `done`: it was shown, then ended; `waiting`: for a network; `failed`:
    kept, with a retry.
    """

    kind: ClassVar[str] = "upload"
    state: UploadState
    percent: int | None = None
    screen: str | None = None

    @property
    def active(self) -> bool:
        """Whether the app means to go on by itself."""
        return self.state in ("posting", "waiting")


@dataclass(frozen=True)
class ProcessSeen(Record):
    """The app's processes and its foreground services."""

    kind: ClassVar[str] = "processes"
    pids: tuple[int, ...]
    foreground_services: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobsSeen(Record):
    """Jobs that the system keeps for the app's uploads."""

    kind: ClassVar[str] = "jobs"
    jobs: tuple[str, ...]


#: what told that the moment had come: the phone's own watch of its byte counter, the host's
#: readings of it, what the screen shows (looked at after a pause; because accessibility said that
#: it changed; because the system's log told of the app), its percentage of the file's size, the
#: host's clock, Post
Source = Literal[
    "phone-bytes", "host-bytes", "screen", "screen-events", "screen-log", "screen-bytes", "clock",
    "post",
]  # fmt: skip


@dataclass(frozen=True)
class MomentSeen(Record):
    """The moment to cancel, seen: what was `asked` for and what was `seen`, both in `unit`s.

    `at`: when it was acted on; `detect_ms`: how old the look or reading then was. `poll_ms`: from
    the look or reading before it. `fired_by`: who gave the command: the phone by itself, or the
    host.
    """

    kind: ClassVar[str] = "moment"
    source: Source
    fired_by: Literal["phone", "host"]
    unit: Literal["percent", "bytes", "seconds"] | None = None
    asked: float | None = None
    seen: float | None = None
    detect_ms: float | None = None
    poll_ms: float | None = None


@dataclass(frozen=True)
class MethodApplied(Record):
    """The cancel method, `at` its start. `effective` is None where the read-back says nothing."""

    kind: ClassVar[str] = "method"
    ended_at: float
    name: str
    effective: bool | None
    detail: str
    apply_ms: float


@dataclass(frozen=True)
class Search(Record):
    """A look for this run's video in one place.

    `found`: captions (or other names) of the items that are this run's. `complete`: everything that
    could be this run's was read; a search that is not complete proves only what it found.
    `listing`: the newest captions, as far as they were read. `new_items`: how many more items than
    in the search before, None when not known.
    """

    kind: ClassVar[str] = "search"
    place: Place
    complete: bool
    found: tuple[str, ...] = ()
    items: int | None = None
    listing: tuple[str, ...] | None = None
    new_items: int | None = None
    detail: str = ""


@dataclass(frozen=True)
class ScreenSeen(Record):
    """A named look at the screen; `screenshot` and `hierarchy` are files of the report, if any."""

    kind: ClassVar[str] = "screen"
    screen: str | None
    name: str = ""
    screenshot: str | None = None
    hierarchy: str | None = None


@dataclass(frozen=True)
class Touched(Record):
    """An element that a step tapped or held. `bounds`: left, top, right, bottom, in pixels.

    `hierarchy`: a file of the report with the screen that it was touched on, if one was kept.
    """

    kind: ClassVar[str] = "touch"
    how: Literal["tap", "long_press"]
    element: str
    step: str
    screen: str | None
    bounds: tuple[int, ...]
    hierarchy: str | None = None


@dataclass(frozen=True)
class ToastSeen(Record):
    """The last toast that the app showed."""

    kind: ClassVar[str] = "toast"
    text: str


@dataclass(frozen=True)
class Checked(Record):
    """Something that a recipe set out to prove; `ok` is None where it could not be told."""

    kind: ClassVar[str] = "check"
    name: str
    ok: bool | None
    detail: str


@dataclass(frozen=True)
class Noted(Record):
    """Something measured, or worth telling, that decides nothing."""

    kind: ClassVar[str] = "note"
    topic: str
    text: str


@dataclass(frozen=True)
class Drift(Record):
    """An element whose locators all missed, and that was found by likeness (0 to 1) instead.

    `shown`: what it says there; `signs`: what was compared; `second`: for what publishes or
    destroys, the signs that agreed beside its words.
    """

    kind: ClassVar[str] = "drift"
    element: str
    screen: str
    likeness: float
    shown: str
    signs: str
    locators: int
    second: str = ""

    def in_words(self) -> str:
        """One line for people."""
        missed = (
            "locator 1 missed" if self.locators == 1 else f"locators 1 to {self.locators} missed"
        )
        what = f" as {self.shown!r}" if self.shown else ""
        second = f"; second sign: {self.second}" if self.second else ""
        return (
            f"drift: {self.element} found by likeness {self.likeness:.2f}{what} on {self.screen} "
            f"({self.signs}){second}; {missed}"
        )


@dataclass(frozen=True)
class Trouble(Record):
    """An error that did not end the run, or the one that did."""

    kind: ClassVar[str] = "trouble"
    step: str
    message: str


@dataclass(frozen=True)
class Limits:
    """What the device's settings ask of a proof. Seconds and bytes.

    `noise_bytes`: what an idle app may send in a quiet period. `late_s`: the quiet period where all
    bytes had left before the cut, since a server may take its time to publish.
    """

    quiet_s: float = 180.0
    late_s: float = 300.0
    noise_bytes: int = 262_144


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Evidence:
    """All that was seen of one run, in order of time.

    `cancel_due`: the recipe has a cancel in it, applied or not.
    """

    records: tuple[Record, ...] = ()
    token: str | None = None
    video_bytes: int = 0
    limits: Limits = field(default_factory=Limits)
    cancel_due: bool = False

    def of(
        self, cls: type[R], *, since: float | None = None, until: float | None = None
    ) -> list[R]:
        """The records of one class with since <= at <= until."""
        return [
            r
            for r in self.records
            if isinstance(r, cls)
            and (since is None or r.at >= since)
            and (until is None or r.at <= until)
        ]

    def mark(self, name: str) -> float | None:
        """When the run last passed a mark."""
        times = self.marks(name)
        return times[-1] if times else None

    def marks(self, name: str) -> list[float]:
        """Each time that the run passed a mark."""
        return [m.at for m in self.of(Mark) if m.name == name]

    @property
    def method(self) -> MethodApplied | None:
        """The cancel, None where it was never applied."""
        applied = self.of(MethodApplied)
        return applied[0] if applied else None

    def to_json(self) -> list[dict[str, Any]]:
        """JSON objects in order of time, `kind` first."""
        return [{"kind": r.kind, **_plain(asdict(r))} for r in self.records]


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: round(value, 4) if isinstance(value, float) else value
        for key, value in values.items()
        if value is not None
    }


class Recorder:
    """Collects records while a recipe runs; safe to call from several threads."""

    def __init__(
        self, *, token: str | None, video_bytes: int, limits: Limits, cancel_due: bool = False
    ) -> None:
        self.cancel_due = cancel_due
        self.token = token
        self.video_bytes = video_bytes
        self.limits = limits
        self._records: list[Record] = []
        self._lock = threading.Lock()
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        """The run's clock."""
        return self.at(time.monotonic())

    def at(self, monotonic: float) -> float:
        """A monotonic time on the run's clock."""
        return monotonic + self._offset

    def add(self, record: R) -> R:
        """Keep a record, and give it back."""
        with self._lock:
            self._records.append(record)
        return record

    def mark(self, name: str, at: float | None = None) -> Mark:
        """Note that the run passed one of :data:`MARKS`, now or at a time of its clock."""
        if name not in MARKS:
            raise ValueError(f"no such mark: {name}")
        return self.add(Mark(self.now() if at is None else at, name))

    def marked(self, name: str) -> float | None:
        """When a mark was last passed."""
        return self.freeze().mark(name)

    def last(self, cls: type[R]) -> R | None:
        """The latest record of a class."""
        with self._lock:
            found: Iterable[Record] = reversed(self._records)
            return next((r for r in found if isinstance(r, cls)), None)

    def freeze(self) -> Evidence:
        """Everything so far, in order of time."""
        with self._lock:
            records = tuple(sorted(self._records, key=lambda r: r.at))
        return Evidence(records, self.token, self.video_bytes, self.limits, self.cancel_due)
