"""Floods: what is believed, what is held, and what a person makes of it, through the whole street."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import holds as held_back
from alerts import outbox
from alerts.model import Route
from alerts.said import in_language
from alerts.settings import ChannelSettings, HealthSettings
from scraper import holds, store
from scraper.flood import Habit, believable, shape, why_a_flood
from scraper.model import Item, Moment
from scraper.settings import FloodSettings
from tests.command import Bayan, in_thread, source
from tests.command import bayan as bayan
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import Clock, House, configuration, house, local, phone
from tests.subjects import headline

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
USUAL = FloodSettings()
SETTLED = Habit(most=3, per_hour=0.5, since=NOW - timedelta(days=30))


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        yield running


# --------------------------------------------------------------------------------------------------- the decision


def items(count: int, *, folder: str = "news", at: datetime | None = None) -> list[Item]:
    moment = None if at is None else Moment(at, "minute", "feed:published", confident=True)
    return [
        Item(guid=None, url=f"https://site.example/{folder}/headline-number-{n}", title=f"Headline number {n}", published=moment)
        for n in range(count)
    ]  # fmt: skip


def why(new: list[Item], **more: Any) -> str:
    values: dict[str, Any] = {
        "page": len(new), "habit": SETTLED, "last_look": NOW - timedelta(minutes=10), "now": NOW, "known_urls": (),
        "settings": USUAL, **more,
    }  # fmt: skip
    return why_a_flood(new, **values)


def test_a_page_that_is_another_one_within_minutes_is_not_believed() -> None:
    assert "the page is another one" in why(items(30))


def test_a_busy_hour_is_believed() -> None:
    assert why(items(12)) == ""
    assert why(items(15)) == "", "five times the most that ever came at once"


def test_a_source_that_usually_brings_many_is_believed() -> None:
    wire = Habit(most=40, per_hour=60.0, since=NOW - timedelta(days=30))
    assert why(items(50), habit=wire) == ""


def test_a_part_of_a_page_is_believed_where_nothing_speaks_against_it() -> None:
    assert why(items(30), page=100) == ""


def test_after_an_outage_a_whole_page_is_believed() -> None:
    assert why(items(100), last_look=NOW - timedelta(days=1)) == ""


def test_fresh_dates_are_believed_and_old_ones_are_not() -> None:
    assert why(items(30, at=NOW - timedelta(minutes=4))) == ""
    assert "older than the last look" in why(items(30, at=NOW - timedelta(days=9)), page=100)


def test_thousands_at_once_are_not_believed_whatever_their_dates_say() -> None:
    assert "more than 300 at once" in why(items(5_000, at=NOW))


def test_addresses_of_a_form_that_the_source_never_had_are_not_believed() -> None:
    before = [f"https://site.example/2026/06/{n}/a-slug-of-{n}" for n in range(20)]
    assert "another form" in why(items(30), page=100, known_urls=before)
    assert why(items(30), page=100, known_urls=[item.url for item in items(20)]) == ""


def test_a_young_source_may_turn_its_page_in_hours_and_not_in_minutes() -> None:
    young = Habit(since=NOW - timedelta(hours=6))
    assert why(items(60), habit=young, last_look=NOW - timedelta(hours=6)) == ""
    assert why(items(60), habit=young) != ""


def test_the_form_of_an_address_forgets_numbers_and_slugs() -> None:
    one, other = (
        "https://www.site.example/news/2026/06/first-story-1?id=4",
        "http://site.example/news/2025/11/other-2?id=9",
    )
    assert shape(one) == shape(other)
    assert shape(one) != shape("https://site.example/2026/06/first-story-1?id=4")


counts = st.integers(0, 2_000)
habits = st.builds(
    Habit, most=st.integers(0, 500), per_hour=st.floats(0, 500), since=st.just(NOW - timedelta(days=9)) | st.none()
)
gaps = st.timedeltas(timedelta(0), timedelta(days=30))


@given(counts, habits, gaps, st.integers(0, 50))
def test_what_is_believed_never_shrinks_with_the_gap_and_never_falls_below_the_least(
    page: int, habit: Habit, gap: timedelta, more_hours: int
) -> None:
    def at(span: timedelta) -> float:
        return believable(habit, page=page, gap=span, now=NOW, settings=USUAL)

    assert USUAL.items <= at(gap) <= at(gap + timedelta(hours=more_hours))


@given(st.integers(0, 12), habits, gaps)
def test_so_few_are_always_believed(count: int, habit: Habit, gap: timedelta) -> None:
    assert why(items(count), page=max(count, 1), habit=habit, last_look=NOW - gap) == ""


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_every_reason_for_not_believing_is_told_in_the_language_of_who_reads_it(language: str) -> None:
    shapes = [f"https://site.example/2026/06/{n}/a-slug-of-{n}" for n in range(20)]
    reasons = [
        why(items(5_000, at=NOW)), why(items(30, at=NOW - timedelta(days=9)), page=100), why(items(30)),
        why(items(30), page=100, known_urls=shapes),
    ]  # fmt: skip
    for reason in reasons:
        told = in_language(language, held_back.notice(holds.Flood(1, "wire", NOW, NOW, 30, 30, reason)).said)
        outside = re.sub("\u2068[^\u2069]*\u2069", "", told)
        assert not re.search("[A-Za-z]", outside), outside
        assert "more than" not in told and "than" not in told, told


# ------------------------------------------------------------------------------------------ through the whole street


def feed(site: FakeSite, rows: Iterable[tuple[str, str]], *, folder: str) -> str:
    entries = "".join(
        f"<item><guid isPermaLink='false'>{folder}-{one}</guid><title>{escape(title)}</title>"
        f"<link>{site.origin}/{folder}/{one}</link></item>"
        for one, title in rows
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Fake</title>{entries}</channel></rss>"


def news(first: int, count: int) -> list[tuple[str, str]]:
    return [(str(n), headline(n)) for n in range(first, first + count)]


OPS = {
    "channels": (ChannelSettings("screen", "console"), ChannelSettings("ops", "console")),
    "routes": (Route(name="all", channels=("screen",), actors=("*",)),),
    "health": HealthSettings(failures=2, notify=("ops",)),
}


async def flooded(here: House, site: FakeSite) -> None:
    """A baseline of ten, and then twenty others in their place."""
    site.pages["/feed"] = feed(site, news(0, 10), folder="old")
    await here.service.once()
    site.pages["/feed"] = feed(site, news(100, 20), folder="fresh")
    here.clock.advance(minutes=10)
    await here.service.once()


def unheld(here: House) -> int:
    return here.db.read_now(lambda conn: sum(len(one.samples) for one in holds.floods(conn, samples=10_000)))


async def test_a_flood_is_stored_and_held_and_said_once(tmp_path: Path, site: FakeSite) -> None:
    config = configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),), **OPS)
    async with house(config) as here:
        await flooded(here, site)
        assert here.db.read_now(store.counts)["statements"] == 30
        assert unheld(here) == 20
        assert here.shown.count("20 new statements are held") == 1
        assert "matter 100" in here.shown, "the notice shows samples"
        assert "bayan sources release wire" in here.shown
        here.clock.advance(minutes=10)
        await here.service.once()
        assert here.shown.count("are held") == 1
        assert {one.kind for one in here.db.read_now(lambda conn: outbox.entries(conn, limit=99))} == {"notice"}


async def test_each_operators_chat_is_told_of_a_flood_in_its_own_language(tmp_path: Path, site: FakeSite) -> None:
    async with FakeBotApi() as api:
        chats = {"english": "71", "arabic": "72", "persian": "73"}
        config = configuration(
            tmp_path, sources=(local("wire", f"{site.origin}/feed"),),
            channels=tuple(phone(name, api.url, chat) for name, chat in chats.items()),
            routes=(), health=HealthSettings(failures=2, notify=tuple(chats)),
            own_languages={"arabic": "ar", "persian": "fa"},
        )  # fmt: skip
        async with house(config) as here:
            await flooded(here, site)
            await here.service.once()
        ((english,), (arabic,), (persian,)) = (
            [one["text"] for one in api.chat(chat) if "bayan sources release wire" in one["text"]]
            for chat in chats.values()
        )
    assert english.startswith("Source wire: 20 new statements are held (20 new of 20 listed")
    assert "المصدر" in arabic and "محجوزة" in arabic and "المعتاد" in arabic and "are held" not in arabic
    assert "منبع" in persian and "معمول" in persian and "are held" not in persian


async def test_news_that_comes_after_a_flood_rings_while_it_is_held(tmp_path: Path, site: FakeSite) -> None:
    config = configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),), **OPS)
    async with house(config) as here:
        await flooded(here, site)
        site.pages["/feed"] = feed(
            site, [("900", "Qais al-Khazali spoke of the latest thing"), *news(100, 20)], folder="fresh"
        )
        here.clock.advance(minutes=10)
        await here.service.once()
        assert "the latest thing" in here.shown
        assert unheld(here) == 20


async def test_what_is_released_is_judged_and_rings(tmp_path: Path, site: FakeSite) -> None:
    config = configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),), **OPS)
    async with house(config) as here:
        await flooded(here, site)
        assert here.db.write_now(lambda conn: holds.release(conn, "wire", here.clock())) == 20
        await here.service.once()
        assert all(f"matter {n}" in here.shown for n in range(100, 120))
        assert unheld(here) == 0


async def test_what_is_dropped_stays_stored_is_matched_and_never_rings(tmp_path: Path, site: FakeSite) -> None:
    config = configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),), **OPS)
    async with house(config) as here:
        await flooded(here, site)
        assert here.db.write_now(lambda conn: holds.drop(conn, "wire", here.clock())) == 20
        report = await here.service.once()
        assert (report.judged, len(report.matched)) == (30, 30), "with the ten of the baseline"
        assert "matter 119" not in here.shown
        assert here.db.read_now(store.counts)["statements"] == 30
        site.pages["/feed"] = feed(site, news(200, 40), folder="again")
        here.clock.advance(minutes=10)
        await here.service.once()
        assert here.shown.count("are held") == 2, "another flood is another notice, and the dropped one made no habit"


async def test_the_articles_of_a_flood_are_read_only_when_it_is_released(tmp_path: Path, site: FakeSite) -> None:
    wire = local("wire", f"{site.origin}/feed", full_text=True)
    async with house(configuration(tmp_path, sources=(wire,), **OPS)) as here:
        await flooded(here, site)
        assert not any(asked.path.startswith("/fresh/") for asked in site.asked)
        here.db.write_now(lambda conn: holds.release(conn, "wire", here.clock()))
        here.clock.advance(minutes=5)
        await here.service.once()
        assert sum(asked.path.startswith("/fresh/") for asked in site.asked) == 20


async def test_a_redesign_that_keeps_its_headlines_is_the_same_page(tmp_path: Path, site: FakeSite) -> None:
    config = configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),), **OPS)
    async with house(config) as here:
        site.pages["/feed"] = feed(site, news(0, 30), folder="old")
        await here.service.once()
        site.pages["/feed"] = feed(
            site, [("n", "Qais al-Khazali says something new"), *news(0, 30)], folder="redesigned"
        )
        here.clock.advance(minutes=10)
        await here.service.once()
        assert here.db.read_now(store.counts)["statements"] == 31
        assert "something new" in here.shown
        assert "held" not in here.shown
        here.clock.advance(minutes=10)
        site.pages["/feed"] = feed(site, reversed(news(0, 30)), folder="redesigned")
        await here.service.once()
        assert here.db.read_now(store.counts)["statements"] == 31


async def test_thresholds_come_from_the_configuration(tmp_path: Path, site: FakeSite) -> None:
    config = configuration(
        tmp_path, sources=(local("wire", f"{site.origin}/feed"),), flood=FloodSettings(items=100), **OPS
    )
    async with house(config) as here:
        await flooded(here, site)
        assert "matter 119" in here.shown


async def test_after_an_outage_of_two_days_a_new_page_rings(tmp_path: Path, site: FakeSite) -> None:
    config = configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"),), **OPS)
    async with house(config, Clock()) as here:
        site.pages["/feed"] = feed(site, news(0, 10), folder="old")
        await here.service.once()
        site.pages["/feed"] = feed(site, news(100, 20), folder="old")
        here.clock.advance(days=2)
        await here.service.once()
        assert "matter 119" in here.shown


def test_a_person_sees_releases_and_drops_by_command(bayan: Bayan) -> None:
    with in_thread(FakeSite()) as site:
        bayan.configure(source("wire", f"{site.origin}/feed"))
        site.pages["/feed"] = feed(site, news(0, 10), folder="old")
        assert bayan("run", "--once").code == 0
        assert bayan("sources", "held").out == "Nothing is held.\n"
        assert bayan("sources", "release", "wire").code == 1
        site.pages["/feed"] = feed(site, news(100, 14), folder="fresh")
        [polled] = bayan("run", "--once", "--source", "wire", "--json").json["polled"]
        assert (polled["new"], polled["held"]) == (0, 14)
        [row] = bayan("sources", "held", "--json").json["held"]
        assert (row["source"], row["held"], len(row["samples"])) == ("wire", 14, 5)
        assert "bayan sources drop wire" in bayan("sources", "held").out
        assert bayan("sources", "list", "--json").json["sources"][0]["held"] == 14
        assert bayan("status", "--json").json["sources"][0]["held"] == 14
        assert "look here" in bayan("status").out
        assert bayan("sources", "release", "wire").out.startswith("14 statements of wire released")
        assert "matter 113" in bayan("run", "--once").out
        site.pages["/feed"] = feed(site, news(200, 400), folder="more")
        bayan("run", "--once", "--source", "wire")
        assert bayan("sources", "drop", "wire").out.startswith("400 statements of wire dropped")
        assert "matter 599" not in bayan("run", "--once").out
        assert bayan("sources", "held", "--json").json == {"schema": 1, "held": []}


def test_a_rehearsal_says_that_a_flood_would_have_been_held(bayan: Bayan, tmp_path: Path) -> None:
    bayan.configure(source("wire", "https://site.example/feed"))
    rows = [
        {
            "source": "wire", "url": "https://site.example/feed", "fetched_at": f"2026-06-20T12:{10 * n}:00Z", "status": 200,
            "items": [{"guid": one, "url": f"https://site.example/{folder}/{one}", "title": title} for one, title in page],
        }
        for n, (folder, page) in enumerate([("a", news(0, 10)), ("b", news(100, 20)), ("b", news(99, 21))], 1)
    ]  # fmt: skip
    captures = tmp_path / "captures.jsonl"
    captures.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    told = bayan.plain("rehearse", str(captures), "--config", str(bayan.file)).rows
    assert [(row["outcome"], len(row["new"]), len(row["alerts"])) for row in told] == [
        ("baseline", 10, 0), ("held", 0, 0), ("changed", 1, 1),
    ]  # fmt: skip
