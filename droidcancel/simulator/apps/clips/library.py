"""What the app knows of videos at the cloud: fetched when asked, kept in the cache."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from droidcancel.simulator.apps.clips.api import ApiError, CloudVideo, OfflineError
from droidcancel.simulator.fs import FsError
from droidcancel.simulator.pictures import scene

if TYPE_CHECKING:
    from droidcancel.simulator.apps.clips.app import Clips


@lru_cache(maxsize=32)
def thumbnail(seed: str) -> bytes:
    """A video's picture as JPEG."""
    out = io.BytesIO()
    scene(seed)(180, 320).save(out, "JPEG", quality=85)
    return out.getvalue()


@dataclass(frozen=True)
class FeedItem:
    """A video in the feed; `seed` is what its pictures are made from."""

    author: str
    caption: str
    likes: str
    comments: str
    seed: str
    video: CloudVideo | None = None


CREATORS = (
    FeedItem("nordlicht", "Sunrise over the bay, no filter", "12.4K", "318", "feed:1"),
    FeedItem("cuisine.mimi", "Tarte aux pommes en 60 secondes", "8,902", "204", "feed:2"),
    FeedItem("kopi.pagi", "Kopi pagi ini enak sekali", "3,310", "97", "feed:3"),
    FeedItem("bike.repairs", "How to true a wheel at home", "45.1K", "1,022", "feed:4"),
    FeedItem("tidepool", "Look what we found today!", "982", "41", "feed:5"),
)


class Library:
    """The own videos and the feed; `offline` says that the last try did not get through."""

    def __init__(self, app: Clips) -> None:
        self._app = app
        self._path = f"{app.cache_dir}/videos.json"
        self.own: list[CloudVideo] = self._cached()
        self.recent: list[CloudVideo] = []
        self.offline = False
        self.loading = False

    def _cached(self) -> list[CloudVideo]:
        fs = self._app.phone.fs
        if not fs.exists(self._path):
            return []
        try:
            return [CloudVideo.of(entry) for entry in json.loads(fs.read(self._path))]
        except ValueError:  # cut short on a full phone
            return []

    def _keep(self) -> None:
        data = json.dumps([asdict(video) for video in self.own]).encode()
        uid = self._app.installed.uid
        fs = self._app.phone.fs
        try:
            fs.mkdir(self._app.cache_dir, 0o700, parents=True, uid=uid, gid=uid)
            fs.write(self._path, data, mode=0o600, uid=uid, gid=uid)
        except FsError as error:
            self._app.warn(error)

    def forget(self) -> None:
        """The cache was cleared, or somebody else logs in."""
        self.own, self.recent = [], []
        if self._app.phone.fs.exists(self._path):
            self._app.phone.fs.unlink(self._path)

    def drop(self, video_id: str) -> None:
        """Take a video that was deleted off the list."""
        self.own = [video for video in self.own if video.id != video_id]
        self._keep()
        self._app.refresh()

    async def refresh_own(self) -> None:
        """Ask the cloud for the own videos."""
        session = self._app.session.current
        if session is None:
            return
        self.loading = True
        self._app.refresh()
        try:
            self.own = await self._app.api.videos(session.account)
            self.offline = False
            self._keep()
        except (OfflineError, ApiError):
            self.offline = True
        finally:
            self.loading = False
        self._app.refresh()

    async def refresh_feed(self) -> None:
        """Ask the cloud for what is new."""
        if self._app.session.current is None:
            return
        try:
            self.recent = await self._app.api.feed()
            self.offline = False
            self._cache_pictures()
        except (OfflineError, ApiError):
            self.offline = True
        self._app.refresh()

    def _cache_pictures(self) -> None:
        """Keep the feed's pictures in the cache, as apps do. On a full phone it goes without."""
        fs, uid = self._app.phone.fs, self._app.installed.uid
        folder = f"{self._app.cache_dir}/images"
        if fs.exists(folder):
            return
        try:
            fs.mkdir(folder, 0o700, parents=True, uid=uid, gid=uid)
            for item in CREATORS:
                path = f"{folder}/{item.author}.jpg"
                fs.write(path, thumbnail(item.seed), mode=0o600, uid=uid, gid=uid)
        except FsError as error:
            self._app.warn(error)

    def feed(self) -> list[FeedItem]:
        """What the feed shows, top to bottom."""
        new = [
            FeedItem(video.account, video.caption, "0", "0", video.seed, video)
            for video in self.recent
        ]
        return [CREATORS[0], *new, *CREATORS[1:]]
