"""Chapters of the second hostile server (`hostile_more.py`): broken HTTP, charsets, bombs, floods, dates, texts, caches, statuses, robots.txt."""

# ruff: noqa: E501 - what a site says stands whole, one answer to a line
from __future__ import annotations

import asyncio
import random
import time
from typing import Any

from tests.hostile_more import BROKEN, MIB, STOPPED, Table, answer, feed

AR = "قيس الخزعلي يدين التهديدات"
HEAVY: dict[str, Any] = {"extra_mb": 128, "bound": "queue"}
"""What is heavy waits for one of two parsers until all that came before it are done."""
KHAZALI = "Qais al-Khazali statement number"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def broken(t: Table) -> None:
    """What is nearly HTTP, or some other protocol."""
    good = feed(t.server)
    size = b"%x" % len(good)
    refused: dict[str, bytes] = {
        "ssh": b"SSH-2.0-OpenSSH_9.9\r\n", "mail": b"220 mail.invalid ESMTP\r\n250 ok\r\n", "http2-settings": b"\0\0\x12\x04\0\0\0\0\0" + bytes(18),
        "tls-alert": b"\x15\x03\x03\x00\x02\x02\x46", "icy": b"ICY 200 OK\r\n\r\n" + good, "http10-garbage": b"HTTP/1.0\r\n\r\n", "rtsp": b"RTSP/1.0 200 OK\r\n\r\n" + good,
        "status-of-letters": b"HTTP/1.1 OK 200\r\n\r\n" + good, "status-of-2-digits": b"HTTP/1.1 20 OK\r\n\r\n" + good, "status-of-4-digits": b"HTTP/1.1 2000 OK\r\n\r\n" + good,
        "negative-status": b"HTTP/1.1 -200 OK\r\n\r\n" + good, "negative-length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + good, "signed-length": b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n" + good,
        "length-of-letters": b"HTTP/1.1 200 OK\r\nContent-Length: 0x10\r\n\r\n" + good, "length-of-a-superscript": b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\xb2\r\n\r\n" + good,
        "length-of-5000-digits": b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", "two-lengths-in-one": b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n" + good,
        "unknown-transfer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n" + good, "identity-transfer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity, chunked\r\n\r\n" + good,
        "underscore-in-chunk-size": CHUNKS + b"1_0\r\n0123456789abcdef\r\n0\r\n\r\n", "signed-chunk-size": CHUNKS + b"+5\r\nhello\r\n0\r\n\r\n", "negative-chunk-size": CHUNKS + b"-5\r\nhello\r\n0\r\n\r\n",
        "prefixed-chunk-size": CHUNKS + b"0x5\r\nhello\r\n0\r\n\r\n", "chunk-longer-than-said": CHUNKS + b"5\r\nhello and more\r\n0\r\n\r\n", "no-last-chunk": CHUNKS + size + b"\r\n" + good + b"\r\n",
        "chunk-cut-short": CHUNKS + b"fff\r\nhello", "space-before-colon": b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", "header-of-8-bits": b"HTTP/1.1 200 OK\r\nX-\xff: a\r\nContent-Length: 0\r\n\r\n",
        "lone-return": b"HTTP/1.1 200 OK\rX: y\r\r" + good, "only-a-head": b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", "half-a-head": b"HTTP/1.1 200 OK\r\nContent-Le",
    }  # fmt: skip
    for name, told in refused.items():
        t.wire(
            f"/broken/{name}",
            (*BROKEN, "empty", "parse_error", "suspect", "http_error", "too_large"),
            told,
            statements=0,
        )
    read: dict[str, bytes] = {
        "http10": b"HTTP/1.0 200 OK\r\n\r\n" + good, "no-reason": b"HTTP/1.1 200\r\n\r\n" + good, "line-feeds-alone": b"HTTP/1.1 200 OK\nContent-Length: %d\n\n%s" % (len(good), good),
        "same-length-twice": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Length: %d\r\n\r\n%s" % (len(good), len(good), good), "padded-length": b"HTTP/1.1 200 OK\r\nContent-Length: 000%d\r\n\r\n%s" % (len(good), good),
        "more-than-said": answer(good) + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nDECOY", "capitals": CHUNKS.replace(b"chunked", b"CHUNKED") + size.upper() + b"\r\n" + good + b"\r\n0\r\n\r\n",
        "padded-chunk-size": CHUNKS + b"0000" + size + b"\r\n" + good + b"\r\n0\r\n\r\n", "trailers": CHUNKS + size + b"\r\n" + good + b"\r\n0\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\n\r\n",
        "three-early-answers": b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 x\r\nLink: </y>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + answer(good), "non-authoritative": answer(good, status="203 x"),
        "unknown-coding-none": answer(good, "Content-Encoding: none"), "coded-as-a-charset": answer(good, "Content-Encoding: UTF-8"), "empty-coding": answer(good, "Content-Encoding: "),
    }  # fmt: skip
    for name, told in read.items():
        t.wire(f"/broken/odd-{name}", ("ok", "protocol_error", "unsupported_encoding"), told)

    @t.case("/broken/reset-after-head", BROKEN, statements=0)
    async def _(c: Any) -> None:
        await c.head(length=5000)
        await asyncio.sleep(0.1)
        c.abort()

    @t.case("/broken/reset-in-packed", (*BROKEN, "decode_error"), statements=0)
    async def _(c: Any) -> None:
        await c.head(Content_Encoding="gzip", Transfer_Encoding="chunked")
        await c.raw(b"a\r\n\x1f\x8b\x08\0\0\0\0\0\x02\xff\r\n")
        await asyncio.sleep(0.1)
        c.abort()


