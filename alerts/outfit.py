"""What a running service takes from its configuration, made whole before it is put in place: so that one can take another's.

Nothing is opened here; channels open themselves when they are first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from alerts.channels import Channels
from alerts.deliver import Desk
from alerts.hush import manners_of
from alerts.judge import Bench
from alerts.model import Delivery
from alerts.pace import Pace
from alerts.settings import Configuration
from alerts.watch.match import compile_watchlist
from scraper.db import Database
from scraper.model import Source


@dataclass(frozen=True, slots=True)
class Outfit:
    """One configuration, ready to work with. `sources` are those that are polled, by id."""

    config: Configuration
    sources: Mapping[str, Source]
    bench: Bench
    channels: Channels
    desk: Desk
    console: TextIO | None = None

    @property
    def fingerprints(self) -> dict[str, str]:
        """What makes each channel the one it is, by its id."""
        return {channel.id: channel.fingerprint for channel in self.config.channels}


def outfit(
    config: Configuration,
    db: Database,
    clock: Callable[[], datetime],
    *,
    console: TextIO | None = None,
    before: Outfit | None = None,
    sent: Callable[[Delivery], None] = lambda _: None,
) -> Outfit:
    """Make the outfit of `config`. The pace of messages goes on from the one `before`, unless the rate is another.

    Compiling a large watchlist takes seconds: call it beside the event loop.
    """
    sources = {source.id: source for source in config.sources if source.enabled}
    watchlist = compile_watchlist(config.actors, config.keywords)
    bench = Bench(
        watchlist=watchlist,
        routes=config.routes,
        channels=tuple(channel.id for channel in config.channels),
        sources=sources,
        body_wait=config.delivery.body_wait,
        manners=manners_of(config.routes, config.quiet_hours, config.own_plans, config.delivery.storm),
    )
    channels = Channels(config.channels, console=console, clock=clock, fetch=config.fetch)
    rate = config.delivery.per_chat_rate
    keeps = before is not None and before.config.delivery.per_chat_rate == rate
    desk = Desk(
        db=db,
        channels=channels,
        actors=watchlist.actors,
        source_names={},
        operators=config.health.notify or _admins(config),
        timezone=config.timezone,
        excerpt=config.delivery.excerpt,
        max_age=config.delivery.max_age,
        show=config.delivery.show,
        clock=clock,
        pace=before.desk.pace if before is not None and keeps else Pace(rate),
        sent=before.desk.sent if before is not None else sent,
        unsettled=before.desk.unsettled if before is not None else {},
        chats=_listened(config),
        language=config.language,
        own_languages=config.own_languages,
        most_overdue=config.delivery.storm.more_than if config.delivery.storm.then == "digest" else None,
    )
    return Outfit(config, sources, bench, channels, desk, console)


def _admins(config: Configuration) -> tuple[str, ...]:
    """Who hears of a channel that is gone where nobody was named for it: the channels that are an admin's own chat."""
    admins = {str(person) for person in config.bot.admins} if config.bot is not None else set()
    return tuple(channel.id for channel in config.channels if channel.kind == "telegram" and channel.chat in admins)


def _listened(config: Configuration) -> dict[str, str]:
    """The chats that the bot hears, by channel: buttons of another bot's messages would be pressed in vain."""
    if config.bot is None or config.bot.token is None:
        return {}
    ear = config.bot.token.reveal()
    return {
        channel.id: channel.chat
        for channel in config.channels
        if channel.kind == "telegram" and channel.token is not None and channel.token.reveal() == ear
    }
