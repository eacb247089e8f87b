"""Which address a poll asks: the one place that knows where each kind of source has its list. Pure.

channel NAME    ->  https://t.me/s/NAME
WordPress site  ->  SITE/wp-json/wp/v2/posts?per_page=50&_fields=...
every other     ->  its own address
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scraper.model import Source

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
