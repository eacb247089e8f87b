"""One more chapter of the second hostile server (`hostile_more.py`): identities that steal, articles that cost, previews, posts, titles."""

# ruff: noqa: E501 - what a site says stands whole, one answer to a line
from __future__ import annotations

import asyncio
import gzip
import json
import struct
from typing import Any

from tests.hostile_more import BROKEN, LATE, MIB, STOPPED, Table, answer, feed

READ = ("ok", "suspect", "empty", "parse_error", "too_complex", "too_large")
"""What a list may come to that is strange and harms nobody."""
LONG: dict[str, Any] = {"bound": "queue", "extra_mb": 128}


def fresh(t: Table) -> None:
    """Kinds that nobody had tried."""
    _carried(t)
    _astray(t)
    _feeds(t)
    _identities(t)
    _articles(t)
    _previews(t)
    _posts(t)
    _titles(t)


def _member(extra: bytes) -> bytes:
    """A member of a gzip file that holds nothing but a field of its own (RFC 1952 section 2.3)."""
    return b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H", len(extra)) + extra + b"\x03\0" + bytes(8)


def _carried(t: Table) -> None:
    """How an answer comes."""
    good = feed(t.server)
    blocks = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + b"\0\0\0\xff\xff" * 1_900_000
    t.wire(
        "/size/blocks-of-nothing",
        (*STOPPED, "incomplete", "decode_error"),
        answer(blocks, "Content-Encoding: gzip"),
        statements=0,
        **LONG,
    )
    t.wire(
        "/size/members-of-fields",
        STOPPED,
        answer(_member(bytes(65_000)) * 150, "Content-Encoding: gzip"),
        statements=0,
        **LONG,
    )
    t.wire(
        "/size/fields-then-a-feed",
        ("ok", "decode_error"),
        answer(_member(bytes(65_000)) * 3 + gzip.compress(good), "Content-Encoding: gzip"),
    )
    t.wire(
        "/broken/switches-protocols",
        (*BROKEN, "http_error"),
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n" + good,
        statements=0,
    )
    t.wire(
        "/broken/asks-for-an-upgrade",
        ("http_error", *BROKEN),
        answer(good, "Upgrade: h2c", "Connection: Upgrade", status="426 Upgrade Required"),
        statements=0,
    )
    t.wire(
        "/broken/part-called-whole",
        ("ok", "incomplete", "suspect"),
        answer(good, "Content-Range: bytes 0-99/99999"),
        statements=2,
    )
    parts = b"--x\r\nContent-Type: text/xml\r\nContent-Range: bytes 0-9/99\r\n\r\n" + good + b"\r\n--x--"
    t.wire(
        "/broken/parts",
        ("http_error", "incomplete", "protocol_error", "suspect"),
        answer(parts, "Content-Type: multipart/byteranges; boundary=x", status="206 x"),
        statements=0,
    )

    @t.case("/slow/blocks-of-nothing", LATE, statements=0, bound="deadline")
    async def _(c: Any) -> None:
        """Packed and never wrong: an empty block now and then."""
        await c.raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\x02\xff")
        while not c.over:
            await c.raw(b"\0\0\0\xff\xff")
            await asyncio.sleep(0.2)


