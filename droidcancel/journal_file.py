"""The journal's file: JSON lines, appended and forced to the disk one by one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

JSON = None | bool | int | float | str | list[Any] | dict[str, Any]
VERSION = 1


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
        """Write one line; it is on the disk when this returns."""
        line = json.dumps(data, separators=(",", ":")).encode() + b"\n"
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if self._torn(descriptor):
                line = b"\n" + line
            written = os.write(descriptor, line)
            while written < len(line):
                written += os.write(descriptor, line[written:])
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            self._sync_folder()

    def open_records(self) -> list[Record]:
        """Records without a done mark, oldest first."""
        records: dict[str, Record] = {}
        for data in self._lines():
            if "done" in data:
                records.pop(str(data["done"]), None)
                continue
            try:
                record = Record.from_json(data)
            except (KeyError, TypeError, ValueError, OverflowError):
                continue  # torn, or of another version: nothing can be undone with it
            records[record.id] = record
        return list(records.values())

    def compact(self) -> None:
        """Keep the open records only. The file is replaced at once, or not at all."""
        records = self.open_records()
        if not self.path.exists():
            return
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        text = "".join(f"{json.dumps(r.to_json())}\n" for r in records)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        self._sync_folder()

    def _lines(self) -> list[dict[str, Any]]:
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return []
        found = []
        for line in raw.split(b"\n"):
            try:
                data = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(data, dict):
                found.append(data)
        return found

    @staticmethod
    def _torn(descriptor: int) -> bool:
        size = os.fstat(descriptor).st_size
        return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"

    def _sync_folder(self) -> None:
        """A new name is only safe once its folder is on the disk too."""
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
