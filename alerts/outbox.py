"""All SQL about deliveries: what is on its way, whose turn it is, and how each attempt ended.

The states and who moves them:

    pending ── claim ── claimed ── sent
       ^                  │  ├──── failed         the message will never pass, or the recipient is gone
       └── surely unsent ─┘  └──── unconfirmed    perhaps delivered: due again, and then marked

    held (a restored backup) ── release ── pending, or drop ── dropped;   failed ── retry ── pending

A claim counts the attempt before anything is sent, and only that attempt may settle it; its condition stands twice, in
the choice and in the update, so that two workers never take one delivery. What a dead process had claimed is
unconfirmed and due at once at the next start.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import bindparam, case, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from alerts.model import PRIORITIES, Delivery, DeliveryKind, DeliveryState, Priority
from alerts.schema import channel_state, delivery

OPEN: tuple[DeliveryState, ...] = ("pending", "unconfirmed")

Condition = Literal["ok", "gone", "down"]

WELL: Mapping[str, Any] = {
    "condition": "ok", "failures": 0, "paused_until": None, "since": None, "reason": "", "failing_since": None,
}  # fmt: skip
"""What is known of a channel that takes messages."""
ASKED = "asked to wait: "
"""How the reason of a rest begins that the other side asked for (429), and not we chose."""


# ------------------------------------------------------------------------------------------ putting things in


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery to be made. The store refuses a second one of the same channel, kind, subject and revision: silently."""

    channel: str
    kind: DeliveryKind
    subject: str
    revision: int
    priority: Priority
    due_at: datetime
    statement: int | None = None
    routes: tuple[str, ...] = ()
    text: str = ""
    state: DeliveryState = "pending"
    bundle: str = ""
    """What it is held in (`bundles.py`), "" where it is not."""
    reason: str = ""


def put(conn: Connection, drafts: Sequence[Draft], now: datetime) -> int:
    """Queue deliveries that are not there yet. Returns how many were new."""
    added = 0
    for draft in drafts:
        same = select(delivery.c.id).where(
            delivery.c.channel == draft.channel,
            delivery.c.kind == draft.kind,
            delivery.c.subject == draft.subject,
            delivery.c.revision == draft.revision,
        )
        if conn.execute(same).first() is None:
            conn.execute(
                insert(delivery).values(
                    channel=draft.channel,
                    kind=draft.kind,
                    subject=draft.subject,
                    revision=draft.revision,
                    statement=draft.statement,
                    state=draft.state,
                    bundle=draft.bundle,
                    reason=draft.reason,
                    settled_at=now if draft.state == "dropped" else None,
                    rank=PRIORITIES.index(draft.priority),
                    routes=json.dumps(list(draft.routes), ensure_ascii=False),
                    text=draft.text,
                    attempts=0,
                    due_at=draft.due_at,
                    created_at=now,
                )
            )
            added += 1
    return added


def hasten(conn: Connection, statements: Iterable[int], now: datetime) -> None:
    """What waited for the text of these statements need not wait any longer."""
    rows = [{"one": statement} for statement in statements]
    waiting = (delivery.c.state == "pending", delivery.c.attempts == 0, delivery.c.due_at > now)
    if rows:
        conn.execute(
            update(delivery).where(delivery.c.statement == bindparam("one"), *waiting).values(due_at=now), rows
        )


# -------------------------------------------------------------------------------------------------- sending


def recover(conn: Connection, now: datetime, *, expired_only: bool = False) -> int:
    """At a start: what a dead process had claimed perhaps arrived. It is due at once, and will be marked. Returns how many.

    With `expired_only`, in the midst of life: only claims that nobody settled within their lease.
    """
    lost = update(delivery).where(delivery.c.state == "claimed")
    if expired_only:
        lost = lost.where(delivery.c.due_at <= now)
    return conn.execute(
        lost.values(state="unconfirmed", may_repeat=True, due_at=now, reason="the program stopped while it was sent")
    ).rowcount


def hold(conn: Connection, reason: str) -> int:
    """Nothing that is open leaves before a person has decided (`release`, `drop`). Returns how many are held anew."""
    waiting = delivery.c.state.in_((*OPEN, "claimed"))
    return conn.execute(update(delivery).where(waiting).values(state="held", reason=reason)).rowcount


