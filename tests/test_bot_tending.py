"""What editors tend in the chat, end to end: a name with its spellings, a rule, an alias, each saved, in force, undone, exported."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from alerts.config import load_watchlists
from tests.chat import ADMIN, DESK, EDITOR, Chat, baseline, enrolled, listening, press, world
from tests.fake_site import FakeSite
from tests.stored import store_statements
from tests.street import eventually, local
from tests.strict_botapi import StrictBotApi, strict_botapi

pytestmark = pytest.mark.shared

OLD = [("o1", "An old statement about Muqtada al-Sadr in the capital")]
NEWS = ("n1", "مقتدى الصدر يدعو أنصاره إلى الهدوء في بغداد")


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@asynccontextmanager
async def desk(server: StrictBotApi, folder: Path) -> AsyncIterator[tuple[Chat, FakeSite]]:
    """An enrolled group, and a source with one old statement."""
    world(server)
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed(OLD)
        async with listening(server, folder, sources=(local("agency", f"{site.origin}/feed"),)) as chat:
            await enrolled(chat)
            await baseline(chat)
            yield chat, site


async def asked(chat: Chat, words: str) -> dict[str, Any]:
    before = len(chat.api.seen("deliveries", chat_id=DESK))
    await chat.write(ADMIN, words, DESK)
    return dict((await chat.answers(DESK, before + 1))[before])


async def in_place(chat: Chat, message: dict[str, Any], words: str) -> dict[str, Any]:
    """The message as it stands once it says `words`."""

    def now() -> dict[str, Any]:
        found = chat.api.seen("messages", chat_id=DESK)
        return next((one for one in found if one["message_id"] == message["message_id"]), {})

    async with asyncio.timeout(30):
        while words not in str(now().get("text")):  # noqa: ASYNC110 - the server is another process
            await asyncio.sleep(0.05)
    return now()


async def test_a_name_is_seen_in_its_spellings_saved_and_rings_in_this_chat_only(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as (chat, site):
        preview = await asked(chat, "/watch Muqtada al-Sadr")
        assert "Arabic: " in preview["text"] and "مقتدى الصدر" in preview["text"]
        assert "would have rung for 1 of 1 statements" in preview["text"]
        await press(chat, EDITOR, preview, "Save")
        await press(chat, ADMIN, preview, "Save")
        await in_place(chat, preview, "is watched here from now on")
        site.pages["/feed"] = site.feed([NEWS, *OLD])
        chat.house.clock.advance(hours=1)
        count = len(server.seen("deliveries", chat_id=DESK))
        rang = (await chat.answers(DESK, count + 1))[count]
        assert "this chat's watchlist" in rang["text"] and "مقتدى الصدر" in rang["text"]
        assert server.texts(ADMIN) == []


async def test_what_was_saved_is_exported_undone_and_gone(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as (chat, _):
        preview = await asked(chat, "/watch Muqtada al-Sadr")
        await press(chat, ADMIN, preview, "Save")
        saved = await in_place(chat, preview, "is watched here from now on")
        assert "Muqtada al-Sadr" in (await asked(chat, "/actors"))["text"]
        await asked(chat, "/export")
        await press(chat, ADMIN, saved, "Undo")
        await eventually(
            lambda: not [one for one in chat.house.service.configuration.actors if one.id.startswith("chat:")]
        )
        await eventually(lambda: any(text.startswith("Undone") for text in chat.api.texts(DESK)))
        changes = await asked(chat, "/changes")
    assert "Anna: watch muqtada-al-sadr" in changes["text"] and "(undone)" in changes["text"]


async def test_a_rule_is_tried_on_the_store_before_it_is_saved(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as (chat, _):
        preview = await asked(chat, "/watch statement AND capital -film")
        assert "would have rung for 1 of 1" in preview["text"]
        await press(chat, ADMIN, preview, "Save")
        await in_place(chat, preview, "is watched here from now on")
        assert "statement AND capital -film" in (await asked(chat, "/rules"))["text"]
        wrong = await asked(chat, "/watch statement AND (capital")
    assert wrong["text"].startswith("That is neither a name nor a rule")


async def test_a_spelling_is_pruned_in_the_preview_and_stays_out(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as (chat, _):
        preview = await asked(chat, "/watch Muqtada al-Sadr")
        labels = [key["text"] for row in preview["reply_markup"]["inline_keyboard"] for key in row]
        kept = next((label for label in labels if label.startswith("✗ ")), None)
        added = next((label for label in labels if label.startswith("✓ ")), None)
        label = kept or added
        assert label is not None
        await press(chat, ADMIN, preview, label)
        other = ("✓ " if kept else "✗ ") + label[2:]

        def turned() -> bool:
            found = chat.api.seen("messages", chat_id=DESK)
            now = next(one for one in found if one["message_id"] == preview["message_id"])
            return other in str(now.get("reply_markup"))

        await eventually(turned)


async def test_an_alias_is_added_to_an_own_actor_and_refused_for_one_of_the_file(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as (chat, _):
        refused = await asked(chat, "/alias khazali = Kays el-Hazali")
        preview = await asked(chat, "/watch Muqtada al-Sadr")
        await press(chat, ADMIN, preview, "Save")
        await in_place(chat, preview, "is watched here from now on")
        more = await asked(chat, "/alias muqtada-al-sadr = The Sadrist leader")
        await press(chat, ADMIN, more, "Save")
        await in_place(chat, more, "is watched here from now on")
        (actor,) = [one for one in chat.house.service.configuration.actors if one.id.startswith("chat:")]
    assert "stands in the configuration" in refused["text"]
    assert "The Sadrist leader" in actor.aliases


async def test_where_the_time_of_a_preview_is_over_it_says_at_least_and_offers_to_save_all_the_same(
    server: StrictBotApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.bot.tending._PATIENCE", 0.0)
    async with desk(server, tmp_path) as (chat, _):
        said = [(f"Muqtada al-Sadr speaks of the matter number {number}", "") for number in range(200)]
        store_statements(chat.house.db, "archive", said, chat.house.clock.now)
        for words in ("/watch Muqtada al-Sadr", "/watch matter AND speaks"):
            preview = await asked(chat, words)
            assert "at least 10: so many of the newest 10 statements" in preview["text"], preview["text"]
            assert "Save" in str(preview["reply_markup"])


def test_an_exported_watchlist_is_one_that_the_configuration_takes(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from alerts.bot.listing import toml
    from alerts.bot.watches import Watch

    now = datetime(2026, 6, 20, tzinfo=UTC)
    mine = [
        Watch(
            1, "-1", "actor", "sadr", {"type": "person", "name": 'Muqtada "al" Sadr', "aliases": ["مقتدى"]}, "1", now
        ),
        Watch(2, "-1", "rule", "drones", {"query": 'drone* NEAR/3 "air base"'}, "1", now),
    ]
    file = tmp_path / "watchlist.toml"
    file.write_text(toml(mine), encoding="utf-8")
    actors, keywords = load_watchlists(file)
    assert actors[0].aliases == ("مقتدى",) and keywords[0].query == 'drone* NEAR/3 "air base"'
