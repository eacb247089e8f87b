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
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO

import structlog

from alerts import health, once, outbox
from alerts.flights import Flights, whole
from alerts.gauges import Gauges
from alerts.outfit import Outfit, outfit
from alerts.probing import probe
from alerts.settings import Configuration
from alerts.steps import PAUSED, Report, Steps, Watch
from alerts.upkeep import Upkeep
from alerts.vitals import Vitals
from scraper import likeness, marks, sources
from scraper.archive import archive_of
from scraper.copies import RESTORED
from scraper.db import Connection, Database
from scraper.errors import ConfigError, StoreError
from scraper.net.fetch import Fetcher
from scraper.parsers.workers import ParsePool
from scraper.poll import Tools
from scraper.shelf import StoredShelf

if TYPE_CHECKING:
    from alerts.bot.opened import Bot

log = structlog.get_logger(__name__)

TICK = timedelta(seconds=1)
HOUSEKEEPING = timedelta(minutes=1)
ONCE_PATIENCE = timedelta(seconds=60)
"""How long a run from cron waits for deliveries that are paced or rest; what is due later is the next run's."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


Reread = Callable[[], Configuration]
"""Reads the configuration again, from where it came. Raises ConfigError."""


class Service:
    """One running bayan over one configuration. Use `open_service`; nothing is polled before `run` or `once`."""

    def __init__(
        self,
        kit: Outfit,
        db: Database,
        fetcher: Fetcher,
        parsers: ParsePool,
        clock: Clock,
        reread: Reread | None = None,
        *,
        written: Configuration | None = None,
        gauges: Gauges | None = None,
        flights: Flights | None = None,
    ) -> None:
        """`written` is the configuration as it stands in the file, where `kit` has what the chats made laid over it."""
        tools = Tools(
            db, fetcher, parsers, kit.config.fetch, clock, random.random, kit.config.flood, kit.config.changes,
            archive_of(kit.config.storage),
        )  # fmt: skip
        self._steps = Steps(kit, db, tools, clock, gauges)
        self._vitals = Vitals(
            self._steps, db, clock, flights,
            bot=lambda: None if self._bot is None else self._bot.condition, workers=lambda: parsers.started, tick=TICK,
        )  # fmt: skip
        self._flights = flights
        self._upkeep = Upkeep(db, clock, lambda: self._steps.kit.config, tools.archive)
        self._db = db
        self._clock = clock
        self._reread = reread
        self._written = written or kit.config
        self._bot: Bot | None = None
        self._reloading, self._ticking, self._keeping = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
        self._reloads: set[asyncio.Task[None]] = set()
        self._retired: list[Outfit] = []

    @property
    def report(self) -> Report:
        """What was done since it was opened."""
        return self._steps.report

    @property
    def configuration(self) -> Configuration:
        """The configuration in force, what the chats made included."""
        return self._steps.kit.config

    @property
    def answering(self) -> int:
        """In how many chats the bot is answering something."""
        return 0 if self._bot is None else self._bot.busy

    # ------------------------------------------------------------------------------------------- beginning

    async def prepare(self) -> None:
        """Bring the store in line with the configuration, and take up what a dead process left under way.

        A store that was put back from a backup holds every delivery until a person decides: what was sent since the
        backup was made is open in it once more.
        """
        await self._upkeep.begin()
        now = self._clock()
        kit = self._steps.kit

        def settle(conn: Connection) -> tuple[int, datetime | None]:
            sources.enrol(conn, kit.sources.values(), now)
            outbox.enrol(conn, kit.fingerprints)
            outbox.wake(conn)
            return outbox.recover(conn, now), marks.read(conn, RESTORED)

        recovered, self._steps.restored = await self._db.write(settle)
        self._steps.paused = await self._db.read(lambda conn: marks.read(conn, PAUSED)) is not None
        if self._steps.paused:
            log.warning("all messages are held since somebody wrote /pause: /resume lets them go")
        if recovered:
            log.warning(
                "deliveries were under way when the program stopped; they are sent again, marked", count=recovered
            )
        if self._steps.restored is not None:
            await self._steps.hold_what_was_restored()
            by_state, _ = await self._db.read(outbox.summary)
            log.warning(
                "this store was put back from a backup: deliveries are held until `bayan alerts release` or `bayan alerts drop`",
                held=by_state.get("held", 0), backup_of=self._steps.restored.isoformat(timespec="seconds"),
            )  # fmt: skip
        await self._steps.keep_pace()

    # --------------------------------------------------------------------------------- the service that stays

    async def run(self) -> None:
        """Poll, judge and deliver until SIGTERM or SIGINT; then finish what is under way, within `shutdown_grace`."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._heed_signals()
        self._steps.beating, self._steps.ahead = True, TICK
        await self._vitals.open()
        await self.prepare()
        await asyncio.to_thread(likeness.prepare)
        scheduler = AsyncIOScheduler(timezone=UTC)
        every: dict[str, Any] = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        scheduler.add_job(self.tick, "interval", seconds=TICK.total_seconds(), next_run_time=utc_now(), **every)
        scheduler.add_job(self.keep_house, "interval", seconds=HOUSEKEEPING.total_seconds(), **every)
        scheduler.start()
        log.info("running", sources=len(self._steps.kit.sources), channels=len(self._steps.kit.config.channels))
        listening = self._listen()
        try:
            await self._steps.stopping.wait()
        finally:
            scheduler.pause()
            grace = self._steps.kit.config.service.shutdown_grace.total_seconds()
            with suppress(TimeoutError):  # the scheduler's own way to stop is to cancel a tick in mid-write
                async with asyncio.timeout(grace), self._ticking, self._keeping:
                    pass
            scheduler.shutdown(wait=False)
            if listening is not None:
                await asyncio.wait([listening], timeout=grace)
                listening.cancel()
            for task in self._reloads:
                task.cancel()
            await self._steps.wind_up()
        log.info("stopped")

    def _heed_signals(self) -> None:
        """SIGTERM and Ctrl-C mean: begin nothing more, finish what is being sent. They are heeded until the loop ends."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        if self._reread is not None:
            loop.add_signal_handler(signal.SIGHUP, self._reload_soon)

    def stop(self) -> None:
        """Begin no more work. Safe to call twice."""
        if not self._steps.stopping.is_set():
            log.info("stopping")
            self._steps.stopping.set()
            self._steps.resting.set()

    async def tick(self) -> None:
        """Start what has become due. It never waits for a network, so it is never late because a site is.

        Its first act is a sign of life, so `bayan health` hears of a loop that hangs in any of its steps.
        """
        async with self._ticking:
            if self._steps.stopping.is_set():
                return
            self._vitals.tick_began()
            try:
                await self._steps.heart.beat()
                await self._steps.start_polls()
                await self._steps.start_articles()
                await self._steps.start_rereads()
                await self._steps.start_looks()
                await self._steps.begin_judging()
                await self._steps.tell_bundles()
                await self._steps.start_drains()
                await self._vitals.tick_ended()
                self._steps.refusals.well()
            except StoreError as error:
                self._steps.refusals.refused(str(error), "tick")

    async def keep_house(self) -> None:
        """Once a minute: claims that nobody settled, notices about sources, the next piece of the upkeep."""
        now = self._clock()
        async with self._keeping:
            try:
                await self._vitals.keep_house()
                await self._db.write(lambda conn: outbox.recover(conn, now, expired_only=True))
                await self._steps.tell_operators()
                if self._bot is not None:
                    await self._bot.keep_house()
                await self._upkeep.step()
            except StoreError as error:
                self._steps.refusals.refused(str(error), "housekeeping")

    # ------------------------------------------------------------------------------------------ the bot

    def _listen(self) -> asyncio.Task[None] | None:
        """Begin to listen to the chat, where the configuration has a bot. Its failures are its own."""
        settings = self._written.bot
        if settings is None or settings.token is None:
            return None
        from alerts.bot.opened import Bot

        async def look_around(url: str) -> list[str]:
            return await probe(url, self.configuration, self._steps.tools.parsers, self._clock)

        self._bot = Bot(
            settings,
            self._db,
            self._clock,
            config=lambda: self._steps.kit.config,
            adopt=self.take_over_chats,
            stopping=self._steps.stopping,
            tell=self._tell_of_bot,
            doers={"probe": look_around, "pause": self._steps.pause, "ailments": self._steps.ailments},
            pace=lambda: self._steps.kit.desk.pace,
        )
        return asyncio.create_task(self._bot.run())

    async def take_over_chats(self) -> None:
        """What was changed in a chat takes effect: watchlists, channels, routes. Raises StoreError, or ConfigError."""
        async with self._reloading:
            await self._adopt(await self._whole(self._written))

    async def _whole(self, written: Configuration) -> Configuration:
        """What is written, what the chats made beside it, and the canary."""
        return await whole(written, self._db, self._flights)

    def _tell_of_bot(self, condition: str, remedy: str) -> None:
        """The operators hear of a bot that hears nobody, and of its recovery: once for each change."""
        now = self._clock()
        notice, kit = health.bot_changed(condition, remedy, now), self._steps.kit
        drafts = health.to_operators(notice, kit.desk.operators, now, language_of=kit.config.language_of)
        self._beside(self._write_notices(drafts, now))

    async def _write_notices(self, drafts: tuple[outbox.Draft, ...], now: datetime) -> None:
        with suppress(StoreError):  # the log has it, too
            await self._db.write(lambda conn: outbox.put(conn, drafts, now))

    # ----------------------------------------------------------------------------- a changed configuration

    def _reload_soon(self) -> None:
        async def guarded() -> None:
            try:
                await self.reload()
            except Exception:  # a bug here must not stop what runs well with the old configuration
                log.exception("internal error", work="reload")

        self._beside(guarded())

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._reloads.add(task)
        task.add_done_callback(self._reloads.discard)

    async def reload(self) -> bool:
        """Read the configuration again and take it over. A bad one is refused with all its problems; the old one stays."""
        if self._reread is None:
            return False
        async with self._reloading:
            refused = ""
            try:
                fresh = await asyncio.to_thread(self._reread)
                if fresh.storage != self._steps.kit.config.storage:
                    refused = "[storage] has changed: that needs a restart"
                elif _ear(fresh) != _ear(self._written):
                    refused = "the bot's token or server has changed: that needs a restart"
                else:
                    await self._adopt(await self._whole(fresh))
                    self._written = fresh
            except ConfigError as error:
                for problem in error.problems:
                    log.error("configuration", problem=str(problem))
                refused = f"{len(error.problems)} problems"
            except StoreError as error:
                refused = str(error)
            if refused:
                log.error("the changed configuration is refused; the old one stays", reason=refused)
            else:
                kit = self._steps.kit
                log.info("configuration taken over", sources=len(kit.sources), channels=len(kit.config.channels))
            now = self._clock()
            with suppress(StoreError):  # only for `bayan reload`, which says that it heard nothing
                await self._db.write(lambda conn: sources.beat(conn, "reload", now, refused))
            return not refused

    async def _adopt(self, fresh: Configuration) -> None:
        """Put the outfit of `fresh` in the place of ours. Messages that are being sent end in the old one.

        A poll of a source that is another one now is dropped: it is due again, and its answer belongs to nobody.
        """
        old = self._steps.kit
        kit = await asyncio.to_thread(outfit, fresh, self._db, self._clock, console=old.console, before=old)
        self._steps.changing = True
        try:
            stale = [
                task for id_, task in self._steps.polls.items()
                if id_ not in kit.sources or sources.fingerprint(kit.sources[id_]) != sources.fingerprint(old.sources[id_])
            ]  # fmt: skip
            for task in stale:
                task.cancel()
            await asyncio.gather(*stale, return_exceptions=True)
            self._steps.resting.set()
            drains = tuple(self._steps.drains.values())
            if drains:
                await asyncio.wait(drains, timeout=old.config.service.shutdown_grace.total_seconds())
            now = self._clock()

            def enrol(conn: Connection) -> None:
                sources.enrol(conn, kit.sources.values(), now)
                outbox.enrol(conn, kit.fingerprints)

            await self._db.write(enrol)
            self._steps.tools = replace(self._steps.tools, flood=fresh.flood, changes=fresh.changes)
            if fresh.fetch != old.config.fetch:
                fetcher = Fetcher(fresh.fetch, StoredShelf(self._db))
                self._steps.tools = replace(self._steps.tools, fetcher=fetcher, settings=fresh.fetch)
            self._steps.kit = kit
            await self._vitals.open()
            if kit.desk.pace is not old.desk.pace:
                await self._steps.keep_pace()
            if any(not drain.done() for drain in drains):
                log.warning("a send that has no answer yet ends with the old configuration")
                self._retired.append(old)
            else:
                await old.channels.aclose()
        finally:
            self._steps.changing = False
            if not self._steps.stopping.is_set():
                self._steps.resting = asyncio.Event()

    async def aclose(self) -> None:
        """Close every connection. What is under way is cut off: `run` and `once` have waited for it."""
        await self._vitals.aclose()
        await self._upkeep.aclose()
        if self._bot is not None:
            await self._bot.aclose()
        await self._steps.tools.fetcher.aclose()
        for kit in (*self._retired, self._steps.kit):
            await kit.channels.aclose()

    # ------------------------------------------------------------------------------------- one run, for cron

    async def once(
        self, *, only: Iterable[str] | None = None, watch: Watch | None = None, patience: timedelta = ONCE_PATIENCE
    ) -> Report:
        """Everything that is due, once: polls, articles, judgement, deliveries. With `only`, those sources, due or not.

        It waits at most `patience` for deliveries that are due a little later.
        """
        self._steps.on = watch or self._steps.on
        self._heed_signals()
        await self.prepare()
        try:
            await once.everything_due(self._steps, self._db, self._clock, only)
            await self._steps.tell_operators()
            await self._steps.tell_bundles()
            await once.deliver_all(self._steps, self._db, self._clock, patience)
            await self._upkeep.step(wait=True)
        finally:
            await self._steps.wind_up()
        now = self._clock()
        await self._db.write(lambda conn: sources.beat(conn, "once", now))
        by_state, _ = await self._db.read(outbox.summary)
        self._steps.report.pending = sum(by_state.get(state, 0) for state in ("pending", "unconfirmed", "claimed"))
        return self._steps.report


async def open_service(
    stack: AsyncExitStack,
    config: Configuration,
    *,
    db: Database,
    clock: Clock = utc_now,
    console: TextIO | None = None,
    parsers: ParsePool | None = None,
    reread: Reread | None = None,
    staying: bool = False,
) -> Service:
    """Open what a service needs; `stack` closes it. `parsers` takes the place of worker processes. Raises StoreError.

    `reread` reads the configuration again at SIGHUP; without it, SIGHUP is not heeded. `staying` is for a service that
    stays: only that has a canary.
    """
    gauges = Gauges()
    flights = Flights(db, clock, gauges) if staying else None
    if flights is not None:
        stack.push_async_callback(flights.aclose)
    entire = await whole(config, db, flights)
    kit = outfit(entire, db, clock, console=console, sent=lambda delivery: gauges.sent.append(delivery.id))
    fetcher = Fetcher(config.fetch, StoredShelf(db))
    parsers = parsers or ParsePool()
    service = Service(kit, db, fetcher, parsers, clock, reread, written=config, gauges=gauges, flights=flights)
    stack.push_async_callback(parsers.aclose)
    stack.push_async_callback(service.aclose)
    return service


def _ear(config: Configuration) -> tuple[str, str] | None:
    """With which token, at which server, the bot listens."""
    bot = config.bot
    return None if bot is None or bot.token is None else (bot.token.reveal(), bot.api_base)