def release(conn: Connection, now: datetime, ids: Sequence[int] | None = None) -> int:
    """Held deliveries are due at once; one that perhaps arrived is still marked. Returns how many."""
    anew = case((delivery.c.may_repeat, "unconfirmed"), else_="pending")
    return _move(conn, "held", ids, state=anew, due_at=now, reason="", bundle="")


def drop(conn: Connection, now: datetime, ids: Sequence[int] | None = None) -> int:
    """Held deliveries are never sent; they stay, so that nothing rings for them again. Returns how many."""
    return _move(conn, "held", ids, state="dropped", settled_at=now, reason="dropped by a person")


def retry_failed(conn: Connection, now: datetime, ids: Sequence[int] | None = None) -> int:
    """Failed deliveries are due at once, marked where an attempt perhaps arrived. Returns how many."""
    anew = case((delivery.c.may_repeat, "unconfirmed"), else_="pending")
    return _move(conn, "failed", ids, state=anew, due_at=now, settled_at=None, plain=False, reason="")


def give_up_again(conn: Connection, reasons: Mapping[int, str], now: datetime) -> int:
    """Deliveries that were to be tried once more and still wait are failed as before, each with its reason. Returns how many."""
    return sum(
        conn.execute(
            update(delivery)
            .where(delivery.c.id == id_, delivery.c.state.in_(("pending", "unconfirmed")))
            .values(state="failed", settled_at=now, reason=reason)
        ).rowcount
        for id_, reason in reasons.items()
    )


def _move(conn: Connection, whose: DeliveryState, ids: Sequence[int] | None, **values: Any) -> int:
    chosen = delivery.c.state == whose
    if ids is not None:
        chosen &= delivery.c.id.in_(list(ids))
    return conn.execute(update(delivery).where(chosen).values(**values)).rowcount


def wake(conn: Connection) -> None:
    """At a start: a rest that we chose by ourselves is over, for whoever starts us expects a try. One that was asked for is kept."""
    ours = channel_state.c.paused_until.is_not(None) & channel_state.c.reason.not_like(f"{ASKED}%")
    conn.execute(update(channel_state).where(ours).values(paused_until=None))


def busy_channels(conn: Connection, now: datetime) -> tuple[str, ...]:
    """Channels that have something due and are not asked to wait."""
    query = (
        select(delivery.c.channel)
        .outerjoin(channel_state, channel_state.c.id == delivery.c.channel)
        .where(delivery.c.state.in_(OPEN), delivery.c.due_at <= now, _may_send(now))
        .distinct()
    )
    return tuple(row.channel for row in conn.execute(query))


def next_due(conn: Connection, channels: Sequence[str]) -> datetime | None:
    """When the earliest open delivery of these channels can be tried, pauses included; None where there is none.

    What waits for a recipient that is gone is not counted: it waits for a person.
    """
    query = (
        select(delivery.c.due_at, channel_state.c.paused_until)
        .outerjoin(channel_state, channel_state.c.id == delivery.c.channel)
        .where(delivery.c.state.in_(OPEN), delivery.c.channel.in_(list(channels)))
        .where(or_(channel_state.c.id.is_(None), channel_state.c.condition != "gone"))
    )
    return min((max(row.due_at, row.paused_until or row.due_at) for row in conn.execute(query)), default=None)


def claim(conn: Connection, channel: str, now: datetime, lease_until: datetime, *, skip: int = 0) -> Delivery | None:
    """Commit 3: take the next due delivery of a channel, most urgent and then oldest first, and count the attempt.

    It is due again at `lease_until`, in case this process forgets it while living on. `skip` passes over that many where
    there are more (a probe whether the first one alone is the trouble), but never over one that surely was not sent yet:
    what kept it back was no answer to it, and the chat keeps its order.
    """
    free = (delivery.c.channel == channel, delivery.c.state.in_(OPEN), delivery.c.due_at <= now)
    order = (delivery.c.rank, delivery.c.created_at, delivery.c.id)
    first = conn.execute(select(delivery).where(*free).order_by(*order).limit(skip + 1)).all()
    if not first:
        return None
    chosen = first[0] if first[0].state == "pending" else first[-1]
    taken = conn.execute(
        update(delivery)
        .where(delivery.c.id == chosen.id, delivery.c.attempts == chosen.attempts, *free)
        .values(state="claimed", attempts=chosen.attempts + 1, due_at=lease_until, claimed_at=now)
    )
    if taken.rowcount != 1:
        return None
    return replace(read(chosen), attempt=chosen.attempts + 1)