def charsets(t: Table) -> None:
    """Labels that lie, and bytes that are no text."""
    s = t.server
    item = s.rss([s.item(AR, "http://site.invalid/ar", "ar-1", desc=AR * 3)])

    def told(name: str, body: bytes, label: str = "", right: tuple[str, ...] | str = "ok", **known: Any) -> None:
        t.wire(f"/charset/{name}", right, answer(body, f"Content-Type: application/rss+xml{label}"), **known)

    for name, codec, label in (
        ("bom-8-beats-label", "utf-8-sig", "; charset=windows-1256"), ("bom-16-be", "utf-16-be", "; charset=utf-8"), ("label-16-body-8", "utf-8", "; charset=utf-16"),
        ("label-koi8", "utf-8", "; charset=koi8-r"), ("label-with-quotes", "utf-8", "; charset='utf-8"), ("label-twice", "utf-8", "; charset=windows-1251; charset=utf-8"),
        ("label-of-a-database", "utf-8", "; charset=utf8mb4"), ("label-underscored", "utf-8", "; charset=UTF_8"), ("label-empty", "utf-8", "; charset="), ("label-spaced", "utf-8", " ; charset = utf-8"),
        ("old-arabic", "iso-8859-6", "; charset=iso-8859-6"), ("arabic-called-latin", "windows-1256", "; charset=iso-8859-1"),
    ):  # fmt: skip
        declared = item if codec.startswith("utf-8") else item.replace(' encoding="utf-8"', "")
        body = ("\ufeff" if codec == "utf-16-be" else "") + declared
        told(name, body.encode(codec, "xmlcharrefreplace"), label, reads=(AR,), statements=1)
    for name in ("raw_unicode_escape", "unicode_internal", "base64", "bz2", "uu", "quopri", "mbcs", "oem", "string_escape", "utf-8-sig", "utf-32", "cp037", "hz-gb-2312", "iso-2022-kr",
                 "../../hostile_pwned", "__import__", "x-user-defined", "replacement", "None", "1", "utf-16-surrogatepass", "ascii\\x00", "eval(1)"):  # fmt: skip
        told(
            f"label-{''.join(c if c.isalnum() else '-' for c in name)}",
            feed(s),
            f"; charset={name}",
            ("ok", "decode_error", "parse_error", "protocol_error"),
        )
    good = feed(s, 2, "HERE")
    for name, bad in (
        ("surrogates", b"\xed\xa0\x80\xed\xb0\x80"), ("overlong", b"\xc0\x80\xe0\x80\xaf"), ("too-high", b"\xf4\x90\x80\x80\xff"), ("cut-letters", b"\xd9\xd9\xd9"),
        ("windows-quotes", b"\x93quoted\x94 \x96"), ("nonsense-in-between", bytes(range(0x80, 0xFF))), ("c1-controls", b"\xc2\x85\xc2\x9b31m\xc2\x90"), ("no-characters", "\ufffe\uffff\U0001ffff".encode()),
        ("tags-unseen", "\U000e0041\U000e0042\U000e007f".encode()), ("marks-in-between", b"\xef\xbb\xbf\xff\xfe"), ("escape-sequences", b"\x1b$B\x1b(B~{~}\x0e\x0f"),
    ):  # fmt: skip
        told(f"bytes-{name}", good.replace(b"HERE", b"Statement " + bad), right=("ok", "parse_error"), reads=())
    told("nul-between-all", feed(s).replace(b"Statement", b"S\0t\0a\0t\0e"), "; charset=utf-8", ("ok", "parse_error"))
    told("utf-16-without-mark", item.replace("utf-8", "utf-16").encode("utf-16-le"), "", ("ok", "parse_error"))
    told("utf-32", item.encode("utf-32"), "; charset=utf-32", ("ok", "parse_error", "decode_error", "suspect"))
    told(
        "ebcdic",
        item.encode("cp037", "replace"),
        "; charset=cp037",
        ("ok", "parse_error", "decode_error", "suspect"),
        statements=0,
    )
    told(
        "a-picture",
        b"\x89PNG\r\n\x1a\n" + random.Random(4).randbytes(200_000),
        "",
        ("parse_error", "suspect", "decode_error"),
        statements=0,
    )
    told(
        "a-paper",
        b"%PDF-1.7\n" + random.Random(5).randbytes(200_000),
        "",
        ("parse_error", "suspect", "decode_error"),
        statements=0,
    )
    told(
        "an-archive",
        b"PK\x03\x04" + random.Random(6).randbytes(200_000),
        "",
        ("parse_error", "suspect", "decode_error"),
        statements=0,
    )
    t.wire(
        "/charset/meta-after-5000-bytes",
        "ok",
        answer(
            f"<html><head>{'<!-- x -->' * 500}<meta charset=utf-8></head><body><article><h2><a href='/x'>{AR}</a></h2></article></body></html>".encode(),
            "Content-Type: text/html",
        ),
        kind="listing",
    )


