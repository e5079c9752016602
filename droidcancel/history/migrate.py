"""Bringing a database's tables up to date, by itself and once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from droidcancel.errors import HistoryError
from droidcancel.history.schema import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"
#: any number, the same for all: what PostgreSQL locks while tables change
LOCK = 7_242_501


def bring_up_to_date(connection: Connection, shown: str) -> None:
    """Make the tables, or change them to what this version knows; in the caller's transaction.

    Several processes may do so at once: one does, the others wait, and find it done. Raises
    HistoryError for a database that a newer droidcancel has changed.
    """
    if connection.dialect.name == "postgresql":  # of SQLite a writer holds the lock already
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    found = revision(connection)
    if found == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise HistoryError(
            f"the history {shown} was made by a newer droidcancel (its tables are at {found},"
            f" and this one knows them up to {HEAD})",
            "update droidcancel, or name another database with --history",
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def revision(connection: Connection) -> str | None:
    """What the tables are at; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)
