"""A channel that cannot be reached: what waits for it is told through its fallback too, once, and nothing of it is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import beginnings, fallback, outbox
from alerts.hours import Storm
from alerts.message import LONGEST, draw_notice, relayed
from alerts.model import Message, Route, Span
from alerts.outbox import Draft, Entry
from alerts.settings import ChannelSettings, Configuration, DeliverySettings, HealthSettings
from alerts.shown import units
from scraper.secret import Secret
from tests.configurations import read, wrong
from tests.fake_site import FakeSite
from tests.receiver import Receiver
from tests.street import House, configuration, house, local

OLD = [("o1", "An old statement that was there before")]
NEWS = [(f"n{n}", f"Qais al-Khazali speaks of matter {n} today") for n in range(1, 100)]


def hook(name: str, receiver: Receiver, **more: Any) -> ChannelSettings:
    return ChannelSettings(name, "webhook", url=Secret(receiver.url), allow_private=True, **more)


def watching(folder: Path, site: FakeSite, desk: Receiver, mail: Receiver, **more: Any) -> Configuration:
    """One feed, one route to `desk`, whose fallback is `mail`; `ops` hears of trouble."""
    channels = (
        hook("desk", desk, fallback="mail", fallback_after=timedelta(minutes=10)),
        hook("mail", mail),
        ChannelSettings("ops", "console"),
    )
    values: dict[str, Any] = {
        "sources": (local("agency", f"{site.origin}/feed"),),
        "channels": channels,
        "routes": (Route("desk", ("desk",), actors=("*",), group_by="none"),),
        "health": HealthSettings(notify=("ops",)),
        **more,
    }
    return configuration(folder, **values)


async def publish(bayan: House, site: FakeSite, count: int) -> None:
    """The feed grows to so many new items, and is polled after each."""
    known = str(site.pages.get("/feed", "")).count("<item>") - len(OLD)
    for shown in range(max(known + 1, 0), count + 1):
        site.pages["/feed"] = site.feed([*reversed(NEWS[:shown]), *OLD])
        await bayan.service.once(only=["agency"], patience=timedelta())


async def after(bayan: House, **span: float) -> None:
    bayan.clock.advance(**span)
    await bayan.service.once(patience=timedelta())


def entries(bayan: House, channel: str) -> list[Entry]:
    """What a channel has, oldest first."""
    return [
        one
        for one in reversed(bayan.db.read_now(lambda conn: outbox.entries(conn, limit=500)))
        if one.channel == channel
    ]


def states(bayan: House, channel: str) -> list[str]:
    return [f"{one.kind} {one.state}" for one in entries(bayan, channel)]


# ------------------------------------------------------------------------------------------------- an outage


async def test_an_alert_that_waits_for_ten_minutes_is_told_through_the_fallback_and_says_why(tmp_path: Path) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        desk.always = "503 X"
        await publish(bayan, site, 1)
        await after(bayan, minutes=9)
        assert mail.taken == [], "too early"
        await after(bayan, minutes=2)
        (told,) = mail.taken
        assert told.json["kind"] == "relay" and NEWS[0][1] in told.json["text"]
        assert told.json["text"].startswith(
            "↪️ through fallback, because channel desk takes no messages since Sat 20 Jun 2026, 12:00"
        )
        assert told.json["alerts"][0]["statement"]["title"] == NEWS[0][1]
        assert states(bayan, "desk") == ["alert unconfirmed"] and states(bayan, "mail") == ["relay sent"]


async def test_what_comes_later_in_the_same_outage_is_told_at_once_and_nothing_twice(tmp_path: Path) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        desk.always = "503 X"
        await publish(bayan, site, 1)
        await after(bayan, minutes=11)
        await publish(bayan, site, 2)
        await after(bayan, minutes=5)
        await after(bayan, minutes=5)
        assert [put.json["alerts"][0]["statement"]["title"] for put in mail.taken] == [NEWS[0][1], NEWS[1][1]]


async def test_the_channel_that_is_back_gets_everything_in_order_and_hears_what_was_told_meanwhile(
    tmp_path: Path,
) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        desk.always = "429 X"
        await publish(bayan, site, 2)
        await after(bayan, minutes=11)
        assert len(mail.taken) == 2
        desk.taken.clear()
        desk.always = "204 X"
        await after(bayan, minutes=5)
        titles = [put.json["alerts"][0]["statement"]["title"] for put in desk.taken]
        assert titles == [NEWS[0][1], NEWS[1][1]]
        for text in desk.texts():
            assert "⏱ delayed 16 min" in text
            assert "↪️ sent meanwhile through mail, Sat 20 Jun 2026, 12:11" in text
            assert "through fallback" not in text
        assert [put.json["alerts"][0]["relayed_for"] for put in mail.taken] == ["desk", "desk"]
        assert [put.json["alerts"][0]["told_meanwhile_through"] for put in desk.taken] == ["mail", "mail"]
        assert states(bayan, "desk") == ["alert sent", "alert sent"]
        await publish(bayan, site, 3)
        await after(bayan, minutes=30)
        assert len(mail.taken) == 2, "a channel that works needs no other"


async def test_a_relay_whose_turn_comes_when_the_channel_is_back_is_not_sent(tmp_path: Path) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        desk.always = mail.always = "429 X"
        await publish(bayan, site, 1)
        await after(bayan, minutes=11)
        assert len(mail.taken) == 1 and states(bayan, "mail") == ["relay pending"], "the fallback is out, too"
        desk.always = mail.always = "204 X"
        bayan.clock.advance(minutes=5)
        state = bayan.db.read_now(lambda conn: outbox.channel(conn, "mail"))
        assert state.failing_since is not None
        bayan.db.write_now(
            lambda conn: outbox.learn(
                conn, "mail", paused_until=bayan.clock() + timedelta(minutes=1), reason=f"{outbox.ASKED}x"
            )
        )
        await after(bayan)
        assert states(bayan, "desk") == ["alert sent"]
        await after(bayan, minutes=2)
        assert states(bayan, "mail") == ["relay dropped"] and len(mail.taken) == 1


async def test_a_channel_that_fails_now_and_then_needs_no_fallback(tmp_path: Path) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        for count in range(1, 5):
            desk.answers += ["429 X"]
            await publish(bayan, site, count)
            await after(bayan, minutes=6)
        assert states(bayan, "desk") == ["alert sent"] * 4 and mail.taken == []


# ------------------------------------------------------------------------------------------- gone, down, refused


async def test_what_a_gone_channel_failed_on_is_told_through_the_fallback_too(tmp_path: Path) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        desk.always = "410 X"
        await publish(bayan, site, 2)
        assert states(bayan, "desk") == ["alert failed", "alert pending"]
        await after(bayan, minutes=11)
        assert [put.json["alerts"][0]["statement"]["title"] for put in mail.taken] == [NEWS[0][1], NEWS[1][1]]


async def test_a_closed_way_is_an_outage_like_any_other(tmp_path: Path) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        desk.always = "401 X"
        await publish(bayan, site, 1)
        await after(bayan, minutes=11)
        assert states(bayan, "mail") == ["relay sent"]


async def test_one_message_that_is_refused_is_no_outage(tmp_path: Path) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        desk.answers += ["400 X"]
        await publish(bayan, site, 2)
        await after(bayan, minutes=30)
        assert states(bayan, "desk") == ["alert failed", "alert sent"] and mail.taken == []


# ------------------------------------------------------------------------------------------------ once, whatever


async def test_a_restart_in_the_outage_neither_forgets_it_nor_tells_anything_twice(tmp_path: Path) -> None:
    async with FakeSite() as site, Receiver() as desk, Receiver() as mail:
        config = watching(tmp_path, site, desk, mail)
        async with house(config) as bayan:
            await publish(bayan, site, 0)
            desk.always = "503 X"
            await publish(bayan, site, 1)
            await after(bayan, minutes=6)
        async with house(config, bayan.clock) as bayan:
            await after(bayan, minutes=5)
            assert states(bayan, "mail") == ["relay sent"]
        async with house(config, bayan.clock) as bayan:
            await after(bayan, minutes=5)
        assert len(mail.taken) == 1


async def test_after_a_restart_the_channel_itself_is_tried_first(tmp_path: Path) -> None:
    async with FakeSite() as site, Receiver() as desk, Receiver() as mail:
        config = watching(tmp_path, site, desk, mail)
        async with house(config) as bayan:
            await publish(bayan, site, 0)
            desk.always = "503 X"
            await publish(bayan, site, 1)
        desk.always = "204 X"
        async with house(config, bayan.clock) as bayan:
            await after(bayan, hours=8)
            assert states(bayan, "desk") == ["alert sent"] and mail.taken == []


async def test_relays_are_made_in_one_commit_and_never_twice(tmp_path: Path) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        desk.always = "503 X"
        await publish(bayan, site, 3)
        bayan.clock.advance(minutes=11)
        now = bayan.clock()
        pause = now + timedelta(minutes=1)
        bayan.db.write_now(lambda conn: outbox.learn(conn, "desk", paused_until=pause))

        def once(conn: Any) -> int:
            return fallback.relay(conn, "desk", "mail", timedelta(minutes=10), 25, now)

        def torn(conn: Any) -> None:
            assert once(conn) == 3
            raise RuntimeError

        with pytest.raises(RuntimeError):
            bayan.db.write_now(torn)
        assert states(bayan, "mail") == []
        assert [bayan.db.write_now(once) for _ in range(3)] == [3, 0, 0]


async def test_a_channel_that_has_the_alert_anyway_is_not_told_twice(tmp_path: Path) -> None:
    async with FakeSite() as site, Receiver() as desk, Receiver() as mail:
        both = (Route("both", ("desk", "mail"), actors=("*",)),)
        async with house(watching(tmp_path, site, desk, mail, routes=both)) as bayan:
            await publish(bayan, site, 0)
            desk.always = "503 X"
            await publish(bayan, site, 1)
            await after(bayan, minutes=30)
            assert states(bayan, "mail") == ["alert sent"] and len(mail.taken) == 1


async def test_a_relay_has_no_fallback_of_its_own(tmp_path: Path) -> None:
    async with FakeSite() as site, Receiver() as desk, Receiver() as mail:
        config = watching(tmp_path, site, desk, mail)
        ring = tuple(
            replace(one, fallback="desk", fallback_after=timedelta(minutes=1)) if one.id == "mail" else one
            for one in config.channels
        )
        async with house(replace(config, channels=ring)) as bayan:
            await publish(bayan, site, 0)
            desk.always = mail.always = "503 X"
            await publish(bayan, site, 1)
            for _ in range(6):
                await after(bayan, minutes=6)
            assert states(bayan, "desk") == ["alert unconfirmed"]
            assert states(bayan, "mail") == ["relay unconfirmed"]


async def test_nothing_is_relayed_while_a_person_holds_every_message(tmp_path: Path) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        desk.always = "410 X"
        await publish(bayan, site, 2)
        await bayan.service._steps.pause(on=True)
        await after(bayan, minutes=30)
        assert states(bayan, "mail") == []


# --------------------------------------------------------------------------------------------- many, and others


async def test_of_very_many_the_rest_is_told_in_one_message(tmp_path: Path) -> None:
    async with FakeSite() as site, Receiver() as desk, Receiver() as mail:
        few = DeliverySettings(body_wait=timedelta(0), per_chat_rate=10_000, storm=Storm(more_than=5))
        async with house(watching(tmp_path, site, desk, mail, delivery=few)) as bayan:
            await publish(bayan, site, 0)
            desk.always = "503 X"
            await publish(bayan, site, 5)
            await after(bayan, minutes=6)
            await publish(bayan, site, 9)
            await after(bayan, minutes=6)
            await after(bayan, minutes=2)
            kinds = [put.json["kind"] for put in mail.taken]
            assert kinds == ["relay"] * 5 + ["digest"]
            assert "For a channel that takes no messages, so told here" in mail.texts()[-1]
            titles = {one["statement"]["title"] for put in mail.taken for one in put.json["alerts"]}
            assert titles == {title for _, title in NEWS[:9]}
            for _ in range(5):
                await after(bayan, minutes=2)
            assert len(mail.taken) == 6


async def test_notices_for_operators_and_digests_are_relayed_and_what_can_wait_is_not(tmp_path: Path) -> None:
    async with (
        FakeSite() as site,
        Receiver() as desk,
        Receiver() as mail,
        house(watching(tmp_path, site, desk, mail)) as bayan,
    ):
        await publish(bayan, site, 0)
        now = bayan.clock()
        notices = [
            Draft("desk", "notice", "source:x:down", 1, "high", now, text="Source x is broken."),
            Draft("desk", "notice", "mute:1:over", 1, "low", now, text="The silence is over."),
            Draft("desk", "notice", f"{beginnings.SUBJECT}x", 1, "high", now, text="First look at x."),
        ]
        bayan.db.write_now(lambda conn: outbox.put(conn, notices, now))
        desk.always = "503 X"
        await after(bayan, seconds=1)
        await after(bayan, minutes=11)
        (text,) = mail.texts()
        assert text.splitlines()[0].startswith("↪️ through fallback, because channel desk takes no messages since")
        assert text.splitlines()[1:] == ["Source x is broken."]


def test_a_long_message_gives_lines_at_its_end_for_saying_why_it_is_told_here() -> None:
    lines = "\n".join(f"line {n} {'x' * 90}" for n in range(60))
    whole = draw_notice(lines)
    bold = Message(whole.text, (Span(0, 6, "bold"), Span(len(whole.text) - 3, len(whole.text), "italic")))
    told = relayed(bold, "desk", datetime(2026, 6, 20, 12, 0, tzinfo=UTC))
    assert units(told.text) <= LONGEST and told.text.endswith("\n…")
    start = told.text.index("line 0")
    assert [told.text[one.start : one.end] for one in told.spans if one.style == "bold"] == ["line 0"] and start > 0
    assert all(one.end <= len(told.text) for one in told.spans)
    assert relayed(Message("x"), "desk", None).text == "↪️ through fallback, because channel desk takes no messages\nx"
    assert relayed(Message("x" * 5_000), "desk", None).text.endswith("…")


# ------------------------------------------------------------------------------------------- in the configuration


def test_a_fallback_is_another_channel_that_is_there(tmp_path: Path) -> None:
    text = '[channels.a]\nkind = "console"\nfallback = "{}"\nfallback_after = "5m"\n'
    read_ = read(tmp_path, text.format("screen"))
    assert (read_.channels[0].fallback, read_.channels[0].fallback_after) == ("screen", timedelta(minutes=5))
    assert [
        'there is no channel "scren"; did you mean "screen"?' in line for line in wrong(tmp_path, text.format("scren"))
    ] == [True]
    assert ["is the channel itself" in line for line in wrong(tmp_path, text.format("a"))] == [True]
    said = wrong(tmp_path, text.format("screen").replace("5m", "5s"))
    assert ["at least 1 minute" in line for line in said] == [True]
    assert ["means nothing without" in line for line in wrong(tmp_path, text.replace('fallback = "{}"\n', ""))] == [
        True
    ]


def test_a_channel_that_is_a_fallback_alone_is_no_loose_end(tmp_path: Path) -> None:
    text = '[channels.spare]\nkind = "console"\n[channels.a]\nkind = "console"\nfallback = "spare"\n'
    said = " ".join(read(tmp_path, text).warnings)
    assert "channels.a:" in said and "channels.spare" not in said
