"""MediaStore: the phone's library of videos and pictures, and who may read it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from droidcancel.simulator.fs import Blob, FsError
from droidcancel.simulator.grants import UriGrants
from droidcancel.simulator.mp4 import VideoFacts, read_facts
from droidcancel.simulator.processes import user_name

if TYPE_CHECKING:
    from droidcancel.simulator.packages import Package
    from droidcancel.simulator.phone import Phone

AUTHORITY = "media"
VOLUMES = ("external_primary", "external")
ROOT = "/storage/emulated/0"
ROWS_MAX = 10_000

# MediaStore.Files.FileColumns.MEDIA_TYPE_*
MEDIA_NONE, MEDIA_IMAGE, MEDIA_AUDIO, MEDIA_VIDEO = 0, 1, 2, 3

MIME_TYPES = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "3gp": "video/3gpp",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/x-wav",
    "txt": "text/plain",
}
MEDIA_TYPES = {"video": MEDIA_VIDEO, "image": MEDIA_IMAGE, "audio": MEDIA_AUDIO}
COLLECTIONS = {
    "video/media": MEDIA_VIDEO,
    "images/media": MEDIA_IMAGE,
    "audio/media": MEDIA_AUDIO,
    "file": None,
}
COLLECTION_OF = {kind: name for name, kind in COLLECTIONS.items() if kind is not None}

_URI = re.compile(
    rf"content://{AUTHORITY}/(?P<volume>[\w-]+)"
    r"/(?P<collection>video/media|images/media|audio/media|file)(?:/(?P<id>\d+))?/?"
)


@dataclass(frozen=True)
class MediaRow:
    """One file of the library. Times are wall seconds, `duration` milliseconds, sizes bytes."""

    id: int
    path: str
    size: int
    mime: str
    media_type: int
    added: int
    modified: int
    duration: int | None = None
    width: int | None = None
    height: int | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def relative_path(self) -> str:
        """The directory below the storage's root, with a slash at its end."""
        return self.path.removeprefix(ROOT + "/").rpartition("/")[0] + "/"

    @property
    def bucket(self) -> str:
        """The directory's own name, as a gallery shows it."""
        return self.path.rpartition("/")[0].rpartition("/")[2]

    @property
    def uri(self) -> str:
        collection = COLLECTION_OF.get(self.media_type, "file")
        return f"content://{AUTHORITY}/external_primary/{collection}/{self.id}"


@dataclass(frozen=True)
class MediaUri:
    """A URI taken apart; `media_type` is None for all files, `id` None for a whole table."""

    media_type: int | None
    id: int | None


def parse_uri(uri: str) -> MediaUri | None:
    """Take a content://media URI apart; None when it names nothing that there is."""
    found = _URI.fullmatch(uri.partition("?")[0])
    if found is None or found["volume"] not in VOLUMES:
        return None
    number = int(found["id"]) if found["id"] else None
    return MediaUri(COLLECTIONS[found["collection"]], number)


