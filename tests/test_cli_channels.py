"""`bayan channels`: how they stand, and a test message that takes a channel up again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alerts import outbox
from alerts.outbox import ChannelState
from tests.command import Bayan, phone, source
from tests.command import api as api
from tests.command import bayan as bayan
from tests.fake_botapi import TOKEN, FakeBotApi

AGENCY = source("agency", "https://agency.example/feed")


def learn(bayan: Bayan, **values: object) -> None:
    with bayan.store() as database:
        database.write_now(lambda conn: outbox.learn(conn, "phone", **values))


def state(bayan: Bayan) -> ChannelState:
    with bayan.store() as database:
        return database.read_now(lambda conn: outbox.channel(conn, "phone"))


def test_channels_are_listed_before_anything_was_run(bayan: Bayan, api: FakeBotApi) -> None:
    bayan.configure(AGENCY, phone(api.url))
    ran = bayan("channels", "list")
    assert ran.code == 0
    assert ran.out.split() == ["phone", "telegram", "11", "ok"]
    assert not bayan.data.exists()


def test_a_webhook_is_listed_by_its_host_alone_and_a_channel_with_its_fallback(bayan: Bayan, api: FakeBotApi) -> None:
    hook = '[channels.siem]\nkind = "webhook"\nurl = "https://siem.example.org/hunter2"\nfallback = "phone"\n'
    bayan.configure(AGENCY, phone(api.url), hook)
    ran = bayan("channels", "list")
    assert "siem.example.org" in ran.out and "told through phone too" in ran.out and "hunter2" not in ran.out + ran.err
    row = next(one for one in bayan("channels", "list", "--json").json["channels"] if one["id"] == "siem")
    assert (row["host"], row["fallback"], row["chat"]) == ("siem.example.org", "phone", "")


def test_a_test_message_to_a_webhook_says_what_its_receiver_refuses(bayan: Bayan) -> None:
    hook = '[channels.siem]\nkind = "webhook"\nurl = "http://127.0.0.1:9/hunter2"\n'
    bayan.configure(AGENCY, hook)
    ran = bayan("channels", "test", "siem")
    assert ran.code == 69 and "127.0.0.1:9 is at 127.0.0.1 (loopback)" in ran.err and "allow_private" in ran.err
    assert "hunter2" not in ran.out + ran.err


def test_a_channel_in_trouble_is_listed_with_its_reason_and_next_step(bayan: Bayan, api: FakeBotApi) -> None:
    bayan.configure(AGENCY, phone(api.url))
    learn(bayan, condition="gone", reason="Forbidden: bot was blocked by the user")
    ran = bayan("channels", "list")
    assert "bot was blocked by the user; try again: bayan channels test phone" in ran.out
    assert bayan("channels", "list", "--json").json["channels"][0]["condition"] == "gone"


def test_a_test_message_is_marked_as_one_and_nothing_else_is_sent(bayan: Bayan, api: FakeBotApi) -> None:
    bayan.configure(AGENCY, phone(api.url))
    ran = bayan("channels", "test", "phone")
    assert (ran.code, ran.out) == (0, "phone: the test message arrived (message 1).\n")
    [message] = api.accepted
    assert message["text"].startswith("Test message from bayan to channel phone")
    assert not bayan.data.exists()


def test_a_test_that_arrives_takes_a_channel_up_again(bayan: Bayan, api: FakeBotApi) -> None:
    bayan.configure(AGENCY, phone(api.url))
    later = datetime.now(UTC) + timedelta(hours=1)
    learn(bayan, condition="down", reason="the token is refused", failures=7, paused_until=later)
    ran = bayan("channels", "test", "phone")
    assert "What waited for this channel is sent from now on." in ran.out
    assert (state(bayan).condition, state(bayan).failures, state(bayan).paused_until) == ("ok", 0, None)


def test_a_test_that_is_refused_ends_with_1_names_the_remedy_and_changes_nothing(bayan: Bayan, api: FakeBotApi) -> None:
    bayan.configure(AGENCY, phone(api.url))
    learn(bayan, condition="gone", reason="Forbidden: bot was blocked by the user")
    api.fail("error", code=403, description="Forbidden: bot was blocked by the user")
    ran = bayan("channels", "test", "phone")
    assert ran.code == 1
    assert "add the bot to the chat" in ran.err
    assert state(bayan).condition == "gone"


def test_a_wrong_token_ends_with_69_and_is_never_shown(bayan: Bayan, api: FakeBotApi) -> None:
    api.token = "100000001:ANOTHER"
    bayan.configure(AGENCY, phone(api.url))
    ran = bayan("channels", "test", "phone", "--json")
    assert ran.code == 69
    assert ran.json["error"] == "ChannelDown"
    assert TOKEN not in ran.out + ran.err
    assert "@BotFather" in ran.json["remedy"]


def test_a_chat_that_moved_is_tested_where_it_moved_to(bayan: Bayan, api: FakeBotApi) -> None:
    bayan.configure(AGENCY, phone(api.url))
    learn(bayan, chat="-10099")
    assert bayan("channels", "test", "phone").code == 0
    assert api.accepted[0]["chat_id"] == "-10099"
    assert "its chat moved to -10099: set chat = -10099" in bayan("channels", "list").out


def test_a_channel_that_is_not_there_ends_with_78_and_names_those_that_are(bayan: Bayan, api: FakeBotApi) -> None:
    bayan.configure(AGENCY, phone(api.url))
    ran = bayan("channels", "test", "fone")
    assert ran.code == 78
    assert "there is phone" in ran.err


def test_the_terminal_is_tested_too(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    ran = bayan("channels", "test", "screen")
    assert ran.code == 0
    assert "Test message from bayan to channel screen" in ran.out
