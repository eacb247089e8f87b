"""A page that changes its mind again and again: three replies in an hour, then one summary; a watched page that flips rings twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.flapping import MOST, WITHIN, calm_at
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import Clock, House, configuration, house, local, phone
from tests.test_stories import SAID, TITLE, feed

NOON = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        running.pages["/feed"] = feed([])
        yield running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def test_the_first_three_edits_are_told_at_once() -> None:
    told = [NOON, NOON + timedelta(minutes=2)]
    assert calm_at(told, NOON + timedelta(minutes=5)) is None


def test_the_fourth_edit_of_an_hour_waits_until_the_first_of_three_is_an_hour_old() -> None:
    told = [NOON, NOON + timedelta(minutes=2), NOON + timedelta(minutes=4)]
    assert calm_at(told, NOON + timedelta(minutes=5)) == NOON + timedelta(hours=1)


def test_edits_of_earlier_hours_count_no_more() -> None:
    told = [NOON, NOON + timedelta(minutes=2), NOON + timedelta(minutes=4)]
    assert calm_at(told, NOON + timedelta(minutes=63)) is None


@given(st.lists(st.integers(1, 3_600), min_size=1, max_size=60))
def test_whenever_edits_come_no_hour_has_more_than_three_that_are_told_at_once(gaps: list[int]) -> None:
    now = NOON
    told: list[datetime] = []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if calm_at(told, now) is None:
            told.append(now)
    assert all(sum(at <= one < at + WITHIN for one in told) <= MOST for at in told)


async def publish(bayan: House, site: FakeSite, version: int) -> None:
    text = SAID.replace("world leaders", f"world leaders of group {version} and of many others")
    site.pages["/feed"] = feed([("a", TITLE, text if version else SAID)])
    await bayan.service.once(only=["agency"], patience=timedelta())
    await bayan.service.once(only=[], patience=timedelta())


async def test_a_statement_that_is_edited_ten_times_has_three_replies_and_one_summary(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    config = configuration(
        tmp_path, sources=(local("agency", f"{site.origin}/feed"),), channels=(phone("phone", api.url, "11"),)
    )
    async with house(config, clock) as bayan:
        await bayan.service.once(only=["agency"], patience=timedelta())
        await publish(bayan, site, 0)
        for version in range(1, 11):
            clock.advance(minutes=3)
            await publish(bayan, site, version)
        replies = [one["text"] for one in api.chat("11")][1:]
        assert len(replies) == 3, replies
        clock.advance(hours=1)
        await bayan.service.once(only=[], patience=timedelta())
        await bayan.service.once(only=[], patience=timedelta())
    told = [one["text"] for one in api.chat("11")][1:]
    assert len(told) == 4
    assert told[3].startswith("✏️ Edited ×7: Qays al-Khaz'ali")
    assert "3" in told[3] and "10" in told[3]


async def test_a_watched_page_that_flips_between_two_texts_rings_for_each_of_them_once(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    calm = (
        "<html><head><title>Office</title></head><body><main><p>The office of Qais al-Khazali is open from nine to five "
        "on all working days of the week.</p></main></body></html>"
    )
    loud = calm.replace("</main>", f"<p>{SAID}</p></main>")
    site.pages["/page"] = calm
    source = local("office", f"{site.origin}/page", kind="page")
    config = configuration(tmp_path, sources=(source,), channels=(phone("phone", api.url, "11"),))
    async with house(config, clock) as bayan:
        await bayan.service.once(only=["office"], patience=timedelta())
        for turn in range(10):
            clock.advance(minutes=10)
            site.pages["/page"] = calm if turn % 2 else loud
            await bayan.service.once(only=["office"], patience=timedelta())
            await bayan.service.once(only=[], patience=timedelta())
    rang = [one for one in api.accepted if "edits" not in one]
    assert 1 <= len(rang) <= 3, [one["text"][:200] for one in rang]
