"""An actor of a chat that rings only when it speaks, or only when others speak of it: proposed with its cost, accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts import narrowing
from alerts.bot import watches
from alerts.bot.chats import Chat as BotChat
from alerts.bot.chats import ChatBook
from alerts.bot.listing import toml
from alerts.bot.overlay import overlaid
from alerts.bot.watches import Watch
from alerts.model import Actor
from alerts.settings import BotSettings
from scraper.model import Statement
from scraper.secret import Secret
from tests.chat import ADMIN, DESK, baseline, enrolled, listening, press, world
from tests.fake_botapi import TOKEN
from tests.fake_site import FakeSite
from tests.street import configuration, eventually, local
from tests.strict_botapi import StrictBotApi, strict_botapi

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
SADR = Actor("chat:-1/sadr", "person", "Muqtada al-Sadr")
SAID = ("Muqtada al-Sadr condemns the attack", "Muqtada al-Sadr warns of a new war")
OF = (
    "A street is named after Muqtada al-Sadr",
    "Fans of Muqtada al-Sadr fill a stadium",
    "A film about Muqtada al-Sadr",
)


def statements(first: int, titles: tuple[str, ...]) -> list[Statement]:
    return [
        Statement(
            first + place, "agency", f"u:{first + place}", None, title, "", "", None, None, NOW, None, "en", 1, "text",
            baseline=False,
        )
        for place, title in enumerate(titles)
    ]  # fmt: skip


def tried(wrong: tuple[str, ...], right: tuple[str, ...], **more: bool) -> list[tuple[str, int, int]]:
    bad = statements(1, wrong)
    trial = narrowing.Trial(SADR, SADR.name, (), {one.id for one in bad}, {}, **more)
    trial.add([*bad, *statements(10, right)])
    return [(one.change, one.silent, one.lost) for one in trial.options()]


def test_where_only_mentions_were_wrong_speaking_is_proposed_with_its_cost() -> None:
    assert tried(OF, SAID) == [("said", 3, 0)]
    assert tried(OF[:2], (*SAID, OF[2])) == [("said", 2, 1)]


def test_where_only_its_words_were_wrong_being_spoken_of_is_proposed() -> None:
    assert tried(SAID, OF) == [("about", 2, 0)]


def test_a_role_is_not_proposed_where_nothing_would_be_left_or_one_was_chosen_already() -> None:
    assert tried(OF, ()) == []
    assert tried(OF, SAID, roles=False) == []


def test_what_rang_by_other_spellings_counts_into_the_cost() -> None:
    bad = statements(1, OF)
    trial = narrowing.Trial(SADR, SADR.name, (), {one.id for one in bad}, {})
    trial.add([*bad, *statements(10, SAID)])
    trial.add_others(statements(20, OF))
    assert [(one.change, one.silent, one.lost) for one in trial.options()] == [("said", 3, 3)]


def test_a_restricted_actor_has_a_route_of_its_own_and_the_others_theirs(tmp_path: Path) -> None:
    bot = BotSettings(token=Secret(TOKEN), api_base="http://127.0.0.1:1", admins=(ADMIN,))
    chat = BotChat("-1", "group", "Desk", "", "", None, NOW, None, "", "")

    def watch(number: int, slug: str, **more: str) -> Watch:
        return Watch(number, "-1", "actor", slug, {"type": "person", "name": slug, **more}, "1", NOW)

    restricted, free = watch(1, "sadr", only="speaker"), watch(2, "kim")
    config = configuration(tmp_path, sources=(), bot=bot)
    own = [
        one for one in overlaid(config, ChatBook((chat,), (restricted, free))).routes if one.name.startswith("chat:")
    ]
    assert [(one.name, one.actors, one.keywords, one.role) for one in own] == [
        ("chat:-1/watchlist", ("chat:-1/kim",), (), None),
        ("chat:-1/speaker", ("chat:-1/sadr",), (), "speaker"),
    ]
    alone = overlaid(config, ChatBook((chat,), (restricted,))).routes
    assert [one.role for one in alone if one.name.startswith("chat:")] == ["speaker"]
    assert 'only when they speak: a route with actors = ["sadr"] and role = "speaker"' in toml([restricted, free])


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@pytest.mark.shared
async def test_accepted_only_what_the_actor_says_rings_and_another_spelling_changes_nothing_of_that(
    server: StrictBotApi, tmp_path: Path
) -> None:
    world(server)
    definition = {"type": "person", "name": "Muqtada al-Sadr", "aliases": ["The Sadrist leader"]}
    async with FakeSite() as site:
        old = [("o1", "An old statement about nothing at all in the capital")]
        site.pages["/feed"] = site.feed(old)
        source = local("agency", f"{site.origin}/feed")
        async with listening(server, tmp_path, sources=(source,)) as chat:
            await enrolled(chat)
            now = chat.house.clock.now
            await chat.house.db.write(
                lambda conn: watches.keep(conn, str(DESK), "actor", "sadr", definition, str(ADMIN), now)
            )
            await chat.house.service.take_over_chats()
            await baseline(chat)
            items = [(f"n{place}", title) for place, title in enumerate((*SAID, *OF))]
            site.pages["/feed"] = site.feed([*items, *old])
            chat.house.clock.advance(hours=1)
            alerts = (await chat.answers(DESK, 6))[1:]
            for alert in [one for one in alerts if any(title in one["text"] for title in OF)]:
                await press(chat, ADMIN, alert, "Not relevant")
            proposal = (await chat.answers(DESK, 7))[6]
            assert (
                "Let Muqtada al-Sadr ring only where they speak: silent for 3 of these 3, and for 0 of the others"
                in (proposal["text"])
            )
            await press(chat, ADMIN, proposal, "Only when they speak")
            await eventually(
                lambda: [one.role for one in chat.house.service.configuration.routes if "/speaker" in one.name] != []
            )
            more = [("m1", "Muqtada al-Sadr denies the report"), ("m2", "A song about Muqtada al-Sadr is a hit")]
            site.pages["/feed"] = site.feed([*more, *items, *old])
            chat.house.clock.advance(hours=1)
            await eventually(lambda: any("denies the report" in text for text in server.texts(DESK)))
            await chat.write(ADMIN, "/actors", DESK)
            await eventually(lambda: any("only when they speak" in text for text in server.texts(DESK)[7:]))
            await chat.write(ADMIN, "/alias sadr = The Najaf cleric", DESK)
            await eventually(lambda: "Najaf" in server.texts(DESK)[-1])
            preview = server.seen("deliveries", chat_id=DESK)[-1]
            await press(chat, ADMIN, preview, "Save")
            await eventually(lambda: "Najaf" in str(chat.house.service.configuration.actors))
            assert [one.role for one in chat.house.service.configuration.routes if "/speaker" in one.name] == [
                "speaker"
            ]
            assert not [text for text in server.texts(DESK) if "song" in text and "👁" not in text]