def bombs(t: Table) -> None:
    """Small pages that are large for a parser."""
    s = t.server
    base = "https://site.invalid/"

    def xml(
        name: str, inside: str = "", *, ns: str = "", doctype: str = "", right: tuple[str, ...] = STOPPED, **known: Any
    ) -> None:
        told = s.rss([s.item("Statement beside a bomb", f"{base}b", "b", raw=inside)], ns=ns, doctype=doctype).encode()
        t.wire(f"/feed/{name}", right, answer(told, "Content-Type: application/rss+xml"), **(HEAVY | known))

    xml("many-namespaces", ns="".join(f' xmlns:n{i}="urn:{i}"' for i in range(60_000)))
    xml("nested-namespaces", "".join(f'<x xmlns="urn:{i}" xmlns:a{i}="u">' for i in range(900)) + "</x>" * 900)
    xml("many-names", "".join(f"<n{i}/>" for i in range(200_000)))
    xml("many-attributes-xml", "<x " + " ".join(f'a{i}="1"' for i in range(100_000)) + "/>")
    xml("long-name", f"<{'n' * 4 * MIB}/>")
    xml("open-cdata", "<![CDATA[" + "x" * 4 * MIB)
    xml("many-cdata", "<![CDATA[x]]>" * 300_000)
    xml("many-instructions", "<?x y?>" * 400_000)
    xml("comment-of-4-mb", "<!--" + "- " * 2 * MIB + "-->")
    xml(
        "default-attributes",
        doctype="<!DOCTYPE rss [<!ATTLIST item " + " ".join(f"a{i} CDATA '{'x' * 50}'" for i in range(20_000)) + ">]>",
    )
    xml("entity-in-attribute", doctype='<!DOCTYPE rss [<!ENTITY a "1234567890"><!ATTLIST rss x CDATA "&a;&a;&a;&a;">]>')
    xml(
        "recursive-entity",
        "<description>&a;</description>",
        doctype='<!DOCTYPE rss [<!ENTITY a "&b;"><!ENTITY b "&a;">]>',
    )
    xml(
        "parameter-laughs",
        doctype='<!DOCTYPE rss [<!ENTITY % a "x"><!ENTITY % b "%a;%a;%a;%a;"><!ENTITY % c "%b;%b;%b;%b;"> %c;]>',
    )
    xml("doctype-of-2-mb", doctype=f"<!DOCTYPE rss [<!-- {'x' * 2 * MIB} -->]>")
    xml("deep-with-text", "".join(f"<d{i % 7}>t" for i in range(50_000)))
    xml("endless-reference", f"<description>&#{'9' * 100_000};</description>")
    xml("reference-to-nothing", "<description>&#0;&#x1f;&#xD800;&#x110000;&nope;</description>")
    xml("html-bomb-inside", f"<description><![CDATA[{'<div>' * 200_000}]]></description>")
    xml(
        "attributes-inside", f"<description><![CDATA[<p {' '.join(f'a{i}=1' for i in range(100_000))}>]]></description>"
    )
    xml("million-categories", "<category>x</category>" * 200_000)
    xml("million-links", "<link>https://site.invalid/x</link>" * 100_000)
    xml("million-enclosures", '<enclosure url="https://site.invalid/x" length="1" type="a/b"/>' * 60_000)
    xml("author-of-2-mb", f"<author>{'a' * 2 * MIB}</author>")
    xml("guid-of-2-mb", f"<guid>{'g' * 2 * MIB}</guid>")
    xml("link-of-2-mb", f"<link>https://site.invalid/{'l' * 2 * MIB}</link>")
    xml("date-of-2-mb", f"<pubDate>{'1:' * MIB}</pubDate>")
    t.wire(
        "/feed/json-bomb",
        STOPPED,
        answer(
            b'{"version":"https://jsonfeed.org/version/1.1","title":"x","items":['
            + b'{"id":1},' * 500_000
            + b'{"id":2}]}',
            "Content-Type: application/feed+json",
        ),
        **HEAVY,
    )
    t.wire(
        "/feed/json-nested",
        STOPPED,
        answer(
            b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 300_000,
            "Content-Type: application/feed+json",
        ),
        statements=0,
    )
    t.wire(
        "/feed/json-long-number",
        STOPPED,
        answer(
            b'{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{"id":'
            + b"9" * 100_000
            + b',"title":"Statement"},{"id":2,"title":"Second"}]}',
            "Content-Type: application/feed+json",
        ),
    )
    t.wire(
        "/feed/json-strange-values",
        STOPPED,
        answer(
            b'{"version":"https://jsonfeed.org/version/1.1","title":[],"items":[{"id":{},"url":7,"title":["x"],"content_html":{"a":1},"date_published":1e400,"authors":"x"},null,7,"x",[]]}',
            "Content-Type: application/feed+json",
        ),
    )
    t.wire("/feed/two-roots", STOPPED, answer(feed(s) + feed(s)))
    t.wire(
        "/feed/rubbish-before",
        STOPPED,
        answer(b"\n\n<!-- x --><br />Warning: mysql_connect() in /var/www/x.php on line 3\n" + feed(s)),
    )
    t.wire(
        "/sitemap/of-50-000",
        STOPPED,
        answer(
            (
                "<urlset>"
                + "".join(f"<url><loc>https://site.invalid/{i}</loc></url>" for i in range(50_000))
                + "</urlset>"
            ).encode()
        ),
        kind="sitemap",
        **HEAVY,
    )

    @t.case("/sitemap/wide", STOPPED, kind="sitemap", statements=0, requests=120, **HEAVY)
    async def _(c: Any) -> None:
        base = f"http://{c.headers['host']}/sitemap/wide?{random.random()}"
        await c.body(
            "<sitemapindex>"
            + "".join(f"<sitemap><loc>{base}{i}</loc></sitemap>" for i in range(5_000))
            + "</sitemapindex>",
            ctype="application/xml",
        )


