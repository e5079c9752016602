"""Run by Alembic: the migrations, on the connection that `history.migrate` hands over."""

from __future__ import annotations

from alembic import context

from droidcancel.history.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite alters a table by copying it
    render_as_batch=True,
)
context.run_migrations()
