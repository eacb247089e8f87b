"""What people look at in the chat: the state, the latest, search, why, a brief. Real polls, the strict Bot API server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.chat import ADMIN, DESK, Chat, baseline, enrolled, listening, world
from tests.fake_site import FakeSite
from tests.street import local
from tests.strict_botapi import StrictBotApi, strict_botapi

pytestmark = pytest.mark.shared

OLD = [("o1", "An old statement that was there before")]
NEWS = [
    ("n1", "Qais al-Khazali warns: our threats are not idle words"),
    ("n2", "The ministry denies that Qais al-Khazali was there"),
]


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@asynccontextmanager
async def with_news(server: StrictBotApi, folder: Path) -> AsyncIterator[Chat]:
    """A bayan whose source has two new statements, both rung to the admin's own channel."""
    world(server)
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed(OLD)
        async with listening(server, folder, sources=(local("agency", f"{site.origin}/feed"),)) as chat:
            await enrolled(chat)
            await baseline(chat)
            site.pages["/feed"] = site.feed([*NEWS, *OLD])
            chat.house.clock.advance(hours=1)
            await chat.answers(ADMIN, 2)
            yield chat


async def asked(chat: Chat, words: str) -> str:
    before = len(chat.api.seen("deliveries", chat_id=DESK))
    await chat.write(ADMIN, words, DESK)
    return str((await chat.answers(DESK, before + 1))[before]["text"])


async def test_each_look_is_answered_with_what_is_there(server: StrictBotApi, tmp_path: Path) -> None:
    async with with_news(server, tmp_path) as chat:
        status = await asked(chat, "/status")
        latest = await asked(chat, "/latest Qays al-Khaz'ali")
        nobody = await asked(chat, "/latest nobody")
        found = await asked(chat, '/search khazali "not idle"')
        nothing = await asked(chat, "/search elephants")
        brief = await asked(chat, "/brief 12h")
        tag = latest.partition("#")[2].split()[0]
        why = await asked(chat, f"/why {tag}")
        refused = chat.api.seen("calls")
    assert "Sources that are well: 1 of 1" in status
    assert "The ministry denies" in latest and "threats are not idle" in latest
    assert "Nobody and nothing" in nobody
    assert "threats are not idle" in found and "ministry" not in found
    assert nothing.startswith("Nothing stored says so")
    assert brief.startswith("The last 12 hours") and "stories: 2, speaks in 1" in brief
    assert "Qays al-Khaz'ali: “Qais al-Khazali”" in why and "It did not ring in this chat." in why
    assert not [call for call in refused if call.get("status") == 400]


async def test_a_test_message_takes_the_way_of_alerts(server: StrictBotApi, tmp_path: Path) -> None:
    async with with_news(server, tmp_path) as chat:
        await asked(chat, "/test")
        said = await chat.answers(DESK, 3)
    assert "This is a test." in said[2]["text"]
