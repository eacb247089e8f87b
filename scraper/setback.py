"""All SQL about a clock that was set back: what was planned by the wrong clock is planned again, so that nothing waits for it.

A source that was asked at a moment that is still to come was asked by a clock that was ahead; its next poll would be as late as
the clock was wrong. It is moved back by as much. What was planned before the clock went wrong is left alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from scraper.schema import absence, rereading, source_state, statement


def ahead(conn: Connection, now: datetime) -> timedelta:
    """By how much the clock was ahead that made the plans which stand: none where no poll was made in times to come."""
    planned = (source_state.c.outcome_at > now, source_state.c.due_at > now)
    latest = conn.execute(
        select(source_state.c.outcome_at).where(*planned).order_by(source_state.c.outcome_at.desc()).limit(1)
    )
    return max((row.outcome_at - now for row in latest), default=timedelta())


def move_back(conn: Connection, now: datetime, by: timedelta) -> int:
    """Plans that were made by a clock that was `by` ahead, for polls, articles and looks. Returns how many polls were moved."""
    polls = _moved(conn, source_state.c.id, source_state.c.due_at, source_state.c.outcome_at > now, now, by)
    _moved(conn, statement.c.id, statement.c.article_due_at, statement.c.first_seen_at > now, now, by)
    _moved(conn, absence.c.statement, absence.c.due_at, absence.c.since > now, now, by)
    _moved(conn, rereading.c.statement, rereading.c.due_at, rereading.c.due_at > now + by, now, by)
    return polls


def _moved(conn: Connection, key: Any, due_at: Any, by_that_clock: Any, now: datetime, by: timedelta) -> int:
    rows = conn.execute(select(key.label("one"), due_at.label("due")).where(by_that_clock, due_at > now)).all()
    if rows:
        anew = update(key.table).where(key == bindparam("one")).values({due_at.name: bindparam("anew")})
        conn.execute(anew, [{"one": row.one, "anew": max(now, row.due - by)} for row in rows])
    return len(rows)