def markup(t: Table) -> None:
    """Web pages that are small for whoever sends them and large for whoever reads them."""

    def page(name: str, inside: str, **known: Any) -> None:
        t.wire(
            f"/html/{name}",
            STOPPED,
            answer(f"<html><body>{inside}".encode(), "Content-Type: text/html"),
            kind="listing",
            **(HEAVY | {"statements": 0} | known),
        )

    for name, inside in {
        "nested-tables": "<table><tr><td>" * 20_000, "nested-selects": "<select><option>" * 40_000, "nested-buttons": "<button>" * 60_000, "adoption": "<a><b><div>" * 5_000 + "</b>" * 5_000, "nested-math": "<math><mtext>" * 30_000,
        "nested-frames": "<frameset>" * 60_000, "plaintext": "<plaintext>" + "<div>" * 200_000, "open-script": "<script>" + "x<!--<script>" * 200_000, "open-textarea": "<textarea>" + "<div>" * 500_000, "open-style": "<style>" + "a{" * MIB,
        "end-tags": "</p></br></x>" * 200_000, "half-tags": "<" * 2 * MIB, "half-references": "&" * 2 * MIB, "long-references": "&#" + "9" * 2 * MIB + ";", "long-attribute": f'<a href="{"x" * 4 * MIB}">y</a>',
        "equals-signs": "<p " + "=" * 2 * MIB + ">", "quotes": "<p a='" + "'\"" * MIB + ">", "data-picture": f'<img src="data:image/png;base64,{"A" * 4 * MIB}">', "dialogs": "<dialog open><details><summary>" * 20_000,
        "nested-lists-of-links": "<ul><li><a href=/x>y</a>" * 20_000, "formats": "<b><i><u><s><em><font>" * 3_000 + "<p>" * 3_000, "marquees": "<marquee>" * 50_000, "custom-names": "".join(f"<x-{i}>" for i in range(100_000)),
        "bodies": "<body a=1>" * 200_000, "times": f"<time datetime='{'9' * MIB}'>{'1 hour ago ' * 100_000}</time>", "blank": " \n\t\u00a0" * 1_000_000, "foreign-objects": "<svg><desc><p><svg><title>" * 10_000,
    }.items():  # fmt: skip
        page(name, inside)
    page("json-ld-storm", '<script type="application/ld+json">{"@graph":[' + ",".join(["{}"] * 300_000) + "]}</script>")
    page("many-json-ld", '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x"}</script>' * 50_000)
    page(
        "clock-words",
        "".join(
            f"<article><h2><a href='/c/{i}'>Statement of the group {i}</a></h2><time>{'Sunday June May 2026 10:00 ' * 2_000}</time></article>"
            for i in range(20)
        ),
        statements=None,
    )
    page(
        "headlines-of-1-mb",
        "".join(
            f"<article><h2><a href='/h/{i}'>Statement {i} {'words ' * 40_000}</a></h2></article>" for i in range(8)
        ),
        statements=None,
    )


def floods(t: Table) -> None:
    """The same in ever new dress, and much at once."""
    s = t.server

    def polled(
        name: str, polls: int, statements: int, make: Any, *, right: tuple[str, ...] = ("ok", "suspect"), **known: Any
    ) -> None:
        async def told(c: Any) -> None:
            await c.rss(make(c.n))

        t.case(f"/feed/{name}", right, polls=polls, statements=statements, **known)(told)

    def rows(
        count: int,
        *,
        link: str = "http://site.invalid/s/{i}",
        guid: str | None = "id-{i}",
        title: str = KHAZALI + " {i}",
        desc: str = "The text of number {i}.",
        n: int = 0,
        **more: Any,
    ) -> list[str]:
        fill = {"n": n, "r": random.random(), "now": time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())}
        return [
            s.item(
                title.format(i=i, **fill),
                link.format(i=i, **fill),
                guid and guid.format(i=i, **fill),
                desc=desc.format(i=i, **fill),
                **{k: v.format(i=i, **fill) for k, v in more.items()},
            )
            for i in range(count)
        ]

    polled(
        "scheme-churn",
        4,
        10,
        lambda n: s.rss(rows(10, link=("http", "https")[n % 2] + "://site.invalid/s/{i}", guid=None)),
    )
    polled(
        "www-churn",
        4,
        10,
        lambda n: s.rss(rows(10, link="http://" + ("", "www.")[n % 2] + "site.invalid/s/{i}", guid=None)),
    )
    polled(
        "slash-churn", 4, 10, lambda n: s.rss(rows(10, link="http://site.invalid/s/{i}" + ("", "/")[n % 2], guid=None))
    )
    polled("fragment-churn", 4, 10, lambda n: s.rss(rows(10, link="http://site.invalid/s/{i}#{r}", guid=None)))
    polled(
        "port-churn",
        4,
        10,
        lambda n: s.rss(rows(10, link="http://site.invalid" + ("", ":80")[n % 2] + "/s/{i}", guid=None)),
    )
    polled(
        "case-churn",
        4,
        10,
        lambda n: s.rss(
            rows(
                10,
                link="http://" + ("site.invalid", "SITE.Invalid")[n % 2] + "/s/{i}",
                guid=("id-{i}", "ID-{i}")[n % 2],
            )
        ),
    )
    polled("date-churn", 4, 10, lambda n: s.rss(rows(10, date="{now}", n=n)))
    polled(
        "space-churn",
        4,
        10,
        lambda n: s.rss(rows(10, desc=("The text  of number {i}.", " The text\n of number {i}. ")[n % 2])),
    )
    polled("order-churn", 4, 10, lambda n: s.rss(random.sample(rows(10), 10)))
    polled(
        "markup-churn",
        4,
        10,
        lambda n: s.rss(
            rows(10, desc=f"&lt;p class='c{n}'&gt;The text of number {{i}}.&lt;/p&gt;&lt;img src='/p.gif?{n}'&gt;")
        ),
    )
    polled(
        "counter-in-text",
        4,
        10,
        lambda n: s.rss(rows(10, desc=f"The text of number {{i}}. {n * 17 + 3} views, {n} comments")),
    )
    polled(
        "counter-in-title", 4, 10, lambda n: s.rss(rows(10, title=KHAZALI + f" {{i}} ({n * 3} comments)")), alerts_max=2
    )
    polled("guid-swap", 4, 10, lambda n: s.rss(rows(10, guid=f"id-{{i}}-{n}")))
    polled("doubles-in-one", 3, 5, lambda n: s.rss(rows(5) * 6))
    polled("one-by-one-gone", 5, 10, lambda n: s.rss(rows(10 - n)), alerts_max=1)
    polled("half-and-half", 6, 10, lambda n: s.rss(rows(10)[:5] if n % 2 else rows(10)), alerts_max=1)
    polled("empty-at-first", 3, 5, lambda n: s.rss([] if n == 0 else rows(5)), alerts_max=6)
    polled("empty-now-and-then", 6, 10, lambda n: s.rss([] if n % 2 else rows(10)), alerts_max=1)
    polled(
        "another-feed",
        3,
        40,
        lambda n: (
            s.rss(rows(20))
            if n == 0
            else s.rss(rows(20, link="http://other.invalid/{i}", guid="casino-{i}", title="Khazali casino bonus {i}"))
        ),
        alerts_max=20,
    )
    polled(
        "spam-of-one-title",
        3,
        1_001,
        lambda n: (
            s.rss(rows(1))
            if n == 0
            else s.rss([*rows(1), *rows(1_000, link="http://site.invalid/spam/{i}", guid="spam-{i}", title="Khazali")])
        ),
        alerts_max=5,
        right=("ok", "suspect"),
    )

    def big(name: str, make: Any, kind: str = "application/rss+xml", **known: Any) -> None:
        async def told(c: Any) -> None:
            await c.body(await asyncio.to_thread(make), ctype=kind)

        t.case(f"/feed/{name}", ("ok", "too_large", "suspect", "too_complex", "parse_error"), **HEAVY, **known)(told)

    big(
        "atom-50k",
        lambda: (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>'
            + "".join(f"<entry><id>u:{i}</id><title>S{i}</title></entry>" for i in range(50_000))
            + "</feed>"
        ),
    )
    big("same-guid-50k", lambda: s.rss([f"<item><title>S{i}</title><guid>same</guid></item>" for i in range(50_000)]))
    big("same-item-100k", lambda: s.rss(["<item><title>S</title><guid>g</guid></item>" * 100_000]), statements=None)
    big(
        "json-50k",
        lambda: (
            '{"version":"https://jsonfeed.org/version/1.1","title":"x","items":['
            + ",".join(f'{{"id":"{i}","title":"S{i}"}}' for i in range(50_000))
            + "]}"
        ),
        "application/feed+json",
    )
    big(
        "rdf-30k",
        lambda: (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/>'
            + "".join(f'<item rdf:about="u:{i}"><title>S{i}</title></item>' for i in range(30_000))
            + "</rdf:RDF>"
        ),
    )


