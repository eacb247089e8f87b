"""One address is asked politely and safely: what comes back, and what is refused before anything is connected to."""

from __future__ import annotations

import ast
import asyncio
import gzip
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpcore
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import ConfigError, FetchError
from scraper.model import Page, Source, Unchanged, Validators
from scraper.net import connect
from scraper.net.answer import Head, content_type, fresh_for, retry_after, total_pages, validators_of
from scraper.net.body import MAX_PIECES, Unpacker
from scraper.net.fetch import NONE, RESERVED, Fetcher
from scraper.net.robots import MemoryShelf, RobotsFile
from scraper.settings import FetchSettings
from tests.raw_site import RawSite, answer, chunked, redirect

NOW = datetime(2025, 6, 20, 17, 0, tzinfo=UTC)
SETTINGS = FetchSettings(total_timeout=timedelta(seconds=20), per_host_delay=timedelta(0), per_host_concurrency=9)


@pytest.fixture
async def site() -> AsyncIterator[RawSite]:
    async with RawSite() as started:
        yield started


class NoRobots(MemoryShelf):
    """A shelf on which no site has a robots.txt."""

    async def load(self, origin: str) -> RobotsFile | None:
        return RobotsFile("free", "", NOW, NOW)


class Names:
    """Resolves names from a list, the next answer each time, and remembers what it was asked for."""

    def __init__(self, *answers: Sequence[str] | OSError) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, OSError):
            raise found
        return found


def fetcher(settings: FetchSettings = SETTINGS, **more: Any) -> Fetcher:
    return Fetcher(settings, NoRobots(), **more)


def source(url: str, **more: Any) -> Source:
    return Source("s", "feed", url, **{"allow_private": True} | more)


async def fetch(url: str, by: Fetcher | None = None, validators: Validators = NONE, **more: Any) -> Page | Unchanged:
    of = more.pop("of", None) or source(url, **more)
    return await (by or fetcher()).fetch(of, url, clock=lambda: NOW, validators=validators)


async def page(url: str, by: Fetcher | None = None, **more: Any) -> Page:
    found = await fetch(url, by, **more)
    assert isinstance(found, Page)
    return found


