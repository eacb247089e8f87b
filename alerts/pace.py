"""How fast messages may follow each other: pure, and kept for each chat and each bot.

Telegram publishes no exact numbers (`docs/decisions` names what is known): about one message a second to a chat, 20 a
minute to a group, 30 a second for a bot. Channels that share a chat or a bot share its pace.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
CHAT_GAP = timedelta(seconds=1)
BOT_PER_SECOND = 25


class Pace:
    """Remembers when messages went out, and says when the next may. Times are whatever clock the caller uses, only ordered."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._chats: dict[tuple[str, str], deque[datetime]] = {}
        self._bots: dict[str, deque[datetime]] = {}

    def next_at(self, key: tuple[str, str], now: datetime) -> datetime:
        """The earliest moment for the next message to this (bot, chat): `now` or later."""
        bot, _ = key
        earliest = now
        chat_times = self._chats.get(key)
        if chat_times:
            earliest = max(earliest, chat_times[-1] + CHAT_GAP)
            if len(chat_times) >= self._per_minute:
                earliest = max(earliest, chat_times[-self._per_minute] + MINUTE)
        bot_times = self._bots.get(bot)
        if bot_times and len(bot_times) >= BOT_PER_SECOND:
            earliest = max(earliest, bot_times[-BOT_PER_SECOND] + timedelta(seconds=1))
        # A wall clock that was set back must not stop the bell: no wait is longer than the longest rule.
        return min(earliest, now + MINUTE)

    def note(self, key: tuple[str, str], at: datetime) -> None:
        """A message goes out now. Counted when it is sent, not when it arrived: the other side counts it either way."""
        bot, _ = key
        self._chats.setdefault(key, deque(maxlen=max(self._per_minute, 1))).append(at)
        self._bots.setdefault(bot, deque(maxlen=BOT_PER_SECOND)).append(at)

    def take_back(self, key: tuple[str, str]) -> None:
        """The turn that was noted last was not used: nothing was due after all."""
        bot, _ = key
        for times in (self._chats.get(key), self._bots.get(bot)):
            if times:
                times.pop()
