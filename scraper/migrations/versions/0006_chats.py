"""People, chats, and what is made there: watchlists, quiet hours, mutes, digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "chat",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("timezone", sa.String, nullable=False),
        sa.Column("topic", sa.Integer),
        sa.Column("enrolled_by", sa.String),
        sa.Column("enrolled_at", INSTANT),
        sa.Column("joined_at", INSTANT),
        sa.Column("left_at", INSTANT),
        sa.Column("quiet", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("moved_to", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_chat"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_table(
        "membership",
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("given_by", sa.String, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("chat", "person", name="pk_membership"),
    )
    op.create_table(
        "enrolment",
        sa.Column("code_hash", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("used_by", sa.String),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("code_hash", name="pk_enrolment"),
    )
    op.create_table(
        "chat_watch",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("slug", sa.String, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.ForeignKeyConstraint(["chat"], ["chat.id"], name="fk_chat_watch_chat"),
        sa.PrimaryKeyConstraint("id", name="pk_chat_watch"),
    )
    op.create_index("ix_chat_watch_chat", "chat_watch", ["chat"])
    op.create_table(
        "mute",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("held_back", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mute"),
    )
    op.create_index("ix_mute_channel", "mute", ["channel"])
    op.create_index("ix_mute_ends_at", "mute", ["ends_at"])
    op.create_table(
        "button",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("person", sa.String),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("used_by", sa.String),
        sa.Column("statement", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_button"),
    )
    op.create_index("ix_button_chat_statement", "button", ["chat", "statement"])
    op.create_index("ix_button_ends_at", "button", ["ends_at"])
    op.create_table(
        "button_use",
        sa.Column("button", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("button", "person", name="pk_button_use"),
    )
    op.create_table(
        "deed",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("verb", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.Column("undone_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_deed"),
    )
    op.create_index("ix_deed_chat_at", "deed", ["chat", "at"])
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("watch", sa.String, nullable=False),
        sa.Column("pattern", sa.Text, nullable=False),
        sa.Column("relevant", sa.Boolean, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_judgement_statement"),
        sa.PrimaryKeyConstraint("id", name="pk_judgement"),
    )
    op.create_index("ix_judgement_statement", "judgement", ["statement"])
    op.create_index("ix_judgement_watch_pattern", "judgement", ["watch", "pattern"])
    op.create_table(
        "bot_mark",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_bot_mark"),
    )
    op.add_column("delivery", sa.Column("bundle", sa.String, nullable=False, server_default=""))
    op.create_index("ix_delivery_channel_created_at", "delivery", ["channel", "created_at"])
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"])
