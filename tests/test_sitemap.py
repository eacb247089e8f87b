"""Sitemaps, news sitemaps and their indexes: what is published, what only changed, and how far an index is followed."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.config import load
from scraper import sources, store
from scraper.errors import ParseError
from scraper.gather import FILES, recent_first
from scraper.model import Listed, Sitemap
from scraper.parsers import entry
from scraper.parsers.sitemap import parse
from tests.answers import answer, asking, recorded
from tests.configurations import ENVIRON
from tests.fake_site import Asked, FakeSite
from tests.street import House, configuration, house, local

SOURCE = asking("sitemap", "https://ministry.example.org/sitemap.xml")
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def read(body: bytes | str, **more: object) -> Listed:
    return parse(answer(body, SOURCE.url), replace(SOURCE, **more))  # type: ignore[arg-type]


def refused(body: bytes | str) -> ParseError:
    with pytest.raises(ParseError) as caught:
        read(body)
    return caught.value


def urlset(*rows: str) -> str:
    """A sitemap with `rows` inside its urls."""
    urls = "".join(f"<url>{row}</url>" for row in rows)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="{NEWS}">{urls}</urlset>'


def index(*files: str) -> str:
    """An index of `files`, each an address or an address and its lastmod."""
    rows = (file.partition(" ") for file in files)
    said = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>" for url, _, at in rows
    )
    return (
        f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{said}</sitemapindex>'
    )


def test_a_news_entry_has_a_title_a_time_and_a_language() -> None:
    item = read(recorded("news-sitemap.xml")).items[0]
    assert (item.url, item.title, item.language) == (
        "https://ministry.example.org/statement/1",
        "Qais al-Khazali & the ministry",
        "ar",
    )
    assert item.published is not None
    assert (item.published.at.isoformat(), item.published.confident) == ("2026-06-20T09:12:30+00:00", True)


def test_when_a_page_last_changed_is_never_its_publication() -> None:
    item = read(recorded("news-sitemap.xml")).items[1]
    assert item.published is None
    assert item.modified is not None
    assert (item.modified.at.date().isoformat(), item.modified.precision) == ("2026-06-19", "day")


def test_the_address_of_a_picture_is_no_page() -> None:
    assert [item.url for item in read(recorded("news-sitemap.xml")).items] == [
        "https://ministry.example.org/statement/1",
        "https://ministry.example.org/about",
        "https://ministry.example.org/statement/0?a=1&b=2",
        "https://ministry.example.org/undated",
    ]


def test_pages_that_the_source_does_not_want_are_passed_over_and_counted() -> None:
    listed = read(recorded("news-sitemap.xml"), match_url="/(statement|press)/")
    assert (len(listed.items), listed.passed_over) == (2, 2)


def test_pages_older_than_the_source_wants_are_passed_over_and_undated_ones_are_not() -> None:
    listed = read(recorded("news-sitemap.xml"), newer_than=timedelta(days=2))
    assert [item.url for item in listed.items] == [
        f"https://ministry.example.org/{end}" for end in ("statement/1", "about", "undated")
    ]
    assert listed.passed_over == 1


def test_a_bare_day_counts_to_its_end() -> None:
    body = urlset("<loc>/a</loc><lastmod>2026-06-18</lastmod>", "<loc>/b</loc><lastmod>2026-06-17</lastmod>")
    assert [item.url for item in read(body, newer_than=timedelta(days=2)).items] == ["https://ministry.example.org/a"]


def test_an_index_gives_its_files_and_no_items() -> None:
    listed = read(recorded("index-sitemap.xml"))
    assert listed.items == ()
    assert [file.url for file in listed.sitemaps] == [
        f"https://ministry.example.org/{name}"
        for name in ("post-sitemap1.xml", "post-sitemap2.xml.gz", "news-sitemap.xml")
    ]
    assert listed.sitemaps[1].modified == datetime(2026, 6, 20, 9, 0, tzinfo=UTC)


def test_a_packed_file_is_unpacked_and_one_that_swells_is_refused() -> None:
    assert len(read(gzip.compress(recorded("news-sitemap.xml"))).items) == 4
    assert refused(gzip.compress(b" " * 60 * 1024 * 1024)).outcome == "too_large"
    assert refused(b"\x1f\x8bno gzip").outcome == "decode_error"


def test_a_file_that_breaks_off_gives_what_was_whole_and_says_so() -> None:
    listed = read(recorded("news-sitemap.xml")[:900])
    assert listed.partial
    assert [item.url for item in listed.items] == [
        f"https://ministry.example.org/{end}" for end in ("statement/1", "about")
    ]


def test_common_faults_of_xml_are_read_over() -> None:
    body = urlset("<loc>/a?x=1&y=2</loc>", "<loc>/b&nbsp;c</loc>").replace(f' xmlns:news="{NEWS}"', "")
    undeclared = body.replace("<loc>/a", "<news:news><news:title>A &#8217; B</news:title></news:news><loc>/a")
    assert next((item.url, item.title) for item in read(undeclared).items) == (
        "https://ministry.example.org/a?x=1&y=2",
        "A ’ B",
    )


def test_a_list_of_addresses_as_text_and_a_feed_are_sitemaps_too() -> None:
    assert len(read("https://ministry.example.org/1\nhttps://ministry.example.org/2\n").items) == 2
    feed = "<rss version='2.0'><channel><item><title>T</title><link>/1</link></item></channel></rss>"
    assert read(feed).items[0].title == "T"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("", "empty"),
        ("<html><body>Not found</body></html>", "suspect"),
        ("<opml></opml>", "parse_error"),
        ("{}", "parse_error"),
        ("<urlset><url><loc>/a</lo", "incomplete"),
        ("<urlset>" + "<url>" * 5_000, "too_complex"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><urlset><url><loc>/&a;</loc></url></urlset>', "parse_error"),
    ],
)
def test_what_is_no_sitemap_is_told_apart(body: str, outcome: str) -> None:
    assert refused(body).outcome == outcome


def test_an_address_that_is_none_is_left_out() -> None:
    rows = ("<loc>javascript:alert(1)</loc>", "<loc>/a</loc>", "<loc></loc>", "<lastmod>x</lastmod>")
    assert len(read(urlset(*rows)).items) == 1


def test_of_too_many_pages_the_newest_are_kept_or_those_at_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scraper.parsers.sitemap.MAX_ITEMS", 4)
    dated = read(urlset(*(f"<loc>/{n}</loc><lastmod>2026-06-{n:02d}</lastmod>" for n in range(1, 11))))
    assert [(item.url or "").rpartition("/")[2] for item in dated.items] == ["10", "9", "8", "7"]
    bare = read(urlset(*(f"<loc>/{n}</loc>" for n in range(10))))
    assert [(item.url or "").rpartition("/")[2] for item in bare.items] == ["0", "1", "8", "9"]
    assert (dated.left_out, bare.left_out) == (6, 6)
    assert entry.MAX_ITEMS > 4


def test_files_of_news_come_first_then_the_last_changed_then_both_ends_in_turn() -> None:
    day = datetime(2026, 6, 20, tzinfo=UTC)
    files = [
        Sitemap("https://x.example/a.xml", day - timedelta(days=9)),
        Sitemap("https://x.example/b.xml", day),
        *(Sitemap(f"https://x.example/{n}.xml") for n in range(4)),
        Sitemap("https://x.example/news.xml"),
    ]
    assert [file.url.rpartition("/")[2] for file in recent_first(files)] == [
        "news.xml", "b.xml", "a.xml", "0.xml", "3.xml", "1.xml", "2.xml",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 50), st.none() | st.datetimes(timezones=st.just(UTC))), max_size=30))
def test_ordering_the_files_of_an_index_loses_none(rows: list[tuple[int, datetime | None]]) -> None:
    files = [Sitemap(f"https://x.example/{number}.xml", at) for number, at in rows]
    assert sorted(map(str, recent_first(files))) == sorted(map(str, files))


def test_the_configuration_keeps_two_days_and_checks_the_pattern(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    head = '[channels.screen]\nkind = "console"\n[sources.a]\nkind = "sitemap"\nurl = "https://ministry.example.org/s.xml"\n'
    path.write_text(head + "match_url = '/(press)/'\n")
    source = load(path, ENVIRON).sources[0]
    assert (source.match_url, source.newer_than) == ("/(press)/", timedelta(days=2))


# ------------------------------------------------------------------------------------------------------ end to end


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        yield running


def watching(tmp_path: Path, site: FakeSite, **more: object) -> object:
    return configuration(tmp_path, sources=(local("map", f"{site.origin}/sitemap.xml", kind="sitemap", **more),))


async def poll(bayan: House) -> str:
    """Look once; the outcome that is recorded."""
    await bayan.service.once(only=["map"], patience=timedelta())
    state = bayan.db.read_now(lambda conn: sources.state(conn, "map"))
    assert state is not None
    return f"{state.outcome} {state.detail}".strip()


async def test_a_new_page_rings_by_its_article_and_a_sitemap_that_is_gone_is_told(
    tmp_path: Path, site: FakeSite
) -> None:
    page = "<html><head><title>A page</title></head><body><article><h1>What was said tonight</h1>{}</article></body></html>"
    site.pages["/press/2"] = page.format("<p>Qais al-Khazali spoke at length about many matters today.</p>" * 9)
    site.pages["/sitemap.xml"] = urlset("<loc>/press/1</loc>", "<loc>/about</loc>")
    more = {"full_text": True, "match_url": "/press/", "newer_than": timedelta(days=2)}
    async with house(watching(tmp_path, site, **more)) as bayan:  # type: ignore[arg-type]
        assert await poll(bayan) == "ok"
        site.pages["/sitemap.xml"] = urlset("<loc>/press/1</loc>", "<loc>/press/2</loc>", "<loc>/about</loc>")
        await poll(bayan)
        assert "What was said tonight" in bayan.shown
        assert len(bayan.db.read_now(lambda conn: store.find(conn))) == 2
        site.pages["/sitemap.xml"] = urlset("<loc>/about</loc>")
        assert await poll(bayan) == "ok", "what the source passes over is no empty list"
        site.pages["/sitemap.xml"] = "<html><body>moved</body></html>"
        assert (await poll(bayan)).startswith("suspect")


async def test_an_index_is_followed_though_it_did_not_change_itself(tmp_path: Path, site: FakeSite) -> None:
    site.pages["/sitemap.xml"] = index("/old.xml 2020-01-01", "/new.xml 2026-06-20", "/gone.xml")
    site.pages["/old.xml"] = urlset("<loc>/1</loc>")
    site.pages["/new.xml"] = urlset("<loc>/2</loc>")
    news = f"<loc>/3</loc><news:news xmlns:news='{NEWS}'><news:title>Qais al-Khazali speaks</news:title></news:news>"
    async with house(watching(tmp_path, site)) as bayan:  # type: ignore[arg-type]
        assert await poll(bayan) == "ok"
        assert bayan.shown == ""
        site.pages["/new.xml"] = urlset("<loc>/2</loc>", news)
        await poll(bayan)
        assert "Qais al-Khazali speaks" in bayan.shown
        assert len(bayan.db.read_now(lambda conn: store.find(conn))) == 3


async def test_an_index_without_end_is_left_after_three_levels_and_a_set_number_of_files(
    tmp_path: Path, site: FakeSite
) -> None:
    def deeper(asked: Asked) -> tuple[int, str]:
        number = int(asked.path.partition("n=")[2] or 0)
        return 200, index(
            "/sitemap.xml", *(f"/sitemap.xml?n={number * 20 + n}" for n in range(1, 20)), "http://127.0.0.1:9/x.xml"
        )

    for number in range(500):
        site.pages[f"/sitemap.xml?n={number}"] = deeper
    site.pages["/sitemap.xml"] = deeper
    async with house(watching(tmp_path, site)) as bayan:  # type: ignore[arg-type]
        assert (await poll(bayan)).startswith("suspect an index that leads to no page")
        asked = [one.path for one in site.asked if one.path != "/robots.txt"]
        assert len(asked) <= FILES + 1
        assert asked.count("/sitemap.xml") == 1


async def test_files_that_do_not_answer_for_now_leave_the_baseline_open(tmp_path: Path, site: FakeSite) -> None:
    site.pages["/sitemap.xml"] = index("/a.xml", "/b.xml", "/c.xml")
    site.pages |= {"/a.xml": urlset("<loc>/1</loc>"), "/b.xml": 503, "/c.xml": 503}
    async with house(watching(tmp_path, site)) as bayan:  # type: ignore[arg-type]
        await poll(bayan)
        state = bayan.db.read_now(lambda conn: sources.state(conn, "map"))
        assert state is not None
        assert state.baseline_at is None
        site.pages |= {"/b.xml": urlset("<loc>/2</loc>"), "/c.xml": 404}
        await poll(bayan)
        state = bayan.db.read_now(lambda conn: sources.state(conn, "map"))
        assert state is not None
        assert state.baseline_at is not None
