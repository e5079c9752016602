"""The database itself: opening it, bringing its tables up to date, writing rows once each."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from droidcancel.closing import Closing
from droidcancel.errors import HistoryError
from droidcancel.history import schema
from droidcancel.history.migrate import bring_up_to_date, revision
from droidcancel.history.rows import LOST
from droidcancel.history.where import Where

#: seconds: until a server is given up, and until another process lets go of a file
CONNECT_S = 5
BUSY_S = 30
#: rows that are sent at once
BATCH = 500
#: an option of our connections: a transaction that will write takes SQLite's lock at its begin
WRITES = "droidcancel_writes"


class History(Closing):
    """Earlier runs. A context manager; safe to use from several processes at once."""

    def __init__(self, place: Where) -> None:
        """Open it, and make or mend its tables. Raises HistoryError."""
        self.place = place
        self.engine = _engine(place)
        try:
            with self.reading() as connection:
                old = revision(connection) != schema.HEAD
            if old:
                with self.writing() as connection:
                    bring_up_to_date(connection, place.shown)
        except BaseException:
            self.engine.dispose()
            raise

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises HistoryError."""
        with self._told(), self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept when nothing goes wrong in it. Raises HistoryError."""
        with self._told(), self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: True})
            with connection.begin():
                yield connection

    def add(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Keep runs; those that are known already stay as they are. Returns how many were new.

        Only a run that was lost gives way to what became of it, where that is found out.
        """
        added, table, once = 0, schema.runs, _once_each(rows)
        with self.writing() as connection:
            chosen = sqlite if connection.dialect.name == "sqlite" else postgresql
            fresh = chosen.insert(table)
            others = [column.name for column in table.c if column.name != "run_id"]
            statement = fresh.on_conflict_do_update(
                index_elements=["run_id"],
                set_={name: fresh.excluded[name] for name in others},
                where=(table.c.error_type == LOST) & (fresh.excluded.error_type != LOST),
            ).returning(table.c.run_id)
            for first in range(0, len(once), BATCH):
                part = once[first : first + BATCH]
                added += len(connection.execute(statement, part).all())
        return added

    def put_matrix(self, row: Mapping[str, Any]) -> None:
        """Keep a matrix, or what it has become since it was kept before."""
        with self.writing() as connection:
            chosen = sqlite if connection.dialect.name == "sqlite" else postgresql
            fresh = chosen.insert(schema.matrices).values(dict(row))
            latest = {"exit_code": fresh.excluded.exit_code, "data": fresh.excluded.data}
            connection.execute(
                fresh.on_conflict_do_update(index_elements=["matrix_id"], set_=latest)
            )

    def vacuum(self) -> None:
        """Give back the room of what was deleted; a server does so by itself."""
        if self.place.kind == "sqlite":
            with self._told(), self.engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                raw.execute("VACUUM")

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the database as HistoryError, which names it."""
        try:
            yield
        except SQLAlchemyError as error:
            raise HistoryError(*_said(error, self.place)) from error


def _once_each(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The first row of each run, or the first that is not of a lost one."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        known = found.get(row["run_id"])
        if known is None or (known["error_type"] == LOST and row["error_type"] != LOST):
            found[row["run_id"]] = dict(row)
    return list(found.values())


def is_refusal(error: HistoryError) -> bool:
    """Whether the database is there and refused what it was given, rather than the work."""
    cause = error.__cause__
    refused = ("DataError", "IntegrityError", "StatementError")
    return type(cause).__name__ in refused


def _said(error: SQLAlchemyError, place: Where) -> tuple[str, str]:
    original = error.orig if isinstance(error, DBAPIError) else error
    words = " ".join(str(original).split())[:300] or type(original).__name__
    if "locked" in words:
        return (
            f"the history {place.shown} was in use by another program for {BUSY_S} s",
            "end what holds it; a run is kept until it can be written",
        )
    hint = (
        "is the folder there, and may you write to it?"
        if place.kind == "sqlite"
        else "does the server run, and does it let you in? `psql` with the same URL tells"
    )
    if "not a database" in words or "malformed" in words:
        hint = "move the file away: a new one is made"
    return f"the history {place.shown} cannot be used: {words}", hint


def _engine(place: Where) -> Engine:
    if place.kind == "postgresql":
        return _server(place)
    assert place.file is not None
    try:
        place.file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HistoryError(
            f"the history {place.shown} cannot be made: {error.strerror}",
            "name another with --history or DROIDCANCEL_HISTORY",
        ) from error
    engine = create_engine(place.url, connect_args={"timeout": BUSY_S})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _server(place: Where) -> Engine:
    try:
        return create_engine(
            place.url, connect_args={"connect_timeout": CONNECT_S}, pool_pre_ping=True
        )
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise HistoryError(
            f"the history {place.shown} cannot be used: {error}",
            "pip install 'droidcancel[history]', and look at the URL",
        ) from error


def _on_connect(raw: Any, _record: Any) -> None:
    """Let us begin transactions ourselves; readers do not wait for a writer (WAL)."""
    raw.isolation_level = None
    cursor = raw.cursor()
    try:
        _use_wal(cursor)
        cursor.execute("PRAGMA synchronous = NORMAL")
    finally:
        cursor.close()


def _use_wal(cursor: Any) -> None:
    """The mode is kept in the file; of two that set it at once, one is refused without a wait."""
    deadline = time.monotonic() + BUSY_S
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return  # or as before, where the file system has no shared memory
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
