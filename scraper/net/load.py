"""Bounds what all answers that are read or wait for a parser take of our memory, together.

    visit -> body -> room for its next bytes, or a wait for it -> ... -> the end of the visit, which gives all of it back

Each answer is bounded by itself (`max_bytes`); a hundred hostile sites that answer at once would still be a gigabyte. So a
body asks for room as it grows. Who waits gives up its place among the requests meanwhile, and its own deadline stands still:
what others are guilty of fails no sound page. Small bodies have a part of the room for themselves, so that large ones
never make them wait.

Nothing can wait for ever: the visit that has held room for longest never waits, and where nothing was given back for longer
than any parse may take, the one that has waited for longest goes on over the limit.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from contextvars import ContextVar
from typing import Final

STEP: Final = 64 * 1024
"""Bytes by which a body's room grows."""
SMALL: Final = 256 * 1024
"""Bytes of a visit that counts as small."""
LARGE_PART: Final = 0.75
"""Of the limit: what visits that are not small may take."""
STANDSTILL: Final = 65.0
"""Seconds without anything given back after which one who waits goes on all the same: more than a parse may take."""
BODIES: Final = 4
"""Bodies of the largest size that there is room for."""
LEAST: Final = 16 * 1024 * 1024
"""Bytes of the smallest limit."""

Aside = Callable[[], AbstractAsyncContextManager[None]]
"""What is given up while a body waits for room."""


class Visit:
    """What one look at a source holds: bodies that are done, and the one that is being read."""

    def __init__(self, load: Load, further: int) -> None:
        self._load = load
        self._further = further
        self._first = self._rest = self._reading = 0
        self.is_over = False

    @property
    def held(self) -> int:
        """Bytes."""
        return self._first + self._rest + self._reading

    def begin(self) -> None:
        """Another body of this visit begins: of those behind its first one, only so much is kept."""
        if not self._first:
            self._first = self._reading
        else:
            self._rest += self._reading
        over = max(0, self._rest - self._further)
        self._reading, self._rest = 0, self._rest - over
        self._load.give_back(self, over)

    def fits(self, size: int) -> bool:
        """Whether the body that is being read may have `size` bytes; if so, they are taken."""
        more = _stepped(size) - self._reading
        return more <= 0 or self._load.take(self, more)

    async def wait(self, size: int) -> None:
        """Take room for `size` bytes of the body that is being read, when there is some."""
        await self._load.wait(self, _stepped(size) - self._reading)

    def finish(self, size: int) -> None:
        """The body that was read has `size` bytes; 0 where it failed."""
        over = max(0, self._reading - size)
        self._reading -= over
        self._load.give_back(self, over)

    def grant(self, more: int) -> None:
        """`more` bytes are the visit's, for the body that is being read. Called by the load alone."""
        self._reading += more

    def end(self) -> int:
        """The visit is over and holds nothing. Returns what it held. Called by the load alone."""
        held, self.is_over = self.held, True
        self._first = self._rest = self._reading = 0
        return held


class Load:
    """The room that all bodies share: `limit` bytes. It is used in one event loop."""

    def __init__(self, limit: int, *, standstill: float = STANDSTILL) -> None:
        self.limit = limit
        self.used = 0
        self._standstill = standstill
        self._holders: dict[Visit, None] = {}
        """Those that hold something, in the order in which they began to."""
        self._waiting: deque[tuple[Visit, int, asyncio.Future[None]]] = deque()
        self._moved_at = 0.0
        self._here: ContextVar[Visit | None] = ContextVar("visit", default=None)

    @contextmanager
    def visit(self, further: int = 0) -> Iterator[Visit]:
        """All that is fetched in here belongs to one visit; at its end, however it ends, everything is given back.

        Of the bodies behind its first one the visit keeps at most `further` bytes.
        """
        visit = Visit(self, further)
        before = self._here.set(visit)
        try:
            yield visit
        finally:
            self._here.reset(before)
            self.give_back(visit, visit.end())

    @contextmanager
    def here(self) -> Iterator[Visit]:
        """The visit that we are in; where we are in none, one that ends with this."""
        visit = self._here.get()
        if visit is not None and not visit.is_over:
            yield visit
            return
        with self.visit() as own:
            yield own

    def take(self, visit: Visit, more: int) -> bool:
        """Give `visit` `more` bytes, if it need not wait for them."""
        small = visit.held + more <= SMALL
        fits = self._has_room(visit, more) and (small or not self._waiting)
        if fits or self._is_eldest(visit):
            self._grant(visit, more)
            return True
        return False

    async def wait(self, visit: Visit, more: int) -> None:
        """Give `visit` `more` bytes, in its turn. A caller that is cancelled has taken nothing that its visit does not know of."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        entry = (visit, more, ready)
        began = loop.time()
        self._waiting.append(entry)
        try:
            self._let_in()
            while not ready.done():
                still_since = max(self._moved_at, began)
                left = still_since + self._standstill - loop.time()
                if left > 0:
                    await asyncio.wait([ready], timeout=left)
                elif self._waiting[0] is entry:
                    self._moved_at = loop.time()
                    self._grant(visit, more)
                    return
                else:
                    await asyncio.wait([ready], timeout=self._standstill)
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
                self._let_in()

    def give_back(self, visit: Visit, size: int) -> None:
        """`visit` holds `size` bytes less. Whoever waited for them goes on."""
        self.used -= size
        if not visit.held:
            self._holders.pop(visit, None)
        if self._waiting:
            if size:
                self._moved_at = asyncio.get_running_loop().time()
            self._let_in()

    def _let_in(self) -> None:
        """Those that wait and now fit, in their order; a small one may pass by large ones, and no large one by another."""
        large_waits = False
        for entry in tuple(self._waiting):
            visit, more, ready = entry
            small = visit.held + more <= SMALL
            if (self._has_room(visit, more) and (small or not large_waits)) or self._is_eldest(visit):
                self._waiting.remove(entry)
                self._grant(visit, more)
                ready.set_result(None)
            elif not small:
                large_waits = True

    def _has_room(self, visit: Visit, more: int) -> bool:
        if visit.held + more > SMALL:
            return self.used + more <= self.limit * LARGE_PART
        # What large ones had before they came to wait is not in the way of small ones.
        parked = sum(one.held for one, _, _ in self._waiting if one.held <= SMALL)
        return self.used - parked + more <= self.limit

    def _is_eldest(self, visit: Visit) -> bool:
        return next(iter(self._holders), visit) is visit

    def _grant(self, visit: Visit, more: int) -> None:
        self._holders.setdefault(visit)
        self.used += more
        visit.grant(more)


def limit_for(max_bytes: int) -> int:
    """The bytes that all bodies may have together, where one may have `max_bytes`."""
    return max(BODIES * max_bytes, LEAST)


def _stepped(size: int) -> int:
    return -(-size // STEP) * STEP
