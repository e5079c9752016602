"""What a host has begun and finished, on its own disk, so that no crash makes it do it twice.

One file a job, replaced whole and forced to the disk. Who works on a job holds a lock on it, which
the system drops when that process ends, however it ends:

    (no file)   nobody has begun
    begun       with a lock that is held: it is being run; without: its process was killed
    finished    with the run's JSON
    lost        it was begun, its process was killed, and the phone may have been changed
    withdrawn   it never began, and never will here: it may be run elsewhere
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from droidcancel.errors import LockedError
from droidcancel.journal_file import file_stem, state_dir

#: how long what is known of a fleet run is kept after its last job
KEPT_DAYS = 90.0


def sweep(days: float = KEPT_DAYS) -> None:
    """Forget fleet runs in which nothing has happened for so long."""
    for folder in (state_dir() / "fleet").glob("*"):
        if folder.stat().st_mtime < time.time() - days * 86_400:
            shutil.rmtree(folder, ignore_errors=True)


class Ledger:
    """The jobs of one fleet run on this host, by their keys."""

    def __init__(self, fleet: str) -> None:
        self.folder = state_dir() / "fleet" / file_stem(fleet)
        self.folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Be the only one who works on a job. Raises LockedError."""
        path = self.folder / f"{file_stem(key)}.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LockedError(f"job {key} is being run by another process") from None
            yield
        finally:
            os.close(descriptor)

    def read(self, key: str) -> dict[str, Any] | None:
        """What is known of a job; None where nobody has begun. One that was torn was begun."""
        try:
            entry = json.loads(self._path(key).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            entry = None
        return entry if isinstance(entry, dict) and "state" in entry else {"state": "begun"}

    def write(self, key: str, entry: Mapping[str, Any]) -> None:
        """Set down how a job stands; on the disk when it returns."""
        path = self._path(key)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(entry, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, key: str) -> Path:
        return self.folder / f"{file_stem(key)}.json"
