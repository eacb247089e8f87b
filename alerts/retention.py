"""All SQL about forgetting what was told: which deliveries are old and sent, and what is kept so that nothing rings twice.

    a statement is old, its story at rest, its deliveries old and settled ──> all of it is taken out
    a delivery is old and sent, its statement stays                       ──> only that there was an alert is kept

What is open, held or was given up is never touched, however old: somebody was to be told, and was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.engine import Connection

from alerts.bot.schema import chat_watch, deed, enrolment, judgement, mute
from alerts.canary import SOURCE
from alerts.schema import delivery, match, verdict
from scraper import evidence, retention
from scraper.retention import Place
from scraper.settings import FOREVER

BATCH = 200
"""Statements, or deliveries, that are looked at in one transaction."""
DEEDS_KEPT = timedelta(days=365)
"""At least so long it is known who changed what in the chat."""
CANARIES_KEPT = timedelta(days=7)
"""So long the way of a canary can be looked up."""
_FULL, _ROOMY = 0.9, 0.8
"""Of the room for evidence: from where on the oldest goes, and until when."""
_SETTLED = ("sent", "dropped")
_PAST = "its details are past the time that deliveries are kept"


@dataclass(frozen=True, slots=True)
class Done:
    """What one batch came to. `further` is where the next one goes on, None where the walk is through."""

    statements: int = 0
    deliveries: int = 0
    further: Place | None = None


def moment(now: datetime, keep: timedelta) -> datetime | None:
    """What is older may be forgotten; None where nothing ever is."""
    return None if keep == FOREVER else now - keep


def forget_statements(
    conn: Connection, now: datetime, *, statements: timedelta, deliveries: timedelta, after: Place | None
) -> Done:
    """The next batch of old statements: out, with their verdicts, matches and deliveries, where all of the story may go."""
    before = moment(now, statements)
    if before is None:
        return Done()
    found = retention.aged(conn, before, after=after, limit=BATCH)
    told = _still_told(conn, [one for story in found.stories for one in story], moment(now, deliveries))
    going = [one for story in found.stories if told.isdisjoint(story) for one in story]
    gone = _take_out(conn, going)
    return Done(retention.forget(conn, going, now), gone, found.further)


def forget_canaries(conn: Connection, now: datetime) -> int:
    """Canaries of last week, with all that hangs on them: they tell nothing any more. Returns how many went.

    No two have the same number, so nothing of them is remembered; the first one stays, for it is listed anew at each start.
    """
    ids = retention.aged_of(conn, SOURCE, now - CANARIES_KEPT, limit=BATCH)
    going = sorted(set(ids) - _unsent(conn, ids))
    _take_out(conn, going)
    return retention.forget(conn, going, now, remember=False)


def _take_out(conn: Connection, ids: Sequence[int]) -> int:
    """Verdicts, matches, judgements and deliveries of statements. Returns how many deliveries went."""
    gone = 0
    for part in _parts(ids):
        gone += conn.execute(delete(delivery).where(delivery.c.statement.in_(part))).rowcount
        for table in (verdict, match, judgement):
            conn.execute(delete(table).where(table.c.statement.in_(part)))
    return gone


def _still_told(conn: Connection, ids: Sequence[int], before: datetime | None) -> set[int]:
    """The statements that have a delivery which stays: not sent, or not old enough."""
    young = delivery.c.id.is_not(None) if before is None else _when() >= before
    stays = or_(delivery.c.state.not_in(_SETTLED), young)
    found: set[int] = set()
    for part in _parts(ids):
        query = select(delivery.c.statement).where(delivery.c.statement.in_(part), stays).distinct()
        found.update(row.statement for row in conn.execute(query))
    return found


def forget_deliveries(conn: Connection, now: datetime, *, keep: timedelta, after: int) -> tuple[int, int | None]:
    """The next batch of old deliveries that were sent, those after this id. Returns how many went, and the id to go on from.

    Of an alert whose statement stays the row stays, emptied: its unique key is what keeps the statement from ringing again. Of
    notices about one thing the newest incident stays: it tells what was told last.
    """
    before = moment(now, keep)
    if before is None:
        return 0, None
    old = (delivery.c.id > after, delivery.c.state.in_(_SETTLED), _when() < before, delivery.c.reason != _PAST)
    columns = (delivery.c.id, delivery.c.kind)
    rows = conn.execute(select(*columns).where(*old).order_by(delivery.c.id).limit(BATCH)).all()
    if not rows:
        return 0, None
    lately = _lately_told(conn) if any(row.kind == "notice" for row in rows) else frozenset()
    newest = int(conn.execute(select(func.max(delivery.c.id))).scalar() or 0)  # its number must not be given again
    alerts = [row.id for row in rows if row.kind == "alert"]
    others = [row.id for row in rows if row.kind != "alert" and row.id not in lately and row.id != newest]
    emptied = {"state": "dropped", "routes": "[]", "message_id": None, "claimed_at": None, "text": "", "reason": _PAST}
    if alerts:
        conn.execute(update(delivery).where(delivery.c.id.in_(alerts)).values(**emptied, bundle=""))
    if others:
        conn.execute(delete(delivery).where(delivery.c.id.in_(others)))
    return len(alerts) + len(others), rows[-1].id if len(rows) == BATCH else None


def _lately_told(conn: Connection) -> frozenset[int]:
    """The notices of the newest incident of each kind (`source:ID:broken:...`), in each channel."""
    newest: dict[tuple[str, ...], tuple[str, list[int]]] = {}
    columns = (delivery.c.id, delivery.c.channel, delivery.c.subject)
    for row in conn.execute(select(*columns).where(delivery.c.kind == "notice").order_by(delivery.c.id)):
        parts = row.subject.split(":")
        about, incident = (row.channel, *parts[:3]), ":".join(parts[:4])
        known = newest.get(about)
        newest[about] = (incident, [*known[1], row.id]) if known and known[0] == incident else (incident, [row.id])
    return frozenset(one for _, ids in newest.values() for one in ids)


def forget_evidence(
    conn: Connection, before: datetime | None, *, over: int, settled: datetime, after: tuple[datetime, int] | None
) -> tuple[frozenset[str], int, tuple[datetime, int] | None]:
    """The next batch of raw pages fetched `before` then; and of the oldest, if fetched before `settled`, as many as have `over` bytes.

    One from which a statement was read that has something unsent, or given up, stays. Returns the hashes of the files that nothing
    refers to any longer, how many bytes `over` is less by, and where the walk goes on (None: it is through).
    """
    until = before if before is not None and over <= 0 else settled
    found, further = evidence.aged(conn, until, after=after, limit=BATCH)
    unsent = _unsent(conn, sorted({one for page in found for one in page.statements}))
    going: list[int] = []
    freed = 0
    for page in found:
        past = before is not None and page.fetched_at < before
        if unsent.isdisjoint(page.statements) and (past or freed < over):
            going.append(page.page)
            freed += page.size
    return evidence.forget(conn, going), freed, further


def overfull(conn: Connection, most: int) -> int:
    """How many bytes of evidence have to go: none before nine tenths of the room are taken, and then down to eight."""
    _, held = evidence.totals(conn)
    return held - int(most * _ROOMY) if held > most * _FULL else 0


def _unsent(conn: Connection, ids: Sequence[int]) -> set[int]:
    """The statements with a delivery that is open, held or was given up."""
    found: set[int] = set()
    for part in _parts(ids):
        query = select(delivery.c.statement).where(delivery.c.statement.in_(part), delivery.c.state.not_in(_SETTLED))
        found.update(row.statement for row in conn.execute(query.distinct()))
    return found


def forget_deeds(conn: Connection, now: datetime, *, keep: timedelta) -> int:
    """What people did in the chat: deeds, codes, mutes that ended and watches taken out, after a year or later. Returns how many."""
    before = moment(now, max(keep, DEEDS_KEPT))
    if before is None:
        return 0
    gone = 0
    for table, old in (
        (deed, deed.c.at < before),
        (enrolment, enrolment.c.ends_at < before),
        (mute, and_(mute.c.ended_at.is_not(None), mute.c.ended_at < before)),
        (chat_watch, and_(chat_watch.c.removed_at.is_not(None), chat_watch.c.removed_at < before)),
    ):
        gone += conn.execute(delete(table).where(old)).rowcount
    return gone


def _when() -> Any:
    return func.coalesce(delivery.c.settled_at, delivery.c.created_at)


def _parts(values: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
