"""The story of one poll.

    source -> fetch -> gather -> novelty -> flood -> record
              |        |         |          |        new statements, validators and the next due time: one commit, or nothing
              |        |         |          more new ones than one can believe are stored, and held for a person
              |        |         which items are new, which are changed, which are missing
              |        parsed in a process that can be killed; the files of an index are fetched, too
              one polite, bounded request; "not modified" ends the story early

Whatever fails on the way is a `SourceError`, recorded under its class; nothing stored is touched by it. A cut at any
point leaves the source due, with its old validators, so the next poll finds the same news again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from scraper import (
    absences,
    backfill,
    bearings,
    changes,
    condition,
    directory,
    endpoint,
    habits,
    holds,
    novelty,
    removal,
    repair,
    retention,
    schedule,
    sources,
    store,
)
from scraper.db import Connection, Database
from scraper.errors import FetchError, ParseError, SourceError
from scraper.flood import OUTAGE, why_a_flood
from scraper.gather import gather
from scraper.model import HEALTHY, Listed, Outcome, Page, Source, Unchanged, Validators
from scraper.net.fetch import Fetcher
from scraper.novelty import ChangedStatement, Harvest
from scraper.parsers.workers import ParsePool
from scraper.revising import Version, contradicts
from scraper.settings import ChangesSettings, FetchSettings, FloodSettings
from scraper.sources import SourceState

Clock = Callable[[], datetime]
T = TypeVar("T")

MANY = 300
"""Items of one page from which they are compared in a thread: 5,000 take half a second, and the tick must not wait for them."""


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


@dataclass(frozen=True, slots=True)
class Polled:
    """How a poll ended.

    `new` are the ids of the statements that it stored, `changed` of those with other words now; `silent` says whether the new
    ones belong to the baseline. `held` counts what it stored and did not believe: a flood, which stands in none of the two.
    """

    source: str
    outcome: Outcome
    detail: str = ""
    new: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    silent: bool = False
    items: int = 0
    held: int = 0

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
        raise await _with_a_remedy(source, page, failure, tools) from failure
    if source.kind == "page":
        listed = await _changed_page(source, state, page, listed, tools)
    harvest = await _decide(source, state, listed, tools)
    behind = await backfill.behind(
        source,
        state,
        page,
        listed,
        tuple(one >= 0 for one in harvest.order),
        fetcher=tools.fetcher,
        parsers=tools.parsers,
        db=tools.db,
        clock=tools.clock,
    )
    if behind.items:
        further = await _decide(source, state, behind.with_page(listed), tools)
        harvest = replace(further, items=harvest.items, order=() if behind.cursor else further.order)
    return await _record(source, state, page, body_hash, listed, harvest, behind, tools)


async def _decide(source: Source, state: SourceState, listed: Listed, tools: Tools) -> Harvest:
    """What the list adds to the store. Raises SourceError where it is not to be believed."""
    aside = len(listed.items) > MANY
    identified = await _run(lambda: novelty.identify(source, listed.items), aside=aside)
    keys = [key for one in identified for key in one.lookups]

    def look(conn: Connection) -> tuple[dict[str, novelty.Known], frozenset[str]]:
        known = store.known(conn, source.id, keys)
        return known, retention.are_forgotten(conn, source.id, [key for key in keys if key not in known])

    known, forgotten = await tools.db.read(look)
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
        before = await tools.db.read(lambda conn: store.known_statements(conn, absences.last_page(conn, source.id)))
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


async def _record(
    source: Source,
    state: SourceState,
    page: Page,
    body_hash: str,
    listed: Listed,
    harvest: Harvest,
    behind: backfill.Reached,
    tools: Tools,
) -> Polled:
    has_baseline = state.baseline_at is not None
    harvest = await _without_cosmetics(source, harvest, tools)
    now = tools.clock()
    flood = await _disbelief(source, state, harvest, behind, now, tools) if has_baseline else ""
    missing = () if flood else await _missing(source, harvest, now, tools)
    bearing = bearings.take(state, page, listed, harvest, behind, now, held=bool(flood))
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
    new = await tools.db.write(
        lambda conn: store.record_poll(
            conn,
            source.id,
            harvest,
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
    )
    left_out = f"{listed.left_out} items over the limit were left out" if listed.left_out else ""
    return Polled(
        source.id,
        "ok",
        detail="; ".join(filter(None, (flood, left_out))),
        new=() if flood else new,
        changed=tuple(one.statement for one in harvest.changed),
        silent=not has_baseline,
        items=len(listed.items),
        held=len(new) if flood else 0,
    )


async def _without_cosmetics(source: Source, harvest: Harvest, tools: Tools) -> Harvest:
    """`harvest` without the changes that are none: counters, ages, quotes, a headline cut short (`scraper/revising.py`)."""
    if not harvest.changed or source.kind == "page":
        return harvest
    ids = [one.statement for one in harvest.changed]
    stored = await tools.db.read(lambda conn: store.versions(conn, ids))

    def edits() -> tuple[ChangedStatement, ...]:
        return tuple(
            one
            for one in harvest.changed
            if contradicts(stored[one.statement], Version(one.item.title, one.item.summary, one.item.text or ""))
        )

    return replace(harvest, changed=await asyncio.to_thread(edits))


async def _disbelief(
    source: Source, state: SourceState, harvest: Harvest, behind: backfill.Reached, now: datetime, tools: Tools
) -> str:
    """Why the new items of this poll are not believed; "" where they are. What is read back after an outage is."""
    if len(harvest.new) <= tools.flood.items or source.kind == "directory":  # whoever puts files there means it
        return ""
    standing = await tools.db.read(lambda conn: holds.standing(conn, source.id, now))
    looked_at = harvest.items + len(behind.items)
    settings, last_look = tools.flood, standing.last_look
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


async def _missing(source: Source, harvest: Harvest, now: datetime, tools: Tools) -> tuple[int, ...]:
    """Statements that this page should list and does not: to be looked for (`scraper/verify.py`)."""
    since = now - tools.changes.removed_within
    if source.kind in ("page", "directory") or not tools.changes.checks:
        return ()

    def read(conn: Connection) -> tuple[int, ...]:
        found = removal.missing(absences.last_page(conn, source.id), harvest.order)
        return absences.can_be_missed(conn, found, since=since) if found else ()

    return await tools.db.read(read) if harvest.order else ()


async def _changed_page(source: Source, state: SourceState, page: Page, listed: Listed, tools: Tools) -> Listed:
    """The watched page as its own statement, and its change as another (`scraper/changes.py`)."""
    now = listed.items[0]
    [identified] = novelty.identify(source, [now])
    stored = await tools.db.read(lambda conn: store.under(conn, source.id, identified.keys[0]))
    before = changes.Before(stored.title, stored.summary, stored.text) if stored and state.baseline_at else None
    found = await asyncio.to_thread(changes.items, source, now, before, at=page.fetched_at, again=state.failures > 0)
    return replace(listed, items=found)


async def _with_a_remedy(source: Source, page: Page, failure: ParseError, tools: Tools) -> ParseError:
    """The same failure; where no list is found on a page that loads, it names selectors that find the known one again."""
    if source.kind != "listing" or failure.outcome not in ("suspect", "parse_error"):
        return failure
    known = await tools.db.read(lambda conn: store.known_statements(conn, absences.last_page(conn, source.id)))
    said = repair.hint(source, await repair.propose(source, page, known, tools.parsers)) if known else ""
    if not said:
        return failure
    found = "the selectors find nothing" if source.select else "no list is found by itself"
    return ParseError(failure.outcome, f"{found}. {said}", condition=failure.condition)


async def _run(work: Callable[[], T], *, aside: bool) -> T:
    return await asyncio.to_thread(work) if aside else work()


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
