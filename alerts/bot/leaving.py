"""When the bot is put out of a chat, or blocked: its channels rest, and somebody who can do something about it hears of it.

Nothing that waits for the chat is tried and given up meanwhile: it is sent when the bot is let in again.
"""

from __future__ import annotations

from datetime import datetime

from alerts import health, outbox
from alerts.bot import chats
from alerts.settings import Configuration
from scraper.db import Connection

_REASON = "the bot was removed from the chat, or blocked"


def suspend(conn: Connection, config: Configuration, chat: str, now: datetime) -> tuple[str, ...]:
    """The bot is in `chat` no more. Returns the channels that rest from now on; the operators are told of each."""
    chats.left(conn, chat, now)
    resting = channels_to(config, chat)
    for channel in resting:
        outbox.learn(conn, channel, condition="gone", since=now, reason=_REASON, failing_since=now)
        notice = health.channel_gone(channel, _REASON, now)
        others, tongue = _others(config, chat), config.language_of
        outbox.put(conn, health.to_operators(notice, others, now, but_not=channel, language_of=tongue), now)
    return resting


def resume(conn: Connection, config: Configuration, chat: str) -> None:
    """The bot is there again: what waited is sent."""
    learned = {state.id: state.condition for state in outbox.channels(conn)}
    for channel in {*channels_to(config, chat), *(id_ for id_ in learned if id_ == f"chat:{chat}")}:
        if learned.get(channel) == "gone":
            outbox.learn(conn, channel, **outbox.WELL)


def to_tell(config: Configuration, chat: str) -> tuple[str, ...]:
    """The private chats of the admins who hear of it, where no channel of the operators does."""
    if config.bot is None or _others(config, chat):
        return ()
    return tuple(str(admin) for admin in config.bot.admins if str(admin) != chat)


def channels_to(config: Configuration, chat: str) -> tuple[str, ...]:
    """The channels that end in this chat, by the bot that listens."""
    token = None if config.bot is None or config.bot.token is None else config.bot.token.reveal()
    return tuple(
        one.id
        for one in config.channels
        if one.kind == "telegram" and one.chat == chat and one.token is not None and one.token.reveal() == token
    )


def _others(config: Configuration, chat: str) -> tuple[str, ...]:
    gone = channels_to(config, chat)
    return tuple(channel for channel in config.health.notify if channel not in gone)
