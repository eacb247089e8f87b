"""The service's sign of life in the store: `bayan health`, run from elsewhere, knows by it that the loop has its ticks.

It is written beside the tick, which waits for it a moment only. On a busy machine another's transaction may have the writer for
seconds; sources that are due need not wait for that. A store that refuses says so at once, or to the next tick.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from alerts.gauges import Gauges
from alerts.health import BEAT
from scraper import sources
from scraper.db import Database
from scraper.errors import StoreError

PATIENCE = 0.2
"""Seconds for which a tick waits for its beat."""
STILL = 10.0
"""Seconds after which a beat that is not written says that the store does not take writes."""


class Heart:
    """Beats when it is time for it, one beat after the other."""

    def __init__(self, db: Database, clock: Callable[[], datetime], gauges: Gauges) -> None:
        self._db, self._clock, self._gauges = db, clock, gauges
        self._beaten: datetime | None = None
        self._under_way: asyncio.Task[None] | None = None
        self._since = 0.0

    async def beat(self) -> None:
        """Begin a beat if it is time, and wait for it a moment. Raises StoreError where this one, or the last, was refused, and where
        it is under way for long.
        """
        now = self._clock()
        is_due = self._beaten is None or not timedelta() <= now - self._beaten < BEAT
        if self._under_way is None and is_due:
            self._under_way, self._since = asyncio.create_task(self._write(now)), time.monotonic()
        if self._under_way is not None:
            await asyncio.wait([self._under_way], timeout=PATIENCE)
        if self._under_way is not None and self._under_way.done():
            task, self._under_way = self._under_way, None
            task.result()
        elif self._under_way is not None and (waited := time.monotonic() - self._since) > STILL:
            raise StoreError(f"it has taken no write for {waited:.0f} s")

    async def aclose(self) -> None:
        """Wait for a beat under way: the store is closed after this."""
        task, self._under_way = self._under_way, None
        if task is not None:
            with suppress(StoreError):
                await task

    async def _write(self, now: datetime) -> None:
        late = self._gauges.late
        said = json.dumps({"tick_late": round(late.last, 3), "tick_late_most": round(late.most, 3)})
        await self._db.write(lambda conn: sources.beat(conn, "service", now, said))
        self._beaten = now
