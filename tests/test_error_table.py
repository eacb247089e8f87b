"""Each row of the Bot API's error table, ordered from the strict server, and what becomes of the alert that meets it.

A fault comes `before` (the message never happened) or `after` (it was delivered, and the program is told otherwise). What the
program sees is the same both times, so it does the same both times; only what the chat has heard differs:

- A refusal in Telegram's own words (400, 401, 403, 404, 409, 429) is believed: the message is not there, and is sent again without
  a mark or given up. Telegram never says no to a message that it took; where the strict server is told to do that all the same
  (`after`), the chat hears an unmarked copy, or keeps what we count as failed. Nothing in the answer could tell us.
- Anything else (5xx, a proxy's page, half an answer, no answer) leaves it open: the alert is sent again, marked, and a chat that
  had it already sees that it may be a repeat.

Either way the alert is heard at least once, or has failed and the operators were told why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import outbox
from alerts.settings import ChannelSettings, Configuration, HealthSettings
from tests.fake_site import FakeSite
from tests.street import House, configuration, house, local, phone
from tests.strict_botapi import StrictBotApi, strict_botapi

pytestmark = pytest.mark.shared

OLD = [("o1", "An old statement that was there before")]
RINGS = ("n1", "Qais al-Khazali speaks of the first matter today")
SECOND = ("n2", "Qais al-Khazali speaks of another matter tonight")
DESK, OTHER, OPERATORS, FORUM, MOVED = 7, 8, 9, -1001, -1002
TOPIC = 5
NO_LIMITS = '{"per_second": 0, "chat_rate": 0, "group_per_minute": 0}'


@dataclass(frozen=True)
class Row:
    """A fault, what the delivery is right after it and ten minutes later, and the marks of what the chat has heard by then."""

    name: str
    fault: dict[str, Any]
    at_once: str
    later: str
    heard: str
    """A letter for each message after a fault of the kind `before`: `m` marked, `p` plain words, `.` as usual."""
    next_one: str = "sent"
    """What becomes of the next alert: "sent", or "pending" where the chat is gone."""
    told: str = ""
    """What the operators read."""
    topic: bool = False


def refusal(code: int, description: str, **parameters: Any) -> dict[str, Any]:
    return {"kind": "error", "code": code, "description": description, "parameters": parameters}


def gone(name: str, code: int, description: str) -> Row:
    """The target is broken: this alert has failed, the next ones wait for a person."""
    fault = refusal(code, description)
    return Row(name, fault, "failed", "failed", "", next_one="pending", told="no longer takes messages")


def unclear(name: str, **fault: Any) -> Row:
    """Nobody can know: unconfirmed, then sent again and marked."""
    return Row(name, fault, "unconfirmed", "sent", "m")


TABLE = (
    gone("chat not found", 400, "Bad Request: chat not found"),
    gone("no chat id", 400, "Bad Request: chat_id is empty"),
    Row(
        "became a supergroup",
        refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=MOVED),
        "sent", "sent", ".", told=f"its chat moved to {MOVED}",
    ),
    Row("empty text", refusal(400, "Bad Request: message text is empty"), "failed", "failed", "", told="could not be delivered"),
    Row("too long", refusal(400, "Bad Request: message is too long"), "failed", "failed", "", told="could not be delivered"),
    Row(
        "entities", refusal(400, "Bad Request: can't parse entities: unexpected end tag at byte offset 3"), "sent", "sent", "p"
    ),
    Row("an unknown refusal", refusal(400, "Bad Request: SOMETHING_NEW"), "sent", "sent", "p"),
    Row(
        "no such topic", refusal(400, "Bad Request: message thread not found"), "sent", "sent", ".",
        told="messages go to the chat itself", topic=True,
    ),
    Row(
        "topic closed", refusal(400, "Bad Request: TOPIC_CLOSED"), "sent", "sent", ".",
        told="messages go to the chat itself", topic=True,
    ),
    gone("no rights in a channel", 400, "Bad Request: need administrator rights in the channel chat"),
    gone("no rights in a group", 400, "Bad Request: not enough rights to send text messages to the chat"),
    gone("blocked", 403, "Forbidden: bot was blocked by the user"),
    gone("kicked", 403, "Forbidden: bot was kicked from the supergroup chat"),
    gone("no member", 403, "Forbidden: bot is not a member of the channel chat"),
    gone("deactivated", 403, "Forbidden: user is deactivated"),
    gone("deleted", 403, "Forbidden: the group chat was deleted"),
    gone("never started", 403, "Forbidden: bot can't initiate conversation with a user"),
    Row("revoked token", refusal(401, "Unauthorized"), "pending", "sent", ".", told="is down"),
    Row("malformed token", refusal(401, "Unauthorized: invalid token specified"), "pending", "sent", ".", told="is down"),
    Row("no such method", refusal(404, "Not Found: method not found"), "pending", "sent", ".", told="is down"),
    Row("two instances", refusal(409, "Conflict: terminated by other getUpdates request"), "pending", "sent", "."),
    Row("flood", {"kind": "flood", "seconds": 300}, "pending", "sent", "."),
    unclear("413", kind="error", code=413, description="Request Entity Too Large"),
    unclear("500", kind="error", code=500),
    unclear("502", kind="error", code=502),
    unclear("504", kind="error", code=504),
    unclear("a proxy's page", kind="html"),
    unclear("half an answer", kind="bad_json"),
    unclear("reset", kind="reset"),
    unclear("silence, then a reset", kind="hang", seconds=0.3),
)  # fmt: skip


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictBotApi]:
    pytest.importorskip("aiohttp", reason="the strict Bot API server needs aiohttp")
    with strict_botapi(shared, tmp_path_factory.mktemp("botapi"), "--limits", NO_LIMITS) as running:
        yield running


@pytest.fixture
def api(server: StrictBotApi) -> StrictBotApi:
    """The world of each test: three readers and two forums, one of which a group can move to."""
    server.order("reset")
    for chat in (DESK, OTHER, OPERATORS):
        server.order("users", id=chat, first_name="Reader", started=True)
    for chat in (FORUM, MOVED):
        server.order("chats", id=chat, type="supergroup", title="Desk", is_forum=True, bot_status="member")
    server.order("topics", chat_id=FORUM, message_thread_id=TOPIC, name="Alerts")
    return server


def watching(folder: Path, site: FakeSite, api: StrictBotApi, *desks: ChannelSettings) -> Configuration:
    source = local("agency", f"{site.origin}/feed")
    channels = (*desks, phone("ops", api.url, str(OPERATORS)))
    return configuration(folder, sources=(source,), channels=channels, health=HealthSettings(notify=("ops",)))


async def publish(bayan: House, site: FakeSite, *items: tuple[str, str]) -> None:
    """One poll of a feed that shows these."""
    site.pages["/feed"] = site.feed([*items, *OLD])
    await bayan.service.once(only=["agency"], patience=timedelta())


async def after(bayan: House, **span: float) -> None:
    bayan.clock.advance(**span)
    await bayan.service.once(patience=timedelta())


def states(bayan: House, channel: str = "desk") -> list[str]:
    """The states of a channel's alerts, oldest first."""
    found = bayan.db.read_now(lambda conn: outbox.entries(conn))
    return [entry.state for entry in reversed(found) if entry.channel == channel and entry.kind == "alert"]


