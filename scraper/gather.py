"""The items of a whole answer: of a page, or, where that is the index of a sitemap, of the recent files that it names.

    page -> parse -> items
                \\-> files of an index -> fetch, parse -> (again, at most 3 levels and 10 files) -> items

The files are asked for by the same guarded fetcher, one after the other and at the pace of their host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from scraper import archive, directory
from scraper.errors import FetchError, ParseError, SourceError
from scraper.model import Item, Listed, Page, Sitemap, Source, Unchanged
from scraper.net.fetch import Fetcher
from scraper.parsers.entry import MAX_ITEMS
from scraper.parsers.workers import ParsePool

LEVELS = 3
"""Of files that lead to files, the first index included."""
FILES = 10
"""That are asked for in one poll, besides the first."""

_PASSING = frozenset(
    {"timeout", "network_error", "protocol_error", "rate_limited", "incomplete", "http_error", "decode_error"}
)
"""Failures of a file that may be gone at the next poll."""


async def gather(
    source: Source, page: Page, *, fetcher: Fetcher, parsers: ParsePool, clock: Callable[[], datetime]
) -> Listed:
    """What `page` lists, and what the files list that it names.

    `sitemaps` of the answer are those of an index, so that the caller knows that the page alone tells nothing new. Files that
    cannot be read are passed over, as one that never answers must not silence the others; where that is most of them, and
    they may be there at the next poll, the answer is `partial`.

    Raises SourceError: that of the page itself; that of a file where nothing was found in any other; "suspect" for an index
    that leads to no page within its limits.
    """
    if source.kind == "directory":
        return await directory.gather(source, page, parsers=parsers)
    listed = await parsers.listed(page, source)
    if not listed.sitemaps:
        return listed
    walk = _Walk(source, page.url)
    walk.take(listed, 1)
    while (file := walk.next()) is not None:
        url, level = file
        try:
            answer = await fetcher.fetch(source, url, clock=clock)
            if isinstance(answer, Unchanged):
                raise FetchError("protocol_error", "'not modified' to a question without validators")
            walk.take(await parsers.listed(answer, source), level + 1, answer)
        except SourceError as failure:
            walk.fail(failure)
    return walk.harvest(listed)


class _Walk:
    """One walk through the files of an index: what was found so far, and what is still to be asked for."""

    def __init__(self, source: Source, start: str) -> None:
        self._seen = {start, source.url}
        self._waiting: list[tuple[str, int]] = []
        self._items: dict[str | None, Item] = {}
        self._pages: tuple[Page, ...] = ()
        self._passed_over = self._left_out = self._asked = 0
        self._partial = False
        self._failed = 0
        self._failure: SourceError | None = None

    def take(self, listed: Listed, level: int, page: Page | None = None) -> None:
        """Add what a file at `level` (the first index is 1) listed. The files that it names go before those that wait already."""
        for item in archive.found_on(page, listed) if page is not None else listed.items:
            self._items.setdefault(item.url, item)
        if page is not None and listed.items:
            self._pages = archive.within(self._pages, page)
        self._passed_over += listed.passed_over
        self._left_out += listed.left_out if listed.items else 0
        self._partial = self._partial or listed.partial
        if level >= LEVELS:
            return
        fresh = [file for file in recent_first(listed.sitemaps) if file.url not in self._seen]
        self._seen.update(file.url for file in fresh)
        self._waiting[:0] = [(file.url, level) for file in fresh]

    def next(self) -> tuple[str, int] | None:
        """The next file to ask for and the level of what named it; None where there is none or the limit is reached."""
        if not self._waiting or self._asked >= FILES:
            return None
        self._asked += 1
        return self._waiting.pop(0)

    def fail(self, failure: SourceError) -> None:
        """A file could not be read."""
        status = failure.status if isinstance(failure, FetchError) else None
        if failure.outcome in _PASSING and (status is None or status >= 500 or status in (408, 429)):
            self._failed += 1
            self._failure = self._failure or failure

    def harvest(self, first: Listed) -> Listed:
        """All that was found, as the answer of the first index."""
        if not self._items and not self._passed_over:
            raise self._failure or ParseError(
                "suspect", f"an index that leads to no page within {LEVELS} levels and {self._asked} files"
            )
        items = sorted(self._items.values(), key=_age)
        left_out = self._left_out + max(0, len(items) - MAX_ITEMS)
        return replace(
            first,
            items=tuple(items[:MAX_ITEMS]),
            left_out=left_out,
            partial=self._partial or self._failed * 2 > self._asked,
            passed_over=self._passed_over,
            pages=self._pages,
        )


def recent_first(files: Iterable[Sitemap]) -> list[Sitemap]:
    """The files of an index, those first that are likeliest to hold what is new.

    Files of news come before all, then those that changed last. Where the index gives no times, they are taken from its two
    ends in turn: archives are written oldest or newest first.
    """
    news: list[Sitemap] = []
    others: list[Sitemap] = []
    for file in files:
        (news if _is_news(file.url) else others).append(file)
    return [*_by_time(news), *_by_time(others)]


def _by_time(files: list[Sitemap]) -> list[Sitemap]:
    dated = [(file.modified, at) for at, file in enumerate(files) if file.modified is not None]
    dated.sort(key=lambda one: (-one[0].timestamp(), one[1]))
    bare = [file for file in files if file.modified is None]
    ends = [bare[-1 - at // 2] if at % 2 else bare[at // 2] for at in range(len(bare))]
    return [*(files[at] for _, at in dated), *ends]


def _is_news(url: str) -> bool:
    return "news" in urlsplit(url).path.rpartition("/")[2].lower()


def _age(item: Item) -> float:
    """A key that sorts the newest first and what has no time last."""
    moment = item.published or item.modified
    return -moment.at.timestamp() if moment and moment.at.year > 1970 else 0.0
