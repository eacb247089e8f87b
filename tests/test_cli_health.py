"""`bayan health`: 0 or 1 from what the store holds; a loop that hangs is heard within two intervals and a margin."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts import outbox
from alerts.health import BEAT, BEAT_MARGIN, ailments
from alerts.settings import DeliverySettings
from scraper import sources
from scraper.model import Source
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.fake_site import FakeSite
from tests.street import Clock, configuration, eventually, house, local

AGENCY = source("agency", "https://agency.example/feed")


def alive(bayan: Bayan, seconds_ago: float, name: str = "service") -> None:
    """The last sign of life was so long ago."""
    at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    with bayan.store() as database:
        database.write_now(lambda conn: sources.beat(conn, name, at))


def fail(bayan: Bayan, *names: str) -> None:
    now = datetime.now(UTC)
    with bayan.store() as database:
        for name in names:
            one = Source(id=name, kind="feed", url=f"https://{name}.example/feed")
            database.write_now(lambda conn, one=one: sources.enrol(conn, [one], now))  # type: ignore[misc]
            database.write_now(
                lambda conn, name=name: sources.record_failure(  # type: ignore[misc]
                    conn, name, outcome="timeout", detail="30 s", now=now, due_at=now
                )
            )


def test_a_service_that_gave_a_sign_of_life_just_now_is_healthy(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    alive(bayan, 1)
    ran = bayan("health")
    assert (ran.code, ran.out) == (0, "healthy\n")
    assert bayan("health", "--json").json == {"schema": 1, "healthy": True, "reasons": []}


def test_a_service_that_is_silent_for_two_beats_and_the_margin_is_unhealthy(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    limit = (2 * BEAT + BEAT_MARGIN).total_seconds()
    assert limit == 30  # docs/commands.md and `bayan health --help` say so
    alive(bayan, limit - 5)
    assert bayan("health").code == 0
    alive(bayan, limit + 5)
    ran = bayan("health")
    assert ran.code == 1
    assert "stuck or has stopped" in ran.out


def test_where_cron_runs_it_the_end_of_the_last_run_counts(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    alive(bayan, 3600, "once")
    assert bayan("health").code == 0
    assert bayan("health", "--max-age", "10").code == 1


def test_a_reload_is_no_sign_of_life(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    alive(bayan, 300)
    alive(bayan, 1, "reload")
    assert bayan("health").code == 1


def test_a_store_that_is_not_there_or_cannot_be_read_is_unhealthy(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    ran = bayan("health", "--json")
    assert ran.code == 1
    assert "no database" in ran.json["reasons"][0]
    bayan.data.mkdir()
    (bayan.data / "bayan.db").write_bytes(b"nothing of the kind " * 500)
    assert bayan("health").code == 1


def test_it_is_unhealthy_when_nothing_could_be_polled_and_not_when_one_source_fails(bayan: Bayan) -> None:
    bayan.configure(AGENCY, source("other", "https://other.example/feed"))
    alive(bayan, 1)
    fail(bayan, "agency")
    now = datetime.now(UTC)
    other = Source(id="other", kind="feed", url="https://other.example/feed")
    with bayan.store() as database:
        database.write_now(lambda conn: sources.enrol(conn, [other], now))
        database.write_now(
            lambda conn: sources.record_unchanged(
                conn, "other", outcome="not_modified", now=now, due_at=now, full_fetch=False
            )
        )
    assert bayan("health").code == 0
    fail(bayan, "other")
    ran = bayan("health")
    assert ran.code == 1
    assert "no source could be polled (timeout)" in ran.out


def test_what_restarts_bayan_asks_only_whether_it_is_alive(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    alive(bayan, 1)
    fail(bayan, "agency")
    assert bayan("health").code == 1
    assert bayan("health", "--alive").code == 0
    alive(bayan, 60)
    assert bayan("health", "--alive").code == 1


def test_a_source_that_left_the_configuration_counts_for_nothing(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    alive(bayan, 1)
    fail(bayan, "forgotten")
    assert bayan("health").code == 0


def test_it_is_unhealthy_when_nobody_can_be_told(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    alive(bayan, 1)
    with bayan.store() as database:
        database.write_now(lambda conn: outbox.learn(conn, "screen", condition="down", reason="the token is refused"))
    ran = bayan("health")
    assert ran.code == 1
    assert "screen is down" in ran.out


def test_a_clock_that_was_set_back_is_told() -> None:
    now = datetime(2026, 6, 20, tzinfo=UTC)
    [reason] = ailments([], {"screen": "ok"}, {"service": (now + timedelta(hours=1), "")}, now)
    assert "the clock was set back" in reason


async def test_the_service_beats_from_inside_its_tick_and_no_more_when_a_step_hangs(tmp_path: Path) -> None:
    clock, hangs, seen = Clock(), threading.Event(), []
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed([("a", "A statement")])
        config = configuration(tmp_path, sources=(local("agency", f"{site.origin}/feed"),), delivery=DeliverySettings())
        async with house(config, clock) as bayan:

            def beat() -> datetime:
                return bayan.db.read_now(sources.beats)["service"][0]

            await bayan.service.prepare()
            await bayan.service.tick()
            seen.append(beat())
            clock.advance(seconds=1)
            await bayan.service.tick()
            assert beat() == seen[0]  # not at every tick: a beat is a write
            clock.advance(seconds=BEAT.total_seconds())
            await bayan.service.tick()
            assert beat() == clock.now
            seen.append(beat())

            # A step that hangs: the store's writer waits for something that does not come.
            entered = threading.Event()

            def hang(_: object) -> None:
                entered.set()
                hangs.wait(60)

            stuck = asyncio.ensure_future(bayan.db.write(hang))
            await eventually(entered.is_set)
            clock.advance(seconds=60)
            ticking = asyncio.ensure_future(bayan.service.tick())
            await eventually(lambda: not bayan.db._jobs.empty())
            assert beat() == seen[1]
            found = ailments([], {}, bayan.db.read_now(sources.beats), clock.now)
            assert "stuck" in found[0]
            hangs.set()
            await stuck
            await ticking
            assert beat() == clock.now


def test_a_canary_that_did_not_come_through_is_unhealthy_and_no_reason_for_a_restart(bayan: Bayan) -> None:
    bayan.configure(AGENCY, '[canary]\nchannel = "screen"\n')
    alive(bayan, 1)
    now = datetime.now(UTC)
    with bayan.store() as database:
        database.write_now(lambda conn: sources.beat(conn, "canary", now - timedelta(hours=2), '{"seconds": 3.25}'))
        database.write_now(lambda conn: sources.beat(conn, "canary missed", now, "it was stored, and not judged"))
    ran = bayan("health")
    assert ran.code == 1
    assert "it was stored, and not judged" in ran.out
    assert bayan("health", "--alive").code == 0
    assert "canary came through 2 h ago, in 3.2 s" in bayan("status").out
    with bayan.store() as database:
        database.write_now(lambda conn: sources.beat(conn, "canary", now + timedelta(seconds=1), '{"seconds": 3.25}'))
    assert bayan("health").code == 0
