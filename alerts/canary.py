"""The canary: a statement of bayan's own that goes all the way, so that a way that is broken anywhere is heard of.

    a page inside this process ──> the real poll ──> judgement ──> outbox ──> channel
         ^ a new item, every so often (`flights.py`)                             │
         └────────── in time? its latency; else a notice, once <─────────────────┘

Its source is a feed on a loopback port that the kernel chose, so the fetcher, the guard, the parse workers, novelty, matching and
routing all take part. Its watch and its route belong to nobody (`alerts/model.py`, `owner`), so no other route sees them, and it is
judged by no other watch. In its chat it is one silent message a day, sent anew each day (so that the right to write is tried, too) and
edited by each canary after that, which disturbs nobody; a message that cannot be edited any more is sent anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alerts import rung
from alerts.message import draw_notice
from alerts.model import Delivery, Keywords, Match, Message, Route
from alerts.route import EVERYTHING
from alerts.settings import Configuration
from alerts.words import words_of
from scraper.db import Connection
from scraper.model import Source, Statement

SOURCE: Final = "bayan:canary"
"""No id of a file or a chat has this form."""
WATCH: Final = "chat:0/canary"
"""The watch and the route of a chat that does not exist: its owner is nobody else."""
WORD: Final = "bayancanary"
PATH: Final = "/canary.xml"


def with_canary(config: Configuration, origin: str) -> Configuration:
    """`config` with the canary's source, at `origin`, its watch and its route; as it is where there is no canary."""
    if config.canary is None or not origin:
        return config
    source = Source(
        id=SOURCE,
        kind="feed",
        url=f"{origin}{PATH}",
        language="en",
        interval=timedelta(hours=6),
        full_text=False,
        allow_private=True,
        proxy="direct:",
        silent_after=timedelta(days=3650),
        kept=False,
    )
    everything = Route(name=EVERYTHING, channels=tuple(channel.id for channel in config.channels))
    route = Route(name=WATCH, channels=(config.canary.channel,), priority="low", proceed=True, group_by="none")
    return replace(
        config,
        sources=(*config.sources, source),
        keywords=(*config.keywords, Keywords(id=WATCH, any=(WORD,))),
        routes=(*(config.routes or (everything,)), route),
    )


def own(statement: Statement, matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """The matches that count: a canary rings for nobody's watch but its own, and what others publish never for the canary's."""
    return tuple(match for match in matches if (match.rule == WATCH) == (statement.source == SOURCE))


def told(
    conn: Connection, claimed: Delivery, statement: Statement, timezone: str, now: datetime, language: str = "en"
) -> Message:
    """Its message: the one of today, edited, where there is one that still can be."""
    zone = ZoneInfo(timezone)
    last = rung.last_of_source(conn, claimed.channel, SOURCE, but_not=claimed.id)
    today = now.astimezone(zone).date()
    edits = ""
    if last is not None and last.state == "sent" and last.settled_at is not None:
        edits = last.message_id if last.settled_at.astimezone(zone).date() == today else ""
    number = rung.count_of_source(conn, SOURCE, since=datetime.combine(today, time(), zone))
    words = words_of(language).canary(f"{statement.first_seen_at.astimezone(zone):%H:%M}", max(number, 1))
    return replace(draw_notice(words, language), silent=True, edits=edits)
