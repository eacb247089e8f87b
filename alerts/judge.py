"""The story of one statement.

    waiting statement -> match -> route -> place -> record
                                           |        matches, story, deliveries and the verdict: one commit, or nothing
                                           which story it belongs to: a copy does not ring again

A statement comes here when it is stored (by its headline), when its article has arrived (by its text), and when it was
edited. Whatever it matches is recorded; each channel it is routed to gets one alert for it, ever: the unique key of the
outbox holds that, not our memory. Statements of the baseline are matched and never rung.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from alerts import canary, flapping, outbox, rung, verdicts
from alerts.hush import Hush, Manners
from alerts.model import DeliveryKind, Match, Ring, Route
from alerts.outbox import Draft
from alerts.route import route
from alerts.rung import Rung
from alerts.story import place
from alerts.watch.attribution import spoken_by
from alerts.watch.match import Watchlist
from scraper import store, stories
from scraper.db import Connection, Database
from scraper.model import Source, Statement
from scraper.stories import Placed

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
    manners: Manners = Manners()
    stuck: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Judged:
    """How one statement was judged: what it matched, who is told, and of those who is told in an alert that rang before."""

    statement: Statement
    matches: tuple[Match, ...]
    rings: tuple[Ring, ...]
    joins: tuple[Ring, ...] = ()


async def judge(db: Database, bench: Bench, now: datetime, *, limit: int = BATCH) -> tuple[Judged, ...]:
    """Judge the statements that wait, oldest first. Returns those that were judged; empty when none waits."""
    judgements: tuple[Judged, ...] = ()
    while not judgements:
        waiting = await db.read(lambda conn: store.waiting(conn, limit, but_not=bench.stuck))
        if not waiting:
            return ()
        judgements = await asyncio.to_thread(_weigh_all, waiting, bench)
    pairs = [(one.statement, one.matches) for one in judgements]
    placed = await db.read(lambda conn: place(conn, pairs))
    return await db.write(lambda conn: _record(conn, judgements, placed, bench, now))


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
    source = bench.sources.get(statement.source)
    matches = bench.watchlist.match(
        statement.title,
        statement.text or statement.summary,
        language=statement.language,
        source=statement.source,
        url=statement.url,
        tags=source.tags if source is not None else (),
        speaks_for=source.speaks_for if source is not None else (),
    )
    matches = canary.own(statement, matches)
    if source is not None and source.speaks_for:
        matches = spoken_by(source.speaks_for, matches)
    if statement.key.startswith(stories.PAGE_CHANGED):
        matches = said_no_more(statement.text, matches)
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


def said_no_more(text: str, matches: Sequence[Match]) -> tuple[Match, ...]:
    """Of the change of a watched page: nobody says what went from it, so that who spoke there is mentioned only."""

    def went(match: Match) -> bool:
        line = text.rfind("\n", 0, match.start) + 1
        return match.field == "body" and text.startswith(stories.WENT, line)

    return tuple(
        replace(match, role="mentioned") if match.role == "speaker" and went(match) else match for match in matches
    )


def _record(
    conn: Connection, judgements: Sequence[Judged], placed: Sequence[Placed], bench: Bench, now: datetime
) -> tuple[Judged, ...]:
    """Commit 2. Returns the judgements with what rings told apart from what joins an alert."""
    pairs = [(one.statement, one.matches) for one in judgements]
    verdicts.record(conn, pairs, watchlist=bench.watchlist.version, now=now)
    stories.record(conn, placed, now)
    hush = Hush(conn, bench.manners, bench.channels, now)
    settled = []
    for one, where in zip(judgements, placed, strict=True):
        joins = tuple(ring for ring in one.rings if not _rings(conn, one, ring, where, bench, hush, now))
        settled.append(replace(one, rings=tuple(ring for ring in one.rings if ring not in joins), joins=joins))
        outbox.put(conn, _following(conn, one, where, hush, now), now)
    outbox.hasten(conn, [one.statement.id for one in judgements if one.statement.extent == "text"], now)
    store.judged(conn, [one.statement for one in judgements])
    return tuple(settled)


def _rings(conn: Connection, one: Judged, ring: Ring, where: Placed, bench: Bench, hush: Hush, now: datetime) -> bool:
    """What one channel gets: an alert; or, of a copy, a word in the alert that it has of this story (issue 7): then False."""
    statement = one.statement
    mine = rung.in_channel(conn, ring.channel, statement.id)
    told = None
    if ring.grouped and not where.news and (mine is None or mine.state == "pending"):
        told = rung.first_of_story(conn, ring.channel, where.story, but_not=statement.id)
    if told is None or (mine is not None and mine.id < told.id):
        if mine is not None:
            return True  # it has its alert already, whatever became of it
        due_at = _due(conn, one, ring, bench, now)
        alert = Draft(ring.channel, "alert", str(statement.id), 1, ring.priority, due_at, statement.id, ring.routes)
        outbox.put(conn, [hush.hushed(alert, ring, one.matches, statement.source, where.story)], now)
        return True
    if mine is not None:
        rung.fold(conn, mine, told, now)
    others = [member for member in stories.members(conn, where.story) if member.id != statement.id]
    named = any(member.source == statement.source for member in others)
    if told.drawn_at is not None and not named:  # else it names this source already, or will when its turn comes
        also = Draft(ring.channel, "also", f"{told.statement}", statement.id, "low", now, told.statement, ring.routes)
        outbox.put(conn, [also], now)
    return False


def _following(conn: Connection, one: Judged, where: Placed, hush: Hush, now: datetime) -> tuple[Draft, ...]:
    """A statement that rang was edited or removed since: a reply to its alert, and a mark in it.

    A reply rings when an alert would: in quiet hours it waits for their end.
    """
    statement = one.statement
    past = store.revisions(conn, statement.id) if statement.revision > 1 else ()
    edited_at = past[-1]["until"] if past else None
    drafts: list[Draft] = []
    for told in rung.of_statement(conn, statement.id) if edited_at or statement.removed_at else ():
        if told.shown_at is None:
            continue  # it is not drawn yet: what it will show is what stands now
        more: list[DeliveryKind] = []
        if edited_at is not None and told.shown_at < edited_at:
            more.append("edit")
        if statement.removed_at is not None:
            more.append("removal")
        for kind in more:
            subject, revision, at = str(statement.id), statement.revision, now
            if kind == "edit" and (calm_at := _calm_at(conn, told, now)) is not None:
                subject, at = flapping.together(statement.id), calm_at
                if rung.waits(conn, told.channel, kind, subject):
                    continue
            reply = Draft(told.channel, kind, subject, revision, told.priority, at, statement.id, told.routes)
            ring = Ring(told.channel, told.routes, told.priority)
            fate = hush.hushed(reply, ring, one.matches, statement.source, where.story)
            if fate.state != "dropped":
                drafts.append(replace(reply, due_at=max(at, fate.due_at)))
            if told.drawn_at is not None and at == now:
                mark = f"{subject} {kind}"
                drafts.append(Draft(told.channel, "also", mark, revision, "low", now, statement.id, told.routes))
    return tuple(drafts)


def _calm_at(conn: Connection, told: Rung, now: datetime) -> datetime | None:
    """When the next edit of a statement that changes again and again is told in this channel; None for at once."""
    since = now - flapping.WITHIN
    return flapping.calm_at(rung.edits_told(conn, told.channel, told.statement, since), now)


def _due(conn: Connection, one: Judged, ring: Ring, bench: Bench, now: datetime) -> datetime:
    """An alert waits a moment for its article, which is on its way and holds the passage; an urgent one does not."""
    if one.statement.extent == "text" or ring.priority == "urgent":
        return now
    attempts, article_due_at, _ = store.article_note(conn, one.statement.id)
    return now + bench.body_wait if article_due_at is not None and attempts == 0 else now
