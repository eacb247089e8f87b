"""The bot put together for the service: its line, its reception, its listening, its menus.

The service hands over what only it may call; everything else the bot finds in the store and in the configuration in force.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from alerts.bot.commands import House
from alerts.bot.line import LONG_POLL, Line
from alerts.bot.polling import Condition, Polling
from alerts.bot.reception import Reception
from alerts.channels import bot_key
from alerts.channels.telegram import Client
from alerts.pace import Pace
from alerts.settings import BotSettings, ChannelSettings, Configuration
from scraper.db import Database
from scraper.errors import StoreError

log = structlog.get_logger(__name__)


class Bot:
    """A bot that listens from `run` until `stopping` is set."""

    def __init__(
        self,
        settings: BotSettings,
        db: Database,
        clock: Callable[[], datetime],
        *,
        config: Callable[[], Configuration],
        adopt: Callable[[], Awaitable[None]],
        stopping: asyncio.Event,
        tell: Callable[[Condition, str], None],
        doers: Mapping[str, Callable[..., Awaitable[Any]]],
        pace: Callable[[], Pace],
    ) -> None:
        """`adopt` makes what a chat changed take effect; `doers` are what only the service may call, by name; in `pace` the
        answers are counted, for Telegram counts them like alerts.
        """
        assert settings.token is not None
        self.settings = settings
        self._line = Line(Client(settings.token, settings.api_base, answer_timeout=LONG_POLL / 2), self._count)
        self._pace = pace
        self._me = bot_key(ChannelSettings("bot", "telegram", settings.token, api_base=settings.api_base))
        house = House(db=db, clock=clock, config=config, adopt=adopt, doers=doers)
        self._reception = Reception(house, self._line)
        self._polling = Polling(self._line, self._reception, db, clock, stopping, tell)

    @property
    def condition(self) -> Condition:
        """Whether it hears."""
        return self._polling.condition

    @property
    def busy(self) -> int:
        """In how many chats something is being answered."""
        return self._polling.busy

    def _count(self, chat: str) -> None:
        self._pace().note((self._me, chat), asyncio.get_running_loop().time())

    async def run(self) -> None:
        """Listen. A store that refuses is said and tried again: the bot must not take the service with it."""
        while True:
            try:
                await self._polling.run(self._introduced)
                return
            except StoreError as error:
                log.error("the bot could not use the store; it listens again in a minute", reason=str(error))
                await asyncio.sleep(60)

    async def keep_house(self) -> None:
        """Once a minute."""
        await self._polling.keep_house()

    async def aclose(self) -> None:
        """Close its connections."""
        await self._line.aclose()

    async def _introduced(self, me: str) -> None:
        self._reception.house = replace(self._reception.house, me=me)
        await self._reception.show_menus()
        log.info("the bot listens", name=me)
