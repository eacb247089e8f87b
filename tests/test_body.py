"""Which lines of a page are the article's text: its standfirst is, what only surrounds it is not."""

from __future__ import annotations

from datetime import UTC, datetime

from scraper.model import Article, Page, Source
from scraper.parsers.article import parse

SEEN = datetime(2025, 6, 20, 12, 40, tzinfo=UTC)
URL = "https://site.example/a/1"
STANDFIRST = "The committee has sat for a whole year, and nobody knows what it has decided since."
RUNNING = (
    "<p>The committee read the annual report aloud and thanked everyone who had helped with it over the long year.</p>"
    "<p>It will meet again in the large hall; the doors open early, the coffee is free, and all members may speak.</p>"
    "<p>Whoever wants to come has to write a letter to the office, which is open on two days of every single week.</p>"
)


def read(body: str, head: str = "") -> Article:
    html = f"<html lang='en'><head><title>Annual report read aloud</title>{head}</head><body>{body}</body></html>"
    page = Page(url=URL, asked=URL, body=html.encode(), fetched_at=SEEN, media_type="text/html", charset="utf-8")
    return parse(page, Source(id="s", kind="listing", url="https://site.example/"))


TITLE = "<h1>Annual report read aloud</h1>"
DESCRIBED = f'<meta name="description" content="{STANDFIRST}">'


def test_the_standfirst_between_headline_and_text_belongs_to_the_text() -> None:
    body = f"<header>{TITLE}<div class='sub'><span>{STANDFIRST}</span></div></header><article>{RUNNING}</article>"
    assert read(body, DESCRIBED).text.startswith(f"{STANDFIRST}\nThe committee read the annual report")


def test_a_standfirst_that_is_in_the_text_already_comes_once() -> None:
    article = read(f"<article>{TITLE}<p>{STANDFIRST}</p>{RUNNING}</article>", DESCRIBED)
    assert article.text.count(STANDFIRST) == 1


def test_a_description_that_the_page_does_not_show_is_not_its_text() -> None:
    assert STANDFIRST not in read(f"<article>{TITLE}{RUNNING}</article>", DESCRIBED).text


def test_a_description_of_the_site_over_or_under_the_article_is_not_its_text() -> None:
    body = (
        f"<div class='about'>{STANDFIRST}</div><article>{TITLE}{RUNNING}</article><div class='about'>{STANDFIRST}</div>"
    )
    assert STANDFIRST not in read(body, DESCRIBED).text


def test_the_headline_without_its_kicker_is_not_repeated_in_the_text() -> None:
    kicker = '<meta property="og:title" content="Old town: Annual report read aloud">'
    article = read(f"<article><p>Annual report read aloud</p>{RUNNING}</article>", kicker)
    assert article.text.startswith("The committee read")
