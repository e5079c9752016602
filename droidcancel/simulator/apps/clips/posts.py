"""Posts on the phone: being edited, kept as drafts, or on their way to the cloud."""

from __future__ import annotations

import asyncio
import errno
import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from droidcancel.simulator.blob import Blob
from droidcancel.simulator.fs import FileSystem, FsError

Visibility = Literal["everyone", "friends", "only_me"]
VISIBILITIES: tuple[Visibility, ...] = ("everyone", "friends", "only_me")
CLOUD_VISIBILITY = {"everyone": "public", "friends": "friends", "only_me": "private"}
COPY_BYTES = 1 << 20


@dataclass(frozen=True)
class Post:
    """A video with what is to be said of it. `created` is wall seconds, `size` bytes.

    `draft` is the id of the draft that it was made from, `upload` the target of its upload
    at the cloud ("/uploads/ID") once it has one.
    """

    id: str
    name: str
    size: int = 0
    duration_ms: int = 0
    caption: str = ""
    visibility: Visibility = "everyone"
    comments: bool = True
    created: float = 0.0
    draft: str = ""
    upload: str = ""

    @classmethod
    def new(cls, name: str, duration_ms: int, created: float) -> Post:
        return cls(secrets.token_hex(6), name, duration_ms=duration_ms, created=created)

    @classmethod
    def load(cls, data: bytes) -> Post:
        values: dict[str, Any] = json.loads(data)
        return cls(**values)

    def but(self, **values: Any) -> Post:
        """The same post with some fields changed."""
        return replace(self, **values)

    def dump(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @property
    def seed(self) -> str:
        """What its thumbnail is made from: the same at the cloud, which knows the size too."""
        return seed_of(self.size)


class Shelf:
    """A place for posts in the app's files: a note for each, and a copy of its video.

    Every write may raise FsError, with ENOSPC when the phone is full.
    """

    def __init__(self, fs: FileSystem, uid: int, notes: str, videos: str | None = None) -> None:
        self._fs = fs
        self._uid = uid
        self._notes = notes
        self._videos = videos or notes

    def _note(self, post_id: str) -> str:
        return f"{self._notes}/{post_id}.json"

    def video(self, post_id: str) -> str:
        """The path of a post's own copy of its video."""
        return f"{self._videos}/{post_id}.mp4"

    def has_video(self, post_id: str) -> bool:
        return self._fs.exists(self.video(post_id))

    def list(self) -> list[Post]:
        """All posts here, newest first."""
        return sorted(self._load(), key=lambda post: (post.created, post.id), reverse=True)

    def _load(self) -> Iterator[Post]:
        if not self._fs.exists(self._notes):
            return
        for name in self._fs.listdir(self._notes):
            post = self.get(name.removesuffix(".json")) if name.endswith(".json") else None
            if post is not None:
                yield post

    def get(self, post_id: str) -> Post | None:
        """A post; None when it is not here, or its note was cut short on a full phone."""
        path = self._note(post_id)
        if not self._fs.exists(path):
            return None
        try:
            return Post.load(self._fs.read(path))
        except ValueError:
            return None

    def save(self, post: Post) -> Post:
        """Write a post's note."""
        self._mkdir(self._notes)
        self._fs.write(self._note(post.id), post.dump(), mode=0o600, uid=self._uid, gid=self._uid)
        return post

    def _mkdir(self, path: str) -> None:
        self._fs.mkdir(path, 0o700, parents=True, uid=self._uid, gid=self._uid)

    async def take_copy(self, post: Post, source: Blob) -> Post:
        """Keep a post with a copy of its video; nothing is kept when that fails."""
        self._mkdir(self._videos)
        path = self.video(post.id)
        try:
            target = self._fs.create(path, 0o600, self._uid, self._uid)
            for offset in range(0, source.size, COPY_BYTES):
                target.append(source.read(offset, COPY_BYTES))
                await asyncio.sleep(0)
            return self.save(replace(post, size=source.size))
        except BaseException as error:
            self.remove(post.id)
            if isinstance(error, OSError):
                raise FsError(error.errno or errno.EIO, path) from error
            raise

    def take_over(self, post: Post, other: Shelf) -> Post:
        """Move a post with its video here from another shelf; all of it or nothing."""
        self._mkdir(self._videos)
        try:
            self.save(post)
        except FsError:
            self.remove(post.id)
            raise
        self._fs.rename(other.video(post.id), self.video(post.id))
        other.remove(post.id)
        return post

    def remove(self, post_id: str) -> None:
        """Remove a post and its video; harmless when it is gone."""
        for path in (self._note(post_id), self.video(post_id)):
            if self._fs.exists(path):
                self._fs.unlink(path)


def seed_of(size: int) -> str:
    """The seed of a video's pictures."""
    return f"video:{size}"


def clock_text(milliseconds: int) -> str:
    """A duration as MM:SS."""
    seconds = max(0, milliseconds) // 1000
    return f"{seconds // 60:02d}:{seconds % 60:02d}"
