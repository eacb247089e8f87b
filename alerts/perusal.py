"""Going through the stored statements, newest first, a few at a time, for as long as there is time: for whatever wants to look.

The event loop is free meanwhile, and memory does not grow with the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

from scraper import store
from scraper.db import Database
from scraper.model import Statement

PAGE = 100
"""Statements read at once: a page of the longest ones fits into memory."""
_AT_ONCE = 10
"""Statements that are looked at between two looks at the clock."""


async def look_through(
    db: Database,
    look: Callable[[Sequence[Statement]], None],
    *,
    since: datetime | None = None,
    most: int | None = None,
    patience: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> bool:
    """Show `look` the stored statements, newest first, in another thread. Returns whether older ones were left: there are more
    than `most`, or `patience` (seconds) was over. With patience a few are looked at in any case. Raises `StoreError`.
    """
    loop = asyncio.get_running_loop()
    ends = None if patience is None else loop.time() + patience
    read = 0
    async for page in pages(db, since, most):
        step = PAGE if ends is None else _AT_ONCE
        for start in range(0, len(page), step):
            if ends is not None and read and loop.time() >= ends:
                return True
            part = page[start : start + step]
            await asyncio.to_thread(look, part)
            read += len(part)
            if progress is not None:
                progress(read)
    return most is not None and read >= most


async def pages(db: Database, since: datetime | None, most: int | None) -> AsyncIterator[tuple[Statement, ...]]:
    """The stored statements first seen after `since`, newest first, a page at a time, `most` of them. Raises `StoreError`."""
    read, last = 0, None
    while most is None or read < most:
        limit = PAGE if most is None else min(PAGE, most - read)
        page = await db.read(
            lambda conn, last=last, limit=limit: store.find(  # type: ignore[misc]
                conn, since=since, before_id=last, newest=True, limit=limit
            )
        )
        if not page:
            return
        yield page
        read, last = read + len(page), page[-1].id
