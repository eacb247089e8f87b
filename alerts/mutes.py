"""All SQL about mutes: what is silent where, until when, and what was held back meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, RowMapping

from alerts.bot.schema import mute
from alerts.manners import Mute, Scope
from alerts.message import tag

LONGEST = timedelta(days=30)
"""No mute is for ever: a forgotten one hides what its chat was made for."""


@dataclass(frozen=True, slots=True)
class Muted:
    """A mute as people see it: who made it, when, and how many alerts it has held back so far."""

    mute: Mute
    channel: str
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    held_back: int


def about(scope: Scope, subject: str) -> str:
    """What people call the subject of a mute: a story by the tag of its first alert, all else as it is; "" is everything."""
    return f"#{tag(int(subject))}" if scope == "story" and subject.isdecimal() else subject


def make(conn: Connection, channel: str, scope: Scope, subject: str, by: str, now: datetime, ends_at: datetime) -> Mute:
    """Silence about `subject` in one channel. One of the same kind that is still on ends when this one does."""
    ends_at = min(ends_at, now + LONGEST)
    same = (mute.c.channel == channel, mute.c.scope == scope, mute.c.subject == subject, mute.c.ended_at.is_(None))
    row = conn.execute(select(mute.c.id).where(*same, mute.c.ends_at > now)).first()
    if row is not None:
        conn.execute(update(mute).where(mute.c.id == row.id).values(ends_at=ends_at, made_by=by))
        return Mute(row.id, scope, subject, ends_at)
    values = {"channel": channel, "scope": scope, "subject": subject, "made_by": by, "made_at": now}
    done = conn.execute(insert(mute).values(ends_at=ends_at, held_back=0, **values))
    return Mute(int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0, scope, subject, ends_at)


def on(conn: Connection, channels: Iterable[str], now: datetime) -> dict[str, tuple[Mute, ...]]:
    """The mutes that hold now, by channel."""
    found: dict[str, tuple[Mute, ...]] = {}
    holding = (mute.c.ended_at.is_(None), mute.c.ends_at > now, mute.c.channel.in_(sorted(set(channels))))
    for row in conn.execute(select(mute).where(*holding).order_by(mute.c.id)).mappings():
        found[row["channel"]] = (*found.get(row["channel"], ()), _mute(row))
    return found


def listed(conn: Connection, channel: str, now: datetime) -> tuple[Muted, ...]:
    """The mutes of one channel that hold now."""
    holding = (mute.c.channel == channel, mute.c.ended_at.is_(None), mute.c.ends_at > now)
    rows = conn.execute(select(mute).where(*holding).order_by(mute.c.ends_at)).mappings()
    return tuple(_muted(row) for row in rows)


def counted(conn: Connection, id_: int, more: int) -> None:
    """So many alerts more were held back."""
    conn.execute(update(mute).where(mute.c.id == id_).values(held_back=mute.c.held_back + more))


def end(conn: Connection, id_: int, now: datetime) -> bool:
    """End a mute before its time: whoever does it is answered, so nobody else is told. False where it had ended."""
    holding = (mute.c.id == id_, mute.c.ended_at.is_(None))
    return conn.execute(update(mute).where(*holding).values(ends_at=now, ended_at=now)).rowcount > 0


def ending(conn: Connection, now: datetime) -> bool:
    """Whether the time of some mute is over and nobody was told."""
    over = (mute.c.ended_at.is_(None), mute.c.ends_at <= now)
    return conn.execute(select(mute.c.id).where(*over).limit(1)).first() is not None


def over(conn: Connection, now: datetime) -> tuple[Muted, ...]:
    """The mutes whose time is over and that nobody was told of. They are marked as told: write the report in the same transaction."""
    rows = conn.execute(select(mute).where(mute.c.ended_at.is_(None), mute.c.ends_at <= now).order_by(mute.c.id))
    found = tuple(_muted(row) for row in rows.mappings())
    if found:
        conn.execute(update(mute).where(mute.c.id.in_([one.mute.id for one in found])).values(ended_at=now))
    return found


def _mute(row: RowMapping) -> Mute:
    return Mute(row["id"], row["scope"], row["subject"], row["ends_at"])


def _muted(row: RowMapping) -> Muted:
    return Muted(_mute(row), row["channel"], row["made_by"], row["made_at"], row["ended_at"], row["held_back"])
