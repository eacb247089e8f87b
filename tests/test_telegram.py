"""Telegram over a real wire: what is sent, what every answer means, and that the token is never told."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.channels import Channels
from alerts.errors import ChannelDown, DeliveryError, MessageRefused, RecipientGone, TryLater
from alerts.message import plain
from alerts.model import Channel, Message, Span
from alerts.settings import ChannelSettings
from scraper.secret import Secret
from tests.fake_botapi import TOKEN, FakeBotApi

HELLO = Message("hello 😀 world", (Span(8, 13, "bold"),))


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as server:
        yield server


@pytest.fixture
async def channels(api: FakeBotApi) -> AsyncIterator[Channels]:
    opened = Channels(
        [
            settings(api, "desk"),
            settings(api, "topic", topic=42),
            settings(api, "general", topic=1),
            settings(api, "quiet", silent=True),
            settings(api, "named", chat="@Bayan_Alerts"),
            settings(api, "wrong-token", token="100000001:WRONG-TOKEN"),
        ],
        answer_timeout=0.5,
    )
    yield opened
    await opened.aclose()


def settings(api: FakeBotApi, name: str, **fields: Any) -> ChannelSettings:
    given: dict[str, Any] = {"chat": "-1001", "token": TOKEN} | fields
    return ChannelSettings(name, "telegram", api_base=api.url, **given | {"token": Secret(given["token"])})


async def failure(channel: Channel, message: Message = HELLO) -> DeliveryError:
    """The error that sending ends with."""
    with pytest.raises(DeliveryError) as caught:
        await channel.send(message)
    return caught.value


# ---------------------------------------------------------------- what is sent


async def test_a_message_arrives_with_utf16_entities_and_its_id_is_the_receipt(
    api: FakeBotApi, channels: Channels
) -> None:
    receipt = await channels.reach("desk").send(HELLO)
    (sent,) = api.accepted
    assert receipt.message_id == str(sent["message_id"])
    assert (sent["chat_id"], sent["text"]) == ("-1001", HELLO.text)
    assert sent["entities"] == [{"type": "bold", "offset": 9, "length": 5}]


async def test_previews_are_always_off(api: FakeBotApi, channels: Channels) -> None:
    await channels.reach("desk").send(HELLO)
    assert api.accepted[0]["link_preview_options"] == {"is_disabled": True}


async def test_links_and_times_carry_what_they_need(api: FakeBotApi, channels: Channels) -> None:
    at = datetime(2025, 6, 20, 11, tzinfo=UTC)
    spans = (Span(0, 4, "link", url="https://x.example/"), Span(5, 9, "time", at=at, format="wD"))
    await channels.reach("desk").send(Message("link time", spans))
    assert api.accepted[0]["entities"] == [
        {"type": "text_link", "offset": 0, "length": 4, "url": "https://x.example/"},
        {"type": "date_time", "offset": 5, "length": 4, "unix_time": 1750417200, "date_time_format": "wD"},
    ]


async def test_a_long_quotation_is_folded_and_a_short_one_stands_open(api: FakeBotApi, channels: Channels) -> None:
    for length in (699, 700):
        await channels.reach("desk").send(Message("x" * length, (Span(0, length, "quote"),)))
    assert [sent["entities"][0]["type"] for sent in api.accepted] == ["blockquote", "expandable_blockquote"]


async def test_a_topic_is_named_and_the_general_one_is_left_out(api: FakeBotApi, channels: Channels) -> None:
    for way in (channels.reach("topic"), channels.reach("topic", drop_topic=True), channels.reach("general")):
        await way.send(HELLO)
    assert [sent.get("message_thread_id") for sent in api.accepted] == ["42", None, None]


async def test_a_channel_or_a_message_can_be_silent(api: FakeBotApi, channels: Channels) -> None:
    await channels.reach("desk").send(HELLO)
    await channels.reach("desk").send(Message("x", silent=True))
    await channels.reach("quiet").send(HELLO)
    assert [sent.get("disable_notification", "false").lower() for sent in api.accepted] == ["false", "true", "true"]


async def test_a_chat_may_have_a_name_and_may_have_moved(api: FakeBotApi, channels: Channels) -> None:
    await channels.reach("named").send(HELLO)
    await channels.reach("named", chat="-1002").send(HELLO)
    assert [sent["chat_id"] for sent in api.accepted] == ["@Bayan_Alerts", "-1002"]


# ---------------------------------------------------------------- what an answer means

REFUSED = [
    (400, "Bad Request: message is too long", MessageRefused),
    (400, "Bad Request: message text is empty", MessageRefused),
    (400, "Bad Request: chat not found", RecipientGone),
    (400, "Bad Request: chat_id is empty", RecipientGone),
    (400, "Bad Request: need administrator rights in the channel chat", RecipientGone),
    (400, "Bad Request: not enough rights to send text messages to the chat", RecipientGone),
    (400, "Bad Request: have no rights to send a message", RecipientGone),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", RecipientGone),
    (400, "Bad Request: PEER_ID_INVALID", RecipientGone),
    (400, "Bad Request: group chat was upgraded to a supergroup chat", RecipientGone),
    (403, "Forbidden: bot was blocked by the user", RecipientGone),
    (403, "Forbidden: bot was kicked from the supergroup chat", RecipientGone),
    (403, "Forbidden: bot is not a member of the channel chat", RecipientGone),
    (403, "Forbidden: user is deactivated", RecipientGone),
    (403, "Forbidden: the group chat was deleted", RecipientGone),
    (403, "Forbidden: bot can't initiate conversation with a user", RecipientGone),
    (401, "Unauthorized", ChannelDown),
    (401, "Unauthorized: invalid token specified", ChannelDown),
    (404, "Not Found: method not found", ChannelDown),
    (400, "Bad Request: Logged out", ChannelDown),
]


@pytest.mark.parametrize(("code", "words", "meaning"), REFUSED)
async def test_a_refusal_says_what_to_do(
    api: FakeBotApi, channels: Channels, code: int, words: str, meaning: type[DeliveryError]
) -> None:
    api.fail("error", code=code, description=words)
    error = await failure(channels.reach("desk"))
    assert type(error) is meaning
    assert words.partition(": ")[2].lower() in error.reason.lower() or words.lower() in error.reason.lower()
    assert api.accepted == []


@pytest.mark.parametrize(
    "words",
    [
        "Bad Request: can't parse entities: unexpected end tag at byte offset 3",
        "Bad Request: can't parse MessageEntity: expected an Object",
        "Bad Request: receive an entity with incorrect offset -1",
        "Bad Request: wrong message entity: Wrong HTTP URL",
        "Bad Request: ENTITY_BOUNDS_INVALID",
        "Bad Request: something that nobody has met yet",
    ],
)
async def test_a_refusal_of_the_entities_or_for_unknown_reasons_is_tried_plain_once(
    api: FakeBotApi, channels: Channels, words: str
) -> None:
    marks = []
    for message in (HELLO, plain(HELLO)):
        api.fail("error", code=400, description=words)
        error = await failure(channels.reach("desk"), message)
        assert isinstance(error, MessageRefused)
        marks.append(error.markup)
    assert marks == [True, False]


@pytest.mark.parametrize("words", ["message thread not found", "TOPIC_CLOSED", "TOPIC_DELETED"])
async def test_a_closed_topic_leaves_its_chat_and_a_closed_chat_does_not(
    api: FakeBotApi, channels: Channels, words: str
) -> None:
    told = []
    for name in ("topic", "general", "desk"):
        api.fail("error", code=400, description=f"Bad Request: {words}")
        error = await failure(channels.reach(name))
        assert isinstance(error, RecipientGone)
        told.append(error.topic_only)
    assert told == [True, False, False]


async def test_a_group_that_became_a_supergroup_gives_its_new_id(api: FakeBotApi, channels: Channels) -> None:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    api.fail("error", code=400, description=words, parameters={"migrate_to_chat_id": -1009999})
    error = await failure(channels.reach("desk"))
    assert isinstance(error, RecipientGone)
    assert error.moved_to == "-1009999"


async def test_a_flood_limit_is_certain_and_says_how_long(api: FakeBotApi, channels: Channels) -> None:
    api.fail("flood", seconds=7)
    error = await failure(channels.reach("desk"))
    assert isinstance(error, TryLater)
    assert (error.certain, error.after, error.whole_channel) == (True, timedelta(seconds=7), True)


@pytest.mark.parametrize(
    ("order", "after"),
    [
        ({"description": "Too Many Requests: retry after 9"}, timedelta(seconds=9)),
        ({"description": "Too Many Requests"}, timedelta(seconds=1)),
        ({"description": "Too Many Requests: retry after 0", "parameters": {"retry_after": 0}}, timedelta(seconds=1)),
        ({"description": "x", "parameters": {"retry_after": 10**9}}, timedelta(hours=24)),
    ],
)
async def test_a_flood_limit_in_any_form_is_waited_for(
    api: FakeBotApi, channels: Channels, order: dict[str, Any], after: timedelta
) -> None:
    api.fail("error", code=429, **order)
    error = await failure(channels.reach("desk"))
    assert isinstance(error, TryLater)
    assert (error.certain, error.after) == (True, after)


async def test_a_flood_limit_of_one_chat_does_not_hold_up_another(api: FakeBotApi, channels: Channels) -> None:
    api.fail("flood", seconds=60, chat="-1001")
    assert isinstance(await failure(channels.reach("desk")), TryLater)
    assert (await channels.reach("desk", chat="-1002").send(HELLO)).message_id == "1"


OPEN: list[dict[str, Any]] = [
    {"kind": "error", "code": 500, "description": "Internal Server Error"},
    {"kind": "error", "code": 502, "description": "Bad Gateway"},
    {"kind": "error", "code": 504, "description": "Gateway Timeout"},
    {"kind": "error", "code": 413, "description": "Request Entity Too Large"},
    *({"kind": "html", "code": code} for code in (200, 302, 400, 401, 403, 404, 413, 429, 502, 503)),
    {"kind": "bad_json"},
    {"kind": "json", "body": []},
    {"kind": "json", "body": {"ok": True}},
    {"kind": "json", "body": {"ok": True, "result": {"message_id": 1}}},
    {"kind": "json", "body": "x", "code": 400},
    {"kind": "json", "body": {"parameters": {"retry_after": 10**30}}, "code": 429},
    {"kind": "drop"},
    {"kind": "reset"},
    {"kind": "silent"},
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("order", OPEN, ids=lambda order: "-".join(map(str, list(order.values())[:2])))
async def test_where_nobody_can_know_it_is_unconfirmed(
    api: FakeBotApi, channels: Channels, order: dict[str, Any], when: str
) -> None:
    api.fail(when=when, **order)
    error = await failure(channels.reach("desk"))
    assert isinstance(error, TryLater)
    assert not error.certain
    assert len(api.accepted) == (when == "after")
    await channels.reach("desk").send(HELLO)  # the way is open again


async def test_a_refused_connection_is_surely_unsent(api: FakeBotApi, channels: Channels) -> None:
    await api.refuse()
    error = await failure(channels.reach("desk"))
    assert isinstance(error, TryLater)
    assert error.certain
    await api.listen()
    await channels.reach("desk").send(HELLO)
    assert len(api.accepted) == 1


async def test_an_address_that_is_none_closes_the_channel() -> None:
    for base in ("ftp://127.0.0.1", "nonsense"):
        channels = Channels([ChannelSettings("x", "telegram", Secret(TOKEN), "1", api_base=base)])
        assert isinstance(await failure(channels.reach("x")), ChannelDown), base
        await channels.aclose()


async def test_an_endless_answer_is_given_up() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                await writer.drain()
        except ConnectionError:
            writer.close()

    async with await asyncio.start_server(flood, "127.0.0.1", 0) as server:
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        channels = Channels([ChannelSettings("x", "telegram", Secret(TOKEN), "1", api_base=base)])
        error = await failure(channels.reach("x"))
        await channels.aclose()
    assert isinstance(error, TryLater)
    assert not error.certain


async def test_the_environment_s_proxy_is_not_used(
    api: FakeBotApi, channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    await channels.reach("desk").send(HELLO)
    assert len(api.accepted) == 1


# ---------------------------------------------------------------- opening


async def test_nothing_is_opened_before_it_is_needed(api: FakeBotApi, channels: Channels) -> None:
    channels.reach("desk")
    assert api.calls == 0


def test_python_telegram_bot_is_not_imported_before_a_telegram_channel_is_reached() -> None:
    code = (
        "import sys; from alerts.channels import Channels; from alerts.settings import ChannelSettings as S;"
        "c = Channels([S('a', 'console'), S('b', 'telegram')]); c.reach('a'); c.pace_key('b'); sys.exit('telegram' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_channel_that_is_not_configured_or_has_no_token_holds_its_messages(channels: Channels) -> None:
    for name in ("gone", "no-token"):
        with pytest.raises(ChannelDown):
            Channels([ChannelSettings("no-token", "telegram", chat="1")]).reach(name)


def test_channels_that_share_a_bot_or_a_chat_share_its_pace(api: FakeBotApi, channels: Channels) -> None:
    assert channels.pace_key("desk") == channels.pace_key("topic")
    assert channels.pace_key("desk")[0] == channels.pace_key("named")[0]
    assert channels.pace_key("desk")[1] != channels.pace_key("named")[1]
    assert channels.pace_key("desk")[0] != channels.pace_key("wrong-token")[0]
    assert channels.pace_key("desk", chat="-1002")[1] == "-1002"


# ---------------------------------------------------------------- the token


async def test_the_token_is_in_no_error_repr_or_log(
    api: FakeBotApi, channels: Channels, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # as `alerts.logs.set_up` does, for every URL holds the token
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.WARNING)
    told = []
    for name, order in [*(("desk", order) for order in OPEN), ("wrong-token", OPEN[0])]:
        api.heal()
        api.fail(**order)
        error = await failure(channels.reach(name))
        told += traceback.format_exception(error)
    api.heal()
    await api.refuse()
    told += traceback.format_exception(await failure(channels.reach("desk")))
    told += [repr(channels), repr(channels.reach("desk")), repr(channels.pace_key("desk")), caplog.text]
    assert "TEST-TOKEN" not in "\n".join(told)
    assert "WRONG-TOKEN" not in "\n".join(told)
