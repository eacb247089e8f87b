"""The store: its schema, its transactions, and the doors between the rooms. Real SQLite in a temporary file."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import alerts.bot.schema
import alerts.schema  # noqa: F401 - the tables of all rooms belong to one store
from alerts import outbox
from alerts.model import Delivery
from alerts.outbox import Draft
from scraper import sources, store
from scraper.db import HEAD, Connection, Database, metadata, open_database
from scraper.errors import StoreError
from scraper.model import Article, Item, Moment, Source, Validators
from scraper.novelty import Harvest, NewStatement

NOW = datetime(2026, 6, 20, 12, 0, 0, 123456, tzinfo=UTC)
SOURCE = Source(id="agency", kind="feed", url="https://a.example/feed")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/bayan.db")
    yield database
    database.close()


def keep(conn: Connection, *titles: str, silent: bool = False) -> tuple[int, ...]:
    """Store one poll that found statements of these titles."""
    sources.enrol(conn, [SOURCE], NOW)
    new = tuple(NewStatement(Item(None, f"https://a.example/{t}", t), (f"u:{t}",), t, True) for t in titles)
    return store.record_poll(
        conn, "agency", Harvest(new=new, items=len(new), baseline=silent), silent=silent,
        validators=Validators('"tag"', ""), body_hash="h", moved_to="", now=NOW, due_at=NOW + timedelta(minutes=10),
    )  # fmt: skip


def draft(channel: str = "phone", subject: str = "1", **more: object) -> Draft:
    values = {"kind": "alert", "revision": 1, "priority": "normal", "due_at": NOW, **more}
    return Draft(channel=channel, subject=subject, **values)  # type: ignore[arg-type]


def claim(db: Database, now: datetime = NOW, skip: int = 0) -> Delivery | None:
    return db.write_now(lambda conn: outbox.claim(conn, "phone", now, now + timedelta(minutes=3), skip=skip))


# ------------------------------------------------------------------------------------------------- the schema


def test_migrations_build_exactly_the_tables_that_the_code_declares(db: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    found = db.read_now(lambda conn: compare_metadata(MigrationContext.configure(conn), metadata))
    assert found == []


def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bayan.db"
    database = open_database(url)
    database.write_now(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    database.close()
    with pytest.raises(StoreError, match="newer version"):
        open_database(url)
    with sqlite3.connect(tmp_path / "bayan.db") as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    raw.close()


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "bayan.db") as raw:
        raw.execute("CREATE TABLE theirs (x)")
    raw.close()
    with pytest.raises(StoreError, match="another program"):
        open_database(f"sqlite:///{tmp_path}/bayan.db")


def test_a_file_that_is_no_database_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "bayan.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="restore a backup"):
        open_database(f"sqlite:///{tmp_path}/bayan.db")


def test_a_store_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        open_database(f"sqlite:///{tmp_path}/bayan.db", create=False)
    assert not (tmp_path / "bayan.db").exists()


def test_the_store_is_durable_and_checks_references(db: Database) -> None:
    def settings(conn: Connection) -> tuple[object, ...]:
        return tuple(
            conn.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
        )

    assert db.read_now(settings) == ("wal", 2, 1)


def test_opening_again_finds_the_newest_schema(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bayan.db"
    open_database(url).close()
    database = open_database(url)
    assert (
        database.read_now(lambda conn: conn.execute(text("SELECT version_num FROM alembic_version")).scalar()) == HEAD
    )
    database.close()


# ------------------------------------------------------------------------------------------------ transactions


def test_a_write_that_fails_leaves_nothing(db: Database) -> None:
    def half(conn: Connection) -> None:
        sources.enrol(conn, [SOURCE], NOW)
        raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        db.write_now(half)
    assert db.read_now(sources.states) == ()


async def test_writes_that_share_a_commit_do_not_share_their_failures(db: Database) -> None:
    gate = threading.Event()

    def first(conn: Connection) -> str:
        gate.wait(5)
        return "first"

    def bad(conn: Connection) -> None:
        sources.beat(conn, "bad", NOW)
        raise RuntimeError("mine alone")

    def beat(name: str) -> Callable[[Connection], None]:
        return lambda conn: sources.beat(conn, name, NOW)

    waiting: list[asyncio.Future[object]] = [asyncio.ensure_future(db.write(first))]
    waiting += [asyncio.ensure_future(db.write(beat(str(number)))) for number in range(5)]
    failing = asyncio.ensure_future(db.write(bad))
    await asyncio.to_thread(gate.set)
    await asyncio.gather(*waiting)
    with pytest.raises(RuntimeError, match="mine alone"):
        await failing
    assert sorted(db.read_now(sources.beats)) == ["0", "1", "2", "3", "4"]


def test_times_come_back_to_the_microsecond_and_aware(db: Database) -> None:
    db.write_now(lambda conn: sources.beat(conn, "x", NOW))
    assert db.read_now(sources.beats)["x"][0] == NOW


# --------------------------------------------------------------------------------------------- the four commits


def test_a_poll_stores_statements_validators_due_time_and_judging_work_together(db: Database) -> None:
    db.write_now(lambda conn: keep(conn, "one", "two"))
    state = db.read_now(lambda conn: sources.state(conn, "agency"))
    assert state is not None
    assert (state.validators.etag, state.due_at, state.last_new_at) == ('"tag"', NOW + timedelta(minutes=10), NOW)
    assert [waiting.title for waiting in db.read_now(lambda conn: store.waiting(conn, 10))] == ["two", "one"]


def test_a_failed_poll_keeps_what_is_stored_and_drops_the_validators(db: Database) -> None:
    db.write_now(lambda conn: keep(conn, "one"))
    for _ in range(2):
        db.write_now(
            lambda conn: sources.record_failure(conn, "agency", outcome="timeout", detail="d", now=NOW, due_at=NOW)
        )
    state = db.read_now(lambda conn: sources.state(conn, "agency"))
    assert state is not None
    assert (state.failures, state.failing_since, bool(state.validators)) == (2, NOW, False)
    assert len(db.read_now(lambda conn: store.find(conn))) == 1


def test_a_source_whose_address_changed_starts_with_a_new_baseline(db: Database) -> None:
    db.write_now(lambda conn: keep(conn, "one", silent=True))
    moved = Source(id="agency", kind="feed", url="https://a.example/other")
    db.write_now(lambda conn: sources.enrol(conn, [moved], NOW))
    state = db.read_now(lambda conn: sources.state(conn, "agency"))
    assert state is not None
    assert (state.baseline_at, state.validators.etag) == (None, "")


def test_a_body_that_arrives_later_is_judged_too_and_is_no_edit(db: Database) -> None:
    (number,) = db.write_now(lambda conn: keep(conn, "one"))
    db.write_now(lambda conn: store.judged(conn, store.waiting(conn, 10)))
    said = Moment(datetime(2025, 6, 20, tzinfo=UTC), "day", "text")
    db.write_now(lambda conn: store.record_article(conn, number, Article("The body.", said_on=said), NOW))
    (waiting,) = db.read_now(lambda conn: store.waiting(conn, 10))
    assert (waiting.text, waiting.extent, waiting.revision) == ("The body.", "text", 1)
    assert waiting.said_on is not None
    assert db.read_now(lambda conn: store.revisions(conn, number)) == ()


def test_a_date_of_an_article_that_is_hard_to_believe_takes_no_other_dates_place(db: Database) -> None:
    first, second = db.write_now(lambda conn: keep(conn, "one", "two"))
    ages = ("relative: 7 hours ago", "hour"), ("unlikely: 2 März 2034 10:00", "minute")
    seven, unlikely = (Moment(datetime(2025, 6, 20, tzinfo=UTC), p, m) for m, p in ages)  # type: ignore[arg-type]
    for number, claims in ((first, (seven, unlikely)), (second, (unlikely,))):
        for claim in claims:
            body = Article("The body.", published=claim)
            db.write_now(lambda conn, number=number, body=body: store.record_article(conn, number, body, NOW))  # type: ignore[misc]
    told = db.read_now(lambda conn: [store.get(conn, number) for number in (first, second)])
    assert [one and one.published and one.published.method for one in told] == [seven.method, unlikely.method]


def test_judging_a_headline_leaves_a_body_that_came_meanwhile_to_be_judged(db: Database) -> None:
    (number,) = db.write_now(lambda conn: keep(conn, "one"))
    headline = db.read_now(lambda conn: store.waiting(conn, 10))
    db.write_now(lambda conn: store.record_article(conn, number, Article("The body."), NOW))
    db.write_now(lambda conn: store.judged(conn, headline))
    assert [waiting.extent for waiting in db.read_now(lambda conn: store.waiting(conn, 10))] == ["text"]


def test_only_new_statements_after_the_baseline_ask_for_their_article(db: Database) -> None:
    db.write_now(lambda conn: keep(conn, "old", silent=True))
    db.write_now(lambda conn: keep(conn, "new"))
    tasks = db.read_now(lambda conn: store.articles_due(conn, NOW, 10))
    assert [task.url for task in tasks] == ["https://a.example/new"]


def test_the_day_a_date_only_stamp_claims_survives_the_store(db: Database) -> None:
    day = Moment(datetime(2025, 6, 20, tzinfo=UTC), "day", "feed:published", confident=True)
    exact = Moment(datetime.fromisoformat("2025-06-20T23:30:00+05:00"), "minute", "time@datetime")
    new = tuple(
        NewStatement(Item(None, None, name, published=moment), (f"c:{name}",), name, False)
        for name, moment in (("day", day), ("exact", exact))
    )
    db.write_now(lambda conn: sources.enrol(conn, [SOURCE], NOW))
    db.write_now(
        lambda conn: store.record_poll(
            conn, "agency", Harvest(new=new), silent=False, validators=Validators(), body_hash="", moved_to="",
            now=NOW, due_at=NOW,
        )
    )  # fmt: skip
    found = {one.title: one.published for one in db.read_now(lambda conn: store.find(conn))}
    assert found == {"day": day, "exact": exact}


# --------------------------------------------------------------------------------------------------- the outbox


def test_one_alert_for_one_statement_and_one_channel(db: Database) -> None:
    assert db.write_now(lambda conn: outbox.put(conn, [draft(), draft(), draft("other")], NOW)) == 2
    assert db.write_now(lambda conn: outbox.put(conn, [draft()], NOW)) == 0


def test_a_claim_takes_the_most_urgent_and_then_the_oldest(db: Database) -> None:
    def fill(conn: Connection) -> None:
        outbox.put(conn, [draft(subject="old")], NOW - timedelta(minutes=1))
        outbox.put(conn, [draft(subject="new"), draft(subject="urgent", priority="urgent")], NOW)

    db.write_now(fill)
    assert [(claimed.subject if (claimed := claim(db)) else None) for _ in range(4)] == ["urgent", "old", "new", None]


def test_only_the_attempt_that_claimed_may_settle(db: Database) -> None:
    db.write_now(lambda conn: outbox.put(conn, [draft()], NOW))
    stale = claim(db)
    assert stale is not None
    db.write_now(lambda conn: outbox.recover(conn, NOW))
    fresh = claim(db)
    assert fresh is not None
    assert fresh.may_repeat
    assert not db.write_now(lambda conn: outbox.settle_failed(conn, stale, "late word of a dead attempt", NOW))
    assert db.write_now(lambda conn: outbox.settle_sent(conn, fresh, "7", NOW))


def test_what_a_dead_process_had_claimed_is_unconfirmed_and_due_at_once(db: Database) -> None:
    db.write_now(lambda conn: outbox.put(conn, [draft()], NOW))
    claim(db)
    assert claim(db) is None
    assert db.write_now(lambda conn: outbox.recover(conn, NOW)) == 1
    (entry,) = db.read_now(lambda conn: outbox.entries(conn))
    assert (entry.state, entry.may_repeat, entry.due_at, entry.attempts) == ("unconfirmed", True, NOW, 1)


def test_a_claim_whose_lease_ran_out_is_taken_up_again(db: Database) -> None:
    db.write_now(lambda conn: outbox.put(conn, [draft()], NOW))
    claim(db)
    assert db.write_now(lambda conn: outbox.recover(conn, NOW + timedelta(minutes=1), expired_only=True)) == 0
    assert db.write_now(lambda conn: outbox.recover(conn, NOW + timedelta(minutes=4), expired_only=True)) == 1


def test_a_surely_unsent_retry_of_an_unconfirmed_delivery_keeps_its_mark(db: Database) -> None:
    db.write_now(lambda conn: outbox.put(conn, [draft()], NOW))
    first = claim(db)
    assert first is not None
    db.write_now(lambda conn: outbox.settle_later(conn, first, certain=False, due_at=NOW, reason="reset"))
    second = claim(db)
    assert second is not None
    db.write_now(lambda conn: outbox.settle_later(conn, second, certain=True, due_at=NOW, reason="refused"))
    third = claim(db)
    assert third is not None
    assert (second.may_repeat, third.may_repeat, third.attempt) == (True, True, 3)


def test_a_paused_channel_is_not_busy_and_says_when_it_will_be(db: Database) -> None:
    later = NOW + timedelta(minutes=4)

    def fill(conn: Connection) -> None:
        outbox.put(conn, [draft(), draft("other")], NOW)
        outbox.learn(conn, "phone", paused_until=later)

    db.write_now(fill)
    assert db.read_now(lambda conn: outbox.busy_channels(conn, NOW)) == ("other",)
    assert db.read_now(lambda conn: outbox.next_due(conn, ["phone"])) == later
    assert set(db.read_now(lambda conn: outbox.busy_channels(conn, later))) == {"phone", "other"}


def test_what_was_learned_about_a_channel_is_forgotten_when_it_is_configured_otherwise(db: Database) -> None:
    db.write_now(lambda conn: outbox.enrol(conn, {"phone": "a"}))
    db.write_now(lambda conn: outbox.learn(conn, "phone", condition="gone", chat="-100"))
    db.write_now(lambda conn: outbox.enrol(conn, {"phone": "a"}))
    assert db.read_now(lambda conn: outbox.channel(conn, "phone")).condition == "gone"
    db.write_now(lambda conn: outbox.enrol(conn, {"phone": "b"}))
    assert db.read_now(lambda conn: outbox.channel(conn, "phone")) == outbox.ChannelState("phone")


def test_two_workers_never_take_one_delivery(tmp_path: Path) -> None:
    """The condition of a claim stands in the choice and in the update: 600 deliveries, two writers, none taken twice."""
    url = f"sqlite:///{tmp_path}/bayan.db"
    one, two = open_database(url), open_database(url)
    one.write_now(lambda conn: outbox.put(conn, [draft(subject=str(n)) for n in range(200)], NOW))
    taken: list[int] = []

    def work(database: Database) -> None:
        while (claimed := claim(database)) is not None:
            taken.append(claimed.id)

    threads = [threading.Thread(target=work, args=(database,)) for database in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one.close()
    two.close()
    assert len(taken) == len(set(taken)) == 200
