"""A second hostile server: cases of the shared server's kinds that it does not have, on the plumbing of that server.

    BAYAN_SHARED=../shared python -m tests.hostile_more --list

It takes the options of the shared `hostile_server.py`, tells its table at `/__cases` in the same form, and is judged by the same
`hostile_rounds.py` (`--more`). What a row may have besides: `kind` and `table` (how its source is configured), `reads` (titles that
must be stored), `requests` (how often its host may be asked), `outside` (it leads off this machine).
"""

# ruff: noqa: E501 - what a site says stands whole, one answer to a line
from __future__ import annotations

import asyncio
import gzip
import os
import struct
import sys
import zlib
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

MIB = 1 << 20
WANTED = "HOSTILE_CHAPTERS"
"""Names of the chapters that a server has, apart by spaces; without it, all."""
BATCHES = (
    "sizes slowness redirects", "broken dates texts caches", "astray", "charsets", "floods", "bombs", "markup", "statuses", "robots",
    "pairs", "fresh",
)  # fmt: skip
"""Chapters that are played together: a source has a loopback address of its own, and a server has 200."""
STOPPED = ("too_complex", "parse_error", "suspect", "ok", "empty", "too_large")
BROKEN = ("protocol_error", "incomplete", "network_error")
LATE = ("timeout", "protocol_error")


