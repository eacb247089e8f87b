"""A sitemap becomes items: plain sitemaps, news sitemaps, and the files that an index names. Packed ones are unpacked.

    body -> unpacked -> charset -> shape -> expat -> urls | files of an index -> items

`lastmod` says when a page changed and is never taken for its publication; only the news extension has that
(sitemaps.org/protocol.html and the news extension, sitemap-news/0.9). A sitemap may also be a feed, or addresses, one a line.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.parsers import expat

from scraper.errors import ParseError
from scraper.model import Item, Listed, Moment, Page, Sitemap, Source
from scraper.parsers import feed, shape, stranger, xml_text
from scraper.parsers.charset import decode
from scraper.parsers.entry import MAX_ITEMS, feed_date, web_address
from scraper.parsers.plain import headline

MAX_BYTES = 50 * 1024 * 1024
"""Of a packed sitemap when it is unpacked: what the protocol allows."""
MAX_LOCATIONS = 50_000
"""Addresses that are looked at in one file: what the protocol allows."""
MAX_SITEMAPS = 5_000

_ROOTS = frozenset({"urlset", "sitemapindex"})
_LEAVES = {
    ("loc",): "loc",
    ("lastmod",): "lastmod",
    ("news", "title"): "title",
    ("news", "publication_date"): "date",
    ("news", "publication", "language"): "language",
}
_VALUE_LIMIT = 20_000

Row = dict[str, str]


def parse(page: Page, source: Source) -> Listed:
    """The addresses in the sitemap of `page` that `source` wants, newest first where the file says their times.

    An index gives `sitemaps` and no items. A file that breaks off gives what was whole, and is `partial`.

    Raises ParseError: "empty" for no body, "incomplete" for less than one address, "suspect" for a web page, "parse_error" for
    what is no sitemap, "too_large" for one that unpacks to more than 50 MiB, "too_complex" for markup that is built to hurt.
    """
    body = _unpacked(page.body)
    if not body.strip():
        raise ParseError("empty", "an empty answer")
    text = xml_text.CONTROLS.sub("", decode(body, page.charset, source.language).text)
    start, root = xml_text.root(text)
    if root in _ROOTS:
        rows, whole = _read(xml_text.named_entities(text[start:]))
        if not whole and not rows:
            raise ParseError("incomplete", "the sitemap ends before its first address does")
        if root == "sitemapindex":
            return _index(rows, page, whole=whole)
        return _pages(rows, page, source, whole=whole)
    if root in ("rss", "feed", "rdf"):
        return feed.parse(page, source)
    if not root and re.match(r"\s*https?://", text[start:]):
        lines = text[start:].split("\n", MAX_LOCATIONS)
        return _pages([{"loc": line} for line in lines], page, source, whole=True)
    if root in feed.HTML_ROOTS:
        raise ParseError("suspect", "an HTML page, not a sitemap", condition=stranger.of(text))
    raise ParseError("parse_error", f"not a sitemap: {f'the first element is <{root}>' if root else 'no XML'}")


def _unpacked(body: bytes) -> bytes:
    """`body`, unpacked where it is gzip: servers give `sitemap.xml.gz` as a file, not as an encoding."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(31)
    try:
        plain = unpacker.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise ParseError("decode_error", "gzip that cannot be unpacked") from error
    if len(plain) > MAX_BYTES:
        raise ParseError("too_large", f"more than {MAX_BYTES // 1024**2} MiB when unpacked")
    return plain


# ------------------------------------------------------------------------------------------- as it is written


def _read(text: str) -> tuple[list[Row], bool]:
    """The rows of a sitemap or an index, in order, and whether the file was whole."""
    shape.check(text, xml=True)
    rows, whole = _Reader().read(text)
    if whole:
        return rows, True
    again, mended = _Reader().read(xml_text.mended(text))
    return (again, mended) if len(again) >= len(rows) else (rows, False)


