"""Hostile answers of our own making: sources that the shared hostile server does not have, as bytes on the wire.

`cases(origin, decoy)` gives each by name: how its source is configured, what it answers, and the classes of outcome that are right.
"""

# ruff: noqa: E501 - what a site says stands whole, one answer to a line
from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass, field

from tests.raw_site import answer, chunked, redirect

MIB = 1024 * 1024
ITEM = "<item><title>{}</title><link>{}</link><guid>{}</guid></item>"
BLOCKED = ("blocked", "network_error", "protocol_error")
STOPPED = ("too_complex", "parse_error", "suspect", "ok", "empty", "too_large")


@dataclass(frozen=True)
class Case:
    """One source. `more` are lines of its table; `also` further targets that it answers; `waits` keeps the connection open."""

    told: bytes
    right: tuple[str, ...]
    kind: str = "feed"
    more: str = ""
    also: dict[str, bytes] = field(default_factory=dict)
    waits: bool = False
    most: int | None = None


def rss(
    inside: str = ITEM.format("A headline that is long enough", "https://site.invalid/1", "1"),
    head: str = "",
    root: str = "",
) -> bytes:
    return f"<?xml version='1.0'?>{head}<rss version='2.0' {root}><channel><title>x</title>{inside}</channel></rss>".encode()