def plumbing() -> ModuleType:
    """The shared server as a module, with no cases."""
    folder = Path(os.environ.get("BAYAN_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    spec = spec_from_file_location("hostile_server", folder / "hostile" / "hostile_server.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.CASES.clear()
    module.HANDLERS.clear()
    return module


class Table:
    """Takes down one case after another in the form of the shared server."""

    def __init__(self, server: ModuleType) -> None:
        self.server = server

    def case(self, path: str, right: tuple[str, ...] | str, *, kind: str = "feed", table: str = "", reads: tuple[str, ...] = (),
             requests: int | None = None, outside: bool = False, asked: str = "", **known: Any) -> Callable[[Any], Any]:  # fmt: skip
        """Registers what is decorated as the answer of `path`; `known` as `case` of the shared server takes it."""
        outcomes = [right] if isinstance(right, str) else list(right)
        group = path.split("/")[1]
        known.setdefault("alerts_max", 0)

        late = "full_text" in table and "polls" not in known
        if late:
            known |= {"polls": 2, "statements": known["statements"] + 1}

        def take(answer: Any) -> Any:
            told = self._after_another(answer) if late else answer
            self.server.case(path, group, outcomes, (answer.__doc__ or "").strip(), **known)(told)
            self.server.CASES[path] |= {
                "kind": kind,
                "table": table,
                "reads": list(reads),
                "requests": requests,
                "outside": outside,
                "asked": asked,
            }
            return answer

        return take

    def _after_another(self, answer: Any) -> Any:
        """`answer` from the second poll on: the articles of what stood in a feed at first are not asked for."""
        first = self.server.item("Quiet first item", "http://site.invalid/first", "first")

        async def told(c: Any) -> None:
            if c.n:
                await answer(c)
            else:
                await c.rss(self.server.rss([first]))

        return told

    def also(self, path: str) -> Callable[[Any], Any]:
        """Registers a further answer that is no case."""

        def take(answer: Any) -> Any:
            self.server.HANDLERS[path] = answer
            return answer

        return take

    def wire(
        self,
        path: str,
        right: tuple[str, ...] | str,
        told: bytes | Callable[[Any], bytes],
        *,
        rest: float = 0.0,
        **known: Any,
    ) -> None:
        """A case that says `told` and closes; with `rest` it keeps the connection for so many seconds."""

        async def answer(c: Any) -> None:
            await c.raw(told if isinstance(told, bytes) else told(c))
            if rest:
                await asyncio.sleep(rest)

        self.case(path, right, **known)(answer)

    def redirect(self, path: str, where: str, *, right: tuple[str, ...] | str = "blocked", **known: Any) -> None:
        """A case that sends on to `where`; DECOY and HERE are the decoy's port and the server's own."""

        async def answer(c: Any) -> None:
            decoy, here = str(c.server.decoy_port), str(c.server.port)
            await c.redirect(where.replace("DECOY", decoy).replace("HERE", here).replace("SELF", c.headers["host"]))

        self.case(path, right, **({"statements": 0} | known))(answer)


def feed(server: ModuleType, count: int = 2, word: str = "Statement") -> bytes:
    """A good feed."""
    return str(server.rss(server.plain_items(count, word=word))).encode()


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer with its length."""
    head = "".join(
        f"{line}\r\n" for line in (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers)
    )
    return f"{head}\r\n".encode("utf-8", "surrogateescape") + body


def packed(block: bytes, times: int) -> bytes:
    """`block`, `times` times, as gzip: made at once, because each block is packed alone. The check sum at its end is wrong."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    once = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + once * times + b"\x03\x00" + struct.pack("<II", 0, 0)


def sizes(t: Table) -> None:
    """Too much of something."""
    s, good = t.server, feed(t.server)
    spaces = packed(b" " * MIB, 1024)
    t.wire(
        "/size/bomb-in-a-refusal",
        ("http_error", "blocked_by_site"),
        answer(spaces, "Content-Encoding: gzip", status="403 Forbidden"),
        statements=0,
    )
    t.wire(
        "/size/bomb-in-a-503",
        ("http_error", "rate_limited"),
        answer(spaces, "Content-Encoding: gzip", "Retry-After: 5", status="503 x"),
        statements=0,
    )
    t.wire(
        "/size/bomb-of-items",
        "too_large",
        answer(packed(b"<item><title>x</title></item>" * 36_000, 1024), "Content-Encoding: gzip"),
        statements=0,
    )
    t.wire(
        "/size/bomb-behind-redirect",
        "ok",
        answer(spaces, "Location: /ok-feed", "Content-Encoding: gzip", status="302 Found"),
        statements=3,
    )
    t.wire("/size/empty-members", STOPPED, answer(gzip.compress(b"") * 450_000, "Content-Encoding: gzip"), statements=0)
    t.wire(
        "/size/name-of-a-member",
        ("too_large", *BROKEN, "decode_error"),
        answer(b"\x1f\x8b\x08\x08\0\0\0\0\x02\xff" + b"n" * 30 * MIB, "Content-Encoding: gzip"),
        statements=0,
    )
    t.wire(
        "/size/one-byte-chunks",
        "too_large",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 300_000 + b"0\r\n\r\n",
        statements=0,
    )
    t.wire(
        "/size/just-under-the-cap",
        ("ok", "too_large"),
        answer(good.replace(b"</channel>", b" " * (10 * MIB - len(good)) + b"</channel>")),
        statements=2,
    )
    t.wire("/size/continue-flood", "protocol_error", b"HTTP/1.1 100 Continue\r\n\r\n" * 400_000, statements=0)
    t.wire("/size/giant-reason", "protocol_error", b"HTTP/1.1 200 " + b"O" * 8 * MIB + b"\r\n\r\n", statements=0)
    t.wire(
        "/size/giant-last-modified", ("ok", "protocol_error"), answer(good, f"Last-Modified: {'M' * 60_000}"), polls=2
    )
    t.wire(
        "/size/giant-location",
        "blocked",
        b"HTTP/1.1 302 Found\r\nLocation: /" + b"a" * 50_000 + b"\r\n\r\n",
        statements=0,
    )
    t.wire(
        "/size/giant-cookie",
        ("ok", "protocol_error"),
        answer(good, f"Set-Cookie: session={'v' * 90_000}; Path=/"),
        polls=2,
    )
    t.wire("/size/giant-type", ("ok", "protocol_error"), answer(good, f"Content-Type: text/xml; {'a=b; ' * 15_000}"))
    t.wire(
        "/size/giant-retry-after",
        ("rate_limited", "protocol_error"),
        answer(b"", f"Retry-After: {'9' * 50_000}", status="429 x"),
        statements=0,
    )
    t.wire(
        "/size/giant-chunk-size-line",
        BROKEN,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 9 * MIB + b"5\r\nhello\r\n0\r\n\r\n",
        statements=0,
    )
    for coding in ("xz", "bzip2", "dcb", "gzip;q=1", "br, gzip", "exi", "x-\u00fcber"):
        name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in coding)
        t.wire(
            f"/size/coded-{name}",
            ("unsupported_encoding", "decode_error", "protocol_error"),
            answer(b"\xfd7zXZ\x00", f"Content-Encoding: {coding}"),
            statements=0,
        )

    @t.case("/size/endless-header-folds", (*LATE, "protocol_error"), statements=0, bound="deadline")
    async def _(c: Any) -> None:
        await c.raw(b"HTTP/1.1 200 OK\r\nX-A: b\r\n")
        while not c.over:
            await c.raw(b" folded\r\n" * 1_000)

    @t.case("/size/bomb-as-article", "ok", table="full_text = true", statements=1, asked="/bomb-article")
    async def _(c: Any) -> None:
        await c.rss(s.rss([s.item("Statement with an article", f"http://{c.headers['host']}/bomb-article", "a")]))

    @t.also("/bomb-article")
    async def _(c: Any) -> None:
        await c.body(spaces, Content_Encoding="gzip")

    @t.case("/size/endless-article", "ok", table="full_text = true", statements=1, asked="/endless-article")
    async def _(c: Any) -> None:
        await c.rss(
            s.rss([s.item("Statement with an endless article", f"http://{c.headers['host']}/endless-article", "a")])
        )

    @t.also("/endless-article")
    async def _(c: Any) -> None:
        await c.head(Transfer_Encoding="chunked")
        while not c.over:
            await c.raw(b"10000\r\n" + b"<p>more</p>     "[:16] * 4096 + b"\r\n")

    @t.case("/size/endless-next-page", ("ok", "suspect", "too_large"), kind="listing")
    async def _(c: Any) -> None:
        rows = "".join(
            f'<article><h2><a href="/a/{i}">Statement of the group number {i}</a></h2></article>' for i in range(5)
        )
        await c.body(f'<html><body>{rows}<a rel="next" href="/endless-article">next</a></body></html>')


def slowness(t: Table) -> None:
    """Ways to be slow that no time-out between two bytes sees."""
    s, good = t.server, feed(t.server)

    def drip(path: str, right: tuple[str, ...], before: bytes, piece: bytes, every: float = 0.3, **known: Any) -> None:
        async def told(c: Any) -> None:
            await c.raw(before)
            while not c.over:
                await c.raw(piece)
                await asyncio.sleep(every)

        t.case(path, right, bound="deadline", **known)(told)

    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    drip("/slow/continue", LATE, b"", b"HTTP/1.1 100 Continue\r\n\r\n", statements=0)
    drip("/slow/early-hints", LATE, b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", statements=0)
    drip("/slow/blank-lines", (*LATE, *BROKEN), b"", b"\r\n", statements=0)
    drip("/slow/status-line", LATE, b"HTTP/1.1 200 ", b"O", statements=0)
    drip("/slow/chunk-size", LATE, chunks, b"0", statements=0)
    drip("/slow/chunk-extension", LATE, chunks + b"5;", b"x", statements=0)
    drip("/slow/trailers", ("timeout", "ok", *BROKEN), chunks + b"%x\r\n%s\r\n0\r\n" % (len(good), good), b"X-T: y\r\n")
    drip("/slow/no-length", ("timeout",), b"HTTP/1.1 200 OK\r\n\r\n" + good, b"", statements=0)
    drip(
        "/slow/packed",
        ("timeout", "decode_error"),
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(good)[:40],
        b"\0",
        statements=0,
    )
    drip(
        "/slow/refusal",
        ("http_error", "blocked_by_site", "timeout"),
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 9999\r\n\r\n",
        b"x",
        statements=0,
    )
    drip(
        "/slow/overload",
        ("http_error", "rate_limited", "timeout"),
        b"HTTP/1.1 503 x\r\nRetry-After: 3\r\n\r\n",
        b"x",
        statements=0,
    )
    drip(
        "/slow/body-of-redirect",
        ("ok",),
        b"HTTP/1.1 302 Found\r\nLocation: /ok-feed\r\nContent-Length: 9999\r\n\r\n",
        b"x",
        statements=3,
    )
    drip("/slow/gone", ("gone", "timeout"), b"HTTP/1.1 410 Gone\r\nContent-Length: 9999\r\n\r\n", b"x", statements=0)
    t.wire(
        "/slow/after-the-end",
        "ok",
        answer(good).replace(b"Connection: close", b"Connection: keep-alive"),
        rest=20,
        statements=2,
    )

    @t.case("/slow/goodbye", "ok", statements=2)
    async def _(c: Any) -> None:
        """All is said, and then more than was promised, slowly."""
        await c.raw(answer(good))
        for _ in range(40):
            await c.raw(b"more")
            await asyncio.sleep(0.5)

    @t.case("/slow/articles", "ok", table="full_text = true", statements=12, bound="deadline", asked="/silent?0")
    async def _(c: Any) -> None:
        """Twelve statements, whose articles never come."""
        await c.rss(
            s.rss(
                [
                    s.item(f"Statement with a silent article {i}", f"http://{c.headers['host']}/silent?{i}", f"a{i}")
                    for i in range(12)
                ]
            )
        )

    @t.also("/silent")
    async def _(c: Any) -> None:
        await c.idle()

    @t.case("/slow/next-page", ("ok", "suspect", "timeout"), kind="listing", bound="deadline")
    async def _(c: Any) -> None:
        rows = "".join(
            f'<article><h2><a href="/a/{i}">Statement of the group number {i}</a></h2></article>' for i in range(5)
        )
        await c.body(f'<html><body>{rows}<a rel="next" href="/silent?next">next</a></body></html>')


def redirects(t: Table) -> None:
    """Redirects that lead nowhere, in circles, or somewhere good by an odd way."""
    t.redirect("/redirect/there", "/redirect/back", right="too_many_redirects", requests=8)

    @t.also("/redirect/back")
    async def _(c: Any) -> None:
        await c.redirect("/redirect/there")

    @t.case("/redirect/grows", ("blocked", "too_many_redirects"), statements=0)
    async def _(c: Any) -> None:
        await c.redirect(f"{c.target}{'?' if '?' not in c.target else '&'}{'a' * len(c.target) * 4}")

    @t.case("/redirect/until-a-cookie", "too_many_redirects", statements=0)
    async def _(c: Any) -> None:
        if "cookie" in c.headers:
            await c.rss(t.server.rss(t.server.plain_items(1)))
        else:
            await c.head("302 Found", "text/plain", 0, Location="/redirect/until-a-cookie", Set_Cookie="seen=1")

    t.redirect("/redirect/to-a-fragment", "#top", right=("too_many_redirects", "http_error"))
    t.redirect("/redirect/to-a-query", "?", right=("too_many_redirects", "http_error"))
    t.redirect("/redirect/to-nothing", "", right=("too_many_redirects", "http_error", "protocol_error"))
    for name, where in (
        ("dots", "./../../ok-feed"), ("shouted", "HTTP://SELF/ok-feed"), ("without-scheme", "//SELF/ok-feed"), ("with-a-fragment", "/ok-feed#x"),
        ("percent", "/ok%2Dfeed"), ("a-letter-that-is-none", "/ok-feed?q=\u0642\u064a\u0633"), ("semicolons", "/ok-feed?;;;&&&"),
    ):  # fmt: skip
        t.redirect(f"/redirect/good-{name}", where, right="ok", statements=3)
    for status in ("303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"):
        t.wire(f"/redirect/status-{status[:3]}", "ok", answer(b"", "Location: /ok-feed", status=status), statements=3)
    for status in (
        "300 Multiple Choices",
        "304 Not Modified",
        "305 Use Proxy",
        "306 Switch Proxy",
        "399 x",
        "201 Created",
    ):
        t.wire(f"/redirect/status-{status[:3]}", ("http_error", "protocol_error", "blocked"),
               lambda c, status=status: answer(b"", f"Location: http://127.0.0.1:{c.server.decoy_port}/", status=status), statements=0)  # type: ignore[misc]  # fmt: skip
    t.wire("/redirect/two-locations", ("ok", "blocked", "protocol_error"),
           lambda c: answer(b"", "Location: /ok-feed", f"Location: http://127.0.0.1:{c.server.decoy_port}/", status="302 x"))  # fmt: skip
    t.wire(
        "/redirect/breaks-a-line",
        ("http_error", "blocked"),
        answer(b"", "Location: /x%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a<rss>", status="302 x"),
        statements=0,
    )
    t.wire(
        "/redirect/refresh-instead",
        STOPPED,
        lambda c: answer(b"<html>moved</html>", f"Refresh: 0;url=http://127.0.0.1:{c.server.decoy_port}/"),
        statements=0,
    )


LEADS_ASTRAY = {
    "neighbour": "http://127.0.0.181:HERE/ok-feed", "own-name": "http://localhost:HERE/ok-feed", "own-over-tls": "https://SELF/ok-feed", "zero": "http://0:DECOY/",
    "padded-octal": "http://00000177.0.0.1:DECOY/", "hex-parts": "http://0x7f.0x0.0x0.0x1:DECOY/", "three-parts": "http://127.0.1:DECOY/",
    "dotted-end": "http://127.0.0.1.:DECOY/", "many-dots": "http://127.0.0.1..:DECOY/", "long-zeros": "http://[0:0:0:0:0:ffff:7f00:0001]:DECOY/",
    "upper-mapped": "http://[::FFFF:7F00:1]:DECOY/", "unspecified-6": "http://[::]:DECOY/", "mapped-zero": "http://[::ffff:0.0.0.0]:DECOY/",
    "translated": "http://[::ffff:0:127.0.0.1]:DECOY/", "nat64-local": "http://[64:ff9b:1::7f00:1]:DECOY/", "teredo": "http://[2001:0:7f00:1::]:DECOY/",
    "isatap": "http://[fe80::5efe:127.0.0.1]:DECOY/", "site-local": "http://[fec0::1]:DECOY/", "discard": "http://[100::1]:DECOY/", "segment": "http://[5f00::1]:DECOY/",
    "unique-local": "http://[fd00:ec2::254]/latest/meta-data/", "multicast-6": "http://[ff02::1]:DECOY/", "documentation": "http://[3fff::1]:DECOY/",
    "zone": "http://[fe80::1%25lo]:DECOY/", "future-version": "http://[v1.127.0.0.1]:DECOY/", "no-end": "http://[::1:DECOY/", "two-ends": "http://[::1]]:DECOY/",
    "broadcast": "http://255.255.255.255:DECOY/", "reserved": "http://240.0.0.1:DECOY/", "multicast": "http://224.0.0.1:DECOY/", "benchmark": "http://198.18.0.1:DECOY/",
    "relay": "http://192.88.99.1:DECOY/", "other-cloud": "http://192.0.0.192/opc/v2/instance/", "alibaba": "http://100.100.100.200/latest/meta-data/",
    "azure": "http://168.63.129.16/machine/?comp=goalstate", "metadata-name": "http://metadata.google.internal/computeMetadata/v1/",
    "long-s": "http://localho\u017ft:DECOY/", "circled": "http://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3:DECOY/", "half-width-stop": "http://127\uff610\uff610\uff611:DECOY/",
    "arabic-digits": "http://\u0661\u0662\u0667.\u0660.\u0660.\u0661:DECOY/", "full-width-colon": "http://127.0.0.1\uff1aDECOY/", "soft-hyphen": "http://127.0.0\u00ad.1:DECOY/",
    "zero-width": "http://local\u200bhost:DECOY/", "encoded-dot": "http://127%2e0%2e0%2e1:DECOY/", "encoded-colon": "http://127.0.0.1%3aDECOY/", "encoded-at": "http://site.invalid%40127.0.0.1:DECOY/",
    "encoded-slash": "http://127.0.0.1:DECOY%2f@site.invalid/", "user-with-port": "http://site.invalid:80@127.0.0.1:DECOY/", "two-users": "http://a@site.invalid@127.0.0.1:DECOY/",
    "empty-user": "http://@127.0.0.1:DECOY/", "empty-word": "http://:@127.0.0.1:DECOY/", "query-at": "http://127.0.0.1:DECOY?@site.invalid/", "fragment-at": "http://127.0.0.1:DECOY#@site.invalid/",
    "semicolon-at": "http://127.0.0.1:DECOY;@site.invalid/", "padded-port": "http://127.0.0.1:000DECOY/", "wrapped-port": "http://127.0.0.1:4294967376/", "signed-port": "http://127.0.0.1:+DECOY/",
    "letters-as-port": "http://127.0.0.1:\uff18\uff10/", "two-ports": "http://127.0.0.1:80:DECOY/", "no-slashes": "http:127.0.0.1:DECOY/", "back-slashes": "\\\\127.0.0.1:DECOY\\", "mixed-slashes": "/\\127.0.0.1:DECOY/",
    "scheme-back-slashes": "http:\\\\127.0.0.1:DECOY\\", "tab-in-scheme": "ht\ttp://127.0.0.1:DECOY/", "tab-between": "/\t/127.0.0.1:DECOY/", "unix-socket": "http+unix://%2fvar%2frun%2fdocker.sock/info",
    "ldap": "ldap://127.0.0.1:DECOY/", "smb": "smb://127.0.0.1/c$", "sftp": "sftp://127.0.0.1:DECOY/", "feed-scheme": "feed://127.0.0.1:DECOY/", "view-source": "view-source:http://127.0.0.1:DECOY/",
    "blob": "blob:http://127.0.0.1:DECOY/x", "about": "about:blank", "tg": "tg://resolve?domain=x", "mailto": "mailto:x@site.invalid", "netdoc": "netdoc:///etc/passwd", "phar": "phar:///etc/passwd",
    "php": "php://filter/resource=/etc/passwd", "file-of-localhost": "file://localhost/etc/passwd", "file-without-slashes": "file:/etc/passwd", "expect": "expect://id", "long-label": f"http://{'a' * 64}.invalid:DECOY/",
    "long-name": f"http://{'a.' * 200}invalid:DECOY/", "under-xn": "http://xn--/", "broken-xn": "http://xn--a-ecp.ru\u200d/", "nothing-but-dots": "http://.../", "empty-label": "http://a..invalid/",
}  # fmt: skip
"""Redirects that must end unasked; SELF, HERE and DECOY are the source's own host and port, the server's port and the decoy's."""
LEAVES = (
    "azure",
    "alibaba",
    "other-cloud",
    "metadata-name",
    "unique-local",
    "broadcast",
    "reserved",
    "multicast",
    "benchmark",
    "relay",
)
"""Those of them that would leave this machine."""
MAY_BE_HERE = ("no-slashes", "mixed-slashes", "tab-between", "query-at", "fragment-at", "encoded-slash")
"""Those that some read as a path of the site itself."""


def astray(t: Table) -> None:
    """Redirects, links and names that lead to where nobody may go."""
    s = t.server
    for name, where in LEADS_ASTRAY.items():
        unknown = ("network_error",) if "invalid" in where or "xn--" in where or name == "metadata-name" else ()
        here = ("http_error", "too_many_redirects") if name in MAY_BE_HERE else ()
        t.redirect(
            f"/ssrf/to-{name}", where, right=("blocked", "protocol_error", *unknown, *here), outside=name in LEAVES
        )

    def item_at(c: Any, where: str) -> str:
        return str(
            s.item("Statement that links elsewhere", where.replace("DECOY", str(c.server.decoy_port)), where[:20])
        )

    for name, where in (
        ("number", "http://2130706433:DECOY/"),
        ("mapped", "http://[::ffff:127.0.0.1]:DECOY/"),
        ("plain", "http://127.0.0.1:DECOY/"),
        ("name", "http://localhost:DECOY/"),
    ):

        async def article(c: Any, where: str = where) -> None:
            await c.rss(s.rss([item_at(c, where)]))

        t.case(f"/ssrf/article-at-{name}", "ok", table="full_text = true", statements=1)(article)

    @t.case("/ssrf/article-redirects", "ok", table="full_text = true", statements=1, asked="/to-decoy")
    async def _(c: Any) -> None:
        await c.rss(s.rss([s.item("Statement that is sent on", f"http://{c.headers['host']}/to-decoy", "a")]))

    @t.also("/to-decoy")
    async def _(c: Any) -> None:
        await c.redirect(f"http://127.0.0.1:{c.server.decoy_port}/")

    @t.case("/ssrf/article-is-elsewhere", "ok", table="full_text = true", statements=1, asked="/elsewhere")
    async def _(c: Any) -> None:
        await c.rss(s.rss([s.item("Statement that is elsewhere", f"http://{c.headers['host']}/elsewhere", "a")]))

    @t.also("/elsewhere")
    async def _(c: Any) -> None:
        d = f"http://127.0.0.1:{c.server.decoy_port}"
        await c.body(f'<html><head><link rel="canonical" href="{d}/c"><link rel="amphtml" href="{d}/amp"><link rel="alternate" type="application/json+oembed" href="{d}/o">'
                     f'<meta property="og:url" content="{d}/og"><base href="{d}/"></head><body><article><h1>Head</h1><p>{"words " * 200}</p><img src="{d}/i"></article></body></html>')  # fmt: skip

    @t.case("/ssrf/next-page-elsewhere", ("ok", "suspect"), kind="listing")
    async def _(c: Any) -> None:
        rows = "".join(
            f'<article><h2><a href="/a/{i}">Statement of the group number {i}</a></h2></article>' for i in range(5)
        )
        await c.body(
            f'<html><body>{rows}<a rel="next" class="next" href="http://127.0.0.1:{c.server.decoy_port}/">next</a></body></html>'
        )

    @t.case("/ssrf/feed-moved", "ok", statements=1)
    async def _(c: Any) -> None:
        d = f"http://127.0.0.1:{c.server.decoy_port}"
        more = f'<itunes:new-feed-url>{d}/n</itunes:new-feed-url><atom:link rel="self" href="{d}/s"/><atom:link rel="hub" href="{d}/h"/><atom:link rel="next" href="{d}/x"/>'
        more += f'<cloud domain="127.0.0.1" port="{c.server.decoy_port}" path="/"/><image><url>{d}/i</url></image><docs>{d}/docs</docs>'
        names = ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"'
        await c.rss(s.rss([more, s.item("Statement of a feed that has moved", "http://site.invalid/m", "m")], ns=names))

    @t.case("/ssrf/json-next", "ok", statements=1)
    async def _(c: Any) -> None:
        d = f"http://127.0.0.1:{c.server.decoy_port}"
        await c.body(f'{{"version":"https://jsonfeed.org/version/1.1","title":"x","next_url":"{d}/n","feed_url":"{d}/f","icon":"{d}/i","hubs":[{{"type":"WebSub","url":"{d}/h"}}],'
                     f'"items":[{{"id":"1","url":"http://site.invalid/1","title":"Statement","image":"{d}/p","external_url":"{d}/e"}}]}}', ctype="application/feed+json")  # fmt: skip

    @t.case("/ssrf/sitemap-elsewhere", STOPPED, kind="sitemap", statements=0)
    async def _(c: Any) -> None:
        d = c.server.decoy_port
        places = (
            f"http://127.0.0.1:{d}/a.xml",
            f"http://2130706433:{d}/b.xml.gz",
            "file:///etc/passwd",
            f"//127.0.0.1:{d}/c.xml",
            f"http://user@127.0.0.1:{d}/",
            "gopher://x/",
        )
        await c.body(
            "<sitemapindex>" + "".join(f"<sitemap><loc>{one}</loc></sitemap>" for one in places) + "</sitemapindex>",
            ctype="application/xml",
        )


def main() -> int:
    from tests.hostile_more_fresh import fresh
    from tests.hostile_more_pages import CHAPTERS
    from tests.hostile_more_pairs import pairs

    server = plumbing()
    table = Table(server)
    wanted = os.environ.get(WANTED, "").split()
    for chapter in (sizes, slowness, redirects, astray, *CHAPTERS, pairs, fresh):
        if not wanted or chapter.__name__ in wanted:
            chapter(table)
    return int(server.main())


if __name__ == "__main__":
    sys.exit(main())
