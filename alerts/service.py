"""The program put together: the only room that knows both halves of the street.

    tick ──> due sources ──> poll ──┐
         ──> due articles ─> follow ┼──> judge ──> deliver, each channel by itself
         ──> due deliveries ────────┘

APScheduler only ticks, and runs housekeeping; what is due stands in the database, so a run from cron asks the same
questions as the service that stays. This file and the command line are the only ones that ask the clock.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TextIO

import structlog

from alerts import deliver, health, outbox
from alerts.channels import Channels
from alerts.deliver import Desk, Drained
from alerts.judge import Bench, Judged, judge
from alerts.pace import Pace
from alerts.settings import Configuration
from alerts.watch.match import compile_watchlist
from scraper import sources, store
from scraper.db import Connection, Database
from scraper.errors import StoreError
from scraper.follow import Followed, follow
from scraper.model import Source
from scraper.net.fetch import Fetcher
from scraper.parsers.workers import ParsePool
from scraper.poll import Polled, Tools, poll
from scraper.shelf import StoredShelf

log = structlog.get_logger(__name__)

TICK = timedelta(seconds=1)
HOUSEKEEPING = timedelta(minutes=1)
ARTICLES_AT_ONCE = 4
ONCE_PATIENCE = timedelta(seconds=60)
"""How long a run from cron waits for deliveries that are paced or rest; what is due later is the next run's."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Report:
    """What one run did: for the exit code, `--json`, and the person at the terminal."""

    polled: list[Polled] = field(default_factory=list)
    followed: list[Followed] = field(default_factory=list)
    judged: int = 0
    matched: int = 0
    sent: int = 0
    later: int = 0
    failed: int = 0
    pending: int = 0


Watch = Callable[[Polled | Followed | Judged], None]
"""Called as things happen, for progress on a terminal."""


