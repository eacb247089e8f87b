"""Finding in the store: words in everything that was stored, what a watch met lately, who said what in the last hours.

What the command line and the bot both do. Reads only; the event loop is free between pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from alerts import verdicts
from alerts.model import Match
from alerts.watch.attribution import quotes
from scraper import search, store
from scraper.db import Connection, Database
from scraper.model import Statement

PAGE = 500


@dataclass(frozen=True, slots=True)
class Met:
    """A statement with what matches it by its text of now."""

    statement: Statement
    matches: tuple[Match, ...]

    @property
    def speakers(self) -> frozenset[str]:
        """The actors that speak in it."""
        return frozenset(match.actor for match in self.matches if match.actor is not None and match.role == "speaker")


@dataclass(frozen=True, slots=True)
class Found:
    """A statement in which words were found; `hits` are (0 for the headline or 1 for the text, start, end) in code points."""

    statement: Statement
    hits: tuple[tuple[int, int, int], ...]


async def words(
    db: Database, terms: Sequence[str], *, limit: int, since: datetime | None = None, source: str | None = None
) -> tuple[Found, ...]:
    """The newest `limit` statements in which all of `terms` occur. Raises ValueError for terms that cannot be read."""
    query = search.read_query(terms)
    found: list[Found] = []
    before: int | None = None
    while len(found) < limit:
        page = await db.read(partial(_page, source=source, since=since, before=before))
        if not page:
            break
        found += await asyncio.to_thread(_among, query, page)
        before = page[-1].id
    return tuple(found[:limit])


def _page(conn: Connection, *, source: str | None, since: datetime | None, before: int | None) -> tuple[Statement, ...]:
    return store.find(conn, source=source, since=since, before_id=before, newest=True, limit=PAGE)


def _among(query: search.Query, page: Sequence[Statement]) -> list[Found]:
    tried = [(one, search.find(query, (one.title, one.text or one.summary))) for one in page]
    return [Found(one, hits) for one, hits in tried if hits]


def met(
    conn: Connection, *, watches: Collection[str] | None = None, since: datetime | None = None, limit: int = 20
) -> tuple[Met, ...]:
    """The newest statements that match (one of `watches`), with their matches."""
    statements = [store.get(conn, one) for one in verdicts.matched(conn, watches=watches, since=since, limit=limit)]
    there = [one for one in statements if one is not None]
    matches = verdicts.matches_of(conn, [(one.id, one.revision) for one in there])
    return tuple(Met(one, matches.get(one.id, ())) for one in there)


def said_by(found: Met, actor: str, *, most: int = 2) -> tuple[str, ...]:
    """The passages that `actor` says word for word in a statement, in the order of the text."""
    body = found.statement.text or found.statement.summary
    places: dict[tuple[int, int], None] = {}
    for match in found.matches:
        if match.actor == actor and match.role == "speaker" and match.field == "body" and match.surface:
            places |= dict.fromkeys((quote.start, quote.end) for quote in quotes(body, (match.start, match.end)))
    return tuple(body[start:end] for start, end in sorted(places)[:most])
