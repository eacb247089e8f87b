"""All SQL about beginnings: what a new source listed when it was first seen well, to be shown to its people once.

    baseline recorded -> untold -> (shown) -> told: a mark, in the transaction that queues the message

Every function takes the `Connection` of a transaction (`scraper/db.py`) and opens none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, literal, select
from sqlalchemy.engine import Connection

from scraper import marks
from scraper.schema import mark, source_state, statement

_NAME = "begun:"
_PARTS = timedelta(days=1)
"""A list that is read in parts is a baseline when its last part was read; the parts before it lie no longer back than this."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the baseline of a source stored: its statements, and some headlines, newest first."""

    source: str
    stored: tuple[int, ...]
    newest: tuple[str, ...] = ()


def untold(conn: Connection, since: datetime) -> tuple[tuple[str, datetime], ...]:
    """The sources whose baseline was recorded at `since` or later and is not told, each with that moment, the first first.

    A source that became another one has another beginning.
    """
    mine = and_(mark.c.name == literal(_NAME) + source_state.c.id, mark.c.at >= source_state.c.baseline_at)
    query = select(source_state.c.id, source_state.c.baseline_at).where(
        source_state.c.baseline_at >= since, ~exists().where(mine)
    )
    rows = conn.execute(query.order_by(source_state.c.baseline_at, source_state.c.id))
    return tuple((row.id, row.baseline_at) for row in rows)


def tell(conn: Connection, sources: Sequence[str], now: datetime) -> None:
    """From now on the beginnings of these sources count as told."""
    for source in sources:
        marks.put(conn, _NAME + source, now)


def read(conn: Connection, source: str, at: datetime, *, samples: int) -> Beginning:
    """What the baseline of `source`, recorded at `at`, stored; with at most `samples` headlines."""
    mine = (
        statement.c.source == source,
        statement.c.baseline.is_(True),
        statement.c.first_seen_at.between(at - _PARTS, at),
    )
    stored = tuple(conn.execute(select(statement.c.id).where(*mine).order_by(statement.c.id)).scalars())
    return Beginning(source, stored, headlines(conn, stored, limit=samples))


def headlines(conn: Connection, statements: Sequence[int], *, limit: int) -> tuple[str, ...]:
    """At most `limit` headlines of those statements (the first 500 count), newest first; undated ones in the order of their page."""
    query = (
        select(statement.c.title)
        .where(statement.c.id.in_(list(statements[:500])), statement.c.title != "")
        .order_by(statement.c.published_at.is_(None), statement.c.published_at.desc(), statement.c.id)
        .limit(limit)
    )
    return tuple(conn.execute(query).scalars())