def heard(api: StrictBotApi, headline: str) -> str:
    """A letter for each copy that chats other than the operators' got of a headline: `m` marked, `p` plain, `.` as usual."""
    copies = [one for one in api.seen("deliveries") if headline in one["text"] and one["chat_id"] != OPERATORS]
    return "".join(
        "m" if "may repeat" in one["text"] else "p" if not any(e["type"] == "bold" for e in one["entities"]) else "."
        for one in copies
    )


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
async def test_what_becomes_of_an_alert_that_meets(row: Row, when: str, tmp_path: Path, api: StrictBotApi) -> None:
    chat, topic = (FORUM, TOPIC) if row.topic else (DESK, None)
    async with FakeSite() as site:
        config = watching(tmp_path, site, api, phone("desk", api.url, str(chat), topic=topic))
        async with house(config) as bayan:
            await publish(bayan, site)
            api.order("faults", chat_id=chat, when=when, **row.fault)
            await publish(bayan, site, RINGS)
            assert states(bayan) == [row.at_once]
            await after(bayan, minutes=10)
            assert states(bayan) == [row.later]
            arrived = "." if when == "after" else ""  # and we were told that it had not, or nothing
            assert heard(api, RINGS[1]) == arrived + row.heard

            await publish(bayan, site, SECOND, RINGS)
            assert states(bayan) == [row.later, row.next_one]
            assert heard(api, SECOND[1]) == ("." if row.next_one == "sent" else "")

            notices = [text for text in api.texts(OPERATORS) if "desk" in text]
            troubles = [text for text in notices if "takes messages again" not in text]
            assert [row.told in text for text in troubles] == ([True] if row.told else [])
            assert len(notices) - len(troubles) <= len(troubles), "a recovery is told once, after its trouble"
            assert "sent" in states(bayan)[0] or notices, "lost without a word"


