"""One round for cron: everything that is due, once, and then what is to be sent, within the patience of one run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from alerts import outbox, weekly
from alerts.steps import Steps
from scraper import sources
from scraper.db import Database


async def everything_due(steps: Steps, db: Database, clock: Callable[[], datetime], only: Iterable[str] | None) -> None:
    """Poll what is due (with `only`: those, due or not), read the articles behind what is new, judge all of it."""
    now = clock()
    if only is not None:
        await db.write(lambda conn: sources.hasten(conn, only, now))
    asked: set[str] = set()
    while await steps.start_polls(only=only, but_not=asked) or steps.polls:
        asked |= set(steps.polls)
        if not await steps.finished(steps.polls):
            return
    kinds: tuple[tuple[Callable[[], Awaitable[int]], dict[Any, asyncio.Task[Any]]], ...] = (
        (steps.start_articles, steps.articles), (steps.start_rereads, steps.rereads), (steps.start_looks, steps.looks),
    )  # fmt: skip
    for start, under_way in kinds:
        while await start() or under_way:
            if not await steps.finished(under_way):
                return
    await steps.judge()


async def hasten(db: Database, clock: Callable[[], datetime], source: str) -> None:
    """Make a source due at once."""
    now = clock()
    await db.write(lambda conn: sources.hasten(conn, [source], now))


async def deliver_all(steps: Steps, db: Database, clock: Callable[[], datetime], patience: timedelta) -> None:
    """Drain until nothing is due within `patience`."""
    await weekly.write(db, steps.kit.config, clock())
    give_up = clock() + patience
    ids = [channel.id for channel in steps.kit.config.channels]
    while not steps.stopping.is_set():
        await steps.start_drains()
        began = bool(steps.drains)
        await steps.finished(steps.drains)
        if await steps.tell_instead():
            continue
        next_due = await db.read(lambda conn: outbox.next_due(conn, ids))
        wait = 0.0 if next_due is None else (next_due - clock()).total_seconds()
        if next_due is None or next_due > give_up or (wait <= 0 and not began):
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(steps.stopping.wait(), max(wait, 0.01))
