"""Rules of a chat that name the chat's own actors, end to end: written, tried, rung, explained, edited, exported; and what becomes
of them when the actor is watched no more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alerts.bot import watches
from alerts.bot.chats import Chat as BotChat
from alerts.bot.chats import ChatBook
from alerts.bot.listing import toml
from alerts.bot.naming import by_id, lacking, resting
from alerts.bot.overlay import overlaid
from alerts.bot.watches import Watch
from alerts.config import load_watchlists
from alerts.model import Actor, Keywords
from alerts.settings import BotSettings
from alerts.watch.match import compile_watchlist
from scraper.secret import Secret
from tests.chat import ADMIN, DESK, Chat, baseline, enrolled, listening, press, world
from tests.fake_botapi import TOKEN
from tests.fake_site import FakeSite
from tests.street import configuration, eventually, local
from tests.strict_botapi import StrictBotApi, strict_botapi

OLD = [("o1", "Muqtada al-Sadr names a drone base in an old statement")]
NEWS = ("n1", "Muqtada al-Sadr says a drone fell on the base")
ELSEWHERE = ("n2", "A drone show in the park")
NOW = datetime(2026, 6, 20, tzinfo=UTC)
SADR = Watch(1, "-1", "actor", "sadr", {"type": "person", "name": "Muqtada al-Sadr"}, "1", NOW)
RULE = Watch(2, "-1", "rule", "drones", {"query": "@sadr NEAR/5 drone"}, "1", NOW)


# ------------------------------------------------------------------------------------------ in the chat


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@asynccontextmanager
async def desk(server: StrictBotApi, folder: Path) -> AsyncIterator[tuple[Chat, FakeSite]]:
    """An enrolled group that watches Muqtada al-Sadr, and a source with one old statement."""
    world(server)
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed(OLD)
        async with listening(server, folder, sources=(local("agency", f"{site.origin}/feed"),)) as chat:
            await enrolled(chat)
            await baseline(chat)
            preview = await asked(chat, "/watch Muqtada al-Sadr")
            await press(chat, ADMIN, preview, "Save")
            await saved(chat, preview)
            yield chat, site


async def asked(chat: Chat, words: str, **extra: Any) -> dict[str, Any]:
    before = len(chat.api.seen("deliveries", chat_id=DESK))
    await chat.write(ADMIN, words, DESK, **extra)
    return bare((await chat.answers(DESK, before + 1))[before])


def bare(message: dict[str, Any]) -> dict[str, Any]:
    """Without what keeps an @ from being a link to somebody."""
    return {**message, "text": str(message.get("text", "")).replace("\u2060", "")}


async def saved(chat: Chat, message: dict[str, Any]) -> dict[str, Any]:
    """The message as it stands once what it previewed is watched."""

    def now() -> dict[str, Any]:
        found = chat.api.seen("messages", chat_id=DESK)
        return next((one for one in found if one["message_id"] == message["message_id"]), {})

    await eventually(lambda: "is watched here from now on" in str(now().get("text")))
    return bare(now())


async def rule_of(chat: Chat, words: str) -> dict[str, Any]:
    preview = await asked(chat, f"/watch {words}")
    assert "would have rung for 1 of 1" in preview["text"], preview["text"]
    await press(chat, ADMIN, preview, "Save")
    return await saved(chat, preview)


@pytest.mark.shared
@pytest.mark.parametrize(
    "words", ["@muqtada-al-sadr NEAR/5 drone", '@"Muqtada al-Sadr" NEAR/5 drone', "@«مقتدى الصدر» NEAR/5 drone"]
)
async def test_a_rule_names_the_chats_own_actor_and_says_so_everywhere(
    server: StrictBotApi, tmp_path: Path, words: str
) -> None:
    async with desk(server, tmp_path) as (chat, site):
        await rule_of(chat, words)
        assert "muqtada-sadr-drone: @muqtada-al-sadr NEAR/5 drone" in (await asked(chat, "/rules"))["text"]
        site.pages["/feed"] = site.feed([ELSEWHERE, NEWS, *OLD])
        chat.house.clock.advance(hours=1)
        count = len(server.seen("deliveries", chat_id=DESK))
        rang = (await chat.answers(DESK, count + 1))[count]
        assert "a drone fell" in rang["text"]
        why = await asked(chat, "/why", reply_to=rang["message_id"])
        await asked(chat, "/alias muqtada-al-sadr = The Sadrist leader")
        assert "muqtada-sadr-drone" in why["text"] and "@muqtada-al-sadr NEAR/5 drone" in why["text"]
        assert not [text for text in server.texts(DESK) if "chat:" in text or "park" in text]


@pytest.mark.shared
async def test_a_rule_rests_while_its_actor_is_not_watched_says_so_and_wakes(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as (chat, _):
        await rule_of(chat, "@muqtada-al-sadr NEAR/5 drone")
        ended = await asked(chat, "/unwatch Muqtada al-Sadr")
        assert "Rules that name @muqtada-al-sadr ring no more until" in ended["text"]
        assert "muqtada-sadr-drone" in ended["text"]
        rules = (await asked(chat, "/rules"))["text"]
        assert "rests: nobody here is called @muqtada-al-sadr" in rules
        assert [one.id for one in chat.house.service.configuration.keywords] == ["threats"]
        mine = await chat.house.db.read(lambda conn: watches.of_chat(conn, str(DESK)))
        assert toml(mine).startswith("# nobody is called @muqtada-al-sadr, so this rule rests:\n# [keywords.")
        await press(chat, ADMIN, ended, "Undo")
        await eventually(lambda: len(chat.house.service.configuration.keywords) == 2)
        assert "rests" not in (await asked(chat, "/rules"))["text"]


@pytest.mark.shared
async def test_undoing_what_a_rule_names_tells_that_it_rests(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as (chat, _):
        made = next(one for one in server.seen("messages", chat_id=DESK) if "from now on" in str(one.get("text")))
        await rule_of(chat, "@muqtada-al-sadr NEAR/5 drone")
        await press(chat, ADMIN, made, "Undo")
        await eventually(lambda: any("Rules that name @" in text for text in server.texts(DESK)))


@pytest.mark.shared
async def test_somebody_whom_nobody_knows_is_named_with_what_to_write_instead(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as (chat, _):
        for words in ("@kim NEAR/5 drone", '@"Kim" NEAR/5 drone'):
            answer = (await asked(chat, f"/watch {words}"))["text"].lower()
            assert answer.startswith("nobody who is watched here is called @kim. /actors"), answer
        assert "@muqtada-al-sadr" in (await asked(chat, "/actors"))["text"]
        assert "is watched here already" in (await asked(chat, "/watch @muqtada-al-sadr"))["text"]


@pytest.mark.shared
async def test_a_rule_takes_no_actors_place_though_both_would_be_called_alike(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as (chat, _):
        preview = await asked(chat, "/watch muqtada sadr*")
        await press(chat, ADMIN, preview, "Save")
        await saved(chat, preview)
        preview = await asked(chat, "/watch muqtada OR sadr*")
        await press(chat, ADMIN, preview, "Save")
        await saved(chat, preview)
        mine = await chat.house.db.read(lambda conn: watches.of_chat(conn, str(DESK)))
        assert [(one.kind, one.slug) for one in mine] == [
            ("actor", "muqtada-al-sadr"),
            ("rule", "muqtada-sadr"),
            ("rule", "muqtada-sadr-2"),
        ]


# ------------------------------------------------------------------------------------------ by itself


def test_a_rule_of_a_chat_means_its_own_actor_and_no_other_chats(tmp_path: Path) -> None:
    actors = [Actor("chat:-1/sadr", "person", "Muqtada al-Sadr"), Actor("chat:-2/kim", "person", "Kim Jong Un")]
    watch = compile_watchlist(actors, [Keywords("chat:-1/one", query="@sadr NEAR/5 drone")])
    met = [one for one in watch.match("", "Muqtada al-Sadr saw a drone") if one.rule is not None]
    assert [one.pattern for one in met] == ["@sadr NEAR/5 drone"]
    with pytest.raises(ValueError, match="there is no actor “@kim”"):
        compile_watchlist(actors, [Keywords("chat:-1/one", query="@kim NEAR/5 drone")])
    with pytest.raises(ValueError, match="there is no actor “@sadr”"):
        compile_watchlist(actors, [Keywords("one", query="@sadr NEAR/5 drone")])


def test_a_name_in_quotes_becomes_an_id_where_it_stands_for_an_actor_only() -> None:
    actors = [
        Actor("khazali", "person", "Qais al-Khazali", aliases=("قيس الخزعلي",)),
        Actor("chat:-1/x", "group", "X Y"),
    ]
    assert by_id('@"qais AL-Khazali" NEAR/5 drone', actors) == ("@khazali NEAR/5 drone", ())
    assert by_id('said:@“قيس الخزعلي” -@"X Y"', actors) == ("said:@khazali -@x", ())
    assert by_id('"mail @home" OR /a@"b/ OR @"Nobody Here"', actors) == (
        '"mail @home" OR /a@"b/ OR @"Nobody Here"',
        ("Nobody Here",),
    )


def test_what_a_rule_lacks_is_told_by_name() -> None:
    assert lacking("(@sadr OR said:@kim) drone", ["chat:-1/sadr", "chat:-2/kim"], "chat:-1") == ("kim",)
    assert resting([RULE], []) == {"drones": ("sadr",)}
    assert resting([RULE], ["sadr"]) == resting([SADR, RULE], []) == {}


def test_a_rule_whose_actor_left_the_file_is_left_out_and_everything_else_goes_on(tmp_path: Path) -> None:
    bot = BotSettings(token=Secret(TOKEN), api_base="http://127.0.0.1:1", admins=(ADMIN,))
    chat = BotChat("-1", "group", "Desk", "", "", None, NOW, None, "", "")
    filed = Actor("sadr", "person", "Muqtada al-Sadr")
    with_actor = configuration(tmp_path, sources=(), bot=bot, actors=(filed,))
    without = configuration(tmp_path, sources=(), bot=bot, actors=())
    book = ChatBook((chat,), (RULE,))
    assert [one.id for one in overlaid(with_actor, book).keywords if one.query] == ["chat:-1/drones"]
    laid = overlaid(without, book)
    assert not [one for one in laid.keywords if one.id.startswith("chat:")]
    compile_watchlist(laid.actors, laid.keywords)


def test_an_export_with_a_rule_that_names_an_actor_is_taken_by_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "watchlist.toml"
    file.write_text(toml([SADR, RULE]), encoding="utf-8")
    actors, keywords = load_watchlists(file)
    assert actors[0].id == "sadr" and keywords[0].query == "@sadr NEAR/5 drone"
    file.write_text(toml([SADR, Watch(3, "-1", "rule", "gone", {"query": "@gone drone"}, "1", NOW)]), encoding="utf-8")
    assert [one.id for one in load_watchlists(file)[1]] == []
