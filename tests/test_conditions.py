"""Each way in which a source can be unwell, through the real poll against a real (loopback) server: told apart, said once."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from alerts import troubles
from alerts.remedies import REMEDIES
from alerts.settings import HealthSettings
from scraper import sources
from scraper.model import Condition, Kind, Outcome, Select, Source
from scraper.parsers import stranger
from scraper.settings import FetchSettings
from scraper.sources import SourceState
from tests.raw_site import RawSite, answer, redirect
from tests.street import House, configuration, house, local

ITEM = "<item><guid isPermaLink='false'>{n}</guid><title>Statement number {n} of the agency</title>{date}</item>"
DATE = "<pubDate>Sat, 20 Jun 2026 0{n}:00:00 GMT</pubDate>"


def feed(*numbers: int, dated: bool = True, end: str = "</channel></rss>") -> bytes:
    items = "".join(ITEM.format(n=n, date=DATE.format(n=n) if dated else "") for n in numbers)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Agency</title>{items}{end}".encode()


SHELL = b"<!DOCTYPE html><html><head><title>News</title><script src='/app.js'></script></head><body><div id='root'></div></body></html>"
WALL = b"<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>"
CONSENT = (
    b"<html><head><title>Agency</title></head><body><h1>Before you continue</h1>"
    b"<p>We use cookies.</p><a href='/'>Accept all</a></body></html>"
)
PLAIN = (
    b"<html><head><title>Agency</title></head><body><h1>Our new site</h1><p>"
    + b"Welcome to our new site. " * 120
    + b"</p></body></html>"
)
LIST = b"<html><body><ul class='n'>%s</ul></body></html>"
OFF = (
    b"<html><body><div class='tgme_page'><div class='tgme_page_title'><span>A channel</span></div></div></body></html>"
)
EMPTY_CHANNEL = b"<html><body><section class='tgme_channel_history'></section></body></html>"

Row = tuple[Kind, bytes, Outcome, Condition]
STATES: dict[str, Row] = {
    "a good feed": ("feed", answer(feed(1, 2, 3)), "ok", "ok"),
    "a feed that breaks off": ("feed", answer(feed(1, 2, 3, end="<item><title>Half")), "ok", "malformed"),
    "a feed with a bare ampersand": ("feed", answer(feed(1, 2, 3).replace(b"of the", b"of & the")), "ok", "malformed"),
    "a feed without dates": ("feed", answer(feed(1, 2, 3, dated=False)), "ok", "no_dates"),
    "a feed without entries": ("feed", answer(feed()), "empty", "empty_list"),
    "no body": ("feed", answer(b""), "empty", "empty_body"),
    "white space": ("feed", answer(b" \n\n "), "empty", "empty_body"),
    "a web page for a feed": ("feed", answer(PLAIN), "suspect", "html"),
    "a web page for JSON": ("json", answer(PLAIN), "suspect", "html"),
    "a web page for WordPress": ("wordpress", answer(PLAIN), "suspect", "html"),
    "a web page for a sitemap": ("sitemap", answer(PLAIN), "suspect", "html"),
    "a page that a script fills": ("feed", answer(SHELL), "suspect", "script_shell"),
    "a list that a script fills": ("listing", answer(SHELL), "suspect", "script_shell"),
    "a wall with a good status": ("feed", answer(WALL), "suspect", "wall"),
    "a wall for a list": ("listing", answer(WALL), "suspect", "wall"),
    "a consent page": ("feed", answer(CONSENT), "suspect", "wall"),
    "a wall that refuses": ("feed", answer(WALL, status="403 Forbidden"), "blocked_by_site", "wall"),
    "a refusal": ("feed", answer(b"no", status="403 Forbidden"), "http_error", "refused"),
    "a question for credentials": ("feed", answer(b"no", status="401 Unauthorized"), "http_error", "refused"),
    "too many requests": ("feed", answer(b"", "Retry-After: 60", status="429 Too Many"), "rate_limited", "rate_limited"),
    "no such page": ("feed", answer(b"no", status="404 Not Found"), "http_error", "not_found"),
    "gone for good": ("feed", answer(b"no", status="410 Gone"), "gone", "gone"),
    "a site that fails": ("feed", answer(b"no", status="502 Bad Gateway"), "http_error", "server_error"),
    "another error": ("feed", answer(b"no", status="418 Teapot"), "http_error", "http_error"),
    "a loop": ("feed", redirect("/page"), "too_many_redirects", "redirect_loop"),
    "a redirect to a private address": ("feed", redirect("http://127.0.0.9:1/"), "blocked", "blocked"),
    "rubbish for HTTP": ("feed", b"\x00\x01\x02 rubbish\r\n\r\n", "protocol_error", "protocol"),
    "half an answer": ("feed", answer(feed(1, 2), length=9_000), "incomplete", "incomplete"),
    "a bad packing": ("feed", answer(b"not gzip", "Content-Encoding: gzip"), "decode_error", "undecodable"),
    "JSON that is no list": ("json", answer(b'{"a": 1}'), "parse_error", "unreadable"),
    "a list without its list": ("listing", answer(LIST % b"<p>nothing here</p>"), "suspect", "no_list"),
    "a preview that is off": ("channel", answer(OFF), "suspect", "preview_off"),
    "a preview without messages": ("channel", answer(EMPTY_CHANNEL), "empty", "empty_list"),
}  # fmt: skip


@pytest.fixture
async def raw() -> AsyncIterator[RawSite]:
    async with RawSite() as running:
        yield running


def watched(raw: RawSite, kind: Kind = "feed", **more: Any) -> Source:
    extra: dict[str, Any] = {"channel": "c"} if kind == "channel" else {}
    if kind == "listing":
        extra["select"] = Select(item="ul.n > li", title="h3", link="a@href")
    url = f"{raw.origin}/wp-json/page" if kind == "wordpress" else f"{raw.origin}/page"
    return local("agency", url, kind=kind, **extra, **more)


async def polled(bayan: House, *, times: int = 1) -> SourceState:
    for _ in range(times):
        await bayan.service.once(only=["agency"], patience=timedelta())
    found = bayan.db.read_now(lambda conn: sources.state(conn, "agency"))
    assert found is not None
    return found


def stands(bayan: House, source: Source, state: SourceState) -> str | None:
    return troubles.standing(state, source, HealthSettings())


# -------------------------------------------------------------------------------------------------- told apart


@pytest.mark.parametrize("name", STATES)
async def test_each_state_is_told_apart(name: str, tmp_path: Path, raw: RawSite) -> None:
    kind, said, outcome, condition = STATES[name]
    raw.answers["/page"] = raw.answers["/wp-json/page"] = said
    source = watched(raw, kind)
    async with house(configuration(tmp_path, sources=(source,))) as bayan:
        state = await polled(bayan)
        assert (state.outcome, stands(bayan, source, state)) == (outcome, condition), state.detail
        assert REMEDIES[condition].said


async def test_an_unchanged_page_is_told_apart(tmp_path: Path, raw: RawSite) -> None:
    source = watched(raw)
    async with house(configuration(tmp_path, sources=(source,))) as bayan:
        raw.answers["/page"] = answer(feed(1, 2, 3), 'ETag: "1"')
        await polled(bayan)
        raw.answers["/page"] = answer(status="304 Not Modified")
        state = await polled(bayan)
        assert (state.outcome, stands(bayan, source, state)) == ("not_modified", "unchanged")


async def test_an_unchanged_page_without_dates_is_still_without_dates(tmp_path: Path, raw: RawSite) -> None:
    source = watched(raw)
    async with house(configuration(tmp_path, sources=(source,))) as bayan:
        raw.answers["/page"] = answer(feed(1, 2, 3, dated=False))
        assert stands(bayan, source, await polled(bayan, times=2)) == "no_dates"


async def test_no_answer_in_time_is_told_apart(tmp_path: Path, raw: RawSite) -> None:
    raw.answers["/page"] = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
    raw.open.add("/page")
    impatient = FetchSettings(per_host_delay=timedelta(0), total_timeout=timedelta(seconds=0.3), robots="warn")
    source = watched(raw)
    async with house(configuration(tmp_path, sources=(source,), fetch=impatient)) as bayan:
        state = await polled(bayan)
        assert (state.outcome, stands(bayan, source, state)) == ("timeout", "timeout")


async def test_robots_are_told_apart_from_a_wall(tmp_path: Path, raw: RawSite) -> None:
    raw.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /\n")
    raw.answers["/page"] = answer(feed(1, 2))
    source = watched(raw)
    async with house(configuration(tmp_path, sources=(source,))) as bayan:
        state = await polled(bayan)
        assert (state.outcome, stands(bayan, source, state)) == ("blocked_by_site", "robots")


async def test_a_closed_port_is_told_apart(tmp_path: Path) -> None:
    async with RawSite() as gone:
        source = watched(gone)
    async with house(configuration(tmp_path, sources=(source,))) as bayan:
        state = await polled(bayan)
        assert (state.outcome, stands(bayan, source, state)) == ("network_error", "unreachable")


async def test_a_name_that_does_not_resolve_is_told_apart(tmp_path: Path) -> None:
    source = local("agency", "http://no-such-agency.invalid/feed")
    async with house(configuration(tmp_path, sources=(source,))) as bayan:
        assert stands(bayan, source, await polled(bayan)) == "dns"


async def test_a_certificate_that_nobody_vouches_for_is_told_apart(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with RawSite(tls=context) as secret:
        source = watched(secret)
        async with house(configuration(tmp_path, sources=(source,))) as bayan:
            state = await polled(bayan)
            assert (state.outcome, stands(bayan, source, state)) == ("network_error", "tls")


async def test_a_page_that_listed_items_and_lists_none_is_told_apart(tmp_path: Path, raw: RawSite) -> None:
    source = watched(raw)
    async with house(configuration(tmp_path, sources=(source,))) as bayan:
        raw.answers["/page"] = answer(feed(1, 2, 3))
        await polled(bayan)
        raw.answers["/page"] = answer(feed())
        state = await polled(bayan)
        assert (state.outcome, stands(bayan, source, state)) == ("suspect", "empty_list")


async def test_a_source_that_is_silent_for_longer_than_it_says_is_stale(tmp_path: Path, raw: RawSite) -> None:
    source = watched(raw, silent_after=timedelta(days=2))
    raw.answers["/page"] = answer(feed(1, 2, 3))
    async with house(configuration(tmp_path, sources=(source,))) as bayan:
        assert stands(bayan, source, await polled(bayan)) == "ok"
        bayan.clock.advance(days=3)
        assert stands(bayan, source, await polled(bayan)) == "stale"


async def test_the_condition_comes_through_the_real_workers(tmp_path: Path, raw: RawSite) -> None:
    raw.answers["/page"] = answer(SHELL)
    source = watched(raw)
    async with house(configuration(tmp_path, sources=(source,)), in_process=False) as bayan:
        assert stands(bayan, source, await polled(bayan)) == "script_shell"


@pytest.mark.parametrize("page", [PLAIN, b"", b"plain words", b"<html>" + b"<p>Checking of facts and cookies. " * 200])
def test_an_ordinary_page_is_no_wall(page: bytes) -> None:
    assert stranger.of(page.decode()) == "html"


# --------------------------------------------------------------------------------------------------- said once


def telling(folder: Path, raw: RawSite, **more: Any) -> Any:
    return configuration(folder, sources=(watched(raw),), health=HealthSettings(failures=3, notify=("screen",)), **more)


async def test_a_redesign_is_said_once_and_so_is_the_recovery(tmp_path: Path, raw: RawSite) -> None:
    """Scenario S6: 20 items, then a page without them; one notice after three polls, nothing removed, one recovery."""
    async with house(telling(tmp_path, raw)) as bayan:
        raw.answers["/page"] = answer(feed(1, 2, 3))
        await polled(bayan)
        raw.answers["/page"] = answer(SHELL)
        for _ in range(6):
            bayan.clock.advance(minutes=40)
            await polled(bayan)
        assert bayan.shown.count("Source agency is broken: a page that only a script fills") == 1
        raw.answers["/page"] = answer(feed(1, 2, 3, 4, 5))
        state = await polled(bayan, times=2)
        assert bayan.shown.count("Source agency is well again") == 1
        assert state.items == 5


async def test_another_kind_of_trouble_is_said_once_through_real_polls(tmp_path: Path, raw: RawSite) -> None:
    async with house(telling(tmp_path, raw)) as bayan:
        raw.answers["/page"] = answer(b"no", status="403 Forbidden")
        await polled(bayan, times=3)
        raw.answers["/page"] = answer(WALL)
        await polled(bayan, times=2)
        assert "now it is something else" not in bayan.shown
        await polled(bayan, times=3)
        assert bayan.shown.count("now it is something else: a wall") == 1


async def test_one_failure_between_good_polls_says_nothing(tmp_path: Path, raw: RawSite) -> None:
    async with house(telling(tmp_path, raw)) as bayan:
        for _ in range(4):
            raw.answers["/page"] = answer(feed(1, 2, 3))
            await polled(bayan)
            raw.answers["/page"] = answer(b"no", status="502 Bad Gateway")
            await polled(bayan, times=2)
        assert bayan.shown == ""


async def test_a_network_that_is_away_is_one_notice(tmp_path: Path, raw: RawSite) -> None:
    async with RawSite() as gone:
        away = [local(f"s{n}", f"{gone.origin}/{n}") for n in range(4)]
    health = HealthSettings(failures=2, notify=("screen",))
    async with house(configuration(tmp_path, sources=tuple(away), health=health)) as bayan:
        for _ in range(3):
            await bayan.service.once(only=[source.id for source in away], patience=timedelta())
        assert bayan.shown.count("4 of 4 sources cannot be reached") == 1
        assert "is broken" not in bayan.shown


async def test_the_time_a_condition_lasts_is_counted_in_polls(tmp_path: Path, raw: RawSite) -> None:
    async with house(telling(tmp_path, raw)) as bayan:
        raw.answers["/page"] = answer(b"no", status="403 Forbidden")
        assert (await polled(bayan, times=3)).condition_polls == 3
        raw.answers["/page"] = answer(b"no", status="404 Not Found")
        state = await polled(bayan)
        assert (state.condition, state.condition_polls, state.failures) == ("not_found", 1, 4)
        raw.answers["/page"] = answer(feed(1, 2, 3))
        state = await polled(bayan)
        assert (state.condition, state.condition_polls, state.well_since) == ("ok", 0, bayan.clock())


async def test_dates_that_vanish_are_said_once(tmp_path: Path, raw: RawSite) -> None:
    async with house(telling(tmp_path, raw)) as bayan:
        raw.answers["/page"] = answer(feed(1, 2, 3))
        await polled(bayan)
        raw.answers["/page"] = answer(feed(1, 2, 3, 4, dated=False))
        for _ in range(5):
            bayan.clock.advance(hours=1)
            await polled(bayan)
        assert bayan.shown.count("none of its items has a date") == 1
