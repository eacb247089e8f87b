"""Alerts that wait until their channel wants to hear, end to end: quiet hours, digests, mutes, storms. Nothing is lost by waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import mutes, outbox
from alerts.hours import DigestTimes, QuietHours, Storm
from alerts.model import Route
from alerts.settings import Configuration, DeliverySettings
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import Clock, House, configuration, house, local, phone

NIGHT = QuietHours("night", time(23), time(6, 30), "UTC")
OLD = [("o1", "An old statement that was there before")]
LATE = datetime(2026, 6, 20, 23, 30, tzinfo=UTC)


def said(number: int) -> tuple[str, str]:
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return (
        f"n{number}",
        f"Qais al-Khazali speaks at length of the {words[(number - 1) % 10]} matter, number {number}, of {number * 7}",
    )


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        running.pages["/feed"] = running.feed(OLD)
        yield running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def watching(
    folder: Path, site: FakeSite, api: FakeBotApi, *, route: Route | None = None, **more: Any
) -> Configuration:
    delivery = DeliverySettings(body_wait=timedelta(0), per_chat_rate=10_000, storm=more.pop("storm", Storm()))
    return configuration(
        folder,
        sources=(local("agency", f"{site.origin}/feed"),),
        channels=(phone("phone", api.url, "11"),),
        routes=(route or Route("desk", ("phone",), actors=("*",)),),
        delivery=delivery,
        **more,
    )


async def look(bayan: House) -> None:
    await bayan.service.once(only=["agency"], patience=timedelta())


async def tell(bayan: House) -> None:
    """A run for which no source is due: only what waits is told."""
    await bayan.service.once(only=[], patience=timedelta())


def states(bayan: House, kind: str = "alert") -> list[str]:
    return [one.state for one in bayan.db.read_now(lambda conn: outbox.entries(conn, limit=1_000)) if one.kind == kind]


def texts(api: FakeBotApi) -> list[str]:
    return [one["text"] for one in api.accepted]


async def test_alerts_of_quiet_hours_come_as_one_message_at_their_end(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    route = Route("desk", ("phone",), actors=("*",), quiet_hours="night")
    config = watching(tmp_path, site, api, route=route, quiet_hours=(NIGHT,))
    async with house(config, Clock(LATE)) as bayan:
        await look(bayan)
        site.pages["/feed"] = site.feed([said(1), said(2), *OLD])
        await look(bayan)
        assert texts(api) == [] and states(bayan) == ["held", "held"]
        bayan.clock.now = datetime(2026, 6, 21, 6, 30, tzinfo=UTC)
        await tell(bayan)
        assert states(bayan) == ["sent", "sent"]
    (told,) = texts(api)
    assert "Held back in the quiet hours: 2 alerts" in told and "first matter" in told and "second matter" in told


async def test_an_urgent_alert_rings_in_quiet_hours(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    route = Route("desk", ("phone",), actors=("*",), quiet_hours="night", priority="urgent")
    async with house(watching(tmp_path, site, api, route=route, quiet_hours=(NIGHT,)), Clock(LATE)) as bayan:
        await look(bayan)
        site.pages["/feed"] = site.feed([said(1), *OLD])
        await look(bayan)
    assert len(texts(api)) == 1


async def test_quiet_hours_that_send_let_each_alert_go_by_itself_at_their_end(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    route = Route("desk", ("phone",), actors=("*",), quiet_hours="night")
    quiet = (replace(NIGHT, then="send"),)
    async with house(watching(tmp_path, site, api, route=route, quiet_hours=quiet), Clock(LATE)) as bayan:
        await look(bayan)
        site.pages["/feed"] = site.feed([said(1), said(2), *OLD])
        await look(bayan)
        assert texts(api) == []
        bayan.clock.now = datetime(2026, 6, 21, 6, 30, tzinfo=UTC)
        await tell(bayan)
    assert len(texts(api)) == 2


async def test_a_digest_gathers_until_its_time_and_lists_every_alert_with_its_tag(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    digest = DigestTimes((time(7),), "UTC")
    route = Route("desk", ("phone",), actors=("*",), digest=digest)
    async with house(watching(tmp_path, site, api, route=route)) as bayan:
        await look(bayan)
        for number in (1, 2, 3):
            site.pages["/feed"] = site.feed([said(n) for n in range(number, 0, -1)] + OLD)
            bayan.clock.advance(minutes=10)
            await look(bayan)
        assert texts(api) == []
        bayan.clock.now = datetime(2026, 6, 21, 7, 0, tzinfo=UTC)
        await tell(bayan)
        assert states(bayan) == ["sent"] * 3
    (told,) = texts(api)
    assert told.count("#") == 3 and "Digest: 3 alerts" in told


async def test_the_first_alerts_of_a_burst_arrive_and_every_other_one_is_in_the_digest(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    storm = Storm(more_than=5, within=timedelta(minutes=5))
    config = watching(
        tmp_path, site, api, storm=storm, flood=replace(configuration(tmp_path, sources=()).flood, items=100)
    )
    async with house(config) as bayan:
        await look(bayan)
        site.pages["/feed"] = site.feed([said(n) for n in range(1, 21)] + OLD)
        await look(bayan)
        assert (
            len(texts(api)) == 10
        )  # the actor speaks in each of them: twice as many pass as of what is said about him
        bayan.clock.advance(minutes=5)
        await tell(bayan)
        assert states(bayan) == ["sent"] * 20
    told = texts(api)[10]
    assert len(texts(api)) == 11 and "10 alerts" in told
    assert all(any(f"number {n}," in text for text in texts(api)) for n in range(1, 21))


async def test_a_muted_actor_is_silent_until_the_mute_ends_and_then_all_is_told(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await look(bayan)
        now = bayan.clock.now
        bayan.db.write_now(
            lambda conn: mutes.make(conn, "phone", "actor", "khazali", "11", now, now + timedelta(hours=1))
        )
        site.pages["/feed"] = site.feed([said(1), *OLD])
        await look(bayan)
        assert texts(api) == []
        bayan.clock.advance(hours=1)
        await tell(bayan)
    (told,) = texts(api)
    assert "Held back while it was muted: 1 alert" in told


async def test_a_mute_that_held_nothing_back_says_that_it_is_over_once(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await look(bayan)
        now = bayan.clock.now
        bayan.db.write_now(lambda conn: mutes.make(conn, "phone", "all", "", "11", now, now + timedelta(hours=1)))
        bayan.clock.advance(hours=1)
        await tell(bayan)
        await tell(bayan)
    assert texts(api) == ["The silence is over; it held back 0 alerts."]


async def test_a_digest_that_is_refused_lets_its_alerts_go_each_by_itself(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    route = Route("desk", ("phone",), actors=("*",), digest=DigestTimes((time(7),), "UTC"))
    async with house(watching(tmp_path, site, api, route=route)) as bayan:
        await look(bayan)
        site.pages["/feed"] = site.feed([said(1), said(2), *OLD])
        await look(bayan)
        bayan.clock.now = datetime(2026, 6, 21, 7, 0, tzinfo=UTC)
        api.fail("error", code=400, description="Bad Request: message is too long")
        await tell(bayan)
        await tell(bayan)
        assert states(bayan) == ["sent", "sent"] and states(bayan, "digest") == ["failed"]
    assert len(texts(api)) == 2


async def test_what_was_held_is_told_after_a_restart(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    route = Route("desk", ("phone",), actors=("*",), digest=DigestTimes((time(7),), "UTC"))
    config = watching(tmp_path, site, api, route=route)
    async with house(config) as bayan:
        await look(bayan)
        site.pages["/feed"] = site.feed([said(1), *OLD])
        await look(bayan)
    async with house(config, Clock(datetime(2026, 6, 21, 7, 0, tzinfo=UTC))) as bayan:
        await tell(bayan)
    assert len(texts(api)) == 1


async def test_a_repeated_digest_is_marked(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    route = Route("desk", ("phone",), actors=("*",), digest=DigestTimes((time(7),), "UTC"))
    async with house(watching(tmp_path, site, api, route=route)) as bayan:
        await look(bayan)
        site.pages["/feed"] = site.feed([said(1), *OLD])
        await look(bayan)
        bayan.clock.now = datetime(2026, 6, 21, 7, 0, tzinfo=UTC)
        api.fail("drop", when="after")
        await tell(bayan)
        bayan.clock.advance(minutes=5)
        await tell(bayan)
        assert states(bayan) == ["sent"]
    first, second = texts(api)
    assert "may repeat" not in first and "may repeat" in second
