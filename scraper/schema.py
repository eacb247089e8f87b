"""The tables of sources and statements. `store.py` holds all SQL about them; migrations hold how they came to be."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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
    Column("condition", String),
    Column("condition_polls", Integer),
    Column("well_since", Instant),
    Column("seen_at", Instant),
    Column("fresh_for", Integer),
    Column("habit", Text),
    Column("older_page", String),
    Column("worse_since", Instant),
    Column("edits_at", Instant),
)

gap = Table(
    "gap",
    metadata,
    Column("source", String, ForeignKey("source_state.id"), nullable=False, primary_key=True),
    Column("noticed_at", Instant, nullable=False, primary_key=True),
    Column("since", Instant),
    Column("until", Instant),
    Column("pages", Integer, nullable=False),
    Column("detail", String, nullable=False),
)
"""Where something may have been missed: between the last good look at a source and what it lists at the oldest."""

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
    Column("story", Integer, index=True),
    Column("removed_at", Instant),
    Column("article_due_at", Instant),
    Column("article_attempts", Integer, nullable=False, default=0),
    Column("article_detail", String, nullable=False, default=""),
    Column("context", Text),  # JSON: whether it says that it was edited, whose words it passes on, what it answers
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

flood = Table(
    "flood",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False, index=True),
    Column("since", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("statements", Integer, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("settled_at", Instant),
    Column("verdict", String, nullable=False, default=""),
)
"""More new items than one can believe, until a person has said what they are: `released` or `dropped`."""

held = Table(
    "held",
    metadata,
    Column("statement", Integer, ForeignKey("statement.id"), nullable=False, primary_key=True),
    Column("flood", Integer, ForeignKey("flood.id"), nullable=False, index=True),
    Column("wants_article", Boolean, nullable=False),
)
"""The statements of a flood: stored, and neither judged nor followed before a person decides."""

listed = Table(
    "listed",
    metadata,
    Column("source", String, nullable=False, primary_key=True),
    Column("statements", Text, nullable=False),
)
"""What the last whole page of a source listed, in its order: a JSON list of statements."""

absence = Table(
    "absence",
    metadata,
    Column("statement", Integer, ForeignKey("statement.id"), nullable=False, primary_key=True),
    Column("source", String, nullable=False, index=True),
    Column("since", Instant, nullable=False),
    Column("due_at", Instant, index=True),
    Column("checks", Integer, nullable=False, default=0),
    Column("note", Text, nullable=False, default=""),
    Column("first_proof_at", Instant),
    Column("first_proof", Text, nullable=False, default=""),
    Column("second_proof_at", Instant),
    Column("second_proof", Text, nullable=False, default=""),
    Column("returned_at", Instant),
)
"""A statement that is missing from its list: what is known of its own page, and when that is looked at next (`due_at`)."""

rereading = Table(
    "rereading",
    metadata,
    Column("statement", Integer, ForeignKey("statement.id"), nullable=False, primary_key=True),
    Column("source", String, nullable=False),
    Column("due_at", Instant, nullable=False, index=True),
    Column("reads", Integer, nullable=False, default=0),
    Column("etag", String, nullable=False, default=""),
    Column("last_modified", String, nullable=False, default=""),
    Column("doubt", String, nullable=False, default=""),
)
"""Articles that are read again for a while, to find what was edited in them."""

story_key = Table(
    "story_key",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("statement", Integer, ForeignKey("statement.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""A few numbers of each lately seen text that its copies share (`scraper/likeness.py`): how candidates for a story are found."""

story_join = Table(
    "story_join",
    metadata,
    Column("statement", Integer, ForeignKey("statement.id"), primary_key=True),
    Column("like", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("news", Text, nullable=False, default=""),
    Column("at", Instant, nullable=False),
)
"""Why a statement belongs to a story that it did not begin: which statement it is like, and what it says that is new."""

forgotten = Table(
    "forgotten",
    metadata,
    Column("source", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""The identities of statements that retention took out: an item that comes back under one of them is old, and never rings."""

raw_page = Table(
    "raw_page",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", String, nullable=False, index=True),
    Column("url", String, nullable=False),
    Column("asked", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("media_type", String, nullable=False, default=""),
    Column("fetched_at", Instant, nullable=False, index=True),
    Column("length", Integer, nullable=False),
    Column("size", Integer, nullable=False),
)
"""Pages kept as evidence: a row for each time that one was fetched. `size` are the bytes of the file, which two may share."""

evidence = Table(
    "evidence",
    metadata,
    Column("statement", Integer, ForeignKey("statement.id"), primary_key=True),
    Column("page", Integer, ForeignKey("raw_page.id"), primary_key=True, index=True),
    Column("revision", Integer, nullable=False),
    Column("role", String, nullable=False),
    sqlite_with_rowid=False,
)
"""From which page a statement was read: `listed` or `article`, and which of its revisions that gave."""
