"""The tables of sources and statements. `store.py` holds all SQL about them; migrations hold how they came to be."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from scraper.db import Instant, metadata

source_state = Table(
    "source_state",
    metadata,
    Column("id", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("url", String, nullable=False),
    Column("etag", String, nullable=False, default=""),
    Column("last_modified", String, nullable=False, default=""),
    Column("body_hash", String, nullable=False, default=""),
    Column("baseline_at", Instant),
    Column("due_at", Instant, nullable=False, index=True),
    Column("outcome", String),
    Column("outcome_at", Instant),
    Column("detail", String, nullable=False, default=""),
    Column("failures", Integer, nullable=False, default=0),
    Column("failing_since", Instant),
    Column("full_fetch_at", Instant),
    Column("last_new_at", Instant),
    Column("items", Integer, nullable=False, default=0),
    Column("moved_to", String, nullable=False, default=""),
)

statement = Table(
    "statement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, ForeignKey("source_state.id"), nullable=False),
    Column("key", String, nullable=False),
    Column("url", String),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("digest", String, nullable=False),
    Column("published", String),  # as claimed, with its own offset; `published_at` is the same instant for sorting
    Column("published_at", Instant, index=True),
    Column("published_precision", String),
    Column("published_method", String),
    Column("published_confident", Boolean, nullable=False, default=False),
    Column("said_on", String),
    Column("said_on_method", String),
    Column("author", String),
    Column("language", String),
    Column("first_seen_at", Instant, nullable=False, index=True),
    Column("revision", Integer, nullable=False, default=1),
    Column("extent", String, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("story", Integer),
    Column("removed_at", Instant),
    Column("article_due_at", Instant),
    Column("article_attempts", Integer, nullable=False, default=0),
    Column("article_detail", String, nullable=False, default=""),
    UniqueConstraint("source", "key"),
    Index("ix_statement_article_due_at", "article_due_at"),
)

identity = Table(
    "identity",
    metadata,
    Column("source", String, nullable=False, primary_key=True),
    Column("key", String, nullable=False, primary_key=True),
    Column("statement", Integer, ForeignKey("statement.id"), nullable=False, index=True),
)
"""Every key under which a statement was seen. `statement.key` is the first of them and never changes."""

revision = Table(
    "revision",
    metadata,
    Column("statement", Integer, ForeignKey("statement.id"), nullable=False, primary_key=True),
    Column("revision", Integer, nullable=False, primary_key=True),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("until", Instant, nullable=False),
)
"""What a statement said before it was changed: the predecessors, not the present text."""

unjudged = Table(
    "unjudged",
    metadata,
    Column("statement", Integer, ForeignKey("statement.id"), nullable=False, primary_key=True),
    Column("revision", Integer, nullable=False, primary_key=True),
    Column("extent", String, nullable=False, primary_key=True),
    Column("queued_at", Instant, nullable=False),
)

robots = Table(
    "robots",
    metadata,
    Column("origin", String, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("asked_at", Instant, nullable=False),
)
"""robots.txt of each origin, so that a run from cron does not ask for it every time."""

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("detail", String, nullable=False, default=""),
)
"""The last sign of life of each loop, for `bayan health`."""

mark = Table(
    "mark",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("detail", String, nullable=False, default=""),
)
"""What the store knows of itself: that it is a backup (`scraper/copies.py`)."""
