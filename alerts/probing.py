"""What an address offers as a source, asked as polls ask: for the bot, whose people paste addresses into the chat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alerts.settings import Configuration
from scraper import discover
from scraper.model import Source
from scraper.net.fetch import Fetcher
from scraper.net.robots import MemoryShelf
from scraper.net.target import read_target
from scraper.parsers.workers import ParsePool


async def probe(url: str, config: Configuration, parsers: ParsePool, clock: Callable[[], datetime]) -> list[str]:
    """A line for each offer, the best first; those that give nothing are left out. Raises SourceError."""
    shelf = MemoryShelf()
    fetcher = Fetcher(config.fetch, shelf)

    def robots(address: str) -> str:
        file = shelf.files.get(str(read_target(address).origin))
        return file.text if file is not None else ""

    address = discover.meant(url)
    like = Source(id="probe", kind="listing", url=address, timezone=config.timezone)
    try:
        found = await discover.discover(
            address, like=like, fetcher=fetcher, parsers=parsers, robots=robots, clock=clock
        )
    finally:
        await fetcher.aclose()
    return [_told(one.source, one.count, one.newest) for one in found.offers if one.count]


def _told(source: Source, count: int, newest: datetime | None) -> str:
    dated = f"newest {newest:%Y-%m-%d}" if newest else "no dates"
    return f"{source.kind}: {source.url} ({count} items, {dated})"
