"""The tables of judgements and deliveries. `verdicts.py` and `outbox.py` hold all SQL about them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from scraper.db import Instant, metadata

verdict = Table(
    "verdict",
    metadata,
    Column("statement", Integer, ForeignKey("statement.id"), nullable=False, primary_key=True),
    Column("revision", Integer, nullable=False, primary_key=True),
    Column("extent", String, nullable=False, primary_key=True),
    Column("judged_at", Instant, nullable=False),
    Column("watchlist", String, nullable=False),
    Column("matches", Integer, nullable=False),
)
"""That a version of a statement was judged, and by which watchlist: never twice, never not at all."""

match = Table(
    "match",
    metadata,
    Column("statement", Integer, ForeignKey("statement.id"), nullable=False, primary_key=True),
    Column("revision", Integer, nullable=False, primary_key=True),
    Column("number", Integer, nullable=False, primary_key=True),
    Column("watch", String, nullable=False, index=True),
    Column("rule", String),
    Column("actor", String),
    Column("tier", String, nullable=False),
    Column("role", String),
    Column("field", String, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("surface", Text, nullable=False),
    Column("pattern", Text, nullable=False),
    Column("steps", Text, nullable=False),
)
"""Where a watchlist met a revision, by its fullest reading so far. `steps` is a JSON list."""

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("statement", Integer, ForeignKey("statement.id"), index=True),
    Column("state", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("routes", Text, nullable=False, default="[]"),
    Column("text", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("claimed_at", Instant),
    Column("settled_at", Instant),
    Column("message_id", String),
    Column("may_repeat", Boolean, nullable=False, default=False),
    Column("plain", Boolean, nullable=False, default=False),
    Column("reason", String, nullable=False, default=""),
    Column("bundle", String, nullable=False, default="", server_default=""),
    Column("shows", String, nullable=False, default="", server_default=""),
    UniqueConstraint("channel", "kind", "subject", "revision"),
    Index("ix_delivery_channel_state_due_at", "channel", "state", "due_at"),
    Index("ix_delivery_channel_created_at", "channel", "created_at"),
    Index("ix_delivery_state_due_at", "state", "due_at"),
)

channel_state = Table(
    "channel_state",
    metadata,
    Column("id", String, primary_key=True),
    Column("fingerprint", String, nullable=False, default=""),
    Column("chat", String),
    Column("drop_topic", Boolean, nullable=False, default=False),
    Column("condition", String, nullable=False, default="ok"),
    Column("failures", Integer, nullable=False, default=0),
    Column("paused_until", Instant),
    Column("since", Instant),
    Column("reason", String, nullable=False, default=""),
    Column("failing_since", Instant),
)
"""What was learned about a channel: where its chat moved to, how long it asked us to wait, whether it is gone."""