def dates(t: Table) -> None:
    """When it was said, as nobody can have meant it."""
    s = t.server
    odd = ("Sat, 00 Jan 0000 00:00:00 +0000", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "-0001-06-20T00:00:00Z", "Fri, 20 Jun 2025 23:59:60 +0000", "Fri, 20 Jun 2025 10:00:00 +9999",
           "Fri, 20 Jun 2025 10:00:00 -2400", "1750413600000", "9223372036854775808", "1e400", "NaN", "Infinity", "2025-W25-5", "2025-171", "\u0662\u0660\u0662\u0665-\u0660\u0666-\u0662\u0660", "1404-03-30", "30 خرداد 1404",
           "\u200f20\u200e/\u200f6\u200e/2025", "20/6/2025 10:00 " + "AM " * 2_000, " " * 50_000 + "2025-06-20", "20\x00Jun\x1b2025", "<script>alert(1)</script>", "{{now}}", "tomorrow", "in 5000 years", "99999999999 years ago", "-3 hours ago",
           "last Blursday", "Jun Jun Jun 20 20 2025 2025", "24:00 31.12.2025", "²⁰ June 2025", "1" * 4_400, "1/1/1/1/1/1/1/1", "T" * 1_000, "0x7E9-06-14", "20 Jun 2025 10:00:00 Mars/Phobos")  # fmt: skip

    @t.case("/feed/odd-dates", "ok", statements=len(odd))
    async def _(c: Any) -> None:
        await c.rss(
            s.rss(
                [
                    s.item(f"Dated oddly {i}", f"http://site.invalid/od/{i}", f"od{i}", s.esc(one))
                    for i, one in enumerate(odd)
                ]
            )
        )

    for part in range(0, len(odd), 9):

        async def again(c: Any, part: int = part) -> None:
            rows = [s.item("Quiet first item", "http://site.invalid/first", "first")]
            rows += (
                [
                    s.item(
                        f"Khazali dated oddly {i}",
                        f"http://site.invalid/od/{i}",
                        f"od{i}",
                        s.esc(one),
                        desc=f"Words of number {i} alone",
                    )
                    for i, one in enumerate(odd[part : part + 9])
                ]
                if c.n
                else []
            )
            await c.rss(s.rss(rows))

        count = len(odd[part : part + 9])
        t.case(f"/feed/odd-dates-again-{part}", "ok", statements=count + 1, matched=count, polls=2, alerts_max=count)(
            again
        )

    for name, date in (
        ("yesterday", "Thu, 19 Jun 2025 10:00:00 +0000"),
        ("far-ahead", "Thu, 01 Jan 2998 00:00:00 +0000"),
        ("year-1", "0001-01-01T00:00:00Z"),
        ("absent", None),
    ):

        async def told(c: Any, date: str | None = date) -> None:
            rows = [s.item("Quiet first item", "http://site.invalid/first", "first", "Fri, 20 Jun 2025 10:00:00 +0000")]
            rows += [s.item("Khazali said it before", "http://site.invalid/before", "before", date)] if c.n else []
            await c.rss(s.rss(rows))

        t.case(f"/feed/second-dated-{name}", "ok", polls=2, statements=2, matched=1, alerts_max=1)(told)

    @t.case("/html/odd-dates", ("ok", "suspect"), kind="listing")
    async def _(c: Any) -> None:
        await c.body(
            "<html><body>"
            + "".join(
                f"<article><h2><a href='/d/{i}'>Statement of the group number {i}</a></h2><time datetime='{s.esc(one[:300])}'>{s.esc(one)}</time></article>"
                for i, one in enumerate(odd)
            )
            + "</body></html>"
        )


