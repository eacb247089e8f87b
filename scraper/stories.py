"""All SQL about stories: which statements are near copies of one another, and the index that finds candidates.

A story has the number of the statement that it began with; a statement without copies is a story by itself. `alerts` reads
here and writes through one door, `record`, within the commit in which a statement is judged: a crash before it leaves the
statement unjudged and in no story, and it is placed again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, bindparam, delete, func, insert, select, update
from sqlalchemy import text as sql
from sqlalchemy.engine import Connection

from scraper.likeness import MOST_KEYS
from scraper.schema import statement, story_join, story_key

PAGE_ITSELF = "g:page"
"""The key of a watched page's own statement (`scraper/changes.py`). It holds every version of the page and is no copy of anything:
what changed there is a statement of its own, which it would always contain."""
PAGE_CHANGED = "g:change:"
"""How the key of such a change begins. Its text is lines: what came after "+ ", what went after `WENT`."""
WENT = "− "
WINDOW = timedelta(hours=72)
"""How long after a statement another one can be its copy. The index forgets what is older."""
NEWEST = 64
"""Of the statements that share one key, so many are candidates: a formula that thousands share costs no more than this."""
_FORGETS_EVERY = 250
"""Statements between two tidyings of the index."""
CANDIDATES = 12
"""So many are compared word by word, those that share most first."""


@dataclass(frozen=True, slots=True)
class Text:
    """A statement as the exact check needs it."""

    id: int
    source: str
    story: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Member:
    """A statement of a story. `why` says why it belongs there and `news` what it says anew; "" for the first."""

    id: int
    source: str
    title: str
    url: str | None
    first_seen_at: datetime
    baseline: bool
    why: str = ""
    news: str = ""
    like: int | None = None
    revision: int = 1
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a statement belongs: its story, and what is to be remembered of it. `like` is the statement that it copies."""

    statement: int
    story: int
    keys: tuple[int, ...]
    like: int | None = None
    why: str = ""
    news: str = ""


def sharing(conn: Connection, keys: Sequence[int], *, since: datetime, limit: int = CANDIDATES) -> tuple[Text, ...]:
    """The statements first seen after `since` that share most of `keys`, at most `limit`.

    One search in the index for each key, each bounded by `NEWEST`: as cheap in a large store as in a small one.
    """
    if not keys:
        return ()
    padded = (*keys, *([-1] * (MOST_KEYS - len(keys))))[:MOST_KEYS]
    found = conn.execute(_sharing(), {"most": limit, **{f"key{place}": key for place, key in enumerate(padded)}})
    order = {row.statement: place for place, row in enumerate(found)}
    query = select(*_TEXT).where(statement.c.id.in_(list(order)), statement.c.first_seen_at >= since)
    return tuple(sorted((_text(row) for row in conn.execute(query)), key=lambda one: order[one.id]))


@lru_cache(maxsize=1)
def _sharing() -> TextClause:
    """Written out as text: put together from its seventy parts for each statement anew, it would cost more than to run it."""
    parts = " UNION ALL ".join(
        f"SELECT statement FROM (SELECT statement FROM story_key WHERE key = :key{place}"  # noqa: S608 - numbers of our own
        f" ORDER BY statement DESC LIMIT {NEWEST}) AS part{place}"
        for place in range(MOST_KEYS)
    )
    return sql(
        f"SELECT statement, count(*) AS shared FROM ({parts}) AS met"  # noqa: S608 - numbers of our own
        " GROUP BY statement ORDER BY shared DESC, statement LIMIT :most"
    )


def texts(conn: Connection, story: int, *, limit: int = CANDIDATES) -> tuple[Text, ...]:
    """The first statements of a story, with their words."""
    query = select(*_TEXT).where(statement.c.story == story).order_by(statement.c.id).limit(limit)
    return tuple(_text(row) for row in conn.execute(query))


def text(conn: Connection, statement_id: int) -> Text | None:
    """One statement with its words."""
    row = conn.execute(select(*_TEXT).where(statement.c.id == statement_id)).first()
    return None if row is None else _text(row)


