"""The first schema: sources, statements, judgements, deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "source_state",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("etag", sa.String, nullable=False),
        sa.Column("last_modified", sa.String, nullable=False),
        sa.Column("body_hash", sa.String, nullable=False),
        sa.Column("baseline_at", INSTANT),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("outcome", sa.String),
        sa.Column("outcome_at", INSTANT),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", INSTANT),
        sa.Column("full_fetch_at", INSTANT),
        sa.Column("last_new_at", INSTANT),
        sa.Column("items", sa.Integer, nullable=False),
        sa.Column("moved_to", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source_state"),
    )
    op.create_index("ix_source_state_due_at", "source_state", ["due_at"])
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("url", sa.String),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("published", sa.String),
        sa.Column("published_at", INSTANT),
        sa.Column("published_precision", sa.String),
        sa.Column("published_method", sa.String),
        sa.Column("published_confident", sa.Boolean, nullable=False),
        sa.Column("said_on", sa.String),
        sa.Column("said_on_method", sa.String),
        sa.Column("author", sa.String),
        sa.Column("language", sa.String),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("extent", sa.String, nullable=False),
        sa.Column("baseline", sa.Boolean, nullable=False),
        sa.Column("story", sa.Integer),
        sa.Column("removed_at", INSTANT),
        sa.Column("article_due_at", INSTANT),
        sa.Column("article_attempts", sa.Integer, nullable=False),
        sa.Column("article_detail", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_statement"),
        sa.ForeignKeyConstraint(["source"], ["source_state.id"], name="fk_statement_source"),
        sa.UniqueConstraint("source", "key", name="uq_statement_source_key"),
    )
    op.create_index("ix_statement_published_at", "statement", ["published_at"])
    op.create_index("ix_statement_first_seen_at", "statement", ["first_seen_at"])
    op.create_index("ix_statement_article_due_at", "statement", ["article_due_at"])
    op.create_table(
        "identity",
        sa.Column("source", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("statement", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_identity"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_identity_statement"),
    )
    op.create_index("ix_identity_statement", "identity", ["statement"])
    op.create_table(
        "revision",
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("statement", "revision", name="pk_revision"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_revision_statement"),
    )
    op.create_table(
        "unjudged",
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("extent", sa.String, nullable=False),
        sa.Column("queued_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("statement", "revision", "extent", name="pk_unjudged"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_unjudged_statement"),
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("origin", name="pk_robots"),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeat"),
    )
    op.create_table(
        "verdict",
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("extent", sa.String, nullable=False),
        sa.Column("judged_at", INSTANT, nullable=False),
        sa.Column("watchlist", sa.String, nullable=False),
        sa.Column("matches", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("statement", "revision", "extent", name="pk_verdict"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_verdict_statement"),
    )
    op.create_table(
        "match",
        sa.Column("statement", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("watch", sa.String, nullable=False),
        sa.Column("rule", sa.String),
        sa.Column("actor", sa.String),
        sa.Column("tier", sa.String, nullable=False),
        sa.Column("role", sa.String),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("pattern", sa.Text, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("statement", "revision", "number", name="pk_match"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_match_statement"),
    )
    op.create_index("ix_match_watch", "match", ["watch"])
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("statement", sa.Integer),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("routes", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("claimed_at", INSTANT),
        sa.Column("settled_at", INSTANT),
        sa.Column("message_id", sa.String),
        sa.Column("may_repeat", sa.Boolean, nullable=False),
        sa.Column("plain", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.ForeignKeyConstraint(["statement"], ["statement.id"], name="fk_delivery_statement"),
        sa.UniqueConstraint("channel", "kind", "subject", "revision", name="uq_delivery_channel_kind_subject_revision"),
    )
    op.create_index("ix_delivery_statement", "delivery", ["statement"])
    op.create_index("ix_delivery_channel_state_due_at", "delivery", ["channel", "state", "due_at"])
    op.create_table(
        "channel_state",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("chat", sa.String),
        sa.Column("drop_topic", sa.Boolean, nullable=False),
        sa.Column("condition", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("paused_until", INSTANT),
        sa.Column("since", INSTANT),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channel_state"),
    )
