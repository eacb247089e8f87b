"""One story, one message: copies join the alert that rang; what is new in one rings; edits and removals are replies.

End to end: pages on a real server, a real (loopback) Bot API. Scenarios S7 and S8 of the acceptance are here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from alerts import outbox, verdicts
from alerts.hours import QuietHours
from alerts.model import Route
from alerts.settings import Configuration
from alerts.steps import PAUSED
from scraper import absences, marks, store, stories
from scraper.model import Source
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import Clock, House, configuration, house, local, phone

TITLE = "Qais al-Khazali condemns threats to Khamenei and warns of regional instability"
SAID = (
    "In a statement on Friday Qais al-Khazali, the secretary-general of Asa'ib Ahl al-Haqq, condemned the threats against the"
    " supreme leader. He said that “the threat is a direct attack on sacred figures and its consequences will reach far”."
    " Governments, organizations and world leaders were called upon to intervene at once, and the statement warned that silence"
    " encourages more violations of what is holy to millions of people in the region."
)
INTRODUCTION = (
    "Reactions to the events of the week continued in Baghdad on Friday evening, with several parties gathering in the capital"
    " before the weekend and new speeches announced for the days to come. "
)
BACKGROUND = (
    " The movement was founded two decades ago and has seats in parliament. Observers in the capital expect that the coming weeks"
    " will bring further declarations of this kind from other parties, while the government has asked all sides to keep calm and"
    " to leave decisions about war and peace to the institutions of the state."
)
OUTLETS = tuple(f"outlet{number}" for number in range(1, 10))


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        for outlet in OUTLETS:
            running.pages[f"/{outlet}"] = feed([])
        yield running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def feed(items: Iterable[tuple[str, str, str]]) -> str:
    """A feed with whole texts: name, headline, text."""
    rows = "".join(
        f"<item><guid>{name}</guid><link>https://example.org/{name}</link><title>{title}</title>"
        f"<description>{text}</description></item>"
        for name, title, text in (*items, ("old", "An old statement that was there before", ""))
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>f</title>{rows}</channel></rss>'


def watching(folder: Path, site: FakeSite, api: FakeBotApi, **more: object) -> Configuration:
    sources: tuple[Source, ...] = tuple(local(outlet, f"{site.origin}/{outlet}") for outlet in OUTLETS)
    return configuration(folder, sources=sources, **{"channels": (phone("phone", api.url, "11"),), **more})


async def primed(bayan: House) -> None:
    """Every source read once: from now on what is new rings."""
    await bayan.service.once(only=OUTLETS, patience=timedelta())


async def publish(bayan: House, site: FakeSite, outlet: str, title: str, text: str) -> None:
    site.pages[f"/{outlet}"] = feed([(f"{outlet}-{len(text)}", title, text)])
    await bayan.service.once(only=[outlet], patience=timedelta())


def sent(api: FakeBotApi) -> list[str]:
    """What rang: messages of their own, in the words they were sent with."""
    return [one["text"] for one in api.accepted if "edits" not in one]


def reads(api: FakeBotApi) -> list[str]:
    """The chat as it reads now."""
    return [one["text"] for one in api.chat("11")]


def stored(bayan: House) -> dict[str, int | None]:
    """Source to story, for what is no baseline."""
    found = [one for one in bayan.db.read_now(lambda conn: store.find(conn)) if not one.baseline]
    of = bayan.db.read_now(lambda conn: stories.stories_of(conn, [one.id for one in found]))
    return {one.source: of.get(one.id) for one in found}


# ------------------------------------------------------------------------------------------------ one message


async def test_a_second_source_edits_the_message_of_the_first_and_does_not_ring(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        await publish(bayan, site, "outlet1", TITLE, SAID)
        assert "🔁" not in reads(api)[0]
        clock.advance(minutes=12)
        await publish(bayan, site, "outlet2", "Khazali: attack on Khamenei has consequences", SAID + BACKGROUND)
    assert len(sent(api)) == 1
    (message,) = reads(api)
    assert "🔁 2 sources, first: outlet1, Sat 20 Jun 2026, 12:00 UTC · also: outlet2 +12 min" in message
    assert message.startswith(sent(api)[0][:60])


async def test_eight_outlets_are_one_message_and_a_ninth_with_a_new_quotation_rings_afresh(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    forms = (
        SAID, SAID + BACKGROUND, INTRODUCTION + SAID, SAID.replace("at once", "immediately"), SAID[: SAID.index(" Governments")],
        INTRODUCTION + SAID + BACKGROUND, SAID.replace("“", '"').replace("”", '"'), SAID.upper(),
    )  # fmt: skip
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        for outlet, form in zip(OUTLETS, forms, strict=False):
            await publish(bayan, site, outlet, TITLE, form)
            clock.advance(minutes=5)
        assert len(sent(api)) == 1
        assert "🔁 8 sources, first: outlet1" in reads(api)[0]
        assert "outlet7 +30 min and 1 more" in reads(api)[0]
        assert len(set(stored(bayan).values())) == 1
        more = " Qais al-Khazali added: “we shall answer every single attack with ten of our own before the month is over”."
        await publish(bayan, site, "outlet9", TITLE, SAID + more)
    assert len(sent(api)) == 2
    assert "🆕 a new quotation in the story of #" in sent(api)[1]
    assert len(set(stored_of(tmp_path).values())) == 1


async def test_a_denial_in_a_copy_rings_afresh(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await primed(bayan)
        await publish(bayan, site, "outlet1", TITLE, SAID)
        await publish(bayan, site, "outlet2", "Office of Qais al-Khazali denies statement on threats", SAID)
        await publish(bayan, site, "outlet3", "Office of Qais al-Khazali denies statement on threats", SAID)
    assert len(sent(api)) == 2
    assert "🆕 a denial in the story of #" in sent(api)[1]


async def test_another_statement_of_the_same_actor_on_the_same_day_rings(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    other = (
        "Qais al-Khazali met a delegation of tribal elders in Basra on Friday and spoke about the water supply of the southern"
        " provinces. He promised that the bloc would ask for a larger budget for canals and pumps before the summer."
    )
    async with house(watching(tmp_path, site, api)) as bayan:
        await primed(bayan)
        await publish(bayan, site, "outlet1", TITLE, SAID)
        await publish(bayan, site, "outlet2", "Qais al-Khazali meets tribal elders in Basra", other)
        assert len(set(stored(bayan).values())) == 2
    assert len(sent(api)) == 2


async def test_copies_that_come_before_the_first_was_sent_are_told_in_it(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await primed(bayan)
        for outlet in OUTLETS[:4]:
            site.pages[f"/{outlet}"] = feed([(outlet, TITLE, SAID)])
        bayan.db.write_now(lambda conn: marks.put(conn, PAUSED, bayan.clock()))
        await bayan.service.once(only=OUTLETS[:4], patience=timedelta())
        assert api.calls == 0
        bayan.db.write_now(lambda conn: marks.remove(conn, PAUSED))
        await bayan.service.once(only=(), patience=timedelta())
    assert api.calls == 1
    assert "🔁 4 sources" in reads(api)[0]


async def test_a_route_that_is_not_grouped_rings_for_every_copy(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    routes = (Route("all of it", ("phone",), actors=("khazali",), group_by="none"),)
    async with house(watching(tmp_path, site, api, routes=routes)) as bayan:
        await primed(bayan)
        await publish(bayan, site, "outlet1", TITLE, SAID)
        await publish(bayan, site, "outlet2", TITLE, SAID)
    assert len(sent(api)) == 2


async def test_a_copy_of_what_stood_there_before_the_first_look_rings(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    site.pages["/outlet1"] = feed([("b", TITLE, SAID)])
    async with house(watching(tmp_path, site, api)) as bayan:
        await primed(bayan)
        await publish(bayan, site, "outlet2", TITLE, SAID)
    (message,) = sent(api)
    assert "🔁 2 sources, first: outlet1" in message


async def test_two_channels_each_have_a_first_message_of_their_own(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    routes = (
        Route("one", ("one",), actors=("khazali",), sources=("outlet2", "outlet3")),
        Route("two", ("two",), actors=("khazali",)),
    )
    routes = (replace(routes[0], proceed=True), routes[1])
    channels = (phone("one", api.url, "1"), phone("two", api.url, "2"))
    async with house(watching(tmp_path, site, api, routes=routes, channels=channels)) as bayan:
        await primed(bayan)
        for outlet in OUTLETS[:3]:
            await publish(bayan, site, outlet, TITLE, SAID)
    assert [len(api.chat(chat)) for chat in ("1", "2")] == [1, 1]
    for chat in ("1", "2"):
        assert "🔁 3 sources, first: outlet1" in api.chat(chat)[0]["text"]


# ----------------------------------------------------------------------------------------- edits of a message


async def test_an_edit_without_an_answer_is_made_again_without_a_mark(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        await publish(bayan, site, "outlet1", TITLE, SAID)
        api.fail("drop", when="after")
        await publish(bayan, site, "outlet2", TITLE, SAID)
        assert [one.state for one in deliveries(bayan)] == ["pending", "sent"]
        clock.advance(minutes=2)
        await bayan.service.once(only=[], patience=timedelta())
        assert [one.state for one in deliveries(bayan)] == ["sent", "sent"]
    assert "may repeat" not in reads(api)[0]
    assert api.calls == 3


async def test_a_message_that_was_deleted_is_not_edited_and_nobody_is_alarmed(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await primed(bayan)
        await publish(bayan, site, "outlet1", TITLE, SAID)
        api.deleted.add(1)
        await publish(bayan, site, "outlet2", TITLE, SAID)
        latest = deliveries(bayan)[0]
    assert (latest.kind, latest.state) == ("also", "dropped")
    assert "to edit not found" in latest.reason
    assert len(sent(api)) == 1


async def test_nothing_is_edited_after_two_days(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        await publish(bayan, site, "outlet1", TITLE, SAID)
        clock.advance(hours=49)
        await publish(bayan, site, "outlet2", TITLE, SAID)
        latest = deliveries(bayan)[0]
    assert api.calls == 1
    assert (latest.kind, latest.state) == ("also", "dropped")


def deliveries(bayan: House) -> tuple[outbox.Entry, ...]:
    """Newest first."""
    return bayan.db.read_now(lambda conn: outbox.entries(conn))


def stored_of(folder: Path) -> dict[str, int | None]:
    """As `stored`, of a store that is closed."""
    import sqlite3

    with sqlite3.connect(folder / "bayan.db") as conn:
        return dict(conn.execute("SELECT source, story FROM statement WHERE NOT baseline").fetchall())


# ------------------------------------------------------------------------------------------- edited and removed


async def test_an_edit_of_a_statement_comes_as_a_reply_with_what_changed_and_marks_the_alert(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        site.pages["/outlet1"] = feed([("a", TITLE, SAID)])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
        clock.advance(minutes=40)
        site.pages["/outlet1"] = feed([("a", TITLE, SAID.replace("world leaders", "heads of state"))])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
        await bayan.service.once(only=["outlet1"], patience=timedelta())
        found = bayan.db.read_now(lambda conn: verdicts.history(conn, 10))
    assert len(found) == 2
    alert, reply = api.chat("11")
    assert reply["reply_parameters"]["message_id"] == alert["message_id"]
    struck = [part(reply, one) for one in reply["entities"] if one["type"] == "strikethrough"]
    added = [part(reply, one) for one in reply["entities"] if one["type"] == "underline"]
    assert (struck, added) == (["world leaders"], ["heads of state"])
    assert "✏️ edited since, Sat 20 Jun 2026, 12:40 UTC" in alert["text"]


async def test_an_edited_then_removed_statement_has_two_replies_and_its_alert_stays_and_says_so(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        site.pages["/outlet1"] = feed([("a", TITLE, SAID)])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
        clock.advance(minutes=40)
        site.pages["/outlet1"] = feed([("a", TITLE, SAID.replace("world leaders", "heads of state"))])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
        clock.advance(hours=3)
        await bayan.db.write(lambda conn: absences.record_removed(conn, 10, clock.now))
        await bayan.service.once(only=[], patience=timedelta())
        await bayan.service.once(only=[], patience=timedelta())
    alert, edit, removal = api.chat("11")
    assert edit["text"].startswith("✏️ Edited: Qays al-Khaz'ali · #")
    assert edit["text"].count("\n") >= 3 and len(re.findall("^[0-9a-f]{64}$", edit["text"], re.MULTILINE)) == 2
    assert removal["text"].startswith("🗑 Removed: Qays al-Khaz'ali · #")
    assert "heads of state were called upon to intervene at once" in removal["text"]
    assert "is gone from its source since Sat 20 Jun 2026, 15:40 UTC" in removal["text"]
    for reply in (edit, removal):
        assert reply["reply_parameters"] == {"message_id": alert["message_id"], "allow_sending_without_reply": True}
    assert "✏️ edited since, Sat 20 Jun 2026, 12:40 UTC" in alert["text"]
    assert "🗑 removed since, Sat 20 Jun 2026, 15:40 UTC" in alert["text"]
    assert TITLE in alert["text"]
    assert len(sent(api)) == 3


async def test_an_edit_and_a_removal_that_come_before_the_alert_was_sent_are_told_in_it(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        api.fail("error", code=502, description="Bad Gateway")
        await api.refuse()
        await publish(bayan, site, "outlet1", TITLE, SAID)
        clock.advance(minutes=3)
        await bayan.db.write(lambda conn: absences.record_removed(conn, 10, clock.now))
        await bayan.service.once(only=[], patience=timedelta())
        await api.listen()
        api.heal()
        clock.advance(minutes=3)
        await bayan.service.once(only=[], patience=timedelta())
        clock.advance(minutes=3)
        await bayan.service.once(only=[], patience=timedelta())
    assert "🗑 removed since, Sat 20 Jun 2026, 12:03 UTC" in api.chat("11")[0]["text"]
    assert [message["text"][:9] for message in api.chat("11")[1:]] == ["🗑 Removed"]


async def test_an_edit_of_an_arabic_statement_keeps_its_directions_apart(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    said = "أكد قيس الخزعلي أن التهديد مرفوض، وقال إن الرد سيكون خلال أيام قليلة، ودعا الجميع إلى التهدئة في كل مكان."
    async with house(watching(tmp_path, site, api), clock := Clock()) as bayan:
        await primed(bayan)
        site.pages["/outlet1"] = feed([("a", "قيس الخزعلي يرفض التهديد", said)])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
        clock.advance(minutes=40)
        site.pages["/outlet1"] = feed([("a", "قيس الخزعلي يرفض التهديد", said.replace("أيام قليلة", "أسابيع طويلة"))])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
    _, reply = api.chat("11")
    struck = [part(reply, one) for one in reply["entities"] if one["type"] == "strikethrough"]
    added = [part(reply, one) for one in reply["entities"] if one["type"] == "underline"]
    assert (struck, added) == (["أيام قليلة،"], ["أسابيع طويلة،"])
    for line in reply["text"].split("\n"):
        assert re.fullmatch("[^\u2068\u2069]*(\u2068[^\u2068\u2069]*\u2069[^\u2068\u2069]*)*", line)
        assert not re.search("[\u0590-\u08ff]", re.sub("\u2068[^\u2069]*\u2069", "", line)), "all of it is fenced in"


def part(message: dict[str, object], entity: dict[str, int]) -> str:
    """The words that an entity stands on."""
    text = str(message["text"]).encode("utf-16-le")
    return text[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")


# --------------------------------------------------------------------------------------------------- at night

NIGHT = QuietHours("night", time(23), time(6, 30), "UTC")
AT_NIGHT = (Route("desk", ("phone",), actors=("*",), quiet_hours="night"),)


def nightly(folder: Path, site: FakeSite, api: FakeBotApi) -> Configuration:
    return watching(folder, site, api, routes=AT_NIGHT, quiet_hours=(NIGHT,))


async def test_a_reply_about_an_edit_waits_for_the_end_of_quiet_hours(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock(datetime(2026, 6, 20, 22, 30, tzinfo=UTC))
    async with house(nightly(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        site.pages["/outlet1"] = feed([("a", TITLE, SAID)])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
        clock.advance(hours=1)
        site.pages["/outlet1"] = feed([("a", TITLE, SAID.replace("world leaders", "heads of state"))])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
        assert len(sent(api)) == 1
        assert "✏️ edited since" in reads(api)[0]
        clock.advance(hours=7, minutes=5)
        await bayan.service.once(only=[], patience=timedelta())
    assert sent(api)[1].startswith("✏️ Edited")


async def test_what_was_told_in_a_digest_is_not_edited_and_its_edit_is_a_reply_to_the_digest(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock(datetime(2026, 6, 20, 23, 30, tzinfo=UTC))
    async with house(nightly(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        site.pages["/outlet1"] = feed([("a", TITLE, SAID)])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
        await publish(bayan, site, "outlet2", TITLE, SAID)
        assert api.accepted == []
        clock.advance(hours=7, minutes=5)
        await bayan.service.once(only=[], patience=timedelta())
        await publish(bayan, site, "outlet3", TITLE, SAID)
        digest = api.accepted[0]
        assert [one["message_id"] for one in api.accepted] == [digest["message_id"]]
        clock.advance(minutes=5)
        site.pages["/outlet1"] = feed([("a", TITLE, SAID.replace("world leaders", "heads of state"))])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
    assert len(api.accepted) == 2
    assert api.accepted[1]["text"].startswith("✏️ Edited")
    assert api.accepted[1]["reply_parameters"]["message_id"] == digest["message_id"]


async def test_after_the_chat_was_changed_no_message_of_the_new_one_is_edited_or_answered(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        site.pages["/outlet1"] = feed([("a", TITLE, SAID)])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
    clock.advance(minutes=9)
    moved = watching(tmp_path, site, api, channels=(phone("phone", api.url, "22"),))
    async with house(moved, clock) as bayan:
        await publish(bayan, site, "outlet2", TITLE, SAID)
        assert len(api.accepted) == 1
        site.pages["/outlet1"] = feed([("a", TITLE, SAID.replace("world leaders", "heads of state"))])
        await bayan.service.once(only=["outlet1"], patience=timedelta())
    (reply,) = api.chat("22")
    assert reply["text"].startswith("✏️ Edited") and "reply_parameters" not in reply


async def test_a_group_that_became_a_supergroup_is_not_edited_by_its_old_numbers(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await primed(bayan)
        await publish(bayan, site, "outlet1", TITLE, SAID)
        moved = {"migrate_to_chat_id": -1002}
        api.fail("error", code=400, description="Bad Request: group chat was upgraded", parameters=moved)
        await publish(bayan, site, "outlet2", TITLE, SAID)
        assert [(one.kind, one.state) for one in deliveries(bayan) if one.kind == "also"] == [("also", "dropped")]
    assert len(sent(api)) == 1


async def test_an_edit_that_would_change_nothing_for_who_reads_is_not_sent(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    clock = Clock()
    async with house(watching(tmp_path, site, api), clock) as bayan:
        await primed(bayan)
        texts = [
            SAID,
            SAID.replace("world leaders", "heads of state"),
            SAID.replace("world leaders", "kings and queens"),
        ]
        for place, text in enumerate(texts):
            site.pages["/outlet1"] = feed([("a", TITLE, text)])
            before = api.calls
            await bayan.service.once(only=["outlet1"], patience=timedelta())
            await bayan.service.once(only=["outlet1"], patience=timedelta())
            asked = api.calls - before
            assert asked == (1, 2, 1)[place], (
                "an alert; a reply and the mark in the alert; a reply, for the mark stands there"
            )
            clock.advance(minutes=40)
        settled = bayan.db.read_now(lambda conn: outbox.of_statement(conn, 10))
    assert [one["text"].split(" ")[0] for one in api.chat("11")][1:] == ["✏️", "✏️"]
    assert "✏️ edited since, Sat 20 Jun 2026, 12:40 UTC" in reads(api)[0]
    assert [(one.state, one.reason) for one in settled if one.kind == "also"] == [
        ("sent", ""),
        ("dropped", "its alert says so already"),
    ]
