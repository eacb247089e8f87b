"""People at their worst, and Telegram on a bad day: whatever they do, each is answered, nothing is done twice, nothing is lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts.bot import watches
from alerts.config import load_watchlists
from alerts.shown import units
from scraper import store
from tests.chat import ADMIN, DESK, EDITOR, Chat, enrolled, listening, press, world
from tests.stored import store_statements
from tests.street import eventually
from tests.strict_botapi import StrictBotApi, strict_botapi

pytestmark = pytest.mark.shared

GROUP, SUPER, FORUM, TOPIC = -4001, -1001000004001, -1001000005001, 7
NASTY = (
    "a" * 4_000, "🇮🇶" * 900, "قيس 🔥 الخزعلي \u202eevil\u2066 👩‍👩‍👧‍👦", "(((" * 300, "9999w", "99:99-25:61", "{x} {0} %s", "² viewer",
    "x = y", '"', "*", "#ZZZZ-99", "source:nowhere",
)  # fmt: skip
SAYING = ("latest", "search", "why", "mute", "unmute", "quiet", "digest", "brief", "watch", "unwatch", "alias", "probe", "role",
          "retry", "enroll", "language", "nonsense")  # fmt: skip


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@pytest.fixture
def api(server: StrictBotApi) -> StrictBotApi:
    world(server)
    return server


async def order(api: StrictBotApi, verb: str, **body: Any) -> Any:
    return await asyncio.to_thread(api.order, verb, **body)


async def asked(chat: Chat, words: str, person: int = ADMIN, where: int = DESK) -> dict[str, Any]:
    before = len(chat.api.seen("deliveries", chat_id=where))
    await chat.write(person, words, where)
    return dict((await chat.answers(where, before + 1))[before])


async def stands(chat: Chat, message: dict[str, Any], words: str) -> dict[str, Any]:
    """The message as it stands once it says `words`."""

    def now() -> dict[str, Any]:
        found = chat.api.seen("messages", chat_id=DESK)
        return next((one for one in found if one["message_id"] == message["message_id"]), {})

    await eventually(lambda: words in str(now().get("text")))
    return now()


def own(chat: Chat) -> list[str]:
    """What the group watches for itself."""
    config = chat.house.service.configuration
    ids = [*(one.id for one in config.actors), *(one.id for one in config.keywords)]
    return [one.rpartition("/")[2] for one in ids if one.startswith("chat:")]


@pytest.mark.parametrize("words", NASTY, ids=range(len(NASTY)))
async def test_every_command_answers_whatever_stands_behind_it(api: StrictBotApi, tmp_path: Path, words: str) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        for command in SAYING:
            answer = await asked(chat, f"/{command} {words}")
            text = answer.get("text") or answer.get("caption") or ""
            assert units(text) <= 4_096
            assert "failed inside" not in text, (command, text)
        refused = [call for call in api.seen("calls") if call.get("status") == 400]
    assert not refused, refused[:1]


async def test_two_who_watch_the_same_name_at_once_have_it_once(api: StrictBotApi, tmp_path: Path) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        await asked(chat, f"/role {EDITOR} editor")
        for words in ("/watch Muqtada al-Sadr", "/watch harbour AND strike"):
            before = len(own(chat))
            first = await asked(chat, words)
            second = await asked(chat, words, EDITOR)
            await asyncio.gather(press(chat, ADMIN, first, "Save"), press(chat, EDITOR, second, "Save"))
            await eventually(lambda: len(own(chat)) > before)  # noqa: B023 - awaited within this turn
            await chat.heard()
            said = [
                one["text"] for one in api.seen("messages", chat_id=DESK)
                if one["message_id"] in (first["message_id"], second["message_id"])
            ]  # fmt: skip
            assert len(own(chat)) == before + 1, own(chat)
            assert sorted("is watched here already" in one for one in said) == [False, True]


async def test_an_answer_to_a_topic_that_is_gone_goes_to_the_chat_itself(api: StrictBotApi, tmp_path: Path) -> None:
    people = {str(ADMIN): "creator"}
    await order(
        api, "chats", id=FORUM, type="supergroup", title="F", bot_status="member", members=people, is_forum=True
    )
    await order(api, "topics", chat_id=FORUM, message_thread_id=TOPIC, name="Watch")
    async with listening(api, tmp_path) as chat:
        await chat.write(ADMIN, "/enroll", FORUM, message_thread_id=TOPIC)
        await chat.answers(FORUM, 1)
        await order(api, "faults", kind="error", code=400, description="Bad Request: message thread not found", count=1,
                    methods=["sendMessage"])  # fmt: skip
        await chat.write(ADMIN, "/status", FORUM, message_thread_id=TOPIC)
        answer = (await chat.answers(FORUM, 2))[1]
    assert answer["text"].startswith("How things are") and not answer.get("message_thread_id")


async def test_an_answer_to_a_group_that_became_a_supergroup_meanwhile_is_given_there(
    api: StrictBotApi, tmp_path: Path
) -> None:
    await order(api, "chats", id=GROUP, type="group", title="G", bot_status="member", members={str(ADMIN): "creator"})
    async with listening(api, tmp_path) as chat:
        await chat.write(ADMIN, "/enroll", GROUP)
        await chat.answers(GROUP, 1)
        await order(api, "pause", mode="hold")
        await chat.write(ADMIN, "/status", GROUP)
        await order(api, "migrate", chat_id=GROUP, new_chat_id=SUPER)
        await order(api, "resume")
        answer = (await chat.answers(SUPER, 1))[0]
    assert answer["text"].startswith("How things are")


async def test_what_cannot_stand_in_the_place_of_its_message_is_said_anew_and_saved_once(
    api: StrictBotApi, tmp_path: Path
) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        preview = await asked(chat, "/watch Muqtada al-Sadr")
        await order(api, "faults", kind="error", code=400, description="Bad Request: message to edit not found", count=1,
                    methods=["editMessageText"])  # fmt: skip
        await press(chat, ADMIN, preview, "Save")
        saved = (await chat.answers(DESK, 3))[2]
        await press(chat, ADMIN, saved, "Undo")
        assert "Undone" in (await chat.answers(DESK, 4))[3]["text"]
        await eventually(lambda: own(chat) == [])


async def test_a_press_that_cannot_be_nodded_to_is_done_and_answered_all_the_same(
    api: StrictBotApi, tmp_path: Path
) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        preview = await asked(chat, "/watch Muqtada al-Sadr")
        await order(
            api, "faults", kind="error", code=502, description="Bad Gateway", count=1, methods=["answerCallbackQuery"]
        )
        await press(chat, ADMIN, preview, "Save")
        await stands(chat, preview, "is watched here from now on")
        assert own(chat) == ["muqtada-al-sadr"]


async def test_a_group_that_is_told_to_wait_gets_its_answer_when_the_wait_is_over(
    api: StrictBotApi, tmp_path: Path
) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        await order(api, "faults", kind="flood", seconds=6, count=1, methods=["sendMessage"])
        assert (await asked(chat, "/status"))["text"].startswith("How things are")


async def test_twenty_commands_of_one_person_in_a_moment_are_all_answered_in_their_order(
    api: StrictBotApi, tmp_path: Path
) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        for number in range(20):
            await chat.write(ADMIN, f"/latest nobody{number:02}", DESK)
        answers = (await chat.answers(DESK, 21))[1:]
    assert [one["text"].partition("nobody")[2][:2] for one in answers] == [f"{number:02}" for number in range(20)]


async def test_who_writes_more_than_can_be_answered_is_told_how_much_was_left_out(
    api: StrictBotApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.bot.polling._QUEUE", 3)
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        await order(api, "pause", mode="hold")
        for number in range(9):
            await chat.write(ADMIN, f"/latest nobody{number}", DESK)
        await order(api, "resume")
        told = re.compile(r"That was more than I can answer at once\. Left out of what was written to me here: (\d+)\.")

        def left_out() -> int:
            return sum(int(found[1]) for text in api.texts(DESK) if (found := told.match(text)))

        await eventually(lambda: left_out() + sum("nobody" in text for text in api.texts(DESK)) == 9)
        assert left_out() > 0
        assert (await asked(chat, "/status"))["text"].startswith("How things are")


async def test_what_a_chat_exports_is_a_watchlist_that_says_the_same(api: StrictBotApi, tmp_path: Path) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        for words in (
            "/watch Abu Mahdi 🔥 المهندس",
            "/watch مقتدى الصدر",
            '/watch drone* NEAR/3 "air base"',
            "/watch 漢字",
        ):
            preview = await asked(chat, words)
            await press(chat, ADMIN, preview, "Save")
            await stands(chat, preview, "is watched here from now on")
        await asked(chat, "/export")
        mine = chat.house.db.read_now(lambda conn: watches.of_chat(conn, str(DESK)))
        config = chat.house.service.configuration
    from alerts.bot.listing import toml

    file = tmp_path / "watchlist.toml"
    file.write_text(toml(mine), encoding="utf-8")
    actors, keywords = load_watchlists(file)
    there = {one.name for one in config.actors if one.id.startswith("chat:")}
    assert {one.name for one in actors} == there and len(actors) + len(keywords) == 4


async def test_a_button_works_after_a_restart_and_a_press_that_comes_again_does_nothing(
    api: StrictBotApi, tmp_path: Path
) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        preview = await asked(chat, "/watch Muqtada al-Sadr")
    async with listening(api, tmp_path) as chat:
        await asyncio.gather(*(press(chat, ADMIN, preview, "Save") for _ in range(3)))
        saved = await stands(chat, preview, "is watched here from now on")
        await chat.heard()
        assert own(chat) == ["muqtada-al-sadr"]
        undo = saved["reply_markup"]["inline_keyboard"][0][0]["text"]
        await asyncio.gather(*(press(chat, ADMIN, saved, undo) for _ in range(3)))
        await eventually(lambda: own(chat) == [])
        await chat.heard()
        assert sum(text.startswith("Undone") for text in api.texts(DESK)) == 1


async def test_a_group_that_lets_the_bot_in_again_has_its_watchlist_once_it_is_enrolled_again(
    api: StrictBotApi, tmp_path: Path
) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        preview = await asked(chat, "/watch Muqtada al-Sadr")
        await press(chat, ADMIN, preview, "Save")
        await stands(chat, preview, "is watched here from now on")
        await order(api, "membership", chat_id=DESK, status="kicked")
        await eventually(lambda: own(chat) == [])
        await order(api, "membership", chat_id=DESK, status="member")
        assert "This chat is enrolled" in (await asked(chat, "/enroll"))["text"]
        await eventually(lambda: own(chat) == ["muqtada-al-sadr"])
        store_statements(chat.house.db, "agency", [("Muqtada al-Sadr speaks again", "")], chat.house.clock.now)
        await eventually(lambda: not chat.house.db.read_now(lambda conn: store.waiting(conn, 1)))
        await eventually(lambda: any("speaks again" in text for text in api.texts(DESK)))


async def test_a_role_of_the_configuration_is_not_said_to_be_taken_away(api: StrictBotApi, tmp_path: Path) -> None:
    async with listening(api, tmp_path) as chat:
        await enrolled(chat)
        for wanted in ("none", "viewer"):
            said = (await asked(chat, f"/role {ADMIN} {wanted}"))["text"]
            assert said == "Anna is admin by the configuration; only the operator changes that."