def _astray(t: Table) -> None:
    """Addresses that are our own, and are not said to be."""
    for name, host in {
        "compatible": "[::127.0.0.1]", "mapped-long": "[0:0:0:0:0:ffff:7f00:0001]", "mapped-short": "[::ffff:127.1]", "wrapped-number": "6425673729", "mixed-notations": "0x7f.0.0.01", "negative": "-2130706433",
        "thai-digits": "\u0e51\u0e52\u0e57.\u0e50.\u0e50.\u0e51", "mathematical-digits": "\U0001d7cf\U0001d7d0\U0001d7d5.\U0001d7ce.\U0001d7ce.\U0001d7cf", "name-of-six": "ip6-localhost", "localdomain": "localhost.localdomain", "below-localhost": "a.b.localhost",
        "capital-localhost": "LOCALHOST", "half-circled": "loc\u24d0lhost", "cyrillic-localhost": "l\u043ecalh\u043est", "two-dots-after": "127.0.0.1..", "fraction": "127.0.0.1\u2044x", "percent-digits": "%31%32%37.0.0.1",
    }.items():  # fmt: skip
        where = f"http://{host}:DECOY/".encode().decode("latin-1")
        t.redirect(f"/ssrf/fresh-{name}", where, right=("blocked", "network_error", "http_error", "protocol_error"))
    t.redirect("/redirect/fresh-broken-line", "/nowhere%0d%0aX-Evil:%201", right=("http_error", "blocked"), requests=4)
    t.wire(
        "/redirect/fresh-wide-letters",
        (*BROKEN, "http_error", "blocked"),
        b"HTTP/1.1 302 x\r\nLocation: " + "http://127.0.0.1/".encode("utf-16") + b"\r\n\r\n",
        statements=0,
    )
    good = feed(t.server)

    @t.case("/ssrf/fresh-link-headers", "ok", statements=2)
    async def _(c: Any) -> None:
        d = f"http://127.0.0.1:{c.server.decoy_port}"
        links = ", ".join(
            f'<{d}/{rel}>; rel="{rel}"'
            for rel in ("next", "self", "hub", "preload", "preconnect", "alternate", "canonical", "icon")
        )
        await c.body(
            good,
            ctype="application/rss+xml",
            Link=links,
            Content_Location=f"{d}/l",
            Refresh=f"0; url={d}/r",
            X_Pingback=f"{d}/p",
            Report_To=f'{{"url":"{d}/t"}}',
        )

    @t.case("/ssrf/fresh-includes", ("ok", "parse_error"))
    async def _(c: Any) -> None:
        d = f"http://127.0.0.1:{c.server.decoy_port}"
        head = f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{d}/s.xsl"?><?xml-model href="{d}/m.rng"?>'
        inside = f'<item><title>Statement <xi:include href="file:///etc/hostname" parse="text"/><xi:include href="{d}/i"/></title><link>http://site.invalid/i</link></item>'
        await c.body(
            f'{head}<rss version="2.0" xmlns:xi="http://www.w3.org/2001/XInclude" xsi:schemaLocation="x {d}/x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><channel>{inside}</channel></rss>',
            ctype="application/rss+xml",
        )

    @t.case("/ssrf/fresh-article-heads", "ok", table="full_text = true", statements=2, polls=2, asked="/head-article")
    async def _(c: Any) -> None:
        rows = [t.server.item("Quiet first item", "http://site.invalid/first", "first")]
        rows += [t.server.item("Statement with a head", f"http://{c.headers['host']}/head-article", "a")] if c.n else []
        await c.rss(t.server.rss(rows))

    @t.also("/head-article")
    async def _(c: Any) -> None:
        d = f"http://127.0.0.1:{c.server.decoy_port}"
        rels = "".join(
            f'<link rel="{rel}" href="{d}/{rel}">'
            for rel in (
                "canonical",
                "amphtml",
                "prefetch",
                "preload",
                "next",
                "manifest",
                "dns-prefetch",
                "alternate",
                "oembed",
            )
        )
        await c.body(
            f'<html><head><base href="{d}/"><meta http-equiv="refresh" content="0;url={d}/r"><meta property="og:url" content="{d}/o">{rels}</head><body><article><h1>Statement</h1><p>{"Said at length. " * 40}</p><iframe src="{d}/f"></iframe></article></body></html>'
        )


