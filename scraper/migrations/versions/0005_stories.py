"""Near copies of one statement are one story, told in one message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is stored already stays as it is, each statement a story by itself: nobody is told of old news again."""
    op.execute("UPDATE statement SET story = id WHERE story IS NULL")
    op.create_index("ix_statement_story", "statement", ["story"])
    op.create_table(
        "story_key",
        sa.Column("key", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("statement", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", "statement", name="pk_story_key"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_story_key_statement"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_key_statement", "story_key", ["statement"])
    op.create_table(
        "story_join",
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("like", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("news", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("statement", name="pk_story_join"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_story_join_statement"),
    )
