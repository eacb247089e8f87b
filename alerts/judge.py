"""The story of one statement.

    waiting statement -> match -> route -> record
                                           matches, deliveries and the verdict: one commit, or nothing

A statement comes here when it is stored (by its headline), when its article has arrived (by its text), and when it was
edited. Whatever it matches is recorded; each channel it is routed to gets one alert for it, ever: the unique key of the
outbox holds that, not our memory. Statements of the baseline are matched and never rung.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from alerts import outbox, verdicts
from alerts.model import Match, Ring, Route
from alerts.outbox import Draft
from alerts.route import route
from alerts.watch.attribution import spoken_by
from alerts.watch.match import Watchlist
from scraper import store
from scraper.db import Connection, Database
from scraper.model import Source, Statement

BATCH = 100
"""Statements that are judged in one transaction."""
MOST_STUCK = 1_000
"""Statements on which our code may fail before that counts as a fault of all judging."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a judgement needs: what is watched, who gets it, and how long an alert waits for its article.

    `stuck` are the statements on which our own code failed: they stay unjudged, and are tried again with the next bench (a
    changed configuration, a new start), so that a bug that one text meets neither loses it nor holds up any other.
    """

    watchlist: Watchlist
    routes: tuple[Route, ...]
    channels: tuple[str, ...]
    sources: Mapping[str, Source]
    body_wait: timedelta = timedelta()
    stuck: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Judged:
    """How one statement was judged."""

    statement: Statement
    matches: tuple[Match, ...]
    rings: tuple[Ring, ...]


async def judge(db: Database, bench: Bench, now: datetime, *, limit: int = BATCH) -> tuple[Judged, ...]:
    """Judge the statements that wait, oldest first. Returns those that were judged; empty when none waits."""
    judgements: tuple[Judged, ...] = ()
    while not judgements:
        waiting = await db.read(lambda conn: store.waiting(conn, limit, but_not=bench.stuck))
        if not waiting:
            return ()
        judgements = await asyncio.to_thread(_weigh_all, waiting, bench)
    await db.write(lambda conn: _record(conn, judgements, bench, now))
    return judgements


def _weigh_all(waiting: Sequence[Statement], bench: Bench) -> tuple[Judged, ...]:
    """Those that could be weighed; the others are stuck from now on."""
    judgements = []
    for statement in waiting:
        try:
            judgements.append(weigh(statement, bench))
        except Exception:  # whatever it is, it is a bug of ours that this one text met: said loudly, all others go on
            if len(bench.stuck) >= MOST_STUCK:
                raise
            bench.stuck.add(statement.id)
            log.exception("internal error: a statement could not be judged", statement=statement.id)
    return tuple(judgements)


def weigh(statement: Statement, bench: Bench) -> Judged:
    """Match and route one statement: pure."""
    matches = bench.watchlist.match(
        statement.title,
        statement.text or statement.summary,
        language=statement.language,
        source=statement.source,
        url=statement.url,
    )
    source = bench.sources.get(statement.source)
    if source is not None and source.speaks_for:
        matches = spoken_by(source.speaks_for, matches)
    rings = route(
        statement,
        matches,
        routes=bench.routes,
        channels=bench.channels,
        source=source,
        actors=bench.watchlist.actors,
        keywords=bench.watchlist.keywords,
    )
    return Judged(statement, matches, rings)


def _record(conn: Connection, judgements: Sequence[Judged], bench: Bench, now: datetime) -> None:
    """Commit 2."""
    pairs = [(one.statement, one.matches) for one in judgements]
    verdicts.record(conn, pairs, watchlist=bench.watchlist.version, now=now)
    drafts = [
        Draft(
            channel=ring.channel,
            kind="alert",
            subject=str(one.statement.id),
            revision=1,
            priority=ring.priority,
            due_at=_due(conn, one, ring, bench, now),
            statement=one.statement.id,
            routes=ring.routes,
        )
        for one in judgements
        for ring in one.rings
    ]
    outbox.put(conn, drafts, now)
    outbox.hasten(conn, [one.statement.id for one in judgements if one.statement.extent == "text"], now)
    store.judged(conn, [one.statement for one in judgements])


def _due(conn: Connection, one: Judged, ring: Ring, bench: Bench, now: datetime) -> datetime:
    """An alert waits a moment for its article, which is on its way and holds the passage; an urgent one does not."""
    if one.statement.extent == "text" or ring.priority == "urgent":
        return now
    attempts, article_due_at, _ = store.article_note(conn, one.statement.id)
    return now + bench.body_wait if article_due_at is not None and attempts == 0 else now
