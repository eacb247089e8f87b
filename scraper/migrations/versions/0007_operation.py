"""What keeps a long life healthy: retention, which remembers of a statement only that it was there; evidence; fallbacks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("source", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_forgotten"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "raw_page",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("asked", sa.String, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_raw_page"),
    )
    op.create_index("ix_raw_page_sha256", "raw_page", ["sha256"])
    op.create_index("ix_raw_page_fetched_at", "raw_page", ["fetched_at"])
    op.create_table(
        "evidence",
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("statement", "page", name="pk_evidence"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_evidence_statement"),
        sa.ForeignKeyConstraint(["page"], ["raw_page.id"], name="fk_evidence_page"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_evidence_page", "evidence", ["page"])
    op.add_column("delivery", sa.Column("shows", sa.String, nullable=False, server_default=""))
    op.add_column("channel_state", sa.Column("failing_since", sa.DateTime(timezone=True)))
