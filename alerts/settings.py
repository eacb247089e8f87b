"""What the configuration says about watching, routing and delivering, as values, and the whole of it as one value.

`config.py` reads them; everybody else is handed them. Nothing is global: two configurations can live in one process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from alerts.hours import Plan, QuietHours, Storm
from alerts.model import PARTS, Actor, Keywords, Part, Route
from scraper.model import Source
from scraper.secret import Secret
from scraper.settings import ChangesSettings, FetchSettings, FloodSettings, StorageSettings

FALLBACK_LEAST = timedelta(minutes=1)
"""No channel has failed before it was tried a few times."""


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """`[channels.ID]`. `chat` is a numeric id or `@name`; `topic` a forum topic; `api_base` a Bot API server, "" = Telegram's.

    The `url` of a webhook may be a secret, that of apprise is one; `secret` signs, and `headers` may hold secrets.
    """

    id: str
    kind: Literal["telegram", "console", "webhook", "apprise"]
    token: Secret | None = None
    chat: str = ""
    topic: int | None = None
    api_base: str = ""
    silent: bool = False
    url: Secret | None = None
    secret: Secret | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    allow_private: bool = False
    proxy: str = field(default="", repr=False)
    fallback: str = ""
    """The channel that is told too where this one cannot be reached for `fallback_after`; "" for none."""
    fallback_after: timedelta | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything in it that no log may hold."""
        known = [one.reveal() for one in (self.token, self.url, self.secret) if one is not None]
        return (*known, *self.headers.values())

    @property
    def host(self) -> str:
        """Where a webhook goes, and by which service apprise does: nothing that may be secret in their addresses."""
        parts = urlsplit(self.url.reveal() if self.url is not None else "")
        return f"{parts.scheme}://" if self.kind == "apprise" else parts.hostname or ""

    @property
    def fingerprint(self) -> str:
        """Changes when the destination does: what was learned about the old one then no longer holds. Tells no secret."""
        token = self.token.reveal() if self.token else ""
        url = (self.url.reveal(),) if self.url else ()
        said = "\x1f".join((self.kind, token, self.chat, str(self.topic), self.api_base, *url))
        return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """`[health]`: when a source counts as broken, and which channels are told."""

    failures: int = 5
    notify: tuple[str, ...] = ()
    silent_after: timedelta | None = None
    """Nothing new for this long is worth a notice, where the source's own habit is not slower; None: its habit alone."""
    empty_list: bool = True
    """Whether a page that loads and lists nothing any more is told of sooner than other failures."""
    weekly: str = "mon 09:00"
    """When the weekly note is written, as "DAY HH:MM" in the file's zone; "" is never."""


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """`[delivery]`. `per_chat_rate` messages a minute to one chat; `body_wait` is how long an alert waits for its article."""

    max_age: timedelta = timedelta(days=30)
    """A statement that claims to be older is sent all the same, and marked with its age."""
    per_chat_rate: int = 20
    excerpt: int = 600
    show: tuple[Part, ...] = PARTS
    body_wait: timedelta = timedelta(seconds=15)
    storm: Storm = Storm()
    first_run: int = 0
    """How many headlines of a new source's first look are shown, silently; 0: nothing is said of it."""


@dataclass(frozen=True, slots=True)
class BotSettings:
    """`[bot]`: the token to listen with, and who may do what in every chat, by numeric user id. No token: the bot is silent."""

    token: Secret | None = None
    api_base: str = ""
    admins: tuple[int, ...] = ()
    editors: tuple[int, ...] = ()
    viewers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """`[service]`."""

    lock: bool = True
    shutdown_grace: timedelta = timedelta(seconds=8)
    listen: str = ""
    """The address and port of the listener, "" for none."""
    alive_url: Secret | None = None
    """What is asked while all goes well; its path usually is a secret."""


@dataclass(frozen=True, slots=True)
class CanarySettings:
    """`[canary]`: where bayan's own statement goes, and how often."""

    channel: str
    every: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LoggingSettings:
    """`[logging]`."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json", "logfmt"] = "auto"
    redact: bool = True
    """Never otherwise."""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """One whole, valid configuration. Ids are unique and every reference in it is to something that is there."""

    path: Path
    timezone: str
    language: str
    storage: StorageSettings
    fetch: FetchSettings = FetchSettings()
    sources: tuple[Source, ...] = ()
    actors: tuple[Actor, ...] = ()
    keywords: tuple[Keywords, ...] = ()
    channels: tuple[ChannelSettings, ...] = ()
    routes: tuple[Route, ...] = ()
    health: HealthSettings = HealthSettings()
    flood: FloodSettings = FloodSettings()
    changes: ChangesSettings = ChangesSettings()
    delivery: DeliverySettings = DeliverySettings()
    service: ServiceSettings = ServiceSettings()
    logging: LoggingSettings = field(default_factory=LoggingSettings)
    canary: CanarySettings | None = None
    bot: BotSettings | None = None
    """None where there is no `[bot]`: then nobody is listened to."""
    quiet_hours: tuple[QuietHours, ...] = ()
    own_plans: Mapping[str, Plan] = field(default_factory=dict)
    """When a chat itself wants to hear, by the id of its channel: what its people chose in the chat."""
    own_languages: Mapping[str, str] = field(default_factory=dict)
    """The language of a chat where its people chose one, by the id of its channel."""
    warnings: tuple[str, ...] = ()
    """Allowed, but worth a line: a plain secret in the file, a channel that no route names."""

    def language_of(self, channel: str) -> str:
        """The language of our own words in a channel."""
        return self.own_languages.get(channel, self.language)
