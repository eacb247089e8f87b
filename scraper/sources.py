"""All SQL about sources: what is remembered of each between polls, when each is due, and signs of life.

Every function takes the `Connection` of a transaction (`scraper/db.py`) and opens none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, insert, literal, select, update
from sqlalchemy.engine import Connection

from scraper.db import Instant
from scraper.gap import Gap
from scraper.model import Condition, Outcome, Source, Validators
from scraper.schema import gap, heartbeat, source_state, statement


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source between polls. `failures` counts polls in a row that were not healthy."""

    id: str
    url: str
    validators: Validators
    body_hash: str
    baseline_at: datetime | None
    due_at: datetime
    outcome: Outcome | None
    outcome_at: datetime | None
    detail: str
    failures: int
    failing_since: datetime | None
    full_fetch_at: datetime | None
    last_new_at: datetime | None
    items: int
    moved_to: str
    condition: Condition | None = None
    condition_polls: int = 0
    """Failed polls in a row that ended in this condition."""
    well_since: datetime | None = None
    """Since when its polls are healthy; None while they fail."""
    seen_at: datetime | None = None
    """The last healthy poll."""
    fresh_for: timedelta | None = None
    habit: str | None = None
    older_page: str | None = None
    edits_at: datetime | None = None
    worse_since: datetime | None = None
    """Since when its list is malformed or without dates, where it was better before."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a good poll learned of its source besides statements; it enters the store in the same commit as they do.

    `older_page` is where reading back goes on (None: nowhere), `gap` what could not be closed, `fresh_for` how long the
    answer says that it holds. `edits_at` None leaves what stands.
    """

    condition: Condition = "ok"
    habit: str | None = None
    older_page: str | None = None
    gap: Gap | None = None
    fresh_for: timedelta | None = None
    edits_at: datetime | None = None
    worse_since: datetime | None = None


def fingerprint(source: Source) -> str:
    """What makes a source another one: its address and what is taken from there. Another one starts with a baseline of its own."""
    taken = [source.items, source.fields, source.match_url, source.newer_than]
    part = [source.watch, source.glob]
    return json.dumps(
        [
            source.kind,
            source.url,
            repr(replace(source.select, next_page="", max_pages=1) if source.select else None),
            *([repr(taken)] if any(taken) else []),
            *(part if any(part) else []),
        ]
    )


def fingerprints(conn: Connection) -> dict[str, str]:
    """The fingerprint of every source that was ever enrolled, by id."""
    return {row.id: row.fingerprint for row in conn.execute(select(source_state.c.id, source_state.c.fingerprint))}


def enrol(conn: Connection, sources: Iterable[Source], now: datetime) -> None:
    """Make a state for each source that has none, due at once; one whose address or selectors changed starts anew."""
    known = fingerprints(conn)
    fresh = [
        {"id": source.id, "fingerprint": fingerprint(source), "url": source.url, "due_at": now}
        for source in sources
        if source.id not in known
    ]
    if fresh:
        conn.execute(insert(source_state), fresh)
    for source in sources:
        if known.get(source.id, fingerprint(source)) != fingerprint(source):
            anew = dict(fingerprint=fingerprint(source), url=source.url, etag="", last_modified="", body_hash="")
            conn.execute(
                update(source_state)
                .where(source_state.c.id == source.id)
                .values(
                    **anew,
                    baseline_at=None,
                    due_at=now,
                    failures=0,
                    failing_since=None,
                    full_fetch_at=None,
                    items=0,
                    condition=None,
                    condition_polls=None,
                    well_since=None,
                    seen_at=None,
                    fresh_for=None,
                    habit=None,
                    older_page=None,
                    edits_at=None,
                    worse_since=None,
                )
            )


def keep(conn: Connection, source: Source, now: datetime) -> bool:
    """Take `source` for the one that is enrolled under its id, though its selectors or address are others now: a repair.

    What is known of it stays, so that what it missed meanwhile is new and rings; it is due at once. False where it was never
    enrolled.
    """
    query = update(source_state).where(source_state.c.id == source.id)
    anew = dict(fingerprint=fingerprint(source), url=source.url, etag="", last_modified="", body_hash="", due_at=now)
    return bool(conn.execute(query.values(**anew, older_page=None, fresh_for=None)).rowcount)


def due(conn: Connection, now: datetime, limit: int, ids: Iterable[str] | None = None) -> tuple[SourceState, ...]:
    """The sources whose time has come, longest waiting first. `ids` narrows them."""
    query = select(source_state).where(source_state.c.due_at <= now).order_by(source_state.c.due_at).limit(limit)
    if ids is not None:
        query = query.where(source_state.c.id.in_(list(ids)))
    return tuple(_state(row) for row in conn.execute(query))


def states(conn: Connection) -> tuple[SourceState, ...]:
    """Every source that was ever enrolled, by id."""
    return tuple(_state(row) for row in conn.execute(select(source_state).order_by(source_state.c.id)))


def state(conn: Connection, source_id: str) -> SourceState | None:
    """One source's state, or None where it was never enrolled."""
    row = conn.execute(select(source_state).where(source_state.c.id == source_id)).first()
    return None if row is None else _state(row)


def hasten(conn: Connection, ids: Iterable[str], now: datetime) -> None:
    """Make sources due at once."""
    rows = [{"one": source_id} for source_id in ids]
    if rows:
        conn.execute(update(source_state).where(source_state.c.id == bindparam("one")).values(due_at=now), rows)


def record_unchanged(
    conn: Connection, source_id: str, *, outcome: Outcome, now: datetime, due_at: datetime, full_fetch: bool
) -> None:
    """A healthy poll that found nothing different: only the bookkeeping moves."""
    row = {"one": source_id, "said": outcome, "now": now, "again": due_at}
    conn.execute(_UNCHANGED_IN_FULL if full_fetch else _UNCHANGED, row)


