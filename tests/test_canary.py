"""The canary: its own statement goes the whole way, over the real wire, and a way that is broken is told once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog

from alerts import canary, health
from alerts.model import Keywords
from alerts.settings import CanarySettings, Configuration, HealthSettings, ServiceSettings
from scraper import sources
from scraper.secret import Secret
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import Clock, House, configuration, eventually, house, local, phone

OLD = [("o1", "An old statement that was there before")]
EVERY = timedelta(hours=1)


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        running.pages["/feed"] = running.feed(OLD)
        yield running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def singing(folder: Path, site: FakeSite, api: FakeBotApi, **more: Any) -> Configuration:
    """Alerts go to `phone`, the canary to `ops`, which hears of trouble too."""
    channels = (phone("phone", api.url, "11"), phone("ops", api.url, "22"))
    sources_ = (local("agency", f"{site.origin}/feed"),)
    config = configuration(folder, sources=sources_, channels=channels, health=HealthSettings(notify=("ops",)), **more)
    return replace(config, canary=CanarySettings("ops", EVERY))


@asynccontextmanager
async def ticking(config: Configuration) -> AsyncIterator[tuple[House, Callable[[Callable[[], Any]], Any]]]:
    """A staying service whose ticks the test gives: `until(true)` ticks, six seconds at a time, until `true()` is."""
    async with house(config, Clock(), staying=True) as bayan:
        await bayan.service.prepare()

        async def until(true: Callable[[], Any]) -> None:
            for _ in range(200):
                await bayan.service.tick()
                for _ in range(40):
                    if true():
                        return
                    await asyncio.sleep(0.005)
                bayan.clock.advance(seconds=6)
            raise AssertionError("it never became so")

        yield bayan, until


def beats(bayan: House) -> dict[str, Any]:
    return bayan.db.read_now(sources.beats)


def sent_to(api: FakeBotApi, chat: str) -> list[dict[str, Any]]:
    return [one for one in api.accepted if str(one["chat_id"]) == chat]


async def test_a_canary_comes_through_silently_and_its_latency_is_known(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with ticking(singing(tmp_path, site, api)) as (bayan, until):
        await until(lambda: "canary" in beats(bayan))
        (message,) = sent_to(api, "22")
        assert "canary" in message["text"] and message["disable_notification"]
        assert sent_to(api, "11") == []  # a route of everything does not see it
        assert 0 <= json.loads(beats(bayan)["canary"][1])["seconds"] < 300
        assert not health.is_missed(beats(bayan))


async def test_the_next_one_of_the_day_edits_the_message_and_that_of_tomorrow_is_new(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with ticking(singing(tmp_path, site, api)) as (bayan, until):
        await until(lambda: "canary" in beats(bayan))
        first = beats(bayan)["canary"][0]
        bayan.clock.advance(hours=1)
        await until(lambda: beats(bayan)["canary"][0] > first)
        second = beats(bayan)["canary"][0]
        message, edited = sent_to(api, "22")
        assert edited["edits"] == message["message_id"]
        bayan.clock.advance(hours=23)
        await until(lambda: beats(bayan)["canary"][0] > second)
        assert "edits" not in sent_to(api, "22")[-1]


async def test_one_that_does_not_come_through_is_told_once_and_that_it_does_again(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = singing(tmp_path, site, api)
    config = replace(config, health=HealthSettings(notify=("phone",)))
    async with ticking(config) as (bayan, until):
        api.fail("error", chat="22", code=502, description="Bad Gateway", count=1000)
        await until(lambda: any("did not come through" in one["text"] for one in sent_to(api, "11")))
        assert health.is_missed(beats(bayan))
        reasons = health.ailments((), {}, beats(bayan), bayan.clock.now, canary=True)
        assert any("canary" in reason for reason in reasons)
        first = beats(bayan)["canary missed"][0]
        bayan.clock.advance(hours=1)
        await until(lambda: beats(bayan)["canary missed"][0] > first)
        api.heal()
        bayan.clock.advance(hours=1)
        await until(lambda: any("comes through again" in one["text"] for one in sent_to(api, "11")))
        assert sum("did not come through" in one["text"] for one in sent_to(api, "11")) == 1


def flown_since(bayan: House, last: Any) -> bool:
    return bool(beats(bayan)["canary"][0] > last)


async def test_canaries_of_last_week_are_forgotten_and_nothing_of_them_is_remembered_or_kept(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    def count(bayan: House, query: str) -> int:
        return int(bayan.db.read_now(lambda conn: conn.exec_driver_sql(query).scalar_one()))

    theirs = "SELECT count(*) FROM {} WHERE source = 'bayan:canary'"
    async with ticking(singing(tmp_path, site, api)) as (bayan, until):
        await until(lambda: "canary" in beats(bayan))
        for _ in range(7):
            last = beats(bayan)["canary"][0]
            bayan.clock.advance(hours=1)
            await until(partial(flown_since, bayan, last))
        newest = count(bayan, "SELECT max(id) FROM statement WHERE source = 'bayan:canary'")
        assert count(bayan, theirs.format("statement")) >= 9, "one at the start, and eight that flew"
        bayan.clock.advance(days=8)
        for _ in range(3):  # the clock leapt: it is believed a day later
            await bayan.service.keep_house()
            bayan.clock.advance(hours=25)
        old = f"{theirs.format('statement')} AND id <= {newest}"
        assert count(bayan, old) <= 6, "its first, and those that its page lists; the others flew since"
        assert count(bayan, theirs.format("forgotten")) == 0
        assert count(bayan, "SELECT count(*) FROM delivery WHERE statement NOT IN (SELECT id FROM statement)") == 0
        assert (
            count(bayan, "SELECT count(*) FROM evidence, statement WHERE id = statement AND source LIKE 'bayan:%'") == 0
        )
        last = beats(bayan)["canary"][0]
        await until(lambda: beats(bayan)["canary"][0] > last)
        assert count(bayan, "SELECT max(id) FROM statement WHERE source = 'bayan:canary'") > newest, (
            "the next one flies"
        )


async def test_without_the_table_there_is_no_canary(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    config = replace(singing(tmp_path, site, api), canary=None)
    async with ticking(config) as (bayan, _):
        await bayan.service.tick()
        assert canary.SOURCE not in {state.id for state in bayan.db.read_now(sources.states)}
        assert config == canary.with_canary(config, "http://127.0.0.1:1")


# ------------------------------------------------------------------------------------------- the dead-man's address

TOKEN_IN_PATH = "/ping/5f2c9a7e-canary-secret"


def pinged(config: Configuration, site: FakeSite, *, allowed: bool = True) -> Configuration:
    near = (site.origin.removeprefix("http://"),) if allowed else ()
    return replace(
        config,
        service=ServiceSettings(alive_url=Secret(site.origin + TOKEN_IN_PATH)),
        fetch=replace(config.fetch, allow_private=near),
    )


async def test_the_address_is_asked_after_a_canary_that_came_through(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    site.pages[TOKEN_IN_PATH] = "OK"
    async with ticking(pinged(singing(tmp_path, site, api), site)) as (bayan, until):
        await until(lambda: "canary" in beats(bayan))
        await eventually(lambda: site.requests(TOKEN_IN_PATH) >= 1)


async def test_without_a_canary_it_is_asked_every_five_minutes_that_all_goes_well(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    site.pages[TOKEN_IN_PATH] = "OK"
    config = replace(pinged(singing(tmp_path, site, api), site), canary=None)
    async with ticking(config) as (bayan, _):
        await bayan.service.keep_house()
        assert site.requests(TOKEN_IN_PATH) == 0  # no tick is done yet: nobody knows that all goes well
        await bayan.service.tick()
        await bayan.service.keep_house()
        await eventually(lambda: site.requests(TOKEN_IN_PATH) == 1)
        await bayan.service.keep_house()
        bayan.clock.advance(minutes=5)
        await bayan.service.tick()
        await bayan.service.keep_house()
        await eventually(lambda: site.requests(TOKEN_IN_PATH) == 2)


async def test_a_private_address_is_asked_only_where_it_is_allowed_and_no_log_tells_it(
    tmp_path: Path,
    site: FakeSite,
    api: FakeBotApi,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = replace(pinged(singing(tmp_path, site, api), site, allowed=False), canary=None)
    async with ticking(config) as (bayan, _):
        await bayan.service.tick()
        with structlog.testing.capture_logs() as logs:
            await bayan.service.keep_house()
            await eventually(lambda: any(one["event"].startswith("alive_url") for one in logs))
    assert site.requests(TOKEN_IN_PATH) == 0
    assert any(one.get("outcome") == "blocked" for one in logs)
    assert TOKEN_IN_PATH not in f"{logs}{caplog.text}{capsys.readouterr()}"


async def test_a_rule_that_takes_everything_of_a_language_does_not_ring_for_it(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = singing(tmp_path, site, api, keywords=(Keywords(id="english", query="lang:en"),))
    async with ticking(config) as (bayan, until):
        await until(lambda: "canary" in beats(bayan))
        assert sent_to(api, "11") == []