def texts(t: Table) -> None:
    """Words that attack whoever reads them, or hide from whoever watches."""
    s = t.server

    def two(name: str, titles: list[str], *, matched: int, escape: bool = True, **known: Any) -> None:
        async def told(c: Any) -> None:
            rows = [s.item("Quiet first item", "http://site.invalid/first", "first")]
            if c.n:
                rows += [
                    s.item(
                        s.esc(one) if escape else one,
                        f"http://site.invalid/t/{i}",
                        f"t{i}",
                        desc=f"Words of number {i} alone",
                    )
                    for i, one in enumerate(titles)
                ]
            await c.rss(s.rss(rows))

        t.case(
            f"/text/{name}",
            "ok",
            polls=2,
            statements=1 + len(titles),
            matched=matched,
            **({"alerts_max": len(titles)} | known),
        )(told)

    two(
        "links-in-words",
        [
            "Khazali t.me/evil",
            "Khazali evil.com/x?y=z",
            "Khazali https://evil.invalid/",
            "Khazali tg://resolve?domain=x",
            "Khazali [x](javascript:1)",
            "Khazali mailto:a@b.example",
            "Khazali 192.168.0.1:8080",
        ],
        matched=7,
    )
    two(
        "mentions",
        [
            "Khazali @bayan_bot @all @here",
            "/start /watch@bayan_bot Khazali",
            "Khazali #x_y $BTC",
            "Khazali 4111 1111 1111 1111",
            "Khazali +1 (555) 123-4567",
        ],
        matched=5,
    )
    two(
        "more-bidi",
        [
            "Khazali \u2067\u202e\u2066\u2068 open",
            "\u2069\u2069\u202c Khazali closed before",
            "Khazali \u061c\u200e\u200f",
            "Khazali " + "\u202b" * 500,
            "\u2068Khazali\u2069 \u2069\u2068",
        ],
        matched=5,
    )
    two(
        "more-unseen",
        [
            "Qais al-Kha\u034fzali",
            "Qais al-Kh\ufe0fazali",
            "Qais al-Khaz\U000e0101ali",
            "Qais\u3164al-Khazali",
            "Qais\u2800al-Khazali",
            "Qais al-\u180eKhazali",
            "Qais al-Khaz\ufeffali",
            "Qais al\u2011Khazali",
            "Qais al\u2013Khazali",
        ],
        matched=9,
    )
    two(
        "more-unseen-arabic",
        [
            "قيس الخزعلى",
            "قيس\u200cالخزعلي",
            "قيس الخزعلي\u0670",
            "قـيـس الـخـزعـلـي",
            "قیس\u202fالخزعلی",
            "\u2067قيس الخزعلي\u2069",
        ],
        matched=6,
    )
    two(
        "more-look-alikes",
        [
            "Ⓠⓐⓘⓢ ⓐⓛ-Ⓚⓗⓐⓩⓐⓛⓘ",
            "𝔔𝔞𝔦𝔰 𝔞𝔩-𝔎𝔥𝔞𝔷𝔞𝔩𝔦",
            "𝒬𝒶𝒾𝓈 𝒶𝓁-𝒦𝒽𝒶𝓏𝒶𝓁𝒾",
            "𝚀𝚊𝚒𝚜 𝚊𝚕-𝙺𝚑𝚊𝚣𝚊𝚕𝚒",
            "Qais al-Khаzаlі",
            "QAIS AL-KHAZALI",
            "qAiS aL-kHaZaLi",
            "Qaïs al-Khazalī",
            "Qais al-K̲h̲azali",
        ],
        matched=9,
    )
    two(
        "more-templates",
        [
            "Khazali {0.__class__}",
            "Khazali %(password)s %08x",
            "Khazali <%= 7*7 %> <? phpinfo() ?>",
            "Khazali {% import os %}",
            "Khazali \\u0041\\x41\\n",
            "Khazali `id` && touch hostile_pwned; | touch hostile_pwned",
            "Khazali -- ' OR 1=1 /*",
            "Khazali @@version [7*7] *{7*7}",
            "Khazali \\N{BULLET}",
        ],
        matched=9,
    )
    two(
        "more-log-lines",
        [
            "Khazali \x1b[2J\x1b]8;;http://evil.invalid\x07click\x1b]8;;\x07",
            "Khazali \x9b31m\x90\x9c",
            "Khazali\x0b\x0c\x1c\x1d\x1e",
            'Khazali \u0085{"level":"error"}',
            "Khazali\r\r\r\n\n\n",
            'Khazali "quoted\\" {"a": 1}',
        ],
        matched=6,
    )
    two(
        "more-lengths",
        [
            "Khazali " + "\u0301" * 20_000,
            "Khazali " + "\U0001f469\u200d" * 3_000,
            "Khazali " + "\ufdfa" * 5_000,
            "Khazali " + "\U00020000" * 4_090,
            "K" * 4_000 + " Khazali",
            "Khazali " + "ا\u0651" * 3_000,
            "Khazali " + " ." * 3_000,
            "Khazali " + "\u00df\u0149" * 3_000,
        ],
        matched=7,
    )
    two(
        "raw-markup",
        [
            "<![CDATA[Khazali <b>x</b>]]>",
            "Khazali &amp;lt;b&amp;gt;",
            "Khazali &lt;a href=&quot;javascript:x&quot;&gt;y&lt;/a&gt;",
            "Khazali &#x202e;&#8238;",
            "<![CDATA[Khazali ]]&gt; ]]>",
        ],
        matched=5,
        escape=False,
    )
    two(
        "nothing-to-say",
        ["", " ", "\u200b\u200e\u2060", "\u3164", "\U000e0041", "...", "\u0301"],
        matched=0,
        alerts_max=0,
    )

    @t.case("/text/more-links", "ok", polls=2, statements=12, matched=11, alerts_max=11)
    async def _(c: Any) -> None:
        links = ["HTTPS://SITE.INVALID/a", "https://xn--80ak6aa92e.com/", "https://аррӏе.com/", "//site.invalid/x", "https:site.invalid", "https://site.invalid\\@evil.invalid/", "https://site.invalid/\u202egpj.exe",
                 "vbscript:x", "https://site.invalid/" + "%00" * 300, "https://[::ffff:1.2.3.4]/", "https://site.invalid:99999/"]  # fmt: skip
        rows = [s.item("Quiet first item", "http://site.invalid/first", "first")]
        rows += (
            [
                s.item(f"Khazali with link {i}", s.esc(one), f"l{i}", desc=f"Words of number {i} alone")
                for i, one in enumerate(links)
            ]
            if c.n
            else []
        )
        await c.rss(s.rss(rows))

    @t.case("/text/authors", "ok", polls=2, statements=5, matched=4, alerts_max=4)
    async def _(c: Any) -> None:
        names = ["<b>Bold</b> [x](y)", "\u202eetirw", "a" * 100_000, "x\x1b[2J\r\nfake: line"]
        rows = [s.item("Quiet first item", "http://site.invalid/first", "first")]
        rows += (
            [
                s.item(
                    f"Khazali by author {i}",
                    f"http://site.invalid/by/{i}",
                    f"by{i}",
                    raw=f"<author>{s.esc(one)}</author><category>{s.esc(one[:90])}</category>",
                    desc=f"Words of number {i} alone",
                )
                for i, one in enumerate(names)
            ]
            if c.n
            else []
        )
        await c.rss(s.rss(rows))


