"""robots.txt is obeyed, kept for a day, read within bounds, and never a way in for anybody."""

from __future__ import annotations

import asyncio
import tarfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import protego
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import FetchError
from scraper.model import Page, Source
from scraper.net.fetch import Fetcher
from scraper.net.robots import MAX_BYTES, MemoryShelf, RobotsFile, judge, product_of, relevant
from scraper.settings import FetchSettings
from tests.raw_site import RawSite, answer, redirect

NOW = datetime(2025, 6, 20, 17, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SETTINGS = FetchSettings(
    total_timeout=timedelta(seconds=20), per_host_delay=timedelta(0), user_agent="bayan/1 (desk@example.org)"
)


@pytest.fixture
async def site() -> AsyncIterator[RawSite]:
    async with RawSite() as started:
        started.answers |= {"/open": answer(b"x"), "/closed/a": answer(b"x")}
        yield started


def rules(*lines: str) -> bytes:
    return answer("\n".join(lines).encode(), "Content-Type: text/plain")


async def outcome(
    site: RawSite,
    path: str,
    by: Fetcher | None = None,
    at: datetime = NOW,
    settings: FetchSettings = SETTINGS,
    **more: Any,
) -> str:
    url = f"{site.origin}{path}"
    by = by or Fetcher(settings, MemoryShelf())
    try:
        found = await by.fetch(Source("s", "feed", url, **{"allow_private": True} | more), url, clock=lambda: at)
    except FetchError as error:
        return error.outcome
    assert isinstance(found, Page)
    return "ok"


def asked_for_robots(site: RawSite) -> int:
    return sum(1 for asked in site.asked if asked.target == "/robots.txt")


# ------------------------------------------------------------------------------------------------------------ obeying


async def test_what_robots_txt_forbids_is_not_asked_for(site: RawSite) -> None:
    site.answers["/robots.txt"] = rules("User-agent: *", "Disallow: /closed/")
    assert await outcome(site, "/open") == "ok"
    assert await outcome(site, "/closed/a") == "blocked_by_site"
    assert site.pages == ["/open"]


async def test_the_rules_for_our_own_name_go_before_those_for_everybody(site: RawSite) -> None:
    site.answers["/robots.txt"] = rules("User-agent: *", "Disallow: /", "User-agent: Bayan", "Allow: /")
    assert await outcome(site, "/open") == "ok"
    assert await outcome(site, "/open", user_agent="somebot/2") == "blocked_by_site"


@pytest.mark.parametrize("who", ["source", "settings"])
async def test_warn_fetches_all_the_same_and_says_so_once_for_each_copy(site: RawSite, who: str) -> None:
    site.answers["/robots.txt"] = rules("User-agent: *", "Disallow: /")
    settings = replace(SETTINGS, robots="warn" if who == "settings" else "obey")
    by = Fetcher(settings, MemoryShelf())
    more: dict[str, Any] = {"robots": "warn"} if who == "source" else {}
    with structlog.testing.capture_logs() as logged:
        for _ in range(3):
            assert await outcome(site, "/closed/a", by, **more) == "ok"
    assert [(line["log_level"], line["event"], line["source"]) for line in logged] == [
        ("warning", "fetched against robots.txt", "s")
    ]


async def test_robots_txt_is_asked_for_without_the_sources_secrets(site: RawSite) -> None:
    await outcome(site, "/open", headers={"Authorization": "canary"})
    robots, page = site.asked
    assert (robots.target, robots.headers["user-agent"]) == ("/robots.txt", "bayan/1 (desk@example.org)")
    assert "canary" not in str(robots) and "canary" in str(page)


async def test_a_crawl_delay_makes_the_next_request_wait(site: RawSite) -> None:
    site.answers["/robots.txt"] = rules("User-agent: *", "Crawl-delay: 0.2")
    by, started = Fetcher(SETTINGS, MemoryShelf()), time.monotonic()
    for _ in range(2):
        assert await outcome(site, "/open", by) == "ok"
    assert time.monotonic() - started >= 0.2


# ------------------------------------------------------------------------------------------------------------- keeping


async def test_a_copy_counts_for_a_day_and_over_a_restart(site: RawSite) -> None:
    site.answers["/robots.txt"] = rules("User-agent: *", "Disallow: /closed/")
    shelf = MemoryShelf()
    for at in (NOW, NOW + DAY - timedelta(seconds=1)):
        by = Fetcher(SETTINGS, shelf)
        assert await outcome(site, "/open", by, at) == "ok"
        assert await outcome(site, "/closed/a", by, at) == "blocked_by_site"
    assert asked_for_robots(site) == 1
    site.answers["/robots.txt"] = rules("")
    assert await outcome(site, "/closed/a", Fetcher(SETTINGS, shelf), NOW + DAY) == "ok"
    assert asked_for_robots(site) == 2


async def test_a_clock_set_back_does_not_make_a_copy_eternal(site: RawSite) -> None:
    shelf = MemoryShelf()
    await shelf.save(site.origin, RobotsFile("rules", "User-agent: *\nDisallow: /", NOW + 400 * DAY, NOW + 400 * DAY))
    assert await outcome(site, "/open", Fetcher(SETTINGS, shelf)) == "ok"


async def test_many_requests_at_once_ask_for_robots_txt_once(site: RawSite) -> None:
    by = Fetcher(SETTINGS, MemoryShelf())
    assert set(await asyncio.gather(*(outcome(site, "/open", by) for _ in range(8)))) == {"ok"}
    assert asked_for_robots(site) == 1


# -------------------------------------------------------------------------------------------------- where there is none


@pytest.mark.parametrize("status", ["400 Bad", "401 Who", "403 No", "404 Not Found", "410 Gone", "429 Slow"])
async def test_a_site_without_robots_txt_allows_everything(site: RawSite, status: str) -> None:
    site.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /", status=status)
    assert await outcome(site, "/open") == "ok"


@pytest.mark.parametrize(
    "told",
    [
        redirect("/robots.txt"),
        redirect("http://127.0.0.1:9/robots.txt"),
        redirect("http://169.254.169.254/robots.txt"),
        redirect("file:///etc/passwd"),
        answer(bytes(range(256)) * 16),
        b"\x00\xff\n\n",
        answer(b"x", "Content-Encoding: br"),
        answer(b"x", "Content-Encoding: gzip"),
    ],
    ids=["loop", "private", "link-local", "scheme", "binary", "no HTTP", "coding", "damaged"],
)
async def test_robots_txt_that_cannot_be_had_or_read_allows_everything(site: RawSite, told: bytes) -> None:
    site.answers["/robots.txt"] = told
    assert await outcome(site, "/open") == "ok"


async def test_a_redirected_robots_txt_is_followed(site: RawSite) -> None:
    site.answers |= {"/robots.txt": redirect("/r"), "/r": rules("User-agent: *", "Disallow: /closed/")}
    assert await outcome(site, "/closed/a") == "blocked_by_site"


async def test_a_server_error_means_no_until_it_is_well(site: RawSite) -> None:
    site.answers["/robots.txt"] = answer(b"", status="500 Oops")
    shelf = MemoryShelf()
    for at, expected in (
        (NOW, "blocked_by_site"),
        (NOW + timedelta(minutes=59), "blocked_by_site"),
        (NOW + 29 * DAY, "blocked_by_site"),
    ):
        assert await outcome(site, "/open", Fetcher(SETTINGS, shelf), at) == expected
    assert asked_for_robots(site) == 2  # within the hour it is not asked again
    assert await outcome(site, "/open", Fetcher(SETTINGS, shelf), NOW + 31 * DAY) == "ok"


async def test_the_last_good_copy_outlives_server_errors_and_silence(site: RawSite) -> None:
    shelf = MemoryShelf()
    site.answers["/robots.txt"] = rules("User-agent: *", "Disallow: /closed/")
    assert await outcome(site, "/open", Fetcher(SETTINGS, shelf)) == "ok"
    site.answers["/robots.txt"] = answer(b"", status="503 Oops")
    assert await outcome(site, "/open", Fetcher(SETTINGS, shelf), NOW + 2 * DAY) == "ok"
    assert await outcome(site, "/closed/a", Fetcher(SETTINGS, shelf), NOW + 2 * DAY) == "blocked_by_site"
    site.answers["/robots.txt"] = b""
    site.open.add("/robots.txt")
    quick = Fetcher(replace(SETTINGS, total_timeout=timedelta(seconds=0.5)), shelf)
    assert await outcome(site, "/open", quick, NOW + 4 * DAY) == "ok"
    assert await outcome(site, "/closed/a", quick, NOW + 4 * DAY) == "blocked_by_site"


async def test_a_site_that_is_down_fails_with_that_and_keeps_nothing(site: RawSite) -> None:
    async def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    shelf = MemoryShelf()
    by = Fetcher(SETTINGS, shelf, resolve=nowhere)
    url = "http://site.example/feed"
    with pytest.raises(FetchError) as caught:
        await by.fetch(Source("s", "feed", url), url, clock=lambda: NOW)
    assert (caught.value.outcome, caught.value.detail.startswith("robots.txt: ")) == ("network_error", True)
    assert shelf.files == {}


async def test_a_private_address_is_refused_and_leaves_nothing_on_the_shelf(site: RawSite) -> None:
    shelf = MemoryShelf()
    assert await outcome(site, "/open", Fetcher(SETTINGS, shelf), allow_private=False) == "blocked"
    assert (shelf.files, site.connections) == ({}, 0)


# -------------------------------------------------------------------------------------------------------------- bounds


async def test_of_a_huge_robots_txt_the_first_512_kib_count(site: RawSite) -> None:
    front = "User-agent: *\nDisallow: /closed/\n"
    padding = "#" * 99 + "\n"
    # the limit falls behind the slash of the first of these lines: a line that was cut must not count either
    room = MAX_BYTES - len(front) - len("Disallow: /")
    late = (
        front
        + padding * (room // 100)
        + "#" * (room % 100 - 1)
        + "\nDisallow: /late\nDisallow: /open\n"
        + padding * 20_000
    )
    assert late[:MAX_BYTES].endswith("\nDisallow: /")
    site.answers["/robots.txt"] = answer(late.encode())
    assert await outcome(site, "/closed/a") == "blocked_by_site"
    assert await outcome(site, "/open") == "ok"


async def test_of_a_dripping_robots_txt_what_came_in_time_counts(site: RawSite) -> None:
    site.answers["/robots.txt"] = b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /closed/\n"
    site.open.add("/robots.txt")
    quick = replace(SETTINGS, total_timeout=timedelta(seconds=0.8))
    assert await outcome(site, "/open", settings=quick) == "ok"
    assert await outcome(site, "/closed/a", settings=quick) == "blocked_by_site"


BOMBS = {
    "agents times rules": "".join(f"User-agent: a{n}\n" for n in range(16_000)) + "Disallow: /x\n" * 20_000,
    "with tabs": "".join(f"User-agent\ta{n}\n" for n in range(16_000)) + "Disallow: /x\n" * 20_000,
    "with spaces": "".join(f"User  agent  a{n}\n" for n in range(16_000)) + "Disallow: /x\n" * 20_000,
    "one group each": "User-agent: a\nDisallow: /\n" * 20_000,
    "ours again and again": "User-agent: bayan\nUser-agent: *\nUser-agent: a\n" * 10_000 + "Disallow: /x\n" * 1_000,
    "wildcards": "User-agent: *\n" + "Disallow: /" + "*a" * 100_000 + "b\n",
    "wildcard rules": "User-agent: *\n" + "Disallow: /*a*a*a*a*a*a*a*b\n" * 18_000,
    "one line": "User-agent: *\nDisallow: /" + "%41" * 160_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_no_file_of_512_kib_takes_long_to_judge(bomb: str) -> None:
    file = RobotsFile("rules", bomb[:MAX_BYTES], NOW, NOW)
    started = time.process_time()
    judge(file, "http://site.example/" + "a" * 8000, "bayan/1", NOW)
    assert time.process_time() - started < 5  # protego alone takes minutes and gigabytes for the first three


AGENT_LINES = st.sampled_from(
    ["User-agent: *", "User-agent: bayan", "user-agent: Bayan/1", "User-agent: other", "User-agent:third", "User agent bayan",
     "USERAGENT: *", "User-agent: bay", "User-agent:", "User-agent: *bayan*", "User-agent: other # bayan"]
)  # fmt: skip
OTHER_LINES = st.sampled_from(
    ["Disallow: /", "Disallow: /a", "Allow: /a/b", "Disallow:", "Allow: /*.xml$", "Crawl-delay: 3", "Crawl-delay: x", "# note", "",
     "Sitemap: http://site.example/s.xml", "Disallow: /a?b=*", "nonsense"]
)  # fmt: skip
PATHS = ("/", "/a", "/a/b", "/c.xml", "/a?b=1")


@given(st.lists(AGENT_LINES | OTHER_LINES, max_size=25))
def test_leaving_out_other_peoples_names_changes_nothing_for_us(lines: list[str]) -> None:
    text = "\n".join(lines)
    whole, ours = protego.Protego.parse(text), protego.Protego.parse(relevant(text, "bayan"))
    for path in PATHS:
        url = f"http://site.example{path}"
        assert whole.can_fetch(url, "bayan") == ours.can_fetch(url, "bayan"), path
    assert whole.crawl_delay("bayan") == ours.crawl_delay("bayan")


@given(st.text(max_size=300))
def test_no_text_is_anything_but_a_ruling(text: str) -> None:
    ruling = judge(RobotsFile("rules", text, NOW, NOW), "http://site.example/a", "bayan/1", NOW)
    assert ruling.crawl_delay is None or timedelta(0) < ruling.crawl_delay <= timedelta(seconds=60)


@pytest.mark.parametrize(
    ("user_agent", "product"),
    [("bayan/1 (x)", "bayan"), ("Mozilla/5.0 (X11)", "mozilla"), ("some-bot", "some-bot"), ("", "*"), ("a;b", "a")],
)
def test_the_product_is_what_a_user_agent_begins_with(user_agent: str, product: str) -> None:
    assert product_of(user_agent) == product


@pytest.mark.shared
def test_a_thousand_real_files_are_judged_as_protego_judges_the_whole_of_them(shared: Path) -> None:
    files = 0
    with tarfile.open(shared / "corpus" / "robots" / "files.tar.xz") as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is None:
                continue
            text = stream.read().decode("utf-8", "replace")
            files += 1
            whole, ours = protego.Protego.parse(text), protego.Protego.parse(relevant(text, "bayan"))
            for path in ("/", "/news/", "/search?q=a", "/wp-admin/", "/feed/", "/a/b.php"):
                assert whole.can_fetch(f"http://x.example{path}", "bayan") == ours.can_fetch(
                    f"http://x.example{path}", "bayan"
                )
            assert whole.crawl_delay("bayan") == ours.crawl_delay("bayan"), member.name
    assert files > 1000
