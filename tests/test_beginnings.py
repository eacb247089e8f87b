"""A new source: its first look rings for nobody, and one silent message shows what it stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts import beginnings
from alerts.settings import Configuration, DeliverySettings, HealthSettings
from scraper.model import Source
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import Clock, configuration, house, local, phone

CHAT = "4242"
BACKLOG = [("b9", "Qais al-Khazali speaks, nine"), ("b8", "A road is mended"), ("b7", "Rain"), ("b6", "Wind")]


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        running.pages["/feed"] = running.feed(BACKLOG)
        yield running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def watching(folder: Path, site: FakeSite, api: FakeBotApi, *more: Source, **values: object) -> Configuration:
    base = {
        "sources": (local("agency", f"{site.origin}/feed"), *more),
        "channels": (phone("phone", api.url, CHAT),),
        "health": HealthSettings(notify=("phone",)),
        "delivery": DeliverySettings(body_wait=timedelta(0), per_chat_rate=10_000, first_run=3),
    }
    return configuration(folder, **{**base, **values})  # type: ignore[arg-type]


async def test_the_first_look_is_one_silent_message_with_the_newest_headlines_and_what_would_have_rung(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        for _ in range(3):
            await bayan.service.once(patience=timedelta())
        (call,) = api.accepted
    assert call["disable_notification"] == "true"
    assert "First look at a new source" in call["text"] and "rings for nobody" in call["text"]
    assert "agency: 4 stored, 1 of them would have rung" in call["text"]
    shown = call["text"].replace("\u2068", "⟦").replace("\u2069", "⟧")
    assert [line for line in shown.split("\n") if line.startswith("•")] == [
        "• ⟦Qais al-Khazali speaks, nine⟧",
        "• ⟦A road is mended⟧",
        "• ⟦Rain⟧",
    ]


async def test_a_source_that_is_added_later_is_shown_by_itself_and_the_others_not_again(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    site.pages["/other"] = site.feed([("o1", "Another agency begins")])
    async with house(watching(tmp_path, site, api)) as bayan:
        await bayan.service.once(patience=timedelta())
    more = local("other", f"{site.origin}/other")
    async with house(watching(tmp_path, site, api, more)) as bayan:
        await bayan.service.once(patience=timedelta())
        await bayan.service.once(only=["other", "agency"], patience=timedelta())
    assert len(api.accepted) == 2
    assert "Another agency begins" in api.accepted[1]["text"] and "agency:" not in api.accepted[1]["text"]


async def test_many_sources_that_begin_together_are_one_message(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    many = []
    for number in range(8):
        site.pages[f"/f{number}"] = site.feed([(f"x{number}", f"Paper {number} writes")])
        many.append(local(f"paper{number}", f"{site.origin}/f{number}"))
    async with house(watching(tmp_path, site, api, *many)) as bayan:
        await bayan.service.once(patience=timedelta())
    (call,) = api.accepted
    assert "First look at 9 new sources" in call["text"]
    assert call["text"].endswith("and 3 more")


async def test_to_remember_is_to_say_nothing(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    config = watching(tmp_path, site, api)
    quiet = replace(config, delivery=replace(config.delivery, first_run=0))
    async with house(quiet) as bayan:
        await bayan.service.once(patience=timedelta())
    assert api.accepted == []


async def test_a_store_that_is_taken_over_with_old_sources_is_not_told(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    config = watching(tmp_path, site, api)
    quiet = replace(config, delivery=replace(config.delivery, first_run=0))
    async with house(quiet, clock) as bayan:
        await bayan.service.once(patience=timedelta())
    clock.now += beginnings.LATELY + timedelta(hours=1)
    async with house(config, clock) as bayan:
        await bayan.service.once(patience=timedelta())
    assert api.accepted == []


@pytest.mark.parametrize("language", ["ar", "fa"])
async def test_it_is_in_the_language_of_the_configuration(
    language: str, tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = replace(watching(tmp_path, site, api), language=language)
    async with house(config) as bayan:
        await bayan.service.once(patience=timedelta())
    (call,) = api.accepted
    assert "agency" in call["text"] and "First look" not in call["text"]
    first = call["text"].split("\n")[0]
    assert first.startswith("\u200f") and {"ar": "نظرة أولى", "fa": "نخستین نگاه"}[language] in first


@pytest.mark.parametrize(("language", "said"), [("ar", "المصدر"), ("fa", "منبع")])
async def test_operators_hear_of_a_broken_source_in_the_language_of_their_chat(
    language: str, said: str, tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = watching(tmp_path, site, api, health=HealthSettings(failures=2, notify=("phone", "english")))
    config = replace(
        config, channels=(*config.channels, phone("english", api.url, "77")), own_languages={"phone": language},
        delivery=replace(config.delivery, first_run=0),
    )  # fmt: skip
    async with house(config) as bayan:
        await bayan.service.once(only=["agency"], patience=timedelta())
        site.pages["/feed"] = 404
        for _ in range(3):
            bayan.clock.advance(hours=7)
            await bayan.service.once(only=["agency"], patience=timedelta())
    (own,), (english,) = api.chat(CHAT), api.chat("77")
    assert english["text"].startswith("Source agency is broken: there is no such page (http_error)")
    assert said in own["text"] and "is broken" not in own["text"] and "agency" in own["text"]
    assert all(line.startswith("\u200f") for line in own["text"].split("\n"))
