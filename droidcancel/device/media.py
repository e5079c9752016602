"""Videos in the phone's media library: pushed, indexed, read back, deleted."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

from droidcancel.device.parse import first_line, parse_df, parse_rows, parse_scanned
from droidcancel.device.poll import poll
from droidcancel.device.shell import Script, ShellChannel, quoted
from droidcancel.device.types import MediaItem
from droidcancel.device.ways import SCAN_BROADCAST, SCAN_CALL
from droidcancel.errors import DeviceError, NotEffective, ParseError, UsageError

Push = Callable[[Path, str], None]

VIDEOS = "content://media/external/video/media"
SCAN_FILE_SINCE = 30  # scan_file takes its path as an argument; before, a broadcast is the way
SCAN_TIMEOUT_S = 30.0
_COLUMNS = ("_id", "_data", "_size", "duration")
_FOLDER = re.compile(r"/storage/emulated/\d{1,4}/Movies")
_SAFE_NAME = re.compile(r"[A-Za-z0-9._-]{1,120}")


def unique_name(stem: str = "video", suffix: str = ".mp4") -> str:
    """A file name that no phone has yet."""
    clean = re.sub(r"[^A-Za-z0-9_-]+", "-", stem)[:60] or "video"
    return f"dc-{secrets.token_hex(4)}-{clean}{suffix}"


class Media:
    """The media library of one user. ``push`` copies a local file to a path on the phone."""

    def __init__(self, shell: ShellChannel, api: int, push: Push, user: int = 0) -> None:
        self._shell = shell
        self._api = api
        self._push = push
        self.folder = f"/storage/emulated/{user}/Movies"
        self._user = ["--user", str(user)] if user else []

    def path_of(self, name: str) -> str:
        """Where a file of this name goes on the phone."""
        if not _SAFE_NAME.fullmatch(name) or name.startswith("."):
            raise UsageError(f"not a file name for the phone: {name!r}", "use A-Z a-z 0-9 . _ -")
        return f"{self.folder}/{name}"

    def push(self, local: Path | str, name: str | None = None) -> MediaItem:
        """Copy a video to the phone and index it. Raises UsageError, DeviceError, NotEffective.

        Journal it before (kind ``media``, by its `path_of`): a run that dies leaves the file.
        """
        source = Path(local)
        if not source.is_file():
            raise UsageError(f"no such video: {source}")
        size = source.stat().st_size
        path = self.path_of(name or unique_name(source.stem, source.suffix.lower() or ".mp4"))
        if size > self.free_bytes():
            raise DeviceError(f"{source.name} ({size} bytes) does not fit on the phone")
        self.place(source, path)
        self._scan(path)
        return self._indexed(path, size)

    def place(self, local: Path, path: str) -> None:
        """Copy a file to its place on the phone; nothing is indexed yet."""
        self._shell.run(["mkdir", "-p", self.folder])
        self._push(local, path)

    def find(self, name: str) -> MediaItem | None:
        """The indexed video with this file name."""
        rows = parse_rows(self._query(_named(self.path_of(name))), _COLUMNS)
        return _item(rows[0]) if rows else None

    def delete(self, item: MediaItem) -> None:
        """Remove a video that was pushed, from the index and from the storage; verified."""
        self.delete_path(item.path)

    def delete_path(self, path: str) -> None:
        """As `delete`, by its path; one that is gone already is fine.

        Only files that `path_of` can name are touched, another user's among them.
        """
        folder, _, name = path.rpartition("/")
        if not _FOLDER.fullmatch(folder) or self.path_of(name) != f"{self.folder}/{name}":
            raise UsageError(f"not a file that was pushed here: {path!r}")
        item = self.find(name)
        if item is not None:
            self._shell.run(
                ["content", "delete", "--uri", VIDEOS, "--where", f"_id={item.id}"], 30.0
            )
        self._shell.run(["rm", "-f", path])
        if self.holds(path):
            raise NotEffective(f"{path} is still on the phone", f"delete it: adb shell rm {path}")

    def holds(self, path: str) -> bool:
        """Whether there is a file at this path, or a row of the index by its name."""
        name = path.rpartition("/")[2]
        texts = self._shell.batch(
            {
                "file": Script(f"ls -d {quoted([path])} >/dev/null 2>&1 && echo there"),
                "rows": self._query_command(_named(self.path_of(name))),
            },
            30.0,
        )
        return texts["file"].strip() == "there" or bool(parse_rows(texts["rows"], _COLUMNS))

    def exists(self, path: str) -> bool:
        """Whether there is a file at this path of the phone."""
        return self._shell.run(["ls", "-d", path], repeatable=True).rc == 0

    def size(self, path: str) -> int | None:
        """The size of a file on the phone in bytes, None where there is none."""
        said = self._shell.text(["stat", "-c", "%s", path]).strip()
        return int(said) if re.fullmatch(r"\d{1,15}", said) else None

    def free_bytes(self) -> int:
        """Free space for videos, in bytes."""
        return parse_df(self._shell.text(["df", "-k", "/data"]))

    def _scan(self, path: str) -> None:
        if self._api < SCAN_FILE_SINCE or not self.scan(path, SCAN_CALL):
            self.scan(path, SCAN_BROADCAST)

    def scan(self, path: str, way: str) -> bool:
        """Ask for a file to be indexed, by one way; whether the phone named the row.

        A broadcast says nothing of it: `find` tells.
        """
        if way == SCAN_CALL:
            command = ["content", "call", *self._user, "--uri", "content://media"]
            command += ["--method", "scan_file", "--arg", path]
            return _was_scanned(self._shell.run(command, SCAN_TIMEOUT_S).text)
        action = "android.intent.action.MEDIA_SCANNER_SCAN_FILE"
        command = ["am", "broadcast", *self._user, "-a", action, "-d", f"file://{path}"]
        self._shell.run(command, SCAN_TIMEOUT_S)
        return False

    def _indexed(self, path: str, size: int) -> MediaItem:
        name = path.rpartition("/")[2]

        def complete() -> MediaItem | None:
            item = self.find(name)
            return item if item and item.size == size else None

        item = poll(complete, SCAN_TIMEOUT_S)
        if item is None:
            found = self.find(name)
            raise NotEffective(
                f"{path} ({size} bytes) is not in the media library"
                + (f": it says {found.size} bytes" if found else ""),
                f"look at it with: adb shell content query --uri {VIDEOS}",
            )
        return item

    def _query_command(self, where: str) -> list[str]:
        projection = ":".join(_COLUMNS)
        command = ["content", "query", *self._user, "--uri", VIDEOS, "--projection", projection]
        return [*command, "--where", where]

    def _query(self, where: str) -> str:
        output = self._shell.run(self._query_command(where), 30.0, repeatable=True)
        if not output.text.strip():
            raise DeviceError(f"the media library does not answer: {first_line(output.errors)}")
        return output.text


def _named(path: str) -> str:
    """The condition of the index for a file of `Media.path_of`, whose names need no quoting."""
    return f"_display_name='{Path(path).name}'"


def _was_scanned(text: str) -> bool:
    """Whether the scanner named the row; else the broadcast is tried as well."""
    try:
        return parse_scanned(text) is not None
    except ParseError:
        return False


def _item(row: dict[str, str | None]) -> MediaItem:
    number, size = _number(row["_id"]), _number(row["_size"])
    duration = _number(row["duration"])
    return MediaItem(number, f"{VIDEOS}/{number}", row["_data"] or "", size, duration)


def _number(text: str | None) -> int:
    """0 for NULL. Raises DeviceError."""
    if text and not re.fullmatch(r"\d{1,19}", text):
        raise DeviceError(f"the media library answered {text[:40]!r} where a number belongs")
    return int(text or 0)
