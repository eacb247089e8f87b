"""What a URL offers as a source: asked politely and within a budget, tried with the readers of polls, and ranked.

    URL -> its page -> what it is itself, what it points to, what sites of its kind have -> each tried once -> ranked offers

Every request goes through the guarded, polite fetcher that polls use; nothing is stored. A try reads what a first poll would
read, so an offer says what the source would give: how many items, the newest, how many have dates, whether whole texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from scraper import endpoint
from scraper.address import canonical
from scraper.condition import of_failure
from scraper.errors import FetchError, ParseError, SourceError
from scraper.gather import gather
from scraper.model import Condition, Item, Kind, Listed, Offers, Page, Select, Source, Unchanged
from scraper.net.fetch import Fetcher
from scraper.net.target import read_target
from scraper.parsers import telltale
from scraper.parsers.entry import web_address
from scraper.parsers.workers import ParsePool
from scraper.ranking import Offer, offer, ranked

MOST_REQUESTS = 20
"""Of one look, robots.txt files not counted."""

FEEDS = ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json")
"""Where sites keep a feed that they do not name, tried one after the other until one answers."""
SITEMAPS = (
    "news-sitemap.xml",
    "sitemap-news.xml",
    "sitemap_news.xml",
    "sitemap.xml",
    "sitemap_index.xml",
    "wp-sitemap.xml",
)
_PREVIEW = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t|telegram)\.me/(?:s/)?([A-Za-z][A-Za-z0-9_]{3,31})/?(?:\d+/?)?(?:\?.*)?|@([A-Za-z][A-Za-z0-9_]{3,31})"
)
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_CHANNEL_POST = re.compile(rb"""data-post=["']([A-Za-z][A-Za-z0-9_]{3,31})/\d+["']""")

_NO: frozenset[Condition] = frozenset({"blocked", "rate_limited", "refused", "wall"})
"""After these at the address itself nothing further is asked: it is a no, and not climbed over by guessing."""
_PATIENCE = 2
"""Requests without any answer, after which a host is not asked again."""
_NO_ANSWER = frozenset({"timeout", "network_error"})

Told = Callable[[str], None]
"""Called with each address before it is asked, for progress on a terminal."""


USUAL, UNSAID = GUESSES = ("sites keep it there", "sites have it without saying so")
"""How an offer was found that nothing on the site names."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An address that was tried and gave nothing: the class of the failure and one line about it.

    `guessed` says that nothing names it: it was tried because many sites have something there.
    """

    url: str
    outcome: str
    detail: str
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a look found: offers, the best first; what was refused; and how many requests it took."""

    url: str
    title: str
    language: str
    offers: tuple[Offer, ...]
    refused: tuple[Refused, ...]
    requests: int


class _Asker:
    """The fetcher with a budget and a memory: no address is asked twice, and no more than `MOST_REQUESTS`."""

    def __init__(self, fetcher: Fetcher, on: Told, like: Source) -> None:
        self._fetcher = fetcher
        self._on = on
        self._pages: dict[str, Page | SourceError] = {}
        self._unanswered: Counter[str] = Counter()
        self._enough = ""
        self.like = like
        self.requests = 0

    async def fetch(self, source: Source, url: str, *, clock: Callable[[], datetime], **_: object) -> Page:
        """The page at `url`. Raises FetchError, "rate_limited" where the budget is spent."""
        known = self._pages.get(url)
        if known is None:
            if self.requests >= MOST_REQUESTS:
                self._enough = f"{MOST_REQUESTS} requests are enough for one look"
            host = urlsplit(url).netloc
            said = self._enough or ("its host does not answer" if self._unanswered[host] >= _PATIENCE else "")
            if said:
                raise FetchError("rate_limited", f"not asked: {said}")
            self.requests += 1
            self._on(url)
            try:
                answer = await self._fetcher.fetch(source, url, clock=clock)
                if isinstance(answer, Unchanged):
                    raise FetchError("protocol_error", "'not modified' to a question without validators")
                known = answer
            except SourceError as error:
                known = error
                self._unanswered[host] += error.outcome in _NO_ANSWER
                if error.outcome == "rate_limited":
                    self._enough = "the site asked for fewer requests"
            self._pages[url] = known
        if isinstance(known, SourceError):
            raise known
        return known


def meant(written: str) -> str:
    """The address that a person means: `example.org` is one over https, `@name` and `t.me/name` are the preview of a channel."""
    text = re.sub(r"^feed:(?://)?(?=https?:|//|[^/])", "", written.strip()).removeprefix("//")
    found = _PREVIEW.fullmatch(text)
    if found:
        return endpoint.preview(found[1] or found[2])
    return text if re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE) else f"https://{text}"


async def discover(
    url: str,
    *,
    like: Source,
    fetcher: Fetcher,
    parsers: ParsePool,
    robots: Callable[[str], str],
    clock: Callable[[], datetime],
    on: Told = lambda _: None,
) -> Discovery:
    """What `url` (absolute) offers. `like` is a source whose language, time zone and manners every try has; its
    `url` is of the origin to which its headers and permissions belong.

    `robots` gives the robots.txt of an address's site, as far as the fetcher has read it. Raises SourceError where the address
    itself gives nothing and nothing else of its site does either.
    """
    read_target(url)  # what is no address at all is refused here, before anything takes it apart
    search = _Search(like, _Asker(fetcher, on, like), parsers, clock)
    return await search.run(url, robots)


class _Search:
    """One look: what was tried so far, what came of it."""

    def __init__(self, like: Source, asker: _Asker, parsers: ParsePool, clock: Callable[[], datetime]) -> None:
        self._like, self._asker, self._parsers, self._clock = like, asker, parsers, clock
        self._offers: list[Offer] = []
        self._refused: list[Refused] = []
        self._on_page: tuple[Item, ...] = ()

    async def run(self, url: str, robots: Callable[[str], str]) -> Discovery:
        offers, failure = Offers(), None
        try:
            page = await self._asker.fetch(self._source("listing", url), url, clock=self._clock)
            url = page.url
            offers = await self._itself(page)
        except SourceError as error:
            if error.outcome in _NO_ANSWER or of_failure(error) in _NO:
                raise
            failure = error
            self._refused.append(Refused(url, error.outcome, error.detail))
        if not self._offers or self._offers[0].source.kind in ("listing", "page"):
            await self._around(url, offers, robots)
        if not self._offers and failure is not None:
            raise failure
        best = ranked(self._offers, self._on_page, is_section=bool(urlsplit(url).path.strip("/")))
        language = offers.language or next((one.language for one in best if one.language), "")
        return Discovery(url, offers.title, language, best, tuple(self._refused), self._asker.requests)

    async def _itself(self, page: Page) -> Offers:
        """What the address is: a feed, a sitemap, a channel, JSON, or a page with lists on it."""
        kind = telltale.kind(page.body)
        if kind is not None:
            await self._try(kind, page.url, "the address itself", page)
            return Offers()
        try:
            listed = await self._parsers.listed(page, self._source("feed", page.url))
            self._add("feed", page.url, "the address itself", listed)
            return Offers()
        except ParseError as error:
            if error.outcome != "suspect":
                self._refused.append(Refused(page.url, error.outcome, error.detail))
        try:
            offers = await self._parsers.offers(page, self._source("listing", page.url))
        except ParseError as error:
            self._refused.append(Refused(page.url, error.outcome, error.detail))
            return Offers()
        await self._lists(page, offers)
        return offers

    async def _lists(self, page: Page, offers: Offers) -> None:
        """The list that stands on the page, found by itself; and the page as one whose changes tell something."""
        select = offers.lists[0][0] if offers.lists else None
        await self._try("listing", page.url, "the list on the page", page, select=select)
        if self._offers:
            self._on_page = self._offers[0].items
        await self._try("page", page.url, "changes of the page itself", page)

    async def _around(self, url: str, offers: Offers, robots: Callable[[str], str]) -> None:
        """What the page points to, and what sites have without pointing to it."""
        root = urljoin(url, "/")
        for feed in offers.feeds:
            await self._try("feed", feed, "named by the page")
        wordpress = offers.wordpress.partition("wp-json")[0] if "wp-json" in offers.wordpress else offers.wordpress
        if wordpress or offers.is_wordpress:
            await self._try("wordpress", wordpress or root, "the site runs WordPress")
        for channel in offers.channels[:1]:
            await self._try("channel", endpoint.preview(channel), "linked on the page")
        if not self._has("feed"):
            folder = (
                url if url.endswith("/") else url.rpartition("/")[0] + "/" if urlsplit(url).path.strip("/") else root
            )
            await self._until_one("feed", [urljoin(folder, path) for path in FEEDS[:3]] if folder != root else [])
            await self._until_one("feed", [urljoin(root, path) for path in FEEDS])
        named = list(dict.fromkeys(_SITEMAP_LINE.findall(robots(url)[:200_000])))[:20]
        # News first: the others list every page of a site since its beginning.
        named.sort(key=lambda one: "news" not in one.lower())
        found = [one for one in (web_address(root, line) for line in named) if one is not None]
        for sitemap in found[:2]:
            await self._try("sitemap", sitemap, "named by robots.txt")
        if not found:
            await self._until_one("sitemap", [urljoin(root, path) for path in SITEMAPS])
        if not self._has("wordpress") and not self._has("feed"):
            await self._try("wordpress", root, UNSAID)

    async def _until_one(self, kind: Kind, urls: Iterable[str]) -> None:
        for url in urls:
            if self._has(kind):
                return
            await self._try(kind, url, USUAL)

    def _has(self, kind: Kind) -> bool:
        return any(one.source.kind == kind and one.count for one in self._offers)

    async def _try(
        self, kind: Kind, url: str, found: str, page: Page | None = None, *, select: Select | None = None
    ) -> None:
        """One candidate, read as a poll would read it; what fails is noted."""
        if any(one.source.kind == kind and canonical(one.source.url) == canonical(url) for one in self._offers):
            return
        source = self._source(kind, url, page)
        try:
            if page is None:
                page = await self._asker.fetch(source, endpoint.address(source), clock=self._clock)
            stand_in: Fetcher = self._asker  # type: ignore[assignment]
            listed = await gather(source, page, fetcher=stand_in, parsers=self._parsers, clock=self._clock)
        except SourceError as error:
            self._refused.append(Refused(endpoint.address(source), error.outcome, error.detail, found in GUESSES))
            return
        self._add(kind, page.moved_to or url, found, listed, page=page, select=select)

    def _add(
        self,
        kind: Kind,
        url: str,
        found: str,
        listed: Listed,
        *,
        page: Page | None = None,
        select: Select | None = None,
    ) -> None:
        made = offer(self._source(kind, url, page), found, listed, select)
        if made.count or kind == "sitemap":
            self._offers.append(made)
        else:
            self._refused.append(Refused(url, "empty", "it can be read and lists nothing"))

    def _source(self, kind: Kind, url: str, page: Page | None = None) -> Source:
        """The source that a try polls. A channel has its name from its posts where the address is not Telegram's own.

        What was allowed for the address that was asked for, and its secrets, count for its own origin alone.
        """
        channel = ""
        if kind == "channel":
            post = _CHANNEL_POST.search(page.body) if page is not None else None
            channel = url.removeprefix(endpoint.PREVIEWS) if url.startswith(endpoint.PREVIEWS) else ""
            channel = channel or (post[1].decode() if post else "channel")
        own = urlsplit(url)[:2] == urlsplit(self._like.url)[:2]
        return replace(
            self._like,
            kind=kind,
            url=url,
            channel=channel,
            allow_private=self._like.allow_private and own,
            headers=self._like.headers if own else {},
        )