async def failure(url: str, by: Fetcher | None = None, **more: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetch(url, by, **more)
    return caught.value


# ------------------------------------------------------------------------------------------------------ what a page is


async def test_a_page_carries_its_bytes_its_claims_its_validators_and_its_time(site: RawSite) -> None:
    headers = [
        'Content-Type: Application/RSS+xml; Charset="UTF-8"',
        'ETag: W/"1"',
        "Last-Modified: Fri, 20 Jun 2025 10:00:00 GMT",
    ]
    site.answers["/feed"] = answer("بيان".encode(), *headers)
    got = await page(f"{site.origin}/feed")
    assert got == Page(
        url=f"{site.origin}/feed",
        asked=f"{site.origin}/feed",
        body="بيان".encode(),
        fetched_at=NOW,
        media_type="application/rss+xml",
        charset="utf-8",
        validators=Validators('W/"1"', "Fri, 20 Jun 2025 10:00:00 GMT"),
    )


async def test_we_say_who_we_are_and_send_nothing_that_was_not_asked_for(site: RawSite) -> None:
    site.answers["/"] = answer(b"x", "Set-Cookie: a=b")
    by = fetcher(replace(SETTINGS, user_agent="bayan/1 (desk@example.org)"))
    await page(f"{site.origin}/", by)
    await page(f"{site.origin}/", by, user_agent="Mozilla/5.0")
    assert [asked.headers["user-agent"] for asked in site.asked] == ["bayan/1 (desk@example.org)", "Mozilla/5.0"]
    for asked in site.asked:
        assert asked.headers.keys() == {"host", "user-agent", "accept", "accept-encoding", "connection"}


async def test_the_environment_does_not_choose_a_proxy(site: RawSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.answers["/"] = answer(b"x")
    assert (await page(f"{site.origin}/")).body == b"x"


@pytest.mark.parametrize("wbits", [31, 15, -15])
async def test_gzip_and_deflate_are_unpacked(site: RawSite, wbits: int) -> None:
    packer = zlib.compressobj(wbits=wbits)
    packed = packer.compress(b"news " * 90_000) + packer.flush()
    site.answers["/"] = answer(packed, f"Content-Encoding: {'gzip' if wbits == 31 else 'deflate'}")
    assert (await page(f"{site.origin}/")).body == b"news " * 90_000


async def test_a_chunked_body_is_joined(site: RawSite) -> None:
    site.answers["/"] = chunked(b"one ", b"two")
    assert (await page(f"{site.origin}/")).body == b"one two"


async def test_a_body_without_a_length_ends_with_the_connection(site: RawSite) -> None:
    site.answers["/"] = b"HTTP/1.0 200 OK\r\n\r\nold but whole"
    assert (await page(f"{site.origin}/")).body == b"old but whole"


# ------------------------------------------------------------------------------------------------- has it changed since?


async def test_validators_are_sent_and_a_304_says_unchanged(site: RawSite) -> None:
    site.answers["/"] = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
    got = await fetch(f"{site.origin}/", validators=Validators('"1"', "Fri, 20 Jun 2025 10:00:00 GMT"))
    assert got == Unchanged(f"{site.origin}/", NOW)
    assert site.asked[0].headers["if-none-match"] == '"1"'
    assert site.asked[0].headers["if-modified-since"] == "Fri, 20 Jun 2025 10:00:00 GMT"


@pytest.mark.parametrize("sent", [Validators(), Validators("e" * 1001), Validators("a\r\nX-Evil: 1")])
async def test_a_304_that_answers_no_usable_validator_is_no_success(site: RawSite, sent: Validators) -> None:
    site.answers["/"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    assert (await failure(f"{site.origin}/", validators=sent)).outcome == "protocol_error"
    assert "if-none-match" not in site.asked[0].headers and "x-evil" not in site.asked[0].headers


async def test_a_validator_over_1000_characters_is_dropped(site: RawSite) -> None:
    site.answers["/"] = answer(b"x", f"ETag: {'e' * 1001}", "Last-Modified: today")
    assert (await page(f"{site.origin}/")).validators == Validators("", "today")


async def test_nothing_is_compared_where_conditional_requests_are_off(site: RawSite) -> None:
    site.answers["/"] = answer(b"x")
    await fetch(f"{site.origin}/", fetcher(replace(SETTINGS, conditional=False)), Validators('"1"'))
    assert "if-none-match" not in site.asked[0].headers


# -------------------------------------------------------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", ["301 Moved", "308 Permanent"])
async def test_a_permanent_redirect_is_followed_and_the_new_address_told(site: RawSite, status: str) -> None:
    site.answers |= {"/old": redirect("/new", status), "/new": answer(b"x")}
    got = await page(f"{site.origin}/old")
    assert (got.asked, got.url, got.moved_to) == (f"{site.origin}/old", f"{site.origin}/new", f"{site.origin}/new")


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary"])
async def test_one_temporary_redirect_makes_the_move_temporary(site: RawSite, status: str) -> None:
    site.answers |= {"/a": redirect("/b", "301 Moved"), "/b": redirect("c", status), "/c": answer(b"x")}
    got = await page(f"{site.origin}/a")
    assert (got.url, got.moved_to) == (f"{site.origin}/c", "")


async def test_a_redirect_written_in_utf8_is_followed(site: RawSite) -> None:
    site.answers |= {"/": redirect("/بيان"), "/%D8%A8%D9%8A%D8%A7%D9%86": answer(b"x")}
    assert (await page(f"{site.origin}/")).body == b"x"


async def test_five_redirects_are_followed_and_the_sixth_is_not(site: RawSite) -> None:
    site.answers |= {f"/{n}": redirect(f"/{n + 1}") for n in range(9)} | {"/5": answer(b"x")}
    assert (await page(f"{site.origin}/0")).body == b"x"
    site.answers["/5"] = redirect("/6")
    assert (await failure(f"{site.origin}/0")).outcome == "too_many_redirects"
    assert "/6" not in site.pages


async def test_a_redirect_without_an_address_is_an_error_of_the_site(site: RawSite) -> None:
    site.answers["/"] = answer(b"", status="302 Found")
    error = await failure(f"{site.origin}/")
    assert (error.outcome, error.status) == ("http_error", 302)


@pytest.mark.parametrize(
    "where",
    ["http://127.0.0.1:{0}/", "//127.0.0.1:{0}/", "http://localhost:{0}/", "http://[::ffff:127.0.0.1]:{0}/", "http://0.0.0.0:{0}/",
     "http://127.1:{0}/", "http://x@127.0.0.1:{0}/", "http://127.0.0.1:{0}\\@x.example/", "ftp://127.0.0.1:{0}/", "file:///etc/passwd"],
)  # fmt: skip
async def test_a_redirect_to_a_private_address_is_refused_and_nobody_is_connected_to(site: RawSite, where: str) -> None:
    async with RawSite() as decoy:
        site.answers["/"] = redirect(where.format(decoy.port))
        error = await failure(f"{site.origin}/")
    assert (error.outcome, error.status, decoy.connections) == ("blocked", 302, 0)
    assert error.detail.startswith("a redirect leads astray: ")


SECRETS = {"Authorization": "Bearer canary", "Cookie": "canary=1", "X-Api-Key": "canary", "Accept": "text/canary"}


async def test_a_sources_own_headers_go_to_its_own_origin_only(site: RawSite) -> None:
    async with RawSite() as other:
        site.answers |= {"/": redirect("/next"), "/next": redirect(f"{other.origin}/")}
        other.answers["/"] = redirect(f"{site.origin}/back")
        site.answers["/back"] = answer(b"x")
        by = fetcher(replace(SETTINGS, allow_private=(f"127.0.0.1:{other.port}",)))
        await page(f"{site.origin}/", by, headers=SECRETS)
    assert all(set(SECRETS.values()) <= set(asked.headers.values()) for asked in site.asked) and len(site.asked) == 3
    assert "canary" not in str(other.asked) and len(other.asked) == 1


@pytest.mark.parametrize(
    "says_back",
    [
        lambda said: f"{said} x\r\n\r\n".encode(),
        lambda said: f"HTTP/1.1 200 OK\r\n{said}\r\n\r\n".encode(),
        lambda said: f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {said}\r\n\r\n".encode(),
        lambda said: f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{said}\r\n".encode(),
        lambda said: redirect(f"http://{said}_~/"),
        lambda said: redirect(f"{said}:x"),
        lambda said: redirect(f"http://x:{said}@site.invalid/"),
    ],
)
async def test_a_secret_that_a_site_says_back_is_in_no_error(site: RawSite, says_back: Callable[[str], bytes]) -> None:
    site.answers["/"] = lambda asked: says_back(asked.headers["x-api-key"])
    error = await failure(f"{site.origin}/", headers={"X-Api-Key": "canary-5-of-the-site"})
    assert "canary-5" in str(site.asked) and "canary" not in str(error).lower()


async def test_a_link_to_another_origin_gets_none_of_the_sources_headers(site: RawSite) -> None:
    async with RawSite() as other:
        other.answers["/article"] = answer(b"x")
        by = fetcher(replace(SETTINGS, allow_private=("127.0.0.0/8",)))
        await fetch(f"{other.origin}/article", by, of=source(f"{site.origin}/feed", headers=SECRETS))
    assert "canary" not in str(other.asked)


@pytest.mark.parametrize(
    ("name", "value"),
    [("X", "a\r\nY: 1"), ("X y", "1"), ("X", ""), ("X", "\u0628"), *((name, "1") for name in RESERVED)],
)
async def test_a_header_that_cannot_be_sent_is_named_without_its_value(site: RawSite, name: str, value: str) -> None:
    error = await failure(f"{site.origin}/", headers={name: value})
    assert error.outcome == "protocol_error" and repr(name) in error.detail and site.connections == 0
    assert value == "" or value == "1" or value not in error.detail


# ----------------------------------------------------------------------------------------------------- who may be reached


async def test_a_private_source_without_permission_is_refused_unconnected(site: RawSite) -> None:
    error = await failure(f"{site.origin}/", allow_private=False)
    assert (error.outcome, error.detail) == ("blocked", f"127.0.0.1:{site.port} is at 127.0.0.1 (loopback)")
    assert site.connections == 0


async def test_permission_covers_the_sources_own_origin_and_no_other_port(site: RawSite) -> None:
    async with RawSite() as other:
        other.answers["/"] = answer(b"x")
        error = await failure(f"{other.origin}/", of=source(f"{site.origin}/feed"))
    assert (error.outcome, other.connections) == ("blocked", 0)


async def test_a_name_that_resolves_to_a_private_address_is_refused_unconnected(site: RawSite) -> None:
    by = fetcher(resolve=Names(["127.0.0.1"]))
    error = await failure(f"http://site.example:{site.port}/", by, allow_private=False)
    assert (error.outcome, site.connections) == ("blocked", 0)


async def test_one_private_answer_among_others_refuses_the_name(site: RawSite) -> None:
    by = fetcher(replace(SETTINGS, allow_private=("127.0.0.1/32",)), resolve=Names(["127.0.0.1", "10.9.9.9"]))
    error = await failure(f"http://site.example:{site.port}/", by, allow_private=False)
    assert (error.outcome, error.detail) == ("blocked", f"site.example:{site.port} is at 10.9.9.9 (private)")
    assert site.connections == 0


async def test_a_link_local_address_is_not_opened_by_the_sources_permission() -> None:
    by = fetcher(resolve=Names(["169.254.169.254"]))
    error = await failure("http://site.example/", by)
    assert (error.outcome, error.detail) == ("blocked", "site.example:80 is at 169.254.169.254 (link-local)")


async def test_a_name_that_does_not_resolve_is_a_network_error() -> None:
    for found in (OSError(-2, "Name or service not known"), [], ["rubbish"]):
        assert (await failure("http://site.example/", fetcher(resolve=Names(found)))).outcome == "network_error"


async def test_the_next_address_is_tried_where_the_first_refuses(site: RawSite) -> None:
    site.answers["/"] = answer(b"x")
    by = fetcher(resolve=Names(["127.0.0.2", "127.0.0.1"]))
    assert (await page(f"http://site.example:{site.port}/", by)).body == b"x"


async def test_an_onion_address_is_never_given_to_dns() -> None:
    names = Names(["127.0.0.1"])
    assert (await failure("http://abc.onion/", fetcher(resolve=names))).outcome == "blocked"
    assert names.asked == []


async def test_the_systems_own_names_are_used_where_none_are_given(site: RawSite) -> None:
    site.answers["/"] = answer(b"x")
    assert (await page(f"http://localhost:{site.port}/")).body == b"x"


async def test_settings_that_cannot_be_read_are_refused_at_once() -> None:
    with pytest.raises(ConfigError):
        fetcher(FetchSettings(allow_private=("nonsense",)))


# --------------------------------------------------------------------------------------------------------- TLS and pinning


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def serving(authority: trustme.CA, name: str, seen: list[str | None], **more: Any) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name, **more).configure_cert(context)
    context.sni_callback = lambda _, asked, __: seen.append(asked)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_a_name_is_resolved_once_and_its_judged_address_connected_to_under_the_name(
    authority: trustme.CA,
) -> None:
    seen: list[str | None] = []
    async with RawSite(tls=serving(authority, "statements.example", seen), host="127.0.0.2") as tls:
        tls.answers["/x"] = answer(b"ok")
        async with RawSite(host="127.0.0.1", port=tls.port) as private:
            names = Names(["127.0.0.2"], ["127.0.0.1"])
            by = fetcher(replace(SETTINGS, allow_private=("127.0.0.2/32",)), resolve=names, verify=trusting(authority))
            url = f"https://statements.example:{tls.port}/x"
            assert (await page(url, by, allow_private=False)).body == b"ok"
            assert names.asked == ["statements.example"]
            assert seen == ["statements.example"]
            assert tls.asked[0].headers["host"] == f"statements.example:{tls.port}"
            # the second answer of the same name is another address: judged anew, refused, never connected to
            assert (await failure(url, by, allow_private=False)).outcome == "blocked"
            assert private.connections == 0 and tls.connections == 1


@pytest.mark.parametrize(
    ("name", "more"),
    [("other.example", {}), ("site.example", {"not_before": datetime(2001, 1, 1), "not_after": datetime(2002, 1, 1)})],
)
async def test_a_certificate_of_another_name_or_time_is_refused(
    authority: trustme.CA, name: str, more: dict[str, Any]
) -> None:
    async with RawSite(tls=serving(authority, name, [], **more)) as tls:
        by = fetcher(resolve=Names(["127.0.0.1"]), verify=trusting(authority))
        error = await failure(f"https://site.example:{tls.port}/", by)
    assert (error.outcome, tls.asked) == ("network_error", [])
    assert "the certificate for site.example is refused" in error.detail


async def test_a_certificate_of_an_unknown_authority_is_refused(authority: trustme.CA) -> None:
    async with RawSite(tls=serving(authority, "site.example", [])) as tls:
        error = await failure(f"https://site.example:{tls.port}/", fetcher(resolve=Names(["127.0.0.1"])))
    assert (error.outcome, tls.asked) == ("network_error", [])


async def test_a_site_that_speaks_no_tls_is_a_network_error(site: RawSite) -> None:
    site.blurts = answer(b"x")
    error = await failure(f"https://127.0.0.1:{site.port}/")
    assert (error.outcome, error.detail.startswith("no TLS with 127.0.0.1: ")) == ("network_error", True)


async def test_a_tls_site_that_says_nothing_ends_at_the_deadline(site: RawSite) -> None:
    by = fetcher(replace(SETTINGS, total_timeout=timedelta(seconds=0.2)))
    assert (await failure(f"https://127.0.0.1:{site.port}/", by)).outcome == "timeout"


async def test_everything_taken_from_httpcore_is_public() -> None:
    # The canary for a new httpcore: what pins the address is its documented `network_backend`, not a private name.
    taken = {"Origin", "URL", "Request"}
    for file in Path(connect.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "httpcore":
                taken.add(node.attr)
    assert {"AsyncHTTPConnection", "AsyncHTTPProxy", "AsyncSOCKSProxy", "AsyncNetworkBackend"} <= taken
    assert taken <= set(httpcore.__all__)


# ---------------------------------------------------------------------------------------------------- time, size, wholeness


@pytest.mark.parametrize(
    "told",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", answer(b"half", length=9), chunked(b"half", end=False)],
    ids=["silent", "half a head", "half a body", "half the chunks"],
)
async def test_whoever_is_not_done_by_the_deadline_is_a_timeout(site: RawSite, told: bytes) -> None:
    site.answers["/"] = told
    site.open.add("/")
    by = fetcher(replace(SETTINGS, total_timeout=timedelta(seconds=0.2)))
    assert (await failure(f"{site.origin}/", by)).outcome == "timeout"


async def test_a_name_server_that_says_nothing_is_inside_the_deadline() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    by = fetcher(replace(SETTINGS, total_timeout=timedelta(seconds=0.1)), resolve=never)
    assert (await failure("http://site.example/", by)).outcome == "timeout"


async def test_a_site_that_never_pauses_cannot_keep_the_deadline_from_coming(site: RawSite) -> None:
    site.answers["/"] = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65_536
    site.endless.add("/")
    by = fetcher(replace(SETTINGS, total_timeout=timedelta(seconds=0.3), max_bytes=1 << 40))
    assert (await failure(f"{site.origin}/", by)).outcome in ("timeout", "too_large")


async def test_cancelling_a_fetch_cancels_it(site: RawSite) -> None:
    site.answers["/"] = answer(b"half", length=9)
    site.open.add("/")
    task = asyncio.create_task(fetch(f"{site.origin}/"))
    await asyncio.wait_for(site.first.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


SMALL = replace(SETTINGS, max_bytes=10_000)


@pytest.mark.parametrize(
    "told",
    [
        answer(b"x" * 10_001),
        answer(b"x", length=10**12),
        chunked(b"x" * 9_999, b"xx"),
        answer(zlib.compress(b"x" * 10_001), "Content-Encoding: deflate"),
        answer(zlib.compress(b"x" * 900_000_0), "Content-Encoding: deflate"),
    ],
    ids=["announced", "a terabyte announced", "chunked", "one byte over, packed", "a bomb"],
)
async def test_a_body_over_the_cap_is_too_large(site: RawSite, told: bytes) -> None:
    site.answers["/"] = told
    assert (await failure(f"{site.origin}/", fetcher(SMALL))).outcome == "too_large"


async def test_a_body_of_exactly_the_cap_is_taken(site: RawSite) -> None:
    site.answers["/"] = answer(b"x" * 10_000)
    assert len((await page(f"{site.origin}/", fetcher(SMALL))).body) == 10_000


async def test_a_body_in_very_many_pieces_is_too_large(site: RawSite) -> None:
    site.answers["/"] = chunked(*[b"x"] * (MAX_PIECES + 1))
    assert (await failure(f"{site.origin}/")).outcome == "too_large"


async def test_endless_small_answers_before_the_answer_are_refused(site: RawSite) -> None:
    site.answers["/"] = b"HTTP/1.1 100 Continue\r\n\r\n" * 500
    site.endless.add("/")
    assert (await failure(f"{site.origin}/")).outcome == "protocol_error"


GZIPPED = zlib.compressobj(wbits=31)
GZIPPED_BODY = GZIPPED.compress(b"news " * 1000) + GZIPPED.flush()


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (answer(b"half", length=9), "incomplete"),
        (chunked(b"half", end=False), "incomplete"),
        (answer(GZIPPED_BODY[:-9], "Content-Encoding: gzip"), "incomplete"),
        (answer(b"plain", "Content-Encoding: gzip"), "decode_error"),
        (answer(b"x", "Content-Encoding: br"), "unsupported_encoding"),
        (answer(b"x", "Content-Encoding: gzip, gzip"), "unsupported_encoding"),
        (answer(b"x", "Content-Encoding: gzip", "Content-Encoding: deflate"), "unsupported_encoding"),
        (answer(b"x", "Content-Length: 3"), "protocol_error"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n", "protocol_error"),
        (b"<html>no status line</html>\n", "protocol_error"),
        (b"", "protocol_error"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, "protocol_error"),
        (answer(b""), "empty"),
        (answer(b"", "Content-Encoding: gzip"), "empty"),
    ],
)
async def test_what_is_not_a_whole_body_has_its_class(site: RawSite, told: bytes, outcome: str) -> None:
    site.answers["/"] = told
    assert (await failure(f"{site.origin}/")).outcome == outcome


@given(data=st.binary(max_size=3000), cut=st.integers(1, 40), members=st.integers(1, 3))
def test_gzip_comes_out_as_it_went_in_however_it_is_cut(data: bytes, cut: int, members: int) -> None:
    packed = b""
    for _ in range(members):
        packer = zlib.compressobj(wbits=31)
        packed += packer.compress(data) + packer.flush()
    whole, unpacker = b"", Unpacker("gzip", 10_000)
    for piece in [packed[i : i + cut] for i in range(0, len(packed), cut)]:
        whole += b"".join(unpacker.feed(piece))
    unpacker.finish()
    assert whole == data * members


# ------------------------------------------------------------------------------------------------------- what a status says

CHALLENGE = b"<title>Just a moment...</title>Enable JavaScript and cookies to continue"


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (answer(b"", status="204 No Content"), "empty"),
        (answer(b"part", "Content-Range: bytes 0-3/9", status="206 Partial Content"), "incomplete"),
        (answer(b"x", status="300 Multiple Choices"), "http_error"),
        (answer(b"x", status="400 Bad Request"), "http_error"),
        (answer(b"x", "WWW-Authenticate: Basic", status="401 Unauthorized"), "http_error"),
        (answer(b"no", status="403 Forbidden"), "http_error"),
        (answer(CHALLENGE, "Server: cloudflare", status="403 Forbidden"), "blocked_by_site"),
        (answer(CHALLENGE, status="503 Service Unavailable"), "blocked_by_site"),
        (answer(b"", "cf-mitigated: challenge", status="403 Forbidden"), "blocked_by_site"),
        (answer(zlib.compress(CHALLENGE), "Content-Encoding: deflate", status="403 Forbidden"), "blocked_by_site"),
        (answer(b"x", "Content-Encoding: br", status="403 Forbidden"), "http_error"),
        (answer(b"x", status="404 Not Found"), "http_error"),
        (answer(b"x", status="410 Gone"), "gone"),
        (answer(b"x", status="429 Too Many Requests"), "rate_limited"),
        (answer(b"x", status="500 Internal Server Error"), "http_error"),
        (answer(b"x", status="503 Service Unavailable"), "http_error"),
        (answer(b"x", status="999 Nope"), "http_error"),
    ],
)
async def test_each_status_has_its_class(site: RawSite, told: bytes, outcome: str) -> None:
    site.answers["/"] = told
    error = await failure(f"{site.origin}/")
    assert (error.outcome, error.status) == (outcome, int(told.split()[1]))


async def test_an_error_page_that_never_ends_is_not_waited_for(site: RawSite) -> None:
    site.answers["/"] = b"HTTP/1.1 404 Not Found\r\n\r\n"
    site.open.add("/")
    assert (await failure(f"{site.origin}/")).outcome == "http_error"


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_retry_after_is_handed_on(site: RawSite, status: str) -> None:
    site.answers["/"] = answer(b"x", "Retry-After: 120", status=status)
    error = await failure(f"{site.origin}/")
    assert (error.outcome, error.retry_after) == ("rate_limited", timedelta(seconds=120))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3", timedelta(seconds=3)),
        ("99999999999", timedelta(hours=24)),
        ("9" * 30, None),
        ("0", None),
        ("-5", None),
        ("1e9", None),
        ("soon", None),
        ("", None),
        ("Fri, 20 Jun 2025 17:05:00 GMT", timedelta(minutes=5)),
        ("Fri, 20 Jun 2025 20:05:00 +0300", timedelta(minutes=5)),
        ("Fri, 20 Jun 2025 10:00:00 GMT", None),
        ("Fri, 20 Jun 2099 10:00:00 GMT", timedelta(hours=24)),
        ("Fri, 99 Jun 2025 10:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_capped_or_ignored(value: str, expected: timedelta | None) -> None:
    assert retry_after(Head(429, [(b"Retry-After", value.encode())]), NOW, timedelta(hours=24)) == expected


@given(st.binary(max_size=60))
def test_no_header_value_does_harm(value: bytes) -> None:
    head = Head(200, [(name, value) for name in (b"Retry-After", b"ETag", b"Last-Modified", b"Content-Type")])
    wait = retry_after(head, NOW, timedelta(hours=24))
    assert wait is None or timedelta(0) < wait <= timedelta(hours=24)
    media_type, charset = content_type(head)
    assert (media_type + charset).isascii() and len(validators_of(head).etag) <= 1000


# ------------------------------------------------------------------------------------------------ one connection, one answer


async def test_an_answer_nobody_asked_for_is_never_taken_for_another(site: RawSite) -> None:
    site.answers |= {"/one": answer(b"one") + answer(b"forged"), "/two": answer(b"two")}
    site.open.add("/one")
    by = fetcher()
    assert (await page(f"{site.origin}/one", by)).body == b"one"
    assert (await page(f"{site.origin}/two", by)).body == b"two"
    assert site.connections == 2


async def test_nothing_stays_open_after_an_answer(site: RawSite) -> None:
    site.answers["/"] = answer(b"x")  # whole, and HTTP/1.1 would let the connection stay
    site.open.add("/")
    await page(f"{site.origin}/")
    await asyncio.wait_for(site.left.wait(), 5)


async def test_a_fetcher_can_be_closed(site: RawSite) -> None:
    by = fetcher()
    site.answers["/"] = answer(b"x")
    await page(f"{site.origin}/", by)
    await by.aclose()
    assert site.connections == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([(b"Cache-Control", b"max-age=600")], 600),
        ([(b"Cache-Control", b"public, MAX-AGE=600"), (b"Age", b"100")], 500),
        ([(b"Cache-Control", b"public"), (b"Cache-Control", b'max-age="60"')], 60),
        ([(b"Cache-Control", b"max-age=999999999999")], 86_400),
        ([(b"Cache-Control", b"max-age=60"), (b"Age", b"90")], None),
        ([(b"Cache-Control", b"no-cache, max-age=600")], None),
        ([(b"Cache-Control", b"s-maxage=600")], None),
        ([(b"Cache-Control", b"max-age=soon")], None),
        ([(b"Cache-Control", b"max-age=0")], None),
        ([], None),
    ],
)
def test_how_long_an_answer_is_fresh(headers: list[tuple[bytes, bytes]], seconds: int | None) -> None:
    assert fresh_for(Head(200, headers)) == (None if seconds is None else timedelta(seconds=seconds))


