"""What admins do about the whole of it from the chat: pause and resume, what was given up, health, roles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts import outbox
from alerts.bot import chats
from tests.chat import ADMIN, DESK, EDITOR, Chat, enrolled, listening, press, world
from tests.street import eventually
from tests.strict_botapi import StrictBotApi, strict_botapi

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


async def say(chat: Chat, words: str, person: int = ADMIN) -> str:
    before = len(chat.api.seen("deliveries", chat_id=DESK))
    await chat.write(person, words, DESK)
    return str((await chat.answers(DESK, before + 1))[before]["text"])


def queue(chat: Chat, subject: str, channel: str = "ops") -> None:
    now = chat.house.clock.now
    draft = outbox.Draft(channel, "notice", subject, 1, "normal", now, text=f"A notice called {subject}.")
    chat.house.db.write_now(lambda conn: outbox.put(conn, [draft], now))


async def test_a_pause_holds_every_message_also_over_a_restart_and_resume_lets_them_go(
    server: StrictBotApi, tmp_path: Path
) -> None:
    world(server)
    async with listening(server, tmp_path) as chat:
        await enrolled(chat)
        assert "No message leaves" in await say(chat, "/pause")
        assert "held already" in await say(chat, "/pause")
        queue(chat, "one")
        assert "Messages waiting 1" in await say(chat, "/status")
    async with listening(server, tmp_path) as chat:
        assert "Messages waiting 1" in await say(chat, "/status")
        assert server.texts(ADMIN) == []
        assert "leave again" in await say(chat, "/resume")
        await eventually(lambda: server.texts(ADMIN) == ["A notice called one."])


async def test_what_was_given_up_is_listed_and_tried_again(server: StrictBotApi, tmp_path: Path) -> None:
    world(server)
    async with listening(server, tmp_path) as chat:
        await enrolled(chat)
        assert await say(chat, "/failed") == "Nothing was given up."
        server.order(
            "faults", kind="error", code=400, description="Bad Request: message is too long", count=1, chat_id=ADMIN
        )
        queue(chat, "two")
        await eventually(lambda: chat.house.db.read_now(outbox.summary)[0].get("failed") == 1)
        assert "Message is too long" in await say(chat, "/failed")
        assert await say(chat, "/retry all") == "On their way once more: 1."
        await eventually(lambda: "A notice called two." in server.texts(ADMIN))


async def test_health_is_told_in_the_chat(server: StrictBotApi, tmp_path: Path) -> None:
    world(server)
    async with listening(server, tmp_path) as chat:
        await enrolled(chat)
        assert await say(chat, "/health") == "Everything works."


async def test_a_role_is_given_taken_and_undone_and_the_last_admin_stays(server: StrictBotApi, tmp_path: Path) -> None:
    world(server)
    async with listening(server, tmp_path) as chat:
        await enrolled(chat)
        assert "is editor here now" in await say(chat, f"/role {EDITOR} editor")
        assert "needs the role admin" in await say(chat, "/pause", EDITOR)
        assert "has no role here any more" in await say(chat, f"/role {EDITOR} none")
        assert chat.house.db.read_now(chats.roles) == {}
        assert "Write /role" in await say(chat, "/role everybody admin")


async def test_a_pause_ends_with_its_button(server: StrictBotApi, tmp_path: Path) -> None:
    world(server)
    async with listening(server, tmp_path) as chat:
        await enrolled(chat)
        await say(chat, "/pause")
        (said,) = [one for one in server.seen("deliveries", chat_id=DESK) if "No message leaves" in one["text"]]
        await press(chat, ADMIN, said, "Resume")
        await eventually(lambda: any("Messages leave again" in text for text in server.texts(DESK)))


async def test_a_role_and_an_enrolment_are_undone_with_one_button(server: StrictBotApi, tmp_path: Path) -> None:
    world(server)
    async with listening(server, tmp_path) as chat:
        await enrolled(chat)
        await say(chat, f"/role {EDITOR} editor")
        first, second = server.seen("deliveries", chat_id=DESK)
        await press(chat, EDITOR, second, "Undo")
        await press(chat, ADMIN, second, "Undo")
        await eventually(lambda: chat.house.db.read_now(chats.roles) == {})
        await press(chat, ADMIN, first, "Undo")
        await eventually(lambda: [one.id for one in chat.house.service.configuration.channels] == ["ops"])
