"""The acceptance scenarios of the bot, as a reader would tell them, against the strict Bot API server.

S1 a newcomer · S4 a watchlist made in the chat · S7 edited, then deleted · S8 eight outlets · S9 a burst · S10 an outage.
(S2, S3, S5 and S6 are in test_scenarios_2.py.)
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.config import load
from alerts.hours import Storm
from alerts.model import Actor, Route
from alerts.settings import Configuration, DeliverySettings
from scraper.model import Source
from tests.burst_rounds import burst
from tests.chat import ADMIN, DESK, EDITOR, STRANGER, Chat, baseline, enrolled, listening, press, world
from tests.fake_botapi import TOKEN
from tests.fake_site import FakeSite
from tests.real_run import BAYAN, Program
from tests.street import KHAZALI, Clock, House, configuration, eventually, house, local, phone
from tests.strict_botapi import StrictBotApi, strict_botapi
from tests.test_stories import BACKGROUND, INTRODUCTION, OUTLETS, SAID, TITLE, feed

pytestmark = pytest.mark.shared

OLD = [("o1", "An old statement about Muqtada al-Sadr in the capital")]


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi")) as running:
        yield running


@pytest.fixture
def api(server: StrictBotApi) -> StrictBotApi:
    world(server)
    return server


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        yield running


# ------------------------------------------------------------------------------------------------ S1: a newcomer


async def test_s1_a_newcomer_is_found_by_a_code_has_a_test_alert_and_none_for_what_was_there_before(
    api: StrictBotApi, tmp_path: Path, site: FakeSite
) -> None:
    backlog = [(f"b{n}", f"Qais al-Khazali spoke long ago, part {n}") for n in range(20)]
    site.pages["/feed"] = site.feed(backlog)
    environ = {**os.environ, "BAYAN_TELEGRAM_TOKEN": TOKEN, "NO_COLOR": "1"}
    words = [str(BAYAN), "init", "--dir", str(tmp_path), "--telegram", "--wait", "60", "--api-base", api.url]
    init = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environ)
    assert init.stdout is not None
    told = ""
    async with asyncio.timeout(60):
        while "/start@" not in told:
            told += (await init.stdout.readline()).decode()
    code = re.findall(r"/start (\w{8})", told)[0]
    for person, text in ((STRANGER, "/start"), (STRANGER, "/start WRONGONE"), (ADMIN, f"/start {code}")):
        await asyncio.to_thread(api.order, "message", chat_id=person, user_id=person, text=text)
    out, _ = await asyncio.wait_for(init.communicate(), 60)
    assert init.returncode == 0, out.decode()
    assert api.texts(STRANGER) == []
    assert [text[:31] for text in api.texts(ADMIN)] == ["This is a test alert of bayan: "]
    config = load(tmp_path / "config.toml", environ)
    assert config.bot is not None and config.bot.admins == (ADMIN,)
    assert [(one.id, one.chat) for one in config.channels if one.kind == "telegram"] == [("phone", str(ADMIN))]
    written = (tmp_path / "config.toml").read_text("utf-8")
    source = f'[sources.agency]\nkind = "feed"\nurl = "{site.origin}/feed"\nallow_private = true\nfull_text = false\ninterval = "5s"\n'
    starts, bot = written.index("\n[sources."), written.index("\n[bot]")
    (tmp_path / "config.toml").write_text(f"{written[:starts]}\n{source}{written[bot:]}", "utf-8")
    program = Program(tmp_path / "config.toml", "--data-dir", str(tmp_path / "data"))
    await asyncio.to_thread(program.start)
    try:
        assert await asyncio.to_thread(program.ready, 60) is not None, program.log.read_text("utf-8")[-2_000:]
        await eventually(lambda: site.requests("/feed") >= 2, seconds=60)
        await asyncio.to_thread(api.seen, "wait", count=2, chat_id=ADMIN, timeout=60)
        _, preview = api.seen("deliveries", chat_id=ADMIN)
        assert "agency: 20 stored, 20 of them would have rung" in preview["text"]
        assert [line[2:] for line in preview["text"].split("\n") if line.startswith("•")] == [
            f"\u2068Qais al-Khazali spoke long ago, part {n}\u2069" for n in range(3)
        ]
        assert preview["silent"], "the backlog rings for nobody"
        site.pages["/feed"] = site.feed([("n1", "Qais al-Khazali warns of consequences today"), *backlog])
        await asyncio.to_thread(api.seen, "wait", count=3, chat_id=ADMIN, timeout=60)
        assert "Qais al-Khazali warns of consequences today" in api.texts(ADMIN)[2]
    finally:
        await asyncio.to_thread(program.stop)


def test_s1_init_gives_up_in_the_time_that_it_was_given_and_changes_nothing(api: StrictBotApi, tmp_path: Path) -> None:
    environ = {**os.environ, "BAYAN_TELEGRAM_TOKEN": TOKEN, "NO_COLOR": "1"}
    words = [str(BAYAN), "init", "--dir", str(tmp_path), "--telegram", "--wait", "2", "--api-base", api.url]
    ran = subprocess.run(
        words, env=environ, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False
    )
    assert ran.returncode == 69
    assert "nobody wrote the code within 2 s" in ran.stderr
    assert "[bot]" not in (tmp_path / "config.toml").read_text("utf-8")


# ------------------------------------------------------------------------------- S4: a watchlist made in the chat


@asynccontextmanager
async def desk(api: StrictBotApi, folder: Path, site: FakeSite) -> AsyncIterator[Chat]:
    """An enrolled group with an editor and a viewer, and a source with one old statement."""
    site.pages["/feed"] = site.feed(OLD)
    async with listening(api, folder, sources=(local("agency", f"{site.origin}/feed"),)) as chat:
        await enrolled(chat)
        await chat.write(ADMIN, f"/role {EDITOR} editor", DESK)
        await chat.write(ADMIN, f"/role {STRANGER} viewer", DESK)
        await chat.answers(DESK, 3)
        await baseline(chat)
        yield chat


async def asked(chat: Chat, person: int, words: str) -> dict[str, Any]:
    before = len(chat.api.seen("deliveries", chat_id=DESK))
    await chat.write(person, words, DESK)
    return dict((await chat.answers(DESK, before + 1))[before])


async def test_s4_an_editor_makes_a_watchlist_in_the_chat_a_viewer_may_not_and_the_file_stays_what_it_is(
    api: StrictBotApi, tmp_path: Path, site: FakeSite
) -> None:
    async with desk(api, tmp_path, site) as chat:
        refused = await asked(chat, STRANGER, '/watch "Muqtada al-Sadr"')
        assert "needs the role editor" in refused["text"]
        preview = await asked(chat, EDITOR, '/watch "Muqtada al-Sadr"')
        assert "Latin: " in preview["text"] and "Arabic: " in preview["text"]
        assert "would have rung for 1 of 1 statements" in preview["text"]
        await press(chat, STRANGER, preview, "Save")
        await press(chat, EDITOR, preview, "Save")
        own = f"chat:{DESK}/muqtada-al-sadr"
        config = chat.house.service.configuration
        await eventually(lambda: own in {one.id for one in chat.house.service.configuration.actors})
        assert KHAZALI in config.actors, "what the file says is there beside it"
        files = replace(config, actors=(replace(KHAZALI, priority="low"),), channels=config.channels[:1], routes=())
        chat.house.service._reread = lambda: files
        assert await chat.house.service.reload()
        now = {one.id: one for one in chat.house.service.configuration.actors}
        assert own in now and now["khazali"].priority == "low", "a reload of the file takes nothing from the chat"
        changes = await asked(chat, STRANGER, "/changes")
        assert "Bert: watch muqtada-al-sadr" in changes["text"]
        exported = await asked(chat, EDITOR, "/export")
        assert "Actors and rules of this chat: 1" in exported["text"]
        saved = next(one for one in api.seen("messages", chat_id=DESK) if one["message_id"] == preview["message_id"])
        await press(chat, EDITOR, saved, "Undo")
        await eventually(lambda: own not in {one.id for one in chat.house.service.configuration.actors})


# ------------------------------------------------------------------------------------------ S7: edited, then deleted


def watching(folder: Path, site: FakeSite, api: StrictBotApi, **more: Any) -> Configuration:
    sources: tuple[Source, ...] = tuple(local(outlet, f"{site.origin}/{outlet}") for outlet in OUTLETS)
    return configuration(folder, **{"sources": sources, "channels": (phone("phone", api.url, str(DESK)),), **more})


async def look(bayan: House, *outlets: str) -> None:
    await bayan.service.once(only=outlets, patience=timedelta())
    await bayan.service.once(only=[], patience=timedelta())


async def test_s7_a_statement_that_is_edited_and_then_gone_has_two_replies_and_its_alert_stays_marked(
    api: StrictBotApi, tmp_path: Path, site: FakeSite
) -> None:
    clock = Clock()
    more = [(f"more-{n}", f"Another statement, number {n}", "") for n in range(6)]
    site.pages["/newer"] = f"<html><body><article><p>{BACKGROUND}</p></article></body></html>"
    site.pages["/a"] = f"<html><body><article><h1>{TITLE}</h1><p>{SAID}</p></article></body></html>"
    for n in range(6):
        site.pages[f"/more-{n}"] = f"<html><body><article><p>{BACKGROUND} {n}</p></article></body></html>"

    def page(text: str | None) -> str:
        rows = more if text is None else [("a", TITLE, text), *more]
        rows = [("newer", "Another statement, and a newer one", ""), *rows] if clock.now > Clock().now else rows
        return feed(rows).replace("https://example.org", site.origin)

    site.pages["/outlet1"] = page(None)
    config = watching(tmp_path, site, api, sources=(local("outlet1", f"{site.origin}/outlet1"),))
    async with house(config, clock) as bayan:
        await look(bayan, "outlet1")
        site.pages["/outlet1"] = page(SAID)
        await look(bayan, "outlet1")
        clock.advance(minutes=20)
        site.pages["/outlet1"] = page(f"{SAID} ")
        await look(bayan, "outlet1")
        assert len(api.texts(DESK)) == 1, "what is only cosmetic is silent"
        clock.advance(minutes=20)
        site.pages["/outlet1"] = page(SAID.replace("world leaders", "heads of state"))
        await look(bayan, "outlet1")
        site.pages["/outlet1"], site.pages["/a"] = page(None), 404
        for _ in range(30):
            clock.advance(minutes=30)
            await look(bayan, "outlet1")
    found = [one for one in api.seen("deliveries", chat_id=DESK) if one["method"].lower() == "sendmessage"]
    alert, edit, removal = found
    assert edit["reply_to"] == removal["reply_to"] == alert["message_id"]
    assert "<s>" in edit["html"] and "heads of state" in edit["text"]
    assert len(re.findall("^[0-9a-f]{64}$", edit["text"], re.MULTILINE)) == 2
    assert removal["text"].startswith("🗑 Removed") and "heads of state were called upon" in removal["text"]
    stands = next(one for one in api.seen("messages", chat_id=DESK) if one["message_id"] == alert["message_id"])
    assert TITLE in stands["text"] and "edited since" in stands["text"] and "removed since" in stands["text"]


# --------------------------------------------------------------------------------------------- S8: eight outlets


async def test_s8_eight_outlets_in_forty_minutes_are_one_message_and_only_what_is_new_rings_again(
    api: StrictBotApi, tmp_path: Path, site: FakeSite
) -> None:
    clock = Clock()
    forms = (
        SAID, SAID + BACKGROUND, INTRODUCTION + SAID, SAID.replace("at once", "immediately"), SAID[: SAID.index(" Governments")],
        INTRODUCTION + SAID + BACKGROUND, SAID.replace("“", '"').replace("”", '"'), SAID.upper(),
    )  # fmt: skip
    for outlet in OUTLETS:
        site.pages[f"/{outlet}"] = feed([])
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await bayan.service.once(only=OUTLETS, patience=timedelta())
        for outlet, form in zip(OUTLETS, forms, strict=False):
            site.pages[f"/{outlet}"] = feed([(outlet, TITLE, form)])
            await look(bayan, outlet)
            clock.advance(minutes=5)
        rang = [one for one in api.seen("deliveries", chat_id=DESK) if one["method"].lower() == "sendmessage"]
        (stands,) = api.seen("messages", chat_id=DESK)
        assert len(rang) == 1
        assert "8 sources, first: outlet1" in stands["text"]
        other = "Qais al-Khazali visits a hospital in the south and promises new buildings for its doctors"
        site.pages["/outlet1"] = feed(
            [("other", other, "He promised a new wing, two ambulances and a school for nurses.")]
        )
        await look(bayan, "outlet1")
        fresh = (
            SAID
            + " Qais al-Khazali added: “we shall answer every single attack with ten of our own before the month is over”."
        )
        site.pages["/outlet9"] = feed([("nine", TITLE, fresh)])
        await look(bayan, "outlet9")
    rang = [one for one in api.seen("deliveries", chat_id=DESK) if one["method"].lower() == "sendmessage"]
    assert len(rang) == 3, [one["text"][:200] for one in rang]
    assert other in rang[1]["text"] and "before the month is over" in rang[2]["text"]


def translated(statement: str) -> dict[str, tuple[str, str]]:
    """A statement of the gold of translations: headline and text by language."""
    gold = (Path(__file__).parent / "bench" / "translations_gold.jsonl").read_text("utf-8").splitlines()
    rows = (row for row in map(json.loads, gold) if row["statement"] == statement)
    return {row["language"]: (row["title"], row["text"]) for row in rows}


async def test_s8_eight_outlets_in_three_languages_are_one_message_and_what_is_new_or_another_statement_rings(
    api: StrictBotApi, tmp_path: Path, site: FakeSite
) -> None:
    clock = Clock()
    spoken = ("en", "ar", "fa", "ar", "en", "fa", "ar", "en", "ar")
    tongues = dict(zip(OUTLETS, spoken, strict=True))
    sources = tuple(local(one, f"{site.origin}/{one}", language=tongue) for one, tongue in tongues.items())
    said, other = translated("k2"), translated("k4")
    for outlet in OUTLETS:
        site.pages[f"/{outlet}"] = feed([])

    def rang() -> list[dict[str, Any]]:
        return [one for one in api.seen("deliveries", chat_id=DESK) if one["method"].lower() == "sendmessage"]

    async with house(watching(tmp_path, site, api, sources=sources), clock) as bayan:
        await bayan.service.once(only=OUTLETS, patience=timedelta())
        for outlet in OUTLETS[:8]:
            title, text = said[tongues[outlet]]
            site.pages[f"/{outlet}"] = feed([(outlet, title, text)])
            await look(bayan, outlet)
            clock.advance(minutes=5)
        (stands,) = api.seen("messages", chat_id=DESK)
        assert len(rang()) == 1, "one statement, one sound"
        assert "8 sources, first: outlet1" in stands["text"]
        assert "outlet2 +5 min" in stands["text"] and "outlet3 +10 min" in stands["text"]
        site.pages["/outlet2"] = feed([("other", *other["ar"])])
        await look(bayan, "outlet2")
        assert len(rang()) == 2 and other["ar"][0] in rang()[1]["text"], "another statement of that day is not merged"
        title, text = said["ar"]
        more = " وقال الشيخ قيس الخزعلي: «سنرد على كل اعتداء بعشرة أمثاله قبل أن ينتهي هذا الشهر ولن نتراجع»."
        site.pages["/outlet9"] = feed([("nine", title, text + more)])
        await look(bayan, "outlet9")
        assert len(rang()) == 3 and "قبل أن ينتهي هذا الشهر" in rang()[2]["text"], "a new quotation rings"


# --------------------------------------------------------------------------------------------------- S9: a burst


def test_s9_a_burst_is_some_alerts_and_digests_of_all_the_rest_and_commands_are_answered(
    shared: Path, tmp_path: Path
) -> None:
    """A small one; `python -m tests.burst_rounds --minutes 5` is the scenario in full."""
    storm = '[delivery]\nstorm = { more_than = 3, within = "20s" }\n'
    found = burst(shared, tmp_path, minutes=0.25, items=60, sources=12, commands=12, storm=storm)
    assert found.well, found.shown()


# -------------------------------------------------------------------------------------------------- S10: an outage


async def test_s10_after_45_minutes_without_telegram_and_a_restart_all_arrives_once_in_order_and_says_how_late(
    api: StrictBotApi, tmp_path: Path, site: FakeSite
) -> None:
    clock = Clock()
    other = Actor("sadr", "person", "Muqtada al-Sadr", priority="normal")
    routes = (
        Route(name="first", channels=("phone",), actors=("khazali",), priority="urgent"),
        Route(name="all", channels=("phone",)),
    )
    config = watching(
        tmp_path, site, api, actors=(KHAZALI, other), routes=routes, sources=(local("agency", f"{site.origin}/feed"),)
    )
    site.pages["/feed"] = feed([])
    items: list[tuple[str, str, str]] = []
    said = (
        "opens a hospital",
        "speaks of the water of the marshes",
        "meets farmers",
        "praises a football team",
        "visits a harbour",
    )
    async with house(config, clock) as bayan:
        await look(bayan, "agency")
        api.order("faults", kind="error", code=502, description="Bad Gateway", count=10_000)
        for turn in range(5):
            who = "Muqtada al-Sadr" if turn % 2 == 0 else "Qais al-Khazali"
            items.insert(0, (f"i{turn}", f"{who} {said[turn]}", ""))
            site.pages["/feed"] = feed(items)
            await look(bayan, "agency")
            clock.advance(minutes=5)
        assert api.texts(DESK) == []
    async with house(config, clock) as bayan:  # a restart, and Telegram is still away
        await look(bayan, "agency")
        clock.advance(minutes=20)
        await look(bayan, "agency")
        api.well_again()
        clock.advance(minutes=5)
        await look(bayan, "agency")
        await look(bayan, "agency")
    told = api.texts(DESK)
    order = [next(number for number, words in enumerate(said) if words in text) for text in told]
    assert sorted(order) == [0, 1, 2, 3, 4], "none is lost, none comes twice"
    assert order == [1, 3, 0, 2, 4], "urgent ones first, each in the order of time"
    late = [int(found[1]) for text in told if (found := re.search(r"delayed (\d+) min", text))]
    assert late == [45, 35, 50, 40, 30]
    assert [("may have" in text or "may repeat" in text or "⚠️" in text) for text in told].count(True) >= 1


async def test_s10_of_very_many_that_waited_some_leave_by_themselves_and_the_rest_in_one_digest(
    api: StrictBotApi, tmp_path: Path, site: FakeSite
) -> None:
    clock, count = Clock(), 36
    delivery = DeliverySettings(body_wait=timedelta(0), per_chat_rate=10_000, storm=Storm(more_than=8))
    sources = (local("agency", f"{site.origin}/feed"),)
    config = watching(tmp_path, site, api, sources=sources, delivery=delivery)
    site.pages["/feed"] = feed([])
    items: list[tuple[str, str, str]] = []
    async with house(config, clock) as bayan:
        await look(bayan, "agency")
        asked = {"retry_after": 60}
        words = "Too Many Requests: retry after 60"
        api.order("faults", kind="error", code=429, description=words, parameters=asked, count=10_000)
        for turn in range(count):
            items.insert(
                0, (f"i{turn}", f"Qais al-Khazali visits town {turn:02} and its {'ABCDEF'[turn % 6] * 9} quarter", "")
            )
            site.pages["/feed"] = feed(items)
            await look(bayan, "agency")
            clock.advance(seconds=75)
        api.well_again()
        clock.advance(minutes=6)
        for _ in range(3):
            await look(bayan, "agency")
            clock.advance(minutes=1)
    told = api.texts(DESK)
    digests = [text for text in told if "Due while nothing could be sent, so told together" in text]
    assert len(digests) == 1 and len(told) <= 12, told
    everything = "\n".join(told)
    assert all(everything.count(f"visits town {turn:02} ") == 1 for turn in range(count)), (
        "none is lost, none comes twice"
    )