def caches(t: Table) -> None:
    """Validators and statuses that promise what is not so."""
    good = feed(t.server, 3)
    for name, headers in {
        "etag-without-quotes": ("ETag: plain",), "etag-star": ("ETag: *",), "etag-empty": ("ETag: ",), "etag-8-bit": ("ETag: \"\u00fc\u00df\"",), "etag-quotes": ('ETag: "a"b"c"',), "etag-list": ('ETag: "a", "b", W/"c"',),
        "modified-in-9999": ("Last-Modified: Fri, 31 Dec 9999 23:59:59 GMT",), "modified-never": ("Last-Modified: never",), "fresh-for-ever": ("Cache-Control: max-age=99999999999999999999, immutable", "Expires: Fri, 31 Dec 9999 23:59:59 GMT"),
        "negative-age": ("Cache-Control: max-age=60", "Age: -99999999999"), "huge-age": ("Cache-Control: max-age=60", f"Age: {'9' * 5_000}"), "odd-control": ('Cache-Control: max-age="5, private=\x01"',), "date-in-1970": ("Date: Thu, 01 Jan 1970 00:00:00 GMT",),
        "clear-site": ('Clear-Site-Data: "*"', "Strict-Transport-Security: max-age=999999999", "Alt-Svc: h3=\":1\"; ma=99999"), "next-in-9999": ("X-WP-TotalPages: 99999999999999999999", "Retry-After: 99999999"),
    }.items():  # fmt: skip
        t.wire(f"/cache/{name}", ("ok", "protocol_error"), answer(good, *headers), polls=2)

    @t.case("/cache/304-with-a-body", ("ok", "not_modified"), polls=2, statements=3)
    async def _(c: Any) -> None:
        if c.headers.get("if-none-match"):
            await c.raw(
                b"HTTP/1.1 304 Not Modified\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(good), good)
            )
        else:
            await c.rss(good, ETag='"x"')

    @t.case("/cache/412", ("http_error", "ok"), polls=3, statements=3)
    async def _(c: Any) -> None:
        if c.headers.get("if-none-match"):
            await c.body("no", "412 Precondition Failed")
        else:
            await c.rss(good, ETag='"x"')

    @t.case("/cache/empty-when-asked-again", ("ok", "empty", "suspect", "not_modified"), polls=3, statements=3)
    async def _(c: Any) -> None:
        if c.headers.get("if-none-match"):
            await c.rss(b"")
        else:
            await c.rss(good, ETag='"x"')


