"""The values that walk the first half of the street: Source, Page, Item, Article, Statement.

All are frozen, carry aware datetimes only, and hold text that was cleaned at the door (`scraper.text.clean`): no control
characters but newline, no lone surrogates. Nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Outcome = Literal[
    "ok", "not_modified", "empty", "suspect", "incomplete", "too_large", "timeout", "too_many_redirects", "blocked",
    "blocked_by_site", "protocol_error", "network_error", "decode_error", "unsupported_encoding", "parse_error",
    "too_complex", "http_error", "rate_limited", "gone",
]  # fmt: skip
"""The class of a poll's result. `ok` and `not_modified` are healthy; all others count as failures of the source."""

HEALTHY: frozenset[Outcome] = frozenset({"ok", "not_modified"})

Condition = Literal[
    "ok", "unchanged", "malformed", "no_dates", "stale", "empty_list", "empty_body", "html", "script_shell", "wall", "no_list",
    "preview_off", "refused", "robots", "rate_limited", "not_found", "gone", "http_error", "server_error", "redirect_loop",
    "tls", "dns", "timeout", "unreachable", "blocked", "protocol", "incomplete", "undecodable", "unreadable", "too_large",
    "too_complex", "suspect",
]  # fmt: skip
"""How well a source is, finer than an outcome: what a person would do about it differs from one to the next.

The first five are healthy: `unchanged` since the last poll, `malformed` but read, `no_dates` in anything it lists, `stale`: it
answers, and has nothing new for longer than it is used to.
"""

Precision = Literal["second", "minute", "hour", "day"]
Kind = Literal["feed", "listing", "sitemap", "json", "channel", "wordpress", "page", "directory"]
Extent = Literal["headline", "text"]
"""How much of a statement there was to judge: the headline (and the source's own summary), or the whole text too."""


UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that somebody claimed. `at` keeps the offset it was given in; only its first `precision` is meaningful.

    `method` says where it was read ("feed:published", "json-ld:datePublished", "time@datetime", "relative: 7 hours ago").
    `confident` is true only where the place it was read from is known to mean the publication. A method that begins with
    "unlikely" is a day on which nothing can have been published, before 1900 or still to come: claimed, told, not believed.
    """

    at: datetime
    precision: Precision
    method: str
    confident: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """CSS selectors of a listing. `item` is absolute, the others are relative to it; `SELECTOR@ATTRIBUTE` takes an attribute."""

    item: str
    link: str = ""
    title: str = ""
    date: str = ""
    summary: str = ""
    next_page: str = ""
    max_pages: int = 3


@dataclass(frozen=True, slots=True)
class ArticleRules:
    """How to read a linked article where the extractor needs help: CSS selectors, absolute."""

    body: str = ""
    title: str = ""
    date: str = ""
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fields:
    """Where the values of one item stand in a JSON answer: dotted paths below the item, "" where it has no such value."""

    id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    body: str = ""
    date: str = ""
    author: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A place we watch. `headers` may hold secrets: they are never logged and go to the source's own origin only.

    For a channel `url` is its preview page, for WordPress the site's own address (`scraper/endpoint.py` says what a poll
    asks). `items` and `fields` are for JSON answers; `match_url` (a regular expression that is searched in an address)
    and `newer_than` are for sitemaps. `watch` (a CSS selector), `ignore` (RE2 expressions) and `minimum_change` (letters
    and digits) are for one watched page. `path` (absolute) and `glob` are for a directory, whose `url` is a `file:` one.
    """

    id: str
    kind: Kind
    url: str
    language: str | None = None
    timezone: str = "UTC"
    interval: timedelta = timedelta(minutes=10)
    max_interval: timedelta = timedelta(hours=6)
    tags: tuple[str, ...] = ()
    speaks_for: tuple[str, ...] = ()
    full_text: bool = True
    allow_private: bool = False
    select: Select | None = None
    article: ArticleRules | None = None
    user_agent: str = ""
    proxy: str = field(default="", repr=False)  # it may hold a password
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    robots: Literal["obey", "warn"] = "obey"
    enabled: bool = True
    note: str = ""
    channel: str = ""
    items: str = ""
    fields: Fields | None = None
    match_url: str = ""
    newer_than: timedelta | None = None
    watch: str = ""
    ignore: tuple[str, ...] = ()
    minimum_change: int = 20
    path: str = ""
    glob: str = ""
    silent_after: timedelta | None = None
    next_page: str = ""
    """Of a JSON answer: the dotted path to the address of older items."""
    kept: bool = True
    """Whether its pages are kept as evidence, where any are: those of bayan's own are not."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a site gave us to ask "has it changed?" with (RFC 9110 section 8.8). Opaque; over 1,000 characters they are dropped."""

    etag: str = ""
    last_modified: str = ""

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class Page:
    """The whole body of one answer: decoded from its transfer and content codings, not from its charset.

    `url` is the address it finally came from, `asked` the one we asked for. `charset` and `media_type` are the header's
    claims, lower case, "" where there is none. `moved_to` is set where every redirect on the way was permanent.
    """

    url: str
    asked: str
    body: bytes = field(repr=False)
    fetched_at: datetime
    status: int = 200
    media_type: str = ""
    charset: str = ""
    validators: Validators = Validators()
    moved_to: str = ""
    fresh_for: timedelta | None = None
    """How long the answer says that it stays as it is (Cache-Control: max-age, RFC 9111 section 5.2.2.1)."""
    total_pages: int | None = None
    """How many pages a WordPress list has (X-WP-TotalPages)."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The site says that nothing changed since the validators we sent (304)."""

    url: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """What a parser found in a page: one entry of a feed or listing. `url` is absolute, http or https, or None.

    `text` is the full text where the source itself carries it, else None; `summary` its teaser. Both are plain text.
    `modified` is when the source says it last changed, which is never its publication; `edited` that it says so without
    a time. `forwarded_from` names whose words a forwarded message holds, `reply_to` the guid of what it answers.
    """

    guid: str | None
    url: str | None
    title: str
    summary: str = ""
    text: str | None = None
    published: Moment | None = None
    author: str | None = None
    language: str | None = None
    modified: Moment | None = None
    edited: bool = False
    forwarded_from: str | None = None
    reply_to: str | None = None
    found_on: str = ""
    """The address of the page that it stood on, where that is not the page of the poll itself."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One further file that a sitemap index names, and when the index says that it last changed."""

    url: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """All items of one page, in the page's order. `left_out` counts items over the parser's limit: said, never silent.

    `partial` is true where the page was cut or broken and only whole items were taken. `passed_over` counts what the
    source's own settings leave out (`match_url`, `newer_than`). `sitemaps` are the files that an index names: they are
    what has to be read, and `scraper/gather.py` does. `mended` is true where the page was malformed and all of it was
    read. `next_page` is the address of older items, where the page gives one.
    """

    items: tuple[Item, ...]
    title: str = ""
    left_out: int = 0
    partial: bool = False
    next_page: str | None = None
    passed_over: int = 0
    sitemaps: tuple[Sitemap, ...] = ()
    mended: bool = False
    pages: tuple[Page, ...] = ()
    """Further pages that items stood on, as far as they could be held (`scraper/archive.py`)."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What a page says that its site offers: feeds (declared ones first), the root of a WordPress REST API, channels.

    `lists` are the lists of the page itself: selectors that find one, and how many entries they find.
    """

    title: str = ""
    language: str = ""
    feeds: tuple[str, ...] = ()
    wordpress: str = ""
    is_wordpress: bool = False
    channels: tuple[str, ...] = ()
    lists: tuple[tuple[Select, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """What the page behind an item says. `said_on` is the day that the text itself gives ("On June 20, 2025, ...")."""

    text: str
    title: str = ""
    published: Moment | None = None
    said_on: Moment | None = None
    author: str | None = None
    language: str | None = None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """An item judged new and stored. The only value that crosses from `scraper` to `alerts`.

    `revision` counts changed texts from 1. `extent` says whether the body is there. `baseline` statements were on the
    page when the source was first read: they never ring. `text` is "" until the article came; `summary` is the source's.
    """

    id: int
    source: str
    key: str
    url: str | None
    title: str
    summary: str
    text: str
    published: Moment | None
    said_on: Moment | None
    first_seen_at: datetime
    author: str | None
    language: str | None
    revision: int
    extent: Extent
    baseline: bool
    removed_at: datetime | None = None
    edited: bool = False
    forwarded_from: str | None = None
    reply_to: str | None = None
