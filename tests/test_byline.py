"""Who wrote an article: people before the site, names without what introduces them."""

from __future__ import annotations

import json

import pytest

from scraper.parsers.article import _tree
from scraper.parsers.byline import byline
from scraper.parsers.metadata import gather

URL = "https://www.morningpost.example/a/1"
TITLE = "<h1>Annual report read aloud</h1>"


def names(body: str = "", head: str = "") -> str | None:
    markup = (
        f"<html><head><title>Annual report read aloud</title>{head}</head><body>{TITLE}{body}<p>Text.</p></body></html>"
    )
    return byline(gather(_tree(markup)), URL)


def graph(*nodes: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@graph": nodes})}</script>'


def test_an_author_who_is_only_referred_to_has_the_name_of_the_person() -> None:
    article = {"@type": "NewsArticle", "author": {"@id": "https://morningpost.example/#/person/7"}}
    person = {"@type": ["Person"], "@id": "https://morningpost.example/#/person/7", "name": "Jane Weaver"}
    assert names(head=graph(article, person)) == "Jane Weaver"
    assert names(head=graph(article)) is None


def test_an_address_in_a_meta_element_does_not_hide_the_name_on_the_page() -> None:
    head = '<meta property="article:author" content="https://social.example/morningpost">'
    assert (
        names("<span class='author vcard'>by <a rel='author' href='/jane'>Jane Weaver</a></span>", head)
        == "Jane Weaver"
    )


def test_a_person_comes_before_the_name_of_the_site_and_before_the_desk() -> None:
    body = "<div class='post-author-name'>Von Jane Weaver</div>"
    assert names(body, '<meta name="author" content="Morning Post">') == "Jane Weaver"
    assert names(body, '<meta name="author" content="Redaktion">') == "Jane Weaver"
    assert names("", '<meta name="author" content="Redaktion">') == "Redaktion"


@pytest.mark.parametrize(
    "body",
    [
        "<p>By Jane Weaver</p>",
        "<p class='byline'>By JANE WEAVER | 18 June 2025</p>",
        "<byline>Von Jane Weaver</byline>",
        "<div><h5>Author: </h5>Jane Weaver/agency</div>",
        "<span class='entry-content__authors'>Par Jane Weaver</span>",
        "<span class='byline'>Wednesday June 18, 2025 10:44 am</span><a rel='author' href='/j'>Jane Weaver</a>",
        "<span class='byline'>18. Juni 2025 10:44</span><a rel='author' href='/j'>Jane Weaver</a>",
        "<span class='author'>By</span><span class='author'>Jane Weaver</span>",
        "<div class='author'>Jane Weaver · Morning Post · Posted: 18 June 2025 | Last updated: 3 hours ago</div>",
    ],
)
def test_a_byline_gives_the_name_alone(body: str) -> None:
    found = names(body)
    assert found is not None and found.casefold() == "jane weaver"


def test_a_sentence_that_begins_with_by_is_no_byline() -> None:
    assert names("<p>By the end of the year, the committee will have met in 12 more halls of the old town.</p>") is None


def test_who_wrote_is_read_from_the_labels_for_those_who_share() -> None:
    head = '<meta name="twitter:label1" content="Verfasst von"><meta name="twitter:data1" content="Jane Weaver">'
    other = '<meta name="twitter:label1" content="Lesezeit"><meta name="twitter:data1" content="Vier Minuten">'
    assert names(head=head) == "Jane Weaver"
    assert names(head=other) is None


def test_several_authors_are_all_named() -> None:
    article = {
        "@type": "NewsArticle",
        "author": [{"name": "Jane Weaver"}, {"name": "John Miller"}, {"name": "Jane Weaver"}],
    }
    assert names(head=graph(article)) == "Jane Weaver, John Miller"


@pytest.mark.parametrize("byline", ["بواسطة admin", "كتب بواسطة: Super User", "By webmaster", "Posted by admin2"])
def test_the_account_of_a_program_is_no_author(byline: str) -> None:
    assert names(f'<span class="author">{byline}</span>') is None
