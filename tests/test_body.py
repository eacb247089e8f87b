"""Which lines of a page are the article's text: its standfirst is, what only surrounds it is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

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


def test_the_headline_over_the_text_is_left_out_where_the_title_is_another() -> None:
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "What the committee says"}</script>'
    shared = '<meta property="og:title" content="What the committee says">'
    article = read(f"<article><h1>A year of sitting is over for the committee</h1>{RUNNING}</article>", data + shared)
    assert article.text.startswith("The committee read")


@pytest.mark.parametrize(
    "line",
    [
        "This is a breaking news story - more to follow",
        "Get in touch with our news team by emailing news@site.example.",
        "Tell us what YOU think...",
        "Most read in Gardening",
        "Write to Ann Other at ann@site.example",
        "Advertisement 1Story continues below",
        "Photo: Old Town News Agency",
        "(Quelle: APA/sda/dpa)",
        "Фото: Агентство",
        "Il vous reste 57.09% de cet article à lire. La suite est réservée aux abonnés.",
        "An dieser Stelle finden Sie einen externen Inhalt, der den Artikel ergänzt. Sie können ihn anzeigen lassen.",
    ],
)
def test_calls_credits_and_notices_are_left_out_of_the_text(line: str) -> None:
    assert line not in read(f"<article>{TITLE}{RUNNING}<p>{line}</p>{RUNNING}</article>").text


def test_a_sentence_that_only_begins_like_a_call_stays() -> None:
    lines = ("Photo: that was the word which he wrote under every one of his drawings for forty years, and nobody asked why.",
             "Write to us, said the chairman, and meant it.")  # fmt: skip
    text = read(f"<article>{TITLE}{RUNNING}{''.join(f'<p>{line}</p>' for line in lines)}{RUNNING}</article>").text
    assert all(line in text for line in lines)


def test_paragraphs_inside_the_link_of_another_article_are_left_out() -> None:
    card = "<a href='/2'><div><h3>{0} are bought</h3><p>{0}: the office has asked for many more of them.</p></div></a>"
    last = (
        "<p>Of all the things that were bought in this long year, the lamps were the dearest, said the committee.</p>"
    )
    body = f"<article>{TITLE}{RUNNING}<div>{last}{card.format('Chairs')}{card.format('Tables')}</div></article>"
    text = read(body).text
    assert "the lamps were the dearest" in text
    assert "Chairs" not in text and "Tables" not in text