def _feeds(t: Table) -> None:
    """Feeds that are nearly right."""
    s = t.server
    for name, coding in (
        ("utf-7", "utf-7"),
        ("idna", "idna"),
        ("long", "x" * 100_000),
        ("controls", "utf-8\x00\x1b[31m"),
        ("utf-16-said", "utf-16"),
    ):
        told = s.rss(s.plain_items(2)).replace('encoding="utf-8"', f'encoding="{coding}"').encode()
        t.wire(
            f"/charset/fresh-declared-{name}",
            ("ok", "parse_error", "decode_error"),
            answer(told, "Content-Type: text/xml"),
        )
    value = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "x\ud800",
        "items": [
            {
                "id": "\udfff",
                "url": "http://site.invalid/\ud83d",
                "title": "\ud800Statement\udfff of halves",
                "content_text": "\ud83d" * 5_000,
            }
        ],
    }
    t.wire(
        "/feed/fresh-halves-of-letters",
        ("ok", "parse_error"),
        answer(json.dumps(value).encode(), "Content-Type: application/feed+json"),
    )
    doubles = (
        b'{"version":"https://jsonfeed.org/version/1.1","items":['
        + b'{"id":"1","title":"Statement",'
        + b'"title":"Other",' * 200_000
        + b'"url":"http://site.invalid/1"}]}'
    )
    t.wire("/feed/fresh-doubled-keys", READ, answer(doubles, "Content-Type: application/feed+json"), **LONG)
    escaped = "&" + "amp;" * 200_000 + "lt;b>Statement"
    t.wire(
        "/feed/fresh-escaped-again-and-again",
        READ,
        answer(s.rss([s.item(escaped, "http://site.invalid/e", "e", desc=escaped)]).encode()),
        **LONG,
    )
    bases = (
        '<feed xmlns="http://www.w3.org/2005/Atom">'
        + "".join(
            f'<entry xml:base="{"../" * 9_000}"><id>u:{i}</id><title>Statement {i}</title><link href="{"../" * 9_000}x{i}"/></entry>'
            for i in range(100)
        )
        + "</feed>"
    )
    t.wire("/feed/fresh-bases", READ, answer(bases.encode(), "Content-Type: application/atom+xml"), **LONG)
    langs = s.rss(
        [f'<item xml:lang="{"x-" * 20_000}"><title>Statement</title><link>http://site.invalid/l</link></item>']
    ).encode()
    t.wire("/feed/fresh-language-of-nowhere", ("ok", "parse_error"), answer(langs), statements=1)
    t.wire(
        "/sitemap/fresh-times",
        READ,
        answer(
            (
                "<urlset>"
                + "".join(
                    f"<url><loc>http://site.invalid/{i}</loc><lastmod>{'2025-06-20T' * 3_000}</lastmod></url>"
                    for i in range(200)
                )
                + "</urlset>"
            ).encode(),
            "Content-Type: application/xml",
        ),
        kind="sitemap",
        **LONG,
    )

    @t.case("/sitemap/fresh-bomb-behind", READ, kind="sitemap", statements=0, requests=30, **LONG)
    async def _(c: Any) -> None:
        files = "".join(
            f"<sitemap><loc>http://{c.headers['host']}/bomb-file-{i}.xml.gz</loc></sitemap>" for i in range(12)
        )
        await c.body(f"<sitemapindex>{files}</sitemapindex>", ctype="application/xml")

    bomb = gzip.compress(b"<urlset>" + b" " * 64 * MIB, 9)
    for number in range(12):

        async def told_bomb(c: Any) -> None:
            await c.body(bomb, ctype="application/gzip")

        t.also(f"/bomb-file-{number}.xml.gz")(told_bomb)


