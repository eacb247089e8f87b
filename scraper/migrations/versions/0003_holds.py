"""Floods that are held, what the last page listed, statements that are gone, and articles that are read again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "flood",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("statements", sa.Integer, nullable=False),
        sa.Column("listed", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("settled_at", moment),
        sa.Column("verdict", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_flood"),
    )
    op.create_index("ix_flood_source", "flood", ["source"])
    op.create_table(
        "held",
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("flood", sa.Integer, nullable=False),
        sa.Column("wants_article", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("statement", name="pk_held"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_held_statement"),
        sa.ForeignKeyConstraint(["flood"], ["flood.id"], name="fk_held_flood"),
    )
    op.create_index("ix_held_flood", "held", ["flood"])
    op.create_table(
        "listed",
        sa.Column("source", sa.String, nullable=False),
        sa.Column("statements", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_listed"),
    )
    op.create_table(
        "absence",
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("due_at", moment),
        sa.Column("checks", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("first_proof_at", moment),
        sa.Column("first_proof", sa.Text, nullable=False),
        sa.Column("second_proof_at", moment),
        sa.Column("second_proof", sa.Text, nullable=False),
        sa.Column("returned_at", moment),
        sa.PrimaryKeyConstraint("statement", name="pk_absence"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_absence_statement"),
    )
    op.create_index("ix_absence_source", "absence", ["source"])
    op.create_index("ix_absence_due_at", "absence", ["due_at"])
    op.create_table(
        "rereading",
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("reads", sa.Integer, nullable=False),
        sa.Column("etag", sa.String, nullable=False),
        sa.Column("last_modified", sa.String, nullable=False),
        sa.Column("doubt", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("statement", name="pk_rereading"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_rereading_statement"),
    )
    op.create_index("ix_rereading_due_at", "rereading", ["due_at"])
