"""What kind of source an answer gives itself away as: by its first bytes and the names in it, without parsing. Pure."""

from __future__ import annotations

import re

from scraper.model import Kind

_HEAD = 4_000
_SITEMAP = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,20}:)?(?:urlset|sitemapindex)[\s>]")
_CHANNEL = re.compile(
    rb"""class=["'][^"'<>]{0,200}\b(?:tgme_widget_message|tgme_channel_info|tgme_channel_history)\b"""
)
_POSTS = re.compile(rb'"(?:guid|title|content|excerpt)"\s*:\s*\{\s*(?:"raw"[^{}]{0,2000}?)?"rendered"')


def kind(body: bytes) -> Kind | None:
    """The kind of source whose answer `body` looks like; None where it may be a feed, a listing or an article."""
    if body.startswith(b"\x1f\x8b"):
        return "sitemap"  # a fetch unpacks what is packed for the way; this was packed before
    start = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        if b"jsonfeed.org" in start:
            return "feed"
        return "wordpress" if _POSTS.search(body, 0, 200_000) else "json"
    if _SITEMAP.search(start):
        return "sitemap"
    return "channel" if start.startswith(b"<") and _CHANNEL.search(body, 0, 300_000) else None
