"""Articles that are read again: what was edited behind a headline is found, told once, and kept with its predecessor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.settings import ChannelSettings
from scraper import absences, rereads, store
from scraper.model import Statement
from scraper.reread import next_at, reread
from scraper.settings import ChangesSettings
from tests.fake_site import FakeSite
from tests.street import Clock, House, configuration, house, local
from tests.subjects import headline

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
BODY = "The secretary-general spoke in Baghdad on Friday. He condemned the threats in the strongest words. " * 4
WALL = "Our pages have a new home, and most of what you knew is being carried over there in these days and weeks. " * 3


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        yield running


def page(text: str, around: str = "") -> str:
    return f"<html><body><article><h1>Statement of the day</h1><p>{text}</p></article>{around}</body></html>"


def open_house(
    tmp_path: Path, site: FakeSite, changes: ChangesSettings | None = None
) -> AbstractAsyncContextManager[House]:
    source = local("wire", f"{site.origin}/feed", full_text=True)
    return house(
        configuration(
            tmp_path, sources=(source,), changes=changes or ChangesSettings(),
            channels=(ChannelSettings("screen", "console"),),
        )
    )  # fmt: skip


async def begin(here: House, site: FakeSite) -> None:
    """A baseline, and then one statement whose article is read."""
    site.pages["/feed"] = site.feed([("old", "An old statement that was there before")])
    await here.service.once()
    site.pages["/feed"] = site.feed(
        [("new", "Qais al-Khazali speaks"), ("old", "An old statement that was there before")]
    )
    site.pages["/article/new"] = page(BODY)
    await later(here, hours=1)


async def later(here: House, **span: float) -> None:
    here.clock.advance(**span)
    await here.service.once()


def spoken(here: House) -> Statement:
    return next(one for one in here.db.read_now(lambda conn: store.find(conn)) if one.title == "Qais al-Khazali speaks")


def reads(site: FakeSite) -> int:
    return site.requests("/article/new")


async def test_an_edit_behind_a_headline_is_a_revision_with_its_predecessor(tmp_path: Path, site: FakeSite) -> None:
    async with open_house(tmp_path, site) as here:
        await begin(here, site)
        site.pages["/article/new"] = page(BODY.replace("condemned", "welcomed"))
        await later(here, hours=1)
        now = spoken(here)
        assert now.revision == 2
        assert "welcomed the threats" in now.text
        [before] = here.db.read_now(lambda conn: store.revisions(conn, now.id))
        assert "condemned the threats" in before["text"]
        assert here.db.read_now(lambda conn: store.waiting(conn, 9)) == ()


async def test_what_changes_around_a_text_is_no_revision(tmp_path: Path, site: FakeSite) -> None:
    async with open_house(tmp_path, site) as here:
        await begin(here, site)
        site.pages["/article/new"] = page(
            BODY.replace("on Friday", "on\u00a0Friday"), "<p>1,204 views</p><p>Share on Facebook</p>"
        )
        await later(here, hours=1)
        assert (reads(site), spoken(here).revision) == (2, 1)


async def test_a_text_that_goes_back_to_earlier_words_is_no_further_revision(tmp_path: Path, site: FakeSite) -> None:
    async with open_house(tmp_path, site) as here:
        await begin(here, site)
        for hours, word in ((1, "welcomed"), (6, "condemned"), (24, "welcomed")):
            site.pages["/article/new"] = page(BODY.replace("condemned", word))
            await later(here, hours=hours)
        assert (reads(site), spoken(here).revision) == (4, 2)


async def test_an_article_is_read_again_a_bounded_number_of_times_and_conditionally(
    tmp_path: Path, site: FakeSite
) -> None:
    async with open_house(tmp_path, site) as here:
        await begin(here, site)
        for _ in range(120):
            await later(here, hours=1)
        assert reads(site) == 1 + 5, "after 1, 6, 24, 48 and 72 hours"
        conditional = [
            asked for asked in site.asked if asked.path == "/article/new" and "if-none-match" in asked.headers
        ]
        assert len(conditional) == 5


async def test_an_edited_headline_has_its_article_read_again_at_once(tmp_path: Path, site: FakeSite) -> None:
    async with open_house(tmp_path, site) as here:
        await begin(here, site)
        rows = [("new", "Qais al-Khazali takes it back"), ("old", "An old statement that was there before")]
        site.pages["/feed"] = site.feed(rows)
        site.pages["/article/new"] = page(BODY.replace("condemned", "welcomed"))
        await later(here, minutes=10)
        [now] = [one for one in here.db.read_now(lambda conn: store.find(conn)) if one.title == rows[0][1]]
        assert now.revision == 3
        assert "welcomed the threats" in now.text


async def test_what_belongs_to_a_source_that_left_holds_up_no_other(tmp_path: Path, site: FakeSite) -> None:
    many = [(f"m{n}", headline(n)) for n in range(10)]
    gone, stays = (local(name, f"{site.origin}/{name}", full_text=True) for name in ("gone", "stays"))
    site.pages |= {f"/article/{one}": page(BODY) for one in [*dict(many), "x"]}
    site.pages["/gone"] = site.pages["/stays"] = site.feed([("old", "An old statement that was there before")])
    clock = Clock()
    async with house(configuration(tmp_path, sources=(gone, stays)), clock) as here:
        await here.service.once()
        site.pages["/gone"] = site.feed(many)
        await later(here, minutes=10)
    site.pages["/stays"] = site.feed(
        [("x", "Qais al-Khazali speaks"), ("old", "An old statement that was there before")]
    )
    async with house(configuration(tmp_path, sources=(stays,)), clock) as here:
        await later(here, hours=1)
        site.pages["/article/x"] = page(BODY.replace("condemned", "welcomed"))
        await later(here, hours=1)
        assert "welcomed" in spoken(here).text


async def test_with_no_time_given_nothing_is_read_again(tmp_path: Path, site: FakeSite) -> None:
    async with open_house(tmp_path, site, ChangesSettings(reread_for=timedelta(0))) as here:
        await begin(here, site)
        for _ in range(4):
            await later(here, hours=24)
        assert reads(site) == 1


async def test_a_wall_in_place_of_several_articles_is_no_edit_of_any(tmp_path: Path, site: FakeSite) -> None:
    async with open_house(tmp_path, site) as here:
        await begin(here, site)
        rows = [
            ("two", "Another statement of this day"),
            ("new", "Qais al-Khazali speaks"),
            ("old", "An old statement that was there before"),
        ]
        site.pages["/feed"] = site.feed(rows)
        site.pages["/article/two"] = page(BODY.replace("Baghdad", "Basra"))
        await later(here, minutes=30)
        site.pages["/article/new"] = site.pages["/article/two"] = page(WALL)
        for _ in range(6):
            await later(here, hours=1)
        assert reads(site) >= 3
        assert [one.revision for one in here.db.read_now(lambda conn: store.find(conn))] == [1, 1, 1]


async def test_a_wall_is_known_as_one_even_when_its_articles_are_read_one_after_the_other(
    tmp_path: Path, site: FakeSite
) -> None:
    """The first to be settled leaves what the second is compared with: as a race it had been lost once in some fifty runs."""
    async with open_house(tmp_path, site) as here:
        await begin(here, site)
        site.pages["/feed"] = site.feed(
            [
                ("two", "Another statement of this day"),
                ("new", "Qais al-Khazali speaks"),
                ("old", "An old statement that was there before"),
            ]
        )
        site.pages["/article/two"] = page(BODY.replace("Baghdad", "Basra"))
        await later(here, minutes=30)
        site.pages["/article/new"] = site.pages["/article/two"] = page(WALL)
        steps = here.service._steps
        for _ in range(3):
            here.clock.advance(hours=1)
            for task in here.db.read_now(lambda conn: rereads.due(conn, here.clock(), 9)):
                assert (await reread(steps.kit.sources["wire"], task, steps.tools)).outcome == "suspect"
        assert [one.revision for one in here.db.read_now(lambda conn: store.find(conn))] == [1, 1, 1]


async def test_a_text_that_was_replaced_altogether_is_believed_when_it_is_seen_twice(
    tmp_path: Path, site: FakeSite
) -> None:
    async with open_house(tmp_path, site) as here:
        await begin(here, site)
        site.pages["/article/new"] = page("This piece was withdrawn at the request of its author, whom we thank. " * 5)
        await later(here, hours=1)
        assert spoken(here).revision == 1
        await later(here, minutes=30)
        assert spoken(here).revision == 2


@pytest.mark.parametrize("answer", [403, 404, 429, 500])
async def test_a_page_that_fails_changes_no_text(tmp_path: Path, site: FakeSite, answer: int) -> None:
    async with open_house(tmp_path, site) as here:
        await begin(here, site)
        site.pages["/article/new"] = answer
        for _ in range(6):
            await later(here, hours=6)
        assert spoken(here).revision == 1
        assert "Baghdad" in spoken(here).text
        assert spoken(here).removed_at is None, "it still stands in its list"


async def test_a_page_that_is_gone_and_left_its_list_is_removed_after_two_proofs(
    tmp_path: Path, site: FakeSite
) -> None:
    async with open_house(tmp_path, site) as here:
        await begin(here, site)
        rest = [("later", "Something that came later on"), ("old", "An old statement that was there before")]
        site.pages["/feed"] = site.feed(rest[:1])
        for one, title in rest:
            site.pages[f"/article/{one}"] = page(f"{title}. {BODY}")
        site.pages["/article/new"] = 404
        await later(here, hours=1)
        known = here.db.read_now(lambda conn: absences.get(conn, spoken(here).id))
        assert known is not None
        assert spoken(here).removed_at is None
        for _ in range(3):
            await later(here, hours=1)
        assert spoken(here).removed_at is not None


@given(st.integers(0, 40), st.integers(0, 300), st.integers(0, 300))
def test_readings_lie_ahead_an_hour_apart_and_end(reads_: int, hours_since: int, for_hours: int) -> None:
    now = NOW + timedelta(hours=hours_since)
    found = next_at(NOW, reads_, now, timedelta(hours=for_hours))
    if found is not None:
        assert found >= now + timedelta(hours=1)
        assert hours_since < for_hours
