"""What a web page says that its site offers: feeds, an API, a channel, and the lists that stand on the page itself.

body -> charset -> shape -> tree -> links that name a feed or an API, links that look like one, lists with their selectors
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.errors import ParseError
from scraper.model import Offers, Page, Source
from scraper.parsers import listing, selectors, shape
from scraper.parsers.charset import decode
from scraper.parsers.entry import web_address
from scraper.text import clean_line

MOST_FEEDS = 12
_FEED_TYPES = (
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/xml", "text/xml",
)  # fmt: skip
_LOOKS_LIKE_FEED = re.compile(r"(?:^|[/.?=_-])(?:rss|atom|feed|feeds|rdf)(?:$|[/.?&=_-])", re.IGNORECASE)
_CHANNEL = re.compile(r"https?://(?:t|telegram)\.me/(?:s/)?([A-Za-z][A-Za-z0-9_]{3,31})/?(?:\?.*)?")
_NO_CHANNEL = frozenset({"share", "joinchat", "addstickers", "iv", "proxy", "socks", "login", "setlanguage", "contact"})
_WORDPRESS = re.compile(r"/wp-(?:content|includes|json)/", re.IGNORECASE)


def parse(page: Page, source: Source) -> Offers:
    """What `page` points to. Raises ParseError: "empty" for no body, "too_complex" for markup that is built to hurt."""
    if not page.body.strip():
        raise ParseError("empty", "an empty answer")
    markup = decode(page.body, page.charset, source.language).text.replace("\x00", "")
    shape.check(markup)
    tree = LexborHTMLParser(markup)
    base = listing.base_of(tree, page.url)
    title = tree.css_first("head > title") or tree.css_first("title")
    root = tree.css_first("html")
    language = clean_line(root.attributes.get("lang") or "", 35) if root is not None else ""
    api = tree.css_first('link[rel="https://api.w.org/"]')
    generator = tree.css_first("meta[name=generator]")
    is_wordpress = _WORDPRESS.search(markup) is not None or (
        generator is not None and "wordpress" in (generator.attributes.get("content") or "").lower()
    )
    return Offers(
        title=clean_line(title.text(), 300) if title is not None else "",
        language=language,
        feeds=tuple(_feeds(tree, base)),
        wordpress=(web_address(base, api.attributes.get("href") or "") or "") if api is not None else "",
        is_wordpress=is_wordpress,
        channels=tuple(_channels(tree)),
        lists=tuple((one.select, one.count) for one in selectors.proposals(tree, base)),
    )


def _feeds(tree: LexborHTMLParser, base: str) -> list[str]:
    """Addresses of feeds: those that the page declares, then those of its links that look like one; comments last."""
    declared: dict[str, bool] = {}
    for link in tree.css("link[href][type]"):
        rel = (link.attributes.get("rel") or "").lower().split()
        form = (link.attributes.get("type") or "").lower().partition(";")[0].strip()
        url = web_address(base, link.attributes.get("href") or "")
        if url and "alternate" in rel and form in _FEED_TYPES:
            declared.setdefault(url, _is_comments(link, url))
    for anchor in tree.css("a[href]"):
        href = anchor.attributes.get("href") or ""
        url = web_address(base, href) if _LOOKS_LIKE_FEED.search(href.partition("#")[0]) else None
        if url and len(declared) < MOST_FEEDS:
            declared.setdefault(url, _is_comments(anchor, url))
    return sorted(declared, key=lambda url: declared[url])[:MOST_FEEDS]


def _is_comments(link: LexborNode, url: str) -> bool:
    said = f"{link.attributes.get('title') or ''} {url}".lower()
    return "comment" in said


def _channels(tree: LexborHTMLParser) -> list[str]:
    names: dict[str, None] = {}
    for anchor in tree.css("a[href*='.me/']"):
        found = _CHANNEL.fullmatch((anchor.attributes.get("href") or "").strip())
        if found and found[1].lower() not in _NO_CHANNEL:
            names.setdefault(found[1])
    return list(names)[:3]
