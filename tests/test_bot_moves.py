"""Chats that change under the bot: a group that becomes a supergroup, a block, a kick, a topic that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alerts.bot import chats, watches
from alerts.settings import HealthSettings
from tests.chat import ADMIN, Chat, baseline, listening, world
from tests.fake_site import FakeSite
from tests.street import local, phone
from tests.strict_botapi import StrictBotApi, strict_botapi

pytestmark = pytest.mark.shared

GROUP, SUPER, FORUM, SECOND = -4001, -1001000004001, -1001000005001, 21
OLD = [("o1", "An old statement that was there before")]
LEAGUE = {"type": "group", "name": "League of Nations Army", "aliases": ["League Army"]}


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@asynccontextmanager
async def desk(server: StrictBotApi, folder: Path, **more: Any) -> AsyncIterator[tuple[Chat, FakeSite]]:
    """A bayan with one source, a group, a forum and a second admin."""
    world(server)
    server.order("users", id=SECOND, first_name="Second", started=True)
    people = {str(ADMIN): "creator"}
    server.order("chats", id=GROUP, type="group", title="Newsroom", bot_status="member", members=people)
    server.order(
        "chats", id=FORUM, type="supergroup", title="Forum", bot_status="member", members=people, is_forum=True
    )
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed(OLD)
        source = local("agency", f"{site.origin}/feed")
        async with listening(server, folder, sources=(source,), **more) as chat:
            await baseline(chat)
            yield chat, site


def news(chat: Chat, site: FakeSite, name: str, title: str) -> None:
    site.pages["/feed"] = site.feed([(name, title), *OLD])
    chat.house.clock.advance(hours=1)


async def watching(chat: Chat) -> None:
    await chat.write(ADMIN, "/enroll", GROUP)
    await chat.answers(GROUP, 1)
    now = chat.house.clock.now
    await chat.house.db.write(lambda conn: watches.keep(conn, str(GROUP), "actor", "league", LEAGUE, str(ADMIN), now))
    await chat.house.service.take_over_chats()


async def test_what_a_group_had_follows_it_when_it_becomes_a_supergroup_and_the_next_alert_rings_there_once(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as (chat, site):
        await watching(chat)
        await chat.write(ADMIN, "/role 12 editor", GROUP)
        await chat.write(ADMIN, "/mute khazali 5h", GROUP)
        muted = (await chat.answers(GROUP, 3))[2]
        await asyncio.to_thread(server.order, "migrate", chat_id=GROUP, new_chat_id=SUPER)
        await chat.heard()
        now = await chat.house.db.read(lambda conn: chats.roles(conn))
        assert now[(str(SUPER), "12")] == "editor"
        channels = [one.id for one in chat.house.service.configuration.channels]
        assert channels == ["ops", f"chat:{SUPER}"]
        await chat.write(ADMIN, "/mutes", SUPER)
        assert "khazali until" in (await chat.answers(SUPER, 1))[0]["text"]
        news(chat, site, "n1", "The League Army speaks of the coming days")
        rang = (await chat.answers(SUPER, 2))[1]
        assert "League Army" in rang["text"]
        undo = next(key for row in muted["reply_markup"]["inline_keyboard"] for key in row)["callback_data"]
        body = {
            "id": "77", "from": {"id": ADMIN, "is_bot": False, "first_name": "Anna"}, "chat_instance": "1", "data": undo,
            "message": {"message_id": rang["message_id"], "date": 1, "chat": {"id": SUPER, "type": "supergroup", "title": "x"}},
        }  # fmt: skip
        await asyncio.to_thread(server.order, "update", kind="callback_query", body=body)
        assert "Undone" in (await chat.answers(SUPER, 3))[2]["text"]
        await chat.heard()
        assert len(server.seen("deliveries", chat_id=SUPER)) == 3
        assert len(server.seen("deliveries", chat_id=GROUP)) == 3


async def test_a_group_of_the_configuration_that_moves_stays_one_channel(server: StrictBotApi, tmp_path: Path) -> None:
    channels = (phone("news", server.url, str(GROUP)),)
    async with desk(server, tmp_path, channels=channels) as (chat, site):
        await watching(chat)
        await asyncio.to_thread(server.order, "migrate", chat_id=GROUP, new_chat_id=SUPER)
        await chat.heard()
        there = [(one.id, one.chat) for one in chat.house.service.configuration.channels]
        assert there == [("news", str(SUPER))]
        news(chat, site, "n1", "The League Army and Qais al-Khazali speak of the coming days")
        rang = await chat.answers(SUPER, 1)
        assert len(rang) == 1


async def test_a_group_that_throws_the_bot_out_rests_and_another_admin_hears_of_it(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as (chat, _):
        await watching(chat)
        await asyncio.to_thread(server.order, "membership", chat_id=GROUP, status="kicked")
        told = (await chat.answers(ADMIN, 1))[0]["text"]
        assert "The bot is no longer in Newsroom" in told
        assert [one.id for one in chat.house.service.configuration.channels] == ["ops"]


async def test_a_private_chat_that_blocks_the_bot_rests_and_what_waits_is_sent_when_it_is_open_again(
    server: StrictBotApi, tmp_path: Path
) -> None:
    channels = (phone("anna", server.url, str(ADMIN)), phone("second", server.url, str(SECOND)))
    async with desk(server, tmp_path, channels=channels, health=HealthSettings(notify=("anna", "second"))) as (
        chat,
        site,
    ):
        await asyncio.to_thread(server.order, "membership", chat_id=ADMIN, status="kicked")
        notice = (await chat.answers(SECOND, 1))[0]["text"]
        assert "Channel anna no longer takes messages" in notice
        news(chat, site, "n1", "Qais al-Khazali speaks of the coming days")
        await chat.answers(SECOND, 2)
        await asyncio.to_thread(server.order, "membership", chat_id=ADMIN, status="member")
        rang = (await chat.answers(ADMIN, 1))[0]["text"]
        assert "Qais al-Khazali speaks of the coming days" in rang


async def test_an_alert_for_a_topic_that_is_gone_falls_back_to_its_chat_and_the_operators_are_told(
    server: StrictBotApi, tmp_path: Path
) -> None:
    topic = replace(phone("forum", server.url, str(FORUM)), topic=99)
    channels = (topic, phone("ops", server.url, str(ADMIN)))
    async with desk(server, tmp_path, channels=channels, health=HealthSettings(notify=("ops",))) as (chat, site):
        news(chat, site, "n1", "Qais al-Khazali speaks of the coming days")
        rang = (await chat.answers(FORUM, 1))[0]
        assert rang["message_thread_id"] is None
        found = await chat.answers(ADMIN, 2)
        assert any("forum" in one["text"] and "topic" in one["text"].lower() for one in found)


async def test_a_chat_that_is_gone_without_a_word_is_told_to_an_admin_where_no_channel_was_named_for_it(
    server: StrictBotApi, tmp_path: Path
) -> None:
    channels = (phone("news", server.url, str(GROUP)), phone("anna", server.url, str(ADMIN)))
    async with desk(server, tmp_path, channels=channels) as (chat, site):
        await asyncio.to_thread(server.order, "deactivate", chat_id=GROUP)
        news(chat, site, "n1", "Qais al-Khazali speaks of the coming days")
        found = await chat.answers(ADMIN, 2)
        assert any("Channel news no longer takes messages" in one["text"] for one in found)
