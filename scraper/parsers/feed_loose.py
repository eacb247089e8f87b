"""Reads feeds that are broken or old with feedparser, which knows thirty years of them.

Slower by twenty times than `feed_xml`, so it only sees what that one refuses, and no more entries than it can read in time.
Nothing is fetched: it is given bytes, never an address.
"""

from __future__ import annotations

import io
import re
import warnings
from typing import Any

from scraper.errors import ParseError
from scraper.parsers.entry import Entry, Feed, Words

MAX_ENTRIES = 1_000
"""About a second of feedparser. A broken feed of more is read so far, and the rest is counted."""

_START = re.compile(r"<(?:[A-Za-z]\w*:)?(?:item|entry)[\s>]", re.IGNORECASE)
_END = re.compile(r"</(?:[A-Za-z]\w*:)?(?:item|entry)\s*>", re.IGNORECASE)
_CLOSED = re.compile(
    r"</(?:[A-Za-z]\w*:)?(?:rss|feed|rdf|channel)\s*>\s*(?:<!--.{0,500}-->\s*)*\Z", re.IGNORECASE | re.DOTALL
)


def read(text: str) -> Feed:
    """The feed in `text`. Raises ParseError("parse_error") where feedparser finds no feed in it."""
    import feedparser

    starts = [found.start() for found in _START.finditer(text)]
    left_out = max(0, len(starts) - MAX_ENTRIES)
    cut = _CLOSED.search(text[-5_000:]) is None
    if left_out:
        text = text[: starts[MAX_ENTRIES]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = feedparser.parse(
                io.BytesIO(text.encode("utf-8", "replace")),
                response_headers={"content-type": "application/xml; charset=utf-8"},
                resolve_relative_uris=False,
                sanitize_html=False,
            )
        # On broken markup it trips over itself in a dozen ways (KeyError, AttributeError, ...).
        except Exception as error:
            raise ParseError("parse_error", f"too broken to be read as a feed ({type(error).__name__})") from error
        entries = found.entries
        if not found.version and not entries and not found.feed.get("title"):
            raise ParseError("parse_error", "no feed could be read in it")
        if cut and not left_out and len(entries) > len(_END.findall(text)):
            entries = entries[: len(_END.findall(text))]  # the last one is a piece
        atom = found.version.startswith("atom")
        dublin = not atom and "<dcterms:modified" not in text
        return Feed(
            title=_words(found.feed, "title"),
            entries=tuple(_entry(entry, dublin=dublin) for entry in entries),
            language=str(found.feed.get("language") or ""),
            left_out=left_out,
            cut=cut,
        )


def _entry(entry: Any, *, dublin: bool) -> Entry:
    content = next((c for c in entry.get("content") or () if c.get("value")), None)
    text = Words(content["value"], markup=content.get("type") != "text/plain") if content else None
    guid = str(entry.get("id") or "")
    link = str(entry.get("link") or "")
    if (
        link
        and link == guid
        and not link.startswith(("http://", "https://"))
        and not any(known.get("href") == link for known in entry.get("links") or ())
    ):
        link = ""  # a guid that says it is an address, but is none
    if not link:
        link = next(
            (str(x["href"]) for x in entry.get("links") or () if x.get("rel") == "alternate" and x.get("href")), ""
        )
    dates = [("published", str(entry.get("published") or ""), True)]
    # feedparser files a Dublin Core date under "updated"; where nothing else is filed there, it is the publication.
    updated = str(dict.get(entry, "updated") or "")
    dates.append(("dc:date", updated, True) if dublin else ("updated", updated, False))
    dates.append(("created", str(entry.get("created") or ""), False))
    people = [_person(person) for person in entry.get("authors") or ()]
    named = [name for name in people if name]
    detail = entry.get("title_detail") or {}
    return Entry(
        guid=guid,
        link=link,
        title=_words(entry, "title"),
        summary=_words(entry, "summary"),
        text=text,
        dates=tuple(d for d in dates if d[1]),
        author=", ".join(named) if len(named) > 1 else str(entry.get("author") or ""),
        language=str(detail.get("language") or ""),
    )


def _words(holder: Any, key: str) -> Words:
    detail = holder.get(f"{key}_detail") or {}
    return Words(str(holder.get(key) or ""), markup=detail.get("type") != "text/plain" or key == "title")


def _person(person: Any) -> str:
    return str(person.get("name") or person.get("email") or "")
