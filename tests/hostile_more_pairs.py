"""One more chapter of the second hostile server (`hostile_more.py`): two further variants of each kind, and many large pages at once."""

# ruff: noqa: E501 - what a site says stands whole, one answer to a line
from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import Any

from tests.hostile_more import BROKEN, LATE, MIB, STOPPED, Table, answer, feed, packed

TOGETHER = 18
"""Large pages that come at once; with the others, and the neighbours, a server has 200 addresses."""
WALL = "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1><form id='challenge-form'></form></body></html>"


def pairs(t: Table) -> None:
    """Two of a kind."""
    _sizes(t)
    _connections(t)
    _charsets_and_pages(t)
    _lists(t)
    _texts_and_times(t)
    _answers(t)


def _sizes(t: Table) -> None:
    s = t.server
    head, end = s.rss(s.plain_items(3)).encode().split(b"</channel>")
    large = {
        "spaces": gzip.compress(head + b" " * 9 * MIB + b"</channel>" + end),
        "items": gzip.compress(head + b"<item><title>x</title></item>" * 300_000 + b"</channel>" + end),
        "parts": gzip.compress(head + b"<category>x</category>" * 400_000 + b"</channel>" + end),
    }
    for number in range(TOGETHER):
        kind = list(large)[number % 3]
        t.wire(
            f"/size/together-{kind}-{number}",
            STOPPED,
            answer(large[kind], "Content-Encoding: gzip"),
            bound="queue",
            extra_mb=256,
        )
    t.wire(
        "/size/raw-deflate-bomb",
        "too_large",
        answer(zlib.compress(b" " * 64 * MIB, 9)[2:-4], "Content-Encoding: deflate"),
        bound="queue",
        statements=0,
    )
    t.wire(
        "/size/bomb-in-members",
        "too_large",
        answer(gzip.compress(b" " * MIB) * 64, "Content-Encoding: gzip"),
        bound="queue",
        statements=0,
    )
    t.wire(
        "/size/bomb-in-a-404",
        "http_error",
        answer(packed(b" " * MIB, 512), "Content-Encoding: gzip", status="404 Not Found"),
        statements=0,
    )

    @t.case("/size/chunks-that-grow", ("too_large", "incomplete"), statements=0, bound="queue")
    async def _(c: Any) -> None:
        await c.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for power in range(25):
            if c.over:
                return
            await c.raw(b"%x\r\n" % (1 << power) + b" " * (1 << power) + b"\r\n")