def _identities(t: Table) -> None:
    """Items that take another's name."""
    s = t.server

    def polled(name: str, polls: int, statements: int | None, make: Any, **known: Any) -> None:
        async def told(c: Any) -> None:
            await c.rss(make(c.n))

        t.case(f"/feed/fresh-{name}", ("ok", "suspect"), polls=polls, statements=statements, **known)(told)

    link = "http://site.invalid/s/{}".format
    polled(
        "guid-of-the-next",
        3,
        10,
        lambda n: s.rss(
            [
                s.item(f"Statement of the day {i}", link(i), link((i + 1) % 10), desc=f"Words of number {i}")
                for i in range(10)
            ]
        ),
    )
    polled(
        "guid-crossed",
        3,
        10,
        lambda n: s.rss(
            [
                s.item(f"Statement of the day {i}", link((i + n) % 10), f"g{i}", desc=f"Words of number {i}")
                for i in range(10)
            ]
        ),
        alerts_max=1,
    )
    polled(
        "all-lead-home",
        3,
        10,
        lambda n: s.rss(
            [
                s.item(f"Statement of the day {i}", "http://site.invalid/", f"h{i}", desc=f"Words of number {i}")
                for i in range(10)
            ]
        ),
    )
    thief = s.item("Khazali threatens with war", link(2), "k1", desc="Words that nobody has said before today")
    polled(
        "stolen-names",
        2,
        None,
        lambda n: s.rss(
            [
                *([thief] if n else []),
                *(s.item(f"Statement of the day {i}", link(i), f"k{i}", desc=f"Words of number {i}") for i in range(5)),
            ]
        ),
        matched=1,
        alerts_max=3,
    )
    polled(
        "same-title-in-all",
        3,
        10,
        lambda n: s.rss(
            [
                s.item(
                    "Statement of the day",
                    link(i),
                    f"t{i}",
                    desc=f"Quite other words stand in number {i}, which are its own",
                )
                for i in range(10)
            ]
        ),
    )
    polled(
        "guids-of-spaces",
        3,
        5,
        lambda n: s.rss(
            [s.item(f"Statement of the day {i}", None, " " * (i + n), desc=f"Words of number {i}") for i in range(5)]
        ),
    )
    polled(
        "guids-of-all-letters",
        3,
        6,
        lambda n: s.rss(
            [
                s.item(f"Statement of the day {i}", None, one, desc=f"Words of number {i}")
                for i, one in enumerate(("%", "_", "' OR 1=1 --", "\u202eabc", "../../x", "null"))
            ]
        ),
    )


