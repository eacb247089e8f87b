"""Any JSON endpoint, by dotted paths or by the usual names; bounded whatever the answer is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.config import load
from scraper import sources, store
from scraper.errors import ParseError
from scraper.model import Fields, Item, Listed
from scraper.parsers.entry import MAX_ITEMS
from scraper.parsers.jsonlist import parse, reach
from tests.answers import answer, asking, recorded
from tests.configurations import ENVIRON
from tests.fake_site import FakeSite
from tests.street import configuration, house, local

FIELDS = Fields(id="id", link="permalink", title="headline", body="text", date="created_at", author="by.*.name")
SOURCE = asking("json", "https://api.example.org/v1/posts", items="data.posts", fields=FIELDS)


def read(value: Any, items: str = "", fields: Fields | None = None) -> Listed:
    body = value if isinstance(value, bytes) else json.dumps(value)
    return parse(answer(body, SOURCE.url), asking("json", SOURCE.url, items=items, fields=fields))


def refused(value: Any, items: str = "", fields: Fields | None = None) -> ParseError:
    with pytest.raises(ParseError) as caught:
        read(value, items, fields)
    return caught.value


def one(row: dict[str, Any], **fields: str) -> Item:
    return read([row], fields=Fields(**fields)).items[0]


def test_values_stand_where_the_paths_say() -> None:
    first = parse(answer(recorded("answer.json"), SOURCE.url), SOURCE).items[0]
    assert (first.guid, first.url, first.title) == ("7", "https://api.example.org/p/7", "A headline & more")
    assert (first.text, first.author) == ("Said in full.", "A. Writer, B. Other")


def test_a_time_may_be_a_date_or_seconds_or_milliseconds() -> None:
    first, second = parse(answer(recorded("answer.json"), SOURCE.url), SOURCE).items
    thousands = one({"id": 1, "title": "A", "at": 1781946750000}, date="at")
    times = [item.published.at.isoformat() for item in (first, second, thousands) if item.published]
    assert times == ["2026-06-20T09:12:30+00:00", "2026-06-20T09:00:00+00:00", "2026-06-20T09:12:30+00:00"]
    assert first.published is not None
    assert first.published.method == "json:created_at"


def test_without_a_headline_the_first_line_of_the_text_stands_for_it() -> None:
    second = parse(answer(recorded("answer.json"), SOURCE.url), SOURCE).items[1]
    assert second.title == "No headline here, only words."
    assert second.text == "No headline here, only words.\nAnd a second line."
    assert second.url == "https://api.example.org/p/8"


def test_what_the_source_does_not_say_is_looked_for_under_its_usual_names() -> None:
    value = {
        "meta": {},
        "tags": [{"name": "x"}],
        "result": {"items": [{"guid": "a", "url": "/a", "title": "One"}, {"guid": "b", "title": "Two"}]},
    }
    assert [(item.guid, item.title) for item in read(value).items] == [("a", "One"), ("b", "Two")]


def test_a_path_may_lead_through_lists_and_tables() -> None:
    value = {
        "groups": [{"posts": [{"id": 1, "title": "A"}]}, {"posts": [{"id": 2, "title": "B"}]}],
        "by_id": {"9": {"id": 9, "title": "C"}},
    }
    assert [item.title for item in read(value, "groups.*.posts").items] == ["A", "B"]
    assert [item.title for item in read(value, "groups.1.posts").items] == ["B"]
    assert [item.title for item in read(value, "by_id").items] == ["C"]


def test_a_path_that_leads_nowhere_names_what_is_there() -> None:
    error = refused({"results": []}, "data.posts")
    assert error.outcome == "parse_error"
    assert "results" in error.detail


def test_fields_that_find_nothing_are_a_changed_endpoint_and_not_an_empty_one() -> None:
    error = refused([{"other": 1}], fields=Fields(title="headline", link="permalink", body="text", summary="s"))
    assert error.outcome == "suspect"
    assert read([]).items == ()


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", "empty"), (b"<html>", "suspect"), (b'{"a": [1, 2', "incomplete"), (b"[" * 9_000, "too_complex"),
        (b'{"a": nope}', "parse_error"), (b"{}", "parse_error"), (b"\xff\xfe\x00", "suspect"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_told_apart(body: bytes, outcome: str) -> None:
    assert refused(body).outcome == outcome


def test_a_bracket_inside_a_text_is_no_depth() -> None:
    assert read([{"id": 1, "title": "[" * 500 + '"\\'}]).items[0].title.startswith("[[[")


def test_items_over_the_limit_are_counted() -> None:
    listed = read([{"id": n, "title": f"T{n}"} for n in range(MAX_ITEMS + 3)])
    assert (len(listed.items), listed.left_out) == (MAX_ITEMS, 3)


def test_a_path_of_stars_never_comes_by_more_than_its_bound() -> None:
    wide = [[list(range(300))] * 300] * 300
    assert len(list(reach(wide, "*.*.*.*"))) <= 20_000


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*"abc", "id", "title", "url", "date", "items"]), inner, max_size=4)
    ),
    max_leaves=30,
)


@settings(max_examples=200)
@given(_VALUES)
def test_whatever_an_endpoint_answers_it_is_items_or_a_parse_error(value: Any) -> None:
    try:
        listed = read(value)
    except ParseError:
        return
    assert all(item.title or item.text or item.url for item in listed.items)


def test_paths_are_checked_with_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[sources.a]\nkind = "json"\nurl = "https://api.example.org/v1"\nitems = "data.posts"\n'
        'fields = { id = "id", body = "text" }\n[channels.screen]\nkind = "console"\n'
    )
    source = load(path, ENVIRON).sources[0]
    assert (source.items, source.fields) == ("data.posts", Fields(id="id", body="text"))


# ------------------------------------------------------------------------------------------------------ end to end


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        yield running


async def test_a_new_item_rings_an_edit_is_a_revision_and_another_form_is_told(tmp_path: Path, site: FakeSite) -> None:
    def posts(*rows: tuple[int, str]) -> str:
        return json.dumps({"data": {"posts": [{"id": number, "text": text} for number, text in rows]}})

    source = local(
        "api", f"{site.origin}/v1?limit=50", kind="json", items="data.posts", fields=Fields(id="id", body="text")
    )
    site.pages["/v1?limit=50"] = posts((1, "An old one"))
    async with house(configuration(tmp_path, sources=(source,))) as bayan:

        async def poll() -> None:
            await bayan.service.once(only=["api"], patience=timedelta())

        await poll()
        assert bayan.shown == ""
        site.pages["/v1?limit=50"] = posts((2, "Qais al-Khazali says so"), (1, "An old one"))
        await poll()
        assert "Qais al-Khazali says so" in bayan.shown
        site.pages["/v1?limit=50"] = posts((2, "Qais al-Khazali says otherwise"), (1, "An old one"))
        await poll()
        both = bayan.db.read_now(lambda conn: store.find(conn))
        assert sorted((one.revision, one.text) for one in both) == [
            (1, "An old one"),
            (2, "Qais al-Khazali says otherwise"),
        ]
        site.pages["/v1?limit=50"] = json.dumps({"data": {"entries": []}})
        await poll()
        state = bayan.db.read_now(lambda conn: sources.state(conn, "api"))
        assert state is not None
        assert (state.outcome, "data.posts" in state.detail) == ("parse_error", True)
