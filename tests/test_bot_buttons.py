"""Buttons under an alert in a group: pressed twice, by others, by strangers, forged, from elsewhere, too late; and what is undone.

docs/decisions/buttons.md says why. Real polls, the strict Bot API server.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from alerts import mutes, outbox
from alerts.bot import chats, judgements
from alerts.bot.buttons import LIVES
from alerts.bot.schema import button, button_use, judgement
from tests.chat import ADMIN, DESK, EDITOR, STRANGER, Chat, baseline, enrolled, listening, press, world
from tests.fake_site import FakeSite
from tests.street import KHAZALI, eventually, local, phone
from tests.strict_botapi import StrictBotApi, strict_botapi
from tests.test_bot_strangers import OTHER, pressed

pytestmark = pytest.mark.shared

OLD = [("o1", "An old statement that was there before")]


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@asynccontextmanager
async def rung(server: StrictBotApi, folder: Path) -> AsyncIterator[tuple[Chat, dict[str, Any]]]:
    """An alert in a group with an admin, a viewer (Bert) and a stranger."""
    world(server)
    server.order(
        "chats", id=OTHER, type="supergroup", title="Other", bot_status="member", members={str(ADMIN): "creator"}
    )
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed(OLD)
        source = local("agency", f"{site.origin}/feed")
        channels = (phone("desk", server.url, str(DESK)),)
        async with listening(server, folder, sources=(source,), channels=channels) as chat:
            await enrolled(chat)
            await chat.write(ADMIN, f"/role {EDITOR} viewer", DESK)
            await chat.answers(DESK, 2)
            await baseline(chat)
            site.pages["/feed"] = site.feed([("n1", f"{KHAZALI.aliases[0]} speaks of the coming days"), *OLD])
            chat.house.clock.advance(hours=1)
            yield chat, (await chat.answers(DESK, 3))[2]


async def said(chat: Chat, person: int, alert: dict[str, Any], label: str) -> str:
    """What is shown at the button when a person presses it."""
    before = {key for key, one in chat.api.seen("answers").items() if one}
    await press(chat, person, alert, label)

    def answered() -> list[str]:
        return [key for key, one in chat.api.seen("answers").items() if one and key not in before]

    await eventually(answered)
    (key,) = answered()
    return str(chat.api.seen("answers")[key][0].get("text") or "")


async def rows(chat: Chat) -> tuple[int, int]:
    """How many silences stand in the group, and how many judgements."""

    def read(conn: Any) -> tuple[int, int]:
        found = conn.execute(select(func.count()).select_from(judgement)).scalar()
        return len(mutes.listed(conn, "desk", chat.house.clock.now)), int(found)

    return await chat.house.db.read(read)


async def test_mute_and_not_relevant_work_once_for_each_person_and_the_readers_again_and_again(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with rung(server, tmp_path) as (chat, alert):
        told = len(server.texts(DESK))
        assert await said(chat, ADMIN, alert, "Not relevant") == "Noted."
        assert await said(chat, ADMIN, alert, "Not relevant") == "You said so already."
        assert await said(chat, EDITOR, alert, "Not relevant") == "Noted."
        found = await chat.house.db.read(
            lambda conn: judgements.noisiest(conn, chat.house.clock.now.replace(year=2000), 9)
        )
        assert [count for _, _, count in found] == [1], "one statement, whoever says so"
        await said(chat, EDITOR, alert, "Mute")
        assert await said(chat, EDITOR, alert, "Mute") == "You said so already."
        await chat.answers(DESK, told + 1)
        assert (await rows(chat))[0] == 1
        for person in (ADMIN, ADMIN, EDITOR):
            await said(chat, person, alert, "Why?")
        answers = (await chat.answers(DESK, told + 4))[told + 1 :]
        assert len({one["text"] for one in answers}) == 1
        await said(chat, EDITOR, alert, "Snapshot")
        await said(chat, EDITOR, alert, "Snapshot")
        await chat.answers(DESK, told + 6)


async def test_strangers_forged_ids_other_chats_and_old_buttons_change_nothing(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with rung(server, tmp_path) as (chat, alert):
        keys = {
            key["text"]: key.get("callback_data", "") for row in alert["reply_markup"]["inline_keyboard"] for key in row
        }
        told, before = len(server.texts(DESK)), await rows(chat)
        for label in ("Mute 1h", "Not relevant", "Why?", "Snapshot"):
            for body in (
                pressed(keys[label], STRANGER),
                pressed(keys[label], ADMIN, OTHER),
                pressed(secrets.token_urlsafe(12), ADMIN),
                pressed(keys[label][:-1] + "~", ADMIN),
            ):
                await asyncio.to_thread(server.order, "update", kind="callback_query", body=body)
        await chat.heard()
        assert await rows(chat) == before == (0, 0)
        assert len(server.texts(DESK)) == told
        used = await chat.house.db.read(
            lambda conn: conn.execute(select(func.count()).select_from(button_use)).scalar()
        )
        assert used == 0, "a press that is refused uses nothing up"
        chat.house.clock.now += LIVES
        assert await said(chat, ADMIN, alert, "Mute") == "This button is used or too old."
        await chat.house.service.keep_house()
        left = await chat.house.db.read(
            lambda conn: conn.execute(select(button.c.id).where(button.c.id == keys["Mute 1h"])).first()
        )
        assert left is None and await rows(chat) == (0, 0)


async def test_what_a_press_did_is_undone_and_the_button_works_for_that_person_again(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with rung(server, tmp_path) as (chat, alert):
        told = len(server.texts(DESK))
        await said(chat, EDITOR, alert, "Mute")
        muted = (await chat.answers(DESK, told + 1))[told]
        await said(chat, EDITOR, alert, "Not relevant")
        assert await rows(chat) == (1, 1)
        await press(chat, EDITOR, muted, "Undo")
        await chat.answers(DESK, told + 2)
        await chat.write(EDITOR, "/changes", DESK)
        changes = (await chat.answers(DESK, told + 3))[told + 2]
        await press(chat, EDITOR, changes, "not relevant")
        undone = (await chat.answers(DESK, told + 4))[told + 3]
        assert undone["text"].replace("\u2060", "").startswith("Undone: not relevant #") and not undone["reply_markup"]
        assert await rows(chat) == (0, 0)
        assert await said(chat, EDITOR, alert, "Not relevant") == "Noted."
        await said(chat, EDITOR, alert, "Mute")
        await chat.answers(DESK, told + 5)
        assert await rows(chat) == (1, 1)


async def test_a_code_that_nobody_used_is_revoked_and_one_that_was_used_is_not(
    server: StrictBotApi, tmp_path: Path
) -> None:
    world(server)
    async with listening(server, tmp_path) as chat:
        await enrolled(chat)
        codes = []
        for count in (2, 3):
            await chat.write(ADMIN, "/enroll viewer", DESK)
            codes.append((await chat.answers(DESK, count))[count - 1])
        first, second = (one["text"].split("/start ")[1].strip() for one in codes)
        await press(chat, ADMIN, codes[0], "Undo")
        assert (await chat.answers(DESK, 4))[3]["text"] == "Undone: code for one viewer."
        await chat.write(STRANGER, f"/start {first}")
        await chat.write(EDITOR, f"/start {second}")
        assert "You are viewer now" in (await chat.answers(EDITOR, 1))[0]["text"]
        assert server.texts(STRANGER) == ["This bot works for its own team only."]
        assert "cannot be undone" in await said(chat, ADMIN, codes[1], "Undo")
        given = await chat.house.db.read(chats.roles)
        assert (str(DESK), str(STRANGER)) not in given and given[str(DESK), str(EDITOR)] == "viewer"


async def test_resume_and_retry_are_undone_as_far_as_nothing_has_left(server: StrictBotApi, tmp_path: Path) -> None:
    world(server)
    async with listening(server, tmp_path) as chat:
        await enrolled(chat)
        now = chat.house.clock.now
        draft = outbox.Draft(
            "ops", "notice", "one", 1, "normal", now, text="A notice.", state="failed", reason="too long"
        )
        await chat.house.db.write(lambda conn: outbox.put(conn, [draft], now))
        await chat.write(ADMIN, "/pause", DESK)
        await chat.write(ADMIN, "/retry all", DESK)
        retried = (await chat.answers(DESK, 3))[2]
        assert "On their way once more: 1" in retried["text"]
        await press(chat, ADMIN, retried, "Undo")
        assert "Undone: retry everything" in (await chat.answers(DESK, 4))[3]["text"]
        (entry,) = await chat.house.db.read(lambda conn: outbox.entries(conn, state="failed"))
        assert entry.reason == "too long"
        await chat.write(ADMIN, "/resume", DESK)
        resumed = (await chat.answers(DESK, 5))[4]
        await press(chat, ADMIN, resumed, "Undo")
        assert "Undone: resume" in (await chat.answers(DESK, 6))[5]["text"]
        await chat.write(ADMIN, "/pause", DESK)
        assert "held already" in (await chat.answers(DESK, 7))[6]["text"]


async def test_undoing_the_language_of_a_chat_gives_its_menu_back_at_once(server: StrictBotApi, tmp_path: Path) -> None:
    world(server)

    def menu() -> list[str]:
        (bot,) = server.seen("state")["bots"]
        found = [listed for where, listed in bot["commands"].items() if str(DESK) in where]
        return [command["description"] for command in found[0]] if found else []

    async with listening(server, tmp_path) as chat:
        await enrolled(chat)
        await chat.write(ADMIN, "/language fa", DESK)
        chosen = (await chat.answers(DESK, 2))[1]
        await eventually(lambda: "زبان این گفتگو" in menu())
        await press(chat, ADMIN, chosen, "برگرداندن")
        await eventually(lambda: "The language of this chat" in menu())
