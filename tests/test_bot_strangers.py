"""What strangers, forged buttons, replays and words of nobody do: nothing. Thirty of everything, against the strict Bot API server."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from alerts.bot import buttons
from alerts.bot.reception import COMMANDS
from alerts.bot.schema import button, chat_watch, deed, enrolment, membership, mute, person
from tests.chat import ADMIN, DESK, EDITOR, STRANGER, Chat, enrolled, listening, press, world
from tests.strict_botapi import StrictBotApi, strict_botapi

pytestmark = pytest.mark.shared

MANY = 30
OTHER = -1001000000002
ARGUMENTS = {
    "mute": "khazali 2h", "unmute": "1", "quiet": "23:00-06:00", "digest": "daily 07:00", "role": "66 admin", "enroll": "admin",
    "watch": "threat* AND capital", "unwatch": "khazali", "alias": "khazali = Kays", "search": "threats", "language": "ar",
    "retry": "all", "brief": "12h", "probe": "https://example.org", "latest": "khazali",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@asynccontextmanager
async def desk(server: StrictBotApi, folder: Path) -> AsyncIterator[Chat]:
    world(server)
    server.order(
        "chats", id=OTHER, type="supergroup", title="Other", bot_status="member", members={str(ADMIN): "creator"}
    )
    async with listening(server, folder) as chat:
        await enrolled(chat)
        yield chat


async def state(chat: Chat) -> dict[str, int]:
    """How much stands in every table that somebody could change."""
    tables = (chat_watch, deed, enrolment, membership, mute, person)
    return await chat.house.db.read(
        lambda conn: {
            table.name: int(conn.execute(select(func.count()).select_from(table)).scalar() or 0) for table in tables
        }
    )


def message(words: str, chat: int, *, sender: int = ADMIN, number: int = 900, **more: Any) -> dict[str, Any]:
    """A message as Telegram would report it, with a command in it."""
    kind = "private" if chat > 0 else "supergroup"
    entity = {"type": "bot_command", "offset": 0, "length": len(words.split()[0])}
    return {
        "message_id": number, "date": 1_782_000_000, "text": words, "entities": [entity],
        "chat": {"id": chat, "type": kind, "title": "Desk", "first_name": "x"},
        "from": {"id": sender, "is_bot": False, "first_name": "Anna"}, **more,
    }  # fmt: skip


def pressed(data: str, sender: int, chat: int = DESK, number: int = 1) -> dict[str, Any]:
    return {
        "id": str(4 * 10**17 + secrets.randbelow(10**9)), "from": {"id": sender, "is_bot": False, "first_name": "x"},
        "chat_instance": "1", "data": data,
        "message": {"message_id": number, "date": 1_782_000_000, "chat": {"id": chat, "type": "supergroup", "title": "x"}},
    }  # fmt: skip


async def test_thirty_strangers_with_every_command_change_nothing_and_hear_one_line_each_at_most(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as chat:
        before = await state(chat)
        for number in range(MANY):
            await asyncio.to_thread(server.order, "users", id=10_000 + number, first_name=f"M{number}", started=True)
        for number, one in enumerate((*COMMANDS, *COMMANDS)):
            words = f"/{one.name} {ARGUMENTS.get(one.name, '')}".strip()
            await chat.write(10_000 + number % MANY, words)
            await chat.write(10_000 + number % MANY, words, DESK)
        for number in range(MANY):
            await chat.write(10_000 + number, "/start")
            await chat.write(10_000 + number, f"/start {secrets.token_hex(5).upper()}")
        for number in range(MANY):  # each chat is served beside the others, so none of them tells of another
            await chat.answers(10_000 + number, 1)
        await chat.heard()
        assert await state(chat) == before
        private = [server.texts(10_000 + number) for number in range(MANY)]
        assert private == [["This bot works for its own team only."]] * MANY
        assert len(server.texts(DESK)) == 1, "the answer to the enrolment, and no other"


async def test_what_is_no_persons_own_present_word_changes_nothing(server: StrictBotApi, tmp_path: Path) -> None:
    origin = {"type": "hidden_user", "sender_user_name": "x", "date": 1_782_000_000}
    group = {"id": DESK, "type": "supergroup", "title": "Desk"}
    forms: tuple[tuple[str, dict[str, Any]], ...] = (
        ("message", {"forward_origin": origin}),
        ("edited_message", {"edit_date": 1_782_000_001}),
        ("message", {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}, "sender_chat": group}),
        ("channel_post", {"from": None, "sender_chat": {"id": DESK, "type": "channel", "title": "Desk"}}),
        ("message", {"from": {"id": ADMIN, "is_bot": True, "first_name": "Robot"}}),
        ("message", {"via_bot": {"id": 99, "is_bot": True, "first_name": "Via", "username": "via_bot"}}),
    )  # fmt: skip
    async with desk(server, tmp_path) as chat:
        before, said = await state(chat), len(server.texts(DESK))
        for number in range(MANY):
            kind, more = forms[number % len(forms)]
            body = message("/mute khazali 2h", DESK, number=900 + number, **more)
            body = {key: value for key, value in body.items() if value is not None}
            await asyncio.to_thread(server.order, "update", kind=kind, body=body)
        await chat.heard()
        assert await state(chat) == before
        assert len(server.texts(DESK)) == said


async def test_forged_replayed_and_borrowed_buttons_do_nothing(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as chat:
        await chat.write(ADMIN, "/mute khazali 2h", DESK)
        muted = (await chat.answers(DESK, 2))[1]
        undo = muted["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        await chat.heard()
        before = await state(chat)
        for number in range(MANY):
            forged = [secrets.token_urlsafe(12), "' OR 1=1 --", "x" * 64, undo[:-1] + "~", "save"][number % 5]
            await asyncio.to_thread(server.order, "update", kind="callback_query", body=pressed(forged, ADMIN))
            stranger = pressed(undo, STRANGER)
            await asyncio.to_thread(server.order, "update", kind="callback_query", body=stranger)
            elsewhere = pressed(undo, ADMIN, OTHER)
            await asyncio.to_thread(server.order, "update", kind="callback_query", body=elsewhere)
        await chat.heard()
        assert await state(chat) == before
        assert len(server.texts(DESK)) == 2, "nobody was answered in the chat"
        for _ in range(MANY):
            await asyncio.to_thread(server.order, "update", kind="callback_query", body=pressed(undo, ADMIN))
        await chat.answers(DESK, 3)
        await chat.heard()
        assert [text.startswith("Undone") for text in server.texts(DESK)] == [False, False, True], (
            "once, not thirty times"
        )


async def test_a_button_made_for_one_person_is_not_pressed_by_another(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as chat:
        await chat.write(ADMIN, f"/role {EDITOR} editor", DESK)
        await chat.write(ADMIN, "/watch threat* AND capital", DESK)
        preview = (await chat.answers(DESK, 3))[2]
        await press(chat, EDITOR, preview, "Save")
        await chat.heard()
        assert (await state(chat))["chat_watch"] == 0
        kept = await chat.house.db.read(lambda conn: conn.execute(select(func.count()).select_from(button)).scalar())
        assert kept and buttons.forget is not None


async def test_hundreds_of_commands_at_once_are_bounded_and_the_bot_answers_afterwards(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as chat:
        for number in range(300):
            body = message("/status", DESK, number=2_000 + number)
            await asyncio.to_thread(server.order, "update", kind="message", body=body)
        await chat.heard()
        await chat.write(ADMIN, "/help")
        await chat.answers(ADMIN, 2)