async def test_what_waits_for_a_chat_that_is_gone_is_sent_when_the_channel_is_changed(
    tmp_path: Path, api: StrictBotApi
) -> None:
    async with FakeSite() as site:
        config = watching(tmp_path, site, api, phone("desk", api.url, str(DESK)))
        async with house(config) as bayan:
            await publish(bayan, site)
            api.order("membership", chat_id=DESK, status="kicked")
            await publish(bayan, site, RINGS)
            await publish(bayan, site, SECOND, RINGS)
            assert states(bayan) == ["failed", "pending"]
        config = watching(tmp_path, site, api, phone("desk", api.url, str(OTHER)))
        async with house(config, bayan.clock) as bayan:
            await after(bayan, hours=1)
            assert states(bayan) == ["failed", "sent"]
            assert [SECOND[1] in text for text in api.texts(OTHER)] == [True]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_flood_wait_is_kept_to_the_second_and_holds_up_no_other_chat(
    when: str, tmp_path: Path, api: StrictBotApi
) -> None:
    both = (phone("desk", api.url, str(DESK)), phone("other", api.url, str(OTHER)))
    async with FakeSite() as site, house(watching(tmp_path, site, api, *both)) as bayan:
        await publish(bayan, site)
        api.order("faults", kind="flood", seconds=300, chat_id=DESK, when=when)
        await publish(bayan, site, RINGS)
        already = len(api.texts(DESK))
        assert already == (when == "after")
        assert len(api.texts(OTHER)) == 1
        await publish(bayan, site, SECOND, RINGS)
        await after(bayan, seconds=299)
        assert len(api.texts(DESK)) == already, "too early"
        assert len(api.texts(OTHER)) == 2, "another chat waits for nobody"
        await after(bayan, seconds=1)
        assert [RINGS[1] in text for text in api.texts(DESK)[already:]] == [True, False], "in order"
        assert states(bayan) == ["sent", "sent"]


async def test_a_chat_that_moved_is_followed_by_all_later_alerts_and_after_a_restart(
    tmp_path: Path, api: StrictBotApi
) -> None:
    api.order("chats", id=-400, type="group", title="Group", bot_status="member")
    api.order("migrate", chat_id=-400, new_chat_id=-100400)
    async with FakeSite() as site:
        config = watching(tmp_path, site, api, phone("desk", api.url, "-400"))
        async with house(config) as bayan:
            await publish(bayan, site)
            await publish(bayan, site, RINGS)
        async with house(config, bayan.clock) as bayan:
            await publish(bayan, site, SECOND, RINGS)
            assert states(bayan) == ["sent", "sent"]
        calls = [call["chat_id"] for call in api.seen("calls") if call["chat_id"] != str(OPERATORS)]
        assert calls == ["-400", "-100400", "-100400"]
