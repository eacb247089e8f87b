"""What is hostile in the updates themselves: broken and foreign ones, and names and titles that are markup."""

# ruff: noqa: E501 - updates stand as Telegram writes them, one to a line or two
from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chat import ADMIN, DESK, STRANGER, Chat, enrolled, listening, world
from tests.strict_botapi import StrictBotApi, strict_botapi

pytestmark = pytest.mark.shared

TROUBLE = "\u202e<b>root</b>\u2067[x](tg://user?id=11)\x1b[31m\u0301\u200b@admin /enroll"
BROKEN: tuple[tuple[str, Any], ...] = (
    ("message", {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "/enroll"}),
    ("message", {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "nonsense"}, "from": {"id": 5, "is_bot": False, "first_name": ""}, "text": "/x"}),
    ("message", {"message_id": 1, "date": 0, "chat": {"id": DESK, "type": "supergroup", "title": TROUBLE}, "from": {"id": 1087968824,
        "is_bot": True, "first_name": "Group"}, "sender_chat": {"id": DESK, "type": "supergroup", "title": "Desk"}, "text": "/enroll"}),
    ("channel_post", {"message_id": 1, "date": 1, "chat": {"id": -100777, "type": "channel", "title": "c"}, "text": "/enroll"}),
    ("edited_channel_post", {"message_id": 1, "date": 1, "chat": {"id": -100777, "type": "channel", "title": "c"}, "text": "/enroll"}),
    ("callback_query", {"id": "1", "from": {"id": ADMIN, "is_bot": False, "first_name": "A"}, "chat_instance": "1", "inline_message_id": "x", "data": "y"}),
    ("inline_query", {"id": "1", "from": {"id": STRANGER, "is_bot": False, "first_name": "A"}, "query": "/enroll", "offset": ""}),
    ("message", {"message_id": 1, "date": 1, "chat": {"id": DESK, "type": "supergroup", "title": "x"}, "from": {"id": STRANGER, "is_bot": False,
        "first_name": "M"}, "text": "/enroll@other_bot admin"}),
    ("no_such_kind", {"x": [[[[1]]]]}),
)  # fmt: skip


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    pytest.importorskip("aiohttp", reason="the strict Bot API server needs aiohttp")
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@pytest.fixture
def api(server: StrictBotApi) -> StrictBotApi:
    world(server)
    return server


def standing(chat: Chat) -> tuple[Any, ...]:
    """All that people can change by the chat."""
    config = chat.house.service.configuration
    return config.channels, config.actors, config.keywords, config.routes, config.own_plans


async def order(api: StrictBotApi, verb: str, **body: Any) -> Any:
    return await asyncio.to_thread(api.order, verb, **body)


async def test_broken_and_foreign_updates_are_passed_over(api: StrictBotApi, tmp_path: Path) -> None:
    async with listening(api, tmp_path) as chat:
        before = standing(chat)
        for kind, body in BROKEN:
            await order(api, "update", kind=kind, body=body)
        await chat.heard()
        assert standing(chat) == before
    assert api.texts(DESK) == [] and api.texts(STRANGER) == []


async def test_a_title_or_name_that_is_markup_is_shown_as_words(api: StrictBotApi, tmp_path: Path) -> None:
    await order(
        api, "chats", id=DESK, type="supergroup", title=TROUBLE, bot_status="member", members={str(ADMIN): "creator"}
    )
    await order(api, "users", id=ADMIN, first_name=TROUBLE, started=True)
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        await chat.write(ADMIN, "/chats")
        await chat.write(ADMIN, "/mute khazali 2h", DESK)
        await chat.write(ADMIN, "/mutes", DESK)
        said = [*await chat.answers(DESK, 3), *await chat.answers(ADMIN, 1)]
    for message in said:
        text = message["text"]
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]", text), repr(text)
        assert text.count("\u2068") == text.count("\u2069")
        assert not any(one["type"] in ("text_link", "text_mention") for one in message.get("entities", []))
    assert any("root" in message["text"] for message in said)  # shown, as words
    calls = await asyncio.to_thread(api.seen, "calls", method="sendMessage")
    assert all(call.get("status") == 200 for call in calls)
