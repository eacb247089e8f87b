"""The bot end to end: a whole bayan that listens to the strict Bot API server, and people who write to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.bot.commands import House as Desk
from alerts.bot.line import Line
from alerts.bot.polling import Polling
from alerts.bot.reception import Reception
from alerts.channels.telegram import Client
from scraper.db import open_database
from scraper.secret import Secret
from tests.chat import ADMIN, DESK, EDITOR, STRANGER, enrolled, listening, press, world
from tests.fake_botapi import TOKEN
from tests.street import Clock, eventually
from tests.strict_botapi import StrictBotApi, strict_botapi

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@pytest.fixture
def api(server: StrictBotApi) -> StrictBotApi:
    world(server)
    return server


async def test_an_admin_is_answered_and_sees_what_can_be_done(api: StrictBotApi, tmp_path: Path) -> None:
    async with listening(api, tmp_path) as chat:
        await chat.write(ADMIN, "/start")
        (answer,) = await chat.answers(ADMIN, 1)
    assert answer["text"].startswith("What you can do here as admin:")
    assert "/enroll" in answer["text"] and "/chats" in answer["text"]


async def test_strangers_are_met_with_silence_but_for_one_line_to_a_private_start(
    api: StrictBotApi, tmp_path: Path
) -> None:
    async with listening(api, tmp_path) as chat:
        for text in ("/start", "/start WRONGCODE1", "/help", "/enroll", "/role 66 admin", "/start"):
            await chat.write(STRANGER, text)
        for text in ("/start", "/help", "/enroll", "/enroll admin"):
            await chat.write(STRANGER, text, DESK)
        await chat.heard()
        said = api.texts(STRANGER)
    assert said == ["This bot works for its own team only."]
    assert api.texts(DESK) == []


async def test_a_code_enrols_one_person_once(api: StrictBotApi, tmp_path: Path) -> None:
    async with listening(api, tmp_path) as chat:
        await chat.write(ADMIN, "/enroll editor")
        (answer,) = await chat.answers(ADMIN, 1)
        code = answer["text"].partition("/start ")[2].split()[0]
        await chat.write(EDITOR, f"/start {code}")
        assert "You are editor now" in (await chat.answers(EDITOR, 1))[0]["text"]
        await chat.write(STRANGER, f"/start {code}")
        await chat.write(EDITOR, "/chats")
        assert "needs the role admin" in (await chat.answers(EDITOR, 2))[1]["text"]
        await chat.heard()
    assert api.texts(STRANGER) == ["This bot works for its own team only."]


async def test_a_group_is_enrolled_by_an_admin_inside_it_and_becomes_a_channel(
    api: StrictBotApi, tmp_path: Path
) -> None:
    async with listening(api, tmp_path) as chat:
        await chat.write(ADMIN, "/enroll", DESK)
        assert "This chat is enrolled" in (await chat.answers(DESK, 1))[0]["text"]
        channels = [channel.id for channel in chat.house.service.configuration.channels]
    assert channels == ["ops", f"chat:{DESK}"]


async def test_an_enrolled_chat_is_one_after_a_restart(api: StrictBotApi, tmp_path: Path) -> None:
    async with listening(api, tmp_path) as chat:
        await chat.write(ADMIN, "/enroll", DESK)
        await chat.answers(DESK, 1)
    async with listening(api, tmp_path) as chat:
        channels = [channel.id for channel in chat.house.service.configuration.channels]
    assert channels == ["ops", f"chat:{DESK}"]


async def test_a_mute_says_until_when_and_can_be_undone_with_one_button_once(api: StrictBotApi, tmp_path: Path) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        await chat.write(ADMIN, "/mute khazali 2h", DESK)
        said = (await chat.answers(DESK, 2))[1]
        assert "Silent about Qays al-Khaz'ali until Sat 20 Jun 2026, 14:00 UTC" in said["text"]
        await chat.write(ADMIN, "/mutes", DESK)
        assert "by Anna; held back so far: 0" in (await chat.answers(DESK, 3))[2]["text"]
        await press(chat, STRANGER, said, "Undo")
        await press(chat, ADMIN, said, "Undo")
        assert "Undone" in (await chat.answers(DESK, 4))[3]["text"]
        await chat.write(ADMIN, "/mutes", DESK)
        assert (await chat.answers(DESK, 5))[4]["text"] == "Nothing is silent here."


async def test_quiet_hours_and_digests_of_a_chat_are_in_force_at_once_and_after_a_restart(
    api: StrictBotApi, tmp_path: Path
) -> None:
    channel = f"chat:{DESK}"
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        await chat.write(ADMIN, "/quiet 23:00-06:30 mon-fri send", DESK)
        assert "23:00-06:30 mon tue wed thu fri" in (await chat.answers(DESK, 2))[1]["text"]
        await chat.write(ADMIN, "/digest daily 07:00 18:00", DESK)
        assert "07:00 18:00" in (await chat.answers(DESK, 3))[2]["text"]
        before = chat.house.service.configuration.own_plans
    async with listening(api, tmp_path) as chat:
        after = chat.house.service.configuration.own_plans
    assert before == after
    quiet, digest = after[channel].quiet, after[channel].digest
    assert quiet is not None and quiet.then == "send"
    assert digest is not None and len(digest.at) == 2


@pytest.mark.parametrize("words", ["/quiet tomorrow", "/quiet 25:00-26:00", "/digest sometimes", "/mute nobody 1h"])
async def test_a_command_that_cannot_be_read_says_how_it_is_written(
    api: StrictBotApi, tmp_path: Path, words: str
) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        await chat.write(ADMIN, words, DESK)
        text = (await chat.answers(DESK, 2))[1]["text"]
    assert text.startswith(("Write it like this", "Nothing here is called"))


@pytest.mark.parametrize(
    "extra",
    [
        {"edited": True},
        {"extra": {"forward_origin": {"type": "user", "date": 1, "sender_user": {"id": 5, "is_bot": False, "first_name": "X"}}}},
        {"extra": {"sender_chat": {"id": DESK, "type": "supergroup", "title": "Desk"}}},
        {"extra": {"via_bot": {"id": 9, "is_bot": True, "first_name": "Y"}}},
    ],
)  # fmt: skip
async def test_a_command_that_is_no_persons_own_present_word_changes_nothing(
    api: StrictBotApi, tmp_path: Path, extra: dict[str, Any]
) -> None:
    async with listening(api, tmp_path) as chat:
        await chat.write(ADMIN, "/enroll", DESK, **extra)
        await chat.heard()
        channels = [channel.id for channel in chat.house.service.configuration.channels]
    assert api.texts(DESK) == [] and channels == ["ops"]


async def test_a_group_that_nobody_enrolled_is_left_after_fifteen_minutes(api: StrictBotApi, tmp_path: Path) -> None:
    async with listening(api, tmp_path) as chat:
        await asyncio.to_thread(api.order, "membership", chat_id=DESK, status="left")
        await asyncio.to_thread(api.order, "membership", chat_id=DESK, status="member")
        await chat.heard()
        chat.house.clock.now += timedelta(minutes=16)
        await chat.house.service.keep_house()
        calls = await asyncio.to_thread(api.seen, "calls", method="leaveChat")
    assert len(calls) == 1


def _nothing() -> Any:
    raise AssertionError("nobody asks for this here")


@pytest.mark.parametrize("trouble", ["revoked", "conflict"])
async def test_a_bot_that_hears_nobody_says_so_once_and_hears_again_by_itself(
    api: StrictBotApi, tmp_path: Path, trouble: str
) -> None:
    told: list[str] = []
    stopping = asyncio.Event()
    database = open_database(f"sqlite:///{tmp_path}/bayan.db")
    line = Line(Client(Secret(TOKEN), api.url))
    nowhere = Reception(Desk(db=database, clock=Clock(), config=_nothing, adopt=_nothing), line)
    polling = Polling(
        line, nowhere, database, Clock(), stopping, lambda condition, _: told.append(condition), longest_wait=0.05
    )

    async def introduced(me: str) -> None:
        told.append(me)

    def fault() -> None:
        if trouble == "revoked":
            api.order("token", token=TOKEN, revoked=True)
        else:
            words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            api.order("faults", kind="error", code=409, description=words, count=3, methods=["getUpdates"])

    task = asyncio.create_task(polling.run(introduced))
    try:
        await eventually(lambda: told)
        await asyncio.to_thread(fault)
        await asyncio.to_thread(
            api.order, "message", chat_id=STRANGER, user_id=STRANGER, text="wakes the open question"
        )
        await eventually(lambda: trouble in told)
        if trouble == "revoked":
            await asyncio.to_thread(api.order, "token", token=TOKEN, revoked=False)
        await eventually(lambda: told[-1] == "ok")
    finally:
        stopping.set()
        await asyncio.wait_for(task, 20)
        await line.aclose()
        database.close()
    assert told[1:] == [trouble, "ok"]
