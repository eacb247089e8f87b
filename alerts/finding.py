"""Finding in the store: words in everything that was stored, the stories that a watch met lately, who said what in them.

A story is listed once, by the statement that had it first; who else has it stands beside that. Reads only; the event loop is
free between pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from alerts import verdicts
from alerts.model import Match, owner
from alerts.watch.attribution import quotes
from scraper import search, store, stories
from scraper.db import Connection, Database
from scraper.model import Statement

PAGE = 500
MOST = 2_000
"""Statements that a list goes back over."""


@dataclass(frozen=True, slots=True)
class Met:
    """A story with what of it was met: its statements that match, newest first, who was met in each, and who speaks in it."""

    story: int
    statements: tuple[int, ...]
    actors: frozenset[str]
    spoken: tuple[tuple[str, int], ...]
    """(actor, statement) wherever an actor speaks, newest first."""
    edited: int
    removed: int

    @property
    def speakers(self) -> frozenset[str]:
        """The actors that speak in it."""
        return frozenset(actor for actor, _ in self.spoken)


@dataclass(frozen=True, slots=True)
class Story:
    """A story as it is listed: the statement that had it first, which other sources had it how much later, in their order, and
    the sources whose text was edited or is gone."""

    first: Statement
    others: tuple[tuple[str, timedelta], ...]
    edited: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Statements in which words were found, newest first. `before` goes on where this ended; None where the store did."""

    statements: tuple[Statement, ...]
    before: int | None


async def words(
    db: Database, terms: Sequence[str], *, limit: int, before: int | None = None, patience: float = 10.0
) -> Found:
    """The newest `limit` statements (with an id below `before`) in which all of `terms` occur, as far as `patience` (seconds)
    goes. Raises ValueError for terms that cannot be read."""
    query = search.read_query(terms)
    loop = asyncio.get_running_loop()
    ends = loop.time() + patience
    found: list[Statement] = []
    while True:
        page = await db.read(partial(_page, before=before))
        if not page:
            return Found(tuple(found), None)
        found += await asyncio.to_thread(_among, query, page)
        if len(found) >= limit:
            kept = found[:limit]
            return Found(tuple(kept), kept[-1].id)
        if len(page) < PAGE:
            return Found(tuple(found), None)
        before = page[-1].id
        if loop.time() >= ends:
            return Found(tuple(found), before)


def as_stories(conn: Connection, found: Found, terms: Sequence[str], before: int) -> list[tuple[int, Story | None]]:
    """What was found, a story once: at the newest statement of it that was found. A story of which a statement from `before`
    (0 for none) on was found already stood on an earlier page, and is left out."""
    query = search.read_query(terms)
    of = stories.stories_of(conn, [one.id for one in found.statements])
    listed: dict[int, int] = {}
    for one in found.statements:
        listed.setdefault(of.get(one.id, one.id), one.id)
    return [
        (statement, story(conn, number))
        for number, statement in listed.items()
        if not (before and _was_listed(conn, query, number, before))
    ]


def _was_listed(conn: Connection, query: search.Query, number: int, before: int) -> bool:
    newer = (store.get(conn, member.id) for member in stories.members(conn, number) if member.id >= before)
    return bool(_among(query, [one for one in newer if one is not None]))


def _page(conn: Connection, *, before: int | None) -> tuple[Statement, ...]:
    return store.find(conn, before_id=before, newest=True, limit=PAGE)


def _among(query: search.Query, page: Sequence[Statement]) -> list[Statement]:
    return [one for one in page if search.find(query, (one.title, one.text or one.summary))]


def met(
    conn: Connection,
    *,
    chat: str,
    watches: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = MOST,
) -> tuple[Met, ...]:
    """The stories that match (one of `watches`), those with the newest statement first, from the `most` newest statements. What
    other chats than `chat` watch for themselves does not count."""
    newest = verdicts.matched(conn, watches=watches, chat=chat, since=since, until=until, limit=most)
    by_statement: dict[int, list[verdicts.Touch]] = {one: [] for one in newest}
    for touch in verdicts.touches(conn, newest):
        if owner(touch.watch.removeprefix("@")) in ("", f"chat:{chat}"):
            by_statement[touch.statement].append(touch)
    by_story: dict[int, dict[int, list[verdicts.Touch]]] = {}
    for statement, touches in by_statement.items():
        if touches:
            by_story.setdefault(touches[0].story, {})[statement] = touches
    return tuple(_met(story, found) for story, found in by_story.items())


def _met(story: int, found: dict[int, list[verdicts.Touch]]) -> Met:
    touches = [touch for each in found.values() for touch in each]
    spoken = ((one.actor, one.statement) for one in touches if one.actor is not None and one.role == "speaker")
    return Met(
        story=story,
        statements=tuple(found),
        actors=frozenset(one.actor for one in touches if one.actor is not None),
        spoken=tuple(dict.fromkeys(spoken)),
        edited=sum(each[0].revision > 1 for each in found.values()),
        removed=sum(each[0].removed for each in found.values()),
    )


def story(conn: Connection, number: int) -> Story | None:
    """One story as it is listed; None where nothing of it is stored any more. A statement without a story is its own."""
    members = stories.members(conn, number)
    first = store.get(conn, members[0].id if members else number)
    if first is None:
        return None
    others: dict[str, timedelta] = {}
    for member in members[1:]:
        if member.source != first.source:
            others.setdefault(member.source, member.first_seen_at - first.first_seen_at)
    edited = dict.fromkeys(one.source for one in members if one.revision > 1)
    removed = dict.fromkeys(one.source for one in members if one.removed_at is not None)
    return Story(first, tuple(others.items()), tuple(edited), tuple(removed))


def said_by(conn: Connection, statement_id: int, actor: str, *, most: int = 1) -> tuple[str, ...]:
    """The passages that `actor` says word for word in a statement, in the order of the text."""
    statement = store.get(conn, statement_id)
    if statement is None:
        return ()
    body = statement.text or statement.summary
    found: Sequence[Match] = verdicts.matches_of(conn, [(statement.id, statement.revision)]).get(statement.id, ())
    places: dict[tuple[int, int], None] = {}
    for match in found:
        if match.actor == actor and match.role == "speaker" and match.field == "body" and match.surface:
            places |= dict.fromkeys((quote.start, quote.end) for quote in quotes(body, (match.start, match.end)))
    return tuple(body[start:end] for start, end in sorted(places)[:most])
