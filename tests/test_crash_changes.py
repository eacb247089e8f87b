"""What a death leaves of a flood that is held, released or dropped, of a removal that is proven, and of an edit: all, or nothing.

Each of these is one transaction. Here it dies before every one of its SQL statements, and the store must be what it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

import alerts.schema  # noqa: F401 - the tables of both rooms belong to one store
from scraper import absences, holds, novelty, rereads, sources, store
from scraper.db import Connection, Database, open_database
from scraper.model import Article, Item, Listed, Source, Validators
from scraper.removal import Verdict

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
SITE = Source(id="site", kind="feed", url="https://site.example/feed")


class Dead(Exception):
    """The process ends here."""


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/bayan.db")
    database.write_now(lambda conn: sources.enrol(conn, [SITE], NOW))
    database.write_now(lambda conn: poll(conn, range(5), NOW, silent=True))
    yield database
    database.close()


def poll(conn: Connection, numbers: range, now: datetime, *, silent: bool = False, **more: Any) -> tuple[int, ...]:
    """Commit 1 of a page that lists items of these numbers."""
    items = tuple(
        Item(guid=f"g{n}", url=f"https://site.example/{n}", title=f"A statement of the day, its number is {n}")
        for n in numbers
    )
    identified = novelty.identify(SITE, items)
    known = store.known(conn, SITE.id, [key for one in identified for key in one.lookups])
    harvest = novelty.decide(SITE, Listed(items), known, has_baseline=not silent, items_before=5).harvest
    return store.record_poll(
        conn, SITE.id, harvest, silent=silent, validators=Validators('"tag"'), body_hash="hash", moved_to="", now=now,
        due_at=now + timedelta(minutes=10), **more,
    )  # fmt: skip


def contents(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "bayan.db")) as file:
        return list(file.iterdump())


def die_at_every_step(db: Database, folder: Path, work: Callable[[Connection], object]) -> int:
    """Do `work` with a death before each of its statements in turn, and at last without. Returns how often it died."""
    before = contents(folder)
    for deaths in range(10_000):
        steps = 0

        def step(*told: Any, die_at: int = deaths + 1) -> None:
            nonlocal steps
            if not str(told[2]).startswith("PRAGMA"):
                steps += 1
                if steps == die_at:
                    raise Dead

        event.listen(Engine, "before_cursor_execute", step)
        try:
            db.write_now(work)
            return deaths
        except Dead:
            assert contents(folder) == before, f"a death before statement {deaths + 1} left something behind"
        finally:
            event.remove(Engine, "before_cursor_execute", step)
    raise AssertionError("it never ended")


def waiting(db: Database) -> int:
    return len(db.read_now(lambda conn: store.waiting(conn, 99)))


def flood(db: Database) -> None:
    db.write_now(lambda conn: poll(conn, range(100, 120), LATER, flood="too many"))


def test_a_flood_is_held_with_its_validators_or_not_at_all(db: Database, tmp_path: Path) -> None:
    before = waiting(db)
    assert die_at_every_step(db, tmp_path, lambda conn: poll(conn, range(100, 120), LATER, flood="too many")) >= 5
    [held] = db.read_now(lambda conn: holds.floods(conn, samples=99))
    assert (held.count, len(held.samples), waiting(db)) == (20, 20, before)
    state = db.read_now(lambda conn: sources.state(conn, "site"))
    assert state is not None
    assert state.validators.etag == '"tag"'


def test_a_flood_is_released_as_a_whole(db: Database, tmp_path: Path) -> None:
    flood(db)
    before = waiting(db)
    assert die_at_every_step(db, tmp_path, lambda conn: holds.release(conn, "site", LATER)) >= 4
    assert waiting(db) == before + 20
    assert db.read_now(holds.floods) == ()


def test_a_flood_is_dropped_as_a_whole(db: Database, tmp_path: Path) -> None:
    flood(db)
    assert die_at_every_step(db, tmp_path, lambda conn: holds.drop(conn, "site", LATER)) >= 4
    assert all(one.baseline for one in db.read_now(lambda conn: store.find(conn)))
    assert db.read_now(holds.floods) == ()


def test_the_second_proof_and_the_removal_are_one(db: Database, tmp_path: Path) -> None:
    db.write_now(lambda conn: absences.suspect(conn, 3, "site", NOW))
    case = db.read_now(lambda conn: absences.get(conn, 3))
    assert case is not None
    db.write_now(lambda conn: absences.record_look(conn, case, Verdict(True, False, LATER, "404"), NOW))
    again = db.read_now(lambda conn: absences.get(conn, 3))
    assert again is not None
    verdict = Verdict(True, True, None, "404 again")
    assert die_at_every_step(db, tmp_path, lambda conn: absences.record_look(conn, again, verdict, LATER)) >= 4
    removed = db.read_now(lambda conn: store.get(conn, 3))
    assert removed is not None
    assert removed.removed_at == LATER
    assert not db.write_now(lambda conn: absences.record_look(conn, again, verdict, LATER)), "and only once"


def test_a_missing_statement_is_remembered_with_the_page_that_lacks_it(db: Database, tmp_path: Path) -> None:
    rest = [n for n in range(5) if n != 2]

    def work(conn: Connection) -> None:
        poll(conn, rest, LATER, missing=(3,), checks=3)  # type: ignore[arg-type]

    assert die_at_every_step(db, tmp_path, work) >= 4
    assert [case.statement for case in db.read_now(lambda conn: absences.due(conn, LATER, 9))] == [3]


def test_an_edit_and_the_next_reading_are_one(db: Database, tmp_path: Path) -> None:
    def read(conn: Connection) -> None:
        store.record_article(conn, 1, Article("What was said at first."), NOW)
        rereads.begin(conn, 1, "site", Validators(), NOW)

    assert die_at_every_step(db, tmp_path, read) >= 3
    [task] = db.read_now(lambda conn: rereads.due(conn, NOW, 9))

    def edit(conn: Connection) -> None:
        rereads.record_edit(conn, 1, "What was said later.", LATER)
        rereads.record(conn, task, LATER, validators=Validators())

    assert die_at_every_step(db, tmp_path, edit) >= 4
    [past] = db.read_now(lambda conn: store.revisions(conn, 1))
    present = db.read_now(lambda conn: store.get(conn, 1))
    assert present is not None
    assert (past["text"], present.text, present.revision) == ("What was said at first.", "What was said later.", 2)
