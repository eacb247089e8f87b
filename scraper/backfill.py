"""Reading back: where a page does not reach what is known, its older pages are read, bounded and politely, until one does.

    page -> gap? -> older page -> older page -> ... something known: closed
                                                 no further page, a failure, the limit: perhaps a gap, and how wide

What a poll cannot finish goes on at the next one, from where it stopped. Also here: the first poll of a listing that is to
begin some pages back, and what a WordPress site says was edited, however old it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scraper import archive, endpoint, gap, novelty, sources, store
from scraper.db import Database
from scraper.errors import FetchError, SourceError
from scraper.gap import Cursor, Gap
from scraper.model import Item, Listed, Page, Source, Unchanged
from scraper.net.fetch import Fetcher
from scraper.parsers.entry import MAX_ITEMS
from scraper.parsers.workers import ParsePool
from scraper.sources import SourceState

PAGES_AT_ONCE = 10
"""Older pages that one poll reads, so that no source holds up the others."""
PAGES_IN_ALL = 100
"""Older pages that are read for one gap, over as many polls as it takes."""
SECONDS = 90.0
"""How long one poll may go on reading back, counted when a further page is begun."""
EDITS_EVERY = timedelta(hours=1)
"""How often a WordPress site is asked what was edited."""
EDITS_OVERLAP = timedelta(days=1)
"""What is asked for again each time: sites read the time that they are given in their own time zone."""

Stored = Callable[[Sequence[Item]], Awaitable[Sequence[int | None]]]
"""Gives for each item the id of the statement that it is known as, or None."""


@dataclass(frozen=True, slots=True)
class Means:
    """What reading back works with. `stored` and `newest` ask the store about the source at hand; `clock` gives the aware time."""

    fetcher: Fetcher
    parsers: ParsePool
    clock: Callable[[], datetime]
    stored: Stored
    newest: Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Reached:
    """What a poll found behind its page: `items` of older pages or edited ones, and how it stands with the gap."""

    items: tuple[Item, ...] = ()
    gap: Gap | None = None
    cursor: Cursor | None = None
    edits_at: datetime | None = None
    pages: tuple[Page, ...] = ()
    """Those that the items stood on, as far as they could be held."""

    def with_page(self, listed: Listed) -> Listed:
        """The page and what was found behind it, as one list; what does not fit is counted."""
        together = (*listed.items, *self.items)
        over = max(0, len(together) - MAX_ITEMS)
        return replace(listed, items=together[:MAX_ITEMS], left_out=listed.left_out + over) if self.items else listed


def asks_for_edits(source: Source, state: SourceState, now: datetime) -> bool:
    """Whether this poll asks the site what was edited; its list alone would not show it."""
    if source.kind != "wordpress" or state.baseline_at is None:
        return False
    return state.edits_at is None or now - state.edits_at >= EDITS_EVERY


def wants_the_page(source: Source, state: SourceState, now: datetime) -> bool:
    """Whether a poll has more to do than to see whether its page changed: it then asks for the whole page, and reads it."""
    return state.older_page is not None or asks_for_edits(source, state, now)


async def behind(
    source: Source,
    state: SourceState,
    page: Page,
    listed: Listed,
    known: Sequence[bool],
    *,
    fetcher: Fetcher,
    parsers: ParsePool,
    db: Database,
    clock: Callable[[], datetime],
) -> Reached:
    """`reach` for a source as the store remembers it. Raises StoreError."""

    async def stored(items: Sequence[Item]) -> Sequence[int | None]:
        identified = novelty.identify(source, items)
        keys = [key for one in identified for key in one.keys]
        found = await db.read(lambda conn: store.known(conn, source.id, keys))
        return [next((found[key].statement for key in one.keys if key in found), None) for one in identified]

    async def newest() -> int:
        return await db.read(lambda conn: sources.newest_statement(conn, source.id))

    return await reach(source, state, page, listed, known, Means(fetcher, parsers, clock, stored, newest))


async def reach(
    source: Source, state: SourceState, page: Page, listed: Listed, known: Sequence[bool], means: Means
) -> Reached:
    """What is to be read behind `listed`, the list in `page`; `known` says of each of its items whether it was stored.

    Never raises SourceError: the page at hand was read well, and is recorded whatever comes of the pages behind it.
    """
    now = means.clock()
    cursor = gap.read(state.older_page)
    reached = Reached()
    items = gap.newest_first(source.kind, listed.items)
    flags = tuple(reversed(known)) if source.kind == "channel" else tuple(known)
    if state.baseline_at is None:
        pages = source.select.max_pages - 1 if source.select and source.kind == "listing" else 0
        if pages > 0:
            found, held, _, _ = await _walk(source, endpoint.older(source, page, listed), None, pages, means)
            return Reached(items=found, pages=held)
        return reached
    doubtful = gap.suspected(source.kind, items, flags, state.seen_at, state.items)
    if doubtful or cursor is not None:
        reached = await _bridge(source, state, cursor, page, listed, means, now, doubtful=doubtful)
    if asks_for_edits(source, state, now):
        edited = await _edited(source, state, means, now)
        if edited is not None:
            items_edited, answer = edited
            held = archive.within(reached.pages, answer)
            reached = replace(reached, items=(*reached.items, *items_edited), edits_at=now, pages=held)
    return reached


async def _bridge(
    source: Source,
    state: SourceState,
    before: Cursor | None,
    page: Page,
    listed: Listed,
    means: Means,
    now: datetime,
    *,
    doubtful: bool,
) -> Reached:
    """Read back over a gap, from the page or from where the last poll stopped. A gap seen anew is read from the page on."""
    since = before.since if before else state.seen_at
    boundary = before.before if before else await means.newest()
    read_before = before.pages if before else 0
    start = endpoint.older(source, page, listed) if doubtful or before is None else before.url
    limited = source.select.max_pages - 1 if source.select and source.kind == "listing" else PAGES_IN_ALL
    left = max(0, limited - read_before)
    cursor = Cursor(start or "", since, boundary, read_before)
    items, held, stopped, why = await _walk(source, start, cursor, min(left, PAGES_AT_ONCE), means)
    if why == _CLOSED:
        return Reached(items=items, pages=held)
    pages = read_before + min(left, PAGES_AT_ONCE)
    if stopped is not None and pages < limited and (why == _LIMIT or read_before == 0):
        return Reached(items=items, cursor=replace(cursor, url=stopped, pages=pages), pages=held)
    until = gap.oldest_time((*listed.items, *items))
    if why == _LIMIT:
        why = f"{pages} older pages were read, and none of them reaches what is known" if pages else _NO_PAGES
    return Reached(items=items, gap=Gap(source.id, now, since, until, pages, why), pages=held)


_CLOSED = "closed"
_LIMIT = "limit"
_NO_PAGES = "nothing says where older items are listed"


async def _walk(
    source: Source, start: str | None, cursor: Cursor | None, pages: int, means: Means
) -> tuple[tuple[Item, ...], tuple[Page, ...], str | None, str]:
    """The items of up to `pages` older pages from `start` on, those pages, the page that is next, and how it ended.

    It ends where a page reaches what is known (`cursor` says what counts as known), where no further page is named, and at
    the limits.
    """
    found: list[Item] = []
    held: tuple[Page, ...] = ()
    seen = {source.url}
    url = start
    if url is None:
        return (), (), None, _NO_PAGES
    if not _same_site(url, source.url):
        return (), (), None, "older items are listed at another site"
    deadline = asyncio.get_running_loop().time() + SECONDS
    for _ in range(pages):
        if asyncio.get_running_loop().time() > deadline:
            break
        seen.add(url)
        try:
            page = await means.fetcher.fetch(source, url, clock=means.clock)
            if isinstance(page, Unchanged):
                raise FetchError("protocol_error", "'not modified' to a question without validators")
            listed = await means.parsers.listed(page, source)
        except SourceError as failure:
            if _is_past_the_end(source, failure):
                return tuple(found), held, None, _CLOSED
            return tuple(found), held, url, f"{failure.outcome}: {failure.detail}"
        found += archive.found_on(page, listed)
        held = archive.within(held, page)
        if not listed.items:
            return tuple(found), held, None, _CLOSED
        if cursor is not None:
            ids = await means.stored(listed.items)
            known = [number is not None and number <= cursor.before for number in ids]
            if gap.closes(listed.items, known, cursor.since):
                return tuple(found), held, None, _CLOSED
        following = endpoint.older(source, page, listed)
        if following is None or following in seen or not _same_site(following, url):
            return tuple(found), held, None, _CLOSED
        url = following
    return tuple(found), held, url, _LIMIT


def _is_past_the_end(source: Source, failure: SourceError) -> bool:
    """WordPress answers 400 to the page after the last one."""
    return source.kind == "wordpress" and isinstance(failure, FetchError) and failure.status == 400


def _same_site(url: str, other: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(other)[:2]


async def _edited(
    source: Source, state: SourceState, means: Means, now: datetime
) -> tuple[tuple[Item, ...], Page] | None:
    """The posts that were edited lately, of those that are ours: known, or published since the source is watched; and their page.

    None where the site did not say; it is asked again at the next poll.
    """
    since = min(state.edits_at or now, now) - EDITS_OVERLAP
    try:
        page = await means.fetcher.fetch(source, endpoint.edited(source, since), clock=means.clock)
        if isinstance(page, Unchanged):
            return None
        items = archive.found_on(page, await means.parsers.listed(page, source))
    except SourceError:
        return None
    ids = await means.stored(items)
    ours = state.baseline_at or now
    edited = tuple(
        item
        for item, number in zip(items, ids, strict=True)
        if number is not None or (item.published is not None and item.published.at >= ours)
    )
    return edited, page
