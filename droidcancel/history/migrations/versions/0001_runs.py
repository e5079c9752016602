"""Runs and matrices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("matrix_id", sa.String(64)),
        sa.Column("started_at", sa.Float(53), nullable=False),
        sa.Column("duration_s", sa.Float(53), nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("droidcancel", sa.Text, nullable=False),
        sa.Column("recipe", sa.Text, nullable=False),
        sa.Column("app", sa.Text, nullable=False),
        sa.Column("package", sa.Text, nullable=False),
        sa.Column("app_version", sa.Text, nullable=False),
        sa.Column("serial", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("api_level", sa.Integer),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("moment", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("exit_code", sa.Integer, nullable=False),
        sa.Column("restored", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("error_type", sa.Text, nullable=False),
        sa.Column("progress_percent", sa.Integer),
        sa.Column("bytes_sent", sa.BigInteger),
        sa.Column("bytes_after_cut", sa.BigInteger),
        sa.Column("detect_ms", sa.Float(53)),
        sa.Column("apply_ms", sa.Float(53)),
        sa.Column("data", sa.JSON, nullable=False),
    )
    op.create_index("runs_by_time", "runs", ["started_at"])
    op.create_index("runs_by_build", "runs", ["app", "app_version", "started_at"])
    op.create_index("runs_by_recipe", "runs", ["recipe", "started_at"])
    op.create_index("runs_by_phone", "runs", ["serial", "started_at"])
    op.create_index("runs_by_matrix", "runs", ["matrix_id"])
    op.create_table(
        "matrices",
        sa.Column("matrix_id", sa.String(64), primary_key=True),
        sa.Column("started_at", sa.Float(53), nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("app", sa.Text, nullable=False),
        sa.Column("exit_code", sa.Integer, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    """Drop them, and every run with them."""
    op.drop_table("matrices")
    op.drop_table("runs")