_UNCHANGED = (
    update(source_state)
    .where(source_state.c.id == bindparam("one"))
    .values(
        outcome=bindparam("said"),
        outcome_at=bindparam("now"),
        detail="",
        failures=0,
        failing_since=None,
        due_at=bindparam("again"),
        seen_at=bindparam("now"),
        well_since=func.coalesce(source_state.c.well_since, bindparam("now", type_=Instant)),
    )
)
_UNCHANGED_IN_FULL = _UNCHANGED.values(full_fetch_at=bindparam("now"))
"""Made once: the poll that finds nothing is the most frequent thing this program does."""


def record_harvest(
    conn: Connection,
    source_id: str,
    *,
    validators: Validators,
    body_hash: str,
    moved_to: str,
    items: int,
    baseline: bool,
    found_new: bool,
    now: datetime,
    due_at: datetime,
    bearing: Bearing | None = None,
) -> None:
    """The source's half of commit 1 (`store.record_poll` calls it): a whole page was read, and what it held is stored."""
    values: dict[str, Any] = dict(
        etag=validators.etag,
        last_modified=validators.last_modified,
        body_hash=body_hash,
        due_at=due_at,
        outcome="ok",
        outcome_at=now,
        detail="",
        failures=0,
        failing_since=None,
        full_fetch_at=now,
        items=items,
        moved_to=moved_to,
        seen_at=now,
        well_since=func.coalesce(source_state.c.well_since, literal(now, Instant)),
        condition_polls=0,
    )
    if bearing is not None:
        values |= dict(
            condition=bearing.condition,
            habit=bearing.habit,
            older_page=bearing.older_page,
            worse_since=bearing.worse_since,
            fresh_for=None if bearing.fresh_for is None else int(bearing.fresh_for.total_seconds()),
        )
        if bearing.edits_at is not None:
            values["edits_at"] = bearing.edits_at
        if bearing.gap is not None:
            record_gap(conn, bearing.gap)
    if baseline:
        values["baseline_at"] = now
    if found_new:
        values["last_new_at"] = now
    conn.execute(update(source_state).where(source_state.c.id == source_id).values(**values))


def record_failure(
    conn: Connection,
    source_id: str,
    *,
    outcome: Outcome,
    detail: str,
    now: datetime,
    due_at: datetime,
    condition: Condition | None = None,
) -> None:
    """A poll that gave nothing to trust. What is stored stays; the validators go, so that a 304 cannot heal it unseen."""
    same = and_(source_state.c.condition == condition, source_state.c.failures > 0)
    conn.execute(
        update(source_state)
        .where(source_state.c.id == source_id)
        .values(
            outcome=outcome,
            outcome_at=now,
            detail=detail,
            condition=condition,
            condition_polls=case((same, func.coalesce(source_state.c.condition_polls, 0) + 1), else_=1),
            well_since=None,
            failures=source_state.c.failures + 1,
            failing_since=func.coalesce(source_state.c.failing_since, literal(now, Instant)),
            due_at=due_at,
            etag="",
            last_modified="",
            body_hash="",
        )
    )


def _state(row: Any) -> SourceState:
    return SourceState(
        id=row.id,
        url=row.url,
        validators=Validators(row.etag, row.last_modified),
        body_hash=row.body_hash,
        baseline_at=row.baseline_at,
        due_at=row.due_at,
        outcome=row.outcome,
        outcome_at=row.outcome_at,
        detail=row.detail,
        failures=row.failures,
        failing_since=row.failing_since,
        full_fetch_at=row.full_fetch_at,
        last_new_at=row.last_new_at,
        items=row.items,
        moved_to=row.moved_to,
        condition=row.condition,
        condition_polls=row.condition_polls or 0,
        well_since=row.well_since,
        seen_at=row.seen_at,
        fresh_for=None if row.fresh_for is None else timedelta(seconds=row.fresh_for),
        habit=row.habit,
        older_page=row.older_page,
        edits_at=row.edits_at,
        worse_since=row.worse_since,
    )


def record_gap(conn: Connection, found: Gap) -> None:
    """Something may have been missed."""
    row = dict(since=found.since, until=found.until, pages=found.pages, detail=found.detail)
    conn.execute(insert(gap).values(source=found.source, noticed_at=found.noticed_at, **row))


def gaps(conn: Connection, since: datetime | None = None) -> tuple[Gap, ...]:
    """The gaps that were noticed, the latest first; `since` leaves out older ones."""
    query = select(gap).order_by(gap.c.noticed_at.desc(), gap.c.source)
    if since is not None:
        query = query.where(gap.c.noticed_at >= since)
    return tuple(
        Gap(row.source, row.noticed_at, row.since, row.until, row.pages, row.detail) for row in conn.execute(query)
    )


def newest_statement(conn: Connection, source_id: str) -> int:
    """The greatest id of the statements of a source; 0 where it has none."""
    return int(
        conn.execute(
            select(func.coalesce(func.max(statement.c.id), 0)).where(statement.c.source == source_id)
        ).scalar_one()
    )


def beat(conn: Connection, name: str, at: datetime, detail: str = "") -> None:
    """Leave a sign of life."""
    conn.execute(delete(heartbeat).where(heartbeat.c.name == name))
    conn.execute(insert(heartbeat).values(name=name, at=at, detail=detail))


def beats(conn: Connection) -> dict[str, tuple[datetime, str]]:
    """The last sign of life of each loop."""
    return {row.name: (row.at, row.detail) for row in conn.execute(select(heartbeat))}