def read(row: Any) -> Delivery:
    """A row of the outbox as the delivery that it is, by its last attempt."""
    return Delivery(
        id=row.id,
        channel=row.channel,
        kind=row.kind,
        subject=row.subject,
        statement=row.statement,
        revision=row.revision,
        attempt=row.attempts,
        may_repeat=bool(row.may_repeat),
        created_at=row.created_at,
        due_at=row.due_at,
        routes=tuple(json.loads(row.routes)),
        text=row.text,
        plain=bool(row.plain),
    )


def settle_sent(conn: Connection, claimed: Delivery, message_id: str, now: datetime) -> bool:
    """Commit 4, the good end. False where this attempt had no longer the right to settle.

    One whose lease is over, and that no other attempt took up since, still has it: it knows that the message arrived.
    """
    values: dict[str, Any] = {"state": "sent", "message_id": message_id, "settled_at": now, "reason": ""}
    return _settle(conn, claimed, **values) or _settle(conn, claimed, state_before="unconfirmed", **values)


def settle_later(
    conn: Connection, claimed: Delivery, *, certain: bool, due_at: datetime, reason: str, plain: bool | None = None
) -> bool:
    """Commit 4: try again at `due_at`. Where it is not `certain` that nothing arrived, the next attempt is marked."""
    values: dict[str, Any] = {"due_at": due_at, "reason": reason}
    if certain:
        values["state"] = "unconfirmed" if claimed.may_repeat else "pending"
    else:
        values |= {"state": "unconfirmed", "may_repeat": True}
    if plain is not None:
        values["plain"] = plain
    return _settle(conn, claimed, **values)


def settle_failed(conn: Connection, claimed: Delivery, reason: str, now: datetime) -> bool:
    """Commit 4, given up: this message will never pass, or its recipient is gone."""
    return _settle(conn, claimed, state="failed", reason=reason, settled_at=now)


def settle_needless(conn: Connection, claimed: Delivery, reason: str, now: datetime) -> bool:
    """Commit 4, not sent: what it would have said is said already, or nobody can be told it any more."""
    return _settle(conn, claimed, state="dropped", reason=reason, settled_at=now)


def _settle(conn: Connection, claimed: Delivery, *, state_before: str = "claimed", **values: Any) -> bool:
    mine = (delivery.c.id == claimed.id, delivery.c.state == state_before, delivery.c.attempts == claimed.attempt)
    return conn.execute(update(delivery).where(*mine).values(**values)).rowcount == 1


def sent_since(conn: Connection, channels: Sequence[str], since: datetime) -> tuple[tuple[str, datetime], ...]:
    """When messages went out lately: what a new process must know to keep the pace of the old one."""
    query = select(delivery.c.channel, delivery.c.settled_at).where(
        delivery.c.state == "sent", delivery.c.settled_at >= since, delivery.c.channel.in_(list(channels))
    )
    return tuple((row.channel, row.settled_at) for row in conn.execute(query.order_by(delivery.c.settled_at)))


# ------------------------------------------------------------------------------------------------- channels


@dataclass(frozen=True, slots=True)
class ChannelState:
    """What was learned about a channel while sending. `chat` is where it moved to, None where it did not."""

    id: str
    chat: str | None = None
    drop_topic: bool = False
    condition: Condition = "ok"
    failures: int = 0
    paused_until: datetime | None = None
    since: datetime | None = None
    reason: str = ""
    failing_since: datetime | None = None


def channel(conn: Connection, channel_id: str) -> ChannelState:
    """What is known of one channel; the plain state where nothing was learned."""
    row = conn.execute(select(channel_state).where(channel_state.c.id == channel_id)).first()
    return ChannelState(channel_id) if row is None else _channel(row)


def channels(conn: Connection) -> tuple[ChannelState, ...]:
    """Every channel about which something was learned."""
    return tuple(_channel(row) for row in conn.execute(select(channel_state).order_by(channel_state.c.id)))


def enrol(conn: Connection, fingerprints: Mapping[str, str]) -> None:
    """Forget what was learned about channels that are configured otherwise by now (another chat, topic or token)."""
    rows = conn.execute(select(channel_state.c.id, channel_state.c.fingerprint))
    known = {row.id: row.fingerprint for row in rows}
    for channel_id, fingerprint in fingerprints.items():
        if channel_id not in known:
            conn.execute(insert(channel_state).values(id=channel_id, fingerprint=fingerprint))
        elif known[channel_id] != fingerprint:
            anew = dict(fingerprint=fingerprint, chat=None, drop_topic=False, **WELL)
            same = channel_state.c.id == channel_id
            conn.execute(update(channel_state).where(same).values(**anew))
            forget_messages(conn, channel_id)


