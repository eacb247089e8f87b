"""A sitemap becomes items: plain sitemaps, news sitemaps, and the files that an index names. Packed ones are unpacked.

    body -> unpacked -> charset -> shape -> expat -> urls | files of an index -> items

`lastmod` says when a page changed and is never taken for its publication; only the news extension has that
(sitemaps.org/protocol.html and the news extension, sitemap-news/0.9). A sitemap may also be a feed, or addresses, one a line.
"""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime, timedelta
from xml.parsers import expat

from scraper.errors import ParseError
from scraper.model import Item, Listed, Moment, Page, Sitemap, Source
from scraper.parsers import feed, shape, xml_text
from scraper.parsers.charset import decode
from scraper.parsers.entry import MAX_ITEMS, MAX_URL, feed_date, web_address
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
        raise ParseError("suspect", "an HTML page, not a sitemap")
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
    wanted = _pattern(source.match_url)
    oldest = None if source.newer_than is None else page.fetched_at - source.newer_than
    items: dict[str, Item] = {}
    passed_over = 0
    for row in rows:
        item = _item(row, page, source)
        if item is None or item.url is None or item.url in items:
            continue
        if (wanted is not None and not wanted.search(item.url)) or _is_older(item, oldest):
            passed_over += 1
            continue
        items[item.url] = item
    kept = _newest(list(items.values()))
    return Listed(tuple(kept), left_out=len(items) - len(kept), partial=not whole, passed_over=passed_over)


def _item(row: Row, page: Page, source: Source) -> Item | None:
    url = web_address(page.url, row["loc"])
    if url is None or len(row["loc"]) > MAX_URL:
        return None
    published = feed_date(row.get("date", ""), source.timezone)
    modified = feed_date(row.get("lastmod", ""), source.timezone)
    language = row.get("language", "")
    return Item(
        guid=None,
        url=url,
        title=headline(row.get("title", ""), literal=True),
        published=_called(published, "news:publication_date", confident=True),
        language=(language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?", language) else None) or source.language,
        modified=_called(modified, "sitemap:lastmod"),
    )


def _called(moment: Moment | None, method: str, *, confident: bool = False) -> Moment | None:
    return Moment(moment.at, moment.precision, method, confident) if moment else None


def _pattern(match_url: str) -> re.Pattern[str] | None:
    try:
        return re.compile(match_url) if match_url else None
    except (re.error, RecursionError) as error:
        raise ParseError("parse_error", f"match_url {match_url!r} cannot be read") from error


def _is_older(item: Item, oldest: datetime | None) -> bool:
    """Whether every time that the file gives for a page is before `oldest`. A page without any is not."""
    times = _times(item)
    return oldest is not None and bool(times) and max(times) < oldest


def _times(item: Item) -> list[datetime]:
    """What the file says about when a page came or changed: the last moment of it, so that a bare day counts to its end."""
    spans = {"day": timedelta(days=1), "minute": timedelta(minutes=1)}
    moments = [moment for moment in (item.published, item.modified) if moment is not None]
    usable = [moment for moment in moments if 1970 < moment.at.year < 9000]
    return [moment.at.astimezone(UTC) + spans.get(moment.precision, timedelta()) for moment in usable]


def _newest(items: list[Item]) -> list[Item]:
    """At most MAX_ITEMS: the newest where the file gives times, else from both ends, as new pages are added at one of them."""
    if len(items) <= MAX_ITEMS:
        return items
    if all(_times(item) for item in items):
        return sorted(items, key=lambda item: max(_times(item)), reverse=True)[:MAX_ITEMS]
    half = MAX_ITEMS // 2
    return items[:half] + items[-half:]
