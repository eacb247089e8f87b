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
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, MetaData, create_engine, event
from sqlalchemy.engine import Connection as Connection  # the type that every function of SQL takes
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.types import TypeDecorator

from scraper.copies import (
    copy_before_upgrade,
    is_there,
    prune_copies,
    refuse_emptied,
    refuse_unpaired,
    refuse_vanished,
    sqlite_path,
    words_of,
)
from scraper.errors import StoreError
from scraper.upgrade import HEAD as HEAD  # for those who open a store
from scraper.upgrade import WRITING, refuse_newer, version_of
from scraper.upgrade import upgrade as upgrade_schema

T = TypeVar("T")

SHARED_COMMIT = 64
"""Writes that may share one commit. More would only lengthen the wait of the first."""

_REFUSALS = (SQLAlchemyError, UnicodeDecodeError)
"""How the driver says that the database refused: the second where the message itself quotes damaged bytes."""

READERS = 4
"""Looks at the store that run at the same time; with the writer, as many as there are pooled connections."""

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

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        read = super().result_processor(dialect, coltype)
        if read is None:
            return None

        def moment(value: Any) -> datetime | None:
            try:
                return read(value)
            except (ValueError, TypeError) as error:  # no check of SQLite's finds this
                raise StoreError(
                    "the file is damaged: where a moment should stand, there is none; restore a backup"
                ) from error

        return moment


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
        # Threads of their own: in the event loop's, a look would wait behind what pages and files have others do.
        self._readers = ThreadPoolExecutor(READERS, "store-reader")
        self._closed = False

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction and return its value once it is on the disk. Raises StoreError or what `work` raised."""
        return await asyncio.wrap_future(self._submit(work))

    def write_now(self, work: Callable[[Connection], T]) -> T:
        """As `write`, for code outside the event loop."""
        return self._submit(work).result()

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one consistent state of the store. It must not write. Raises StoreError or what `work` raised."""
        if self._closed:
            raise StoreError("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, work)

    def read_now(self, work: Callable[[Connection], T]) -> T:
        """As `read`, for code outside the event loop."""
        try:
            with self._engine.connect() as conn:
                return work(conn)
        except _REFUSALS as error:
            raise _store_error(error) from error

    def close(self) -> None:
        """Finish the writes under way and close every connection."""
        if not self._closed:
            self._closed = True
            if self._writer is not None:
                self._jobs.put(None)
                self._writer.join()
            self._readers.shutdown(wait=False, cancel_futures=True)
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
                job.answer.set_exception(_store_error(error) if isinstance(error, _REFUSALS) else error)
            return
        for job, value, failure in results:
            if failure is None:
                job.answer.set_result(value)
            else:
                job.answer.set_exception(_store_error(failure) if isinstance(failure, _REFUSALS) else failure)


def open_database(url: str, *, create: bool = True, upgrade: bool = True, copy_at: datetime | None = None) -> Database:
    """Open the store at `url` (an SQLAlchemy address), bringing its schema up to date.

    Before the schema of an existing store is changed, it is copied beside itself, under a name with `copy_at`, where that
    is given. Raises StoreError where it is of a newer version, is no database, or is not there (`create=False`) or is of
    an older version (`upgrade=False`).
    """
    path = sqlite_path(url)
    if path is not None:
        there = is_there(path)
        if not there and not create:
            raise StoreError(f"there is no database at {path}: run `bayan run --once` first, or check data_dir")
        if not there:
            refuse_vanished(path)
        refuse_unpaired(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the folder {path.parent} cannot be made: {error.strerror}") from error
    engine = _engine(url)
    try:
        _bring_up_to_date(engine, url, upgrade, copy_at)
    except _REFUSALS as error:
        engine.dispose()
        raise _store_error(error) from error
    except StoreError:
        engine.dispose()
        raise
    return Database(engine)


def _bring_up_to_date(engine: Engine, url: str, upgrade: bool, copy_at: datetime | None) -> None:
    version = version_of(engine)
    if version == HEAD:
        return
    if version is not None:
        refuse_newer(version)
        if not upgrade:
            raise StoreError(
                f"the database is of an older version ({version}) than this program ({HEAD}): "
                "`bayan db upgrade` brings it up to date, and so does `bayan run`"
            )
        if copy_at is not None:
            copy_before_upgrade(url, version, HEAD, copy_at)
    elif (path := sqlite_path(url)) is not None:
        refuse_emptied(path)
    upgrade_schema(engine)
    if version is not None:
        prune_copies(url)


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
        writing = threading.current_thread().name == "store-writer" or conn.get_execution_options().keys() & WRITING
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _store_error(error: BaseException) -> StoreError:
    """What the database said, in one line that says what to do. Parameters of the statement are left out: they are data."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        said = words_of(error.orig)
    else:
        said = words_of(error) if isinstance(error, UnicodeDecodeError) else str(error).splitlines()[0]
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
