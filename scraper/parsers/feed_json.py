"""Reads a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""

from __future__ import annotations

import json
from typing import Any

from scraper.errors import ParseError
from scraper.parsers.entry import MAX_ITEMS, Entry, Feed, Words


def read(text: str) -> Feed:
    """The feed in `text`. Raises ParseError: "parse_error" for what is no JSON or no feed, "too_complex" for absurd nesting."""
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise ParseError("too_complex", "JSON nested too deeply") from error
    except ValueError as error:
        raise ParseError("parse_error", f"JSON that cannot be read: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise ParseError("parse_error", "JSON, but not a JSON Feed")
    version = data.get("version")
    if not isinstance(version, str | int | float | None) or (isinstance(version, str) and "jsonfeed" not in version):
        raise ParseError("parse_error", "JSON, but not a JSON Feed")
    if version is None and not ("title" in data or "home_page_url" in data or "feed_url" in data):
        raise ParseError("parse_error", "JSON, but not a JSON Feed")
    items = [row for row in data["items"] if isinstance(row, dict)]
    everybody = _author(data)
    return Feed(
        title=Words(_string(data, "title"), markup=False),
        entries=tuple(_entry(row, everybody) for row in items[:MAX_ITEMS]),
        language=_string(data, "language"),
        left_out=max(0, len(items) - MAX_ITEMS),
        older=_string(data, "next_url"),
    )


def _entry(row: dict[str, Any], everybody: str) -> Entry:
    if _string(row, "content_html"):
        text: Words | None = Words(_string(row, "content_html"))
    elif _string(row, "content_text"):
        text = Words(_string(row, "content_text"), markup=False)
    else:
        text = None
    dates = (
        ("date_published", _string(row, "date_published"), True),
        ("date_modified", _string(row, "date_modified"), False),
    )
    guid = _string(row, "id")
    own = guid if guid.startswith(("http://", "https://")) else ""  # "ideally, the id is the full URL" (version 1.1)
    return Entry(
        guid=guid,
        link=_string(row, "url") or _string(row, "external_url") or own,
        title=Words(_string(row, "title"), markup=False),
        summary=Words(_string(row, "summary"), markup=False),
        text=text,
        dates=tuple(d for d in dates if d[1]),
        author=_author(row) or everybody,
        language=_string(row, "language"),
    )


def _author(row: dict[str, Any]) -> str:
    """`authors` of version 1.1, else `author` of version 1."""
    several = row.get("authors")
    people = several if isinstance(several, list) else []
    if not people:
        people = [row.get("author")]
    names = [_string(p, "name") or _string(p, "url") if isinstance(p, dict) else p for p in people[:20]]
    return ", ".join(name for name in names if isinstance(name, str) and name)


def _string(row: dict[str, Any], key: str) -> str:
    """A value as text. Version 1 lets an id be a number."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)
