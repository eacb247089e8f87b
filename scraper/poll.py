"""The story of one poll.

    source -> fetch -> gather -> decide -> disbelieve -> keep -> record
              |        |         |         |             |       new statements, validators, the next due time: one commit, or nothing
              |        |         |         |             the raw pages that they stood on, as files (`archive.py`)
              |        |         |         more new ones than one can believe are stored, and held for a person
              |        |         which items are new, which are changed, which are missing (`harvest.py`)
              |        parsed in a process that can be killed; the files of an index are fetched, too
              one polite, bounded request; "not modified" ends the story early

Whatever fails on the way is a `SourceError`, recorded under its class; nothing stored is touched by it. A cut at any
point leaves the source due, with its old validators, so the next poll finds the same news again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scraper import (
    archive,
    backfill,
    bearings,
    condition,
    directory,
    endpoint,
    evidence,
    habits,
    harvest,
    schedule,
    sources,
    store,
)
from scraper.archive import Archive, Kept
from scraper.db import Connection, Database
from scraper.errors import FetchError, ParseError, SourceError
from scraper.gather import gather
from scraper.model import HEALTHY, Item, Listed, Outcome, Page, Source, Unchanged, Validators
from scraper.net.fetch import Fetcher
from scraper.novelty import Harvest
from scraper.parsers.workers import ParsePool
from scraper.settings import ChangesSettings, FetchSettings, FloodSettings
from scraper.sources import SourceState

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Tools:
    """What a poll works with. `spread` draws a number in [0, 1) for the jitter of due times."""

    db: Database
    fetcher: Fetcher
    parsers: ParsePool
    settings: FetchSettings
    clock: Clock
    spread: Callable[[], float]
    flood: FloodSettings = FloodSettings()
    changes: ChangesSettings = ChangesSettings()
    archive: Archive | None = None
    """Where raw pages are kept as evidence; None: they are not."""


@dataclass(frozen=True, slots=True)
class Polled:
    """How a poll ended.

    `new` are the ids of the statements that it stored, `changed` of those with other words now; `silent` says whether the new
    ones belong to the baseline. `held` counts what it stored and did not believe: a flood, which stands in none of the two.
    `unkept` says why a page could not be kept as evidence.
    """

    source: str
    outcome: Outcome
    detail: str = ""
    new: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    silent: bool = False
    items: int = 0
    held: int = 0
    unkept: str = ""

    @property
    def healthy(self) -> bool:
        """Whether the source answered as it should."""
        return self.outcome in HEALTHY


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one source: what every step of its story knows."""

    source: Source
    state: SourceState
    tools: Tools

    @property
    def now(self) -> datetime:
        """The clock that the tools brought."""
        return self.tools.clock()


async def poll(source: Source, state: SourceState, tools: Tools) -> Polled:
    """Look at one source once, and record what came of it. Raises StoreError only: then nothing was recorded."""
    with tools.fetcher.visit(archive.HELD):
        return await _poll(Look(source, state, tools))


async def _poll(look: Look) -> Polled:
    try:
        page = await _fetch(look)
        if isinstance(page, Unchanged) or _is_the_same_again(look, page):
            return await _record_unchanged(look, page.fetched_at, full_fetch=isinstance(page, Page))
        listed = await _gather(look, page)
        found, behind = await _decide(look, page, listed)
        flood = await _disbelieve(look, found, behind)
        pages, unkept = await _keep(look, page, listed, found, behind)
        return await _record(look, page, listed, found, behind, flood, pages, unkept)
    except SourceError as failure:
        return await _record_failure(look, failure)


async def _fetch(look: Look) -> Page | Unchanged:
    """One request at most, with the validators of last time where it is not time for the whole page."""
    source, state, tools = look.source, look.state, look.tools
    if source.kind == "directory":
        return await directory.look(source, clock=tools.clock)
    conditional = not backfill.wants_the_page(source, state, look.now) and schedule.asks_conditionally(
        tools.settings, failures=state.failures, full_fetch_at=state.full_fetch_at, now=look.now
    )
    validators = state.validators if conditional else Validators()
    return await tools.fetcher.fetch(source, endpoint.address(source), clock=tools.clock, validators=validators)


def _is_the_same_again(look: Look, page: Page) -> bool:
    """Whether it is, byte for byte, the page of the last good poll, with nothing else to read it for."""
    if look.state.failures or _fingerprint(page) != look.state.body_hash:
        return False
    return not backfill.wants_the_page(look.source, look.state, look.now)


async def _gather(look: Look, page: Page) -> Listed:
    """What the page lists; a watched page lists itself and its change. Raises SourceError."""
    tools = look.tools
    try:
        listed = await gather(look.source, page, fetcher=tools.fetcher, parsers=tools.parsers, clock=tools.clock)
    except ParseError as failure:
        raise await harvest.remedied(look.source, page, failure, parsers=tools.parsers, db=tools.db) from failure
    if look.source.kind == "page":
        return await harvest.changed_page(look.source, look.state, page, listed, tools.db)
    return listed