def stories_of(conn: Connection, statements: Collection[int]) -> dict[int, int]:
    """The story of each statement that was placed."""
    found: dict[int, int] = {}
    wanted = sorted(statements)
    for start in range(0, len(wanted), 500):
        query = select(statement.c.id, statement.c.story).where(
            statement.c.id.in_(wanted[start : start + 500]), statement.c.story.is_not(None)
        )
        found |= {row.id: row.story for row in conn.execute(query)}
    return found


def members(conn: Connection, story: int, *, limit: int = 200) -> tuple[Member, ...]:
    """The statements of a story, first seen first."""
    query = (
        select(
            statement.c.id, statement.c.source, statement.c.title, statement.c.url, statement.c.first_seen_at,
            statement.c.baseline, statement.c.revision, statement.c.removed_at,
            story_join.c.why, story_join.c.news, story_join.c.like,
        )
        .outerjoin(story_join, story_join.c.statement == statement.c.id)
        .where(statement.c.story == story)
        .order_by(statement.c.first_seen_at, statement.c.id)
        .limit(limit)
    )  # fmt: skip
    return tuple(
        Member(
            row.id,
            row.source,
            row.title,
            row.url,
            row.first_seen_at,
            bool(row.baseline),
            row.why or "",
            row.news or "",
            row.like,
            row.revision,
            row.removed_at,
        )
        for row in conn.execute(query)
    )


def news_of(conn: Connection, statement_id: int) -> str:
    """What a member of a story said anew; "" where it says nothing new."""
    found = conn.execute(select(story_join.c.news).where(story_join.c.statement == statement_id)).scalar()
    return found or ""


def counts(conn: Connection) -> tuple[int, int]:
    """How many stories have more than one statement, and how many statements those have together."""
    several = (
        select(func.count().label("size"))
        .where(statement.c.story.is_not(None))
        .group_by(statement.c.story)
        .having(func.count() > 1)
        .subquery()
    )
    row = conn.execute(select(func.count(), func.coalesce(func.sum(several.c.size), 0)).select_from(several)).one()
    return int(row[0]), int(row[1])


def record(conn: Connection, placed: Sequence[Placed], now: datetime) -> None:
    """Part of commit 2: the story of each statement, and its keys in place of those of an earlier, shorter reading."""
    if not placed:
        return
    mine = [{"one": one.statement} for one in placed]
    conn.execute(_SET_STORY, [{"one": one.statement, "which": one.story} for one in placed])
    conn.execute(_FORGET_JOIN, mine)
    conn.execute(_FORGET_KEYS, mine)
    joins = [
        {"statement": one.statement, "like": one.like, "why": one.why, "news": one.news, "at": now}
        for one in placed
        if one.like is not None
    ]
    keys = [{"key": key, "statement": one.statement} for one in placed for key in one.keys]
    if joins:
        conn.execute(insert(story_join), joins)
    if keys:
        conn.execute(insert(story_key), keys)
    if any(one.statement % _FORGETS_EVERY == 0 for one in placed):
        forget(conn, now - WINDOW)


_SET_STORY = update(statement).where(statement.c.id == bindparam("one")).values(story=bindparam("which"))
_FORGET_JOIN = delete(story_join).where(story_join.c.statement == bindparam("one"))
_FORGET_KEYS = delete(story_key).where(story_key.c.statement == bindparam("one"))
"""Made once and run for many."""


def forget(conn: Connection, before: datetime) -> int:
    """Take what was first seen before then out of the index. Returns how many rows went."""
    newest = select(statement.c.id).where(statement.c.first_seen_at < before).order_by(statement.c.first_seen_at.desc())
    last = conn.execute(newest.limit(1)).scalar()
    return 0 if last is None else conn.execute(delete(story_key).where(story_key.c.statement <= last)).rowcount


_TEXT = (
    statement.c.id, statement.c.source, statement.c.story, statement.c.title, statement.c.summary, statement.c.text,
)  # fmt: skip


def _text(row: Any) -> Text:
    return Text(row.id, row.source, row.story if row.story is not None else row.id, row.title, row.text or row.summary)
