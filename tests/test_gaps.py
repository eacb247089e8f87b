"""After an outage the reader pages back to what it knows, or says how wide the gap may be; nothing rings twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.settings import HealthSettings
from scraper import backfill, gap, sources, store
from scraper.gap import Cursor, Gap
from scraper.model import Item, Moment, Select, Source
from scraper.settings import FloodSettings
from tests.archive_site import START, ArchiveSite
from tests.street import House, configuration, house, local

HOUR = timedelta(hours=1)
SELECT = Select(item="ul.news > li", link="a@href", title="h3", next_page="a[rel=next]@href")
WHERE = {"feed": "/atom", "listing": "/list", "channel": "/s/c", "wordpress": "/", "json": "/api"}
PAGED = tuple(WHERE)
BELIEVING = FloodSettings(items=10_000)
"""These tests are about gaps: what they find in one is not to be taken for a flood."""


@pytest.fixture
async def site() -> AsyncIterator[ArchiveSite]:
    async with ArchiveSite(etags=False) as running:
        yield running


def watched(site: ArchiveSite, kind: str, **more: Any) -> Source:
    extra: dict[str, Any] = {"select": SELECT} if kind == "listing" else {"channel": "c"} if kind == "channel" else {}
    if kind == "json":
        extra = {"items": "data.posts", "next_page": "links.next"}
    return local("agency", site.origin + WHERE[kind], kind=kind, **extra, **more)


async def poll(bayan: House) -> None:
    await bayan.service.once(only=["agency"], patience=timedelta())


async def downtime(bayan: House, site: ArchiveSite, hours: int) -> None:
    """Time passes, the site publishes each hour, and nobody looks."""
    bayan.clock.advance(hours=hours)
    site.last += hours


def stored(bayan: House) -> set[int]:
    found = bayan.db.read_now(lambda conn: store.find(conn, limit=5_000))
    return {int(one.title.split(" S")[1][:5]) for one in found if " S" in one.title}


def rung(bayan: House) -> list[int]:
    """The numbers of the statements that rang, each as often as it did."""
    alerts = "SELECT s.title FROM delivery d JOIN statement s ON s.id = d.statement WHERE d.kind = 'alert'"
    titles = bayan.db.read_now(lambda conn: [row[0] for row in conn.exec_driver_sql(alerts)])
    return sorted(int(title.split(" S")[1][:5]) for title in titles)


def gaps(bayan: House) -> tuple[Gap, ...]:
    return bayan.db.read_now(lambda conn: sources.gaps(conn))


def asked(site: ArchiveSite) -> list[str]:
    return [one.path for one in site.asked if one.path != "/robots.txt"]


def state(bayan: House) -> sources.SourceState:
    found = bayan.db.read_now(lambda conn: sources.state(conn, "agency"))
    assert found is not None
    return found


# --------------------------------------------------------------------------------------------- through real polls


@pytest.mark.parametrize("kind", PAGED)
async def test_after_an_outage_everything_between_is_found_and_rings_once(
    kind: str, tmp_path: Path, site: ArchiveSite
) -> None:
    source = watched(site, kind)
    if kind == "listing":
        source = replace(source, select=replace(SELECT, max_pages=8))
    async with house(configuration(tmp_path, sources=(source,), flood=BELIEVING)) as bayan:
        site.last = 5  # the first poll of the listing reads back, too: to the beginning
        await poll(bayan)
        assert rung(bayan) == []
        await downtime(bayan, site, 22)
        await poll(bayan)
        assert stored(bayan) == set(range(1, 28))
        assert rung(bayan) == list(range(6, 28))
        await downtime(bayan, site, 1)
        await poll(bayan)
        await poll(bayan)
        assert rung(bayan) == list(range(6, 29))
        assert gaps(bayan) == ()
        assert state(bayan).older_page is None


@pytest.mark.parametrize("kind", PAGED)
async def test_a_poll_in_time_asks_for_no_older_page(kind: str, tmp_path: Path, site: ArchiveSite) -> None:
    source = watched(site, kind)
    if kind == "listing":
        source = replace(source, select=replace(SELECT, max_pages=1))
    async with house(configuration(tmp_path, sources=(source,), flood=BELIEVING)) as bayan:
        await poll(bayan)
        await downtime(bayan, site, 3)
        await poll(bayan)
        assert not [path for path in asked(site) if "page=2" in path or "before=" in path]
        assert rung(bayan) == [11, 12, 13]


async def test_an_outage_of_many_pages_is_read_back_over_several_polls(tmp_path: Path, site: ArchiveSite) -> None:
    async with house(configuration(tmp_path, sources=(watched(site, "channel"),), flood=BELIEVING)) as bayan:
        await poll(bayan)
        await downtime(bayan, site, 70)
        await poll(bayan)
        assert state(bayan).older_page is not None
        assert state(bayan).due_at - bayan.clock() <= timedelta(minutes=10)
        assert len(asked(site)) == 1 + 1 + backfill.PAGES_AT_ONCE
        for _ in range(3):
            await downtime(bayan, site, 1)
            await poll(bayan)
        assert stored(bayan) == set(range(6, 84))
        assert rung(bayan) == list(range(11, 84))
        assert state(bayan).older_page is None
        assert gaps(bayan) == ()


async def test_a_second_outage_while_the_first_is_read_back_loses_nothing(tmp_path: Path, site: ArchiveSite) -> None:
    async with house(configuration(tmp_path, sources=(watched(site, "channel"),), flood=BELIEVING)) as bayan:
        await poll(bayan)
        await downtime(bayan, site, 60)
        await poll(bayan)
        await downtime(bayan, site, 20)
        for _ in range(4):
            await poll(bayan)
        assert stored(bayan) == set(range(6, 91))
        assert rung(bayan) == list(range(11, 91))


async def test_a_feed_without_older_pages_says_how_wide_the_gap_may_be_once(tmp_path: Path, site: ArchiveSite) -> None:
    source = replace(watched(site, "feed"), url=f"{site.origin}/bare")
    health = HealthSettings(failures=5, notify=("screen",))
    async with house(configuration(tmp_path, sources=(source,), flood=BELIEVING, health=health)) as bayan:
        await poll(bayan)
        await downtime(bayan, site, 12)
        await poll(bayan)
        (found,) = gaps(bayan)
        assert (found.since, found.until) == (START, START + 8 * HOUR)
        await poll(bayan)
        assert len(gaps(bayan)) == 1
        assert bayan.shown.count("may have a gap of 8 h, from 20 Jun 2026, 12:00 to 20 Jun 2026, 20:00 UTC") == 1
        assert rung(bayan) == [18, 19, 20, 21, 22]


async def test_new_addresses_for_old_statements_are_no_gap(tmp_path: Path, site: ArchiveSite) -> None:
    """Nothing on the page is known, and the oldest of it is older than the last look: nothing can have been missed."""
    source = replace(watched(site, "feed"), url=f"{site.origin}/bare")
    async with house(configuration(tmp_path, sources=(source,), flood=BELIEVING)) as bayan:
        await poll(bayan)
        site.edits = {number: (f"Words that nobody knows, number S{number:05d}", START) for number in range(1, 20)}
        site.moved = "/elsewhere"
        await downtime(bayan, site, 2)
        await poll(bayan)
        assert gaps(bayan) == ()


async def test_an_older_page_that_fails_is_asked_for_again_at_the_next_poll(tmp_path: Path, site: ArchiveSite) -> None:
    async with house(configuration(tmp_path, sources=(watched(site, "feed"),), flood=BELIEVING)) as bayan:
        await poll(bayan)
        await downtime(bayan, site, 13)
        site.broken = frozenset({"/atom?page=3"})
        await poll(bayan)
        assert state(bayan).outcome == "ok"
        assert stored(bayan) == {*range(6, 11), *range(14, 24)}
        site.broken = frozenset()
        await poll(bayan)
        assert stored(bayan) == set(range(6, 24))
        assert rung(bayan) == list(range(11, 24))


async def test_an_older_page_that_fails_for_good_leaves_a_gap_that_says_why(tmp_path: Path, site: ArchiveSite) -> None:
    async with house(configuration(tmp_path, sources=(watched(site, "feed"),), flood=BELIEVING)) as bayan:
        await poll(bayan)
        await downtime(bayan, site, 13)
        site.broken = frozenset({"/atom?page=3"})
        await poll(bayan)
        await poll(bayan)
        (found,) = gaps(bayan)
        assert "http_error" in found.detail
        assert state(bayan).older_page is None


async def test_a_listing_reads_no_more_pages_than_its_source_says(tmp_path: Path, site: ArchiveSite) -> None:
    async with house(configuration(tmp_path, sources=(watched(site, "listing"),), flood=BELIEVING)) as bayan:
        site.last = 40
        await poll(bayan)
        assert stored(bayan) == set(range(26, 41))  # three pages at the first poll
        assert rung(bayan) == []
        await downtime(bayan, site, 40)
        await poll(bayan)
        assert stored(bayan) == {*range(26, 41), *range(66, 81)}
        (found,) = gaps(bayan)
        assert "2 older pages were read" in found.detail


async def test_a_pinned_statement_hides_no_gap(tmp_path: Path, site: ArchiveSite) -> None:
    site.size = 9
    async with house(configuration(tmp_path, sources=(watched(site, "feed"),), flood=BELIEVING)) as bayan:
        await poll(bayan)
        await downtime(bayan, site, 20)
        site.edits[30] = (site.said(10), START)  # the newest place shows what is known, as what is pinned does
        await poll(bayan)
        assert set(range(11, 30)) <= stored(bayan)


# ------------------------------------------------------------------------------------------------ WordPress edits


async def test_an_old_wordpress_post_that_was_edited_is_a_revision(tmp_path: Path, site: ArchiveSite) -> None:
    async with house(configuration(tmp_path, sources=(watched(site, "wordpress"),), flood=BELIEVING)) as bayan:
        await poll(bayan)
        for _ in range(6):
            await downtime(bayan, site, 4)
            await poll(bayan)
        words = "Qais al-Khazali never spoke of matter number S00012, the ministry corrects itself"
        site.edits[12] = (words, bayan.clock())
        await downtime(bayan, site, 2)
        await poll(bayan)
        (edited,) = [one for one in bayan.db.read_now(lambda conn: store.find(conn)) if "S00012" in one.title]
        assert (edited.title, edited.revision) == (words, 2)
        assert len(bayan.db.read_now(lambda conn: store.revisions(conn, edited.id))) == 1


async def test_an_edit_of_what_was_there_before_us_is_no_news(tmp_path: Path, site: ArchiveSite) -> None:
    async with house(configuration(tmp_path, sources=(watched(site, "wordpress"),), flood=BELIEVING)) as bayan:
        await poll(bayan)
        site.edits[2] = ("Qais al-Khazali is put right in an old article about matter number S00002", bayan.clock())
        bayan.clock.advance(hours=2)
        await poll(bayan)
        assert 2 not in stored(bayan)
        assert rung(bayan) == []


async def test_edits_are_asked_for_once_an_hour(tmp_path: Path, site: ArchiveSite) -> None:
    async with house(configuration(tmp_path, sources=(watched(site, "wordpress"),), flood=BELIEVING)) as bayan:
        for _ in range(12):
            await poll(bayan)
            bayan.clock.advance(minutes=10)
        assert sum("modified_after" in path for path in asked(site)) == 2


# ---------------------------------------------------------------------------------------------------- the decision


def item(at: datetime | None, *, day: bool = False) -> Item:
    moment = Moment(at, "day" if day else "second", "t") if at else None
    return Item(guid=None, url=None, title="t", published=moment)


def times(*hours: int) -> list[Item]:
    return [item(START + hour * HOUR) for hour in hours]


def test_one_known_item_that_is_not_pinned_proves_that_there_is_no_gap() -> None:
    assert gap.suspected("feed", times(9, 8, 7), [False, False, False], START)
    assert not gap.suspected("feed", times(9, 8, 0), [False, False, True], START)


def test_a_source_that_was_never_seen_has_no_gap() -> None:
    assert not gap.suspected("feed", times(9, 8), [False, False], None)


def test_known_items_at_the_head_alone_prove_nothing() -> None:
    known = [True, *[False] * 8]
    assert gap.suspected("feed", times(*range(20, 11, -1)), known, START)
    assert not gap.suspected("feed", times(*range(20, 11, -1)), [*known[:-1], True], START)


def test_a_day_without_a_time_proves_nothing_about_the_hours_before() -> None:
    assert gap.suspected("listing", [item(START, day=True)], [False], START + 3 * HOUR)
    assert not gap.suspected("listing", [item(START - 30 * HOUR, day=True)], [False], START)


def test_an_undated_list_of_which_nothing_is_known_may_leave_a_gap() -> None:
    assert gap.suspected("listing", [item(None)] * 5, [False] * 5, START)


def test_a_list_that_still_shows_all_it_showed_has_no_gap() -> None:
    """Oldest first, and no dates: the one that was known stands at the head, where what is pinned stands elsewhere."""
    listed, known = [item(None)] * 10, [True] + [False] * 9
    assert gap.suspected("feed", listed, known, START)
    assert gap.suspected("feed", listed, known, START, listed_before=2)
    assert not gap.suspected("feed", listed, known, START, listed_before=1)


@pytest.mark.parametrize("kind", ["sitemap", "page", "directory"])
def test_what_is_listed_whole_has_no_gap(kind: Any) -> None:
    assert not gap.suspected(kind, times(9), [False], START)


@given(st.lists(st.tuples(st.integers(-50, 50), st.booleans()), min_size=1, max_size=30))
def test_what_was_published_before_the_last_look_is_proof_in_any_order(rows: list[tuple[int, bool]]) -> None:
    items = times(*(hour for hour, _ in rows))
    known = [one for _, one in rows]
    if min(hour for hour, _ in rows) < -1 or any(known[gap.PINNED :]):
        assert not gap.suspected("feed", items, known, START)


def test_a_cursor_comes_back_as_it_was_written() -> None:
    cursor = Cursor("https://a.example/?page=3&x=ü", START, 17, 12)
    assert gap.read(gap.written(cursor)) == cursor
    assert gap.read(gap.written(replace(cursor, since=None))) == replace(cursor, since=None)


@given(st.none() | st.text())
def test_a_cursor_that_cannot_be_read_is_none(text: str | None) -> None:
    assert gap.read(text) is None or isinstance(gap.read(text), Cursor)


def test_the_width_of_a_gap_is_never_less_than_nothing() -> None:
    assert Gap("s", START, START, START - HOUR, 0, "").width == timedelta()
    assert Gap("s", START, None, START, 0, "").width is None
    assert Gap("s", START, START - HOUR, None, 0, "").width == HOUR