def forget_messages(conn: Connection, channel_id: str) -> None:
    """What was sent there is in another chat, or from another bot: its numbers mean other messages now. None is edited or answered."""
    sent = (delivery.c.channel == channel_id, delivery.c.message_id.is_not(None))
    conn.execute(update(delivery).where(*sent).values(message_id=None))


def learn(conn: Connection, channel_id: str, **values: Any) -> None:
    """Remember something about a channel: columns of `channel_state` by name."""
    changed = conn.execute(update(channel_state).where(channel_state.c.id == channel_id).values(**values))
    if changed.rowcount == 0:
        conn.execute(insert(channel_state).values(id=channel_id, **values))


def _channel(row: Any) -> ChannelState:
    return ChannelState(
        row.id, row.chat, bool(row.drop_topic), row.condition, row.failures, row.paused_until, row.since, row.reason,
        row.failing_since,
    )  # fmt: skip


def _may_send(now: datetime) -> Any:
    unpaused = or_(channel_state.c.paused_until.is_(None), channel_state.c.paused_until <= now)
    return or_(channel_state.c.id.is_(None), (channel_state.c.condition != "gone") & unpaused)


# -------------------------------------------------------------------------------------------------- looking


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery as people look at it."""

    id: int
    channel: str
    kind: DeliveryKind
    subject: str
    statement: int | None
    revision: int
    state: DeliveryState
    priority: Priority
    attempts: int
    due_at: datetime
    created_at: datetime
    settled_at: datetime | None
    message_id: str | None
    may_repeat: bool
    routes: tuple[str, ...]
    text: str
    reason: str


def entries(
    conn: Connection,
    *,
    state: DeliveryState | None = None,
    statement: int | None = None,
    delivery_id: int | None = None,
    limit: int = 50,
) -> tuple[Entry, ...]:
    """Deliveries, newest first, narrowed as asked."""
    query = select(delivery).order_by(delivery.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(delivery.c.state == state)
    if statement is not None:
        query = query.where(delivery.c.statement == statement)
    if delivery_id is not None:
        query = query.where(delivery.c.id == delivery_id)
    return tuple(_entry(row) for row in conn.execute(query))


def of_statement(conn: Connection, statement_id: int) -> tuple[Entry, ...]:
    """Everything that was ever to be sent of one statement, oldest first."""
    query = select(delivery).where(delivery.c.statement == statement_id).order_by(delivery.c.id)
    return tuple(_entry(row) for row in conn.execute(query))


def summary(conn: Connection) -> tuple[dict[DeliveryState, int], datetime | None]:
    """How many deliveries are in each state, and since when the oldest open one waits."""
    query = select(delivery.c.state, func.count()).group_by(delivery.c.state)
    by_state: dict[DeliveryState, int] = {row[0]: row[1] for row in conn.execute(query)}
    opened = case((delivery.c.state.in_((*OPEN, "claimed")), delivery.c.created_at))
    oldest = conn.execute(select(opened).where(opened.is_not(None)).order_by(opened).limit(1)).scalar()
    return by_state, oldest


def _entry(row: Any) -> Entry:
    return Entry(
        id=row.id,
        channel=row.channel,
        kind=row.kind,
        subject=row.subject,
        statement=row.statement,
        revision=row.revision,
        state=row.state,
        priority=PRIORITIES[row.rank],
        attempts=row.attempts,
        due_at=row.due_at,
        created_at=row.created_at,
        settled_at=row.settled_at,
        message_id=row.message_id,
        may_repeat=bool(row.may_repeat),
        routes=tuple(json.loads(row.routes)),
        text=row.text,
        reason=row.reason,
    )


def failed_since(conn: Connection, since: datetime) -> int:
    """How many deliveries were given up since then, and were not taken up again."""
    given_up = (delivery.c.state == "failed", delivery.c.settled_at >= since)
    return int(conn.execute(select(func.count()).select_from(delivery).where(*given_up)).scalar_one())


def notice_subjects(conn: Connection, prefix: str) -> tuple[str, ...]:
    """The subjects of all notices that begin so: what was told already."""
    query = select(delivery.c.subject).where(delivery.c.kind == "notice", delivery.c.subject.startswith(prefix))
    return tuple(row.subject for row in conn.execute(query.distinct()))
