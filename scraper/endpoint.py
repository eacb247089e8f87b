"""Which address a poll asks: the one place that knows where each kind of source has its list. Pure.

channel NAME    ->  https://t.me/s/NAME
WordPress site  ->  SITE/wp-json/wp/v2/posts?per_page=50&_fields=...
every other     ->  its own address

older items     ->  what the page itself names (a listing's selector, rel="next" of a feed, a channel's ?before=), &page=N of
                    a WordPress site
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scraper.model import Listed, Page, Source

PREVIEWS = "https://t.me/s/"
POSTS = "wp-json/wp/v2/posts"
POSTS_AT_ONCE = 50
"""Half of what WordPress gives at most: new posts and what was edited of the last ones, without asking much of a small site."""

_FIELDS = "id,guid,link,title,content,excerpt,date,date_gmt,modified,modified_gmt"
_REST = re.compile(r"/wp-json/|[?&]rest_route=")


def preview(channel: str) -> str:
    """The address of the public preview of a Telegram channel."""
    return PREVIEWS + channel


def address(source: Source) -> str:
    """The address that a poll of `source` asks. It has the origin of `source.url`.

    A WordPress site is given by its own address; one that leads into its REST API already is asked as it stands.
    """
    if source.kind != "wordpress" or _REST.search(source.url):
        return source.url
    parts = urlsplit(source.url)
    folder = parts.path if parts.path.endswith("/") else parts.path + "/"
    return f"{parts.scheme}://{parts.netloc}{folder}{POSTS}?per_page={POSTS_AT_ONCE}&_fields={_FIELDS}"


def older(source: Source, page: Page, listed: Listed) -> str | None:
    """Where the items before those of `listed`, the list in `page`, stand; None where nothing says so."""
    if source.kind != "wordpress":
        return listed.next_page
    number = _page_number(page.asked)
    if not listed.items or (page.total_pages is not None and number >= page.total_pages):
        return None
    return _with(page.asked, page=str(number + 1))


def edited(source: Source, since: datetime) -> str:
    """The posts of a WordPress site that were changed after `since`, the last change first.

    `modified_after` is known since WordPress 5.7; one that does not know it answers with the last changes all the same.
    """
    moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _with(address(source), orderby="modified", order="desc", modified_after=moment)


def _page_number(url: str) -> int:
    said = dict(parse_qsl(urlsplit(url).query)).get("page", "1")
    return int(said) if re.fullmatch(r"[1-9][0-9]{0,5}", said) else 1


def _with(url: str, **more: str) -> str:
    """`url` with further parameters, in the place of those of the same name."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in more]
    return urlunsplit(parts._replace(query=urlencode([*kept, *more.items()], safe=",/"), fragment=""))
