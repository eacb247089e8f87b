"""How the running service is, for whoever asks from outside: its ticks are timed, and a listener answers probes and Prometheus.

    /healthz   200 while the event loop begins its ticks, else 503: what restarts bayan asks this
    /readyz    200 once the first tick is done, the store takes writes, and at least one channel is not closed
    /metrics   the figures of `gauges.py`; where the store is busy or refuses, those it told last, and how old they are

The listener is bounded (`listener.py`), and none of its answers writes. Where its port is taken, the service does its work all the
same: that is said in the log, and tried again each minute.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from typing import Any, TypeVar

import structlog

from alerts import once, outbox, rung, troubles, weekly
from alerts.alive import Alive
from alerts.flights import Flights
from alerts.gauges import KIND, Standing, page
from alerts.health import BEAT, BEAT_MARGIN
from alerts.listener import Listener, Reply
from alerts.steps import Steps
from scraper import sources, store
from scraper.db import Connection, Database
from scraper.errors import StoreError

STUCK = (2 * BEAT + BEAT_MARGIN).total_seconds()
"""Seconds without a tick, or without a sign of life in the store, after which something stands still."""

PATIENCE = 2.0
"""Seconds for which whoever asks waits for the store."""

Read = TypeVar("Read")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Figures:
    """What the store said: `at` on the monotonic clock, and the latencies of the deliveries `sent`, in seconds."""

    standing: Standing
    at: float
    sent: frozenset[int]
    latencies: tuple[float, ...]


class Vitals:
    """The gauges of one service, and its listener. Nothing listens before `open`."""

    def __init__(
        self,
        steps: Steps,
        db: Database,
        clock: Callable[[], datetime],
        flights: Flights | None,
        *,
        bot: Callable[[], str | None],
        workers: Callable[[], int],
        tick: timedelta,
    ) -> None:
        """`bot` tells the bot's condition (None: there is none), `workers` how many parse workers were started."""
        self.gauges = steps.gauges
        self._steps, self._db, self._clock = steps, db, clock
        self._flights, self._bot, self._workers = flights, bot, workers
        self._alive = Alive(steps, clock)
        if flights is not None:
            flights.came_through = self._alive.ask
        self._every = tick.total_seconds()
        self._began: float | None = None
        self._ended: float | None = None
        self._listener: Listener | None = None
        self._address = ""
        self._looks: dict[str, asyncio.Task[Any]] = {}
        self._answers = True
        self._known: Standing | None = None
        self._read_at: float | None = None

    # ------------------------------------------------------------------------------------------------- ticks

    def tick_began(self) -> None:
        """A tick begins. Late is what lies between two beginnings beyond the span of a tick: a loop that hangs, a slow step."""
        now = time.monotonic()
        if self._began is not None:
            self.gauges.late.note(now - self._began - self._every)
        self._began = now

    async def tick_ended(self) -> None:
        """A tick has started all that was due, and the store let it: the canary's turn. Raises StoreError."""
        self._ended = time.monotonic()
        if self._flights is not None and not self._steps.paused:
            config = self._steps.kit.config
            hasten = partial(once.hasten, self._db, self._clock)
            await self._flights.step(config.canary, config.health.notify, hasten, config.language_of)

    async def keep_house(self) -> None:
        """Once a minute: a listener that could not be opened before, the weekly note, the dead-man's address. Raises StoreError."""
        await self.open()
        await weekly.write(self._db, self._steps.kit.config, self._clock())
        if self._alive.is_due() and (await self._ready()).status == 200:
            self._alive.ask()

    # -------------------------------------------------------------------------------------------- the listener

    async def open(self) -> None:
        """Listen where the configuration of now says. Called again after a change of it, and each minute: a try costs little."""
        address = self._steps.kit.config.service.listen
        if address == self._address:
            return
        await self._close()
        if not address:
            return
        host, _, port = address.rpartition(":")
        listener = Listener({"/healthz": self._health, "/readyz": self._ready, "/metrics": self._metrics})
        try:
            await listener.open(host.strip("[]"), int(port))
        except OSError as error:
            log.error("cannot listen; tried again in a minute", address=address, reason=error.strerror or str(error))
            return
        self._listener, self._address = listener, address
        log.info("listening", address=address)

    @property
    def port(self) -> int | None:
        """Where it listens; None where it does not."""
        return None if self._listener is None else self._listener.port

    async def aclose(self) -> None:
        """Listen no more, and ask nobody."""
        await self._alive.aclose()
        await self._close()
        for look in self._looks.values():
            look.cancel()
        await asyncio.gather(*self._looks.values(), return_exceptions=True)

    async def _close(self) -> None:
        listener, self._listener, self._address = self._listener, None, ""
        if listener is not None:
            await listener.aclose()

    async def _health(self) -> Reply:
        silent = _since(self._began)
        if silent is None:
            return Reply(503, "not begun yet\n")
        if silent > STUCK:
            return Reply(503, f"no tick for {silent:.0f} s\n")
        return Reply(200, "alive\n")

    async def _ready(self) -> Reply:
        silent = _since(self._ended)
        if silent is None:
            return Reply(503, "the first tick is not done yet\n")
        if silent > STUCK:
            return Reply(503, f"no tick came to its end for {silent:.0f} s: does the store take writes?\n")
        conditions = await self._look("conditions", self._conditions)
        if not conditions.get("ok"):
            return Reply(503, f"no channel takes messages ({', '.join(sorted(conditions))})\n")
        return Reply(200, "ready\n")

    async def _metrics(self) -> Reply:
        """What the store says, or, where it is busy or refuses, what it said last, with its age: our own figures are there always."""
        try:
            read = await self._look("metrics", partial(self._figures, sent=tuple(self.gauges.sent)))
        except StoreError as error:
            if self._answers:
                log.warning("the figures of /metrics are old: the store does not tell newer ones", reason=str(error))
            self._answers = False
        else:
            self._answers, self._known, self._read_at = True, read.standing, read.at
            for seconds in read.latencies:
                self.gauges.latency.note(seconds)
            while self.gauges.sent and self.gauges.sent[0] in read.sent:
                self.gauges.sent.popleft()
        known = None if self._known is None else replace(self._known, now=self._clock())
        return Reply(200, page(self.gauges, known, answers=self._answers, age=_since(self._read_at)), KIND)

    async def _look(self, name: str, read: Callable[[Connection], Read]) -> Read:
        """What the store says, within `PATIENCE` seconds. Raises StoreError.

        There is one look of each name at a time, however many ask: what comes too late is for whoever asks next.
        """
        look = self._looks.get(name)
        if look is None:
            look = self._looks[name] = asyncio.create_task(self._db.read(read))
            look.add_done_callback(_heard)
        await asyncio.wait([look], timeout=PATIENCE)
        if not look.done():
            raise StoreError(f"it did not answer within {PATIENCE:g} s")
        if self._looks.get(name) is look:
            del self._looks[name]
        return look.result()  # type: ignore[no-any-return]  # a name has one kind of answer

    # --------------------------------------------------------------------------------------------- what it reads

    def _conditions(self, conn: Connection) -> Counter[str]:
        learned = {one.id: one.condition for one in outbox.channels(conn)}
        return Counter(learned.get(channel.id, "ok") for channel in self._steps.kit.config.channels)

    def _figures(self, conn: Connection, sent: tuple[int, ...]) -> _Figures:
        began = time.monotonic()
        return _Figures(self._standing(conn), began, frozenset(sent), tuple(rung.latencies(conn, sent) if sent else ()))

    def _standing(self, conn: Connection) -> Standing:
        kit, beats = self._steps.kit, sources.beats(conn)
        by_state, oldest = outbox.summary(conn)
        polled = [state for state in sources.states(conn) if state.id in kit.sources]
        conditions = Counter(
            str(troubles.standing(state, kit.sources[state.id], kit.config.health) or "not_polled") for state in polled
        )
        return Standing(
            version=version("bayan"),
            now=self._clock(),
            sources=conditions,
            channels=self._conditions(conn),
            deliveries={str(state): count for state, count in by_state.items()},
            oldest=oldest,
            bot=self._bot(),
            beat_at=beats["service"][0] if "service" in beats else None,
            workers=self._workers(),
            stored=store.counts(conn)["statements"],
            canary=None if kit.config.canary is None else _canary(beats),
            backup_at=beats["backup"][0] if "backup" in beats else None,
        )


def _canary(beats: dict[str, tuple[datetime, str]]) -> tuple[datetime | None, timedelta | None]:
    """When a canary last came through, and how long that took."""
    if "canary" not in beats:
        return None, None
    at, detail = beats["canary"]
    return at, timedelta(seconds=json.loads(detail)["seconds"])


def _since(moment: float | None) -> float | None:
    return None if moment is None else time.monotonic() - moment


def _heard(look: asyncio.Task[Any]) -> None:
    """A look that nobody waited for to its end has failed unheard: that is no fault."""
    if not look.cancelled():
        look.exception()
