"""The connection to the store: one thread that writes, short reads beside it, and the schema's version.

All SQL runs in functions that take a `Connection` (`store.py` and its neighbours); here is only how they are run:

    await db.write(lambda conn: store.record(conn, ...))     one transaction, durable when it returns
    await db.read(lambda conn: store.due(conn, ...))         one consistent look

Writes that wait at the same time share one commit (each in a savepoint of its own, so that one failing takes nothing
with it): a durable commit costs 2 ms on a disk, however many polls stand in it. No transaction is ever open while we
wait for a network, because `work` is a plain function.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, MetaData, create_engine, event, text
from sqlalchemy.engine import Connection as Connection  # the type that every function of SQL takes
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.types import TypeDecorator

from scraper.errors import StoreError

T = TypeVar("T")

HEAD = "0001"
"""The schema version that this program writes: the newest file of `scraper/migrations/versions`."""

SHARED_COMMIT = 64
"""Writes that may share one commit. More would only lengthen the wait of the first."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite has no zone to keep, so it is taken off on the way in and put on on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone must not reach the store")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Connection], Any]
    answer: Future[Any]


class Database:
    """The open store. `write` and `read` for coroutines, `write_now` and `read_now` for plain code."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._closed = False

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction and return its value once it is on the disk. Raises StoreError or what `work` raised."""
        return await asyncio.wrap_future(self._submit(work))

    def write_now(self, work: Callable[[Connection], T]) -> T:
        """As `write`, for code outside the event loop."""
        return self._submit(work).result()

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one consistent state of the store. It must not write. Raises StoreError or what `work` raised."""
        return await asyncio.to_thread(self.read_now, work)

    def read_now(self, work: Callable[[Connection], T]) -> T:
        """As `read`, for code outside the event loop."""
        try:
            with self._engine.connect() as conn:
                return work(conn)
        except SQLAlchemyError as error:
            raise _store_error(error) from error

    def close(self) -> None:
        """Finish the writes under way and close every connection."""
        if not self._closed:
            self._closed = True
            if self._writer is not None:
                self._jobs.put(None)
                self._writer.join()
            self._engine.dispose()

    def _submit(self, work: Callable[[Connection], T]) -> Future[T]:
        if self._closed:
            raise StoreError("the store is closed")
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_all, name="store-writer", daemon=True)
            self._writer.start()
        answer: Future[T] = Future()
        self._jobs.put(_Job(work, answer))
        return answer

    def _write_all(self) -> None:
        """The writer's life: take what waits, run it in one transaction, answer everybody after the commit."""
        going_on = True
        while going_on:
            batch: list[_Job] = []
            job = self._jobs.get()
            while True:
                if job is None:
                    going_on = False
                    break
                if job.answer.set_running_or_notify_cancel():
                    batch.append(job)
                if len(batch) >= SHARED_COMMIT or self._jobs.empty():
                    break
                job = self._jobs.get()
            if batch:
                self._commit(batch)

    def _commit(self, batch: list[_Job]) -> None:
        results: list[tuple[_Job, Any, BaseException | None]] = []
        try:
            with self._engine.connect() as conn, conn.begin():
                for job in batch:
                    try:
                        if len(batch) == 1:
                            results.append((job, job.work(conn), None))
                        else:
                            with conn.begin_nested():
                                value = job.work(conn)
                            results.append((job, value, None))
                    except Exception as error:
                        if len(batch) == 1:
                            raise
                        results.append((job, None, error))
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who wait, not to this thread
            for job in batch:
                job.answer.set_exception(_store_error(error) if isinstance(error, SQLAlchemyError) else error)
            return
        for job, value, failure in results:
            if failure is None:
                job.answer.set_result(value)
            else:
                job.answer.set_exception(_store_error(failure) if isinstance(failure, SQLAlchemyError) else failure)


def open_database(url: str, *, create: bool = True) -> Database:
    """Open the store at `url` (an SQLAlchemy address), bringing its schema up to date.

    Raises StoreError where it is of a newer version, is no database, or (with `create=False`) is not there.
    """
    path = _sqlite_path(url)
    if path is not None:
        if not path.exists() and not create:
            raise StoreError(f"there is no database at {path}: run `bayan run --once` first, or check data_dir")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the folder {path.parent} cannot be made: {error.strerror}") from error
    engine = _engine(url)
    try:
        version = _version(engine)
        if version != HEAD:
            _upgrade(engine, url, version)
    except SQLAlchemyError as error:
        engine.dispose()
        raise _store_error(error) from error
    except StoreError:
        engine.dispose()
        raise
    return Database(engine)


def copy_database(url: str, to: Path) -> bool:
    """Copy the store at `url` into a new file, consistent even while it is written to. False where there is none yet.

    Raises StoreError.
    """
    path = _sqlite_path(url)
    if path is None or not path.exists():
        return False
    try:
        there = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        with closing(there) as old, closing(sqlite3.connect(to)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        raise StoreError(f"the store {path} cannot be copied: {error}") from error
    return True


def _engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling would commit before some statements: we begin and end ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        # Writers take the write lock at once: two that upgrade from reading to writing would deadlock. Only the writer
        # thread and migrations write, so readers begin plainly and never wait for them (WAL).
        writing = threading.current_thread().name == "store-writer"
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _sqlite_path(url: str) -> Path | None:
    parsed = make_url(url)
    if not parsed.drivername.startswith("sqlite"):
        raise StoreError(f"this version stores in SQLite only; storage.url begins with {parsed.drivername!r}")
    return Path(parsed.database) if parsed.database and parsed.database != ":memory:" else None


def _version(engine: Engine) -> str | None:
    """The schema version in the store; None for an empty one. Raises StoreError for a database that is not ours."""
    with engine.connect() as conn:
        tables = {row[0] for row in conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))}
        if "alembic_version" in tables:
            found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return str(found) if found else None
        if tables:
            raise StoreError("this database belongs to another program: it has tables, but not ours; check storage.url")
        return None


def _upgrade(engine: Engine, url: str, version: str | None) -> None:
    """Bring the schema to HEAD in one transaction, Alembic's own version row inside it."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    if version is not None:
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if version not in known:
            raise StoreError(
                f"the database is of a newer version ({version}) than this program ({HEAD}): "
                "install the newer bayan, or restore the copy made before its upgrade"
            )
    with engine.connect() as conn, conn.begin():
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def _store_error(error: BaseException) -> StoreError:
    """What the database said, in one line that says what to do. Parameters of the statement are left out: they are data."""
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error).splitlines()[0]
    remedy = ""
    for sign, advice in _REMEDIES:
        if sign in said:
            remedy = advice
            break
    return StoreError(f"the database refused: {said}{remedy}")


_REMEDIES = (
    ("locked", ": another program holds it for more than 30 s; close that program"),
    ("disk is full", ": free some space in data_dir; nothing is lost, the poll is made again"),
    ("readonly", ": the database or its folder is read-only; check its owner and mount"),
    ("unable to open", ": check that data_dir exists and belongs to this user"),
    ("not a database", ": the file is damaged or no database; restore a backup, never delete it blindly"),
    ("malformed", ": the file is damaged; restore a backup (`bayan db backup` makes them)"),
)
