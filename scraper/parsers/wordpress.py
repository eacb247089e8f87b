"""An answer of the WordPress REST API becomes items: a list of posts, or a single one.

    body -> JSON -> posts -> entry -> items

Fields as in developer.wordpress.org/rest-api/reference/posts: the `_gmt` times are UTC, the others local to the site.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from scraper.errors import ParseError
from scraper.model import Item, Listed, Moment, Page, Source
from scraper.parsers import json_text
from scraper.parsers.entry import MAX_ITEMS, Entry, Feed, Words, feed_date, item
from scraper.parsers.json_text import scalar

_NEVER = re.compile(r"0000-|1970-01-01T00:00:00")
_READ_MORE = re.compile(r"\s*(?:\[(?:…|\.\.\.|&hellip;|&#8230;)\]|(?:…|\.\.\.)\s*$)\s*")
_NOTHING = Feed(title=Words(""), entries=())


def parse(page: Page, source: Source) -> Listed:
    """The posts in `page`, in its order; a single post is a list of one.

    Raises ParseError as `json_text.read` does, and "suspect" for an error that came with a good status, "parse_error" for
    JSON that holds no posts.
    """
    value = json_text.read(page, source)
    if isinstance(value, dict) and not _is_post(value):
        if isinstance(value.get("code"), str) and "message" in value:
            raise ParseError(
                "suspect", f"WordPress answers {scalar(value['code'], 100)}: {scalar(value['message'], 200)}"
            )
        raise ParseError("parse_error", "JSON, but no posts of WordPress")
    posts = value if isinstance(value, list) else [value]
    found = [post for post in posts if isinstance(post, dict) and _is_post(post)]
    if posts and not found:
        raise ParseError("parse_error", "JSON, but no posts of WordPress")
    return Listed(
        items=tuple(_item(post, page, source) for post in found[:MAX_ITEMS]),
        left_out=max(0, len(found) - MAX_ITEMS),
    )


def _is_post(value: dict[str, Any]) -> bool:
    return ("link" in value or "guid" in value) and ("title" in value or "date" in value or "date_gmt" in value)


def _item(post: dict[str, Any], page: Page, source: Source) -> Item:
    content = scalar(post.get("content"))
    entry = Entry(
        guid=scalar(post.get("guid")) or scalar(post.get("id")),
        link=scalar(post.get("link")),
        title=Words(scalar(post.get("title"))),
        summary=Words(_READ_MORE.sub("", scalar(post.get("excerpt")))),
        text=Words(content) if content.strip() else None,
        dates=_published(post),
        author=_author(post),
    )
    return replace(item(entry, _NOTHING, page, source, form="wordpress"), modified=_modified(post, source))


def _published(post: dict[str, Any]) -> tuple[tuple[str, str, bool], ...]:
    """`date_gmt`, which is UTC though it does not say so; the site's own local time only where that is missing."""
    utc, local = scalar(post.get("date_gmt")).strip(), scalar(post.get("date")).strip()
    if utc and not _NEVER.match(utc):
        return (("date_gmt", _as_utc(utc), True),)
    return (("date", local, True),) if local and not _NEVER.match(local) else ()


def _modified(post: dict[str, Any], source: Source) -> Moment | None:
    utc, local = scalar(post.get("modified_gmt")).strip(), scalar(post.get("modified")).strip()
    if utc and not _NEVER.match(utc):
        name, moment = "modified_gmt", feed_date(_as_utc(utc), "UTC")
    else:
        name, moment = "modified", feed_date(local, source.timezone)
    return Moment(moment.at, moment.precision, f"wordpress:{name}") if moment else None


def _as_utc(written: str) -> str:
    return written if re.search(r"(?:Z|[+-]\d\d:?\d\d)$", written) else written + "Z"


def _author(post: dict[str, Any]) -> str:
    """The author's name where the answer holds it (`_embed`); `author` itself is only a number."""
    embedded = post.get("_embedded")
    people = embedded.get("author") if isinstance(embedded, dict) else None
    names = (
        [scalar(one.get("name"), 300) for one in people[:20] if isinstance(one, dict)]
        if isinstance(people, list)
        else []
    )
    return ", ".join(name for name in names if name)
