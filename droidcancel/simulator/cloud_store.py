"""Accounts and videos of the cloud, and how a video's state moves."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable

from droidcancel.simulator.cloud_records import CloudBehaviour, State, VideoRecord, Visibility
from droidcancel.simulator.http import HttpError

MAX_ACCOUNTS = 10_000
MAX_VIDEOS = 20_000
MAX_NAME = 64

# Which state may follow which; "live" on a partial upload is the defect `live_on_partial`.
MOVES: dict[State, tuple[State, ...]] = {
    "partial": ("committing", "live", "terminated", "expired"),
    "committing": ("live", "terminated"),
    "live": ("deleted",),
    "deleted": (),
    "terminated": (),
    "expired": (),
}


class CloudStore:
    """The state of the service; `clock` gives wall seconds."""

    def __init__(
        self, behaviour: CloudBehaviour | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.behaviour = behaviour or CloudBehaviour()
        self.records: list[VideoRecord] = []
        self._clock = clock
        self._tokens: dict[str, str] = {}
        self._accounts: dict[str, str] = {}
        self._uploads: dict[str, VideoRecord] = {}
        self._videos: dict[str, VideoRecord] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    # -- accounts --------------------------------------------------------------------------
    def sign_in(self, name: str) -> str:
        """The bearer token of an account, which is made when there is none.

        Raises HttpError(400) for a name that is none, HttpError(507) when there are too many.
        """
        if not 0 < len(name) <= MAX_NAME or not name.isprintable() or "/" in name:
            raise HttpError(400, "not a user name")
        if name not in self._accounts:
            if len(self._accounts) >= MAX_ACCOUNTS:
                raise HttpError(507, "no more accounts")
            self._accounts[name] = secrets.token_urlsafe(18)
            self._tokens[self._accounts[name]] = name
        return self._accounts[name]

    def sign_out(self, name: str) -> None:
        """Make the account's token void, as a session that has run out."""
        token = self._accounts.pop(name, None)
        if token is not None:
            del self._tokens[token]

    def account_of(self, token: str) -> str | None:
        return self._tokens.get(token)

    # -- uploads ---------------------------------------------------------------------------
    def create(
        self, account: str, size: int, caption: str, visibility: Visibility, metadata: str
    ) -> VideoRecord:
        """A new, empty upload. Raises HttpError(507) when there are too many."""
        if len(self.records) >= MAX_VIDEOS:
            raise HttpError(507, "no more uploads")
        record = VideoRecord(account, size, self._clock, caption, visibility, metadata)
        self.records.append(record)
        self._uploads[record.upload_id] = record
        self._videos[record.id] = record
        record.note("created")
        return record

    def upload(self, upload_id: str, account: str) -> VideoRecord:
        """An upload that still is one. Raises HttpError 404, 403 or 410."""
        record = self._uploads.get(upload_id)
        if record is None:
            raise HttpError(404)
        if record.account != account:
            raise HttpError(403)
        self.expire(record)
        if record.state in ("terminated", "expired"):
            raise HttpError(410)
        return record

    def expire(self, record: VideoRecord) -> None:
        """Throw a partial upload away once its time is over."""
        limit = self.behaviour.expire_s
        created = record.when("created")
        late = limit is not None and created is not None and self._clock() > created + limit
        if late and record.state == "partial":
            self._move(record, "expired")

    def _move(self, record: VideoRecord, state: State) -> None:
        if state not in MOVES[record.state]:
            raise HttpError(409, f"the video is {record.state}")
        record.state = state
        record.note(state)

    def cut(self, record: VideoRecord) -> None:
        """The connection broke in the middle of a transfer."""
        record.note("cut")
        if self.behaviour.live_on_partial and record.received and record.state == "partial":
            self._move(record, "live")

    def commit(self, record: VideoRecord) -> None:
        """Make a complete upload live, after the commit delay. Raises HttpError(409)."""
        if record.state != "partial":
            return
        if not record.complete:
            raise HttpError(409, f"{record.received} of {record.size} bytes are here")
        self._move(record, "committing")
        delay = self.behaviour.commit_delay_s
        if delay <= 0:
            self._move(record, "live")
            return
        loop = asyncio.get_running_loop()
        self._timers[record.id] = loop.call_later(delay, self._committed, record)

    def _committed(self, record: VideoRecord) -> None:
        self._timers.pop(record.id, None)
        if record.state == "committing":
            self._move(record, "live")

    def terminate(self, record: VideoRecord) -> None:
        """Give an upload up. Raises HttpError(409) when it is live."""
        if record.state == "committing" and self.behaviour.commit_beats_cancel:
            record.note("cancel_ignored")
            return
        self._move(record, "terminated")
        timer = self._timers.pop(record.id, None)
        if timer is not None:
            timer.cancel()

    # -- videos ----------------------------------------------------------------------------
    def sees(self, viewer: str, record: VideoRecord) -> bool:
        """Whether an account is shown a video."""
        if record.state == "committing":
            return viewer == record.account
        if record.state != "live":
            return False
        if viewer == record.account:
            return not record.hidden
        return record.visibility == "public" or self.behaviour.ignore_visibility

    def video(self, video_id: str, viewer: str) -> VideoRecord:
        """A video that `viewer` is shown. Raises HttpError(404)."""
        record = self._videos.get(video_id)
        if record is None or not self.sees(viewer, record):
            raise HttpError(404)
        return record

    def videos(self, viewer: str, account: str | None = None) -> list[VideoRecord]:
        """What `viewer` is shown, of one account or all, newest first."""
        return [
            record
            for record in reversed(self.records)
            if account in (None, record.account) and self.sees(viewer, record)
        ]

    def own_video(self, video_id: str, account: str) -> VideoRecord:
        """A video of the account. Raises HttpError 404 or 403."""
        record = self.video(video_id, account)
        if record.account != account:
            raise HttpError(403)
        return record

    def delete(self, record: VideoRecord) -> None:
        """Delete a video, or do as if."""
        if self.behaviour.delete_hides_only:
            record.hidden = True
            record.note("hidden")
        elif record.state == "committing":
            self.terminate(record)
        else:
            self._move(record, "deleted")

    def forget(self, record: VideoRecord) -> None:
        """Keep nothing of a video, as a service does once its time for proofs is over."""
        self.records.remove(record)
        self._uploads.pop(record.upload_id, None)
        self._videos.pop(record.id, None)
        timer = self._timers.pop(record.id, None)
        if timer is not None:
            timer.cancel()

    def close(self) -> None:
        """Stop what is waiting; commits that run never finish."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
