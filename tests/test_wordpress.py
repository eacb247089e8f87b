"""The REST API of WordPress: a list of posts or a single one, and what its errors look like."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scraper import endpoint, sources, store
from scraper.errors import ParseError
from scraper.model import Listed, Page
from scraper.parsers.wordpress import parse
from tests.answers import answer, asking, recorded
from tests.fake_site import FakeSite
from tests.street import configuration, house, local

SOURCE = asking("wordpress", "https://council.example.org/", timezone="Asia/Baghdad")


def read(value: Any) -> Listed:
    body = value if isinstance(value, bytes) else json.dumps(value)
    return parse(answer(body, "https://council.example.org/wp-json/wp/v2/posts"), SOURCE)


def refused(value: Any) -> ParseError:
    with pytest.raises(ParseError) as caught:
        read(value)
    return caught.value


def post(number: int, title: str, content: str = "<p>Words.</p>", **more: Any) -> dict[str, Any]:
    """A post as WordPress writes it."""
    return {
        "id": number, "guid": {"rendered": f"https://council.example.org/?p={number}"}, "link": f"/p/{number}/",
        "title": {"rendered": title}, "content": {"rendered": content}, "excerpt": {"rendered": ""},
        "date": "2026-06-20T12:00:00", "date_gmt": "2026-06-20T09:00:00", "modified_gmt": "2026-06-20T09:00:00", **more,
    }  # fmt: skip


def test_a_list_of_posts_is_read_without_markup_or_entities() -> None:
    first, second = read(recorded("posts.json")).items
    assert first.guid == "https://council.example.org/?p=41"
    assert first.title == "The Council’s Answer & More"
    assert first.text == "First paragraph – with a dash.\nSecond\nline."
    assert first.summary == "First paragraph – with a dash."
    assert second.title == "قيس الخزعلي"


def test_a_link_is_resolved_against_the_site() -> None:
    assert [item.url for item in read(recorded("posts.json")).items] == [
        "https://council.example.org/2026/06/statement/",
        "https://council.example.org/2026/06/short/",
    ]


def test_times_are_those_in_utc_and_the_change_is_not_the_publication() -> None:
    item = read(recorded("posts.json")).items[0]
    assert item.published is not None
    assert item.modified is not None
    assert item.published.at.isoformat() == "2026-06-20T09:12:30+00:00"
    assert item.modified.at.isoformat() == "2026-06-20T10:00:00+00:00"
    assert item.published.method == "wordpress:date_gmt"


def test_without_a_time_in_utc_the_local_one_is_read_in_the_time_zone_of_the_source() -> None:
    item = read([post(1, "A", date_gmt="0000-00-00T00:00:00")]).items[0]
    assert item.published is not None
    assert item.published.at.isoformat() == "2026-06-20T12:00:00+03:00"


def test_a_single_post_is_a_list_of_one() -> None:
    assert [item.title for item in read(post(1, "Alone")).items] == ["Alone"]


def test_a_protected_post_has_no_text_and_is_still_an_item() -> None:
    assert read(recorded("posts.json")).items[1].text is None


def test_an_author_is_named_only_where_the_answer_holds_the_name() -> None:
    named = post(1, "A", author=3, _embedded={"author": [{"id": 3, "name": "A. Writer"}]})
    assert [item.author for item in read([named, post(2, "B", author=3)]).items] == ["A. Writer", None]


def test_warnings_printed_before_the_answer_are_passed_over() -> None:
    body = b"<br />\n<b>Warning</b>: something in /x.php on line 3<br />\n" + json.dumps([post(1, "A")]).encode()
    assert len(read(body).items) == 1


def test_an_empty_list_is_no_failure_of_the_parser() -> None:
    assert read([]).items == ()


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ({"code": "rest_no_route", "message": "No route", "data": {"status": 404}}, "suspect"),
        ({"name": "A site", "routes": {}}, "parse_error"),
        ([{"colour": "red"}], "parse_error"),
        (b"<html><body>Log in</body></html>", "suspect"),
        (b'[{"id": 1, "link": "/x", "title": "cut', "incomplete"),
        (b"", "empty"),
        (b"[" * 100_000, "too_complex"),
        (b'{"a":' * 500 + b"1", "too_complex"),
        (b"[tru]", "parse_error"),
        (b"[" + b"1" * 6_000 + b"]", "parse_error"),
    ],
)
def test_what_is_no_list_of_posts_is_told_apart(value: Any, outcome: str) -> None:
    assert refused(value).outcome == outcome


def test_odd_values_cost_a_post_its_value_and_nothing_else() -> None:
    odd = post(1, "A", excerpt=None, date_gmt={"a": 1}, date=None, modified_gmt=True, link=5)
    odd |= {"title": ["x"], "content": 7}
    item = read([odd, 3, None, "x", []]).items[0]
    assert (item.title, item.text, item.published) == ("", "7", None)


def test_a_site_is_asked_for_its_posts_and_an_address_of_the_api_as_it_stands() -> None:
    asked = urlsplit(endpoint.address(asking("wordpress", "https://council.example.org/blog?x=1")))
    assert (asked.netloc, asked.path) == ("council.example.org", "/blog/wp-json/wp/v2/posts")
    assert parse_qs(asked.query)["per_page"] == ["50"]
    for address in ("https://x.example/wp-json/wp/v2/news?per_page=5", "https://x.example/?rest_route=/wp/v2/posts"):
        assert endpoint.address(asking("wordpress", address)) == address


# ------------------------------------------------------------------------------------------------------ end to end


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        yield running


async def test_a_new_post_rings_an_edit_is_a_revision_and_an_error_harms_nothing(
    tmp_path: Path, site: FakeSite
) -> None:
    source = local("council", f"{site.origin}/", kind="wordpress", full_text=True)
    asked = endpoint.address(source).removeprefix(site.origin)
    site.pages[asked] = json.dumps([post(1, "An old post")])
    async with house(configuration(tmp_path, sources=(source,))) as bayan:

        async def poll() -> None:
            await bayan.service.once(only=["council"], patience=timedelta())

        await poll()
        assert bayan.shown == ""
        new = post(2, "The council answers", "<p>It was <b>Qais al-Khazali</b> who spoke.</p>")
        site.pages[asked] = json.dumps([new, post(1, "An old post")])
        await poll()
        assert "It was Qais al-Khazali who spoke." in bayan.shown
        assert site.requests("/p/2/") == 0, "the text was there: the page is not asked for"
        site.pages[asked] = json.dumps(
            [{**new, "content": {"rendered": "<p>It was nobody.</p>"}}, post(1, "An old post")]
        )
        await poll()
        site.pages[asked] = json.dumps({"code": "rest_forbidden", "message": "Sorry", "data": {}})
        await poll()
        state = bayan.db.read_now(lambda conn: sources.state(conn, "council"))
        assert state is not None
        assert (state.outcome, "rest_forbidden" in state.detail) == ("suspect", True)
        both = bayan.db.read_now(lambda conn: store.find(conn))
        assert sorted((one.revision, one.text) for one in both) == [(1, "Words."), (2, "It was nobody.")]


def asked(url: str, pages: int | None = None) -> Page:
    return replace(answer("[]", url), asked=url, total_pages=pages)


def test_the_next_page_of_posts_keeps_the_rest_of_the_question_and_ends_with_the_last_one() -> None:
    listed = read(recorded("posts.json"))
    site = asking("wordpress", "https://council.example.org/?rest_route=/wp/v2/posts")
    second = endpoint.older(site, asked(site.url, 2), listed)
    assert second == "https://council.example.org/?rest_route=/wp/v2/posts&page=2"
    assert endpoint.older(site, asked(second, 2), listed) is None
    assert endpoint.older(site, asked(second), listed) == second.replace("page=2", "page=3")
    assert endpoint.older(site, asked(site.url), replace(listed, items=())) is None


def test_what_was_edited_is_asked_for_in_utc() -> None:
    since = datetime(2026, 6, 20, 15, 30, tzinfo=timezone(timedelta(hours=3)))
    url = endpoint.edited(asking("wordpress", "https://council.example.org/news"), since)
    assert url.startswith("https://council.example.org/news/wp-json/wp/v2/posts?per_page=50&")
    assert "orderby=modified" in url
    assert "modified_after=2026-06-20T12%3A30%3A00Z" in url