def packed(size: int = 300 * MIB, wbits: int = 31) -> bytes:
    """A bomb: so many bytes of white space, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    block = b" " * MIB
    return b"".join(packer.compress(block) for _ in range(size // MIB)) + packer.flush()


def html(inside: str) -> bytes:
    return f"<html><head><title>x</title></head><body>{inside}</body></html>".encode()


def cases(origin: str, decoy: str) -> dict[str, Case]:
    """All of them. `origin` is the site's own address, `decoy` an internal service as host:port."""
    port = decoy.rpartition(":")[2]
    bomb = packed()
    small = gzip.compress(rss())
    found: dict[str, Case] = {
        # sizes and codings
        "gzip-members": Case(answer(packed(8 * MIB) * 40, "Content-Encoding: gzip"), ("too_large",)),
        "raw-deflate-bomb": Case(answer(packed(wbits=-15), "Content-Encoding: deflate"), ("too_large",)),
        "x-gzip-bomb": Case(answer(bomb, "Content-Encoding: X-GZip"), ("too_large",)),
        "brotli": Case(answer(b"\x0b\x02\x80", "Content-Encoding: br"), ("unsupported_encoding",)),
        "zstd": Case(answer(b"\x28\xb5\x2f\xfd", "Content-Encoding: zstd"), ("unsupported_encoding",)),
        "stacked-in-one": Case(answer(gzip.compress(bomb), "Content-Encoding: gzip, gzip"), ("unsupported_encoding",)),
        "stacked-in-two": Case(
            answer(gzip.compress(bomb), "Content-Encoding: gzip", "Content-Encoding: deflate"), ("unsupported_encoding",)
        ),
        "identity-and-gzip": Case(answer(small, "Content-Encoding: identity, gzip"), ("ok",), most=1),
        "gzip-and-rubbish": Case(answer(small + b"\x00rubbish" * 9, "Content-Encoding: gzip"), ("ok", "decode_error")),
        "gzip-in-gzip": Case(answer(gzip.compress(bomb), "Content-Encoding: gzip"), ("parse_error", "suspect", "too_large")),
        "packed-sitemap-bomb": Case(
            answer(bomb, "Content-Type: application/gzip"), ("too_large", "too_complex", "parse_error"), "sitemap"
        ),
        "compress": Case(answer(b"\x1f\x9d", "Content-Encoding: compress"), ("unsupported_encoding",)),
        # headers
        "90-kb-of-headers": Case(answer(rss(), *(f"X-{n}: {'y' * 900}" for n in range(98))), ("ok", "protocol_error")),
        "folded-header": Case(answer(rss(), "X-A: b\r\n  c"), ("ok", "protocol_error")),
        "nul-in-header": Case(answer(rss(), "X-A: b\x00c"), ("ok", "protocol_error")),
        "no-colon": Case(answer(rss(), "nonsense"), ("ok", "protocol_error")),
        "charset-of-10-kb": Case(answer(rss(), f"Content-Type: text/xml; charset={'u' * 10_000}"), ("ok", "protocol_error")),
        "two-charsets": Case(answer(rss(), "Content-Type: text/xml; charset=utf-8; charset=utf-16"), ("ok",), most=1),
        "length-and-chunks": Case(
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(rss()), rss()),
            ("ok", "protocol_error", "incomplete", "parse_error"),
        ),
        "gzip-as-transfer": Case(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", ("protocol_error", "empty", "unsupported_encoding")
        ),
        "chunk-extension-of-1-mb": Case(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"x" * MIB + b"\r\nhello\r\n0\r\n\r\n",
            ("protocol_error", "parse_error", "suspect"),
        ),
        "endless-trailers": Case(chunked(rss(), end=False) + b"0\r\n" + b"X-T: y\r\n" * 50_000, ("ok", "protocol_error", "incomplete", "timeout")),
        "http-2-line": Case(answer(rss()).replace(b"HTTP/1.1", b"HTTP/2.0"), ("ok", "protocol_error")),
        "switching-protocols": Case(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", ("protocol_error", "http_error", "timeout")),
        "early-hints": Case(b"HTTP/1.1 103 Early\r\nLink: </x>\r\n\r\n" + answer(rss()), ("ok",), most=1),
        "refresh-header": Case(answer(rss(), f"Refresh: 0; url=http://{decoy}/"), ("ok",), most=1),
        "link-header": Case(answer(rss(), f"Link: <http://{decoy}/>; rel=next, <http://{decoy}/>; rel=hub"), ("ok",), most=1),
        "attachment": Case(answer(rss(), "Content-Disposition: attachment; filename=../../hostile_pwned"), ("ok",), most=1),
        # slow
        "half-a-header": Case(b"HTTP/1.1 200 OK\r\nContent-Ty", ("timeout",), waits=True),
        "half-a-chunk-size": Case(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5", ("timeout",), waits=True),
        "list-and-silence": Case(chunked(rss(), end=False), ("timeout",), waits=True, most=0),
        # feeds
        "dtd-at-the-decoy": Case(answer(rss(head=f'<!DOCTYPE rss SYSTEM "http://{decoy}/x.dtd">')), ("ok", "parse_error")),
        "parameter-entity": Case(
            answer(rss(head=f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://{decoy}/p">%p;]>')), ("ok", "parse_error", "blocked")
        ),
        "xinclude": Case(
            answer(rss("<item><title><xi:include href='file:///etc/passwd' parse='text' xmlns:xi='http://www.w3.org/2001/XInclude'/>t</title></item>")),
            ("ok", "parse_error"),
        ),
        "stylesheet": Case(answer(rss(head=f"<?xml-stylesheet href='http://{decoy}/x.xsl'?>")), ("ok",), most=1),
        "million-references": Case(answer(rss(ITEM.format("&amp;" * 1_000_000, "https://site.invalid/1", "1"))), STOPPED),
        "million-comments": Case(answer(rss("<!---->" * 1_000_000)), STOPPED),
        "base-at-the-decoy": Case(
            answer(rss(ITEM.format("A headline that is long enough", "/x", "1"), root=f"xml:base='http://{decoy}/'")), ("ok",),
            more="full_text = true", most=1,
        ),
        "base-that-is-none": Case(
            answer(rss(ITEM.format("one", "/1", "1") + ITEM.format("two", "p://[", "2"), root="xml:base='http://['")), ("ok",), most=2
        ),
        "base-of-javascript": Case(answer(rss(ITEM.format("one", "/1", "1"), root="xml:base='javascript:alert(1)//'")), ("ok",), most=1),
        "utf-7": Case(answer(rss().replace(b"A headline", b"+ADw-script+AD4-"), "Content-Type: text/xml; charset=utf-7"), ("ok", "parse_error")),
        "broken-utf-16": Case(answer(b"\xff\xfe" + rss().decode().encode("utf-16-le").replace(b"h\x00", b"\x00\xd8")), ("ok", "parse_error")),
        "zalgo": Case(answer(rss(ITEM.format("Z" + "\u0301\u0489" * 40_000, "https://site.invalid/z", "z"))), ("ok",), most=1),
        "right-to-left": Case(answer(rss(ITEM.format("\u202e\u2067" * 5_000 + "Khazali\u200d", "https://site.invalid/r", "r"))), ("ok",), most=1),
        # other kinds
        "deep-json": Case(answer(b"[" * 200_000, "Content-Type: application/json"), STOPPED[:3], "json", 'items = "a"'),
        "deep-json-inside": Case(
            answer(b'{"a":[{"id":1,"title":' + b'{"x":' * 5_000 + b"1" + b"}" * 5_000 + b"}]}"), STOPPED[:4], "json", 'items = "a"'
        ),
        "json-of-long-numbers": Case(answer(b'{"a":[{"id":' + b"9" * 5_000 + b',"title":1e999}]}'), STOPPED[:5], "json", 'items = "a"'),
        "json-with-surrogates": Case(answer(b'{"a":[{"id":"1","title":"a \\ud800 headline \\u0000\\u202e"}]}'), STOPPED[:4], "json", 'items = "a"'),
        "wordpress-of-other-types": Case(
            answer(b"no"), STOPPED[:5], "wordpress",
            also={"wp-json": answer(json.dumps([{"id": {}, "link": [1], "title": {"rendered": [[]]}, "date_gmt": 7}] * 50).encode())},
        ),
        "sitemap-in-a-circle": Case(
            answer(f"<sitemapindex><sitemap><loc>{origin}/sitemap-in-a-circle</loc></sitemap><sitemap><loc>{origin}/%73itemap-in-a-circle?1</loc></sitemap></sitemapindex>".encode()),
            (*STOPPED, "http_error"), "sitemap", most=0,
        ),
        "sitemap-at-the-decoy": Case(
            answer(f"<sitemapindex><sitemap><loc>http://{decoy}/a</loc></sitemap><sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>".encode()),
            (*STOPPED, "blocked"), "sitemap", most=0,
        ),
        "sitemap-of-entities": Case(
            answer(b"<!DOCTYPE u [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;'>]><urlset><url><loc>&b;</loc></url></urlset>"),
            STOPPED[:3], "sitemap", most=0,
        ),
        "sitemap-for-a-slow-pattern": Case(
            answer(f"<urlset><url><loc>{origin}/{'a' * 3_900}!</loc></url></urlset>".encode()), STOPPED, "sitemap", "match_url = '(a+)+$'"
        ),
        # web pages
        "nested-templates": Case(answer(html("<template>" * 50_000)), STOPPED, "listing", most=0),
        "nested-svg": Case(answer(html("<svg><foreignObject>" * 30_000)), STOPPED, "listing", most=0),
        "formatting-storm": Case(answer(html("<p><b><i><u><s>" * 4_000)), STOPPED, "listing", most=0),
        "foster-parents": Case(answer(html("<table><a>" * 20_000)), STOPPED, "listing", most=0),
        "comment-without-end": Case(answer(html("<!--" + "-" * 4 * MIB)), STOPPED, "listing", most=0),
        "tag-without-end": Case(answer(html("<p " + "x" * 4 * MIB)), STOPPED, "listing", most=0),
        "deep-json-ld": Case(
            answer(html(f'<script type="application/ld+json">{"[" * 100_000}</script>')), STOPPED, "listing", most=0
        ),
        "200-000-links": Case(answer(html("<a href=x>y</a>" * 200_000)), STOPPED, "listing"),
        "watched-page-of-markup": Case(answer(html("<main>" + "<b>" * 30_000 + "x")), STOPPED, "page", 'watch = "main"'),
        "costly-selector": Case(
            answer(html("<div><p>" * 400 + "x" + "<i>y</i>" * 4_000)), STOPPED, "listing",
            '[sources.{id}.select]\nitem = "div:has(p:has(p:has(i ~ i ~ i)))"', most=0,
        ),
    }  # fmt: skip
    for number, where in enumerate((
        f"http://user:word@{decoy}/", f"http://{decoy}#@site.invalid/", f"http:///{decoy}/", f"///{decoy}/", f"http://[::ffff:7f00:1]:{port}/",
        f"http://[::127.0.0.1]:{port}/", f"http://0177.1:{port}/", f"http://0x7f.1:{port}/", f"http://017700000001:{port}/", f"http://127.1.:{port}/",
        f"http://①②⑦.⓪.⓪.①:{port}/", f"http://127。0。0。1:{port}/", f"http://127.0.0.1%00.site.invalid:{port}/", f"http://%31%32%37.0.0.1:{port}/",
        f"HTTP://LOCALHOST:{port}/", f"http://localhost.localdomain:{port}/", f"http://[::1%25lo]:{port}/", f"http://[fe80::1]:{port}/",
        f"https://{decoy}/", f"http://127.255.255.254:{port}/", f"http://[2002:7f00:1::]:{port}/", f"http://[64:ff9b::7f00:1]:{port}/",
        "file:///etc/passwd", "FILE:/etc/passwd", f"jar:http://{decoy}/!/x", "unix:/run/docker.sock", f"dict://{decoy}/info", f"ws://{decoy}/",
        "data:text/xml,<rss/>", "javascript:1", f"http://{decoy}\\@site.invalid/", f"http://site.invalid\\@{decoy}/", f"http://{decoy}\t/", "http://[", "http://",
    )):  # fmt: skip
        # Without a host they lead back to the site itself, whatever else somebody may read in them.
        back = (
            ("http_error", "too_many_redirects") if where.startswith(("///", "http:///")) or where == "http://" else ()
        )
        found[f"redirect-{number}"] = Case(redirect(where), (*BLOCKED, *back), most=0)
    found["redirect-through-itself"] = Case(
        redirect(f"{origin}/hop"), BLOCKED, also={"hop": redirect(f"http://{decoy}/", "307 Temporary Redirect")}, most=0
    )
    found["redirect-and-meta"] = Case(
        redirect(f"{origin}/meta"), STOPPED, "listing",
        also={"meta": answer(html(f'<meta http-equiv=refresh content="0;url=http://{decoy}/"><base href="http://{decoy}/">'))}, most=0,
    )  # fmt: skip
    return found
