"""What the cloud knows of each video: the ground truth of every test."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

State = Literal["partial", "committing", "live", "deleted", "terminated", "expired"]
Visibility = Literal["public", "friends", "private"]

VISIBILITIES: tuple[Visibility, ...] = ("public", "friends", "private")
MAX_EVENTS = 256


@dataclass
class CloudBehaviour:
    """How the service behaves; every field but the first two is a defect when set.

    commit_delay_s     seconds from a commit to the video being live
    expire_s           seconds after which a partial upload is thrown away, None for never
    live_on_partial    a cut upload goes live with the bytes that came
    delete_hides_only  a deleted video leaves its owner's list alone, and stays live for others
    ignore_visibility  private videos are shown to everybody
    commit_beats_cancel  cancelling an upload whose commit runs is answered yes, and ignored
    """

    commit_delay_s: float = 0.0
    expire_s: float | None = None
    live_on_partial: bool = False
    delete_hides_only: bool = False
    ignore_visibility: bool = False
    commit_beats_cancel: bool = False


class Event(NamedTuple):
    """Something that happened to a video: wall time in seconds, what, bytes received by then."""

    time: float
    event: str
    received: int


@dataclass(eq=False)
class VideoRecord:
    """One video from the creation of its upload on.

    `size` is the length that was announced, `received` what came, in bytes. Of the video
    itself only a running SHA-256 is kept.
    """

    account: str
    size: int
    clock: Callable[[], float]
    caption: str = ""
    visibility: Visibility = "public"
    metadata: str = ""
    id: str = field(default_factory=lambda: "7" + str(secrets.randbelow(10**17)).zfill(17))
    upload_id: str = field(default_factory=lambda: secrets.token_hex(12))
    state: State = "partial"
    received: int = 0
    hidden: bool = False
    events: list[Event] = field(default_factory=list)
    writer: object | None = None
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)

    def note(self, event: str) -> None:
        """Write an event down; of an endless series the latest is dropped."""
        if len(self.events) < MAX_EVENTS:
            self.events.append(Event(self.clock(), event, self.received))

    def when(self, event: str) -> float | None:
        """Wall time of the first event of that name."""
        return next((entry.time for entry in self.events if entry.event == event), None)

    def take(self, data: bytes) -> None:
        """Add bytes at the end."""
        if not self.received and data:
            self.note("first_byte")
        self._hash.update(data)
        self.received += len(data)

    def mark(self) -> tuple[int, Any]:
        """The present end, for `back_to`."""
        return self.received, self._hash.copy()

    def back_to(self, mark: tuple[int, Any]) -> None:
        """Throw away what came since `mark`."""
        self.received, self._hash = mark[0], mark[1].copy()

    @property
    def complete(self) -> bool:
        return self.received == self.size

    @property
    def sha256(self) -> str:
        """Of the bytes received so far, in hexadecimal."""
        return str(self._hash.hexdigest())

    def truth(self) -> dict[str, Any]:
        """Everything, as JSON takes it."""
        names = ("id", "upload_id", "account", "caption", "visibility", "size", "received")
        facts: dict[str, Any] = {name: getattr(self, name) for name in names}
        facts |= {"sha256": self.sha256, "state": self.state, "hidden": self.hidden}
        return facts | {"events": [entry._asdict() for entry in self.events]}

    def public(self) -> dict[str, Any]:
        """What the service's clients see."""
        names = ("id", "account", "caption", "visibility", "size")
        facts: dict[str, Any] = {name: getattr(self, name) for name in names}
        facts["state"] = "live" if self.state == "live" else "processing"
        return facts | {"created": self.when("created"), "live": self.when("live")}
