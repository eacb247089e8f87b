"""A channel that comes and goes: the operators hear that it is down, and that it is back, and are not flooded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import health, outbox
from alerts.outbox import Draft
from alerts.settings import HealthSettings
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import Clock, House, configuration, house, local, phone


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


async def deliver(bayan: House, number: int) -> None:
    """One more message for `phone`, and a round."""
    now = bayan.clock.now
    draft = Draft("phone", "notice", f"test:{number}", 1, "normal", now, text=f"Message {number}")
    await bayan.db.write(lambda conn: outbox.put(conn, [draft], now))
    await bayan.service.once()


async def test_a_channel_that_comes_and_goes_all_day_is_told_a_few_times(tmp_path: Path, api: FakeBotApi) -> None:
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed([("a", "A statement")])
        channels = (phone("phone", api.url, "11"), *configuration(tmp_path, sources=()).channels)
        config = configuration(
            tmp_path, sources=(local("agency", f"{site.origin}/feed"),), channels=channels,
            health=HealthSettings(notify=("screen",)),
        )  # fmt: skip
        async with house(config, Clock()) as bayan:
            for turn in range(24):  # ten minutes down, ten minutes up, for eight hours
                api.fail("error", code=401, description="Unauthorized")
                await deliver(bayan, turn)
                bayan.clock.advance(minutes=10)
                await bayan.service.once()
                bayan.clock.advance(minutes=10)
            subjects = bayan.db.read_now(lambda conn: outbox.notice_subjects(conn, "channel:phone:"))
        assert sorted(subject.split(":")[2] for subject in subjects) == ["back", "back", "down", "down"]
        assert len([one for one in api.accepted if one["chat_id"] == "11"]) == 24  # and nothing was lost


@given(st.lists(st.integers(1, 400), max_size=40))
def test_in_six_hours_no_change_of_one_kind_is_told_twice(minutes: list[int]) -> None:
    clock = Clock()
    told: list[tuple[str, datetime]] = []
    for more in minutes:
        clock.advance(minutes=more)
        notice = health.channel_down("phone", "401", clock.now)
        if health.is_news(notice, [subject for subject, _ in told], clock.now):
            told.append((notice.subject, clock.now))
    assert all(later - earlier >= health.APART for (_, earlier), (_, later) in pairwise(told))
