"""Builds a whole bayan in a temporary folder for a test: configuration as values, store, service, clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import alerts.schema  # noqa: F401 - the tables of both rooms belong to one store
from alerts.model import Actor, Keywords
from alerts.service import Reread, Service, open_service
from alerts.settings import ChannelSettings, Configuration, DeliverySettings, HealthSettings
from scraper import parsers
from scraper.db import Database, open_database
from scraper.model import Article, Listed, Offers, Page, Source
from scraper.secret import Secret
from scraper.settings import FetchSettings, StorageSettings

KHAZALI = Actor(
    id="khazali", type="person", name="Qays al-Khaz'ali", aliases=("Qais al-Khazali", "قيس الخزعلي"),
    weak_aliases=("Khazali",), priority="high",
)  # fmt: skip
THREATS = Keywords(id="threats", any=("threat*",))
TOKEN = "100000001:TEST-TOKEN"


@dataclass
class Clock:
    """A clock that a test sets. It moves only when told."""

    now: datetime = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class InProcess:
    """Parsing without processes of its own, for tests that are about something else: the same parsers, called directly."""

    started = 0

    async def listed(self, page: Page, source: Source) -> Listed:
        return parsers.PARSERS[source.kind](page, source)

    async def article(self, page: Page, source: Source) -> Article:
        from scraper.parsers import article

        return article.parse(page, source)

    async def offers(self, page: Page, source: Source) -> Offers:
        from scraper.parsers import offers

        return offers.parse(page, source)

    async def aclose(self) -> None:
        pass


def configuration(folder: Path, *, sources: tuple[Source, ...], **more: Any) -> Configuration:
    """A configuration as a file would give it: impatient, watching Qais al-Khazali and threats, told on the console."""
    values: dict[str, Any] = {
        "fetch": FetchSettings(per_host_delay=timedelta(0), total_timeout=timedelta(seconds=20), jitter=0.0),
        "actors": (KHAZALI,),
        "keywords": (THREATS,),
        "channels": (ChannelSettings("screen", "console"),),
        "delivery": DeliverySettings(body_wait=timedelta(0), per_chat_rate=10_000, first_run=0),
        "health": HealthSettings(failures=2),
        **more,
    }
    storage = StorageSettings(url=f"sqlite:///{folder}/bayan.db", data_dir=folder)
    return Configuration(folder / "config.toml", "UTC", "en", storage, sources=sources, **values)


def phone(name: str, url: str, chat: str, *, topic: int | None = None, token: str = TOKEN) -> ChannelSettings:
    """A Telegram channel at a Bot API server of the test."""
    return ChannelSettings(name, "telegram", token=Secret(token), chat=chat, topic=topic, api_base=url)


def local(source_id: str, url: str, **more: Any) -> Source:
    """A source on loopback."""
    values: dict[str, Any] = {"kind": "feed", "allow_private": True, "language": "en", "full_text": False, **more}
    return Source(id=source_id, url=url, **values)


@dataclass
class House:
    """One running bayan of a test."""

    service: Service
    db: Database
    clock: Clock
    screen: StringIO = field(default_factory=StringIO)

    @property
    def shown(self) -> str:
        """What the console channel showed so far, on one line and without the marks around hits."""
        return " ".join(self.screen.getvalue().replace("▸", "").replace("◂", "").split())


@asynccontextmanager
async def house(
    config: Configuration,
    clock: Clock | None = None,
    *,
    in_process: bool = True,
    reread: Reread | None = None,
    staying: bool = False,
) -> AsyncIterator[House]:
    """Open it, and close it at the end. With `in_process`, pages are parsed here instead of in worker processes."""
    clock = clock or Clock()
    screen = StringIO()
    async with AsyncExitStack() as stack:
        database = open_database(config.storage.url)
        stack.callback(database.close)
        workers: Any = InProcess() if in_process else None
        service = await open_service(
            stack, config, db=database, clock=clock, console=screen, parsers=workers, reread=reread, staying=staying
        )
        yield House(service, database, clock, screen)


def without_pace(config: Configuration) -> Configuration:
    """The same, with a pace that no test has to wait for."""
    return replace(config, delivery=replace(config.delivery, per_chat_rate=10_000))


async def eventually(true: Any, *, seconds: float = 20.0) -> None:
    """Wait until `true()` is; fails after `seconds`. Checks between turns of the event loop, without a fixed sleep."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - any condition, not only one that has an event
            await asyncio.sleep(0.005)
