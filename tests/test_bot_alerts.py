"""What stands under an alert: buttons that act, and what comes of "Not relevant". Real polls, the strict Bot API server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from alerts.bot import watches
from alerts.model import Actor
from alerts.shown import PDI
from tests.chat import ADMIN, DESK, STRANGER, Chat, baseline, enrolled, listening, press, world
from tests.fake_site import FakeSite
from tests.street import eventually, local
from tests.strict_botapi import StrictBotApi, strict_botapi
from tests.test_words import closed, runs_right_to_left

pytestmark = pytest.mark.shared

OLD = [("o1", "An old statement that was there before")]
LEAGUE = {"type": "group", "name": "Asa'ib Ahl al-Haqq", "aliases": ["League Army"]}


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@asynccontextmanager
async def desk(server: StrictBotApi, folder: Path) -> AsyncIterator[tuple[Chat, FakeSite]]:
    """An enrolled group that watches the League by a noisy alias."""
    world(server)
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed(OLD)
        source = local("agency", f"{site.origin}/feed")
        async with listening(
            server, folder, sources=(source,), actors=(Actor("nobody", "person", "Zbigniew Q"),)
        ) as chat:
            await enrolled(chat)
            now = chat.house.clock.now
            await chat.house.db.write(
                lambda conn: watches.keep(conn, str(DESK), "actor", "league", LEAGUE, str(ADMIN), now)
            )
            await chat.house.service.take_over_chats()
            await baseline(chat)
            yield chat, site


async def rings(chat: Chat, site: FakeSite, items: list[tuple[str, str]]) -> list[dict[str, Any]]:
    before = len(chat.api.seen("deliveries", chat_id=DESK))
    site.pages["/feed"] = site.feed([*items, *OLD])
    chat.house.clock.advance(hours=1)
    return (await chat.answers(DESK, before + len(items)))[before:]


def labels(message: dict[str, Any]) -> list[str]:
    return [key["text"] for row in message["reply_markup"]["inline_keyboard"] for key in row]


async def test_an_alert_has_its_buttons_and_each_of_them_acts(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as (chat, site):
        (alert,) = await rings(chat, site, [("n1", "The League Army speaks of the coming days at length")])
        assert labels(alert) == ["Open", "Snapshot", "Mute 1h", "Not relevant", "Why?"]
        await press(chat, STRANGER, alert, "Why?")
        await press(chat, ADMIN, alert, "Why?")
        why = (await chat.answers(DESK, 3))[2]
        assert "League Army" in why["text"] and "this chat's watchlist" in why["text"]
        await press(chat, ADMIN, alert, "Snapshot")
        snapshot = (await chat.answers(DESK, 4))[3]
        assert snapshot["method"].lower() == "senddocument"
        await press(chat, ADMIN, alert, "Mute")
        assert "Silent about this story until" in (await chat.answers(DESK, 5))[4]["text"]
        assert len(server.seen("deliveries", chat_id=DESK)) == 5


async def test_the_third_wrong_alert_names_the_guilty_alias_and_its_cost_and_changes_nothing_by_itself(
    server: StrictBotApi, tmp_path: Path
) -> None:
    noise = [
        ("n1", "League Army of football fans celebrates the first victory of the year"),
        ("n2", "A League Army of cooks prepares the second festival in the old town"),
        ("n3", "Chess: League Army wins the third tournament of the northern season"),
    ]
    true = ("n4", "Asa'ib Ahl al-Haqq, the League Army of Iraq, rejects the draft law")
    async with desk(server, tmp_path) as (chat, site):
        alerts = await rings(chat, site, [true, *noise])
        wrong = [one for one in alerts if "rejects" not in one["text"]]
        for alert in wrong:
            await press(chat, ADMIN, alert, "Not relevant")
        proposal = (await chat.answers(DESK, 6))[5]
        assert "“League Army” was not relevant 3 times here" in proposal["text"]
        assert "silent for 3 of these 3, and for 0 of the others" in proposal["text"]
        (actor,) = [one for one in chat.house.service.configuration.actors if one.id.endswith("/league")]
        assert actor.aliases == ("League Army",)
        await press(chat, ADMIN, proposal, "Only in company")

        def changed() -> bool:
            (now,) = [one for one in chat.house.service.configuration.actors if one.id.endswith("/league")]
            return now.weak_aliases == ("League Army",) and now.aliases == ()

        await eventually(changed)
        await chat.answers(DESK, 7)
        (after,) = await rings(chat, site, [("n5", "Asa'ib Ahl al-Haqq denies the report of last night")])
        assert "denies" in after["text"]


async def test_a_press_of_the_same_button_again_is_noted_once(server: StrictBotApi, tmp_path: Path) -> None:
    async with desk(server, tmp_path) as (chat, site):
        (alert,) = await rings(chat, site, [("n1", "The League Army speaks of the coming days at length")])
        await press(chat, ADMIN, alert, "Not relevant")
        await press(chat, ADMIN, alert, "Not relevant")
        await eventually(lambda: [bool(one) for one in server.seen("answers").values()] == [True, True])
        said = [one[0].get("text") for one in server.seen("answers").values()]
    assert sorted(map(str, said)) == ["Noted.", "You said so already."]


async def test_a_chat_that_chose_arabic_has_alerts_buttons_answers_and_menu_in_it_until_that_is_undone(
    server: StrictBotApi, tmp_path: Path
) -> None:
    async with desk(server, tmp_path) as (chat, site):
        await chat.write(ADMIN, "/language ar", DESK)
        said = (await chat.answers(DESK, 2))[1]
        assert said["text"] == "من الآن أتحدث العربية هنا."
        (alert,) = await rings(chat, site, [("n1", "The League Army speaks of the coming days at length")])
        assert labels(alert) == ["فتح", "النص المحفوظ", "كتم ساعة", "غير ذي صلة", "لماذا؟"]
        lines = alert["text"].split("\n")
        assert lines[0].startswith("\u200f🔴 ") and "Asa'ib Ahl al-Haqq" in lines[0]
        assert lines[1] == "\u200f\u2068The League Army speaks of the coming days at length\u2069"
        assert "🎯 القاعدة \u2068قائمة المراقبة الخاصة بهذه المحادثة\u2069: " in alert["text"]
        assert all(line.startswith("\u200f") for line in lines)
        await press(chat, ADMIN, alert, "لماذا؟")
        assert "بصيغة «" in (await chat.answers(DESK, 4))[3]["text"]
        await chat.write(ADMIN, "\u2068/help\u2069", DESK)
        assert "\n\u200f\u2068/watch\u2069  مراقبة اسم أو قاعدة" in (await chat.answers(DESK, 5))[4]["text"]
        await chat.write(ADMIN, "/help")
        assert "What you can do here" in (await chat.answers(ADMIN, 1))[0]["text"]
        (bot,) = server.seen("state")["bots"]
        (menu,) = [listed for where, listed in bot["commands"].items() if str(DESK) in where]
        assert "لغة هذه المحادثة" in [command["description"] for command in menu]
        await press(chat, ADMIN, said, "تراجع")
        await chat.answers(DESK, 6)
        (after,) = await rings(chat, site, [("n2", "The League Army is silent about the coming days")])
        assert after["text"].startswith("🔴 mentions Asa") and labels(after)[0] == "Open"


@pytest.mark.parametrize("language", ["ar", "fa"])
async def test_every_answer_in_arabic_and_persian_runs_from_right_to_left_with_closed_fences(
    server: StrictBotApi, tmp_path: Path, language: str
) -> None:
    asked = (
        "/help", "/status", "/latest", "/latest league", "/search League", "/search nothing at all", "/why", "/mute", "/mute 2h league",
        "/mutes", "/unmute all", "/quiet", "/quiet 23:00-06:30 mon-fri digest", "/digest", "/digest daily 07:00", "/digest now",
        "/brief 12h",
        "/watch", "/watch Qais al-Khazali", "/watch (broken", "/unwatch nobody", "/actors", "/alias", "/rules", "/sources", "/probe",
        "/export", "/changes", "/language", "/chats", "/role", "/failed", "/retry", "/health", "/nonsense", "/pause", "/resume",
    )  # fmt: skip
    async with desk(server, tmp_path) as (chat, site):
        await chat.write(ADMIN, f"/language {language}", DESK)
        (alert,) = await rings(chat, site, [("n1", "The League Army speaks of the coming days at length")])
        await chat.write(ADMIN, f"/why #{alert['text'].rpartition('#')[2].rstrip(PDI)}", DESK)
        for count, words in enumerate(asked, 5):
            await chat.answers(DESK, count - 1)
            await chat.write(ADMIN, words, DESK)
        answers = (await chat.answers(DESK, len(asked) + 4))[1:]
    for answer in answers:
        for line in (answer.get("text") or answer.get("caption") or "").split("\n"):
            assert not line.strip() or runs_right_to_left(line), line
            assert closed(line), line
