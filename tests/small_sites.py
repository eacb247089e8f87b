"""Small hand-made sites for tests, one for each kind of source: the same statements, published in the form of that kind.

stage = Stage("rss", site, folder, clock)
stage.publish([Said(2, "A headline", "Its text"), Said(1, ...)])       the newest first
stage.redesign()                                                      what the site is after somebody rebuilt it
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from scraper import endpoint
from scraper.model import Fields, Select, Source
from tests.fake_site import FakeSite
from tests.street import Clock, local
from tests.test_channel import preview
from tests.test_sitemap import urlset

KINDS = (
    "rss", "atom", "rdf", "json-feed", "listing", "listing-selectors", "sitemap", "news-sitemap", "wordpress", "channel", "json",
    "page", "directory",
)  # fmt: skip

SHELL = (
    "<html><head><title>The new site</title></head><body><div id=app></div><script src=/app.js></script></body></html>"
)


@dataclass(frozen=True)
class Said:
    """One statement of a site."""

    number: int
    title: str
    text: str = "What was said about it is told here calmly, and at some length, by people who were there."


@dataclass
class Stage:
    """A site of one kind, and the source that watches it."""

    kind: str
    site: FakeSite
    folder: Path
    clock: Clock
    shown: tuple[Said, ...] = ()

    @property
    def source(self) -> Source:
        """The source as a configuration would give it."""
        origin, name = self.site.origin, "s"
        match self.kind:
            case "rss" | "atom" | "rdf" | "json-feed":
                return local(name, f"{origin}/feed")
            case "listing":
                return local(name, f"{origin}/press", kind="listing")
            case "listing-selectors":
                return local(name, f"{origin}/press", kind="listing", select=Select("ul.news > li", "a@href", "h3"))
            case "sitemap":  # whose pages are all that tells what they say
                return local(name, f"{origin}/map.xml", kind="sitemap", full_text=True, newer_than=timedelta(days=2))
            case "news-sitemap":
                return local(name, f"{origin}/map.xml", kind="sitemap", newer_than=timedelta(days=2))
            case "wordpress":
                return local(name, f"{origin}/", kind="wordpress")
            case "channel":
                return local(name, f"{origin}/s/c", kind="channel", channel="channel")
            case "json":
                fields = Fields(id="n", link="at", title="head", body="said")
                return local(name, f"{origin}/api", kind="json", items="data.posts", fields=fields)
            case "page":
                return local(name, f"{origin}/about", kind="page", watch="main")
            case _:
                inbox = self.folder / "inbox"
                return Source(
                    id=name, kind="directory", url=inbox.as_uri(), path=str(inbox), glob="*.txt", language="en"
                )

    def publish(self, said: Sequence[Said]) -> None:
        """The list as it is now, the newest first, and a page for each statement; pages of others answer 404."""
        for gone in self.shown:
            self.site.pages[f"/press/{gone.number}-it.html"] = 404
        self.shown = tuple(said)
        for one in said:
            self.site.pages[f"/press/{one.number}-it.html"] = (
                f"<html lang=en><head><title>{one.title}</title></head><body><article><h1>{one.title}</h1>"
                f"<p>{f'{one.text} ' * 4}</p></article></body></html>"
            )
        match self.kind:
            case "rss":
                self.site.pages["/feed"] = _rss(self, said)
            case "atom":
                self.site.pages["/feed"] = _atom(self, said)
            case "rdf":
                self.site.pages["/feed"] = _rdf(self, said)
            case "json-feed":
                self.site.pages["/feed"] = _json_feed(self, said)
            case "listing" | "listing-selectors":
                self.site.pages["/press"] = _listing(said)
            case "sitemap" | "news-sitemap":
                self.site.pages["/map.xml"] = _sitemap(self, said, news=self.kind == "news-sitemap")
            case "wordpress":
                address = endpoint.address(self.source)
                self.site.pages[address.removeprefix(self.site.origin)] = _posts(self, said)
            case "channel":
                self._preview(said)
            case "json":
                posts = [{"n": one.number, "at": self._page(one), "head": one.title, "said": one.text} for one in said]
                self.site.pages["/api"] = json.dumps({"data": {"posts": posts}})
            case "page":
                rows = "".join(f"<p>{one.title}. {one.text}</p>" for one in said)
                self.site.pages["/about"] = (
                    f"<html><head><title>The office</title></head><body><main>{rows}</main></body></html>"
                )
            case _:
                self._files(said)

    def redesign(self) -> None:
        """The site is rebuilt: the address answers, and what it answers is no longer of its kind."""
        path = {"wordpress": endpoint.address(self.source).removeprefix(self.site.origin), "channel": "/s/c"}.get(
            self.kind, self.source.url.removeprefix(self.site.origin)
        )
        match self.kind:
            case "directory":
                shutil.rmtree(self.folder / "inbox")
            case "json":
                self.site.pages[path] = json.dumps({"results": {"entries": [{"key": 1}]}})
            case "channel":  # what Telegram shows of a channel whose preview was switched off
                self.site.pages[path] = (
                    '<html><body><div class="tgme_page"><div class="tgme_page_title">c</div></div></body></html>'
                )
            case _:
                self.site.pages[path] = SHELL

    def _page(self, one: Said) -> str:
        return f"{self.site.origin}/press/{one.number}-it.html"

    def at(self, one: Said) -> datetime:
        """When a statement is said to have been published: a minute apart, the number says the order."""
        return datetime.fromisoformat("2026-06-20T08:00:00+00:00") + timedelta(minutes=one.number)

    def _preview(self, said: Sequence[Said]) -> None:
        messages = [(f"c/{one.number}", f"{one.title}<br>{one.text}") for one in reversed(said)]
        self.site.pages["/s/c"] = preview(*messages)
        for number in range(1, 20):
            self.site.pages[f"/c/{number}?embed=1&mode=tme"] = (
                '<html><body><div class="tgme_widget_message_error">Post not found</div></body></html>'
            )
        for guid, text in messages:
            self.site.pages[f"/{guid}?embed=1&mode=tme"] = preview((guid, text))

    def _files(self, said: Sequence[Said]) -> None:
        inbox = self.folder / "inbox"
        inbox.mkdir(exist_ok=True)
        wanted = {f"{one.number}.txt": f"{one.title}\n\n{one.text}\n" for one in said}
        for file in inbox.iterdir():
            if file.name not in wanted:
                file.unlink()
        for name, text in wanted.items():
            file = inbox / name
            if not file.exists() or file.read_text("utf-8") != text:
                file.write_text(text, "utf-8")
                moment = self.clock.now.timestamp() - 60
                os.utime(file, (moment, moment))


def _rss(stage: Stage, said: Sequence[Said]) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>id-{one.number}</guid><title>{escape(one.title)}</title><link>{stage._page(one)}</link>"
        f"<pubDate>{stage.at(one):%a, %d %b %Y %H:%M:%S} +0000</pubDate><description>{escape(one.text)}</description></item>"
        for one in said
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Press</title>{items}</channel></rss>"


def _atom(stage: Stage, said: Sequence[Said]) -> str:
    entries = "".join(
        f"<entry><id>urn:x:{one.number}</id><title>{escape(one.title)}</title><link href='{stage._page(one)}'/>"
        f"<published>{stage.at(one).isoformat()}</published><updated>{stage.at(one).isoformat()}</updated>"
        f"<summary>{escape(one.text)}</summary></entry>"
        for one in said
    )
    return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Press</title><id>urn:x</id>{entries}</feed>"


def _rdf(stage: Stage, said: Sequence[Said]) -> str:
    items = "".join(
        f"<item rdf:about='{stage._page(one)}'><title>{escape(one.title)}</title><link>{stage._page(one)}</link>"
        f"<description>{escape(one.text)}</description><dc:date>{stage.at(one).isoformat()}</dc:date></item>"
        for one in said
    )
    return (
        "<?xml version='1.0'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns='http://purl.org/rss/1.0/'>"
        f"<channel rdf:about='x'><title>Press</title></channel>{items}</rdf:RDF>"
    )


def _json_feed(stage: Stage, said: Sequence[Said]) -> str:
    rows: list[dict[str, Any]] = [
        {"id": f"{one.number}", "url": stage._page(one), "title": one.title, "content_text": one.text,
         "date_published": stage.at(one).isoformat()}
        for one in said
    ]  # fmt: skip
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Press", "items": rows})


def _listing(said: Sequence[Said]) -> str:
    rows = "".join(f'<li><h3><a href="/press/{one.number}-it.html">{escape(one.title)}</a></h3></li>' for one in said)
    return f"<html><head><title>Press</title></head><body><ul class=news>{rows}</ul></body></html>"


def _sitemap(stage: Stage, said: Sequence[Said], *, news: bool) -> str:
    rows = []
    for one in said:
        at = stage.at(one).isoformat()
        told = (
            f"<news:news><news:publication_date>{at}</news:publication_date><news:title>{escape(one.title)}</news:title></news:news>"
            if news
            else ""
        )
        rows.append(f"<loc>{stage._page(one)}</loc><lastmod>{at}</lastmod>{told}")
    return urlset(*rows)


def _posts(stage: Stage, said: Sequence[Said]) -> str:
    rows = []
    for one in said:
        stamp = f"{stage.at(one):%Y-%m-%dT%H:%M:%S}"
        rows.append({
            "id": one.number, "guid": {"rendered": f"{stage.site.origin}/?p={one.number}"}, "link": stage._page(one),
            "title": {"rendered": escape(one.title)}, "content": {"rendered": f"<p>{escape(one.text)}</p>"},
            "excerpt": {"rendered": ""}, "date_gmt": stamp, "modified_gmt": stamp,
        })  # fmt: skip
    return json.dumps(rows)