def _connections(t: Table) -> None:
    good = feed(t.server)

    @t.case("/slow/large-then-silence", (*LATE, "incomplete"), statements=0, bound="queue")
    async def _(c: Any) -> None:
        await c.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b" " * 8 * MIB)
        await c.idle()

    @t.case("/slow/packed-then-silence", (*LATE, "incomplete"), statements=0, bound="queue")
    async def _(c: Any) -> None:
        bomb = gzip.compress(b" " * 9 * MIB)
        await c.raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99999\r\n\r\n" + bomb[:-20])
        await c.idle()

    @t.case("/slow/halves", (*LATE, "ok"), bound="deadline")
    async def _(c: Any) -> None:
        await c.raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(good))
        left = good
        while left and not c.over:
            half = max(1, len(left) // 2)
            await c.raw(left[:half])
            left = left[half:]
            await asyncio.sleep(0.4)

    t.redirect("/redirect/303-to-feed", "/ok-feed", right="ok", statements=3)
    t.redirect(
        "/redirect/to-a-port-of-words", "http://SELF:https/ok-feed", right=("blocked", "protocol_error", "http_error")
    )
    t.redirect("/redirect/to-spaces", " \t ", right=("http_error", "blocked", "protocol_error", "too_many_redirects"))
    t.redirect("/ssrf/to-teredo", "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:DECOY/")
    t.redirect("/ssrf/to-zone", "http://[fe80::1%25lo]:DECOY/", right=("blocked", "protocol_error", "http_error"))
    t.redirect("/ssrf/to-class-e", "http://240.0.0.1:DECOY/")
    t.redirect(
        "/ssrf/to-soft-hyphen",
        "http://local\u00adhost:DECOY/".encode().decode("latin-1"),
        right=("blocked", "network_error", "http_error"),
    )
    t.redirect("/ssrf/to-jar", "jar:http://127.0.0.1:DECOY/!/a")

    t.wire("/broken/negative-length", (*BROKEN, "ok"), b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + good)
    t.wire("/broken/length-in-hex", (*BROKEN, "ok"), b"HTTP/1.1 200 OK\r\nContent-Length: 0x20\r\n\r\n" + good)
    t.wire(
        "/broken/length-and-chunks",
        (*BROKEN, "ok", "parse_error"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n" % len(good)
        + good
        + b"\r\n0\r\n\r\n",
    )
    t.wire(
        "/broken/no-last-chunk",
        BROKEN,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(good) + good + b"\r\n",
        statements=0,
    )
    t.wire(
        "/broken/version-9",
        (*BROKEN, "ok"),
        b"HTTP/9.9 200 OK\r\nContent-Length: %d\r\n\r\n" % len(good) + good,
    )
    t.wire(
        "/broken/nul-in-a-header",
        BROKEN,
        b"HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: %d\r\n\r\n" % len(good) + good,
    )


def _charsets_and_pages(t: Table) -> None:
    s = t.server
    arabic = "قيس الخزعلي يدين التهديدات"
    told = s.rss([s.item(arabic, "http://site.invalid/a", "a")])
    t.wire(
        "/charset/utf16-unlabelled",
        ("ok", "parse_error"),
        answer(told.encode("utf-16-be"), "Content-Type: application/rss+xml"),
    )
    t.wire(
        "/charset/label-in-quotes",
        "ok",
        answer(told.encode("windows-1256"), "Content-Type: application/rss+xml; charset='windows-1256'"),
        reads=(arabic,),
    )
    t.wire(
        "/charset/label-of-nul",
        ("ok", "protocol_error"),
        answer(told.encode(), 'Content-Type: text/xml; charset="utf-8\\0x"'),
    )
    t.wire(
        "/charset/overlong",
        ("ok", "parse_error"),
        answer(told.encode().replace(b"<item>", b"<item>\xc0\xaf\xed\xa0\x80\xf5", 1)),
    )
    rows = "".join(
        f"<article><h2><a href='/a/{i}'>Statement of the group number {i}</a></h2></article>" for i in range(5)
    )
    page = "<html><body>{}</body></html>"
    t.wire(
        "/html/deep-links", STOPPED, answer(page.format("<a href=x>" * 80_000).encode()), kind="listing", bound="queue"
    )
    t.wire(
        "/html/deep-tables",
        STOPPED,
        answer(page.format("<table><tr><td>" * 30_000).encode()),
        kind="listing",
        bound="queue",
    )
    t.wire(
        "/html/one-text-of-8-mb",
        STOPPED,
        answer(page.format("word " * 1_600_000 + rows).encode()),
        kind="listing",
        bound="queue",
    )
    t.wire(
        "/html/many-scripts",
        STOPPED,
        answer(page.format("<script>var a=1</script>" * 100_000 + rows).encode()),
        kind="listing",
        bound="queue",
    )
    t.wire(
        "/html/frames-in-frames",
        STOPPED,
        answer(page.format("<iframe src='/' srcdoc='<p>x'>" * 20_000 + rows).encode()),
        kind="listing",
        bound="queue",
    )
    t.wire(
        "/feed/deep-atom",
        STOPPED,
        answer(b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b"<entry><title type='xhtml'><div>" * 20_000),
        bound="queue",
    )
    t.wire("/feed/prefix-of-nothing", STOPPED, answer(told.encode().replace(b"<item>", b"<item><no:such>x</no:such>")))


def _lists(t: Table) -> None:
    s = t.server

    @t.case("/feed/case-churn", "ok", polls=5, statements=10)
    async def _(c: Any) -> None:
        """The same ids and links, in capitals every other time."""
        items = [
            s.item(f"Plain statement number {i}", f"http://site.invalid/A/{i}", f"g-{i}" if c.n % 2 else f"G-{i}")
            for i in range(10)
        ]
        await c.rss(s.rss(items))

    @t.case("/feed/spaces-churn", "ok", polls=5, statements=5)
    async def _(c: Any) -> None:
        items = [
            s.item(
                f"Plain{' ' * (1 + c.n)}statement number {i}{chr(0x200B) * c.n}", f"http://site.invalid/s/{i}", f"s{i}"
            )
            for i in range(5)
        ]
        await c.rss(s.rss(items))

    @t.case("/feed/one-each-time", "ok", polls=4, statements=None, alerts_max=20)
    async def _(c: Any) -> None:
        await c.rss(s.rss([s.item(f"Plain statement of minute {c.n}", f"http://site.invalid/m/{c.n}", f"m{c.n}")]))

    @t.case("/feed/upside-down", "ok", polls=4, statements=10)
    async def _(c: Any) -> None:
        items = s.plain_items(10)
        await c.rss(s.rss(items if c.n % 2 else items[::-1]))

    @t.case("/feed/flood-of-matches", ("ok", "suspect"), polls=2, alerts_max=5, bound="queue")
    async def _(c: Any) -> None:
        items = [
            s.item(f"Qais al-Khazali statement number {i}", f"http://site.invalid/f/{i}", f"f{i}")
            for i in range(5 if c.n == 1 else 3_000)
        ]
        await c.rss(s.rss(items))


def _texts_and_times(t: Table) -> None:
    s = t.server

    def titles(path: str, told: list[str], **known: Any) -> None:
        items = [s.item(one, f"http://site.invalid{path}/{i}", f"{path}{i}") for i, one in enumerate(told)]
        t.wire(path, known.pop("right", "ok"), answer(s.rss(items).encode("utf-8", "surrogatepass")), **known)

    titles("/text/zalgo", ["Statement " + "a\u0301\u0316\u0334" * 500, "\u0488" * 3_000 + " statement"])
    titles(
        "/text/emoji-runs",
        [
            "👨\u200d👩\u200d👧\u200d👦" * 700,
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f" * 400,
            "🇮" * 2_001,
        ],
    )
    titles("/text/tags-plane", ["Plain" + "".join(chr(0xE0000 + ord(one)) for one in " hidden words") + " statement"])
    titles(
        "/text/line-separators",
        ["One\u2028two\u2029three\u0085four\x0bfive", "Six\ufff9seven\ufffaeight\ufffb"],
        right=("ok", "parse_error"),
    )
    titles(
        "/text/callback-words",
        ["/start@bayan_bot", "tg://user?id=7", "t.me/+abc", "@channel #tag $TAG +49 30 123456 4111 1111 1111 1111"],
    )
    titles(
        "/text/only-marks",
        ["\u200f\u200e\u202a\u202c", "\u00ad", "\u3164", "\u2800" * 9],
        right=("ok", "suspect", "empty", "parse_error"),
    )
    odd = [
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "0000-00-00T00:00:00Z",
        "1e400",
        "-1",
        "Fri, 20 Jun 2025 24:00:60 +9999",
        "١٤٤٦-١٢-٢٤",
        "now",
        "P1D",
        "20250620T100000+2400",
    ]
    items = [
        s.item(f"Statement of the date {i}", f"http://site.invalid/d/{i}", f"d{i}", date=one)
        for i, one in enumerate(odd)
    ]
    t.wire("/feed/dates-of-nowhere", "ok", answer(s.rss(items).encode()), statements=len(odd))
    future = [
        s.item(
            "Statement of tomorrow and all",
            f"http://site.invalid/t/{i}",
            f"t{i}",
            date=f"Fri, 20 Jun {2026 + i * 500} 10:00:00 +0000",
        )
        for i in range(10)
    ]
    t.wire("/feed/ever-later", "ok", answer(s.rss(future).encode()))


def _answers(t: Table) -> None:
    s, good = t.server, feed(t.server)

    @t.case("/cache/etag-of-quotes", ("ok", "not_modified"), polls=3, statements=2)
    async def _(c: Any) -> None:
        await c.body(good, ETag='"a\\"b", W/"c"')

    @t.case("/cache/modified-in-the-future", ("ok", "not_modified"), polls=3, statements=2)
    async def _(c: Any) -> None:
        await c.body(
            good,
            Last_Modified="Fri, 31 Dec 9999 23:59:59 GMT",
            Expires="-1",
            Cache_Control="max-age=99999999999999999999, stale-if-error=1e9",
        )

    @t.case("/status/wall-after-list", ("suspect", "parse_error", "ok", "blocked_by_site"), polls=2, kind="listing")
    async def _(c: Any) -> None:
        rows = "".join(
            f"<article><h2><a href='/a/{i}'>Statement of the group number {i}</a></h2></article>" for i in range(10)
        )
        await c.body(f"<html><body>{rows}</body></html>" if c.n == 1 else WALL)

    @t.case("/status/429-and-then-more", "rate_limited", polls=2)
    async def _(c: Any) -> None:
        await c.body(b"", status="429 Too Many Requests", Retry_After="Fri, 31 Dec 9999 23:59:59 GMT")

    t.wire(
        "/status/200-of-json",
        STOPPED,
        answer(b'{"error": {"code": 403, "message": "<b>forbidden</b>"}}', "Content-Type: application/json"),
        statements=0,
    )
    t.wire(
        "/status/511",
        "http_error",
        answer(b"<html>log in to the network</html>", status="511 Network Authentication Required"),
        statements=0,
    )
    t.wire("/status/300", ("http_error", "protocol_error"), answer(good, status="300 Multiple Choices"), statements=0)
    url = "http://site.invalid/page"
    t.wire(
        "/sitemap/of-itself-in-capitals",
        STOPPED,
        lambda c: answer(
            f"<sitemapindex><sitemap><loc>HTTP://{c.headers['host']}/sitemap/of-itself-in-capitals</loc></sitemap></sitemapindex>".encode()
        ),
        requests=30,
    )
    t.wire(
        "/sitemap/of-one-page",
        STOPPED,
        answer(
            (b"<urlset>" + f"<url><loc>{url}</loc><lastmod>2025-06-20</lastmod></url>".encode() * 50_000) + b"</urlset>"
        ),
        bound="queue",
    )
    long = "".join(f"<url><loc>{url}/{'x' * 60_000}{i}</loc></url>" for i in range(40))
    t.wire("/sitemap/of-long-addresses", STOPPED, answer(f"<urlset>{long}</urlset>".encode()), bound="queue")
    s.CASES["/sitemap/of-itself-in-capitals"]["alerts_max"] = 0
