"""The flights of the canary (`canary.py`): its page, when the next one is due, and what became of each."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

import structlog

from alerts import health, outbox, rung
from alerts.bot.chats import chat_book
from alerts.bot.naming import resting
from alerts.bot.overlay import overlaid
from alerts.canary import PATH, SOURCE, WORD, with_canary
from alerts.gauges import Gauges
from alerts.health import Notice
from alerts.listener import Listener, Reply
from alerts.said import said
from alerts.settings import CanarySettings, Configuration
from scraper import sources
from scraper.db import Connection, Database

SHOWN = 5
"""Items that its feed lists: none falls out that is not long known."""
PATIENCE = timedelta(minutes=5)
"""From its publication on: a canary that is not delivered after this is missed."""
LOOKED_AT = timedelta(seconds=5)
"""How often the store is asked what became of it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Flight:
    """One canary under way."""

    number: str
    at: datetime


class Flights:
    """The canary's page and its flights. Nothing listens before `origin` is asked for a configuration that has a canary."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        gauges: Gauges,
        *,
        came_through: Callable[[], None] = lambda: None,
    ) -> None:
        """`came_through` is called after each that did."""
        self._db, self._clock, self._gauges = db, clock, gauges
        self.came_through = came_through
        self._page: Listener | None = None
        self._items: list[tuple[str, datetime]] = []
        self._flight: Flight | None = None
        self._begun_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._last: datetime | None = None
        self._language_of: health.LanguageOf = lambda _: "en"

    async def origin(self, config: Configuration) -> str:
        """Where its page is, opened at the first time; "" where the configuration has no canary. Raises OSError."""
        if config.canary is None:
            return ""
        if self._page is None:
            page = Listener({PATH: self._feed}, fresh=0.0)
            await page.open("127.0.0.1", 0)
            self._page, self._begun_at = page, self._clock()
            self._items = [("0", self._begun_at)]
        return f"http://127.0.0.1:{self._page.port}"

    async def aclose(self) -> None:
        """Close its page."""
        page, self._page = self._page, None
        if page is not None:
            await page.aclose()

    async def _feed(self) -> Reply:
        items = "".join(
            f"<item><guid isPermaLink='false'>{number}</guid><title>{WORD} {escape(number)}</title>"
            f"<link>http://127.0.0.1/canary/{escape(number)}</link></item>"
            for number, _ in reversed(self._items)
        )
        head = "<?xml version='1.0'?><rss version='2.0'><channel><title>canary</title>"
        return Reply(200, f"{head}{items}</channel></rss>", "application/rss+xml; charset=utf-8")

    # ------------------------------------------------------------------------------------------------ its flights

    async def step(
        self,
        settings: CanarySettings | None,
        operators: tuple[str, ...],
        hasten: Callable[[str], Awaitable[None]],
        language_of: health.LanguageOf = lambda _: "en",
    ) -> None:
        """What is due: look after the one under way, send the next. `hasten` makes a source due; `operators` are told, each in its
        language. Raises StoreError.
        """
        self._language_of = language_of
        now = self._clock()
        if settings is None or self._page is None:
            return
        if self._looked_at is not None and timedelta() <= now - self._looked_at < LOOKED_AT:
            return
        self._looked_at = now
        if self._flight is not None:
            await self._look_after(self._flight, operators, now)
        state = await self._db.read(lambda conn: sources.state(conn, SOURCE))
        if state is None or state.baseline_at is None or state.outcome is None or state.failures:
            begun = self._begun_at or now
            if self._flight is None and now - begun > PATIENCE:
                await self._miss(Flight("0", begun), "its source was not polled", operators, now)
            if state is not None and state.failures:
                await hasten(SOURCE)
            return
        if self._flight is None and (self._last is None or not timedelta() <= now - self._last < settings.every):
            self._flight = Flight(f"{now:%Y%m%dT%H%M%S}", now)
            self._last = now
            self._items = [*self._items, (self._flight.number, now)][-SHOWN:]
            await hasten(SOURCE)

    async def _look_after(self, flight: Flight, operators: tuple[str, ...], now: datetime) -> None:
        title = f"{WORD} {flight.number}"
        where, arrived_at = await self._db.read(lambda conn: _where(conn, title))
        if arrived_at is not None:
            self._flight, latency = None, arrived_at - flight.at
            log.info("the canary came through", seconds=round(latency.total_seconds(), 3))
            detail = json.dumps({"seconds": round(latency.total_seconds(), 3)})
            notices = [_well(now)] if await self._was_missed() else []
            drafts = [draft for one in notices for draft in self._drafts(one, operators, now)]

            def record(conn: Connection) -> None:
                sources.beat(conn, "canary", arrived_at, detail)
                outbox.put(conn, drafts, now)

            await self._db.write(record)
            self.came_through()
        elif not timedelta() <= now - flight.at <= PATIENCE:
            self._flight = None
            await self._miss(flight, where, operators, now)

    def _drafts(self, notice: Notice, operators: tuple[str, ...], now: datetime) -> tuple[outbox.Draft, ...]:
        return health.to_operators(notice, operators, now, language_of=self._language_of)

    async def _was_missed(self) -> bool:
        return health.is_missed(await self._db.read(sources.beats))

    async def _miss(self, flight: Flight, where: str, operators: tuple[str, ...], now: datetime) -> None:
        """It is told once, until one comes through again."""
        self._begun_at = now  # the next word is due after the next span of patience
        known = await self._was_missed()
        if not known:
            self._gauges.canaries_missed += 1
            log.error("the canary did not come through", where=where)
        notice = Notice(
            f"canary:missed:{flight.at:%Y%m%dT%H%M%S}",
            said("canary_missed", at=flight.at, where=where),
        )
        drafts = () if known else self._drafts(notice, operators, now)

        def record(conn: Connection) -> None:
            sources.beat(conn, "canary missed", now, where)
            outbox.put(conn, drafts, now)

        await self._db.write(record)


async def whole(written: Configuration, db: Database, flights: Flights | None) -> Configuration:
    """A configuration with what the chats made beside it, and its canary. Raises StoreError."""
    book = await db.read(chat_book)
    laid = overlaid(written, book)
    for chat in book.chats:
        mine = [one for one in book.watches if one.chat == chat.id]
        for rule, lacks in resting(mine, [one.id for one in written.actors]).items():
            log.warning(
                "a rule of a chat rests: it names somebody who is not watched", chat=chat.id, rule=rule, lacks=lacks
            )
    if flights is None:
        return laid
    try:
        return with_canary(laid, await flights.origin(laid))
    except OSError as error:
        log.error("there is no canary: its page cannot be served", reason=error.strerror or str(error))
        return laid


def _where(conn: Connection, title: str) -> tuple[str, datetime | None]:
    """How far a canary came, in words, and when it arrived."""
    statement = rung.of_title(conn, SOURCE, title)
    if statement is None:
        return "its source was polled, and nothing new was found there", None
    sent = outbox.of_statement(conn, statement)
    if not sent:
        return "it was stored, and not judged or not routed", None
    entry = sent[0]
    if entry.state == "sent" and entry.settled_at is not None:
        return "", entry.settled_at
    return f"its delivery to {entry.channel} is {entry.state}{': ' + entry.reason if entry.reason else ''}", None


def _well(now: datetime) -> Notice:
    return Notice(f"canary:well:{now:%Y%m%dT%H%M%S}", said("canary_well"))
