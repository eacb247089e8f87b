"""The answer of any JSON endpoint becomes items, by the dotted paths of its source; what the source leaves out is looked for.

    body -> JSON -> the list (`items`) -> the values of each (`fields`) -> entry -> items

A path is keys and list positions with dots between them, `data.posts.0`; `*` stands for each of a list or table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scraper.errors import ParseError
from scraper.model import Fields, Item, Listed, Page, Source
from scraper.parsers import json_text
from scraper.parsers.entry import MAX_ITEMS, MAX_URL, Entry, Feed, Words, item, web_address
from scraper.parsers.json_text import scalar
from scraper.parsers.plain import opening

_LOOKED_AT = 20_000
"""Values that one path may come by."""
_SEARCH_LEVELS = 5
_NOTHING = Feed(title=Words(""), entries=())

_USUAL = {
    "id": ("id", "guid", "uuid", "_id", "ID", "key", "slug"),
    "link": ("url", "link", "permalink", "href", "web_url", "webUrl", "canonical_url", "html_url", "links.self"),
    "title": ("title", "headline", "name", "subject"),
    "summary": ("summary", "excerpt", "description", "teaser", "lead", "abstract"),
    "body": ("content_html", "content_text", "body", "content", "text", "full_text", "message"),
    "date": (
        "published_at", "published", "publishedAt", "date_published", "datePublished", "publication_date", "publish_date",
        "publishDate", "pubDate", "created_at", "createdAt", "created", "date", "datetime", "timestamp", "time",
    ),
    "author": ("author.name", "author", "authors.*.name", "byline"),
    "language": ("language", "lang", "locale"),
}  # fmt: skip
"""What the values of an item are usually called, the likeliest first; asked where the source names no path."""


def parse(page: Page, source: Source) -> Listed:
    """The items of the list in `page`, in its order. An item without a title is called by the first line of its text.

    Raises ParseError as `json_text.read` does, and "parse_error" where there is no list at `items`, "suspect" where there is
    one but the paths of `fields` find nothing in any item of it.
    """
    value = json_text.read(page, source)
    rows = _rows(value, source.items)
    fields = source.fields or Fields()
    found = [one for row in rows[:MAX_ITEMS] if (one := entry_item(row, fields, page, source)) is not None]
    if rows and not found:
        raise ParseError("suspect", f"{len(rows)} entries in the list, and `fields` finds nothing in any of them")
    older = next((scalar(one, MAX_URL) for one in reach(value, source.next_page)), "") if source.next_page else ""
    return Listed(
        items=tuple(found),
        left_out=max(0, len(rows) - MAX_ITEMS),
        next_page=web_address(page.url, older) if older else None,
    )


def _rows(value: Any, path: str) -> list[Any]:
    """The entries of the list at `path`; of the largest list of objects where `path` is ""."""
    if path:
        ends = list(reach(value, path))
        lists = [end for end in ends if isinstance(end, list)]
        if lists:
            return [row for rows in lists for row in rows if isinstance(row, dict)][:_LOOKED_AT]
        tables = [row for end in ends if isinstance(end, dict) for row in end.values()]
        if tables and all(isinstance(row, dict) for row in tables):
            return tables[:_LOOKED_AT]
        there = ", ".join(sorted(value)[:10]) if isinstance(value, dict) else "a list"
        raise ParseError("parse_error", f"no list at {path!r}; the answer holds {there[:150]}")
    if isinstance(value, list):
        return [row for row in value if isinstance(row, dict)]
    best: list[Any] | None = None
    for rows in _lists(value):
        if best is None or len(rows) > len(best):
            best = rows
    if best is None:
        raise ParseError("parse_error", "JSON, but no list of objects in it")
    return best


def _lists(value: Any) -> Iterator[list[Any]]:
    """The lists of objects below `value`, those higher up first."""
    level = [value]
    for _ in range(_SEARCH_LEVELS):
        below: list[Any] = []
        for one in level[:_LOOKED_AT]:
            for inner in one.values() if isinstance(one, dict) else ():
                if isinstance(inner, list) and all(isinstance(row, dict) for row in inner):
                    yield inner
                elif isinstance(inner, dict):
                    below.append(inner)
        level = below


def reach(value: Any, path: str) -> Iterator[Any]:
    """What stands at `path` in `value`: nothing, one thing, or several where the path holds `*`. Never more than 20,000."""
    ends = [value]
    for step in path.split("."):
        further: list[Any] = []
        for end in ends:
            if step == "*":
                further += end.values() if isinstance(end, dict) else end if isinstance(end, list) else []
            elif isinstance(end, dict) and step in end:
                further.append(end[step])
            elif isinstance(end, list) and step.isdecimal() and len(step) < 7 and int(step) < len(end):
                further.append(end[int(step)])
            if len(further) > _LOOKED_AT:
                break
        ends = further[:_LOOKED_AT]
    yield from ends


def entry_item(row: Any, fields: Fields, page: Page, source: Source) -> Item | None:
    """The item of one entry; None where it has neither words nor an address."""
    body, summary = _value(row, fields, "body"), _value(row, fields, "summary")
    name, written = _date(row, fields)
    entry = Entry(
        guid=_value(row, fields, "id"),
        link=_value(row, fields, "link"),
        title=Words(_value(row, fields, "title")),
        summary=Words(summary),
        text=Words(body) if body.strip() else None,
        dates=((name, written, True),) if written else (),
        author=_value(row, fields, "author"),
        language=_value(row, fields, "language"),
    )
    made = item(entry, _NOTHING, page, source, form="json")
    if not made.title:
        made = replace(made, title=opening(made.text or made.summary))
    return made if made.title or made.text or made.url else None


def _value(row: Any, fields: Fields, name: str) -> str:
    """The text at the field's path, several joined by commas; at the first usual name that has one, where there is no path."""
    return _named(row, fields, name)[1]


def _named(row: Any, fields: Fields, name: str) -> tuple[str, str]:
    """The path at which a value was found, and the value."""
    path = getattr(fields, name)
    for candidate in (path,) if path else _USUAL[name]:
        said = [text for one in reach(row, candidate) for text in _texts(one)][:50]
        if said:
            return candidate, ", ".join(said)
    return "", ""


def _texts(value: Any) -> Iterator[str]:
    for one in value[:50] if isinstance(value, list) else [value]:
        text = scalar(one)
        if text.strip():
            yield text


def _date(row: Any, fields: Fields) -> tuple[str, str]:
    """The path of the date and the date, a count of (milli)seconds since 1970 written out."""
    name, written = _named(row, fields, "date")
    try:
        count = float(written)
        if 1e8 <= count < 1e14:
            seconds = count if count < 1e11 else count / 1000
            return name, datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        pass
    return name, written
