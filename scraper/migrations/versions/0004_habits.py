"""What a source does by habit, how well it is, and where a gap may be; what a message answers or passes on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source_state", sa.Column("condition", sa.String))
    op.add_column("source_state", sa.Column("condition_polls", sa.Integer))
    op.add_column("source_state", sa.Column("well_since", sa.DateTime(timezone=True)))
    op.add_column("source_state", sa.Column("seen_at", sa.DateTime(timezone=True)))
    op.add_column("source_state", sa.Column("fresh_for", sa.Integer))
    op.add_column("source_state", sa.Column("habit", sa.Text))
    op.add_column("source_state", sa.Column("older_page", sa.String))
    op.add_column("source_state", sa.Column("worse_since", sa.DateTime(timezone=True)))
    op.add_column("source_state", sa.Column("edits_at", sa.DateTime(timezone=True)))
    op.add_column("statement", sa.Column("context", sa.Text))
    op.create_table(
        "gap",
        sa.Column("source", sa.String, nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True)),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source_state.id"], name="fk_gap_source"),
        sa.PrimaryKeyConstraint("source", "noticed_at", name="pk_gap"),
    )
