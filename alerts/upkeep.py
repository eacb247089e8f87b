"""What a long life needs, a little at a time: old things forgotten, the store looked through once a day.

    each minute ──> is a walk over what is old under way, or an hour gone since the last? ──> its next batches
                ├─> has the evidence outgrown its room? ──> the oldest goes
                ├─> was the clock set back? ──> what it had planned is moved
                └─> a day gone since the store was looked through? ──> the quick check, beside all work

Every batch is a transaction of its own and short, so that nothing waits for it. When each was done last stands in the store, so
a run from cron asks the same questions as the service that stays.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from alerts import health, outbox, retention
from alerts import setback as deliveries
from alerts.settings import Configuration
from scraper import evidence, sources
from scraper import setback as plans
from scraper.archive import FRESH, PARTS, Archive, folder_of
from scraper.copies import check_store
from scraper.db import Connection, Database
from scraper.errors import StoreError
from scraper.retention import Place

FORGETTING = timedelta(hours=1)
"""Between two walks over what is old."""
CHECKING = timedelta(days=1)
"""Between two looks through the store."""
SETBACK = timedelta(minutes=2)
"""A clock that is corrected by less needs no new plans."""
LEAP, BELIEVED = timedelta(days=2), timedelta(days=1)
"""After such a gap the clock is believed again when it has gone on for so long."""
BATCHES = 5
"""Of one kind in one step: 1,000 statements a minute, more than most installations store."""

BUSY = ("locked", "unable to open")
"""What a look through the store may say that is no damage."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Upkeep:
    """How far the work has come. `config` is asked anew each time, for it may change; `archive` is None where no evidence is kept."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        config: Callable[[], Configuration],
        archive: Archive | None,
    ) -> None:
        self._db, self._clock, self._config = db, clock, config
        self._walking = False
        self._statements: Place | None = None
        self._deliveries: int | None = None
        self._pages: tuple[datetime, int] | None = None
        self._archive = archive or Archive(folder_of(config().storage), most=config().storage.max_raw)
        self._checking: asyncio.Task[None] | None = None
        self._seen: tuple[datetime, float] | None = None

    async def begin(self) -> None:
        """At a start, before the first sign of life: was the clock set back while nothing ran? Raises StoreError."""
        now = self._clock()
        beats = await self._db.read(sources.beats)
        await self._heed_setback(max((at for at, _ in beats.values()), default=now) - now)
        self._seen = (now, time.monotonic())

    async def step(self, *, wait: bool = False) -> None:
        """The next piece of what is due. With `wait`, a check that is due is waited for. Raises StoreError."""
        now, turn = self._clock(), time.monotonic()
        if self._seen is not None:
            before, then = self._seen
            leapt = timedelta(seconds=turn - then) - (now - before)
            await self._heed_setback(max(leapt, await self._db.read(lambda conn: plans.ahead(conn, now))))
        self._seen = (now, turn)
        beats = await self._db.read(sources.beats)
        if not self._walking and await self._may_forget(beats.get("retention"), now):
            self._walking, self._statements, self._deliveries = True, None, 0
            await self._forget_statements(now)
            await self._forget_deliveries(now)
        elif self._walking:
            if self._statements is not None:
                await self._forget_statements(now)
            if self._deliveries is not None:
                await self._forget_deliveries(now)
        through = self._walking and self._statements is None and self._deliveries is None
        if (
            await self._forget_evidence(now, now - max(self._config().storage.keep_raw, FRESH) if through else None)
            and through
        ):
            await self._sweep(now)
            self._walking = False
            keep = self._config().storage.keep_deliveries
            await self._db.write(lambda conn: retention.forget_deeds(conn, now, keep=keep))
            await self._db.write(lambda conn: retention.forget_canaries(conn, now))
            await self._db.write(lambda conn: sources.beat(conn, "retention", now))
        if self._checking is None and _is_over(beats.get("store"), now, CHECKING):
            self._checking = asyncio.create_task(self._check())
            self._checking.add_done_callback(lambda _: setattr(self, "_checking", None))
            if wait:
                await self._checking

    async def aclose(self) -> None:
        """Leave the check that is under way: it only reads, and a stop does not wait for gigabytes."""
        if self._checking is not None:
            self._checking.cancel()
            await asyncio.gather(self._checking, return_exceptions=True)

    async def _heed_setback(self, by: timedelta) -> None:
        """Plans that a clock made that was ahead are moved back, or nothing would be asked before it is that late again."""
        if by < SETBACK:
            return
        now = self._clock()

        def settle(conn: Connection) -> int:
            deliveries.move_back(conn, now, by)
            return plans.move_back(conn, now, by)

        log.warning(
            "the clock was set back: what was planned is moved", by=str(by), sources=await self._db.write(settle)
        )

    async def _may_forget(self, beat: tuple[datetime, str] | None, now: datetime) -> bool:
        """Whether a walk is due, and the clock to be believed: one that runs ahead by years must not make everything old.

        After a gap of two days, whether bayan was off or its clock has leapt, nothing is forgotten for a day.
        """
        if beat is not None and timedelta() <= now - beat[0] < LEAP:
            return now - beat[0] >= (FORGETTING if not beat[1] else BELIEVED)
        await self._db.write(lambda conn: sources.beat(conn, "retention", now, "waits for the clock to prove itself"))
        return False

    async def _forget_statements(self, now: datetime) -> None:
        storage = self._config().storage
        gone = 0
        for _ in range(BATCHES):
            after = self._statements
            done = await self._db.write(
                lambda conn, after=after: retention.forget_statements(  # type: ignore[misc]
                    conn, now, statements=storage.keep_statements, deliveries=storage.keep_deliveries, after=after
                )
            )
            gone += done.statements
            self._statements = done.further
            if done.further is None:
                break
        if gone:
            log.info("old statements are forgotten", statements=gone)

    async def _forget_deliveries(self, now: datetime) -> None:
        keep = self._config().storage.keep_deliveries
        gone = 0
        for _ in range(BATCHES):
            after = self._deliveries or 0
            count, self._deliveries = await self._db.write(
                lambda conn, after=after: retention.forget_deliveries(conn, now, keep=keep, after=after)  # type: ignore[misc]
            )
            gone += count
            if self._deliveries is None:
                break
        if gone:
            log.info("old deliveries are forgotten", deliveries=gone)

    async def _forget_evidence(self, now: datetime, before: datetime | None) -> bool:
        """The next batches of raw pages that were fetched before then, or for which there is no room. Whether that was all."""
        over = await self._db.read(lambda conn: retention.overfull(conn, self._archive.most))
        if not over and before is None:
            return False
        gone = 0
        for _ in range(BATCHES):
            after = self._pages
            unnamed, freed, self._pages = await self._db.write(
                lambda conn, over=over, after=after: retention.forget_evidence(  # type: ignore[misc]
                    conn, before, over=over, settled=now - FRESH, after=after
                )
            )
            gone += await asyncio.to_thread(self._archive.discard, unnamed, now)
            over -= freed
            if before is None and over <= 0:
                self._pages = None
            if self._pages is None:
                break
        if gone:
            log.info("old evidence is forgotten", pages=gone)
        return self._pages is None

    async def _sweep(self, now: datetime) -> None:
        """Files of evidence that nobody refers to: what a death left between a file and its commit."""
        gone = 0
        for part in range(PARTS):
            names = await asyncio.to_thread(lambda part=part: list(self._archive.names(part)))  # type: ignore[misc]
            referred = await self._db.read(lambda conn, names=names: evidence.referred(conn, names))  # type: ignore[misc]
            gone += await asyncio.to_thread(self._archive.sweep, part, referred, now)
        if gone:
            log.info("evidence that nobody refers to is taken away", files=gone)

    async def _check(self) -> None:
        """Look through the store, in a thread and beside all work. Damage is said to whoever can hear it."""
        url = self._config().storage.url
        try:
            wrong = await _aside(lambda: check_store(url))
        except StoreError as error:
            wrong = (str(error),)
        if any(sign in line for sign in BUSY for line in wrong):
            log.info("the store could not be looked through; tried again in a minute", reason=wrong[0])
            return
        now = self._clock()
        said = " ".join(wrong[0].split())[:300] if wrong else ""
        if said:
            log.error("the store is damaged: stop bayan, keep the file, put a backup in its place", found=said)
        notify, tongue = self._config().health.notify, self._config().language_of
        notice = health.store_damaged(said, now)
        drafts = health.to_operators(notice, notify, now, language_of=tongue) if said else ()

        def record(conn: Connection) -> None:
            sources.beat(conn, "store", now, said)
            outbox.put(conn, drafts, now)

        try:
            await self._db.write(record)
        except StoreError as error:  # it is checked again in a minute, and the log has it
            log.error("what the look through the store found could not be recorded", reason=str(error))


async def _aside(work: Callable[[], T]) -> T:
    """Run `work` in a thread that a stop of the program leaves behind."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, failure: Exception | None) -> None:
        if not answer.done():
            answer.set_exception(failure) if failure is not None else answer.set_result(value)  # type: ignore[arg-type]

    def live() -> None:
        value, failure = None, None
        try:
            value = work()
        except Exception as error:  # noqa: BLE001 - it belongs to the one who waits
            failure = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, value, failure)

    threading.Thread(target=live, name="store-check", daemon=True).start()
    return await answer


def _is_over(beat: tuple[datetime, str] | None, now: datetime, span: timedelta) -> bool:
    """Whether so much time has gone since; a clock that was set back counts as gone."""
    return beat is None or not timedelta() <= now - beat[0] < span
