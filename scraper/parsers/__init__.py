"""Page in, items out: one file for each kind of source, and `article` for the page behind an item.

The readers and their libraries are imported when a page is parsed, not before: this package stays cheap to import.
"""

from __future__ import annotations

from collections.abc import Callable

from scraper.model import Kind, Listed, Page, Source

Parser = Callable[[Page, Source], Listed]


def _feed(page: Page, source: Source) -> Listed:
    from scraper.parsers.feed import parse

    return parse(page, source)


def _listing(page: Page, source: Source) -> Listed:
    from scraper.parsers.listing import parse

    return parse(page, source)


def _sitemap(page: Page, source: Source) -> Listed:
    from scraper.parsers.sitemap import parse

    return parse(page, source)


def _json(page: Page, source: Source) -> Listed:
    from scraper.parsers.jsonlist import parse

    return parse(page, source)


def _channel(page: Page, source: Source) -> Listed:
    from scraper.parsers.channel import parse

    return parse(page, source)


def _wordpress(page: Page, source: Source) -> Listed:
    from scraper.parsers.wordpress import parse

    return parse(page, source)


def _page(page: Page, source: Source) -> Listed:
    from scraper.parsers.page import parse

    return parse(page, source)


def _directory(page: Page, source: Source) -> Listed:
    from scraper.parsers.files import parse

    return parse(page, source)


PARSERS: dict[Kind, Parser] = {
    "feed": _feed,
    "listing": _listing,
    "sitemap": _sitemap,
    "json": _json,
    "channel": _channel,
    "wordpress": _wordpress,
    "page": _page,
    "directory": _directory,
}
"""The reader for each kind of source. All raise ParseError and nothing else for whatever a page holds."""
