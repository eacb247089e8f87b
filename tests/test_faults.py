"""What breaks around bayan, and what is promised then: said once, nothing lost, nothing told twice, well again by itself."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from alerts.health import ailments
from alerts.refusals import AGAIN, REST, WELL, Refusals
from alerts.settings import HealthSettings
from scraper import sources
from scraper.copies import COPIES_KEPT, copies_beside, prune_copies
from scraper.db import Database, open_database
from scraper.errors import StoreError
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.real_run import BAYAN
from tests.street import Clock, House, configuration, eventually, house, local, phone

OLD = [("o1", "An old statement that was there before")]
RINGS = ("n1", "Qais al-Khazali speaks of the first matter today")


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        running.pages["/feed"] = running.feed(OLD)
        yield running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def watching(folder: Path, site: FakeSite, api: FakeBotApi, **more: Any) -> Any:
    return configuration(
        folder, sources=(local("agency", f"{site.origin}/feed"),), channels=(phone("one", api.url, "11"),), **more
    )


async def tick(bayan: House, **later: float) -> None:
    """One tick of the service, and all the work that it began."""
    bayan.clock.advance(**later)
    await bayan.service.tick()
    steps = bayan.service._steps
    await eventually(lambda: not (steps.polls or steps.drains or steps.articles))


async def looked_once(bayan: House) -> None:
    """It runs, and has seen the site as it was before."""
    await bayan.service.prepare()
    await tick(bayan)


def titles(db: Database) -> set[str]:
    return set(db.read_now(lambda conn: conn.exec_driver_sql("SELECT title FROM statement").scalars().all()))


@contextmanager
def each_connection(db: Database, pragma: str) -> Iterator[None]:
    """While it lasts, every connection of the store is set so."""

    def prepare(connection: Any, *_: object) -> None:
        connection.execute(pragma)

    event.listen(db._engine, "checkout", prepare)
    try:
        yield
    finally:
        event.remove(db._engine, "checkout", prepare)


# ------------------------------------------------------------------------------------- a store that refuses


@pytest.mark.parametrize(
    ("fault", "cure", "said"),
    [
        ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", "disk is full"),
        ("PRAGMA query_only = ON", "PRAGMA query_only = OFF", "readonly"),
    ],
)
async def test_a_full_or_read_only_disk_is_said_once_loses_nothing_and_is_got_over(
    tmp_path: Path, site: FakeSite, api: FakeBotApi, fault: str, cure: str, said: str
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await looked_once(bayan)
        turn = [0.0]
        bayan.service._steps.refusals = Refusals(lambda: turn[0])
        filler = "x" * 3_000  # the pages that are free already must not be enough
        site.pages["/feed"] = site.feed([RINGS, *OLD], teaser=filler)
        with each_connection(bayan.db, fault), structlog.testing.capture_logs() as logs:
            for _ in range(5):
                await tick(bayan, minutes=20)
        asked = site.requests("/feed")
        refused = [line for line in logs if line["event"].startswith("the store refused")]
        assert len(refused) == 1, logs
        assert said in refused[0]["reason"]
        assert asked <= 2, "a poll that could not be recorded is not asked for again at each tick"
        assert RINGS[1] not in titles(bayan.db)
        assert api.accepted == []
        turn[0] = max(REST, WELL)
        with each_connection(bayan.db, cure), structlog.testing.capture_logs() as logs:
            await tick(bayan, minutes=20)
            await tick(bayan)
        assert any("takes what is written again" in line["event"] for line in logs)
        assert RINGS[1] in titles(bayan.db)
        assert len(api.accepted) == 1


async def test_an_alert_whose_claim_cannot_be_written_is_not_sent(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await looked_once(bayan)
        api.fail("flood", seconds=60)
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        await tick(bayan, minutes=20)
        assert api.accepted == []
        bayan.clock.advance(minutes=2)
        with each_connection(bayan.db, "PRAGMA query_only = ON"):
            await bayan.service._steps.start_drains()
            await eventually(lambda: not bayan.service._steps.drains)
        assert api.accepted == []
        with each_connection(bayan.db, "PRAGMA query_only = OFF"):
            await tick(bayan, minutes=2)
        assert ["may repeat" in one["text"] for one in api.accepted] == [False]


async def test_while_another_program_holds_the_store_polls_fail_and_nothing_is_dropped(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await looked_once(bayan)
        bayan.service._steps.refusals = Refusals(lambda: 0.0)
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        with (
            closing(sqlite3.connect(tmp_path / "bayan.db", isolation_level=None)) as other,
            each_connection(bayan.db, "PRAGMA busy_timeout = 50"),
            structlog.testing.capture_logs() as logs,
        ):
            other.execute("BEGIN IMMEDIATE")
            await tick(bayan, minutes=20)
            other.execute("ROLLBACK")
        assert ["locked" in line["reason"] for line in logs if line["log_level"] == "error"] == [True]
        bayan.service._steps.refusals = Refusals()
        await tick(bayan, minutes=20)
        assert len(api.accepted) == 1


def test_the_same_refusal_is_said_again_after_an_hour_and_work_rests_a_minute() -> None:
    turn = [100.0]
    refusals = Refusals(lambda: turn[0])
    with structlog.testing.capture_logs() as logs:
        for seconds in (0, 1, WELL, AGAIN):
            turn[0] += seconds
            refusals.refused("full", "agency")
    assert [line["log_level"] for line in logs] == ["error", "error"]
    assert refusals.rests("agency") and not refusals.rests("another")
    turn[0] += REST
    assert not refusals.rests("agency")


# ------------------------------------------------------------------------------------------ a damaged store


async def test_damage_in_mid_life_is_found_within_a_day_and_said_by_log_notice_and_health(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = watching(tmp_path, site, api, health=HealthSettings(notify=("one",)))
    async with house(config) as bayan:
        await looked_once(bayan)
        await bayan.service._upkeep.step(wait=True)
        broken = tmp_path / "broken.db"
        with closing(sqlite3.connect(tmp_path / "bayan.db")) as store, closing(sqlite3.connect(broken)) as copy:
            store.backup(copy)
            (page,) = copy.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'ix_statement_published_at'"
            ).fetchone()
        with broken.open("r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 200)
        # The damage is looked for there, and told here.
        elsewhere = replace(config, storage=replace(config.storage, url=f"sqlite:///{broken}"))
        bayan.service._upkeep._config = lambda: elsewhere
        bayan.clock.advance(hours=23)
        with structlog.testing.capture_logs() as logs:
            await bayan.service._upkeep.step(wait=True)
            assert not any("damaged" in line["event"] for line in logs)
            bayan.clock.advance(hours=2)
            await bayan.service._upkeep.step(wait=True)
        assert any("damaged" in line["event"] and line["log_level"] == "error" for line in logs)
        await tick(bayan)
        assert any("The store is damaged" in one["text"] for one in api.accepted)
        found = ailments([], {}, bayan.db.read_now(sources.beats), bayan.clock.now)
        assert any("the store is damaged" in one for one in found)


@pytest.mark.parametrize("left", ["bayan.db-wal", "bayan.db.0002-before-0007.20260620T120000Z"])
def test_a_store_that_vanished_is_not_replaced_by_an_empty_one(tmp_path: Path, left: str) -> None:
    url = f"sqlite:///{tmp_path}/bayan.db"
    (tmp_path / left).write_bytes(b"something that was there")
    with pytest.raises(StoreError, match="is gone"):
        open_database(url)
    assert not (tmp_path / "bayan.db").exists()
    (tmp_path / left).unlink()
    open_database(url).close()


def test_of_the_copies_made_before_upgrades_the_newest_three_stay(tmp_path: Path) -> None:
    store = tmp_path / "bayan.db"
    for name in (
        "bayan.db",
        "bayan.db.backup",
        "bayan.db.0002-before-0007.mine",
        "other.db.0001-before-0002.20200101T000000Z",
    ):
        (tmp_path / name).touch()
    made = [tmp_path / f"bayan.db.000{n}-before-000{n + 1}.2026062{n}T120000Z" for n in range(1, 6)]
    for one in made:
        one.touch()
    assert set(prune_copies(f"sqlite:///{store}")) == set(made[:-COPIES_KEPT])
    assert copies_beside(store) == tuple(reversed(made[-COPIES_KEPT:]))
    assert len(list(tmp_path.iterdir())) == 4 + COPIES_KEPT


async def test_a_message_that_arrived_and_could_not_be_recorded_is_not_sent_again_at_each_lease(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await looked_once(bayan)
        bayan.service._steps.refusals = Refusals(lambda: 0.0)
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        with no_room_to_settle(bayan.db):
            for _ in range(6):
                await tick(bayan, minutes=4)
                await bayan.service.keep_house()
        assert len(api.accepted) == 1
        for _ in range(2):
            await tick(bayan, minutes=4)
            await bayan.service.keep_house()
        assert len(api.accepted) == 1
        [(state, message)] = bayan.db.read_now(
            lambda conn: [tuple(row) for row in conn.exec_driver_sql("SELECT state, message_id FROM delivery")]
        )
        assert (state, message) == ("sent", "1")
        site.pages["/feed"] = site.feed([("n2", "Qais al-Khazali speaks of the second matter now"), RINGS, *OLD])
        await tick(bayan, minutes=20)
        assert len(api.accepted) == 2, "the channel goes on"


@contextmanager
def no_room_to_settle(db: Database) -> Iterator[None]:
    """While it lasts there is room for claims, and none for what became of them."""

    def refuse(_: Any, __: Any, statement: str, told: Any, *___: Any) -> None:
        if statement.startswith("UPDATE delivery SET") and "message_id" in statement:
            raise OperationalError(statement, told, sqlite3.OperationalError("database or disk is full"))

    event.listen(db._engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(db._engine, "before_cursor_execute", refuse)


# ------------------------------------------------------------------------------------- clocks and networks


async def test_a_clock_set_back_by_a_day_delays_no_poll_and_repeats_nothing(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await looked_once(bayan)
        await bayan.service.keep_house()
        bayan.clock.advance(days=1)
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        await tick(bayan)
        await bayan.service.keep_house()
        asked = site.requests("/feed")
        bayan.clock.advance(days=-1)
        site.pages["/feed"] = site.feed([("n2", "Qais al-Khazali speaks of another matter tonight"), RINGS, *OLD])
        await bayan.service.keep_house()
        await tick(bayan, minutes=11)
        assert site.requests("/feed") == asked + 1
        assert sum("first matter" in one["text"] for one in api.accepted) == 1
        assert sum("another matter" in one["text"] for one in api.accepted) == 1


async def test_a_clock_that_was_set_back_while_nothing_ran_is_noticed_at_the_start(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = watching(tmp_path, site, api)
    async with house(config) as bayan:
        await looked_once(bayan)
        clock = bayan.clock
    clock.advance(days=-300)
    async with house(config, clock) as bayan:
        await bayan.service.prepare()
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        await tick(bayan, minutes=11)
        assert len(api.accepted) == 1


async def test_a_rest_that_was_ordered_by_a_clock_ahead_does_not_outlast_it(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await looked_once(bayan)
        await bayan.service.keep_house()
        bayan.clock.advance(days=1)
        api.fail("flood", seconds=30)
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        await tick(bayan)
        assert api.accepted == []
        api.heal()
        bayan.clock.advance(days=-1)
        await bayan.service.keep_house()
        await tick(bayan, seconds=40)
        assert len(api.accepted) == 1


async def test_a_clock_that_leaps_ahead_by_a_year_costs_one_poll_and_no_alert(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(watching(tmp_path, site, api)) as bayan:
        await looked_once(bayan)
        asked = site.requests("/feed")
        await tick(bayan, days=365)
        for _ in range(5):
            await tick(bayan, seconds=1)
        assert site.requests("/feed") == asked + 1
        assert api.accepted == []


@pytest.mark.parametrize("is_known", [False, True], ids=["a new store", "a store that was in use"])
async def test_a_start_in_1970_before_the_clock_is_set_loses_and_repeats_nothing(
    tmp_path: Path, site: FakeSite, api: FakeBotApi, is_known: bool
) -> None:
    """A small machine without a clock of its own starts at zero, until the network tells it the time."""
    config, clock = watching(tmp_path, site, api), Clock()
    right = clock.now
    if is_known:
        async with house(config, clock) as bayan:
            await looked_once(bayan)
    clock.now = datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)
    async with house(config, clock) as bayan:
        await bayan.service.prepare()
        await looked_once(bayan)
        await bayan.service.keep_house()
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        await tick(bayan, minutes=11)
        await bayan.service.keep_house()
        clock.now = right + timedelta(hours=1)
        site.pages["/feed"] = site.feed([("n2", "Qais al-Khazali speaks of another matter tonight"), RINGS, *OLD])
        asked = site.requests("/feed")
        await bayan.service.keep_house()
        await tick(bayan, minutes=11)
        for _ in range(5):
            await tick(bayan, seconds=1)
        assert site.requests("/feed") == asked + 1
        assert sum("first matter" in one["text"] for one in api.accepted) == 1
        assert sum("another matter" in one["text"] for one in api.accepted) == 1


async def test_without_network_and_names_it_starts_tells_once_and_works_when_they_are_there(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    away = FakeSite()
    await away.start()
    origin = away.origin
    await away.stop()
    sources_ = (local("agency", f"{origin}/feed"), local("nameless", "http://no-such-name.invalid/feed"))
    config = configuration(
        tmp_path,
        sources=sources_,
        channels=(phone("one", api.url, "11"),),
        health=HealthSettings(failures=3, notify=("one",)),
    )
    async with house(config) as bayan:
        await bayan.service.prepare()
        for _ in range(6):
            await tick(bayan, minutes=40)
            await bayan.service.keep_house()
        await tick(bayan)
        told = [one["text"] for one in api.accepted]
        assert sum("agency" in text for text in told) == 1, told
        assert sum("nameless" in text for text in told) == 1, told


# ------------------------------------------------------------------------------------- the folder, for real


def in_a_mount(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """A shell command with `folder` on a small file system of its own. Skips where that is not allowed."""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare(1)")
    script = f"mount -t tmpfs -o size=3m none {folder} || exit 99; {command}"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode == 99 or "unshare failed" in done.stderr or "Operation not permitted" in done.stderr:
        pytest.skip("file systems cannot be mounted here")
    return done


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("mount -o remount,ro {data}", "Read-only file system"),
        ("head -c 9000000 /dev/zero > {data}/fill", "full"),
    ],
)
def test_a_start_on_a_read_only_or_full_disk_ends_with_69_and_one_line(bayan: Bayan, before: str, said: str) -> None:
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"))
    bayan.data.mkdir()
    run = f"{BAYAN} run --once --config {bayan.file} --data-dir {bayan.data}"
    done = in_a_mount(bayan.data, f"{before.format(data=bayan.data)}; {run}")
    assert done.returncode == 69, done.stderr
    told = [line for line in done.stderr.splitlines() if "write error" not in line and "head:" not in line]
    assert len(told) == 1, told
    assert said in told[0]
    assert "Traceback" not in done.stderr


def test_health_names_a_full_disk(bayan: Bayan) -> None:
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"))
    bayan.data.mkdir()
    run = f"{BAYAN} health --config {bayan.file} --data-dir {bayan.data}"
    done = in_a_mount(bayan.data, f"head -c 9000000 /dev/zero > {bayan.data}/fill; {run}")
    assert done.returncode == 1
    assert "is full" in done.stdout
    done = in_a_mount(bayan.data, f"head -c 9000000 /dev/zero > {bayan.data}/fill; {run} --alive")
    assert done.returncode == 0, "a restart makes no room"
