"""Writing runs down as they end: off the critical path, and never able to change a verdict.

A run is first put into a small file beside the journals, which takes a millisecond, and from there
into the database by a thread. What cannot be written there (the server is down, the disk is full)
is a warning; its file stays, and the next command brings it in. A run's id makes it one row,
however often it is brought.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from droidcancel.errors import DroidCancelError, HistoryError
from droidcancel.history.rows import matrix_row_of, row_of
from droidcancel.history.where import Where
from droidcancel.journal_file import file_stem, state_dir
from droidcancel.secret import redacted_json

if TYPE_CHECKING:
    from droidcancel.history.store import History

#: seconds: until a database that failed is tried again; what the end of a command waits for
PAUSE_S = 60.0
CLOSE_S = 15.0
#: files that are brought in at once
BATCH = 500

Warn = Callable[[str], None]


class Recorder:
    """Keeps the runs of one process. Nothing here raises: what goes wrong is told by `warn`."""

    def __init__(self, place: Where, warn: Warn) -> None:
        self.place = place
        self._warn = warn
        self._warned: set[str] = set()
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None

    def keep(self, run: Mapping[str, Any], matrix_id: str | None = None) -> None:
        """A finished run, as its JSON."""
        self._keep("run", lambda: row_of(run, matrix_id))

    def keep_matrix(self, matrix: Mapping[str, Any]) -> None:
        """A matrix, as its JSON; again when it has grown."""
        self._keep("matrix", lambda: matrix_row_of(matrix))

    def _keep(self, kind: str, make: Callable[[], dict[str, Any]]) -> None:
        try:
            row = redacted_json(make())
            _put(self.place, kind, row)
        except (DroidCancelError, OSError, KeyError, TypeError, ValueError) as error:
            self._tell(f"this {kind} is not recorded: {error!r}")
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="history", daemon=True)
            self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """Wait for what is being written, not for ever: what is left is written next time."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(CLOSE_S)
            if self._thread.is_alive():
                self._tell(f"{self.place.shown} is slow; the rest is recorded next time")

    def _work(self) -> None:
        with contextlib.ExitStack() as stack:
            history: History | None = None
            not_before = 0.0
            while True:
                self._wake.wait()
                self._wake.clear()
                closing = self._closing
                if time.monotonic() >= not_before:
                    try:
                        history = history or stack.enter_context(_open(self.place))
                        self._tell_refused(bring_in(history))
                    except Exception as error:  # a thread that dies would be told as a defect
                        self._tell(f"not recorded yet: {error}")
                        not_before = time.monotonic() + PAUSE_S
                if closing:
                    return

    def _tell_refused(self, refused: Sequence[str]) -> None:
        for what in refused:
            self._tell(f"not recorded: {what}")

    def _tell(self, what: str) -> None:
        if what not in self._warned:
            self._warned.add(what)
            self._warn(f"history: {what}")


def open_history(place: Where) -> History:
    """The database, with what earlier commands could not write to it. Raises HistoryError."""
    history = _open(place)
    try:
        bring_in(history)
    except BaseException:
        history.close()
        raise
    return history


def _open(place: Where) -> History:
    from droidcancel.history.store import History

    return History(place)


# -- what waits to be written


def waiting_folder(place: Where) -> Path:
    """Where runs wait for this database."""
    digest = hashlib.sha256(place.url.encode()).hexdigest()[:16]
    return state_dir() / "history-waiting" / digest


def _put(place: Where, kind: str, row: Mapping[str, Any]) -> None:
    """Whole on the disk when it returns. Raises OSError, ValueError."""
    folder = waiting_folder(place)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{file_stem(str(row[f'{kind}_id']))}.{kind}.json"
    part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(row, file, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def bring_in(history: History) -> list[str]:
    """Write what waits; returns what the database refuses for good, which is set aside.

    Raises HistoryError where the database does not work; then all of it goes on waiting.
    """
    refused: list[str] = []
    folder = waiting_folder(history.place)
    for paths in _batches(sorted(folder.glob("*.run.json"))):
        read = [(path, row) for path in paths if (row := _read(path, refused)) is not None]
        _write(read, history.add, refused)
    for path in sorted(folder.glob("*.matrix.json")):
        row = _read(path, refused)
        if row is not None:
            _write([(path, row)], lambda rows: history.put_matrix(rows[0]), refused)
    return refused


def _batches(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    return (paths[first : first + BATCH] for first in range(0, len(paths), BATCH))


def _read(path: Path, refused: list[str]) -> dict[str, Any] | None:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(row, dict):
            raise ValueError("no JSON object")
        return row
    except FileNotFoundError:  # another process brought it in meanwhile
        return None
    except (OSError, ValueError) as error:
        _set_aside(path, error, refused)
        return None


def _write(
    read: Sequence[tuple[Path, dict[str, Any]]],
    write: Callable[[Sequence[Mapping[str, Any]]], Any],
    refused: list[str],
) -> None:
    from droidcancel.history.store import is_refusal

    try:
        write([row for _, row in read])
    except HistoryError as error:
        if not is_refusal(error):
            raise
        if len(read) > 1:
            for one in read:
                _write([one], write, refused)
        else:
            _set_aside(read[0][0], error, refused)
        return
    for path, _ in read:
        path.unlink(missing_ok=True)


def _set_aside(path: Path, error: Exception, refused: list[str]) -> None:
    said = error.message if isinstance(error, DroidCancelError) else str(error)
    with contextlib.suppress(OSError):
        path.replace(path.with_suffix(".refused"))
    refused.append(f"{path.with_suffix('.refused')}: {said}")
