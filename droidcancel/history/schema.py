"""The tables. A change here needs a migration beside it; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

#: the revision that these tables are at; a test compares it with the migrations'
HEAD = "0001"

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("matrix_id", String(64)),
    Column("started_at", Float(53), nullable=False),  # seconds since 1970
    Column("duration_s", Float(53), nullable=False),
    Column("host", Text, nullable=False),
    Column("droidcancel", Text, nullable=False),
    Column("recipe", Text, nullable=False),
    Column("app", Text, nullable=False),
    Column("package", Text, nullable=False),
    Column("app_version", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("api_level", Integer),
    Column("method", Text, nullable=False),
    Column("moment", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("restored", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("error_type", Text, nullable=False),
    Column("progress_percent", Integer),
    Column("bytes_sent", BigInteger),
    Column("bytes_after_cut", BigInteger),
    Column("detect_ms", Float(53)),
    Column("apply_ms", Float(53)),
    Column("data", JSON, nullable=False),
    Index("runs_by_time", "started_at"),
    Index("runs_by_build", "app", "app_version", "started_at"),
    Index("runs_by_recipe", "recipe", "started_at"),
    Index("runs_by_phone", "serial", "started_at"),
    Index("runs_by_matrix", "matrix_id"),
)

matrices = Table(
    "matrices",
    metadata,
    Column("matrix_id", String(64), primary_key=True),
    Column("started_at", Float(53), nullable=False),
    Column("host", Text, nullable=False),
    Column("app", Text, nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("data", JSON, nullable=False),
)
