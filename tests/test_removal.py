"""Removals: what is believed to be gone, and what is only out of sight, through the whole street."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import outbox
from scraper import absences, store
from scraper.db import Database
from scraper.removal import MOST_CHECKS, Absence, Answer, Verdict, missing, own_page, weigh
from tests.command import Bayan, in_thread, source
from tests.command import bayan as bayan
from tests.fake_site import FakeSite
from tests.street import House, configuration, house, local
from tests.subjects import headline

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
WIRE = local("wire", "https://site.example/feed", interval=timedelta(minutes=30))


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        yield running


# --------------------------------------------------------------------------------------------------- what is missing


def test_what_is_gone_from_between_its_neighbours_is_missing() -> None:
    assert missing([5, 4, 3, 2, 1], [6, 5, 4, 2, 1]) == (3,)


def test_what_left_the_end_of_the_list_is_not_missing() -> None:
    assert missing([5, 4, 3, 2, 1], [7, 6, 5, 4, 3]) == ()


def test_what_was_first_and_is_gone_is_missing_only_where_new_ones_are_known_to_come_first() -> None:
    assert missing([5, 4, 3], [6, 4, 3]) == ()
    assert missing([5, 4, 3], [4, 3], newest="first") == (5,)
    assert missing([5, 4, 3], [-1, 4, 3], newest="first") == (5,)
    assert missing([3, 4, 5], [3, 4, -1], newest="last") == (5,)


def test_what_left_the_top_of_a_list_that_grows_at_its_end_is_not_missing() -> None:
    assert missing([3, 4, 5], [4, 5, -1], newest="first") == ()
    assert missing([5, 4, 3], [-1, 5, 4], newest="last") == ()


def test_a_new_top_of_the_page_hides_nothing_that_is_missing_further_down() -> None:
    assert missing([9, 8, 7, 6, 5, 4, 3], [-1, 5, 3], newest="first") == (4,)


def test_a_shuffled_list_says_nothing() -> None:
    assert missing([5, 4, 3, 2, 1], [1, 5, 2, 4]) == ()


def test_a_list_from_which_much_is_missing_is_another_list() -> None:
    assert missing([9, 8, 7, 6, 5, 4, 3, 2, 1], [9, 1]) == ()


pages = st.lists(st.integers(1, 60), unique=True, max_size=40)


@given(pages, pages, st.sampled_from(["first", "last", None]))
def test_what_is_missing_was_there_and_is_not_and_stood_between_two_that_are_or_was_new(
    before: list[int], now: list[int], newest: Literal["first", "last"] | None
) -> None:
    for one in missing(before, now, newest=newest):
        at = before.index(one)
        assert one not in now
        assert newest == "first" or set(before[:at]) & set(now)
        assert newest == "last" or set(before[at + 1 :]) & set(now)


@given(pages)
def test_nothing_is_missing_from_the_same_list(before: list[int]) -> None:
    assert missing(before, before) == ()
    assert missing(before, []) == ()


# ------------------------------------------------------------------------------------------------------ the two proofs


def case(**more: object) -> Absence:
    return replace(Absence(1, "wire", NOW, NOW), **more)  # type: ignore[arg-type]


def test_one_proof_is_not_enough_and_two_are() -> None:
    first = weigh(case(), "gone", "there", "404", source=WIRE, now=NOW)
    assert (first.proof, first.removed, first.again_at) == (True, False, NOW + timedelta(minutes=30))
    second = weigh(case(first_proof_at=NOW), "gone", "there", "404", source=WIRE, now=NOW + timedelta(minutes=30))
    assert (second.proof, second.removed) == (True, True)


def test_two_looks_within_one_interval_are_one_proof() -> None:
    again = weigh(case(first_proof_at=NOW), "gone", "there", "404", source=WIRE, now=NOW + timedelta(minutes=29))
    assert (again.removed, again.again_at) == (False, NOW + timedelta(minutes=30))


answers: st.SearchStrategy[Answer] = st.sampled_from(["gone", "there", "unsure"])


@given(answers, answers, st.integers(0, 20), st.none() | st.just(NOW - timedelta(days=1)))
def test_nothing_is_proven_unless_the_page_is_gone_and_another_stands(
    own: Answer, control: Answer, checks: int, first_proof_at: datetime | None
) -> None:
    found = weigh(
        case(checks=checks, first_proof_at=first_proof_at), own, control, "detail", source=WIRE, now=NOW
    )  # fmt: skip
    assert found.proof == (own == "gone" and control == "there")
    assert found.removed == (found.proof and first_proof_at is not None)
    assert found.again_at is None or found.again_at > NOW
    if checks >= MOST_CHECKS and not found.proof:
        assert found.again_at is None, "it is asked for a bounded number of times"


def test_the_message_of_a_channel_has_a_page_of_its_own() -> None:
    channel = replace(WIRE, kind="channel", url="https://t.me/s/name")
    assert own_page(channel, "https://t.me/name/7", "name/7") == "https://t.me/name/7?embed=1&mode=tme"
    assert own_page(channel, "https://t.me/name/7", "") == ""


# -------------------------------------------------------------------------------------------- through the whole street

LIST = [(str(n), headline(n)) for n in range(6, 0, -1)]
LESS = [row for row in LIST if row[0] != "4"]


def publish(site: FakeSite, rows: list[tuple[str, str]]) -> None:
    site.pages["/feed"] = site.feed(rows)
    for one, _ in rows:
        site.pages[f"/article/{one}"] = f"<html><body><p>The page of {one}.</p></body></html>"


def removed(here: House) -> list[str]:
    rows = here.db.read_now(lambda conn: store.find(conn, source="wire"))
    return [row.title for row in rows if row.removed_at is not None]


def looked_for(site: FakeSite) -> int:
    return sum(asked.path.startswith("/article/") for asked in site.asked)


async def poll_again(here: House, *, minutes: int = 10, times: int = 1) -> None:
    for _ in range(times):
        here.clock.advance(minutes=minutes)
        await here.service.once()


async def test_a_statement_is_removed_after_two_proofs_in_two_polls(tmp_path: Path, site: FakeSite) -> None:
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),))) as here:
        publish(site, LIST)
        await here.service.once()
        publish(site, LESS)
        site.pages["/article/4"] = 404
        await poll_again(here)
        assert removed(here) == [], "one proof is not enough"
        await poll_again(here, times=2)
        assert removed(here) == [headline(4)]
        assert here.db.read_now(lambda conn: store.waiting(conn, 9)) == (), "it was judged once more"
        statement = next(row for row in here.db.read_now(lambda conn: store.find(conn)) if row.removed_at)
        known = here.db.read_now(lambda conn: absences.get(conn, statement.id))
        assert known is not None
        assert known.first_proof_at is not None
        assert known.second_proof_at is not None
        assert known.second_proof_at - known.first_proof_at >= timedelta(minutes=10)
        assert "404" in known.first_proof
        assert "stands" in known.second_proof


@pytest.mark.parametrize("since", [(), ("7",)], ids=["nothing came since", "another came since"])
async def test_the_newest_statement_that_is_taken_down_at_once_is_removed_too(
    tmp_path: Path, site: FakeSite, since: tuple[str, ...]
) -> None:
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),))) as here:
        publish(site, LIST[1:])
        await here.service.once()
        publish(site, LIST)
        await poll_again(here)
        publish(site, [*((one, headline(int(one))) for one in since), *LIST[1:]])
        site.pages["/article/6"] = 404
        await poll_again(here, times=3)
        assert removed(here) == [headline(6)]


async def test_who_was_told_of_a_statement_is_told_that_it_is_gone(tmp_path: Path, site: FakeSite) -> None:
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),))) as here:
        publish(site, LIST[3:])
        await here.service.once()
        publish(site, LIST)
        await poll_again(here)
        assert "matter 5" in here.shown
        publish(site, [row for row in LIST if row[0] != "5"])
        site.pages["/article/5"] = 404
        await poll_again(here, times=3)
        kinds = [one.kind for one in here.db.read_now(lambda conn: outbox.entries(conn, limit=99))]
        assert (kinds.count("alert"), kinds.count("removal")) == (3, 1)


@pytest.mark.parametrize("answer", [200, 403, 429, 500, 503])
async def test_a_page_that_is_refused_or_broken_or_stands_proves_nothing(
    tmp_path: Path, site: FakeSite, answer: int
) -> None:
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),))) as here:
        publish(site, LIST)
        await here.service.once()
        publish(site, LESS)
        if answer != 200:
            site.pages["/article/4"] = answer
        await poll_again(here, minutes=60, times=30)
        assert removed(here) == []
        assert looked_for(site) <= MOST_CHECKS, "and it is asked for a bounded number of times"


async def test_a_site_whose_pages_are_all_gone_has_removed_nothing(tmp_path: Path, site: FakeSite) -> None:
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),))) as here:
        publish(site, LIST)
        await here.service.once()
        publish(site, LESS)
        for one, _ in LIST:
            site.pages[f"/article/{one}"] = 404
        await poll_again(here, times=20)
        assert removed(here) == []


async def test_between_two_proofs_the_list_must_have_been_read_well(tmp_path: Path, site: FakeSite) -> None:
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),))) as here:
        publish(site, LIST)
        await here.service.once()
        publish(site, LESS)
        site.pages["/article/4"] = 404
        await poll_again(here)
        site.pages["/feed"] = 503
        await poll_again(here, minutes=60, times=5)
        assert removed(here) == []
        publish(site, LESS)
        await poll_again(here, minutes=60, times=3)
        assert removed(here) == [headline(4)]


async def test_what_leaves_the_end_of_the_list_is_not_looked_for(tmp_path: Path, site: FakeSite) -> None:
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),))) as here:
        publish(site, LIST)
        await here.service.once()
        publish(site, [("7", "Something else entirely"), *LIST[:4]])
        site.pages["/article/1"] = 404
        await poll_again(here, times=3)
        assert removed(here) == []
        assert looked_for(site) == 0


async def test_what_returns_before_the_second_proof_was_never_removed(tmp_path: Path, site: FakeSite) -> None:
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),))) as here:
        publish(site, LIST)
        await here.service.once()
        publish(site, LESS)
        site.pages["/article/4"] = 404
        await poll_again(here)
        site.pages["/feed"] = site.feed(LIST)
        await poll_again(here, times=4)
        assert removed(here) == []


async def test_a_removed_statement_that_returns_is_no_longer_removed_and_does_not_ring(
    tmp_path: Path, site: FakeSite
) -> None:
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),))) as here:
        publish(site, LIST)
        await here.service.once()
        publish(site, LESS)
        site.pages["/article/4"] = 404
        await poll_again(here, times=3)
        assert len(removed(here)) == 1
        publish(site, LIST)
        await poll_again(here)
        assert removed(here) == []
        assert here.db.read_now(store.counts)["statements"] == 6
        assert "matter" not in here.shown
        statement = next(row for row in here.db.read_now(lambda conn: store.find(conn)) if "matter 4" in row.title)
        known = here.db.read_now(lambda conn: absences.get(conn, statement.id))
        assert known is not None
        assert known.returned_at == here.clock()


async def test_only_a_few_missing_statements_are_looked_for_at_one_time(tmp_path: Path, site: FakeSite) -> None:
    many = [(str(n), f"Statement of the day number {n}") for n in range(100, 0, -1)]
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),))) as here:
        publish(site, many)
        await here.service.once()
        gone = {"20", "30", "40", "50", "60", "70"}
        publish(site, [row for row in many if row[0] not in gone])
        for one in gone:
            site.pages[f"/article/{one}"] = 404
        await poll_again(here)
        assert looked_for(site) == 6, "three, each with another page of the site"


def prove(database: Database, number: int, verdict: Verdict) -> None:
    known = database.read_now(lambda conn: absences.get(conn, number))
    assert known is not None
    assert database.write_now(lambda conn: absences.record_look(conn, known, verdict, NOW))


def test_show_says_when_and_how_a_removal_was_proven(bayan: Bayan) -> None:
    with in_thread(FakeSite()) as site:
        bayan.configure(source("wire", f"{site.origin}/feed"))
        publish(site, LIST)
        assert bayan("run", "--once").code == 0
        with bayan.store() as database:
            number = next(row.id for row in database.read_now(lambda conn: store.find(conn)) if "matter 4" in row.title)
            assert "removed" not in bayan("statements", "show", str(number)).out
            database.write_now(lambda conn: absences.suspect(conn, number, "wire", NOW))
            for verdict in (
                Verdict(True, False, NOW, "status 404 once"),
                Verdict(True, True, None, "status 404 again"),
            ):
                prove(database, number, verdict)
        shown = bayan("statements", "show", str(number)).out
        assert "removed    20 Jun 2026, 12:00:00 UTC" in shown
        assert shown.count("proof      20 Jun 2026") == 2
        row = bayan("statements", "show", str(number), "--json").json
        assert row["removed_at"] == "2026-06-20T12:00:00Z"
