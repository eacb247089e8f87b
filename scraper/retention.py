"""All SQL about forgetting: which statements are old enough and at rest, taking them out, and what is remembered of them.

    aged ──> nothing of their story is young, listed, held or still to be judged ──> forget
                                                                                     └── their identities stay

What stays are the identities (`forgotten`): a short key each, without a word of the text. So an old item that a site lists
again is known and does not ring, however long ago its statement was taken out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.engine import Connection

from scraper.schema import (
    absence,
    evidence,
    forgotten,
    held,
    identity,
    listed,
    rereading,
    revision,
    statement,
    story_join,
    story_key,
    unjudged,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a walk over old statements has come."""

    at: datetime
    statement: int


@dataclass(frozen=True, slots=True)
class Aged:
    """Old stories that are at rest, each with all its statements, and where the walk goes on (None: it is through)."""

    stories: tuple[tuple[int, ...], ...]
    further: Place | None


def aged(conn: Connection, before: datetime, *, after: Place | None, limit: int) -> Aged:
    """The stories of the next `limit` statements first seen before then, oldest first, as far as all of each is at rest.

    A story is not at rest while one of its statements is younger, waits to be judged, is held in a flood, stands in the last
    page of its source, or is looked at again. The newest statement of the store stays, so that its number is not given again.
    """
    old = statement.c.first_seen_at < before
    if after is not None:
        later = and_(statement.c.first_seen_at == after.at, statement.c.id > after.statement)
        old = and_(old, or_(statement.c.first_seen_at > after.at, later))
    query = select(statement.c.id, statement.c.story, statement.c.first_seen_at).where(old)
    rows = conn.execute(query.order_by(statement.c.first_seen_at, statement.c.id).limit(limit)).all()
    further = Place(rows[-1].first_seen_at, rows[-1].id) if len(rows) == limit else None
    found: dict[int, tuple[int, ...]] = {}
    for row in rows:
        if row.story is None:
            found[-row.id] = (row.id,)
        elif row.story not in found:
            members = conn.execute(select(statement.c.id).where(statement.c.story == row.story))
            found[row.story] = tuple(member.id for member in members)
    busy = _busy(conn, sorted({one for story in found.values() for one in story}), before)
    return Aged(tuple(story for story in found.values() if busy.isdisjoint(story)), further)


def aged_of(conn: Connection, source_id: str, before: datetime, *, limit: int) -> tuple[int, ...]:
    """Old statements of one source that are at rest, whatever their stories; its first one stays."""
    mine = statement.c.source == source_id
    first = select(func.min(statement.c.id)).where(mine).scalar_subquery()
    query = select(statement.c.id).where(mine, statement.c.first_seen_at < before, statement.c.id != first)
    ids = list(conn.execute(query.order_by(statement.c.id).limit(limit)).scalars())
    busy = _busy(conn, ids, before)
    return tuple(one for one in ids if one not in busy)


def _busy(conn: Connection, ids: Sequence[int], before: datetime) -> set[int]:
    """Which of them must stay."""
    busy = {int(conn.execute(select(func.max(statement.c.id))).scalar() or 0)}
    sources: set[str] = set()
    for part in _parts(ids):
        rows = conn.execute(
            select(statement.c.id, statement.c.source, statement.c.first_seen_at).where(statement.c.id.in_(part))
        )
        for row in rows:
            sources.add(row.source)
            if row.first_seen_at >= before:
                busy.add(row.id)
        for query in (
            select(unjudged.c.statement).where(unjudged.c.statement.in_(part)),
            select(held.c.statement).where(held.c.statement.in_(part)),
            select(rereading.c.statement).where(rereading.c.statement.in_(part), rereading.c.due_at >= before),
            select(absence.c.statement).where(absence.c.statement.in_(part), absence.c.due_at >= before),
        ):
            busy.update(row.statement for row in conn.execute(query))
    for chunk in _parts(sorted(sources)):
        for page in conn.execute(select(listed.c.statements).where(listed.c.source.in_(chunk))):
            busy.update(json.loads(page.statements))
    return busy


def forget(conn: Connection, ids: Sequence[int], now: datetime, *, remember: bool = True) -> int:
    """Take statements out, with all that `scraper` keeps about them; their identities stay, unless nothing is to be remembered.

    Returns how many went.
    """
    gone = 0
    for part in _parts(ids):
        mine = identity.c.statement.in_(part)
        known = select(forgotten.c.key).where(
            forgotten.c.source == identity.c.source, forgotten.c.key == identity.c.key
        )
        keys = select(identity.c.source, identity.c.key).where(mine, ~known.exists())
        rows = [{"source": row.source, "key": row.key, "at": now} for row in conn.execute(keys)]
        if rows and remember:
            conn.execute(insert(forgotten), rows)
        for table in (identity, revision, unjudged, held, absence, rereading, story_key, story_join, evidence):
            conn.execute(delete(table).where(table.c.statement.in_(part)))
        gone += conn.execute(delete(statement).where(statement.c.id.in_(part))).rowcount
    return gone


def are_forgotten(conn: Connection, source_id: str, keys: Sequence[str]) -> frozenset[str]:
    """Which of these identities belong to statements that were taken out."""
    found: set[str] = set()
    for part in _parts(keys):
        query = select(forgotten.c.key).where(forgotten.c.source == source_id, forgotten.c.key.in_(part))
        found.update(row.key for row in conn.execute(query))
    return frozenset(found)


def _parts(values: Sequence[T], size: int = 500) -> Iterable[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
