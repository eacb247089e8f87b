"""All SQL about what people said of alerts: relevant or not, for each watch and spelling that rang."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from alerts.bot.schema import judgement


def record(
    conn: Connection, channel: str, person: str, statement: int, rang: Iterable[tuple[str, str]], now: datetime
) -> bool:
    """That a person found an alert not relevant; `rang` are (watch, pattern). False where he said so before."""
    mine = (judgement.c.channel == channel, judgement.c.person == person, judgement.c.statement == statement)
    if conn.execute(select(judgement.c.id).where(*mine).limit(1)).first() is not None:
        return False
    rows = [
        {
            "statement": statement, "channel": channel, "person": person, "watch": watch, "pattern": pattern,
            "relevant": False, "at": now,
        }
        for watch, pattern in dict.fromkeys(rang)
    ]  # fmt: skip
    if rows:
        conn.execute(insert(judgement), rows)
    return True


def take_back(conn: Connection, channel: str, person: str, statement: int) -> bool:
    """That person says so no more. False where they did not."""
    mine = (judgement.c.channel == channel, judgement.c.person == person, judgement.c.statement == statement)
    return conn.execute(delete(judgement).where(*mine)).rowcount > 0


def statements(conn: Connection, channel: str, watch: str, pattern: str) -> frozenset[int]:
    """The statements that people of a channel found not relevant though this spelling of this watch rang."""
    mine = (judgement.c.channel == channel, judgement.c.watch == watch, judgement.c.pattern == pattern)
    found = conn.execute(select(judgement.c.statement).where(*mine, judgement.c.relevant.is_(False)).distinct())
    return frozenset(found.scalars())


def noisiest(conn: Connection, since: datetime, limit: int) -> tuple[tuple[str, str, int], ...]:
    """The spellings that were found not relevant most often since then: (watch, pattern, statements)."""
    count = func.count(judgement.c.statement.distinct())
    query = (
        select(judgement.c.watch, judgement.c.pattern, count)
        .where(judgement.c.at >= since, judgement.c.relevant.is_(False))
        .group_by(judgement.c.watch, judgement.c.pattern)
        .order_by(count.desc(), judgement.c.watch, judgement.c.pattern)
        .limit(limit)
    )
    return tuple((row[0], row[1], int(row[2])) for row in conn.execute(query))