def _articles(t: Table) -> None:
    """Articles that cost whoever reads them."""
    s = t.server

    def said(name: str) -> str:
        """Words that no other of them has."""
        return "<p>" + " ".join(f"{name}{i} and {i * 7}{name}." for i in range(60)) + "</p>"

    inside: dict[str, str] = {
        "small-paragraphs": "<p>A line.</p>" * 60_000, "breaks": "<p>" + "a<br>" * 300_000 + "</p>", "nested-words": "<div>Words " * 800 + "</div>" * 800, "tables": "<table><tr><td>Cell</td></tr></table>" * 20_000,
        "times": "<time datetime='2025-06-20T10:00:00Z'>20 June 2025</time> " * 60_000, "half-links": "<p>Words <a href='/x'>a link</a> and words.</p>" * 30_000, "lists": "<ul><li>One</li></ul>" * 40_000, "spans": "<p>" + "<span>a</span> " * 200_000 + "</p>",
        "headlines": "<h1>Statement</h1>" * 50_000, "quotes": "<blockquote><p>Said so.</p></blockquote>" * 30_000, "days": "<p>20 June 2025, 7 hours ago, Friday</p>" * 20_000, "one-word": "<p>" + "a" * 3 * MIB + "</p>", "captions": "<figure><img><figcaption>Seen</figcaption></figure>" * 30_000,
        "comments": "<p>Words<!-- -- --><!-- x --></p>" * 50_000, "classes": "".join(f"<div class='c{i} d{i} e{i}'>Words</div>" for i in range(40_000)), "bylines": "<p class='byline'>By A Writer and B Other</p>" * 30_000, "readmore": "<p>Read more: a</p><p>Follow us on</p><p>Share</p>" * 15_000,
    }  # fmt: skip
    heads: dict[str, str] = {
        "json-ld-body": '<script type="application/ld+json">' + json.dumps({"@type": "NewsArticle", "headline": "x", "articleBody": "Words. " * 500_000}) + "</script>",
        "many-metas": "<meta property='article:published_time' content='2025-06-20T10:00:00Z'>" * 40_000, "title-of-parts": "<title>" + "Ministry - News | " * 20_000 + "</title>", "title-of-dots": "<title>" + "..." * 100_000 + " - x</title>",
        "title-of-brackets": "<title>" + "(" * 100_000 + "\u00ab" * 100_000 + "</title>", "title-of-spaces": "<title>a" + " " * 300_000 + "- b" + "\u00a0" * 300_000 + "| c</title>", "description": f"<meta name='description' content='{'Words and ' * 200_000}'>",
        "nested-json-ld": '<script type="application/ld+json">' + '{"@graph":[' * 5_000 + "]}" * 5_000 + "</script>", "style": "<style>" + "/* 2025-06-20 */ a{b:c}" * 100_000 + "</style>", "script-days": "<script>var a=[" + '"2025-06-20T10:00:00Z",' * 100_000 + "]</script>",
    }  # fmt: skip
    pages = {
        name: f"<html><head><title>Statement</title></head><body><article><h1>Statement</h1>{said(name)}{one}</article></body></html>"
        for name, one in inside.items()
    }
    pages |= {
        name: f"<html><head>{one}</head><body><article><h1>Statement</h1>{said(name) * 3}</article></body></html>"
        for name, one in heads.items()
    }
    for name, whole in pages.items():

        async def told(c: Any, name: str = name) -> None:
            """The article of what stood there at first is not asked for: this one is new at the second poll."""
            rows = [s.item("Quiet first item", "http://site.invalid/first", "first")]
            title = f"{name} {name[::-1]} Khazali"  # another story than the others
            rows += [s.item(title, f"http://{c.headers['host']}/costly-{name}", "a")] if c.n else []
            await c.rss(s.rss(rows))

        async def article(c: Any, whole: str = whole) -> None:
            await c.body(whole)

        known = LONG | {"statements": 2, "matched": 1, "alerts_max": 2, "polls": 2, "asked": f"/costly-{name}"}
        t.case(f"/html/fresh-article-{name}", "ok", table="full_text = true", **known)(told)
        t.also(f"/costly-{name}")(article)


