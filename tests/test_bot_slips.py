"""Every command as people really write it: without words, with too many, in other figures, in answer to something, elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bot import chats, watches
from alerts.bot.hushing import apart, read_span
from alerts.bot.incoming import figures
from alerts.bot.reception import COMMANDS
from scraper.db import Connection
from tests.chat import ADMIN, DESK, EDITOR, STRANGER, Chat, baseline, enrolled, listening, press, world
from tests.fake_site import FakeSite
from tests.street import eventually, local
from tests.strict_botapi import StrictBotApi, strict_botapi

LEAGUE = {"type": "group", "name": "Asa'ib Ahl al-Haqq", "aliases": ["League Army"]}
RULE = {"query": '"cease fire" OR truce'}
OLD = [("o1", "An old statement about nothing in the capital")]


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@asynccontextmanager
async def desk(server: StrictBotApi, folder: Path) -> AsyncIterator[tuple[Chat, FakeSite]]:
    """An enrolled group that watches the League and a rule."""
    world(server)
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed(OLD)
        async with listening(server, folder, sources=(local("agency", f"{site.origin}/feed"),)) as chat:
            await enrolled(chat)
            now = chat.house.clock.now

            def keep(conn: Connection) -> None:
                watches.keep(conn, str(DESK), "actor", "league", LEAGUE, str(ADMIN), now)
                watches.keep(conn, str(DESK), "rule", "truce", RULE, str(ADMIN), now)

            await chat.house.db.write(keep)
            await chat.house.service.take_over_chats()
            await baseline(chat)
            yield chat, site


async def asked(chat: Chat, words: str, **extra: Any) -> str:
    return str((await answer(chat, words, **extra))["text"]).replace("\u2060", "")


async def answer(chat: Chat, words: str, **extra: Any) -> dict[str, Any]:
    before = len(chat.api.seen("deliveries", chat_id=DESK))
    await chat.write(ADMIN, words, DESK, **extra)
    return dict((await chat.answers(DESK, before + 1))[before])


@pytest.mark.shared
async def test_every_command_answers_without_words_with_too_many_and_with_the_bots_name(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as (chat, _):
        leave = {"probe", "pause", "resume", "enroll"}  # a look at the net; what holds everything; done already
        leave |= {"test", "export"}  # an alert and a file of their own
        for command in [one.name for one in COMMANDS if one.name not in leave]:
            for words in (f"/{command}", f"/{command}@test_bot", f"/{command} {'one two three ' * 5}٣"):
                said = await asked(chat, words)
                assert said and "“”" not in said and "“?”" not in said, (words, said)
                assert "failed inside" not in said, (words, said)


@pytest.mark.shared
async def test_figures_of_arabic_and_persian_keyboards_are_read(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as (chat, _):
        assert "23:00-06:30" in await asked(chat, "/quiet ٢٣:٠٠-٠٦:٣٠")
        assert "07:00" in await asked(chat, "/digest daily ۰۷:۰۰")
        assert (
            "The last 12 hours" in await asked(chat, "/brief ١٢h") or "In the last 12 hours" in server.texts(DESK)[-1]
        )
        assert "Silent about Asa'ib Ahl al-Haqq until" in await asked(chat, "/mute league ٢ h")
        await chat.house.db.write(lambda conn: chats.seen(conn, str(EDITOR), "Bert", "en", chat.house.clock.now))
        assert "Bert is editor here now" in await asked(chat, "/role ١٢ editor")
        assert "None of these was given up" in await asked(chat, "/retry ٩٩")


@pytest.mark.shared
async def test_a_role_is_given_in_answer_to_somebody(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as (chat, _):
        theirs = server.order("message", chat_id=DESK, user_id=STRANGER, text="hello")
        number = theirs["message_id"] if "message_id" in theirs else theirs["message"]["message_id"]
        assert "is viewer here now" in await asked(chat, "/role viewer", reply_to=number)
        given = await chat.house.db.read(chats.roles)
        assert given[str(DESK), str(STRANGER)] == "viewer"
        ours = server.seen("deliveries", chat_id=DESK)[-1]["message_id"]
        assert "Write /role NUMBER" in await asked(chat, "/role viewer", reply_to=ours)


@pytest.mark.shared
async def test_a_mute_in_answer_to_what_is_no_alert_says_so(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as (chat, _):
        await asked(chat, "/status")
        ours = server.seen("deliveries", chat_id=DESK)[-1]["message_id"]
        for words in ("/mute", "/mute 2h", "/unmute"):
            assert "is no alert that I know" in await asked(chat, words, reply_to=ours)


@pytest.mark.shared
async def test_unwatch_without_words_offers_what_is_watched_and_each_button_ends_one(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as (chat, _):
        offered = await answer(chat, "/unwatch")
        labels = [key["text"] for row in offered["reply_markup"]["inline_keyboard"] for key in row]
        assert labels == ["✗ Asa'ib Ahl al-Haqq", '✗ "cease fire" OR truce']
        await press(chat, ADMIN, offered, "truce")
        await eventually(lambda: any("truce is not watched here any more" in text for text in server.texts(DESK)))
        assert "league is not watched here any more" in await asked(chat, "/unwatch “League Army”")
        assert await asked(chat, "/unwatch") == "This chat watches nothing of its own."
        assert "“somebody”" in await asked(chat, "/unwatch somebody")


@pytest.mark.shared
async def test_unwatch_in_answer_to_an_alert_offers_what_rang_there(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as (chat, site):
        site.pages["/feed"] = site.feed([("n1", "A truce is near, say observers of the long war"), *OLD])
        chat.house.clock.advance(hours=1)
        alert = (await chat.answers(DESK, 2))[1]
        offered = await answer(chat, "/unwatch", reply_to=alert["message_id"])
        labels = [key["text"] for row in offered["reply_markup"]["inline_keyboard"] for key in row]
        assert labels == ['✗ "cease fire" OR truce']


def test_a_span_stands_before_or_behind_what_is_named() -> None:
    assert apart("khazali 2h") == apart("2h khazali") == apart("khazali ٢ h") == ("khazali", timedelta(hours=2))
    assert apart("2 h") == ("", timedelta(hours=2)) and apart("") == ("", None)
    assert apart("brigade 2 of 3") == ("brigade 2 of 3", None)
    assert read_span("0h") is None and read_span("h") is None


@given(st.text())
def test_figures_are_those_of_every_script_and_nothing_else_changes(text: str) -> None:
    read = figures(text)
    assert len(read) == len(text)
    assert all(a == b or (a.isdecimal() and b in "0123456789") for a, b in zip(text, read, strict=True))
    assert figures(read) == read
