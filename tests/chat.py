"""A whole bayan that listens to the strict Bot API server, and people who write to it and press its buttons."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from alerts.settings import BotSettings, Configuration
from scraper import sources
from scraper.secret import Secret
from tests.fake_botapi import TOKEN
from tests.street import House, configuration, eventually, house, phone
from tests.strict_botapi import StrictBotApi

ADMIN, EDITOR, STRANGER = 11, 12, 66
DESK = -1001000000001


def world(server: StrictBotApi) -> None:
    """Three people and a group, as if nothing had happened yet; nobody is told to wait, for the clock here stands still."""
    server.order("reset")
    server.order("limits", per_second=0, chat_rate=0, group_per_minute=0)
    for number, name in ((ADMIN, "Anna"), (EDITOR, "Bert"), (STRANGER, "Mallory")):
        server.order("users", id=number, first_name=name, started=True)
    server.order(
        "chats", id=DESK, type="supergroup", title="Desk", bot_status="member", members={str(ADMIN): "creator"}
    )


class Chat:
    """A bayan that listens, and the people around it."""

    def __init__(self, api: StrictBotApi, running: House) -> None:
        self.api = api
        self.house = running

    async def write(self, person: int, text: str, chat: int | None = None, **extra: Any) -> None:
        await asyncio.to_thread(self.api.order, "message", chat_id=chat or person, user_id=person, text=text, **extra)

    async def answers(self, chat: int, count: int) -> list[dict[str, Any]]:
        """What the bot said in a chat, once it is `count` messages."""
        found = await asyncio.to_thread(self.api.seen, "wait", count=count, chat_id=chat, timeout=20)
        deliveries = found["deliveries"] if isinstance(found, dict) and "deliveries" in found else found
        assert isinstance(deliveries, list) and len(deliveries) >= count, deliveries
        return deliveries

    async def heard(self) -> None:
        """Wait until everything written so far was handled: an admin's own question is answered, and so are the others'."""
        before = len(await asyncio.to_thread(self.api.seen, "deliveries", chat_id=ADMIN))
        await self.write(ADMIN, "/help")
        await self.answers(ADMIN, before + 1)
        await eventually(lambda: self.house.service.answering == 0)


@asynccontextmanager
async def listening(api: StrictBotApi, folder: Path, **more: Any) -> AsyncIterator[Chat]:
    """Run a bayan with one admin, and a channel of his own; `more` is its configuration."""
    bot = BotSettings(token=Secret(TOKEN), api_base=api.url, admins=(ADMIN,))
    config: Configuration = configuration(
        folder, sources=more.pop("sources", ()), bot=bot, **{"channels": (phone("ops", api.url, str(ADMIN)),), **more}
    )
    async with house(config) as running:
        task = asyncio.create_task(running.service.run())
        try:
            yield Chat(api, running)
        finally:
            running.service.stop()
            with suppress(asyncio.CancelledError):
                await asyncio.wait_for(task, 20)


async def enrolled(chat: Chat) -> None:
    """The group is enrolled, by the admin in it: the first answer there."""
    await chat.write(ADMIN, "/enroll", DESK)
    await chat.answers(DESK, 1)


async def baseline(chat: Chat, source: str = "agency") -> None:
    """The first poll of a source is recorded: what is published from now on rings."""

    def recorded() -> bool:
        state = chat.house.db.read_now(lambda conn: sources.state(conn, source))
        return state is not None and state.baseline_at is not None

    await eventually(recorded)


async def press(chat: Chat, person: int, message: dict[str, Any], label: str) -> None:
    """A person presses the button that is labelled so, under a message in the group."""
    keys = [key for row in message["reply_markup"]["inline_keyboard"] for key in row]
    data = next(key["callback_data"] for key in keys if label in key["text"])
    await asyncio.to_thread(
        chat.api.order, "press", chat_id=DESK, message_id=message["message_id"], user_id=person, data=data
    )
