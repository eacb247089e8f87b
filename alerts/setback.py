"""All SQL about deliveries that were planned by a clock that was ahead (`scraper/setback.py` has the sources)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from alerts.schema import channel_state, delivery


def move_back(conn: Connection, now: datetime, by: timedelta) -> None:
    """Open deliveries that were made by a clock that was `by` ahead, and the rests of channels that it ordered: by so much earlier."""
    made = (delivery.c.created_at > now, delivery.c.due_at > now)
    rows = conn.execute(select(delivery.c.id, delivery.c.due_at).where(*made)).all()
    if rows:
        anew = update(delivery).where(delivery.c.id == bindparam("one")).values(due_at=bindparam("anew"))
        conn.execute(anew, [{"one": row.id, "anew": max(now, row.due_at - by)} for row in rows])
    rests = conn.execute(
        select(channel_state.c.id, channel_state.c.paused_until).where(channel_state.c.paused_until > now + by)
    ).all()
    if rests:
        earlier = (
            update(channel_state).where(channel_state.c.id == bindparam("one")).values(paused_until=bindparam("till"))
        )
        conn.execute(earlier, [{"one": row.id, "till": max(now, row.paused_until - by)} for row in rests])