async def _decide(look: Look, page: Page, listed: Listed) -> tuple[Harvest, backfill.Reached]:
    """What is new and what was edited, on this page and on the older ones behind it where something was missed."""
    source, state, tools = look.source, look.state, look.tools
    found = await harvest.decided(source, state, listed, tools.db)
    known = tuple(one >= 0 for one in found.order)
    behind = await backfill.behind(
        source, state, page, listed, known,
        fetcher=tools.fetcher, parsers=tools.parsers, db=tools.db, clock=tools.clock,
    )  # fmt: skip
    if behind.items:
        further = await harvest.decided(source, state, behind.with_page(listed), tools.db)
        found = replace(further, items=found.items, order=() if behind.cursor else further.order)
    return await harvest.edited(source, found, tools.db), behind


async def _disbelieve(look: Look, found: Harvest, behind: backfill.Reached) -> str:
    """Why the new items are not believed, "" where they are. A redesign makes everything look new: it is held for a person."""
    tools = look.tools
    return await harvest.disbelieved(
        look.source, look.state, found, behind, look.now, believed=tools.flood, db=tools.db
    )  # fmt: skip


async def _keep(
    look: Look, page: Page, listed: Listed, found: Harvest, behind: backfill.Reached
) -> tuple[Mapping[str, Kept], str]:
    """The raw pages on which something new stood, as evidence, by address; and why one could not be kept."""
    if look.source.kind == "directory" or not look.source.kept:
        return {}, ""
    return await archive.keep(look.tools.archive, archive.stood_on(_read(found), page, (*listed.pages, *behind.pages)))


async def _record(
    look: Look,
    page: Page,
    listed: Listed,
    found: Harvest,
    behind: backfill.Reached,
    flood: str,
    pages: Mapping[str, Kept],
    unkept: str,
) -> Polled:
    """Commit 1."""
    source, state, tools, now = look.source, look.state, look.tools, look.now
    silent = state.baseline_at is None
    missing = () if flood else await harvest.missing(source, found, now, looked_for=tools.changes, db=tools.db)
    bearing = bearings.take(state, page, listed, found, behind, now, held=bool(flood))
    due_at = _due_after(
        look,
        "ok",
        page.fetched_at,
        habit=bearing.habit,
        fresh_for=bearing.fresh_for,
        hurry=bearing.older_page is not None,
    )
    # A page that was cut is asked for again in full, and an index tells nothing of its files: their validators are not kept.
    whole = not listed.partial and not listed.sitemaps

    def record(conn: Connection) -> tuple[int, ...]:
        new = store.record_poll(
            conn,
            source.id,
            found,
            silent=silent,
            validators=page.validators if whole else Validators(),
            body_hash=_fingerprint(page) if whole else "",
            moved_to=page.moved_to,
            now=now,
            due_at=due_at,
            flood=flood,
            missing=missing,
            checks=tools.changes.checks,
            bearing=bearing,
        )
        ids = (*new, *(changed.statement for changed in found.changed))
        where = ((number, item.found_on or page.url) for number, item in zip(ids, _read(found), strict=True))
        evidence.record(conn, pages, where, "listed")
        return new

    new = await tools.db.write(record)
    left_out = f"{listed.left_out} items over the limit were left out" if listed.left_out else ""
    return Polled(
        source.id,
        "ok",
        detail="; ".join(filter(None, (flood, left_out))),
        new=() if flood else new,
        changed=tuple(one.statement for one in found.changed),
        silent=silent,
        items=len(listed.items),
        held=len(new) if flood else 0,
        unkept=unkept,
    )


async def _record_unchanged(look: Look, fetched_at: datetime, *, full_fetch: bool) -> Polled:
    source, state, now = look.source, look.state, look.now
    outcome: Outcome = "ok" if full_fetch else "not_modified"
    due_at = _due_after(look, outcome, fetched_at, habit=state.habit, fresh_for=state.fresh_for)
    await look.tools.db.write(
        lambda conn: sources.record_unchanged(
            conn, source.id, outcome=outcome, now=now, due_at=due_at, full_fetch=full_fetch
        )
    )
    return Polled(source.id, outcome)


async def _record_failure(look: Look, failure: SourceError) -> Polled:
    source, now = look.source, look.now
    due_at = schedule.next_poll(
        source,
        look.tools.settings,
        outcome=failure.outcome,
        failures=look.state.failures + 1,
        now=now,
        spread=look.tools.spread(),
        retry_after=failure.retry_after if isinstance(failure, FetchError) else None,
    )
    await look.tools.db.write(
        lambda conn: sources.record_failure(
            conn,
            source.id,
            outcome=failure.outcome,
            detail=failure.detail,
            now=now,
            due_at=due_at,
            condition=condition.of_failure(failure),
        )
    )
    return Polled(source.id, failure.outcome, failure.detail)


def _due_after(
    look: Look, outcome: Outcome, now: datetime, *, habit: str | None, fresh_for: timedelta | None, hurry: bool = False
) -> datetime:
    """When a source that is well is looked at again: by its own habit, within the configured bounds."""
    return schedule.next_poll(
        look.source,
        look.tools.settings,
        outcome=outcome,
        failures=0,
        now=now,
        spread=look.tools.spread(),
        habit=habits.read(habit),
        watched_since=look.state.baseline_at,
        fresh_for=fresh_for,
        hurry=hurry,
    )


def _read(found: Harvest) -> list[Item]:
    """The items that are stored anew: the new ones, then the changed ones."""
    return [*(fresh.item for fresh in found.new), *(changed.item for changed in found.changed)]


def _fingerprint(page: Page) -> str:
    return hashlib.blake2b(page.body, digest_size=16).hexdigest()
