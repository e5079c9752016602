"""Queries of content providers: a condition and an order in SQL, over a table in memory.

The phone's providers hand `--where` and `--sort` to SQLite, and so does this: but to a database
that holds the one table, lets nothing be done but read it, and stops after a number of steps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

Value = str | int | float | None
Rows = tuple[list[str], list[tuple[Value, ...]]]

LENGTH_MAX = 2000
STEPS_MAX = 200_000
_STEPS_BETWEEN_CHECKS = 1000
_ACTIONS = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ)
_FUNCTIONS = (
    *("abs", "coalesce", "count", "glob", "ifnull", "instr", "length", "like", "lower"),
    *("max", "min", "nullif", "round", "substr", "trim", "upper"),
)


class QueryError(Exception):
    """A query that failed; `cls` is the exception's class on the phone."""

    def __init__(self, cls: str, message: str) -> None:
        super().__init__(message)
        self.cls = cls


def select(
    columns: Mapping[str, Sequence[Value]],
    projection: list[str] | None,
    where: str | None,
    sort: str | None,
) -> Rows:
    """Names and rows of a query over the table that `columns` give. Raises QueryError."""
    names = projection or list(columns)
    unknown = next((name for name in names if name not in columns), None)
    if unknown is not None:
        raise QueryError("java.lang.IllegalArgumentException", f"Invalid column {unknown}")
    if len(where or "") + len(sort or "") > LENGTH_MAX:
        raise QueryError("java.lang.IllegalArgumentException", "Invalid token")
    chosen = ", ".join(f'"{name}"' for name in names)
    condition = f" WHERE ({where})" if where else ""
    order = f" ORDER BY {sort}" if sort else ""
    return names, _run(columns, f"SELECT {chosen} FROM t{condition}{order}")


def _run(columns: Mapping[str, Sequence[Value]], statement: str) -> list[tuple[Value, ...]]:
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _fill(database, columns)
        _confine(database)
        return database.execute(statement).fetchall()
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:  # bytes that are no text, NUL
        text = f"{error} (code 1 SQLITE_ERROR)"
        raise QueryError("android.database.sqlite.SQLiteException", text) from None
    finally:
        database.close()


def _fill(database: sqlite3.Connection, columns: Mapping[str, Sequence[Value]]) -> None:
    declared = ", ".join(f'"{name}"' for name in columns)
    database.execute(f"CREATE TABLE t ({declared})")
    marks = ", ".join("?" for _ in columns)
    rows = (tuple(map(_storable, row)) for row in zip(*columns.values(), strict=True))
    database.executemany(f"INSERT INTO t VALUES ({marks})", rows)


def _storable(value: Value) -> Value:
    """The value as SQLite takes it: names of files may be no UTF-8, numbers have 64 bits."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return max(-(2**63), min(value, 2**63 - 1))
    return value


def _confine(database: sqlite3.Connection) -> None:
    """Only reading from here on, and only for so long."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += _STEPS_BETWEEN_CHECKS
        return int(steps > STEPS_MAX)

    def allow(action: int, first: str | None, second: str | None, *rest: str | None) -> int:
        called = action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS
        return sqlite3.SQLITE_OK if action in _ACTIONS or called else sqlite3.SQLITE_DENY

    database.set_progress_handler(count, _STEPS_BETWEEN_CHECKS)
    database.set_authorizer(allow)
