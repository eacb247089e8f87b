"""All SQL about bundles: alerts that wait to be told together, and the one message that tells them.

    held in a bundle ── its moment comes ── told in a digest ── the digest is sent ── sent, with its message's id
                    └── "later": each by itself

A bundle belongs to one channel. When it is told, its alerts are tied to that digest by name, so that what comes meanwhile is
the next one's; a digest that can never be delivered lets its alerts go again, each by itself: nothing is lost by being held.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from alerts.manners import LATER
from alerts.model import PRIORITIES, Priority
from alerts.outbox import Draft, put
from alerts.schema import delivery

OVERDUE = "late"
"""The bundle of what was due while nothing could be sent."""
_TOLD = "told:"
"""Before the name of the digest that an alert waits in."""


@dataclass(frozen=True, slots=True)
class Held:
    """One alert of a digest."""

    id: int
    statement: int
    routes: tuple[str, ...]
    priority: Priority
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A bundle whose moment has come."""

    channel: str
    bundle: str


def recent(conn: Connection, channel: str, since: datetime) -> int:
    """How many alerts this channel was given since then that were not held back."""
    query = select(func.count()).where(
        delivery.c.channel == channel,
        delivery.c.created_at > since,
        delivery.c.kind == "alert",
        delivery.c.bundle == "",
        delivery.c.state != "dropped",
    )
    return int(conn.execute(query).scalar() or 0)


def due(conn: Connection, now: datetime) -> tuple[Due, ...]:
    """The bundles that are to be told now, in the order of their channels."""
    waiting = (delivery.c.state == "held", delivery.c.due_at <= now, delivery.c.bundle != "")
    query = (
        select(delivery.c.channel, delivery.c.bundle)
        .where(*waiting, delivery.c.bundle.not_like(f"{_TOLD}%"))
        .distinct()
    )
    return tuple(
        Due(row.channel, row.bundle) for row in conn.execute(query.order_by(delivery.c.channel, delivery.c.bundle))
    )


def gather_overdue(conn: Connection, channel: str, before: datetime, most: int, now: datetime) -> int:
    """After an outage: of the alerts that were to be sent before then, `most` leave each by itself, and the rest in one digest.

    The most urgent and then the oldest come first; urgent ones, and those that perhaps arrived, always leave by themselves.
    Returns how many are gathered.
    """
    late = (delivery.c.channel == channel, delivery.c.kind == "alert", delivery.c.state == "pending")
    order = (delivery.c.rank, delivery.c.created_at, delivery.c.id)
    waiting = conn.execute(
        select(delivery.c.id, delivery.c.rank).where(*late, delivery.c.created_at <= before).order_by(*order)
    )
    rest = [row.id for row in waiting.all()[most:] if row.rank != PRIORITIES.index("urgent")]
    values = {"state": "held", "bundle": OVERDUE, "due_at": now, "reason": "told together after an outage"}
    for start in range(0, len(rest), 500):
        conn.execute(update(delivery).where(delivery.c.id.in_(rest[start : start + 500])).values(**values))
    return len(rest)


def tell(conn: Connection, one: Due, now: datetime) -> int:
    """Make the digest of a bundle, or let its alerts go each by itself. Returns how many alerts it holds."""
    mine = (delivery.c.channel == one.channel, delivery.c.bundle == one.bundle, delivery.c.state == "held")
    if one.bundle == LATER:
        ripe = (*mine, delivery.c.due_at <= now)
        return conn.execute(update(delivery).where(*ripe).values(state="pending", bundle="", reason="")).rowcount
    found = conn.execute(select(func.count(), func.min(delivery.c.rank)).where(*mine, delivery.c.due_at <= now)).one()
    subject = f"{one.bundle} {now:%Y-%m-%dT%H:%M:%S}"
    digest = Draft(one.channel, "digest", subject, 1, PRIORITIES[found[1] or 0], now)
    put(conn, [digest], now)
    values = {"bundle": f"{_TOLD}{subject}", "reason": "waits in a digest"}
    return conn.execute(update(delivery).where(*mine, delivery.c.due_at <= now).values(**values)).rowcount


def told_in(conn: Connection, channel: str, subject: str) -> tuple[Held, ...]:
    """The alerts of one digest, oldest first."""
    mine = (delivery.c.channel == channel, delivery.c.bundle == f"{_TOLD}{subject}", delivery.c.statement.is_not(None))
    rows = conn.execute(
        select(delivery).where(*mine, delivery.c.state == "held").order_by(delivery.c.created_at, delivery.c.id)
    )
    return tuple(
        Held(row.id, row.statement, tuple(json.loads(row.routes)), PRIORITIES[row.rank], row.created_at) for row in rows
    )


def scatter(conn: Connection, channel: str, subject: str, now: datetime) -> int:
    """The alerts of a digest that will never be delivered go each by itself. Returns how many."""
    mine = (delivery.c.channel == channel, delivery.c.bundle == f"{_TOLD}{subject}", delivery.c.state == "held")
    return conn.execute(
        update(delivery).where(*mine).values(state="pending", bundle="", due_at=now, reason="")
    ).rowcount


def move(conn: Connection, channel: str, bundle: str, due_at: datetime) -> int:
    """The moment of a bundle is another one now (a mute that ends earlier, or later). Returns how many alerts wait in it."""
    mine = (delivery.c.channel == channel, delivery.c.bundle == bundle, delivery.c.state == "held")
    return conn.execute(update(delivery).where(*mine).values(due_at=due_at)).rowcount


def waiting(conn: Connection, channel: str, bundles: Iterable[str] = ()) -> dict[str, tuple[int, datetime]]:
    """How many alerts wait in each bundle of a channel, and when the first of them is told."""
    query = (
        select(delivery.c.bundle, func.count(), func.min(delivery.c.due_at))
        .where(delivery.c.channel == channel, delivery.c.state == "held", delivery.c.bundle != "")
        .group_by(delivery.c.bundle)
    )
    wanted = set(bundles)
    return {row[0]: (int(row[1]), row[2]) for row in conn.execute(query) if not wanted or row[0] in wanted}
