"""Alerts through the strict Bot API server: taken unchanged whatever they hold, and its refusals and faults understood."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.channels import Channels
from alerts.digest import Line, draw_digest
from alerts.errors import ChannelDown, DeliveryError, MessageRefused, RecipientGone, TryLater
from alerts.followup import draw_edit, draw_removal
from alerts.holds import notice
from alerts.message import draw, draw_notice, plain
from alerts.model import Channel
from alerts.said import in_language
from alerts.settings import ChannelSettings
from alerts.shown import units
from alerts.words import words_of
from scraper.holds import Flood
from scraper.secret import Secret
from tests.alert_values import NOW, model_alert, random_alert
from tests.fake_botapi import TOKEN


async def failure(channel: Channel) -> DeliveryError:
    """The error that sending an alert ends with."""
    with pytest.raises(DeliveryError) as caught:
        await channel.send(draw(model_alert(), now=NOW))
    return caught.value


class Strict:
    """The strict Bot API server, driven through its control calls."""

    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, method: str, verb: str, **body: Any) -> Any:
        request = urllib.request.Request(
            f"{self.url}/_control/{verb}",
            method=method,
            data=json.dumps(body).encode() if body or method == "POST" else None,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["result"]

    def channel(self, name: str, chat: int, **fields: Any) -> ChannelSettings:
        return ChannelSettings(name, "telegram", Secret(TOKEN), str(chat), api_base=self.url, **fields)


@pytest.fixture(scope="module")
def strict_server(shared: Path) -> Iterator[Strict]:
    pytest.importorskip("aiohttp", reason="the strict Bot API server needs aiohttp")
    limits = {"per_second": 0, "chat_rate": 0, "group_per_minute": 0}
    command = [sys.executable, str(shared / "botapi" / "botapi_server.py"), "--port", "0", "--token", TOKEN]
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [*command, "--limits", json.dumps(limits)], stdout=subprocess.PIPE, text=True, env=quiet
    ) as process:
        assert process.stdout is not None
        try:
            yield Strict(process.stdout.readline().rpartition(" ")[2].strip())
        finally:
            process.terminate()


@pytest.fixture
def strict(strict_server: Strict) -> Strict:
    strict_server.control("POST", "reset")
    strict_server.control("POST", "users", id=7, first_name="Reader", started=True)
    return strict_server


@pytest.mark.shared
async def test_the_strict_server_takes_the_model_alert_as_it_was_drawn(strict: Strict) -> None:
    channels = Channels([strict.channel("desk", 7)])
    message = draw(model_alert(may_repeat=True, delayed=timedelta(minutes=43)), now=NOW)
    await channels.reach("desk").send(message)
    await channels.aclose()
    (seen,) = strict.control("GET", "deliveries")
    assert seen["text"] == message.text
    assert seen["link_preview"] == {"is_disabled": True}
    html = seen["html"].split("\n")
    assert html[0] == "🔴 <b>Qais al-Khazali</b>, secretary-general, Asa'ib Ahl al-Haqq"
    assert html[1].startswith(
        '<a href="https://news.example.org/reports/khazali"><b>Iraqi Militia Leader <u>Qais Al-Khazali</u> Con'
    )
    assert (
        html[3] == '🗣 said <tg-time unix="1750417200" format="wD">Fri 20 Jun 2025</tg-time> (date only) ⚠️ 521 days ago'
    )
    assert html[6].startswith("🎯 rule <code>desk-iraq</code>: Qais al-Khazali (2 hits) + “threat*” (3 hits)")
    assert html[7:9] == ["⚠️ may repeat: an earlier try perhaps arrived", "⏱ delayed 43 min"]
    assert html[9].startswith("<blockquote>On June 20, 2025, <u>Qais Al-Khazali</u>, the secretary-general")
    assert html[-1] == f"<code>#{model_alert().tag}</code>"


@pytest.mark.shared
async def test_1000_alerts_on_any_text_are_taken_unchanged_and_nothing_in_them_acts(strict: Strict) -> None:
    rng = random.Random(7)
    channels = Channels([strict.channel("desk", 7)])
    messages = [draw(random_alert(rng), now=NOW, excerpt=rng.choice([0, 100, 600, 4000])) for _ in range(1_000)]
    messages += [plain(message) for message in messages[:50]] + [draw_notice(message.text) for message in messages[:50]]
    for message in messages:
        await channels.reach("desk").send(message)
    await channels.aclose()
    calls = strict.control("GET", "calls")
    assert [call["error"] for call in calls if call["error"]] == []
    seen = strict.control("GET", "deliveries")
    assert [delivery["text"] for delivery in seen] == [message.text for message in messages]
    ours = {"bold", "underline", "code", "blockquote", "expandable_blockquote", "text_link", "date_time"}
    for message, delivery in zip(messages, seen, strict=True):
        body = units(message.text.rpartition("\n")[0])  # without our own tag, which is a hashtag in a plain message
        assert [found for found in delivery["entities"] if found["type"] not in ours and found["offset"] < body] == []
        assert message.text.count("\u2068") == message.text.count("\u2069")


@pytest.mark.shared
async def test_60_alerts_on_any_text_are_edited_and_answered_without_a_refusal(strict: Strict) -> None:
    rng = random.Random(11)
    channels = Channels([strict.channel("desk", 7)])
    desk = channels.reach("desk")
    texts = []
    for _ in range(60):
        one, other = random_alert(rng), random_alert(rng)
        receipt = await desk.send(draw(one, now=NOW))
        after = replace(draw(other, now=NOW), edits=receipt.message_id)
        assert await desk.send(after) == receipt
        assert await desk.send(after) == receipt, "an edit that was made already is made"
        versions = ((found.statement.title, found.statement.text) for found in (one, other))
        edit = draw_edit(one, *versions, at=NOW, timezone="UTC")
        removal = draw_removal(other, timezone="UTC")
        for reply in (edit, removal):
            await desk.send(replace(reply, reply_to=receipt.message_id))
        texts += [after.text, edit.text, removal.text]
    await channels.aclose()
    errors = [call["error"] for call in strict.control("GET", "calls") if call["error"]]
    assert all("message is not modified" in error for error in map(str, errors)), errors
    messages = strict.control("GET", "messages?chat_id=7")
    assert [message["text"] for message in messages] == texts


@pytest.mark.shared
async def test_what_cannot_be_edited_is_refused_and_a_reply_to_what_is_gone_stands_alone(strict: Strict) -> None:
    channels = Channels([strict.channel("desk", 7)])
    desk = channels.reach("desk")
    message = draw(model_alert(), now=NOW)
    with pytest.raises(MessageRefused) as refused:
        await desk.send(replace(message, edits="4711"))
    assert not refused.value.markup
    await desk.send(replace(message, reply_to="4711"))
    await channels.aclose()


@pytest.mark.shared
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "code": 502},
        {"kind": "html"},
        {"kind": "reset"},
        {"kind": "bad_json"},
        {"kind": "hang", "seconds": 5},
    ],
    ids=lambda fault: fault["kind"],
)
async def test_the_strict_server_s_faults_leave_it_open(strict: Strict, fault: dict[str, Any], when: str) -> None:
    strict.control("POST", "faults", when=when, **fault)
    channels = Channels([strict.channel("desk", 7)], answer_timeout=0.5)
    error = await failure(channels.reach("desk"))
    await channels.aclose()
    assert isinstance(error, TryLater)
    assert not error.certain
    assert len(strict.control("GET", "deliveries")) == (when == "after")


@pytest.mark.shared
async def test_the_strict_server_s_refusals_are_understood(strict: Strict) -> None:
    strict.control("POST", "chats", id=-100, type="supergroup", title="Desk", is_forum=True, bot_status="member")
    strict.control("POST", "chats", id=-200, type="supergroup", title="Kicked", bot_status="kicked")
    strict.control("POST", "chats", id=-300, type="channel", title="Channel", bot_status="member")
    strict.control("POST", "chats", id=-400, type="group", title="Group", bot_status="member")
    strict.control("POST", "migrate", chat_id=-400, new_chat_id=-100400)
    strict.control("POST", "users", id=8, first_name="New", started=False)
    chats = {"nobody": 99, "kicked": -200, "channel": -300, "moved": -400, "stranger": 8}
    channels = Channels(
        [strict.channel(name, chat) for name, chat in chats.items()] + [strict.channel("topic", -100, topic=5)]
    )
    told = {name: await failure(channels.reach(name)) for name in (*chats, "topic")}
    strict.control("POST", "token", token=TOKEN, revoked=True)
    revoked = await failure(channels.reach("topic", drop_topic=True))
    await channels.aclose()
    gone = {name: error for name, error in told.items() if isinstance(error, RecipientGone)}
    assert set(gone) == {*chats, "topic"}
    assert gone["moved"].moved_to == "-100400"
    assert [name for name, error in gone.items() if error.topic_only] == ["topic"]
    assert isinstance(revoked, ChannelDown)


@pytest.mark.shared
async def test_a_look_at_a_chat_says_whether_the_bot_may_write_there_and_writes_nothing(strict: Strict) -> None:
    chats: dict[int, dict[str, Any]] = {
        -1001000000001: {"type": "supergroup", "bot_status": "member"},
        -1001000000002: {"type": "channel", "bot_status": "administrator", "bot_rights": ["can_post_messages"]},
        -1001000000003: {"type": "channel", "bot_status": "administrator", "bot_rights": ["can_edit_messages"]},
        -1001000000004: {"type": "supergroup", "bot_status": "left"},
        -1001000000005: {"type": "supergroup", "bot_status": "kicked"},
    }
    for number, fields in chats.items():
        strict.control("POST", "chats", id=number, title=f"Chat {number}", **fields)
    settings = [strict.channel("private", 7), *(strict.channel(str(number), number) for number in chats)]
    channels = Channels([*settings, strict.channel("nobody", 8)])
    try:
        assert "may write to “Reader” (private)" in await channels.look("private")
        for good in ("-1001000000001", "-1001000000002"):
            assert "may write to" in await channels.look(good)
        for bad in ("-1001000000003", "-1001000000004", "-1001000000005", "nobody"):
            with pytest.raises(RecipientGone):
                await channels.look(bad)
    finally:
        await channels.aclose()
    assert strict.control("GET", "deliveries") == []


@pytest.mark.shared
@pytest.mark.parametrize("language", ["ar", "fa"])
async def test_the_strict_server_takes_alerts_in_arabic_and_persian_as_they_were_drawn(
    strict: Strict, language: str
) -> None:
    rng = random.Random(13)
    told = model_alert(may_repeat=True, delayed=timedelta(minutes=43))
    some = [random_alert(rng) for _ in range(60)]
    versions = (("Leader condemns", "three old words"), ("زعيم يدين", "three new words"))
    messages = [draw(one, now=NOW, language=language) for one in (told, *some)]
    messages += [draw_removal(one, timezone="Asia/Tehran", language=language) for one in some[:20]]
    messages.append(draw_edit(told, *versions, at=NOW, timezone="UTC", language=language))
    messages.append(draw_digest("quiet:night", [Line(told, "high", True)] * 5, timezone="UTC", language=language))
    flood = notice(
        Flood(
            1,
            "agency",
            NOW,
            NOW,
            12,
            14,
            "12 new of 14 listed, where up to 4 are usual: the page is another one",
            ("Head", "عنوان"),
        )
    )
    messages.append(draw_notice(in_language(language, flood.said), language))
    channels = Channels([strict.channel("desk", 7)])
    for message in messages:
        await channels.reach("desk").send(message)
    await channels.aclose()
    assert [call["error"] for call in strict.control("GET", "calls") if call["error"]] == []
    seen = strict.control("GET", "deliveries")
    assert [delivery["text"] for delivery in seen] == [message.text for message in messages]
    html = seen[0]["html"].split("\n")
    assert html[0].startswith("\u200f🔴 \u2068<b>Qais al-Khazali</b>\u2069، ")
    assert html[1].startswith('\u200f\u2068<a href="https://news.example.org/reports/khazali"><b>Iraqi Militia')
    assert f'<tg-time unix="1750417200" format="wD">{words_of(language).day(date(2025, 6, 20))}</tg-time>' in html[3]
    assert html[-1] == f"\u200f\u2068<code>#{told.tag}</code>\u2069"
