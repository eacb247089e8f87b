"""/latest, /search and /brief: one line a story with who else has it and what became of it, page by page, nothing cut."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from alerts.bot import watches
from alerts.bot.reviewing import FULL
from alerts.settings import ChannelSettings
from alerts.shown import FSI, PDI, units
from scraper import store
from scraper.schema import statement
from tests.chat import ADMIN, DESK, Chat, enrolled, listening, press, world
from tests.stored import store_statements
from tests.street import eventually
from tests.strict_botapi import StrictBotApi, strict_botapi
from tests.test_stories import BACKGROUND, INTRODUCTION, SAID, TITLE

pytestmark = pytest.mark.shared

OTHERS = (
    "opens a hospital", "speaks of the water of the marshes", "meets farmers", "praises a football team", "visits a harbour",
    "buries a commander", "thanks the judges", "answers a letter", "rides a train", "plants a tree", "reads a poem",
    "signs a treaty", "mends a bridge", "feeds the poor", "counts the votes", "leaves for Basra", "paints a wall",
    "calls the doctors", "sells a house", "walks to Karbala",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@asynccontextmanager
async def desk(server: StrictBotApi, folder: Path) -> AsyncIterator[Chat]:
    """An enrolled group; alerts go to a screen, so that only answers stand in the chat."""
    world(server)
    async with listening(server, folder, channels=(ChannelSettings("screen", "console"),)) as chat:
        await enrolled(chat)
        yield chat


async def judged(chat: Chat) -> None:
    await eventually(lambda: not chat.house.db.read_now(lambda conn: store.waiting(conn, 1)))


async def asked(chat: Chat, words: str) -> dict[str, Any]:
    before = len(chat.api.seen("deliveries", chat_id=DESK))
    await chat.write(ADMIN, words, DESK)
    return dict((await chat.answers(DESK, before + 1))[before])


async def turned(chat: Chat, message: dict[str, Any], label: str) -> dict[str, Any]:
    """The message once its page was turned."""

    def now() -> dict[str, Any]:
        found = chat.api.seen("messages", chat_id=DESK)
        return next(one for one in found if one["message_id"] == message["message_id"])

    before = now()
    await press(chat, ADMIN, before, label)
    async with asyncio.timeout(30):
        while now()["text"] == before["text"]:  # noqa: ASYNC110 - the server is another process
            await asyncio.sleep(0.05)
    return now()


def bare(text: str) -> str:
    return text.replace(FSI, "").replace(PDI, "")


def headlines(text: str) -> list[str]:
    return [found[1] for found in re.finditer(r"(?m)^• (.*?) · ", bare(text))]


async def copies(chat: Chat) -> None:
    """One statement in three sources, four minutes apart each; one of them was edited since, another one is gone."""
    clock = chat.house.clock
    for source, text in (("agency", SAID), ("gazette", SAID + BACKGROUND), ("courier", INTRODUCTION + SAID)):
        (number,) = store_statements(chat.house.db, source, [(TITLE, text)], clock.now)
        await judged(chat)
        values: dict[str, Any] = {}
        if source == "gazette":
            values = {"removed_at": clock.now}
        chat.house.db.write_now(
            lambda conn, one=number, new=values: (
                new and conn.execute(update(statement).where(statement.c.id == one).values(**new))
            )  # type: ignore[misc]
        )
        clock.advance(minutes=4)
    clock.advance(minutes=30)


@pytest.mark.parametrize("words", ["/latest", "/latest khazali", "/brief 12h", "/search khamenei"])
async def test_copies_are_one_line_with_the_first_source_and_who_has_it_since_and_what_became_of_it(
    words: str, server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as chat:
        await copies(chat)
        text = bare((await asked(chat, words))["text"])
    (headline,) = headlines(text)
    assert headline == TITLE
    assert re.search(r"(?m)^• .* · agency · ", text), text
    assert "+2 outlets: gazette +4 min, courier +8 min" in text
    assert "🗑 removed: gazette" in text and "✏️" not in text
    assert "reply_markup" not in text


async def test_a_list_that_is_long_is_turned_page_by_page_and_every_story_stands_on_one_of_them(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as chat:
        clock = chat.house.clock
        store_statements(chat.house.db, "agency", [(f"Qais al-Khazali {what}", "") for what in OTHERS], clock.now)
        await judged(chat)
        clock.advance(minutes=1)
        for words in ("/latest", "/brief 12h", "/search khazali"):
            first = await asked(chat, words)
            clock.advance(seconds=1)
            store_statements(chat.house.db, "agency", [(f"Qais al-Khazali after {words}", "")], clock.now)
            await judged(chat)  # or it would be met between two pages of the next list
            clock.advance(seconds=1)
            second = await turned(chat, first, "More")
            third = await turned(chat, second, "More")
            pages = [headlines(one["text"]) for one in (first, second, third)]
            seen = [one for page in pages for one in page if "after" not in one]
            assert sorted(seen) == sorted(f"Qais al-Khazali {what}" for what in OTHERS), words
            assert "Back" in str(third["reply_markup"]) and "More" not in str(third["reply_markup"]), words
            again = await turned(chat, third, "Back")
            assert headlines(again["text"]) == pages[1], words


async def test_a_brief_of_many_pages_is_offered_as_a_file_too(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as chat:
        store_statements(
            chat.house.db, "agency", [(f"Qais al-Khazali {what}", "") for what in OTHERS], chat.house.clock.now
        )
        await judged(chat)
        first = await asked(chat, "/brief 12h")
        await press(chat, ADMIN, first, "As a file")
        file = (await chat.answers(DESK, 3))[2]
    assert file["method"].lower() == "senddocument"
    assert "(1 to 8 of 20)" in bare(first["text"])


async def test_pages_of_the_longest_headlines_fit_into_a_message(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as chat:
        said = "Qais al-Khazali said on Friday: “{what} and {what} and also {what}, for everybody, whatever that may cost us, {what}.”"
        long = [(f"قيس الخزعلي {what} 🇮🇶 " + f"{what} (AAH) " * 30, said.format(what=what * 2)) for what in OTHERS]
        store_statements(chat.house.db, "agency" * 12, long, chat.house.clock.now)
        await judged(chat)
        for language in ("ar", "en"):
            await asked(chat, f"/language {language}")
            for words in ("/latest", "/brief 1d", "/search الخزعلي"):
                page = await asked(chat, words)
                assert FULL / 2 < units(page["text"]) <= 4096, words
        refused = [call for call in chat.api.seen("calls") if call.get("status") == 400]
    assert not refused


async def test_what_another_chat_watches_for_itself_is_not_among_the_latest(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as chat:
        now = chat.house.clock.now
        server.order("chats", id=-1001000000099, type="supergroup", title="Other", bot_status="member")
        await chat.write(ADMIN, "/enroll", -1001000000099)
        await chat.answers(-1001000000099, 1)
        secret = {"type": "person", "name": "Muqtada al-Sadr"}
        await chat.house.db.write(
            lambda conn: watches.keep(conn, "-1001000000099", "actor", "sadr", secret, str(ADMIN), now)
        )
        await chat.house.service.take_over_chats()
        store_statements(chat.house.db, "agency", [("Muqtada al-Sadr speaks", ""), ("Qais al-Khazali speaks", "")], now)
        await judged(chat)
        chat.house.clock.advance(minutes=1)
        here = bare((await asked(chat, "/latest"))["text"])
        await chat.write(ADMIN, "/latest", -1001000000099)
        (there,) = [
            bare(one["text"]) for one in await chat.answers(-1001000000099, 3) if one["text"].startswith("The latest")
        ]
    assert headlines(here) == ["Qais al-Khazali speaks"]
    assert sorted(headlines(there)) == ["Muqtada al-Sadr speaks", "Qais al-Khazali speaks"]


async def test_the_edit_of_a_source_stands_with_its_story(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as chat:
        store_statements(chat.house.db, "agency", [("Qais al-Khazali speaks", "")], chat.house.clock.now)
        await judged(chat)
        chat.house.db.write_now(lambda conn: conn.execute(update(statement).values(revision=2)))
        chat.house.clock.advance(minutes=1)
        text = bare((await asked(chat, "/search khazali"))["text"])
    assert "✏️ edited: agency" in text
