"""The dead-man's address: asked while all goes well, so that somebody else notices when bayan falls silent.

It is asked by the fetcher, so under the rules of every fetch: bounded in bytes and seconds, public addresses only, unless
`fetch.allow_private` names it. Its path usually is a secret, so no log tells more than how a question ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from alerts.steps import Steps
from scraper.errors import SourceError
from scraper.model import Source

EVERY = timedelta(minutes=5)
"""Without a canary: how often it is asked."""

log = structlog.get_logger(__name__)


class Alive:
    """Asks the address, one question at a time, beside all work."""

    def __init__(self, steps: Steps, clock: Callable[[], datetime]) -> None:
        self._steps, self._clock = steps, clock
        self._asking: asyncio.Task[None] | None = None
        self._asked_at: datetime | None = None

    def is_due(self) -> bool:
        """Whether there is an address, no canary that would say when, and the time has come."""
        config, now = self._steps.kit.config, self._clock()
        if config.service.alive_url is None or config.canary is not None:
            return False
        return self._asked_at is None or not timedelta() <= now - self._asked_at < EVERY

    def ask(self) -> None:
        """Ask it, where the configuration has one and no question is under way. Nothing waits for the answer."""
        address = self._steps.kit.config.service.alive_url
        if address is None or (self._asking is not None and not self._asking.done()):
            return
        self._asked_at = self._clock()
        self._asking = asyncio.create_task(self._ask(address.reveal()))

    async def _ask(self, address: str) -> None:
        somebody = Source(id="alive_url", kind="page", url=address, robots="warn")
        try:
            await self._steps.tools.fetcher.fetch(somebody, address, clock=self._clock)
        except SourceError as error:
            log.warning("alive_url did not answer well", outcome=error.outcome)
        except Exception as error:  # noqa: BLE001 - whatever it is: its text may hold the address, so only its name is told
            log.error("internal error", work="alive_url", kind=type(error).__name__)

    async def aclose(self) -> None:
        """Cut off the question that is under way."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
