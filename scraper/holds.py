"""All SQL about floods: statements that are stored and neither judged nor followed before a person has decided.

    a poll that is a flood -> hold -> ... -> release: judged, followed, rung;  or drop: judged, and silent for good

Every function takes the `Connection` of a transaction (`scraper/db.py`) and opens none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from scraper.flood import Habit
from scraper.schema import flood, held, source_state, statement, unjudged

POLLS_OF_A_HABIT = 100
"""The last so many polls that brought something make the habit of a source."""
SAMPLES = 200
"""Addresses of a source that are looked at for what they usually look like."""
BETWEEN_ARTICLES = timedelta(seconds=2)
"""The articles of a flood that is released are due one after the other, so that those of other sources come in between."""


@dataclass(frozen=True, slots=True)
class Flood:
    """New items of one source that were not believed, and that nobody has decided on yet.

    `count` is how many are held, over all polls since `since`; `listed` is what the page of the first of them listed;
    `samples` are some headlines.
    """

    id: int
    source: str
    since: datetime
    last_at: datetime
    count: int
    listed: int
    reason: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What a flood is measured by: the habit of a source, its last good look, and some of its addresses."""

    habit: Habit
    last_look: datetime
    known_urls: tuple[str, ...]


def standing(conn: Connection, source_id: str, now: datetime) -> Standing:
    """How a source stands before a poll that brought many. Floods that are held or were dropped are no habit."""
    state = conn.execute(select(source_state).where(source_state.c.id == source_id)).one()
    mine = (statement.c.source == source_id, statement.c.baseline.is_(False))
    free = statement.c.id.not_in(select(held.c.statement))
    polls = conn.execute(
        select(statement.c.first_seen_at, func.count().label("new"))
        .where(*mine, free)
        .group_by(statement.c.first_seen_at)
        .order_by(statement.c.first_seen_at.desc())
        .limit(POLLS_OF_A_HABIT)
    ).all()
    since = state.baseline_at
    if len(polls) == POLLS_OF_A_HABIT:
        since = polls[-1].first_seen_at
    hours = max((now - since) / timedelta(hours=1), 1.0) if since is not None else 1.0
    counts = [int(row.new) for row in polls]
    urls = conn.execute(
        select(statement.c.url)
        .where(statement.c.source == source_id, statement.c.url.is_not(None), free)
        .order_by(statement.c.id.desc())
        .limit(SAMPLES)
    ).scalars()
    healthy = state.failures == 0 and state.outcome_at is not None
    last_look = (state.outcome_at if healthy else state.full_fetch_at) or since or now
    return Standing(
        Habit(max(counts, default=0), sum(counts) / hours, state.baseline_at),
        last_look,
        tuple(str(url) for url in urls),
    )


def hold(
    conn: Connection, source_id: str, statements: Sequence[tuple[int, bool]], *, listed: int, reason: str, now: datetime
) -> int:
    """Part of commit 1: hold `statements`, each with whether its article is wanted. Returns the flood.

    While one flood of a source waits for a decision, the next one joins it: a person is told once.
    """
    waiting = select(flood.c.id).where(flood.c.source == source_id, flood.c.settled_at.is_(None))
    number = conn.execute(waiting).scalar()
    if number is None:
        values = dict(source=source_id, since=now, last_at=now, statements=0, listed=listed, reason=reason, verdict="")
        number = conn.execute(insert(flood).values(**values).returning(flood.c.id)).scalar_one()
    conn.execute(
        update(flood).where(flood.c.id == number).values(last_at=now, statements=flood.c.statements + len(statements))
    )
    rows = [{"statement": one, "flood": number, "wants_article": wants} for one, wants in statements]
    conn.execute(insert(held), rows)
    return int(number)


def are_held(conn: Connection, statements: Sequence[int]) -> frozenset[int]:
    """Those of `statements` that are held."""
    found: set[int] = set()
    for start in range(0, len(statements), 500):
        part = list(statements[start : start + 500])
        found.update(conn.execute(select(held.c.statement).where(held.c.statement.in_(part))).scalars())
    return frozenset(found)


def floods(conn: Connection, *, samples: int = 0) -> tuple[Flood, ...]:
    """The floods that wait for a decision, oldest first, each with up to `samples` headlines."""
    query = select(flood).where(flood.c.settled_at.is_(None)).order_by(flood.c.id)
    return tuple(
        Flood(
            row.id,
            row.source,
            row.since,
            row.last_at,
            row.statements,
            row.listed,
            row.reason,
            _samples(conn, row.id, samples),
        )
        for row in conn.execute(query)
    )


def counts(conn: Connection) -> dict[str, int]:
    """How many statements of each source are held; sources without any are left out."""
    query = select(flood.c.source, func.sum(flood.c.statements)).where(flood.c.settled_at.is_(None))
    return {str(source): int(count) for source, count in conn.execute(query.group_by(flood.c.source))}


def release(conn: Connection, source_id: str, now: datetime) -> int:
    """What is held of a source is judged like any other news, and its articles are read. Returns how many."""
    rows = _held(conn, source_id)
    articles = [one for one, wants in rows if wants]
    for number, one in enumerate(articles):
        due_at = now + number * BETWEEN_ARTICLES
        conn.execute(update(statement).where(statement.c.id == one).values(article_due_at=due_at))
    return _settle(conn, source_id, [one for one, _ in rows], "released", now)


def drop(conn: Connection, source_id: str, now: datetime) -> int:
    """What is held of a source stays stored and never rings, as if it had stood on the first page. Returns how many."""
    rows = [one for one, _ in _held(conn, source_id)]
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        conn.execute(update(statement).where(statement.c.id.in_(part)).values(baseline=True))
    return _settle(conn, source_id, rows, "dropped", now)


def _settle(conn: Connection, source_id: str, statements: Sequence[int], verdict: str, now: datetime) -> int:
    for start in range(0, len(statements), 500):
        part = statements[start : start + 500]
        rows = conn.execute(
            select(statement.c.id, statement.c.revision, statement.c.extent).where(statement.c.id.in_(part))
        )
        conn.execute(
            insert(unjudged),
            [{"statement": r.id, "revision": r.revision, "extent": r.extent, "queued_at": now} for r in rows],
        )
        conn.execute(delete(held).where(held.c.statement.in_(part)))
    waiting = (flood.c.source == source_id, flood.c.settled_at.is_(None))
    conn.execute(update(flood).where(*waiting).values(settled_at=now, verdict=verdict))
    return len(statements)


def _held(conn: Connection, source_id: str) -> list[tuple[int, bool]]:
    query = (
        select(held.c.statement, held.c.wants_article)
        .join(flood, flood.c.id == held.c.flood)
        .where(flood.c.source == source_id, flood.c.settled_at.is_(None))
        .order_by(held.c.statement)
    )
    return [(int(one), bool(wants)) for one, wants in conn.execute(query)]


def _samples(conn: Connection, number: int, limit: int) -> tuple[str, ...]:
    if not limit:
        return ()
    query = (
        select(statement.c.title)
        .join(held, held.c.statement == statement.c.id)
        .where(held.c.flood == number)
        .order_by(statement.c.id)
        .limit(limit)
    )
    return tuple(str(title) for title in conn.execute(query).scalars())