def statuses(t: Table) -> None:
    """Answers that are none, after one that was."""
    s = t.server
    rows = "".join(
        f'<article><h2><a href="/a/{i}">Khazali statement of the group number {i}</a></h2></article>' for i in range(10)
    )
    for status in (
        100,
        199,
        202,
        207,
        208,
        226,
        299,
        402,
        403,
        404,
        406,
        408,
        418,
        421,
        423,
        451,
        499,
        500,
        501,
        505,
        507,
        511,
        520,
        526,
        530,
        599,
        600,
        777,
    ):
        right = (
            "http_error",
            "protocol_error",
            "blocked_by_site",
            "rate_limited",
            "timeout",
            "network_error",
            "suspect",
            "parse_error",
        )
        t.wire(f"/status/{status}", right, answer(b"<html><body>no</body></html>", status=f"{status} x"), statements=0)
    for name, value in (
        ("twice", "5\r\nRetry-After: 7"),
        ("list", "5, 7"),
        ("zero", "0"),
        ("float", "1.5"),
        ("far", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("digits", "9" * 400),
        ("arabic", "\u0665"),
        ("negative", "-99999"),
        ("words", "in a while"),
        ("empty", ""),
    ):
        t.wire(
            f"/status/429-{name}",
            ("rate_limited", "protocol_error"),
            answer(b"", f"Retry-After: {value}", status="429 x"),
            statements=0,
        )

    def then(
        name: str,
        second: Any,
        *,
        kind: str = "listing",
        right: tuple[str, ...] = ("suspect", "parse_error", "ok", "http_error", "empty", "blocked_by_site"),
        statements: int | None = 10,
        **known: Any,
    ) -> None:
        async def told(c: Any) -> None:
            if c.n == 0:
                await (
                    c.body(f"<html><body>{rows}</body></html>")
                    if kind == "listing"
                    else c.rss(s.rss(s.plain_items(10, word="Khazali statement")))
                )
            elif callable(second):
                await second(c)
            else:
                await c.body(second)

        t.case(f"/status/then-{name}", right, kind=kind, polls=3, statements=statements, **({"alerts_max": 1} | known))(
            told
        )

    then(
        "login",
        "<html><head><title>Sign in</title></head><body><form action='/login'><input type=password name=p><button>Log in</button></form></body></html>",
    )
    then(
        "parked",
        "<html><head><title>site.invalid</title></head><body><h1>This domain is for sale</h1><a href='https://parking.invalid/buy'>Buy this domain</a></body></html>",
    )
    then(
        "suspended",
        "<html><head><title>Account Suspended</title></head><body><h1>This account has been suspended.</h1></body></html>",
    )
    then("captcha", "<html><body><div class='g-recaptcha'>Are you a robot?</div></body></html>")
    then(
        "default-page",
        "<html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1><a href='http://nginx.org/'>nginx.org</a></body></html>",
    )
    then("php-error", "<b>Fatal error</b>: Uncaught PDOException: SQLSTATE[HY000] [2002] in /var/www/html/db.php:12")
    then("database", "<html><body><h1>Error establishing a database connection</h1></body></html>")
    then(
        "only-scripts",
        "<html><head><script src='/app.js'></script></head><body><div id='root'></div><noscript>You need to enable JavaScript to run this app.</noscript></body></html>",
    )
    then(
        "directory",
        "<html><head><title>Index of /</title></head><body><h1>Index of /</h1><a href='../'>../</a><a href='x.zip'>x.zip</a></body></html>",
        alerts_max=1,
        statements=None,
    )
    then("other-language", "<html><body><p>Страница не найдена</p><a href='/'>Домой</a></body></html>")
    then("json", lambda c: c.body('{"error": "maintenance"}', ctype="application/json"))
    then("one-line", "ok")
    then("frames", "<html><frameset><frame src='/real'></frameset></html>")
    then(
        "feed-then-html",
        "<html><head><title>Home</title></head><body><article><a href='/x'>Khazali at home</a></article></body></html>",
        kind="feed",
    )
    then(
        "feed-then-json-error",
        lambda c: c.body('{"code":"rest_disabled","message":"no"}', ctype="application/json"),
        kind="feed",
    )
    then("feed-cut", lambda c: c.rss(s.rss(s.plain_items(10, word="Khazali statement"))[:700]), kind="feed")
    then(
        "feed-error-item",
        lambda c: c.rss(s.rss([s.item("Error: feed unavailable", "http://site.invalid/", "err")])),
        kind="feed",
        statements=None,
    )
    then("feed-500", lambda c: c.body("x", "500 x"), kind="feed")
    then("feed-404", lambda c: c.body("x", "404 x"), kind="feed")

    @t.case("/page/rotating-words", ("ok", "suspect"), kind="listing", polls=4)
    async def _(c: Any) -> None:
        adverts = "".join(
            f"<div class=ad>Khazali offer {random.random()} <a href='/ad/{random.random()}'>Buy this now, only today {random.random()}</a></div>"
            for _ in range(3)
        )
        await c.body(
            f"<html><body><header>{time.time()} {random.random()}°C</header><main>{rows}</main><aside>{adverts}</aside></body></html>"
        )

    @t.case("/page/next-is-itself", ("ok", "suspect"), kind="listing", requests=40)
    async def _(c: Any) -> None:
        await c.body(f'<html><body>{rows}<a rel="next" href="{c.target}">next</a></body></html>')

    @t.case("/page/calendar", ("ok", "suspect"), kind="listing", requests=40)
    async def _(c: Any) -> None:
        day = int(c.query.get("day", 0))
        links = "".join(f'<a href="/page/calendar?day={day + n}">{day + n}</a>' for n in range(31))
        await c.body(
            f'<html><body>{rows}<table><tr><td>{links}</td></tr></table><a rel="next" href="/page/calendar?day={day + 1}">next</a></body></html>'
        )


def robots(t: Table) -> None:
    """robots.txt as nobody should write one; each server plays one."""
    usual = t.server.robots
    long = {
        "stars": ("User-agent: *\nDisallow: /" + "*a" * 200_000 + "\n").encode(), "agents": ("".join(f"User-agent: a{i}\n" for i in range(20_000)) + "Disallow: /\n").encode(),
        "long-line": b"User-agent: *\nDisallow: /" + b"x" * 500_000, "page": b"<html><body>Not found</body></html>", "utf-16": "User-agent: *\nDisallow: /nowhere\n".encode("utf-16"), "nul": b"User-agent: *\0\nDisallow: /nowhere\0\n",
        "delay": b"User-agent: *\nCrawl-delay: 1e308\nDisallow:\n", "negative-delay": b"User-agent: *\nCrawl-delay: -99999\n", "odd": b"User-agent: *\nDisallow: %zz%\nAllow: [\nDisallow: $$$\nRequest-rate: 0/0\nVisit-time: x\n",
    }  # fmt: skip

    async def told(c: Any) -> None:
        mode = c.server.robots
        if mode in long:
            await c.body(long[mode], ctype="text/plain")
        elif mode == "bomb":
            import gzip

            await c.body(gzip.compress(b"#" * 200 * MIB, 1), ctype="text/plain", Content_Encoding="gzip")
        elif mode == "circle":
            await c.redirect("/robots.txt")
        elif mode == "to-file":
            await c.redirect("file:///etc/passwd")
        elif mode == "continue":
            while not c.over:
                await c.raw(b"HTTP/1.1 100 Continue\r\n\r\n")
                await asyncio.sleep(0.2)
        elif mode == "brotli":
            await c.body(b"\x0b\x02\x80", ctype="text/plain", Content_Encoding="br")
        elif mode == "forbidden":
            await c.body("no", "403 Forbidden", "text/plain")
        elif mode == "too-many":
            await c.body("no", "429 Too Many Requests", "text/plain", Retry_After="99999")
        else:
            await usual(c)

    vars(t.server)["robots"] = told
    for mode in (*long, "bomb", "circle", "to-file", "continue", "brotli", "forbidden", "too-many"):
        right = ["ok", "timeout"] if mode == "continue" else ["ok"]
        t.server.CASES[f"/ok-feed#robots-{mode}"] = {
            "path": "/ok-feed", "group": "robots", "outcome": right, "expect": mode, "statements": None if mode == "continue" else 3, "matched": None, "alerts_max": 0, "extra_mb": 48,
            "bound": "deadline", "polls": 1, "setup": f"/__robots?mode={mode}", "kind": "feed", "table": "", "reads": [], "requests": None, "outside": False,
        }  # fmt: skip


CHAPTERS = (broken, charsets, bombs, markup, floods, dates, texts, caches, statuses, robots)
