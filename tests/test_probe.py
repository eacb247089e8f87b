"""`bayan sources probe`: what a site offers is found, tried, ranked and written down as a source that works."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.cli import written
from scraper.discover import MOST_REQUESTS, discover, meant
from scraper.errors import ParseError
from scraper.model import Item, Listed, Moment, Select
from scraper.net.fetch import Fetcher
from scraper.net.robots import MemoryShelf
from scraper.parsers import PARSERS, offers
from scraper.ranking import offer, ranked
from scraper.settings import FetchSettings
from tests.answers import answer, asking
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_site import Asked, FakeSite
from tests.street import InProcess, local
from tests.test_channel import preview
from tests.test_cli_run import closed_port
from tests.test_wordpress import post

TITLES = [f"The minister speaks of matter number {n} before the council" for n in range(1, 9)]
NOW = datetime.now(UTC).replace(microsecond=0)


def page(head: str = "", *, titles: list[str] = TITLES, more: str = "") -> str:
    """A section page with a list."""
    rows = "".join(
        f'<li class="news-item"><h3><a href="/press/{n}-statement.html">{title}</a></h3><time datetime="2026-06-{n:02}T10:00:00Z">x'
        "</time></li>"
        for n, title in enumerate(titles, 1)
    )
    return (
        f"<html lang=en><head><title>The ministry</title>{head}</head><body><nav><a href=/>Home</a></nav>"
        f'<main><ul class="news">{rows}</ul>{more}</main></body></html>'
    )


def feed(site: FakeSite, titles: list[str] = TITLES, *, at: datetime = NOW) -> str:
    items = "".join(
        f"<item><guid>{n}</guid><title>{title}</title><link>{site.origin}/press/{n}-statement.html</link>"
        f"<pubDate>{at - timedelta(hours=n):%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
        for n, title in enumerate(titles, 1)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Feed</title><language>en</language>{items}</channel></rss>"


def probe(bayan: Bayan, url: str, *more: str) -> Any:
    return bayan.plain("sources", "probe", url, "--allow-private", "--json", "--config", str(bayan.file), *more)


def kinds(row: Any) -> list[str]:
    return [one["kind"] for one in row["offers"]]


def quick(bayan: Bayan) -> None:
    """A configuration without pace, for a loopback site."""
    bayan.configure(source("other", "http://127.0.0.1:9/feed"))


# ------------------------------------------------------------------------------------------------------ what is meant


@pytest.mark.parametrize(
    ("written_so", "url"),
    [
        ("example.org/news", "https://example.org/news"), ("http://example.org", "http://example.org"),
        ("feed://example.org/rss", "https://example.org/rss"), ("feed:https://example.org/rss", "https://example.org/rss"),
        ("@a_channel", "https://t.me/s/a_channel"), ("t.me/a_channel/123", "https://t.me/s/a_channel"),
        ("https://t.me/s/a_channel?before=9", "https://t.me/s/a_channel"), ("https://example.org/@name", "https://example.org/@name"),
    ],
)  # fmt: skip
def test_an_address_is_read_as_people_write_it(written_so: str, url: str) -> None:
    assert meant(written_so) == url


# ------------------------------------------------------------------------------------------------------ what a page offers


def test_a_page_tells_its_feeds_its_api_its_channel_and_its_lists() -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">'
        '<link rel="alternate" type="text/xml" href="/atom">'
        '<link rel="alternate" hreflang="de" href="/de/"><link rel="https://api.w.org/" href="/wp-json/">'
    )
    more = '<a href="/rss.xml">RSS</a> <a href="https://t.me/the_ministry">Telegram</a> <a href="https://t.me/share/url">Share</a>'
    found = offers.parse(answer(page(head, more=more), "https://m.example.org/press/"), asking("listing"))
    assert found.feeds == (
        "https://m.example.org/atom", "https://m.example.org/rss.xml", "https://m.example.org/comments/feed/",
    )  # fmt: skip
    assert (found.wordpress, found.channels, found.language) == (
        "https://m.example.org/wp-json/",
        ("the_ministry",),
        "en",
    )
    assert found.lists[0] == (Select("li.news-item", "a@href", "h3", "time@datetime"), 8)


def test_selectors_are_named_for_what_a_thing_is_and_not_for_how_it_looks() -> None:
    rows = "".join(
        f'<div class="mt-4 css-1q2w3e col-8" data-kind="teaser"><a href="/a/{n}-story-of-it.html"><h2>{title}</h2></a></div>'
        for n, title in enumerate(TITLES)
    )
    found = offers.parse(answer(f"<html><body><section>{rows}</section></body></html>"), asking("listing"))
    assert found.lists[0][0].item == 'div[data-kind="teaser"]'


# ------------------------------------------------------------------------------------------------------ the ranking


def tried(
    kind: Any, count: int, *, dated: bool = True, newest: datetime = NOW, url: str = "https://m.example.org/x"
) -> Any:
    moment = Moment(newest, "second", "feed") if dated else None
    items = tuple(
        Item(None, f"https://m.example.org/{kind}/{n}", f"The {kind} said {n}", published=moment) for n in range(count)
    )
    return offer(asking(kind, url), "", Listed(items))


def order(*tries: Any, on_page: tuple[Item, ...] = (), is_section: bool = False) -> list[str]:
    return [one.source.kind for one in ranked(tries, on_page, is_section=is_section)]


def test_a_feed_goes_before_the_list_and_the_list_before_a_watched_page() -> None:
    assert order(tried("page", 1, dated=False), tried("listing", 9), tried("feed", 9)) == ["feed", "listing", "page"]


def test_a_feed_that_nobody_keeps_goes_behind() -> None:
    assert order(tried("feed", 9, newest=NOW - timedelta(days=400)), tried("listing", 9)) == ["listing", "feed"]


def test_for_a_section_a_feed_of_another_one_goes_behind() -> None:
    on_page = tried("listing", 9).items
    assert order(tried("feed", 9), tried("listing", 9), on_page=on_page, is_section=True) == ["listing", "feed"]
    assert order(tried("feed", 9), tried("listing", 9), on_page=on_page) == ["feed", "listing"]


def test_a_channel_that_the_site_links_to_goes_behind_the_sites_own_words() -> None:
    assert order(tried("channel", 9), tried("listing", 9), tried("feed", 9)) == ["feed", "listing", "channel"]


def test_what_lists_nothing_now_is_last() -> None:
    assert order(tried("sitemap", 0), tried("page", 1)) == ["page", "sitemap"]


# ------------------------------------------------------------------------------------------------------ the command


def test_a_feed_that_the_page_names_is_proposed_and_passes_the_check(bayan: Bayan, site: FakeSite) -> None:
    quick(bayan)
    site.pages["/press/"] = page('<link rel="alternate" type="application/rss+xml" href="/feed.rss">')
    site.pages["/feed.rss"] = feed(site)
    ran = probe(bayan, f"{site.origin}/press/")
    assert ran.code == 0, ran.err
    row = ran.json
    assert kinds(row)[:2] == ["feed", "listing"]
    best = row["offers"][0]
    assert (best["items"], best["dated"], best["language"], best["covers"]) == (8, 8, "en", [8, 8])
    assert datetime.fromisoformat(best["newest"]) == NOW - timedelta(hours=1)
    table = tomllib.loads(row["proposed"]["toml"])["sources"]
    assert table == {
        "127-0-0-1": {"kind": "feed", "url": f"{site.origin}/feed.rss", "language": "en", "allow_private": True}
    }
    bayan.configure(source("other", "http://127.0.0.1:9/feed"), row["proposed"]["toml"])
    assert bayan.plain("config", "check", "--config", str(bayan.file)).code == 0
    tested = bayan("sources", "test", "127-0-0-1")
    assert (tested.code, "ok, 8 items" in tested.out) == (0, True)


def test_a_page_without_any_feed_gives_its_list_with_the_selectors_shown(bayan: Bayan, site: FakeSite) -> None:
    quick(bayan)
    site.pages["/press/"] = page()
    ran = bayan.plain("sources", "probe", f"{site.origin}/press/", "--allow-private", "--config", str(bayan.file))
    assert ran.code == 0
    assert 'kind = "listing"' in ran.out
    assert '#   item = "li.news-item"' in ran.out
    assert TITLES[0] in ran.out
    assert len(site.asked) <= MOST_REQUESTS + 1


def wordpress(asked: Asked) -> tuple[int, str]:
    return 200, json.dumps([post(n, title, "He said so. " * 50) for n, title in enumerate(TITLES, 1)])


def publish(site: FakeSite, kind: str) -> None:
    """A site whose page itself has no list, and which offers one thing."""
    site.pages["/"] = (
        "<html><head><title>Home</title></head><body><p>Welcome to the office of the ministry.</p></body></html>"
    )
    match kind:
        case "feed":
            site.pages["/feed.xml"] = feed(site)
        case "json feed":
            entries = [
                {"id": str(n), "url": f"{site.origin}/{n}", "title": t, "date_published": NOW.isoformat()}
                for n, t in enumerate(TITLES)
            ]
            site.pages["/feed.json"] = json.dumps(
                {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": entries}
            )
        case "wordpress":
            site.pages["/"] = (
                '<html><head><link rel="https://api.w.org/" href="/wp-json/"></head><body><p>Hello</p></body></html>'
            )
            asked = "/wp-json/wp/v2/posts?per_page=50&_fields=id,guid,link,title,content,excerpt,date,date_gmt,modified,modified_gmt"
            site.pages[asked] = wordpress
        case "sitemap":
            said = "<news:news><news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news>"
            rows = "".join(
                f"<url><loc>{site.origin}/{n}</loc>{said.format(NOW.isoformat(), t)}</url>"
                for n, t in enumerate(TITLES)
            )
            site.pages["/maps/of-news.xml"] = (
                "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
                f"xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{rows}</urlset>"
            )
            site.pages["/robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {site.origin}/maps/of-news.xml\n"


@pytest.mark.parametrize("kind", ["feed", "json feed", "wordpress", "sitemap"])
def test_what_a_site_keeps_in_its_usual_place_is_found(bayan: Bayan, site: FakeSite, kind: str) -> None:
    quick(bayan)
    publish(site, kind)
    row = probe(bayan, site.origin + "/").json
    assert row["proposed"]["kind"] == kind.split()[-1] if kind != "json feed" else "feed"
    assert row["offers"][0]["items"] == 8
    bayan.configure(source("other", "http://127.0.0.1:9/feed"), row["proposed"]["toml"])
    assert bayan("sources", "test", "127-0-0-1").code == 0


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("channel", lambda site: preview(*((f"a_channel/{n}", title) for n, title in enumerate(TITLES, 1)))),
        ("json", lambda site: json.dumps({"data": [{"id": n, "headline": title} for n, title in enumerate(TITLES)]})),
        ("feed", feed),
    ],
)
def test_an_address_that_is_a_source_itself_is_taken_as_it_is(
    bayan: Bayan, site: FakeSite, kind: str, body: Callable[[FakeSite], str]
) -> None:
    quick(bayan)
    site.pages["/it"] = body(site)
    row = probe(bayan, f"{site.origin}/it").json
    assert (row["proposed"]["kind"], row["requests"]) == (kind, 1)
    bayan.configure(source("other", "http://127.0.0.1:9/feed"), row["proposed"]["toml"])
    assert bayan.plain("config", "check", "--config", str(bayan.file)).code == 0


def test_places_that_nothing_names_are_counted_and_what_the_page_names_is_told(bayan: Bayan, site: FakeSite) -> None:
    quick(bayan)
    site.pages["/"] = page('<link rel="alternate" type="application/rss+xml" href="/old.rss">')
    site.pages["/news-sitemap.xml"] = 403
    told = bayan.plain("sources", "probe", site.origin + "/", "--allow-private", "--config", str(bayan.file)).out
    assert f"not usable: {site.origin}/old.rss: http_error, status 404" in told
    assert f"not usable: {site.origin}/feed/" not in told
    assert "places where sites keep feeds" in told
    refused = {one["url"]: one["guessed"] for one in probe(bayan, site.origin + "/").json["refused"]}
    assert (refused[f"{site.origin}/old.rss"], refused[f"{site.origin}/feed/"]) == (False, True)
    assert not any(url == f"{site.origin}/" for url in refused), "what answered is not said to be of no use"


def test_a_private_address_that_was_not_meant_so_says_how_it_is_meant(bayan: Bayan, site: FakeSite) -> None:
    bayan.configure(source("other", "http://127.0.0.1:9/feed"))
    for words in (("sources", "probe"), ("read",)):
        ran = bayan.plain(*words, site.origin + "/")
        assert (ran.code, "--allow-private" in ran.out + ran.err) == (1, True), words


def test_what_robots_txt_forbids_is_not_asked(bayan: Bayan, site: FakeSite) -> None:
    quick(bayan)
    site.pages["/"] = page('<link rel="alternate" type="application/rss+xml" href="/private/feed">')
    site.pages["/private/feed"] = feed(site)
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /private/\n"
    row = probe(bayan, site.origin + "/").json
    assert site.requests("/private/feed") == 0
    assert [one["outcome"] for one in row["refused"] if one["url"].endswith("/private/feed")] == ["blocked_by_site"]


def test_a_site_that_refuses_us_is_not_climbed_over_by_guessing(bayan: Bayan, site: FakeSite) -> None:
    quick(bayan)
    site.pages["/"] = 403
    site.pages["/feed/"] = feed(site)
    ran = probe(bayan, site.origin + "/")
    assert (ran.code, "user_agent" in ran.json["remedy"]) == (1, True)
    assert site.requests("/feed/") == 0


def test_a_private_address_is_not_probed_without_leave(bayan: Bayan, site: FakeSite) -> None:
    quick(bayan)
    ran = bayan.plain("sources", "probe", site.origin, "--config", str(bayan.file))
    assert (ran.code, site.asked) == (1, [])
    assert "--allow-private" in ran.out


def test_a_site_that_asks_for_fewer_requests_is_not_asked_further(bayan: Bayan, site: FakeSite) -> None:
    quick(bayan)
    site.pages["/"] = page()
    site.pages["/feed/"] = 429
    row = probe(bayan, site.origin + "/").json
    assert row["proposed"]["kind"] == "listing"
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/", "/feed/"]


async def test_leave_and_secrets_count_for_the_origin_that_was_asked_for_alone() -> None:
    async with FakeSite() as mine, FakeSite() as other:
        other.pages["/feed"] = feed(other)
        mine.pages["/"] = page(f'<link rel="alternate" type="application/rss+xml" href="{other.origin}/feed">')
        like = local("s", mine.origin + "/", kind="listing", headers={"X-Secret": "one"})
        fetcher = Fetcher(FetchSettings(per_host_delay=timedelta(0)), MemoryShelf())
        workers: Any = InProcess()
        try:
            found = await discover(
                mine.origin + "/", like=like, fetcher=fetcher, parsers=workers, robots=lambda _: "", clock=lambda: NOW
            )
        finally:
            await fetcher.aclose()
        assert other.asked == []
        assert [one.outcome for one in found.refused if one.url == f"{other.origin}/feed"] == ["blocked"]
        assert [asked.headers.get("x-secret") for asked in mine.asked if asked.path == "/"] == ["one"]


def test_a_site_that_cannot_be_reached_ends_with_69_and_one_that_offers_nothing_with_1(
    bayan: Bayan, site: FakeSite
) -> None:
    quick(bayan)
    assert probe(bayan, closed_port()).code == 69
    site.pages["/"] = 404
    ran = probe(bayan, site.origin + "/")
    assert (ran.code, ran.json["error"]) == (1, "http_error")


def test_the_proposal_is_written_after_a_yes_and_everything_else_stays(bayan: Bayan, site: FakeSite) -> None:
    quick(bayan)
    before = bayan.file.read_text("utf-8") + "# a comment of mine\n"
    bayan.file.write_text(before, "utf-8")
    bayan.file.chmod(0o600)
    site.pages["/press/"] = page()
    ran = bayan.plain(
        "sources", "probe", f"{site.origin}/press/", "--allow-private", "--config", str(bayan.file), "--write", "--yes"
    )
    assert ran.code == 0, ran.err
    after = bayan.file.read_text("utf-8")
    assert after.startswith(before)
    assert "\n+[sources.127-0-0-1]\n" in ran.out
    assert bayan.file.stat().st_mode & 0o777 == 0o600
    assert bayan("sources", "test", "127-0-0-1").code == 0
    assert [path.name for path in bayan.folder.iterdir()] == ["config.toml"]


def test_without_a_yes_nothing_is_written(bayan: Bayan, site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    quick(bayan)
    before = bayan.file.read_text("utf-8")
    site.pages["/press/"] = page()
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    ran = bayan.plain(
        "sources", "probe", f"{site.origin}/press/", "--allow-private", "--config", str(bayan.file), "--write"
    )
    assert (ran.code, bayan.file.read_text("utf-8")) == (1, before)


# ------------------------------------------------------------------------------------------------------ the file


FILE = """# mine
[sources.a]
kind = "listing"          # a list
url = "https://x.example/"

  [sources.a.select]      # the block
  item = "ul.old > li"    # since 2024
  link = "a@href"
  date = 'span.when'

