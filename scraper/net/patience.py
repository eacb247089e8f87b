"""Deadlines for what a site does, in which the time that our own event loop was behind does not count.

    with patience(5) ... the loop is 3 s late, because the machine has other work -> the deadline is 3 s later

On a busy machine a loop runs now and then. A plain deadline then ends in the moment in which the loop runs again, before it has
looked at what the site has sent meanwhile, and a site that was quick is called slow. So while deadlines are running, a beat
measures how late the loop is, and puts all of them off by that; each at most by `FURTHER` times its own length, so that what a
site can cost stays bounded whatever happens here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

BEAT: Final = 0.05
"""Seconds from one look at the loop's clock to the next."""
FURTHER: Final = 2.0
"""How many times its own length a deadline may be put off, at most."""
_PUNCTUAL = 0.01
"""Seconds that a loop may be late in any case."""

Patience = Callable[[float | None], AbstractAsyncContextManager[asyncio.Timeout]]
"""As `asyncio.timeout`: seconds in; raises TimeoutError at their end."""


class Pulse:
    """Measures how late one event loop is, while anybody's deadline runs in it. Call it as `asyncio.timeout` is called."""

    def __init__(self, *, beat: float = BEAT, further: float = FURTHER) -> None:
        self._beat = beat
        self._further = further
        self._left: dict[asyncio.Timeout, float] = {}
        """The deadlines that run, and how many seconds each may still be put off."""
        self._next: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def __call__(self, seconds: float | None) -> AsyncIterator[asyncio.Timeout]:
        """A deadline in `seconds`; None for none. Raises TimeoutError. Rescheduled to None, it stands still."""
        async with asyncio.timeout(seconds) as deadline:
            self._left[deadline] = self._further * (seconds or 0.0)
            if self._next is None:
                self._listen()
            try:
                yield deadline
            finally:
                del self._left[deadline]
                if not self._left and self._next is not None:
                    self._next.cancel()
                    self._next = None

    @property
    def is_beating(self) -> bool:
        """Whether the loop is listened to: it is while any deadline runs."""
        return self._next is not None

    def put_off(self, late: float) -> None:
        """The loop was `late` seconds behind: every deadline that has not fired is later by as much as it may be."""
        for deadline, left in self._left.items():
            when = deadline.when()
            if when is not None and left > 0 and not deadline.expired():
                more = min(late, left)
                self._left[deadline] = left - more
                deadline.reschedule(when + more)

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + self._beat

        def heard() -> None:
            # Timers that are due together are called in the order of their times: of a loop that stood still, the beat is
            # heard before the deadlines that passed meanwhile.
            late = loop.time() - due
            if late > _PUNCTUAL:
                self.put_off(late)
            self._listen()

        self._next = loop.call_at(due, heard)