class _Reader:
    """One pass of expat over a file. Prefixes are not resolved: some files do not declare theirs."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._path: list[str] = []
        self._row: Row = {}
        self._leaf = ""
        self._value: list[str] = []
        self._size = 0

    def read(self, text: str) -> tuple[list[Row], bool]:
        """The rows that are whole, and whether all of the file was."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        try:
            parser.Parse(text, True)
        except (expat.ExpatError, ValueError):
            return self.rows, False
        return self.rows, True

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._path.append(name.rpartition(":")[2].lower())
        leaf = _LEAVES.get(tuple(self._path[2:]), "")
        # `image:loc` stands in a block of its own, and so has another path; `image:title` does, too.
        if leaf and leaf not in self._row:
            self._leaf, self._value, self._size = leaf, [], 0

    def _said(self, data: str) -> None:
        if self._leaf and self._size < _VALUE_LIMIT:
            self._value.append(data[:_VALUE_LIMIT])
            self._size += len(data)

    def _end(self, _name: str) -> None:
        if self._leaf:
            self._row[self._leaf] = "".join(self._value).strip()
            self._leaf = ""
        self._path.pop()
        if len(self._path) == 1:
            if self._row.get("loc") and len(self.rows) < MAX_LOCATIONS:
                self.rows.append(self._row)
            self._row = {}


# ------------------------------------------------------------------------------------------- as it is meant


def _index(rows: list[Row], page: Page, *, whole: bool) -> Listed:
    found: dict[str, Sitemap] = {}
    for row in rows:
        url = web_address(page.url, row["loc"])
        if url is not None and url not in found:
            modified = feed_date(row.get("lastmod", ""), "UTC")
            found[url] = Sitemap(url, modified.at if modified else None)
    files = tuple(found.values())
    return Listed(
        (),
        sitemaps=files[:MAX_SITEMAPS],
        left_out=max(0, len(files) - MAX_SITEMAPS),
        partial=not whole,
    )


def _pages(rows: list[Row], page: Page, source: Source, *, whole: bool) -> Listed:
    """The rows that `source` wants as items. What can be left out is, before an address is looked at: 50,000 are many."""
    wanted = _pattern(source.match_url)
    oldest = None if source.newer_than is None else page.fetched_at - source.newer_than
    kept: list[_Page] = []
    passed_over = 0
    for row in rows:
        one = _Page(
            row, feed_date(row.get("date", ""), source.timezone), feed_date(row.get("lastmod", ""), source.timezone)
        )
        newest = one.newest
        if (wanted is not None and not wanted.search(row["loc"])) or (oldest and newest and newest < oldest):
            passed_over += 1
        else:
            kept.append(one)
    items = [item for one in _newest(kept) if (item := _item(one, page, source)) is not None]
    left_out = max(0, len(kept) - MAX_ITEMS)
    return Listed(tuple(items), left_out=left_out, partial=not whole, passed_over=passed_over)


@dataclass(frozen=True, slots=True)
class _Page:
    """A row and its two times."""

    row: Row
    published: Moment | None
    modified: Moment | None

    @property
    def newest(self) -> datetime | None:
        """The last moment that the page may have come or changed at: a bare day counts to its end. None where no time is given."""
        moments = [moment for moment in (self.published, self.modified) if moment and 1970 < moment.at.year < 9000]
        return max((moment.at + _SPANS.get(moment.precision, _NO_TIME) for moment in moments), default=None)


_NO_TIME = timedelta()
_SPANS = {"day": timedelta(days=1), "minute": timedelta(minutes=1)}


def _item(one: _Page, page: Page, source: Source) -> Item | None:
    url = web_address(page.url, one.row["loc"])
    if url is None:
        return None
    language = one.row.get("language", "")
    return Item(
        guid=None,
        url=url,
        title=headline(one.row.get("title", ""), literal=True),
        published=_called(one.published, "news:publication_date", confident=True),
        language=(language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?", language) else None) or source.language,
        modified=_called(one.modified, "sitemap:lastmod"),
    )


def _called(moment: Moment | None, method: str, *, confident: bool = False) -> Moment | None:
    return Moment(moment.at, moment.precision, method, confident) if moment else None


def _pattern(match_url: str) -> re.Pattern[str] | None:
    try:
        return re.compile(match_url) if match_url else None
    except (re.error, RecursionError) as error:
        raise ParseError("parse_error", f"match_url {match_url!r} cannot be read") from error


def _newest(pages: list[_Page]) -> list[_Page]:
    """At most MAX_ITEMS: the newest where the file gives times, else from both ends, as new pages are added at one of them."""
    if len(pages) <= MAX_ITEMS:
        return pages
    dated = [(newest.timestamp(), one) for one in pages if (newest := one.newest) is not None]
    if len(dated) == len(pages):
        return [one for _, one in sorted(dated, key=lambda pair: pair[0], reverse=True)[:MAX_ITEMS]]
    half = MAX_ITEMS // 2
    return pages[:half] + pages[-half:]