def _previews(t: Table) -> None:
    """The preview of a channel, as somebody else would write it."""
    message = '<div class="tgme_widget_message" data-post="{post}"><div class="tgme_widget_message_text">{text}</div><a class="tgme_widget_message_date" href="{link}"><time datetime="{time}"></time></a></div>'

    def preview(name: str, inside: str, right: tuple[str, ...] = READ, **known: Any) -> None:
        whole = f'<html><body><div class="tgme_channel_info_header_title">Channel</div><section class="tgme_channel_history">{inside}</section></body></html>'
        t.wire(
            f"/channel/{name}",
            right,
            answer(whole.encode("utf-8", "surrogatepass"), "Content-Type: text/html; charset=utf-8"),
            kind="channel",
            table='channel = "group"',
            **known,
        )

    def one(
        post: str,
        text: str = "Statement of the group",
        link: str = "https://t.me/a/1",
        time: str = "2025-06-20T10:00:00+00:00",
    ) -> str:
        return message.format(post=post, text=text, link=link, time=time)

    preview(
        "many-texts",
        '<div class="tgme_widget_message" data-post="a/1">'
        + "".join(f'<div class="tgme_widget_message_text">Words {i}</div>' for i in range(60_000))
        + "</div>",
        **LONG,
    )
    preview(
        "nested-messages",
        "".join(
            f'<div class="tgme_widget_message" data-post="a/{i}"><div class="tgme_widget_message_text">Words {i}'
            for i in range(400)
        ),
        **LONG,
    )
    preview("many-messages", "".join(one(f"a/{i}", f"Statement {i}") for i in range(30_000)), **LONG)
    preview(
        "odd-posts",
        "".join(
            one(post, f"Statement {i}")
            for i, post in enumerate(
                ("a/99999999999999999999", "../../1", "a/\u0661", "a/1\x00", "a/-1", "a", "", "b/2")
            )
        ),
        statements=2,
    )
    preview(
        "odd-links",
        "".join(
            one(f"a/{i}", f"Statement {i}", link)
            for i, link in enumerate(
                (
                    "javascript:alert(1)",
                    "tg://resolve?domain=x",
                    "//127.0.0.1:1/",
                    "http://[::1",
                    "https://t.me@evil.invalid/",
                    "data:,x",
                )
            )
        ),
        ("ok",),
        statements=6,
    )
    preview(
        "odd-times",
        "".join(
            one(f"a/{i}", f"Statement {i}", time=time)
            for i, time in enumerate(
                (
                    "99999-01-01",
                    "2025-06-20T25:61:61",
                    "0001-01-01T00:00:00+23:59",
                    "9999-12-31T23:59:59-23:59",
                    "now",
                    "1" * 5_000,
                )
            )
        ),
        ("ok",),
        statements=6,
    )
    preview("breaks", one("a/1", "<br>" * 400_000 + "Statement"), **LONG)
    preview(
        "older-is-itself",
        one("a/5") + '<a class="tme_messages_more" data-before="5" href="?before=5">',
        ("ok",),
        statements=1,
        requests=40,
    )


def _posts(t: Table) -> None:
    """The REST API of WordPress, as no WordPress would answer."""
    row = {
        "id": 1,
        "link": "http://site.invalid/1",
        "title": {"rendered": "Statement"},
        "date_gmt": "2025-06-20T10:00:00",
    }

    def posts(name: str, value: Any, right: tuple[str, ...] = READ, *headers: str, **known: Any) -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        t.wire(
            f"/wordpress/{name}/wp-json/wp/v2/posts",
            right,
            answer(body, "Content-Type: application/json", *headers),
            kind="wordpress",
            **known,
        )

    def nested(depth: int) -> Any:
        made: Any = "Statement"
        for _ in range(depth):
            made = {"rendered": made}
        return made

    posts("nested", [row | {"title": nested(300)}])
    posts(
        "odd-values",
        [
            row | {"title": value, "link": f"http://site.invalid/{i}", "id": i}
            for i, value in enumerate[Any]((None, 1, True, [], {}, [[]], {"rendered": None}, {"rendered": [1]}, 1e300))
        ],
    )
    posts(
        "odd-links",
        [
            row | {"link": value, "id": i, "title": {"rendered": f"Statement {i}"}}
            for i, value in enumerate[Any](
                ("javascript:1", "//", "http://", "http://[::1", None, 7, ["http://x.invalid/"], {"a": 1})
            )
        ],
    )
    posts(
        "odd-dates",
        [
            row | {"date_gmt": value, "date": value, "modified_gmt": value, "link": f"http://site.invalid/{i}", "id": i}
            for i, value in enumerate[Any](
                (
                    "0000-00-00T00:00:00",
                    "99999-01-01T00:00:00",
                    1e18,
                    None,
                    [],
                    "2025-06-20T10:00:00+99:99",
                    "T" * 9_999,
                )
            )
        ],
    )
    posts(
        "more-pages-than-there-are",
        [row],
        ("ok",),
        "X-WP-TotalPages: 999999999999999999999",
        "X-WP-Total: -1",
        statements=1,
        requests=40,
    )
    posts(
        "pages-of-words",
        [row],
        ("ok",),
        "X-WP-TotalPages: \u0661\u0662".encode().decode("latin-1"),
        statements=1,
        requests=40,
    )
    posts("deep", b"[" * 100_000 + b"]" * 100_000, **LONG)
    posts(
        "people",
        [row | {"_embedded": {"author": [{"name": {"name": "x"}}, None, 5, {"name": "A" * 100_000}] * 500}}],
        **LONG,
    )


