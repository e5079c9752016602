"""Earlier runs in a database: SQLite by default, PostgreSQL by URL (docs/history.md).

Importing this package is cheap; SQLAlchemy and Alembic, of the extra `history`, are imported by
what opens a database.
"""
