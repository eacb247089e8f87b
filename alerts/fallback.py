"""All SQL about fallbacks: what waits for a channel that cannot be reached is told through another one too, once.

    a channel has failed for long enough ── its waiting deliveries ── relays ── sent through its fallback, or needless
                                            └── stay, in their order, and say later that they were sent meanwhile

A relay is a delivery of its own (kind "relay", subject: the number of the delivery that it stands for, text: the channel of that), so
that the unique key of the outbox keeps it from being made twice, whoever crashes when. It is drawn when its turn comes; where the
channel itself took the message by then, nothing is sent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, func, or_, select
from sqlalchemy.engine import Connection, Row

from alerts import beginnings, canary, outbox
from alerts.model import PRIORITIES, Delivery, DeliveryState
from alerts.outbox import OPEN, Draft
from alerts.schema import delivery
from alerts.settings import ChannelSettings
from scraper.db import Database
from scraper.schema import statement

AFTER = timedelta(minutes=10)
"""How long a channel is in trouble before its fallback is used, unless it says otherwise."""
GATHERED = timedelta(minutes=1)
"""What is too much to be told one by one is told together, after this."""
BUNDLE = "relay"
_KINDS = ("alert", "digest", "edit", "removal", "notice")


@dataclass(frozen=True, slots=True)
class Relayed:
    """What a relay stands for: the delivery, what has become of it, and since when its channel takes nothing."""

    original: Delivery
    state: DeliveryState
    since: datetime | None


async def tell_instead(db: Database, channels: Sequence[ChannelSettings], most: int | None, now: datetime) -> int:
    """Make the relays that are due; a message each up to `most` of one outage, the rest in digests. Returns how many are new."""
    ways = [(one.id, one.fallback, one.fallback_after or AFTER) for one in channels if one.fallback]
    if not ways:
        return 0
    due = await db.read(lambda conn: [way for way in ways if _drafts(conn, *way, most, now)])
    if not due:
        return 0
    return await db.write(lambda conn: sum(relay(conn, *way, most, now) for way in due))


def _is_out(conn: Connection, channel: str, after: timedelta, now: datetime) -> bool:
    """Whether a channel took nothing for `after`, and was tried since we are there: one that may be back is tried first."""
    state = outbox.channel(conn, channel)
    if state.failing_since is None or now - state.failing_since < after:
        return False
    return state.condition == "gone" or (state.paused_until is not None and state.paused_until > now)


def relay(conn: Connection, channel: str, through: str, after: timedelta, most: int | None, now: datetime) -> int:
    """The relays of one channel in one commit. Returns how many are new."""
    return outbox.put(conn, _drafts(conn, channel, through, after, most, now), now)


def _drafts(
    conn: Connection, channel: str, through: str, after: timedelta, most: int | None, now: datetime
) -> list[Draft]:
    """The relays that are due and not made yet."""
    if not _is_out(conn, channel, after, now):
        return []
    since = outbox.channel(conn, channel).failing_since
    stood_for, own = delivery.alias("stood_for"), delivery.alias("own")
    relayed = exists().where(
        stood_for.c.channel == through, stood_for.c.kind == "relay", stood_for.c.subject == cast(delivery.c.id, String)
    )
    told_there = exists().where(
        own.c.channel == through, own.c.kind == "alert", own.c.statement == delivery.c.statement,
        own.c.state.not_in(("failed", "dropped")), delivery.c.kind == "alert",
    )  # fmt: skip
    waiting = or_(
        delivery.c.state.in_(OPEN) & (delivery.c.due_at <= now),
        (delivery.c.state == "failed") & (delivery.c.settled_at >= since),
    )
    query = (
        select(delivery)
        .outerjoin(statement, statement.c.id == delivery.c.statement)
        .where(delivery.c.channel == channel, delivery.c.kind.in_(_KINDS), waiting, ~relayed, ~told_there)
        .where(or_(delivery.c.statement.is_(None), statement.c.source != canary.SOURCE))
        .order_by(delivery.c.rank, delivery.c.created_at, delivery.c.id)
    )
    room = None if most is None else most - _made(conn, channel, through, since)
    drafts: list[Draft] = []
    for row in conn.execute(query):
        if row.kind == "notice" and (row.subject.startswith(beginnings.SUBJECT) or row.rank > PRIORITIES.index("high")):
            continue  # it can wait
        urgent = row.rank == PRIORITIES.index("urgent")
        apart = row.kind != "alert" or urgent or room is None or len(drafts) < room
        drafts.append(_draft(row, through, now, "" if apart else f"{BUNDLE}:{channel}"))
    return drafts


def _draft(row: Row[tuple[object, ...]], through: str, now: datetime, bundle: str) -> Draft:
    return Draft(
        through,
        "relay",
        str(row.id),
        1,
        PRIORITIES[row.rank],
        now + GATHERED if bundle else now,
        statement=row.statement,
        routes=tuple(json.loads(row.routes)),
        text=row.channel,
        state="held" if bundle else "pending",
        bundle=bundle,
        reason=f"for channel {row.channel}, which takes no messages",
    )


def _made(conn: Connection, channel: str, through: str, since: datetime | None) -> int:
    """How many relays of this outage there are already."""
    mine = (delivery.c.channel == through, delivery.c.kind == "relay", delivery.c.text == channel)
    query = select(func.count()).select_from(delivery).where(*mine, delivery.c.created_at >= since)
    return int(conn.execute(query).scalar_one())


def stands_for(conn: Connection, claimed: Delivery) -> Relayed | None:
    """What a relay stands for; None where that is forgotten."""
    row = conn.execute(select(delivery).where(delivery.c.id == int(claimed.subject))).first()
    if row is None:
        return None
    return Relayed(outbox.read(row), row.state, outbox.channel(conn, row.channel).failing_since)


def sent_through(conn: Connection, original: int) -> tuple[str, datetime] | None:
    """Through which channel a delivery was told meanwhile, and when; None where it was not."""
    mine = (delivery.c.kind == "relay", delivery.c.subject == str(original), delivery.c.state == "sent")
    row = conn.execute(select(delivery.c.channel, delivery.c.settled_at).where(*mine).limit(1)).first()
    return None if row is None else (row.channel, row.settled_at)
