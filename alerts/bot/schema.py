"""The tables of people and chats, and of what is made in the chat: watchlists, quiet hours, mutes, digests, buttons.

Numeric ids of Telegram reach 52 bits, so they are kept as text. `chats.py` and its neighbours hold all SQL about them.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from scraper.db import Instant, metadata

chat = Table(
    "chat",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("language", String, nullable=False, default=""),
    Column("timezone", String, nullable=False, default=""),
    Column("topic", Integer),
    Column("enrolled_by", String),
    Column("enrolled_at", Instant),
    Column("joined_at", Instant),
    Column("left_at", Instant),
    Column("quiet", Text, nullable=False, default=""),
    Column("digest", Text, nullable=False, default=""),
    Column("moved_to", String),
)
"""A chat that the bot is in. `enrolled_at` is empty until somebody who may has enrolled it; until then nothing goes there.

`quiet` and `digest` are JSON of what the chat chose for itself; "" is what the configuration says.
"""

person = Table(
    "person",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False, default=""),
    Column("language", String, nullable=False, default=""),
    Column("seen_at", Instant, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("chat", String, nullable=False, primary_key=True),
    Column("person", String, nullable=False, primary_key=True),
    Column("role", String, nullable=False),
    Column("given_by", String, nullable=False),
    Column("given_at", Instant, nullable=False),
)
"""Who may do what, where: `viewer`, `editor` or `admin`. A `chat` of "*" is every chat."""

enrolment = Table(
    "enrolment",
    metadata,
    Column("code_hash", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_by", String),
    Column("used_at", Instant),
)
"""Codes to enrol with: random, for one use, 15 minutes. Only their hash is kept."""

chat_watch = Table(
    "chat_watch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat", String, ForeignKey("chat.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("slug", String, nullable=False),
    Column("definition", Text, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("removed_at", Instant),
)
"""What a chat watches: an `actor` or a `rule`, as JSON with the keys of the configuration. It rings in that chat only."""

mute = Table(
    "mute",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String, nullable=False, index=True),
    Column("scope", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False, index=True),
    Column("ended_at", Instant),
    Column("held_back", Integer, nullable=False, default=0),
)
"""Silence that always ends. `scope` is all, actor, rule, source, story or route; `subject` its id, "" for all."""

button = Table(
    "button",
    metadata,
    Column("id", String, primary_key=True),
    Column("chat", String, nullable=False),
    Column("person", String),
    Column("action", String, nullable=False),
    Column("payload", Text, nullable=False, default=""),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False, index=True),
    Column("used_at", Instant),
    Column("used_by", String),
    Column("statement", Integer),
    Index("ix_button_chat_statement", "chat", "statement"),
)
"""What stands behind a button: the callback data is only this random id. Bound to a chat, and to a person where it names one."""

button_use = Table(
    "button_use",
    metadata,
    Column("button", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("at", Instant, nullable=False),
)
"""Who pressed a button that works once for each person, as those under an alert do."""

deed = Table(
    "deed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("chat", String, nullable=False),
    Column("person", String, nullable=False),
    Column("verb", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("before", Text, nullable=False, default=""),
    Column("after", Text, nullable=False, default=""),
    Column("undoes", Integer),
    Column("undone_at", Instant),
    Index("ix_deed_chat_at", "chat", "at"),
)
"""Who changed what, when: `before` and `after` are JSON, so that it can be undone. Never deleted by retention before a year."""

judgement = Table(
    "judgement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("statement", Integer, ForeignKey("statement.id"), nullable=False, index=True),
    Column("channel", String, nullable=False),
    Column("person", String, nullable=False),
    Column("watch", String, nullable=False),
    Column("pattern", Text, nullable=False),
    Column("relevant", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_judgement_watch_pattern", "watch", "pattern"),
)
"""What a person said of an alert: relevant or not, for each watch and pattern that rang."""

bot_mark = Table(
    "bot_mark",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("at", Instant, nullable=False),
)
"""What the bot remembers of itself: the last update it handled, the condition of its polling."""
