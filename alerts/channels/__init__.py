"""One file for each way to reach people; only that file knows that the way exists. Here the configured ones are opened."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from alerts.errors import ChannelDown
from alerts.model import Channel
from alerts.settings import ChannelSettings
from scraper.settings import FetchSettings

if TYPE_CHECKING:
    from alerts.channels.apprise import AppriseChannel
    from alerts.channels.telegram import Client
    from scraper.net.post import Poster

LOOK_TIMEOUT = 9.0
"""Seconds for a look at a channel, which nobody wants to wait for."""


class Channels:
    """The opened channels of one configuration: one bot client for each token, shared by its chats.

    Nothing is opened before the first `reach`, and python-telegram-bot (most of a second) is not even imported where no
    channel needs it.
    """

    def __init__(
        self,
        settings: Sequence[ChannelSettings],
        *,
        console: TextIO | None = None,
        answer_timeout: float = 20.0,
        clock: Callable[[], datetime] | None = None,
        fetch: FetchSettings | None = None,
    ) -> None:
        """`settings` are the configured channels; `console` is where a console channel writes (None: standard output).

        `answer_timeout` is how many seconds a sent message waits for its answer before it counts as unconfirmed. `clock` gives
        the aware UTC time for what a webhook signs; `fetch` says as whom it comes and which private addresses it may reach.
        """
        self._answer_timeout = answer_timeout
        self._clock = clock
        self._fetch = fetch or FetchSettings()
        self._poster: Poster | None = None
        self._settings = {channel.id: channel for channel in settings}
        self._console = console
        self._clients: dict[str, Client] = {}
        self._opened: dict[tuple[str, str, bool], Channel] = {}

    def reach(self, channel: str, *, chat: str | None = None, drop_topic: bool = False) -> Channel:
        """The channel of that id. `chat` is used instead of the configured one (it has moved); `drop_topic` leaves out its topic.

        Raises `ChannelDown` where no such channel is configured (any more), or its token is missing: what waits for it is held.
        """
        settings = self._settings.get(channel)
        if settings is None:
            raise ChannelDown(f"no channel {channel!r} is configured: add it again, or its messages wait")
        key = (channel, chat or settings.chat, drop_topic)
        if key not in self._opened:
            self._opened[key] = self._open(settings, key[1], drop_topic)
        return self._opened[key]

    def kind(self, channel: str) -> str:
        """The kind of a channel, "" for one that is configured no more."""
        settings = self._settings.get(channel)
        return settings.kind if settings is not None else ""

    async def look(self, channel: str) -> str:
        """Whether messages could be put there, without putting one: a line for a person, within 10 s.

        Raises one of the four errors of `alerts/errors.py`.
        """
        settings = self._settings[channel]
        if settings.kind == "console":
            return "the terminal is there"
        if settings.kind == "apprise":
            return await self._apprise(settings, LOOK_TIMEOUT).look()
        if settings.kind == "webhook":
            return f"posts to {settings.host}; only `bayan channels test {channel}` tells whether it takes them"
        return await self._client(settings).look(settings.chat, topic=settings.topic)

    def pace_key(self, channel: str, *, chat: str | None = None) -> tuple[str, str]:
        """The bot and the chat behind a channel, as two opaque words: channels that share one of them share its pace.

        The bot's word is made of a digest of its token and server, never of the token.
        """
        settings = self._settings.get(channel)
        if settings is None or settings.kind != "telegram":
            return (settings.kind if settings else "unknown", channel)
        return (bot_key(settings), (chat or settings.chat).lower())

    async def aclose(self) -> None:
        """Close every connection. What is under way is cut off, so wait for it first."""
        clients, self._clients = list(self._clients.values()), {}
        self._opened.clear()
        for client in clients:
            await client.aclose()

    def _open(self, settings: ChannelSettings, chat: str, drop_topic: bool) -> Channel:
        if settings.kind == "console":
            from alerts.channels.console import ConsoleChannel

            return ConsoleChannel(self._console)
        if settings.kind == "webhook":
            return self._webhook(settings)
        if settings.kind == "apprise":
            return self._apprise(settings, None)
        from alerts.channels.telegram import TelegramChannel

        topic = None if drop_topic else settings.topic
        return TelegramChannel(self._client(settings), chat, topic=topic, silent=settings.silent)

    def _apprise(self, settings: ChannelSettings, seconds: float | None) -> AppriseChannel:
        from alerts.channels.apprise import TOTAL_TIMEOUT, AppriseChannel

        if settings.url is None:
            raise ChannelDown(f"channel {settings.id!r} has no address")
        return AppriseChannel(settings.url, timeout=TOTAL_TIMEOUT if seconds is None else seconds)

    def _webhook(self, settings: ChannelSettings) -> Channel:
        from alerts.channels.webhook import WebhookChannel
        from scraper.net.post import Poster

        if self._clock is None:
            raise ChannelDown(f"channel {settings.id!r} cannot sign anything: nobody tells it the time")
        if self._poster is None:
            self._poster = Poster(self._fetch)
        return WebhookChannel(settings, self._poster, self._clock, answer_timeout=self._answer_timeout)

    def _client(self, settings: ChannelSettings) -> Client:
        from alerts.channels.telegram import Client

        if not settings.token:
            raise ChannelDown(f"channel {settings.id!r} has no bot token")
        key = bot_key(settings)
        if key not in self._clients:
            self._clients[key] = Client(settings.token, settings.api_base, answer_timeout=self._answer_timeout)
        return self._clients[key]


def bot_key(settings: ChannelSettings) -> str:
    """The bot behind a channel as an opaque word, made of a digest of its token and server."""
    token = settings.token.reveal() if settings.token else ""
    digest = hashlib.sha256(f"{settings.api_base}\n{token}".encode()).hexdigest()
    return f"{settings.kind}:{digest[:16]}"
