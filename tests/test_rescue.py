"""Texts that the usual ways of reading miss: data that a script would show, and articles caught in a sidebar."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from scraper.errors import ParseError
from scraper.model import Page, Source
from scraper.parsers.article import parse
from scraper.parsers.rescue import scripted, stamped

SAID = (
    "The harbour council has closed the old bridge to all traffic until the engineers have looked at every bolt of it.",
    "Ferries will cross every ten minutes instead, said the spokeswoman, and they will cost nothing until the end of May.",
    "Merchants on the east bank fear for their trade and have asked for a meeting with the mayor before the week is over.",
    "The bridge was built in 1911, was widened twice, and carries some four thousand carts and cars on an ordinary day.",
    "A second opinion has been asked for, which is expected in about three weeks, and will be published on the town's page.",
)
MARKUP = "".join(f"<p class='text'>{line}</p>" for line in SAID)


def read(body: str) -> str:
    html = f"<html><head><title>Old bridge closed</title></head><body><h1>Old bridge closed</h1>{body}</body></html>"
    page = Page(url="https://a.example/1", asked="", body=html.encode(), fetched_at=datetime(2026, 2, 1, tzinfo=UTC))
    try:
        return parse(page, Source(id="s", kind="listing", url="https://a.example/")).text
    except ParseError as error:
        return f"error: {error.outcome}"


def in_a_stream(markup: str) -> str:
    """As a page of React's server components sends it: a row with a length, and a string of its own for the markup."""
    return (
        '<script>self.__next_f.push([1,"24:T1b7b,"])</script>'
        f"<script>self.__next_f.push([1,{json.dumps(markup).replace('<', chr(92) + 'u003c')}])</script>"
    )


def in_a_state(*markups: str) -> str:
    """As many frameworks keep it: the state of the page as JSON, here inside a string of a script."""
    state = json.dumps({"articles": [{"id": n, "contentHtml": markup} for n, markup in enumerate(markups)]})
    return f"<script>window.__STATE__ = JSON.parse({json.dumps(state).replace('</', '<' + chr(92) + '/')});</script>"


def test_the_article_that_a_stream_of_server_components_holds_is_read() -> None:
    assert read(f"<p>Loading</p>{in_a_stream(MARKUP)}").split("\n") == list(SAID)


def test_the_article_in_the_state_of_a_script_is_read_from_its_second_escaping() -> None:
    assert read(f"<p>Loading</p>{in_a_state(MARKUP)}").split("\n") == list(SAID)


def test_an_article_that_is_shown_is_not_replaced_by_what_scripts_hold() -> None:
    other = "".join(f"<p>{line} And this is about something else altogether, again and again.</p>" for line in SAID)
    shown = "".join(f"<p>{line}</p>" for line in SAID[:3])
    assert read(f"<article>{shown}</article>{in_a_state(other)}").split("\n") == list(SAID[:3])


def test_of_two_articles_in_the_scripts_neither_is_guessed() -> None:
    other = "".join(f"<p>In another town {line}</p>" for line in SAID)
    assert SAID[0] not in read(f"<p>Loading</p>{in_a_state(MARKUP, other)}")


def test_the_same_article_twice_in_the_scripts_is_one() -> None:
    assert read(f"<p>Loading</p>{in_a_stream(MARKUP)}{in_a_state(MARKUP)}").split("\n") == list(SAID)


def test_markup_in_a_script_is_held_to_the_same_bounds_as_a_page() -> None:
    assert read(f"<p>Loading</p>{in_a_stream('<div>' * 3000 + MARKUP)}") == "error: too_complex"


def test_an_article_that_an_unclosed_sidebar_swallowed_is_read() -> None:
    found = read(f'<aside class="sidebar"><div><article class="detailed"><div>{MARKUP}</div></article></div></aside>')
    assert found.split("\n") == list(SAID)


def test_comments_under_a_short_article_are_not_its_text() -> None:
    comments = f'<div class="comments"><div>{MARKUP}</div></div>'
    assert SAID[0] not in read(
        f"<article><p>The bridge is closed, and nobody knows for how long.</p></article>{comments}"
    )


def test_quotation_marks_without_end_cost_no_more_than_their_length() -> None:
    begun = time.process_time()
    assert scripted(['"<p' + '\\"' * 400_000, '<p "' * 200_000, "<p" + '"' + "\\" * 500_001]) == ""
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ('{"publicationDate":"2022-01-31T14:27:32+01:00","createdAt":"2022-01-30T09:00:00Z"}', "2022-01-31T14:27:32+01:00"),
        (r'[1,"{\"published_at\":\"2022-01-31\"}"]', "2022-01-31"),
        ('{"publishedAt": "2022-01-31T14:27Z"}, {"publishedAt": "2022-01-31T20:00Z"}', "2022-01-31T14:27Z"),
        ('{"publishedAt": "2022-01-31T14:27Z"}, {"publishedAt": "2022-02-01T20:00Z"}', ""),
        ('{"updatedAt": "2022-01-31T14:27Z", "unpublishedAt": "2022-01-31T14:27Z"}', ""),
    ],
)  # fmt: skip
def test_the_one_day_that_the_data_of_scripts_calls_the_publication_is_found(data: str, wanted: str) -> None:
    assert stamped([data]) == wanted


def test_a_page_that_dates_itself_in_a_script_alone_has_that_day_and_is_not_sure_of_it() -> None:
    body = f'<main>{MARKUP}</main><script>state = {{"publicationDate": "2026-01-15T08:00:00+00:00"}}</script>'
    html = f"<html><head><title>Old bridge closed</title></head><body><h1>Old bridge closed</h1>{body}</body></html>"
    page = Page(url="https://a.example/1", asked="", body=html.encode(), fetched_at=datetime(2026, 2, 1, tzinfo=UTC))
    found = parse(page, Source(id="s", kind="listing", url="https://a.example/")).published
    assert found is not None
    assert (f"{found.at:%Y-%m-%d %H:%M}", found.method, found.confident) == ("2026-01-15 08:00", "script", False)
