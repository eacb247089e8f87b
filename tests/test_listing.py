"""A listing page gives its entries: by selectors, or because the list is found; what has no list says what it is."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.address import canonical
from scraper.errors import ParseError
from scraper.model import Item, Listed, Page, Select, Source
from scraper.parsers.listing import parse

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
URL = "https://news.example/statements/"
ARABIC = "قيس الخزعلي يدين التهديدات"
MENU = "<nav><ul>" + "".join(f"<li><a href='/s/{n}'>Section {n}</a></li>" for n in range(12)) + "</ul></nav>"
FOOTER = (
    "<footer><p>"
    + "".join(f"<a href='/about/the-long-page-{n}'>About our house and its rules</a>" for n in range(8))
    + "</p></footer>"
)
HEADLINES = [
    "Militia Leader Condemns Threats And Warns Of Regional Instability",
    "Ministry Summons Ambassador After Remarks On Border Crossings",
    "Committee Publishes Its Yearly Report On Displaced Families",
    "Spokesman Denies Reports Of A Meeting In The Capital",
    "Parliament Votes On The Budget After Three Days Of Debate",
]


def listed(body: str | bytes, select: Select | None = None, url: str = URL, *, charset: str = "") -> Listed:
    data = body.encode() if isinstance(body, str) else body
    page = Page(url=url, asked=url, body=data, fetched_at=NOW, charset=charset)
    return parse(page, Source(id="s", kind="listing", url=url, select=select, language="en"))


def failure(body: str | bytes, select: Select | None = None) -> ParseError:
    with pytest.raises(ParseError) as caught:
        listed(body, select)
    return caught.value


def page(entries: str, head: str = "<title>Statements</title>") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{MENU}<main>{entries}</main>{FOOTER}</body></html>"


def articles(extra: str = "") -> str:
    return "".join(
        f"<article><a href='/s/2026/{n}'><img src='x.jpg'></a><h2><a href='/s/2026/{n}'>{title}</a></h2>{extra}</article>"
        for n, title in enumerate(HEADLINES)
    )


def titles(found: Listed) -> list[str]:
    return [item.title for item in found.items]


def first(found: Listed) -> Item:
    return found.items[0]


def test_the_list_is_found_between_menu_and_footer() -> None:
    found = listed(page(articles()))
    assert titles(found) == HEADLINES
    assert [item.url for item in found.items] == [f"https://news.example/s/2026/{n}" for n in range(5)]
    assert found.title == "Statements"


@pytest.mark.parametrize(
    "entry",
    [
        "<li><a href='/n/{n}-the-long-way'>{title}</a> (2026-01-14)</li>",
        "<tr><td>14.01.2026</td><td><a href='/n/{n}-the-long-way'>{title}</a></td></tr>",
        "<div class='row'><a href='/n/{n}-the-long-way'><h3>{title}</h3><p>A teaser that goes on for rather longer than the "
        "headline does, and then some.</p></a></div>",
        "<div class='card'><a href='/n/{n}-the-long-way'><span>12:01</span><span>Ticker</span><span>{title}</span></a></div>",
        "<p><a href='/n/{n}-the-long-way' title='{title}'><img src='x'></a></p>",
    ],
    ids=["bullets", "table", "cards", "spans", "pictures"],
)
def test_lists_of_many_shapes_give_headlines_without_teasers(entry: str) -> None:
    rows = "".join(entry.replace("{n}", str(n)).replace("{title}", title) for n, title in enumerate(HEADLINES))
    wrapped = f"<table>{rows}</table>" if entry.startswith("<tr") else f"<div>{rows}</div>"
    assert titles(listed(page(wrapped))) == HEADLINES


def test_seven_hours_ago_is_counted_from_the_fetch() -> None:
    published = first(listed(page(articles("<span>7 hours ago</span>")))).published
    assert published is not None
    assert (published.at.isoformat(), published.precision) == ("2026-01-15T05:00:00+00:00", "hour")
    assert not published.confident


def test_a_time_element_is_read_by_its_machine_readable_value() -> None:
    published = first(listed(page(articles("<time datetime='2026-01-14T10:00:00+03:00'>yesterday</time>")))).published
    assert published is not None
    assert (published.at.isoformat(), published.method) == ("2026-01-14T10:00:00+03:00", "time@datetime")


def test_how_long_it_takes_is_not_how_long_ago_it_was() -> None:
    assert first(listed(page(articles("<span>31 min</span><span>12:30</span>")))).published is None


def test_a_day_in_the_headline_is_not_the_day_of_the_entry() -> None:
    body = page(
        "".join(
            f"<article><h2><a href='/a/{n}'>Talks set for 5 June 2025 in hall {n}</a></h2></article>" for n in range(4)
        )
    )
    assert first(listed(body)).published is None


def test_the_teaser_is_the_summary() -> None:
    teaser = "The leader of the group spoke for an hour and named two states."
    assert first(listed(page(articles(f"<p>{teaser}</p>")))).summary == teaser


def test_two_addresses_of_one_page_are_one_entry() -> None:
    body = page(
        articles() + "<article><h2><a href='/s/2026/0?utm_source=x#comments'>Militia Leader Condemns</a></h2></article>"
    )
    assert len(listed(body).items) == 5


def test_entries_of_other_sites_do_not_come_from_a_mixed_page() -> None:
    outside = "".join(
        f"<div class='partner'><a href='https://ads.invalid/a-long-way/{n}'>{HEADLINES[n]} again</a></div>"
        for n in range(5)
    )
    assert titles(listed(page(articles() + outside))) == HEADLINES


def test_a_page_that_only_points_elsewhere_is_a_list_all_the_same() -> None:
    body = page(
        "".join(
            f"<li><h3><a href='https://other{n}.invalid/a/{n}'>{title}</a></h3></li>"
            for n, title in enumerate(HEADLINES)
        )
    )
    assert titles(listed(body)) == HEADLINES


def test_short_titles_in_marked_articles_are_a_list() -> None:
    body = "<html><body><div id='clock'>123</div><p>Visitors: 7</p><aside>Khazali ad 0.5</aside>" + "".join(
        f'<article><h2><a href="/a/{i}">Statement {i}</a></h2><time>{i + 2} minutes ago</time></article>'
        for i in range(5)
    )
    found = listed(body)
    assert titles(found) == [f"Statement {i}" for i in range(5)]
    assert all(item.published is not None for item in found.items)


def test_short_titles_in_numbered_rows_are_a_list() -> None:
    body = page(
        "<table>"
        + "".join(f"<tr><td><a href='/pr/2025/{n}.html'>Press Release {n}</a></td></tr>" for n in range(11, 16))
    )
    assert titles(listed(body)) == [f"Press Release {n}" for n in range(11, 16)]


def test_a_base_element_decides_what_addresses_are_relative_to() -> None:
    body = page(articles().replace("'/s/", "'s/"), "<base href='https://www.news.example/en/'>")
    assert first(listed(body)).url == "https://www.news.example/en/s/2026/0"


def test_the_bytes_decide_about_the_charset() -> None:
    body = f'<html><body><article><h2><a href="/x">{ARABIC}</a></h2></article></body></html>'
    assert titles(listed(body.encode(), charset="iso-8859-1")) == [ARABIC]


def test_selectors_are_followed() -> None:
    body = page(
        "".join(
            f"<div class='row'><a class='go' href='/r/{n}'>more</a><b class='t'>{title}</b><i data-when='2026-01-1{n}T08:00Z'>x</i>"
            f"<p class='lead'>Lead {n}</p></div>"
            for n, title in enumerate(HEADLINES)
        )
        + "<a rel='next' href='?page=2'>next</a>"
    )
    select = Select(
        item="div.row", link="a.go", title="b.t", date="i@data-when", summary="p.lead", next_page="a[rel=next]@href"
    )
    found = listed(body, select)
    assert titles(found) == HEADLINES
    item = found.items[2]
    assert (item.url, item.summary) == ("https://news.example/r/2", "Lead 2")
    assert item.published is not None
    assert (item.published.at.isoformat(), item.published.precision) == ("2026-01-12T08:00:00+00:00", "minute")
    assert found.next_page == "https://news.example/statements/?page=2"


def test_an_item_selector_alone_is_enough() -> None:
    assert titles(listed(page(articles()), Select(item="article"))) == HEADLINES
    assert titles(listed(page(articles()), Select(item="article h2 a", link="@href"))) == HEADLINES


def test_a_selector_that_finds_nothing_says_what_was_seen() -> None:
    error = failure(page(articles()), Select(item="div.gone"))
    assert error.outcome == "suspect"
    assert "'Statements'" in error.detail
    assert "links" in error.detail


def test_a_selector_that_cannot_be_read_is_a_parse_error() -> None:
    assert failure(page(articles()), Select(item="div[[")).outcome == "parse_error"


def bare(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    "body",
    [
        bare("404", "<h1>Page not found</h1><article><h2><a href='/'>Khazali home</a></h2></article>"),
        bare("404", "<h1>Page not found</h1><article><h2><a href='/a/1'>Khazali home</a></h2></article>"),
        bare("Before you continue", "<form><p>We use cookies. Accept all?</p><button>Accept</button></form>"),
        bare("Just a moment...", "Enable JavaScript and cookies to continue"),
        "<html><body>Welcome</body></html>",
        f"<html><body>{MENU}{FOOTER}</body></html>",
        bare(
            "Ministry",
            "<ul>"
            + "".join(f"<li><a href='/{n}-of-house'>About the {n}</a></li>" for n in ("minister", "staff", "garden")),
        ),
        bare(
            "Access denied",
            "".join(f"<li><h3><a href='/help/{n}'>{title}</a></h3></li>" for n, title in enumerate(HEADLINES)),
        ),
    ],
    ids=["soft-404", "soft-404-link", "consent", "challenge", "cloak", "menus", "plain-menu", "denied"],
)
def test_a_page_without_a_list_is_suspect(body: str) -> None:
    error = failure(body)
    assert error.outcome == "suspect"
    assert "links" in error.detail


def test_an_empty_body_is_empty() -> None:
    assert failure(b" ").outcome == "empty"


def test_markup_built_to_hurt_is_too_complex() -> None:
    assert failure("<html><body>" + "<div>" * 100_000).outcome == "too_complex"
    assert failure("<html><body>" + "<ul><li>" * 60_000).outcome == "too_complex"
    assert failure("<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">x</p>").outcome == "too_complex"


def test_random_bytes_are_no_page() -> None:
    assert failure(bytes(range(256)) * 100).outcome == "parse_error"


def test_only_web_addresses_become_links() -> None:
    links = [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "tg://resolve?domain=x",
        "mailto:a@b.example",
    ]
    body = page(
        articles()
        + "".join(
            f"<article><h2><a href='{link}'>{HEADLINES[0]} {n}</a></h2></article>" for n, link in enumerate(links)
        )
    )
    assert titles(listed(body)) == HEADLINES


def test_a_list_without_end_is_cut_and_counted() -> None:
    body = page("".join(f"<li><a href='/s/{n}'>{HEADLINES[n % 5]} {n}</a></li>" for n in range(5_030)))
    found = listed(body)
    assert (len(found.items), found.left_out) == (5_000, 30)


@pytest.mark.shared
def test_recorded_listings_give_their_articles_and_little_else(shared: Path) -> None:
    wanted = right = emitted = 0
    for line in (shared / "corpus/listing/manifest.jsonl").read_text().splitlines():
        case = json.loads(line)
        body = gzip.decompress((shared / "corpus" / case["file"]).read_bytes())
        found = {canonical(item.url or "") for item in listed(body, url=case["page_url"]).items}
        gold = {canonical(article["url"]) for article in case["articles"]}
        wanted, right, emitted = wanted + len(gold), right + len(gold & found), emitted + len(found)
    assert wanted > 1_000
    assert right / wanted >= 0.96
    assert emitted / wanted <= 1.25
