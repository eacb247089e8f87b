"""A feed becomes items: RSS 0.9x, 1.0 (RDF) and 2.0, Atom, JSON Feed, told apart by what is in them.

    body -> charset -> shape -> feed_json | feed_xml -> (odd?) feed_loose -> entry -> items

The media type is not asked: half of the web's feeds are served under a wrong one.
"""

from __future__ import annotations

import re
from dataclasses import replace

from scraper.errors import ParseError
from scraper.model import Listed, Page, Source
from scraper.parsers import entry, feed_json, feed_xml, shape, stranger, xml_text
from scraper.parsers.charset import decode
from scraper.parsers.plain import headline

_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.IGNORECASE)

_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
HTML_ROOTS = frozenset(
    {"html", "head", "body", "div", "p", "script", "meta", "title", "center", "table", "h1", "span", "noscript"}
)


def parse(page: Page, source: Source) -> Listed:
    """The items of the feed in `page`, in its order; a feed without entries gives none.

    Raises ParseError: "empty" for no body, "incomplete" for less than one entry, "suspect" for a web page, "parse_error"
    for what is no feed or declares entities, "too_complex" for markup that is built to hurt.
    """
    if not page.body.strip():
        raise ParseError("empty", "an empty answer")
    feed = read(decode(page.body, page.charset, source.language).text)
    if feed.cut and not feed.entries:
        raise ParseError("incomplete", "the feed ends before its first entry does")
    return Listed(
        items=tuple(entry.item(one, feed, page, source) for one in feed.entries),
        title=headline(feed.title.value, literal=not feed.title.markup),
        left_out=feed.left_out,
        partial=feed.cut,
        next_page=entry.web_address(page.url, feed.older) if feed.older else None,
        mended=feed.mended,
    )


def read(text: str) -> entry.Feed:
    """The feed in `text`, as it was written. Raises ParseError as `parse` does."""
    text = xml_text.CONTROLS.sub("", text)
    start, root = xml_text.root(text)
    if text[start : start + 1] in ("{", "["):
        return feed_json.read(text[start:])
    if root in HTML_ROOTS:
        raise ParseError("suspect", f"an HTML page, not a feed{_titled(text)}", condition=stranger.of(text))
    if not root:
        raise ParseError("suspect", f"plain text, not a feed: {text[start : start + 80]}", condition="html")
    text = xml_text.named_entities(text[start:])
    shape.check(text, xml=True)
    malformed = False
    for mend in (str, xml_text.mended):
        try:
            return replace(feed_xml.read(mend(text)), mended=malformed)
        except feed_xml.Odd as odd:
            malformed = malformed or isinstance(odd, feed_xml.Malformed)
    if root not in _FEED_ROOTS and "<item" not in text and "<entry" not in text:
        raise ParseError("parse_error", f"not a feed: the first element is <{root}>")
    from scraper.parsers import feed_loose

    return replace(feed_loose.read(xml_text.mended(text)), mended=malformed)


def _titled(text: str) -> str:
    found = _TITLE.search(text[:200_000])
    title = headline(found[1]) if found else ""
    return f", titled {title!r}" if title else ""