class MediaStore:
    """Rows by id. A file is in the library once it was scanned, until it is removed."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._rows: dict[int, MediaRow] = {}
        self._next = 1
        self.grants = UriGrants()
        phone.packages.on_change(self._package_changed)

    def _package_changed(self, event: str, package: Package) -> None:
        if event in ("removed", "cleared"):
            self.grants.revoke(package.uid)

    # -- scanning ----------------------------------------------------------------------------
    def scan(self, path: str) -> MediaRow | None:
        """Index a file (a directory: all below it); its row, None when there is none."""
        real = self._real(path)
        if real is None:
            return None
        if self._phone.fs.isdir(real):
            for below in list(self._phone.fs.walk(real)):
                if not self._phone.fs.isdir(below):
                    self._scan_file(below)
            return None
        return self._scan_file(real)

    def scan_all(self) -> None:
        """Index the whole storage, as MediaProvider does when it is mounted at a boot."""
        self.scan(ROOT)

    def _real(self, path: str) -> str | None:
        """The path below the storage's root, None outside of it or where nothing is."""
        fs = self._phone.fs
        try:
            real = fs.resolve(fs.normalize(path))
        except FsError:
            return None
        inside = real == ROOT or real.startswith(ROOT + "/")
        return real if inside and fs.exists(real) else None

    def _scan_file(self, path: str) -> MediaRow | None:
        if self._hidden(path) or len(self._rows) >= ROWS_MAX:
            return None
        try:
            stat = self._phone.fs.stat(path)
            blob = self._phone.fs.open_blob(path)
        except FsError:
            return None
        before = self._by_path(path)
        mime = MIME_TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")
        kind = MEDIA_TYPES.get(mime.partition("/")[0], MEDIA_NONE)
        facts = read_facts(blob) if kind == MEDIA_VIDEO else None
        row = MediaRow(
            before.id if before else self._new_id(),
            path,
            stat.size,
            mime,
            kind,
            before.added if before else int(self._phone.clock.time()),
            int(stat.mtime),
            *self._columns(facts),
        )
        self._rows[row.id] = row
        return row

    @staticmethod
    def _columns(facts: VideoFacts | None) -> tuple[int | None, int | None, int | None]:
        if facts is None:
            return None, None, None
        return facts.duration_ms, facts.width or None, facts.height or None

    def _hidden(self, path: str) -> bool:
        """Dot files, and what lies beside or below a .nomedia file, are not media."""
        below = path.removeprefix(ROOT).split("/")[1:]
        if any(part.startswith(".") for part in below):
            return True
        parents = ["/".join([ROOT, *below[:count]]) for count in range(1, len(below))]
        return any(self._phone.fs.exists(parent + "/.nomedia") for parent in parents)

    def _new_id(self) -> int:
        number = self._next
        self._next += 1
        return number

    # -- looking -----------------------------------------------------------------------------
    def rows(self) -> list[MediaRow]:
        """Everything in the library, oldest first; rows of files that are gone go."""
        for row in list(self._rows.values()):
            if not self._phone.fs.exists(row.path):
                del self._rows[row.id]
        return list(self._rows.values())

    def videos(self) -> list[MediaRow]:
        """The videos, newest first, as a picker lists them."""
        found = [row for row in self.rows() if row.media_type == MEDIA_VIDEO]
        return sorted(found, key=lambda row: (row.modified, row.id), reverse=True)

    def row(self, id: int) -> MediaRow | None:
        return next((row for row in self.rows() if row.id == id), None)

    def _by_path(self, path: str) -> MediaRow | None:
        return next((row for row in self.rows() if row.path == path), None)

    def select(self, uri: str) -> list[MediaRow]:
        """The rows that a URI means. Raises ValueError for a URI that means none of ours."""
        return list(self._select(uri))

    def _select(self, uri: str) -> Iterator[MediaRow]:
        wanted = parse_uri(uri)
        if wanted is None:
            raise ValueError(f"Unknown URL: {uri}")
        for row in self.rows():
            if wanted.media_type in (None, row.media_type) and wanted.id in (None, row.id):
                yield row

    # -- changing ----------------------------------------------------------------------------
    def delete(self, id: int) -> bool:
        """Remove a row with its file; False when there is no such row."""
        row = self.row(id)
        if row is None:
            return False
        self._phone.fs.unlink(row.path)
        del self._rows[id]
        return True

    def move(self, id: int, path: str) -> None:
        """Move a file of the library; its row stays the same. Raises FsError."""
        row = self._rows[id]
        self._phone.fs.rename(row.path, path)
        self._rows[id] = replace(row, path=path)

    # -- reading -----------------------------------------------------------------------------
    def open(self, uri: str, uid: int, grants: Collection[str] = ()) -> Blob:
        """The contents behind a URI, for a process of `uid`.

        `grants` are URIs that the caller was given besides those that came with an intent.
        Raises PermissionError where `uid` has no access, FileNotFoundError for no such row.
        """
        wanted = parse_uri(uri)
        rows = self.select(uri) if wanted is not None and wanted.id is not None else []
        if not rows:
            raise FileNotFoundError(f"No item at {uri}")
        if not self.may_read(rows[0], uid) and not self._granted(rows[0], uid, grants):
            raise PermissionError(f"{self._caller(uid)} has no access to {uri}")
        return self._phone.fs.open_blob(rows[0].path)

    def _granted(self, row: MediaRow, uid: int, grants: Collection[str]) -> bool:
        """A grant of either form of the URI counts: both volumes are the same storage."""
        tail = row.uri.partition("external_primary")[2]
        forms = [f"content://{AUTHORITY}/{volume}{tail}" for volume in VOLUMES]
        return any(form in grants or self.grants.allows(uid, form) for form in forms)

    def may_read(self, row: MediaRow, uid: int) -> bool:
        """Whether `uid` holds the permission that reading this kind of file takes."""
        if uid < 10000:
            return True
        suffix = {MEDIA_VIDEO: "VIDEO", MEDIA_IMAGE: "IMAGES"}.get(row.media_type, "AUDIO")
        for package in self._phone.packages.by_uid(uid):
            old = self._phone.options.api < 33 or package.target_sdk < 33
            name = "READ_EXTERNAL_STORAGE" if old else f"READ_MEDIA_{suffix}"
            if package.has(f"android.permission.{name}"):
                return True
        return False

    def _caller(self, uid: int) -> str:
        names = [package.name for package in self._phone.packages.by_uid(uid)]
        return names[0] if names else user_name(uid)