@given(st.binary(max_size=200), st.binary(max_size=30))
def test_no_cache_header_can_hurt(control: bytes, age: bytes) -> None:
    found = fresh_for(Head(200, [(b"Cache-Control", control), (b"Age", age)]))
    assert found is None or timedelta(0) < found <= timedelta(days=1)


@pytest.mark.parametrize(("said", "pages"), [(b"12", 12), (b"0", 0), (b"many", None), (b"-1", None), (b"9" * 40, None)])
def test_how_many_pages_a_wordpress_list_has(said: bytes, pages: int | None) -> None:
    assert total_pages(Head(200, [(b"X-WP-TotalPages", said)])) == pages


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_second_member_is_read_wherever_the_wire_cuts(cut: int) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + b"\x00padding"
    unpacker = Unpacker("gzip", 100)
    assert b"".join((*unpacker.feed(packed[:cut]), *unpacker.feed(packed[cut:]))) == b"one two"
    unpacker.finish()


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 131_072, 200_000])
@pytest.mark.parametrize("wbits", [15, -15])
def test_deflate_of_any_length_comes_out_whole(size: int, wbits: int) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    unpacker = Unpacker("deflate", 1_000_000)
    assert len(b"".join(unpacker.feed(packer.compress(b"a" * size) + packer.flush()))) == size
    unpacker.finish()
