"""All SQL about what already rang: the alert that a channel has of a statement or of its story, and what is folded into it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.engine import Connection

from alerts.model import PRIORITIES, Delivery, DeliveryState, Priority
from alerts.schema import delivery
from scraper.schema import statement

_NEVER: tuple[DeliveryState, ...] = ("failed", "dropped")


@dataclass(frozen=True, slots=True)
class Rung:
    """The alert of one statement in one channel.

    `drawn_at` is when its last attempt began, None where it was never tried by itself: what it shows is what the store held
    then. What was told in a digest has no message of its own.
    """

    id: int
    channel: str
    statement: int
    state: DeliveryState
    priority: Priority
    routes: tuple[str, ...]
    created_at: datetime
    drawn_at: datetime | None
    settled_at: datetime | None
    message_id: str
    may_repeat: bool
    plain: bool

    @property
    def shown_at(self) -> datetime | None:
        """When it was shown to people, by itself or in a digest; None where it is still to be drawn."""
        return self.drawn_at or (self.settled_at if self.state == "sent" else None)


def of_statement(conn: Connection, statement_id: int) -> tuple[Rung, ...]:
    """The alerts of a statement, one for each channel that has or will have one."""
    mine = select(delivery).where(delivery.c.statement == statement_id, *_ALIVE).order_by(delivery.c.id)
    return tuple(_rung(row) for row in conn.execute(mine))


def in_channel(conn: Connection, channel: str, statement_id: int) -> Rung | None:
    """The alert of a statement in one channel, whatever became of it."""
    mine = select(delivery).where(
        delivery.c.channel == channel, delivery.c.kind == "alert", delivery.c.subject == str(statement_id)
    )
    row = conn.execute(mine).first()
    return None if row is None else _rung(row)


def first_of_story(conn: Connection, channel: str, story: int, *, but_not: int) -> Rung | None:
    """The first alert that a channel has or will have of a story, other than that of the statement `but_not`."""
    query = (
        select(delivery)
        .join(statement, statement.c.id == delivery.c.statement)
        .where(statement.c.story == story, delivery.c.channel == channel, delivery.c.statement != but_not, *_ALIVE)
        .order_by(delivery.c.id)
        .limit(1)
    )
    row = conn.execute(query).first()
    return None if row is None else _rung(row)


def last_of_source(conn: Connection, channel: str, source: str, *, but_not: int) -> Rung | None:
    """The last alert of a source that came to an end in a channel, other than the delivery `but_not`; dropped ones too."""
    query = (
        select(delivery)
        .join(statement, statement.c.id == delivery.c.statement)
        .where(statement.c.source == source, delivery.c.channel == channel, delivery.c.kind == "alert")
        .where(delivery.c.settled_at.is_not(None), delivery.c.id != but_not)
        .order_by(delivery.c.settled_at.desc(), delivery.c.id.desc())
        .limit(1)
    )
    row = conn.execute(query).first()
    return None if row is None else _rung(row)


def count_of_source(conn: Connection, source: str, *, since: datetime) -> int:
    """How many statements of a source were stored since then, without those of its baseline."""
    mine = (statement.c.source == source, statement.c.first_seen_at >= since, statement.c.baseline.is_(False))
    return int(conn.execute(select(func.count()).select_from(statement).where(*mine)).scalar_one())


def count(conn: Connection) -> int:
    """How many alerts reached people: each statement once for each channel, without what later became of it."""
    mine = (delivery.c.kind == "alert", delivery.c.state == "sent")
    return int(conn.execute(select(func.count()).select_from(delivery).where(*mine)).scalar_one())


def of_title(conn: Connection, source: str, title: str) -> int | None:
    """The newest statement of a source with that headline."""
    mine = select(statement.c.id).where(statement.c.source == source, statement.c.title == title)
    found: int | None = conn.execute(mine.order_by(statement.c.id.desc()).limit(1)).scalar()
    return found


def edits_told(conn: Connection, channel: str, statement_id: int, since: datetime) -> tuple[datetime, ...]:
    """When replies about edits of a statement were told in a channel, or are to be; what waits as a summary counts not yet."""
    at = func.coalesce(delivery.c.settled_at, delivery.c.created_at)
    mine = (delivery.c.channel == channel, delivery.c.kind == "edit", delivery.c.statement == statement_id)
    single = (delivery.c.subject == str(statement_id)) | (delivery.c.state == "sent")
    rows = conn.execute(
        select(delivery.c.settled_at, delivery.c.created_at).where(
            *mine, single, at > since, ~delivery.c.state.in_(_NEVER)
        )
    )
    return tuple(row.settled_at or row.created_at for row in rows)


def latencies(conn: Connection, ids: Sequence[int]) -> tuple[float, ...]:
    """For those of the deliveries `ids` that are alerts and were sent: the seconds since their statement was first seen."""
    found: list[float] = []
    for start in range(0, len(ids), 500):
        query = (
            select(delivery.c.settled_at, statement.c.first_seen_at)
            .join(statement, statement.c.id == delivery.c.statement)
            .where(delivery.c.id.in_(list(ids[start : start + 500])), delivery.c.kind == "alert")
            .where(delivery.c.state == "sent", delivery.c.settled_at.is_not(None))
        )
        found += [(row.settled_at - row.first_seen_at).total_seconds() for row in conn.execute(query)]
    return tuple(found)


def waits(conn: Connection, channel: str, kind: str, subject: str) -> bool:
    """Whether a delivery of this kind and subject is still to be sent."""
    mine = (delivery.c.channel == channel, delivery.c.kind == kind, delivery.c.subject == subject)
    return conn.execute(select(delivery.c.id).where(*mine, delivery.c.state == "pending")).first() is not None


def fold(conn: Connection, mine: Rung, into: Rung, now: datetime) -> None:
    """An alert that was never tried is told in another one. It stays, so that it never rings again by itself."""
    untried = (delivery.c.id == mine.id, delivery.c.state == "pending", delivery.c.attempts == 0)
    words = f"told in alert {into.id}: the same story"
    conn.execute(update(delivery).where(*untried).values(state="dropped", settled_at=now, reason=words))


def waiting_for(conn: Connection, channel: str, statement_id: int) -> tuple[int, ...]:
    """The open deliveries that would only bring the alert of a statement up to date."""
    query = select(delivery.c.id).where(
        delivery.c.channel == channel, delivery.c.kind == "also", delivery.c.state.in_(("pending", "unconfirmed")),
        delivery.c.statement == statement_id,
    )  # fmt: skip
    return tuple(row.id for row in conn.execute(query))


def shows(conn: Connection, channel: str, statement_id: int, digest: str) -> None:
    """What the alert of a statement says now, as a digest."""
    conn.execute(update(delivery).where(*_alert_of(channel, statement_id)).values(shows=digest))


def says_already(conn: Connection, claimed: Delivery, digest: str) -> bool:
    """Whether the alert that `claimed` would bring up to date surely says so already. An edit that was tried before, this one or
    another, perhaps arrived: then nobody knows what it says."""
    statement_id = claimed.statement
    if claimed.attempt > 1 or statement_id is None:
        return False
    said = conn.execute(select(delivery.c.shows).where(*_alert_of(claimed.channel, statement_id))).scalar()
    tried = select(delivery.c.id).where(
        delivery.c.channel == claimed.channel, delivery.c.kind == "also", delivery.c.statement == statement_id,
        delivery.c.state.in_(("pending", "unconfirmed", "claimed")), delivery.c.attempts > 0, delivery.c.id != claimed.id,
    )  # fmt: skip
    return said == digest and conn.execute(tried).first() is None


def _alert_of(channel: str, statement_id: int) -> tuple[ColumnElement[bool], ...]:
    return (delivery.c.channel == channel, delivery.c.kind == "alert", delivery.c.subject == str(statement_id))


def settle_along(conn: Connection, ids: Sequence[int], message_id: str, now: datetime) -> None:
    """What another message has told with itself is sent, too."""
    still = (delivery.c.id.in_(list(ids)), delivery.c.state.in_(("pending", "unconfirmed", "held")))
    conn.execute(
        update(delivery)
        .where(*still)
        .values(state="sent", message_id=message_id, settled_at=now, reason="told in one message with another")
    )


_ALIVE = (delivery.c.kind == "alert", delivery.c.state.not_in(_NEVER))


def _rung(row: Any) -> Rung:
    return Rung(
        id=row.id,
        channel=row.channel,
        statement=row.statement,
        state=row.state,
        priority=PRIORITIES[row.rank],
        routes=tuple(json.loads(row.routes)),
        created_at=row.created_at,
        drawn_at=row.claimed_at,
        settled_at=row.settled_at,
        message_id=row.message_id or "",
        may_repeat=bool(row.may_repeat),
        plain=bool(row.plain),
    )
