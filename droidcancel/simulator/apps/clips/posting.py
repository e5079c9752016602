"""A post on its way to the cloud, as the app keeps it in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from droidcancel.simulator.apps.clips.posts import Post
from droidcancel.simulator.upload import Upload

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.app import Clips

Phase = Literal["uploading", "waiting", "held", "failed", "posted"]
FROZEN_AT = 12  # per cent, of the build whose progress stands still


class Posting:
    """One post on its way. `phase` is what the banner says of it."""

    def __init__(self, app: Clips, post: Post, upload: Upload) -> None:
        self._app = app
        self.post = post
        self.upload = upload
        self.phase: Phase = "failed"
        self.task: asyncio.Task[object] | None = None
        self.waiter: asyncio.TimerHandle | None = None
        self.attempts = 0 if not post.upload else 1
        self.stopped_at = -1
        self.silent = False

    @property
    def percent(self) -> int:
        percent = min(100, int(self.upload.progress * 100))
        return min(percent, FROZEN_AT) if self._app.behaviour.progress_frozen else percent

    @property
    def running(self) -> bool:
        return self.task is not None and not self.task.done()

    def halt(self) -> None:
        """Stop sending, and tell nobody."""
        self.stop_waiting()
        task, self.task = self.task, None
        if task is not None:
            task.cancel()

    def wait(self, seconds: float, then: Callable[[], None]) -> None:
        """Call `then` unless bytes flow again within `seconds`."""
        if self.waiter is None:
            self.stopped_at = self.upload.sent
            self.waiter = asyncio.get_running_loop().call_later(seconds, then)

    def stop_waiting(self) -> None:
        if self.waiter is not None:
            self.waiter.cancel()
            self.waiter = None

    def crossed(self, share: float | None) -> bool:
        """Whether the first attempt has come as far as `share`."""
        return share is not None and self.attempts == 1 and self.upload.progress >= share
