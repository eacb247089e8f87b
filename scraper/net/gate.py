"""Keeps us polite: how many requests at once in all, how many to one host, and how long between two to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from scraper.errors import FetchError

MAX_WAIT: Final = timedelta(minutes=10)
"""The longest that a request waits for its host's turn before it gives up as a timeout."""

_FORGET_ABOVE = 1_024


class _Host:
    """The queue in front of one host."""

    __slots__ = ("next_at", "pace", "places", "users")

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.pace = asyncio.Lock()
        self.next_at = 0.0
        self.users = 0


class Turn:
    """A request under way, and whether it has one of the places that all hosts share."""

    __slots__ = ("_places", "has_place")

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self.has_place = True

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Leave the place to others, and take one again at the end, unless that is a failure. The host's turn is kept."""
        self.leave()
        yield
        await self._places.acquire()
        self.has_place = True

    def leave(self) -> None:
        """Give the place back, if there is one."""
        if self.has_place:
            self.has_place = False
            self._places.release()


class Gate:
    """Holds one queue for each host and the places for all of them together.

    A request first waits for its own host, and only then takes one of the places that all hosts share: a hundred requests that
    wait for one slow host keep nobody else from their work.
    """

    def __init__(self, concurrency: int, per_host: int, delay: timedelta, *, max_wait: timedelta = MAX_WAIT) -> None:
        self._places = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._delay = delay.total_seconds()
        self._max_wait = max_wait.total_seconds()
        self._hosts: dict[str, _Host] = {}
        self._forget_above = _FORGET_ABOVE

    @asynccontextmanager
    async def turn(self, host: str, delay: timedelta | None = None) -> AsyncIterator[Turn]:
        """A request to `host`, when it is its turn. `delay` is what the site asks for; the longer of it and our own counts.

        Requests to one host go in the order they came. Raises FetchError("timeout") after `max_wait`.
        """
        queue = self._queue(host)
        queue.users += 1
        try:
            try:
                async with asyncio.timeout(self._max_wait):
                    await queue.places.acquire()
                    try:
                        await self._start(queue, delay)
                    except BaseException:
                        queue.places.release()
                        raise
            except TimeoutError as error:
                raise FetchError(
                    "timeout", f"the turn for {host} did not come within {self._max_wait:.0f} s"
                ) from error
            turn = Turn(self._places)
            try:
                yield turn
            finally:
                turn.leave()
                queue.places.release()
        finally:
            queue.users -= 1

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Turn]:
        """A request that belongs to a visit already paced (robots.txt): it takes one of the places that all hosts share."""
        await self._places.acquire()
        turn = Turn(self._places)
        try:
            yield turn
        finally:
            turn.leave()

    async def _start(self, queue: _Host, delay: timedelta | None) -> None:
        """Waits until the host has rested and a place is free; then counts the host's next rest from now."""
        loop = asyncio.get_running_loop()
        async with queue.pace:
            rest = queue.next_at - loop.time()
            if rest > 0:
                await asyncio.sleep(rest)
            await self._places.acquire()
            queue.next_at = loop.time() + max(self._delay, delay.total_seconds() if delay else 0.0)

    def _queue(self, host: str) -> _Host:
        queue = self._hosts.get(host)
        if queue is None:
            if len(self._hosts) >= self._forget_above:
                self._forget()
            queue = self._hosts[host] = _Host(self._per_host)
        return queue

    def _forget(self) -> None:
        """Drops hosts that nobody waits for and that have rested; articles lead to many hosts that are never asked again."""
        now = asyncio.get_running_loop().time()
        self._hosts = {host: queue for host, queue in self._hosts.items() if queue.users or queue.next_at > now}
        self._forget_above = max(_FORGET_ABOVE, 2 * len(self._hosts))
