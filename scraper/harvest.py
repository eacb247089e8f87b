"""What a page comes to, held against what is stored: each question that a poll asks the store before it records anything.

    decided      which items are new, changed, missing (`novelty.py`), also where a site has moved all of them
    edited       without the changes that are none (`revising.py`)
    disbelieved  whether so many new ones are a flood (`flood.py`)
    missing      which statements should stand there and do not (`removal.py`)
    changed_page    a watched page as its change (`changes.py`)
    remedied     a list that is lost, with selectors that find it again (`repair.py`)

Nothing is written here. What takes long is decided in a thread, so that the tick is not late because a page is large.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from scraper import absences, backfill, changes, holds, novelty, removal, repair, retention, store
from scraper.db import Connection, Database
from scraper.errors import ParseError, SourceError
from scraper.flood import OUTAGE, why_a_flood
from scraper.model import Listed, Page, Source
from scraper.novelty import ChangedStatement, Harvest
from scraper.parsers.workers import ParsePool
from scraper.revising import Version, contradicts
from scraper.settings import ChangesSettings, FloodSettings
from scraper.sources import SourceState

T = TypeVar("T")

MANY = 300
"""Items of one page from which they are compared in a thread: 5,000 take half a second, and the tick must not wait for them."""


async def decided(source: Source, state: SourceState, listed: Listed, db: Database) -> Harvest:
    """What the list adds to the store. Raises SourceError where it is not to be believed."""
    aside = len(listed.items) > MANY
    identified = await _run(lambda: novelty.identify(source, listed.items), aside=aside)
    keys = [key for one in identified for key in one.lookups]

    def look(conn: Connection) -> tuple[dict[str, novelty.Known], frozenset[str]]:
        known = store.known(conn, source.id, keys)
        return known, retention.are_forgotten(conn, source.id, [key for key in keys if key not in known])

    known, forgotten = await db.read(look)
    if forgotten:
        identified = novelty.without_forgotten(identified, known, forgotten)
    has_baseline = state.baseline_at is not None
    decision = await _run(
        lambda: novelty.decide(
            source, listed, known, has_baseline=has_baseline, items_before=state.items, identified=identified
        ),
        aside=aside,
    )
    if has_baseline and novelty.may_have_moved(decision.harvest):
        before = await db.read(lambda conn: store.known_statements(conn, absences.last_page(conn, source.id)))
        decision = await _run(
            lambda: novelty.decide(
                source,
                listed,
                known,
                has_baseline=has_baseline,
                items_before=state.items,
                identified=identified,
                before=before,
            ),
            aside=aside,
        )
    if decision.outcome != "ok":
        raise SourceError(decision.outcome, decision.detail, condition=None if listed.items else "empty_list")
    return decision.harvest


async def edited(source: Source, harvest: Harvest, db: Database) -> Harvest:
    """`harvest` without the changes that are none: counters, ages, quotes, a headline cut short (`scraper/revising.py`)."""
    if not harvest.changed or source.kind == "page":
        return harvest
    ids = [one.statement for one in harvest.changed]
    stored = await db.read(lambda conn: store.versions(conn, ids))

    def edits() -> tuple[ChangedStatement, ...]:
        return tuple(
            one
            for one in harvest.changed
            if contradicts(stored[one.statement], Version(one.item.title, one.item.summary, one.item.text or ""))
        )

    return replace(harvest, changed=await asyncio.to_thread(edits))


async def disbelieved(
    source: Source,
    state: SourceState,
    harvest: Harvest,
    behind: backfill.Reached,
    now: datetime,
    *,
    believed: FloodSettings,
    db: Database,
) -> str:
    """Why the new items of this poll are not believed; "" where they are. What is read back after an outage is, and a baseline."""
    if state.baseline_at is None:
        return ""
    if len(harvest.new) <= believed.items or source.kind == "directory":  # whoever puts files there means it
        return ""
    standing = await db.read(lambda conn: holds.standing(conn, source.id, now))
    looked_at = harvest.items + len(behind.items)
    settings, last_look = believed, standing.last_look
    if state.older_page is not None or (behind.items and now - last_look >= OUTAGE):
        settings, last_look = replace(settings, most=max(settings.most, looked_at)), min(last_look, now - OUTAGE)
    return why_a_flood(
        [fresh.item for fresh in harvest.new],
        page=looked_at,
        habit=standing.habit,
        last_look=last_look,
        now=now,
        known_urls=standing.known_urls,
        settings=settings,
    )


async def missing(
    source: Source, harvest: Harvest, now: datetime, *, looked_for: ChangesSettings, db: Database
) -> tuple[int, ...]:
    """Statements that this page should list and does not: to be looked for (`scraper/verify.py`)."""
    since = now - looked_for.removed_within
    if source.kind in ("page", "directory") or not looked_for.checks:
        return ()

    def read(conn: Connection) -> tuple[int, ...]:
        before = absences.last_page(conn, source.id)
        found = removal.missing(before, harvest.order, newest=removal.newest_end(source.kind))
        return absences.can_be_missed(conn, found, since=since) if found else ()

    return await db.read(read) if harvest.order else ()


async def changed_page(source: Source, state: SourceState, page: Page, listed: Listed, db: Database) -> Listed:
    """The watched page as its own statement, and its change as another (`scraper/changes.py`)."""
    now = listed.items[0]
    [identified] = novelty.identify(source, [now])
    stored = await db.read(lambda conn: store.under(conn, source.id, identified.keys[0]))
    before = changes.Before(stored.title, stored.summary, stored.text) if stored and state.baseline_at else None
    found = await asyncio.to_thread(changes.items, source, now, before, at=page.fetched_at, again=state.failures > 0)
    return replace(listed, items=found)


async def remedied(source: Source, page: Page, failure: ParseError, *, parsers: ParsePool, db: Database) -> ParseError:
    """The same failure; where no list is found on a page that loads, it names selectors that find the known one again."""
    if source.kind != "listing" or failure.outcome not in ("suspect", "parse_error"):
        return failure
    known = await db.read(lambda conn: store.known_statements(conn, absences.last_page(conn, source.id)))
    said = repair.hint(source, await repair.propose(source, page, known, parsers)) if known else ""
    if not said:
        return failure
    found = "the selectors find nothing" if source.select else "no list is found by itself"
    return ParseError(failure.outcome, f"{found}. {said}", condition=failure.condition)


async def _run(work: Callable[[], T], *, aside: bool) -> T:
    return await asyncio.to_thread(work) if aside else work()
