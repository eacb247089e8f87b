"""A site on loopback that published one statement an hour and shows them page by page, as each kind of source does it.

`/atom` links its next page (RFC 5005), `/bare` is the same feed without such links, `/list` is a listing with "older" links,
`/api` JSON that names its next page, `/s/c` the preview of a channel with `?before=`, `/wp-json/wp/v2/posts` WordPress with
`&page=` and `&modified_after=`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from tests.fake_site import Asked, FakeSite

START = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


@dataclass
class ArchiveSite(FakeSite):
    """`last` is the number of the newest statement, `size` how many stand on a page, `edits` the new words of old ones."""

    last: int = 10
    size: int = 5
    edits: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    dated: bool = True
    moved: str = ""
    """What stands before every path and every id, once the site was rebuilt."""
    broken: frozenset[str] = frozenset()
    """Paths with their query that answer 500."""

    def said(self, number: int) -> str:
        """What statement `number` says: every one names the watched actor."""
        edited = self.edits.get(number)
        return edited[0] if edited else f"Qais al-Khazali spoke of matter number S{number:05d} at some length"

    def at(self, number: int) -> datetime:
        """When it was published: an hour after the one before; number 10 at START."""
        return START + timedelta(hours=number - 10)

    def _page(self, asked: Asked) -> tuple[int, bytes]:
        parts = urlsplit(asked.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if asked.path in self.broken:
            return 500, b"no"
        page = int(query.get("page", "1"))
        newest = self.last - (page - 1) * self.size
        shown = [number for number in range(newest, newest - self.size, -1) if number > 0]
        match parts.path:
            case "/atom" | "/bare":
                return 200, self._atom(shown, page if parts.path == "/atom" else None).encode()
            case "/list":
                return 200, self._list(shown, page).encode()
            case "/api":
                return 200, self._api(shown, page).encode()
            case "/s/c":
                return 200, self._channel(int(query.get("before", self.last + 1))).encode()
            case "/wp-json/wp/v2/posts":
                return self._wordpress(query, page)
        return super()._page(asked)

    def _atom(self, shown: list[int], page: int | None) -> str:
        older = f"<link rel='next' href='/atom?page={page + 1}'/>" if page and shown and shown[-1] > 1 else ""
        entries = "".join(
            f"<entry><id>urn:{self.moved}{n}</id><title>{self.said(n)}</title><link href='{self.moved}/a/{n}'/>"
            + (f"<published>{self.at(n).isoformat()}</published>" if self.dated else "")
            + "</entry>"
            for n in shown
        )
        return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>{older}{entries}</feed>"

    def _list(self, shown: list[int], page: int) -> str:
        rows = "".join(f"<li><a href='/a/{n}'><h3>{self.said(n)}</h3></a></li>" for n in shown)
        older = f"<a rel='next' href='/list?page={page + 1}'>older</a>" if shown and shown[-1] > 1 else ""
        return f"<html><head><title>Statements</title></head><body><ul class='news'>{rows}</ul>{older}</body></html>"

    def _api(self, shown: list[int], page: int) -> str:
        posts = [{"id": n, "title": self.said(n), "published_at": self.at(n).isoformat()} for n in shown]
        older = {"next": f"/api?page={page + 1}"} if shown and shown[-1] > 1 else {}
        return json.dumps({"data": {"posts": posts}, "links": older})

    def _channel(self, before: int) -> str:
        shown = [number for number in range(before - self.size, before) if number > 0]
        more = f"<a class='tme_messages_more' data-before='{shown[0]}'></a>" if shown and shown[0] > 1 else ""
        messages = "".join(
            f"<div class='tgme_widget_message_wrap'><div class='tgme_widget_message' data-post='c/{n}'>"
            f"<div class='tgme_widget_message_text js-message_text'>{self.said(n)}</div>"
            f"<a class='tgme_widget_message_date' href='https://t.me/c/{n}'><time datetime='{self.at(n).isoformat()}'></time></a>"
            "</div></div>"
            for n in shown
        )
        return f"<html><body><section class='tgme_channel_history'>{more}{messages}</section></body></html>"

    def _wordpress(self, query: dict[str, str], page: int) -> tuple[int, bytes]:
        if "modified_after" in query:
            since = datetime.fromisoformat(query["modified_after"].replace("Z", "+00:00"))
            shown = [number for number, (_, at) in self.edits.items() if at > since]
        else:
            newest = self.last - (page - 1) * self.size
            shown = [number for number in range(newest, newest - self.size, -1) if number > 0]
        if page > 1 and not shown:
            return 400, json.dumps({"code": "rest_post_invalid_page_number", "message": "no such page"}).encode()
        posts = [
            {
                "id": n, "guid": {"rendered": f"{self.origin}/?p={n}"}, "link": f"{self.origin}/a/{n}",
                "title": {"rendered": self.said(n)}, "content": {"rendered": f"<p>{self.said(n)}.</p>"},
                "date_gmt": self.at(n).strftime("%Y-%m-%dT%H:%M:%S"),
                "modified_gmt": self.edits.get(n, ("", self.at(n)))[1].strftime("%Y-%m-%dT%H:%M:%S"),
            }
            for n in shown
        ]  # fmt: skip
        return 200, json.dumps(posts).encode()