[sources.b]
kind = "feed"
url = "https://y.example/"
"""


def test_selectors_are_replaced_with_comments_and_order_kept() -> None:
    after = written.with_selectors(FILE, "a", Select('div[data-kind="x"]', link="a@href", title="h2"))
    assert after == FILE.replace('"ul.old > li"', '"div[data-kind=\\"x\\"]"').replace(
        "  date = 'span.when'\n", '  title = "h2"\n'
    )


def test_a_source_without_selectors_gets_a_table_behind_its_own() -> None:
    behind = '\n  [sources.b.select]\n  item = "li"\n'
    assert written.with_selectors(FILE, "b", Select("li")) == FILE + behind
    more = FILE + "\n# the next one\n[sources.c]\n"
    assert written.with_selectors(more, "b", Select("li")) == FILE + behind + "\n# the next one\n[sources.c]\n"


def test_another_way_to_a_site_takes_the_place_of_a_list_with_comments_and_order_kept() -> None:
    after = written.with_other_way(FILE, "a", asking("feed", "https://x.example/feed"))
    assert after == FILE.replace('"listing"  ', '"feed"  ').replace(
        "https://x.example/", "https://x.example/feed"
    ).replace(
        '  [sources.a.select]      # the block\n  item = "ul.old > li"    # since 2024\n  link = "a@href"\n  date = \'span.when\'\n\n',
        "",
    )
    with pytest.raises(ValueError, match="line of its own"):
        written.with_other_way('[sources.b]\nurl = "https://y.example/"\n', "b", asking("feed"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[sources.b]\nselect = { item = "li" }\n', "no table of its own"), ('[sources]\nb.kind = "feed"\n', "no table of its own"),
        ('[sources.b.select]\nitem = """li"""\n', "line 2 is written"),
    ],
)  # fmt: skip
def test_selectors_that_are_not_one_line_each_are_not_guessed_at(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        written.with_selectors(text, "b", Select("ul > li"))


_selectors = st.text(alphabet="abc.#>\"'\\ =[]", min_size=1, max_size=20)


@given(_selectors, _selectors, st.sampled_from([FILE, FILE.replace("\n\n[sources.b]", "\n[sources.b]")]))
def test_whatever_is_written_is_read_back_and_the_rest_is_as_it_was(item: str, title: str, text: str) -> None:
    after = written.with_selectors(text, "a", Select(item, title=title))
    changed, before = tomllib.loads(after)["sources"], tomllib.loads(text)["sources"]
    assert changed["a"].pop("select") == {"item": item, "title": title}
    before["a"].pop("select")
    assert changed == before
    assert [line.partition("#")[2] for line in after.splitlines() if "# " in line and "=" not in line] == [
        line.partition("#")[2] for line in text.splitlines() if "# " in line and "=" not in line
    ]


@given(st.text(max_size=400), st.sampled_from(["listing", "page"]))
def test_whatever_a_page_holds_nothing_but_a_parse_error_comes_out(markup: str, kind: Any) -> None:
    for parse in (offers.parse, PARSERS[kind]):
        with suppress(ParseError):
            parse(answer(f"<html><main>{markup}"), asking(kind))


def test_an_id_is_free_and_fits() -> None:
    assert written.free_id("The Ministry!", {"the-ministry"}) == "the-ministry-2"
    assert written.free_id("بيان", set()) == "source"


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "http://[::1]:0/", "ftp://x.example/", "http://a b/"])
def test_an_address_that_is_none_is_said_to_be_written_wrong_and_no_setting_is_advised(
    bayan: Bayan, address: str
) -> None:
    ran = bayan.plain("sources", "probe", address)
    assert ran.code == 1
    assert "check how the address is written" in ran.out
    assert "allow_private" not in ran.out
