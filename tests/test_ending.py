"""Where an article ends: what comes after it is not its own, and an article in several parts is whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper.model import Article, Page, Source
from scraper.parsers.article import parse

SEEN = datetime(2025, 6, 20, 12, 40, tzinfo=UTC)
SOURCE = Source(id="s", kind="listing", url="https://site.example/")
LINES = (
    "The committee read the annual report aloud and thanked everyone who had helped with it over the long year.",
    "It will meet again in the large hall; the doors open early, the coffee is free, and all members may speak.",
    "The treasurer explained each figure of the accounts, and two members asked about the new roof of the hall.",
    "After the break the choir sang three songs, and the youngest member was given the key to the cupboard.",
)
PORTRAIT = "Jane Roe has written about halls and choirs for twenty years and lives with two cats in a small house."
BODY = "".join(f"<p>{line}</p>" for line in LINES)


def read(inside: str, head: str = "") -> Article:
    html = f'<!doctype html><html lang="en"><head><title>Annual report</title>{head}</head><body>{inside}</body></html>'
    page = Page(
        url="https://site.example/a/1",
        asked="https://site.example/a/1",
        body=html.encode(),
        fetched_at=SEEN,
        media_type="text/html",
        charset="utf-8",
    )
    return parse(page, SOURCE)


def test_what_stands_after_the_element_of_the_article_is_not_its_own() -> None:
    article = read(
        f'<main><h1>Annual report</h1><div class="body">{BODY}</div><div class="who"><p>{PORTRAIT}</p></div></main>'
    )
    assert article.text == "\n".join(LINES)


def test_what_stands_before_the_element_of_the_article_is_kept() -> None:
    article = read(f'<main><h1>Annual report</h1><p>{PORTRAIT}</p><div class="body">{BODY}</div></main>')
    assert article.text == "\n".join((PORTRAIT, *LINES))


@pytest.mark.parametrize("name", [' class="part"', ""])
def test_an_article_in_several_elements_of_one_kind_is_whole(name: str) -> None:
    article = read(f"<main><h1>Annual report</h1><div{name}>{BODY}</div><div{name}><p>{PORTRAIT}</p></div></main>")
    assert article.text == "\n".join((*LINES, PORTRAIT))


def test_a_table_under_the_text_is_kept() -> None:
    table = "<table><tr><td>Roof</td><td>1,200</td></tr><tr><td>Coffee</td><td>80</td></tr></table>"
    article = read(f'<main><h1>Annual report</h1><div class="body">{BODY}</div><div class="sums">{table}</div></main>')
    assert "1,200" in article.text


def told(body: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{body}"}}</script>'


def test_the_body_that_json_ld_gives_tells_where_the_article_ends() -> None:
    article = read(f"<main><h1>Annual report</h1>{BODY}<p>{PORTRAIT}</p></main>", told(" ".join(LINES)))
    assert article.text == "\n".join(LINES)


def test_a_beginning_that_json_ld_gives_does_not_cut_the_article() -> None:
    article = read(f"<main><h1>Annual report</h1>{BODY}</main>", told(" ".join(LINES[:3])[:-20]))
    assert article.text == "\n".join(LINES)


def test_lines_of_a_block_that_are_links_to_other_articles_go_and_so_does_the_label_over_them() -> None:
    more = '<p><b>From our archive</b><br><a href="/b">Another hall has got a roof</a><br><a href="/c">The choir sings again</a></p>'
    assert read(f"<main><h1>Annual report</h1>{BODY}{more}<p>{PORTRAIT}</p></main>").text == "\n".join(
        (*LINES, PORTRAIT)
    )


def test_a_line_over_a_link_stays_where_lines_of_text_stand_beside_it() -> None:
    sums = '<p>Sums:<br>Roof 1,200<br><a href="/roof">All offers of roofs</a><br>Tea 80<br><a href="/coffee">All the offers</a></p>'
    text = read(f"<main><h1>Annual report</h1>{BODY}{sums}<p>{PORTRAIT}</p></main>").text
    assert "Roof 1,200" in text and "Tea 80" in text and "offers" not in text


def test_an_address_that_is_written_out_is_part_of_the_text() -> None:
    where = (
        '<p>The report can be found here:<br><a href="https://site.example/report">https://site.example/report</a></p>'
    )
    assert (
        "https://site.example/report" in read(f"<main><h1>Annual report</h1>{BODY}{where}<p>{PORTRAIT}</p></main>").text
    )


def test_links_that_stand_under_one_label_again_and_again_are_no_text() -> None:
    first = '<p>MORE OF THE SAME KIND HERE | <a href="/b">Another hall has got a new roof</a></p>'
    second = '<p>MORE OF THE SAME KIND HERE | <a href="/c">The choir has sung in the other hall</a></p>'
    text = read(
        f"<main><h1>Annual report</h1><p>{PORTRAIT}</p>{first}{BODY}{second}<p>{PORTRAIT[:60]}.</p></main>"
    ).text
    assert "MORE OF THE SAME" not in text


def test_the_byline_and_the_date_under_the_paragraph_that_sums_up_are_no_text() -> None:
    over = f"<p>{PORTRAIT}</p><p>By Jane Roe</p><p>18 June 2025</p>"
    assert read(f"<main><h1>Annual report</h1>{over}{BODY}</main>").text == "\n".join((PORTRAIT, *LINES))


def test_the_paragraph_over_an_article_is_known_by_what_the_page_says_of_itself_after_a_word_for_its_kind() -> None:
    head = f'<meta name="description" content="Club news: {PORTRAIT[:80]}">'
    over = f'<ul class="share-list"><li>{PORTRAIT}</li></ul>'
    article = read(f'<main><h1>Annual report</h1>{over}<div class="body">{BODY}</div></main>', head)
    assert article.text == "\n".join((PORTRAIT, *LINES))


@pytest.mark.parametrize("name", ["entry", "update"])
def test_a_running_report_whose_entries_are_articles_is_read_as_a_whole(name: str) -> None:
    entry = f'<article class="{name}"><h2>%s</h2><p>%s</p></article>'
    entries = "".join(entry % (f"Entry {number}", line) for number, line in enumerate(LINES, start=1))
    article = read(f"<main><h1>Annual report</h1><p>{PORTRAIT}</p><div>{entries}</div></main>")
    assert article.text.split("\n")[0] == PORTRAIT and [line for line in article.text.split("\n") if line in LINES] == [
        *LINES
    ]


def test_the_date_under_a_statement_is_its_own() -> None:
    article = read(f"<main><h1>Annual report</h1>{BODY}<p>The press office</p><p>19 June 2025</p></main>")
    assert article.text.endswith("The press office\n19 June 2025")


def test_a_label_with_nothing_under_it_is_no_text() -> None:
    assert read(f"<main><h1>Annual report</h1>{BODY}<p>You may want to see:</p></main>").text == "\n".join(LINES)


@pytest.mark.parametrize(
    "line",
    [
        "انتهى 25ن",
        "انتهای پیام/",
        "کد خبر: 85712345",
        "للاشتراك في قناتنا على تلغرام: https://t.me/x",
        "אקרא",
        "קראו עוד:",
        "Etiketler:",
    ],
)
def test_what_houses_put_around_their_statements_is_no_text(line: str) -> None:
    own = line == "אקרא"  # a word like one of them is none
    assert (line in read(f"<main><h1>Annual report</h1>{BODY}<p>{line}</p><p>{PORTRAIT}</p></main>").text) is own
