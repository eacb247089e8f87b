"""Every key of `[storage]`, `[fetch]` and `[sources.*]`: type, limits, default and what it means.

The one place to add a key: the reader, `bayan config schema`, `bayan config show` and the tables of
docs/configuration.md follow from here. Field names are those of the settings they become; where the key is written
otherwise, it is the field's alias.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path as FilePath
from typing import Annotated, Literal

from pydantic import Field

from scraper.model import ArticleRules, Fields, Select, Source
from scraper.settings import FetchSettings, StorageSettings
from scraper.validate import REQUIRED, Keys
from scraper.values import (
    Amount,
    Channel,
    Duration,
    DurationOrZero,
    FilledText,
    Glob,
    Headers,
    Keep,
    Language,
    Path,
    Pattern,
    Proxy,
    Robots,
    SafePattern,
    Selector,
    SelectorWithAttribute,
    Size,
    Tag,
    Text,
    TimeZone,
    Url,
    UrlOrNothing,
    UserAgent,
    Written,
)  # fmt: skip

FETCH = FetchSettings()
STORAGE = StorageSettings(url="", data_dir=FilePath())
SOURCE = Source(id="", kind="feed", url="")
SELECT = Select(item="")
ARTICLE = ArticleRules()
FIELDS = Fields()


class StorageKeys(Keys):
    """Where statements and deliveries are kept."""

    url: Text = Field(
        "sqlite:///bayan.db",
        description="The store: `sqlite:///FILE`, relative to `data_dir`, or `sqlite:////absolute/file`. "
        "This version stores in SQLite.",
    )
    data_dir: Text = Field(
        "",
        description='The folder for the store and the lock. `""` is `$STATE_DIRECTORY` (systemd\'s), '
        "else `$XDG_DATA_HOME/bayan`, else `~/.local/share/bayan`.",
    )
    backup_before_migrate: bool = Field(
        True,
        description="Copy the store beside itself before a new version of bayan changes its schema. The last three copies are kept.",
    )
    keep_statements: Keep = Field(
        STORAGE.keep_statements,
        description="A statement is taken out so long after it was first seen, when its whole story is at rest: nothing of it is "
        "younger, held, unsent, or still listed. That it was there stays known, so that it never rings again.",
    )
    keep_deliveries: Keep = Field(
        STORAGE.keep_deliveries,
        description="Who was told what is forgotten so long after it was sent; what was not sent stays. A statement stays as long "
        "as its deliveries.",
    )
    keep_raw: DurationOrZero = Field(
        STORAGE.keep_raw,
        description="How long the raw page that a statement was read from is kept as evidence, compressed, under the SHA-256 of its "
        'content; `bayan statements evidence NUMBER` shows it. `"0s"`: none is kept.',
    )
    max_raw: Size = Field(
        STORAGE.max_raw,
        description="The room that all evidence together may take: then the oldest goes, but for what belongs to something unsent.",
    )


class FetchKeys(Keys):
    """Politeness and limits for every request; a source may set some of them for itself."""

    user_agent: UserAgent = Field(
        FETCH.user_agent, description="What every request says it is. Please say who you are and how to reach you."
    )
    interval: Duration = Field(FETCH.interval, description="Shortest time between two polls of one source.")
    jitter: float = Field(
        FETCH.jitter,
        ge=0,
        le=1,
        description="Spreads polls by up to this part of the interval, so that sources are not asked in step.",
    )
    total_timeout: Duration = Field(
        FETCH.total_timeout, description="The longest a fetch may take: names, redirects and body together."
    )
    max_bytes: Size = Field(FETCH.max_bytes, description="The largest body, after unpacking.")
    max_redirects: int = Field(FETCH.max_redirects, ge=0, le=20, description="How many redirects are followed.")
    concurrency: int = Field(
        FETCH.concurrency, ge=1, le=1_000, description="Requests under way at once, all hosts together."
    )
    per_host_concurrency: int = Field(
        FETCH.per_host_concurrency, ge=1, le=100, description="Requests under way at once to one host."
    )
    per_host_delay: DurationOrZero = Field(
        FETCH.per_host_delay, description="Least time between two requests to one host."
    )
    robots: Robots = Field(FETCH.robots, description='`"obey"` robots.txt, or `"warn"`: fetch, but say so in the log.')
    conditional: bool = Field(
        FETCH.conditional,
        description='Ask "has it changed?" (If-None-Match, If-Modified-Since) where the site gave the means.',
    )
    max_retry_after: Duration = Field(FETCH.max_retry_after, description="A longer Retry-After is cut to this.")
    max_interval: Duration = Field(
        FETCH.max_interval,
        description="Quiet sources are polled less and less often, by what they did in the last twelve weeks, down to this. "
        "The same as `interval`: always at the interval.",
    )
    allow_private: list[Text] = Field(
        [],
        description="Private networks (CIDR) or `host:port` that any request may reach. Otherwise only public addresses are asked.",
    )
    proxy: Proxy = Field(
        FETCH.proxy, description='`http://`, `https://`, `socks5://` or `socks5h://` with host and port; `""` for none.'
    )


class SelectKeys(Keys):
    """CSS selectors of a listing; without this table the repeated block is found by itself.

    `SELECTOR@ATTRIBUTE` takes an attribute; without `@` it is the text.
    """

    item: Annotated[Selector, REQUIRED] = Field(
        "", description="One element for each item of the list.", examples=['"ul.news > li"']
    )
    link: SelectorWithAttribute = Field(
        SELECT.link, description="The item's address, relative to `item`, as are all below.", examples=['"a@href"']
    )
    title: SelectorWithAttribute = Field(SELECT.title, description="The item's headline.")
    date: SelectorWithAttribute = Field(
        SELECT.date, description="When the item was published.", examples=['"time@datetime"']
    )
    summary: SelectorWithAttribute = Field(SELECT.summary, description="The item's teaser.")
    next_page: SelectorWithAttribute = Field(
        SELECT.next_page,
        description="The link to older items, relative to the whole page. It is followed at the first poll, and where a poll "
        "finds nothing that it knows, as after an outage.",
        examples=['"a[rel=next]@href"'],
    )
    max_pages: int = Field(
        SELECT.max_pages,
        ge=1,
        le=20,
        description="How many pages are read then, the first included; it needs `next_page`.",
    )


class ArticleKeys(Keys):
    """How to read the page behind an item; without this table the extractor decides."""

    body: Selector = Field(ARTICLE.body, description="The element that holds the text.")
    title: SelectorWithAttribute = Field(ARTICLE.title, description="The element that holds the headline.")
    date: SelectorWithAttribute = Field(ARTICLE.date, description="When the article was published.")
    remove: list[Selector] = Field([], description="Elements to leave out of the text.")


class SourceKeys(Keys):
    """The keys that every kind of source has."""

    url: Annotated[Url, REQUIRED] = Field(
        "", description="The address that is polled, http or https.", examples=['"https://news.example.org/rss"']
    )
    urls: list[Url] = Field(
        [],
        description="Instead of `url`: many addresses, each a source of its own, with all else as it stands here. Their ids are made "
        "of this one, the host and a digest of the address; this id is a tag of them all, and stands for them in `sources` of a route.",
    )
    language: Language | None = Field(SOURCE.language, description="The language of its statements, where it is one.")
    timezone: TimeZone | None = Field(
        None, description="Where its undated local times are read. Default: the top-level `timezone`."
    )
    interval: Duration | None = Field(None, description="Shortest time between two polls. Default: that of `[fetch]`.")
    max_interval: Duration | None = Field(
        None,
        description="Longest time between two polls. Default: that of `[fetch]`, or `interval` where that is longer.",
    )
    silent_after: Duration | None = Field(
        SOURCE.silent_after,
        description="Nothing new for this long is worth a notice. Default: that of `[health]`, or the source's own habit.",
    )
    tags: list[Tag] = Field([], description="Words that routes choose sources by.")
    speaks_for: list[Text] = Field([], description="Actors whose own outlet this is: what it publishes, they say.")
    full_text: bool = Field(
        SOURCE.full_text, description="Fetch the linked page of each new item too and take its article."
    )
    allow_private: bool = Field(
        SOURCE.allow_private,
        description="This source's own origin (scheme, host, port) may be a private or loopback address.",
    )
    article: ArticleKeys | None = Field(None, description="A table of its own, see below.")
    user_agent: UserAgent = Field(SOURCE.user_agent, description="Instead of that of `[fetch]`.")
    proxy: Proxy = Field(SOURCE.proxy, description="Instead of that of `[fetch]`.")
    headers: Headers = Field(
        {}, description="Headers of every request to this source's own origin; each value is text or a secret."
    )
    robots: Robots | None = Field(None, description="Instead of that of `[fetch]`.")
    enabled: bool = Field(SOURCE.enabled, description="`false`: it is kept in the file and not polled.")
    note: Text = Field(SOURCE.note, description="For people: why it is here, or why it is switched off.")


class FeedKeys(SourceKeys):
    """A feed: RSS, Atom, RDF and JSON Feed are told apart by content."""

    kind: Annotated[Literal["feed"], REQUIRED] = Field("feed", description='`"feed"`.')


class ListingKeys(SourceKeys):
    """A page that lists items."""

    kind: Annotated[Literal["listing"], REQUIRED] = Field("listing", description='`"listing"`.')
    select: SelectKeys | None = Field(None, description="A table of its own, see below.")


class SitemapKeys(SourceKeys):
    """A sitemap, a news sitemap, or an index of them, whose recent files are read: at most 3 levels and 10 files in one poll."""

    kind: Annotated[Literal["sitemap"], REQUIRED] = Field("sitemap", description='`"sitemap"`.')
    match_url: Pattern = Field(
        SOURCE.match_url,
        description="Only pages in whose address this regular expression is found.",
        examples=["'/(statement|press)/'"],
    )
    newer_than: Duration = Field(
        timedelta(days=2),
        description="Pages that came and last changed longer ago than this are passed over; pages without any time are not.",
    )


class FieldsKeys(Keys):
    """Where the values of one item stand: dotted paths below the item. What is left out is looked for under its usual names."""

    id: Path = Field(FIELDS.id, description="What the item is known by.", examples=['"id"'])
    link: Path = Field(FIELDS.link, description="Its address; a relative one is resolved against the endpoint.")
    title: Path = Field(
        FIELDS.title, description="Its headline. Without one, the first line of the text stands for it."
    )
    summary: Path = Field(FIELDS.summary, description="Its teaser.")
    body: Path = Field(FIELDS.body, description="Its text, plain or HTML. Without one, the linked page is read.")
    date: Path = Field(FIELDS.date, description="When it was published: a date, or seconds or milliseconds since 1970.")
    author: Path = Field(FIELDS.author, description="Who wrote it.")
    language: Path = Field(FIELDS.language, description="Its language, as a tag such as `ar`.")


class JsonKeys(SourceKeys):
    """Any endpoint that answers JSON."""

    kind: Annotated[Literal["json"], REQUIRED] = Field("json", description='`"json"`.')
    items: Path = Field(
        SOURCE.items,
        description='Dotted path to the list, as in `"data.posts"`; a number is a position, `*` each of a list or table. '
        '`""`: the answer itself, or the longest list of tables in it.',
    )
    fields: FieldsKeys | None = Field(None, description="A table of its own, see below.")
    next_page: Path = Field(
        SOURCE.next_page,
        description="Dotted path to the address of older items, which is followed where nothing of an answer is known, as after "
        "an outage.",
        examples=['"links.next"'],
    )


class ChannelKeys(SourceKeys):
    """The public preview of a Telegram channel."""

    kind: Annotated[Literal["channel"], REQUIRED] = Field("channel", description='`"channel"`.')
    channel: Annotated[Channel, REQUIRED] = Field(
        SOURCE.channel, description="The channel's public name, without the @.", examples=['"example_channel"']
    )
    url: UrlOrNothing = Field("", description='Another address of the same preview; `""` is `https://t.me/s/NAME`.')


class WordpressKeys(SourceKeys):
    """A WordPress site, asked through its REST API: whole posts, their times in UTC, and edits of the last fifty."""

    kind: Annotated[Literal["wordpress"], REQUIRED] = Field("wordpress", description='`"wordpress"`.')
    url: Annotated[Url, REQUIRED] = Field(
        "",
        description="The site's own address, or one that leads into its REST API (`/wp-json/` or `?rest_route=`), "
        "which is then asked as it stands.",
        examples=['"https://council.example.org/"'],
    )


class PageKeys(SourceKeys):
    """One page that is watched for changes."""

    kind: Annotated[Literal["page"], REQUIRED] = Field("page", description='`"page"`.')
    watch: Selector = Field(
        SOURCE.watch,
        description='CSS selector of the part that counts. `""`: the main part of the page, without menus, head and foot.',
        examples=['"main"'],
    )
    ignore: list[SafePattern] = Field(
        [],
        description="What these regular expressions (RE2) find is left out before the texts are compared.",
        examples=[r"['\d+ visitors']"],
    )
    minimum_change: Amount = Field(
        SOURCE.minimum_change,
        description="So many letters and digits have to come or go, together with earlier small changes, before it counts.",
    )


class DirectoryKeys(SourceKeys):
    """Local files: manual entry, and the output of other programs."""

    kind: Annotated[Literal["directory"], REQUIRED] = Field("directory", description='`"directory"`.')
    path: Annotated[FilledText, REQUIRED] = Field(
        SOURCE.path, description="The folder; a relative one is resolved against this file's.", examples=['"inbox"']
    )
    glob: Glob = Field(
        "*.{txt,html,json,eml}",
        description="Which files: `*` and `?` within one name, `{a,b}` for either, `**/` for any folders below.",
    )
    url: Annotated[Literal[""], Written(lambda _: "")] = Field("", description="Has no meaning here.")


SOURCE_KINDS: dict[str, type[SourceKeys]] = {
    "feed": FeedKeys,
    "listing": ListingKeys,
    "sitemap": SitemapKeys,
    "json": JsonKeys,
    "channel": ChannelKeys,
    "wordpress": WordpressKeys,
    "page": PageKeys,
    "directory": DirectoryKeys,
}
"""The kinds of source that are built. A new kind is a row here."""
