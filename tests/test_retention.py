"""What is old is forgotten, and only that: nothing unsent, held, unjudged or still listed; and nothing rings again for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.settings import Configuration
from scraper.db import Connection
from scraper.schema import forgotten, identity, statement
from scraper.settings import FOREVER
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import House, configuration, house, local, phone
from tests.test_crash_changes import die_at_every_step

OLD = [("o1", "An old statement that was there before")]
RINGS = ("n1", "Qais al-Khazali speaks of the first matter today")
QUIET = ("n2", "Nothing that anybody watches happened here")
LATER = [(f"l{n}", f"A later statement of no interest, number {n}") for n in range(3)]


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        yield running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def keeping(folder: Path, site: FakeSite, api: FakeBotApi, **days: Any) -> Configuration:
    config = configuration(
        folder, sources=(local("agency", f"{site.origin}/feed"),), channels=(phone("one", api.url, "11"),)
    )
    spans: dict[str, Any] = {name: days_ if days_ == FOREVER else timedelta(days=days_) for name, days_ in days.items()}
    return replace(config, storage=replace(config.storage, **spans))


async def look(bayan: House, site: FakeSite, items: list[tuple[str, str]], **later: float) -> None:
    bayan.clock.advance(**later)
    site.pages["/feed"] = site.feed(items)
    await bayan.service.once(only=["agency"], patience=timedelta())
    if later.get("days", 0) > 1:
        await house_kept(bayan)


def rows(bayan: House, query: str) -> list[tuple[Any, ...]]:
    return bayan.db.read_now(lambda conn: [tuple(row) for row in conn.exec_driver_sql(query)])


def titles(bayan: House) -> set[str]:
    return {row[0] for row in rows(bayan, "SELECT title FROM statement")}


async def house_kept(bayan: House) -> None:
    """The clock leapt, so it is believed a day later only."""
    for _ in range(2):
        await bayan.service.keep_house()
        bayan.clock.advance(hours=25)
    await bayan.service.keep_house()


async def told_and_aged(bayan: House, site: FakeSite) -> None:
    """A statement rang a month ago, another did not; both have left the list since."""
    await look(bayan, site, OLD)
    await look(bayan, site, [RINGS, QUIET, *OLD], minutes=20)
    await look(bayan, site, LATER, minutes=20)
    await look(bayan, site, LATER, days=40)


async def test_an_old_statement_goes_with_all_that_hangs_on_it_and_its_identities_stay(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api, keep_statements=30, keep_deliveries=30)) as bayan:
        await told_and_aged(bayan, site)
        assert len(api.accepted) == 1
        assert titles(bayan) == {title for _, title in LATER}
        for table in ("verdict", "match", "identity"):
            [(left,)] = rows(bayan, f"SELECT count(*) FROM {table} WHERE statement NOT IN (SELECT id FROM statement)")
            assert left == 0
        assert rows(bayan, "SELECT id FROM delivery") == []
        assert len(rows(bayan, "SELECT key FROM forgotten")) >= 3
        assert rows(bayan, "PRAGMA foreign_key_check") == []


async def test_an_old_item_that_returns_does_not_ring_however_long_ago_it_was_forgotten(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api, keep_statements=30, keep_deliveries=30)) as bayan:
        await told_and_aged(bayan, site)
        await look(bayan, site, [("n9", "Qais al-Khazali speaks of the ninth matter now"), RINGS, *LATER], days=400)
        texts = [message["text"] for message in api.accepted]
        assert sum("first matter" in text for text in texts) == 1
        assert sum("ninth matter" in text for text in texts) == 1, "what is new rings as ever"
        assert RINGS[1] not in titles(bayan)


async def test_a_guid_that_is_given_to_other_words_at_another_address_is_no_old_item(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api, keep_statements=30, keep_deliveries=30)) as bayan:
        await told_and_aged(bayan, site)
        feed = site.feed([("n1", "Qais al-Khazali speaks of something else entirely"), *LATER])
        bayan.clock.advance(days=1)
        site.pages["/feed"] = feed.replace("/article/n1", "/article/another")
        await bayan.service.once(only=["agency"], patience=timedelta())
        assert any("something else entirely" in message["text"] for message in api.accepted)


async def test_what_was_not_sent_is_kept_however_old_and_is_sent_in_the_end(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api, keep_statements=7, keep_deliveries=7)) as bayan:
        await look(bayan, site, OLD)
        api.fail("error", code=401, description="Unauthorized", count=1_000)
        await look(bayan, site, [RINGS, QUIET, *OLD], minutes=20)
        await look(bayan, site, LATER, minutes=20)
        await look(bayan, site, LATER, days=400)
        assert titles(bayan) == {RINGS[1], *(title for _, title in LATER)}
        assert api.accepted == []
        api.heal()
        await look(bayan, site, LATER, days=1)
        assert [RINGS[1][:40] in message["text"] for message in api.accepted] == [True]


async def test_what_is_held_or_still_to_be_judged_or_still_listed_is_kept(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api, keep_statements=30, keep_deliveries=30)) as bayan:
        await look(bayan, site, [("a0", "A statement that will go, as it should")])
        await look(bayan, site, LATER, days=1)
        await look(bayan, site, [LATER[2], ("z", "The newest of all statements")], days=1)
        held, unjudged = (f"SELECT id FROM statement WHERE title LIKE '%number {n}'" for n in range(2))
        await bayan.db.write(lambda conn: keep_some(conn, held, unjudged))
        bayan.clock.advance(days=60)
        await house_kept(bayan)
        assert titles(bayan) == {title for _, title in LATER} | {"The newest of all statements"}


def keep_some(conn: Connection, held: str, unjudged: str) -> None:
    """One statement held in a flood, one still to be judged."""
    conn.exec_driver_sql(
        "INSERT OR IGNORE INTO flood (id, source, since, last_at, statements, listed, reason, verdict)"
        " VALUES (1, 'agency', '2026-06-20', '2026-06-20', 1, 1, 'too many', '')"
    )
    conn.exec_driver_sql(f"INSERT OR IGNORE INTO held (statement, flood, wants_article) VALUES (({held}), 1, 0)")
    conn.exec_driver_sql(
        f"INSERT OR IGNORE INTO unjudged (statement, revision, extent, queued_at) VALUES (({unjudged}), 9, 'text', '2026-06-20')"
    )


async def test_an_old_delivery_is_emptied_and_its_statement_never_rings_again(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api, keep_statements=FOREVER, keep_deliveries=30)) as bayan:
        await told_and_aged(bayan, site)
        [(state, message_id, routes)] = rows(bayan, "SELECT state, message_id, routes FROM delivery")
        assert (state, message_id, routes) == ("dropped", None, "[]")
        assert RINGS[1] in titles(bayan)
        await look(bayan, site, [("n1", RINGS[1] + ", and a threat"), *LATER], days=1)
        assert len(api.accepted) == 1


async def test_forever_keeps_everything(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    async with house(keeping(tmp_path, site, api, keep_statements=FOREVER, keep_deliveries=FOREVER)) as bayan:
        await told_and_aged(bayan, site)
        await look(bayan, site, LATER, days=30_000)
        assert RINGS[1] in titles(bayan)
        assert rows(bayan, "SELECT state FROM delivery") == [("sent",)]


async def test_a_story_that_is_still_told_keeps_all_its_statements(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api, keep_statements=30, keep_deliveries=30)) as bayan:
        await look(bayan, site, OLD)
        await look(bayan, site, [RINGS, QUIET, *OLD], minutes=20)
        await look(bayan, site, LATER, days=20)
        await bayan.db.write(
            lambda conn: conn.exec_driver_sql(
                "UPDATE statement SET story = (SELECT id FROM statement WHERE title LIKE '%first matter%')"
                " WHERE title LIKE 'A later%' OR title LIKE '%first matter%'"
            )
        )
        await look(bayan, site, LATER, days=20)
        assert RINGS[1] in titles(bayan)
        assert QUIET[1] not in titles(bayan)


async def test_a_death_at_any_statement_of_forgetting_leaves_all_or_nothing(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    from alerts import retention

    async with house(keeping(tmp_path, site, api, keep_statements=FOREVER, keep_deliveries=FOREVER)) as bayan:
        await told_and_aged(bayan, site)
        month, now = timedelta(days=30), bayan.clock()
        await bayan.service._upkeep.aclose()  # the daily look through the store leaves its own mark

        def forget(conn: Connection) -> object:
            return retention.forget_statements(conn, now, statements=month, deliveries=month, after=None)

        assert die_at_every_step(bayan.db, tmp_path, forget) >= 15
        assert titles(bayan) == {title for _, title in LATER}
        left = await bayan.db.read(lambda conn: conn.execute(identity.select()).all())
        there = {row.id for row in await bayan.db.read(lambda conn: conn.execute(statement.select()).all())}
        assert {row.statement for row in left} <= there
        assert await bayan.db.read(lambda conn: conn.execute(forgotten.select()).all())


async def test_a_clock_that_leaps_ahead_by_years_makes_nothing_old_before_a_day_has_gone(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api, keep_statements=30, keep_deliveries=30)) as bayan:
        await look(bayan, site, OLD)
        await look(bayan, site, LATER, minutes=20)
        bayan.clock.advance(days=9_000)
        for _ in range(20):
            await bayan.service.keep_house()
            bayan.clock.advance(hours=1)
        assert OLD[0][1] in titles(bayan)
        bayan.clock.advance(days=-9_000)
        await bayan.service.keep_house()
        assert OLD[0][1] in titles(bayan)


async def test_deeds_codes_mutes_and_watches_of_the_chat_are_kept_for_a_year_at_least(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    from alerts import mutes, retention
    from alerts.bot import chats, deeds

    async with house(keeping(tmp_path, site, api)) as bayan:
        now = bayan.clock()

        def act(conn: Connection) -> None:
            chats.make_code(conn, "viewer", "*", "11", now)
            deeds.record(
                conn, chat="7", person="11", verb="role", subject="12", before=None, after={"role": "viewer"}, now=now
            )
            mutes.end(conn, mutes.make(conn, "one", "all", "", "11", now, now + timedelta(hours=1)).id, now)
            mutes.make(conn, "one", "actor", "khazali", "11", now, now + timedelta(days=20))

        await bayan.db.write(act)

        def left() -> list[int]:
            return [rows(bayan, f"SELECT count(*) FROM {table}")[0][0] for table in ("enrolment", "deed", "mute")]

        for days, keep, wanted in ((364, 30, [1, 1, 2]), (400, 500, [1, 1, 2]), (366, 30, [0, 0, 1])):
            later, span = now + timedelta(days=days), timedelta(days=keep)
            await bayan.db.write(lambda conn, later=later, span=span: retention.forget_deeds(conn, later, keep=span))  # type: ignore[misc]
            assert left() == wanted, (days, keep)