def _titles(t: Table) -> None:
    """Words that are long in a way that somebody has to look through."""
    s = t.server

    def two(name: str, rows: list[tuple[str, str]], **known: Any) -> None:
        async def told(c: Any) -> None:
            items = [s.item("Quiet first item", "http://site.invalid/first", "first")]
            if c.n:
                items += [
                    s.item(s.esc(title), f"http://site.invalid/w/{i}", f"w{i}", desc=s.esc(text))
                    for i, (title, text) in enumerate(rows)
                ]
            await c.rss(s.rss(items))

        t.case(
            f"/text/fresh-{name}", "ok", polls=2, statements=1 + len(rows), **(LONG | {"alerts_max": len(rows)} | known)
        )(told)

    two(
        "giant-tokens",
        [
            ("khazali" * 20_000, "a"),
            ("\u0642\u064a\u0633" + "\u0640" * 100_000, "b"),
            ("al-" * 50_000 + "Khazali", "c"),
            ("1" * 100_000, "d"),
            ("\u200d" * 50_000 + "x", "e"),
        ],
    )
    two("name-storm", [("Khazali", "Qais al-Khazali said. " * 40_000)], matched=1)
    two(
        "nearly-the-name",
        [
            ("Statement", "Qais al-Khazal Qais al-Khazall Kais al Chazal " * 20_000),
            ("Statement two", "qais " * 100_000),
            ("Statement three", "\u0642\u064a\u0633 \u0627\u0644\u062e\u0632\u0639\u0644 " * 40_000),
        ],
    )
    two(
        "separators",
        [
            ("Khazali" + " - " * 20_000 + "x", "a"),
            ("Khazali" + " | \u00bb" * 20_000, "b"),
            ("Khazali " + "\u201c" * 20_000, "c"),
            ("Khazali " + "(((" * 10_000, "d"),
            ("Khazali " + "..." * 20_000, "e"),
            ("Khazali " + "?!" * 20_000, "f"),
        ],
        matched=6,
    )
    two(
        "ages",
        [
            ("Khazali " + "7 hours ago " * 5_000, "a"),
            ("Khazali " + "20 June 2025 " * 5_000, "b"),
            ("Khazali " + "\u0663\u0660 \u062e\u0631\u062f\u0627\u062f \u0661\u0664\u0660\u0664 " * 5_000, "c"),
        ],
        matched=3,
    )
    two(
        "speakers",
        [
            ("Statement", "Khazali said that Khazali said that " * 10_000),
            ("Statement two", '"' * 50_000 + "Khazali said"),
            ("Statement three", "said Khazali, " + "who said, " * 30_000),
        ],
        matched=3,
    )
    two(
        "addresses",
        [
            ("Khazali http://" + "a." * 5_000 + "invalid/", "b"),
            ("Khazali " + "http://x.invalid " * 3_000, "c"),
            ("Khazali " + "@a" * 20_000, "d"),
            ("Khazali " + "#a" * 20_000, "e"),
            ("Khazali https://xn--" + "a" * 60_000, "f"),
        ],
        matched=5,
    )
    two(
        "marks-of-a-chat",
        [
            ("Khazali *_`[" + "*_`[]()~>#+-=|{}.!" * 200, "a"),
            ("Khazali ```\n" * 300, "b"),
            ("Khazali ||spoiler|| __u__ [x](tg://user?id=7)", "c"),
            ("<b>Khazali</b><tg-spoiler><a href='tg://x'>", "d"),
            ("Khazali \\" * 500, "e"),
        ],
        matched=5,
    )
