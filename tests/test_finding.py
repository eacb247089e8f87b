"""What was met lately is found by index: the work grows with what is asked for, and not with all that is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import insert, select

from alerts import finding, verdicts
from alerts.schema import match, verdict
from scraper.db import Connection, Database, open_database
from scraper.schema import statement
from tests.stored import store_statements

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
COUNT = 1_500


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store in which an actor speaks in every statement."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('full')}/bayan.db")
    store_statements(database, "agency", [(f"Statement number {n}", "") for n in range(COUNT)], NOW)

    def judge(conn: Connection) -> None:
        ids = list(conn.execute(select(statement.c.id)).scalars())
        verdicts_ = [
            {"statement": id_, "revision": 1, "extent": "text", "judged_at": NOW, "watchlist": "w", "matches": 1}
            for id_ in ids
        ]
        met = {
            "revision": 1, "number": 0, "watch": "@khazali", "rule": None, "actor": "khazali", "tier": "A", "role": "speaker",
            "field": "title", "start": 0, "end": 4, "surface": "Qais", "pattern": "Qais", "steps": "[]",
        }  # fmt: skip
        conn.execute(insert(verdict), verdicts_)
        conn.execute(insert(match), [{"statement": id_, **met} for id_ in ids])

    database.write_now(judge)
    yield database
    database.close()


def work(database: Database, read: Callable[[Connection], object]) -> int:
    """How many thousands of steps SQLite's machine takes for a read: the same on every machine, busy or not."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def counted(conn: Connection) -> None:
        driver = conn.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(count, 1_000)
        read(conn)
        driver.set_progress_handler(None, 0)

    database.read_now(counted)
    return steps


def test_the_latest_are_found_without_reading_every_match_for_each_of_them(full: Database) -> None:
    later = NOW + timedelta(hours=1)
    assert len(full.read_now(lambda conn: finding.met(conn, chat="-1", until=later))) == COUNT
    for watches in (None, ["@khazali"], ["@nobody"]):
        steps = work(full, partial(verdicts.matched, watches=watches, chat="-1", until=later, limit=50))
        assert steps < 100, (watches, steps)


def test_who_spoke_lately_is_found_without_reading_every_match_for_each_statement(full: Database) -> None:
    since = NOW - timedelta(hours=6)
    found = full.read_now(lambda conn: verdicts.spoken_lately(conn, ["khazali"], since, but_not="x", limit=24))
    assert len(found) == 24
    for actor in ("khazali", "nobody"):
        steps = work(full, partial(verdicts.spoken_lately, actors=[actor], since=since, but_not="x", limit=24))
        assert steps < 100, (actor, steps)
