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
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

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
from scraper.archive import Archive
from scraper.db import Connection, Database
from scraper.errors import FetchError, ParseError, SourceError
from scraper.gather import gather
from scraper.model import HEALTHY, Listed, Outcome, Page, Source, Unchanged, Validators
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


async def poll(source: Source, state: SourceState, tools: Tools) -> Polled:
    """Look at one source once, and record what came of it. Raises StoreError only: then nothing was recorded."""
    try:
        if source.kind == "directory":
            answer: Page | Unchanged = await directory.look(source, clock=tools.clock)
        else:
            answer = await tools.fetcher.fetch(
                source,
                endpoint.address(source),
                clock=tools.clock,
                validators=_validators(source, state, tools),
            )
        if isinstance(answer, Unchanged):
            return await _unchanged(source, state, tools, full_fetch=False)
        body_hash = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
        read_all = backfill.wants_the_page(source, state, tools.clock())
        if body_hash == state.body_hash and not state.failures and not read_all:
            return await _unchanged(source, state, tools, full_fetch=True)
        return await _read(source, state, answer, body_hash, tools)
    except SourceError as failure:
        return await _failed(source, state, failure, tools)


async def _read(source: Source, state: SourceState, page: Page, body_hash: str, tools: Tools) -> Polled:
    try:
        listed = await gather(source, page, fetcher=tools.fetcher, parsers=tools.parsers, clock=tools.clock)
    except ParseError as failure:
        remedied = await harvest.remedied(source, page, failure, parsers=tools.parsers, db=tools.db)
        raise remedied from failure
    if source.kind == "page":
        listed = await harvest.changed_page(source, state, page, listed, tools.db)
    found = await harvest.decided(source, state, listed, tools.db)
    behind = await backfill.behind(
        source,
        state,
        page,
        listed,
        tuple(one >= 0 for one in found.order),
        fetcher=tools.fetcher,
        parsers=tools.parsers,
        db=tools.db,
        clock=tools.clock,
    )
    if behind.items:
        further = await harvest.decided(source, state, behind.with_page(listed), tools.db)
        found = replace(further, items=found.items, order=() if behind.cursor else further.order)
    return await _record(source, state, page, body_hash, listed, found, behind, tools)


async def _record(
    source: Source,
    state: SourceState,
    page: Page,
    body_hash: str,
    listed: Listed,
    found: Harvest,
    behind: backfill.Reached,
    tools: Tools,
) -> Polled:
    """Commit 1."""
    has_baseline = state.baseline_at is not None
    found = await harvest.edited(source, found, tools.db)
    now = tools.clock()
    flood = await harvest.disbelieved(source, state, found, behind, now, believed=tools.flood, db=tools.db)
    missing = () if flood else await harvest.missing(source, found, now, looked_for=tools.changes, db=tools.db)
    bearing = bearings.take(state, page, listed, found, behind, now, held=bool(flood))
    due_at = schedule.next_poll(
        source,
        tools.settings,
        outcome="ok",
        failures=0,
        now=now,
        spread=tools.spread(),
        habit=habits.read(bearing.habit),
        watched_since=state.baseline_at,
        fresh_for=bearing.fresh_for,
        hurry=bearing.older_page is not None,
    )
    # A page that was cut is asked for again in full, and an index tells nothing of its files: their validators are not kept.
    whole = not listed.partial and not listed.sitemaps
    validators = page.validators if whole else Validators()
    read = [*(fresh.item for fresh in found.new), *(changed.item for changed in found.changed)]
    pages = archive.stood_on(read, page, (*listed.pages, *behind.pages)) if source.kind != "directory" else ()
    kept, unkept = await archive.keep(tools.archive, pages)

    def record(conn: Connection) -> tuple[int, ...]:
        new = store.record_poll(
            conn,
            source.id,
            found,
            silent=not has_baseline,
            validators=validators,
            body_hash=body_hash if whole else "",
            moved_to=page.moved_to,
            now=now,
            due_at=due_at,
            flood=flood,
            missing=missing,
            checks=tools.changes.checks,
            bearing=bearing,
        )
        ids = (*new, *(changed.statement for changed in found.changed))
        where = ((number, item.found_on or page.url) for number, item in zip(ids, read, strict=True))
        evidence.record(conn, kept, where, "listed")
        return new

    new = await tools.db.write(record)
    left_out = f"{listed.left_out} items over the limit were left out" if listed.left_out else ""
    return Polled(
        source.id,
        "ok",
        detail="; ".join(filter(None, (flood, left_out))),
        new=() if flood else new,
        changed=tuple(one.statement for one in found.changed),
        silent=not has_baseline,
        items=len(listed.items),
        held=len(new) if flood else 0,
        unkept=unkept,
    )


async def _unchanged(source: Source, state: SourceState, tools: Tools, *, full_fetch: bool) -> Polled:
    now = tools.clock()
    outcome: Outcome = "ok" if full_fetch else "not_modified"
    due_at = schedule.next_poll(
        source,
        tools.settings,
        outcome=outcome,
        failures=0,
        now=now,
        spread=tools.spread(),
        habit=habits.read(state.habit),
        watched_since=state.baseline_at,
        fresh_for=state.fresh_for,
    )
    await tools.db.write(
        lambda conn: sources.record_unchanged(
            conn, source.id, outcome=outcome, now=now, due_at=due_at, full_fetch=full_fetch
        )
    )
    return Polled(source.id, outcome)


async def _failed(source: Source, state: SourceState, failure: SourceError, tools: Tools) -> Polled:
    now = tools.clock()
    due_at = schedule.next_poll(
        source,
        tools.settings,
        outcome=failure.outcome,
        failures=state.failures + 1,
        now=now,
        spread=tools.spread(),
        retry_after=failure.retry_after if isinstance(failure, FetchError) else None,
    )
    await tools.db.write(
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


def _validators(source: Source, state: SourceState, tools: Tools) -> Validators:
    if backfill.wants_the_page(source, state, tools.clock()):
        return Validators()
    conditional = schedule.asks_conditionally(
        tools.settings, failures=state.failures, full_fetch_at=state.full_fetch_at, now=tools.clock()
    )
    return state.validators if conditional else Validators()
