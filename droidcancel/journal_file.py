"""The journal's file: JSON lines, appended and forced to the disk one by one."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from droidcancel.errors import JournalError, RestoreError

JSON = None | bool | int | float | str | list[Any] | dict[str, Any]
VERSION = 1
STATE_VARIABLE = "DROIDCANCEL_STATE_DIR"
SUFFIX = ".journal.jsonl"
LONGEST_STEM = 150


def state_dir() -> Path:
    """Where journals and locks live; made when it is not there. Raises JournalError."""
    chosen = os.environ.get(STATE_VARIABLE) or platformdirs.user_state_dir("droidcancel")
    path = Path(chosen)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return path


def file_stem(serial: str) -> str:
    """A serial as a file name; no two serials share one."""
    plain = re.sub(r"[^A-Za-z0-9.-]", lambda found: f"_{ord(found[0]):x}_", serial)
    if len(plain) > LONGEST_STEM:  # a file system takes 255 bytes
        digest = hashlib.sha256(serial.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{plain[:40]}__{digest}"
    return f"_{plain}" if plain.startswith(".") or not plain else plain


def journal_path(serial: str) -> Path:
    """The journal's file of a serial. Raises JournalError where there is no place for it."""
    return state_dir() / f"{file_stem(serial)}{SUFFIX}"


def unwritable(path: Path, error: OSError) -> JournalError:
    """What the system says of a file or folder that a change would have to be written to."""
    return JournalError(
        f"{path} cannot be written: {error.strerror or error}",
        "a phone is only changed once that is written down: make room, let it be written, or name "
        f"another folder with {STATE_VARIABLE}",
    )


@dataclass(frozen=True)
class Record:
    """One change. ``before`` and ``set`` are what the phone read before, and what it was set to.

    ``phone`` is the phone's own id, since serials are given away: an emulator's is its port. It is
    empty where the phone told none. ``t`` is wall time in seconds.
    """

    id: str
    serial: str
    boot_id: str
    what: str
    kind: str
    before: JSON
    set: JSON
    run: str = ""
    phone: str = ""
    args: Mapping[str, JSON] = field(default_factory=dict)
    t: float = 0.0

    def to_json(self) -> dict[str, JSON]:
        """As it stands in the file."""
        data = asdict(self)
        undo = {"kind": data.pop("kind"), "args": data.pop("args")}
        return {"v": VERSION, **data, "undo": undo}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Record:
        """From a line of the file. Raises KeyError, TypeError for one that is none."""
        undo = data["undo"]
        return cls(
            id=str(data["id"]),
            serial=str(data["serial"]),
            boot_id=str(data["boot_id"]),
            what=str(data["what"]),
            kind=str(undo["kind"]),
            before=data["before"],
            set=data["set"],
            run=str(data.get("run", "")),
            phone=str(data.get("phone", "")),
            args=dict(undo.get("args", {})),
            t=float(data.get("t", 0.0)),
        )


class RecordFile:
    """Append and read. A last line that a crash tore is ignored, and ended before the next."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, data: Mapping[str, JSON]) -> None:
        """Write one line; it is on the disk when this returns.

        Raises JournalError where it cannot be written (a full disk, a folder that may not be
        written to): then the file is as before.
        """
        line = json.dumps(data, separators=(",", ":")).encode() + b"\n"
        try:
            self._append(line)
        except OSError as error:
            raise unwritable(self.path, error) from error

    def _append(self, line: bytes) -> None:
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            try:
                self._write(descriptor, b"\n" + line if self._torn(descriptor, size) else line)
                os.fsync(descriptor)
                if new:
                    self._sync_folder()
            except OSError:
                with suppress(OSError):  # half a line does no harm, and is in nobody's way
                    os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)

    @staticmethod
    def _write(descriptor: int, line: bytes) -> None:
        written = 0
        while written < len(line):
            written += os.write(descriptor, line[written:])

    def open_records(self) -> list[Record]:
        """Records without a done mark, oldest first.

        Raises RestoreError for a file of a newer format: what it says is not known here.
        """
        records: dict[str, Record] = {}
        for data in self._lines():
            if "done" in data:
                records.pop(str(data["done"]), None)
                continue
            try:
                record = Record.from_json(data)
            except (KeyError, TypeError, ValueError, OverflowError):
                continue  # torn, or no record: nothing can be undone with it
            records[record.id] = record
        return list(records.values())

    def compact(self) -> None:
        """Keep the open records only. The file is replaced at once, or not at all.

        Where the new file cannot be written, the old one stays, and nothing is said: the next
        start tries again.
        """
        records = self.open_records()
        if not self.path.exists():
            return
        for left in self.path.parent.glob(f"{self.path.name}.*.new"):
            left.unlink(missing_ok=True)  # of a process that was killed over it
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        text = "".join(f"{json.dumps(r.to_json())}\n" for r in records)
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
            self._sync_folder()
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def _lines(self) -> list[dict[str, Any]]:
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RestoreError(
                f"{self.path} cannot be read: {error.strerror or error}; it says what an earlier "
                "run may have left on the phone",
                f"let it be read, or name another folder with {STATE_VARIABLE}",
            ) from error
        found = []
        for line in raw.split(b"\n"):
            try:
                data = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(data, dict):
                self._refuse_newer(data)
                found.append(data)
        return found

    def _refuse_newer(self, data: Mapping[str, Any]) -> None:
        """A record of a later format may mean more than is read of it here."""
        version = data.get("v")
        if isinstance(version, int) and version > VERSION:
            what = f" ({data['what']})" if isinstance(data.get("what"), str) else ""
            raise RestoreError(
                f"{self.path} was written by a newer droidcancel: a record{what} has format "
                f"{version}, this one reads up to {VERSION}; nothing was changed, and the file "
                "stays as it is",
                "restore the phone with that droidcancel: droidcancel restore",
            )

    @staticmethod
    def _torn(descriptor: int, size: int) -> bool:
        return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"

    def _sync_folder(self) -> None:
        """A new name is only safe once its folder is on the disk too."""
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