class Service:
    """One running bayan over one configuration. Use `open_service`; nothing is polled before `run` or `once`."""

    def __init__(
        self,
        config: Configuration,
        db: Database,
        channels: Channels,
        fetcher: Fetcher,
        parsers: ParsePool,
        clock: Clock,
    ) -> None:
        self._config = config
        self._db = db
        self._clock = clock
        self._sources = {source.id: source for source in config.sources if source.enabled}
        self._stopping = asyncio.Event()
        self._polls: dict[str, asyncio.Task[Any]] = {}
        self._articles: dict[int, asyncio.Task[Any]] = {}
        self._drains: dict[str, asyncio.Task[Any]] = {}
        self._judging = asyncio.Lock()
        self._on: Watch = lambda _: None
        self.report = Report()
        self._tools = Tools(db, fetcher, parsers, config.fetch, clock, random.random)
        watchlist = compile_watchlist(config.actors, config.keywords)
        self._bench = Bench(
            watchlist=watchlist,
            routes=config.routes,
            channels=tuple(channel.id for channel in config.channels),
            sources=self._sources,
            body_wait=config.delivery.body_wait,
        )
        self._desk = Desk(
            db=db,
            channels=channels,
            actors=watchlist.actors,
            source_names={},
            operators=config.health.notify,
            timezone=config.timezone,
            excerpt=config.delivery.excerpt,
            clock=clock,
            pace=Pace(config.delivery.per_chat_rate),
        )

    # ------------------------------------------------------------------------------------------- beginning

    async def prepare(self) -> None:
        """Bring the store in line with the configuration, and take up what a dead process left under way."""
        now = self._clock()
        ids = [channel.id for channel in self._config.channels]
        prints = {channel.id: channel.fingerprint for channel in self._config.channels}

        def settle(conn: Connection) -> int:
            sources.enrol(conn, self._sources.values(), now)
            outbox.enrol(conn, prints)
            return outbox.recover(conn, now)

        recovered = await self._db.write(settle)
        if recovered:
            log.warning(
                "deliveries were under way when the program stopped; they are sent again, marked", count=recovered
            )
        since = now - timedelta(minutes=1)
        here = asyncio.get_running_loop().time()
        for channel, at in await self._db.read(lambda conn: outbox.sent_since(conn, ids, since)):
            age = min(max((now - at).total_seconds(), 0.0), 60.0)
            self._desk.pace.note(self._desk.channels.pace_key(channel), here - age)

    # --------------------------------------------------------------------------------- the service that stays

    async def run(self) -> None:
        """Poll, judge and deliver until SIGTERM or SIGINT; then finish what is under way, within `shutdown_grace`."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._heed_signals()
        await self.prepare()
        scheduler = AsyncIOScheduler(timezone=UTC)
        every: dict[str, Any] = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        scheduler.add_job(self.tick, "interval", seconds=TICK.total_seconds(), next_run_time=utc_now(), **every)
        scheduler.add_job(self.keep_house, "interval", seconds=HOUSEKEEPING.total_seconds(), **every)
        scheduler.start()
        log.info("running", sources=len(self._sources), channels=len(self._config.channels))
        try:
            await self._stopping.wait()
        finally:
            scheduler.shutdown(wait=False)
            await self._wind_up()
        log.info("stopped")

    def _heed_signals(self) -> None:
        """SIGTERM and Ctrl-C mean: begin nothing more, finish what is being sent. They are heeded until the loop ends."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)

    def stop(self) -> None:
        """Begin no more work. Safe to call twice."""
        if not self._stopping.is_set():
            log.info("stopping")
            self._stopping.set()

    async def tick(self) -> None:
        """Start what has become due. It never waits for a network, so it is never late because a site is."""
        if self._stopping.is_set():
            return
        try:
            await self._start_polls()
            await self._start_articles()
            await self._judge()
            await self._start_drains()
        except StoreError as error:
            log.error("the store refused; tried again at the next tick", reason=str(error))

    async def keep_house(self) -> None:
        """Once a minute: a sign of life, claims that nobody settled, notices about sources."""
        now = self._clock()
        try:
            await self._db.write(lambda conn: sources.beat(conn, "service", now))
            await self._db.write(lambda conn: outbox.recover(conn, now, expired_only=True))
            await self._tell_operators()
        except StoreError as error:
            log.error("housekeeping could not use the store", reason=str(error))

    async def _wind_up(self) -> None:
        """Polls and articles are dropped (they are due again); sends under way are waited for, then left unconfirmed."""
        for task in (*self._polls.values(), *self._articles.values()):
            task.cancel()
        drains = [task for task in self._drains.values() if not task.done()]
        if drains:
            _, hanging = await asyncio.wait(drains, timeout=self._config.service.shutdown_grace.total_seconds())
            for task in hanging:
                task.cancel()
            if hanging:
                log.warning("sends without an answer are left unconfirmed", channels=len(hanging))
        await asyncio.gather(
            *self._polls.values(), *self._articles.values(), *self._drains.values(), return_exceptions=True
        )

    # ------------------------------------------------------------------------------------- one run, for cron

    async def once(
        self, *, only: Iterable[str] | None = None, watch: Watch | None = None, patience: timedelta = ONCE_PATIENCE
    ) -> Report:
        """Everything that is due, once: polls, articles, judgement, deliveries. With `only`, those sources, due or not.

        It waits at most `patience` for deliveries that are due a little later.
        """
        self._on = watch or self._on
        self._heed_signals()
        await self.prepare()
        try:
            await self._everything_due(only)
            await self._tell_operators()
            await self._deliver_all(patience)
        finally:
            await self._wind_up()
        now = self._clock()
        await self._db.write(lambda conn: sources.beat(conn, "once", now))
        by_state, _ = await self._db.read(outbox.summary)
        self.report.pending = sum(by_state.get(state, 0) for state in ("pending", "unconfirmed", "claimed"))
        return self.report

    async def _everything_due(self, only: Iterable[str] | None) -> None:
        """Poll what is due (with `only`: those, due or not), read the articles behind what is new, judge all of it."""
        now = self._clock()
        for source_id in only or ():
            await self._db.write(lambda conn, one=source_id: sources.hasten(conn, one, now))  # type: ignore[misc]
        asked: set[str] = set()
        while await self._start_polls(only=only, but_not=asked) or self._polls:
            asked |= set(self._polls)
            if not await self._finished(self._polls):
                return
        while await self._start_articles() or self._articles:
            if not await self._finished(self._articles):
                return
        await self._judge()

    async def _deliver_all(self, patience: timedelta) -> None:
        """Drain until nothing is due within the patience of one run."""
        give_up = self._clock() + patience
        ids = [channel.id for channel in self._config.channels]
        while not self._stopping.is_set():
            await self._start_drains()
            began = bool(self._drains)
            await self._finished(self._drains)
            next_due = await self._db.read(lambda conn: outbox.next_due(conn, ids))
            wait = 0.0 if next_due is None else (next_due - self._clock()).total_seconds()
            if next_due is None or next_due > give_up or (wait <= 0 and not began):
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), max(wait, 0.01))

    async def _finished(self, tasks: dict[Any, asyncio.Task[Any]]) -> bool:
        """Wait until none of `tasks` is left. False as soon as we are asked to stop."""
        asked_to_stop = asyncio.ensure_future(self._stopping.wait())
        try:
            while tasks and not asked_to_stop.done():
                await asyncio.wait([*tasks.values(), asked_to_stop], return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked_to_stop.cancel()
        return not self._stopping.is_set()

    # ------------------------------------------------------------------------------------------- the steps

    async def _start_polls(self, *, only: Iterable[str] | None = None, but_not: Iterable[str] = ()) -> int:
        """Begin a poll for each due source, as many at once as `concurrency` and then some that wait for their host."""
        room = self._config.fetch.concurrency * 4 - len(self._polls)
        if room <= 0:
            return 0
        now = self._clock()
        wanted = set(self._sources) - set(self._polls) - set(but_not)
        if only is not None:
            wanted &= set(only)
        due = await self._db.read(lambda conn: sources.due(conn, now, room + len(self._polls), None))
        chosen = [state for state in due if state.id in wanted]
        if len(chosen) < room and len(due) > len(chosen):  # sources that left the configuration may stand in the way
            chosen = list(await self._db.read(lambda conn: sources.due(conn, now, room, sorted(wanted))))
        for state in chosen[:room]:
            self._begin(self._polls, state.id, self._poll(self._sources[state.id], state))
        return len(chosen[:room])

    async def _poll(self, source: Source, state: sources.SourceState) -> None:
        polled = await poll(source, state, self._tools)
        self.report.polled.append(polled)
        self._on(polled)
        if polled.healthy:
            log.info(
                "polled", source=source.id, outcome=polled.outcome, new=len(polled.new), silent=polled.silent,
                **({"detail": polled.detail} if polled.detail else {}),
            )  # fmt: skip
        else:
            log.warning("poll failed", source=source.id, outcome=polled.outcome, detail=polled.detail)
        if polled.new or polled.changed:
            await self._judge()
            if not self._stopping.is_set():
                await self._start_drains()
                await self._start_articles()

    async def _start_articles(self) -> int:
        room = ARTICLES_AT_ONCE * 4 - len(self._articles)
        if room <= 0:
            return 0
        now = self._clock()
        due = await self._db.read(lambda conn: store.articles_due(conn, now, room + len(self._articles)))
        chosen = [task for task in due if task.statement not in self._articles and task.source in self._sources]
        for task in chosen[:room]:
            self._begin(self._articles, task.statement, self._follow(self._sources[task.source], task))
        return len(chosen[:room])

    async def _follow(self, source: Source, task: store.ArticleTask) -> None:
        followed = await follow(source, task, self._tools)
        self.report.followed.append(followed)
        self._on(followed)
        if followed.outcome == "ok":
            log.info("article read", source=source.id, statement=task.statement)
        else:
            log.warning(
                "article not read", source=source.id, statement=task.statement, outcome=followed.outcome,
                detail=followed.detail, again=followed.again,
            )  # fmt: skip
            now = self._clock()
            # Its alert need not wait for a body that does not come.
            await self._db.write(lambda conn: outbox.hasten(conn, [task.statement], now))
        await self._judge()
        if not self._stopping.is_set():
            await self._start_drains()

    async def _judge(self) -> None:
        """Judge what waits, in batches, until nothing does."""
        async with self._judging:
            while judged := await judge(self._db, self._bench, self._clock()):
                self.report.judged += len(judged)
                for one in judged:
                    if one.matches:
                        self.report.matched += 1
                    if one.rings:
                        log.info("matched", statement=one.statement.id, channels=[ring.channel for ring in one.rings])
                    self._on(one)

    async def _start_drains(self) -> None:
        now = self._clock()
        for channel in await self._db.read(lambda conn: outbox.busy_channels(conn, now)):
            if channel not in self._drains and channel in self._bench.channels:
                self._begin(self._drains, channel, self._drain(channel))

    async def _drain(self, channel: str) -> None:
        drained: Drained = await deliver.drain(channel, self._desk, self._stopping)
        self.report.sent += drained.sent
        self.report.later += drained.later
        self.report.failed += drained.failed

    async def _tell_operators(self) -> None:
        operators = self._config.health.notify
        if not operators:
            return
        now = self._clock()
        told = await self._db.read(lambda conn: outbox.notice_subjects(conn, "source:"))
        states = [state for state in await self._db.read(sources.states) if state.id in self._sources]
        notices = health.source_notices(states, told, failures=self._config.health.failures)
        drafts = [draft for notice in notices for draft in health.to_operators(notice, operators, now)]
        if drafts:
            await self._db.write(lambda conn: outbox.put(conn, drafts, now))

    def _begin(self, tasks: dict[Any, asyncio.Task[Any]], key: Any, work: Awaitable[None]) -> None:
        """Run `work` beside everything else. Whatever escapes it is our bug: said loudly, and nothing else stops."""

        async def guarded() -> None:
            try:
                await work
            except StoreError as error:
                log.error("the store refused", reason=str(error))
            except asyncio.CancelledError:
                raise
            except Exception:  # a bug in one source's path must not silence the others
                log.exception("internal error", work=str(key))
            finally:
                tasks.pop(key, None)

        tasks[key] = asyncio.create_task(guarded())


async def open_service(
    stack: AsyncExitStack,
    config: Configuration,
    *,
    db: Database,
    clock: Clock = utc_now,
    console: TextIO | None = None,
    parsers: ParsePool | None = None,
) -> Service:
    """Open what a service needs; `stack` closes it. `parsers` takes the place of worker processes. Raises StoreError."""
    channels = Channels(config.channels, console=console)
    stack.push_async_callback(channels.aclose)
    fetcher = Fetcher(config.fetch, StoredShelf(db))
    stack.push_async_callback(fetcher.aclose)
    parsers = parsers or ParsePool()
    stack.push_async_callback(parsers.aclose)
    return Service(config, db, channels, fetcher, parsers, clock)
